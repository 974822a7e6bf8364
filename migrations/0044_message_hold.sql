-- oldest-binary: 0.1.0
--
-- What people told the table of their own accord is destroyed as a round is: never under an order that it is wanted for, and with a
-- statement. What had its time and is kept for an order alone is evidence of nothing and read by nobody else.

ALTER TABLE zs.retention_hold ALTER COLUMN consultation DROP NOT NULL;
ALTER TABLE zs.retention_hold ADD COLUMN of_messages boolean NOT NULL DEFAULT false,
  ADD COLUMN message_id int REFERENCES zs.message (id);
ALTER TABLE zs.retention_hold ADD CONSTRAINT retention_hold_subject CHECK ((consultation IS NULL) = of_messages
  AND (round_id IS NULL OR NOT of_messages) AND (message_id IS NULL OR of_messages));
COMMENT ON TABLE zs.retention_hold IS 'Orders not to destroy yet: a round, any round of a consultation, a message to the table, or all of those. Whoever said it goes on withdrawing.';
COMMENT ON COLUMN zs.retention_hold.consultation IS 'Whose rounds; NULL: messages to the table.';
COMMENT ON COLUMN zs.retention_hold.round_id IS 'The one round; NULL: all rounds of the consultation, or no round at all.';
COMMENT ON COLUMN zs.retention_hold.of_messages IS 'It is about messages to the table.';
COMMENT ON COLUMN zs.retention_hold.message_id IS 'The one message; NULL: all messages, or none at all.';
COMMENT ON CONSTRAINT retention_hold_subject ON zs.retention_hold IS 'It is about rounds or about messages.';
GRANT INSERT (of_messages, message_id) ON zs.retention_hold TO zs_staff;

CREATE TABLE zs.message_destruction (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  destroyed_at timestamptz NOT NULL DEFAULT now(),
  destroyed_by text NOT NULL CHECK (length(destroyed_by) BETWEEN 1 AND 200),
  statement jsonb NOT NULL
);
COMMENT ON TABLE zs.message_destruction IS 'The statements of destruction (verklaring van vernietiging) of messages to the table that had their time: one for all that went at once, kept for good.';
COMMENT ON COLUMN zs.message_destruction.id IS 'Number; a later one is higher.';
COMMENT ON COLUMN zs.message_destruction.destroyed_at IS 'Start of the transaction that destroyed them.';
COMMENT ON COLUMN zs.message_destruction.destroyed_by IS 'Label of who gave the order; system for the periodic job.';
COMMENT ON COLUMN zs.message_destruction.statement IS 'What, how many, on what ground, how, when, by whom. Without personal data.';
CREATE TRIGGER message_destruction_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.message_destruction
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();
GRANT SELECT ON zs.message_destruction TO zs_staff;
GRANT INSERT (destroyed_by, statement) ON zs.message_destruction TO zs_staff;

CREATE OR REPLACE VIEW zs.message_public AS
  SELECT m.id, m.organisation, m.language, m.value_codes, m.application, m.body, m.received_day FROM zs.message AS m
  WHERE m.is_public AND m.destroy_day > (now() AT TIME ZONE 'Europe/Amsterdam')::date;
COMMENT ON VIEW zs.message_public IS 'What everybody may read: messages of organisations that somebody of the table looked at, until their time has come.';

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
  WHERE v.is_current AND t.body IS NOT NULL AND (t.participant_id IS NULL OR t.kind = 'weggelaten' OR o.is_open)
  UNION ALL
  SELECT m.passage_id, NULL::int, 'bericht', m.language, m.received_day, m.body, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    m.is_public, false
  FROM zs.message AS m
  WHERE m.state IN ('nieuw', 'gelezen') AND m.destroy_day > (now() AT TIME ZONE 'Europe/Amsterdam')::date;
COMMENT ON VIEW zs.evidence IS 'Every passage that stands: open answers, the turns of the newest version of each transcript, and messages to the table. Of a participant only those that their newest consent, and a parent''s under 16, still allows; of messages those that were not set aside and did not have their time.';
