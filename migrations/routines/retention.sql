-- What is there to destroy, and erasing again what a restored database brought back.

CREATE OR REPLACE FUNCTION zs.round_holdings(of_round int)
  RETURNS TABLE (responses bigint, log_rows bigint, passages bigint, drafts bigint, offers bigint, remarks bigint, weights bigint)
  LANGUAGE sql
  STABLE
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT (SELECT count(*) FROM zs.response WHERE round_id = of_round AND answers IS NOT NULL),
    (SELECT count(*) FROM zs.response WHERE round_id = of_round),
    (SELECT count(*) FROM zs.passage WHERE round_id = of_round),
    (SELECT count(*) FROM zs.draft WHERE round_id = of_round),
    (SELECT count(*) FROM zs.contact_offer WHERE round_id = of_round),
    (SELECT count(*) FROM zs.pilot_note WHERE round_id = of_round),
    (SELECT count(*) FROM zs.weight_version WHERE round_id = of_round)
$$;
COMMENT ON FUNCTION zs.round_holdings(int) IS 'How many of each kind are kept of a round: responses that stand, rows of the log, texts, drafts, offers, remarks, versions of weights.';
REVOKE ALL ON FUNCTION zs.round_holdings(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.round_holdings(int) TO zs_staff;

CREATE OR REPLACE FUNCTION zs.erasure_replay_response(of_round text, of_response bytea) RETURNS boolean
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  the_round int := (SELECT id FROM zs.round WHERE code = of_round);
  newest zs.response;
BEGIN
  -- A message to the table is of no round; no code of one begins with a star.
  IF of_round = '*bericht' THEN
    RETURN zs.message_replay(of_response);
  END IF;
  IF the_round IS NULL
    OR EXISTS (SELECT FROM zs.erasure WHERE round_id = the_round AND (response_id = of_response OR response_id IS NULL)) THEN
    RETURN false;
  END IF;
  -- As every batch of intake does before it draws a place in the log.
  PERFORM pg_advisory_xact_lock(7, the_round);
  SELECT * INTO newest FROM zs.response
  WHERE round_id = the_round AND response_id = of_response ORDER BY revision DESC LIMIT 1;
  IF FOUND AND newest.kind <> 3 THEN
    INSERT INTO zs.response (round_id, pos, response_id, revision, kind, replaces, questionnaire_version, stream, channel, received_day)
    VALUES (the_round, nextval('zs.response_pos'), of_response, newest.revision + 1, 3, newest.revision,
      newest.questionnaire_version, newest.stream, newest.channel, (now() AT TIME ZONE 'UTC')::date);
    PERFORM zs.response_erase_older(the_round, of_response, newest.revision + 1);
    RETURN true;
  END IF;
  -- Participants and turns are on the ledger by keys of their own.
  IF zs.fieldwork_replay(the_round, of_response) THEN
    RETURN true;
  END IF;
  -- Came after the backup, or was withdrawn before: noted, so that the database is level with the ledger.
  INSERT INTO zs.erasure (round_id, response_id) VALUES (the_round, of_response) ON CONFLICT DO NOTHING;
  RETURN false;
END
$$;
COMMENT ON FUNCTION zs.erasure_replay_response(text, bytea) IS 'Withdraws a response that the ledger names, a participant, the text of a turn, or a message to the table, when it stands; true when it did.';
REVOKE ALL ON FUNCTION zs.erasure_replay_response(text, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.erasure_replay_response(text, bytea) TO zs_staff;

CREATE OR REPLACE FUNCTION zs.erasure_replay_round(of_round text) RETURNS boolean
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  the_round int;
BEGIN
  -- A hold is not asked: one that the backup brought back was released before the round was destroyed.
  SELECT id INTO the_round FROM zs.round
  WHERE code = of_round AND (is_pilot OR destruction_date <= (now() AT TIME ZONE 'UTC')::date) FOR UPDATE;
  IF the_round IS NULL OR EXISTS (SELECT FROM zs.erasure WHERE round_id = the_round AND response_id IS NULL) THEN
    RETURN false;
  END IF;
  PERFORM zs.round_clear(the_round);
  RETURN true;
END
$$;
COMMENT ON FUNCTION zs.erasure_replay_round(text) IS 'Destroys again a round that the ledger says was destroyed; true when it had come back.';
REVOKE ALL ON FUNCTION zs.erasure_replay_round(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.erasure_replay_round(text) TO zs_staff;
