/* What is printed of a protected table: everything here reads perturbed numbers only. */
#include "stats/protect_public.h"

#include <math.h>

static const struct public_figure none = {.kind = PUBLIC_FIGURE_NONE};

static double rounded(double x, int digits, double (*how)(double))
{
    const double scale = pow(10, digits);
    /* A hair of rounding error is no step. */
    const double steps = x * scale, nearest = round(steps);
    return (fabs(steps - nearest) < 1e-9 ? nearest : how(steps)) / scale;
}

static double within(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

/* Enough people to print a percentage or a mean of. */
static bool base_suffices(const struct public_line *line)
{
    return line->base.mark == PUBLIC_SHOWN && line->base.n >= PUBLIC_BASE_MIN && line->deff > 0 &&
           (double)line->base.n / line->deff >= PUBLIC_BASE_MIN && line->base.weight > 0;
}

static double mean_weight(const struct public_cell *cell)
{
    return cell->n > 0 ? cell->weight / (double)cell->n : 0;
}

/* Of an answer whose mean weight is `ratio` times that of the base, per squared person. */
static double noise_of(const struct public_table *table, const struct public_line *line, double ratio)
{
    return table->variance * ratio * ratio + (table->variance + 1.0 / 12) * line->spread * line->spread;
}

double public_noise_variance(const struct public_table *table, const struct public_line *line,
                             const struct public_cell *cell)
{
    const double n = (double)line->base.n;
    if (!(n > 0) || !(line->base.weight > 0)) {
        return 0;
    }
    const double share = cell->weight / line->base.weight;
    const double ratio = mean_weight(cell) / mean_weight(&line->base);
    return (noise_of(table, line, ratio) + share * share * noise_of(table, line, 1)) / (n * n);
}

struct public_figure public_share(const struct public_table *table, const struct public_line *line,
                                  size_t code)
{
    const struct public_cell *cell = &line->answers[code];
    const double n = (double)line->base.n;
    if (table->roles[code] != PUBLIC_IN_BASE || !base_suffices(line) ||
        (cell->mark != PUBLIC_SHOWN && cell->mark != PUBLIC_FEWER)) {
        return none;
    }
    struct public_figure out = {.digits = line->base.n >= PUBLIC_DECIMAL_FROM ? 1 : 0};
    const double step = pow(10, -out.digits);
    if (cell->mark == PUBLIC_FEWER) {
        out.kind = PUBLIC_FIGURE_BELOW;
        out.value = rounded(100 * (double)table->fewer / n, out.digits, ceil);
        return out.value < 100 ? out : none;
    }
    const double found = cell->weight / line->base.weight;
    const double share = within(found, 3 / n, 1 - 3 / n);
    out.limited = found < 3 / n || found > 1 - 3 / n;
    out.value = within(rounded(100 * share, out.digits, round), step, 100 - step);

    const double sampled = share_variance(share, line->base.n, line->base.weight, line->base.weight_squared,
                                          cell->weight_squared);
    const double size = effective_n(share, n / line->deff, sampled);
    const double variance = share * (1 - share) / size + public_noise_variance(table, line, cell);
    out.range = interval_wilson(share, share * (1 - share) / variance, INTERVAL_Z95);
    out.range.low = rounded(100 * out.range.low, out.digits, floor);
    out.range.high = rounded(100 * out.range.high, out.digits, ceil);
    return out;
}

/* Moments of the answers in the base. */
struct moments {
    double low, high, weight, mean;
};

static struct moments moments_of(const struct public_table *table, const struct public_line *line,
                                 const double *values)
{
    struct moments m = {.low = HUGE_VAL, .high = -HUGE_VAL};
    for (size_t a = 0; a < table->answer_count; a++) {
        if (table->roles[a] == PUBLIC_IN_BASE) {
            m.low = fmin(m.low, values[a]);
            m.high = fmax(m.high, values[a]);
            m.weight += line->answers[a].weight;
            m.mean += line->answers[a].weight * values[a];
        }
    }
    m.mean /= m.weight;
    if (table->number) {
        m.low = table->low;
        m.high = table->high;
        m.mean = line->mean;
    }
    m.mean = within(m.mean, m.low, m.high);
    return m;
}

/* The higher of Kish's and Taylor's, and that of the noise. How far the values of a number lie apart is known
 * of hidden counts alone: their variance is taken as large as it can be with this mean (Bhatia and Davis
 * 2000). */
static double mean_variance(const struct public_table *table, const struct public_line *line,
                            const double *values, const struct moments *m)
{
    const double n = (double)line->base.n;
    double spread = 0, squares = 0, noise = 0;
    for (size_t a = 0; a < table->answer_count; a++) {
        if (table->roles[a] == PUBLIC_IN_BASE && line->answers[a].n > 0) {
            const struct public_cell *cell = &line->answers[a];
            const double off = values[a] - m->mean;
            spread += cell->weight * off * off;
            squares += cell->weight_squared * off * off;
            noise += off * off * noise_of(table, line, mean_weight(cell) / mean_weight(&line->base));
        }
    }
    if (table->number) {
        const double range = table->high - table->low;
        noise = range * range * line->deff * (table->variance + 1.0 / 12);
        return (m->high - m->mean) * (m->mean - m->low) * line->deff / (n - 1) + noise / (n * n);
    }
    const double kish = fmax(0, spread / m->weight) * line->deff / n;
    const double taylor = n / (n - 1) * squares / (m->weight * m->weight);
    return fmax(kish, taylor) + noise / (n * n);
}

struct public_figure public_mean(const struct public_table *table, const struct public_line *line,
                                 const double *values)
{
    if (!base_suffices(line)) {
        return none;
    }
    const struct moments m = moments_of(table, line, values);
    if (!(m.weight > 0) || !(m.high > m.low)) {
        return none;
    }
    struct public_figure out = {0};
    const double steps = line->base.n >= PUBLIC_DECIMAL_FROM ? 400 : 40;
    while (out.digits < 9 && pow(10, -out.digits) > (m.high - m.low) / steps * (1 + 1e-9)) {
        out.digits++;
    }
    const double half = INTERVAL_Z95 * sqrt(mean_variance(table, line, values, &m));
    out.value = rounded(m.mean, out.digits, round);
    out.range.low = fmax(m.low, rounded(m.mean - half, out.digits, floor));
    out.range.high = fmin(m.high, rounded(m.mean + half, out.digits, ceil));
    return out;
}
