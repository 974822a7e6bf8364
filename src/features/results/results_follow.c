/* The follower: polls the log of each round past the last position read, and the versions of weights. A
 * crash or a second instance needs nothing: it starts at 0 and reads all. */
#include "features/results/results_internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "features/results/results_weights.h"
#include "features/results/results_weights_sql.h"
#include "lane/kept.h"

#include <time.h>

/* ---- a round's columns ---- */

static bool add_round(struct results *results, const struct survey_round *round)
{
    size_t at = atomic_load(&results->round_count);
    if (at >= RESULTS_MAX_ROUNDS) {
        return false;
    }
    struct followed_round *followed = &results->rounds[at];
    followed->columns = log_columns_create(round);
    if (!followed->columns) {
        return false;
    }
    followed->round_id = round->id;
    followed->version_id = round->version_id;
    followed->reader = (struct log_reader){.columns = followed->columns, .round_id = round->id};
    atomic_store_explicit(&results->round_count, at + 1, memory_order_release);
    return true;
}

static struct followed_round *followed(struct results *results, const struct survey_round *round)
{
    for (int tries = 0; tries < 2; tries++) {
        for (size_t i = 0; i < atomic_load(&results->round_count); i++) {
            if (results->rounds[i].round_id == round->id) {
                return &results->rounds[i];
            }
        }
        if (!add_round(results, round)) {
            return NULL;
        }
    }
    return NULL;
}

/* ---- weights ---- */

struct weights_turn {
    const struct survey_round *round;
    struct followed_round *followed;
    int32_t number;
    struct results_weights *weights;
    struct weigher *weigher;
};

static enum db_status read_weights(struct db_tx *tx, void *context)
{
    struct weights_turn *turn = context;
    weights_release(turn->weights); /* of a run that is repeated */
    weigher_destroy(turn->weigher);
    return weights_read(&turn->weights, &turn->weigher, tx, turn->round, turn->followed->columns,
                        turn->number);
}

/* First what is said of the weights, then the weights: whoever reads a table by them finds it. */
static void apply(struct results *results, struct weights_turn *turn)
{
    struct followed_round *round = turn->followed;
    pthread_mutex_lock(&results->lock);
    weights_release(round->weights[RESULTS_WEIGHTS_KEPT - 1]);
    for (size_t i = RESULTS_WEIGHTS_KEPT - 1; i > 0; i--) {
        round->weights[i] = round->weights[i - 1];
    }
    round->weights[0] = turn->weights;
    pthread_mutex_unlock(&results->lock);
    if (columns_weigh(round->columns, weigher_row, turn->weigher, turn->weights->number) != COLUMNS_OK) {
        log_error("results.weights", "round=%s says=\"no memory\"", turn->round->code);
        weigher_destroy(turn->weigher);
        return;
    }
    weigher_destroy(round->weigher);
    round->weigher = turn->weigher;
    round->reader.weigh = weigher_answers;
    round->reader.weights = round->weigher;
    log_info("results.weights", "round=%s version=%d", turn->round->code, (int)turn->number);
}

static enum db_status weigh_round(struct results *results, struct db_conn *conn,
                                  const struct survey_round *round, struct followed_round *followed)
{
    struct weights_turn turn = {.round = round, .followed = followed, .number = followed->weights_wanted};
    if (followed->weights_number == followed->weights_wanted) {
        return DB_OK;
    }
    enum db_status status =
        db_transaction_read_only(conn, "results-weights", DB_ROLE_RESULTS, read_weights, &turn);
    if (status == DB_OK) {
        followed->weights_number = turn.number; /* what does not fit is not tried again */
    }
    if (status == DB_OK && turn.weights) {
        apply(results, &turn);
    } else {
        weights_release(turn.weights);
        weigher_destroy(turn.weigher);
    }
    return status;
}

static enum db_status read_newest(struct db_tx *tx, void *context)
{
    struct results *results = context;
    struct weights_newest *newest;
    size_t count;
    enum db_status status = sql_weights_newest(&newest, &count, tx);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        for (size_t r = 0; r < atomic_load(&results->round_count); r++) {
            if (results->rounds[r].round_id == newest[i].round_id) {
                results->rounds[r].weights_wanted = newest[i].number;
            }
        }
    }
    return status;
}

