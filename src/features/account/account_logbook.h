/* The audit log on a page: what is asked of it. */
#ifndef ZEVENSTEM_ACCOUNT_LOGBOOK_H
#define ZEVENSTEM_ACCOUNT_LOGBOOK_H

#include "features/account/account_internal.h"
#include "features/audit/audit.h"

#define LOGBOOK_FILTERS "van,tot,wie,handeling,uitkomst,consultatie"

struct logbook_query {
    struct slice since, until; /* as typed: "2026-11-24", both days included */
    bool bad_since, bad_until;
    struct audit_search search;
};
void logbook_query_read(struct logbook_query *query, const struct http_exchange *ex);
/* What was asked, as details of the audit line of having read; NULL: everything. */
const char *logbook_query_json(const struct logbook_query *query, struct arena *arena);
/* When the day of "2026-11-24" begins in the Netherlands, and when the next does. False: it is none. Pure. */
bool logbook_day(int64_t *begins, int64_t *ends, struct slice text);

#endif
