/* Do coders agree? Ratings are units (passages) by coders; a unit need not be coded by everybody.
 *
 * Krippendorff's alpha (2004, 2011). Let u be the units with m_u >= 2 ratings, n the ratings in them, n_c
 * those of category c, d the distance of two categories.
 *
 *   alpha = 1 - (n - 1) * sum_u sum_{i<j in u} d^2(c_i, c_j) / (m_u - 1)  /  sum_{c<k} n_c n_k d^2(c, k)
 *
 *   nominal   d^2 = 0 or 1
 *   ordinal   d^2 = (sum of n_g over g = c..k, less (n_c + n_k) / 2)^2
 *   interval  d^2 = (x_c - x_k)^2
 *   ratio     d^2 = ((x_c - x_k) / (x_c + x_k))^2
 *   sets      d^2 = 1 - |A and B| / |A or B| (Jaccard), or 1 - M |A and B| / |A or B| (MASI, Passonneau 2006:
 * M is 1 for the same, 2/3 for a subset, 1/3 for an overlap); two empty sets are the same
 *
 * Ratings alone in their unit say nothing and are left out. A unit coded "no label" is the empty set, which
 * is not the same as not coded. 1 is perfect, 0 what chance gives. Undefined (NAN) where all ratings are of
 * one category. Krippendorff's own reading: .800 and over is reliable, .667 tentative.
 *
 * A warning from comparing: kripp.alpha of the R package irr 0.84.1 divides by 1 instead of m_u - 1 for
 * complete data of three or more coders; it is no truth to test with.
 *
 * The interval resamples units: percentiles of alpha over replicates, each of as many units drawn with
 * replacement, from a seed. Units, not ratings: the coders of a unit saw the same text. */
#ifndef ZEVENSTEM_STATS_AGREEMENT_H
#define ZEVENSTEM_STATS_AGREEMENT_H

#include "stats/interval.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { AGREEMENT_CATEGORIES_MAX = 1024, AGREEMENT_CODERS_MAX = 64 };
#define RATING_MISSING UINT16_MAX

struct ratings {
    size_t units;
    size_t coders;
    const uint16_t *codes; /* units x coders; RATING_MISSING where not coded. Sets: a bit a label. Borrowed */
};

enum alpha_metric {
    ALPHA_NOMINAL,
    ALPHA_ORDINAL, /* by code */
    ALPHA_INTERVAL,
    ALPHA_RATIO, /* values from 0 */
    ALPHA_JACCARD,
    ALPHA_MASI,
};

struct alpha_options {
    enum alpha_metric metric;
    const double *values; /* x by code, for interval and ratio; NULL: the code */
    size_t replicates;    /* 0: no interval */
    uint64_t seed;
};

struct alpha {
    double value;
    double percent; /* pairs of ratings of the same category, a unit weighing m_u: 1 - nominal disagreement */
    size_t units;   /* with two ratings or more */
    size_t ratings; /* in them: n */
    struct interval range; /* 95 %; NAN without replicates */
    size_t replicates;     /* in which alpha was defined */
};

enum agreement_status {
    AGREEMENT_OK,
    AGREEMENT_NOTHING,  /* no unit has two ratings */
    AGREEMENT_TOO_MANY, /* categories or coders */
    AGREEMENT_NO_MEMORY,
};

enum agreement_status agreement_alpha(struct alpha *out, const struct ratings *ratings,
                                      const struct alpha_options *options);
/* Sets, one label of them: is it there or not, nominal. */
enum agreement_status agreement_label_alpha(struct alpha *out, const struct ratings *ratings, unsigned label,
                                            size_t replicates, uint64_t seed);

/* ---- kappas ---- */

struct kappa {
    double value; /* (observed - expected) / (1 - expected); NAN when all are of one category */
    double error; /* standard error */
    double observed, expected;
    uint64_t n; /* units */
};

/* Who gave what: table[a's category * categories + b's], over units that both coded. False (table undefined)
 * when a code is none of the categories. */
bool agreement_confusion(uint64_t *table, const struct ratings *ratings, size_t coder_a, size_t coder_b,
                         size_t categories);
/* Cohen (1960) out of such a table; error after Fleiss, Cohen and Everitt (1969), not assuming that there is
 * no agreement. False (out untouched) when nobody is in it. */
bool agreement_cohen(struct kappa *out, const uint64_t *table, size_t categories);
/* Fleiss (1971): counts[unit * categories + c], each unit with the same number of ratings, two at least, else
 * false (out untouched). error is that under no agreement (Fleiss, Nee and Landis 1979): for a test, not an
 * interval. */
bool agreement_fleiss(struct kappa *out, const uint64_t *counts, size_t units, size_t categories);

#endif
