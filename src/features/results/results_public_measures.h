/* What a line of the public's view says besides its counts. Pure, out of perturbed numbers. */
#ifndef ZEVENSTEM_RESULTS_PUBLIC_MEASURES_H
#define ZEVENSTEM_RESULTS_PUBLIC_MEASURES_H

#include "features/results/results_figures.h"
#include "stats/protect_public.h"

/* A percentage or mean as it is shown. What cannot be printed is FIGURE_UNRELIABLE, what is only known to be
 * below something FIGURE_FEWER. */
struct figure figure_of_public(const struct public_figure *found);

/* A measure that fits the variable (results_measures.h). The table needs no lines: its roles and what the
 * rules go by. "Weet ik niet" has no score and is left out of the base of measures.
 *
 * A measure of a scale is a function of the counts that are shown: hidden answers share, each as much, what
 * the base has more than those, and when that is more than a fifth of the base there is no measure. The mean
 * of a number has noise of its own.
 *
 * Intervals hold sampling and noise both, and are functions of what is shown too: that of a number's mean
 * takes the widest spread there can be (protect_public.h), that of an agreement is a bootstrap with a fixed
 * seed, of as many people as vary like sampling and noise together. interval: whether an agreement gets one;
 * the others always do. */
struct figure measure_of_public(enum figures_measure measure, struct arena *arena,
                                const struct variable *variable, const struct public_table *table,
                                const struct public_line *line, bool interval);

#endif
