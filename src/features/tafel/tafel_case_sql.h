/* Cases as they are kept. What is read comes as JSON, one form for API, pages and forms. A recommendation is
 * {nummer, procedure, titel, watOnduidelijk, voorWie, voorstel, stand, opgesteldOp, gewijzigdOp, stappen[],
 * bewijs[]}; a question {nummer, titel, soort, technologie, waaromNu, wieKan, uitkomst, stand, opgesteldOp,
 * gewijzigdOp, punten{}, stappen[], bewijs[]}; and for staff also {eigenaar, openbaar}. What is not known is
 * left out. All JSON lives in the arena that is given. */
#ifndef ZEVENSTEM_TAFEL_CASE_SQL_H
#define ZEVENSTEM_TAFEL_CASE_SQL_H

#include "db/db.h"
#include "features/tafel/tafel_case.h"

#include <jansson.h>

extern const struct db_statement case_statements[];

enum {
    CASE_TITLE_MAX = 200, /* code points, as all of these */
    CASE_OWNER_MAX = 200,
    CASE_WHY_MAX = 1000,
    CASE_TOLD_MAX = 5000,
    CASE_REFERENCE_MAX = 500,
    CASE_UNCLEAR_MAX = 3000,
    CASE_FOR_WHOM_MAX = 500,
    CASE_PROPOSAL_MAX = 5000,
    CASE_TECHNOLOGY_MAX = 300,
    CASE_WHO_MAX = 1000,
    CASE_OUTCOME_MAX = 5000
};

/* What somebody writes of one: of a recommendation procedure, unclear, for_whom, proposal; of a question
 * kind, technology, why_now, who, outcome. */
struct case_draft {
    struct slice title, owner;
    struct slice procedure, unclear, for_whom, proposal;
    struct slice kind, technology, why_now, who, outcome;
    bool is_public;
};
/* number 0: a new one, whose number *number becomes; else the next revision of it, after case_lock. */
enum db_status case_keep(int32_t *number, struct db_tx *tx, enum case_sort sort,
                         const struct case_draft *draft, const char *by);
/* Holds everybody else off it until the transaction ends. *revision 0: there is none. */
enum db_status case_lock(int32_t *revision, struct db_tx *tx, enum case_sort sort, int32_t number);
enum db_status case_find(json_t **one, int32_t *revision, struct db_tx *tx, struct arena *arena,
                         enum case_sort sort, int32_t number);
struct case_filter {
    int64_t from; /* the number that the list begins with, downwards; 0: the newest */
    int32_t most;
    bool all; /* those that are not public too, with what staff sees of them: as staff */
    /* Without all: nothing that rests on signals of invented data alone, but for signals of this consultation
     * (empty: none). only: nothing but what rests on a signal of that one. */
    struct slice consultation;
    bool only;
};
enum db_status case_list(json_t **list, struct db_tx *tx, struct arena *arena, enum case_sort sort,
                         const struct case_filter *filter);

struct case_step {
    struct slice from, to, told, reference; /* the last two may be empty */
};
/* The step, and the state and next revision that come of it; after case_lock. */
enum db_status case_step_add(struct db_tx *tx, enum case_sort sort, int32_t number,
                             const struct case_step *step, const char *by);
/* One of signal and passage; the other 0. */
enum db_status case_evidence_add(struct db_tx *tx, enum case_sort sort, int32_t number, int32_t signal,
                                 int64_t passage, struct slice why, const char *by);
/* What a side gives, in the place of what it gave before. */
enum db_status research_points_add(struct db_tx *tx, int32_t number, struct slice side, int32_t points,
                                   const char *by);

#endif
