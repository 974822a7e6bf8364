-- What intake may do to responses beyond adding rows.

CREATE OR REPLACE FUNCTION zs.response_erase_older(of_round int, of_response bytea, kept_revision int) RETURNS void
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  texts bigint[];
BEGIN
  -- Only what a correction or withdrawal took the place of.
  IF NOT EXISTS (
    SELECT FROM zs.response
    WHERE round_id = of_round AND response_id = of_response AND revision = kept_revision AND kind IN (2, 3)
  ) THEN
    RAISE EXCEPTION 'nothing takes the place of the older revisions' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  UPDATE zs.response SET answers = NULL, payload_hash = NULL
  WHERE round_id = of_round AND response_id = of_response AND revision < kept_revision
    AND (answers IS NOT NULL OR payload_hash IS NOT NULL);
  WITH gone AS (
    DELETE FROM zs.passage
    WHERE round_id = of_round AND response_id = of_response AND revision < kept_revision
    RETURNING id
  )
  SELECT array_agg(id) INTO texts FROM gone;
  IF texts IS NOT NULL THEN
    PERFORM zs.codings_forget(texts);
  END IF;
  -- A withdrawal goes on the ledger.
  INSERT INTO zs.erasure (round_id, response_id)
  SELECT round_id, response_id FROM zs.response
  WHERE round_id = of_round AND response_id = of_response AND revision = kept_revision AND kind = 3
  ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION zs.response_erase_older(int, bytea, int) IS 'Empties the revisions before kept_revision and deletes their texts and what was coded on them, in the transaction that added kept_revision; a withdrawal goes on the ledger of erasures.';
REVOKE ALL ON FUNCTION zs.response_erase_older(int, bytea, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.response_erase_older(int, bytea, int) TO zs_intake;

CREATE OR REPLACE FUNCTION zs.own_passages(of_round int, of_response bytea, of_revision int)
  RETURNS TABLE (variable text, language text, body text)
  LANGUAGE sql
  STABLE
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT p.variable, p.language, p.body FROM zs.passage AS p
  WHERE p.round_id = of_round AND p.response_id = of_response AND p.revision = of_revision
  ORDER BY p.id
$$;
COMMENT ON FUNCTION zs.own_passages(int, bytea, int) IS 'The texts of one response, for the citizen who reads it back: only with its id, which only its code gives.';
REVOKE ALL ON FUNCTION zs.own_passages(int, bytea, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.own_passages(int, bytea, int) TO zs_intake;
