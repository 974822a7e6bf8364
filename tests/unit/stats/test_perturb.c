#include "stats/perturb.h"

#include "protect_support.h"
#include "support.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>

TestSuite(perturb);

static const unsigned settings[][2] = {{4, 1}, {5, 2}, {6, 3}};
enum { SETTINGS = sizeof settings / sizeof settings[0], REACH_MAX = 6, VALUES_MAX = 2 * REACH_MAX + 1 };

/* ---- the table of probabilities ---- */

/* One line of ptable.csv: D, V, js, mono, i, j, v, p, cum_lo, cum_hi, threshold, kind. */
struct line {
    double variance, p;
    unsigned reach, js, mono, i, j;
    int v;
    unsigned long long threshold;
};

static bool line_read(struct line *l, FILE *file)
{
    return fscanf(file, "%u,%lf,%u,%u,%u,%u,%d,%lf,%*f,%*f,%llu,%*s\n", &l->reach, &l->variance, &l->js,
                  &l->mono, &l->i, &l->j, &l->v, &l->p, &l->threshold) == 9;
}

/* Every line of ours that a file has is the same to the last bit; returns how many it has. */
static size_t compare_with(FILE *file)
{
    struct line l;
    size_t lines = 0;
    while (line_read(&l, file)) {
        const struct perturb_table *table = l.variance == floor(l.variance) && l.js == 0 && l.mono == 1
                                                ? perturb_table_find(l.reach, (unsigned)l.variance)
                                                : NULL;
        if (!table) {
            continue;
        }
        cr_assert(l.i <= l.reach && l.v == (int)l.j - (int)l.i);
        const uint64_t *row = table->thresholds + table->starts[l.i];
        cr_expect_eq(row[l.j], l.threshold, "D %u, V %g, row %u, value %d", l.reach, l.variance, l.i, l.v);
        if (l.p > 0 && l.i > 0) {
            cr_expect_eq(perturb_noise(table, l.i, row[l.j] - 1), l.v);
        }
        lines++;
    }
    cr_assert(feof(file));
    fclose(file);
    return lines;
}

Test(perturb, table_as_computed_elsewhere)
{
    cr_expect_eq(compare_with(fixture_open("ptable.csv")), 31 + 46 + 64);
    /* The whole table, where it stands beside this project. */
    FILE *whole = fopen("../shared/data/ptable.csv", "r");
    if (whole) {
        char header[128];
        cr_assert_not_null(fgets(header, sizeof header, whole));
        cr_expect_eq(compare_with(whole), 31 + 46 + 64);
    }
    cr_expect_null(perturb_table_find(3, 2));
    cr_expect_null(perturb_table_find(5, 3));
}

/* The last row by its definition: p proportional to exp(-a v^2), a such that the variance is V. */
static void most_entropy(double *p, int reach, double variance)
{
    double low = 0, high = 10;
    for (int step = 0; step < 200; step++) {
        double a = (low + high) / 2, sum = 0, squares = 0;
        for (int v = -reach; v <= reach; v++) {
            p[v + reach] = exp(-a * v * v);
            sum += p[v + reach];
            squares += p[v + reach] * v * v;
        }
        for (int v = 0; v <= 2 * reach; v++) {
            p[v] /= sum;
        }
        *(squares / sum > variance ? &low : &high) = a;
    }
}

Test(perturb, rows_are_what_their_definition_says)
{
    for (size_t s = 0; s < SETTINGS; s++) {
        const struct perturb_table *table = perturb_table_find(settings[s][0], settings[s][1]);
        cr_assert_not_null(table);
        const int reach = (int)table->reach;
        for (int i = 1; i <= reach; i++) {
            const uint64_t *row = table->thresholds + table->starts[i];
            double before = 0, mean = 0, variance = 0, last = 0;
            double wanted[VALUES_MAX];
            most_entropy(wanted, reach, table->variance);
            for (int j = 0; j <= i + reach; j++) {
                double up_to = j == i + reach ? 1 : ldexp((double)row[j], -64), p = up_to - before;
                const int v = j - i;
                mean += p * v;
                variance += p * v * v;
                cr_expect(v > 0 || p > last - 1e-12, "not falling up to 0");
                if (i == reach) {
                    cr_expect_float_eq(p, wanted[j], 1e-12, "D %d: p(%d) is %.15g, not %.15g", reach, v, p,
                                       wanted[j]);
                }
                before = up_to;
                last = p;
            }
            cr_expect_float_eq(mean, 0, 1e-12, "D %d, row %d", reach, i);
            cr_expect_lt(variance, table->variance + 1e-9, "D %d, row %d: %g", reach, i, variance);
            cr_expect(i < reach || fabs(variance - table->variance) < 1e-9);
        }
    }
}

/* ---- noise ---- */

