-- Codings follow their text, and are gone with it. So are its words.

CREATE OR REPLACE FUNCTION zs.codings_forget(of_passages bigint[]) RETURNS void
  LANGUAGE sql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  DELETE FROM zs.coding WHERE passage_id = ANY (of_passages);
  DELETE FROM zs.coding_lost WHERE passage_id = ANY (of_passages);
  DELETE FROM zs.coding_task WHERE passage_id = ANY (of_passages);
  DELETE FROM zs.coding_drawn WHERE passage_id = ANY (of_passages);
  DELETE FROM zs.adjudication WHERE passage_id = ANY (of_passages);
  DELETE FROM zs.campaign_member WHERE passage_id = ANY (of_passages);
  DELETE FROM zs.passage_words WHERE passage_id = ANY (of_passages);
$$;
COMMENT ON FUNCTION zs.codings_forget(bigint[]) IS 'Destroys all that was ever coded on passages whose text is destroyed, which others they were like, and the words that they are found by. Nobody''s to call but what destroys texts.';
REVOKE ALL ON FUNCTION zs.codings_forget(bigint[]) FROM PUBLIC;

CREATE OR REPLACE FUNCTION zs.codings_clear(of_round int) RETURNS void
  LANGUAGE sql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  DELETE FROM zs.coding WHERE round_id = of_round;
  DELETE FROM zs.coding_lost WHERE round_id = of_round;
  DELETE FROM zs.adjudication WHERE round_id = of_round;
  DELETE FROM zs.coding_batch WHERE round_id = of_round;
  DELETE FROM zs.campaign_search WHERE round_id = of_round;
  DELETE FROM zs.passage_words WHERE round_id = of_round;
$$;
COMMENT ON FUNCTION zs.codings_clear(int) IS 'Destroys the codings of a round, who coded what, what was drawn, which answers were alike, and the words that its texts are found by. Nobody''s to call but zs.round_clear.';
REVOKE ALL ON FUNCTION zs.codings_clear(int) FROM PUBLIC;

-- Where spans stand after a change, by the rules of passage_span.h: a correction loses what it touches, a redaction takes it along.
CREATE OR REPLACE FUNCTION zs.span_move(edits int[], same_place boolean, from_at int, to_at int, OUT start_at int, OUT end_at int)
  LANGUAGE plpgsql
  IMMUTABLE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  shift int := 0;   -- of what lies before the span
  within int := 0;  -- of what touches it, but for the last that does
  touched boolean := false;
  starts_inside boolean := false;
  last_start int;
  last_end int;
  last_new int;
BEGIN
  FOR i IN 1 .. coalesce(array_length(edits, 1), 0) LOOP
    IF edits[i][1] + edits[i][2] <= from_at AND (edits[i][1] < from_at OR edits[i][2] = 0) THEN
      shift := shift + edits[i][3] - edits[i][2];
    ELSIF edits[i][1] < to_at THEN
      IF NOT touched THEN
        touched := true;
        starts_inside := edits[i][1] < from_at;
        start_at := edits[i][1] + shift;
      ELSE
        within := within + last_new - (last_end - last_start);
      END IF;
      last_start := edits[i][1];
      last_end := edits[i][1] + edits[i][2];
      last_new := edits[i][3];
    END IF;
  END LOOP;
  IF NOT touched THEN
    start_at := from_at + shift;
    end_at := to_at + shift;
  ELSIF NOT same_place THEN
    end_at := start_at; -- lost, near there
  ELSE
    start_at := CASE WHEN starts_inside THEN start_at ELSE from_at + shift END;
    end_at := CASE WHEN last_end > to_at THEN last_start + shift + within + last_new
      ELSE to_at + shift + within + last_new - (last_end - last_start) END;
    end_at := greatest(start_at, end_at);
  END IF;
END
$$;
COMMENT ON FUNCTION zs.span_move(int[], boolean, int, int) IS 'Where a span stands after edits (start, old length, new length; in order); empty when it is lost.';
REVOKE ALL ON FUNCTION zs.span_move(int[], boolean, int, int) FROM PUBLIC;

CREATE OR REPLACE FUNCTION zs.codings_follow(of_passage bigint, of_version int) RETURNS void
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  edits int[];
  successor bigint;
  is_withdrawn boolean;
  same_place boolean;
