-- oldest-binary: 0.1.0
--
-- Consultations, the frozen versions of their questionnaires, rounds, and the keys of the API.

CREATE TABLE zs.consultation (
  code text PRIMARY KEY CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(code) <= 64),
  document jsonb NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE zs.consultation IS 'One programme of consulting citizens, e.g. biotechnologie-2026.';
COMMENT ON COLUMN zs.consultation.code IS 'Its name in addresses, files and the API.';
COMMENT ON COLUMN zs.consultation.document IS 'The document as published: titles and texts, without the questionnaires.';
COMMENT ON COLUMN zs.consultation.published_at IS 'When this document was published last.';

CREATE TABLE zs.questionnaire_version (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  consultation text NOT NULL REFERENCES zs.consultation (code),
  code text NOT NULL CHECK (length(code) BETWEEN 1 AND 64),
  number int NOT NULL CHECK (number > 0),
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  document jsonb NOT NULL,
  frozen_at timestamptz,
  UNIQUE (consultation, code, number)
);
COMMENT ON TABLE zs.questionnaire_version IS 'A questionnaire as people were or will be asked it. Never changes once it is frozen.';
COMMENT ON COLUMN zs.questionnaire_version.id IS 'What a response refers to.';
COMMENT ON COLUMN zs.questionnaire_version.consultation IS 'Whose questionnaire it is.';
COMMENT ON COLUMN zs.questionnaire_version.code IS 'Which questionnaire of the consultation.';
COMMENT ON COLUMN zs.questionnaire_version.number IS 'Version number, from 1.';
COMMENT ON COLUMN zs.questionnaire_version.sha256 IS 'SHA-256 of the canonical form of the document.';
COMMENT ON COLUMN zs.questionnaire_version.document IS 'Questions, routing and explainers, resolved: nothing outside it is needed.';
COMMENT ON COLUMN zs.questionnaire_version.frozen_at IS 'When the first round that uses it opened; NULL before.';

CREATE FUNCTION zs.refuse_change_of_frozen() RETURNS trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF OLD.frozen_at IS NOT NULL THEN
    RAISE EXCEPTION 'questionnaire version % is frozen: people answered it', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN coalesce(NEW, OLD);
END
$$;
COMMENT ON FUNCTION zs.refuse_change_of_frozen() IS 'Trigger of zs.questionnaire_version: a frozen version stays as it is.';
CREATE TRIGGER questionnaire_version_stays_frozen BEFORE UPDATE OR DELETE ON zs.questionnaire_version
  FOR EACH ROW EXECUTE FUNCTION zs.refuse_change_of_frozen();

CREATE TABLE zs.round (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text NOT NULL UNIQUE CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(code) <= 64),
  consultation text NOT NULL REFERENCES zs.consultation (code),
  questionnaire_version int NOT NULL REFERENCES zs.questionnaire_version (id),
  document jsonb NOT NULL DEFAULT '{}',
  status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'open', 'closed')),
  opens_at timestamptz NOT NULL,
  closes_at timestamptz NOT NULL CHECK (closes_at > opens_at),
  destruction_date date NOT NULL CHECK (destruction_date > (closes_at AT TIME ZONE 'UTC')::date),
  is_pilot boolean NOT NULL DEFAULT false,
  interim text NOT NULL DEFAULT 'gesloten' CHECK (interim IN ('gesloten', 'analisten', 'openbaar')),
  created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE zs.round IS 'One wave of a consultation, with one frozen version of its questionnaire.';
COMMENT ON COLUMN zs.round.id IS 'Also the key of its partition of zs.response.';
COMMENT ON COLUMN zs.round.code IS 'Its name in addresses and the API.';
COMMENT ON COLUMN zs.round.consultation IS 'What it is a round of.';
COMMENT ON COLUMN zs.round.questionnaire_version IS 'What is asked in it.';
COMMENT ON COLUMN zs.round.document IS 'The round''s own part of the document: title, variants, links that stand for a stream.';
COMMENT ON COLUMN zs.round.status IS 'draft, open or closed, as an administrator set it; it takes answers only between opens_at and closes_at as well.';
COMMENT ON COLUMN zs.round.opens_at IS 'From when it takes answers.';
COMMENT ON COLUMN zs.round.closes_at IS 'Until when it takes answers and corrections.';
COMMENT ON COLUMN zs.round.destruction_date IS 'From this day on the answers are destroyed; until then citizens may read back and withdraw.';
COMMENT ON COLUMN zs.round.is_pilot IS 'A trial (proefronde): never counted.';
COMMENT ON COLUMN zs.round.interim IS 'Who may see results before it closes (tussenstand): gesloten, analisten or openbaar.';
COMMENT ON COLUMN zs.round.created_at IS 'When it was made.';

CREATE TABLE zs.api_key (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  label text NOT NULL CHECK (length(label) BETWEEN 1 AND 200),
  hash bytea NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
  scopes text[] NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  last_used_day date
);
COMMENT ON TABLE zs.api_key IS 'Bearer keys of the API. The key itself is shown once and never stored.';
COMMENT ON COLUMN zs.api_key.id IS 'What an administrator calls it by.';
COMMENT ON COLUMN zs.api_key.label IS 'Who holds it; the actor in the audit log.';
COMMENT ON COLUMN zs.api_key.hash IS 'Keyed hash of the key.';
COMMENT ON COLUMN zs.api_key.scopes IS 'What it may do: analist, inname.';
COMMENT ON COLUMN zs.api_key.created_at IS 'When it was issued.';
COMMENT ON COLUMN zs.api_key.expires_at IS 'When it stops by itself.';
COMMENT ON COLUMN zs.api_key.revoked_at IS 'When it was revoked; NULL while it is valid.';
COMMENT ON COLUMN zs.api_key.last_used_day IS 'The last day on which it was used.';

GRANT SELECT ON zs.consultation, zs.questionnaire_version, zs.round TO zs_intake, zs_staff, zs_results, zs_audit;
GRANT INSERT ON zs.consultation, zs.questionnaire_version, zs.round TO zs_staff;
GRANT UPDATE (document, published_at) ON zs.consultation TO zs_staff;
GRANT UPDATE (sha256, document, frozen_at) ON zs.questionnaire_version TO zs_staff;
GRANT UPDATE (questionnaire_version, document, status, opens_at, closes_at, destruction_date, is_pilot, interim) ON zs.round
  TO zs_staff;
GRANT SELECT, INSERT ON zs.api_key TO zs_staff;
GRANT UPDATE (revoked_at, last_used_day) ON zs.api_key TO zs_staff;