Test(perturb, key_vectors)
{
    json_error_t error;
    json_t *vectors = json_load_file("tests/unit/stats/fixtures/ckm_vectors.json", 0, &error);
    cr_assert_not_null(vectors, "%s", error.text);
    cr_assert_eq(json_array_size(vectors), 10);
    size_t i;
    json_t *vector;
    json_array_foreach(vectors, i, vector)
    {
        struct perturb p = {.hash = siphash, .table = perturb_table_find(5, 2)};
        const char *key = json_string_value(json_object_get(vector, "key"));
        for (size_t b = 0; b < sizeof p.key; b++) {
            unsigned byte;
            cr_assert_eq(sscanf(key + 2 * b, "%2x", &byte), 1);
            p.key[b] = (unsigned char)byte;
        }
        unsigned long long universe, cell, u;
        cr_assert_eq(sscanf(json_string_value(json_object_get(vector, "KU")), "%llx", &universe), 1);
        cr_assert_eq(sscanf(json_string_value(json_object_get(vector, "KC")), "%llx", &cell), 1);
        cr_assert_eq(sscanf(json_string_value(json_object_get(vector, "u")), "%llx", &u), 1);
        const uint32_t stream = (uint32_t)json_integer_value(json_object_get(vector, "stream"));
        const int v = (int)json_integer_value(json_object_get(vector, "v"));
        cr_expect_eq(perturb_draw(&p, universe, cell, stream), u, "vector %zu", i);
        cr_expect_eq(perturb_noise(p.table, 100, u), v, "vector %zu", i);
        if (stream == PERTURB_COUNTS) {
            const struct table_cell people = {.n = 100, .key = cell};
            cr_expect_eq(perturb_count(&p, universe, &people), (uint64_t)(100 + v));
        }
    }
    json_decref(vectors);
}

Test(perturb, counts_keep_their_size_on_average_and_never_go_below_zero)
{
    uint64_t state = 1;
    for (size_t s = 0; s < SETTINGS; s++) {
        const struct perturb p = perturb_of(settings[s][0], settings[s][1], &state);
        enum { CELLS = 100000 };
        for (uint64_t n = 0; n <= p.table->reach + 1; n++) {
            double sum = 0, squares = 0;
            for (int c = 0; c < CELLS; c++) {
                const struct table_cell cell = {.n = n, .key = random_next(&state)};
                const uint64_t noisy = perturb_count(&p, random_next(&state), &cell);
                const double v = (double)noisy - (double)n;
                cr_assert(noisy <= n + p.table->reach && noisy + p.table->reach >= n);
                sum += v;
                squares += v * v;
            }
            const double mean = sum / CELLS, variance = squares / CELLS;
            cr_expect(n > 0 || !(squares > 0), "nobody stays nobody");
            cr_expect_lt(fabs(mean), 4 * sqrt(p.table->variance / (double)CELLS), "n %llu: %g",
                         (unsigned long long)n, mean);
            if (n >= p.table->reach) {
                cr_expect_float_eq(variance, p.table->variance, 0.05 * p.table->variance);
            }
        }
    }
}

Test(perturb, smooth_noise_has_no_steps)
{
    uint64_t state = 2;
    for (size_t s = 0; s < SETTINGS; s++) {
        const struct perturb_table *table = perturb_table_find(settings[s][0], settings[s][1]);
        enum { DRAWS = 100000 };
        double sum = 0, squares = 0;
        int tenths[10] = {0};
        for (int i = 0; i < DRAWS; i++) {
            double x = perturb_smooth(table, random_next(&state));
            cr_assert_leq(fabs(x), table->reach + 0.5);
            sum += x;
            squares += x * x;
            tenths[(int)(10 * (x - floor(x))) % 10]++;
        }
        cr_expect_lt(fabs(sum / DRAWS), 4 * sqrt(table->variance / (double)DRAWS));
        cr_expect_float_eq(squares / DRAWS, table->variance + 1.0 / 12, 0.05 * table->variance);
        for (int t = 0; t < 10; t++) {
            cr_expect_float_eq(tenths[t], DRAWS / 10, 5 * sqrt(DRAWS / 10.0));
        }
        cr_expect_float_eq(perturb_smooth(table, 0), -(double)table->reach - 0.5, 1e-12);
        cr_expect_float_eq(perturb_smooth(table, UINT64_MAX), (double)table->reach + 0.5, 1e-9);
    }
}

Test(perturb, same_people_same_noise_another_universe_another_noise)
{
    uint64_t state = 3;
    const struct perturb p = perturb_of(5, 2, &state);
    int differ = 0;
    for (int i = 0; i < 1000; i++) {
        const struct table_cell cell = {.n = 50, .key = random_next(&state)};
        const uint64_t universe = random_next(&state), other = random_next(&state);
        cr_assert_eq(perturb_count(&p, universe, &cell), perturb_count(&p, universe, &cell));
        differ += perturb_count(&p, universe, &cell) != perturb_count(&p, other, &cell);
    }
    /* By chance two noises are equal in 0.209 of the cases (the sum of squared probabilities). */
    cr_expect_float_eq(differ, 791, 4 * sqrt(1000 * 0.791 * 0.209), "%d", differ);
}
