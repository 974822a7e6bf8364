#include "stats/protect_primary.h"

#include "support.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(protect_primary, .fini = leaks_check);

enum { CELLS_MAX = 12 };

/* A table of these counts, everybody with weight 1. */
static struct table table_of(size_t axis_count, const uint32_t *sizes, const uint64_t *counts,
                             struct table_cell *cells)
{
    struct table table = {.axis_count = axis_count, .cell_count = 1, .cells = cells};
    for (size_t a = 0; a < axis_count; a++) {
        table.sizes[a] = sizes[a];
        table.cell_count *= sizes[a];
    }
    for (size_t i = 0; i < table.cell_count; i++) {
        cells[i] = (struct table_cell){.n = counts[i],
                                       .weight = counts[i] * WEIGHT_ONE,
                                       .weight_squared = counts[i] << 30,
                                       .key = 0x5ec7e7};
    }
    return table;
}

static struct protected_table protect(size_t axis_count, const uint32_t *sizes, const uint64_t *counts,
                                      const struct protect_rule *rule)
{
    struct table_cell cells[64];
    struct table table = table_of(axis_count, sizes, counts, cells);
    struct protected_table out;
    cr_assert_eq(protect_primary(&out, &table, rule), PROTECT_OK);
    return out;
}

static enum protect_mark mark_at(const struct protected_table *t, uint32_t a, uint32_t b)
{
    return protected_table_at(t, (uint32_t[]){a, b})->mark;
}

/* ---- by hand ---- */

Test(protect_primary, a_small_cell_takes_its_lines_totals_with_it)
{
    const uint32_t sizes[] = {2, 3};
    const uint64_t counts[] = {10, 20, 9, 30, 40, 50};
    struct protected_table t =
        protect(2, sizes, counts, &(struct protect_rule){.threshold = PROTECT_THRESHOLD});
    cr_expect_eq(mark_at(&t, 0, 0), PROTECT_SHOWN);
    cr_expect_eq(mark_at(&t, 0, 2), PROTECT_WITHHELD);
    cr_expect_eq(mark_at(&t, 0, PROTECT_ALL), PROTECT_WITHHELD);
    cr_expect_eq(mark_at(&t, 1, PROTECT_ALL), PROTECT_SHOWN);
    cr_expect_eq(mark_at(&t, PROTECT_ALL, 0), PROTECT_SHOWN);
    cr_expect_eq(mark_at(&t, PROTECT_ALL, 2), PROTECT_WITHHELD);
    cr_expect_eq(mark_at(&t, PROTECT_ALL, PROTECT_ALL), PROTECT_WITHHELD);
    cr_expect_eq(protected_table_at(&t, (uint32_t[]){1, PROTECT_ALL})->n, 120);
    cr_expect_eq(protected_table_at(&t, (uint32_t[]){PROTECT_ALL, 1})->n, 60);

    double share = -1;
    cr_expect(protected_share(&share, &t, (uint32_t[]){0, 1}, 1));
    cr_expect_float_eq(share, 20.0 / 60, 1e-15);
    cr_expect_not(protected_share(&share, &t, (uint32_t[]){0, 1}, 2), "its line has a withheld cell");
    cr_expect_not(protected_share(&share, &t, (uint32_t[]){1, 1}, 3));
    cr_expect_not(protected_share(&share, &t, (uint32_t[]){0, 2}, 1));
    protected_table_free(&t);
}

Test(protect_primary, nothing_of_a_withheld_cell_is_left)
{
    const uint32_t sizes[] = {3};
    const uint64_t counts[] = {0, 9, 10};
    struct protected_table t =
        protect(1, sizes, counts, &(struct protect_rule){.threshold = PROTECT_THRESHOLD});
    const struct protected_cell empty = {.mark = PROTECT_WITHHELD};
    cr_expect_eq(memcmp(&t.cells[0], &empty, sizeof empty), 0, "zero is small too");
    cr_expect_eq(memcmp(&t.cells[1], &empty, sizeof empty), 0);
    cr_expect_eq(memcmp(&t.cells[3], &empty, sizeof empty), 0, "nor of a total");
    cr_expect_eq(t.cells[2].n, 10);
    protected_table_free(&t);
}

