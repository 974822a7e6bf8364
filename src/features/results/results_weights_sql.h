/* The statements on zs.weight_version and their binders; nobody else knows that table. */
#ifndef ZEVENSTEM_RESULTS_WEIGHTS_SQL_H
#define ZEVENSTEM_RESULTS_WEIGHTS_SQL_H

#include "features/results/results_weights.h"
#include "stats/rake.h"

struct weights_row {
    int32_t round_id, questionnaire_version;
    struct slice stream;
    int64_t position;
    struct rake_limits limits;
    bool made;
    const char *made_by;
    struct slice margins, report; /* JSON */
    struct slice profiles;        /* ptr NULL when refused */
};
/* Keeps it under the next number of its round, unless the newest of its stream was made from the same place
 * of the log on the same margins within the same limits, and still applies; or was made from further on,
 * since whoever counted less must not be what applies. Then *number is that one's and *kept false. Waits for
 * whoever else keeps a version of this round, to the end of their transaction. */
enum db_status sql_weights_keep(int32_t *number, bool *kept, struct db_tx *tx, const struct weights_row *row);

/* The newest version that was made, of every round that has one: cheap enough for several times a second. In
 * the transaction's arena. */
struct weights_newest {
    int32_t round_id, number;
};
enum db_status sql_weights_newest(struct weights_newest **out, size_t *count, struct db_tx *tx);

/* Whether the newest version that was made is of "alle". */
enum db_status sql_weights_pooled(bool *pooled, struct db_tx *tx, int32_t round_id);

/* What applies to the rows of a round: the newest made version alone when it is of "alle"; else the newest of
 * each stream. Those after number `most` are not there yet. In the transaction's arena. */
struct weights_applying {
    struct weights_version version;
    struct slice profiles;
};
enum db_status sql_weights_applying(struct weights_applying **out, size_t *count, struct db_tx *tx,
                                    int32_t round_id, int32_t most);

#endif
