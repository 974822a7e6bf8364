-- oldest-binary: 0.1.0
--
-- The audit log cannot be quietly changed: each line bears a MAC of its own from birth, and each is linked into a chain of MACs
-- soon after it was committed. Linking is work of its own, so that nobody who writes a line waits for somebody else who does.
-- The key is derived from the root secret, which the database does not hold.

-- As json it keeps the very text that the MAC is over; jsonb writes its own.
ALTER TABLE zs.audit_event ALTER COLUMN details TYPE json USING details::text::json;
ALTER TABLE zs.audit_event DROP COLUMN previous_mac;
ALTER TABLE zs.audit_event ADD COLUMN uid bytea NOT NULL DEFAULT uuid_send(gen_random_uuid());
ALTER TABLE zs.audit_event ADD CONSTRAINT audit_event_uid_form CHECK (octet_length(uid) = 16);
ALTER TABLE zs.audit_event ADD CONSTRAINT audit_event_mac_form CHECK (octet_length(mac) = 32);
ALTER TABLE zs.audit_event ADD CONSTRAINT audit_event_uid UNIQUE (uid);
COMMENT ON COLUMN zs.audit_event.details IS 'Parameters worth keeping, without personal data: a JSON object, kept as it was written.';
COMMENT ON COLUMN zs.audit_event.uid IS '16 random bytes under the MAC, so that no line can be a copy of another.';
COMMENT ON COLUMN zs.audit_event.mac IS 'Keyed hash over uid, actor, action, object, result, origin and details, made by the service. NULL: from before the chain, or a migration, whose owner has no key.';
COMMENT ON CONSTRAINT audit_event_uid_form ON zs.audit_event IS '16 bytes.';
COMMENT ON CONSTRAINT audit_event_mac_form ON zs.audit_event IS '32 bytes.';

CREATE TABLE zs.audit_link (
  number bigint PRIMARY KEY CHECK (number > 0),
  event bigint NOT NULL UNIQUE,
  sealed_at timestamptz NOT NULL DEFAULT now(),
  note smallint NOT NULL CHECK (note BETWEEN 0 AND 2),
  mac bytea NOT NULL CHECK (octet_length(mac) = 32)
);
COMMENT ON TABLE zs.audit_link IS 'The chain over the audit log: a link for each line, in the order in which they were found committed. Append-only.';
COMMENT ON COLUMN zs.audit_link.number IS '1, 2, 3, ... without gaps.';
COMMENT ON COLUMN zs.audit_link.event IS 'zs.audit_event.id. No foreign key: a line that was removed has to be missed by verifying, not by the database.';
COMMENT ON COLUMN zs.audit_link.sealed_at IS 'Start of the transaction that linked it.';
COMMENT ON COLUMN zs.audit_link.note IS 'What the line bore when it was linked: 0 a good MAC of its own, 1 none, 2 a wrong one.';
COMMENT ON COLUMN zs.audit_link.mac IS 'Keyed hash over the mac of the link before (zeros before the first), number, sealed_at, note, and the line with its id and time.';
CREATE TRIGGER audit_link_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON zs.audit_link
  FOR EACH STATEMENT EXECUTE FUNCTION zs.refuse_change();

-- What is committed and not linked yet is found without a mark on it that would have to change: see the audit feature.
GRANT INSERT (uid) ON zs.audit_event TO zs_intake, zs_staff, zs_results, zs_audit;
GRANT SELECT ON zs.audit_link TO zs_audit;
GRANT INSERT (number, event, note, mac) ON zs.audit_link TO zs_audit;
-- The head of the chain goes into what leaves the house.
GRANT SELECT (number, mac) ON zs.audit_link TO zs_staff, zs_results;

ALTER TABLE zs.release ADD COLUMN audit_head text CHECK (length(audit_head) BETWEEN 1 AND 100);
COMMENT ON COLUMN zs.release.audit_head IS 'The head of the audit log when it was made: an anchor. NULL: of before the chain.';
GRANT INSERT (audit_head) ON zs.release TO zs_results;

-- Migrations are on the log too, whoever applies them, in the transaction that does it.
CREATE FUNCTION zs.audit_migration() RETURNS trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  INSERT INTO zs.audit_event (actor, action, object, result, origin, details)
  VALUES (session_user, 'migration.apply', CASE TG_TABLE_NAME WHEN 'migration' THEN 'migration:' ELSE 'routine:' END || NEW.name,
    'ok', 'command', json_build_object('sha256', encode(NEW.sha256, 'hex'), 'program', NEW.binary_version));
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION zs.audit_migration() IS 'Trigger: a migration or routine that was applied is a line of the audit log; its actor is the login that migrated.';
REVOKE ALL ON FUNCTION zs.audit_migration() FROM PUBLIC;
CREATE TRIGGER migration_is_audited AFTER INSERT OR UPDATE ON zs.migration
  FOR EACH ROW EXECUTE FUNCTION zs.audit_migration();
CREATE TRIGGER migration_routine_is_audited AFTER INSERT OR UPDATE ON zs.migration_routine
  FOR EACH ROW EXECUTE FUNCTION zs.audit_migration();

-- Those of before, of which it is not known who applied them.
INSERT INTO zs.audit_event (actor, action, object, result, origin, details)
SELECT 'unknown', 'migration.apply', 'migration:' || m.name, 'ok', 'command',
  json_build_object('sha256', encode(m.sha256, 'hex'), 'program', m.binary_version, 'applied_at', m.applied_at)
FROM zs.migration AS m ORDER BY m.number;
