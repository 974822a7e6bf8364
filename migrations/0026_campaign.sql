-- oldest-binary: 0.1.0
--
-- Answers that are nearly the same: which of them were found to belong together, and how was looked. A shared text is a way to
-- speak: nothing is left out or destroyed for it.
--
-- Members are numbers of passages without a reference: zs.passage is on the way of every response and carries nothing for others.
-- What destroys a text removes it here (zs.codings_forget).

CREATE TABLE zs.campaign_search (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  round_id int NOT NULL REFERENCES zs.round (id),
  variable text NOT NULL CHECK (length(variable) BETWEEN 1 AND 100),
  number int NOT NULL CHECK (number > 0),
  threshold float8 NOT NULL CHECK (threshold > 0 AND threshold <= 1),
  least int NOT NULL CHECK (least >= 0),
  seed bigint NOT NULL,
  texts int NOT NULL CHECK (texts >= 0),
  last_passage bigint NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now(),
  made_by text NOT NULL CHECK (length(made_by) BETWEEN 1 AND 200),
  UNIQUE (round_id, variable, number)
);
COMMENT ON TABLE zs.campaign_search IS 'A search for answers to one question that are nearly the same. The same texts, threshold, length and seed give the same groups.';
COMMENT ON COLUMN zs.campaign_search.id IS 'What its groups refer to.';
COMMENT ON COLUMN zs.campaign_search.round_id IS 'zs.round.id.';
COMMENT ON COLUMN zs.campaign_search.variable IS 'Code of the variable that was answered.';
COMMENT ON COLUMN zs.campaign_search.number IS 'Which search of this question, from 1.';
COMMENT ON COLUMN zs.campaign_search.threshold IS 'From which likeness on two texts belong together (0 to 1).';
COMMENT ON COLUMN zs.campaign_search.least IS 'Texts of fewer characters are in no group.';
COMMENT ON COLUMN zs.campaign_search.seed IS 'Of the hashes.';
COMMENT ON COLUMN zs.campaign_search.texts IS 'How many texts were compared.';
COMMENT ON COLUMN zs.campaign_search.last_passage IS 'The newest of them: later ones were not looked at. 0: there were none.';
COMMENT ON COLUMN zs.campaign_search.made_at IS 'When it was done.';
COMMENT ON COLUMN zs.campaign_search.made_by IS 'Label of who did it.';

CREATE TABLE zs.campaign_member (
  search_id int NOT NULL REFERENCES zs.campaign_search (id) ON DELETE CASCADE,
  passage_id bigint NOT NULL,
  grouping int NOT NULL CHECK (grouping > 0),
  PRIMARY KEY (search_id, passage_id)
);
COMMENT ON TABLE zs.campaign_member IS 'Which answers belong together. Those that are like no other have no row.';
COMMENT ON COLUMN zs.campaign_member.search_id IS 'The search.';
COMMENT ON COLUMN zs.campaign_member.passage_id IS 'zs.passage.id.';
COMMENT ON COLUMN zs.campaign_member.grouping IS 'The group, from 1: the largest when it was found.';
CREATE INDEX campaign_member_passage ON zs.campaign_member (passage_id);
COMMENT ON INDEX zs.campaign_member_passage IS 'For removing a text that is destroyed.';
CREATE INDEX campaign_member_grouping ON zs.campaign_member (search_id, grouping);
COMMENT ON INDEX zs.campaign_member_grouping IS 'For one group.';

GRANT SELECT ON zs.campaign_search, zs.campaign_member TO zs_staff;
GRANT INSERT (round_id, variable, number, threshold, least, seed, texts, last_passage, made_by) ON zs.campaign_search TO zs_staff;
GRANT INSERT ON zs.campaign_member TO zs_staff;
GRANT SELECT (channel) ON zs.response TO zs_staff;
