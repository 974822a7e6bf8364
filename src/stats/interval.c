#include "stats/interval.h"

#include <math.h>

double effective_n_kish(double weight, double weight_squared)
{
    return weight_squared > 0 ? weight * weight / weight_squared : 0;
}

double share_variance(double share, uint64_t all_n, double weight, double weight_squared,
                      double category_squared)
{
    if (all_n < 2 || !(weight > 0)) {
        return 0;
    }
    double n = (double)all_n;
    double squares = (1 - 2 * share) * category_squared + share * share * weight_squared;
    /* Rounding may leave a trace below zero where everybody gave the same answer. */
    return squares > 0 ? n / (n - 1) * squares / (weight * weight) : 0;
}

double effective_n(double share, double kish, double variance)
{
    if (!(share > 0) || !(share < 1) || !(variance > 0)) {
        return kish;
    }
    return fmin(kish, share * (1 - share) / variance);
}

struct interval interval_wilson(double share, double size, double z)
{
    if (!(size > 0)) {
        return (struct interval){0, 1};
    }
    double zz = z * z;
    double shrink = 1 + zz / size;
    double centre = (share + zz / (2 * size)) / shrink;
    double half = z / shrink * sqrt(share * (1 - share) / size + zz / (4 * size * size));
    return (struct interval){fmax(0, centre - half), fmin(1, centre + half)};
}
