#include "features/results/results_log.h"

#include "base/log.h"
#include "features/results/results.h"

#include <string.h>

enum { READ_ROWS = 4096, COPY_ROWS = 512, LAYOUT_ARENA_MAX = 1024 * 1024 };

/* A row that a later revision emptied is left out: that revision comes further on. Of those that are left
 * the withdrawn have no answers. */
enum statement { LOG_READ, LOG_COPY_BEGIN };
const struct db_statement results_statements[] = {
    [LOG_READ] = {"results_log_read",
                  "SELECT pos, response_id, revision, answers FROM zs.response"
                  " WHERE round_id = $1::int4 AND pos > $2::int8 AND (answers IS NOT NULL OR kind = 3)"
                  " ORDER BY pos LIMIT $3::int4"},
    /* By the index, whatever is known of the table; and however long it takes. */
    [LOG_COPY_BEGIN] =
        {"results_log_copy_begin",
         "SELECT set_config('zs.round', $1::int4::text, true),"
         " set_config('zs.after', $2::int8::text, true), set_config('enable_sort', 'off', true),"
         " set_config('statement_timeout', '0', true)"},
    {NULL, NULL},
};

static const struct db_statement log_copy = {
    "results_log_copy",
    "COPY (SELECT pos, response_id, revision, answers FROM zs.response"
    " WHERE round_id = current_setting('zs.round')::int4 AND pos > current_setting('zs.after')::int8"
    " AND (answers IS NOT NULL OR kind = 3) ORDER BY pos) TO STDOUT (FORMAT binary)"};

enum field { FIELD_POS, FIELD_ID, FIELD_REVISION, FIELD_ANSWERS, FIELD_COUNT };

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

/* ---- rows of the log, a batch at a time ---- */

/* Read in one transaction, and not applied yet. */
struct batch {
    struct log_reader *reader;
    struct columns_change *changes; /* READ_ROWS */
    uint8_t *answers;               /* of rows that do not last until they are applied; NULL: all do */
    size_t count;
    int64_t position; /* of the last row that was read */
};

struct log_row {
    int64_t position;
    struct slice id;
    int32_t revision;
    struct slice answers; /* ptr NULL: withdrawn */
};

static uint64_t record_key(const struct crypto_keys *keys, struct slice response_id)
{
    unsigned char hash[16];
    uint64_t key = 0;
    if (keys) {
        crypto_keyed_hash(hash, sizeof hash, keys, CRYPTO_KEY_RECORD, "record", response_id);
        memcpy(&key, hash, sizeof key);
    }
    return key;
}

static const uint8_t *lasting_answers(const struct batch *batch, struct slice answers)
{
    const size_t size = columns_answers_size(batch->reader->columns);
    uint8_t *kept = batch->answers ? batch->answers + batch->count * size : NULL;
    if (!kept || answers.len != size) {
        return (const uint8_t *)answers.ptr; /* of another length: refused without being looked at */
    }
    memcpy(kept, answers.ptr, size);
    return kept;
}

static void add_row(struct batch *batch, const struct log_row *row)
{
    const struct log_reader *reader = batch->reader;
    struct columns_change *change = &batch->changes[batch->count];
    *change = (struct columns_change){.kind = COLUMNS_WITHDRAWN, .revision = (uint32_t)row->revision};
    memcpy(&change->id, row->id.ptr, sizeof change->id);
    if (row->answers.ptr) {
        change->kind = COLUMNS_ANSWERED;
        change->answers = lasting_answers(batch, row->answers);
        change->answers_size = row->answers.len;
        if (reader->weigh && row->answers.len == columns_answers_size(reader->columns)) {
            change->weight = reader->weigh(reader->weights, change->answers);
        }
        change->key = record_key(reader->keys, row->id);
    }
    batch->count++;
    batch->position = row->position;
}

