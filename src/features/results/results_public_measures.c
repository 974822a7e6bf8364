#include "features/results/results_public_measures.h"

#include "features/results/results_measures.h"
#include "stats/consensus.h"

#include <math.h>

static struct figure marked(enum figure_mark mark)
{
    return (struct figure){.mark = mark};
}

/* factor: 100 makes percents of parts of one, two digits fewer. */
static struct figure figure_times(const struct public_figure *found, double factor)
{
    const int digits = found->digits - (factor > 1 ? 2 : 0);
    if (found->kind == PUBLIC_FIGURE_NONE) {
        return marked(FIGURE_UNRELIABLE);
    }
    struct figure figure = {.mark = found->kind == PUBLIC_FIGURE_BELOW ? FIGURE_FEWER : FIGURE_SHOWN,
                            .limited = found->limited,
                            .digits = (uint8_t)(digits > 0 ? digits : 0),
                            .value = factor * found->value};
    if (figure.mark == FIGURE_SHOWN) {
        figure.interval = true;
        figure.low = factor * found->range.low;
        figure.high = factor * found->range.high;
    }
    return figure;
}

struct figure figure_of_public(const struct public_figure *found)
{
    return figure_times(found, 1);
}

struct measuring {
    struct arena *arena;
    const struct variable *variable;
    const struct public_table *table;
    const struct public_line *line;
};

/* The same line with those alone in its base who have a score: "weet ik niet" has none. Where that is hidden
 * it stays in, and is among what the hidden answers share. */
static struct public_line scored_line(const struct measuring *m)
{
    const struct public_line *line = m->line;
    struct public_line out = *line;
    const struct public_cell *none = &line->answers[ANSWER_DONT_KNOW];
    if (m->table->roles[ANSWER_DONT_KNOW] != PUBLIC_IN_BASE || none->mark != PUBLIC_SHOWN) {
        return out;
    }
    out.base.n -= none->n < out.base.n ? none->n : out.base.n;
    out.base.weight = fmax(0, out.base.weight - none->weight);
    out.base.weight_squared = fmax(0, out.base.weight_squared - none->weight_squared);
    out.base.mark =
        out.base.n >= m->table->fewer && out.base.mark == PUBLIC_SHOWN ? PUBLIC_SHOWN : PUBLIC_FEWER;
    const double weight = out.base.weight, n = (double)out.base.n;
    out.deff = out.base.mark == PUBLIC_SHOWN && weight > 0 && line->deff > 0
                   ? fmax(1, round(20 * n * out.base.weight_squared / (weight * weight)) / 20)
                   : 0;
    return out;
}

/* Measures are a function of what is shown. The answers that are not shown get, together, what the base has
 * more than those that are, each as much: so a mean tells nothing of a small number that its own count does
 * not. (Were the perturbed counts of hidden answers used, a mean would tell 0 from 1 wherever everybody else
 * is known.) */
enum { HIDDEN_PERCENT_MAX = 20 /* of the base; past it there is no measure */ };

static bool spread_hidden(struct public_line *line, const struct measuring *m)
{
    struct public_cell *answers = arena_array(m->arena, m->table->answer_count, sizeof *answers);
    double n = (double)line->base.n, weight = line->base.weight, squared = line->base.weight_squared;
    size_t hidden = 0;
    for (uint32_t code = ANSWER_FIRST; code < m->table->answer_count; code++) {
        const struct public_cell *answer = &line->answers[code];
        answers[code] = *answer;
        hidden += answer->mark == PUBLIC_FEWER;
        if (answer->mark == PUBLIC_SHOWN) {
            n -= (double)answer->n;
            weight -= answer->weight;
            squared -= answer->weight_squared;
        }
    }
    for (uint32_t code = ANSWER_FIRST; code < m->table->answer_count && hidden > 0; code++) {
        if (answers[code].mark == PUBLIC_FEWER) {
            answers[code].n = (uint64_t)fmax(0, n / (double)hidden);
            answers[code].weight = fmax(0, weight / (double)hidden);
            answers[code].weight_squared = fmax(0, squared / (double)hidden);
        }
    }
    line->answers = answers;
    return hidden == 0 || (100 * n <= HIDDEN_PERCENT_MAX * (double)line->base.n &&
                           100 * weight <= HIDDEN_PERCENT_MAX * line->base.weight);
}

/* Values of a mean: one a code. */
typedef double (*value_of)(const struct variable *variable, size_t category);

static double score_of(const struct variable *v, size_t category)
{
    return v->scores ? v->scores[category] : (double)category;
}

static double net_of(const struct variable *v, size_t category)
{
    const unsigned score = v->scores[category];
    return score + 2u > v->category_count ? 1 : score <= 2 ? -1 : 0;
}

static double top_of(const struct variable *v, size_t category)
{
    return v->scores[category] + 2u > v->category_count ? 1 : 0;
}

