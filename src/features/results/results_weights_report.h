/* What a version of weights keeps, to and from what stats/ works with.
 *
 * The report of one that was made, shares as fractions of 1:
 *     {"n", "profiles", "sweeps", "loops", "deviation", "lowest", "highest", "design_effect", "effective_n",
 *      "collapsed", "largest_error" (percentage points), "error_margin", "error_category",
 *      "advise_unweighted",
 *      "margins": [{"code", "categories": [{"code" (null: missing, the last), "n", "group" (code of the
 *      category that it counts under), "target", "achieved", "factor"}]}]}
 * Of one that was refused:
 *     {"status", "margin" (null where none is at fault), "category" (null: missing), "value", "wanted"}
 *
 * Profiles: for each its category in each margin, 2 bytes each, and its weight, 8 bytes as IEEE 754 has it;
 * little-endian. */
#ifndef ZEVENSTEM_RESULTS_WEIGHTS_REPORT_H
#define ZEVENSTEM_RESULTS_WEIGHTS_REPORT_H

#include "features/results/results_margins.h"
#include "stats/rake.h"

/* The caller owns them. */
json_t *weights_report_made(const struct rake_result *result, const struct margins_bound *bound);
json_t *weights_report_refused(const struct rake_refusal *why, const struct margins_bound *bound);

struct slice weights_profiles_write(struct arena *arena, const struct rake_sample *sample,
                                    const double *weights);

/* What new responses are weighed with, read back. False when it does not fit these margins. In the arena. */
bool weights_version_read(struct weigh_version *out, struct arena *arena, struct slice profiles,
                          const json_t *report, const struct margins_bound *bound);

#endif
