/* Whether the figures of a genuine report are those of the releases that it names, as they are stored here,
 * and what changed since it was signed. The two are kept apart: a release that was superseded makes no report
 * false. */
#ifndef ZEVENSTEM_REPORT_VERIFY_H
#define ZEVENSTEM_REPORT_VERIFY_H

#include "features/report/report_document.h"
#include "features/report/report_sql.h"

struct results;
struct survey_snapshot;

struct report_proof {
    struct arena *arena;
    size_t tables, releases; /* that were held against what is stored, and found equal */
    /* Sentences in English, in the arena; NULL-ended. */
    const char **faults;  /* what is not so */
    const char **changes; /* what was, and is otherwise now */
    size_t fault_count, change_count;
};
enum { REPORT_FINDINGS_MAX = 200 /* of each sort; more are not told */ };

/* results is a command's own: other releases take the place of its newest. bytes: the report as it was read.
 */
enum db_status report_prove(struct report_proof *out, struct arena *arena, struct db_conn *conn,
                            struct results *results, const struct survey_snapshot *snapshot,
                            const json_t *document, struct slice bytes, int64_t now_s);

#endif
