#include "features/tafel/tafel_suggestion.h"

#include "stats/interval.h"

#include <math.h>
#include <string.h>

const char *const suggestion_rules[] = {"zorg", "verandering", "tegenspraak", "verdeeld", "groei", NULL};

/* ---- one rule each ---- */

static bool is(const struct watch_line *line, const char *dimension)
{
    return line->dimension && strcmp(line->dimension, dimension) == 0;
}

bool suggestion_worry(struct figure *found, const struct watch_line *line, const struct suggestion_bars *bars)
{
    *found = line->top_two;
    if (!found->interval || found->mark != FIGURE_SHOWN) {
        return false;
    }
    if (is(line, "zorg")) {
        return found->low > bars->worry;
    }
    if (!is(line, "effect") || line->net.mark != FIGURE_SHOWN || !line->net.interval) {
        return false;
    }
    /* Who expects worse: the share of better less the net. With the interval of the net, which is never the
     * narrower: of shares b and t of n people var(t - b) - var(b) = (t - t^2 + 2tb) / n. */
    const double half = (line->net.high - line->net.low) / 2;
    found->value -= line->net.value;
    found->low = found->value - half;
    found->high = found->value + half;
    found->error = 0;
    return found->low > bars->worry;
}

static bool is_comparison(const struct watch_line *line)
{
    return line->compared && line->change.mark == FIGURE_SHOWN && line->change.interval;
}

bool suggestion_change(struct figure *found, const struct watch_line *line,
                       const struct suggestion_bars *bars, size_t comparisons)
{
    const double wider = interval_z_of_many(comparisons) / INTERVAL_Z95;
    *found = line->change;
    if (!is_comparison(line)) {
        return false;
    }
    found->low = found->value - wider * (found->value - found->low);
    found->high = found->value + wider * (found->high - found->value);
    return (found->low > 0 || found->high < 0) && fabs(found->value) >= bars->change;
}

bool suggestion_divided(struct figure *found, const struct watch_line *line,
                        const struct suggestion_bars *bars)
{
    *found = line->agreement;
    return found->mark == FIGURE_SHOWN && (found->interval ? found->high : found->value) < bars->divided;
}

bool suggestion_growth(struct figure *found, const struct suggestion_growth *growth,
                       const struct suggestion_bars *bars)
{
    double before = -1, first = 0;
    *found = (struct figure){.mark = FIGURE_NONE, .digits = 1};
    for (size_t i = 0; i < GROWTH_PERIODS; i++) {
        if (growth->coded[i] < bars->growth_coded || growth->coded[i] <= 0) {
            return false;
        }
        const double share = 100.0 * (double)growth->texts[i] / (double)growth->coded[i];
        if (share <= before) {
            return false;
        }
        first = i == 0 ? share : first;
        before = share;
    }
    found->mark = FIGURE_SHOWN;
    found->value = before - first;
    return growth->texts[GROWTH_PERIODS - 1] >= bars->growth_texts && found->value >= bars->growth;
}

/* ---- all of them ---- */

static struct suggestion_finding of_line(enum suggestion_rule rule, const struct watch_line *line,
                                         struct figure figure)
{
    return (struct suggestion_finding){.rule = rule,
                                       .subject = slice_from_cstr(line->variable),
                                       .application = line->application,
                                       .value = line->value,
                                       .line = line,
                                       .figure = figure};
}

static bool holds(struct figure *found, enum suggestion_rule rule, const struct watch_line *line,
                  const struct suggestion_bars *bars, size_t comparisons)
{
    return rule == SUGGESTION_WORRY    ? suggestion_worry(found, line, bars)
           : rule == SUGGESTION_CHANGE ? suggestion_change(found, line, bars, comparisons)
                                       : suggestion_divided(found, line, bars);
}

static size_t find_in_lines(struct suggestion_finding *list, const struct watch *watch,
                            const struct suggestion_bars *bars)
{
    static const enum suggestion_rule rules[] = {SUGGESTION_WORRY, SUGGESTION_CHANGE, SUGGESTION_DIVIDED};
    size_t count = 0;
    size_t comparisons = 0;
    for (size_t i = 0; i < watch->count; i++) {
        comparisons += is_comparison(&watch->lines[i]);
    }
    for (size_t r = 0; r < sizeof rules / sizeof rules[0]; r++) {
        for (size_t i = 0; i < watch->count; i++) {
            struct figure figure;
            if (holds(&figure, rules[r], &watch->lines[i], bars, comparisons)) {
                list[count] = of_line(rules[r], &watch->lines[i], figure);
                list[count++].comparisons = comparisons;
            }
        }
    }
    return count;
}

static size_t find_clashes(struct suggestion_finding *list, struct arena *arena,
                           const struct suggestion_look *look)
{
    size_t count = 0;
    for (size_t i = 0; i < look->map->application_count * CODING_VALUES; i++) {
        const struct map_cell *cell = &look->map->cells[i];
        if (look->labels[i] == CONVERGENCE_DISSONANCE) {
            list[count++] = (struct suggestion_finding){
                .rule = SUGGESTION_CLASH,
                .subject = arena_printf(arena, "%s/%s", cell->application, coding_values[cell->value]),
                .application = cell->application,
                .value = coding_values[cell->value],
                .cell = cell,
                .figure = {.mark = FIGURE_NONE}};
        }
    }
    return count;
}

size_t suggestion_find(struct suggestion_finding **out, struct arena *arena,
                       const struct suggestion_look *look, const struct suggestion_bars *bars)
{
    const size_t cells = look->map ? look->map->application_count * CODING_VALUES : 0;
    const size_t most = (look->watch ? look->watch->count * 3 : 0) + cells + look->growth_count;
    struct suggestion_finding *list = arena_array(arena, most + 1, sizeof *list);
    size_t count = look->watch ? find_in_lines(list, look->watch, bars) : 0;
    count += look->map ? find_clashes(list + count, arena, look) : 0;
    for (size_t i = 0; i < look->growth_count; i++) {
        struct figure figure;
        if (suggestion_growth(&figure, &look->growths[i], bars)) {
            list[count++] = (struct suggestion_finding){.rule = SUGGESTION_GROWTH,
                                                        .subject = look->growths[i].code,
                                                        .growth = &look->growths[i],
                                                        .figure = figure};
        }
    }
    *out = list;
    return count;
}
