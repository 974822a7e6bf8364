#include "stats/estimate.h"

#include <math.h>

static const double few = 30;

static unsigned flags_of_size(const struct estimate *e)
{
    return (e->n < few ? ESTIMATE_FEW : 0u) | (e->effective_n < few ? ESTIMATE_FEW_EFFECTIVE : 0u);
}

static unsigned flags_of_width(const struct estimate *e, double z)
{
    struct interval exact = interval_korn_graubard(e->value, e->effective_n, z);
    double width = exact.high - exact.low;
    if (width >= 0.3) {
        return ESTIMATE_WIDE;
    }
    return width > 0.05 && width > 1.3 * e->value ? ESTIMATE_WIDE_FOR_SHARE : 0;
}

bool estimate_share(struct estimate *out, struct sums category, struct sums base,
                    const struct estimate_options *options)
{
    *out = (struct estimate){0};
    if (!(base.weight > 0)) {
        return false;
    }
    double share = fmin(1, fmax(0, category.weight / base.weight));
    out->value = share;
    out->n = base.n;
    out->variance =
        share_variance(share, options->all_n, base.weight, base.weight_squared, category.weight_squared) +
        options->noise_variance;
    out->kish = effective_n_kish(base.weight, base.weight_squared);
    out->effective_n = effective_n(share, out->kish, out->variance);
    out->interval = interval_wilson(share, out->effective_n, options->z);
    out->flags = flags_of_size(out) | flags_of_width(out, options->z) |
                 (share > 0 && share < 1 ? 0u : ESTIMATE_UNANIMOUS);
    return true;
}

/* The base of a mean: who has a score. */
static struct sums scored(const struct sums *categories, const double *scores, size_t count, double *mean)
{
    struct sums base = {0};
    double sum = 0;
    for (size_t c = 0; c < count; c++) {
        if (!isnan(scores[c])) {
            sums_add(&base, categories[c]);
            sum += categories[c].weight * scores[c];
        }
    }
    *mean = base.weight > 0 ? sum / base.weight : 0;
    return base;
}

bool estimate_mean(struct estimate *out, const struct sums *categories, const double *scores, size_t count,
                   const struct estimate_options *options)
{
    *out = (struct estimate){0};
    double mean = 0;
    struct sums base = scored(categories, scores, count, &mean);
    if (!(base.weight > 0)) {
        return false;
    }
    double spread = 0, squares = 0, lowest = (double)INFINITY, highest = -(double)INFINITY;
    size_t given = 0;
    for (size_t c = 0; c < count; c++) {
        if (isnan(scores[c])) {
            continue;
        }
        double off = scores[c] - mean;
        spread += categories[c].weight * off * off;
        squares += categories[c].weight_squared * off * off;
        lowest = fmin(lowest, scores[c]);
        highest = fmax(highest, scores[c]);
        given += categories[c].weight > 0;
    }
    double n = (double)options->all_n;
    double fixed = options->all_n < 2 ? 0 : n / (n - 1) * squares / (base.weight * base.weight);
    out->value = fmin(highest, fmax(lowest, mean));
    out->n = base.n;
    out->variance = fixed + options->noise_variance;
    out->kish = effective_n_kish(base.weight, base.weight_squared);
    if (given > 1 && out->variance > 0) {
        out->effective_n = fmin(out->kish, spread / base.weight / out->variance);
        out->interval = interval_normal(out->value, out->variance, lowest, highest, options->z);
    } else {
        double open = 1 - interval_wilson(1, out->kish, options->z).low;
        out->effective_n = out->kish;
        out->interval = (struct interval){out->value - open * (out->value - lowest),
                                          out->value + open * (highest - out->value)};
        out->flags = ESTIMATE_UNANIMOUS;
    }
    out->flags |= flags_of_size(out);
    return true;
}

bool estimate_net_scores(double *scores, size_t count)
{
    if (count < 4) {
        return false;
    }
    for (size_t c = 0; c < count; c++) {
        scores[c] = c < 2 ? -1 : c + 2 < count ? 0 : 1;
    }
    return true;
}

bool estimate_distribution(struct estimate *out, const struct sums *categories, size_t count,
                           const struct estimate_options *options)
{
    struct sums base = {0};
    for (size_t c = 0; c < count; c++) {
        sums_add(&base, categories[c]);
    }
    bool given = true;
    for (size_t c = 0; c < count; c++) {
        given = estimate_share(&out[c], categories[c], base, options);
    }
    return given && count > 0;
}

struct difference estimate_difference(const struct estimate *a, const struct estimate *b)
{
    struct difference d = {.value = a->value - b->value,
                           .interval = interval_difference(a->value, a->interval, b->value, b->interval)};
    d.excludes_zero = d.interval.low > 0 || d.interval.high < 0;
    return d;
}

/* Mean weight of some over the mean weight of all, squared. */
static double ratio_squared(struct sums some, struct sums all)
{
    if (!(some.n > 0) || !(all.weight > 0)) {
        return 0;
    }
    double ratio = some.weight / some.n * all.n / all.weight;
    return ratio * ratio;
}

double share_noise_variance(double noise, struct sums category, struct sums base)
{
    if (!(base.n > 0) || !(base.weight > 0)) {
        return 0;
    }
    double share = category.weight / base.weight;
    return noise / (base.n * base.n) * (ratio_squared(category, base) + share * share);
}

double mean_noise_variance(double noise, const struct sums *categories, const double *scores, size_t count)
{
    double mean = 0, sum = 0;
    struct sums base = scored(categories, scores, count, &mean);
    if (!(base.n > 0)) {
        return 0;
    }
    for (size_t c = 0; c < count; c++) {
        if (!isnan(scores[c])) {
            sum += ratio_squared(categories[c], base) * (scores[c] - mean) * (scores[c] - mean);
        }
    }
    return noise / (base.n * base.n) * sum;
}
