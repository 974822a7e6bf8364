#include "stats/anonymity.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

TestSuite(anonymity, .fini = leaks_check);

enum { VARIABLES = 3, MANY = 4000 };

struct people {
    uint16_t (*profiles)[VARIABLES];
    size_t count;
};

/* A number that tells the whole profile. */
static double number_of(const uint16_t *profile)
{
    return 1 + profile[0] * 100 + profile[1] * 10 + profile[2];
}

static enum anonymity_status settle(struct anonymity **a, struct anonymity_report *report,
                                    const struct people *people, size_t kept, uint32_t k)
{
    static const uint32_t sizes[VARIABLES] = {4, 6, 9};
    *a = anonymity_create(sizes, VARIABLES, kept, k);
    for (size_t i = 0; i < people->count; i++) {
        cr_assert_eq(anonymity_add(*a, people->profiles[i], number_of(people->profiles[i])), ANONYMITY_OK);
    }
    return anonymity_settle(report, *a);
}

/* What is shown of somebody: hidden values as one that nobody has. */
static void shown_of(uint16_t out[VARIABLES], const struct anonymity *a, const uint16_t *profile)
{
    size_t shown = anonymity_shown(a, profile);
    for (size_t v = 0; v < VARIABLES; v++) {
        out[v] = v < shown ? profile[v] : UINT16_MAX;
    }
}

/* Counted the slow way: everybody against everybody. */
static uint64_t alike(const struct anonymity *a, const struct people *people, size_t i)
{
    uint16_t own[VARIABLES], other[VARIABLES];
    uint64_t count = 0;
    double sum = 0;
    shown_of(own, a, people->profiles[i]);
    for (size_t j = 0; j < people->count; j++) {
        shown_of(other, a, people->profiles[j]);
        bool same = memcmp(own, other, sizeof own) == 0;
        count += same;
        sum += same ? number_of(people->profiles[j]) : 0;
    }
    cr_expect_float_eq(anonymity_mean(a, people->profiles[i]), sum / (double)count, 1e-9);
    return count;
}

static void expect_shown(uint16_t (*profiles)[VARIABLES], size_t count, size_t kept, uint32_t k,
                         const size_t *shown)
{
    struct anonymity *a;
    struct anonymity_report report;
    const struct people people = {profiles, count};
    cr_expect_eq(settle(&a, &report, &people, kept, k), ANONYMITY_OK);
    for (size_t i = 0; i < count; i++) {
        cr_expect_eq(anonymity_shown(a, profiles[i]), shown[i], "%zu: %zu", i,
                     anonymity_shown(a, profiles[i]));
    }
    anonymity_destroy(a);
}

Test(anonymity, keeps_profiles_of_k_and_hides_from_the_end_what_is_rarer)
{
    uint16_t profiles[][VARIABLES] = {{0, 0, 0}, {0, 0, 0}, {0, 0, 1}, {0, 0, 2}, {1, 3, 4}, {1, 2, 4}};
    expect_shown(profiles, 6, 0, 2, (const size_t[]){3, 3, 2, 2, 1, 1});
    expect_shown(profiles, 6, 0, 1, (const size_t[]){3, 3, 3, 3, 3, 3});
    expect_shown(profiles, 6, 0, 6, (const size_t[]){0, 0, 0, 0, 0, 0});
}

Test(anonymity, lets_the_smallest_group_go_with_too_few_hidden_ones)
{
    uint16_t profiles[][VARIABLES] = {{0, 0, 0}, {0, 0, 0}, {0, 0, 0}, {1, 0, 0},
                                      {1, 0, 0}, {1, 1, 0}, {1, 1, 1}, {2, 0, 0}};
    /* One person is left over. Of the two groups of two the one of whom more is shown goes along. */
    expect_shown(profiles, 8, 0, 2, (const size_t[]){3, 3, 3, 0, 0, 2, 2, 0});
}

Test(anonymity, hides_none_of_the_first_variables_where_a_group_that_shares_them_can_join)
{
    uint16_t profiles[][VARIABLES] = {{0, 0, 0}, {0, 0, 0}, {0, 0, 0}, {0, 1, 0}, {0, 1, 0},
                                      {0, 2, 0}, {1, 0, 0}, {1, 1, 1}, {2, 0, 0}};
    /* Of those with a 0 in front one is left over: the group of two joins it. The one with a 2 has nobody,
     * and takes the group of two with a 1 along. */
    expect_shown(profiles, 9, 1, 2, (const size_t[]){3, 3, 3, 1, 1, 1, 0, 0, 0});
}

Test(anonymity, refuses_fewer_people_than_k_and_takes_nobody)
{
    uint16_t profiles[][VARIABLES] = {{0, 0, 0}, {0, 0, 0}, {1, 0, 0}};
    struct anonymity *a;
    struct anonymity_report report;
    struct people people = {profiles, 3};
    cr_expect_eq(settle(&a, &report, &people, 0, 4), ANONYMITY_TOO_FEW);
    anonymity_destroy(a);
    people.count = 0;
    cr_expect_eq(settle(&a, &report, &people, 0, 4), ANONYMITY_OK);
    cr_expect_eq(report.smallest, 0);
    cr_expect_eq(anonymity_shown(a, profiles[0]), 0);
    anonymity_destroy(a);
}

Test(anonymity, holds_for_everybody_in_any_order_and_is_reported_as_it_is)
{
    static uint16_t profiles[MANY][VARIABLES];
    srand(1987);
    for (size_t i = 0; i < MANY; i++) {
        profiles[i][0] = (uint16_t)(rand() % 3 + rand() % 2);
        profiles[i][1] = (uint16_t)(rand() % 2 * (rand() % 6));
        profiles[i][2] = (uint16_t)(rand() % 9 * (rand() % 2));
    }
    for (uint32_t k = 2; k <= 162; k += 40) {
        const size_t kept = k / 40 % (VARIABLES + 1);
        struct anonymity *a, *again;
        struct anonymity_report report, other;
        struct people people = {profiles, MANY};
        uint64_t smallest = MANY;
        uint64_t hidden[VARIABLES] = {0};
        cr_assert_eq(settle(&a, &report, &people, kept, k), ANONYMITY_OK);
        for (size_t i = 0; i < MANY; i++) {
            uint64_t same = alike(a, &people, i);
            smallest = same < smallest ? same : smallest;
            for (size_t v = anonymity_shown(a, profiles[i]); v < VARIABLES; v++) {
                hidden[v]++;
            }
        }
        cr_expect_geq(smallest, k);
        cr_expect_eq(report.smallest, smallest);
        cr_expect_eq(report.people, MANY);
        cr_expect_eq(report.changed, hidden[VARIABLES - 1]);
        for (size_t v = 0; v < VARIABLES; v++) {
            cr_expect_eq(report.hidden[v], hidden[v]);
        }
        for (size_t i = 0; i < MANY / 2; i++) {
            uint16_t keep[VARIABLES];
            memcpy(keep, profiles[i], sizeof keep);
            memcpy(profiles[i], profiles[MANY - 1 - i], sizeof keep);
            memcpy(profiles[MANY - 1 - i], keep, sizeof keep);
        }
        cr_assert_eq(settle(&again, &other, &people, kept, k), ANONYMITY_OK);
        cr_expect_arr_eq(&report, &other, sizeof report);
        for (size_t i = 0; i < MANY; i++) {
            cr_expect_eq(anonymity_shown(a, profiles[i]), anonymity_shown(again, profiles[i]));
        }
        anonymity_destroy(a);
        anonymity_destroy(again);
    }
}
