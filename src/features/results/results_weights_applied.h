/* The weights that the rows of a round have. The newest version that was made decides: one of "alle" is for
 * all rows, and then the only one; else every stream has the newest of its own. Rows of which no version
 * speaks weigh 1, so a weighted table is of the rows that weights_filters lets pass, of one version.
 *
 * A table says in `weights_version` by which newest version its rows were weighed. With that number
 * results_weights_hold gives what belongs to it, also when a newer one came since: what a table names is what
 * it was computed with. */
#ifndef ZEVENSTEM_RESULTS_WEIGHTS_APPLIED_H
#define ZEVENSTEM_RESULTS_WEIGHTS_APPLIED_H

#include "features/results/results_margins.h"
#include "features/results/results_weights.h"

#include <stdatomic.h>

enum { WEIGHTS_STREAMS_MAX = 4 };

/* One version, for those who read tables made with it. */
struct weights_of_stream {
    struct slice stream;
    int32_t number; /* of the version; what a table names */
    int64_t made_at, position;
    struct slice made_of[2]; /* nl, en: its margins with their reference dates, in words */
    const struct margins *margins;
    const json_t *report; /* results_weights_report.h */
    uint64_t n;
    double design_effect, effective_n;
    bool advise_unweighted;
    const struct tabulate_filter *filters; /* who it weighs */
    size_t filter_count;
};

/* What is said of the weights of a round. Immutable, shared. */
struct results_weights {
    atomic_int references;
    struct arena *arena;
    uint32_t number; /* the newest of the versions: table.weights_version */
    size_t count;
    struct weights_of_stream streams[WEIGHTS_STREAMS_MAX];
};
void weights_release(const struct results_weights *weights_take); /* NULL is allowed */

/* What weighs the rows: the follower's alone. */
struct weigher {
    size_t count; /* one a stream */
    struct weigh_plan *plans[WEIGHTS_STREAMS_MAX];
    struct weighing *weighings[WEIGHTS_STREAMS_MAX];
};
void weigher_destroy(struct weigher *weigher); /* NULL is allowed */
/* For columns_weigh, and for columns_change.weight. The context is a struct weigher. */
uint32_t weigher_row(const void *context, const struct columns *columns, uint32_t row);
uint32_t weigher_answers(const void *context, const uint8_t *answers);

/* Reads what applies to the round when `number` is its newest version; the caller holds the one and owns the
 * other. Both are NULL when it does not fit the columns (logged). As results. */
enum db_status weights_read(struct results_weights **out, struct weigher **weigher, struct db_tx *tx,
                            const struct survey_round *round, const struct columns *columns, int32_t number);
/* Its margins with their reference dates, in Dutch (0) or English (1): "Leeftijd en gender (2021-01-01),
 * Provincie (2021-01-01)". In the arena. */
struct slice weights_made_of(struct arena *arena, const struct weights_version *version, int language);
/* NULL when this stream ("open", ..., "alle") has no version of its own among them. */
const struct weights_of_stream *weights_of(const struct results_weights *weights, struct slice stream);

#endif
