#include "stats/rank.h"

#include "rank_support.h"
#include "support.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <math.h>

TestSuite(rank_scores, .fini = leaks_check);

enum { ITEMS = 7 };

/* ---- best-worst and points ---- */

Test(rank_scores, best_worst_as_r)
{
    enum { FEW = 40, TASKS = 7 };
    struct best_worst_choice choices[FEW][TASKS];
    double weights[FEW];
    FILE *file = fixture_open("best_worst.csv");
    for (size_t p = 0; p < FEW; p++) {
        cr_assert_eq(fscanf(file, "%lf", &weights[p]), 1);
        for (size_t t = 0; t < TASKS; t++) {
            cr_assert_eq(fscanf(file, ",%hhu,%hhu", &choices[p][t].best, &choices[p][t].worst), 2);
        }
    }
    fclose(file);
    struct best_worst_people people = {
        .items = ITEMS, .tasks = TASKS, .shown = 3, .people = FEW, .choices = choices[0], .weights = weights};
    struct best_worst out[ITEMS];
    struct rank_estimate scores[ITEMS];
    cr_assert(rank_best_worst(out, &people));
    double all = 0, weight = 0;
    for (size_t p = 0; p < FEW; p++) {
        weight += weights[p];
    }
    for (size_t i = 0; i < ITEMS; i++) {
        scores[i] = out[i].score;
        all += out[i].best;
        cr_expect_float_eq((out[i].best - out[i].worst) / (weight * 3), out[i].score.value, 1e-12);
        cr_expect_float_eq(out[i].log_ratio, log((out[i].best + .5) / (out[i].worst + .5)), 1e-12);
    }
    cr_expect_float_eq(all, weight * TASKS, 1e-9);
    cr_expect_eq(expect_scores("best_worst_scores.csv", "score", scores), ITEMS);

    choices[0][0].best = BEST_WORST_NONE;
    cr_expect(rank_best_worst(out, &people));
    choices[0][0].best = ITEMS;
    cr_expect_not(rank_best_worst(out, &people));
    people.people = 0;
    cr_expect_not(rank_best_worst(out, &people));
}

Test(rank_scores, points_as_r)
{
    static struct table_cell cells[3][101];
    FILE *file = fixture_open("points.csv");
    double weight;
    unsigned points[3];
    while (fscanf(file, "%lf,%u,%u,%u\n", &weight, &points[0], &points[1], &points[2]) == 4) {
        for (size_t i = 0; i < 3; i++) {
            const struct table_cell one = {.n = 1,
                                           .weight = (uint64_t)(weight * WEIGHT_ONE),
                                           .weight_squared = (uint64_t)(weight * weight * (1u << 30))};
            cr_assert_leq(points[i], 100);
            table_cell_add(&cells[i][points[i]], &one);
        }
    }
    fclose(file);
    struct rank_estimate mean[3], any[3], quarter[3];
    for (size_t i = 0; i < 3; i++) {
        struct points out;
        cr_assert(rank_points(&out, cells[i]));
        mean[i] = out.mean;
        any[i] = out.any;
        quarter[i] = out.quarter;
    }
    cr_expect_eq(expect_scores("points_scores.csv", "mean", mean), 3);
    cr_expect_eq(expect_scores("points_scores.csv", "any", any), 3);
    cr_expect_eq(expect_scores("points_scores.csv", "quarter", quarter), 3);
    static const struct table_cell nobody[101];
    struct points none;
    cr_expect_not(rank_points(&none, nobody));
}
