/* What is asked of the audit log on a page. Pure, but for reading the request. */
#include "features/account/account_logbook.h"

#include "base/clock.h"

#include <stdlib.h>

bool logbook_day(int64_t *begins, int64_t *ends, struct slice text)
{
    int32_t day;
    if (!clock_parse_day(&day, text)) {
        return false;
    }
    *begins = clock_midnight_nl(day);
    *ends = clock_midnight_nl(day + 1);
    return true;
}

static struct slice asked(const struct http_exchange *ex, const char *key)
{
    struct slice text = SLICE("");
    http_query(&text, ex, key);
    return text.len > 0 ? slice_trim(text) : SLICE("");
}

void logbook_query_read(struct logbook_query *query, const struct http_exchange *ex)
{
    int64_t other;
    uint64_t before = 0;
    *query = (struct logbook_query){.since = asked(ex, "van"),
                                    .until = asked(ex, "tot"),
                                    .search = {.actor = asked(ex, "wie"),
                                               .action = asked(ex, "handeling"),
                                               .result = asked(ex, "uitkomst"),
                                               .consultation = asked(ex, "consultatie")}};
    query->bad_since = query->since.len > 0 && !logbook_day(&query->search.since, &other, query->since);
    query->bad_until = query->until.len > 0 && !logbook_day(&other, &query->search.until, query->until);
    if (slice_to_u64(&before, asked(ex, "voor"), INT64_MAX)) {
        query->search.before = (int64_t)before;
    }
}

const char *logbook_query_json(const struct logbook_query *query, struct arena *arena)
{
    const struct {
        const char *name;
        struct slice value;
    } members[] = {{"van", query->since},
                   {"tot", query->until},
                   {"wie", query->search.actor},
                   {"handeling", query->search.action},
                   {"uitkomst", query->search.result},
                   {"consultatie", query->search.consultation}};
    json_t *details = json_object();
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        if (members[i].value.len > 0) {
            json_object_set_new(details, members[i].name,
                                json_stringn(members[i].value.ptr, members[i].value.len));
        }
    }
    if (query->search.before != 0) {
        json_object_set_new(details, "voor", json_integer(query->search.before));
    }
    char *text = json_object_size(details) > 0 ? json_dumps(details, JSON_COMPACT) : NULL;
    const char *kept = text ? arena_cstr(arena, slice_from_cstr(text)) : NULL;
    json_decref(details);
    free(text);
    return kept;
}