/* ---- all rounds ---- */

static bool counts(const struct survey_round *round)
{
    return round->status != ROUND_DRAFT && !round->pilot;
}

static bool is_destroyed(const struct results *results, const struct survey_round *round)
{
    return clock_day(results->config.now_s()) >= round->destruction_day;
}

/* From its destruction date on nothing of a round stays in memory: rows, identities, tables, weights and what
 * was said of them. Should the date be put off, it is read again from its beginning. */
static void forget(struct results *results, struct followed_round *round)
{
    if (round->reader.position == 0) {
        return;
    }
    if (columns_empty(round->columns) != COLUMNS_OK) {
        log_error("results.forget", "round=%d says=\"no memory\"", (int)round->round_id);
        return;
    }
    table_cache_forget(results->tables, round->columns);
    kept_answers_forget(results->answers);
    pthread_mutex_lock(&results->lock);
    for (size_t w = 0; w < RESULTS_WEIGHTS_KEPT; w++) {
        weights_release(round->weights[w]);
        round->weights[w] = NULL;
    }
    pthread_mutex_unlock(&results->lock);
    weigher_destroy(round->weigher);
    round->weigher = NULL;
    round->weights_number = 0;
    round->reader = (struct log_reader){.columns = round->columns, .round_id = round->round_id};
    log_info("results.forgotten", "round=%d", (int)round->round_id);
}

/* Reads every round to its end, then weighs those with a new version. Pilot rounds never count. */
static enum db_status catch_up(struct results *results, struct db_conn *conn)
{
    const struct survey_snapshot *snapshot = survey_snapshot_hold(results->config.survey);
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        struct followed_round *own = counts(round) ? followed(results, round) : NULL;
        if (own && is_destroyed(results, round)) {
            forget(results, own);
        } else if (own) {
            status = log_read_on(&own->reader, conn);
        }
    }
    if (status == DB_OK) {
        status = db_transaction_read_only(conn, "results-newest", DB_ROLE_RESULTS, read_newest, results);
    }
    for (size_t i = 0; status == DB_OK && i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        struct followed_round *own = counts(round) ? followed(results, round) : NULL;
        if (own && !is_destroyed(results, round)) {
            status = weigh_round(results, conn, round, own);
        }
    }
    survey_snapshot_release(snapshot);
    if (status == DB_OK) {
        atomic_store(&results->caught_up, true);
    }
    return status;
}

enum db_status results_load_round(struct results *results, struct db_conn *conn,
                                  const struct survey_round *round,
                                  void (*progress)(uint64_t responses, void *context), void *context)
{
    struct followed_round *own = followed(results, round);
    if (own) {
        own->reader.progress = progress;
        own->reader.context = context;
    }
    enum db_status status = own ? log_read_on(&own->reader, conn) : DB_FAILED;
    if (status == DB_OK) {
        status = db_transaction_read_only(conn, "results-newest", DB_ROLE_RESULTS, read_newest, results);
    }
    return status == DB_OK ? weigh_round(results, conn, round, own) : status;
}

static bool wait_for_next(struct results *results)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)RESULTS_POLL_MS * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&results->lock);
    if (!results->stop) {
        pthread_cond_timedwait(&results->wake, &results->lock, &until);
    }
    bool stop = results->stop;
    pthread_mutex_unlock(&results->lock);
    return !stop;
}

static const struct db_statement *const follow_statements[] = {results_statements, results_weights_statements,
                                                               NULL};

void *results_follow(void *context)
{
    struct results *results = context;
    struct db_config database = *results->config.database;
    struct db_conn *conn = NULL;
    database.statements = follow_statements;
    do {
        enum db_status status = conn ? DB_OK : db_connect(&conn, &database);
        if (status == DB_OK) {
            status = catch_up(results, conn);
        }
        if (status == DB_UNAVAILABLE && conn) {
            db_disconnect(conn);
            conn = NULL;
        }
    } while (wait_for_next(results));
    if (conn) {
        db_disconnect(conn);
    }
    return NULL;
}