Test(protect_primary, absent_codes_are_no_part_of_the_table)
{
    const uint32_t sizes[] = {3, 2};
    const bool absent[] = {true, false, false};
    const struct protect_rule rule = {.threshold = 5, .absent = {absent}};
    const uint64_t counts[] = {0, 0, 10, 20, 30, 40};
    struct protected_table t = protect(2, sizes, counts, &rule);
    cr_expect_eq(mark_at(&t, 0, 0), PROTECT_ABSENT);
    cr_expect_eq(mark_at(&t, 0, PROTECT_ALL), PROTECT_ABSENT);
    cr_expect_eq(mark_at(&t, PROTECT_ALL, 0), PROTECT_SHOWN);
    cr_expect_eq(protected_table_at(&t, (uint32_t[]){PROTECT_ALL, PROTECT_ALL})->n, 100);
    protected_table_free(&t);

    const uint64_t somebody[] = {0, 1, 10, 20, 30, 40};
    struct table_cell cells[6];
    struct table table = table_of(2, sizes, somebody, cells);
    cr_expect_eq(protect_primary(&t, &table, &rule), PROTECT_NOT_EMPTY);
    cr_expect_null(t.cells);
}

Test(protect_primary, one_heavy_weight_is_a_small_cell)
{
    struct table_cell cells[2] = {{.n = 100, .weight = 100ull * WEIGHT_ONE, .weight_squared = 100ull << 30},
                                  /* 11 people of 1 and one of 15 */
                                  {.n = 12, .weight = 26ull * WEIGHT_ONE, .weight_squared = 236ull << 30}};
    struct table table = {.axis_count = 1, .sizes = {2}, .cell_count = 2, .cells = cells};
    struct protect_rule rule = {.threshold = 10};
    struct protected_table t;
    cr_assert_eq(protect_primary(&t, &table, &rule), PROTECT_OK);
    cr_expect_eq(t.cells[1].mark, PROTECT_SHOWN);
    protected_table_free(&t);
    rule.effective_too = true;
    cr_assert_eq(protect_primary(&t, &table, &rule), PROTECT_OK);
    cr_expect_eq(t.cells[0].mark, PROTECT_SHOWN);
    cr_expect_eq(t.cells[1].mark, PROTECT_WITHHELD);
    protected_table_free(&t);
}

Test(protect_primary, a_total_known_elsewhere_costs_the_next_smallest_cell)
{
    const uint32_t sizes[] = {4};
    const uint64_t counts[] = {60, 3, 40, 50}, none[] = {60, 30, 40, 50};
    const struct protect_rule rule = {.threshold = 10, .total_known = true};
    struct protected_table t = protect(1, sizes, counts, &rule);
    cr_expect_eq(t.cells[1].mark, PROTECT_WITHHELD);
    cr_expect_eq(t.cells[2].mark, PROTECT_WITHHELD);
    cr_expect_eq(t.cells[0].mark, PROTECT_SHOWN);
    cr_expect_eq(t.cells[3].mark, PROTECT_SHOWN);
    protected_table_free(&t);
    t = protect(1, sizes, none, &rule);
    for (size_t i = 0; i < t.cell_count; i++) {
        cr_expect_eq(t.cells[i].mark, PROTECT_SHOWN);
    }
    protected_table_free(&t);
}

