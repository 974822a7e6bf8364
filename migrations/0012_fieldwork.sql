-- oldest-binary: 0.1.0
--
-- Interviews and focus groups: guides, who should come, conversations, participants, consent, where recordings are, transcripts.
--
-- What was said is a passage as an open answer is: its id comes from the same sequence, so that one number names one piece of text,
-- whatever the method. The rows stay in a table of their own: zs.passage is written by intake alone, for each response, and keeps
-- neither speaker nor version. zs.evidence is both.
--
-- A turn never changes. A version of a transcript is a list of turns; the next one lists the same rows where nothing changed, so
-- that what was coded on them stands by itself, and new rows where something did (zs.passage_change says what moved).

-- ---- guides ----

CREATE TABLE zs.guide_version (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  consultation text NOT NULL REFERENCES zs.consultation (code),
  code text NOT NULL CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(code) <= 64),
  number int NOT NULL CHECK (number > 0),
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  document jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
  UNIQUE (consultation, code, number),
  UNIQUE (consultation, code, sha256)
);
COMMENT ON TABLE zs.guide_version IS 'Guides (gespreksleidraden) as conversations follow them. A version never changes.';
COMMENT ON COLUMN zs.guide_version.id IS 'What a conversation refers to.';
COMMENT ON COLUMN zs.guide_version.consultation IS 'Whose guide it is.';
COMMENT ON COLUMN zs.guide_version.code IS 'Which guide of the consultation.';
COMMENT ON COLUMN zs.guide_version.number IS 'Version number, from 1.';
COMMENT ON COLUMN zs.guide_version.sha256 IS 'SHA-256 of the canonical form of the document.';
COMMENT ON COLUMN zs.guide_version.document IS 'Parts, questions, probes, vignettes and stimuli.';
COMMENT ON COLUMN zs.guide_version.created_at IS 'When it was kept.';
COMMENT ON COLUMN zs.guide_version.created_by IS 'Label of who kept it.';
CREATE TRIGGER guide_version_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.guide_version
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

-- ---- who should come ----

CREATE TABLE zs.composition_plan (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  round_id int NOT NULL REFERENCES zs.round (id),
  kind text NOT NULL CHECK (kind IN ('interview', 'focusgroep')),
  mix text NOT NULL CHECK (mix IN ('homogeen', 'gemengd')),
  mix_reason text NOT NULL CHECK (length(mix_reason) BETWEEN 1 AND 2000),
  over_recruit smallint NOT NULL DEFAULT 0 CHECK (over_recruit BETWEEN 0 AND 20),
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_by text NOT NULL CHECK (length(changed_by) BETWEEN 1 AND 200),
  UNIQUE (round_id, kind)
);
COMMENT ON TABLE zs.composition_plan IS 'How the interviews, or the focus groups, of a round are put together.';
COMMENT ON COLUMN zs.composition_plan.id IS 'What its segments refer to.';
COMMENT ON COLUMN zs.composition_plan.round_id IS 'zs.round.id.';
COMMENT ON COLUMN zs.composition_plan.kind IS 'interview or focusgroep.';
COMMENT ON COLUMN zs.composition_plan.mix IS 'Whether those who sit together are alike (homogeen) or not (gemengd).';
COMMENT ON COLUMN zs.composition_plan.mix_reason IS 'Why so.';
COMMENT ON COLUMN zs.composition_plan.over_recruit IS 'How many more are invited to a conversation than it needs.';
COMMENT ON COLUMN zs.composition_plan.changed_at IS 'When it was changed last.';
COMMENT ON COLUMN zs.composition_plan.changed_by IS 'Label of who did.';

