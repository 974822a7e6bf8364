-- oldest-binary: 0.1.0
--
-- What was said, tagged: code books, who codes what, codings, what was decided where two coders differed.
--
-- A coding names a passage by its number alone (zs.evidence), so that answers and conversations are coded alike. None is overwritten:
-- a change ends the row and adds another that replaces it. What stands of a passage is gone with its text, history too.
-- No table here has a foreign key to a text: zs.passage is on the way of every response.

-- ---- code books ----

CREATE TABLE zs.code_book_version (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  consultation text NOT NULL REFERENCES zs.consultation (code),
  code text NOT NULL CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(code) <= 64),
  number int NOT NULL CHECK (number > 0),
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  document jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
  UNIQUE (consultation, code, number)
);
COMMENT ON TABLE zs.code_book_version IS 'Code books as coders follow them. A version never changes.';
COMMENT ON COLUMN zs.code_book_version.id IS 'What a plan and a coding refer to.';
COMMENT ON COLUMN zs.code_book_version.consultation IS 'Whose code book it is.';
COMMENT ON COLUMN zs.code_book_version.code IS 'Which code book of the consultation.';
COMMENT ON COLUMN zs.code_book_version.number IS 'The version that the document says it is.';
COMMENT ON COLUMN zs.code_book_version.sha256 IS 'SHA-256 of the canonical form of the document.';
COMMENT ON COLUMN zs.code_book_version.document IS 'Definitions, rules and examples of every code.';
COMMENT ON COLUMN zs.code_book_version.created_at IS 'When it was kept.';
COMMENT ON COLUMN zs.code_book_version.created_by IS 'Label of who kept it.';
CREATE TRIGGER code_book_version_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.code_book_version
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

-- ---- who codes, by what ----

CREATE TABLE zs.coder (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id int CONSTRAINT coder_account UNIQUE REFERENCES zs.account (id),
  outside_guid bytea CONSTRAINT coder_outside UNIQUE CHECK (octet_length(outside_guid) = 16),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  CONSTRAINT coder_is_one_of_two CHECK ((account_id IS NULL) <> (outside_guid IS NULL))
);
COMMENT ON TABLE zs.coder IS 'Who codes: somebody who works here, or a user of a project that was read in.';
COMMENT ON COLUMN zs.coder.id IS 'What codings and tasks refer to.';
COMMENT ON COLUMN zs.coder.account_id IS 'The account; NULL: somebody of a project that was read in.';
COMMENT ON COLUMN zs.coder.outside_guid IS 'What that project calls its user; NULL: an account.';
COMMENT ON COLUMN zs.coder.name IS 'As others see it.';
COMMENT ON CONSTRAINT coder_is_one_of_two ON zs.coder IS 'An account or an outsider.';

CREATE TABLE zs.coding_plan (
  round_id int PRIMARY KEY REFERENCES zs.round (id),
  book_version int NOT NULL REFERENCES zs.code_book_version (id),
  bar double precision NOT NULL CHECK (bar BETWEEN 0 AND 1),
  revision int NOT NULL DEFAULT 1 CHECK (revision > 0),
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_by text NOT NULL CHECK (length(changed_by) BETWEEN 1 AND 200)
);
COMMENT ON TABLE zs.coding_plan IS 'By what a round is coded, and how well coders must agree.';
COMMENT ON COLUMN zs.coding_plan.round_id IS 'zs.round.id.';
COMMENT ON COLUMN zs.coding_plan.book_version IS 'The code book. A round keeps to one version while anything is coded by it.';
COMMENT ON COLUMN zs.coding_plan.bar IS 'The least alpha of a value; below it every table that uses the value says so.';
COMMENT ON COLUMN zs.coding_plan.revision IS 'Rises with every change: a change names the one it read and fails on another.';
COMMENT ON COLUMN zs.coding_plan.changed_at IS 'When it was changed last.';
COMMENT ON COLUMN zs.coding_plan.changed_by IS 'Label of who did.';

