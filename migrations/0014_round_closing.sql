-- oldest-binary: 0.1.0
--
-- That a round closed because its time was over is told on the audit log, once by all instances together.

ALTER TABLE zs.round ADD COLUMN closing_told timestamptz;
COMMENT ON COLUMN zs.round.closing_told IS 'The closes_at of which the audit log tells that it passed; NULL before. A round that was prolonged since passes anew.';
GRANT UPDATE (closing_told) ON zs.round TO zs_staff;
