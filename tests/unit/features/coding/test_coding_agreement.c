#include "features/coding/coding_agreement.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

TestSuite(coding_agreement, .fini = leaks_check);

#define FIXTURES "tests/unit/features/coding/fixtures/"
enum { ARENA_MAX = 16 << 20, UNITS = 80, CODERS = 3, M = RATING_MISSING };

/* ---- from spans to ratings ---- */

Test(coding_agreement, a_value_is_on_every_unit_that_its_span_touches)
{
    /* Passage 1 in two sentences, 4 whole; nobody coded 5. */
    const struct coding_unit units[] = {{1, 0, 10}, {1, 10, 25}, {4, 0, 7}, {5, 0, 3}};
    const struct coding_done done[] = {{1, 0}, {4, 0}, {1, 1}, {9, 1}};
    const struct coding_span spans[] = {{1, 8, 12, 0, 3},  {1, 0, 2, 0, 1},   {1, 10, 11, 1, 3},
                                        {1, 10, 10, 1, 2}, {1, 25, 30, 1, 2}, {4, 0, 7, 1, 6},
                                        {7, 0, 7, 0, 6}};
    uint16_t codes[8];
    cr_assert(coding_rate(codes, units, 4, 2, done, 4, spans, sizeof spans / sizeof spans[0]));
    const uint16_t expected[] = {1 << 3 | 1 << 1, 0, 1 << 3, 1 << 3, 0, M, M, M};
    for (size_t i = 0; i < 8; i++) {
        cr_expect_eq(codes[i], expected[i], "%zu: %u", i, codes[i]);
    }
}

Test(coding_agreement, refuses_what_is_out_of_range_or_order)
{
    const struct coding_unit units[] = {{1, 0, 10}, {1, 9, 12}}, back[] = {{2, 0, 1}, {1, 0, 1}},
                             good[] = {{1, 0, 1}};
    const struct coding_span coder[] = {{1, 0, 1, 2, 0}}, value[] = {{1, 0, 1, 0, CODING_VALUES}};
    const struct coding_done who[] = {{1, 2}};
    uint16_t codes[4];
    cr_expect_not(coding_rate(codes, units, 2, 2, NULL, 0, NULL, 0), "units overlap");
    cr_expect_not(coding_rate(codes, back, 2, 2, NULL, 0, NULL, 0));
    cr_expect_not(coding_rate(codes, good, 1, 2, NULL, 0, coder, 1));
    cr_expect_not(coding_rate(codes, good, 1, 2, NULL, 0, value, 1));
    cr_expect_not(coding_rate(codes, good, 1, 2, who, 1, NULL, 0));
    cr_expect(coding_rate(codes, good, 1, 2, NULL, 0, NULL, 0));
}

/* ---- agreement ---- */

static struct ratings sets_read(uint16_t codes[UNITS * CODERS])
{
    FILE *file = fopen(FIXTURES "sets.csv", "r");
    int n[CODERS];
    size_t units = 0;
    cr_assert_not_null(file);
    cr_assert_eq(fscanf(file, "%*[^\n]\n"), 0);
    while (fscanf(file, "%d,%d,%d\n", &n[0], &n[1], &n[2]) == CODERS) {
        cr_assert_lt(units, UNITS);
        for (size_t c = 0; c < CODERS; c++) {
            codes[units * CODERS + c] = n[c] < 0 ? RATING_MISSING : (uint16_t)n[c];
        }
        units++;
    }
    fclose(file);
    cr_assert_eq(units, UNITS);
    return (struct ratings){units, CODERS, codes};
}

Test(coding_agreement, kappa_is_the_mean_of_those_of_psych)
{
    struct arena *arena = arena_create(ARENA_MAX);
    uint16_t codes[UNITS * CODERS];
    const struct ratings ratings = sets_read(codes);
    struct coding_agreement a;
    cr_assert_eq(coding_agree(&a, arena, &ratings, &(struct coding_agreement_options){.bar = 0.4}),
                 AGREEMENT_OK);
    FILE *file = fopen(FIXTURES "kappas.csv", "r");
    unsigned value;
    double kappa;
    int values = 0;
    cr_assert_not_null(file);
    cr_assert_eq(fscanf(file, "%*[^\n]\n"), 0);
    while (fscanf(file, "%u,%lf\n", &value, &kappa) == 2) {
        cr_expect_float_eq(a.values[value].kappa, kappa, 1e-12, "%u: %.17g", value, a.values[value].kappa);
        cr_expect_eq(a.values[value].pairs, 3);
        values++;
    }
    cr_expect_eq(values, CODING_VALUES);
    fclose(file);
    arena_destroy(arena);
}

