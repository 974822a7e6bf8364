/* Successive releases, held against what was really in each: whole snapshots of (person, revision), compared
 * by plain loops. */
#include "stats/protect_release.h"

#include "protect_support.h"
#include "support.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(protect_release, .fini = leaks_check);

enum { DIMS = 2, PEOPLE_MAX = 4000, STEPS = 12, UNIVERSES_MAX = 1 + 3 + 4 + 12 };
static const uint32_t sizes[DIMS] = {3, 4};
static const bool *const all_listed[LATTICE_DIMS_MAX];

struct somebody {
    uint16_t codes[DIMS];
    int first, last; /* steps of the first and the last revision */
    int revision;
    bool gone;
    uint64_t key;
};

/* Who stands in the figures of a universe, by the revision that was counted; 0: not in it. */
struct snapshot {
    bool published, open;
    int step;
    uint64_t n;
    int revisions[PEOPLE_MAX];
};

struct story {
    struct public_rule rule;
    size_t count;
    struct somebody people[PEOPLE_MAX];
    struct snapshot shown[UNIVERSES_MAX];
    struct lattice lattice; /* of now */
    enum universe_fate fates[UNIVERSES_MAX];
    size_t fresh, carried, republished;
};

static bool is_in(const struct universe *u, const struct somebody *s)
{
    for (size_t i = 0; i < u->depth; i++) {
        if (s->codes[u->dims[i]] != u->codes[i]) {
            return false;
        }
    }
    return !s->gone;
}

static uint16_t skewed(uint64_t *state, uint32_t below)
{
    const uint32_t a = random_below(state, below), b = random_below(state, below);
    return (uint16_t)(a < b ? a : b);
}

static void arrive(struct story *s, uint64_t *state, size_t count, int step)
{
    for (size_t i = 0; i < count; i++) {
        struct somebody *new = &s->people[s->count++];
        *new = (struct somebody){.codes = {skewed(state, sizes[0]), skewed(state, sizes[1])},
                                 .first = step,
                                 .last = step,
                                 .revision = 1,
                                 .key = random_next(state)};
    }
}

/* Somebody corrects, perhaps into another group, or withdraws. */
static void change(struct story *s, uint64_t *state, size_t count, bool withdraw, int step)
{
    for (size_t i = 0; i < count; i++) {
        struct somebody *one = &s->people[random_below(state, (uint32_t)s->count)];
        if (!one->gone) {
            one->gone = withdraw;
            one->revision++;
            one->last = step;
            if (random_below(state, 3) == 0) {
                one->codes[1] = skewed(state, sizes[1]);
            }
        }
    }
}

static void decide_lattice(struct story *s)
{
    struct profiles profiles = {
        .dims = DIMS, .sizes = {sizes[0], sizes[1]}, .count = (size_t)sizes[0] * sizes[1]};
    profiles.list = calloc(profiles.count, sizeof *profiles.list);
    cr_assert_not_null(profiles.list);
    for (size_t i = 0; i < profiles.count; i++) {
        profiles.list[i].codes[0] = (uint16_t)(i / sizes[1]);
        profiles.list[i].codes[1] = (uint16_t)(i % sizes[1]);
    }
    for (size_t i = 0; i < s->count; i++) {
        const struct somebody *one = &s->people[i];
        const struct table_cell cell = {
            .n = 1, .weight = WEIGHT_ONE, .weight_squared = 1u << 30, .key = one->key};
        if (!one->gone) {
            table_cell_add(&profiles.list[one->codes[0] * sizes[1] + one->codes[1]].sum, &cell);
        }
    }
    cr_assert_eq(lattice_decide(&s->lattice, &profiles, all_listed, &s->rule), LATTICE_OK);
    cr_assert_eq(s->lattice.count, UNIVERSES_MAX);
    profiles_free(&profiles);
}

/* What a log tells: never which group somebody left. */
static struct universe_change change_of(const struct story *s, size_t u)
{
    struct universe_change out = {.absent = 0};
    for (size_t i = 0; i < s->count; i++) {
        const struct somebody *one = &s->people[i];
        if (one->last <= s->shown[u].step) {
            continue;
        }
        const bool of_old = one->first <= s->shown[u].step;
        if (is_in(&s->lattice.universes[u], one)) {
            const struct table_cell cell = {
                .n = 1, .weight = WEIGHT_ONE, .weight_squared = 1u << 30, .key = one->key};
            table_cell_add(&out.present, &cell);
            out.newcomers += !of_old;
        } else {
            out.absent += of_old;
        }
    }
    return out;
}

static struct snapshot *counted_now(const struct story *s, size_t u, int step)
{
    struct snapshot *out = calloc(1, sizeof *out);
    cr_assert_not_null(out);
    *out = (struct snapshot){.published = true, .open = true, .step = step, .n = s->lattice.universes[u].n};
    for (size_t i = 0; i < s->count; i++) {
        out->revisions[i] = is_in(&s->lattice.universes[u], &s->people[i]) ? s->people[i].revision : 0;
    }
    return out;
}

static void expect_nobody_or_many(size_t difference, const struct story *s, const char *what, size_t u)
{
    cr_expect(difference == 0 || difference >= s->rule.threshold, "%s of universe %zu: %zu people", what, u,
              difference);
}

