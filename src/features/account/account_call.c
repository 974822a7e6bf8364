/* What calls with a key leave on the audit log. */
#include "features/account/account.h"

#include "features/audit/audit.h"

#include <stdlib.h>

static const char *details_of(struct http_exchange *ex, const struct account_caller *caller,
                              const char *const *asked)
{
    json_t *query = json_object();
    for (size_t i = 0; asked[i]; i++) {
        struct slice text;
        if (http_query(&text, ex, asked[i])) {
            json_object_set_new(query, asked[i], json_stringn(text.ptr ? text.ptr : "", text.len));
        }
    }
    json_t *details = json_pack("{s:o,s:o}", "doel",
                                caller->purpose ? json_string(caller->purpose) : json_null(), "vraag", query);
    char *text = json_dumps(details, JSON_COMPACT);
    const char *kept = text ? arena_cstr(http_arena(ex), slice_from_cstr(text)) : NULL;
    free(text);
    json_decref(details);
    return kept;
}

enum db_status account_audit_call(struct db_tx *tx, struct http_exchange *ex, const char *action,
                                  const char *object, const char *result, const char *const *asked)
{
    const struct account_caller *caller = http_caller(ex);
    const struct audit_event event = {.action = action,
                                      .object = object,
                                      .result = result,
                                      .origin = "api",
                                      .actor = caller->label,
                                      .details = details_of(ex, caller, asked)};
    return audit_record(tx, &event);
}
