-- oldest-binary: 0.1.0
--
-- Versions of the weights of a round. What people read (margins, report) is JSON; what only the program reads, a weight for each
-- of up to a million profiles, is one bytea: rows would cost forty times the room and are never asked for one by one.

CREATE TABLE zs.weight_version (
  made_at timestamptz NOT NULL DEFAULT now(),
  position bigint NOT NULL,
  lower_bound double precision NOT NULL,
  upper_bound double precision NOT NULL,
  round_id int NOT NULL REFERENCES zs.round (id),
  number int NOT NULL CHECK (number > 0),
  questionnaire_version int NOT NULL REFERENCES zs.questionnaire_version (id),
  smallest int NOT NULL CHECK (smallest > 0),
  is_made boolean NOT NULL,
  stream text NOT NULL CHECK (stream IN ('open', 'uitnodiging', 'panel', 'organisatie', 'alle')),
  made_by text NOT NULL CHECK (length(made_by) BETWEEN 1 AND 200),
  margins jsonb NOT NULL,
  report jsonb NOT NULL,
  profiles bytea,
  CONSTRAINT weight_version_bounds CHECK (lower_bound >= 0 AND lower_bound < 1 AND upper_bound > 1 AND upper_bound < 16),
  CONSTRAINT weight_version_made_has_profiles CHECK (is_made = (profiles IS NOT NULL)),
  PRIMARY KEY (round_id, number)
);
ALTER TABLE zs.weight_version ALTER COLUMN profiles SET STORAGE EXTERNAL;
COMMENT ON TABLE zs.weight_version IS 'Weights of a round, as made or refused at one moment. Never changed; destroyed with the answers of the round.';
COMMENT ON COLUMN zs.weight_version.made_at IS 'When.';
COMMENT ON COLUMN zs.weight_version.position IS 'Up to where the log was counted (zs.response.pos).';
COMMENT ON COLUMN zs.weight_version.lower_bound IS 'No weight is below it; the mean is 1.';
COMMENT ON COLUMN zs.weight_version.upper_bound IS 'No weight is above it.';
COMMENT ON COLUMN zs.weight_version.round_id IS 'zs.round.id.';
COMMENT ON COLUMN zs.weight_version.number IS 'From 1 within the round; what a table names.';
COMMENT ON COLUMN zs.weight_version.questionnaire_version IS 'zs.questionnaire_version.id: whose answers the margins name.';
COMMENT ON COLUMN zs.weight_version.smallest IS 'How many people a category needs, else it goes with its neighbour.';
COMMENT ON COLUMN zs.weight_version.is_made IS 'false: refused, and report says why.';
COMMENT ON COLUMN zs.weight_version.stream IS 'Whose weights: those who came by this stream, or alle together.';
COMMENT ON COLUMN zs.weight_version.made_by IS 'Label of who gave the order; system for the nightly one.';
COMMENT ON COLUMN zs.weight_version.margins IS 'The margins as used, with targets, sources and reference dates; in the form of config/reference/cbs-margins.json.';
COMMENT ON COLUMN zs.weight_version.report IS 'What came of it: figures of the raking and, for each category, people, target, share achieved and factor. Or the reason of the refusal.';
COMMENT ON COLUMN zs.weight_version.profiles IS 'For each profile its category in each margin (2 bytes each) and its weight (IEEE 754 double), little-endian. NULL when refused.';
COMMENT ON CONSTRAINT weight_version_bounds ON zs.weight_version IS 'What the counting engine can hold.';
COMMENT ON CONSTRAINT weight_version_made_has_profiles ON zs.weight_version IS 'Weights when made, none when refused.';
CREATE TRIGGER weight_version_never_changes BEFORE UPDATE OR TRUNCATE ON zs.weight_version
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

-- Only zs.round_partition_drop deletes.
GRANT SELECT ON zs.weight_version TO zs_results, zs_staff;
GRANT INSERT (position, lower_bound, upper_bound, round_id, number, questionnaire_version, smallest, is_made, stream, made_by,
  margins, report, profiles) ON zs.weight_version TO zs_results;

GRANT SELECT, INSERT ON zs.periodic_task TO zs_results;
GRANT UPDATE (done_at) ON zs.periodic_task TO zs_results;
