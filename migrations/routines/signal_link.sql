-- What somebody who has the link of an addressee may do: read what is asked, and answer once.

CREATE OR REPLACE FUNCTION zs.signal_link_read(of_hash bytea, at timestamptz)
  RETURNS TABLE (standing text, document text)
  LANGUAGE sql
  STABLE
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN l.used_at IS NOT NULL THEN 'gebruikt' WHEN l.ended_at IS NOT NULL THEN 'vervangen' WHEN l.expires_at <= at THEN 'verlopen'
    ELSE 'open' END,
    jsonb_strip_nulls(jsonb_build_object('signaal', s.id, 'consultatie', s.consultation, 'titel', s.title, 'tekst', s.body, 'soort', f.kind, 'onderdeel', f.item,
      'geadresseerde', f.addressee, 'vraag', f.question, 'randvoorwaarde', f.condition, 'rol', f.role, 'uiterlijk', f.due_day,
      'terugWaarom', (SELECT a.returned_why FROM zs.signal_answer AS a WHERE a.forward_id = f.id ORDER BY a.id DESC LIMIT 1)))::text
  FROM zs.signal_link AS l JOIN zs.signal_forward AS f ON f.id = l.forward_id JOIN zs.signal AS s ON s.id = f.signal_id
  WHERE l.token_hash = of_hash
$$;
COMMENT ON FUNCTION zs.signal_link_read(bytea, timestamptz) IS 'What is asked of the addressee whose link has this hash, and whether the link still works; nothing when there is none.';
REVOKE ALL ON FUNCTION zs.signal_link_read(bytea, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.signal_link_read(bytea, timestamptz) TO zs_intake;

CREATE OR REPLACE FUNCTION zs.signal_link_answer(of_hash bytea, at timestamptz, said text, why text, changes text, changes_when text, by_whom text)
  RETURNS int
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  link zs.signal_link;
  about int;
BEGIN
  UPDATE zs.signal_link AS l SET used_at = at
  WHERE l.token_hash = of_hash AND l.used_at IS NULL AND l.ended_at IS NULL AND l.expires_at > at
  RETURNING l.* INTO link;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  INSERT INTO zs.signal_answer (forward_id, link_id, outcome, reason, change, change_when, answered_by, answered_at)
  VALUES (link.forward_id, link.id, said, why, changes, changes_when, by_whom, at);
  UPDATE zs.signal_forward AS f SET state = 'geantwoord' WHERE f.id = link.forward_id RETURNING f.signal_id INTO about;
  UPDATE zs.signal AS s SET revision = s.revision + 1, changed_at = at, changed_by = 'geadresseerde' WHERE s.id = about;
  RETURN about;
END
$$;
COMMENT ON FUNCTION zs.signal_link_answer(bytea, timestamptz, text, text, text, text, text) IS 'Keeps the answer of the addressee whose link has this hash and uses the link up. The number of the signal; 0: the link does not work.';
REVOKE ALL ON FUNCTION zs.signal_link_answer(bytea, timestamptz, text, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.signal_link_answer(bytea, timestamptz, text, text, text, text, text) TO zs_intake;
