/* The figures behind a table of the book. */
#include "features/results/results_book_internal.h"

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

bool book_part_make(struct book_part *out, struct book *book, const struct figures_query *query,
                    const size_t *by, size_t by_count)
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
        }
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
            return &figures->lines[l];
        }
    }
    return NULL;
}
