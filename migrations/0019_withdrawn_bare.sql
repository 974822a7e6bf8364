-- oldest-binary: 0.1.0
--
-- Of who withdrew nothing stays but the pseudonym, that they came, the days and what they had agreed to. The age (a child), the group
-- (patients) and the day of the incentive stayed too.

ALTER TABLE zs.participant ALTER COLUMN age DROP NOT NULL;
ALTER TABLE zs.participant DROP CONSTRAINT participant_withdrawn_is_bare;
UPDATE zs.participant SET segment_id = NULL, age = NULL, incentive_given_day = NULL WHERE withdrawn_day IS NOT NULL;
ALTER TABLE zs.participant ADD CONSTRAINT participant_withdrawn_is_bare CHECK (CASE WHEN withdrawn_day IS NULL THEN age IS NOT NULL
  ELSE age IS NULL AND background = '{}' AND segment_id IS NULL AND incentive_given_day IS NULL END);
COMMENT ON CONSTRAINT participant_withdrawn_is_bare ON zs.participant IS 'Of who withdrew neither age, background, group nor incentive is known; of anybody else the age is.';
COMMENT ON COLUMN zs.participant.age IS 'onder-16 (a parent''s form is needed), 16-17 or volwassen; NULL once they withdrew.';
