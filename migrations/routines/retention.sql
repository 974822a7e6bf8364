-- What is there to destroy, and erasing again what a restored database brought back.

-- Each kind by the name that a statement of destruction has for it, with the tables whose every row it counts: what zs.round_clear empties is
-- counted here, whole. A kind without a table is a part of another.
CREATE OR REPLACE FUNCTION zs.round_contents(of_round int)
  RETURNS TABLE (kind text, of_tables text[], counted bigint)
  LANGUAGE sql
  STABLE
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH c AS (SELECT id FROM zs.conversation WHERE round_id = of_round),
    p AS (SELECT p.id FROM zs.participant AS p JOIN c ON c.id = p.conversation_id),
    v AS (SELECT v.id FROM zs.transcript_version AS v JOIN c ON c.id = v.conversation_id),
    b AS (SELECT id FROM zs.coding_batch WHERE round_id = of_round)
  VALUES
    ('inzendingen', '{}'::text[], (SELECT count(*) FROM zs.response WHERE round_id = of_round AND answers IS NOT NULL)),
    ('regelsLogboek', '{response}', (SELECT count(*) FROM zs.response WHERE round_id = of_round)),
    ('openAntwoorden', '{passage}', (SELECT count(*) FROM zs.passage WHERE round_id = of_round)),
    ('gewijzigdeTeksten', '{passage_change}', (SELECT count(*) FROM zs.passage_change WHERE round_id = of_round OR version_id IN (SELECT id FROM v))),
    ('concepten', '{draft}', (SELECT count(*) FROM zs.draft WHERE round_id = of_round)),
    ('verzegeldeAanmeldingen', '{contact_offer}', (SELECT count(*) FROM zs.contact_offer WHERE round_id = of_round)),
    ('opmerkingenProef', '{pilot_note}', (SELECT count(*) FROM zs.pilot_note WHERE round_id = of_round)),
    ('weegversies', '{weight_version}', (SELECT count(*) FROM zs.weight_version WHERE round_id = of_round)),
    ('gesprekken', '{conversation}', (SELECT count(*) FROM c)),
    ('deelnemers', '{participant}', (SELECT count(*) FROM p)),
    ('namen', '{participant_name}', (SELECT count(*) FROM zs.participant_name WHERE participant_id IN (SELECT id FROM p))),
    ('toestemmingen', '{consent}', (SELECT count(*) FROM zs.consent WHERE participant_id IN (SELECT id FROM p))),
    ('uitspraken', '{}', (SELECT count(*) FROM zs.turn AS t JOIN c ON c.id = t.conversation_id WHERE t.body IS NOT NULL)),
    ('regelsGesprekken', '{turn}', (SELECT count(*) FROM zs.turn AS t JOIN c ON c.id = t.conversation_id)),
    ('uitgeschrevenVersies', '{transcript_version}', (SELECT count(*) FROM v)),
    ('bestandenInVoorbereiding', '{transcript_draft}', (SELECT count(*) FROM zs.transcript_draft WHERE conversation_id IN (SELECT id FROM c))),
    ('samenvattingen', '{conversation_summary}', (SELECT count(*) FROM zs.conversation_summary WHERE conversation_id IN (SELECT id FROM c))),
    ('reactiesOpSamenvattingen', '{member_check}', (SELECT count(*) FROM zs.member_check WHERE participant_id IN (SELECT id FROM p))),
    ('plannenSamenstelling', '{composition_plan}', (SELECT count(*) FROM zs.composition_plan WHERE round_id = of_round)),
    ('opnamenVernietigd', '{recording}', (SELECT count(*) FROM zs.recording WHERE round_id = of_round AND destroyed_day IS NOT NULL)),
    ('opnamenNogElders', '{}', (SELECT count(*) FROM zs.recording WHERE round_id = of_round AND destroyed_day IS NULL)),
    ('coderingen', '{coding}', (SELECT count(*) FROM zs.coding WHERE round_id = of_round)),
    ('coderingenVervallen', '{coding_lost}', (SELECT count(*) FROM zs.coding_lost WHERE round_id = of_round)),
    ('besluitenCodering', '{adjudication}', (SELECT count(*) FROM zs.adjudication WHERE round_id = of_round)),
    ('codeertaken', '{coding_task}', (SELECT count(*) FROM zs.coding_task WHERE batch_id IN (SELECT id FROM b))),
    ('steekproevenCodering', '{coding_batch}', (SELECT count(*) FROM b)),
    ('zoektochtenGelijkend', '{campaign_search}', (SELECT count(*) FROM zs.campaign_search WHERE round_id = of_round)),
    ('beoordeeldPersoonsgegeven', '{personal_kept}', (SELECT count(*) FROM zs.personal_kept AS k WHERE k.passage_id IN
      (SELECT id FROM zs.passage WHERE round_id = of_round UNION ALL SELECT t.id FROM zs.turn AS t JOIN c ON c.id = t.conversation_id))),
    ('afgeleideRegels', '{passage_words,coded_passage,coding_stratum,coding_drawn,campaign_member,transcript_turn,composition_segment,inclusion_chunk}',
      (SELECT count(*) FROM zs.passage_words WHERE round_id = of_round)
      + (SELECT count(*) FROM zs.coded_passage WHERE round_id = of_round)
      + (SELECT count(*) FROM zs.coding_stratum WHERE batch_id IN (SELECT id FROM b))
      + (SELECT count(*) FROM zs.coding_drawn WHERE batch_id IN (SELECT id FROM b))
      + (SELECT count(*) FROM zs.campaign_member AS m JOIN zs.campaign_search AS s ON s.id = m.search_id WHERE s.round_id = of_round)
      + (SELECT count(*) FROM zs.transcript_turn WHERE version_id IN (SELECT id FROM v))
      + (SELECT count(*) FROM zs.composition_segment AS s JOIN zs.composition_plan AS q ON q.id = s.plan_id WHERE q.round_id = of_round)
      + (SELECT count(*) FROM zs.inclusion_chunk WHERE round_id = of_round))
$$;
COMMENT ON FUNCTION zs.round_contents(int) IS 'What is kept of a round and is destroyed with it, by kind: its name in a statement of destruction, the tables whose rows of the round it counts, and how many.';
REVOKE ALL ON FUNCTION zs.round_contents(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.round_contents(int) TO zs_staff;

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
  -- Participants, turns and redacted answers are on the ledger by keys of their own.
  IF zs.fieldwork_replay(the_round, of_response) THEN
    RETURN true;
  END IF;
  -- Came after the backup, or was withdrawn before: noted, so that the database is level with the ledger.
  INSERT INTO zs.erasure (round_id, response_id) VALUES (the_round, of_response) ON CONFLICT DO NOTHING;
  RETURN false;
END
$$;
COMMENT ON FUNCTION zs.erasure_replay_response(text, bytea) IS 'Withdraws a response that the ledger names, a participant, the text of a turn or of an open answer, or a message to the table, when it stands; true when it did.';
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
