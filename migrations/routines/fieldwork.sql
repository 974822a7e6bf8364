-- What may be done to the texts of conversations beyond adding to them: destroying.

CREATE OR REPLACE FUNCTION zs.turn_destroy(of_turns bigint[], because text) RETURNS void
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  WITH gone AS (
    UPDATE zs.turn SET body = NULL, destroyed_day = (now() AT TIME ZONE 'UTC')::date, destroyed_reason = because
    WHERE id = ANY (of_turns) AND body IS NOT NULL
    RETURNING conversation_id, erasure_key
  )
  INSERT INTO zs.erasure (round_id, response_id)
  SELECT c.round_id, gone.erasure_key FROM gone JOIN zs.conversation AS c ON c.id = gone.conversation_id
  ON CONFLICT DO NOTHING;
  -- What was coded on them goes along to what took their place; then nothing of it is left here.
  PERFORM zs.codings_follow(moved.passage_id, moved.version_id)
  FROM (SELECT DISTINCT passage_id, version_id FROM zs.passage_change WHERE passage_id = ANY (of_turns) ORDER BY version_id) AS moved;
  PERFORM zs.codings_forget(of_turns);
  DELETE FROM zs.personal_kept WHERE passage_id = ANY (of_turns);
END
$$;
COMMENT ON FUNCTION zs.turn_destroy(bigint[], text) IS 'Destroys the text of turns, in every version that they are in, with what was coded on it, and puts them on the ledger of erasures.';
REVOKE ALL ON FUNCTION zs.turn_destroy(bigint[], text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.turn_destroy(bigint[], text) TO zs_staff;

CREATE OR REPLACE FUNCTION zs.participant_withdraw(of_participant int, by_whom text) RETURNS int
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  stand_in constant text := '[weggelaten op verzoek]';
  the_conversation zs.conversation;
  who zs.participant;
  old_version zs.transcript_version;
  new_version int;
  said bigint[];
BEGIN
  -- Loading, correcting and redacting take the same lock.
  SELECT c.* INTO the_conversation FROM zs.conversation AS c JOIN zs.participant AS p ON p.conversation_id = c.id
  WHERE p.id = of_participant FOR UPDATE OF c;
  SELECT * INTO who FROM zs.participant WHERE id = of_participant;
  IF who.id IS NULL OR who.withdrawn_day IS NOT NULL THEN
    RETURN NULL;
  END IF;
  SELECT * INTO old_version FROM zs.transcript_version WHERE conversation_id = the_conversation.id AND is_current;
  SELECT coalesce(array_agg(t.id), '{}') INTO said FROM zs.transcript_turn AS l JOIN zs.turn AS t ON t.id = l.turn_id
  WHERE l.version_id = old_version.id AND t.participant_id = who.id AND t.kind <> 'weggelaten';
  IF cardinality(said) > 0 THEN
    UPDATE zs.transcript_version SET is_current = false WHERE id = old_version.id;
    INSERT INTO zs.transcript_version (conversation_id, number, is_current, cause, source, created_by)
    VALUES (the_conversation.id, old_version.number + 1, true, 'intrekking', old_version.source, by_whom)
    RETURNING id INTO new_version;
    WITH mapped AS (
      SELECT l.place, t.id AS old_id, nextval('zs.passage_id_seq') AS new_id
      FROM zs.transcript_turn AS l JOIN zs.turn AS t ON t.id = l.turn_id
      WHERE l.version_id = old_version.id AND t.id = ANY (said)
    ), made AS (
      INSERT INTO zs.turn (id, conversation_id, kind, speaker, participant_id, start_ms, end_ms, part, body)
      SELECT m.new_id, t.conversation_id, 'weggelaten', t.speaker, t.participant_id, t.start_ms, t.end_ms, t.part, stand_in
      FROM mapped AS m JOIN zs.turn AS t ON t.id = m.old_id
    ), told AS (
      INSERT INTO zs.passage_change (passage_id, number, successor_id, version_id, start_at, old_length, new_length, reason)
      SELECT m.old_id, 1, m.new_id, new_version, 0, coalesce(length(t.body), 0), length(stand_in), 'intrekking'
      FROM mapped AS m JOIN zs.turn AS t ON t.id = m.old_id
    )
    INSERT INTO zs.transcript_turn (version_id, place, turn_id)
    SELECT new_version, l.place, coalesce(m.new_id, l.turn_id)
    FROM zs.transcript_turn AS l LEFT JOIN mapped AS m ON m.place = l.place
    WHERE l.version_id = old_version.id;
  END IF;
  -- What somebody was loading may hold it.
  DELETE FROM zs.transcript_draft WHERE conversation_id = the_conversation.id;
  -- In older versions too.
  PERFORM zs.turn_destroy(coalesce(array_agg(id), '{}'), 'intrekking') FROM zs.turn
  WHERE participant_id = who.id AND kind <> 'weggelaten';
  -- The row first: who is changing it at this moment is waited for, and a name that they add is deleted with it.
  UPDATE zs.participant SET withdrawn_day = (now() AT TIME ZONE 'UTC')::date, background = '{}', segment_id = NULL, age = NULL,
    incentive_given_day = NULL
  WHERE id = who.id;
  DELETE FROM zs.participant_name WHERE participant_id = who.id;
  -- The summary may hold what they said: it is written anew without them.
  DELETE FROM zs.member_check WHERE participant_id = who.id;
  DELETE FROM zs.conversation_summary WHERE conversation_id = the_conversation.id;
  -- They can be heard in what exists of it elsewhere: that is chased from today.
  UPDATE zs.recording SET destroy_by = least(destroy_by, (now() AT TIME ZONE 'UTC')::date)
  WHERE conversation_id = the_conversation.id AND destroyed_day IS NULL;
  INSERT INTO zs.erasure (round_id, response_id) VALUES (the_conversation.round_id, who.erasure_key) ON CONFLICT DO NOTHING;
  RETURN cardinality(said);
END
$$;
COMMENT ON FUNCTION zs.participant_withdraw(int, text) IS 'Withdraws a participant: name, background, age, group and incentive are gone, their code and answer to the summary are gone and so is that, recordings of the conversation are due, what they said becomes "[weggelaten op verzoek]" in a new version, its text is destroyed in all. How many turns; NULL: unknown, or withdrawn before.';
REVOKE ALL ON FUNCTION zs.participant_withdraw(int, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.participant_withdraw(int, text) TO zs_staff;

CREATE OR REPLACE FUNCTION zs.passage_erasure_key(of_response bytea, of_variable text, of_passage bigint) RETURNS bytea
  LANGUAGE sql
  IMMUTABLE
  PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT substr(sha256(of_response || convert_to(of_variable, 'UTF8')), 1, 8) || int8send(of_passage)
$$;
COMMENT ON FUNCTION zs.passage_erasure_key(bytea, text, bigint) IS 'What the ledger of erasures calls the text of an open answer: of whom and of what it is, and its number, which may be given again after a restore. Tells nothing of the text.';
REVOKE ALL ON FUNCTION zs.passage_erasure_key(bytea, text, bigint) FROM PUBLIC;

CREATE OR REPLACE FUNCTION zs.fieldwork_replay(of_round int, of_key bytea) RETURNS boolean
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  the_participant int := (SELECT p.id FROM zs.participant AS p JOIN zs.conversation AS c ON c.id = p.conversation_id
    WHERE p.erasure_key = of_key AND c.round_id = of_round);
  the_turn bigint := (SELECT t.id FROM zs.turn AS t JOIN zs.conversation AS c ON c.id = t.conversation_id
    WHERE t.erasure_key = of_key AND c.round_id = of_round AND t.body IS NOT NULL);
  the_answer bigint := (SELECT p.id FROM zs.passage AS p
    WHERE p.id = ('x' || encode(substr(of_key, 9), 'hex'))::bit(64)::bigint AND p.round_id = of_round
      AND zs.passage_erasure_key(p.response_id, p.variable, p.id) = of_key);
BEGIN
  IF the_participant IS NOT NULL THEN
    RETURN zs.participant_withdraw(the_participant, 'system') IS NOT NULL;
  END IF;
  IF the_turn IS NOT NULL THEN
    PERFORM zs.turn_destroy(ARRAY[the_turn], 'hersteld');
    RETURN true;
  END IF;
  -- What stood in its place came after the backup: nothing is left of it.
  IF the_answer IS NOT NULL THEN
    DELETE FROM zs.passage WHERE id = the_answer;
    DELETE FROM zs.personal_kept WHERE passage_id = the_answer;
    PERFORM zs.codings_forget(ARRAY[the_answer]);
    INSERT INTO zs.erasure (round_id, response_id) VALUES (of_round, of_key) ON CONFLICT DO NOTHING;
    RETURN true;
  END IF;
  RETURN false;
END
$$;
COMMENT ON FUNCTION zs.fieldwork_replay(int, bytea) IS 'Erases again a participant, the text of a turn or that of an open answer that the ledger names; true when it had come back. Nobody''s to call but the replay.';
REVOKE ALL ON FUNCTION zs.fieldwork_replay(int, bytea) FROM PUBLIC;

CREATE OR REPLACE FUNCTION zs.fieldwork_clear(of_round int) RETURNS void
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  DELETE FROM zs.personal_kept AS k USING zs.turn AS t, zs.conversation AS c
  WHERE k.passage_id = t.id AND t.conversation_id = c.id AND c.round_id = of_round;
  DELETE FROM zs.turn AS t USING zs.conversation AS c WHERE t.conversation_id = c.id AND c.round_id = of_round;
  DELETE FROM zs.conversation WHERE round_id = of_round;
  DELETE FROM zs.composition_plan WHERE round_id = of_round;
  -- A recording that exists is chased until somebody says that it is gone.
  DELETE FROM zs.recording WHERE round_id = of_round AND destroyed_day IS NOT NULL;
END
$$;
COMMENT ON FUNCTION zs.fieldwork_clear(int) IS 'Destroys the conversations of a round with all that belongs to them. Nobody''s to call but zs.round_clear.';
REVOKE ALL ON FUNCTION zs.fieldwork_clear(int) FROM PUBLIC;

CREATE OR REPLACE FUNCTION zs.recording_destroyed(of_recording int, on_day date, by_whom text)
  RETURNS TABLE (consultation text, conversation_code text)
  LANGUAGE sql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH told AS (
    UPDATE zs.recording SET destroyed_day = on_day, destroyed_by = by_whom
    WHERE id = of_recording AND destroyed_day IS NULL AND conversation_id IS NOT NULL
    RETURNING round_id, conversation_code
  ), gone AS (
    -- Its round was destroyed before it was: nothing is left that this line belongs to.
    DELETE FROM zs.recording WHERE id = of_recording AND destroyed_day IS NULL AND conversation_id IS NULL
    RETURNING round_id, conversation_code
  )
  SELECT r.consultation, n.conversation_code FROM (SELECT * FROM told UNION ALL SELECT * FROM gone) AS n
    JOIN zs.round AS r ON r.id = n.round_id
$$;
COMMENT ON FUNCTION zs.recording_destroyed(int, date, text) IS 'Notes that a recording is gone; of a round that was destroyed before, the line goes too. No row: unknown, or noted before.';
REVOKE ALL ON FUNCTION zs.recording_destroyed(int, date, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.recording_destroyed(int, date, text) TO zs_staff;

CREATE OR REPLACE FUNCTION zs.passage_redact(of_passage bigint, new_body text, starts int[], old_lengths int[], new_lengths int[],
  reasons text[]) RETURNS bigint
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  redacted bigint;
  of_round int;
BEGIN
  -- Of two at once the second finds nothing.
  PERFORM FROM zs.passage WHERE id = of_passage FOR UPDATE;
  INSERT INTO zs.passage (round_id, revision, created_day, response_id, variable, language, body)
  SELECT round_id, revision, created_day, response_id, variable, language, new_body FROM zs.passage WHERE id = of_passage
  RETURNING id, round_id INTO redacted, of_round;
  IF redacted IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO zs.passage_change (passage_id, number, successor_id, round_id, start_at, old_length, new_length, reason)
  SELECT of_passage, u.number, redacted, of_round, u.start_at, u.old_length, u.new_length, u.reason
  FROM unnest(starts, old_lengths, new_lengths, reasons) WITH ORDINALITY AS u (start_at, old_length, new_length, reason, number);
  INSERT INTO zs.erasure (round_id, response_id)
  SELECT round_id, zs.passage_erasure_key(response_id, variable, id) FROM zs.passage WHERE id = of_passage
  ON CONFLICT DO NOTHING;
  DELETE FROM zs.passage WHERE id = of_passage;
  DELETE FROM zs.personal_kept WHERE passage_id = of_passage;
  UPDATE zs.campaign_member SET passage_id = redacted WHERE passage_id = of_passage;
  -- What was coded on it goes along; then nothing of it is left.
  PERFORM zs.codings_follow(of_passage, NULL);
  PERFORM zs.codings_forget(ARRAY[of_passage]);
  RETURN redacted;
END
$$;
COMMENT ON FUNCTION zs.passage_redact(bigint, text, int[], int[], int[], text[]) IS 'Puts a text without personal data in the place of an open answer, which is gone and on the ledger of erasures; edits as zs.passage_change has them. The number of the new one; NULL: there was none.';
REVOKE ALL ON FUNCTION zs.passage_redact(bigint, text, int[], int[], int[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.passage_redact(bigint, text, int[], int[], int[], text[]) TO zs_staff;
