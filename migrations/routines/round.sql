-- Rounds: their partition of the log, and whether anything about them changed.

CREATE OR REPLACE FUNCTION zs.round_partition_create(of_round int) RETURNS void
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  partition_name text := 'response_' || of_round;
BEGIN
  IF NOT EXISTS (SELECT FROM zs.round WHERE id = of_round) THEN
    RAISE EXCEPTION 'there is no round %', of_round USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF to_regclass(format('zs.%I', partition_name)) IS NOT NULL THEN
    RETURN;
  END IF;
  -- Made apart and then attached: unlike PARTITION OF, this does not stop intake of other rounds.
  EXECUTE format('CREATE TABLE zs.%I (LIKE zs.response INCLUDING ALL)', partition_name);
  EXECUTE format('ALTER TABLE zs.response ATTACH PARTITION zs.%I FOR VALUES IN (%s)', partition_name, of_round);
  EXECUTE format('COMMENT ON TABLE zs.%I IS %L', partition_name, 'Responses of round ' || of_round || '.');
END
$$;
COMMENT ON FUNCTION zs.round_partition_create(int) IS 'Makes the round''s partition of zs.response; nothing to do when it is there.';
REVOKE ALL ON FUNCTION zs.round_partition_create(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.round_partition_create(int) TO zs_staff;

CREATE OR REPLACE FUNCTION zs.round_held(of_round int) RETURNS boolean
  LANGUAGE sql
  STABLE
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT EXISTS (
    SELECT FROM zs.retention_hold AS h JOIN zs.round AS r ON r.consultation = h.consultation
    WHERE r.id = of_round AND (h.round_id IS NULL OR h.round_id = r.id)
      AND h.released_at IS NULL AND (h.until_date IS NULL OR h.until_date >= (now() AT TIME ZONE 'UTC')::date)
  )
$$;
COMMENT ON FUNCTION zs.round_held(int) IS 'Whether an order stands not to destroy the round.';
REVOKE ALL ON FUNCTION zs.round_held(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.round_held(int) TO zs_intake, zs_staff, zs_results;

CREATE OR REPLACE FUNCTION zs.round_clear(of_round int) RETURNS void
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  EXECUTE format('DROP TABLE IF EXISTS zs.%I', 'response_' || of_round);
  DELETE FROM zs.personal_kept AS k USING zs.passage AS p WHERE k.passage_id = p.id AND p.round_id = of_round;
  DELETE FROM zs.passage_change WHERE round_id = of_round;
  DELETE FROM zs.passage WHERE round_id = of_round;
  DELETE FROM zs.draft WHERE round_id = of_round;
  DELETE FROM zs.contact_offer WHERE round_id = of_round;
  DELETE FROM zs.pilot_note WHERE round_id = of_round;
  DELETE FROM zs.weight_version WHERE round_id = of_round;
  DELETE FROM zs.inclusion_chunk WHERE round_id = of_round;
  PERFORM zs.codings_clear(of_round);
  PERFORM zs.fieldwork_clear(of_round);
  -- One line stands for all of them.
  DELETE FROM zs.erasure WHERE round_id = of_round;
  INSERT INTO zs.erasure (round_id) VALUES (of_round);
  UPDATE zs.round SET status = 'closed' WHERE id = of_round AND status <> 'closed';
END
$$;
COMMENT ON FUNCTION zs.round_clear(int) IS 'Destroys what is kept of a round. Nobody''s to call but the functions that know that it may be.';
REVOKE ALL ON FUNCTION zs.round_clear(int) FROM PUBLIC;

CREATE OR REPLACE FUNCTION zs.round_partition_drop(of_round int) RETURNS void
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  -- A round that nobody closed is over all the same once its time has passed.
  IF NOT EXISTS (
    SELECT FROM zs.round
    WHERE id = of_round
      AND (status = 'closed' AND is_pilot
        OR status <> 'draft' AND closes_at <= now() AND destruction_date <= (now() AT TIME ZONE 'UTC')::date)
  ) THEN
    RAISE EXCEPTION 'round % may not be destroyed: not closed, or before its destruction date', of_round
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  -- Whoever places a hold waits for this, or this for them.
  PERFORM FROM zs.round WHERE id = of_round FOR UPDATE;
  IF zs.round_held(of_round) THEN
    RAISE EXCEPTION 'round % may not be destroyed: a hold stands', of_round USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  PERFORM zs.round_clear(of_round);
END
$$;
COMMENT ON FUNCTION zs.round_partition_drop(int) IS 'Destroys all answers, texts, drafts, offers, remarks, weights, conversations and codings of a round from its destruction date on, or of a closed pilot, unless a hold stands.';
REVOKE ALL ON FUNCTION zs.round_partition_drop(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.round_partition_drop(int) TO zs_staff;

CREATE OR REPLACE FUNCTION zs.rounds_mark() RETURNS bigint
  LANGUAGE sql
  STABLE
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  -- A new version of a row has another xmin and ctid. The sum is of numbers as large as bigint: kept within it.
  SELECT (coalesce(sum(hashtextextended(m.kind || m.xmin::text || m.ctid::text, m.key)), 0) % 9223372036854775807)::bigint
  FROM (
    SELECT 'r' AS kind, xmin, ctid, id::bigint AS key FROM zs.round
    UNION ALL
    SELECT 'v', xmin, ctid, id FROM zs.questionnaire_version
    UNION ALL
    SELECT 'c', xmin, ctid, hashtextextended(code, 0) FROM zs.consultation
    UNION ALL
    -- A hold that ends by itself changes no row.
    SELECT 'h', xmin, ctid, id FROM zs.retention_hold
    WHERE released_at IS NULL AND (until_date IS NULL OR until_date >= (now() AT TIME ZONE 'UTC')::date)
  ) AS m
$$;
COMMENT ON FUNCTION zs.rounds_mark() IS 'Another number after any change of a round, a version, a consultation or a hold: cheap to poll.';
REVOKE ALL ON FUNCTION zs.rounds_mark() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.rounds_mark() TO zs_intake, zs_staff, zs_results, zs_audit;

CREATE OR REPLACE FUNCTION zs.contact_offers_shuffle() RETURNS void
  LANGUAGE sql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  -- Every row anew, with a new id and in random order: neither place on disk nor transaction tells when it came.
  WITH taken AS (DELETE FROM zs.contact_offer RETURNING round_id, purpose, sealed)
  INSERT INTO zs.contact_offer (round_id, purpose, sealed)
  SELECT round_id, purpose, sealed FROM taken ORDER BY random()
$$;
COMMENT ON FUNCTION zs.contact_offers_shuffle() IS 'Takes the order of arrival away from the offers; run each night.';
REVOKE ALL ON FUNCTION zs.contact_offers_shuffle() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.contact_offers_shuffle() TO zs_staff;
