/* What a report of a year tells of: that year, in the Netherlands. What was open at its end was open,
 * whatever came after; of the year that runs it is as it is now. */
#ifndef ZEVENSTEM_REPORT_YEAR_H
#define ZEVENSTEM_REPORT_YEAR_H

#include "features/report/report_make.h"

/* Whether the table knew of a signal before the year was over; of a report that is of no year, always. */
bool year_knew_signal(const struct report_draft *draft, const json_t *signal);
/* Whether it still had to do with it when the year began. signal: with its stappen[]. */
bool year_had_signal(const struct report_draft *draft, const json_t *signal);

/* Sections. By addressee, in the order of the alphabet: {naam, doorgeleid, vanEerder, beantwoord, teLaat,
 * openstaand[]}; what was asked in the year and what was open from before are what was answered in it and
 * what is open. */
enum db_status year_departments(json_t **content, struct report_making *m);
/* What answers that came in the year change, and the versions of the agenda in it. */
enum db_status year_changes(json_t **content, struct report_making *m);

#endif
