/* What weighting a million responses costs on one core: counting their profiles on four margins and raking
 * these, beside raking the rows themselves; the same with weights capped; and giving every row its weight.
 *
 * rake [ROWS [JSON-FILE]]. Milliseconds, the median of the rounds (BENCH_ROUNDS, 5) with the lowest and the
 * highest; both take turns within a round. */
#include "rounds.h"
#include "stats/answer.h"
#include "stats/columns.h"
#include "stats/random.h"
#include "stats/weigh.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MARGINS = 4, BATCH = 10000, CATEGORIES_MAX = 12, VARIABLES = MARGINS, WAYS = 3 };

/* Province, age, gender, diploma. */
static const uint32_t categories_of[MARGINS] = {12, 8, 2, 5};
static const double targets[MARGINS][CATEGORIES_MAX] = {
    {33, 37, 28, 66, 25, 120, 78, 166, 214, 22, 147, 64},
    {12, 16, 14, 15, 15, 14, 12, 2},
    {497, 503},
    {9, 18, 41, 20, 12},
};
/* How eager each category is to take part, in per cent. */
static const unsigned eager[MARGINS][CATEGORIES_MAX] = {
    {90, 80, 85, 90, 60, 95, 100, 100, 85, 70, 90, 80},
    {45, 60, 70, 80, 90, 100, 95, 50},
    {80, 100},
    {25, 40, 65, 90, 100},
};

struct setup {
    struct columns *columns;
    struct weigh_plan *plan;
    struct rake_margin margins[MARGINS];
    uint8_t *rows; /* the rival's own copy: [margin * count + row], categories */
    size_t count;
};

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void need(bool good, const char *what)
{
    if (!good) {
        fprintf(stderr, "rake: %s failed\n", what);
        exit(1);
    }
}

/* Somebody of the population who takes part; one in twenty leaves a question open. */
static void draw(uint64_t *state, uint8_t *person)
{
    for (size_t m = 0; m < MARGINS;) {
        uint32_t c = random_index(state, categories_of[m]);
        if (random_index(state, 250) < (uint32_t)targets[m][c] * (m == 0 || m == 2 ? 1 : 5) &&
            random_index(state, 100) < eager[m][c]) {
            person[m++] = (uint8_t)c;
        }
    }
    for (size_t m = 0; m < MARGINS; m++) {
        if (random_index(state, 20) == 0) {
            person[m] = (uint8_t)categories_of[m];
        }
    }
}

static void fill(struct setup *s)
{
    static struct columns_change changes[BATCH];
    static uint8_t answers[BATCH][MARGINS];
    uint64_t state = 2026;
    for (size_t start = 0; start < s->count; start += BATCH) {
        size_t count = s->count - start < BATCH ? s->count - start : BATCH;
        for (size_t i = 0; i < count; i++) {
            uint8_t person[MARGINS];
            draw(&state, person);
            for (size_t m = 0; m < MARGINS; m++) {
                s->rows[m * s->count + start + i] = person[m];
                answers[i][m] =
                    person[m] == categories_of[m] ? ANSWER_NONE : (uint8_t)(ANSWER_FIRST + person[m]);
            }
            changes[i] = (struct columns_change){.kind = COLUMNS_ANSWERED,
                                                 .key = random_u64(&state),
                                                 .answers = answers[i],
                                                 .answers_size = MARGINS,
                                                 .revision = 1};
            memcpy(changes[i].id.bytes, &changes[i].key, sizeof changes[i].key);
        }
        need(columns_apply(s->columns, changes, count, (int64_t)(start + count)) == COLUMNS_OK, "filling");
    }
}

static void prepare(struct setup *s)
{
    static uint16_t category_of[MARGINS][CATEGORIES_MAX + ANSWER_FIRST];
    struct weigh_margin margins[MARGINS];
    uint32_t codes[VARIABLES];
    for (size_t m = 0; m < MARGINS; m++) {
        codes[m] = ANSWER_FIRST + categories_of[m];
        for (uint32_t code = 0; code < codes[m]; code++) {
            category_of[m][code] = (uint16_t)(code < ANSWER_FIRST ? categories_of[m] : code - ANSWER_FIRST);
        }
        margins[m] = (struct weigh_margin){.variables = {m},
                                           .variable_count = 1,
                                           .categories = categories_of[m],
                                           .category_of = category_of[m]};
        s->margins[m] = (struct rake_margin){.categories = categories_of[m], .targets = targets[m]};
        for (uint32_t c = 0; c < categories_of[m]; c++) {
            s->margins[m].total += targets[m][c];
        }
    }
    s->rows = malloc(s->count * MARGINS);
    need(s->rows, "memory");
    need(columns_create(&s->columns, codes, VARIABLES) == COLUMNS_OK, "columns");
    fill(s);
    need(weigh_plan_create(&s->plan, s->columns, margins, MARGINS, NULL, 0) == WEIGH_OK, "plan");
}

/* Fills both, to be freed. */
static double time_ours(const struct setup *s, const struct rake_limits *limits, struct rake_sample *sample,
                        struct rake_result *result)
{
    double start = now_ms();
    need(weigh_count(sample, NULL, s->plan, s->columns) == WEIGH_OK, "counting");
    struct rake_refusal why;
    if (rake(result, sample, s->margins, MARGINS, limits, &why) != RAKE_OK) {
        fprintf(stderr, "rake: refused (%d): margin %zu, category %u: %g\n", why.status, why.margin,
                why.category, why.value);
        exit(1);
    }
    return now_ms() - start;
}

