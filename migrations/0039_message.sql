-- oldest-binary: 0.1.0
--
-- What people tell the table of their own accord, between rounds and during them: an anonymous message of a citizen, who reads it back
-- with a code, or one of an organisation under its name. A message is a passage, and may be evidence of a signal. It is of no round, so
-- that no table, estimate or value map can count it.

CREATE TABLE zs.message (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  passage_id bigint NOT NULL DEFAULT nextval('zs.passage_id_seq') UNIQUE,
  erasure_key bytea NOT NULL DEFAULT uuid_send(gen_random_uuid()) UNIQUE CHECK (octet_length(erasure_key) = 16),
  code_hash bytea UNIQUE CHECK (octet_length(code_hash) = 32),
  sender text NOT NULL CHECK (sender IN ('burger', 'organisatie')),
  organisation text CHECK (length(organisation) BETWEEN 1 AND 200),
  language text NOT NULL CHECK (language IN ('nl', 'en')),
  value_codes text[] NOT NULL DEFAULT '{}' CHECK (value_codes <@ ARRAY['brede-welvaart', 'veiligheid', 'gezondheid', 'natuurlijkheid',
    'keuzevrijheid', 'rechtvaardigheid', 'legitimiteit'] AND cardinality(value_codes) <= 7),
  application text CHECK (length(application) BETWEEN 1 AND 100),
  body text CHECK (length(body) BETWEEN 1 AND 5000 AND strpos(body, E'\r') = 0),
  received_day date NOT NULL,
  destroy_day date NOT NULL,
  is_suspect boolean NOT NULL DEFAULT false,
  state text NOT NULL DEFAULT 'nieuw' CHECK (state IN ('nieuw', 'gelezen', 'terzijde', 'ingetrokken', 'vernietigd')),
  aside_kind text CHECK (aside_kind IN ('misbruik', 'ander-onderwerp', 'dubbel', 'anders')),
  aside_told text CHECK (length(aside_told) BETWEEN 1 AND 2000),
  is_public boolean NOT NULL DEFAULT false,
  revision int NOT NULL DEFAULT 1 CHECK (revision > 0),
  CONSTRAINT message_gone CHECK ((body IS NULL) = (state IN ('ingetrokken', 'vernietigd'))),
  CONSTRAINT message_organisation CHECK ((organisation IS NOT NULL) = (sender = 'organisatie' AND body IS NOT NULL)),
  CONSTRAINT message_aside CHECK ((aside_kind IS NOT NULL) = (state = 'terzijde') AND (aside_told IS NOT NULL) = (state = 'terzijde')),
  CONSTRAINT message_public CHECK (NOT is_public OR (sender = 'organisatie' AND state = 'gelezen')),
  CONSTRAINT message_days CHECK (destroy_day > received_day)
);
COMMENT ON TABLE zs.message IS 'What somebody told the table of their own accord. A message is of no round, and never counts in an estimate.';
COMMENT ON COLUMN zs.message.id IS 'Its number; a later one has a higher number.';
COMMENT ON COLUMN zs.message.passage_id IS 'From the sequence of zs.passage.id: what evidence refers to. Another one when personal data were taken out.';
COMMENT ON COLUMN zs.message.erasure_key IS 'Random: what the ledger of erasures calls it by.';
COMMENT ON COLUMN zs.message.code_hash IS 'Keyed hash of the code by which its sender reads it back; NULL: destroyed.';
COMMENT ON COLUMN zs.message.sender IS 'A citizen, of whom nothing is known, or an organisation.';
COMMENT ON COLUMN zs.message.organisation IS 'The name of the organisation, which is public with the message; NULL: a citizen, or gone.';
COMMENT ON COLUMN zs.message.language IS 'Language of the form it was typed into: nl or en.';
COMMENT ON COLUMN zs.message.value_codes IS 'Which of the seven values it is about: as the sender said, until somebody of the table says otherwise.';
COMMENT ON COLUMN zs.message.application IS 'Which application of the agenda it is about, by code, in the same way; NULL: none was named.';
COMMENT ON COLUMN zs.message.body IS 'The text; lines end in LF. NULL: withdrawn or destroyed.';
COMMENT ON COLUMN zs.message.received_day IS 'The day it came in.';
COMMENT ON COLUMN zs.message.destroy_day IS 'The day on which the text is destroyed.';
COMMENT ON COLUMN zs.message.is_suspect IS 'It was sent faster than a person writes, or filled in what a person does not see. It is kept like any other.';
COMMENT ON COLUMN zs.message.state IS 'How far it is. Which state may follow which is the program''s to say.';
COMMENT ON COLUMN zs.message.aside_kind IS 'Why it was set aside; NULL: it was not.';
COMMENT ON COLUMN zs.message.aside_told IS 'The same in words, for the sender to read.';
COMMENT ON COLUMN zs.message.is_public IS 'Everybody may read it: an organisation''s alone, after somebody of the table looked at it.';
COMMENT ON COLUMN zs.message.revision IS 'Rises with every change: a change names the one it read and fails on another.';
COMMENT ON CONSTRAINT message_gone ON zs.message IS 'What was withdrawn or destroyed has no text, and nothing else has none.';
COMMENT ON CONSTRAINT message_organisation ON zs.message IS 'An organisation has a name; a citizen has none.';
COMMENT ON CONSTRAINT message_aside ON zs.message IS 'What is set aside has a reason, and nothing else has one.';
COMMENT ON CONSTRAINT message_public ON zs.message IS 'A citizen''s message is never public.';
COMMENT ON CONSTRAINT message_days ON zs.message IS 'It is kept for a while.';
CREATE INDEX message_state ON zs.message (state, id);
COMMENT ON INDEX zs.message_state IS 'The messages in one state, newest first; how many wait.';
CREATE INDEX message_shown ON zs.message (id) WHERE is_public;
COMMENT ON INDEX zs.message_shown IS 'What everybody may read, newest first.';
CREATE INDEX message_destroy ON zs.message (destroy_day) WHERE state <> 'vernietigd';
COMMENT ON INDEX zs.message_destroy IS 'What has had its time.';

