/* A coded round as other programs take it (formats/qda.h), and as CSV.
 *
 * Nobody is in it by name: participants under their pseudonym, coders under a number ("Codeur 1"). What a
 * participant said leaves when they ticked that it may be archived; who withdrew, no longer agrees, or did
 * not tick that, has "[weggelaten op verzoek]" in the place of each turn, and what was coded on it stays
 * here. Whom one may quote is told with each text. */
#ifndef ZEVENSTEM_CODING_PROJECT_H
#define ZEVENSTEM_CODING_PROJECT_H

#include "db/db.h"
#include "features/coding/coding_exchange.h"
#include "features/coding/coding_text.h"
#include "features/survey/survey.h"

extern const struct db_statement coding_project_statements[], coding_project_mark_statements[],
    coding_csv_statements[];

/* The program that wrote it. */
#define CODING_ORIGIN "Zevenstem"
/* What a coder is called there: a number from 1, in the order of GUIDs. */
#define CODING_CODER_NAME "Codeur %zu"

/* What things of ours are called there, in every export. space: the consultation's code. */
void coding_guid_of_coder(struct qda_guid *out, struct arena *arena, struct slice space, int32_t coder);
void coding_guid_of_conversation(struct qda_guid *out, struct slice space, struct slice code);
void coding_guid_of_answer(struct qda_guid *out, struct arena *arena, struct slice space,
                           struct slice response, struct slice variable);

struct coding_left_out {
    size_t turns;
    size_t codings; /* on them, or on what the moderator wrote afterwards */
};
/* What coders put on the passages of a round: each conversation with a text is a source (coding_text.h), and
 * each open answer that was given out to be coded; each coder whose codings are in it a user. The codings of
 * both of two coders are in it; what was decided between them is not: it is nobody's reading. Lives in the
 * arena (QDA_ARENA_MAX). Of invented data it says so. Of the same round, read into another database, the
 * project is the same. */
enum db_status coding_project_load(struct qda_project *out, struct coding_left_out *left_out,
                                   struct db_tx *tx, struct arena *arena, const struct survey_round *round,
                                   const struct codebook *book);

/* Its code book alone, to the same GUIDs. */
void coding_project_book(struct qda_project *out, struct arena *arena, struct slice space,
                         const struct codebook *book);

struct coding_csv {
    bool (*write)(const void *bytes, size_t size, void *self);
    void *self;
};
/* A record for each coding that stands: codering, passage, methode, gesprek, deelnemer, codeur, van, tot,
 * codes (with spaces between), facet, uiting, toepassing, richting, herkomst, gevraagd, telt, besloten, memo,
 * citeren (ja, nee; empty: an open answer), tekst (empty where it is not to leave). In UTF-8, lines end in
 * CRLF. *failed: write said so. *rows: how many records. */
enum db_status coding_csv_write(bool *failed, size_t *rows, struct db_tx *tx, int32_t round,
                                struct slice space, struct coding_csv output);

#endif
