-- oldest-binary: 0.1.0
--
-- The log of responses, the texts in them, drafts, and offers to be invited.
--
-- Nothing here has a foreign key to zs.round: checking one would lock the round's row for every single response. The partition
-- stands in for it: without one (zs.round_partition_create) a response of that round has no place.

CREATE SEQUENCE zs.response_pos AS bigint CACHE 1;
COMMENT ON SEQUENCE zs.response_pos IS 'Places in the log. CACHE 1 and the round''s advisory lock make the order of places the order of commits; gaps are harmless.';

CREATE TABLE zs.response (
  pos bigint NOT NULL,
  round_id int NOT NULL,
  revision int NOT NULL CHECK (revision > 0),
  replaces int,
  questionnaire_version int NOT NULL,
  received_day date NOT NULL,
  kind smallint NOT NULL CHECK (kind IN (1, 2, 3)),
  stream smallint NOT NULL CHECK (stream BETWEEN 0 AND 15),
  channel smallint NOT NULL CHECK (channel BETWEEN 0 AND 15),
  response_id bytea NOT NULL CHECK (octet_length(response_id) = 16),
  answers bytea CHECK (octet_length(answers) BETWEEN 1 AND 4096),
  payload_hash bytea CHECK (octet_length(payload_hash) = 32),
  CONSTRAINT response_first_is_new CHECK ((kind = 1) = (revision = 1)),
  CONSTRAINT response_replaces_older CHECK (CASE WHEN revision = 1 THEN replaces IS NULL ELSE replaces IS NOT NULL AND replaces < revision END),
  CONSTRAINT response_withdrawn_is_empty CHECK (kind <> 3 OR (answers IS NULL AND payload_hash IS NULL)),
  PRIMARY KEY (round_id, response_id, revision)
) PARTITION BY LIST (round_id);
CREATE UNIQUE INDEX response_by_pos ON zs.response (round_id, pos);
COMMENT ON TABLE zs.response IS 'The log of responses: a row for each one sent, corrected or withdrawn. One partition a round. No time finer than a day.';
COMMENT ON COLUMN zs.response.pos IS 'Place in the log: followers read pos > last, in this order.';
COMMENT ON COLUMN zs.response.round_id IS 'zs.round.id.';
COMMENT ON COLUMN zs.response.revision IS '1 for the response as sent, then one more for each correction or withdrawal.';
COMMENT ON COLUMN zs.response.replaces IS 'The revision that this one takes the place of; NULL for the first.';
COMMENT ON COLUMN zs.response.questionnaire_version IS 'zs.questionnaire_version.id: what the slots of answers mean.';
COMMENT ON COLUMN zs.response.received_day IS 'The day it came in.';
COMMENT ON COLUMN zs.response.kind IS '1 new, 2 corrected, 3 withdrawn.';
COMMENT ON COLUMN zs.response.stream IS 'How the citizen came: 0 open link, 1 invited sample, 2 panel, 3 organisation.';
COMMENT ON COLUMN zs.response.channel IS 'How it was answered: 0 web, 1 paper, 2 telephone, 3 helped, 4 API.';
COMMENT ON COLUMN zs.response.response_id IS '16 bytes derived from the participation code, which is stored nowhere.';
COMMENT ON COLUMN zs.response.answers IS 'One small integer a variable, in the order of the version''s codebook. NULL once replaced or withdrawn.';
COMMENT ON COLUMN zs.response.payload_hash IS 'Keyed hash of answers and texts, to tell a repeated sending from another one. NULL with the answers.';
COMMENT ON CONSTRAINT response_first_is_new ON zs.response IS 'Only the first revision is new.';
COMMENT ON CONSTRAINT response_replaces_older ON zs.response IS 'Every revision but the first names an older one.';
COMMENT ON CONSTRAINT response_withdrawn_is_empty ON zs.response IS 'A withdrawal holds nothing.';
COMMENT ON INDEX zs.response_by_pos IS 'For followers.';