CREATE TABLE zs.composition_segment (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  plan_id int NOT NULL REFERENCES zs.composition_plan (id) ON DELETE CASCADE,
  code text NOT NULL CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(code) <= 40),
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
  population text NOT NULL CHECK (population IN ('publiek', 'betrokkenen')),
  criteria jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(criteria) = 'object'),
  conversations smallint NOT NULL CHECK (conversations BETWEEN 0 AND 1000),
  participants smallint NOT NULL CHECK (participants BETWEEN 0 AND 10000),
  reserves smallint NOT NULL DEFAULT 0 CHECK (reserves BETWEEN 0 AND 10000),
  UNIQUE (plan_id, code)
);
COMMENT ON TABLE zs.composition_segment IS 'A group of people of whom so many are to be heard.';
COMMENT ON COLUMN zs.composition_segment.id IS 'What conversations and participants refer to.';
COMMENT ON COLUMN zs.composition_segment.plan_id IS 'The plan.';
COMMENT ON COLUMN zs.composition_segment.code IS 'Its name in forms and the API.';
COMMENT ON COLUMN zs.composition_segment.title IS 'Its name for people.';
COMMENT ON COLUMN zs.composition_segment.population IS 'publiek (anybody) or betrokkenen (people whom the subject touches: patients, farmers).';
COMMENT ON COLUMN zs.composition_segment.criteria IS 'Who belongs: by variable of the survey''s background, a list of its category codes.';
COMMENT ON COLUMN zs.composition_segment.conversations IS 'How many conversations with them are wanted.';
COMMENT ON COLUMN zs.composition_segment.participants IS 'How many of them in all.';
COMMENT ON COLUMN zs.composition_segment.reserves IS 'How many stand by.';

-- ---- conversations ----

CREATE TABLE zs.conversation (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text NOT NULL CONSTRAINT conversation_code_unique UNIQUE
    CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(code) <= 80),
  round_id int NOT NULL REFERENCES zs.round (id),
  kind text NOT NULL CHECK (kind IN ('interview', 'focusgroep')),
  guide_version int NOT NULL REFERENCES zs.guide_version (id),
  segment_id int REFERENCES zs.composition_segment (id),
  status text NOT NULL DEFAULT 'gepland' CHECK (status IN ('gepland', 'gehouden', 'vervallen')),
  day date NOT NULL,
  province text CHECK (length(province) BETWEEN 1 AND 40),
  language text NOT NULL CHECK (language ~ '^[a-z]{2,3}$'),
  setting text NOT NULL CHECK (setting IN ('live', 'telefoon', 'video')),
  moderator text NOT NULL CHECK (length(moderator) BETWEEN 1 AND 100),
  note_taker text CHECK (length(note_taker) BETWEEN 1 AND 100),
  venue text CHECK (length(venue) BETWEEN 1 AND 500),
  access text[] NOT NULL DEFAULT '{}'
    CHECK (access <@ ARRAY['rolstoel', 'ringleiding', 'tolk', 'gebarentolk', 'prikkelarm']),
  observers smallint NOT NULL DEFAULT 0 CHECK (observers BETWEEN 0 AND 50),
  letters_sent_day date,
  incentive text NOT NULL DEFAULT 'geen' CHECK (incentive IN ('geen', 'cadeaubon', 'contant', 'reiskosten', 'gift')),
  incentive_cents int NOT NULL DEFAULT 0 CHECK (incentive_cents BETWEEN 0 AND 100000),
  asked_parts text[],
  revision int NOT NULL DEFAULT 1 CHECK (revision > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
  CONSTRAINT conversation_incentive CHECK ((incentive = 'geen') = (incentive_cents = 0))
);
COMMENT ON TABLE zs.conversation IS 'One interview or focus group.';
COMMENT ON COLUMN zs.conversation.id IS 'What other tables call it by.';
COMMENT ON COLUMN zs.conversation.code IS 'Its name in addresses, files and the API.';
COMMENT ON COLUMN zs.conversation.round_id IS 'zs.round.id: with whose data it is kept and destroyed.';
COMMENT ON COLUMN zs.conversation.kind IS 'interview or focusgroep. A focus group is one cluster: its turns are never counted as persons.';
COMMENT ON COLUMN zs.conversation.guide_version IS 'What it follows.';
COMMENT ON COLUMN zs.conversation.segment_id IS 'For whom it is held; NULL: a mixed one.';
COMMENT ON COLUMN zs.conversation.status IS 'gepland, gehouden or vervallen.';
COMMENT ON COLUMN zs.conversation.day IS 'When it is or was held.';
COMMENT ON COLUMN zs.conversation.province IS 'Category code of the survey''s province; NULL: not known, or not in one.';
COMMENT ON COLUMN zs.conversation.language IS 'ISO 639 code of the language spoken.';
COMMENT ON COLUMN zs.conversation.setting IS 'live, telefoon or video.';
COMMENT ON COLUMN zs.conversation.moderator IS 'Who leads it.';
COMMENT ON COLUMN zs.conversation.note_taker IS 'Who takes notes; NULL: nobody.';
COMMENT ON COLUMN zs.conversation.venue IS 'Where people are expected.';
COMMENT ON COLUMN zs.conversation.access IS 'What the place and the people in it offer: rolstoel, ringleiding, tolk, gebarentolk, prikkelarm.';
COMMENT ON COLUMN zs.conversation.observers IS 'How many look on.';
COMMENT ON COLUMN zs.conversation.letters_sent_day IS 'When the letters of confirmation went out.';
COMMENT ON COLUMN zs.conversation.incentive IS 'What participants are thanked with. No bank details are kept.';
COMMENT ON COLUMN zs.conversation.incentive_cents IS 'What it is worth to each, in euro cents.';
COMMENT ON COLUMN zs.conversation.asked_parts IS 'Codes of the parts of the guide that were come to: a part that is not among them was not asked, which is not silence. NULL: not said yet.';
COMMENT ON COLUMN zs.conversation.revision IS 'Rises with every change: a change names the one it read and fails on another.';
COMMENT ON COLUMN zs.conversation.created_at IS 'When it was made.';
COMMENT ON COLUMN zs.conversation.created_by IS 'Label of who made it.';
COMMENT ON CONSTRAINT conversation_incentive ON zs.conversation IS 'A kind has a worth, and the other way round.';
CREATE INDEX conversation_round ON zs.conversation (round_id, day);
COMMENT ON INDEX zs.conversation_round IS 'For the list of a round.';

