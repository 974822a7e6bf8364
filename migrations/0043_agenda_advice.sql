-- oldest-binary: 0.1.0
--
-- What the table advises about an item of the agenda when the agenda is looked at again (herijking), by version of the agenda. Advice is
-- never changed: a later one of the same version holds.

CREATE TABLE zs.agenda_advice (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  item text NOT NULL CHECK (item ~ '^[a-z0-9]+([.-][a-z0-9]+)*$' AND length(item) <= 40),
  version int NOT NULL CHECK (version > 0),
  advice text NOT NULL CHECK (advice IN ('houden', 'aanscherpen', 'toevoegen', 'stoppen')),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 5000),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL CHECK (length(created_by) BETWEEN 1 AND 200)
);
COMMENT ON TABLE zs.agenda_advice IS 'What the table advises about an item of the agenda when it is recalibrated. Public, but for who wrote it.';
COMMENT ON COLUMN zs.agenda_advice.id IS 'Row; a later one has a higher number.';
COMMENT ON COLUMN zs.agenda_advice.item IS 'Code of the item.';
COMMENT ON COLUMN zs.agenda_advice.version IS 'The version of the agenda that it is about.';
COMMENT ON COLUMN zs.agenda_advice.advice IS 'To keep it, to sharpen it, to add to it, or to stop it.';
COMMENT ON COLUMN zs.agenda_advice.reason IS 'Why, for citizens to read; lines end in LF.';
COMMENT ON COLUMN zs.agenda_advice.created_at IS 'When it was written down.';
COMMENT ON COLUMN zs.agenda_advice.created_by IS 'Label of who did.';
CREATE INDEX agenda_advice_item ON zs.agenda_advice (item, id);
COMMENT ON INDEX zs.agenda_advice_item IS 'The advice about one item.';
CREATE TRIGGER agenda_advice_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.agenda_advice
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();
CREATE INDEX signal_forward_item ON zs.signal_forward (item, id) WHERE item IS NOT NULL;
COMMENT ON INDEX zs.signal_forward_item IS 'What was passed on to one item of the agenda.';

GRANT SELECT ON zs.agenda_advice TO zs_staff;
GRANT INSERT (item, version, advice, reason, created_by) ON zs.agenda_advice TO zs_staff;
GRANT SELECT (id, item, version, advice, reason, created_at) ON zs.agenda_advice TO zs_results;
