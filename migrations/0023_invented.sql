-- oldest-binary: 0.1.0
--
-- Consultations of invented data, to look at and to try things on. What one is, it is from its first day: nothing that
-- was given by people can ever be marked as invented, and nothing that was invented as given by people.

ALTER TABLE zs.consultation ADD COLUMN invented boolean NOT NULL DEFAULT false
  CONSTRAINT consultation_invented_is_named_so CHECK (NOT invented OR code LIKE '%verzonnen%');
COMMENT ON COLUMN zs.consultation.invented IS 'Its data are invented. Never changes; its code says so too.';

CREATE FUNCTION zs.refuse_change_of_invented() RETURNS trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RAISE EXCEPTION 'consultation % is of % data, and stays so', OLD.code, CASE WHEN OLD.invented THEN 'invented' ELSE 'real' END
    USING ERRCODE = 'integrity_constraint_violation';
END
$$;
COMMENT ON FUNCTION zs.refuse_change_of_invented() IS 'Trigger of zs.consultation: invented or real, for good.';
CREATE TRIGGER consultation_stays_invented BEFORE UPDATE ON zs.consultation
  FOR EACH ROW WHEN (OLD.invented IS DISTINCT FROM NEW.invented) EXECUTE FUNCTION zs.refuse_change_of_invented();
COMMENT ON TRIGGER consultation_stays_invented ON zs.consultation IS 'See zs.refuse_change_of_invented.';