-- ---- participants ----

CREATE TABLE zs.participant (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  conversation_id int NOT NULL REFERENCES zs.conversation (id) ON DELETE CASCADE,
  erasure_key bytea NOT NULL DEFAULT uuid_send(gen_random_uuid()) UNIQUE CHECK (octet_length(erasure_key) = 16),
  pseudonym text NOT NULL CHECK (pseudonym ~ '^[A-Z][0-9]{1,3}$'),
  segment_id int REFERENCES zs.composition_segment (id),
  standing text NOT NULL DEFAULT 'uitgenodigd'
    CHECK (standing IN ('uitgenodigd', 'reserve', 'gekomen', 'niet-gekomen', 'afgemeld')),
  was_reserve boolean NOT NULL DEFAULT false,
  age text NOT NULL CHECK (age IN ('onder-16', '16-17', 'volwassen')),
  background jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(background) = 'object'),
  incentive_given_day date,
  withdrawn_day date,
  UNIQUE (conversation_id, pseudonym),
  CONSTRAINT participant_withdrawn_is_bare CHECK (withdrawn_day IS NULL OR background = '{}')
);
COMMENT ON TABLE zs.participant IS 'Somebody who takes part in a conversation, or stands by: under a pseudonym. Names are in zs.participant_name.';
COMMENT ON COLUMN zs.participant.id IS 'What other tables call them by.';
COMMENT ON COLUMN zs.participant.conversation_id IS 'The conversation.';
COMMENT ON COLUMN zs.participant.erasure_key IS 'Random: what the ledger of erasures calls them by.';
COMMENT ON COLUMN zs.participant.pseudonym IS 'A letter and a number, once in a conversation; says nothing of the person.';
COMMENT ON COLUMN zs.participant.segment_id IS 'For which group of the plan they are heard; NULL: for that of the conversation.';
COMMENT ON COLUMN zs.participant.standing IS 'uitgenodigd, reserve, gekomen, niet-gekomen (stayed away) or afgemeld (said so).';
COMMENT ON COLUMN zs.participant.was_reserve IS 'Stood by at first.';
COMMENT ON COLUMN zs.participant.age IS 'onder-16 (a parent''s form is needed), 16-17 or volwassen.';
COMMENT ON COLUMN zs.participant.background IS 'By variable of the survey''s background, the category code.';
COMMENT ON COLUMN zs.participant.incentive_given_day IS 'When the incentive was handed over.';
COMMENT ON COLUMN zs.participant.withdrawn_day IS 'When they withdrew: what they said is gone.';
COMMENT ON CONSTRAINT participant_withdrawn_is_bare ON zs.participant IS 'Nothing is known of who withdrew.';