Test(coding_agreement, alphas_are_those_of_stats_with_the_bar_beside_them)
{
    struct arena *arena = arena_create(ARENA_MAX);
    uint16_t codes[UNITS * CODERS];
    const struct ratings ratings = sets_read(codes);
    const struct coding_agreement_options options = {.bar = 0.4, .replicates = 200, .seed = 7};
    struct coding_agreement a;
    struct alpha expected;
    double sum = 0;
    int below = 0;
    cr_assert_eq(coding_agree(&a, arena, &ratings, &options), AGREEMENT_OK);
    for (unsigned v = 0; v < CODING_VALUES; v++) {
        cr_assert_eq(agreement_label_alpha(&expected, &ratings, v, 200, 7), AGREEMENT_OK);
        cr_expect_eq(a.values[v].alpha.value, expected.value);
        cr_expect_eq(a.values[v].alpha.range.low, expected.range.low);
        cr_expect_eq(a.values[v].below, expected.value < 0.4);
        below += a.values[v].below;
        sum += expected.value;
    }
    cr_expect(below > 0 && below < CODING_VALUES);
    cr_expect_float_eq(a.mean, sum / CODING_VALUES, 1e-15);
    cr_assert_eq(agreement_alpha(&expected, &ratings, &(struct alpha_options){ALPHA_MASI, NULL, 200, 7}),
                 AGREEMENT_OK);
    cr_expect_eq(a.overall.value, expected.value);
    arena_destroy(arena);
}

Test(coding_agreement, a_value_that_nobody_used_has_no_alpha)
{
    struct arena *arena = arena_create(ARENA_MAX);
    const uint16_t codes[] = {1, 1, 0, 0, 1, 0, 1, M};
    const struct ratings ratings = {4, 2, codes};
    struct coding_agreement a;
    cr_assert_eq(coding_agree(&a, arena, &ratings, &(struct coding_agreement_options){.bar = 0.667}),
                 AGREEMENT_OK);
    cr_expect(isnan(a.values[1].alpha.value) && isnan(a.values[1].kappa) && !a.values[1].below);
    cr_expect_eq(a.values[1].pairs, 0);
    cr_expect_eq(a.values[0].with, 3, "the one alone in its unit is not counted");
    cr_expect(a.values[0].below);
    cr_expect_eq(a.mean, a.values[0].alpha.value);
    const struct ratings alone = {1, 2, (const uint16_t[]){1, M}};
    cr_expect_eq(coding_agree(&a, arena, &alone, &(struct coding_agreement_options){.bar = 0}),
                 AGREEMENT_NOTHING);
    arena_destroy(arena);
}

Test(coding_agreement, what_one_said_where_another_said_something_else)
{
    enum { N = CODING_NONE };
    const uint16_t codes[] = {
        1 << 0 | 1 << 2,
        1 << 0 | 1 << 3,
        M, /* both 0; one 2, the other 3 */
        1 << 4,
        0,
        1 << 4, /* none twice against 4; 4 once alike */
        0,
        0,
        M, /* none alike */
        1 << 1,
        1 << 1 | 1 << 5,
        M, /* 1 alike; 5 against none */
    };
    const struct ratings ratings = {4, 3, codes};
    uint64_t table[N + 1][N + 1];
    coding_confusion(table, &ratings);
    uint64_t expected[N + 1][N + 1] = {{0}};
    expected[0][0] = 1;
    expected[2][3] = expected[3][2] = 1;
    expected[4][4] = 1;
    expected[4][N] = expected[N][4] = 2;
    expected[N][N] = 1;
    expected[1][1] = 1;
    expected[5][N] = expected[N][5] = 1;
    for (int v = 0; v <= N; v++) {
        for (int w = 0; w <= N; w++) {
            cr_expect_eq(table[v][w], expected[v][w], "%d, %d: %llu", v, w, (unsigned long long)table[v][w]);
        }
    }
}

Test(coding_agreement, drift_is_the_same_figure_of_each_batch)
{
    struct arena *arena = arena_create(ARENA_MAX);
    const uint16_t codes[] = {1, 1, 0, 0, 1, 1, 0, 1, /* all but one alike */
                              1, 0, 0, 1, 1, 0, 3, M};
    const struct ratings ratings = {8, 2, codes};
    const uint32_t batch_of[] = {0, 2, 0, 2, 1, 1, 1, 1};
    struct coding_drift out[4];
    struct alpha expected;
    cr_assert_eq(coding_drift(out, arena, &ratings, batch_of, 4, 0), AGREEMENT_OK);
    cr_assert_eq(agreement_label_alpha(&expected, &(struct ratings){4, 2, codes + 8}, 0, 0, 0), AGREEMENT_OK);
    cr_expect_eq(out[1].alpha, expected.value);
    cr_expect_eq(out[1].units, 3);
    cr_expect_float_eq(out[1].share, 4.0 / 7, 1e-15);
    cr_expect_float_eq(out[2].share, 1.0 / 4, 1e-15);
    cr_expect(isnan(out[0].alpha), "all are of one mind and of one category");
    cr_expect(out[3].units == 0 && isnan(out[3].alpha) && isnan(out[3].share));
    cr_assert_eq(coding_drift(out, arena, &ratings, batch_of, 4, CODING_NONE), AGREEMENT_OK);
    cr_assert_eq(agreement_alpha(&expected, &(struct ratings){4, 2, codes + 8},
                                 &(struct alpha_options){.metric = ALPHA_MASI}),
                 AGREEMENT_OK);
    cr_expect_eq(out[1].alpha, expected.value);
    arena_destroy(arena);
}
