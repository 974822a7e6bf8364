/* What was approved of a report, held against what it is now. */
#include "features/report/report_approval.h"

#include "crypto/crypto.h"
#include "support/leaks.h"

#include <criterion/criterion.h>

static void start(void)
{
    cr_assert(crypto_start());
}
TestSuite(report_approval, .init = start, .fini = leaks_check);

/* As it is gathered; what is given stands in the signal. The caller owns it. */
static json_t *document_of(const char *made_at, const char *body, int clear)
{
    return json_pack("{s:s,s:s,s:s,s:[{s:s,s:{s:[{s:s,s:[{s:{s:s,s:{s:i}}}]}]}},{s:s,s:s,s:{s:i}},"
                     "{s:s,s:{s:[s]}}]}",
                     "titel", "Een rapport", "opgemaaktOp", made_at, "programma", "0.1.0", "delen", "deel",
                     "signalen", "inhoud", "signalen", "tekst", body, "doorgeleidingen", "antwoord",
                     "redenen", "Daarom", "oordelen", "duidelijk", clear, "deel", "cijfers", "ronde", "r-1",
                     "inhoud", "uitgave", 1, "deel", "citaten", "inhoud", "citaten", "Zo is het");
}

static json_t *approval_of(json_t *document_take, json_t *quoted_take)
{
    struct arena *arena = arena_create(1 << 20);
    json_t *approval = report_approval(arena, document_take, quoted_take);
    cr_assert_not_null(approval);
    json_decref(document_take);
    json_decref(quoted_take);
    arena_destroy(arena);
    return approval;
}

static void expect_changes(json_t *now_take, json_t *expected_take)
{
    json_t *approved =
        approval_of(document_of("2027-01-01T00:00:00Z", "Zo zegt men", 12), json_pack("[i,i]", 7, 8));
    json_t *changes = report_approval_changes(approved, now_take);
    cr_expect(json_equal(changes, expected_take));
    const bool same = json_equal(json_object_get(approved, "sha256"), json_object_get(now_take, "sha256"));
    cr_expect(same == (json_array_size(expected_take) == 0 ||
                       json_array_size(json_object_get(now_take, "citaten")) == 3));
    json_decref(changes);
    json_decref(approved);
    json_decref(now_take);
    json_decref(expected_take);
}

Test(report_approval, is_of_all_but_the_time_and_votes)
{
    expect_changes(
        approval_of(document_of("2027-02-02T00:00:00Z", "Zo zegt men", 13), json_pack("[i,i]", 7, 8)),
        json_array());
}

Test(report_approval, names_the_sections_that_changed)
{
    expect_changes(
        approval_of(document_of("2027-01-01T00:00:00Z", "Zo zei men", 12), json_pack("[i,i]", 7, 8)),
        json_pack("[s]", "signalen"));
    json_t *document = document_of("2027-01-01T00:00:00Z", "Zo zegt men", 12);
    json_object_set_new(document, "titel", json_string("Een ander rapport"));
    json_array_remove(json_object_get(document, "delen"), 1);
    expect_changes(approval_of(document, json_pack("[i,i]", 7, 8)), json_pack("[s,s]", "geheel", "cijfers"));
}

/* Fewer quotes are what was approved; others are not. */
Test(report_approval, lets_quotes_be_left_out)
{
    json_t *document = document_of("2027-01-01T00:00:00Z", "Zo zegt men", 12);
    json_array_remove(json_object_get(document, "delen"), 2);
    expect_changes(approval_of(document, json_pack("[i]", 8)), json_array());
    expect_changes(
        approval_of(document_of("2027-01-01T00:00:00Z", "Zo zegt men", 12), json_pack("[i,i,i]", 7, 8, 9)),
        json_pack("[s]", "citaten"));
}