CREATE TABLE zs.message_step (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message_id int NOT NULL REFERENCES zs.message (id),
  from_state text NOT NULL,
  to_state text NOT NULL,
  kind text CHECK (kind IN ('misbruik', 'ander-onderwerp', 'dubbel', 'anders')),
  told text CHECK (length(told) BETWEEN 1 AND 2000),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200)
);
COMMENT ON TABLE zs.message_step IS 'From which state to which staff brought a message, and why. What its sender does has no time here.';
COMMENT ON COLUMN zs.message_step.id IS 'Row; a later step has a higher number.';
COMMENT ON COLUMN zs.message_step.message_id IS 'The message.';
COMMENT ON COLUMN zs.message_step.from_state IS 'The state that it left.';
COMMENT ON COLUMN zs.message_step.to_state IS 'The state that it came to.';
COMMENT ON COLUMN zs.message_step.kind IS 'Why it was set aside; NULL: it was not.';
COMMENT ON COLUMN zs.message_step.told IS 'The reason in words; NULL: none was asked.';
COMMENT ON COLUMN zs.message_step.created_at IS 'When.';
COMMENT ON COLUMN zs.message_step.created_by IS 'Label of who did it.';
CREATE INDEX message_step_message ON zs.message_step (message_id, id);
COMMENT ON INDEX zs.message_step_message IS 'The steps of a message, in their order.';
CREATE TRIGGER message_step_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.message_step
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

CREATE VIEW zs.message_public AS
  SELECT m.id, m.organisation, m.language, m.value_codes, m.application, m.body, m.received_day FROM zs.message AS m WHERE m.is_public;
COMMENT ON VIEW zs.message_public IS 'What everybody may read: messages of organisations that somebody of the table looked at.';
COMMENT ON COLUMN zs.message_public.id IS 'Its number.';
COMMENT ON COLUMN zs.message_public.organisation IS 'The organisation.';
COMMENT ON COLUMN zs.message_public.language IS 'nl or en.';
COMMENT ON COLUMN zs.message_public.value_codes IS 'Which of the seven values it is about.';
COMMENT ON COLUMN zs.message_public.application IS 'Which application it is about, by code; NULL: none.';
COMMENT ON COLUMN zs.message_public.body IS 'The text.';
COMMENT ON COLUMN zs.message_public.received_day IS 'The day it came in.';

-- ---- a message as evidence: by the number of its passage, and of no round ----

ALTER TABLE zs.signal_evidence ALTER COLUMN round_id DROP NOT NULL;
ALTER TABLE zs.signal_evidence DROP CONSTRAINT signal_evidence_kind_check, DROP CONSTRAINT signal_evidence_passage;
ALTER TABLE zs.signal_evidence
  ADD CONSTRAINT signal_evidence_kind_check CHECK (kind IN ('tabel', 'passage', 'campagne', 'bericht')),
  ADD CONSTRAINT signal_evidence_passage CHECK ((kind IN ('passage', 'bericht')) = (passage_id IS NOT NULL)),
  ADD CONSTRAINT signal_evidence_round CHECK ((kind = 'bericht') = (round_id IS NULL));
