-- oldest-binary: 0.1.0
--
-- What a key is for. Who sees true numbers or rows says so beforehand, and each call that is made with the key says it again on
-- the audit log. Keys of before have none and go on working.

ALTER TABLE zs.api_key ADD COLUMN purpose text;
ALTER TABLE zs.api_key ADD CONSTRAINT api_key_purpose CHECK (length(purpose) BETWEEN 1 AND 500);
COMMENT ON COLUMN zs.api_key.purpose IS 'What its holder needs it for, as said when it was issued; asked of analist and microdata. NULL: nobody said.';
COMMENT ON CONSTRAINT api_key_purpose ON zs.api_key IS 'A sentence or two.';
COMMENT ON COLUMN zs.api_key.scopes IS 'What it may do: analist (true tables), inname (send responses), microdata (a row for each response).';
