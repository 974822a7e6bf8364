-- oldest-binary: 0.1.0
--
-- Tables: the maatschappelijke tafel and the action tables (actietafels) that are set up by theme, who sits at them and for whom, and
-- how many of them a meeting needs to decide. A seat is never changed but to be ended: who sat there when stays known.

CREATE TABLE zs.tafel_table (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('maatschappelijke-tafel', 'actietafel')),
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
  theme text CHECK (length(theme) BETWEEN 1 AND 1000),
  actions text[] NOT NULL DEFAULT '{}' CHECK (cardinality(actions) <= 100),
  quorum int NOT NULL CHECK (quorum BETWEEN 1 AND 200),
  quorum_sides int NOT NULL CHECK (quorum_sides BETWEEN 1 AND 4),
  began_day date NOT NULL,
  ended_day date,
  ended_why text CHECK (length(ended_why) BETWEEN 1 AND 1000),
  revision int NOT NULL DEFAULT 1 CHECK (revision > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_by text NOT NULL CHECK (length(changed_by) BETWEEN 1 AND 200),
  CONSTRAINT tafel_table_ended CHECK ((ended_day IS NULL) = (ended_why IS NULL) AND ended_day >= began_day),
  CONSTRAINT tafel_table_theme CHECK (kind <> 'actietafel' OR theme IS NOT NULL)
);
COMMENT ON TABLE zs.tafel_table IS 'Tables that weigh signals or carry out actions of the agenda.';
COMMENT ON COLUMN zs.tafel_table.id IS 'Its number.';
COMMENT ON COLUMN zs.tafel_table.kind IS 'The maatschappelijke tafel, or an action table.';
COMMENT ON COLUMN zs.tafel_table.title IS 'What it is called.';
COMMENT ON COLUMN zs.tafel_table.theme IS 'What it is about; NULL: the maatschappelijke tafel has no theme of its own.';
COMMENT ON COLUMN zs.tafel_table.actions IS 'Codes of the actions of the agenda that it is for.';
COMMENT ON COLUMN zs.tafel_table.quorum IS 'How many members a meeting needs to decide.';
COMMENT ON COLUMN zs.tafel_table.quorum_sides IS 'From how many of the four sides they have to come.';
COMMENT ON COLUMN zs.tafel_table.began_day IS 'Since when it is there.';
COMMENT ON COLUMN zs.tafel_table.ended_day IS 'Its last day; NULL: it goes on.';
COMMENT ON COLUMN zs.tafel_table.ended_why IS 'Why it ended.';
COMMENT ON COLUMN zs.tafel_table.revision IS 'Rises with every change, of its members too: a change names the one it read and fails on another.';
COMMENT ON COLUMN zs.tafel_table.created_at IS 'When it was written down.';
COMMENT ON COLUMN zs.tafel_table.created_by IS 'Label of who did.';
COMMENT ON COLUMN zs.tafel_table.changed_at IS 'When it was changed last.';
COMMENT ON COLUMN zs.tafel_table.changed_by IS 'Label of who did.';
COMMENT ON CONSTRAINT tafel_table_ended ON zs.tafel_table IS 'What ended has a reason, and did not end before it began.';
COMMENT ON CONSTRAINT tafel_table_theme ON zs.tafel_table IS 'An action table is set up for a theme.';
CREATE UNIQUE INDEX tafel_table_only ON zs.tafel_table (kind) WHERE kind = 'maatschappelijke-tafel' AND ended_day IS NULL;
COMMENT ON INDEX zs.tafel_table_only IS 'There is one maatschappelijke tafel at a time.';

CREATE TABLE zs.tafel_member (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  table_id int NOT NULL REFERENCES zs.tafel_table (id),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  organisation text NOT NULL CHECK (length(organisation) BETWEEN 1 AND 200),
  side text NOT NULL CHECK (side IN ('overheid', 'bedrijven', 'kennisinstellingen', 'maatschappelijke-organisaties')),
  began_day date NOT NULL,
  ended_day date,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
  ended_at timestamptz,
  ended_by text CHECK (length(ended_by) BETWEEN 1 AND 200),
  CONSTRAINT tafel_member_ended CHECK ((ended_day IS NULL) = (ended_at IS NULL) AND (ended_at IS NULL) = (ended_by IS NULL) AND ended_day >= began_day)
);
COMMENT ON TABLE zs.tafel_member IS 'Who sits at a table, from when until when.';
COMMENT ON COLUMN zs.tafel_member.id IS 'Row; a later one has a higher number.';
COMMENT ON COLUMN zs.tafel_member.table_id IS 'The table.';
COMMENT ON COLUMN zs.tafel_member.name IS 'Who. Not public.';
COMMENT ON COLUMN zs.tafel_member.organisation IS 'For which organisation.';
COMMENT ON COLUMN zs.tafel_member.side IS 'Which of the four sides that is: government, business, knowledge institutes, civil society.';
COMMENT ON COLUMN zs.tafel_member.began_day IS 'The first day.';
COMMENT ON COLUMN zs.tafel_member.ended_day IS 'The last day; NULL: they still sit there.';
COMMENT ON COLUMN zs.tafel_member.created_at IS 'When it was written down.';
COMMENT ON COLUMN zs.tafel_member.created_by IS 'Label of who did.';
COMMENT ON COLUMN zs.tafel_member.ended_at IS 'When the end was written down; NULL: there is none.';
COMMENT ON COLUMN zs.tafel_member.ended_by IS 'Label of who did.';
COMMENT ON CONSTRAINT tafel_member_ended ON zs.tafel_member IS 'Who wrote an end down is known, and nobody left before they came.';
CREATE INDEX tafel_member_table ON zs.tafel_member (table_id, id);
COMMENT ON INDEX zs.tafel_member_table IS 'The members of a table.';

GRANT SELECT ON zs.tafel_table, zs.tafel_member TO zs_staff;
GRANT INSERT (kind, title, theme, actions, quorum, quorum_sides, began_day, created_by, changed_by),
  UPDATE (title, theme, actions, quorum, quorum_sides, ended_day, ended_why, revision, changed_at, changed_by) ON zs.tafel_table TO zs_staff;
GRANT INSERT (table_id, name, organisation, side, began_day, created_by), UPDATE (ended_day, ended_at, ended_by) ON zs.tafel_member TO zs_staff;
