/* Whether a genuine report says what the releases that it names say, as they are stored here, by the settings
 * of protection that it was made with; what changed since it was signed; and what nothing stored tells. The
 * three are kept apart: a release that was superseded, or protection that is looser now, makes no report
 * false. */
#ifndef ZEVENSTEM_REPORT_VERIFY_H
#define ZEVENSTEM_REPORT_VERIFY_H

#include "features/report/report_document.h"
#include "features/report/report_sql.h"

struct results;
struct survey_snapshot;

struct report_proof {
    struct arena *arena;
    /* That were held against what is stored, and found equal; sections beside the tables. */
    size_t tables, releases, sections;
    /* Sentences in English, in the arena; NULL-ended. */
    const char **faults;   /* what is not so */
    const char **changes;  /* what was, and is otherwise now */
    const char **unproven; /* what nothing stored tells, for which the signature alone stands */
    size_t fault_count, change_count, unproven_count;
};
enum { REPORT_FINDINGS_MAX = 200 /* of each sort; more are not told */ };

/* results is a command's own: other releases take the place of its newest. bytes: the report as it was read.
 */
enum db_status report_prove(struct report_proof *out, struct arena *arena, struct db_conn *conn,
                            struct results *results, const struct survey_snapshot *snapshot,
                            const json_t *document, struct slice bytes, int64_t now_s);

#endif
