/* Packages for the archive: all of a consultation that is worth keeping for good, in open formats:
 * questionnaires, code books, the files of every publication, what became of signals, metadata (MDTO). No
 * answer of a person is in it. */
#ifndef ZEVENSTEM_OPENDATA_ARCHIVE_H
#define ZEVENSTEM_OPENDATA_ARCHIVE_H

#include "crypto/crypto.h"
#include "db/db.h"
#include "formats/dataset.h"

struct opendata;
struct survey_snapshot;

extern const struct db_statement archive_statements[];

enum archive_outcome {
    ARCHIVE_MADE,
    ARCHIVE_NONE,        /* there is no such consultation, or it has invented data */
    ARCHIVE_UNPUBLISHED, /* a release of it is not published: publish first */
    ARCHIVE_OUTPUT,      /* the output could not take it, or it is too large */
};
struct archive_report {
    uint64_t size;
    unsigned char sha256[CRYPTO_SHA256_BYTES];
    size_t parts, rounds, publications, reports, signals;
};
/* Where the package goes. keep: called once it is whole: gives it its name, and says whether it is safe; only
 * then it is noted that there is one. */
struct archive_target {
    struct dataset_output output;
    bool (*keep)(void *self);
    void *self; /* of keep */
};
/* Writes the package and then notes that it was made, audited (archive.make): zs.round_archived goes by that.
 * Whoever gives the order keeps the file. Not within a transaction. */
enum db_status archive_make(enum archive_outcome *outcome, struct archive_report *report,
                            struct opendata *opendata, struct db_conn *conn,
                            const struct survey_snapshot *snapshot, const char *consultation,
                            const char *actor, const struct archive_target *target);

#endif
