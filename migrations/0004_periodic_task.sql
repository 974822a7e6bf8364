-- oldest-binary: 0.1.0
--
-- Work that all instances together do once in a while, and an index for the drafts that have had their time.

CREATE TABLE zs.periodic_task (
  name text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
  done_at timestamptz NOT NULL
);
COMMENT ON TABLE zs.periodic_task IS 'When each piece of periodic work was done last, by whichever instance: one does it for all.';
COMMENT ON COLUMN zs.periodic_task.name IS 'Which work, e.g. draft.expire.';
COMMENT ON COLUMN zs.periodic_task.done_at IS 'When it was begun last and succeeded.';

GRANT SELECT, INSERT ON zs.periodic_task TO zs_intake, zs_staff;
GRANT UPDATE (done_at) ON zs.periodic_task TO zs_intake, zs_staff;

-- The day changes with a draft's first save of that day alone: the other saves still stay on their page.
CREATE INDEX draft_by_round_and_day ON zs.draft (round_id, day);
COMMENT ON INDEX zs.draft_by_round_and_day IS 'For erasing old drafts and counting those of a round.';
