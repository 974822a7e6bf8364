/* Publications: releases as files that never change. Made of what results has in memory, stored byte for
 * byte, listed in a manifest that is signed; those that there are stay in memory, without their bytes. */
#ifndef ZEVENSTEM_OPENDATA_PUBLICATION_H
#define ZEVENSTEM_OPENDATA_PUBLICATION_H

#include "crypto/crypto.h"
#include "db/db.h"

#include <stdio.h>

struct open_release;
struct opendata;

extern const struct db_statement publication_statements[];

enum {
    PUBLICATION_FILES_MAX = 64,
    PUBLICATION_PIECE_BYTES = 1024 * 1024,
    PUBLICATION_MANIFEST_MAX = 1024 * 1024
};
#define PUBLICATION_MANIFEST  "manifest.json"
#define PUBLICATION_SIGNATURE "manifest.json.sig"

struct published_file {
    struct slice name, media_type;
    struct slice kind;   /* csv, csvw, jsonl, ddi */
    struct slice stream; /* "open" */
    bool weighted;
    int64_t rows, size;
    unsigned char sha256[CRYPTO_SHA256_BYTES];
};
struct publication {
    int32_t round_id, number;
    int64_t released_at, published_at;
    struct slice manifest;  /* canonical JSON */
    struct slice signature; /* Ed25519 of it, bytes */
    size_t file_count;
    struct published_file *files;
};

/* All of a round (0: of every round), by round and number. They live as long as opendata does; the list is in
 * the arena. */
const struct publication **publications(size_t *count, struct arena *arena, struct opendata *opendata,
                                        int32_t round_id);
/* NULL: there is no such. */
const struct publication *publication_find(struct opendata *opendata, int32_t round_id, int32_t number);
const struct published_file *publication_file_find(const struct publication *publication, struct slice name);

enum publication_outcome {
    PUBLICATION_MADE,
    PUBLICATION_STANDS, /* it was published before, or by somebody else just now */
    PUBLICATION_LATER,  /* the files could not be made now; the log says why */
};
/* Makes, signs and stores the files of a release; audited (opendata.publish). May take minutes; not within a
 * transaction. What is stored is read by the next opendata_refresh. */
enum db_status publication_make(enum publication_outcome *outcome, struct opendata *opendata,
                                struct db_conn *conn, const struct open_release *release, const char *actor,
                                const char *origin);
/* Gives the bytes of a file, piece by piece. *whole: all of them came, and `take` took them. */
typedef bool (*publication_take)(struct slice piece, void *context);
enum db_status publication_read(bool *whole, struct db_tx *tx, const struct publication *publication,
                                const struct published_file *file, publication_take take, void *context);

#endif
