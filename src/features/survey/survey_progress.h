/* How a round runs: what came in by day, and where people are who began and did not send. Of no device and of
 * no answer. Both are read for whoever keeps them in memory, not for a page. */
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
enum { ROUND_LOG_PIECE = 50000 }; /* lines: some 50 ms */
struct round_piece {
    struct round_day *days; /* that the lines speak of, oldest first; in db_arena(tx) */
    size_t day_count;
    int64_t lines;    /* ROUND_LOG_PIECE: there may be more */
    int64_t position; /* of the last line; as it was asked when there is none */
};
/* The lines of a round's log behind `position` (0: from its beginning), at most ROUND_LOG_PIECE. Places in
 * the log are in the order of commits: nothing appears before what was read. As DB_ROLE_RESULTS. */
enum db_status round_log_piece(struct round_piece *out, struct db_tx *tx, int32_t round_id, int64_t position);

/* As round_pages, of this round, in db_arena(tx). Reads all its drafts, whatever the time limit of a
 * statement. As DB_ROLE_RESULTS. */
enum db_status round_pages_of(struct round_page **out, size_t *count, struct db_tx *tx, int32_t round_id,
                              int32_t today);

#endif