BEGIN
  IF NOT EXISTS (SELECT FROM zs.coding WHERE passage_id = of_passage AND ended_at IS NULL)
    AND NOT EXISTS (SELECT FROM zs.coding_task WHERE passage_id = of_passage)
    AND NOT EXISTS (SELECT FROM zs.coding_drawn WHERE passage_id = of_passage) THEN
    RETURN; -- nothing to move, or moved before
  END IF;
  SELECT array_agg(ARRAY[start_at, old_length, new_length] ORDER BY number), max(successor_id), bool_or(reason = 'intrekking'),
    bool_and(reason NOT IN ('verbeterd', 'intrekking'))
  INTO edits, successor, is_withdrawn, same_place
  FROM zs.passage_change WHERE passage_id = of_passage AND version_id IS NOT DISTINCT FROM of_version;
  IF is_withdrawn THEN
    PERFORM zs.codings_forget(ARRAY[of_passage]);
    RETURN;
  END IF;
  WITH moved AS (
    SELECT c.id, m.start_at, m.end_at FROM zs.coding AS c, zs.span_move(edits, same_place, c.start_at, c.end_at) AS m
    WHERE c.passage_id = of_passage AND c.ended_at IS NULL
  ), ended AS (
    UPDATE zs.coding AS c SET ended_at = now(), ended_by = 'system',
      ended_reason = CASE WHEN m.start_at < m.end_at AND successor IS NOT NULL THEN 'verplaatst' ELSE 'verloren' END
    FROM moved AS m WHERE c.id = m.id
    RETURNING c.*, m.start_at AS new_start, m.end_at AS new_end
  ), placed AS (
    INSERT INTO zs.coding (round_id, passage_id, coder_id, book_version, start_at, end_at, value_bits, counts, decided, codes, facet,
      expression, application, direction, origin, prompted, method, conversation_id, participant_id, response_id, memo, replaces)
    SELECT round_id, successor, coder_id, book_version, new_start, new_end, value_bits, counts, decided, codes, facet,
      expression, application, direction, origin, prompted, method, conversation_id,
      -- A correction may say that somebody else said it.
      CASE WHEN conversation_id IS NULL THEN participant_id ELSE (SELECT t.participant_id FROM zs.turn AS t WHERE t.id = successor) END,
      response_id, memo, id
    FROM ended WHERE ended_reason = 'verplaatst' ORDER BY id
  )
  INSERT INTO zs.coding_lost (round_id, passage_id, coder_id, near, codes)
  SELECT round_id, coalesce(successor, of_passage), coder_id, new_start, codes FROM ended WHERE ended_reason = 'verloren' ORDER BY id;
  IF successor IS NULL THEN
    DELETE FROM zs.coding_task WHERE passage_id = of_passage;
    DELETE FROM zs.coding_drawn WHERE passage_id = of_passage;
    DELETE FROM zs.adjudication WHERE passage_id = of_passage;
    RETURN;
  END IF;
  UPDATE zs.coding_task SET passage_id = successor, revision = revision + 1 WHERE passage_id = of_passage;
  UPDATE zs.coding_drawn SET passage_id = successor WHERE passage_id = of_passage;
  UPDATE zs.adjudication SET passage_id = successor, revision = revision + 1 WHERE passage_id = of_passage;
  UPDATE zs.coding_lost SET passage_id = successor WHERE passage_id = of_passage;
END
$$;
COMMENT ON FUNCTION zs.codings_follow(bigint, int) IS 'Moves what was coded on a passage to the one that took its place, of a turn in this version, by what zs.passage_change says; what cannot follow is on zs.coding_lost. Once is enough, again does nothing.';
REVOKE ALL ON FUNCTION zs.codings_follow(bigint, int) FROM PUBLIC;

CREATE OR REPLACE FUNCTION zs.response_slots(of_round int, of_responses bytea[], places int[], widths int[])
  RETURNS TABLE (response_id bytea, slots int[])
  LANGUAGE sql
  STABLE
  ROWS 100000 -- so that it is joined by a hash
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  -- Written out: a query of its own for each response takes five times as long.
  SELECT r.response_id, (ARRAY[
    CASE WHEN places[1] < 0 OR places[1] + widths[1] > octet_length(r.answers) THEN 0
      WHEN widths[1] = 1 THEN get_byte(r.answers, places[1])
      ELSE get_byte(r.answers, places[1]) + 256 * get_byte(r.answers, places[1] + 1) END,
    CASE WHEN places[2] < 0 OR places[2] + widths[2] > octet_length(r.answers) THEN 0
      WHEN widths[2] = 1 THEN get_byte(r.answers, places[2])
      ELSE get_byte(r.answers, places[2]) + 256 * get_byte(r.answers, places[2] + 1) END,
    CASE WHEN places[3] < 0 OR places[3] + widths[3] > octet_length(r.answers) THEN 0
      WHEN widths[3] = 1 THEN get_byte(r.answers, places[3])
      ELSE get_byte(r.answers, places[3]) + 256 * get_byte(r.answers, places[3] + 1) END
  ])[1:cardinality(places)]
  FROM zs.response AS r
  WHERE r.round_id = of_round AND r.response_id = ANY (of_responses) AND r.answers IS NOT NULL
