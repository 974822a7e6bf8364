/* What a line says besides its shares: mean, net, top two and agreement, out of the sums of its answers.
 * Pure: whether they may be shown is decided before, by whoever has the sums. */
#ifndef ZEVENSTEM_RESULTS_MEASURES_H
#define ZEVENSTEM_RESULTS_MEASURES_H

#include "features/results/results_figures.h"
#include "stats/estimate.h"

enum {
    MEASURES_POINTS_NET = 4, /* points that a scale needs for a net and a top two */
    MEASURES_POINTS_AGREEMENT = 3,
    MEASURES_POINTS_MAX = 16,
    /* Samples of the interval of an agreement, and the lines up to which one is made: it takes some 10 ms. */
    MEASURES_REPLICATES = 400,
    MEASURES_AGREEMENT_LINES_MAX = 100,
    MEASURES_PUBLIC_AGREEMENT_LINES_MAX = 16, /* anybody may ask, as often as they like */
    MEASURES_AGREEMENT_SEED = 2026
};

/* Whether a variable of this level and so many points can have the measure. */
bool measure_fits(enum figures_measure measure, const struct variable *variable);

/* A share, mean or net as it is shown; scale: 100 for what is in percent. */
struct figure figure_of_estimate(const struct estimate *estimate, double scale, uint8_t digits);

/* one - other, of people of whom none is in both, with Newcombe's interval (stats/interval.h): made of what
 * is shown of the two and of nothing else, so that it tells no more than they do. In the public's view it has
 * their digits, its interval rounded outwards. Where one of them is not shown, is a limit or has no interval
 * there is none, for the same reason. */
struct figure figure_difference(const struct figure *one, const struct figure *other, enum figures_view view);

/* One measure that fits. sums[k]: those who gave category k (number k). interval: whether an agreement gets
 * one; the others always do. FIGURE_NONE when nobody has a score. */
struct figure measure_of_sums(enum figures_measure measure, const struct variable *variable,
                              const struct sums *sums, size_t count, const struct estimate_options *options,
                              bool interval);

#endif
