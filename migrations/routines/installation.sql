-- Which root secret the database belongs to.

CREATE OR REPLACE FUNCTION zs.installation_claim(fingerprint bytea) RETURNS bytea
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF pg_is_in_recovery() OR EXISTS (SELECT FROM zs.installation) THEN
    RETURN (SELECT root_fingerprint FROM zs.installation);
  END IF;
  INSERT INTO zs.installation (root_fingerprint) VALUES (fingerprint) ON CONFLICT (only_row) DO NOTHING;
  RETURN (SELECT root_fingerprint FROM zs.installation);
END
$$;
COMMENT ON FUNCTION zs.installation_claim(bytea) IS 'The fingerprint that the database belongs to: the first that was ever given.';
REVOKE ALL ON FUNCTION zs.installation_claim(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.installation_claim(bytea) TO zs_intake, zs_staff;