static void publish(struct story *s, int step)
{
    for (size_t u = 0; u < UNIVERSES_MAX; u++) {
        s->fresh += s->fates[u] == UNIVERSE_FRESH;
        s->carried += s->fates[u] == UNIVERSE_CARRIED;
        if (s->fates[u] == UNIVERSE_FRESH) {
            struct snapshot *now = counted_now(s, u, step);
            size_t difference = 0;
            for (size_t i = 0; i < s->count; i++) {
                difference += now->revisions[i] != s->shown[u].revisions[i];
            }
            if (s->shown[u].published) {
                s->republished++;
                cr_expect_geq(difference, s->rule.threshold, "universe %zu: %zu changed", u, difference);
            }
            s->shown[u] = *now;
            free(now);
        }
        s->shown[u].open = s->fates[u] != UNIVERSE_WITHHELD;
        cr_expect(!s->shown[u].open || s->shown[u].published);
    }
}

/* A universe less the parts that stand beside it. */
static void expect_splits_hold(const struct story *s)
{
    const struct lattice *l = &s->lattice;
    for (size_t u = 0; u < UNIVERSES_MAX; u++) {
        const struct universe *whole = &l->universes[u];
        for (size_t dim = 0; dim < DIMS && whole->depth < LATTICE_DEPTH; dim++) {
            if (s->fates[u] != UNIVERSE_FRESH || (whole->depth == 1 && whole->dims[0] == dim)) {
                continue;
            }
            size_t difference = 0;
            for (size_t i = 0; i < s->count; i++) {
                int parts[4] = {0};
                for (size_t v = 1; v < UNIVERSES_MAX; v++) {
                    const struct universe *part = &l->universes[v];
                    const size_t own = part->depth == 2 ? dim : 0;
                    const bool is_part = part->depth == whole->depth + 1 && part->dims[own] == dim &&
                                         (whole->depth == 0 || (part->dims[1 - own] == whole->dims[0] &&
                                                                part->codes[1 - own] == whole->codes[0]));
                    if (is_part && s->shown[v].open) {
                        parts[part->codes[own]] = s->shown[v].revisions[i];
                    }
                }
                int most = 0;
                for (size_t c = 0; c < 4; c++) {
                    most = parts[c] > most ? parts[c] : most;
                }
                difference += s->shown[u].revisions[i] != most;
            }
            expect_nobody_or_many(difference, s, "a split", u);
        }
    }
}

static void step_on(struct story *s, int step)
{
    struct universe_past past[UNIVERSES_MAX];
    struct universe_change changes[UNIVERSES_MAX];
    decide_lattice(s);
    for (size_t u = 0; u < UNIVERSES_MAX; u++) {
        past[u] = (struct universe_past){s->shown[u].published, s->shown[u].open, s->shown[u].n};
        changes[u] = change_of(s, u);
    }
    release_decide(s->fates, &s->lattice, step == 0 ? NULL : past, step == 0 ? NULL : changes, &s->rule);
    publish(s, step);
    expect_splits_hold(s);
    lattice_free(&s->lattice);
}

static struct story *begin(uint64_t *state)
{
    struct story *s = calloc(1, sizeof *s);
    cr_assert_not_null(s);
    s->rule = rule_of(state);
    return s;
}

Test(protect_release, what_two_releases_differ_by_is_nobody_or_many)
{
    size_t republished = 0, carried = 0;
    for (uint64_t seed = 0; seed < 60; seed++) {
        uint64_t state = seed;
        struct story *s = begin(&state);
        arrive(s, &state, 150 + random_below(&state, 300), 0);
        for (int step = 0; step < STEPS; step++) {
            if (step > 0) {
                arrive(s, &state, random_below(&state, 40), step);
                change(s, &state, random_below(&state, 6), false, step);
                change(s, &state, random_below(&state, step == 6 ? 80 : 5), true, step);
            }
            step_on(s, step);
        }
        republished += s->republished;
        carried += s->carried;
        free(s);
    }
    printf("releases: %zu universes published anew, %zu carried over\n", republished, carried);
    cr_expect_gt(republished, 100);
    cr_expect_gt(carried, 100);
}

Test(protect_release, one_persons_entry_or_withdrawal_changes_nothing)
{
    for (uint64_t seed = 0; seed < 40; seed++) {
        uint64_t state = seed;
        struct story *s = begin(&state);
        arrive(s, &state, 400, 0);
        step_on(s, 0);
        const size_t fresh = s->fresh;
        arrive(s, &state, 1, 1);
        step_on(s, 1);
        change(s, &state, 1, true, 2);
        step_on(s, 2);
        cr_expect_eq(s->fresh, fresh, "something was published anew");
        for (size_t u = 0; u < UNIVERSES_MAX; u++) {
            cr_expect_eq(s->fates[u] == UNIVERSE_CARRIED, s->shown[u].published, "universe %zu", u);
        }
        free(s);
    }
}

Test(protect_release, many_withdrawals_leave_the_figures)
{
    uint64_t state = 7;
    struct story *s = begin(&state);
    arrive(s, &state, 600, 0);
    step_on(s, 0);
    for (size_t i = 0; i < 300; i++) {
        s->people[i].gone = true;
        s->people[i].last = 1;
        s->people[i].revision++;
    }
    step_on(s, 1);
    size_t left = 0;
    for (size_t i = 0; i < 300; i++) {
        left += s->shown[0].revisions[i] > 0;
    }
    cr_expect_eq(s->fates[0], UNIVERSE_FRESH);
    cr_expect_eq(left, 0, "the next release is without who withdrew");
    free(s);
}
