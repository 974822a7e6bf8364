#include "stats/random.h"

#include <math.h>
#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(const double *sorted, size_t count, double p)
{
    const double at = p * (double)(count - 1);
    const size_t below = (size_t)at;
    const size_t above = below + 1 < count ? below + 1 : below;
    return sorted[below] + (at - (double)below) * (sorted[above] - sorted[below]);
}

struct interval interval_percentile(double *values, size_t count, double level)
{
    if (count == 0) {
        return (struct interval){(double)NAN, (double)NAN};
    }
    qsort(values, count, sizeof *values, by_value);
    return (struct interval){quantile(values, count, (1 - level) / 2),
                             quantile(values, count, (1 + level) / 2)};
}
