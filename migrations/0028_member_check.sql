-- oldest-binary: 0.1.0
--
-- Member check: who took part in a conversation reads what the researcher made of it, and says whether that is right. Their code is
-- kept as a hash alone. Both go with the conversation; who withdraws takes their code and answer, and the summary, along: it may
-- hold what they said.

CREATE TABLE zs.conversation_summary (
  conversation_id int PRIMARY KEY REFERENCES zs.conversation (id) ON DELETE CASCADE,
  body text NOT NULL CHECK (length(body) BETWEEN 1 AND 20000),
  open_until date NOT NULL,
  revision int NOT NULL DEFAULT 1 CHECK (revision > 0),
  written_at timestamptz NOT NULL DEFAULT now(),
  written_by text NOT NULL CHECK (length(written_by) BETWEEN 1 AND 200)
);
COMMENT ON TABLE zs.conversation_summary IS 'What the researcher made of a conversation, for those who took part to read.';
COMMENT ON COLUMN zs.conversation_summary.conversation_id IS 'The conversation.';
COMMENT ON COLUMN zs.conversation_summary.body IS 'The summary, in plain words; lines end in LF.';
COMMENT ON COLUMN zs.conversation_summary.open_until IS 'The last day on which somebody can say whether it is right.';
COMMENT ON COLUMN zs.conversation_summary.revision IS 'Rises with every change: a change names the one it read and fails on another.';
COMMENT ON COLUMN zs.conversation_summary.written_at IS 'When it was changed last.';
COMMENT ON COLUMN zs.conversation_summary.written_by IS 'Label of who did.';

CREATE TABLE zs.member_check (
  participant_id int PRIMARY KEY REFERENCES zs.participant (id) ON DELETE CASCADE,
  code_hash bytea NOT NULL UNIQUE CHECK (octet_length(code_hash) = 32),
  issued_day date NOT NULL,
  verdict text CHECK (verdict IN ('klopt', 'klopt-niet')),
  remark text CHECK (length(remark) BETWEEN 1 AND 2000),
  answered_day date,
  summary_revision int CHECK (summary_revision > 0),
  CONSTRAINT member_check_answered CHECK ((verdict IS NULL) = (answered_day IS NULL) AND (verdict IS NULL) = (summary_revision IS NULL)
    AND (verdict IS NOT NULL OR remark IS NULL))
);
COMMENT ON TABLE zs.member_check IS 'The code by which a participant reads the summary, and what they say of it.';
COMMENT ON COLUMN zs.member_check.participant_id IS 'The participant.';
COMMENT ON COLUMN zs.member_check.code_hash IS 'Keyed hash of the code. A new code takes the place of the old.';
COMMENT ON COLUMN zs.member_check.issued_day IS 'When the code was made.';
COMMENT ON COLUMN zs.member_check.verdict IS 'klopt or klopt-niet; NULL: no answer yet.';
COMMENT ON COLUMN zs.member_check.remark IS 'What they add.';
COMMENT ON COLUMN zs.member_check.answered_day IS 'When they answered last.';
COMMENT ON COLUMN zs.member_check.summary_revision IS 'Which revision of the summary they read.';
COMMENT ON CONSTRAINT member_check_answered ON zs.member_check IS 'An answer has a day and says of what.';

GRANT SELECT ON zs.conversation_summary, zs.member_check TO zs_staff;
GRANT INSERT (conversation_id, body, open_until, written_by), UPDATE (body, open_until, revision, written_at, written_by)
  ON zs.conversation_summary TO zs_staff;
GRANT INSERT (participant_id, code_hash, issued_day), UPDATE (code_hash, issued_day) ON zs.member_check TO zs_staff;
