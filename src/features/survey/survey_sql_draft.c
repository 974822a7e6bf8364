/* The statements of drafts and their binders: many at once. */
#include "features/survey/survey_sql.h"

#include <string.h>

enum statement { DRAFT_READ, DRAFT_INSERT, DRAFT_UPDATE, DRAFT_DELETE, STATEMENT_COUNT };

const struct db_statement survey_draft_statements[STATEMENT_COUNT + 1] = {
    [DRAFT_READ] =
        {"survey_draft_read",
         "SELECT draft_id, round_id, revision, sealed FROM zs.draft WHERE draft_id = ANY ($1::bytea[])"},

    [DRAFT_INSERT] = {"survey_draft_insert",
                      "INSERT INTO zs.draft (draft_id, round_id, revision, page, day, sealed)"
                      " SELECT t.draft_id, t.round_id, 1, t.page, DATE '1970-01-01' + $5::int4, t.sealed"
                      " FROM unnest($1::bytea[], $2::int4[], $3::int2[], $4::bytea[]) AS t (draft_id, "
                      "round_id, page, sealed)"
                      " ON CONFLICT (draft_id) DO NOTHING RETURNING draft_id"},

    [DRAFT_UPDATE] = {"survey_draft_update",
                      "UPDATE zs.draft AS d SET revision = d.revision + 1, page = t.page, day = DATE "
                      "'1970-01-01' + $5::int4, sealed = t.sealed"
                      " FROM unnest($1::bytea[], $2::int4[], $3::int2[], $4::bytea[]) AS t (draft_id, "
                      "revision, page, sealed)"
                      " WHERE d.draft_id = t.draft_id AND d.revision = t.revision RETURNING d.draft_id"},

    [DRAFT_DELETE] = {"survey_draft_delete", "DELETE FROM zs.draft WHERE draft_id = ANY ($1::bytea[])"},
};

static const struct db_statement *statement(enum statement which)
{
    return &survey_draft_statements[which];
}

static void take_drafts(struct draft_row **rows, size_t *count, struct db_tx *tx,
                        const struct db_result *result)
{
    *count = db_rows(result);
    *rows = arena_array(db_arena(tx), *count, sizeof **rows);
    for (size_t i = 0; i < *count; i++) {
        (*rows)[i] = (struct draft_row){.draft_id = db_get_bytes(result, i, 0),
                                        .round_id = db_get_int32(result, i, 1),
                                        .revision = db_get_int32(result, i, 2),
                                        .sealed = db_get_bytes(result, i, 3)};
    }
}

enum db_status sql_draft_read(struct draft_row **rows, size_t *count, struct db_tx *tx,
                              const struct slice *draft_ids, size_t wanted)
{
    struct db_result *result;
    struct db_params p = db_params(tx);
    db_put_bytes_array(&p, draft_ids, wanted);
    enum db_status status = db_run(&result, tx, statement(DRAFT_READ), &p);
    if (status == DB_OK) {
        take_drafts(rows, count, tx, result);
    }
    return status;
}

void sql_draft_read_ask(struct db_tx *tx, const struct slice *draft_ids, size_t wanted)
{
    struct db_params p = db_params(tx);
    db_put_bytes_array(&p, draft_ids, wanted);
    db_ask(tx, statement(DRAFT_READ), &p);
}

void sql_draft_read_heard(struct draft_row **rows, size_t *count, struct db_tx *tx)
{
    take_drafts(rows, count, tx, db_heard(tx, 0));
}

/* Marks as written what the statement returned. */
static void mark_written(struct draft_write *writes, size_t count, const struct db_result *result)
{
    for (size_t row = 0; row < db_rows(result); row++) {
        struct slice id = db_get_bytes(result, row, 0);
        for (size_t i = 0; i < count; i++) {
            if (slice_equal(writes[i].draft_id, id)) {
                writes[i].written = true;
            }
        }
    }
}

/* Binds the writes that a statement is for: new drafts, saves of existing ones, or removals. False when there
 * are none. */
static bool bind_writes(struct db_params *p, struct db_tx *tx, enum statement which,
                        const struct draft_write *writes, size_t count, int32_t day)
{
    struct arena *arena = db_arena(tx);
    struct slice *ids = arena_array(arena, count, sizeof *ids);
    struct slice *sealed = arena_array(arena, count, sizeof *sealed);
    int32_t *numbers = arena_array(arena, count, sizeof *numbers);
    int16_t *pages = arena_array(arena, count, sizeof *pages);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        bool is_new = writes[i].expected_revision == 0;
        enum statement of = writes[i].remove ? DRAFT_DELETE : is_new ? DRAFT_INSERT : DRAFT_UPDATE;
        if (of == which) {
            ids[n] = writes[i].draft_id;
            numbers[n] = is_new ? writes[i].round_id : writes[i].expected_revision;
            pages[n] = writes[i].page;
            sealed[n] = writes[i].sealed;
            n++;
        }
    }
    *p = db_params(tx);
    db_put_bytes_array(p, ids, n);
    if (which != DRAFT_DELETE) {
        db_put_int32_array(p, numbers, n);
        db_put_int16_array(p, pages, n);
        db_put_bytes_array(p, sealed, n);
        db_put_int32(p, day);
    }
    return n > 0;
}

static const enum statement draft_kinds[] = {DRAFT_INSERT, DRAFT_UPDATE, DRAFT_DELETE};
enum { DRAFT_KINDS = sizeof draft_kinds / sizeof draft_kinds[0] };

static void mark_before(struct draft_write *writes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        writes[i].written = writes[i].remove;
    }
}

enum db_status sql_draft_write(struct db_tx *tx, struct draft_write *writes, size_t count, int32_t day)
{
    enum db_status status = DB_OK;
    mark_before(writes, count);
    for (size_t k = 0; status == DB_OK && k < DRAFT_KINDS; k++) {
        struct db_params p;
        struct db_result *result;
        if (!bind_writes(&p, tx, draft_kinds[k], writes, count, day)) {
            continue;
        }
        status = db_run(&result, tx, statement(draft_kinds[k]), &p);
        if (status == DB_OK && draft_kinds[k] != DRAFT_DELETE) {
            mark_written(writes, count, result);
        }
    }
    return status;
}

void sql_draft_write_ask(struct db_tx *tx, const struct draft_write *writes, size_t count, int32_t day)
{
    for (size_t k = 0; k < DRAFT_KINDS; k++) {
        struct db_params p;
        if (bind_writes(&p, tx, draft_kinds[k], writes, count, day)) {
            db_ask(tx, statement(draft_kinds[k]), &p);
        }
    }
}

void sql_draft_write_heard(struct db_tx *tx, struct draft_write *writes, size_t count)
{
    bool some[DRAFT_KINDS] = {false};
    size_t place = 0;
    mark_before(writes, count);
    for (size_t i = 0; i < count; i++) {
        some[writes[i].remove ? 2 : writes[i].expected_revision == 0 ? 0 : 1] = true;
    }
    for (size_t k = 0; k < DRAFT_KINDS; k++) {
        if (some[k] && draft_kinds[k] != DRAFT_DELETE) {
            mark_written(writes, count, db_heard(tx, place));
        }
        place += some[k];
    }
}