CREATE TABLE zs.participant_name (
  participant_id int PRIMARY KEY REFERENCES zs.participant (id) ON DELETE CASCADE,
  sealed bytea NOT NULL CHECK (octet_length(sealed) BETWEEN 1 AND 1024)
);
COMMENT ON TABLE zs.participant_name IS 'Who is behind a pseudonym: apart, sealed, and read only by who runs the conversation.';
COMMENT ON COLUMN zs.participant_name.participant_id IS 'Whose name it is.';
COMMENT ON COLUMN zs.participant_name.sealed IS 'The name, sealed under the root secret and bound to the participant.';

CREATE TABLE zs.consent (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  participant_id int NOT NULL REFERENCES zs.participant (id) ON DELETE CASCADE,
  form_version text NOT NULL CHECK (length(form_version) BETWEEN 1 AND 40),
  given_day date NOT NULL,
  manner text NOT NULL CHECK (manner IN ('papier', 'mondeling', 'digitaal')),
  by_parent boolean NOT NULL,
  takes_part boolean NOT NULL,
  recording boolean NOT NULL,
  quotes boolean NOT NULL,
  archive boolean NOT NULL,
  contact boolean NOT NULL,
  noted_at timestamptz NOT NULL DEFAULT now(),
  noted_by text NOT NULL CHECK (length(noted_by) BETWEEN 1 AND 200),
  CONSTRAINT consent_needs_taking_part CHECK (takes_part OR NOT (recording OR quotes OR archive OR contact))
);
COMMENT ON TABLE zs.consent IS 'What a participant agreed to, tick by tick. The newest row holds; older ones stay, to show what held when.';
COMMENT ON COLUMN zs.consent.id IS 'Rises.';
COMMENT ON COLUMN zs.consent.participant_id IS 'Whose consent it is.';
COMMENT ON COLUMN zs.consent.form_version IS 'Version of the form that was read.';
COMMENT ON COLUMN zs.consent.given_day IS 'When it was signed or said.';
COMMENT ON COLUMN zs.consent.manner IS 'papier, mondeling (said, and noted) or digitaal.';
COMMENT ON COLUMN zs.consent.by_parent IS 'A parent or guardian signed, on the form for parents.';
COMMENT ON COLUMN zs.consent.takes_part IS 'Takes part, and what they say may be used.';
COMMENT ON COLUMN zs.consent.recording IS 'May be recorded.';
COMMENT ON COLUMN zs.consent.quotes IS 'May be quoted word for word.';
COMMENT ON COLUMN zs.consent.archive IS 'The pseudonymised text may be archived for other research.';
COMMENT ON COLUMN zs.consent.contact IS 'May be contacted again.';
COMMENT ON COLUMN zs.consent.noted_at IS 'When it was entered.';
COMMENT ON COLUMN zs.consent.noted_by IS 'Label of who entered it.';
COMMENT ON CONSTRAINT consent_needs_taking_part ON zs.consent IS 'Who does not take part agrees to nothing else.';
CREATE INDEX consent_participant ON zs.consent (participant_id, id);
COMMENT ON INDEX zs.consent_participant IS 'For the newest of a participant.';

