#include "stats/rank.h"

#include "stats/interval.h"

#include <math.h>
#include <string.h>

enum rank_status ballots_check(const struct ballots *ballots)
{
    if (ballots->items < 2 || ballots->items > RANK_ITEMS_MAX || ballots->count == 0) {
        return RANK_BAD_BALLOT;
    }
    for (size_t b = 0; b < ballots->count; b++) {
        const struct ballot *ballot = &ballots->list[b];
        bool seen[RANK_ITEMS_MAX] = {false};
        if (ballot->length < 1 || ballot->length > ballots->items || ballot->n < 1 || !(ballot->weight > 0) ||
            !isfinite(ballot->weight)) {
            return RANK_BAD_BALLOT;
        }
        for (size_t i = 0; i < ballot->length; i++) {
            if (ballot->items[i] >= ballots->items || seen[ballot->items[i]]) {
                return RANK_BAD_BALLOT;
            }
            seen[ballot->items[i]] = true;
        }
    }
    return RANK_OK;
}

/* ---- means of a score ---- */

/* Sums of one score. */
struct score_sums {
    uint64_t n;
    double w, wx, ww, wwx, wwxx;
};

static void add_score(struct score_sums *s, double score, uint64_t n, double weight, double weight_squared)
{
    s->n += n;
    s->w += weight;
    s->wx += weight * score;
    s->ww += weight_squared;
    s->wwx += weight_squared * score;
    s->wwxx += weight_squared * score * score;
}

static struct rank_estimate mean_of(const struct score_sums *s)
{
    struct rank_estimate out = {.value = s->wx / s->w};
    if (s->n > 1) {
        const double n = (double)s->n, m = out.value;
        const double squares = s->wwxx - 2 * m * s->wwx + m * m * s->ww;
        out.variance = fmax(0, n / (n - 1) * squares / (s->w * s->w));
    }
    return out;
}

/* scores: fills one a item for a ballot. */
static void mean_scores(struct rank_estimate *out, const struct ballots *ballots,
                        void (*scores)(double *out, const struct ballot *ballot, size_t items, size_t k),
                        size_t k)
{
    struct score_sums sums[RANK_ITEMS_MAX] = {{0}};
    double score[RANK_ITEMS_MAX];
    for (size_t b = 0; b < ballots->count; b++) {
        const struct ballot *ballot = &ballots->list[b];
        scores(score, ballot, ballots->items, k);
        for (size_t i = 0; i < ballots->items; i++) {
            add_score(&sums[i], score[i], ballot->n, ballot->weight, ballot->weight_squared);
        }
    }
    for (size_t i = 0; i < ballots->items; i++) {
        out[i] = mean_of(&sums[i]);
    }
}

static void in_top(double *out, const struct ballot *ballot, size_t items, size_t k)
{
    memset(out, 0, items * sizeof *out);
    for (size_t r = 0; r < ballot->length && r < k; r++) {
        out[ballot->items[r]] = 1;
    }
}

static void rest_mean(double *out, const struct ballot *ballot, size_t items, size_t k)
{
    (void)k;
    for (size_t i = 0; i < items; i++) {
        out[i] = ((double)items - (double)ballot->length - 1) / 2;
    }
    for (size_t r = 0; r < ballot->length; r++) {
        out[ballot->items[r]] = (double)(items - 1 - r);
    }
}

static void points_down(double *out, const struct ballot *ballot, size_t items, size_t k)
{
    memset(out, 0, items * sizeof *out);
    for (size_t r = 0; r < ballot->length && r < k; r++) {
        out[ballot->items[r]] = (double)(k - r);
    }
}

void rank_top_share(struct rank_estimate *out, const struct ballots *ballots, size_t k)
{
    mean_scores(out, ballots, in_top, k);
}

void rank_borda(struct rank_estimate *out, const struct ballots *ballots, enum rank_borda rule, size_t k)
{
    mean_scores(out, ballots, rule == RANK_BORDA_POINTS ? points_down : rest_mean, k);
}

double rank_kendall_w(const struct ballots *ballots)
{
    const double m = (double)ballots->items;
    double places[RANK_ITEMS_MAX] = {0}, score[RANK_ITEMS_MAX], all = 0, ties = 0, squares = 0;
    for (size_t b = 0; b < ballots->count; b++) {
        const struct ballot *ballot = &ballots->list[b];
        const double tied = m - (double)ballot->length;
        rest_mean(score, ballot, ballots->items, 0);
        for (size_t i = 0; i < ballots->items; i++) {
            places[i] += ballot->weight * (m - score[i]);
        }
        all += ballot->weight;
        ties += ballot->weight * (tied * tied * tied - tied);
    }
    for (size_t i = 0; i < ballots->items; i++) {
        const double off = places[i] - all * (m + 1) / 2;
        squares += off * off;
    }
    const double most = all * all * (m * m * m - m) - all * ties;
    return most > 0 ? 12 * squares / most : (double)NAN;
}

/* ---- best-worst ---- */

bool rank_best_worst(struct best_worst *out, const struct best_worst_people *people)
{
    struct score_sums sums[RANK_ITEMS_MAX] = {{0}};
    double best[RANK_ITEMS_MAX] = {0}, worst[RANK_ITEMS_MAX] = {0}, all = 0;
    if (people->items < 1 || people->items > BEST_WORST_NONE || people->shown < 1) {
        return false;
    }
    for (size_t p = 0; p < people->people; p++) {
        const double weight = people->weights ? people->weights[p] : 1;
        double score[RANK_ITEMS_MAX] = {0};
        for (size_t t = 0; t < people->tasks; t++) {
            const struct best_worst_choice *c = &people->choices[p * people->tasks + t];
            if ((c->best >= people->items && c->best != BEST_WORST_NONE) ||
                (c->worst >= people->items && c->worst != BEST_WORST_NONE)) {
                return false;
            }
            if (c->best != BEST_WORST_NONE) {
                score[c->best]++;
                best[c->best] += weight;
            }
            if (c->worst != BEST_WORST_NONE) {
                score[c->worst]--;
                worst[c->worst] += weight;
            }
        }
        for (size_t i = 0; i < people->items; i++) {
            add_score(&sums[i], score[i] / (double)people->shown, 1, weight, weight * weight);
        }
        all += weight;
    }
    if (!(all > 0)) {
        return false;
    }
    for (size_t i = 0; i < people->items; i++) {
        out[i] = (struct best_worst){.score = mean_of(&sums[i]),
                                     .best = best[i],
                                     .worst = worst[i],
                                     .log_ratio = log((best[i] + 0.5) / (worst[i] + 0.5))};
    }
    return true;
}

/* ---- 100 points ---- */

bool rank_points(struct points *out, const struct table_cell cells[101])
{
    struct score_sums mean = {0}, any = {0}, quarter = {0};
    for (size_t p = 0; p <= 100; p++) {
        const double weight = table_weight(&cells[p]), squared = table_weight_squared(&cells[p]);
        add_score(&mean, (double)p, cells[p].n, weight, squared);
        add_score(&any, p > 0, cells[p].n, weight, squared);
        add_score(&quarter, p >= 25, cells[p].n, weight, squared);
    }
    if (!(mean.w > 0)) {
        return false;
    }
    *out = (struct points){.mean = mean_of(&mean), .any = mean_of(&any), .quarter = mean_of(&quarter)};
    return true;
}
