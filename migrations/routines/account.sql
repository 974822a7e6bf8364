-- Who is signed in.

CREATE OR REPLACE FUNCTION zs.session_use(of_hash bytea, at timestamptz, idle_s int)
  RETURNS TABLE (account_id int, name text, factor_done boolean, has_factor boolean, one_time boolean, roles text)
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  -- To the minute, and never waiting for a page of the same person that takes long.
  UPDATE zs.account_session AS s SET seen_at = at
  WHERE s.hash = (SELECT o.hash FROM zs.account_session AS o
                  WHERE o.hash = of_hash AND o.seen_at <= at - interval '1 minute' AND o.expires_at > at
                    AND o.seen_at > at - make_interval(secs => idle_s)
                  FOR UPDATE SKIP LOCKED);
  RETURN QUERY
    SELECT a.id, a.name, s.factor_done,
           EXISTS (SELECT FROM zs.account_totp AS t WHERE t.account_id = a.id AND t.confirmed_at IS NOT NULL),
           COALESCE((SELECT p.one_time FROM zs.account_password AS p WHERE p.account_id = a.id), true),
           (SELECT string_agg(r.role || ':' || COALESCE(r.consultation, ''), ',') FROM zs.account_role AS r
            WHERE r.account_id = a.id)
    FROM zs.account_session AS s JOIN zs.account AS a ON a.id = s.account_id
    WHERE s.hash = of_hash AND s.expires_at > at AND s.seen_at > at - make_interval(secs => idle_s) AND a.disabled_at IS NULL;
END
$$;
COMMENT ON FUNCTION zs.session_use(bytea, timestamptz, int) IS 'Who is signed in with this session, and what they are; notes that it was used. No row: nobody.';
REVOKE ALL ON FUNCTION zs.session_use(bytea, timestamptz, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.session_use(bytea, timestamptz, int) TO zs_intake, zs_staff, zs_results, zs_audit;
