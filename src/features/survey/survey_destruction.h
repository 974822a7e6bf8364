/* Destroying rounds whose time has come, by command and by the periodic job, and the statement of destruction
 * (verklaring van vernietiging) of each: what, how many, on what ground, how, when, by whom.
 *
 * A round is due from its destruction date on (UTC, the database's clock), once its closing time has passed,
 * whether somebody closed it or not. Its partition of the log is dropped; texts, drafts, offers, remarks of a
 * pilot, versions of weights, conversations and codings are deleted; one line of the ledger takes the place
 * of its withdrawals. All of that, the statement and the audit line are one transaction: a run that is broken
 * off leaves a round whole or gone, and the next run goes on. Followers forget a round by its date by
 * themselves. Releases, reports, the round and its questionnaire stand: they are about no person.
 *
 * A round that people answered is destroyed only once a package for the archive was made after its last
 * change (zs.round_archived), unless whoever gives the order says why it is done without. */
#ifndef ZEVENSTEM_SURVEY_DESTRUCTION_H
#define ZEVENSTEM_SURVEY_DESTRUCTION_H

/* Why without, where the configuration asks for no package first; in statements. */
#define ARCHIVE_NOT_ASKED "niet vereist ([retention] archive_first = 0)"

#include "base/log.h"
#include "db/db.h"

extern const struct db_statement survey_destruction_statements[];

/* All that a destruction empties, by kind, as zs.round_contents names and counts it; "opnamenNogElders" alone
 * is not ours to destroy: recordings elsewhere that are said to exist still. */
struct round_holdings {
    struct round_holding {
        const char *kind;
        int64_t counted;
    } * items;
    size_t count;
};
/* Of one kind; 0: there is none of that name. */
int64_t round_holding(const struct round_holdings *holdings, const char *kind);
/* What a statement calls a kind, in Dutch; NULL: it knows no such kind. */
const char *destruction_kind_words(const char *kind);

struct due_round {
    int32_t id;
    int32_t destruction_day;
    const char *code, *consultation;
    bool held;
    bool archived;                       /* a package was made after the last change, or none is needed */
    const char *hold_reason, *hold_note; /* of the oldest hold that stands; "" without */
    const char *document;                /* of the consultation, JSON */
    struct round_holdings holdings;
};
/* What is due and was not destroyed yet, held ones too, oldest date first; in `arena`. As staff. Counting
 * takes a scan of each round. */
enum db_status rounds_due(struct due_round **out, size_t *count, struct db_tx *tx, struct arena *arena);

/* Destroys one of them, as staff. *done false: another process did, or a hold was placed meanwhile. Counts
 * anew, under the round's lock: the statement tells what was there. origin as of the audit line.
 * without_archive: why no package is needed; NULL: one is. */
enum db_status round_destroy(bool *done, struct db_tx *tx, const struct due_round *due, int64_t now_s,
                             const char *actor, const char *origin, const char *without_archive);

/* What became of a round in a run. */
enum destroy_outcome {
    DESTROY_DONE,
    DESTROY_HELD,
    DESTROY_UNARCHIVED, /* there is no package for the archive of it, and nobody said that it may be done
                           without */
    DESTROY_ELSEWHERE /* by another process, just now */,
    DESTROY_FAILED
};
/* Destroys all that is due, archived and not held, one transaction a round; `each` (may be NULL) is told of
 * every one, and stops the run when it gives false. What failed does not keep the next from being destroyed:
 * the first failure is returned. */
enum db_status rounds_destroy(
    struct db_conn *conn, int64_t now_s, const char *actor, const char *origin, const char *without_archive,
    bool (*each)(const struct due_round *round, enum destroy_outcome outcome, void *context), void *context);

/* Drafts that have had their time (survey_retention.h), counted. As intake. */
enum db_status drafts_due(int64_t *out, struct db_tx *tx, int64_t now_s);

/* ---- statements ---- */
struct destruction {
    const char *subject;   /* code of a round, or what else names it among all statements */
    const char *statement; /* JSON */
};
/* Of all rounds that ever were destroyed, in `arena`. As staff. */
enum db_status destructions(struct destruction **out, size_t *count, struct db_tx *tx, struct arena *arena);
/* The statement for a person to read: Dutch, lines of text. In the arena. Empty when the JSON is none of
 * ours. */
struct slice destruction_text(struct arena *arena, const char *statement);
/* Writes <folder>/verklaring-van-vernietiging-<subject>.json and .txt where they are not there yet, each
 * whole or not at all; *written how many statements. False (why: an errno) when one could not be. Run
 * after every run: what a crash kept from being written is written then. */
bool destructions_write(size_t *written, int *why, struct arena *arena, const char *folder,
                        const struct destruction *list, size_t count);
/* On the service log that they could not be written, once an hour: it is tried each minute. */
#define DESTRUCTION_TOLD_ONCE_IN_US (3600 * INT64_C(1000000))
void destructions_tell(struct log_again *told, const char *folder, int why);

#endif
