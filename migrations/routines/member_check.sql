-- What somebody who has a participant's code may do: read the summary of their conversation, and say whether it is right.

CREATE OR REPLACE FUNCTION zs.member_check_read(of_hash bytea, on_day date)
  RETURNS TABLE (round_id int, body text, open_until date, is_open boolean, verdict text, remark text, is_older boolean, revision int)
  LANGUAGE sql
  STABLE
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT c.round_id, s.body, s.open_until, on_day <= s.open_until, m.verdict, m.remark,
    coalesce(m.summary_revision < s.revision, false), s.revision
  FROM zs.member_check AS m
    JOIN zs.participant AS p ON p.id = m.participant_id
    JOIN zs.conversation AS c ON c.id = p.conversation_id
    JOIN zs.conversation_summary AS s ON s.conversation_id = c.id
    JOIN LATERAL (SELECT n.takes_part, n.by_parent FROM zs.consent AS n WHERE n.participant_id = p.id ORDER BY n.id DESC LIMIT 1) AS n ON true
  WHERE m.code_hash = of_hash AND p.withdrawn_day IS NULL AND p.standing = 'gekomen' AND n.takes_part
    AND (p.age <> 'onder-16' OR n.by_parent)
$$;
COMMENT ON FUNCTION zs.member_check_read(bytea, date) IS 'The summary for the participant whose code has this hash, and what they said of it; nothing when there is none, or they no longer agree.';
REVOKE ALL ON FUNCTION zs.member_check_read(bytea, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.member_check_read(bytea, date) TO zs_intake;

CREATE OR REPLACE FUNCTION zs.member_check_answer(of_hash bytea, on_day date, read_revision int, said text, said_more text) RETURNS boolean
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  UPDATE zs.member_check AS m SET verdict = said, remark = said_more, answered_day = on_day, summary_revision = r.revision
  FROM zs.member_check_read(of_hash, on_day) AS r
  WHERE m.code_hash = of_hash AND r.is_open AND r.revision = read_revision;
  RETURN FOUND;
END
$$;
COMMENT ON FUNCTION zs.member_check_answer(bytea, date, int, text, text) IS 'Keeps what a participant says of the revision of the summary that they read, in the place of what they said before. False: too late, no such code, or it was changed since.';
REVOKE ALL ON FUNCTION zs.member_check_answer(bytea, date, int, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.member_check_answer(bytea, date, int, text, text) TO zs_intake;
