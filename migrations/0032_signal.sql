-- oldest-binary: 0.1.0
--
-- Signals: what the maatschappelijke tafel picked up, from whom, on what evidence, and what became of it. What happened to a signal
-- (steps, discussion, evidence) is never changed: it is added to.

CREATE TABLE zs.signal (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source text NOT NULL CHECK (source IN ('burgerconsultatie', 'open-dag', 'maatschappelijke-organisatie', 'kennisinstelling', 'adviesorgaan',
    'kamer', 'media', 'andere-overheid')),
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
  body text NOT NULL CHECK (length(body) BETWEEN 1 AND 5000),
  consultation text REFERENCES zs.consultation (code),
  value_codes text[] NOT NULL DEFAULT '{}' CHECK (value_codes <@ ARRAY['brede-welvaart', 'veiligheid', 'gezondheid', 'natuurlijkheid',
    'keuzevrijheid', 'rechtvaardigheid', 'legitimiteit'] AND cardinality(value_codes) <= 7),
  applications text[] NOT NULL DEFAULT '{}' CHECK (cardinality(applications) <= 200),
  owner text NOT NULL DEFAULT '' CHECK (length(owner) <= 200),
  due_day date,
  state text NOT NULL DEFAULT 'opgevangen'
    CHECK (state IN ('opgevangen', 'gewogen', 'doorgeleid', 'beantwoord', 'teruggekoppeld', 'niet-doorgeleid')),
  is_public boolean NOT NULL DEFAULT false,
  revision int NOT NULL DEFAULT 1 CHECK (revision > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_by text NOT NULL CHECK (length(changed_by) BETWEEN 1 AND 200)
);
COMMENT ON TABLE zs.signal IS 'A signal from society: what the table picked up, and how far it is.';
COMMENT ON COLUMN zs.signal.id IS 'Its number; a later one has a higher number.';
COMMENT ON COLUMN zs.signal.source IS 'Where it comes from.';
COMMENT ON COLUMN zs.signal.title IS 'What it says, in one line for citizens.';
COMMENT ON COLUMN zs.signal.body IS 'What it says, for citizens to read; lines end in LF.';
COMMENT ON COLUMN zs.signal.consultation IS 'The consultation that it comes from; NULL: none.';
COMMENT ON COLUMN zs.signal.value_codes IS 'Which of the seven values it touches.';
COMMENT ON COLUMN zs.signal.applications IS 'Which applications of the agenda it touches, by code.';
COMMENT ON COLUMN zs.signal.owner IS 'Who sees to it, in words; empty: nobody yet. Not public.';
COMMENT ON COLUMN zs.signal.due_day IS 'When the next step is due; NULL: no day was named.';
COMMENT ON COLUMN zs.signal.state IS 'How far it is. Which state may follow which is the program''s to say.';
COMMENT ON COLUMN zs.signal.is_public IS 'Everybody may read it, with its steps.';
COMMENT ON COLUMN zs.signal.revision IS 'Rises with every change: a change names the one it read and fails on another.';
COMMENT ON COLUMN zs.signal.created_at IS 'When it was written down.';
COMMENT ON COLUMN zs.signal.created_by IS 'Label of who did.';
COMMENT ON COLUMN zs.signal.changed_at IS 'When it was changed last.';
COMMENT ON COLUMN zs.signal.changed_by IS 'Label of who did.';
CREATE INDEX signal_state ON zs.signal (state, id);
COMMENT ON INDEX zs.signal_state IS 'The signals in one state, newest first.';
CREATE INDEX signal_owner ON zs.signal (owner, id);
COMMENT ON INDEX zs.signal_owner IS 'The signals of one owner, newest first.';
CREATE INDEX signal_public ON zs.signal (id) WHERE is_public;
COMMENT ON INDEX zs.signal_public IS 'What everybody may read, newest first.';
CREATE INDEX signal_due ON zs.signal (due_day, id) WHERE state NOT IN ('teruggekoppeld', 'niet-doorgeleid');
COMMENT ON INDEX zs.signal_due IS 'What is overdue.';

CREATE TABLE zs.signal_step (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  signal_id int NOT NULL REFERENCES zs.signal (id),
  from_state text NOT NULL,
  to_state text NOT NULL,
  told text CHECK (length(told) BETWEEN 1 AND 5000),
  ground text CHECK (ground IN ('overleg', 'mandaat')),
  reference text CHECK (length(reference) BETWEEN 1 AND 500),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
  CONSTRAINT signal_step_ground CHECK ((ground IS NULL) = (reference IS NULL))
);
COMMENT ON TABLE zs.signal_step IS 'From which state to which a signal went, why, and on whose decision. Public with the signal.';
COMMENT ON COLUMN zs.signal_step.id IS 'Row; a later step has a higher number.';
COMMENT ON COLUMN zs.signal_step.signal_id IS 'The signal.';
COMMENT ON COLUMN zs.signal_step.from_state IS 'The state that it left.';
COMMENT ON COLUMN zs.signal_step.to_state IS 'The state that it came to.';
COMMENT ON COLUMN zs.signal_step.told IS 'Why, or what came of it, for citizens to read; NULL: nothing was said.';
COMMENT ON COLUMN zs.signal_step.ground IS 'Decided in a meeting (overleg) or on a mandate (mandaat); NULL: the step asks for neither.';
COMMENT ON COLUMN zs.signal_step.reference IS 'Which meeting, or which mandate.';
COMMENT ON COLUMN zs.signal_step.created_at IS 'When.';
COMMENT ON COLUMN zs.signal_step.created_by IS 'Label of who noted it.';
COMMENT ON CONSTRAINT signal_step_ground ON zs.signal_step IS 'Who decided is always named with where that can be found.';
CREATE INDEX signal_step_signal ON zs.signal_step (signal_id, id);
COMMENT ON INDEX zs.signal_step_signal IS 'The steps of a signal, in their order.';
CREATE TRIGGER signal_step_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.signal_step
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

CREATE TABLE zs.signal_note (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  signal_id int NOT NULL REFERENCES zs.signal (id),
  body text NOT NULL CHECK (length(body) BETWEEN 1 AND 5000),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200)
);
COMMENT ON TABLE zs.signal_note IS 'The discussion of a signal among staff. Never public.';
COMMENT ON COLUMN zs.signal_note.id IS 'Row; a later note has a higher number.';
COMMENT ON COLUMN zs.signal_note.signal_id IS 'The signal.';
COMMENT ON COLUMN zs.signal_note.body IS 'What was said; lines end in LF.';
COMMENT ON COLUMN zs.signal_note.created_at IS 'When.';
COMMENT ON COLUMN zs.signal_note.created_by IS 'Label of who said it.';
CREATE INDEX signal_note_signal ON zs.signal_note (signal_id, id);
COMMENT ON INDEX zs.signal_note_signal IS 'The discussion of a signal, in its order.';
CREATE TRIGGER signal_note_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.signal_note
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

