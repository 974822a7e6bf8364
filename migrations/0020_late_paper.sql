-- oldest-binary: 0.1.0
--
-- Paper that came in time and was not typed over yet when its round closed.

ALTER TABLE zs.round ADD COLUMN closed_at timestamptz;
COMMENT ON COLUMN zs.round.closed_at IS 'When somebody closed it; NULL: nobody did, or that was before this was kept. Where it is before closes_at, the round ended then.';
GRANT UPDATE (closed_at) ON zs.round TO zs_staff;

ALTER TABLE zs.response ADD COLUMN stated_day date;
ALTER TABLE zs.response ADD CONSTRAINT response_stated_before
  CHECK (stated_day IS NULL OR stated_day <= received_day + 1 AND channel = 1) NOT VALID;
COMMENT ON COLUMN zs.response.stated_day IS 'The day on which the paper came in, as stated by who typed it over, and the day that is shown; NULL: received_day.';
COMMENT ON CONSTRAINT response_stated_before ON zs.response IS 'Of paper alone, and it came before it was typed over: by the day of the Netherlands, which may be one on from that of UTC. Not validated: of the rows of before no day was stated.';
COMMENT ON COLUMN zs.response.received_day IS 'The day on which it was stored.';
