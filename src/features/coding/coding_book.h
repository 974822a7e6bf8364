/* The code book: what coders may say of a passage, and when. A versioned JSON document (config/codebooks);
 * everything on a round is coded by one version.
 *
 * A coding has one or more codes of the tree, and at most one of each other axis. The tree holds the seven
 * values of the cabinet's vision, sub-themes under them, and own codes beside them; a code under a value
 * counts as that value. Facet, uiting, direction and origin are closed lists that the program knows; the
 * document defines them. */
#ifndef ZEVENSTEM_CODING_BOOK_H
#define ZEVENSTEM_CODING_BOOK_H

#include "base/arena.h"
#include "base/slice.h"
#include "json/decode.h"

enum codebook_axis {
    CODEBOOK_TREE,
    CODEBOOK_FACET,
    CODEBOOK_EXPRESSION, /* uiting */
    CODEBOOK_DIRECTION,
    CODEBOOK_ORIGIN,
    CODEBOOK_APPLICATION,
    CODEBOOK_AXES
};

enum {
    CODING_VALUES = 7,
    CODING_EXPRESSIONS = 6,
    CODING_DIRECTIONS = 4,
    CODING_ORIGINS = 3,
    CODING_FACETS = 4,
    CODEBOOK_TITLE_MAX = 120, /* characters */
    CODEBOOK_DEFINITION_MAX = 10000,
    CODEBOOK_CODES_MAX = 500, /* in the tree, and on each other axis */
    CODEBOOK_DEPTH_MAX = 6    /* of the tree; a value or a code beside them is at 1 */
};
/* The codes of the closed lists, in the order in which they are numbered everywhere; ended by NULL. */
extern const char *const coding_values[CODING_VALUES + 1];
extern const char *const coding_facets[CODING_FACETS + 1];
extern const char *const coding_expressions[CODING_EXPRESSIONS + 1];
extern const char *const coding_directions[CODING_DIRECTIONS + 1];
extern const char *const coding_origins[CODING_ORIGINS + 1];

enum coding_direction { CODING_FOR, CODING_AGAINST, CODING_CONDITIONAL, CODING_UNCLEAR };

struct codebook_exclusion {
    struct slice text;
    int instead; /* what to use then, on the same axis; -1 where nothing is named */
};

struct codebook_example {
    struct slice quote;
    struct slice why;
};

struct codebook_entry {
    struct slice code, title, definition;
    const struct slice *include; /* rules: when it holds */
    size_t include_count;
    const struct codebook_exclusion *exclude; /* and when it does not */
    size_t exclude_count;
    const struct codebook_example *examples;
    size_t example_count;
    struct slice guid; /* what the program that it came from calls it by; empty: it was made here */
    /* Of the tree alone. */
    int parent;      /* an earlier one; -1 */
    int value;       /* which of the seven it is or stands under; -1 */
    int32_t colour;  /* 0xRRGGBB; its parent's where it has none; -1 */
    unsigned facets; /* a bit for each facet that goes with the value */
};

struct codebook {
    struct slice code, title, instruction;
    int64_t version;
    /* The tree from top to bottom: each behind its parent and what stands under an earlier one. */
    struct codebook_list {
        const struct codebook_entry *items;
        size_t count;
    } axes[CODEBOOK_AXES];
    int values[CODING_VALUES]; /* where in the tree */
};

/* NULL with every fault added, by JSON pointer. Lives in the arena, with the document. */
const struct codebook *codebook_load(struct json_errors *errors, struct arena *arena, struct slice document);
/* Where on the axis; -1. */
int codebook_find(const struct codebook *book, enum codebook_axis axis, struct slice code);
/* The codes of the tree and axes that `older` has and `newer` has not, as "waarde" or "toepassing/vaccins",
 * in the arena: what codings by the older version would lose. */
size_t codebook_lost(const struct slice **lost, struct arena *arena, const struct codebook *older,
                     const struct codebook *newer);

#endif