CREATE TABLE zs.coding_batch (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  round_id int NOT NULL REFERENCES zs.round (id),
  number int NOT NULL CHECK (number > 0),
  source text NOT NULL CHECK (source IN ('open-antwoorden', 'gesprekken', 'ingelezen')),
  variable text CHECK (length(variable) BETWEEN 1 AND 100),
  seed bytea CHECK (octet_length(seed) = 16),
  share double precision NOT NULL DEFAULT 0 CHECK (share BETWEEN 0 AND 1),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
  UNIQUE (round_id, number),
  CONSTRAINT coding_batch_variable CHECK ((source = 'open-antwoorden') = (variable IS NOT NULL)),
  CONSTRAINT coding_batch_seed CHECK ((source = 'ingelezen') = (seed IS NULL))
);
COMMENT ON TABLE zs.coding_batch IS 'One drawing of passages to code, which anybody who has its seed can repeat; or one project that was read in.';
COMMENT ON COLUMN zs.coding_batch.id IS 'What tasks and what was drawn refer to.';
COMMENT ON COLUMN zs.coding_batch.round_id IS 'zs.round.id.';
COMMENT ON COLUMN zs.coding_batch.number IS 'From 1, in each round.';
COMMENT ON COLUMN zs.coding_batch.source IS 'open-antwoorden (a sample of the answers to one question), gesprekken (what was said in a conversation) or ingelezen (coded in another program).';
COMMENT ON COLUMN zs.coding_batch.variable IS 'The question, of open-antwoorden.';
COMMENT ON COLUMN zs.coding_batch.seed IS 'What the drawing and the giving out follow from.';
COMMENT ON COLUMN zs.coding_batch.share IS 'Which part is coded by two.';
COMMENT ON COLUMN zs.coding_batch.created_at IS 'When it was drawn.';
COMMENT ON COLUMN zs.coding_batch.created_by IS 'Label of who drew it.';
COMMENT ON CONSTRAINT coding_batch_variable ON zs.coding_batch IS 'Answers are to one question.';
COMMENT ON CONSTRAINT coding_batch_seed ON zs.coding_batch IS 'What was read in was not drawn.';

CREATE TABLE zs.coding_stratum (
  batch_id int NOT NULL REFERENCES zs.coding_batch (id) ON DELETE CASCADE,
  stratum int NOT NULL CHECK (stratum >= 0),
  label text NOT NULL CHECK (length(label) BETWEEN 1 AND 100),
  size int NOT NULL CHECK (size > 0),
  PRIMARY KEY (batch_id, stratum)
);
COMMENT ON TABLE zs.coding_stratum IS 'The groups that a sample was drawn from.';
COMMENT ON COLUMN zs.coding_stratum.batch_id IS 'The drawing.';
COMMENT ON COLUMN zs.coding_stratum.stratum IS 'From 0.';
COMMENT ON COLUMN zs.coding_stratum.label IS 'How those in it came, or the conversation.';
COMMENT ON COLUMN zs.coding_stratum.size IS 'How many passages it had when it was drawn.';

CREATE TABLE zs.coding_drawn (
  batch_id int NOT NULL,
  passage_id bigint NOT NULL,
  stratum int NOT NULL,
  PRIMARY KEY (batch_id, passage_id),
  FOREIGN KEY (batch_id, stratum) REFERENCES zs.coding_stratum (batch_id, stratum) ON DELETE CASCADE
);
CREATE INDEX coding_drawn_passage ON zs.coding_drawn (passage_id);
COMMENT ON TABLE zs.coding_drawn IS 'Which passages were drawn. One may be drawn again, by a larger sample with the same seed.';
COMMENT ON COLUMN zs.coding_drawn.batch_id IS 'The drawing.';
COMMENT ON COLUMN zs.coding_drawn.passage_id IS 'The passage.';
COMMENT ON COLUMN zs.coding_drawn.stratum IS 'The group that it is of.';
COMMENT ON INDEX zs.coding_drawn_passage IS 'For destroying it with its text.';

