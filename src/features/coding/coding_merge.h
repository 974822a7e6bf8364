/* A code book of another program as the next version of one of ours. Pure.
 *
 * The seven values and the closed lists stay as they are: what the file says of them is not taken. Beside and
 * under the values comes the tree of the file: its codes in its order and under its parents, and behind them,
 * where they stood, our own codes that it has not. A code that is known (by GUID, else by a name that is one
 * code's) keeps what it is called by here, its rules and examples; title and definition follow the file where
 * it says another. A code that is not known comes with a code made from its name, and keeps its GUID. What
 * stands under our folder of applications is an application. */
#ifndef ZEVENSTEM_CODING_MERGE_H
#define ZEVENSTEM_CODING_MERGE_H

#include "features/coding/coding_exchange.h"

enum coding_merge_what {
    CODING_MERGE_SAME,
    CODING_MERGE_ADDED,
    CODING_MERGE_CHANGED, /* title or definition */
    CODING_MERGE_MOVED,   /* under another; and changed, perhaps */
    CODING_MERGE_STAYS,   /* ours: what the file says of it is not taken */
    CODING_MERGE_OURS,    /* is not in the file */
    /* faults: nothing may be kept */
    CODING_MERGE_FIXED, /* a new code in a list that is closed */
    CODING_MERGE_NO_NAME,
    CODING_MERGE_LONG_NAME,       /* CODEBOOK_TITLE_MAX */
    CODING_MERGE_LONG_DEFINITION, /* CODEBOOK_DEFINITION_MAX */
    CODING_MERGE_TOO_DEEP,        /* CODEBOOK_DEPTH_MAX */
    CODING_MERGE_TOO_MANY,        /* CODEBOOK_CODES_MAX */
    CODING_MERGE_KINDS
};
struct coding_merge_item {
    enum coding_merge_what what;
    struct slice title; /* as it is to be */
    struct slice code;  /* empty: it gets none */
    size_t depth;       /* in the tree, from 1 */
};
struct coding_merge {
    json_t *document; /* the next version; NULL: there are faults */
    size_t counts[CODING_MERGE_KINDS];
    size_t faults, changes; /* of those counts; without changes there is no reason for a version */
    struct coding_merge_item *items;
    size_t item_count;
};

/* base: what `document` was loaded as. version: what the next one is to be. All of it in the arena. */
void coding_merge_book(struct coding_merge *out, struct arena *arena, const struct codebook *base,
                       struct slice document, const struct qda_project *project, int64_t version);

#endif