-- ---- recordings ----

CREATE TABLE zs.recording (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  round_id int NOT NULL REFERENCES zs.round (id),
  conversation_id int REFERENCES zs.conversation (id) ON DELETE SET NULL,
  conversation_code text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('geluid', 'beeld', 'aantekeningen')),
  kept_at text NOT NULL CHECK (length(kept_at) BETWEEN 1 AND 500),
  destroy_by date NOT NULL,
  destroyed_day date,
  destroyed_by text CHECK (length(destroyed_by) BETWEEN 1 AND 200),
  noted_at timestamptz NOT NULL DEFAULT now(),
  noted_by text NOT NULL CHECK (length(noted_by) BETWEEN 1 AND 200),
  CONSTRAINT recording_destroyed CHECK ((destroyed_day IS NULL) = (destroyed_by IS NULL))
);
COMMENT ON TABLE zs.recording IS 'Where recordings are, which never come here, and when they are to be destroyed. A line outlives its round until somebody says that the recording is gone.';
COMMENT ON COLUMN zs.recording.id IS 'What it is called by.';
COMMENT ON COLUMN zs.recording.round_id IS 'zs.round.id.';
COMMENT ON COLUMN zs.recording.conversation_id IS 'What was recorded; NULL once the round was destroyed.';
COMMENT ON COLUMN zs.recording.conversation_code IS 'The same by its code, for chasing it after that.';
COMMENT ON COLUMN zs.recording.kind IS 'geluid, beeld or aantekeningen (notes on paper).';
COMMENT ON COLUMN zs.recording.kept_at IS 'Where it is: a device, a disk, a cupboard, a firm.';
COMMENT ON COLUMN zs.recording.destroy_by IS 'The day before which it must be gone.';
COMMENT ON COLUMN zs.recording.destroyed_day IS 'When it was destroyed; NULL: it exists.';
COMMENT ON COLUMN zs.recording.destroyed_by IS 'Label of who says so.';
COMMENT ON COLUMN zs.recording.noted_at IS 'When it was entered.';
COMMENT ON COLUMN zs.recording.noted_by IS 'Label of who entered it.';
COMMENT ON CONSTRAINT recording_destroyed ON zs.recording IS 'Whoever says that it is gone is known.';
CREATE INDEX recording_due ON zs.recording (destroy_by) WHERE destroyed_day IS NULL;
COMMENT ON INDEX zs.recording_due IS 'For chasing what exists.';

-- ---- transcripts ----

CREATE TABLE zs.transcript_version (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  conversation_id int NOT NULL REFERENCES zs.conversation (id) ON DELETE CASCADE,
  number int NOT NULL CHECK (number > 0),
  is_current boolean NOT NULL,
  cause text NOT NULL CHECK (cause IN ('geladen', 'verbeterd', 'geredigeerd', 'intrekking')),
  source text NOT NULL CHECK (source IN ('opname', 'aantekening')),
  format text CHECK (format IN ('vtt', 'srt', 'txt', 'docx', 'odt')),
  encoding text CHECK (length(encoding) BETWEEN 1 AND 40),
  reason text CHECK (length(reason) BETWEEN 1 AND 2000),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200),
  UNIQUE (conversation_id, number)
);
COMMENT ON TABLE zs.transcript_version IS 'What was said in a conversation, as a list of turns (zs.transcript_turn). A list never changes: the next version is another.';
COMMENT ON COLUMN zs.transcript_version.id IS 'What its list refers to.';
COMMENT ON COLUMN zs.transcript_version.conversation_id IS 'The conversation.';
COMMENT ON COLUMN zs.transcript_version.number IS 'From 1.';
COMMENT ON COLUMN zs.transcript_version.is_current IS 'The newest one.';
COMMENT ON COLUMN zs.transcript_version.cause IS 'geladen, verbeterd (a correction), geredigeerd (personal data taken out) or intrekking (somebody withdrew).';
COMMENT ON COLUMN zs.transcript_version.source IS 'opname (from a recording: may be quoted) or aantekening (notes alone: never shown as a quote).';
COMMENT ON COLUMN zs.transcript_version.format IS 'Of the file; NULL: there was none.';
COMMENT ON COLUMN zs.transcript_version.encoding IS 'What the file was in, by its IANA name.';
COMMENT ON COLUMN zs.transcript_version.reason IS 'Why there is a new one.';
COMMENT ON COLUMN zs.transcript_version.created_at IS 'When it was made.';
COMMENT ON COLUMN zs.transcript_version.created_by IS 'Label of who made it.';
CREATE UNIQUE INDEX transcript_version_current ON zs.transcript_version (conversation_id) WHERE is_current;
COMMENT ON INDEX zs.transcript_version_current IS 'One is the newest.';

