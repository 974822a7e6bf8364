-- oldest-binary: 0.1.0
--
-- What citizens are told of signals: since when one is public, and what happened to it, from catching it to the last answer. A step that was
-- taken before a signal became public is told from then on, and not earlier.

ALTER TABLE zs.signal ADD COLUMN published_at timestamptz;
COMMENT ON COLUMN zs.signal.published_at IS 'Since when everybody may read it; NULL: they may not.';
UPDATE zs.signal SET published_at = changed_at WHERE is_public;
ALTER TABLE zs.signal ADD CONSTRAINT signal_published CHECK (is_public = (published_at IS NOT NULL));
COMMENT ON CONSTRAINT signal_published ON zs.signal IS 'What is public has been so since some time.';

CREATE FUNCTION zs.signal_note_published() RETURNS trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF NOT NEW.is_public THEN
    NEW.published_at := NULL;
  ELSIF NEW.published_at IS NULL THEN
    NEW.published_at := now();
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION zs.signal_note_published() IS 'Trigger of zs.signal: notes when it became public, whoever made it so.';
REVOKE ALL ON FUNCTION zs.signal_note_published() FROM PUBLIC;
CREATE TRIGGER signal_published BEFORE INSERT OR UPDATE ON zs.signal FOR EACH ROW EXECUTE FUNCTION zs.signal_note_published();

CREATE INDEX signal_feedback ON zs.signal (consultation, id) WHERE is_public;
COMMENT ON INDEX zs.signal_feedback IS 'What everybody may read of a consultation, newest first.';

GRANT SELECT (published_at) ON zs.signal TO zs_results;

-- Passing on is told by whom it went to, and an answer by who gave it: the steps of the signal that go with those are not told twice.
CREATE VIEW zs.signal_event AS
  SELECT s.id AS signal_id, 'begin'::text AS part, 1 AS id, greatest(s.created_at, s.published_at) AS happened_at, 'gehoord'::text AS what,
    NULL::text AS told, NULL::text AS addressee, NULL::text AS kind, NULL::text AS item, NULL::text AS outcome, NULL::text AS change,
    NULL::text AS change_when
  FROM zs.signal AS s WHERE s.is_public
  UNION ALL
  SELECT s.id, 'stap', t.id, greatest(t.created_at, s.published_at), CASE t.to_state WHEN 'opgevangen' THEN 'opnieuw'
    WHEN 'gewogen' THEN 'besproken' WHEN 'teruggekoppeld' THEN 'klaar' ELSE 'niet-doorgegeven' END, t.told, NULL, NULL, NULL, NULL, NULL, NULL
  FROM zs.signal AS s JOIN zs.signal_step AS t ON t.signal_id = s.id WHERE s.is_public AND t.to_state NOT IN ('doorgeleid', 'beantwoord')
  UNION ALL
  SELECT s.id, 'doorgeleiding', f.id, greatest(f.created_at, s.published_at), 'doorgegeven', f.question, f.addressee, f.kind, f.item, NULL, NULL, NULL
  FROM zs.signal AS s JOIN zs.signal_forward AS f ON f.signal_id = s.id WHERE s.is_public
  UNION ALL
  SELECT s.id, 'antwoord', a.id, greatest(a.answered_at, s.published_at), 'antwoord', a.reason, f.addressee, f.kind, f.item, a.outcome, a.change,
    a.change_when
  FROM zs.signal AS s JOIN zs.signal_forward AS f ON f.signal_id = s.id JOIN zs.signal_answer AS a ON a.forward_id = f.id
  WHERE s.is_public AND a.returned_at IS NULL;
COMMENT ON VIEW zs.signal_event IS 'What happened to public signals, in the plain states that citizens are told. An answer that was sent back is not there.';
COMMENT ON COLUMN zs.signal_event.signal_id IS 'The signal.';
COMMENT ON COLUMN zs.signal_event.part IS 'What it is made of: begin, stap, doorgeleiding, antwoord.';
COMMENT ON COLUMN zs.signal_event.id IS 'Its row there; 1 of the begin. With part it names the event for ever.';
COMMENT ON COLUMN zs.signal_event.happened_at IS 'When it happened, or when the signal became public where that was later.';
COMMENT ON COLUMN zs.signal_event.what IS 'gehoord, opnieuw, besproken, doorgegeven, antwoord, klaar or niet-doorgegeven.';
COMMENT ON COLUMN zs.signal_event.told IS 'The reason, the question or the answer.';
COMMENT ON COLUMN zs.signal_event.addressee IS 'To whom it was passed on, or who answered.';
COMMENT ON COLUMN zs.signal_event.kind IS 'What they are.';
COMMENT ON COLUMN zs.signal_event.item IS 'Code of the item of the agenda; NULL: it is none.';
COMMENT ON COLUMN zs.signal_event.outcome IS 'Of an answer: taken over, in part, not, looked into further, or later.';
COMMENT ON COLUMN zs.signal_event.change IS 'Of an answer: what changes.';
COMMENT ON COLUMN zs.signal_event.change_when IS 'And when, in words.';
GRANT SELECT ON zs.signal_event TO zs_results, zs_staff;
