/* Code book and codings as REFI-QDA has them (formats/qda.h), and back.
 *
 * The tree stands as it is. Every other axis is a code that cannot be put on anything, with its codes under
 * it. The description of a code is its definition with rules and examples. The GUID of an entry is the one
 * that it came with, else derived from the book's code and the entry's: the same in every version of the
 * book.
 *
 * One coding of ours, on a span, is one selection: its memo the description, each of its codes a coding of
 * that selection, in the order of the axes. */
#ifndef ZEVENSTEM_CODING_EXCHANGE_H
#define ZEVENSTEM_CODING_EXCHANGE_H

#include "features/coding/coding_book.h"
#include "formats/qda.h"

/* ---- out ---- */

/* Where the entries of a book stand among the codes of a project. */
struct coding_places {
    const uint32_t *of[CODEBOOK_AXES];
};

/* Sets the codes of the project, in the arena. */
void coding_put_book(struct qda_project *project, struct coding_places *places, struct arena *arena,
                     const struct codebook *book);

/* What an entry is described by there, in the arena. */
struct slice coding_description(struct arena *arena, const struct codebook *book, enum codebook_axis axis,
                                const struct codebook_entry *entry);

struct coding_mark {
    struct slice key;         /* unlike any other's: its GUIDs follow from it; of what is read: empty */
    uint32_t start, end;      /* code points of the text */
    uint32_t coder;           /* among the users; or QDA_NONE */
    int64_t at;               /* Unix seconds, or QDA_NO_TIME */
    struct slice memo;        /* may be empty */
    const int *codes;         /* entries of the tree, rising, each once */
    size_t code_count;        /* at least 1; of what is read: 0 where it has only a memo or other axes */
    int other[CODEBOOK_AXES]; /* the entry on each other axis; -1. That of CODEBOOK_TREE is not looked at */
};

/* The mark as a selection, in the arena. space: what makes ids unique, as for qda_guid_derive. */
void coding_put_mark(struct qda_selection *selection, struct arena *arena, const struct codebook *book,
                     const struct coding_places *places, struct slice space, const struct coding_mark *mark);

/* ---- in ---- */

enum coding_match {
    CODING_UNKNOWN, /* none of ours: an own code of whoever made it */
    CODING_FOLDER,  /* the name of an axis */
    CODING_BY_GUID,
    CODING_BY_NAME /* its name is the title or code of exactly one entry: somebody should look at it */
};
struct coding_found {
    enum coding_match match;
    enum codebook_axis axis; /* of all but UNKNOWN */
    int entry;               /* of BY_GUID and BY_NAME */
};

/* What each code of the project is in the book: found[project->code_count]. No entry is found twice by name,
 * nor by name where another code has its GUID. */
void coding_match_codes(struct coding_found *found, struct arena *arena, const struct codebook *book,
                        const struct qda_project *project);

struct coding_losses {
    size_t unknown;   /* codings with a code that is none of the book's */
    size_t conflicts; /* a second code of an axis that takes one: the first stays */
};

/* The selection as marks, one for each user that coded it, in the order of users; one of its maker where it
 * was not coded but has a description. Marks of one selection share its description as memo. Returns how
 * many, in the arena; losses are added to. at: the latest of the user's codings, else the selection's. */
size_t coding_take_marks(const struct coding_mark **marks, struct coding_losses *losses, struct arena *arena,
                         const struct coding_found *found, const struct qda_selection *selection);

#endif
