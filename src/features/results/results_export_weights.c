/* The weights that the rows of a round have now, for its microdata. */
#include "features/results/results_export.h"
#include "features/results/results_log.h"
#include "features/results/results_weights_applied.h"
#include "features/results/results_weights_sql.h"

#include <inttypes.h>
#include <stdlib.h>

enum { ARENA_MAX = 1024 * 1024 };

struct results_export_weights {
    struct arena *arena;
    const struct survey_round *round;
    struct columns *columns; /* without rows: the layout that weights are bound to */
    struct results_weights *said;
    struct weigher *weigher;
    struct results_export_weighing weighing;
};

static double weight_of(const unsigned char *answers, size_t size, const void *self)
{
    (void)size;
    return (double)weigher_answers(self, answers) / (double)WEIGHT_ONE;
}

/* "open 3, panel 2": the versions by their streams. */
static const char *versions_of(struct arena *arena, const struct results_weights *said)
{
    const char *text = "";
    for (size_t i = 0; i < said->count; i++) {
        text = arena_printf(arena, "%s%s%.*s %" PRId32, text, i > 0 ? ", " : "",
                            SLICE_ARG(said->streams[i].stream), said->streams[i].number)
                   .ptr;
    }
    return text;
}

static void forget(struct results_export_weights *weights)
{
    weights_release(weights->said);
    weigher_destroy(weights->weigher);
    weights->said = NULL;
    weights->weigher = NULL;
}

static enum db_status read_work(struct db_tx *tx, void *context)
{
    struct results_export_weights *weights = context;
    struct weights_newest *newest;
    size_t count;
    enum db_status status = sql_weights_newest(&newest, &count, tx);
    forget(weights);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        if (newest[i].round_id == weights->round->id) {
            status = weights_read(&weights->said, &weights->weigher, tx, weights->round, weights->columns,
                                  newest[i].number);
        }
    }
    return status;
}

enum db_status results_export_weights_read(struct results_export_weights **out, struct db_conn *conn,
                                           const struct survey_round *round)
{
    struct arena *arena = arena_create(ARENA_MAX);
    struct results_export_weights *weights = arena_alloc(arena, sizeof *weights);
    *weights =
        (struct results_export_weights){.arena = arena, .round = round, .columns = log_columns_create(round)};
    *out = NULL;
    enum db_status status = weights->columns ? db_transaction_read_only(conn, "export-weights",
                                                                        DB_ROLE_RESULTS, read_work, weights)
                                             : DB_FAILED;
    if (status != DB_OK || !weights->said) {
        results_export_weights_free(weights);
        return status;
    }
    weights->weighing = (struct results_export_weighing){
        .weight_of = weight_of, .self = weights->weigher, .version = versions_of(arena, weights->said)};
    *out = weights;
    return DB_OK;
}

const struct results_export_weighing *
results_export_weights_weighing(const struct results_export_weights *weights)
{
    return weights ? &weights->weighing : NULL;
}

void results_export_weights_free(struct results_export_weights *weights)
{
    if (weights) {
        forget(weights);
        columns_destroy(weights->columns);
        arena_destroy(weights->arena);
    }
}
