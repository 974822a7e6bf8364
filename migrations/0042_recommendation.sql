-- oldest-binary: 0.1.0
--
-- What the table makes besides signals: recommendations, which make clear how people can take part in a procedure, and questions for
-- research. What happened to one (steps, points, evidence) is never changed: it is added to.

CREATE TABLE zs.recommendation (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  procedure text NOT NULL CHECK (procedure ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(procedure) <= 100),
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
  unclear text NOT NULL CHECK (length(unclear) BETWEEN 1 AND 3000),
  for_whom text NOT NULL CHECK (length(for_whom) BETWEEN 1 AND 500),
  proposal text NOT NULL CHECK (length(proposal) BETWEEN 1 AND 5000),
  owner text NOT NULL DEFAULT '' CHECK (length(owner) <= 200),
  state text NOT NULL DEFAULT 'opgesteld'
    CHECK (state IN ('opgesteld', 'vastgesteld', 'aangeboden', 'overgenomen', 'deels-overgenomen', 'niet-overgenomen', 'vervallen')),
  is_public boolean NOT NULL DEFAULT false,
  revision int NOT NULL DEFAULT 1 CHECK (revision > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_by text NOT NULL CHECK (length(changed_by) BETWEEN 1 AND 200)
);
COMMENT ON TABLE zs.recommendation IS 'A recommendation of the table to make clear how people can take part in a procedure.';
COMMENT ON COLUMN zs.recommendation.id IS 'Its number; a later one has a higher number.';
COMMENT ON COLUMN zs.recommendation.procedure IS 'Code of the procedure (config/reference/procedures.json).';
COMMENT ON COLUMN zs.recommendation.title IS 'What it says, in one line for citizens.';
COMMENT ON COLUMN zs.recommendation.unclear IS 'What is unclear about the procedure.';
COMMENT ON COLUMN zs.recommendation.for_whom IS 'To whom it is unclear.';
COMMENT ON COLUMN zs.recommendation.proposal IS 'What the table proposes.';
COMMENT ON COLUMN zs.recommendation.owner IS 'Who sees to it, in words; empty: nobody yet. Not public.';
COMMENT ON COLUMN zs.recommendation.state IS 'How far it is. Which state may follow which is the program''s to say.';
COMMENT ON COLUMN zs.recommendation.is_public IS 'Everybody may read it, with its steps.';
COMMENT ON COLUMN zs.recommendation.revision IS 'Rises with every change: a change names the one it read and fails on another.';
COMMENT ON COLUMN zs.recommendation.created_at IS 'When it was written down.';
COMMENT ON COLUMN zs.recommendation.created_by IS 'Label of who did.';
COMMENT ON COLUMN zs.recommendation.changed_at IS 'When it was changed last.';
COMMENT ON COLUMN zs.recommendation.changed_by IS 'Label of who did.';

CREATE TABLE zs.research_question (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
  kind text NOT NULL CHECK (kind IN ('risico', 'ethisch', 'maatschappelijk')),
  technology text NOT NULL CHECK (length(technology) BETWEEN 1 AND 300),
  why_now text NOT NULL CHECK (length(why_now) BETWEEN 1 AND 3000),
  who text NOT NULL DEFAULT '' CHECK (length(who) <= 1000),
  outcome text NOT NULL DEFAULT '' CHECK (length(outcome) <= 5000),
  owner text NOT NULL DEFAULT '' CHECK (length(owner) <= 200),
  state text NOT NULL DEFAULT 'voorgesteld' CHECK (state IN ('voorgesteld', 'geprioriteerd', 'uitgezet', 'afgerond', 'vervallen')),
  is_public boolean NOT NULL DEFAULT false,
  revision int NOT NULL DEFAULT 1 CHECK (revision > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_by text NOT NULL CHECK (length(changed_by) BETWEEN 1 AND 200)
);
COMMENT ON TABLE zs.research_question IS 'A question for research that the table puts on its research agenda.';
COMMENT ON COLUMN zs.research_question.id IS 'Its number; a later one has a higher number.';
COMMENT ON COLUMN zs.research_question.title IS 'The question.';
COMMENT ON COLUMN zs.research_question.kind IS 'About risks, about ethics, or about society.';
COMMENT ON COLUMN zs.research_question.technology IS 'The technology that it is about.';
COMMENT ON COLUMN zs.research_question.why_now IS 'Why it is asked now.';
COMMENT ON COLUMN zs.research_question.who IS 'Who could find out; empty: nobody was named.';
COMMENT ON COLUMN zs.research_question.outcome IS 'What came of it; empty: nothing yet.';
COMMENT ON COLUMN zs.research_question.owner IS 'Who sees to it, in words; empty: nobody yet. Not public.';
COMMENT ON COLUMN zs.research_question.state IS 'How far it is. Which state may follow which is the program''s to say.';
COMMENT ON COLUMN zs.research_question.is_public IS 'Everybody may read it, with its steps.';
COMMENT ON COLUMN zs.research_question.revision IS 'Rises with every change: a change names the one it read and fails on another.';
COMMENT ON COLUMN zs.research_question.created_at IS 'When it was written down.';
COMMENT ON COLUMN zs.research_question.created_by IS 'Label of who did.';
COMMENT ON COLUMN zs.research_question.changed_at IS 'When it was changed last.';
COMMENT ON COLUMN zs.research_question.changed_by IS 'Label of who did.';

CREATE TABLE zs.research_points (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  question_id int NOT NULL REFERENCES zs.research_question (id),
  side text NOT NULL CHECK (side IN ('overheid', 'bedrijven', 'kennisinstellingen', 'maatschappelijke-organisaties')),
  points smallint NOT NULL CHECK (points BETWEEN 1 AND 5),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200)
);
COMMENT ON TABLE zs.research_points IS 'How much a question matters to each of the four sides of the table. The newest row of a side holds.';
COMMENT ON COLUMN zs.research_points.id IS 'Row; a later one has a higher number.';
COMMENT ON COLUMN zs.research_points.question_id IS 'The question.';
COMMENT ON COLUMN zs.research_points.side IS 'Which side.';
COMMENT ON COLUMN zs.research_points.points IS '1 (can wait) to 5 (first).';
COMMENT ON COLUMN zs.research_points.created_at IS 'When it was noted.';
COMMENT ON COLUMN zs.research_points.created_by IS 'Label of who noted it.';
CREATE INDEX research_points_question ON zs.research_points (question_id, side, id);
COMMENT ON INDEX zs.research_points_question IS 'The newest points of each side.';
CREATE TRIGGER research_points_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.research_points
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

CREATE TABLE zs.case_step (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recommendation_id int REFERENCES zs.recommendation (id),
  question_id int REFERENCES zs.research_question (id),
  from_state text NOT NULL,
  to_state text NOT NULL,
  told text CHECK (length(told) BETWEEN 1 AND 5000),
  reference text CHECK (length(reference) BETWEEN 1 AND 500),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
  CONSTRAINT case_step_of_one CHECK ((recommendation_id IS NULL) <> (question_id IS NULL))
);
COMMENT ON TABLE zs.case_step IS 'From which state to which a recommendation or research question went, and why. Public with it.';
COMMENT ON COLUMN zs.case_step.id IS 'Row; a later step has a higher number.';
COMMENT ON COLUMN zs.case_step.recommendation_id IS 'The recommendation; NULL: it is a question''s.';
COMMENT ON COLUMN zs.case_step.question_id IS 'The research question; NULL: it is a recommendation''s.';
COMMENT ON COLUMN zs.case_step.from_state IS 'The state that it left.';
COMMENT ON COLUMN zs.case_step.to_state IS 'The state that it came to.';
COMMENT ON COLUMN zs.case_step.told IS 'Why, or what came of it, for citizens to read; NULL: nothing was said.';
COMMENT ON COLUMN zs.case_step.reference IS 'The meeting or mandate that decided; NULL: none is asked.';
COMMENT ON COLUMN zs.case_step.created_at IS 'When.';
COMMENT ON COLUMN zs.case_step.created_by IS 'Label of who noted it.';
COMMENT ON CONSTRAINT case_step_of_one ON zs.case_step IS 'It is of one thing.';
CREATE INDEX case_step_recommendation ON zs.case_step (recommendation_id, id) WHERE recommendation_id IS NOT NULL;
COMMENT ON INDEX zs.case_step_recommendation IS 'The steps of a recommendation.';
CREATE INDEX case_step_question ON zs.case_step (question_id, id) WHERE question_id IS NOT NULL;
COMMENT ON INDEX zs.case_step_question IS 'The steps of a question.';
CREATE TRIGGER case_step_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.case_step
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

CREATE TABLE zs.case_evidence (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recommendation_id int REFERENCES zs.recommendation (id),
  question_id int REFERENCES zs.research_question (id),
  signal_id int REFERENCES zs.signal (id),
  passage_id bigint,
  why text NOT NULL CHECK (length(why) BETWEEN 1 AND 1000),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
  CONSTRAINT case_evidence_of_one CHECK ((recommendation_id IS NULL) <> (question_id IS NULL)),
  CONSTRAINT case_evidence_one CHECK ((signal_id IS NULL) <> (passage_id IS NULL))
);
COMMENT ON TABLE zs.case_evidence IS 'What a recommendation or research question rests on: signals, and passages by their number alone.';
COMMENT ON COLUMN zs.case_evidence.id IS 'Row.';
COMMENT ON COLUMN zs.case_evidence.recommendation_id IS 'The recommendation; NULL: it is a question''s.';
COMMENT ON COLUMN zs.case_evidence.question_id IS 'The research question; NULL: it is a recommendation''s.';
COMMENT ON COLUMN zs.case_evidence.signal_id IS 'The signal; NULL: it is a passage.';
COMMENT ON COLUMN zs.case_evidence.passage_id IS 'zs.evidence.id; NULL: it is a signal. No foreign key: the text may go, and then this says that there was one.';
COMMENT ON COLUMN zs.case_evidence.why IS 'What it shows, for citizens to read.';
COMMENT ON COLUMN zs.case_evidence.created_at IS 'When it was added.';
COMMENT ON COLUMN zs.case_evidence.created_by IS 'Label of who did.';
COMMENT ON CONSTRAINT case_evidence_of_one ON zs.case_evidence IS 'It is of one thing.';
COMMENT ON CONSTRAINT case_evidence_one ON zs.case_evidence IS 'It is a signal or a passage.';
CREATE INDEX case_evidence_recommendation ON zs.case_evidence (recommendation_id, id) WHERE recommendation_id IS NOT NULL;
COMMENT ON INDEX zs.case_evidence_recommendation IS 'The evidence of a recommendation.';
CREATE INDEX case_evidence_question ON zs.case_evidence (question_id, id) WHERE question_id IS NOT NULL;
COMMENT ON INDEX zs.case_evidence_question IS 'The evidence of a question.';
CREATE INDEX case_evidence_passage ON zs.case_evidence (passage_id) WHERE passage_id IS NOT NULL;
COMMENT ON INDEX zs.case_evidence_passage IS 'For what rests on a passage.';

GRANT SELECT ON zs.recommendation, zs.research_question, zs.research_points, zs.case_step, zs.case_evidence TO zs_staff;
GRANT INSERT (procedure, title, unclear, for_whom, proposal, owner, is_public, created_by, changed_by),
  UPDATE (procedure, title, unclear, for_whom, proposal, owner, state, is_public, revision, changed_at, changed_by) ON zs.recommendation TO zs_staff;
GRANT INSERT (title, kind, technology, why_now, who, outcome, owner, is_public, created_by, changed_by),
  UPDATE (title, kind, technology, why_now, who, outcome, owner, state, is_public, revision, changed_at, changed_by) ON zs.research_question TO zs_staff;
GRANT INSERT (question_id, side, points, created_by) ON zs.research_points TO zs_staff;
GRANT INSERT (recommendation_id, question_id, from_state, to_state, told, reference, created_by) ON zs.case_step TO zs_staff;
GRANT INSERT (recommendation_id, question_id, signal_id, passage_id, why, created_by) ON zs.case_evidence TO zs_staff;
GRANT SELECT (id, procedure, title, unclear, for_whom, proposal, state, is_public, created_at, changed_at) ON zs.recommendation TO zs_results;
GRANT SELECT (id, title, kind, technology, why_now, who, outcome, state, is_public, created_at, changed_at) ON zs.research_question TO zs_results;
GRANT SELECT (id, question_id, side, points) ON zs.research_points TO zs_results;
GRANT SELECT (id, recommendation_id, question_id, from_state, to_state, told, reference, created_at) ON zs.case_step TO zs_results;
GRANT SELECT (id, recommendation_id, question_id, signal_id, passage_id, why, created_at) ON zs.case_evidence TO zs_results;
