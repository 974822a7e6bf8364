#include "stats/rank.h"

#include "rank_support.h"
#include "support.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

TestSuite(rank, .fini = leaks_check);

enum { ITEMS = 7, PEOPLE = 160, NASCAR_ITEMS = 83, NASCAR_RACES = 36, NASCAR_PLACES = 43 };

/* fixtures/orders.csv, the first `length` places. */
struct orders {
    uint8_t items[PEOPLE][ITEMS];
    struct ballot list[PEOPLE];
    struct ballots ballots;
};

static void orders_read(struct orders *o, size_t length)
{
    FILE *file = fixture_open("orders.csv");
    for (size_t p = 0; p < PEOPLE; p++) {
        double weight;
        cr_assert_eq(fscanf(file, "%lf", &weight), 1);
        for (size_t i = 0; i < ITEMS; i++) {
            cr_assert_eq(fscanf(file, ",%hhu", &o->items[p][i]), 1);
        }
        o->list[p] = (struct ballot){.items = o->items[p],
                                     .length = length,
                                     .n = 1,
                                     .weight = weight,
                                     .weight_squared = weight * weight};
    }
    fclose(file);
    o->ballots = (struct ballots){.items = ITEMS, .count = PEOPLE, .list = o->list};
    cr_assert_eq(ballots_check(&o->ballots), RANK_OK);
}

static void unweigh(struct orders *o)
{
    for (size_t p = 0; p < PEOPLE; p++) {
        o->list[p].weight = o->list[p].weight_squared = 1;
    }
}

Test(rank, shares_and_scores_as_r)
{
    struct orders full, three;
    struct rank_estimate out[ITEMS];
    orders_read(&full, ITEMS);
    orders_read(&three, 3);
    rank_top_share(out, &full.ballots, 1);
    cr_expect_eq(expect_scores("scores.csv", "first", out), ITEMS);
    rank_top_share(out, &three.ballots, 3);
    cr_expect_eq(expect_scores("scores.csv", "top3", out), ITEMS);
    rank_borda(out, &full.ballots, RANK_BORDA_REST_MEAN, 0);
    cr_expect_eq(expect_scores("scores.csv", "borda", out), ITEMS);
    rank_borda(out, &three.ballots, RANK_BORDA_REST_MEAN, 0);
    cr_expect_eq(expect_scores("scores.csv", "borda_top3", out), ITEMS);
    rank_borda(out, &full.ballots, RANK_BORDA_POINTS, 3);
    cr_expect_eq(expect_scores("scores.csv", "points_top3", out), ITEMS);
}

Test(rank, kendall_as_friedman_in_r)
{
    FILE *file = fixture_open("kendall.csv");
    char name[32];
    double w;
    int lines = 0;
    while (fscanf(file, "%31[^,],%lf\n", name, &w) == 2) {
        struct orders o;
        orders_read(&o, strcmp(name, "full") == 0 ? ITEMS : strcmp(name, "top3") == 0 ? 3 : 1);
        unweigh(&o);
        cr_expect_float_eq(rank_kendall_w(&o.ballots), w, 1e-12, "%s", name);
        lines++;
    }
    fclose(file);
    cr_expect_eq(lines, 3);
    /* All alike; half of them the other way round. */
    const uint8_t up[] = {0, 1, 2, 3}, down[] = {3, 2, 1, 0};
    struct ballot two[] = {{up, 4, 5, 5, 5}, {down, 4, 5, 5, 5}};
    cr_expect_float_eq(rank_kendall_w(&(struct ballots){.items = 4, .count = 1, .list = two}), 1, 1e-15);
    cr_expect_float_eq(rank_kendall_w(&(struct ballots){.items = 4, .count = 2, .list = two}), 0, 1e-15);
}

/* ---- Plackett-Luce ---- */

static size_t expect_model(const char *wanted, const struct plackett_luce *model)
{
    FILE *file = fixture_open("plackett_luce.csv");
    char name[32];
    size_t item, lines = 0;
    double worth, error;
    while (fscanf(file, "%31[^,],%zu,%lf,%lf\n", name, &item, &worth, &error) == 4) {
        if (strcmp(name, wanted) == 0) {
            const double ours = model->log_worth[item] - model->log_worth[0];
            cr_expect_float_eq(ours, worth, 1e-8, "%s %zu: %.12g, R %.12g", name, item, ours, worth);
            const double our_error = plackett_luce_difference_error(model, item, 0);
            cr_expect_float_eq(our_error, error, 1e-8 * error, "%s %zu: error %.12g, R %.12g", name, item,
                               our_error, error);
            lines++;
        }
    }
    fclose(file);
    return lines;
}

static void expect_sums(const struct plackett_luce *model)
{
    double worth = 0, logs = 0;
    for (size_t i = 0; i < model->items; i++) {
        double row = 0;
        worth += model->worth[i];
        logs += model->log_worth[i];
        for (size_t j = 0; j < model->items; j++) {
            row += model->covariance[i * model->items + j];
        }
        cr_expect_float_eq(row, 0, 1e-9);
    }
    cr_expect_float_eq(worth, 1, 1e-12);
    cr_expect_float_eq(logs, 0, 1e-9);
}

