-- oldest-binary: 0.1.0
--
-- Whose words may be used is said in one place. zs.evidence said it for texts alone; what was coded on them went on being counted when
-- somebody took back their consent without withdrawing.

CREATE VIEW zs.participant_open AS
  SELECT p.id AS participant_id, p.conversation_id, c.round_id, coalesce(n.quotes, false) AS quotes, coalesce(n.archive, false) AS archive,
    -- consent_lacks() says the same before a text is loaded.
    coalesce(p.standing = 'gekomen' AND p.withdrawn_day IS NULL AND n.takes_part AND (p.age <> 'onder-16' OR n.by_parent)
      AND (v.source IS DISTINCT FROM 'opname' OR n.recording), false) AS is_open
  FROM zs.participant AS p
    JOIN zs.conversation AS c ON c.id = p.conversation_id
    LEFT JOIN zs.transcript_version AS v ON v.conversation_id = p.conversation_id AND v.is_current
    LEFT JOIN LATERAL (
      SELECT s.takes_part, s.recording, s.quotes, s.archive, s.by_parent FROM zs.consent AS s
      WHERE s.participant_id = p.id ORDER BY s.id DESC LIMIT 1
    ) AS n ON true;
COMMENT ON VIEW zs.participant_open IS 'Of each participant whether what they said may be used now: they came, did not withdraw, and their newest consent (a parent''s under 16) allows it.';
COMMENT ON COLUMN zs.participant_open.participant_id IS 'The participant.';
COMMENT ON COLUMN zs.participant_open.conversation_id IS 'Their conversation.';
COMMENT ON COLUMN zs.participant_open.round_id IS 'Its round.';
COMMENT ON COLUMN zs.participant_open.quotes IS 'They may be quoted word for word.';
COMMENT ON COLUMN zs.participant_open.archive IS 'What they said may be archived.';
COMMENT ON COLUMN zs.participant_open.is_open IS 'What they said in the newest version of the transcript may be used; where there is none yet, that they take part.';

CREATE OR REPLACE VIEW zs.evidence AS
  SELECT p.id, p.round_id, 'open-antwoord'::text AS kind, p.language, p.created_day AS day, p.body, p.response_id, p.revision, p.variable,
    NULL::int AS conversation_id, NULL::text AS method, NULL::text AS speaker, NULL::int AS participant_id, NULL::text AS part,
    NULL::int AS place, NULL::boolean AS quotes, NULL::boolean AS archive
  FROM zs.passage AS p
  UNION ALL
  SELECT t.id, c.round_id, t.kind, c.language, c.day, t.body, NULL, NULL, NULL,
    c.id, c.kind, t.speaker, t.participant_id, t.part, l.place,
    CASE WHEN t.participant_id IS NOT NULL THEN coalesce(o.quotes AND t.kind = 'uitspraak' AND v.source = 'opname', false) END,
    CASE WHEN t.participant_id IS NOT NULL THEN coalesce(o.archive AND t.kind <> 'weggelaten', false) END
  FROM zs.transcript_version AS v
    JOIN zs.transcript_turn AS l ON l.version_id = v.id
    JOIN zs.turn AS t ON t.id = l.turn_id
    JOIN zs.conversation AS c ON c.id = v.conversation_id
    LEFT JOIN zs.participant_open AS o ON o.participant_id = t.participant_id
  WHERE v.is_current AND t.body IS NOT NULL AND (t.participant_id IS NULL OR t.kind = 'weggelaten' OR o.is_open);

-- Found again passage by passage, so that what is asked for ends with a page.
CREATE INDEX coding_counts_passage ON zs.coding (round_id, passage_id) WHERE ended_at IS NULL AND counts;
COMMENT ON INDEX zs.coding_counts_passage IS 'For what counts of a round, by passage.';

GRANT SELECT ON zs.participant_open TO zs_staff;

COMMENT ON COLUMN zs.api_key.scopes IS 'What it may do: analist (true tables), gesprekken (what was said, with its codes), inname (send responses), microdata (a row for each response).';