CREATE TABLE zs.coding_task (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  batch_id int NOT NULL REFERENCES zs.coding_batch (id) ON DELETE CASCADE,
  round_id int NOT NULL,
  passage_id bigint NOT NULL,
  coder_id int NOT NULL REFERENCES zs.coder (id),
  position smallint NOT NULL CHECK (position BETWEEN 1 AND 64),
  place int NOT NULL CHECK (place > 0),
  revision int NOT NULL DEFAULT 1 CHECK (revision > 0),
  done_at timestamptz,
  CONSTRAINT coding_task_once UNIQUE (passage_id, coder_id),
  CONSTRAINT coding_task_position UNIQUE (passage_id, position)
);
CREATE INDEX coding_task_queue ON zs.coding_task (coder_id, round_id, place, id);
CREATE INDEX coding_task_round ON zs.coding_task (round_id);
COMMENT ON TABLE zs.coding_task IS 'Who codes which passage. Of two coders of one neither sees the other''s work before it is decided.';
COMMENT ON COLUMN zs.coding_task.id IS 'What a page calls it by.';
COMMENT ON COLUMN zs.coding_task.batch_id IS 'Of which drawing it came.';
COMMENT ON COLUMN zs.coding_task.round_id IS 'zs.round.id.';
COMMENT ON COLUMN zs.coding_task.passage_id IS 'The passage.';
COMMENT ON COLUMN zs.coding_task.coder_id IS 'The coder.';
COMMENT ON COLUMN zs.coding_task.position IS '1: whose codings count until something was decided; from 2: who codes it again, for the agreement.';
COMMENT ON COLUMN zs.coding_task.place IS 'Its place in the coder''s queue.';
COMMENT ON COLUMN zs.coding_task.revision IS 'Rises with every save on the passage by its coder: a save names the one it read and fails on another.';
COMMENT ON COLUMN zs.coding_task.done_at IS 'When the coder said that all is coded; NULL: not yet. Nothing coded and done is "none of them".';
COMMENT ON INDEX zs.coding_task_queue IS 'For what a coder has to do next.';
COMMENT ON INDEX zs.coding_task_round IS 'For how far a round is, and its removal.';

-- ---- codings ----

