/* Between the checks of rake_prepare.c and the sweeps of rake.c. */
#ifndef ZEVENSTEM_STATS_RAKE_INTERNAL_H
#define ZEVENSTEM_STATS_RAKE_INTERNAL_H

#include "stats/rake.h"

/* Checks everything that can be known before the first sweep. Fills n, group, target and factor (1) of the
 * categories, [margin][category] as in struct rake_result, and the people of the sample. */
enum rake_status rake_prepare(struct rake_category *const *categories, uint64_t *people,
                              const struct rake_sample *sample, const struct rake_margin *margins,
                              const struct rake_limits *limits, struct rake_refusal *why);
/* Of the numbers alone, before any memory is taken for them. */
enum rake_status rake_check_sizes(const struct rake_sample *sample, const struct rake_margin *margins,
                                  size_t margin_count, const struct rake_limits *limits,
                                  struct rake_refusal *why);

#endif
