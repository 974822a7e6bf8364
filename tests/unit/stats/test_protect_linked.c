/* Tables of the analysts' view beside each other: what of a two-way table is withheld, and what of that could
 * be worked out from the one-way tables of its two variables. Printed with and without the zeros of special
 * codes shown, on made-up consultations. */
#include "stats/answer.h"
#include "stats/protect_primary.h"

#include "protect_support.h"
#include "support.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(protect_linked, .fini = leaks_check);

enum { ANSWERS = 8, GROUPS = 7, TRIALS = 300 };

struct remains {
    size_t cells, withheld, totals, totals_withheld, worked_out;
};

static uint32_t drawn(uint64_t *state, uint32_t size, double special)
{
    if ((double)random_below(state, 1u << 20) / (1u << 20) < special) {
        return (uint32_t)(ANSWER_NONE + random_below(state, 2));
    }
    /* The rarer the higher. */
    uint32_t code = ANSWER_FIRST;
    while (code + 1 < size && random_below(state, 3) == 0) {
        code++;
    }
    return code;
}

/* Everybody was asked both; few or none give no answer. */
static struct table two_way(uint64_t *state, struct table_cell *cells)
{
    const double rates[] = {0, 0.002, 0.05};
    const double a = rates[random_below(state, 3)], b = rates[random_below(state, 3)];
    const size_t people = 100u << random_below(state, 6);
    memset(cells, 0, ANSWERS * GROUPS * sizeof *cells);
    for (size_t i = 0; i < people; i++) {
        const uint32_t answer = drawn(state, ANSWERS, a), group = drawn(state, GROUPS, b);
        const struct table_cell one = {.n = 1, .weight = WEIGHT_ONE, .weight_squared = 1u << 30};
        table_cell_add(&cells[answer * GROUPS + group], &one);
    }
    return (struct table){
        .axis_count = 2, .sizes = {ANSWERS, GROUPS}, .cell_count = (size_t)ANSWERS * GROUPS, .cells = cells};
}

/* The one-way table of one of its variables. */
static struct protected_table one_way(const struct table *two, size_t axis, const struct protect_rule *rule)
{
    struct table_cell cells[ANSWERS + GROUPS] = {{0}};
    const struct table table = {
        .axis_count = 1, .sizes = {two->sizes[axis]}, .cell_count = two->sizes[axis], .cells = cells};
    for (size_t i = 0; i < two->cell_count; i++) {
        table_cell_add(&cells[axis == 0 ? i / GROUPS : i % GROUPS], &two->cells[i]);
    }
    struct protect_rule own = *rule;
    struct protected_table out;
    own.absent[0] = rule->absent[axis];
    own.absent[1] = NULL;
    own.facts[0] = rule->facts[axis];
    cr_assert_eq(protect_primary(&out, &table, &own), PROTECT_OK);
    return out;
}

/* The one cell of a line that is not known, when the one-way table tells the line's total. */
static bool *only_unknown(bool *known, size_t axis, uint32_t code)
{
    bool *only = NULL;
    for (uint32_t other = 0; other < (axis == 0 ? GROUPS : ANSWERS); other++) {
        bool *cell = &known[axis == 0 ? code * GROUPS + other : other * GROUPS + code];
        if (!*cell && only) {
            return NULL;
        }
        only = *cell ? only : cell;
    }
    return only;
}

/* How many cells of the answers from `first` on. */
static size_t work_out(bool *known, const struct protected_table *one_ways, size_t first)
{
    size_t worked_out = 0;
    for (bool more = true; more;) {
        more = false;
        for (size_t axis = 0; axis < 2; axis++) {
            for (uint32_t code = 0; code < one_ways[axis].sizes[0]; code++) {
                bool *only =
                    one_ways[axis].cells[code].mark == PROTECT_SHOWN ? only_unknown(known, axis, code) : NULL;
                if (only) {
                    *only = more = true;
                    worked_out += (size_t)(only - known) >= first * GROUPS;
                }
            }
        }
    }
    return worked_out;
}

