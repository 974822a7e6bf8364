/* How certain a share is. */
#ifndef ZEVENSTEM_STATS_INTERVAL_H
#define ZEVENSTEM_STATS_INTERVAL_H

#include <stdint.h>

/* The normal quantile of a 95 % interval. */
#define INTERVAL_Z95 1.959963984540054

struct interval {
    double low;
    double high;
};

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

#endif
