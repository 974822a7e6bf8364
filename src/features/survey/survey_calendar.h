/* The calendar of a consultation: its rounds that were opened, and those that are planned. */
#ifndef ZEVENSTEM_SURVEY_CALENDAR_H
#define ZEVENSTEM_SURVEY_CALENDAR_H

#include "features/survey/survey.h"

/* What its document says: volledig, puls or thema. */
const char *survey_round_kind(const struct survey_round *round);
/* Published, its time to come, and not closed before that; no pilot. That it is planned is for everybody to
 * know, though nobody opened it yet. */
bool survey_round_planned(const struct survey_round *round, int64_t now_s);
/* The one of them that opens first; NULL: none is planned. */
const struct survey_round *survey_next_planned(const struct survey_snapshot *snapshot,
                                               const char *consultation, int64_t now_s);
/* Every round of the consultation, pilots and drafts too, in the order in which they open. In the arena. */
const struct survey_round **survey_rounds_by_time(size_t *count, struct arena *arena,
                                                  const struct survey_snapshot *snapshot,
                                                  const char *consultation);

#endif
