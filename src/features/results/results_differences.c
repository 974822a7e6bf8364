#include "features/results/results_differences.h"

#include "features/results/results_measures.h"

#include <string.h>

const struct figure *difference_figure(const struct difference_of *difference,
                                       const struct figures_line *line)
{
    return difference->answer == SIZE_MAX ? &line->measures[difference->measure]
                                          : &line->cells[difference->answer].share;
}

bool difference_is_clear(const struct figure *difference)
{
    return difference->mark == FIGURE_SHOWN && (difference->low > 0 || difference->high < 0);
}

double differences_by_chance(size_t compared)
{
    return 0.05 * (double)compared;
}

/* ---- what is compared ---- */

static bool compares_answer(const struct figures *figures, size_t answer)
{
    const struct figures_answer *a = &figures->answers[answer];
    return figures->query.shares && a->in_base && a->code != FIGURES_GIVEN &&
           (figures->variable->set != SET_MULTIPLE || strcmp(a->name, "ja") == 0);
}

static bool compares_measure(const struct figures *figures, enum figures_measure measure)
{
    return figures->query.measures[measure] && measure_fits(measure, figures->variable);
}

/* Differences of two groups. */
static size_t kinds(const struct figures *figures)
{
    size_t count = 0;
    for (size_t a = 0; a < figures->answer_count; a++) {
        count += compares_answer(figures, a);
    }
    for (int m = 0; m < FIGURES_MEASURES; m++) {
        count += compares_measure(figures, (enum figures_measure)m);
    }
    return count;
}

/* Categories of the last group variable: lines until its "alle". */
static size_t categories(const struct figures *figures)
{
    const size_t last = figures->query.group_count;
    size_t count = 0;
    while (last > 0 && count < figures->line_count && figures->lines[count].groups[last - 1] != FIGURES_ALL) {
        count++;
    }
    return count;
}

/* ---- the list ---- */

static void add(struct differences *out, const struct difference_of *pair, enum figures_view view)
{
    struct difference_of *item = &out->items[out->count];
    *item = *pair;
    item->figure =
        figure_difference(difference_figure(pair, pair->one), difference_figure(pair, pair->other), view);
    if (item->figure.mark == FIGURE_NONE) {
        return;
    }
    out->count++;
    out->compared += item->figure.mark == FIGURE_SHOWN;
    out->clear += difference_is_clear(&item->figure);
}

static void add_pair(struct differences *out, const struct figures *figures, const struct figures_line *one,
                     const struct figures_line *other)
{
    struct difference_of pair = {.one = one, .other = other};
    for (pair.answer = 0; pair.answer < figures->answer_count; pair.answer++) {
        if (compares_answer(figures, pair.answer)) {
            add(out, &pair, figures->query.view);
        }
    }
    pair.answer = SIZE_MAX;
    for (int m = 0; m < FIGURES_MEASURES; m++) {
        pair.measure = (enum figures_measure)m;
        if (compares_measure(figures, pair.measure)) {
            add(out, &pair, figures->query.view);
        }
    }
}

bool differences_make(struct differences *out, struct arena *arena, const struct figures *figures)
{
    const size_t groups = categories(figures), blocks = figures->line_count / (groups + 1);
    *out = (struct differences){.items = NULL};
    if (figures->query.group_count == 0 || groups < 2) {
        return true;
    }
    const size_t count = blocks * (groups * (groups - 1) / 2) * kinds(figures);
    if (count > DIFFERENCES_MAX) {
        return false;
    }
    out->items = arena_array(arena, count, sizeof *out->items);
    for (size_t b = 0; b < blocks; b++) {
        const struct figures_line *lines = &figures->lines[b * (groups + 1)];
        for (size_t i = 0; i < groups; i++) {
            for (size_t j = i + 1; j < groups; j++) {
                add_pair(out, figures, &lines[i], &lines[j]);
            }
        }
    }
    return true;
}
