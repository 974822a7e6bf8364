/* A coded round as other programs take it (formats/qda.h), and as CSV. */
#ifndef ZEVENSTEM_CODING_PROJECT_H
#define ZEVENSTEM_CODING_PROJECT_H

#include "db/db.h"
#include "features/coding/coding_exchange.h"

extern const struct db_statement coding_project_statements[];

/* What coders put on the passages of a round, each passage a source, each coder a user. The codings of both
 * of two coders are in it; what was decided between them is not: it is nobody's reading. Lives in the arena
 * (QDA_ARENA_MAX). space: the consultation's code, which makes GUIDs the same in every export. */
enum db_status coding_project_load(struct qda_project *out, struct db_tx *tx, struct arena *arena,
                                   int32_t round, struct slice space, const struct codebook *book);

/* Its code book alone, to the same GUIDs. */
void coding_project_book(struct qda_project *out, struct arena *arena, struct slice space,
                         const struct codebook *book);

struct coding_csv {
    bool (*write)(const void *bytes, size_t size, void *self);
    void *self;
};
/* A record for each coding that stands: codering, passage, methode, gesprek, deelnemer, codeur, van, tot,
 * codes (with spaces between), facet, uiting, toepassing, richting, herkomst, gevraagd, telt, besloten, memo,
 * tekst. In UTF-8, lines end in CRLF. *failed: write said so. *rows: how many records. */
enum db_status coding_csv_write(bool *failed, size_t *rows, struct db_tx *tx, int32_t round,
                                struct coding_csv output);

#endif