Test(protect_primary, an_empty_special_code_costs_nothing)
{
    const uint32_t sizes[] = {5};
    const uint64_t counts[] = {0, 0, 300, 80, 20}, nearly[] = {0, 4, 300, 80, 20};
    struct protect_rule rule = {.threshold = 10, .total_known = true};
    struct protected_table t = protect(1, sizes, counts, &rule);
    cr_expect_eq(t.cells[0].mark, PROTECT_WITHHELD);
    cr_expect_eq(t.cells[4].mark, PROTECT_WITHHELD, "without special codes");
    protected_table_free(&t);
    rule.specials = 2;
    t = protect(1, sizes, counts, &rule);
    for (size_t i = 0; i < t.cell_count; i++) {
        cr_expect_eq(t.cells[i].mark, PROTECT_SHOWN);
    }
    protected_table_free(&t);
    t = protect(1, sizes, nearly, &rule);
    cr_expect_eq(t.cells[0].mark, PROTECT_SHOWN);
    cr_expect_eq(t.cells[1].mark, PROTECT_WITHHELD);
    cr_expect_eq(t.cells[4].mark, PROTECT_WITHHELD, "their sum is known");
    cr_expect_eq(t.cells[5].n, 404, "as rule 4 counts on");
    protected_table_free(&t);
}

Test(protect_primary, a_table_of_one_cell)
{
    const uint64_t nine[] = {9}, ten[] = {10};
    const struct protect_rule rule = {.threshold = 10};
    struct protected_table t = protect(0, NULL, nine, &rule);
    cr_expect_eq(t.cells[0].mark, PROTECT_WITHHELD);
    protected_table_free(&t);
    t = protect(0, NULL, ten, &rule);
    cr_expect_eq(t.cells[0].n, 10);
    protected_table_free(&t);
}

/* ---- by brute force ----
 * The attacker knows the rule and everything shown (and the number of people, where that is known). They list
 * every table that would have been shown in the same way. Nothing withheld may have the same count in all of
 * those. */

enum { MARGINS_MAX = 7 };

struct candidate {
    uint64_t counts[CELLS_MAX];
    struct protected_table shown;
    struct protected_table margins[MARGINS_MAX]; /* by the set of axes left, where they are known */
    uint64_t people;
};

static size_t cells_of(size_t axis_count, const uint32_t *sizes)
{
    size_t cells = 1;
    for (size_t a = 0; a < axis_count; a++) {
        cells *= sizes[a];
    }
    return cells;
}

/* The total over any axes of the true counts, by its place in the table with totals. */
static uint64_t truth_at(const struct candidate *c, size_t axis_count, const uint32_t *sizes, size_t place)
{
    uint32_t wanted[TABULATE_AXES_MAX] = {0};
    for (size_t a = axis_count; a-- > 0;) {
        wanted[a] = (uint32_t)(place % (sizes[a] + 1));
        place /= sizes[a] + 1;
    }
    uint64_t sum = 0;
    for (size_t i = 0; i < cells_of(axis_count, sizes); i++) {
        size_t rest = i;
        bool in = true;
        for (size_t a = axis_count; a-- > 0;) {
            in = in && (wanted[a] == sizes[a] || wanted[a] == rest % sizes[a]);
            rest /= sizes[a];
        }
        sum += in ? c->counts[i] : 0;
    }
    return sum;
}

static bool is_total(size_t axis_count, const uint32_t *sizes, size_t place)
{
    bool total = axis_count == 0;
    for (size_t a = axis_count; a-- > 0;) {
        total = total || place % (sizes[a] + 1) == sizes[a];
        place /= sizes[a] + 1;
    }
    return total;
}

static bool with_total;

static int by_table(const struct protected_table *x, const struct protected_table *y)
{
    for (size_t i = 0; i < x->cell_count; i++) {
        const struct protected_cell *p = &x->cells[i], *q = &y->cells[i];
        if (p->mark != q->mark) {
            return p->mark < q->mark ? -1 : 1;
        }
        if (p->n != q->n) {
            return p->n < q->n ? -1 : 1;
        }
    }
    return 0;
}

static int by_what_is_known(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (with_total && x->people != y->people) {
        return x->people < y->people ? -1 : 1;
    }
    int order = by_table(&x->shown, &y->shown);
    for (size_t set = 1; set < MARGINS_MAX && order == 0; set++) {
        order = by_table(&x->margins[set], &y->margins[set]);
    }
    return order;
}

