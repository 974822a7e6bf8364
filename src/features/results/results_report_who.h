/* Who took part beside what would be expected of a sample of everybody, for a report. */
#ifndef ZEVENSTEM_RESULTS_REPORT_WHO_H
#define ZEVENSTEM_RESULTS_REPORT_WHO_H

#include "features/results/results_report.h"
#include "features/results/results_shelf.h"

/* "wie" of results_report, of each part of the release. What these settings would not show is left out.
 * stream: the variable of how people came. The caller owns it. */
json_t *results_report_who(struct results *results, const struct survey_round *round,
                           const struct release *release, size_t stream, struct results_protection by);

/* ---- of results_report.c ---- */

/* An estimate as the API writes it. */
json_t *results_report_estimate(const struct figure *figure);
/* Whether the settings would keep back a count that the figures show. */
bool results_report_hides(struct results_protection by, const struct figures *figures);

#endif
