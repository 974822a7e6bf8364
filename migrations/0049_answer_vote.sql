-- oldest-binary: 0.1.0
--
-- Whether citizens find an answer clear: an open vote, and no measurement. Nothing is kept of a vote but that the count went up.

CREATE TABLE zs.signal_answer_vote (
  answer_id int PRIMARY KEY REFERENCES zs.signal_answer (id),
  clear_count int NOT NULL DEFAULT 0 CHECK (clear_count >= 0),
  unclear_count int NOT NULL DEFAULT 0 CHECK (unclear_count >= 0)
);
COMMENT ON TABLE zs.signal_answer_vote IS 'How many found an answer clear, and how many did not. Public from a number of votes on.';
COMMENT ON COLUMN zs.signal_answer_vote.answer_id IS 'The answer.';
COMMENT ON COLUMN zs.signal_answer_vote.clear_count IS 'Votes that it is clear.';
COMMENT ON COLUMN zs.signal_answer_vote.unclear_count IS 'Votes that it is not.';
GRANT SELECT ON zs.signal_answer_vote TO zs_staff, zs_results;
