#include "stats/interval.h"

#include "stats/beta.h"

#include <math.h>

double interval_z_of_many(uint64_t comparisons)
{
    const double outside = 0.05 / (double)(comparisons > 1 ? comparisons : 1);
    double low = INTERVAL_Z95;
    double high = 40; /* beyond it a double knows no tail */
    if (comparisons <= 1) {
        return low;
    }
    while (high - low > 1e-13 * high) {
        const double middle = (low + high) / 2;
        if (erfc(middle / sqrt(2)) > outside) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return high;
}

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

struct interval interval_normal(double value, double variance, double lowest, double highest, double z)
{
    double half = z * sqrt(variance);
    return (struct interval){fmax(lowest, value - half), fmin(highest, value + half)};
}

struct interval interval_logit(double share, double variance, double z)
{
    if (!(share > 0) || !(share < 1)) {
        return (struct interval){0, 1};
    }
    double centre = log(share) - log1p(-share);
    double half = z * sqrt(variance) / (share * (1 - share));
    return (struct interval){1 / (1 + exp(half - centre)), 1 / (1 + exp(-half - centre))};
}

struct interval interval_korn_graubard(double share, double size, double z)
{
    if (!(size > 0)) {
        return (struct interval){0, 1};
    }
    double tail = erfc(z / sqrt(2)) / 2;
    double yes = size * share, no = size * (1 - share);
    return (struct interval){yes > 0 ? beta_quantile(tail, yes, no + 1) : 0,
                             no > 0 ? beta_quantile(1 - tail, yes + 1, no) : 1};
}

struct interval interval_difference(double a, struct interval of_a, double b, struct interval of_b)
{
    double down = hypot(a - of_a.low, of_b.high - b);
    double up = hypot(of_a.high - a, b - of_b.low);
    return (struct interval){a - b - down, a - b + up};
}
