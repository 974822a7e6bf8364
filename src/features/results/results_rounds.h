/* Rounds of one consultation beside each other: which came first, and over which a variable may be followed.
 */
#ifndef ZEVENSTEM_RESULTS_ROUNDS_H
#define ZEVENSTEM_RESULTS_ROUNDS_H

#include "features/survey/survey.h"

bool rounds_older(const struct survey_round *a, const struct survey_round *b);
/* Whether both ask the variable in the same wording: of the same version of the questionnaire, or declared so
 * (locked in both and word for word the same, or the later version's question is `equivalent` to the earlier
 * version), and with the same categories. */
bool rounds_comparable(const struct survey_round *earlier, const struct survey_round *later,
                       const char *code);

#endif
