/* What a report says of a round: every figure of everybody in its newest release, by stream, as the API gives
 * it; what it was weighted to; and trends. A part of results.h.
 *
 * Only the public's view. Beyond a release's own protection the settings that are given hold: where those are
 * stricter, a table with a count that they would not show is left out whole, and said to be, since what is
 * left of it would tell what is not. */
#ifndef ZEVENSTEM_RESULTS_REPORT_H
#define ZEVENSTEM_RESULTS_REPORT_H

#include "features/results/results_figures.h"

#include <jansson.h>

/* {"uitgave": 3, "gewichten": [as /v1/consultaties/{consultatie}/gewichten], "delen": [{"over": what stands
 * with every figure, "tabellen": [{"variabele": {"code", "label"}, "toepassing", "waarde",
 * "dimensie", "basis", "rijen", "melding"}]}], "trends": [{"variabele", "toepassing", "werving", "gewogen",
 * "maat", "rondes": [{"ronde", "uitgave", "schatting", "verschil"}]}], "afgeschermd": [codes],
 * "beschermdMet": {"drempel", "ruisTotEnMet"},
 * "wie": [{"werving", "groepen": [{"variabele": {"code", "label" {nl, en}}, "peildatum", "buiten" {nl, en},
 * "rijen": [{"antwoord", "label" {nl, en}, "aandeel", "verwacht", "over", "gewogen"}]}]}]}. A part is of
 * one stream, weighted where it can be; its table of a variable has one line, of everybody. "wie" is
 * who took part beside what would be expected, each margin of one variable, as /uitkomsten/../wie has it:
 * percentages; "verwacht" of as many answers as "over" says; "gewogen" as the weighted table has it;
 * "buiten": whom the margin says nothing of. The caller owns it. */
struct results_protection {
    uint32_t threshold;
    unsigned reach;
};
/* The settings of now. */
struct results_protection results_protection_now(const struct results *results);
enum figures_status results_report(json_t **out, struct results *results,
                                   const struct survey_snapshot *snapshot, const struct survey_round *round,
                                   struct results_protection by);

/* The rounds that the trends of this one are over, the latest first: whose releases a report is made of.
 * *count at most REPORT_ROUNDS_MAX. In the arena. */
enum { REPORT_ROUNDS_MAX = 16 };
const struct survey_round **results_report_rounds(size_t *count, struct arena *arena,
                                                  const struct survey_snapshot *snapshot,
                                                  const struct survey_round *round);

#endif
