/* Two passes over one snapshot: first who shares which profile, then the rows. */
#include "features/results/results_export.h"

#include "base/clock.h"
#include "base/log.h"
#include "features/results/results_internal.h"
#include "features/results/results_recipe.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    ARENA_MAX = 64 * 1024 * 1024,
    SALT_BYTES = 16,
    PROCEED_ROWS = 4096,
    ROW_NAME_BYTES = EXPORT_ID_CHARS + 1 + 20 + 1,
};

enum statement { EXPORT_SETTINGS };
const struct db_statement results_export_statements[] = {
    [EXPORT_SETTINGS] = {"results_export_settings", "SELECT set_config('zs.export_round', $1::text, true),"
                                                    " set_config('zs.export_salt', $2::text, true),"
                                                    " set_config('statement_timeout', '0', true)"},
    {NULL, NULL},
};

/* What a later revision took the place of is emptied in the same transaction: who has answers counts now. */
static const struct db_statement copy_answers = {
    "results_export_profiles",
    "COPY (SELECT answers FROM zs.response"
    " WHERE round_id = current_setting('zs.export_round')::int4 AND answers IS NOT NULL)"
    " TO STDOUT (FORMAT binary)"};
/* In an order that tells nothing and that nobody can make again: the salt is forgotten. */
static const struct db_statement copy_rows = {
    "results_export_rows",
    "COPY (SELECT answers FROM zs.response"
    " WHERE round_id = current_setting('zs.export_round')::int4 AND answers IS NOT NULL"
    " ORDER BY sha256(decode(current_setting('zs.export_salt'), 'hex') || response_id))"
    " TO STDOUT (FORMAT binary)"};

/* A part on its way, hashed as it goes. */
struct part {
    struct results_export_part *part;
    struct dataset_writer *writer;
    struct crypto_digest *digest;
};

struct export
{
    const struct results_export_request *request;
    struct results_export_outcome *outcome;
    enum results_export_status status;
    struct arena *arena;
    size_t vector_size;
    struct recipe recipe;
    struct anonymity *anonymity;
    struct dataset dataset;
    struct part parts[EXPORT_PARTS_MAX];
    struct dataset_cell *cells;
    uint64_t row; /* written so far */
};

enum results_export_refusal results_export_refused(const struct survey_round *round, int64_t now_s)
{
    if (!round || round->status == ROUND_DRAFT || round->pilot) {
        return EXPORT_NO_ROUND;
    }
    if (clock_day(now_s) >= round->destruction_day) {
        return EXPORT_DESTROYED;
    }
    return round->interim == INTERIM_CLOSED && survey_round_accepts(round, now_s) ? EXPORT_EMBARGO
                                                                                  : EXPORT_ALLOWED;
}

/* ---- what an output is given ---- */

static bool hash_and_write(const void *bytes, size_t size, void *self)
{
    const struct part *part = self;
    const struct dataset_output *output = &part->part->output;
    crypto_sha256_add(part->digest, (struct slice){bytes, size});
    part->part->bytes += size;
    return output->write(bytes, size, output->self);
}

static enum results_export_status of_dataset(enum dataset_status status)
{
    switch (status) {
    case DATASET_OK:
        return EXPORT_OK;
    case DATASET_TOO_MANY_ROWS:
    case DATASET_TOO_MANY_VARIABLES:
        return EXPORT_TOO_MANY;
    case DATASET_OUTPUT_FAILED:
        return EXPORT_OUTPUT;
    case DATASET_TEMPORARY_FAILED:
        return EXPORT_TEMPORARY;
    case DATASET_TOO_LARGE:
        return EXPORT_TOO_LARGE;
    case DATASET_WRONG:
    case DATASET_NO_MEMORY:
        break;
    }
    log_error("export.dataset", "status=%d", (int)status);
    return EXPORT_FAILED;
}

/* ---- the first pass ---- */

static bool sound_row(struct export *e, const struct slice *fields, int count)
{
    if (count == 1 && fields[0].len == e->vector_size) {
        return true;
    }
    log_error("export.row", "round=%s bytes=%zu vector=%zu", e->request->round->code, fields[0].len,
              e->vector_size);
    e->status = EXPORT_FAILED;
    return false;
}

static bool no_such_answer(struct export *e)
{
    log_error("export.row", "round=%s reason=\"no such answer\"", e->request->round->code);
    e->status = EXPORT_FAILED;
    return false;
}

static bool may_proceed(struct export *e, uint64_t of_rows)
{
    const struct results_export_request *request = e->request;
    if (e->row % PROCEED_ROWS == 0 && request->proceed && !request->proceed(e->row, of_rows, request->self)) {
        e->status = EXPORT_STOPPED;
    }
    return e->status == EXPORT_OK;
}