$$;
COMMENT ON FUNCTION zs.response_slots(int, bytea[], int[], int[]) IS 'What stands in three slots at most of the answers of responses: the background of who wrote a text, for telling groups apart. The service asks for slots of background variables alone.';
REVOKE ALL ON FUNCTION zs.response_slots(int, bytea[], int[], int[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.response_slots(int, bytea[], int[], int[]) TO zs_staff;

-- What stands between < and > is text as well, though it may look like a tag.
-- A text whose row somebody is destroying at this moment is passed over; one that is locked here is destroyed afterwards, and then its
-- words are seen and go too.
CREATE OR REPLACE FUNCTION zs.passage_words_fill_from(most int, after bigint, OUT filled int, OUT last bigint)
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  turns int;
BEGIN
  filled := 0;
  IF NOT pg_try_advisory_xact_lock(14, 0) THEN
    RETURN; -- another instance is at it
  END IF;
  WITH added AS (
    INSERT INTO zs.passage_words (passage_id, round_id, english, words, method, response_id)
    SELECT n.id, n.round_id, n.language = 'en',
      to_tsvector(CASE WHEN n.language = 'en' THEN 'zs.english' ELSE 'zs.dutch' END::regconfig, translate(n.body, '<>', '  ')), 'enquete', n.response_id
    FROM (
      SELECT p.* FROM zs.passage AS p WHERE p.id > after AND NOT EXISTS (SELECT FROM zs.passage_words AS w WHERE w.passage_id = p.id)
      ORDER BY p.id LIMIT most FOR SHARE SKIP LOCKED
    ) AS n
    RETURNING passage_id
  )
  SELECT count(*), max(passage_id) INTO filled, last FROM added;
  IF filled = most THEN
    RETURN;
  END IF;
  -- What another version took the place of is not found any more.
  DELETE FROM zs.passage_words AS w WHERE w.conversation_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM zs.transcript_version AS v JOIN zs.transcript_turn AS l ON l.version_id = v.id
    WHERE v.conversation_id = w.conversation_id AND v.is_current AND l.turn_id = w.passage_id);
  INSERT INTO zs.passage_words (passage_id, round_id, english, words, method, conversation_id, participant_id)
  SELECT n.id, n.round_id, n.language = 'en',
    to_tsvector(CASE WHEN n.language = 'en' THEN 'zs.english' ELSE 'zs.dutch' END::regconfig, translate(n.body, '<>', '  ')), n.kind, n.conversation_id,
    n.participant_id
  FROM (
    SELECT t.id, c.round_id, c.language, t.body, c.kind, t.conversation_id, t.participant_id
    FROM zs.turn AS t JOIN zs.conversation AS c ON c.id = t.conversation_id
    WHERE t.body IS NOT NULL AND t.kind <> 'weggelaten'
      AND EXISTS (SELECT FROM zs.transcript_turn AS l JOIN zs.transcript_version AS v ON v.id = l.version_id
        WHERE l.turn_id = t.id AND v.is_current)
      AND NOT EXISTS (SELECT FROM zs.passage_words AS w WHERE w.passage_id = t.id)
    ORDER BY t.id LIMIT most FOR SHARE OF t SKIP LOCKED
  ) AS n;
  GET DIAGNOSTICS turns = ROW_COUNT;
  filled := filled + turns;
END
$$;
COMMENT ON FUNCTION zs.passage_words_fill_from(int, bigint) IS 'Makes texts that came in found by their words: so many answers at most, of those with an id above one given, and when there are fewer so many turns. How many there were (0: all are), and the highest id among the answers.';
REVOKE ALL ON FUNCTION zs.passage_words_fill_from(int, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.passage_words_fill_from(int, bigint) TO zs_staff;

CREATE OR REPLACE FUNCTION zs.passage_words_fill(most int) RETURNS int
  LANGUAGE sql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT filled FROM zs.passage_words_fill_from(most, 0)
$$;
COMMENT ON FUNCTION zs.passage_words_fill(int) IS 'zs.passage_words_fill_from over all answers.';
REVOKE ALL ON FUNCTION zs.passage_words_fill(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.passage_words_fill(int) TO zs_staff;
