-- oldest-binary: 0.1.0
--
-- Quotes of a value map that was made public: which codings were drawn, never their words. What everybody reads is looked up each time, so
-- that words which may not be used any more are gone at once: consent was withdrawn, the text was redacted or destroyed, the coding ended.
-- And which passages behind a recommendation are messages: to everybody they were all passages.

CREATE TABLE zs.value_map_quote (
  map_id int NOT NULL REFERENCES zs.value_map (id),
  application text NOT NULL CHECK (length(application) BETWEEN 1 AND 64),
  value text NOT NULL CHECK (length(value) BETWEEN 1 AND 64),
  place smallint NOT NULL CHECK (place BETWEEN 1 AND 10),
  direction text NOT NULL CHECK (direction IN ('voor', 'tegen')),
  coding_id bigint NOT NULL,
  PRIMARY KEY (map_id, application, value, place)
);
COMMENT ON TABLE zs.value_map_quote IS 'Quotes that were drawn when a value map was made public, of people who think otherwise than most. By number alone.';
COMMENT ON COLUMN zs.value_map_quote.map_id IS 'The map, zs.value_map.id.';
COMMENT ON COLUMN zs.value_map_quote.application IS 'Code of the application.';
COMMENT ON COLUMN zs.value_map_quote.value IS 'Code of the value.';
COMMENT ON COLUMN zs.value_map_quote.place IS 'From 1, in the order in which they were drawn.';
COMMENT ON COLUMN zs.value_map_quote.direction IS 'For or against.';
COMMENT ON COLUMN zs.value_map_quote.coding_id IS 'The coding whose span it is, zs.coding.id. No foreign key: it may be destroyed with its text, and then this says that there was one.';
CREATE TRIGGER value_map_quote_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.value_map_quote
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

-- One text at a time: joined, the view of all texts would be read whole.
CREATE VIEW zs.value_map_quote_public AS
  SELECT q.map_id, q.application, q.value, q.place, q.direction, v.kind AS method, e.language,
    substr(e.body, c.start_at + 1, c.end_at - c.start_at) AS words
  FROM zs.value_map_quote AS q
    LEFT JOIN LATERAL (SELECT k.passage_id, k.start_at, k.end_at, k.conversation_id FROM zs.coding AS k
      WHERE k.id = q.coding_id AND k.ended_at IS NULL AND k.counts) AS c ON true
    LEFT JOIN LATERAL (SELECT x.body, x.language FROM zs.evidence AS x WHERE x.id = c.passage_id AND x.quotes OFFSET 0) AS e ON true
    LEFT JOIN zs.conversation AS v ON v.id = c.conversation_id AND e.body IS NOT NULL;
COMMENT ON VIEW zs.value_map_quote_public IS 'What everybody may read of quotes: the words while they may be used, and never who said them or where.';
COMMENT ON COLUMN zs.value_map_quote_public.map_id IS 'The map, zs.value_map.id.';
COMMENT ON COLUMN zs.value_map_quote_public.application IS 'Code of the application.';
COMMENT ON COLUMN zs.value_map_quote_public.value IS 'Code of the value.';
COMMENT ON COLUMN zs.value_map_quote_public.place IS 'From 1, in the order in which they were drawn.';
COMMENT ON COLUMN zs.value_map_quote_public.direction IS 'For or against.';
COMMENT ON COLUMN zs.value_map_quote_public.method IS 'interview or focusgroep; NULL with the words.';
COMMENT ON COLUMN zs.value_map_quote_public.language IS 'ISO 639 code; NULL with the words.';
COMMENT ON COLUMN zs.value_map_quote_public.words IS 'What was said; NULL: it may not be used any more.';

-- ---- a message behind a recommendation or research question ----

ALTER TABLE zs.case_evidence ADD COLUMN is_message boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN zs.case_evidence.is_message IS 'The passage is a message to the table; it stays known when the message is gone.';
UPDATE zs.case_evidence AS e SET is_message = true WHERE EXISTS (SELECT FROM zs.message AS m WHERE m.passage_id = e.passage_id);
ALTER TABLE zs.case_evidence ADD CONSTRAINT case_evidence_message CHECK (NOT is_message OR passage_id IS NOT NULL);
COMMENT ON CONSTRAINT case_evidence_message ON zs.case_evidence IS 'A message has the number of its passage.';
GRANT INSERT (is_message) ON zs.case_evidence TO zs_staff;
GRANT SELECT (is_message) ON zs.case_evidence TO zs_results;

GRANT SELECT, INSERT ON zs.value_map_quote TO zs_staff;
GRANT SELECT ON zs.value_map_quote_public TO zs_results, zs_staff;
