-- oldest-binary: 0.1.0
--
-- What the indexes of 0024_agenda.sql are for, which it did not say.

COMMENT ON INDEX zs.agenda_owner_item IS 'The newest owner of an item, and those before.';
COMMENT ON INDEX zs.agenda_progress_item IS 'The newest progress of an item, and what was told before.';