CREATE TABLE zs.turn (
  id bigint PRIMARY KEY DEFAULT nextval('zs.passage_id_seq'),
  conversation_id int NOT NULL REFERENCES zs.conversation (id) ON DELETE CASCADE,
  erasure_key bytea NOT NULL DEFAULT uuid_send(gen_random_uuid()) UNIQUE CHECK (octet_length(erasure_key) = 16),
  kind text NOT NULL CHECK (kind IN ('uitspraak', 'aantekening', 'nabespreking', 'weggelaten')),
  speaker text NOT NULL CHECK (speaker IN ('deelnemer', 'moderator', 'notulist', 'onbekend')),
  participant_id int REFERENCES zs.participant (id),
  start_ms int CHECK (start_ms >= 0),
  end_ms int CHECK (end_ms >= start_ms),
  part text CHECK (length(part) BETWEEN 1 AND 64),
  body text CHECK (octet_length(body) BETWEEN 1 AND 1048576 AND strpos(body, E'\r') = 0),
  destroyed_day date,
  destroyed_reason text CHECK (destroyed_reason IN ('geredigeerd', 'intrekking', 'hersteld')),
  CONSTRAINT turn_of_participant CHECK ((speaker = 'deelnemer') = (participant_id IS NOT NULL)),
  CONSTRAINT turn_destroyed CHECK ((body IS NULL) = (destroyed_day IS NOT NULL) AND (body IS NULL) = (destroyed_reason IS NOT NULL))
);
CREATE INDEX turn_conversation ON zs.turn (conversation_id);
CREATE INDEX turn_participant ON zs.turn (participant_id) WHERE participant_id IS NOT NULL;
COMMENT ON TABLE zs.turn IS 'What one speaker said before somebody else spoke: a passage. Never changes, but that its text may be destroyed.';
COMMENT ON COLUMN zs.turn.id IS 'From the sequence of zs.passage.id: what a coding refers to.';
COMMENT ON COLUMN zs.turn.conversation_id IS 'The conversation.';
COMMENT ON COLUMN zs.turn.erasure_key IS 'Random: what the ledger of erasures calls it by.';
COMMENT ON COLUMN zs.turn.kind IS 'uitspraak, aantekening (notes: never a quote), nabespreking (the moderator''s debrief) or weggelaten (stands in for what is gone).';
COMMENT ON COLUMN zs.turn.speaker IS 'deelnemer, moderator, notulist or onbekend.';
COMMENT ON COLUMN zs.turn.participant_id IS 'Which participant; NULL for others.';
COMMENT ON COLUMN zs.turn.start_ms IS 'From the start of the recording; NULL: no times.';
COMMENT ON COLUMN zs.turn.end_ms IS 'The same, its end.';
COMMENT ON COLUMN zs.turn.part IS 'Code of the part of the guide under which it was said; NULL: not said. The one thing that may be set later: it is no text.';
COMMENT ON COLUMN zs.turn.body IS 'The text, NFC; lines end in LF. Positions in it are code points. NULL once destroyed.';
COMMENT ON COLUMN zs.turn.destroyed_day IS 'When the text was destroyed.';
COMMENT ON COLUMN zs.turn.destroyed_reason IS 'geredigeerd (personal data), intrekking (withdrawn) or hersteld (erased again after a restore).';
COMMENT ON CONSTRAINT turn_of_participant ON zs.turn IS 'A participant''s turn says whose.';
COMMENT ON CONSTRAINT turn_destroyed ON zs.turn IS 'Text that is gone has a day and a reason.';
COMMENT ON INDEX zs.turn_conversation IS 'For the texts of a conversation, and its removal.';
COMMENT ON INDEX zs.turn_participant IS 'For what one participant said, and their withdrawal.';