/* False for answers that their variables do not have. */
static bool profile_of(uint16_t profile[ANONYMITY_VARIABLES_MAX], const struct recipe *recipe,
                       const unsigned char *answers)
{
    for (size_t i = 0; i < recipe->key_count; i++) {
        const struct dataset_cell *cell = recipe_cell(&recipe->columns[recipe->keys[i]], answers);
        if (!cell) {
            return false;
        }
        profile[i] = recipe_key(cell);
    }
    return true;
}

static bool count_row(const struct slice *fields, int count, void *context)
{
    struct export *e = context;
    uint16_t profile[ANONYMITY_VARIABLES_MAX];
    if (!sound_row(e, fields, count)) {
        return false;
    }
    if (!profile_of(profile, &e->recipe, (const unsigned char *)fields[0].ptr)) {
        return no_such_answer(e);
    }
    e->row++;
    const struct results_export_weighing *weighing = e->request->weighing;
    double weight =
        weighing ? weighing->weight_of((const unsigned char *)fields[0].ptr, e->vector_size, weighing->self)
                 : 1;
    enum anonymity_status added = anonymity_add(e->anonymity, profile, weight);
    if (added != ANONYMITY_OK) {
        e->status = added == ANONYMITY_TOO_MANY ? EXPORT_TOO_DIVERSE : EXPORT_FAILED;
    }
    return may_proceed(e, 0);
}

/* ---- the second pass ---- */

static void put_name(char name[ROW_NAME_BYTES], struct dataset_cell *cell, const struct export *e)
{
    int len = snprintf(name, ROW_NAME_BYTES, "%s-%" PRIu64, e->outcome->id, e->row + 1);
    cell->text = (struct slice){name, (size_t)len};
}

static bool put_cells(struct export *e, const unsigned char *answers)
{
    const struct recipe *recipe = &e->recipe;
    uint16_t profile[ANONYMITY_VARIABLES_MAX];
    for (size_t c = 0; c < recipe->column_count; c++) {
        const struct dataset_cell *cell = recipe_cell(&recipe->columns[c], answers);
        if (!cell) {
            return false;
        }
        e->cells[c + 1] = *cell;
        if (recipe->columns[c].key >= 0) {
            profile[recipe->columns[c].key] = recipe_key(cell);
        }
    }
    for (size_t i = anonymity_shown(e->anonymity, profile); i < recipe->key_count; i++) {
        e->cells[recipe->keys[i] + 1].missing = RECIPE_HIDDEN;
    }
    if (recipe->weighed) {
        e->cells[recipe->variable_count - 1].real = anonymity_mean(e->anonymity, profile);
    }
    return true;
}

static bool write_row(const struct slice *fields, int count, void *context)
{
    struct export *e = context;
    char name[ROW_NAME_BYTES];
    if (!sound_row(e, fields, count)) {
        return false;
    }
    if (!put_cells(e, (const unsigned char *)fields[0].ptr)) {
        return no_such_answer(e);
    }
    put_name(name, &e->cells[0], e);
    for (size_t i = 0; e->status == EXPORT_OK && i < e->request->part_count; i++) {
        e->status = of_dataset(dataset_writer_row(e->parts[i].writer, e->cells));
    }
    e->row++;
    return may_proceed(e, e->outcome->rows);
}

/* ---- one attempt ---- */

static void describe(struct export *e)
{
    const struct results_export_request *request = e->request;
    const struct recipe *recipe = &e->recipe;
    size_t note_count;
    const char *const *notes = recipe_notes(&note_count, e->arena, recipe, request, e->outcome);
    e->dataset = (struct dataset){.code = request->round->code,
                                  .file_name = request->file_name,
                                  .title = request->round->title[request->language],
                                  .language = request->language == 0 ? "nl" : "en",
                                  .producer = request->producer,
                                  .variables = recipe->variables,
                                  .variable_count = recipe->variable_count,
                                  .missing = recipe->reasons,
                                  .missing_count = RECIPE_REASONS,
                                  .notes = notes,
                                  .note_count = note_count,
                                  .row_count = e->outcome->rows,
                                  .made_at = request->now_s};
}

static void begin_parts(struct export *e)
{
    for (size_t i = 0; e->status == EXPORT_OK && i < e->request->part_count; i++) {
        struct part *part = &e->parts[i];
        *part = (struct part){.part = &e->request->parts[i], .digest = crypto_sha256_begin(e->arena)};
        part->part->bytes = 0;
        const struct dataset_output output = {
            .write = hash_and_write, .self = part, .folder = part->part->output.folder};
        e->status = of_dataset(dataset_writer_create(&part->writer, part->part->format, &e->dataset, output));
    }
}

/* The last of JSON lines: an object of its own, of all lines before it. */
static bool put_last_line(struct export *e, struct part *part)
{
    unsigned char hash[CRYPTO_SHA256_BYTES];
    char hex[2 * CRYPTO_SHA256_BYTES + 1];
    crypto_sha256_so_far(hash, part->digest);
    crypto_hex(hex, hash, sizeof hash);
    struct slice line = arena_printf(e->arena, "{\"einde\":{\"rijen\":%" PRIu64 ",\"sha256\":\"%s\"}}\n",
                                     e->outcome->rows, hex);
    return hash_and_write(line.ptr, line.len, part);
}

