-- A message to the table: what its sender may do with a code, and how its text goes.

CREATE OR REPLACE FUNCTION zs.message_hold(of_message int) RETURNS text
  LANGUAGE sql
  STABLE
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT h.reason FROM zs.retention_hold AS h
  WHERE h.of_messages AND (h.message_id IS NULL OR h.message_id = of_message) AND h.released_at IS NULL
    AND (h.until_date IS NULL OR h.until_date >= (now() AT TIME ZONE 'UTC')::date)
  ORDER BY h.id LIMIT 1
$$;
COMMENT ON FUNCTION zs.message_hold(int) IS 'On what ground an order stands not to destroy the message: woo, kamer or rechter, of the oldest; NULL: none does.';
REVOKE ALL ON FUNCTION zs.message_hold(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.message_hold(int) TO zs_intake, zs_staff;

CREATE OR REPLACE FUNCTION zs.message_send(of_hash bytea, who text, named text, in_language text, about_values text[], about text, said text,
  suspect boolean, on_day date, until_day date) RETURNS text
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  INSERT INTO zs.message (code_hash, sender, organisation, language, value_codes, application, body, is_suspect, received_day, destroy_day)
  VALUES (of_hash, who, named, in_language, about_values, about, said, suspect, on_day, until_day) ON CONFLICT (code_hash) DO NOTHING;
  IF FOUND THEN
    RETURN 'nieuw';
  END IF;
  -- As it was sent: what the table marked since does not make it another.
  RETURN CASE WHEN EXISTS (SELECT FROM zs.message AS m WHERE m.code_hash = of_hash AND m.sender = who
    AND m.organisation IS NOT DISTINCT FROM named AND m.body = said) THEN 'zelfde' ELSE 'anders' END;
END
$$;
COMMENT ON FUNCTION zs.message_send(bytea, text, text, text, text[], text, text, boolean, date, date) IS 'Keeps a message under the hash of its code. nieuw: it is kept; zelfde: it was before; anders: this code has another one.';
REVOKE ALL ON FUNCTION zs.message_send(bytea, text, text, text, text[], text, text, boolean, date, date) FROM PUBLIC;
-- Staff too: the example of invented data has messages.
GRANT EXECUTE ON FUNCTION zs.message_send(bytea, text, text, text, text[], text, text, boolean, date, date) TO zs_intake, zs_staff;

CREATE OR REPLACE FUNCTION zs.message_read(of_hash bytea) RETURNS text
  LANGUAGE sql
  STABLE
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT jsonb_strip_nulls(jsonb_build_object('afzender', m.sender, 'organisatie', m.organisation, 'waarden', to_jsonb(m.value_codes),
    'toepassing', m.application, 'tekst', m.body, 'taal', m.language, 'stand', m.state, 'soortReden', m.aside_kind, 'reden', m.aside_told,
    'openbaar', m.is_public, 'ontvangenOp', m.received_day, 'vernietigenOp', m.destroy_day,
    'bewaardOm', CASE WHEN m.body IS NOT NULL AND m.destroy_day <= (now() AT TIME ZONE 'Europe/Amsterdam')::date THEN zs.message_hold(m.id) END,
    'signalen', (SELECT coalesce(jsonb_agg(jsonb_build_object('nummer', s.id, 'titel', s.title, 'stand', s.state,
      'allenGeantwoord', s.state = 'doorgeleid' AND EXISTS (SELECT FROM zs.signal_forward AS f WHERE f.signal_id = s.id)
        AND NOT EXISTS (SELECT FROM zs.signal_forward AS f WHERE f.signal_id = s.id AND f.state <> 'geantwoord')) ORDER BY s.id), '[]')
      FROM zs.signal AS s WHERE s.is_public AND EXISTS (SELECT FROM zs.signal_evidence AS e
        WHERE e.signal_id = s.id AND e.passage_id = m.passage_id AND e.ended_at IS NULL)),
    'nietOpenbaar', (SELECT count(*) FROM zs.signal AS s WHERE NOT s.is_public AND EXISTS (SELECT FROM zs.signal_evidence AS e
        WHERE e.signal_id = s.id AND e.passage_id = m.passage_id AND e.ended_at IS NULL))))::text
  FROM zs.message AS m WHERE m.code_hash = of_hash
$$;
COMMENT ON FUNCTION zs.message_read(bytea) IS 'The message whose code has this hash, and what became of it; nothing when there is none.';
REVOKE ALL ON FUNCTION zs.message_read(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.message_read(bytea) TO zs_intake;

-- Takes everything away that somebody said; who reads the message by its code still finds that it was there.
CREATE OR REPLACE FUNCTION zs.message_empty(of_message int, to_what text) RETURNS void
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  UPDATE zs.message AS m SET body = NULL, organisation = NULL, value_codes = '{}', application = NULL, is_public = false, aside_kind = NULL,
    aside_told = NULL, state = to_what, code_hash = CASE WHEN to_what = 'vernietigd' THEN NULL ELSE m.code_hash END, revision = m.revision + 1
  WHERE m.id = of_message;
END
$$;
COMMENT ON FUNCTION zs.message_empty(int, text) IS 'Empties a message: ingetrokken, by its sender, or vernietigd, since it had its time.';
REVOKE ALL ON FUNCTION zs.message_empty(int, text) FROM PUBLIC;

CREATE OR REPLACE FUNCTION zs.message_withdraw(of_hash bytea) RETURNS boolean
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  the_message zs.message;
BEGIN
  SELECT * INTO the_message FROM zs.message AS m WHERE m.code_hash = of_hash FOR UPDATE;
  IF the_message.id IS NULL THEN
    RETURN false;
  END IF;
  IF the_message.body IS NOT NULL THEN
    PERFORM zs.message_empty(the_message.id, 'ingetrokken');
    INSERT INTO zs.erasure (round_id, response_id) VALUES (NULL, the_message.erasure_key) ON CONFLICT DO NOTHING;
  END IF;
  RETURN true;
END
$$;
COMMENT ON FUNCTION zs.message_withdraw(bytea) IS 'Withdraws the message whose code has this hash: its text is gone, and the ledger of erasures says so. False: there is none.';
REVOKE ALL ON FUNCTION zs.message_withdraw(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.message_withdraw(bytea) TO zs_intake;

CREATE OR REPLACE FUNCTION zs.message_redact(of_message int, read_revision int, new_body text) RETURNS boolean
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  old_passage bigint;
  new_passage bigint;
BEGIN
  SELECT m.passage_id INTO old_passage FROM zs.message AS m
  WHERE m.id = of_message AND m.revision = read_revision AND m.body IS NOT NULL FOR UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE zs.message AS m SET body = new_body, passage_id = nextval('zs.passage_id_seq'), revision = m.revision + 1
  WHERE m.id = of_message RETURNING m.passage_id INTO new_passage;
  -- What rests on it goes along; of the old text nothing is left.
  UPDATE zs.signal_evidence AS e SET passage_id = new_passage WHERE e.passage_id = old_passage;
  UPDATE zs.case_evidence AS e SET passage_id = new_passage WHERE e.passage_id = old_passage;
  UPDATE zs.framework_passage AS f SET passage_id = new_passage WHERE f.passage_id = old_passage;
  RETURN true;
END
$$;
COMMENT ON FUNCTION zs.message_redact(int, int, text) IS 'Puts a text without personal data in the place of the one that was read, which is gone. False: it is not as it was read.';
REVOKE ALL ON FUNCTION zs.message_redact(int, int, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.message_redact(int, int, text) TO zs_staff;

CREATE OR REPLACE FUNCTION zs.messages_due(on_day date)
  RETURNS TABLE (due bigint, held bigint)
  LANGUAGE sql
  STABLE
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT count(*) FILTER (WHERE d.reason IS NULL), count(*) FILTER (WHERE d.reason IS NOT NULL)
  FROM (SELECT zs.message_hold(m.id) AS reason FROM zs.message AS m WHERE m.destroy_day <= on_day AND m.state <> 'vernietigd') AS d
$$;
COMMENT ON FUNCTION zs.messages_due(date) IS 'How many messages had their time by that day: those that may be destroyed, and those that a hold keeps.';
REVOKE ALL ON FUNCTION zs.messages_due(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.messages_due(date) TO zs_staff;

CREATE OR REPLACE FUNCTION zs.messages_destroy(on_day date, most int)
  RETURNS TABLE (citizens int, organisations int, withdrawn int, numbers text, first_day date, last_day date)
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  -- Whoever places a hold waits for this, or this for them.
  PERFORM pg_advisory_xact_lock(20, 0);
  RETURN QUERY WITH gone AS (
    SELECT m.id, m.sender, m.body IS NULL AS is_bare, m.received_day AS day FROM zs.message AS m
    WHERE m.destroy_day <= on_day AND m.state <> 'vernietigd' AND zs.message_hold(m.id) IS NULL
    ORDER BY m.id LIMIT most FOR UPDATE OF m SKIP LOCKED
  ), emptied AS (
    SELECT g.*, g.id - row_number() OVER (ORDER BY g.id) AS run, zs.message_empty(g.id, 'vernietigd') FROM gone AS g
  ), runs AS (
    -- Numbers that follow each other as one: "3, 5-9".
    SELECT min(e.id) AS at, concat_ws('-', min(e.id), nullif(max(e.id), min(e.id))) AS text FROM emptied AS e GROUP BY e.run
  )
  SELECT (count(*) FILTER (WHERE e.sender = 'burger' AND NOT e.is_bare))::int, (count(*) FILTER (WHERE e.sender = 'organisatie' AND NOT e.is_bare))::int,
    (count(*) FILTER (WHERE e.is_bare))::int, (SELECT string_agg(r.text, ', ' ORDER BY r.at) FROM runs AS r), min(e.day), max(e.day)
  FROM emptied AS e;
END
$$;
COMMENT ON FUNCTION zs.messages_destroy(date, int) IS 'Destroys messages that had their time by that day, but for those that a hold keeps, at most so many; tells how many of citizens, of organisations, and withdrawn before, which numbers, and between which days they came.';
REVOKE ALL ON FUNCTION zs.messages_destroy(date, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.messages_destroy(date, int) TO zs_staff;

CREATE OR REPLACE FUNCTION zs.messages_expire(on_day date, most int) RETURNS int
  LANGUAGE sql
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT 0
$$;
COMMENT ON FUNCTION zs.messages_expire(date, int) IS 'Destroys nothing: an older program, which calls it, knows no hold and makes no statement. zs.messages_destroy does.';
REVOKE ALL ON FUNCTION zs.messages_expire(date, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zs.messages_expire(date, int) TO zs_staff;

CREATE OR REPLACE FUNCTION zs.message_replay(of_key bytea) RETURNS boolean
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  the_message int;
BEGIN
  IF EXISTS (SELECT FROM zs.erasure AS e WHERE e.round_id IS NULL AND e.response_id = of_key) THEN
    RETURN false;
  END IF;
  SELECT m.id INTO the_message FROM zs.message AS m WHERE m.erasure_key = of_key AND m.body IS NOT NULL FOR UPDATE;
  IF the_message IS NOT NULL THEN
    PERFORM zs.message_empty(the_message, 'ingetrokken');
  END IF;
  INSERT INTO zs.erasure (round_id, response_id) VALUES (NULL, of_key) ON CONFLICT DO NOTHING;
  RETURN the_message IS NOT NULL;
END
$$;
COMMENT ON FUNCTION zs.message_replay(bytea) IS 'Withdraws again a message that the ledger names; true when it had come back.';
REVOKE ALL ON FUNCTION zs.message_replay(bytea) FROM PUBLIC;
