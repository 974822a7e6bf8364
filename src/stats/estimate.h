/* What a table says of its population, and how certain that is: shares, means of labelled codes, nets and
 * distributions, each from the sums of a table alone. Weights are taken as fixed.
 *
 * Let a base have n people, W = sum of w, Q = sum of w^2, and category c of it W_c and Q_c; N is everybody in
 * the round (or weighted universe), not only the base, and n_K = W^2 / Q is Kish's effective size of the
 * base.
 *
 *   share    p = W_c / W             v = N/(N-1) ((1-2p) Q_c + p^2 Q) / W^2
 *   mean     m = sum W_c x_c / W     v = N/(N-1) sum Q_c (x_c - m)^2 / W^2      x_c: the score of category c
 *   net      a mean with scores 1 for the top two categories, -1 for the bottom two and 0 between
 *
 * v is what R's survey gives (svymean of a domain). Published is the lower of two effective sizes, n_e =
 * min(n_K, s^2 / v) with s^2 = p (1-p), for a mean sum W_c (x_c - m)^2 / W; where everybody gave the same
 * answer n_K. The interval of a share is Wilson's on n_e, that of a mean normal with v.
 *
 * These intervals assume that within the groups weighted for, who took part is like who did not. They are no
 * margins of error. */
#ifndef ZEVENSTEM_STATS_ESTIMATE_H
#define ZEVENSTEM_STATS_ESTIMATE_H

#include "stats/interval.h"
#include "stats/tabulate.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of some people. As counted, or as protected: then none of them need be whole. */
struct sums {
    double n;
    double weight;
    double weight_squared;
};

static inline struct sums sums_of_cell(const struct table_cell *cell)
{
    return (struct sums){(double)cell->n, table_weight(cell), table_weight_squared(cell)};
}

static inline void sums_add(struct sums *sum, struct sums part)
{
    sum->n += part.n;
    sum->weight += part.weight;
    sum->weight_squared += part.weight_squared;
}

enum {
    /* Reliability, after the presentation standards for proportions of NCHS (Parker et al. 2017, Vital Health
     * Stat 2(175)): any of the first four is a reason not to print. Widths are those of a share's
     * Korn-Graubard interval on n_e. */
    ESTIMATE_FEW = 1,            /* n < 30 */
    ESTIMATE_FEW_EFFECTIVE = 2,  /* n_e < 30 */
    ESTIMATE_WIDE = 4,           /* share: 0.30 or wider */
    ESTIMATE_WIDE_FOR_SHARE = 8, /* share: wider than 0.05 and than 1.3 times the share */
    ESTIMATE_UNANIMOUS = 16,     /* everybody in the base gave the same answer, or nobody this one */
    ESTIMATE_UNRELIABLE = 1 | 2 | 4 | 8,
};

struct estimate {
    double value;
    double n;           /* of the base */
    double variance;    /* v, and the noise of protection if any */
    double kish;        /* n_K */
    double effective_n; /* n_e */
    struct interval interval;
    unsigned flags;
};

struct estimate_options {
    uint64_t all_n;        /* N */
    double noise_variance; /* of protection, added to v (share_noise_variance, mean_noise_variance); 0 for
                              none */
    double z;              /* INTERVAL_Z95 */
};

/* False, with *out zero, when the base weighs nothing. The category is part of the base. */
bool estimate_share(struct estimate *out, struct sums category, struct sums base,
                    const struct estimate_options *options);
/* scores[c]: of category c, NAN to leave it (don't know, no answer) out of the base. The interval is cut to
 * the lowest and highest score. Where everybody gave the same answer the variance says nothing: the interval
 * then lets the part of the base that Wilson's interval for "all of them" leaves open give the lowest, or the
 * highest, score. */
bool estimate_mean(struct estimate *out, const struct sums *categories, const double *scores, size_t count,
                   const struct estimate_options *options);
/* Scores for a net: -1 for the first two of `count` ordered categories, 1 for the last two. False when there
 * are fewer than 4. */
bool estimate_net_scores(double *scores, size_t count);
/* The share of each category in all of them: out[count]. */
bool estimate_distribution(struct estimate *out, const struct sums *categories, size_t count,
                           const struct estimate_options *options);

struct difference {
    double value; /* a - b */
    struct interval interval;
    bool excludes_zero;
};

/* Of two groups, or two rounds, that share nobody. */
struct difference estimate_difference(const struct estimate *a, const struct estimate *b);

/* What noise of this variance on counts, independent for category and base, adds to the variance of a share:
 * noise / n_b^2 ((wbar_c / wbar_b)^2 + p^2), where wbar is the mean weight. 0 for a category of nobody. */
double share_noise_variance(double noise, struct sums category, struct sums base);
/* To that of a mean: noise / n_b^2 sum (wbar_c / wbar_b)^2 (x_c - m)^2. */
double mean_noise_variance(double noise, const struct sums *categories, const double *scores, size_t count);

#endif