CREATE TABLE zs.transcript_turn (
  version_id int NOT NULL REFERENCES zs.transcript_version (id) ON DELETE CASCADE,
  place int NOT NULL CHECK (place > 0),
  turn_id bigint NOT NULL REFERENCES zs.turn (id) ON DELETE CASCADE,
  PRIMARY KEY (version_id, place)
);
CREATE INDEX transcript_turn_turn ON zs.transcript_turn (turn_id);
COMMENT ON TABLE zs.transcript_turn IS 'Which turns a version of a transcript is made of, in order. What did not change is the same turn.';
COMMENT ON COLUMN zs.transcript_turn.version_id IS 'The version.';
COMMENT ON COLUMN zs.transcript_turn.place IS 'From 1.';
COMMENT ON COLUMN zs.transcript_turn.turn_id IS 'The turn.';
COMMENT ON INDEX zs.transcript_turn_turn IS 'For the versions that a turn is in.';

CREATE TABLE zs.passage_change (
  passage_id bigint NOT NULL,
  number smallint NOT NULL CHECK (number > 0),
  successor_id bigint,
  version_id int NOT NULL REFERENCES zs.transcript_version (id) ON DELETE CASCADE,
  start_at int NOT NULL CHECK (start_at >= 0),
  old_length int NOT NULL CHECK (old_length >= 0),
  new_length int NOT NULL CHECK (new_length >= 0),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 40),
  PRIMARY KEY (passage_id, version_id, number)
);
COMMENT ON TABLE zs.passage_change IS 'How the text of a turn became that of the turn in its place: enough to move a span, nothing of what stood there.';
COMMENT ON COLUMN zs.passage_change.passage_id IS 'The turn whose text it was.';
COMMENT ON COLUMN zs.passage_change.number IS 'From 1, in the order of the text.';
COMMENT ON COLUMN zs.passage_change.successor_id IS 'The turn in its place; NULL: there is none.';
COMMENT ON COLUMN zs.passage_change.version_id IS 'The version in which it changed.';
COMMENT ON COLUMN zs.passage_change.start_at IS 'Code point of the old text where the changed piece began.';
COMMENT ON COLUMN zs.passage_change.old_length IS 'Code points of the piece.';
COMMENT ON COLUMN zs.passage_change.new_length IS 'Code points of what stands for it.';
COMMENT ON COLUMN zs.passage_change.reason IS 'verbeterd, intrekking, or the kind of personal data: naam, e-mail, telefoon, iban, bsn, adres, geboortedatum, anders.';
CREATE INDEX passage_change_version ON zs.passage_change (version_id);
COMMENT ON INDEX zs.passage_change_version IS 'For what changed in a version.';

-- ---- one unit of evidence ----

CREATE VIEW zs.evidence AS
  SELECT p.id, p.round_id, 'open-antwoord'::text AS kind, p.language, p.created_day AS day, p.body, p.response_id, p.revision, p.variable,
    NULL::int AS conversation_id, NULL::text AS method, NULL::text AS speaker, NULL::int AS participant_id, NULL::text AS part,
    NULL::int AS place
  FROM zs.passage AS p
  UNION ALL
  SELECT t.id, c.round_id, t.kind, c.language, c.day, t.body, NULL, NULL, NULL,
    c.id, c.kind, t.speaker, t.participant_id, t.part, l.place
  FROM zs.transcript_version AS v
    JOIN zs.transcript_turn AS l ON l.version_id = v.id
    JOIN zs.turn AS t ON t.id = l.turn_id
    JOIN zs.conversation AS c ON c.id = v.conversation_id
  WHERE v.is_current AND t.body IS NOT NULL;