Test(rank, plackett_luce_as_cox_in_r)
{
    struct orders o;
    struct plackett_luce model;
    orders_read(&o, ITEMS);
    unweigh(&o);
    cr_assert_eq(rank_plackett_luce(&model, &o.ballots, 0), RANK_OK);
    cr_expect_eq(expect_model("full", &model), ITEMS - 1);
    expect_sums(&model);
    plackett_luce_free(&model);
    orders_read(&o, 3);
    cr_assert_eq(rank_plackett_luce(&model, &o.ballots, 0.5), RANK_OK);
    cr_expect_eq(expect_model("top3_weighted", &model), ITEMS - 1);
    cr_expect_float_eq(model.pseudo, 0, 0, "not needed");
    expect_sums(&model);
    plackett_luce_free(&model);
    unweigh(&o);
    cr_assert_eq(rank_plackett_luce(&model, &o.ballots, 0), RANK_OK);
    cr_expect_eq(expect_model("top3", &model), ITEMS - 1);
    plackett_luce_free(&model);
}

Test(rank, plackett_luce_where_something_is_never_chosen)
{
    struct orders o;
    struct plackett_luce model;
    orders_read(&o, 2);
    unweigh(&o);
    size_t kept = 0;
    for (size_t p = 0; p < PEOPLE; p++) {
        if (o.items[p][0] != 6 && o.items[p][1] != 6) {
            o.list[kept++] = o.list[p];
        }
    }
    o.ballots.count = kept;
    cr_expect_eq(rank_plackett_luce(&model, &o.ballots, 0), RANK_NOT_CONNECTED);
    cr_assert_eq(rank_plackett_luce(&model, &o.ballots, 0.5), RANK_OK);
    cr_expect_float_eq(model.pseudo, 0.5, 0);
    cr_expect_eq(expect_model("pseudo", &model), ITEMS - 1);
    expect_sums(&model);
    plackett_luce_free(&model);
}

/* fixtures/nascar_*.csv: 36 races of 2002 (Hunter 2004), and the worths of another program. */
Test(rank, plackett_luce_of_nascar_2002_as_published)
{
    static uint8_t items[NASCAR_RACES][NASCAR_PLACES];
    struct ballot list[NASCAR_RACES];
    FILE *file = fixture_open("nascar_orders.csv");
    for (size_t r = 0; r < NASCAR_RACES; r++) {
        cr_assert_eq(fscanf(file, "%*u"), 0);
        /* In some races one fewer took part: the last field is empty. */
        size_t places = 0;
        char number[4]; /* %u would look for it on the next line */
        while (places < NASCAR_PLACES && fscanf(file, ",%3[0-9]", number) == 1) {
            items[r][places++] = (uint8_t)(strtoul(number, NULL, 10) - 1);
        }
        cr_assert_geq(places, NASCAR_PLACES - 1);
        list[r] = (struct ballot){items[r], places, 1, 1, 1};
    }
    fclose(file);
    const struct ballots races = {
        .items = NASCAR_ITEMS, .only_listed = true, .count = NASCAR_RACES, .list = list};
    cr_assert_eq(ballots_check(&races), RANK_OK);
    struct plackett_luce model;
    cr_assert_eq(rank_plackett_luce(&model, &races, 0), RANK_OK);
    cr_expect_eq(expect_model("nascar", &model), NASCAR_ITEMS - 1);
    expect_sums(&model);

    const struct {
        const char *driver;
        double log_worth;
    } published[] = {{"PJ Jones", 4.15},    {"Scott Pruett", 3.62},  {"Mark Martin", 2.08},
                     {"Dave Marcis", 0.03}, {"Dick Trickle", -0.31}, {"Joe Varde", -0.15}};
    size_t found = 0, lines = 0;
    file = fixture_open("nascar_worths.csv");
    size_t id;
    char driver[64];
    double worth;
    while (fscanf(file, "%zu,\"%63[^\"]\",\"%lf\",\"%*f\"\n", &id, driver, &worth) == 3) {
        cr_expect_float_eq(model.worth[id - 1], worth, 1e-10 * worth + 1e-13, "%s: %.12g, not %.12g", driver,
                           model.worth[id - 1], worth);
        for (size_t p = 0; p < sizeof published / sizeof published[0]; p++) {
            if (strcmp(driver, published[p].driver) == 0) {
                cr_expect_float_eq(model.log_worth[id - 1] - model.log_worth[0], published[p].log_worth,
                                   0.005, "%s", driver);
                found++;
            }
        }
        lines++;
    }
    fclose(file);
    cr_expect_eq(lines, NASCAR_ITEMS);
    cr_expect_eq(found, 6);
    plackett_luce_free(&model);
}

