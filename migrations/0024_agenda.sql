-- oldest-binary: 0.1.0
--
-- The agenda: what the government says that it will do, as a document with versions; who owns what of it; and how far it is.
--
-- Items (actions, goals, commitments) are named by their code, which they keep through all versions. Owners and progress are no part of the
-- document: they change between two versions. Each is a row that is never changed; the newest of an item is what holds.

CREATE TABLE zs.agenda_version (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text NOT NULL CHECK (code ~ '^[a-z0-9]+([.-][a-z0-9]+)*$' AND length(code) <= 40),
  number int NOT NULL UNIQUE CHECK (number > 0),
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  document jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200)
);
COMMENT ON TABLE zs.agenda_version IS 'The agenda as it was at each recalibration. A version never changes; the highest number holds.';
COMMENT ON COLUMN zs.agenda_version.id IS 'Row.';
COMMENT ON COLUMN zs.agenda_version.code IS 'Which agenda: the same in all versions.';
COMMENT ON COLUMN zs.agenda_version.number IS 'The version that the document says it is.';
COMMENT ON COLUMN zs.agenda_version.sha256 IS 'SHA-256 of the canonical form of the document.';
COMMENT ON COLUMN zs.agenda_version.document IS 'Sections with actions, goals and commitments; who is in it; applications.';
COMMENT ON COLUMN zs.agenda_version.created_at IS 'When it was kept.';
COMMENT ON COLUMN zs.agenda_version.created_by IS 'Label of who kept it.';
CREATE TRIGGER agenda_version_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.agenda_version
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

CREATE TABLE zs.agenda_owner (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  item text NOT NULL CHECK (item ~ '^[a-z0-9]+([.-][a-z0-9]+)*$' AND length(item) <= 40),
  owner text NOT NULL CHECK (length(owner) <= 500),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200)
);
CREATE INDEX agenda_owner_item ON zs.agenda_owner (item, id);
COMMENT ON TABLE zs.agenda_owner IS 'Who owns an item of the agenda, as somebody here wrote down. The newest row of an item holds; none is made up.';
COMMENT ON COLUMN zs.agenda_owner.id IS 'Row; a later one has a higher number.';
COMMENT ON COLUMN zs.agenda_owner.item IS 'Code of the item.';
COMMENT ON COLUMN zs.agenda_owner.owner IS 'Departments and others, in words; empty: nobody is known any more.';
COMMENT ON COLUMN zs.agenda_owner.created_at IS 'Since when it holds.';
COMMENT ON COLUMN zs.agenda_owner.created_by IS 'Label of who wrote it.';
CREATE TRIGGER agenda_owner_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.agenda_owner
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

CREATE TABLE zs.agenda_progress (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  item text NOT NULL CHECK (item ~ '^[a-z0-9]+([.-][a-z0-9]+)*$' AND length(item) <= 40),
  state text NOT NULL CHECK (state IN ('niet-begonnen', 'loopt', 'vertraagd', 'klaar', 'gestopt')),
  told text NOT NULL CHECK (length(told) BETWEEN 1 AND 5000),
  source text NOT NULL CHECK (length(source) BETWEEN 1 AND 500),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200)
);
CREATE INDEX agenda_progress_item ON zs.agenda_progress (item, id);
COMMENT ON TABLE zs.agenda_progress IS 'How far an item of the agenda is, and what was done. The newest row of an item holds; all are shown as its history. Public.';
COMMENT ON COLUMN zs.agenda_progress.id IS 'Row; a later one has a higher number.';
COMMENT ON COLUMN zs.agenda_progress.item IS 'Code of the item.';
COMMENT ON COLUMN zs.agenda_progress.state IS 'How far it is.';
COMMENT ON COLUMN zs.agenda_progress.told IS 'What was done, for citizens to read.';
COMMENT ON COLUMN zs.agenda_progress.source IS 'Where that is known from: a letter to parliament, a publication, a department.';
COMMENT ON COLUMN zs.agenda_progress.created_at IS 'When it was written down.';
COMMENT ON COLUMN zs.agenda_progress.created_by IS 'Label of who wrote it.';
CREATE TRIGGER agenda_progress_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.agenda_progress
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

GRANT SELECT, INSERT ON zs.agenda_version, zs.agenda_owner, zs.agenda_progress TO zs_staff;
GRANT SELECT (id, code, number, document, created_at) ON zs.agenda_version TO zs_results;
GRANT SELECT (id, item, owner, created_at) ON zs.agenda_owner TO zs_results;
GRANT SELECT (id, item, state, told, source, created_at) ON zs.agenda_progress TO zs_results;