static void count_remains(struct remains *r, const struct table *table, const struct protect_rule *rule)
{
    struct protected_table shown;
    bool known[ANSWERS * GROUPS];
    struct protected_table one_ways[] = {one_way(table, 0, rule), one_way(table, 1, rule)};
    cr_assert_eq(protect_primary(&shown, table, rule), PROTECT_OK);
    for (uint32_t a = 0; a <= ANSWERS; a++) {
        for (uint32_t g = 0; g <= GROUPS; g++) {
            const enum protect_mark mark = shown.cells[a * (GROUPS + 1) + g].mark;
            const bool withheld = mark == PROTECT_WITHHELD, there = mark != PROTECT_ABSENT;
            if (a == ANSWERS || g == GROUPS) {
                r->totals += there;
                r->totals_withheld += withheld;
            } else {
                r->cells += there;
                r->withheld += withheld;
                known[a * GROUPS + g] = !withheld;
            }
        }
    }
    r->worked_out += work_out(known, one_ways, rule->facts[1] ? rule->unguarded : 0);
    protected_table_free(&shown);
    protected_table_free(&one_ways[0]);
    protected_table_free(&one_ways[1]);
}

static void print_remains(const char *name, const struct remains *r)
{
    printf(
        "attack: two-way tables, %s: %zu of %zu cells and %zu of %zu totals withheld; %zu cells worked out "
        "from one-way tables\n",
        name, r->withheld, r->cells, r->totals_withheld, r->totals, r->worked_out);
}

Test(protect_linked, less_is_hidden_and_nothing_is_worked_out)
{
    static const bool not_asked[ANSWERS] = {true};
    struct remains plain = {0}, zeros = {0}, both = {0}, facts = {0}, answers = {0};
    uint64_t state = 5;
    struct protect_rule rule = {
        .threshold = PROTECT_THRESHOLD, .total_known = true, .absent = {not_asked, not_asked}};
    for (size_t t = 0; t < TRIALS; t++) {
        struct table_cell cells[ANSWERS * GROUPS];
        const struct table table = two_way(&state, cells);
        rule.margins_known = false;
        rule.specials = 0;
        count_remains(&plain, &table, &rule);
        rule.specials = ANSWER_FIRST;
        count_remains(&zeros, &table, &rule);
        rule.margins_known = true;
        count_remains(&both, &table, &rule);
        rule.unguarded = ANSWER_NONE + 1;
        count_remains(&answers, &table, &rule);
        rule.facts[1] = true;
        count_remains(&facts, &table, &rule);
        rule.facts[1] = false;
        rule.unguarded = 0;
    }
    print_remains("before", &plain);
    print_remains("with the zeros of special codes shown", &zeros);
    print_remains("and with one-way tables known", &both);
    print_remains("and of two answers, each alone with what was left empty", &answers);
    print_remains("and of an answer by a fact, with what was left empty", &facts);
    cr_expect_gt(plain.worked_out, 0, "the attack works");
    cr_expect_gt(zeros.worked_out, 0);
    cr_expect_eq(both.worked_out, 0);
    cr_expect_eq(answers.worked_out, 0);
    cr_expect_eq(facts.worked_out, 0);
    cr_expect_lt(facts.withheld, both.withheld);
    cr_expect_lt(both.withheld, plain.withheld);
    cr_expect_lt(both.totals_withheld, plain.totals_withheld);
}

static double seen_share(const struct protected_table *t, uint32_t code)
{
    double share = -1;
    return protected_share(&share, t, &code, 1) ? share : -1;
}

Test(protect_linked, a_question_that_everybody_answered_keeps_its_shares)
{
    /* Language: nobody left it empty or did not know. */
    struct table_cell cells[6] = {{0}};
    const struct table table = {.axis_count = 1, .sizes = {6}, .cell_count = 6, .cells = cells};
    const bool absent[6] = {true};
    const uint64_t counts[] = {0, 0, 0, 300, 80, 20};
    for (size_t i = 0; i < 6; i++) {
        cells[i] = (struct table_cell){
            .n = counts[i], .weight = counts[i] * WEIGHT_ONE, .weight_squared = counts[i] << 30};
    }
    struct protect_rule rule = {.threshold = PROTECT_THRESHOLD, .total_known = true, .absent = {absent}};
    struct protected_table t;
    cr_assert_eq(protect_primary(&t, &table, &rule), PROTECT_OK);
    cr_expect_lt(seen_share(&t, 5), 0);
    protected_table_free(&t);
    rule.specials = ANSWER_FIRST;
    cr_assert_eq(protect_primary(&t, &table, &rule), PROTECT_OK);
    cr_expect_float_eq(seen_share(&t, 3), 0.75, 1e-15);
    cr_expect_float_eq(seen_share(&t, 5), 0.05, 1e-15);
    protected_table_free(&t);
}
