-- oldest-binary: 0.1.0
--
-- What a participant said is evidence for as long as they agree to it. Consent is noted anew when somebody changes their mind, and an
-- age may turn out to be another: before, the view went on showing what was loaded under the older row.

CREATE OR REPLACE VIEW zs.evidence AS
  SELECT p.id, p.round_id, 'open-antwoord'::text AS kind, p.language, p.created_day AS day, p.body, p.response_id, p.revision, p.variable,
    NULL::int AS conversation_id, NULL::text AS method, NULL::text AS speaker, NULL::int AS participant_id, NULL::text AS part,
    NULL::int AS place, NULL::boolean AS quotes, NULL::boolean AS archive
  FROM zs.passage AS p
  UNION ALL
  SELECT t.id, c.round_id, t.kind, c.language, c.day, t.body, NULL, NULL, NULL,
    c.id, c.kind, t.speaker, t.participant_id, t.part, l.place,
    CASE WHEN t.participant_id IS NOT NULL THEN coalesce(n.quotes AND t.kind = 'uitspraak' AND v.source = 'opname', false) END,
    CASE WHEN t.participant_id IS NOT NULL THEN coalesce(n.archive AND t.kind <> 'weggelaten', false) END
  FROM zs.transcript_version AS v
    JOIN zs.transcript_turn AS l ON l.version_id = v.id
    JOIN zs.turn AS t ON t.id = l.turn_id
    JOIN zs.conversation AS c ON c.id = v.conversation_id
    LEFT JOIN zs.participant AS p ON p.id = t.participant_id
    LEFT JOIN LATERAL (
      SELECT s.takes_part, s.recording, s.quotes, s.archive, s.by_parent FROM zs.consent AS s
      WHERE s.participant_id = p.id ORDER BY s.id DESC LIMIT 1
    ) AS n ON true
  WHERE v.is_current AND t.body IS NOT NULL
    -- consent_lacks() says the same before a text is loaded.
    AND (t.participant_id IS NULL OR t.kind = 'weggelaten' OR (
      p.standing = 'gekomen' AND p.withdrawn_day IS NULL AND n.takes_part AND (p.age <> 'onder-16' OR n.by_parent)
      AND (v.source <> 'opname' OR n.recording)));
COMMENT ON VIEW zs.evidence IS 'Every passage that stands: open answers, and the turns of the newest version of each transcript. Of a participant only those that their newest consent, and a parent''s under 16, still allows.';
COMMENT ON COLUMN zs.evidence.quotes IS 'May be quoted word for word: the participant agreed, and it was recorded. NULL: not a participant''s.';
COMMENT ON COLUMN zs.evidence.archive IS 'May be archived for other research: the participant agreed. NULL: not a participant''s.';
