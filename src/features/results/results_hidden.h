/* What a line of the analysts' view says of a scale though some of its answers are withheld. Pure, and a
 * function of what is shown alone, so that it tells no more of a withheld answer than the table beside it:
 * the answers that are not shown share, each as much, what everybody who got the question is more than those
 * that are. (The public's view has the same rule: results_public_measures.h.)
 *
 * A table of fewer answers (top two, middle, bottom two) would be exact, and would give the withheld ones
 * away: it less the answers that are shown. */
#ifndef ZEVENSTEM_RESULTS_HIDDEN_H
#define ZEVENSTEM_RESULTS_HIDDEN_H

#include "features/results/results_figures.h"
#include "stats/estimate.h"

enum { HIDDEN_SHARE_MAX = 20 /* percent of the base; past it there is no measure */ };

struct hidden_answers {
    struct sums left;     /* of all answers that are withheld, together */
    const bool *withheld; /* by category of the scale */
    size_t categories;    /* of those that are */
    size_t others;        /* answers without a score that are withheld: "weet ik niet", "geen antwoord" */
};

/* A measure that fits (results_measures.h). sums[k]: who gave category k, where that is shown. The value is
 * that of equal shares. The interval reaches from the lowest to the highest that it has when any one withheld
 * answer has all that is left, so whatever they are it covers; an agreement has the range of its values for
 * one. Withheld where fewer than `threshold` people are shown, or too many are not. */
struct figure measure_with_hidden(enum figures_measure measure, const struct variable *variable,
                                  const struct sums *sums, size_t count, const struct hidden_answers *hidden,
                                  uint64_t threshold, const struct estimate_options *options);

#endif
