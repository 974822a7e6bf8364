-- Whether what is to be destroyed was archived first.

CREATE OR REPLACE FUNCTION zs.archive_marks(of_consultation text)
  RETURNS TABLE (round_id int, log_pos bigint, release_number int, changed_at timestamptz)
  LANGUAGE sql
  STABLE
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  -- Who withdraws takes something away that no package holds: that asks for no new one.
  SELECT r.id,
    coalesce((SELECT max(e.pos) FROM zs.response AS e WHERE e.round_id = r.id AND e.kind <> 3), 0),
    coalesce((SELECT max(l.number) FROM zs.release AS l WHERE l.round_id = r.id), 0),
    coalesce((SELECT max(s.changed_at) FROM zs.signal AS s WHERE s.consultation = r.consultation), '-infinity')
  FROM zs.round AS r WHERE r.consultation = of_consultation AND r.status <> 'draft' AND NOT r.is_pilot
$$;
COMMENT ON FUNCTION zs.archive_marks(text) IS 'How far each round of a consultation is: last answer, newest release, last change of a signal.';
REVOKE ALL ON FUNCTION zs.archive_marks(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.archive_marks(text) TO zs_staff;

CREATE OR REPLACE FUNCTION zs.round_archived(of_round int) RETURNS boolean
  LANGUAGE sql
  STABLE
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  -- Of a pilot, of invented data, and where nobody answered there is nothing to archive.
  SELECT r.is_pilot OR c.invented OR coalesce(m.log_pos, 0) = 0 OR EXISTS (
    SELECT FROM zs.archive_round AS a
    WHERE a.round_id = r.id AND a.log_pos >= m.log_pos AND a.release_number >= m.release_number AND a.changed_at >= m.changed_at)
  FROM zs.round AS r
  JOIN zs.consultation AS c ON c.code = r.consultation
  LEFT JOIN LATERAL (SELECT * FROM zs.archive_marks(r.consultation) AS k WHERE k.round_id = r.id) AS m ON true
  WHERE r.id = of_round
$$;
COMMENT ON FUNCTION zs.round_archived(int) IS 'Whether a package for the archive was made after the last change of a round, or none is needed.';
REVOKE ALL ON FUNCTION zs.round_archived(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.round_archived(int) TO zs_staff;