/* The table over a set of the axes. */
static struct protected_table margin_of(const struct candidate *c, size_t axis_count, const uint32_t *sizes,
                                        unsigned set, const struct protect_rule *rule)
{
    uint32_t left[TABULATE_AXES_MAX];
    uint64_t counts[CELLS_MAX] = {0};
    size_t count = 0;
    struct protect_rule margin_rule = *rule;
    for (size_t a = 0; a < axis_count; a++) {
        if (set >> a & 1) {
            margin_rule.facts[count] = rule->facts[a];
            left[count++] = sizes[a];
        }
    }
    for (size_t i = 0; i < cells_of(axis_count, sizes); i++) {
        size_t place = 0, stride = 1, rest = i;
        for (size_t a = axis_count; a-- > 0;) {
            if (set >> a & 1) {
                place += rest % sizes[a] * stride;
                stride *= sizes[a];
            }
            rest /= sizes[a];
        }
        counts[place] += c->counts[i];
    }
    return protect(count, left, counts, &margin_rule);
}

static void protect_candidate(struct candidate *c, size_t axis_count, const uint32_t *sizes,
                              const struct protect_rule *rule)
{
    c->shown = protect(axis_count, sizes, c->counts, rule);
    for (unsigned set = 1; rule->margins_known && set + 1 < 1u << axis_count; set++) {
        c->margins[set] = margin_of(c, axis_count, sizes, set, rule);
    }
}

static void free_candidate(struct candidate *c)
{
    protected_table_free(&c->shown);
    for (size_t set = 1; set < MARGINS_MAX; set++) {
        protected_table_free(&c->margins[set]);
    }
}

/* Of a table over one axis: whether all people have one code, as far as the zeros told of special ones leave
 * any other. */
static bool told_alike(const struct protected_table *margin, const struct protect_rule *rule)
{
    size_t left = 0;
    for (size_t code = 0; code < margin->sizes[0]; code++) {
        const struct protected_cell *cell = &margin->cells[code];
        left += !(code < rule->specials && cell->mark == PROTECT_SHOWN && cell->n == 0);
    }
    return left == 1;
}

/* The code of a place on an axis: the size for the total over it. */
static size_t code_at(size_t axis_count, const uint32_t *sizes, size_t place, size_t axis)
{
    for (size_t a = axis_count; --a > axis;) {
        place /= sizes[a] + 1;
    }
    return place % (sizes[axis] + 1);
}

/* What a table over fewer axes tells on purpose: that nobody has a special code, or left the answer empty;
 * and all that it shows, when of each axis that it is without one code is left. */
static bool told_by_a_margin(const struct candidate *c, size_t axis_count, const uint32_t *sizes,
                             size_t place, const struct protect_rule *rule)
{
    for (unsigned set = 1; rule->margins_known && set + 1 < 1u << axis_count; set++) {
        size_t left = 0;
        bool alike = true, special = false;
        for (size_t a = 0; a < axis_count; a++) {
            const size_t code = code_at(axis_count, sizes, place, a);
            const bool in = set >> a & 1;
            left = in ? left * (sizes[a] + 1) + code : left;
            special = special || (in && code < rule->specials);
            alike = alike && (in || told_alike(&c->margins[1u << a], rule));
        }
        const struct protected_cell *cell = &c->margins[set].cells[left];
        if (cell->mark == PROTECT_SHOWN && (alike || (special && cell->n == 0))) {
            return true;
        }
    }
    return false;
}

/* How many left the answer empty, where there is one by facts. */
static bool left_empty(size_t axis_count, const uint32_t *sizes, size_t place,
                       const struct protect_rule *rule)
{
    size_t answers = 0;
    bool empty = false;
    for (size_t a = 0; a < axis_count; a++) {
        answers += !rule->facts[a];
        empty = empty || (!rule->facts[a] && code_at(axis_count, sizes, place, a) < rule->unguarded);
    }
    return axis_count > 1 && answers == 1 && empty;
}

