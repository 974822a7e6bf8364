/* Sheets of the assessment framework as they are kept, and as everybody reads them. All JSON lives in the
 * arena that is given; what is not known is left out.
 *
 * For staff a sheet is {nummer, consultatie, verzonnen, toepassing, titel, stand, gewijzigdOp, door,
 * onderdelen {CODE: {inhoud, revisie, op, door}}, versies[] {versie, stand, voorgelegdOp, voorgelegdDoor,
 * geschrevenDoor[], grond, besluitPunt, toelichting, beslotenOp, beslotenDoor}}, the newest version first.
 *
 * For everybody a version is {consultatie, toepassing, titel, versie, voorgelegdOp, vastgesteldOp,
 * vastgesteldDoor ("tweede-persoon", "overleg"), besluit, effecten {}, betrokkenen {}, gevolgen {}, aard {},
 * bewijs {}, argumenten[], spanningen[], voorwaarden[], minderheden[], conclusie {}, afwijkend[], versies[]
 * {versie, vastgesteldOp}}; of an argument "passages" [{stand: "staat" or "ingetrokken", taal, citaat}] as
 * that is now, whatever it was when the version was written. There is no score, and no mean over methods or
 * values. */
#ifndef ZEVENSTEM_TAFEL_FRAMEWORK_SQL_H
#define ZEVENSTEM_TAFEL_FRAMEWORK_SQL_H

#include "db/db.h"
#include "features/tafel/tafel_framework.h"

#include <jansson.h>

extern const struct db_statement framework_statements[];

enum {
    FRAMEWORK_TOLD_MAX = 5000,  /* code points */
    FRAMEWORK_QUOTE_MAX = 1000, /* code points: a quote is shown whole or not at all */
    FRAMEWORKS_MAX = 1000       /* that are ever listed */
};

/* ---- a sheet that is being written ---- */

/* *number 0: this application of this consultation has one. */
enum db_status framework_add(int32_t *number, struct db_tx *tx, struct slice consultation,
                             struct slice application, struct slice title, const char *by);
/* Holds everybody else off it until the transaction ends. *revision 0: there is none. */
enum db_status framework_lock(int32_t *revision, struct db_tx *tx, int32_t number);
enum db_status framework_find(json_t **sheet, int32_t *revision, struct db_tx *tx, struct arena *arena,
                              int32_t number);
/* {nummer, consultatie, toepassing, titel, stand, gewijzigdOp, versie}, by title. */
enum db_status framework_list(json_t **list, struct db_tx *tx, struct arena *arena);
/* Code books' consultations with what has no sheet yet: [{consultatie, boek}], the newest book of each. */
enum db_status framework_books(json_t **list, struct db_tx *tx, struct arena *arena);

/* The next revision of a section, and of the sheet, which is a concept from then on; after framework_lock. */
enum db_status framework_section_keep(struct db_tx *tx, int32_t number, enum framework_section section,
                                      const json_t *content, const char *by);

/* Passages of this consultation, or of none as a message is, that may be used now; those of a conversation
 * together. In the transaction. */
struct framework_said {
    int64_t passage;
    struct slice conversation; /* its code; empty: of none */
    bool may_quote;
    struct slice body, language;
};
enum db_status framework_said(struct framework_said **out, size_t *count, struct db_tx *tx,
                              struct slice consultation, const int64_t *passages, size_t passage_count);

/* Decisions of meetings whose list of decisions is adopted, the newest first: [{punt, overleg, tafel, dag,
 * plaats, titel, besluit, afwijkend, leden, kanten, openbaar}]; punt is the row of the item, plaats its place
 * on the agenda. item 0: all. */
enum db_status framework_decisions(json_t **list, struct db_tx *tx, struct arena *arena, int32_t item);
/* Those of meetings on the day that this version was put forward, or later: a meeting of before has not seen
 * it. */
enum db_status framework_decisions_about(json_t **list, struct db_tx *tx, struct arena *arena, int32_t item,
                                         int32_t number, int32_t version);

/* ---- versions ---- */

struct framework_proof {
    int32_t argument;
    int64_t passage;
    bool cleared;                 /* nothing in it looks like personal data that nobody decided about */
    bool stands;                  /* it may be used */
    struct slice quote, language; /* empty: its words may not be shown */
};
/* *version: which it became; after framework_lock. The sheet is put forward. */
enum db_status framework_version_add(int32_t *version, struct db_tx *tx, int32_t number,
                                     const json_t *document, const struct framework_proof *proofs,
                                     size_t proof_count, const char *by);
struct framework_decided {
    int32_t version;
    bool approved;
    int32_t meeting_item; /* of a meeting that approved; 0: a second person did, or it is given back */
    struct slice told;    /* may be empty of what is approved */
};
enum db_status framework_decide(struct db_tx *tx, int32_t number, const struct framework_decided *decided,
                                const char *by);
/* A version for staff, in the shape of the public one with its stand, and of each passage its number.
 * *document NULL: there is none. */
enum db_status framework_version_find(json_t **document, struct db_tx *tx, struct arena *arena,
                                      int32_t number, int32_t version);

/* ---- for everybody (as results or staff) ---- */

/* consultation empty: of all that are not of invented data. version 0: the newest that was approved.
 * *document NULL: there is none. */
enum db_status framework_public_find(json_t **document, struct db_tx *tx, struct arena *arena,
                                     struct slice consultation, struct slice application, int32_t version);
/* {consultatie, toepassing, titel, versie, vastgesteldOp} of the newest of each, by title. */
enum db_status framework_public_list(json_t **list, struct db_tx *tx, struct arena *arena,
                                     struct slice consultation);
/* The newest approved version of each application of a consultation (as in framework_public_find), whole, as
 * the API gives it but for the passages, by application: what a report freezes. */
enum db_status frameworks_approved(json_t **list, struct db_tx *tx, struct arena *arena,
                                   struct slice consultation);
/* Every pair of consultation and application that has an approved version: rows of two texts. */
enum db_status framework_public_pairs(struct db_result **rows, struct db_tx *tx);

#endif