CREATE TABLE zs.signal_evidence (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  signal_id int NOT NULL REFERENCES zs.signal (id),
  kind text NOT NULL CHECK (kind IN ('tabel', 'passage', 'campagne')),
  round_id int NOT NULL REFERENCES zs.round (id),
  why text NOT NULL CHECK (length(why) BETWEEN 1 AND 1000),
  asked jsonb NOT NULL,
  figures jsonb NOT NULL DEFAULT '{}',
  passage_id bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
  ended_at timestamptz,
  ended_by text CHECK (length(ended_by) BETWEEN 1 AND 200),
  CONSTRAINT signal_evidence_passage CHECK ((kind = 'passage') = (passage_id IS NOT NULL)),
  CONSTRAINT signal_evidence_ended CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
COMMENT ON TABLE zs.signal_evidence IS 'What a signal rests on. It holds no text of anybody: a passage is named by its number, and found again only while it may be used.';
COMMENT ON COLUMN zs.signal_evidence.id IS 'Row.';
COMMENT ON COLUMN zs.signal_evidence.signal_id IS 'The signal.';
COMMENT ON COLUMN zs.signal_evidence.kind IS 'A public table, a passage, or answers that are nearly the same.';
COMMENT ON COLUMN zs.signal_evidence.round_id IS 'The round that it is of.';
COMMENT ON COLUMN zs.signal_evidence.why IS 'What it shows, for citizens to read.';
COMMENT ON COLUMN zs.signal_evidence.asked IS 'What was asked: of a table variable, answer, groups, filters and weighting; of a campaign variable, search and group.';
COMMENT ON COLUMN zs.signal_evidence.figures IS 'The figures as they were when it was added, with the release that they are of.';
COMMENT ON COLUMN zs.signal_evidence.passage_id IS 'Of a passage, zs.evidence.id. No foreign key: the text may be destroyed, and then this says that there was one.';
COMMENT ON COLUMN zs.signal_evidence.created_at IS 'When it was added.';
COMMENT ON COLUMN zs.signal_evidence.created_by IS 'Label of who did.';
COMMENT ON COLUMN zs.signal_evidence.ended_at IS 'When it was taken away; NULL: it stands.';
COMMENT ON COLUMN zs.signal_evidence.ended_by IS 'Label of who did.';
COMMENT ON CONSTRAINT signal_evidence_passage ON zs.signal_evidence IS 'A passage, and nothing else, has the number of one.';
COMMENT ON CONSTRAINT signal_evidence_ended ON zs.signal_evidence IS 'Who took it away is known.';
CREATE INDEX signal_evidence_signal ON zs.signal_evidence (signal_id, id);
COMMENT ON INDEX zs.signal_evidence_signal IS 'The evidence of a signal, in its order.';

GRANT SELECT ON zs.signal, zs.signal_step, zs.signal_note, zs.signal_evidence TO zs_staff;
GRANT INSERT (source, title, body, consultation, value_codes, applications, owner, due_day, is_public, created_by, changed_by)
  ON zs.signal TO zs_staff;
GRANT UPDATE (source, title, body, consultation, value_codes, applications, owner, due_day, state, is_public, revision, changed_at, changed_by)
  ON zs.signal TO zs_staff;
GRANT INSERT (signal_id, from_state, to_state, told, ground, reference, created_by) ON zs.signal_step TO zs_staff;
GRANT INSERT (signal_id, body, created_by) ON zs.signal_note TO zs_staff;
GRANT INSERT (signal_id, kind, round_id, why, asked, figures, passage_id, created_by), UPDATE (ended_at, ended_by) ON zs.signal_evidence TO zs_staff;
GRANT SELECT (id, source, title, body, consultation, value_codes, applications, owner, due_day, state, is_public, created_at, changed_at)
  ON zs.signal TO zs_results;
GRANT SELECT (id, signal_id, from_state, to_state, told, ground, reference, created_at) ON zs.signal_step TO zs_results;
GRANT SELECT (id, signal_id, kind, round_id, why, asked, figures, created_at, ended_at) ON zs.signal_evidence TO zs_results;

COMMENT ON COLUMN zs.api_key.scopes IS 'What it may do: analist (true tables), gesprekken (what was said, with its codes), inname (send responses), microdata (a row for each response), tafel (signals that are not public yet).';
