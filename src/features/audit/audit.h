/* The audit log: who did what, when, with what result (BIO2 8.15.01: action, object, result, origin, actor,
 * time). Append-only: the service's roles may insert and nothing else; it never holds answers, codes or keys.
 */
#ifndef ZEVENSTEM_AUDIT_H
#define ZEVENSTEM_AUDIT_H

#include "db/db.h"

extern const struct db_statement audit_statements[];

struct audit_event {
    const char *action;  /* "key.issue", "round.open", "response.withdraw", ... */
    const char *object;  /* what it was done to: "round:biotechnologie-2026-1"; never a response or a code */
    const char *result;  /* "ok", "refused", "failed" */
    const char *origin;  /* "command", "web", "api", "job" */
    const char *actor;   /* an account or key label; "system"; "citizen" */
    const char *details; /* a JSON object of counts and parameters, no personal data; NULL: none */
};
/* Adds one line in the caller's transaction: it stands or falls with what it tells of. */
enum db_status audit_record(struct db_tx *tx, const struct audit_event *event);

#endif
