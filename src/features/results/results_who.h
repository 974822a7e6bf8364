/* Groups of people in a release beside what would be expected of a sample of everybody: the margins that
 * weights are made with. People are counted here, so nothing is weighted. */
#ifndef ZEVENSTEM_RESULTS_WHO_H
#define ZEVENSTEM_RESULTS_WHO_H

#include "features/results/results_figures.h"
#include "features/results/results_margins.h"

struct results;

/* Who asks, of whom. */
struct who {
    struct arena *arena;
    struct results *results;
    const struct survey_round *round;
    enum figures_view view;
    struct figures_filter people; /* one stream */
};

struct who_comparison {
    const struct margin *margin;
    const struct figures *figures;
    const struct figures_line *line;      /* without those beyond the margin; NULL: that cannot be told */
    const struct margin_category *beyond; /* whom the margin says nothing of; NULL: nobody */
    const struct figure *beyond_people;
    int digits;
};
/* One a variable: of more margins the first. out[MARGINS_MAX]; their number. What is not released, or too few
 * to tell of, is left out. */
size_t who_compare(struct who_comparison *out, const struct who *who, const struct margins *margins);

/* The answers of a category, as places in the figures; their number. 0: one of them is not there. */
size_t who_answers(size_t *places, const struct who_comparison *c, const struct margin_category *category);
double who_expected(const struct who_comparison *c, const struct margin_category *category); /* percent */
/* Whether the whole interval of a category lies well below what is expected. */
bool who_is_missing(const struct who_comparison *c, struct arena *arena,
                    const struct margin_category *category);

#endif
