/* Code books as they are kept: by consultation, code and version; a version never changes. */
#ifndef ZEVENSTEM_CODING_BOOK_VERSION_H
#define ZEVENSTEM_CODING_BOOK_VERSION_H

#include "db/db.h"
#include "features/coding/coding_book.h"

enum { CODEBOOK_BYTES_MAX = 1024 * 1024 };

extern const struct db_statement coding_book_statements[];

struct codebook_version {
    int32_t id;
    int32_t number; /* as the document says */
    struct slice code, title, consultation;
    int64_t created_at;
};

enum codebook_outcome {
    CODEBOOK_KEPT,
    CODEBOOK_KNOWN,          /* the same document was kept before */
    CODEBOOK_TAKEN,          /* another document has that version: write a next one */
    CODEBOOK_NO_CONSULTATION /* there is no such consultation */
};
/* Keeps a document that codebook_load took as `book`, and writes the audit line. Of CODEBOOK_KEPT and
 * CODEBOOK_KNOWN *out is the version. */
enum db_status codebook_keep(enum codebook_outcome *outcome, struct codebook_version *out, struct db_tx *tx,
                             struct slice consultation, const struct codebook *book, struct slice document,
                             const char *actor, const char *origin);
/* Of a consultation, the newest first. */
enum db_status codebook_list(struct codebook_version **out, size_t *count, struct db_tx *tx,
                             struct slice consultation);
/* *book NULL: there is none of that number. Lives in the arena; *out in the transaction. */
enum db_status codebook_get(const struct codebook **book, struct codebook_version *out, struct db_tx *tx,
                            struct arena *arena, int32_t id);

/* The document of a version, in the arena; ptr NULL: there is none of that number. */
enum db_status codebook_document(struct slice *document, struct db_tx *tx, struct arena *arena, int32_t id);

/* The code book of the seven values that the program carries. */
struct slice codebook_embedded(void);

#endif
