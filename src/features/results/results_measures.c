#include "features/results/results_measures.h"

#include "stats/consensus.h"

#include <math.h>
#include <stdlib.h>

static size_t points_of(const struct variable *variable)
{
    return variable->scores && variable->category_count <= MEASURES_POINTS_MAX ? variable->category_count : 0;
}

bool measure_fits(enum figures_measure measure, const struct variable *variable)
{
    switch (measure) {
    case FIGURES_MEAN:
        return variable->level == LEVEL_NUMBER || points_of(variable) > 0;
    case FIGURES_NET:
    case FIGURES_TOP_TWO:
        return points_of(variable) >= MEASURES_POINTS_NET;
    case FIGURES_AGREEMENT:
        return points_of(variable) >= MEASURES_POINTS_AGREEMENT;
    case FIGURES_MEASURES:
        break;
    }
    return false;
}

struct figure figure_of_estimate(const struct estimate *estimate, double scale, uint8_t digits)
{
    return (struct figure){.mark = FIGURE_SHOWN,
                           .interval = true,
                           .digits = digits,
                           .flags = estimate->flags,
                           .value = scale * estimate->value,
                           .error = scale * sqrt(estimate->variance),
                           .low = scale * estimate->interval.low,
                           .high = scale * estimate->interval.high};
}

/* FIGURE_SHOWN, or why nothing can be compared with it. */
static enum figure_mark comparable(const struct figure *figure)
{
    switch (figure->mark) {
    case FIGURE_SHOWN:
        return figure->interval && !figure->limited ? FIGURE_SHOWN : FIGURE_UNRELIABLE;
    case FIGURE_FEWER:
        return FIGURE_WITHHELD;
    case FIGURE_WITHHELD:
    case FIGURE_UNRELIABLE:
    case FIGURE_NONE:
        break;
    }
    return figure->mark;
}

struct figure figure_difference(const struct figure *one, const struct figure *other, enum figures_view view)
{
    const enum figure_mark first = comparable(one), second = comparable(other);
    if (first != FIGURE_SHOWN || second != FIGURE_SHOWN) {
        return (struct figure){.mark = first != FIGURE_SHOWN ? first : second};
    }
    struct interval range = interval_difference(one->value, (struct interval){one->low, one->high},
                                                other->value, (struct interval){other->low, other->high});
    bool errors = one->error > 0 && other->error > 0;
    if (view == FIGURES_PUBLIC) {
        /* Whole steps that came out of binary fractions are not a step further. */
        const double step = pow(10, one->digits < other->digits ? one->digits : other->digits), slack = 1e-6;
        range.low = floor(range.low * step + slack) / step + 0.0; /* no -0 */
        range.high = ceil(range.high * step - slack) / step + 0.0;
    }
    return (struct figure){.interval = true,
                           .digits = one->digits < other->digits ? one->digits : other->digits,
                           .value = one->value - other->value,
                           .error = errors ? hypot(one->error, other->error) : 0,
                           .low = range.low,
                           .high = range.high};
}

/* The points of a scale from the least to the most: points[score - 1]. */
static void in_order(struct sums *points, const struct variable *variable, const struct sums *sums)
{
    for (size_t k = 0; k < variable->category_count; k++) {
        points[variable->scores[k] - 1] = sums[k];
    }
}

static struct figure mean_of(const struct sums *sums, const double *scores, size_t count,
                             const struct estimate_options *options, double scale, uint8_t digits)
{
    struct estimate estimate;
    return estimate_mean(&estimate, sums, scores, count, options)
               ? figure_of_estimate(&estimate, scale, digits)
               : (struct figure){.mark = FIGURE_NONE};
}

static struct figure mean_of_number(const struct sums *sums, size_t count,
                                    const struct estimate_options *options)
{
    double *scores = malloc((count ? count : 1) * sizeof *scores);
    struct figure figure = {.mark = FIGURE_NONE};
    for (size_t k = 0; scores && k < count; k++) {
        scores[k] = (double)k;
    }
    if (scores) {
        figure = mean_of(sums, scores, count, options, 1, 2);
    }
    free(scores);
    return figure;
}

static struct figure top_two(const struct sums *points, size_t count, const struct estimate_options *options)
{
    struct sums base = {0}, top = {0};
    struct estimate estimate;
    for (size_t s = 0; s < count; s++) {
        sums_add(&base, points[s]);
        if (s + 2 >= count) {
            sums_add(&top, points[s]);
        }
    }
    return estimate_share(&estimate, top, base, options) ? figure_of_estimate(&estimate, 100, 1)
                                                         : (struct figure){.mark = FIGURE_NONE};
}

static struct figure agreement(const struct sums *points, size_t count, bool interval)
{
    double frequencies[MEASURES_POINTS_MAX];
    struct sums base = {0};
    struct figure figure = {.mark = FIGURE_SHOWN, .digits = 2};
    struct interval range;
    for (size_t s = 0; s < count; s++) {
        sums_add(&base, points[s]);
        frequencies[s] = points[s].weight;
    }
    if (!consensus_agreement(&figure.value, frequencies, count)) {
        return (struct figure){.mark = FIGURE_NONE};
    }
    if (interval &&
        consensus_interval(&range, frequencies, count, effective_n_kish(base.weight, base.weight_squared),
                           MEASURES_REPLICATES, MEASURES_AGREEMENT_SEED)) {
        figure.interval = true;
        figure.low = range.low;
        figure.high = range.high;
    }
    return figure;
}

struct figure measure_of_sums(enum figures_measure measure, const struct variable *variable,
                              const struct sums *sums, size_t count, const struct estimate_options *options,
                              bool interval)
{
    struct sums points[MEASURES_POINTS_MAX] = {{0}};
    double scores[MEASURES_POINTS_MAX];
    if (variable->level == LEVEL_NUMBER) {
        return mean_of_number(sums, count, options);
    }
    in_order(points, variable, sums);
    switch (measure) {
    case FIGURES_MEAN:
        for (size_t s = 0; s < count; s++) {
            scores[s] = (double)s + 1;
        }
        return mean_of(points, scores, count, options, 1, 2);
    case FIGURES_NET:
        estimate_net_scores(scores, count);
        return mean_of(points, scores, count, options, 100, 1);
    case FIGURES_TOP_TWO:
        return top_two(points, count, options);
    case FIGURES_AGREEMENT:
        return agreement(points, count, interval);
    case FIGURES_MEASURES:
        break;
    }
    return (struct figure){.mark = FIGURE_NONE};
}