static bool apply_batch(struct batch *batch)
{
    struct log_reader *reader = batch->reader;
    uint32_t rows_before = columns_rows(reader->columns);
    if (columns_apply(reader->columns, batch->changes, batch->count, batch->position) != COLUMNS_OK) {
        return false;
    }
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->changes[i].outcome == COLUMNS_REFUSED) {
            log_error("results.refused", "round=%d position=%lld", (int)reader->round_id,
                      (long long)batch->position);
        }
    }
    tell_size(reader, rows_before);
    if (reader->progress) {
        reader->progress(columns_rows(reader->columns), reader->context);
    }
    reader->position = batch->position;
    batch->count = 0;
    return true;
}

/* ---- what trickles in ---- */

struct turn {
    struct log_reader *reader;
    size_t rows; /* read in this turn */
};

static enum db_status read_on(struct db_tx *tx, void *context)
{
    struct turn *turn = context;
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, turn->reader->round_id);
    db_put_int64(&p, turn->reader->position);
    db_put_int32(&p, READ_ROWS);
    enum db_status status = db_run(&rows, tx, &results_statements[LOG_READ], &p);
    turn->rows = status == DB_OK ? db_rows(rows) : 0;
    if (turn->rows == 0) {
        return status;
    }
    struct batch batch = {.reader = turn->reader,
                          .changes = arena_array(db_arena(tx), turn->rows, sizeof *batch.changes)};
    for (size_t i = 0; i < turn->rows; i++) {
        add_row(&batch, &(struct log_row){.position = db_get_int64(rows, i, FIELD_POS),
                                          .id = db_get_bytes(rows, i, FIELD_ID),
                                          .revision = db_get_int32(rows, i, FIELD_REVISION),
                                          .answers = db_get_bytes(rows, i, FIELD_ANSWERS)});
    }
    return apply_batch(&batch) ? DB_OK : DB_FAILED;
}

/* ---- what is far behind ---- */

static bool copy_row(const struct slice *fields, int count, void *context)
{
    struct batch *batch = context;
    if (count != FIELD_COUNT) {
        return false;
    }
    add_row(batch, &(struct log_row){.position = db_field_int64(fields[FIELD_POS]),
                                     .id = fields[FIELD_ID],
                                     .revision = db_field_int32(fields[FIELD_REVISION]),
                                     .answers = fields[FIELD_ANSWERS]});
    return batch->count < COPY_ROWS || apply_batch(batch);
}

static enum db_status copy_on(struct db_tx *tx, void *context)
{
    struct log_reader *reader = context;
    const size_t size = columns_answers_size(reader->columns);
    struct batch batch = {.reader = reader,
                          .changes = arena_array(db_arena(tx), COPY_ROWS, sizeof *batch.changes),
                          .answers = arena_array(db_arena(tx), COPY_ROWS, size),
                          .position = reader->position};
    struct db_params p = db_params(tx);
    db_put_int32(&p, reader->round_id);
    db_put_int64(&p, reader->position);
    enum db_status status = db_run(NULL, tx, &results_statements[LOG_COPY_BEGIN], &p);
    if (status == DB_OK) {
        status = db_copy_out(tx, &log_copy, copy_row, &batch);
    }
    if (status == DB_OK && !apply_batch(&batch)) {
        status = DB_FAILED;
    }
    return status == DB_ROLLBACK ? DB_FAILED : status;
}

enum db_status log_read_on(struct log_reader *reader, struct db_conn *conn)
{
    struct turn turn = {.reader = reader};
    enum db_status status;
    do {
        status = db_transaction_read_only(conn, "results-log", DB_ROLE_RESULTS, read_on, &turn);
        if (status == DB_OK && turn.rows == READ_ROWS) {
            status = db_transaction_read_only(conn, "results-log-copy", DB_ROLE_RESULTS, copy_on, reader);
        }
    } while (status == DB_OK && turn.rows == READ_ROWS);
    return status;
}
