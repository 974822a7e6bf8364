#include "features/survey/survey.h"
#include "support/leaks.h"

#include "base/clock.h"

#include <criterion/criterion.h>

TestSuite(retention, .fini = leaks_check);

static int64_t at(const char *text)
{
    int64_t unix_s;
    cr_assert(clock_parse_rfc3339(&unix_s, slice_from_cstr(text)), "%s", text);
    return unix_s;
}

static void expect_due_since(const struct periodic_task *task, const char *now, const char *since)
{
    char got[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(got, periodic_task_due_since(task, at(now)));
    cr_expect_str_eq(got, since, "at %s: %s, expected %s", now, got, since);
}

Test(retention, a_task_becomes_due_at_each_whole_hour)
{
    static const struct periodic_task hourly = {"hourly", 3600, 0};
    expect_due_since(&hourly, "2026-11-24T03:00:00Z", "2026-11-24T03:00:00Z");
    expect_due_since(&hourly, "2026-11-24T03:59:59Z", "2026-11-24T03:00:00Z");
    expect_due_since(&hourly, "2026-11-24T04:00:00Z", "2026-11-24T04:00:00Z");
}

Test(retention, a_nightly_task_stays_due_until_the_next_night)
{
    static const struct periodic_task nightly = {"nightly", 86400, 2 * 3600};
    expect_due_since(&nightly, "2026-11-24T01:59:59Z", "2026-11-23T02:00:00Z");
    expect_due_since(&nightly, "2026-11-24T02:00:00Z", "2026-11-24T02:00:00Z");
    expect_due_since(&nightly, "2026-11-25T00:00:00Z", "2026-11-24T02:00:00Z");
    expect_due_since(&nightly, "1970-01-01T01:00:00Z", "1969-12-31T02:00:00Z");
}
