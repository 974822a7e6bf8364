-- oldest-binary: 0.1.0
--
-- Loading what was said: a file waits, as it came, until somebody said who its speakers are; then it is turns, and the file is gone.
-- What somebody looked at and found to be no personal data is not asked again.
--
-- zs.passage_change is of open answers of the survey too, which have no versions: a passage is replaced once in its life, so that
-- the passage alone names its changes.

CREATE TABLE zs.transcript_draft (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  conversation_id int NOT NULL REFERENCES zs.conversation (id) ON DELETE CASCADE,
  source text NOT NULL CHECK (source IN ('opname', 'aantekening')),
  format text NOT NULL CHECK (format IN ('vtt', 'srt', 'txt', 'docx', 'odt')),
  file_name text NOT NULL CHECK (length(file_name) <= 200),
  encoding text CHECK (length(encoding) BETWEEN 1 AND 40),
  no_speakers text[] NOT NULL DEFAULT '{}',
  debrief text CHECK (octet_length(debrief) BETWEEN 1 AND 1048576),
  reason text CHECK (length(reason) BETWEEN 1 AND 2000),
  file bytea NOT NULL CHECK (octet_length(file) BETWEEN 1 AND 10485760),
  made_at timestamptz NOT NULL DEFAULT now(),
  made_by text NOT NULL CHECK (length(made_by) BETWEEN 1 AND 200)
);
COMMENT ON TABLE zs.transcript_draft IS 'Files that somebody is loading. A row goes when it was loaded, when somebody of the conversation withdraws, and after two days.';
COMMENT ON COLUMN zs.transcript_draft.id IS 'Its name in addresses.';
COMMENT ON COLUMN zs.transcript_draft.conversation_id IS 'The conversation.';
COMMENT ON COLUMN zs.transcript_draft.source IS 'opname or aantekening, as in zs.transcript_version.';
COMMENT ON COLUMN zs.transcript_draft.format IS 'What it is read as.';
COMMENT ON COLUMN zs.transcript_draft.file_name IS 'Its name where it came from; empty: it was typed or pasted.';
COMMENT ON COLUMN zs.transcript_draft.encoding IS 'What somebody says that it is in; NULL: told from the file.';
COMMENT ON COLUMN zs.transcript_draft.no_speakers IS 'What looks like a name of a speaker and is none.';
COMMENT ON COLUMN zs.transcript_draft.debrief IS 'What the moderator wrote afterwards.';
COMMENT ON COLUMN zs.transcript_draft.reason IS 'Why there is to be another version; NULL: it is the first.';
COMMENT ON COLUMN zs.transcript_draft.file IS 'As it came.';
COMMENT ON COLUMN zs.transcript_draft.made_at IS 'When it came.';
COMMENT ON COLUMN zs.transcript_draft.made_by IS 'Label of who sent it.';
CREATE INDEX transcript_draft_conversation ON zs.transcript_draft (conversation_id);
COMMENT ON INDEX zs.transcript_draft_conversation IS 'For removing those of a conversation.';
CREATE INDEX transcript_draft_made ON zs.transcript_draft (made_at);
COMMENT ON INDEX zs.transcript_draft_made IS 'For removing old ones.';

CREATE TABLE zs.personal_kept (
  passage_id bigint NOT NULL,
  start_at int NOT NULL CHECK (start_at >= 0),
  end_at int NOT NULL CHECK (end_at > start_at),
  kept_at timestamptz NOT NULL DEFAULT now(),
  kept_by text NOT NULL CHECK (length(kept_by) BETWEEN 1 AND 200),
  PRIMARY KEY (passage_id, start_at, end_at)
);
COMMENT ON TABLE zs.personal_kept IS 'Pieces of text that looked like personal data, and that somebody left as they are.';
COMMENT ON COLUMN zs.personal_kept.passage_id IS 'The passage, of any method.';
COMMENT ON COLUMN zs.personal_kept.start_at IS 'Code point at which the piece begins.';
COMMENT ON COLUMN zs.personal_kept.end_at IS 'And behind which it ends.';
COMMENT ON COLUMN zs.personal_kept.kept_at IS 'When this was decided.';
COMMENT ON COLUMN zs.personal_kept.kept_by IS 'Label of who decided.';

ALTER TABLE zs.passage_change DROP CONSTRAINT passage_change_pkey;
ALTER TABLE zs.passage_change ALTER COLUMN version_id DROP NOT NULL;
ALTER TABLE zs.passage_change ADD COLUMN round_id int;
ALTER TABLE zs.passage_change ADD CONSTRAINT passage_change_pkey PRIMARY KEY (passage_id, number);
ALTER TABLE zs.passage_change ADD CONSTRAINT passage_change_of_one CHECK ((version_id IS NULL) = (round_id IS NOT NULL));
COMMENT ON TABLE zs.passage_change IS 'How the text of a passage became that of the one in its place: enough to move a span, nothing of what stood there. A passage is replaced once.';
COMMENT ON COLUMN zs.passage_change.version_id IS 'The version in which a turn changed; NULL: it is an open answer.';
COMMENT ON COLUMN zs.passage_change.round_id IS 'The round of an open answer, with which the row is destroyed; NULL: it is a turn.';
COMMENT ON CONSTRAINT passage_change_of_one ON zs.passage_change IS 'It is a turn or an open answer.';
CREATE INDEX passage_change_successor ON zs.passage_change (successor_id);
COMMENT ON INDEX zs.passage_change_successor IS 'For what a passage was made of, back to the first.';
CREATE INDEX passage_change_round ON zs.passage_change (round_id) WHERE round_id IS NOT NULL;
COMMENT ON INDEX zs.passage_change_round IS 'For destroying those of a round.';

GRANT SELECT, INSERT, DELETE ON zs.transcript_draft TO zs_staff;
GRANT UPDATE (format, encoding, no_speakers) ON zs.transcript_draft TO zs_staff;
GRANT SELECT, INSERT ON zs.personal_kept TO zs_staff;