COMMENT ON COLUMN zs.signal_evidence.kind IS 'A public table, a passage, answers that are nearly the same, or a message to the table.';
COMMENT ON COLUMN zs.signal_evidence.round_id IS 'The round that it is of; NULL: a message, which is of none.';
COMMENT ON CONSTRAINT signal_evidence_passage ON zs.signal_evidence IS 'A passage or message, and nothing else, has the number of one.';
COMMENT ON CONSTRAINT signal_evidence_round ON zs.signal_evidence IS 'A message, and nothing else, is of no round.';
CREATE INDEX signal_evidence_by_passage ON zs.signal_evidence (passage_id) WHERE passage_id IS NOT NULL AND ended_at IS NULL;
COMMENT ON INDEX zs.signal_evidence_by_passage IS 'For what rests on a passage.';

CREATE OR REPLACE VIEW zs.evidence AS
  SELECT p.id, p.round_id, 'open-antwoord'::text AS kind, p.language, p.created_day AS day, p.body, p.response_id, p.revision, p.variable,
    NULL::int AS conversation_id, NULL::text AS method, NULL::text AS speaker, NULL::int AS participant_id, NULL::text AS part,
    NULL::int AS place, NULL::boolean AS quotes, NULL::boolean AS archive
  FROM zs.passage AS p
  UNION ALL
  SELECT t.id, c.round_id, t.kind, c.language, c.day, t.body, NULL, NULL, NULL,
    c.id, c.kind, t.speaker, t.participant_id, t.part, l.place,
    CASE WHEN t.participant_id IS NOT NULL THEN coalesce(o.quotes AND t.kind = 'uitspraak' AND v.source = 'opname', false) END,
    CASE WHEN t.participant_id IS NOT NULL THEN coalesce(o.archive AND t.kind <> 'weggelaten', false) END
  FROM zs.transcript_version AS v
    JOIN zs.transcript_turn AS l ON l.version_id = v.id
    JOIN zs.turn AS t ON t.id = l.turn_id
    JOIN zs.conversation AS c ON c.id = v.conversation_id
    LEFT JOIN zs.participant_open AS o ON o.participant_id = t.participant_id
  WHERE v.is_current AND t.body IS NOT NULL AND (t.participant_id IS NULL OR t.kind = 'weggelaten' OR o.is_open)
  UNION ALL
  SELECT m.passage_id, NULL::int, 'bericht', m.language, m.received_day, m.body, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    m.is_public, false
  FROM zs.message AS m
  WHERE m.state IN ('nieuw', 'gelezen');
COMMENT ON VIEW zs.evidence IS 'Every passage that stands: open answers, the turns of the newest version of each transcript, and messages to the table. Of a participant only those that their newest consent, and a parent''s under 16, still allows; of messages those that were not set aside.';
COMMENT ON COLUMN zs.evidence.round_id IS 'zs.round.id; NULL: a message, which is of none.';
COMMENT ON COLUMN zs.evidence.kind IS 'open-antwoord, uitspraak, aantekening, nabespreking, weggelaten or bericht.';

-- ---- the ledger of erasures: a message that was withdrawn is of no round ----

ALTER TABLE zs.erasure ALTER COLUMN round_id DROP NOT NULL;
ALTER TABLE zs.erasure ADD CONSTRAINT erasure_message CHECK (round_id IS NOT NULL OR response_id IS NOT NULL);
COMMENT ON COLUMN zs.erasure.round_id IS 'zs.round.id; NULL: a message to the table, which is of no round.';
COMMENT ON CONSTRAINT erasure_message ON zs.erasure IS 'A round as a whole is one that there is.';

GRANT SELECT ON zs.message, zs.message_step TO zs_staff;
GRANT UPDATE (value_codes, application, state, aside_kind, aside_told, is_public, revision) ON zs.message TO zs_staff;
GRANT INSERT (message_id, from_state, to_state, kind, told, created_by) ON zs.message_step TO zs_staff;
GRANT SELECT ON zs.message_public TO zs_staff, zs_results;
-- What may be chosen from in the form, and what was chosen.
GRANT SELECT (id, code, number, document, created_at) ON zs.agenda_version TO zs_intake;

COMMENT ON COLUMN zs.api_key.scopes IS 'What it may do: analist (true tables), gesprekken (what was said, with its codes), inname (send responses), microdata (a row for each response), tafel (signals that are not public yet, and messages to the table).';
