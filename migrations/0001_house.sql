-- oldest-binary: 0.1.0
--
-- The house: the roles that the service takes on, the installation it belongs to, and the audit log.
--
-- The owner is whoever migrates. The service logs in as a user of its own that is a member of zs_service, and takes on one of
-- four roles for each piece of work (SET LOCAL ROLE). Roles belong to the whole cluster: they may be there already, made by an
-- administrator or by another database. What is missing is made, which asks for CREATEROLE.

COMMENT ON SCHEMA zs IS 'Zevenstem: citizen consultation. Owned by the role that migrates; the service''s roles may use it, not change it.';

DO $$
DECLARE
  work_roles constant text[] := ARRAY['zs_intake', 'zs_staff', 'zs_results', 'zs_audit'];
  role_name text;
  tries int := 0;
BEGIN
  -- Tried again when another database's migration makes the same roles at the same time.
  LOOP
    BEGIN
      FOREACH role_name IN ARRAY work_roles LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
          EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
        END IF;
      END LOOP;
      -- NOINHERIT: membership alone gives nothing; the service has to say as what it works.
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'zs_service') THEN
        CREATE ROLE zs_service NOLOGIN NOINHERIT;
      ELSIF current_setting('server_version_num')::int < 160000
        AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'zs_service' AND rolinherit) THEN
        ALTER ROLE zs_service NOINHERIT;
      END IF;
      FOREACH role_name IN ARRAY work_roles LOOP
        IF NOT EXISTS (
          SELECT FROM pg_auth_members AS m
          WHERE m.roleid = (SELECT oid FROM pg_roles WHERE rolname = role_name)
            AND m.member = (SELECT oid FROM pg_roles WHERE rolname = 'zs_service')
        ) THEN
          -- From PostgreSQL 16 on inheritance is a matter of the membership, not of the role.
          EXECUTE format('GRANT %I TO zs_service', role_name)
            || CASE WHEN current_setting('server_version_num')::int >= 160000 THEN ' WITH INHERIT FALSE, SET TRUE' ELSE '' END;
        END IF;
      END LOOP;
      EXIT;
    EXCEPTION WHEN duplicate_object OR unique_violation OR internal_error THEN
      tries := tries + 1;
      IF tries = 10 THEN
        RAISE;
      END IF;
      PERFORM pg_sleep(0.05);
    END;
  END LOOP;
END
$$;

GRANT USAGE ON SCHEMA zs TO zs_service, zs_intake, zs_staff, zs_results, zs_audit;
GRANT SELECT ON zs.migration, zs.migration_routine TO zs_service;

-- A new function is nobody's to call until it is granted.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE FUNCTION zs.refuse_change() RETURNS trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RAISE EXCEPTION '% on %.% is not allowed: what it holds never changes', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END
$$;
COMMENT ON FUNCTION zs.refuse_change() IS 'Trigger of tables whose rows never change: refuses, also for the owner.';

CREATE TABLE zs.installation (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  root_fingerprint bytea NOT NULL CHECK (octet_length(root_fingerprint) = 16),
  created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE zs.installation IS 'One row: which root secret this database belongs to.';
COMMENT ON COLUMN zs.installation.only_row IS 'Always true: there is one row.';
COMMENT ON COLUMN zs.installation.root_fingerprint IS 'Tells the root secret from another one without telling anything of it; the service refuses to run with another.';
COMMENT ON COLUMN zs.installation.created_at IS 'When the first service claimed the database.';
CREATE TRIGGER installation_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.installation
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

CREATE TABLE zs.audit_event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  actor text NOT NULL,
  action text NOT NULL,
  object text NOT NULL,
  result text NOT NULL,
  origin text NOT NULL,
  details jsonb,
  previous_mac bytea,
  mac bytea
);
COMMENT ON TABLE zs.audit_event IS 'Who did what, when, with what result. Append-only. Never holds answers, codes or keys.';
COMMENT ON COLUMN zs.audit_event.id IS 'Rises with time; may have gaps.';
COMMENT ON COLUMN zs.audit_event.at IS 'Start of the transaction that did it.';
COMMENT ON COLUMN zs.audit_event.actor IS 'Label of the account or key; system; citizen.';
COMMENT ON COLUMN zs.audit_event.action IS 'What was done, e.g. round.open, key.revoke, table.view.';
COMMENT ON COLUMN zs.audit_event.object IS 'What it was done to, e.g. round:biotechnologie-2026-1; never a response.';
COMMENT ON COLUMN zs.audit_event.result IS 'ok, refused or failed.';
COMMENT ON COLUMN zs.audit_event.origin IS 'Where it came from: command, web, api or job.';
COMMENT ON COLUMN zs.audit_event.details IS 'Parameters worth keeping, without personal data.';
COMMENT ON COLUMN zs.audit_event.previous_mac IS 'The mac of the event before it in the chain; NULL while it is not chained.';
COMMENT ON COLUMN zs.audit_event.mac IS 'Keyed hash over previous_mac and this event; NULL while it is not chained.';
CREATE INDEX audit_event_at ON zs.audit_event (at);
COMMENT ON INDEX zs.audit_event_at IS 'For reading a period.';
CREATE TRIGGER audit_event_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.audit_event
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

-- Time and number are the database's to give.
GRANT INSERT (actor, action, object, result, origin, details, previous_mac, mac) ON zs.audit_event
  TO zs_intake, zs_staff, zs_results, zs_audit;
GRANT SELECT ON zs.audit_event TO zs_audit;
