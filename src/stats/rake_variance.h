/* The variance of a weighted mean or share that knows that the weights were raked (an analyst's option;
 * Deville, Sarndal & Sautory 1993, JASA 88:1013). As good as what R's survey gives for a design calibrated by
 * raking.
 *
 * In domain D with W = sum over D of w and mean m, person i scoring y:
 *     a_i = (y - m) / W in D, else 0
 *     e   = what remains of a after projecting on the categories of every margin: means of categories
 * (everybody counts once) are taken off, margin after margin, until none is larger than 1e-12 of the largest
 * a z   = w e v   = n/(n-1) (sum z^2 - (sum z)^2 / n)             over all n people raked, not only those in
 * D
 *
 * With capped weights it takes them as if they were raked only; of a margin with people beyond it, as if that
 * fixed how many they are as well. */
#ifndef ZEVENSTEM_STATS_RAKE_VARIANCE_H
#define ZEVENSTEM_STATS_RAKE_VARIANCE_H

#include "stats/rake.h"

struct rake_variance_input {
    /* Everybody raked, by profile and class: one margin more than was raked, the last being the class. */
    const struct rake_sample *sample;
    const double *weights;                   /* [profile of that sample] */
    const double *scores;                    /* [class] of those in the domain; NAN for those outside */
    size_t classes;                          /* entries of scores; classes of the sample are below it */
    struct rake_category *const *categories; /* of the rake_result, for what was taken together */
    const uint32_t *category_counts;         /* [margin] with the missing one */
};

/* False when the domain weighs nothing, fewer than two people were raked, the projection does not end (after
 * 10000 rounds) or memory runs out. *mean (may be NULL) is that of the domain. */
bool rake_variance(double *variance, double *mean, const struct rake_variance_input *input);

#endif
