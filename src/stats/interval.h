/* How certain a share, a mean or a difference is. What z is to a normal interval, it is to all of them: the
 * one of INTERVAL_Z95 covers 95 %. */
#ifndef ZEVENSTEM_STATS_INTERVAL_H
#define ZEVENSTEM_STATS_INTERVAL_H

#include <stdint.h>

/* The normal quantile of a 95 % interval. */
#define INTERVAL_Z95 1.959963984540054

struct interval {
    double low;
    double high;
};

/* The z with which so many intervals cover all at once what they are of, in 95 of 100 cases or more (Dunn
 * 1961, by Bonferroni's inequality): the normal quantile 1 - 0.025 / comparisons. INTERVAL_Z95 for none or
 * one. */
double interval_z_of_many(uint64_t comparisons);

/* Effective sample size (Kish 1965): (sum w)^2 / sum w^2; 0 when nothing weighs anything. Of a subgroup: with
 * the sums of that subgroup. */
double effective_n_kish(double weight, double weight_squared);

/* Variance of the weighted share of a category in a domain, weights taken as fixed (Taylor, with
 * replacement): n/(n-1) * ((1 - 2p) Qc + p^2 Q) / W^2 all_n counts everybody weighted, not only the domain;
 * weight and weight_squared (W, Q) sum over the domain, category_squared (Qc) over the category in it. 0 when
 * all_n < 2 or the domain weighs nothing. */
double share_variance(double share, uint64_t all_n, double weight, double weight_squared,
                      double category_squared);

/* The effective size to publish with: the lower of Kish's and p(1-p)/variance; Kish's where the share is 0 or
 * 1, or its variance 0. */
double effective_n(double share, double kish, double variance);

/* Wilson's interval for a share out of an effective size, cut to [0, 1]; [0, 1] when that size is 0. */
struct interval interval_wilson(double share, double size, double z);

/* value +/- z sqrt(variance), cut to [lowest, highest]. */
struct interval interval_normal(double value, double variance, double lowest, double highest, double z);

/* On the logit scale (as SUDAAN and SPSS, survey's "xlogit" with infinite degrees of freedom): 1 / (1 +
 * exp(-( log(p / (1-p)) +/- z sqrt(v) / (p (1-p))))). [0, 1] where the share is 0 or 1. */
struct interval interval_logit(double share, double variance, double z);

/* Korn & Graubard 1998 (survey's "beta"): Clopper and Pearson's exact interval on an effective size n_e, from
 * the quantile alpha/2 of Beta(n_e p, n_e (1-p) + 1) to the quantile 1 - alpha/2 of Beta(n_e p + 1, n_e
 * (1-p)). [0, 1] when that size is 0. */
struct interval interval_korn_graubard(double share, double size, double z);

/* Of a - b, for two values from people of whom none is in both: Newcombe's hybrid (1998, method 10), for
 * means known as MOVER (Zou & Donner 2008): from (a-b) - sqrt((a - a.low)^2 + (b.high - b)^2) to (a-b) +
 * sqrt((a.high
 * - a)^2 + (b - b.low)^2). Covers as much as the two intervals do. */
struct interval interval_difference(double a, struct interval of_a, double b, struct interval of_b);

#endif
