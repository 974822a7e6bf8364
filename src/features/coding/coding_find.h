/* Finding again what was said, by code and by who said it, across all methods. Only what counts. */
#ifndef ZEVENSTEM_CODING_FIND_H
#define ZEVENSTEM_CODING_FIND_H

#include "db/db.h"
#include "features/coding/coding_book.h"
#include "features/questionnaire/questionnaire.h"

extern const struct db_statement coding_find_statements[];

enum { CODING_FIND_GROUPS = 2, CODING_FIND_PAGE = 50 };

struct coding_group {
    const struct variable *variable; /* of the background; NULL: none */
    uint16_t category;
};
struct coding_query {
    int32_t round;
    int value;                         /* which of the seven; -1: any */
    struct slice code;                 /* of the tree; empty: any */
    struct slice other[CODEBOOK_AXES]; /* on each other axis; empty: any */
    struct slice method;               /* enquete, interview, focusgroep; empty: any */
    bool unprompted;                   /* with a value alone: said though nothing asked about it */
    struct coding_group groups[CODING_FIND_GROUPS]; /* who said it: all of these hold */
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
enum db_status coding_find_count(struct coding_counts *out, struct db_tx *tx,
                                 const struct coding_query *query);
/* The next codings by passage, `most` at most, none of a passage without its others: [{"passage", "soort",
 * "methode", "gesprek", "wie", "taal", "tekst", "codering", "van", "tot", "codes", ..., "besloten",
 * "gevraagd"}]. *next: query.after of the page behind it; 0: there is none. The caller owns it. */
enum db_status coding_find_list(json_t **out, int64_t *next, struct db_tx *tx,
                                const struct coding_query *query, int32_t most);

#endif
