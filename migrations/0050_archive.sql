-- oldest-binary: 0.1.0
--
-- Archive packages: what of a consultation was put together for the archive, and how far each of its rounds was then. What people
-- answered is destroyed only once a package was made after the last change (zs.round_archived), or when somebody orders otherwise.

CREATE TABLE zs.archive_package (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  consultation text NOT NULL REFERENCES zs.consultation (code),
  made_at timestamptz NOT NULL DEFAULT now(),
  made_by text NOT NULL CHECK (length(made_by) BETWEEN 1 AND 200),
  size bigint NOT NULL CHECK (size > 0),
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32)
);
COMMENT ON TABLE zs.archive_package IS 'A package for the archive that was made. The package itself is kept elsewhere.';
COMMENT ON COLUMN zs.archive_package.id IS 'Its number.';
COMMENT ON COLUMN zs.archive_package.consultation IS 'What it is of.';
COMMENT ON COLUMN zs.archive_package.made_at IS 'When what it holds was read.';
COMMENT ON COLUMN zs.archive_package.made_by IS 'Label of who had it made.';
COMMENT ON COLUMN zs.archive_package.size IS 'Bytes of the file.';
COMMENT ON COLUMN zs.archive_package.sha256 IS 'SHA-256 of the file: to know it by.';

CREATE TABLE zs.archive_round (
  package_id int NOT NULL REFERENCES zs.archive_package (id),
  round_id int NOT NULL REFERENCES zs.round (id),
  log_pos bigint NOT NULL CHECK (log_pos >= 0),
  release_number int NOT NULL CHECK (release_number >= 0),
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (package_id, round_id)
);
COMMENT ON TABLE zs.archive_round IS 'How far a round was when a package was made.';
COMMENT ON COLUMN zs.archive_round.package_id IS 'zs.archive_package.id.';
COMMENT ON COLUMN zs.archive_round.round_id IS 'zs.round.id.';
COMMENT ON COLUMN zs.archive_round.log_pos IS 'The last place of the log at which somebody answered or corrected; 0: nobody did.';
COMMENT ON COLUMN zs.archive_round.release_number IS 'The newest release; 0: there was none.';
COMMENT ON COLUMN zs.archive_round.changed_at IS 'The last change of a signal of the consultation; -infinity: it has none.';

CREATE TRIGGER archive_package_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.archive_package
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();
CREATE TRIGGER archive_round_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.archive_round
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

GRANT SELECT ON zs.archive_package, zs.archive_round TO zs_staff;
GRANT INSERT (consultation, made_by, size, sha256) ON zs.archive_package TO zs_staff;
GRANT INSERT ON zs.archive_round TO zs_staff;
