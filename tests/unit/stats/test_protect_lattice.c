#include "stats/protect_lattice.h"

#include "protect_support.h"
#include "support.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(protect_lattice, .fini = leaks_check);

static const bool *const all_listed[LATTICE_DIMS_MAX];

/* People of weight 1, as many of each profile as counts says; the last dimension runs fastest. */
static struct profiles counted(size_t dims, const uint32_t *sizes, const uint64_t *counts, uint64_t *state)
{
    struct profiles out = {.dims = dims, .count = 1};
    for (size_t d = 0; d < dims; d++) {
        out.sizes[d] = sizes[d];
        out.count *= sizes[d];
    }
    out.list = calloc(out.count, sizeof *out.list);
    cr_assert_not_null(out.list);
    for (size_t i = 0; i < out.count; i++) {
        size_t rest = i;
        for (size_t d = dims; d-- > 0; rest /= sizes[d]) {
            out.list[i].codes[d] = (uint16_t)(rest % sizes[d]);
        }
        out.list[i].sum = (struct table_cell){.n = counts[i],
                                              .weight = counts[i] * WEIGHT_ONE,
                                              .weight_squared = counts[i] << 30,
                                              .key = counts[i] ? random_next(state) : 0};
    }
    return out;
}

static bool open_at(const struct lattice *l, size_t depth, size_t dim, uint32_t code)
{
    return l->universes[lattice_place(l, depth, &dim, &code)].open;
}

Test(protect_lattice, a_small_group_takes_its_smallest_neighbour_along)
{
    for (uint64_t seed = 0; seed < 50; seed++) {
        uint64_t state = seed;
        const struct public_rule rule = rule_of(&state);
        struct profiles p = counted(1, (uint32_t[]){4}, (uint64_t[]){100, 3, 50, 0}, &state);
        struct lattice l;
        cr_assert_eq(lattice_decide(&l, &p, all_listed, &rule), LATTICE_OK);
        cr_expect(open_at(&l, 0, 0, 0));
        cr_expect(open_at(&l, 1, 0, 0));
        cr_expect_not(open_at(&l, 1, 0, 1), "3 are too few");
        cr_expect_not(open_at(&l, 1, 0, 2), "or all less 100 less 50 would be the 3");
        cr_expect_not(open_at(&l, 1, 0, 3));
        lattice_free(&l);
        profiles_free(&p);
    }
}

Test(protect_lattice, an_empty_group_takes_nobody_along)
{
    uint64_t state = 1;
    const struct public_rule rule = rule_of(&state);
    struct profiles p = counted(1, (uint32_t[]){3}, (uint64_t[]){100, 0, 50}, &state);
    struct lattice l;
    cr_assert_eq(lattice_decide(&l, &p, all_listed, &rule), LATTICE_OK);
    cr_expect(open_at(&l, 1, 0, 0) && open_at(&l, 1, 0, 2) && !open_at(&l, 1, 0, 1));
    lattice_free(&l);
    profiles_free(&p);
}

Test(protect_lattice, what_is_not_listed_is_withheld_as_any_small_group)
{
    uint64_t state = 2;
    const struct public_rule rule = rule_of(&state);
    const bool listed[] = {true, true, false, true};
    const bool *const lists[LATTICE_DIMS_MAX] = {listed};
    struct profiles p = counted(1, (uint32_t[]){4}, (uint64_t[]){100, 60, 40, 3}, &state);
    struct lattice l;
    cr_assert_eq(lattice_decide(&l, &p, lists, &rule), LATTICE_OK);
    cr_expect_not(open_at(&l, 1, 0, 2));
    cr_expect_not(open_at(&l, 1, 0, 3));
    cr_expect(open_at(&l, 1, 0, 0) && open_at(&l, 1, 0, 1), "the 43 withheld hide each other");
    lattice_free(&l);
    profiles_free(&p);
}

Test(protect_lattice, nearly_the_same_people_are_looked_at_once)
{
    /* Women by nurses: all nurses but one are women, and women who are no nurses are one. */
    uint64_t state = 3;
    const struct public_rule rule = rule_of(&state);
    struct profiles p =
        counted(2, (uint32_t[]){2, 2}, (uint64_t[]){80, 1, 1, 90}, &state); /* [gender][nurse] */
    struct lattice l;
    cr_assert_eq(lattice_decide(&l, &p, all_listed, &rule), LATTICE_OK);
    /* 81 of the one gender and the 81 nurses differ by two people. */
    cr_expect_neq(open_at(&l, 1, 0, 0), open_at(&l, 1, 1, 0), "one of both");
    for (uint32_t i = 0; i < 4; i++) {
        cr_expect_not(l.universes[lattice_place(&l, 2, (size_t[]){0, 1}, (uint32_t[]){i / 2, i % 2})].open);
    }
    lattice_free(&l);
    profiles_free(&p);
}

