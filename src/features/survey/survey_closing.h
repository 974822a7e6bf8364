/* The second at which a round closes by itself: nobody is there, and the audit log tells of it all the same.
 */
#ifndef ZEVENSTEM_SURVEY_CLOSING_H
#define ZEVENSTEM_SURVEY_CLOSING_H

#include "db/db.h"

struct survey;

extern const struct db_statement survey_closing_statements[];

/* Whether an open round's closing time has passed of which the audit log does not tell, as far as the rounds
 * in memory say. Cheap. */
bool survey_closing_due(struct survey *survey, int64_t now_s);
/* Tells of each of them: action round.close, actor "calendar", origin "job", {"closes_at": Unix seconds}.
 * Once for every closing time of a round, whichever instances try. A round that somebody closed before has
 * its line already. Its status stays: an administrator may still prolong it, after an outage at the last
 * minute. */
enum db_status survey_tell_closings(struct db_conn *conn, int64_t now_s);

#endif