static void end_parts(struct export *e)
{
    for (size_t i = 0; e->status == EXPORT_OK && i < e->request->part_count; i++) {
        struct part *part = &e->parts[i];
        unsigned char hash[CRYPTO_SHA256_BYTES];
        e->status = of_dataset(dataset_writer_end(part->writer));
        if (e->status == EXPORT_OK && part->part->format == DATASET_JSON_LINES && !put_last_line(e, part)) {
            e->status = EXPORT_OUTPUT;
        }
        crypto_sha256_so_far(hash, part->digest);
        crypto_hex(part->part->sha256, hash, sizeof hash);
    }
}

static void drop_parts(struct export *e)
{
    for (size_t i = 0; i < EXPORT_PARTS_MAX; i++) {
        dataset_writer_destroy(e->parts[i].writer);
        e->parts[i].writer = NULL;
    }
}

static enum db_status settings(struct db_tx *tx, const struct export *e)
{
    unsigned char salt[SALT_BYTES];
    char hex[2 * SALT_BYTES + 1];
    char round[16];
    struct db_params p = db_params(tx);
    crypto_random(salt, sizeof salt);
    crypto_hex(hex, salt, sizeof salt);
    snprintf(round, sizeof round, "%" PRId32, e->request->round->id);
    db_put_text(&p, slice_from_cstr(round));
    db_put_text(&p, slice_from_cstr(hex));
    return db_run_one(NULL, tx, &results_export_statements[EXPORT_SETTINGS], &p);
}

static enum results_export_status settle(struct export *e)
{
    e->outcome->rows = e->row;
    switch (anonymity_settle(&e->outcome->anonymity, e->anonymity)) {
    case ANONYMITY_OK:
        return EXPORT_OK;
    case ANONYMITY_TOO_FEW:
        return EXPORT_TOO_FEW;
    case ANONYMITY_TOO_MANY:
    case ANONYMITY_NO_MEMORY:
        break;
    }
    return EXPORT_FAILED;
}

/* Everything of an earlier attempt goes. */
static bool start_over(struct export *e)
{
    unsigned char id[EXPORT_ID_CHARS / 2];
    drop_parts(e);
    anonymity_destroy(e->anonymity);
    e->anonymity =
        anonymity_create(e->recipe.key_sizes, e->recipe.key_count, e->recipe.key_kept, e->request->k);
    e->row = 0;
    crypto_random(id, sizeof id);
    crypto_hex(e->outcome->id, id, sizeof id);
    e->status = !e->anonymity                            ? EXPORT_FAILED
                : !e->request->restart(e->request->self) ? EXPORT_OUTPUT
                                                         : EXPORT_OK;
    return e->status == EXPORT_OK;
}

static enum db_status attempt(struct db_tx *tx, void *context)
{
    struct export *e = context;
    if (!start_over(e)) {
        return DB_ROLLBACK;
    }
    enum db_status status = settings(tx, e);
    if (status == DB_OK) {
        status = audit_head_read(&e->outcome->audit_head, tx);
    }
    if (status == DB_OK) {
        status = db_copy_out(tx, &copy_answers, count_row, e);
    }
    if (status != DB_OK) {
        return status;
    }
    e->status = settle(e);
    describe(e);
    begin_parts(e);
    if (e->status != EXPORT_OK) {
        return DB_ROLLBACK;
    }
    e->row = 0;
    status = db_copy_out(tx, &copy_rows, write_row, e);
    if (status == DB_OK) {
        end_parts(e);
    }
    return status;
}

/* ---- the whole ---- */

enum results_export_status results_export(struct results_export_outcome *outcome, struct db_conn *conn,
                                          const struct results_export_request *request)
{
    struct arena *arena = arena_create(ARENA_MAX);
    struct export e = {.request = request,
                       .outcome = outcome,
                       .status = EXPORT_FAILED,
                       .arena = arena,
                       .vector_size = questionnaire_vector_size(request->round->questionnaire)};
    *outcome = (struct results_export_outcome){.rows = 0};
    if (recipe_make(&e.recipe, arena, request)) {
        outcome->variables = e.recipe.variable_count;
        e.cells = arena_array(arena, e.recipe.variable_count, sizeof *e.cells);
        e.status = EXPORT_OK;
        outcome->database = db_transaction_read_only(conn, "export", DB_ROLE_RESULTS, attempt, &e);
        if (e.status == EXPORT_OK && outcome->database != DB_OK) {
            e.status = EXPORT_DATABASE;
        }
    }
    drop_parts(&e);
    anonymity_destroy(e.anonymity);
    arena_destroy(arena);
    return e.status;
}
