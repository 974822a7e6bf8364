/* What may be asked: of keys, and of the audit log. */
#include "features/account/account_logbook.h"

#include <criterion/criterion.h>
#include <string.h>

/* ---- keys ---- */

static unsigned faults(const char *label, const char *purpose, const char *scope)
{
    const char *const scopes[] = {scope, NULL};
    const struct account_order order = {.label = label, .purpose = purpose, .scopes = scopes};
    return account_key_faults(&order);
}

Test(key_order, says_all_that_is_wrong_with_it)
{
    char long_label[KEY_LABEL_MAX + 2], long_purpose[KEY_PURPOSE_MAX + 2];
    memset(long_label, 'x', sizeof long_label - 1);
    long_label[sizeof long_label - 1] = '\0';
    memset(long_purpose, 'x', sizeof long_purpose - 1);
    long_purpose[sizeof long_purpose - 1] = '\0';
    cr_expect_eq(faults("x", NULL, SCOPE_INTAKE), 0);
    cr_expect_eq(faults("x", "y", SCOPE_INTAKE), 0);
    cr_expect_eq(faults("x", "y", SCOPE_ANALYST), 0);
    cr_expect_eq(faults("x", NULL, SCOPE_ANALYST), KEY_NO_PURPOSE);
    cr_expect_eq(faults("x", NULL, SCOPE_MICRODATA), KEY_NO_PURPOSE);
    cr_expect_eq(faults("", NULL, NULL), KEY_BAD_LABEL | KEY_NO_SCOPE);
    cr_expect_eq(faults(long_label, long_purpose, SCOPE_INTAKE), KEY_BAD_LABEL | KEY_BAD_PURPOSE);
    cr_expect_eq(faults(long_label + 1, long_purpose + 1, SCOPE_INTAKE), 0);
    cr_expect_eq(faults("x", "twee\nregels", SCOPE_ANALYST), KEY_BAD_PURPOSE);
    cr_expect_eq(faults("\xff", "\xff", SCOPE_ANALYST), KEY_BAD_LABEL | KEY_BAD_PURPOSE);
}

Test(key_order, knows_its_scopes_and_no_others)
{
    cr_expect_str_eq(account_scope_find(SLICE("microdata")), SCOPE_MICRODATA);
    cr_expect_null(account_scope_find(SLICE("")));
    cr_expect_null(account_scope_find(SLICE("micro")));
    cr_expect_null(account_scope_find(SLICE("beheerder")));
}

/* ---- days of the log: as `TZ=Europe/Amsterdam date -d DAY +%s` prints them ---- */

static void expect_day(const char *day, int64_t begins, int64_t ends)
{
    int64_t from, to;
    cr_assert(logbook_day(&from, &to, slice_from_cstr(day)), "%s", day);
    cr_expect_eq(from, begins, "%s: %lld", day, (long long)from);
    cr_expect_eq(to, ends, "%s: %lld", day, (long long)to);
}

Test(logbook_day, begins_at_midnight_here)
{
    expect_day("2026-11-24", 1795474800, 1795561200);
    expect_day("2026-07-01", 1782856800, 1782943200);
    expect_day("2026-03-29", 1774738800, 1774821600);
    expect_day("2026-10-25", 1792879200, 1792969200);
    expect_day("2028-02-29", 1835391600, 1835478000);
    expect_day("1970-01-02", 82800, 169200);
}

Test(logbook_day, is_a_day)
{
    static const char *const bad[] = {"",           "gisteren",    "2026-02-30",  "2026-1-1", "2026-13-01",
                                      "24-11-2026", "2026-11-24T", "2026-11-24 ", "20261124", "2026/11/24"};
    int64_t from, to;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_expect_not(logbook_day(&from, &to, slice_from_cstr(bad[i])), "%s", bad[i]);
    }
}
