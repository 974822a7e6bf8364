/* The ledger of erasures between database (zs.erasure) and file (survey_ledger.h). */
#ifndef ZEVENSTEM_SURVEY_ERASURE_H
#define ZEVENSTEM_SURVEY_ERASURE_H

#include "crypto/crypto.h"
#include "db/db.h"

extern const struct db_statement survey_erasure_statements[];

enum erasure_outcome {
    ERASURE_OK,
    ERASURE_DATABASE, /* db says why */
    ERASURE_FILE,     /* cannot be read or written: why is an errno */
    ERASURE_MISSING,  /* there is no such file */
    ERASURE_TORN,     /* the file ends in the middle of an addition: line */
    ERASURE_FOREIGN,  /* the file is of another root secret */
    ERASURE_CHANGED   /* the file was changed by somebody else: line */
};
struct erasure_report {
    enum erasure_outcome outcome;
    enum db_status db;
    int why;
    size_t line;              /* of the file, from 1 */
    size_t entries;           /* in the file, now */
    size_t added;             /* by erasures_write */
    size_t behind;            /* entries that this database has not erased (yet) */
    size_t responses, rounds; /* that erasures_replay erased again */
};
/* "line 12 of the file does not follow from ...": for a person. Static storage but for errno texts. */
const char *erasure_outcome_text(const struct erasure_report *report);

/* Adds to the file what the database has erased and the file does not say yet; makes the file when it is not
 * there. A torn file is mended: its good lines stay. Durable when it returns. Several processes may write the
 * same file. */
void erasures_write(struct erasure_report *out, struct db_conn *conn, const struct crypto_keys *keys,
                    const char *path);
/* How many entries of the file this database is behind: nothing is changed. Entries about rounds that it does
 * not know do not count: there is nothing to erase. ERASURE_TORN: counted over the good lines. */
void erasures_compare(struct erasure_report *out, struct db_conn *conn, const struct crypto_keys *keys,
                      const char *path);
/* Erases again whatever the file says and the database has: withdraws responses, destroys rounds. May be
 * stopped and run again. A torn file only with `torn`, then by its good lines. A response that came anew
 * under a withdrawn id is erased too: it errs on the side of erasing. Audited, with numbers. After each
 * portion `progress` is told how many entries were seen (may be NULL); false stops. */
void erasures_replay(struct erasure_report *out, struct db_conn *conn, const struct crypto_keys *keys,
                     const char *path, bool torn, const char *actor,
                     bool (*progress)(size_t done, size_t all));
/* A number that is another one when erasures were added. */
enum db_status erasures_mark(int64_t *mark, struct db_conn *conn);

#endif
