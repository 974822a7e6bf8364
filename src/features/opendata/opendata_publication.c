/* Publications in the database, and which there are. */
#include "features/opendata/opendata_internal.h"

#include <stdlib.h>
#include <string.h>

enum statement {
    PUBLICATIONS_LIST,
    PUBLICATION_READ,
    FILES_READ,
    PIECE_READ,
    PUBLICATION_STORE,
    FILE_STORE,
    PIECE_STORE,
    STATEMENT_COUNT
};

const struct db_statement publication_statements[STATEMENT_COUNT + 1] = {
    [PUBLICATIONS_LIST] = {"publications", "SELECT round_id, number FROM zs.publication ORDER BY made_at"},
    [PUBLICATION_READ] = {"publication",
                          "SELECT r.made_at, p.made_at, p.manifest, p.signature FROM zs.publication AS p"
                          " JOIN zs.release AS r ON (r.round_id, r.number) = (p.round_id, p.number)"
                          " WHERE p.round_id = $1::int4 AND p.number = $2::int4"},
    [FILES_READ] = {"publication_files",
                    "SELECT name, media_type, kind, stream, weighted, row_count, size, sha256"
                    " FROM zs.publication_file WHERE round_id = $1::int4 AND number = $2::int4"
                    " ORDER BY position"},
    [PIECE_READ] = {"publication_piece",
                    "SELECT content FROM zs.publication_piece WHERE round_id = $1::int4 AND number = $2::int4"
                    " AND name = $3::text AND piece = $4::int4"},
    /* Who comes second waits for the first, and stores nothing. */
    [PUBLICATION_STORE] = {"publication_store",
                           "INSERT INTO zs.publication (round_id, number, manifest, signature)"
                           " VALUES ($1::int4, $2::int4, $3::text, $4::bytea)"
                           " ON CONFLICT (round_id, number) DO NOTHING"},
    [FILE_STORE] = {"publication_file_store",
                    "INSERT INTO zs.publication_file (round_id, number, name, position, media_type, kind,"
                    " stream, weighted, row_count, size, sha256) VALUES ($1::int4, $2::int4, $3::text,"
                    " $4::int2, $5::text, $6::text, $7::text, $8::bool, $9::int8, $10::int8, $11::bytea)"},
    [PIECE_STORE] = {"publication_piece_store",
                     "INSERT INTO zs.publication_piece (round_id, number, name, piece, content)"
                     " VALUES ($1::int4, $2::int4, $3::text, $4::int4, $5::bytea)"},
};

/* ---- in memory ---- */

const struct publication *publication_find(struct opendata *opendata, int32_t round_id, int32_t number)
{
    const struct publication *found = NULL;
    pthread_mutex_lock(&opendata->lock);
    for (size_t i = 0; i < opendata->count && !found; i++) {
        if (opendata->list[i]->round_id == round_id && opendata->list[i]->number == number) {
            found = opendata->list[i];
        }
    }
    pthread_mutex_unlock(&opendata->lock);
    return found;
}

static int by_round_and_number(const void *a, const void *b)
{
    const struct publication *x = *(const struct publication *const *)a;
    const struct publication *y = *(const struct publication *const *)b;
    return x->round_id != y->round_id ? (x->round_id > y->round_id) - (x->round_id < y->round_id)
                                      : (x->number > y->number) - (x->number < y->number);
}

const struct publication **publications(size_t *count, struct arena *arena, struct opendata *opendata,
                                        int32_t round_id)
{
    *count = 0;
    pthread_mutex_lock(&opendata->lock);
    const struct publication **list = arena_array(arena, opendata->count + 1, sizeof *list);
    for (size_t i = 0; i < opendata->count; i++) {
        if (round_id == 0 || opendata->list[i]->round_id == round_id) {
            list[(*count)++] = opendata->list[i];
        }
    }
    pthread_mutex_unlock(&opendata->lock);
    qsort(list, *count, sizeof *list, by_round_and_number);
    return list;
}

const struct published_file *publication_file_find(const struct publication *publication, struct slice name)
{
    for (size_t i = 0; i < publication->file_count; i++) {
        if (slice_equal(publication->files[i].name, name)) {
            return &publication->files[i];
        }
    }
    return NULL;
}

/* False: without memory. */
static bool keep(struct opendata *opendata, const struct publication *publication)
{
    pthread_mutex_lock(&opendata->lock);
    if (opendata->count == opendata->room) {
        const size_t room = opendata->room > 0 ? 2 * opendata->room : 64;
        const struct publication **list = realloc(opendata->list, room * sizeof *list);
        opendata->room = list ? room : opendata->room;
        opendata->list = list ? list : opendata->list;
    }
    const bool good = opendata->count < opendata->room;
    if (good) {
        opendata->list[opendata->count++] = publication;
    }
    pthread_mutex_unlock(&opendata->lock);
    return good;
}

/* ---- reading ---- */

static enum db_status read_files(struct publication *out, struct arena *arena, struct db_tx *tx)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, out->round_id);
    db_put_int32(&p, out->number);
    const enum db_status status = db_run(&rows, tx, &publication_statements[FILES_READ], &p);
    out->file_count = status == DB_OK ? db_rows(rows) : 0;
    out->files = arena_array(arena, out->file_count + 1, sizeof *out->files);
    for (size_t i = 0; i < out->file_count; i++) {
        const struct slice sha256 = db_get_bytes(rows, i, 7);
        out->files[i] = (struct published_file){.name = arena_copy(arena, db_get_text(rows, i, 0)),
                                                .media_type = arena_copy(arena, db_get_text(rows, i, 1)),
                                                .kind = arena_copy(arena, db_get_text(rows, i, 2)),
                                                .stream = arena_copy(arena, db_get_text(rows, i, 3)),
                                                .weighted = db_get_bool(rows, i, 4),
                                                .rows = db_get_int64(rows, i, 5),
                                                .size = db_get_int64(rows, i, 6)};
        memcpy(out->files[i].sha256, sha256.ptr, sizeof out->files[i].sha256);
    }
    return status;
}