Test(protect_lattice, one_heavy_weight_is_a_small_group)
{
    uint64_t state = 4;
    const struct public_rule rule = rule_of(&state);
    struct profiles p = counted(1, (uint32_t[]){2}, (uint64_t[]){100, 30}, &state);
    p.list[1].sum.weight = 29 * (uint64_t)(WEIGHT_ONE / 8) + 15 * (uint64_t)WEIGHT_ONE;
    p.list[1].sum.weight_squared = 29 * (1ull << 24) + (225ull << 30);
    struct lattice l;
    cr_assert_eq(lattice_decide(&l, &p, all_listed, &rule), LATTICE_OK);
    cr_expect_not(open_at(&l, 1, 0, 1));
    cr_expect_not(open_at(&l, 1, 0, 0), "its complement would be that one");
    lattice_free(&l);
    profiles_free(&p);
}

Test(protect_lattice, nobody_is_withheld)
{
    uint64_t state = 5;
    const struct public_rule rule = rule_of(&state);
    const struct profiles none = {.dims = 2, .sizes = {3, 4}};
    struct lattice l;
    cr_assert_eq(lattice_decide(&l, &none, all_listed, &rule), LATTICE_OK);
    cr_assert_eq(l.count, 1 + 3 + 4 + 12);
    for (size_t i = 0; i < l.count; i++) {
        cr_expect_not(l.universes[i].open);
    }
    lattice_free(&l);
    const struct profiles wide = {.dims = 2, .sizes = {65000, 65000}};
    cr_expect_eq(lattice_decide(&l, &wide, all_listed, &rule), LATTICE_TOO_MANY);
}

/* ---- by brute force ---- */

static uint64_t differing(const struct population *people, const struct universe *a, const struct universe *b,
                          uint64_t *common)
{
    uint64_t differ = 0;
    *common = 0;
    for (size_t i = 0; i < people->count; i++) {
        const bool in_a = in_universe(a, &people->people[i]), in_b = in_universe(b, &people->people[i]);
        differ += in_a != in_b;
        *common += in_a && in_b;
    }
    return differ;
}

/* The people of a universe who are in no open part of it by this dimension. */
static uint64_t left_over(const struct population *people, const struct lattice *l,
                          const struct universe *whole, size_t dim, size_t *open_parts)
{
    uint64_t left = 0;
    *open_parts = 0;
    bool open[64] = {false};
    for (uint32_t c = 0; c < people->sizes[dim]; c++) {
        size_t dims[2] = {dim, dim};
        uint32_t codes[2] = {c, c};
        if (whole->depth == 1) {
            const size_t other = whole->dims[0] > dim;
            dims[other] = whole->dims[0];
            codes[other] = whole->codes[0];
            dims[!other] = dim;
            codes[!other] = c;
        }
        open[c] = l->universes[lattice_place(l, whole->depth + 1u, dims, codes)].open;
        *open_parts += open[c];
    }
    for (size_t i = 0; i < people->count; i++) {
        left += in_universe(whole, &people->people[i]) && !open[people->people[i].codes[dim]];
    }
    return left;
}

static void expect_splits_hold(const struct population *people, const struct lattice *l, uint32_t k)
{
    for (size_t u = 0; u < l->count; u++) {
        const struct universe *whole = &l->universes[u];
        for (size_t dim = 0; whole->open && whole->depth < 2 && dim < l->dims; dim++) {
            if (whole->depth == 1 && whole->dims[0] == dim) {
                continue;
            }
            size_t parts;
            uint64_t left = left_over(people, l, whole, dim, &parts);
            cr_expect(parts == 0 || left == 0 || left >= k, "universe %zu by %zu: %llu are left over", u, dim,
                      (unsigned long long)left);
        }
    }
}

Test(protect_lattice, open_universes_never_differ_by_a_few_people)
{
    size_t open = 0, alike = 0;
    for (uint64_t seed = 0; seed < 60; seed++) {
        uint64_t state = seed;
        const struct public_rule rule = rule_of(&state);
        const uint32_t sizes[] = {2 + random_below(&state, 4), 2 + random_below(&state, 3),
                                  2 + random_below(&state, 5)};
        struct population people = population_of(&state, 3, sizes, 2, 100 + random_below(&state, 500));
        /* Make two dimensions nearly the same, as they may be in life. */
        for (size_t i = 0; seed % 2 && i < people.count; i++) {
            if (random_below(&state, 60)) {
                people.people[i].codes[1] = people.people[i].codes[0] % (uint16_t)sizes[1];
            }
        }
        struct profiles p = profiles_of(&people);
        struct lattice l;
        cr_assert_eq(lattice_decide(&l, &p, all_listed, &rule), LATTICE_OK);
        for (size_t a = 0; a < l.count; a++) {
            open += l.universes[a].open;
            cr_expect(!l.universes[a].open || l.universes[a].sum.n >= rule.threshold);
            for (size_t b = 0; b < a; b++) {
                uint64_t common, differ = differing(&people, &l.universes[a], &l.universes[b], &common);
                const bool exposed = common > 0 && differ > 0 && differ < rule.threshold;
                cr_expect(!exposed || !l.universes[a].open || !l.universes[b].open,
                          "seed %llu: universes %zu and %zu differ by %llu", (unsigned long long)seed, a, b,
                          (unsigned long long)differ);
                alike += exposed && public_large(&rule, &l.universes[a].sum) &&
                         public_large(&rule, &l.universes[b].sum);
            }
        }
        expect_splits_hold(&people, &l, rule.threshold);
        lattice_free(&l);
        profiles_free(&p);
        free(people.people);
    }
    cr_expect_gt(alike, 50, "without rules 2 and 3 there would have been pairs: %zu", alike);
    cr_expect_gt(open, 600, "and something is still open: %zu", open);
}

