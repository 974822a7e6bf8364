/* Finding again what was said, by code and by who said it, across all methods. Only what counts. */
#ifndef ZEVENSTEM_CODING_FIND_H
#define ZEVENSTEM_CODING_FIND_H

#include "db/db.h"
#include "features/coding/coding_book.h"
#include "features/questionnaire/questionnaire.h"

extern const struct db_statement coding_find_statements[];

enum { CODING_FIND_GROUPS = 3, CODING_FIND_PAGE = 50 };

struct coding_group {
    const struct variable *variable; /* of the background; NULL: none */
    uint16_t category;
};
struct coding_query {
    int32_t round;
    int value;                         /* which of the seven; -1: any */
    int under;                         /* which of the seven the code asked for is or stands under; -1 */
    struct slice code;                 /* of the tree; empty: any */
    struct slice other[CODEBOOK_AXES]; /* on each other axis; empty: any */
    struct slice method;               /* enquete, interview, focusgroep; empty: any */
    bool unprompted;                   /* with a value alone: said though nothing asked about it */
    struct slice words;                /* in the text, as somebody types them into a search box: all of them,
                                          "in this order", one OR another, -without; empty: any. Where nothing of a
                                          code is asked, texts that nobody coded are found too, and count no coding.
                                          What came in during the last minute may not be found yet. */
    bool settled;                      /* leaves out what two code and nobody decided yet */
    struct coding_group groups[CODING_FIND_GROUPS]; /* who said it: all of these hold, of two answers to one
                                                     question either */
    const struct variable *split;                   /* counted by; NULL: not */
    int64_t after;                                  /* passages after this number, for the next page; 0 */
};
struct coding_found_group {
    int category; /* of query.split; -1: not known */
    int64_t people, codings;
};
/* Utterances are never counted as persons: people are participants and responses, groups are focus groups. */
struct coding_counts {
    int64_t codings, passages, people, responses, participants, interviews, focus_groups;
    struct coding_found_group *groups; /* by query.split, as they occur; in the transaction's arena */
    size_t group_count;
};
/* passages: the next, `most` at most, by number: [{"passage", "soort", "methode", "gesprek", "wie",
 * "spreker", "onderdeel", "vraag", "taal", "tekst", "citeren", "rond", "coderingen": [{"codering", "van",
 * "tot", "codes", "facet", ..., "besloten", "gevraagd"}]}], with all of its codings that are asked for.
 * citeren: whether a participant may be quoted. rond: of words, the text around them, each between U+0002 and
 * U+0003. next: query.after of the page behind it; 0: there is none. */
struct coding_findings {
    struct coding_counts counts; /* of all pages */
    json_t *passages;            /* the caller's to release; NULL unless DB_OK */
    int64_t next;
};
enum db_status coding_find(struct coding_findings *out, struct db_tx *tx, const struct coding_query *query,
                           int32_t most);

#endif
