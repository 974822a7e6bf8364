-- oldest-binary: 0.1.0
--
-- A key may be for one consultation alone, as a role is.

ALTER TABLE zs.api_key ADD COLUMN consultation text REFERENCES zs.consultation;
COMMENT ON COLUMN zs.api_key.consultation IS 'Where its scopes hold; NULL: for every consultation.';
