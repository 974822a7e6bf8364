-- oldest-binary: 0.1.0
--
-- Releases: what the public may see of a round, counted at one place in the log and protected once and for all.
--
-- Every number in the figures was perturbed before it came here. True numbers and record keys are never stored: which people
-- changed since a universe was published last is computed anew from the log, between two places in it.

CREATE TABLE zs.release (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  round_id int NOT NULL REFERENCES zs.round (id),
  number int NOT NULL CHECK (number > 0),
  made_at timestamptz NOT NULL DEFAULT now(),
  log_pos bigint NOT NULL CHECK (log_pos >= 0),
  questionnaire_version int NOT NULL REFERENCES zs.questionnaire_version (id),
  threshold int NOT NULL CHECK (threshold >= 5),
  noise_reach int NOT NULL CHECK (noise_reach BETWEEN 4 AND 6),
  noise_variance int NOT NULL CHECK (noise_variance BETWEEN 1 AND 3),
  program text NOT NULL CHECK (length(program) BETWEEN 1 AND 64),
  dimensions text[] NOT NULL CHECK (cardinality(dimensions) <= 7),
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  UNIQUE (round_id, number)
);
COMMENT ON TABLE zs.release IS 'A release (uitgave): protected figures of a round, the same on every instance. Stays when the answers are destroyed.';
COMMENT ON COLUMN zs.release.id IS 'What its parts refer to.';
COMMENT ON COLUMN zs.release.round_id IS 'zs.round.id.';
COMMENT ON COLUMN zs.release.number IS 'Number within the round, from 1.';
COMMENT ON COLUMN zs.release.made_at IS 'When it was stored.';
COMMENT ON COLUMN zs.release.log_pos IS 'The last place of the log that was counted. Not for the public: places count people.';
COMMENT ON COLUMN zs.release.questionnaire_version IS 'zs.questionnaire_version.id: what the figures are about.';
COMMENT ON COLUMN zs.release.threshold IS 'k: no figure is of fewer people. As the two that follow the same in all releases of a round.';
COMMENT ON COLUMN zs.release.noise_reach IS 'D: noise on a count is never further from 0.';
COMMENT ON COLUMN zs.release.noise_variance IS 'V: the variance of that noise.';
COMMENT ON COLUMN zs.release.program IS 'The version of the program that made it.';
COMMENT ON COLUMN zs.release.dimensions IS 'The variables by which people may be looked at, in their order.';
COMMENT ON COLUMN zs.release.sha256 IS 'SHA-256 of all that it holds: made anew from the same log, it is the same.';

CREATE TABLE zs.release_part (
  release_id int NOT NULL REFERENCES zs.release (id),
  stream smallint NOT NULL CHECK (stream BETWEEN 0 AND 15),
  weights_version int CHECK (weights_version > 0),
  universes bytea NOT NULL,
  PRIMARY KEY (release_id, stream)
);
COMMENT ON TABLE zs.release_part IS 'The people of one stream: streams are never pooled, each has a lattice of its own.';
COMMENT ON COLUMN zs.release_part.release_id IS 'zs.release.id.';
COMMENT ON COLUMN zs.release_part.stream IS 'How these people came, as in zs.response.';
COMMENT ON COLUMN zs.release_part.weights_version IS 'The version of the weights of these people that was applied; NULL: not weighted.';
COMMENT ON COLUMN zs.release_part.universes IS 'Per universe of the lattice whether it is open, the release that its figures were counted for, and its perturbed size.';

CREATE TABLE zs.release_figures (
  release_id int NOT NULL REFERENCES zs.release (id),
  stream smallint NOT NULL,
  variable text NOT NULL CHECK (length(variable) BETWEEN 1 AND 200),
  lines bytea NOT NULL,
  PRIMARY KEY (release_id, stream, variable),
  FOREIGN KEY (release_id, stream) REFERENCES zs.release_part (release_id, stream)
);
COMMENT ON TABLE zs.release_figures IS 'The perturbed figures of one variable for every open universe of a part.';
COMMENT ON COLUMN zs.release_figures.release_id IS 'zs.release.id.';
COMMENT ON COLUMN zs.release_figures.stream IS 'The part.';
COMMENT ON COLUMN zs.release_figures.variable IS 'Its code in the codebook.';
COMMENT ON COLUMN zs.release_figures.lines IS 'A line of perturbed numbers for every open universe, in the order of the lattice.';

CREATE TRIGGER release_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.release
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();
CREATE TRIGGER release_part_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.release_part
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();
CREATE TRIGGER release_figures_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.release_figures
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

-- When it was made is the database's to say.
GRANT SELECT ON zs.release, zs.release_part, zs.release_figures TO zs_results;
GRANT INSERT (round_id, number, log_pos, questionnaire_version, threshold, noise_reach, noise_variance, program,
  dimensions, sha256) ON zs.release TO zs_results;
GRANT INSERT ON zs.release_part, zs.release_figures TO zs_results;
-- Releases are made each night.
GRANT SELECT, INSERT ON zs.periodic_task TO zs_results;
GRANT UPDATE (done_at) ON zs.periodic_task TO zs_results;
