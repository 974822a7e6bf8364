/* What the files of an import share. */
#ifndef ZEVENSTEM_CODING_IMPORT_INTERNAL_H
#define ZEVENSTEM_CODING_IMPORT_INTERNAL_H

#include "features/coding/coding_import.h"
#include "features/coding/coding_plan.h"
#include "features/coding/coding_work.h"
#include "features/fieldwork/fieldwork.h"

enum coding_import_statement {
    IMPORT_CONVERSATIONS,
    IMPORT_TURNS,
    IMPORT_ANSWERS,
    IMPORT_BODIES,
    IMPORT_CODERS,
    IMPORT_STANDING,
    IMPORT_DECIDED,
    IMPORT_NUMBERS,
    IMPORT_CODER_ADD,
    IMPORT_BATCH,
    IMPORT_TASKS,
    IMPORT_TASKS_DONE,
    IMPORT_CODINGS,
    IMPORT_STATEMENTS
};

/* A passage that a source has: a turn of it, or the answer. */
struct import_passage {
    int64_t id;                   /* 0: not loaded yet */
    struct coding_text_turn said; /* its text; ptr NULL: no text that may be coded */
    bool by_participant;          /* who coded anything here read it */
    const json_t *guide_part;     /* NULL */
};

/* What is known of a source beside what is told. */
struct import_source {
    int32_t conversation; /* 0: an answer, or refused */
    struct import_passage *passages;
    size_t passage_count;
    struct coding_piece *pieces;
    size_t piece_count;
    struct slice variable; /* of an answer */
    /* of a text that is loaded */
    struct transcript *read;
    struct speaker_choice *choices;
};

/* A coding that is to be added. */
struct import_mark {
    uint32_t source, user;
    size_t passage;
    struct text_span span;
    const struct coding_mark *mark;
};

struct coding_import_work {
    const struct codebook *book;
    int32_t book_version;
    struct coding_found *found;
    struct import_source *sources; /* of each source of the project */
    int32_t *coders;               /* of each user and of nobody; 0: not here yet */
    int32_t *accounts;             /* of each of them, or 0 */
    struct import_mark *marks;
    size_t mark_count;
    struct coding_import_plan *plan;
};

/* The files' own steps, in this order. */
enum db_status import_match_sources(struct coding_import_work *w, struct db_tx *tx,
                                    const struct coding_import *import);
enum db_status import_match_users(struct coding_import_work *w, struct db_tx *tx,
                                  const struct coding_import *import);
enum db_status import_collect(struct coding_import_work *w, struct db_tx *tx,
                              const struct coding_import *import);
/* GUID of the user, or of nobody (user_count). */
struct qda_guid import_user_guid(const struct coding_import *import, size_t user);
/* A coding as one word, for telling whether it stands: of the passage and coder, or of what is planned. */
struct slice import_word(struct arena *arena, int64_t passage, int32_t coder, struct text_span span,
                         struct slice codes, const struct slice other[CODEBOOK_AXES], struct slice memo);
struct slice import_codes(struct arena *arena, const struct codebook *book, const struct coding_mark *mark);
void import_other(struct slice other[CODEBOOK_AXES], const struct codebook *book,
                  const struct coding_mark *mark);

#endif
