/* What the parts of a round as a project, or as CSV, share. */
#ifndef ZEVENSTEM_CODING_PROJECT_INTERNAL_H
#define ZEVENSTEM_CODING_PROJECT_INTERNAL_H

#include "features/coding/coding_project.h"

/* Somebody who codes: under a number, never by name. */
struct coder {
    int32_t id;
    struct qda_guid guid;
    size_t codings;
    uint32_t user; /* among the users, or QDA_NONE */
};

/* Those whose codings of the round stand, by guid: so that numbers are the same wherever the same people
 * coded the same. p: the round. */
enum db_status coding_coders_read(struct coder **out, size_t *count, struct db_tx *tx, struct arena *arena,
                                  struct slice space, const struct db_params *p);
/* For qsort and bsearch. */
int coding_coder_by_id(const void *a, const void *b);
int coding_coder_by_guid(const void *a, const void *b);

/* Where a passage stands. */
struct passage_place {
    int64_t id;
    uint32_t source;
    uint32_t start; /* in its text */
};

int coding_place_by_id(const void *a, const void *b);

/* A project on its way. */
struct project_loading {
    struct qda_project *project;
    struct arena *arena;
    struct slice space;
    const struct codebook *book;
    struct coding_places places;
    struct coder *coders; /* by id */
    size_t coder_count;
    struct passage_place *passages; /* by id once all are there */
    size_t passage_count;
    struct coding_left_out *left_out;
};
/* Puts what coders put on the passages on their sources, and the coders among the users. */
enum db_status coding_project_put_marks(struct project_loading *l, struct db_tx *tx,
                                        const struct db_params *p);

#endif
