/* How a round runs: what came in by day, and where people are who began and did not send. Of no device and of
 * no answer. */
#ifndef ZEVENSTEM_SURVEY_PROGRESS_H
#define ZEVENSTEM_SURVEY_PROGRESS_H

#include "db/db.h"
#include "features/survey/survey_publish.h"

extern const struct db_statement survey_progress_statements[];

struct round_day {
    int32_t day;       /* days since 1970-01-01 */
    int64_t sent;      /* first sent on that day, whatever became of it */
    int64_t withdrawn; /* withdrawn on that day */
};
struct round_progress {
    struct round_day *days; /* days on which something came in, oldest first */
    size_t day_count;
    struct round_page *pages; /* as round_pages, of this round */
    size_t page_count;
};
/* In db_arena(tx). As DB_ROLE_RESULTS. Reads the whole log of the round. */
enum db_status round_progress(struct round_progress *out, struct db_tx *tx, int32_t round_id, int32_t today);

#endif