static struct figure mean_figure(const struct measuring *m, value_of value, double factor)
{
    const struct variable *v = m->variable;
    struct public_table table = *m->table;
    enum public_role *roles = arena_array(m->arena, table.answer_count, sizeof *roles);
    double *values = arena_array(m->arena, table.answer_count, sizeof *values);
    for (uint32_t code = 0; code < table.answer_count; code++) {
        roles[code] =
            code < ANSWER_FIRST && table.roles[code] == PUBLIC_IN_BASE ? PUBLIC_BESIDE : table.roles[code];
        values[code] = code >= ANSWER_FIRST ? value(v, code - ANSWER_FIRST) : 0;
    }
    table.roles = roles;
    struct public_line scored = scored_line(m);
    if (!table.number && !spread_hidden(&scored, m)) {
        return marked(FIGURE_UNRELIABLE);
    }
    const struct public_figure found = public_mean(&table, &scored, values);
    return figure_times(&found, factor);
}

/* A share of more than one answer is shown as any share: of k people at least, and never all or nothing. */
static struct figure top_two_figure(const struct measuring *m)
{
    const struct variable *v = m->variable;
    struct figure figure = mean_figure(m, top_of, 100);
    struct public_line scored = scored_line(m);
    const double n = (double)scored.base.n;
    uint64_t top = 0;
    spread_hidden(&scored, m);
    for (size_t k = 0; k < v->category_count; k++) {
        top += top_of(v, k) > 0 ? scored.answers[ANSWER_FIRST + k].n : 0;
    }
    if (figure.mark != FIGURE_SHOWN) {
        return figure;
    }
    const double step = figure.digits > 0 ? 0.1 : 1;
    if (top < m->table->fewer) {
        return (struct figure){.mark = FIGURE_FEWER,
                               .digits = figure.digits,
                               .value = ceil(100 * (double)m->table->fewer / n / step) * step};
    }
    const double low = fmax(step, 300 / n), high = fmin(100 - step, 100 - 300 / n);
    if (figure.value < low || figure.value > high) {
        figure.limited = true;
        figure.value = round(fmin(fmax(figure.value, low), high) / step) * step;
        figure.low = fmin(figure.low, figure.value);
        figure.high = fmax(figure.high, figure.value);
    }
    return figure;
}

/* The number of people whose sampling alone would make all shares together vary as much as sampling and noise
 * do. 0 when all gave one answer. */
static double size_with_noise(const struct measuring *m, const struct public_line *scored)
{
    const double n_e = (double)scored->base.n / scored->deff;
    double sampled = 0, noise = 0;
    for (uint32_t code = ANSWER_FIRST; code < m->table->answer_count; code++) {
        const struct public_cell *answer = &scored->answers[code];
        const double share = fmin(fmax(answer->weight / scored->base.weight, 0), 1);
        sampled += share * (1 - share);
        noise += public_noise_variance(m->table, scored, answer);
    }
    return sampled / (sampled / n_e + noise);
}

static void put_agreement_range(struct figure *figure, const double *frequencies, size_t count,
                                double effective_n, double step)
{
    struct interval range;
    if (consensus_interval(&range, frequencies, count, effective_n, MEASURES_REPLICATES,
                           MEASURES_AGREEMENT_SEED)) {
        figure->interval = true;
        figure->low = fmin(figure->value, floor(range.low * step) / step);
        figure->high = fmax(figure->value, ceil(range.high * step) / step);
    }
}

static struct figure agreement_figure(const struct measuring *m, bool interval)
{
    const struct variable *v = m->variable;
    struct public_line scored = scored_line(m);
    const bool told = spread_hidden(&scored, m);
    double frequencies[MEASURES_POINTS_MAX] = {0};
    double found;
    for (size_t k = 0; k < v->category_count; k++) {
        frequencies[v->scores[k] - 1] = fmax(0, scored.answers[ANSWER_FIRST + k].weight);
    }
    if (!told || scored.base.n < PUBLIC_BASE_MIN || !(scored.deff > 0) ||
        (double)scored.base.n / scored.deff < PUBLIC_BASE_MIN ||
        !consensus_agreement(&found, frequencies, v->category_count)) {
        return marked(FIGURE_UNRELIABLE);
    }
    const uint8_t digits = scored.base.n >= PUBLIC_DECIMAL_FROM ? 2 : 1;
    const double step = digits == 2 ? 100 : 10;
    struct figure figure = {.mark = FIGURE_SHOWN, .digits = digits, .value = round(found * step) / step};
    if (interval) {
        put_agreement_range(&figure, frequencies, v->category_count, size_with_noise(m, &scored), step);
    }
    return figure;
}

struct figure measure_of_public(enum figures_measure measure, struct arena *arena,
                                const struct variable *variable, const struct public_table *table,
                                const struct public_line *line, bool interval)
{
    const struct measuring m = {arena, variable, table, line};
    switch (measure) {
    case FIGURES_MEAN:
        return mean_figure(&m, score_of, 1);
    case FIGURES_NET:
        return mean_figure(&m, net_of, 100);
    case FIGURES_TOP_TWO:
        return top_two_figure(&m);
    case FIGURES_AGREEMENT:
        return agreement_figure(&m, interval);
    case FIGURES_MEASURES:
        break;
    }
    return marked(FIGURE_NONE);
}
