-- oldest-binary: 0.1.0
--
-- Reading the audit log on a page: by period, by who, by what was done, by what it was done to, and what went wrong, newest first,
-- in time that does not grow with the log.

CREATE INDEX audit_event_newest ON zs.audit_event (at, id);
COMMENT ON INDEX zs.audit_event_newest IS 'For reading a period, page by page.';
DROP INDEX zs.audit_event_at;
CREATE INDEX audit_event_actor ON zs.audit_event (actor, at, id);
COMMENT ON INDEX zs.audit_event_actor IS 'For what one account or key did.';
CREATE INDEX audit_event_action ON zs.audit_event (action, at, id);
COMMENT ON INDEX zs.audit_event_action IS 'For one kind of act, and for finding which kinds there are.';
CREATE INDEX audit_event_about ON zs.audit_event (split_part(object, ':', 2), at, id);
COMMENT ON INDEX zs.audit_event_about IS 'For what was done to a consultation or a round.';
CREATE INDEX audit_event_trouble ON zs.audit_event (result, at, id) WHERE result <> 'ok';
COMMENT ON INDEX zs.audit_event_trouble IS 'For what was refused or failed, which is little.';
