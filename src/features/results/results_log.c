#include "features/results/results_log.h"

#include "base/log.h"
#include "features/results/results.h"

#include <string.h>

enum { READ_ROWS = 20000, LAYOUT_ARENA_MAX = 1024 * 1024 };

enum statement { LOG_READ };
const struct db_statement results_statements[] = {
    [LOG_READ] = {"results_log_read",
                  "SELECT pos, response_id, revision, kind, answers FROM zs.response"
                  " WHERE round_id = $1::int4 AND pos > $2::int8 ORDER BY pos LIMIT $3::int4"},
    {NULL, NULL},
};

enum { KIND_WITHDRAWN = 3 };

/* ---- layout ---- */

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

struct columns *log_columns_create(const struct survey_round *round)
{
    size_t count;
    struct columns *columns = NULL;
    const struct variable *variables = questionnaire_variables(&count, round->questionnaire);
    struct arena *arena = arena_create(LAYOUT_ARENA_MAX);
    uint32_t *codes = arena_array(arena, count, sizeof *codes);
    for (size_t i = 0; i < count; i++) {
        codes[i] = codes_of(&variables[i]);
    }
    if (columns_create(&columns, codes, count) != COLUMNS_OK) {
        log_error("results.layout", "round=%s variables=%zu", round->code, count);
    } else if (columns_answers_size(columns) != questionnaire_vector_size(round->questionnaire)) {
        log_error("results.layout", "round=%s columns=%zu vector=%zu", round->code,
                  columns_answers_size(columns), questionnaire_vector_size(round->questionnaire));
        columns_destroy(columns);
        columns = NULL;
    }
    arena_destroy(arena);
    return columns;
}

/* What counting costs in memory is for administrators to know: a line for every block of rows. */
static void tell_size(const struct log_reader *reader, uint32_t rows_before)
{
    uint32_t rows = columns_rows(reader->columns);
    if (rows / COLUMNS_BLOCK_ROWS != rows_before / COLUMNS_BLOCK_ROWS) {
        log_info("results.columns", "round=%d rows=%u bytes=%zu", (int)reader->round_id, (unsigned)rows,
                 columns_memory(reader->columns));
    }
}

/* ---- reading on ---- */

struct turn {
    struct log_reader *reader;
    size_t rows; /* read in this turn */
};

static uint64_t record_key(const struct crypto_keys *keys, struct slice response_id)
{
    unsigned char hash[16];
    uint64_t key = 0;
    crypto_keyed_hash(hash, sizeof hash, keys, CRYPTO_KEY_RECORD, "record", response_id);
    memcpy(&key, hash, sizeof key);
    return key;
}

/* False for a row that a later revision emptied: that revision comes further on. */
static bool change_of_row(struct columns_change *change, const struct log_reader *reader,
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
    if (reader->weigh && answers.len == columns_answers_size(reader->columns)) {
        change->weight = reader->weigh(reader->weights, change->answers);
    }
    change->key = record_key(reader->keys, id);
    return true;
}

static enum db_status read_on(struct db_tx *tx, void *context)
{
    struct turn *turn = context;
    struct log_reader *reader = turn->reader;
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, reader->round_id);
    db_put_int64(&p, reader->position);
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
        count += change_of_row(&changes[count], reader, rows, row);
    }
    int64_t position = db_get_int64(rows, turn->rows - 1, 0);
    uint32_t rows_before = columns_rows(reader->columns);
    if (columns_apply(reader->columns, changes, count, position) != COLUMNS_OK) {
        return DB_FAILED;
    }
    for (size_t i = 0; i < count; i++) {
        if (changes[i].outcome == COLUMNS_REFUSED) {
            log_error("results.refused", "round=%d position=%lld", (int)reader->round_id,
                      (long long)position);
        }
    }
    tell_size(reader, rows_before);
    reader->position = position;
    return DB_OK;
}

enum db_status log_read_on(struct log_reader *reader, struct db_conn *conn)
{
    struct turn turn = {.reader = reader, .rows = READ_ROWS};
    enum db_status status = DB_OK;
    while (status == DB_OK && turn.rows == READ_ROWS) {
        status = db_transaction_read_only(conn, "results-log", DB_ROLE_RESULTS, read_on, &turn);
    }
    return status;
}
