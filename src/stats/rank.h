/* Orders of importance: what people put first, what belongs in their top, and how far apart things stand.
 *
 * A ballot is what one person ordered, best first, out of m items: all of them, or only the first few
 * (top-k). People with the same order are one ballot with the sums of their weights, so the cells of a
 * cross-table of "first by second by third" are ballots. Whoever ordered nothing is no ballot.
 *
 * Means have the variance of a weighted mean, weights taken as fixed (Taylor, with replacement), x the score,
 * n all people: n/(n-1) * sum w^2 (x - mean)^2 / (sum w)^2. */
#ifndef ZEVENSTEM_STATS_RANK_H
#define ZEVENSTEM_STATS_RANK_H

#include "stats/tabulate.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RANK_ITEMS_MAX = 256 };

struct ballot {
    const uint8_t *items; /* best first, each once, below the number of items; borrowed */
    size_t length;        /* 1 to the number of items */
    uint64_t n;           /* people */
    double weight;        /* sum of theirs, above 0 */
    double weight_squared;
};

struct ballots {
    size_t items; /* m, 2 to RANK_ITEMS_MAX */
    /* Whoever is not on a ballot was not there to be chosen (a race). Else they come behind who is. Only
     * rank_plackett_luce knows the difference. */
    bool only_listed;
    size_t count;
    const struct ballot *list;
};

struct rank_estimate {
    double value;
    double variance;
};

enum rank_status {
    RANK_OK,
    RANK_BAD_BALLOT,    /* an item that is none, or twice; no length; no weight; no ballots at all */
    RANK_NOT_CONNECTED, /* see rank_plackett_luce */
    RANK_NOT_CONVERGED,
    RANK_NO_MEMORY,
};

enum rank_status ballots_check(const struct ballots *ballots);

/* The functions below take ballots that ballots_check passed, and fill out[item]. */

/* The share that put it among their first k (first: k = 1). */
void rank_top_share(struct rank_estimate *out, const struct ballots *ballots, size_t k);

enum rank_borda {
    RANK_BORDA_REST_MEAN, /* place r of 1.. gives m - r; who is not placed, the mean of what is left: with l
                             placed (m - l - 1) / 2. Of full orders this is Borda's count. */
    RANK_BORDA_POINTS,    /* k, k - 1, ... 1 for the first k, and 0: simple to explain */
};
/* The mean score. k is for RANK_BORDA_POINTS. */
void rank_borda(struct rank_estimate *out, const struct ballots *ballots, enum rank_borda rule, size_t k);

/* How much people agree on the whole order, 0 to 1: Kendall's W (Kendall and Babington Smith 1939) with the
 * correction for ties; items not placed share the mean of the places left.
 *   W = 12 sum (R_j - mean)^2 / (N^2 (m^3 - m) - N T),  T = sum over ballots of (t^3 - t), t items tied
 * with R_j the sum of places, N and sums by weight. NAN when everybody left all but everything open. */
double rank_kendall_w(const struct ballots *ballots);

/* Plackett and Luce's model: people choose their first item with a probability in proportion to its worth,
 * then the second among what is left, and so on.
 *
 *   P(ballot) = product over stages s of g[o_s] / sum of g over what was not chosen before s
 *
 * The likelihood of the weighted ballots is raised by the MM algorithm of Hunter (2004): g_i = W_i / sum over
 * ballots and stages where i could be chosen of w / sum of g then; W_i is the weight of the stages that i
 * won; until no log g changes by 1e-12. A last item that only remains is no choice.
 *
 * There is a finite answer only when every item is over every other, through others if need be (the graph of
 * wins is strongly connected). Otherwise, with pseudo > 0, an item that nobody sees is added that wins from
 * and loses to every item `pseudo` times: the package PlackettLuce (Turner, van Etten, Firth and Kosmidis
 * 2020) does so with 0.5. With pseudo = 0: RANK_NOT_CONNECTED.
 *
 * Variances: the inverse of the observed information of log g under sum log g = 0, times Kish's design effect
 * of the ballots (sum w^2 n / (sum w)^2, with weights scaled to mean 1), which is 1 without weights. */
struct plackett_luce {
    double worth[RANK_ITEMS_MAX];     /* sums to 1 */
    double log_worth[RANK_ITEMS_MAX]; /* sums to 0 */
    double *covariance;               /* items x items, of log_worth; plackett_luce_free */
    size_t items;
    unsigned sweeps;
    double pseudo; /* as used: 0 when it was not needed */
};
enum rank_status rank_plackett_luce(struct plackett_luce *out, const struct ballots *ballots, double pseudo);
void plackett_luce_free(struct plackett_luce *model);
/* The standard error of log_worth[a] - log_worth[b]. */
double plackett_luce_difference_error(const struct plackett_luce *model, size_t a, size_t b);

/* ---- best-worst: the most and the least important of a few, several times ---- */

enum { BEST_WORST_NONE = 255 }; /* left open */
struct best_worst_choice {
    uint8_t best, worst;
};
struct best_worst_people {
    size_t items;
    size_t tasks;  /* a person */
    size_t shown;  /* r: in how many of the tasks an item is (balanced: the same for all) */
    size_t people; /* N */
    const struct best_worst_choice *choices; /* people x tasks */
    const double *weights;                   /* NULL: all 1 */
};
/* score: mean of (times best - times worst) / r, -1 to 1. log_ratio: log((B + 1/2) / (W + 1/2)) of the
 * weighted counts, about twice the difference in utility (Flynn and Marley 2014). False (out untouched) when
 * an item is none, or nobody weighs anything. */
struct best_worst {
    struct rank_estimate score;
    double best, worst; /* weighted counts */
    double log_ratio;
};
bool rank_best_worst(struct best_worst *out, const struct best_worst_people *people);

/* ---- 100 points to divide ---- */

/* What one item got. */
struct points {
    struct rank_estimate mean;
    struct rank_estimate any;     /* share that gave it something */
    struct rank_estimate quarter; /* share that gave it 25 or more */
};
/* cells[p]: those who gave it p points, 0 to 100. False (out untouched) when nobody weighs anything. */
bool rank_points(struct points *out, const struct table_cell cells[101]);

#endif