/* Sorts them by what is known: none withheld is the same in all that look alike. Of up to `most` people all
 * tables are listed. Frees them. How many were withheld in all. */
static size_t judge(struct candidate *all, size_t count, size_t axis_count, const uint32_t *sizes,
                    uint64_t most, const struct protect_rule *rule)
{
    with_total = rule->total_known;
    qsort(all, count, sizeof *all, by_what_is_known);
    size_t withheld = 0;
    for (size_t first = 0, next; first < count; first = next) {
        for (next = first + 1; next < count && by_what_is_known(&all[first], &all[next]) == 0;) {
            next++;
        }
        /* Where so few took part that the total itself tells: nobody, whatever is withheld. */
        if (with_total && all[first].people == 0) {
            continue;
        }
        /* Tables of more people are not all listed. Without special codes and margins those listed are
         * enough: any two cells may be the other way round. */
        if (with_total && (rule->specials > 0 || rule->margins_known) && all[first].people > most) {
            continue;
        }
        for (size_t place = 0; place < all[first].shown.cell_count; place++) {
            uint64_t truth = truth_at(&all[first], axis_count, sizes, place);
            const struct protected_cell *cell = &all[first].shown.cells[place];
            if (cell->mark == PROTECT_SHOWN) {
                cr_assert_eq(cell->n, truth);
                continue;
            }
            /* Who knows the number of people knows what all withheld cells are together, and so any total
             * over just these. */
            if (with_total && is_total(axis_count, sizes, place)) {
                continue;
            }
            if (told_by_a_margin(&all[first], axis_count, sizes, place, rule) ||
                left_empty(axis_count, sizes, place, rule)) {
                continue;
            }
            bool differs = false;
            for (size_t c = first + 1; c < next && !differs; c++) {
                differs = truth_at(&all[c], axis_count, sizes, place) != truth;
            }
            withheld++;
            cr_assert(differs, "place %zu is %llu in every table that looks like this (%llu people)", place,
                      (unsigned long long)truth, (unsigned long long)all[first].people);
        }
    }
    for (size_t c = 0; c < count; c++) {
        free_candidate(&all[c]);
    }
    free(all);
    return withheld;
}

/* Every table of these sizes with counts 0..most. */
static void attack(size_t axis_count, const uint32_t *sizes, uint64_t most, const struct protect_rule *rule)
{
    const size_t cells = cells_of(axis_count, sizes);
    cr_assert_leq(cells, CELLS_MAX);
    size_t count = 1;
    for (size_t i = 0; i < cells; i++) {
        count *= most + 1;
    }
    struct candidate *all = calloc(count, sizeof *all);
    cr_assert_not_null(all);
    for (size_t c = 0; c < count; c++) {
        size_t rest = c;
        for (size_t i = 0; i < cells; i++) {
            all[c].counts[i] = rest % (most + 1);
            all[c].people += all[c].counts[i];
            rest /= most + 1;
        }
        protect_candidate(&all[c], axis_count, sizes, rule);
    }
    cr_assert_gt(judge(all, count, axis_count, sizes, most, rule), 0);
}

/* Every table of these sizes with so many people. */
static void attack_people(size_t axis_count, const uint32_t *sizes, uint64_t people,
                          const struct protect_rule *rule)
{
    const size_t cells = cells_of(axis_count, sizes);
    uint64_t counts[CELLS_MAX] = {0};
    size_t count = 1;
    for (uint64_t i = 1; i < cells; i++) {
        count = count * (people + i) / i; /* a binomial coefficient each time */
    }
    struct candidate *all = calloc(count, sizeof *all);
    cr_assert_not_null(all);
    counts[0] = people;
    for (size_t c = 0; c < count; c++) {
        memcpy(all[c].counts, counts, sizeof counts);
        all[c].people = people;
        protect_candidate(&all[c], axis_count, sizes, rule);
        /* The next: of the first cell that has somebody one goes on to the cell behind it, the others back.
         */
        size_t first = 0;
        while (first + 1 < cells && counts[first] == 0) {
            first++;
        }
        const uint64_t moved = counts[first];
        counts[first] = 0;
        counts[0] = moved > 0 ? moved - 1 : 0;
        counts[first + 1 < cells ? first + 1 : first]++;
    }
    cr_assert_gt(judge(all, count, axis_count, sizes, people, rule), 0);
}

