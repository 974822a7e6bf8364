/* What a round is weighted on: the member `weighting` of its document, or the default.
 *
 *     "weighting": {"margins": ["leeftijd-gender", "provincie", "opleiding"],
 *                   "lower_percent"?: 20, "upper_percent"?: 500, "smallest"?: 20}
 *
 * Whole per cents of the mean weight, since documents that are signed hold no fractions. Frozen as all of the
 * round is when it opens. */
#ifndef ZEVENSTEM_RESULTS_WEIGHTING_H
#define ZEVENSTEM_RESULTS_WEIGHTING_H

#include "features/results/results_margins.h"
#include "features/survey/survey.h"

struct weighting {
    struct slice codes[MARGINS_CHOSEN_MAX];
    size_t count;
    struct rake_limits limits;
    bool own; /* the round's document says so */
};

/* Of the round's own document, as it was checked: what it does not say is RAKE_LIMITS and the margins that
 * hold without: age by gender, province, education. Codes are borrowed from it. */
struct weighting weighting_of(const json_t *round_document);
/* The same with these margins ("a,b,c") instead. False when they are too many. */
bool weighting_choose(struct weighting *weighting, struct slice codes);

/* What is wrong, for whoever gave the order, and for whoever wrote the document. In the arena. */
struct slice margins_problem_english(struct arena *arena, const struct margins *margins,
                                     const struct margins_problem *why);
struct slice margins_problem_dutch(struct arena *arena, const struct margins *margins,
                                   const struct margins_problem *why);

#endif
