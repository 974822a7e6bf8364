#include "features/results/results_hidden.h"

#include "features/results/results_measures.h"

#include <math.h>

/* Every withheld category has `each`, and `one` of them (past the last: none) has `more` as well. */
static void fill(struct sums *out, const struct sums *sums, size_t count, const struct hidden_answers *hidden,
                 struct sums each, size_t one, struct sums more)
{
    for (size_t k = 0; k < count; k++) {
        out[k] = hidden->withheld[k] ? each : sums[k];
    }
    if (one < count) {
        sums_add(&out[one], more);
    }
}

static struct sums part_of(struct sums all, size_t parts)
{
    const double d = (double)parts;
    return (struct sums){all.n / d, all.weight / d, all.weight_squared / d};
}

/* Of the base, at most: as if all that is left were in it. */
static double percent_hidden(const struct sums *sums, size_t count, const struct hidden_answers *hidden,
                             uint64_t threshold)
{
    struct sums shown = {0};
    for (size_t k = 0; k < count; k++) {
        if (!hidden->withheld[k]) {
            sums_add(&shown, sums[k]);
        }
    }
    const double kish = effective_n_kish(shown.weight, shown.weight_squared);
    if (!(shown.n >= (double)threshold && kish >= (double)threshold) || hidden->left.weight < 0) {
        return 100;
    }
    return 100 * fmax(hidden->left.n / (shown.n + hidden->left.n),
                      hidden->left.weight / (shown.weight + hidden->left.weight));
}

struct figure measure_with_hidden(enum figures_measure measure, const struct variable *variable,
                                  const struct sums *sums, size_t count, const struct hidden_answers *hidden,
                                  uint64_t threshold, const struct estimate_options *options)
{
    const struct sums nobody = {0, 0, 0};
    const size_t sharing = hidden->categories + hidden->others;
    struct sums trial[MEASURES_POINTS_MAX];
    const double percent = percent_hidden(sums, count, hidden, threshold);
    if (variable->level == LEVEL_NUMBER || count > MEASURES_POINTS_MAX || sharing == 0 ||
        percent > HIDDEN_SHARE_MAX) {
        return (struct figure){.mark = FIGURE_WITHHELD};
    }
    fill(trial, sums, count, hidden, part_of(hidden->left, sharing), count, nobody);
    struct figure figure = measure_of_sums(measure, variable, trial, count, options, false);
    const bool has_interval = figure.interval;
    figure.interval = figure.mark == FIGURE_SHOWN;
    figure.low = has_interval ? figure.low : figure.value;
    figure.high = has_interval ? figure.high : figure.value;
    for (size_t one = 0; one <= count; one++) {
        if (one < count ? !hidden->withheld[one] : hidden->others == 0) {
            continue;
        }
        fill(trial, sums, count, hidden, nobody, one, hidden->left);
        const struct figure extreme = measure_of_sums(measure, variable, trial, count, options, false);
        figure.low = fmin(figure.low, has_interval ? extreme.low : extreme.value);
        figure.high = fmax(figure.high, has_interval ? extreme.high : extreme.value);
    }
    figure.shared = percent;
    return figure;
}