Test(protect_primary, nothing_can_be_recomputed_in_one_dimension)
{
    attack(1, (uint32_t[]){5}, 5, &(struct protect_rule){.threshold = 3});
}

Test(protect_primary, nothing_can_be_recomputed_in_two_dimensions)
{
    attack(2, (uint32_t[]){2, 3}, 4, &(struct protect_rule){.threshold = 2});
    attack(2, (uint32_t[]){2, 2}, 8, &(struct protect_rule){.threshold = 4});
}

Test(protect_primary, nothing_can_be_recomputed_in_three_dimensions)
{
    attack(3, (uint32_t[]){2, 2, 2}, 3, &(struct protect_rule){.threshold = 2});
}

Test(protect_primary, nothing_can_be_recomputed_with_the_total_from_elsewhere)
{
    attack(1, (uint32_t[]){2}, 40, &(struct protect_rule){.threshold = 3, .total_known = true});
    attack(1, (uint32_t[]){3}, 20, &(struct protect_rule){.threshold = 3, .total_known = true});
    attack(2, (uint32_t[]){2, 2}, 9, &(struct protect_rule){.threshold = 3, .total_known = true});
}

Test(protect_primary, nothing_can_be_recomputed_beside_the_zeros_of_special_codes)
{
    for (uint32_t specials = 1; specials <= 3; specials++) {
        for (int known = 0; known < 2; known++) {
            const struct protect_rule rule = {.threshold = 3, .total_known = known, .specials = specials};
            attack(1, (uint32_t[]){3}, 30, &rule);
            attack(1, (uint32_t[]){4}, 13, &rule);
            attack(1, (uint32_t[]){5}, 7, &rule);
            attack(2, (uint32_t[]){2, 2}, 13, &rule);
            attack(2, (uint32_t[]){2, 3}, 5, &rule);
        }
    }
    const struct protect_rule four = {.threshold = 4, .total_known = true, .specials = 2};
    attack(1, (uint32_t[]){4}, 14, &four);
}

Test(protect_primary, nothing_can_be_recomputed_beside_the_margins)
{
    for (uint32_t specials = 0; specials <= 1; specials++) {
        const struct protect_rule rule = {
            .threshold = 3, .total_known = true, .margins_known = true, .specials = specials};
        attack(2, (uint32_t[]){2, 2}, 13, &rule);
        attack(2, (uint32_t[]){2, 3}, 5, &rule);
    }
}

/* Of two answers, of an answer by a fact, either way round, and of two facts: there a 3 could be worked out,
 * since the row of that one special code was three people, which no table told, and others were fewer. */
Test(protect_primary, nothing_can_be_recomputed_beside_what_was_left_empty)
{
    for (int facts = 0; facts < 4; facts++) {
        const struct protect_rule rule = {.threshold = 3,
                                          .total_known = true,
                                          .margins_known = true,
                                          .specials = 1,
                                          .unguarded = 1,
                                          .facts = {facts & 1, facts >> 1}};
        for (uint64_t people = 1; people <= 13; people++) {
            attack_people(2, facts == 1 ? (uint32_t[]){2, 3} : (uint32_t[]){3, 2}, people, &rule);
        }
    }
    const struct protect_rule rule = {.threshold = 3,
                                      .total_known = true,
                                      .margins_known = true,
                                      .specials = 1,
                                      .unguarded = 1,
                                      .facts = {true}};
    attack_people(2, (uint32_t[]){3, 3}, 10, &rule);
}

