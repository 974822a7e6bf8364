-- oldest-binary: 0.1.0
--
-- All that was coded in a round was counted from its codings. Of each passage is kept how many of its codings count, so that counting reads a
-- row a passage; whoever writes a coding need not know of it.

CREATE TABLE zs.coded_passage (
  passage_id bigint PRIMARY KEY,
  round_id int NOT NULL,
  method text NOT NULL CHECK (method IN ('enquete', 'interview', 'focusgroep')),
  conversation_id int,
  participant_id int,
  response_id bytea,
  codings int NOT NULL CONSTRAINT coded_passage_not_less CHECK (codings >= 0)
);
COMMENT ON TABLE zs.coded_passage IS 'Passages with codings that count (they stand, and zs.coding.counts): how many. Kept by triggers on zs.coding alone.';
COMMENT ON COLUMN zs.coded_passage.passage_id IS 'zs.evidence.id.';
COMMENT ON COLUMN zs.coded_passage.round_id IS 'zs.round.id; with the next four a copy of what zs.coding says.';
COMMENT ON COLUMN zs.coded_passage.method IS 'enquete, interview or focusgroep.';
COMMENT ON COLUMN zs.coded_passage.conversation_id IS 'The conversation; NULL: the survey.';
COMMENT ON COLUMN zs.coded_passage.participant_id IS 'Whose turn it is; NULL: the survey, or nobody known.';
COMMENT ON COLUMN zs.coded_passage.response_id IS 'The response; NULL: a conversation.';
COMMENT ON COLUMN zs.coded_passage.codings IS 'How many codings count. A row with none is taken away.';
COMMENT ON CONSTRAINT coded_passage_not_less ON zs.coded_passage IS 'No coding ends that was not counted.';
CREATE INDEX coded_passage_round ON zs.coded_passage (round_id, passage_id);
COMMENT ON INDEX zs.coded_passage_round IS 'For all of a round, in order.';

-- By difference, not counted anew: of two who code one passage at a time neither sees the other's coding. Passages are locked in order.
CREATE FUNCTION zs.coded_passage_add(of_passages bigint[]) RETURNS void
  LANGUAGE sql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  INSERT INTO zs.coded_passage AS p (passage_id, round_id, method, conversation_id, participant_id, response_id, codings)
  SELECT c.passage_id, c.round_id, c.method, c.conversation_id, c.participant_id, c.response_id, u.codings
  FROM (SELECT n.id, count(*)::int AS codings FROM unnest(of_passages) AS n (id) GROUP BY n.id) AS u
    CROSS JOIN LATERAL (SELECT * FROM zs.coding AS s WHERE s.passage_id = u.id LIMIT 1) AS c
  ORDER BY c.passage_id
  ON CONFLICT (passage_id) DO UPDATE SET codings = p.codings + EXCLUDED.codings;
$$;
COMMENT ON FUNCTION zs.coded_passage_add(bigint[]) IS 'So many more codings count: a passage stands in the list once for each. Nobody''s to call but the triggers.';
REVOKE ALL ON FUNCTION zs.coded_passage_add(bigint[]) FROM PUBLIC;

CREATE FUNCTION zs.coded_passage_take(of_passages bigint[]) RETURNS void
  LANGUAGE sql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT FROM zs.coded_passage AS p WHERE p.passage_id = ANY (of_passages) ORDER BY p.passage_id FOR UPDATE;
  UPDATE zs.coded_passage AS p SET codings = p.codings - u.codings
  FROM (SELECT n.id, count(*)::int AS codings FROM unnest(of_passages) AS n (id) GROUP BY n.id) AS u WHERE p.passage_id = u.id;
  DELETE FROM zs.coded_passage AS p WHERE p.passage_id = ANY (of_passages) AND p.codings = 0;
$$;
COMMENT ON FUNCTION zs.coded_passage_take(bigint[]) IS 'So many codings count no more: a passage stands in the list once for each. Nobody''s to call but the triggers.';
REVOKE ALL ON FUNCTION zs.coded_passage_take(bigint[]) FROM PUBLIC;

CREATE FUNCTION zs.coded_passage_keep() RETURNS trigger
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  more bigint[];
  less bigint[];
BEGIN
  IF TG_OP IN ('INSERT', 'UPDATE') THEN
    more := ARRAY(SELECT passage_id FROM added WHERE ended_at IS NULL AND counts);
  END IF;
  IF TG_OP IN ('UPDATE', 'DELETE') THEN
    less := ARRAY(SELECT passage_id FROM removed WHERE ended_at IS NULL AND counts);
  END IF;
  IF cardinality(more) > 0 THEN
    PERFORM zs.coded_passage_add(more);
  END IF;
  IF cardinality(less) > 0 THEN
    PERFORM zs.coded_passage_take(less);
  END IF;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION zs.coded_passage_keep() IS 'Keeps how many codings of a passage count.';
REVOKE ALL ON FUNCTION zs.coded_passage_keep() FROM PUBLIC;
CREATE TRIGGER coded_passage_inserted AFTER INSERT ON zs.coding
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION zs.coded_passage_keep();
CREATE TRIGGER coded_passage_updated AFTER UPDATE ON zs.coding
  REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION zs.coded_passage_keep();
CREATE TRIGGER coded_passage_deleted AFTER DELETE ON zs.coding
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION zs.coded_passage_keep();

INSERT INTO zs.coded_passage (passage_id, round_id, method, conversation_id, participant_id, response_id, codings)
SELECT passage_id, round_id, method, conversation_id, participant_id, response_id, count(*)
FROM zs.coding WHERE ended_at IS NULL AND counts GROUP BY 1, 2, 3, 4, 5, 6;

GRANT SELECT ON zs.coded_passage TO zs_staff;

-- Whether two coders finished anything since the agreement was measured is asked on every page that names a value: it read all tasks.
CREATE INDEX coding_task_done ON zs.coding_task (round_id, passage_id) INCLUDE (position, revision) WHERE done_at IS NOT NULL;
COMMENT ON INDEX zs.coding_task_done IS 'For what of a round is done, by passage.';
CREATE INDEX coding_task_again ON zs.coding_task (round_id, passage_id) WHERE done_at IS NOT NULL AND position > 1;
COMMENT ON INDEX zs.coding_task_again IS 'For what of a round more than one coder did.';
