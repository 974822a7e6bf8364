/* What has had its time is taken away, by whichever instance comes first: drafts and rounds each hour (a
 * round from the first hour of its destruction date on), the order in which offers arrived each night. Each
 * instance writes statements of destruction into its own folder, and its own file of the ledger each minute
 * in which something was erased. A closing time that passed is told within seconds. */
#ifndef ZEVENSTEM_SURVEY_RETENTION_H
#define ZEVENSTEM_SURVEY_RETENTION_H

#include "db/db.h"

struct survey;

/* A draft is of no use once its round closed. Who did not come back for so long will not. */
enum { DRAFT_DAYS_AFTER_CLOSING = 7, DRAFT_DAYS_UNTOUCHED = 90 };

extern const struct db_statement survey_retention_statements[];
extern const struct db_statement survey_intake_report_statements[];

/* Pieces of work that are done once in a period by all instances together (zs.periodic_task). */
struct periodic_task {
    const char *name;
    int64_t period_s, offset_s; /* due anew at every multiple of period_s since 1970, plus offset_s */
};
/* When it became due last, at or before now. */
int64_t periodic_task_due_since(const struct periodic_task *task, int64_t now_s);
/* *taken: it is ours to do now, in this transaction; false when it was done since it became due, or another
 * instance is at it. Undone when the transaction is. */
enum db_status periodic_task_take(bool *taken, struct db_tx *tx, const struct periodic_task *task,
                                  int64_t now_s);

/* Erases at most `limit` of the drafts that have had their time; *erased how many. As intake; audited by
 * round, with the number alone. */
enum db_status drafts_expire(int64_t *erased, struct db_tx *tx, int64_t now_s, int64_t limit);

/* Each night: tells the audit log how many responses came in, were corrected and were withdrawn, by round and
 * day, for every day that is over and of which it did not tell; of new ones with the
 * first and last place in the log. */
enum db_status survey_intake_report(struct db_conn *conn, int64_t now_s);

/* Whether survey_upkeep may have something to do: cheap, for asking every second. */
bool survey_upkeep_due(struct survey *survey);
/* Does what is due. May take minutes: on a worker, one call at a time. */
void survey_upkeep(struct survey *survey, struct db_conn *conn);

#endif
