-- oldest-binary: 0.1.0
--
-- Finding texts by their words. The words stand in a table of their own: zs.passage is on the way of every response, and is given neither
-- a column nor an index for it. They are put in afterwards (zs.passage_words_fill), and go with their text (zs.codings_forget).

-- People type enquete for enquête.
CREATE SCHEMA IF NOT EXISTS zs_unaccent;
CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA zs_unaccent;
GRANT USAGE ON SCHEMA zs_unaccent TO zs_staff;
COMMENT ON SCHEMA zs_unaccent IS 'Where letters are taken without their accents.';

CREATE TEXT SEARCH CONFIGURATION zs.dutch (COPY = pg_catalog.dutch);
CREATE TEXT SEARCH CONFIGURATION zs.english (COPY = pg_catalog.english);
COMMENT ON TEXT SEARCH CONFIGURATION zs.dutch IS 'Dutch words without accents, by their stem.';
COMMENT ON TEXT SEARCH CONFIGURATION zs.english IS 'English words without accents, by their stem.';
DO $$
DECLARE
  -- Somebody may have it in another schema.
  place text := (SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'unaccent');
BEGIN
  EXECUTE format('ALTER TEXT SEARCH CONFIGURATION zs.dutch ALTER MAPPING FOR hword, hword_part, word WITH %I.unaccent, dutch_stem', place);
  EXECUTE format('ALTER TEXT SEARCH CONFIGURATION zs.english ALTER MAPPING FOR hword, hword_part, word WITH %I.unaccent, english_stem', place);
END
$$;

CREATE TABLE zs.passage_words (
  passage_id bigint PRIMARY KEY,
  round_id int NOT NULL,
  english boolean NOT NULL,
  words tsvector NOT NULL,
  method text NOT NULL CHECK (method IN ('enquete', 'interview', 'focusgroep')),
  conversation_id int,
  participant_id int,
  response_id bytea
);
COMMENT ON TABLE zs.passage_words IS 'The words of passages, for searching. A row goes with its text, in the same transaction.';
COMMENT ON COLUMN zs.passage_words.passage_id IS 'zs.evidence.id.';
COMMENT ON COLUMN zs.passage_words.round_id IS 'zs.round.id.';
COMMENT ON COLUMN zs.passage_words.english IS 'By English stems; else by Dutch ones.';
COMMENT ON COLUMN zs.passage_words.words IS 'Stems and where they stand.';
COMMENT ON COLUMN zs.passage_words.method IS 'enquete, interview or focusgroep; with the next three a copy of what zs.evidence says, as zs.coding has.';
COMMENT ON COLUMN zs.passage_words.conversation_id IS 'The conversation; NULL: the survey.';
COMMENT ON COLUMN zs.passage_words.participant_id IS 'Whose turn it is; NULL: the survey, or nobody known.';
COMMENT ON COLUMN zs.passage_words.response_id IS 'The response; NULL: a conversation.';
CREATE INDEX passage_words_words ON zs.passage_words USING gin (words);
COMMENT ON INDEX zs.passage_words_words IS 'For searching.';
CREATE INDEX passage_words_round ON zs.passage_words (round_id);
COMMENT ON INDEX zs.passage_words_round IS 'For destroying those of a round.';

GRANT SELECT ON zs.passage_words TO zs_staff;
