/* The follower: polls the log of each round past the last position read. The order of pos is the order of
 * commit within a round, so nothing can appear behind it. A crash or a second instance needs nothing: it
 * starts at 0 and reads all. */
#include "features/results/results_internal.h"

#include "base/clock.h"
#include "base/log.h"

#include <string.h>
#include <time.h>

enum { POLL_MS = 250, READ_ROWS = 20000, LAYOUT_ARENA_MAX = 1024 * 1024 };

enum statement { LOG_READ };
const struct db_statement results_statements[] = {
    [LOG_READ] = {"results_log_read",
                  "SELECT pos, response_id, revision, kind, answers FROM zs.response"
                  " WHERE round_id = $1::int4 AND pos > $2::int8 ORDER BY pos LIMIT $3::int4"},
    {NULL, NULL},
};

enum { KIND_WITHDRAWN = 3 };

/* ---- a round's columns ---- */

static uint32_t codes_of(const struct variable *v)
{
    switch (v->kind) {
    case VARIABLE_CATEGORY:
        return ANSWER_FIRST + (uint32_t)v->category_count;
    case VARIABLE_NUMBER:
        return ANSWER_FIRST + (uint32_t)v->number_max + 1;
    case VARIABLE_TEXT:
        return ANSWER_FIRST + 1;
    }
    return ANSWER_FIRST;
}

static bool add_round(struct results *results, const struct survey_round *round)
{
    size_t count;
    size_t at = atomic_load(&results->round_count);
    const struct variable *variables = questionnaire_variables(&count, round->questionnaire);
    struct arena *arena = arena_create(LAYOUT_ARENA_MAX);
    uint32_t *codes = arena_array(arena, count, sizeof *codes);
    struct followed_round *followed = &results->rounds[at];
    for (size_t i = 0; i < count; i++) {
        codes[i] = codes_of(&variables[i]);
    }
    bool good = at < RESULTS_MAX_ROUNDS && columns_create(&followed->columns, codes, count) == COLUMNS_OK;
    if (good && columns_answers_size(followed->columns) != questionnaire_vector_size(round->questionnaire)) {
        log_error("results.layout", "round=%s columns=%zu vector=%zu", round->code,
                  columns_answers_size(followed->columns), questionnaire_vector_size(round->questionnaire));
        columns_destroy(followed->columns);
        good = false;
    }
    if (good) {
        followed->round_id = round->id;
        followed->version_id = round->version_id;
        followed->position = 0;
        atomic_store_explicit(&results->round_count, at + 1, memory_order_release);
    }
    arena_destroy(arena);
    return good;
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

/* What counting costs in memory is for administrators to know: a line for every block of rows. */
static void tell_size(const struct followed_round *round, uint32_t rows_before)
{
    uint32_t rows = columns_rows(round->columns);
    if (rows / COLUMNS_BLOCK_ROWS != rows_before / COLUMNS_BLOCK_ROWS) {
        log_info("results.columns", "round=%d rows=%u bytes=%zu", (int)round->round_id, (unsigned)rows,
                 columns_memory(round->columns));
    }
}

/* ---- reading on ---- */

struct turn {
    struct results *results;
    struct followed_round *round;
    size_t rows; /* read in this turn */
};

static uint64_t record_key(const struct results *results, struct slice response_id)
{
    unsigned char hash[16];
    uint64_t key = 0;
    crypto_keyed_hash(hash, sizeof hash, results->config.keys, CRYPTO_KEY_RECORD, "record", response_id);
    memcpy(&key, hash, sizeof key);
    return key;
}

/* False for a row that a later revision emptied: that revision comes further on. */
static bool change_of_row(struct columns_change *change, const struct results *results,
                          const struct db_result *rows, size_t row)
{
    struct slice id = db_get_bytes(rows, row, 1);
    bool withdrawn = db_get_int16(rows, row, 3) == KIND_WITHDRAWN;
    *change = (struct columns_change){.kind = withdrawn ? COLUMNS_WITHDRAWN : COLUMNS_ANSWERED,
                                      .revision = (uint32_t)db_get_int32(rows, row, 2)};
    memcpy(&change->id, id.ptr, sizeof change->id);
    if (withdrawn) {
        return true;
    }
    if (db_is_null(rows, row, 4)) {
        return false;
    }
    struct slice answers = db_get_bytes(rows, row, 4);
    change->answers = (const uint8_t *)answers.ptr;
    change->answers_size = answers.len;
    change->key = record_key(results, id);
    return true;
}

static enum db_status read_on(struct db_tx *tx, void *context)
{
    struct turn *turn = context;
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, turn->round->round_id);
    db_put_int64(&p, turn->round->position);
    db_put_int32(&p, READ_ROWS);
    enum db_status status = db_run(&rows, tx, &results_statements[LOG_READ], &p);
    turn->rows = 0;
    if (status != DB_OK || db_rows(rows) == 0) {
        return status;
    }
    turn->rows = db_rows(rows);
    struct columns_change *changes = arena_array(db_arena(tx), turn->rows, sizeof *changes);
    size_t count = 0;
    for (size_t row = 0; row < turn->rows; row++) {
        count += change_of_row(&changes[count], turn->results, rows, row);
    }
    int64_t position = db_get_int64(rows, turn->rows - 1, 0);
    uint32_t rows_before = columns_rows(turn->round->columns);
    if (columns_apply(turn->round->columns, changes, count, position) != COLUMNS_OK) {
        return DB_FAILED;
    }
    for (size_t i = 0; i < count; i++) {
        if (changes[i].outcome == COLUMNS_REFUSED) {
            log_error("results.refused", "round=%d position=%lld", (int)turn->round->round_id,
                      (long long)position);
        }
    }
    tell_size(turn->round, rows_before);
    turn->round->position =
        position; /* changes are idempotent by revision: reading them twice would be harmless */
    return DB_OK;
}

/* Reads every round to its end. Pilot rounds never count. */
static enum db_status catch_up(struct results *results, struct db_conn *conn)
{
    const struct survey_snapshot *snapshot = survey_snapshot_hold(results->config.survey);
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        struct turn turn = {.results = results, .rows = READ_ROWS};
        if (round->status == ROUND_DRAFT || round->pilot || !(turn.round = followed(results, round))) {
            continue;
        }
        while (status == DB_OK && turn.rows == READ_ROWS) {
            status = db_transaction_read_only(conn, "results-follow", DB_ROLE_RESULTS, read_on, &turn);
        }
    }
    survey_snapshot_release(snapshot);
    if (status == DB_OK) {
        atomic_store(&results->caught_up, true);
    }
    return status;
}

static bool wait_for_next(struct results *results)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)POLL_MS * 1000000;
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

void *results_follow(void *context)
{
    struct results *results = context;
    struct db_conn *conn = NULL;
    do {
        enum db_status status = conn ? DB_OK : db_connect(&conn, results->config.database);
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