Test(protect_lattice, the_order_of_profiles_does_not_matter)
{
    uint64_t state = 7;
    const struct public_rule rule = rule_of(&state);
    struct population people = population_of(&state, 3, (uint32_t[]){5, 4, 6}, 2, 700);
    struct profiles p = profiles_of(&people);
    struct lattice first, again;
    cr_assert_eq(lattice_decide(&first, &p, all_listed, &rule), LATTICE_OK);
    for (size_t i = p.count; i-- > 1;) {
        const size_t j = random_below(&state, (uint32_t)(i + 1));
        const struct profile swapped = p.list[i];
        p.list[i] = p.list[j];
        p.list[j] = swapped;
    }
    cr_assert_eq(lattice_decide(&again, &p, all_listed, &rule), LATTICE_OK);
    for (size_t u = 0; u < first.count; u++) {
        cr_expect_eq(first.universes[u].open, again.universes[u].open);
        cr_expect_eq(first.universes[u].n, again.universes[u].n);
    }
    lattice_free(&first);
    lattice_free(&again);
    profiles_free(&p);
    free(people.people);
}

/* ---- profiles out of the columns ---- */

Test(protect_lattice, profiles_are_those_of_the_columns)
{
    uint64_t state = 8;
    struct model model = model_create(6000);
    struct columns *columns;
    cr_assert_eq(columns_create(&columns, model_codes, MODEL_VARIABLES), COLUMNS_OK);
    model_fill(&model, columns, &state, true);
    const size_t variables[] = {1, 4, 0};
    struct profiles p;
    cr_assert_eq(profiles_count(&p, columns, variables, 3), LATTICE_OK);
    struct table t;
    const struct tabulate_query query = {.axes = {1, 4, 0}, .axis_count = 3, .weighted = true, .keyed = true};
    cr_assert_eq(tabulate(&t, columns, &query), TABULATE_OK);
    size_t occupied = 0;
    for (size_t i = 0; i < t.cell_count; i++) {
        occupied += t.cells[i].n > 0;
    }
    cr_expect_eq(p.count, occupied);
    for (size_t i = 0; i < p.count; i++) {
        const uint32_t codes[] = {p.list[i].codes[0], p.list[i].codes[1], p.list[i].codes[2]};
        cr_expect_eq(memcmp(&p.list[i].sum, &t.cells[table_cell_number(&t, codes)], sizeof p.list[i].sum), 0);
        cr_expect(i == 0 || memcmp(p.list[i - 1].codes, p.list[i].codes, sizeof p.list[i].codes) != 0);
    }
    table_free(&t);
    profiles_free(&p);
    cr_expect_eq(profiles_count(&p, columns, (size_t[]){1, 1}, 2), LATTICE_BAD_DIMS);
    cr_expect_eq(profiles_count(&p, columns, (size_t[]){MODEL_VARIABLES}, 1), LATTICE_BAD_DIMS);
    columns_destroy(columns);
    model_free(&model);
}

/* ---- releases ---- */

Test(protect_lattice, a_release_waits_for_enough_changes)
{
    uint64_t state = 9;
    const struct public_rule rule = rule_of(&state);
    size_t due_at[31] = {0};
    for (int i = 0; i < 2000; i++) {
        for (uint64_t n = 0; n <= 30; n++) {
            const struct table_cell changed = {.n = n, .key = n ? random_next(&state) : 0};
            due_at[n] += release_due(&rule, &changed);
        }
    }
    for (uint64_t n = 0; n < 10; n++) {
        cr_expect_eq(due_at[n], 0, "%llu people", (unsigned long long)n);
    }
    cr_expect(due_at[15] > 1000 && due_at[15] < 1500, "the border does not show: %zu", due_at[15]);
    for (uint64_t n = 20; n <= 30; n++) {
        cr_expect_eq(due_at[n], 2000);
    }
}
