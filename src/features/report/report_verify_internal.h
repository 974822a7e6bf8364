/* What the files about proving a report share. */
#ifndef ZEVENSTEM_REPORT_VERIFY_INTERNAL_H
#define ZEVENSTEM_REPORT_VERIFY_INTERNAL_H

#include "features/report/report_verify.h"

struct proving {
    struct report_proof *out;
    struct arena *arena;
    struct db_conn *conn;
    struct results *results;
    const struct survey_snapshot *snapshot;
    const json_t *document;
    struct slice bytes;
    int64_t now_s;
    json_t *figures;            /* {round: results_report of the release that is named} */
    struct report_proof before; /* this transaction, which may run twice */
};

/* Something of the report that is not so; that was so and is otherwise now; that nothing here tells. */
void proof_fault(struct proving *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
void proof_changed(struct proving *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
void proof_unproven(struct proving *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The round that an object names by its code; NULL: it is not here. */
const struct survey_round *proof_round(const struct proving *p, const json_t *object);

/* ---- figures (report_verify_figures.c) ---- */

/* All that the report says of a round, against the release that is held; its figures are kept. */
void proof_figures(struct proving *p, const struct survey_round *round);
/* How many of its tables are otherwise in the release that is held now, and of how many. False: there is
 * none.
 */
bool proof_differences(size_t *other, size_t *all, struct proving *p, const struct survey_round *round);

/* ---- sections that follow from them (report_verify_sections.c) ---- */

/* In a transaction, after proof_figures. */
enum db_status proof_sections(struct proving *p, struct db_tx *tx);

#endif
