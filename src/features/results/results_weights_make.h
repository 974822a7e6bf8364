/* Making a version out of columns that are there already: what the command and the nightly job share. */
#ifndef ZEVENSTEM_RESULTS_WEIGHTS_MAKE_H
#define ZEVENSTEM_RESULTS_WEIGHTS_MAKE_H

#include "features/results/results_margins.h"
#include "features/results/results_weights.h"
#include "stats/columns.h"

/* A version that was worked out and is not kept yet. */
struct weights_draft {
    struct weights_made made; /* but for number and kept_now */
    const struct weights_order *order;
    struct rake_limits limits;
    int64_t position;
    uint64_t n; /* people weighed */
    json_t *margins, *report;
    struct slice profiles;
};
/* Counts and rakes; no database. Everything lives in the arena. False when memory ran out. */
bool weights_work_out(struct weights_draft *out, struct arena *arena, struct columns *columns,
                      const struct margins *margins, const struct weights_order *order);
/* Keeps it, and audits what was kept now or was ordered wrongly. As results. */
enum db_status weights_keep(struct weights_draft *draft, struct db_tx *tx);

#endif
