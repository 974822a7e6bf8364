/* A coded round as other programs take it (formats/qda.h), and as CSV.
 *
 * Nobody is in it by name: participants under their pseudonym, coders under a number ("Codeur 1"). What a
 * participant said leaves when they ticked that it may be archived; who withdrew, no longer agrees, or did
 * not tick that, has "[weggelaten op verzoek]" in the place of each turn, and what was coded on it stays
 * here. So it is with a text in which somebody still has to decide about likely personal data
 * (personal_waits): such a turn has the same in its place, such an answer is not in it. Whom one may quote is
 * told with each text. */
#ifndef ZEVENSTEM_CODING_PROJECT_H
#define ZEVENSTEM_CODING_PROJECT_H

#include "crypto/crypto.h"
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
    size_t waiting; /* turns and answers in which likely personal data waits for a decision */
    size_t codings; /* on both, or on what the moderator wrote afterwards */
};
/* What coders put on the passages of a round: each conversation with a text is a source (coding_text.h), and
 * each open answer that was given out to be coded; each coder whose codings are in it a user. The codings of
 * both of two coders are in it; what was decided between them is not: it is nobody's reading. Lives in the
 * arena (QDA_ARENA_MAX). Of invented data it says so, and of how many texts something waits. Of the same
 * round, read into another database, the project is the same, unless something waited. */
enum db_status coding_project_load(struct qda_project *out, struct coding_left_out *left_out,
                                   struct db_tx *tx, const struct crypto_keys *keys, struct arena *arena,
                                   const struct survey_round *round, const struct codebook *book);

/* Its code book alone, to the same GUIDs. */
void coding_project_book(struct qda_project *out, struct arena *arena, struct slice space,
                         const struct codebook *book);

struct coding_csv {
    bool (*write)(const void *bytes, size_t size, void *self);
    void *self;
};
/* A record for each coding that stands: codering, passage, methode, gesprek, deelnemer, codeur, van, tot,
 * codes (with spaces between), facet, uiting, toepassing, richting, herkomst, gevraagd, telt, besloten, memo,
 * citeren (ja, nee; empty: an open answer), tekst (empty where it is not to leave), ingehouden (why not:
 * archief, or persoonsgegevens, where somebody still has to decide about likely personal data in the text,
 * and then the memo stays here too), onder_de_grens (which of its values coders agree on too little, with
 * spaces between), and of invented data verzonnen (ja). In UTF-8, lines end in CRLF.
 * *failed: write said so. *rows: how many records. *waiting: of how many texts something waits. */
enum db_status coding_csv_write(bool *failed, size_t *rows, size_t *waiting, struct db_tx *tx,
                                const struct crypto_keys *keys, const struct survey_round *round,
                                struct coding_csv output);

#endif
