/* Measures of the public's view, out of a line whose noise the test draws itself. */
#include "features/results/results_measures.h"
#include "features/results/results_public_measures.h"
#include "stats/consensus.h"
#include "stats/random.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

TestSuite(results_public_measures, .fini = leaks_check);

enum { POINTS = 5, CODES = ANSWER_FIRST + POINTS, FEWER = 15 };

static uint8_t scores[POINTS] = {1, 2, 3, 4, 5};
static const struct variable scale = {.level = LEVEL_ORDINAL, .category_count = POINTS, .scores = scores};
static const enum public_role roles[CODES] = {PUBLIC_ABSENT, PUBLIC_BESIDE, PUBLIC_BESIDE};
static const struct public_table table = {
    .answer_count = CODES, .roles = roles, .fewer = FEWER, .variance = 2};

/* Of the noise with D = 5 and V = 2, as good as: six coins less three, and one of two thirds. */
static int noise(uint64_t *state)
{
    int sum = -3;
    for (int i = 0; i < 6; i++) {
        sum += (int)random_index(state, 2);
    }
    return sum + (random_index(state, 2) ? (int)random_index(state, 3) - 1 : 0);
}

static struct public_cell cell_of(uint64_t n)
{
    return (struct public_cell){n >= FEWER ? PUBLIC_SHOWN : PUBLIC_FEWER, n, (double)n, (double)n};
}

static struct public_line line_of(struct public_cell *answers, const uint64_t *counts, uint64_t *state)
{
    struct public_line line = {.answers = answers, .deff = 1};
    uint64_t all = 0;
    memset(answers, 0, CODES * sizeof *answers);
    for (size_t k = 0; k < POINTS; k++) {
        all += counts[k];
        answers[ANSWER_FIRST + k] = cell_of((uint64_t)((int64_t)counts[k] + (state ? noise(state) : 0)));
    }
    line.people = line.base = cell_of((uint64_t)((int64_t)all + (state ? noise(state) : 0)));
    return line;
}

static struct figure agreement_of(const struct public_line *line, bool interval)
{
    struct arena *arena = arena_create((size_t)1 << 20);
    struct figure found = measure_of_public(FIGURES_AGREEMENT, arena, &scale, &table, line, interval);
    arena_destroy(arena);
    return found;
}

Test(results_public_measures, an_agreement_has_its_interval_where_one_is_asked)
{
    struct public_cell answers[CODES];
    const uint64_t few[] = {40, 60, 80, 60, 40}, many[] = {400, 600, 800, 600, 400};
    struct public_line line = line_of(answers, few, NULL);
    const struct figure bare = agreement_of(&line, false), small = agreement_of(&line, true),
                        again = agreement_of(&line, true);
    cr_expect(bare.mark == FIGURE_SHOWN && !bare.interval);
    cr_expect(small.interval && small.low <= small.value && small.value <= small.high);
    cr_expect_eq(small.value, bare.value);
    cr_expect(again.low == small.low && again.high == small.high, "the same to everybody");
    line = line_of(answers, many, NULL);
    const struct figure large = agreement_of(&line, true);
    cr_expect_lt(large.high - large.low, small.high - small.low);
}

/* Truth: the agreement of the shares that people are drawn from. */
Test(results_public_measures, the_interval_of_an_agreement_holds_sampling_and_noise)
{
    enum { TRIALS = 200, PEOPLE = 250 };
    const double shares[POINTS] = {0.3, 0.2, 0.15, 0.15, 0.2};
    struct public_cell answers[CODES];
    double truth;
    size_t covered = 0;
    uint64_t state = 7;
    cr_assert(consensus_agreement(&truth, shares, POINTS));
    for (size_t t = 0; t < TRIALS; t++) {
        uint64_t counts[POINTS] = {0};
        for (size_t i = 0; i < PEOPLE; i++) {
            double u = random_unit(&state);
            size_t k = 0;
            while (k + 1 < POINTS && u >= shares[k]) {
                u -= shares[k++];
            }
            counts[k]++;
        }
        const struct public_line line = line_of(answers, counts, &state);
        const struct figure found = agreement_of(&line, true);
        cr_assert(found.interval);
        covered += found.low <= truth && truth <= found.high;
    }
    cr_expect_geq(covered, TRIALS * 93 / 100, "%zu of %d", covered, TRIALS);
}

Test(results_public_measures, the_mean_of_a_number_has_the_widest_interval_there_can_be)
{
    enum { NUMBERS = ANSWER_FIRST + 11 };
    struct arena *arena = arena_create((size_t)1 << 20);
    enum public_role all[NUMBERS] = {PUBLIC_ABSENT, PUBLIC_BESIDE, PUBLIC_BESIDE};
    struct public_cell answers[NUMBERS] = {{0}};
    const struct variable number = {.level = LEVEL_NUMBER, .category_count = 11};
    const struct public_table numbers = {.answer_count = NUMBERS,
                                         .roles = all,
                                         .fewer = FEWER,
                                         .variance = 2,
                                         .number = true,
                                         .low = 0,
                                         .high = 10};
    struct public_line line = {.answers = answers, .deff = 1.25, .mean = 2};
    line.people = line.base = cell_of(500);
    answers[ANSWER_FIRST + 2] = cell_of(500);
    const struct figure found = measure_of_public(FIGURES_MEAN, arena, &number, &numbers, &line, true);
    /* (10 - 2)(2 - 0) / n_e, and the noise: (10 / 500)^2 deff (2 + 1/12). Rounded outwards to 0.1. */
    const double half = 1.959964 * sqrt(16 * 1.25 / 499 + 1e2 / 25e4 * 1.25 * (2 + 1.0 / 12));
    cr_expect(found.mark == FIGURE_SHOWN && found.interval);
    cr_expect_float_eq(found.low, floor((2 - half) * 10) / 10, 1e-9);
    cr_expect_float_eq(found.high, ceil((2 + half) * 10) / 10, 1e-9);
    /* Counts that are not shown say nothing: the same with all people at the ends. */
    answers[ANSWER_FIRST] = cell_of(3);
    answers[NUMBERS - 1] = cell_of(9);
    const struct figure hidden = measure_of_public(FIGURES_MEAN, arena, &number, &numbers, &line, true);
    cr_expect(hidden.low == found.low && hidden.high == found.high);
    arena_destroy(arena);
}