/* Three facts; an answer by two of them; three answers. */
Test(protect_primary, nothing_can_be_recomputed_in_three_dimensions_beside_all_margins)
{
    const bool facts[3][TABULATE_AXES_MAX] = {{true, true, true}, {false, true, true}, {false}};
    for (size_t i = 0; i < 3; i++) {
        struct protect_rule rule = {
            .threshold = 3, .total_known = true, .margins_known = true, .specials = 1, .unguarded = 1};
        memcpy(rule.facts, facts[i], sizeof rule.facts);
        attack_people(3, (uint32_t[]){3, 2, 2}, 6, &rule);
        if (i != 1) { /* of an answer there is more than one, beside leaving it empty */
            attack_people(3, (uint32_t[]){2, 2, 2}, 8, &rule);
        }
    }
}

Test(protect_primary, tables_of_the_same_variables_show_the_same_cells)
{
    uint64_t state = 11;
    for (int t = 0; t < 2000; t++) {
        uint32_t sizes[3], turned[3];
        uint64_t counts[64], other[64];
        const size_t order[][3] = {{1, 0, 2}, {2, 1, 0}, {1, 2, 0}};
        struct protect_rule rule = {.threshold = 10,
                                    .total_known = true,
                                    .margins_known = true,
                                    .specials = 2,
                                    .unguarded = 1,
                                    .facts = {t & 1, t >> 1 & 1, t >> 2 & 1},
                                    .variables = {4, 7, 9}};
        struct protect_rule own = rule;
        for (size_t a = 0; a < 3; a++) {
            sizes[a] = 3 + random_below(&state, 2);
        }
        for (size_t a = 0; a < 3; a++) {
            turned[a] = sizes[order[t % 3][a]];
            own.facts[a] = rule.facts[order[t % 3][a]];
            own.variables[a] = rule.variables[order[t % 3][a]];
        }
        uint32_t codes[3], back[3];
        for (size_t i = 0; i < cells_of(3, sizes); i++) {
            size_t rest = i, place = 0;
            for (size_t a = 3; a-- > 0; rest /= sizes[a]) {
                codes[a] = (uint32_t)(rest % sizes[a]);
            }
            for (size_t a = 0; a < 3; a++) {
                place = place * turned[a] + codes[order[t % 3][a]];
            }
            counts[i] = other[place] =
                codes[0] * codes[1] == 0 ? random_below(&state, 3) : random_below(&state, 40);
        }
        struct protected_table one = protect(3, sizes, counts, &rule), two = protect(3, turned, other, &own);
        for (size_t place = 0; place < one.cell_count; place++) {
            for (size_t a = 0; a < 3; a++) {
                const size_t code = code_at(3, sizes, place, a);
                codes[a] = code == sizes[a] ? PROTECT_ALL : (uint32_t)code;
            }
            for (size_t a = 0; a < 3; a++) {
                back[a] = codes[order[t % 3][a]];
            }
            const struct protected_cell *x = protected_table_at(&one, codes),
                                        *y = protected_table_at(&two, back);
            cr_assert(x->mark == y->mark && x->n == y->n, "table %d, place %zu", t, place);
        }
        protected_table_free(&one);
        protected_table_free(&two);
    }
}

/* The total less a row, less a column, and once the cell where they cross, is what is left of the table: here
 * it may be nobody. */
Test(protect_primary, nothing_can_be_recomputed_of_what_a_row_and_a_column_leave)
{
    for (uint32_t specials = 0; specials <= 1; specials++) {
        const struct protect_rule rule = {
            .threshold = 3, .total_known = true, .margins_known = true, .specials = specials};
        attack_people(2, (uint32_t[]){3, 3}, 10, &rule);
    }
}