/* People grouped by their order are the same people. */
Test(rank, grouping_changes_nothing)
{
    struct orders o;
    orders_read(&o, 3);
    struct ballot grouped[PEOPLE];
    size_t groups = 0;
    for (size_t p = 0; p < PEOPLE; p++) {
        size_t g = 0;
        while (g < groups && memcmp(grouped[g].items, o.items[p], 3) != 0) {
            g++;
        }
        if (g == groups) {
            grouped[groups++] = o.list[p];
        } else {
            grouped[g].n++;
            grouped[g].weight += o.list[p].weight;
            grouped[g].weight_squared += o.list[p].weight_squared;
        }
    }
    cr_assert_lt(groups, PEOPLE);
    const struct ballots by_group = {.items = ITEMS, .count = groups, .list = grouped};
    struct rank_estimate apart[ITEMS], together[ITEMS];
    struct plackett_luce one, other;
    rank_borda(apart, &o.ballots, RANK_BORDA_REST_MEAN, 0);
    rank_borda(together, &by_group, RANK_BORDA_REST_MEAN, 0);
    cr_assert_eq(rank_plackett_luce(&one, &o.ballots, 0.5), RANK_OK);
    cr_assert_eq(rank_plackett_luce(&other, &by_group, 0.5), RANK_OK);
    for (size_t i = 0; i < ITEMS; i++) {
        cr_expect_float_eq(apart[i].value, together[i].value, 1e-12);
        cr_expect_float_eq(apart[i].variance, together[i].variance, 1e-12);
        cr_expect_float_eq(one.log_worth[i], other.log_worth[i], 1e-9);
        cr_expect_float_eq(one.covariance[i * ITEMS + i], other.covariance[i * ITEMS + i], 1e-9);
    }
    plackett_luce_free(&one);
    plackett_luce_free(&other);
}

/* The fit is a maximum: at it, every item has won as often as the model expects. */
Test(rank, plackett_luce_of_random_ballots_is_a_maximum)
{
    for (uint64_t seed = 0; seed < 40; seed++) {
        uint64_t state = seed;
        enum { MOST = 9 };
        const size_t items = 3 + random_below(&state, MOST - 2), count = 5 + random_below(&state, 60);
        uint8_t orders[64][MOST];
        struct ballot list[64];
        for (size_t b = 0; b < count; b++) {
            for (size_t i = 0; i < items; i++) {
                const size_t j = random_below(&state, (uint32_t)(i + 1));
                orders[b][i] = orders[b][j];
                orders[b][j] = (uint8_t)i;
            }
            const double weight = 0.25 + random_below(&state, 8) / 4.0;
            list[b] = (struct ballot){orders[b], 1 + random_below(&state, (uint32_t)items), 1, weight,
                                      weight * weight};
        }
        const struct ballots ballots = {
            .items = items, .only_listed = seed % 3 == 0, .count = count, .list = list};
        cr_assert_eq(ballots_check(&ballots), RANK_OK);
        struct plackett_luce model;
        enum rank_status status = rank_plackett_luce(&model, &ballots, 0);
        if (status == RANK_NOT_CONNECTED) {
            cr_expect_eq(rank_plackett_luce(&model, &ballots, 0.5), RANK_OK);
            plackett_luce_free(&model);
            continue;
        }
        cr_assert_eq(status, RANK_OK);
        double won[MOST] = {0}, expected[MOST] = {0};
        for (size_t b = 0; b < count; b++) {
            bool left[MOST];
            memset(left, seed % 3 != 0, sizeof left);
            for (size_t s = 0; s < list[b].length; s++) {
                left[orders[b][s]] = true;
            }
            for (size_t s = 0; s < list[b].length; s++) {
                double sum = 0;
                for (size_t i = 0; i < items; i++) {
                    sum += left[i] ? model.worth[i] : 0;
                }
                for (size_t i = 0; i < items; i++) {
                    expected[i] += left[i] ? list[b].weight * model.worth[i] / sum : 0;
                }
                won[orders[b][s]] += list[b].weight;
                left[orders[b][s]] = false;
            }
        }
        for (size_t i = 0; i < items; i++) {
            cr_expect_float_eq(won[i], expected[i], 1e-7, "seed %llu", (unsigned long long)seed);
            cr_expect_geq(model.covariance[i * items + i], 0);
        }
        plackett_luce_free(&model);
    }
}

Test(rank, bad_ballots_are_refused)
{
    const uint8_t good[] = {0, 1, 2}, twice[] = {0, 1, 0}, none[] = {0, 3, 1};
    const struct ballot ballots[] = {{good, 3, 1, 1, 1}, {twice, 3, 1, 1, 1},         {none, 3, 1, 1, 1},
                                     {good, 0, 1, 1, 1}, {good, 4, 1, 1, 1},          {good, 3, 1, 0, 0},
                                     {good, 3, 0, 1, 1}, {good, 3, 1, (double)NAN, 1}};
    for (size_t i = 0; i < sizeof ballots / sizeof ballots[0]; i++) {
        const struct ballots one = {.items = 3, .count = 1, .list = &ballots[i]};
        cr_expect_eq(ballots_check(&one), i == 0 ? RANK_OK : RANK_BAD_BALLOT, "%zu", i);
    }
    cr_expect_eq(ballots_check(&(struct ballots){.items = 3}), RANK_BAD_BALLOT);
    cr_expect_eq(ballots_check(&(struct ballots){.items = 1, .count = 1, .list = ballots}), RANK_BAD_BALLOT);
}