static enum db_status read_one(struct publication *out, struct arena *arena, struct db_tx *tx)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, out->round_id);
    db_put_int32(&p, out->number);
    enum db_status status = db_run_one(&rows, tx, &publication_statements[PUBLICATION_READ], &p);
    if (status == DB_OK) {
        out->released_at = db_get_timestamp(rows, 0, 0);
        out->published_at = db_get_timestamp(rows, 0, 1);
        out->manifest = arena_copy(arena, db_get_text(rows, 0, 2));
        out->signature = arena_copy(arena, db_get_bytes(rows, 0, 3));
        status = read_files(out, arena, tx);
    }
    return status;
}

struct refreshing {
    struct opendata *opendata;
    struct publication **fresh;
    size_t count;
};

static enum db_status refresh_work(struct db_tx *tx, void *context)
{
    struct refreshing *r = context;
    struct db_result *rows;
    enum db_status status = db_run(&rows, tx, &publication_statements[PUBLICATIONS_LIST], NULL);
    const size_t all = status == DB_OK ? db_rows(rows) : 0;
    r->count = 0;
    if (all == r->opendata->count) { /* only refreshing adds to it */
        return status;
    }
    r->fresh = arena_array(r->opendata->arena, all, sizeof *r->fresh);
    for (size_t i = 0; status == DB_OK && i < all; i++) {
        const struct publication named = {.round_id = db_get_int32(rows, i, 0),
                                          .number = db_get_int32(rows, i, 1)};
        if (!publication_find(r->opendata, named.round_id, named.number)) {
            struct publication *fresh = arena_alloc(r->opendata->arena, sizeof *fresh);
            *fresh = named;
            status = read_one(fresh, r->opendata->arena, tx);
            r->fresh[r->count++] = fresh;
        }
    }
    return status;
}

enum db_status opendata_refresh(struct opendata *opendata, struct db_conn *conn)
{
    struct refreshing r = {.opendata = opendata};
    const enum db_status status =
        db_transaction_read_only(conn, "publications", DB_ROLE_RESULTS, refresh_work, &r);
    for (size_t i = 0; status == DB_OK && i < r.count; i++) {
        if (!keep(opendata, r.fresh[i])) {
            return DB_FAILED;
        }
    }
    return status;
}

enum db_status publication_read(bool *whole, struct db_tx *tx, const struct publication *publication,
                                const struct published_file *file, publication_take take, void *context)
{
    enum db_status status = DB_OK;
    int64_t taken = 0;
    bool good = true;
    for (int32_t piece = 0; status == DB_OK && good && taken < file->size; piece++) {
        struct db_result *rows;
        struct db_params p = db_params(tx);
        db_put_int32(&p, publication->round_id);
        db_put_int32(&p, publication->number);
        db_put_text(&p, file->name);
        db_put_int32(&p, piece);
        status = db_run_one(&rows, tx, &publication_statements[PIECE_READ], &p);
        if (status == DB_OK) {
            const struct slice content = db_get_bytes(rows, 0, 0);
            good = take(content, context);
            taken += (int64_t)content.len;
        }
    }
    *whole = status == DB_OK && good && taken == file->size;
    return status;
}

/* ---- storing ---- */

enum db_status publication_store_head(bool *stored, struct db_tx *tx, const struct publication *publication)
{
    struct db_result *result;
    struct db_params p = db_params(tx);
    db_put_int32(&p, publication->round_id);
    db_put_int32(&p, publication->number);
    db_put_text(&p, publication->manifest);
    db_put_bytes(&p, publication->signature);
    const enum db_status status = db_run(&result, tx, &publication_statements[PUBLICATION_STORE], &p);
    *stored = status == DB_OK && db_affected(result) == 1;
    return status;
}

enum db_status publication_store_file(struct db_tx *tx, const struct publication *publication, size_t at)
{
    const struct published_file *file = &publication->files[at];
    struct db_params p = db_params(tx);
    db_put_int32(&p, publication->round_id);
    db_put_int32(&p, publication->number);
    db_put_text(&p, file->name);
    db_put_int16(&p, (int16_t)at);
    db_put_text(&p, file->media_type);
    db_put_text(&p, file->kind);
    db_put_text(&p, file->stream);
    db_put_bool(&p, file->weighted);
    db_put_int64(&p, file->rows);
    db_put_int64(&p, file->size);
    db_put_bytes(&p, (struct slice){(const char *)file->sha256, sizeof file->sha256});
    return db_run(NULL, tx, &publication_statements[FILE_STORE], &p);
}

enum db_status publication_store_piece(struct db_tx *tx, const struct publication *publication, size_t at,
                                       int32_t piece, struct slice content)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, publication->round_id);
    db_put_int32(&p, publication->number);
    db_put_text(&p, publication->files[at].name);
    db_put_int32(&p, piece);
    db_put_bytes(&p, content);
    return db_run(NULL, tx, &publication_statements[PIECE_STORE], &p);
}