CREATE TABLE zs.passage (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  round_id int NOT NULL,
  revision int NOT NULL CHECK (revision > 0),
  created_day date NOT NULL,
  response_id bytea NOT NULL CHECK (octet_length(response_id) = 16),
  variable text NOT NULL CHECK (length(variable) BETWEEN 1 AND 100),
  language text NOT NULL CHECK (language IN ('nl', 'en')),
  body text NOT NULL CHECK (octet_length(body) BETWEEN 1 AND 65536)
);
CREATE INDEX passage_by_response ON zs.passage (round_id, response_id);
COMMENT ON TABLE zs.passage IS 'Pieces of immutable text: open answers. Personal data of a special category: intake writes it, staff reads it.';
COMMENT ON COLUMN zs.passage.id IS 'What a coding refers to.';
COMMENT ON COLUMN zs.passage.round_id IS 'zs.round.id.';
COMMENT ON COLUMN zs.passage.revision IS 'The revision of the response that it belongs to.';
COMMENT ON COLUMN zs.passage.created_day IS 'The day it came in.';
COMMENT ON COLUMN zs.passage.response_id IS 'The response that it is part of.';
COMMENT ON COLUMN zs.passage.variable IS 'Code of the variable that it answers.';
COMMENT ON COLUMN zs.passage.language IS 'Language of the form it was typed into: nl or en.';
COMMENT ON COLUMN zs.passage.body IS 'The text; lines end in LF.';
COMMENT ON INDEX zs.passage_by_response IS 'For reading back and erasing one response.';

-- Saved again and again: room on the page keeps updates on it. What is sealed does not compress.
CREATE TABLE zs.draft (
  draft_id bytea PRIMARY KEY CHECK (octet_length(draft_id) = 16),
  round_id int NOT NULL,
  revision int NOT NULL CHECK (revision > 0),
  page smallint NOT NULL,
  day date NOT NULL,
  sealed bytea NOT NULL CHECK (octet_length(sealed) <= 262144)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE zs.draft ALTER COLUMN sealed SET STORAGE EXTERNAL;
COMMENT ON TABLE zs.draft IS 'Participations that are not sent yet. Unreadable without the citizen''s code.';
COMMENT ON COLUMN zs.draft.draft_id IS '16 bytes derived from the participation code; has nothing in common with the response id.';
COMMENT ON COLUMN zs.draft.round_id IS 'zs.round.id.';
COMMENT ON COLUMN zs.draft.revision IS 'Rises with every save: a save names the one it read and fails on another.';
COMMENT ON COLUMN zs.draft.page IS 'How far somebody came, for the drop-out by page.';
COMMENT ON COLUMN zs.draft.day IS 'The day of the last save; old ones are deleted.';
COMMENT ON COLUMN zs.draft.sealed IS 'The answers so far, encrypted with a key derived from the code.';

CREATE TABLE zs.contact_offer (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  round_id int NOT NULL,
  purpose text NOT NULL DEFAULT 'conversation' CHECK (purpose IN ('conversation', 'results')),
  sealed bytea NOT NULL CHECK (octet_length(sealed) BETWEEN 1 AND 8192)
);
COMMENT ON TABLE zs.contact_offer IS 'Citizens who offered to be contacted. Nothing ties a row to a response: random id, no time, shuffled each night.';
COMMENT ON COLUMN zs.contact_offer.id IS 'Random.';
COMMENT ON COLUMN zs.contact_offer.round_id IS 'zs.round.id.';
COMMENT ON COLUMN zs.contact_offer.purpose IS 'What for: conversation (interview or focus group) or results (to be told what came of it).';
COMMENT ON COLUMN zs.contact_offer.sealed IS 'Contact details, sealed to the coordinator''s public key.';

GRANT USAGE ON SEQUENCE zs.response_pos TO zs_intake;
GRANT SELECT, INSERT ON zs.response TO zs_intake;
GRANT SELECT ON zs.response TO zs_results;
GRANT INSERT ON zs.passage TO zs_intake;
GRANT SELECT ON zs.passage TO zs_staff;
GRANT SELECT, INSERT, UPDATE, DELETE ON zs.draft TO zs_intake;
-- Drop-out by page, without the drafts themselves.
GRANT SELECT (round_id, page, day) ON zs.draft TO zs_results;
GRANT INSERT (round_id, purpose, sealed) ON zs.contact_offer TO zs_intake;
GRANT SELECT ON zs.contact_offer TO zs_staff;