CREATE TABLE zs.coding (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  round_id int NOT NULL,
  passage_id bigint NOT NULL,
  coder_id int NOT NULL REFERENCES zs.coder (id),
  book_version int NOT NULL REFERENCES zs.code_book_version (id),
  start_at int NOT NULL CHECK (start_at >= 0),
  end_at int NOT NULL CONSTRAINT coding_not_empty CHECK (end_at > start_at),
  value_bits smallint NOT NULL CHECK (value_bits BETWEEN 0 AND 127),
  counts boolean NOT NULL,
  decided boolean NOT NULL DEFAULT false,
  codes text[] NOT NULL CHECK (cardinality(codes) BETWEEN 0 AND 20),
  facet text CHECK (facet IN ('mens', 'dier', 'milieu', 'elders')),
  expression text CHECK (expression IN ('standpunt', 'zorg', 'verwachting', 'kans', 'randvoorwaarde', 'vraag')),
  application text CHECK (length(application) BETWEEN 1 AND 40),
  direction text CHECK (direction IN ('voor', 'tegen', 'onder-voorwaarden', 'onduidelijk')),
  origin text CHECK (origin IN ('nederland', 'elders', 'onbekend')),
  prompted text[] NOT NULL DEFAULT '{}',
  method text NOT NULL CHECK (method IN ('enquete', 'interview', 'focusgroep')),
  conversation_id int,
  participant_id int,
  response_id bytea,
  memo text CHECK (length(memo) BETWEEN 1 AND 2000),
  replaces bigint REFERENCES zs.coding (id) ON DELETE SET NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  ended_by text CHECK (length(ended_by) BETWEEN 1 AND 200),
  ended_reason text CHECK (ended_reason IN ('gewijzigd', 'verwijderd', 'verplaatst', 'verloren')),
  CONSTRAINT coding_says_something CHECK (cardinality(codes) > 0 OR memo IS NOT NULL
    OR COALESCE(facet, expression, application, direction, origin) IS NOT NULL),
  CONSTRAINT coding_ended CHECK ((ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (ended_reason IS NULL))
);
CREATE INDEX coding_passage ON zs.coding (passage_id);
CREATE INDEX coding_counts ON zs.coding (round_id, application, method) WHERE ended_at IS NULL AND counts;
CREATE INDEX coding_replaces ON zs.coding (replaces) WHERE replaces IS NOT NULL;
COMMENT ON TABLE zs.coding IS 'A span of a passage, tagged. Never overwritten: what was changed or taken away has ended, and what came for it names it.';
COMMENT ON COLUMN zs.coding.id IS 'What it is called by.';
COMMENT ON COLUMN zs.coding.round_id IS 'zs.round.id.';
COMMENT ON COLUMN zs.coding.passage_id IS 'zs.evidence.id.';
COMMENT ON COLUMN zs.coding.coder_id IS 'Whose it is.';
COMMENT ON COLUMN zs.coding.book_version IS 'The code book that was followed.';
COMMENT ON COLUMN zs.coding.start_at IS 'Code point of the text where it begins, from 0.';
COMMENT ON COLUMN zs.coding.end_at IS 'The first code point that is no more of it.';
COMMENT ON COLUMN zs.coding.value_bits IS 'A bit for each of the seven values that its codes are or stand under, in the order of the vision.';
COMMENT ON COLUMN zs.coding.counts IS 'Counted: of the first coder, or decided where two differed. Of one passage only the one or the other.';
COMMENT ON COLUMN zs.coding.decided IS 'Made by deciding between coders; both of theirs stay.';
COMMENT ON COLUMN zs.coding.codes IS 'Codes of the tree: values, sub-themes, own codes.';
COMMENT ON COLUMN zs.coding.facet IS 'About whom.';
COMMENT ON COLUMN zs.coding.expression IS 'The uiting: what kind of saying it is.';
COMMENT ON COLUMN zs.coding.application IS 'Which technique or product.';
COMMENT ON COLUMN zs.coding.direction IS 'For or against.';
COMMENT ON COLUMN zs.coding.origin IS 'Where it would be made.';
COMMENT ON COLUMN zs.coding.prompted IS 'What the question, or the part of the guide, was about: values and applications. What of codes is not in it was brought up unasked.';
COMMENT ON COLUMN zs.coding.method IS 'enquete, interview or focusgroep; with the next three a copy of what zs.evidence says, which never changes while the text is there, for counting without the texts.';
COMMENT ON COLUMN zs.coding.conversation_id IS 'The conversation; NULL: the survey.';
COMMENT ON COLUMN zs.coding.participant_id IS 'Whose turn it is; NULL: the survey, or nobody known.';
COMMENT ON COLUMN zs.coding.response_id IS 'The response; NULL: a conversation.';
COMMENT ON COLUMN zs.coding.memo IS 'A remark of the coder.';
COMMENT ON COLUMN zs.coding.replaces IS 'The row that it came in the place of.';
COMMENT ON COLUMN zs.coding.created_at IS 'When it was made.';
COMMENT ON COLUMN zs.coding.ended_at IS 'When it ended; NULL: it stands.';
COMMENT ON COLUMN zs.coding.ended_by IS 'Label of who ended it.';
COMMENT ON COLUMN zs.coding.ended_reason IS 'gewijzigd, verwijderd, verplaatst (followed its text into a new version) or verloren (its text changed).';
COMMENT ON CONSTRAINT coding_not_empty ON zs.coding IS 'A span has at least one code point.';
COMMENT ON CONSTRAINT coding_says_something ON zs.coding IS 'A code, another axis or a memo.';
COMMENT ON CONSTRAINT coding_ended ON zs.coding IS 'Whoever ended it is known, and why.';
COMMENT ON INDEX zs.coding_passage IS 'For all that was ever coded on a passage, and destroying it.';
COMMENT ON INDEX zs.coding_counts IS 'For what counts of a round.';
COMMENT ON INDEX zs.coding_replaces IS 'For destroying.';

CREATE TABLE zs.adjudication (
  passage_id bigint PRIMARY KEY,
  round_id int NOT NULL,
  revision int NOT NULL DEFAULT 1 CHECK (revision > 0),
  note text CHECK (length(note) BETWEEN 1 AND 2000),
  decided_at timestamptz NOT NULL DEFAULT now(),
  decided_by text NOT NULL CHECK (length(decided_by) BETWEEN 1 AND 200)
);
CREATE INDEX adjudication_round ON zs.adjudication (round_id);
COMMENT ON TABLE zs.adjudication IS 'Passages of which was decided what counts, where coders differed or to confirm that they did not.';
COMMENT ON COLUMN zs.adjudication.passage_id IS 'The passage.';
COMMENT ON COLUMN zs.adjudication.round_id IS 'zs.round.id.';
COMMENT ON COLUMN zs.adjudication.revision IS 'Rises when it is decided anew.';
COMMENT ON COLUMN zs.adjudication.note IS 'Why so.';
COMMENT ON COLUMN zs.adjudication.decided_at IS 'When.';
COMMENT ON COLUMN zs.adjudication.decided_by IS 'Label of who decided.';
COMMENT ON INDEX zs.adjudication_round IS 'For what of a round is decided, and its removal.';

CREATE TABLE zs.coding_lost (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  round_id int NOT NULL,
  passage_id bigint NOT NULL,
  coder_id int NOT NULL REFERENCES zs.coder (id),
  near int NOT NULL CHECK (near >= 0),
  codes text[] NOT NULL,
  lost_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX coding_lost_round ON zs.coding_lost (round_id);
CREATE INDEX coding_lost_passage ON zs.coding_lost (passage_id);
COMMENT ON TABLE zs.coding_lost IS 'Codings that could not follow a change of their text, for somebody to look at: a line is taken away when that was done.';
COMMENT ON COLUMN zs.coding_lost.id IS 'What it is called by.';
COMMENT ON COLUMN zs.coding_lost.round_id IS 'zs.round.id.';
COMMENT ON COLUMN zs.coding_lost.passage_id IS 'The passage in whose text it would stand now.';
COMMENT ON COLUMN zs.coding_lost.coder_id IS 'Whose it was.';
COMMENT ON COLUMN zs.coding_lost.near IS 'Code point of the new text near which it would stand.';
COMMENT ON COLUMN zs.coding_lost.codes IS 'What it said.';
COMMENT ON COLUMN zs.coding_lost.lost_at IS 'When the text changed.';
COMMENT ON INDEX zs.coding_lost_round IS 'For the list of a round, and its removal.';
COMMENT ON INDEX zs.coding_lost_passage IS 'For destroying it with its text.';

-- ---- codings follow their text ----

-- At the end of the transaction, so that whoever corrects or redacts need not know of codings, whatever the order they write in.
CREATE FUNCTION zs.passage_change_followed() RETURNS trigger
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM zs.codings_follow(NEW.passage_id, NEW.version_id);
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION zs.passage_change_followed() IS 'Moves codings along with the text that changed.';
REVOKE ALL ON FUNCTION zs.passage_change_followed() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER passage_change_followed AFTER INSERT ON zs.passage_change
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION zs.passage_change_followed();

-- ---- who may do what ----

GRANT SELECT ON zs.code_book_version, zs.coder, zs.coding_plan, zs.coding_batch, zs.coding_stratum, zs.coding_drawn, zs.coding_task,
  zs.coding, zs.adjudication, zs.coding_lost TO zs_staff;
GRANT INSERT (consultation, code, number, sha256, document, created_by) ON zs.code_book_version TO zs_staff;
GRANT INSERT (account_id, outside_guid, name) ON zs.coder TO zs_staff;
GRANT INSERT (round_id, book_version, bar, changed_by) ON zs.coding_plan TO zs_staff;
GRANT UPDATE (book_version, bar, revision, changed_at, changed_by) ON zs.coding_plan TO zs_staff;
GRANT INSERT (round_id, number, source, variable, seed, share, created_by) ON zs.coding_batch TO zs_staff;
GRANT INSERT ON zs.coding_stratum, zs.coding_drawn TO zs_staff;
GRANT INSERT (batch_id, round_id, passage_id, coder_id, position, place, done_at) ON zs.coding_task TO zs_staff;
GRANT UPDATE (revision, done_at) ON zs.coding_task TO zs_staff;
GRANT INSERT (round_id, passage_id, coder_id, book_version, start_at, end_at, value_bits, counts, decided, codes, facet, expression,
  application, direction, origin, prompted, method, conversation_id, participant_id, response_id, memo, replaces) ON zs.coding TO zs_staff;
GRANT UPDATE (counts, ended_at, ended_by, ended_reason) ON zs.coding TO zs_staff;
GRANT INSERT (passage_id, round_id, note, decided_by) ON zs.adjudication TO zs_staff;
GRANT UPDATE (revision, note, decided_at, decided_by) ON zs.adjudication TO zs_staff;
GRANT DELETE ON zs.coding_lost TO zs_staff;
-- How somebody came, for drawing samples by it; never what they answered.
GRANT SELECT (round_id, response_id, revision, stream) ON zs.response TO zs_staff;
