/* Likely personal data in what was said and in open answers: found by rule (passage_personal.h), decided by a
 * person, and then either left, which is remembered, or replaced, which destroys what stood there. As staff;
 * under the lock of the conversation where something is decided about one. */
#ifndef ZEVENSTEM_FIELDWORK_PERSONAL_H
#define ZEVENSTEM_FIELDWORK_PERSONAL_H

#include "features/fieldwork/fieldwork_transcript.h"

extern const struct db_statement fieldwork_personal_statements[], fieldwork_waits_statements[];

enum {
    PERSONAL_PAGE = 100,             /* findings that a page asks about */
    PERSONAL_SEARCH_BYTES = 1 << 20, /* of text that one page searches, and the rest of a portion: a second */
    PERSONAL_REPLACEMENT_MAX = 200   /* code points */
};
struct personal_finding {
    int64_t passage;
    int32_t place;        /* of a turn; 0: an open answer */
    struct slice speaker; /* pseudonym or kind of speaker; the variable of an open answer */
    struct slice body;    /* all of the text */
    struct personal_hit hit;
};
/* Those that nobody decided about, in order of the text, from `from` on: a place in the newest version, or
 * the number of a passage. At most PERSONAL_PAGE and the rest of the text that they end in, and none behind
 * PERSONAL_SEARCH_BYTES. *next: where the page behind them begins; 0: all was searched. In the arena, with
 * the texts that were read. names: of people of the conversation. closed: consent_closed, whose words are
 * passed over. */
enum db_status personal_find_in_transcript(struct personal_finding **out, size_t *count, int32_t *next,
                                           struct db_tx *tx, struct arena *arena, int32_t version,
                                           int32_t from, const struct personal_name *names, size_t name_count,
                                           const json_t *closed);
enum db_status personal_find_in_answers(struct personal_finding **out, size_t *count, int64_t *next,
                                        struct db_tx *tx, struct arena *arena, int32_t round, int64_t from);

/* ---- what leaves ---- */

struct personal_text {
    int64_t passage;
    struct slice conversation; /* its code; empty: an open answer */
    struct slice body;         /* ptr NULL: nothing to look at, which waits for nothing */
};
/* Which of the texts hold likely personal data that nobody decided about yet; how many do. Whoever gives
 * texts away (an export, the API, quotes) leaves these out whole and says how many: what a rule found in a
 * text is a reason to look at all of it, not all that there is to find. The names of the people of each
 * conversation are looked for, whoever asks. Of a conversation together, its names are read once. As staff,
 * in the transaction and its arena. */
enum db_status personal_waits(bool *waits, size_t *how_many, struct db_tx *tx, const struct crypto_keys *keys,
                              const struct personal_text *texts, size_t count);

/* ---- deciding ---- */

struct personal_decision {
    int64_t passage;
    struct text_span span;
    enum personal_kind kind;
    bool replace;
    struct slice replacement; /* cleaned NFC, not empty, of replace */
};
enum personal_outcome {
    PERSONAL_DONE,
    PERSONAL_CHANGED /* a text is not there as it was shown: nothing was done */
};
/* Those of one text stand together. *replaced: how many pieces. */
enum db_status personal_decide_transcript(enum personal_outcome *outcome, size_t *replaced, struct db_tx *tx,
                                          struct arena *arena, int32_t conversation,
                                          const struct personal_decision *decisions, size_t count,
                                          const char *actor);
enum db_status personal_decide_answers(enum personal_outcome *outcome, size_t *replaced, struct db_tx *tx,
                                       struct arena *arena, int32_t round,
                                       const struct personal_decision *decisions, size_t count,
                                       const char *actor);

#endif