COMMENT ON VIEW zs.evidence IS 'Every passage that stands: open answers, and the turns of the newest version of each transcript.';
COMMENT ON COLUMN zs.evidence.id IS 'One number in all methods.';
COMMENT ON COLUMN zs.evidence.round_id IS 'zs.round.id.';
COMMENT ON COLUMN zs.evidence.kind IS 'open-antwoord, uitspraak, aantekening, nabespreking or weggelaten.';
COMMENT ON COLUMN zs.evidence.language IS 'ISO 639 code.';
COMMENT ON COLUMN zs.evidence.day IS 'The day it came in or was said.';
COMMENT ON COLUMN zs.evidence.body IS 'The text.';
COMMENT ON COLUMN zs.evidence.response_id IS 'The response, of an open answer.';
COMMENT ON COLUMN zs.evidence.revision IS 'Its revision.';
COMMENT ON COLUMN zs.evidence.variable IS 'The variable that it answers.';
COMMENT ON COLUMN zs.evidence.conversation_id IS 'The conversation, of a turn.';
COMMENT ON COLUMN zs.evidence.method IS 'interview or focusgroep; NULL: the survey.';
COMMENT ON COLUMN zs.evidence.speaker IS 'deelnemer, moderator, notulist or onbekend.';
COMMENT ON COLUMN zs.evidence.participant_id IS 'Which participant.';
COMMENT ON COLUMN zs.evidence.part IS 'The part of the guide.';
COMMENT ON COLUMN zs.evidence.place IS 'Its place in the transcript.';

-- ---- who may do what: staff work alone; nobody changes or removes text but by the functions in routines/fieldwork.sql ----

GRANT USAGE ON SEQUENCE zs.passage_id_seq TO zs_staff;
GRANT SELECT ON zs.guide_version, zs.composition_plan, zs.composition_segment, zs.conversation, zs.participant, zs.participant_name,
  zs.consent, zs.recording, zs.transcript_version, zs.turn, zs.transcript_turn, zs.passage_change, zs.evidence TO zs_staff;
GRANT INSERT (consultation, code, number, sha256, document, created_by) ON zs.guide_version TO zs_staff;
GRANT INSERT, DELETE ON zs.composition_segment TO zs_staff;
GRANT UPDATE (title, population, criteria, conversations, participants, reserves) ON zs.composition_segment TO zs_staff;
GRANT INSERT ON zs.composition_plan TO zs_staff;
GRANT UPDATE (mix, mix_reason, over_recruit, changed_at, changed_by) ON zs.composition_plan TO zs_staff;
GRANT INSERT ON zs.conversation, zs.participant, zs.participant_name, zs.recording, zs.transcript_version, zs.turn, zs.transcript_turn,
  zs.passage_change TO zs_staff;
GRANT INSERT (participant_id, form_version, given_day, manner, by_parent, takes_part, recording, quotes, archive, contact, noted_by)
  ON zs.consent TO zs_staff;
GRANT UPDATE (guide_version, segment_id, status, day, province, language, setting, moderator, note_taker, venue, access, observers,
  letters_sent_day, incentive, incentive_cents, asked_parts, revision) ON zs.conversation TO zs_staff;
GRANT UPDATE (segment_id, standing, was_reserve, age, background, incentive_given_day) ON zs.participant TO zs_staff;
GRANT UPDATE (sealed), DELETE ON zs.participant_name TO zs_staff;
GRANT UPDATE (kept_at, destroy_by, destroyed_day, destroyed_by) ON zs.recording TO zs_staff;
GRANT UPDATE (is_current) ON zs.transcript_version TO zs_staff;
GRANT UPDATE (part) ON zs.turn TO zs_staff;
