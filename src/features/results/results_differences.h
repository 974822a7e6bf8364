/* Differences between the groups of one table: of every two of them, in each share and measure that it has.
 * Pure: they are made of the figures that the table shows, and of nothing else (figure_difference), so in
 * either view they tell no more than the table does.
 *
 * Two groups are two categories of the table's last group variable, within the same categories of those
 * before it. Nobody is in both. "alle" is no group: it holds the others. */
#ifndef ZEVENSTEM_RESULTS_DIFFERENCES_H
#define ZEVENSTEM_RESULTS_DIFFERENCES_H

#include "features/results/results_figures.h"

enum { DIFFERENCES_MAX = 20000 };

struct difference_of {
    const struct figures_line *one, *other;
    size_t answer;                /* whose share; SIZE_MAX: a measure */
    enum figures_measure measure; /* of those */
    struct figure figure;         /* one - other; of shares in percentage points */
};

struct differences {
    struct difference_of *items;
    size_t count;
    size_t compared; /* of those: that have a figure */
    size_t clear;    /* of those: whose interval is without 0 */
};

/* In the arena. False when there are more than DIFFERENCES_MAX. None without a group, and none of a figure
 * that there is not (FIGURE_NONE: nobody is in its base). Of a question with several answers only who chose
 * the option ("ja"): who did not says the same again. */
bool differences_make(struct differences *out, struct arena *arena, const struct figures *figures);

/* The two figures that it is the difference of. */
const struct figure *difference_figure(const struct difference_of *difference,
                                       const struct figures_line *line);
/* Its interval is without 0. */
bool difference_is_clear(const struct figure *difference);
/* How many of so many would be, on average, if nothing differed. */
double differences_by_chance(size_t compared);

#endif