/* What one would write first: the same sweeps over rows. */
static double time_rows(const struct setup *s, double *weights)
{
    double start = now_ms(), want[MARGINS][CATEGORIES_MAX + 1] = {{0}}, off = 1;
    for (size_t m = 0; m < MARGINS; m++) {
        const uint8_t *row = s->rows + m * s->count;
        double missing = 0;
        for (size_t i = 0; i < s->count; i++) {
            missing += row[i] == categories_of[m];
        }
        for (uint32_t c = 0; c < categories_of[m]; c++) {
            want[m][c] = targets[m][c] / s->margins[m].total * ((double)s->count - missing);
        }
        want[m][categories_of[m]] = missing;
    }
    for (size_t i = 0; i < s->count; i++) {
        weights[i] = 1;
    }
    while (off >= RAKE_DEVIATION) {
        off = 0;
        for (size_t m = 0; m < MARGINS; m++) {
            const uint8_t *row = s->rows + m * s->count;
            double sums[CATEGORIES_MAX + 1] = {0};
            for (size_t i = 0; i < s->count; i++) {
                sums[row[i]] += weights[i];
            }
            for (uint32_t c = 0; c <= categories_of[m]; c++) {
                sums[c] = sums[c] > 0 ? want[m][c] / sums[c] : 1;
                off = fmax(off, fabs(sums[c] - 1));
            }
            for (size_t i = 0; i < s->count; i++) {
                weights[i] *= sums[row[i]];
            }
        }
    }
    return now_ms() - start;
}

static double time_weighing(const struct setup *s, const struct rake_sample *sample,
                            const struct rake_result *result)
{
    double factors[MARGINS][CATEGORIES_MAX + 1];
    const double *rows[MARGINS];
    for (size_t m = 0; m < MARGINS; m++) {
        rows[m] = factors[m];
        for (uint32_t c = 0; c <= categories_of[m]; c++) {
            factors[m][c] = result->categories[m][c].factor;
        }
    }
    const struct weigh_version version = {
        sample->profiles, sample->categories, result->weights, rows, 0.2, 5};
    struct weighing *weighing;
    double start = now_ms();
    need(weighing_create(&weighing, s->plan, &version) == WEIGH_OK, "version");
    need(columns_weigh(s->columns, weighing_row, weighing, 1) == COLUMNS_OK, "weighing");
    double took = now_ms() - start;
    weighing_destroy(weighing);
    return took;
}

/* Every row has its profile's weight, and the rows' own raking gives the same. */
static void compare(const struct setup *s, const struct rake_sample *sample, const double *weights)
{
    double worst = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        double ours = (double)columns_weight(s->columns, i) / (double)WEIGHT_ONE;
        worst = fmax(worst, fabs(ours - weights[i]));
    }
    printf("  %zu profiles; a row's weight differs by %.1e at most\n", sample->profiles, worst);
    need(worst < 1e-8, "comparing weights");
}

static const char *const names[WAYS] = {"weighting a million: count and rake four margins",
                                        "weighting a million: the same, capped to 0.3 and 4",
                                        "weighting a million: give every row its weight"};

static void write_json(FILE *json, double ms[WAYS][ROUNDS_MAX], const double *rivals)
{
    for (size_t w = 0; w < WAYS; w++) {
        fprintf(json, "%s {\"name\": \"%s\", \"unit\": \"ms\", ", w == 0 ? "[\n" : ",\n", names[w]);
        rounds_write(json, "values", ms[w]);
        if (w == 0) {
            fputs(", ", json);
            rounds_write(json, "rivals", rivals);
            fputs(", \"rival_name\": \"the same sweeps over rows\"", json);
        }
        if (w < 2) {
            fputs(", \"goal\": {\"of\": \"value\", \"at\": \"most\", \"is\": 300}", json);
        }
        fputc('}', json);
    }
    fputs("\n]\n", json);
}

int main(int argc, char **argv)
{
    static double ms[WAYS][ROUNDS_MAX], rivals[ROUNDS_MAX];
    struct setup s = {.count = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000};
    FILE *json = argc > 2 ? fopen(argv[2], "w") : NULL;
    if (s.count < 10000 || (argc > 2 && !json)) {
        fputs("usage: rake [ROWS [JSON-FILE]]\n", stderr);
        return 2;
    }
    prepare(&s);
    double *weights = malloc(s.count * sizeof *weights);
    need(weights, "memory");
    const struct rake_limits wide = {0, RAKE_UPPER_MAX, 20}, narrow = {0.3, 4, 20};
    for (int r = 0; r < rounds(); r++) {
        struct rake_sample sample, again;
        struct rake_result result, capped;
        ms[0][r] = time_ours(&s, &wide, &sample, &result);
        rivals[r] = time_rows(&s, weights);
        ms[1][r] = time_ours(&s, &narrow, &again, &capped);
        ms[2][r] = time_weighing(&s, &sample, &result);
        if (r == 0) {
            printf("  %u sweeps, weights %.2f to %.2f; capped %u times\n", result.report.sweeps,
                   result.report.lowest, result.report.highest, capped.report.loops);
            compare(&s, &sample, weights);
        }
        rake_sample_free(&sample);
        rake_sample_free(&again);
        rake_result_free(&result);
        rake_result_free(&capped);
    }
    for (size_t w = 0; w < WAYS; w++) {
        struct figure figure = rounds_summary(ms[w]);
        printf("  %-54s %8.1f ms [%.1f..%.1f]\n", names[w], figure.median, figure.low, figure.high);
    }
    printf("  %-54s %8.1f ms\n", "the same sweeps over rows", rounds_summary(rivals).median);
    if (json) {
        write_json(json, ms, rivals);
        fclose(json);
    }
    free(weights);
    free(s.rows);
    weigh_plan_destroy(s.plan);
    columns_destroy(s.columns);
    return 0;
}
