/* The figures behind a table of the book, and what the book withholds beyond them. */
#include "features/results/results_book_internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- what is left of the whole ---- */

/* The rule. Let everybody's counts be told, and those of some groups. The rest of the people is what anyone
 * gets by taking the one from the other: a group as good as any that is shown. So it has to pass the same
 * rule: k or more people for each answer, and it may not be a single group that is withheld itself (for the
 * weight of one of them, say). As long as it does not pass, the smallest group that is shown goes to the
 * rest. With nobody shown the rest is everybody, of whom the figures were protected before.
 *
 * It computes from shown figures only, so it knows no more than who reads them. */

static bool in_base_shown(const struct figures *figures, const struct figures_line *line)
{
    bool shown = line->base.mark == FIGURE_SHOWN;
    for (size_t a = 0; shown && a < figures->answer_count; a++) {
        shown = !figures->answers[a].in_base || line->cells[a].count.mark == FIGURE_SHOWN;
    }
    return shown;
}

static bool is_group(const struct figures_line *line)
{
    return line->groups[0] != FIGURES_ALL;
}

static bool rest_passes(const struct figures *whole, const struct figures *by, const bool *hidden,
                        uint64_t threshold)
{
    size_t groups = 0;
    bool withheld = false;
    for (size_t l = 0; l < by->line_count; l++) {
        if (is_group(&by->lines[l]) && hidden[l]) {
            groups++;
            withheld = withheld || !in_base_shown(by, &by->lines[l]);
        }
    }
    if (groups == 0) {
        return true;
    }
    for (size_t a = 0; a < whole->answer_count; a++) {
        double rest = whole->lines[0].cells[a].count.value;
        for (size_t l = 0; l < by->line_count; l++) {
            rest -= is_group(&by->lines[l]) && !hidden[l] ? by->lines[l].cells[a].count.value : 0;
        }
        if (whole->answers[a].in_base && rest < (double)threshold) {
            return false;
        }
    }
    return groups > 1 || !withheld;
}

/* SIZE_MAX when none is shown. */
static size_t smallest_shown(const struct figures *by, const bool *hidden)
{
    size_t smallest = SIZE_MAX;
    for (size_t l = 0; l < by->line_count; l++) {
        bool smaller = is_group(&by->lines[l]) && !hidden[l] &&
                       (smallest == SIZE_MAX || by->lines[l].base.value < by->lines[smallest].base.value);
        smallest = smaller ? l : smallest;
    }
    return smallest;
}

void book_hide(bool *hidden, const struct figures *whole, const struct figures *by, uint64_t threshold)
{
    for (size_t l = 0; l < by->line_count; l++) {
        /* Only categories stand in a banner: who gave none is part of the rest. */
        hidden[l] = hidden[l] || !is_group(&by->lines[l]) || by->lines[l].groups[0] < ANSWER_FIRST ||
                    !in_base_shown(by, &by->lines[l]);
    }
    if (!in_base_shown(whole, &whole->lines[0])) {
        return; /* nothing to take away from */
    }
    size_t next;
    while (!rest_passes(whole, by, hidden, threshold) && (next = smallest_shown(by, hidden)) != SIZE_MAX) {
        hidden[next] = true;
    }
}

/* ---- the figures ---- */

static bool get(struct figures *out, struct book *book, const struct figures_query *query)
{
    struct results_book_outcome *outcome = book->outcome;
    outcome->figures = query->view == FIGURES_PUBLIC
                           ? figures_of_public(out, &outcome->rule, book->arena, book->results, query)
                           : figures_of_analyst(out, book->arena, book->results, query);
    if (outcome->figures != FIGURES_OK) {
        return false;
    }
    if (query->view == FIGURES_PUBLIC && out->release != outcome->release) {
        outcome->figures = FIGURES_NOT_READY; /* a new release came meanwhile: once more */
        return false;
    }
    outcome->from = outcome->from == 0 || out->position < outcome->from ? out->position : outcome->from;
    outcome->until = out->position > outcome->until ? out->position : outcome->until;
    book->threshold = out->threshold;
    book->fewer = out->fewer;
    return true;
}

/* A release hides by itself: what it holds may be put side by side. */
static void hide(struct book_part *part, struct book *book, size_t b, const struct book_part *before)
{
    const struct figures *by = &part->by[b];
    part->hidden[b] = arena_array(book->arena, by->line_count, sizeof *part->hidden[b]);
    if (by->query.view == FIGURES_PUBLIC) {
        return;
    }
    if (before && before->by[b].line_count == by->line_count) {
        memcpy(part->hidden[b], before->hidden[b], by->line_count * sizeof *part->hidden[b]);
    }
    book_hide(part->hidden[b], &part->whole, by, by->threshold);
    for (size_t l = 0; l < by->line_count; l++) {
        bool column = is_group(&by->lines[l]) && by->lines[l].groups[0] >= ANSWER_FIRST;
        bool alone = column && !in_base_shown(by, &by->lines[l]);
        book->outcome->columns_withheld += alone;
        book->outcome->columns_beyond += column && !alone && part->hidden[b][l];
    }
}

bool book_part_make(struct book_part *out, struct book *book, const struct figures_query *query,
                    const size_t *by, size_t by_count, const struct book_part *before)
{
    *out = (struct book_part){.by_count = by_count};
    if (!get(&out->whole, book, query)) {
        return false;
    }
    for (size_t b = 0; b < by_count; b++) {
        struct figures_query split = *query;
        split.groups[0] = by[b];
        split.group_count = 1;
        if (by[b] == query->variable) {
            continue;
        }
        if (!get(&out->by[b], book, &split)) {
            if (book->outcome->figures != FIGURES_NOT_RELEASED) {
                return false;
            }
            out->by[b] = (struct figures){0};
            continue;
        }
        hide(out, book, b, before);
    }
    return true;
}

const struct figures_line *book_whole_line(const struct book_part *part)
{
    return &part->whole.lines[0];
}

const struct figures_line *book_part_line(const struct book_part *part, size_t by, uint32_t code)
{
    const struct figures *figures = &part->by[by];
    for (size_t l = 0; l < figures->line_count; l++) {
        if (figures->lines[l].groups[0] == code) {
            return part->hidden[by][l] ? NULL : &figures->lines[l];
        }
    }
    return NULL;
}
