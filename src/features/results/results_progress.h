/* How rounds run, kept in memory: a page that shows it reads no log. Days are read on from where they were
 * left, at most a second or two behind; pages of drafts, which change in place, are counted anew so often
 * that it takes a fiftieth of a connection at most. Each instance keeps its own; all follow from the log. */
#ifndef ZEVENSTEM_RESULTS_PROGRESS_H
#define ZEVENSTEM_RESULTS_PROGRESS_H

#include "features/survey/survey.h"

struct progress;
struct progress *progress_create(void); /* NULL: no memory */
void progress_destroy(struct progress *progress);

/* Reads on for every round that was opened, pilots too, a piece of the log at a time until it is at its end.
 * Of a round that is destroyed nothing is kept. One call at a time. */
void progress_read_on(struct progress *progress, struct db_conn *conn, const struct survey_snapshot *snapshot,
                      int64_t now_s);

struct round_progress {
    struct round_day *days; /* days on which something came in, oldest first */
    size_t day_count;
    int64_t sent, withdrawn;  /* of all days; what stands is the difference */
    struct round_page *pages; /* `round` is empty */
    size_t page_count;
    int64_t drafts; /* of all pages */
};
/* A copy in the arena. False: not counted to its end yet, or there is nothing to count. */
bool progress_of(struct round_progress *out, struct arena *arena, struct progress *progress,
                 int32_t round_id);

#endif