Test(protect_primary, a_total_is_shown_where_all_its_cells_are)
{
    const uint32_t sizes[] = {2, 2, 2};
    const uint64_t counts[] = {10, 11, 12, 13, 14, 3, 16, 17};
    struct protected_table t = protect(3, sizes, counts, &(struct protect_rule){.threshold = 10});
    size_t shown = 0;
    for (size_t i = 0; i < t.cell_count; i++) {
        shown += t.cells[i].mark == PROTECT_SHOWN;
    }
    /* 27 places; the one cell is in 8 of them: itself, 3 lines, 3 planes, all. */
    cr_expect_eq(shown, 19);
    protected_table_free(&t);
}

Test(protect_primary, a_zero_that_tells_of_a_group_is_withheld)
{
    /* Twelve left the other question open, and all twelve said the same. */
    const uint32_t sizes[] = {3, 3};
    const uint64_t counts[] = {0, 0, 0, 12, 40, 50, 0, 30, 60};
    const struct protect_rule rule = {
        .threshold = 10, .total_known = true, .margins_known = true, .specials = 1};
    struct protected_table t = protect(2, sizes, counts, &rule);
    cr_expect_eq(t.cells[0].mark, PROTECT_SHOWN, "nobody left this one open");
    cr_expect_eq(protected_table_at(&t, (uint32_t[]){2, 0})->mark, PROTECT_WITHHELD);
    protected_table_free(&t);
}

Test(protect_primary, a_three_way_table_gives_nothing_away_beside_its_two_way_tables)
{
    /* One small cell; each two-way table shows the sum of it and one other. */
    const uint32_t sizes[] = {2, 2, 2};
    const uint64_t counts[] = {3, 20, 30, 40, 50, 60, 70, 80};
    const struct protect_rule rule = {.threshold = 10, .total_known = true, .margins_known = true};
    struct protected_table t = protect(3, sizes, counts, &rule);
    for (uint32_t axis = 0; axis < 3; axis++) {
        uint32_t codes[] = {0, 0, 0};
        codes[axis] = 1;
        cr_expect_eq(protected_table_at(&t, codes)->mark, PROTECT_WITHHELD);
    }
    protected_table_free(&t);
}

Test(protect_primary, a_two_way_table_does_not_add_up_to_what_a_margin_withholds)
{
    /* By rows 2, 6 and 7: the table of the rows alone withholds the 6 for the sake of the 2. */
    const uint32_t sizes[] = {3, 2};
    const uint64_t counts[] = {1, 1, 3, 3, 2, 5};
    const struct protect_rule rule = {.threshold = 3, .total_known = true, .margins_known = true};
    struct protected_table t = protect(2, sizes, counts, &rule);
    cr_expect_eq(protected_table_at(&t, (uint32_t[]){1, PROTECT_ALL})->mark, PROTECT_WITHHELD);
    protected_table_free(&t);
}

Test(protect_primary, a_weighted_table_withholds_all_that_the_unweighted_one_does)
{
    /* 3 people cost the unweighted table the 20; in the weighted one the 40 weigh as one. */
    struct table_cell cells[4] = {{0}};
    const uint64_t counts[] = {3, 20, 40, 50};
    const struct table table = {.axis_count = 1, .sizes = {4}, .cell_count = 4, .cells = cells};
    for (size_t i = 0; i < 4; i++) {
        cells[i] = (struct table_cell){
            .n = counts[i], .weight = counts[i] * WEIGHT_ONE, .weight_squared = counts[i] << 30};
    }
    cells[2].weight = WEIGHT_ONE;
    cells[2].weight_squared = 1u << 30;
    struct protected_table t;
    const struct protect_rule rule = {.threshold = 10, .total_known = true, .effective_too = true};
    cr_assert_eq(protect_primary(&t, &table, &rule), PROTECT_OK);
    cr_expect_eq(t.cells[1].mark, PROTECT_WITHHELD);
    cr_expect_eq(t.cells[2].mark, PROTECT_WITHHELD);
    cr_expect_eq(t.cells[3].mark, PROTECT_SHOWN);
    protected_table_free(&t);
}
