-- What somebody who has a participant's code may know of what became of their words.

CREATE OR REPLACE FUNCTION zs.member_check_signals(of_hash bytea, on_day date) RETURNS TABLE (signal_id int, title text)
  LANGUAGE sql
  STABLE
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT s.id, s.title
  FROM zs.member_check AS m JOIN zs.signal AS s ON s.is_public
  WHERE m.code_hash = of_hash AND EXISTS (SELECT FROM zs.member_check_read(of_hash, on_day))
    AND EXISTS (SELECT FROM zs.signal_evidence AS e JOIN zs.turn AS t ON t.id = e.passage_id
      WHERE e.signal_id = s.id AND e.ended_at IS NULL AND t.participant_id = m.participant_id)
  ORDER BY s.id DESC
  LIMIT 100
$$;
COMMENT ON FUNCTION zs.member_check_signals(bytea, date) IS 'The public signals that rest on what the participant whose code has this hash said, in any version of it, the newest first; nothing when they may not read the summary.';
REVOKE ALL ON FUNCTION zs.member_check_signals(bytea, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.member_check_signals(bytea, date) TO zs_intake;
