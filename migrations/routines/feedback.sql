-- What somebody who shows their code is told of what became of what they said. Nothing of it is kept: the code says who asks, and what it
-- rests on stands with the signal.

CREATE OR REPLACE FUNCTION zs.signals_fed(passages bigint[]) RETURNS text
  LANGUAGE sql
  STABLE
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH fed AS (
    SELECT DISTINCT s.id, s.title, s.state, s.is_public FROM zs.signal AS s JOIN zs.signal_evidence AS e ON e.signal_id = s.id
    WHERE e.ended_at IS NULL AND (e.passage_id = ANY (passages) OR (e.kind = 'campagne' AND EXISTS (
      SELECT FROM zs.campaign_search AS c JOIN zs.campaign_member AS m ON m.search_id = c.id
      WHERE c.round_id = e.round_id AND c.variable = e.asked->>'variabele' AND c.number = (e.asked->>'zoekactie')::int
        AND m.grouping = (e.asked->>'groep')::int AND m.passage_id = ANY (passages))))
  )
  SELECT jsonb_build_object('signalen', coalesce(jsonb_agg(jsonb_build_object('nummer', f.id, 'titel', f.title, 'stand', f.state)
    ORDER BY f.id DESC) FILTER (WHERE f.is_public), '[]'), 'nietOpenbaar', count(*) FILTER (WHERE NOT f.is_public))::text
  FROM fed AS f
$$;
COMMENT ON FUNCTION zs.signals_fed(bigint[]) IS 'Public signals that rest on these passages, alone or among answers that are alike, and how many there are that are not public: for whoever shows that the passages are theirs.';
REVOKE ALL ON FUNCTION zs.signals_fed(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.signals_fed(bigint[]) TO zs_intake;

CREATE OR REPLACE FUNCTION zs.own_passage_numbers(of_round int, of_response bytea, of_revision int) RETURNS bigint[]
  LANGUAGE sql
  STABLE
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT coalesce(array_agg(p.id ORDER BY p.id), '{}') FROM zs.passage AS p
  WHERE p.round_id = of_round AND p.response_id = of_response AND p.revision = of_revision
$$;
COMMENT ON FUNCTION zs.own_passage_numbers(int, bytea, int) IS 'The numbers of the texts of one response: only with its id, which only its code gives.';
REVOKE ALL ON FUNCTION zs.own_passage_numbers(int, bytea, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.own_passage_numbers(int, bytea, int) TO zs_intake;

CREATE OR REPLACE FUNCTION zs.signal_tables(of_round int) RETURNS text
  LANGUAGE sql
  STABLE
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('nummer', s.id, 'titel', s.title, 'stand', s.state, 'gevraagd', e.asked, 'cijfers', e.figures)
    ORDER BY s.id DESC, e.id), '[]')::text
  FROM zs.signal AS s JOIN zs.signal_evidence AS e ON e.signal_id = s.id
  WHERE s.is_public AND e.kind = 'tabel' AND e.ended_at IS NULL AND e.round_id = of_round
$$;
COMMENT ON FUNCTION zs.signal_tables(int) IS 'The public tables of a round that public signals rest on.';
REVOKE ALL ON FUNCTION zs.signal_tables(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.signal_tables(int) TO zs_intake;

CREATE OR REPLACE FUNCTION zs.releases_counting(of_round int, of_response bytea) RETURNS text
  LANGUAGE sql
  STABLE
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('uitgave', r.number, 'zoalsNu', q.last <= r.log_pos) ORDER BY r.number), '[]')::text
  FROM (SELECT min(x.pos) AS first, max(x.pos) AS last FROM zs.response AS x WHERE x.round_id = of_round AND x.response_id = of_response) AS q
  JOIN zs.release AS r ON r.round_id = of_round AND r.log_pos >= q.first
$$;
COMMENT ON FUNCTION zs.releases_counting(int, bytea) IS 'The releases in which a response that was not withdrawn is counted, and whether as it stands now: only with its id, which only its code gives.';
REVOKE ALL ON FUNCTION zs.releases_counting(int, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.releases_counting(int, bytea) TO zs_intake;

CREATE OR REPLACE FUNCTION zs.answer_vote(of_signal int, of_answer int, is_clear boolean) RETURNS boolean
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  -- Only of what everybody can read.
  INSERT INTO zs.signal_answer_vote AS v (answer_id, clear_count, unclear_count)
  SELECT a.id, is_clear::int, (NOT is_clear)::int FROM zs.signal_answer AS a JOIN zs.signal_forward AS f ON f.id = a.forward_id
  JOIN zs.signal AS s ON s.id = f.signal_id WHERE a.id = of_answer AND s.id = of_signal AND s.is_public AND a.returned_at IS NULL
  ON CONFLICT (answer_id) DO UPDATE SET clear_count = v.clear_count + excluded.clear_count,
    unclear_count = v.unclear_count + excluded.unclear_count;
  RETURN FOUND;
END
$$;
COMMENT ON FUNCTION zs.answer_vote(int, int, boolean) IS 'Counts a vote on an answer that everybody can read; false: there is none such.';
REVOKE ALL ON FUNCTION zs.answer_vote(int, int, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.answer_vote(int, int, boolean) TO zs_intake;
