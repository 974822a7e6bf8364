-- oldest-binary: 0.1.0
--
-- Two administrators at one account: who decided on what is no longer so is told, and who was first.

ALTER TABLE zs.account ADD COLUMN revision int NOT NULL DEFAULT 1;
ALTER TABLE zs.account ADD COLUMN changed_by text;
ALTER TABLE zs.account ADD COLUMN changed_at timestamptz;
ALTER TABLE zs.account ADD CONSTRAINT account_changed CHECK ((changed_by IS NULL) = (changed_at IS NULL));
COMMENT ON COLUMN zs.account.revision IS 'One more with each change of roles, of whether it can be used, and of what was handed out; what its holder does does not count.';
COMMENT ON COLUMN zs.account.changed_by IS 'Who made the last of these changes: the actor in the audit log. NULL: nobody did.';
COMMENT ON COLUMN zs.account.changed_at IS 'When that was.';
COMMENT ON CONSTRAINT account_changed ON zs.account IS 'Who and when go together.';
GRANT UPDATE (revision, changed_by, changed_at) ON zs.account TO zs_staff;
