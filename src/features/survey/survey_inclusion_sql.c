#include "features/survey/survey_inclusion_sql.h"

#include <string.h>

enum statement {
    NEWEST,
    LIST,
    FIND,
    TAKE,
    GIVE_BACK,
    POSITION,
    COPY_BEGIN,
    KEEP_CHUNKS,
    DROP_CHUNKS,
    KEEP_ROOT,
    STATEMENT_COUNT
};

const struct db_statement survey_inclusion_statements[STATEMENT_COUNT + 1] = {
    [NEWEST] = {"inclusion_newest",
                "SELECT id, day, log_pos, size, root, signature FROM zs.inclusion_root WHERE round_id = "
                "$1::int4 ORDER BY day DESC LIMIT 1"},
    [LIST] = {"inclusion_list",
              "SELECT id, day, log_pos, size, root, signature FROM zs.inclusion_root WHERE round_id = "
              "$1::int4 AND ($2::int8 = 0 OR id <= $2::int8) ORDER BY id DESC LIMIT $3::int4"},
    [FIND] = {"inclusion_find",
              "SELECT c.number, c.leaves, (SELECT string_agg(a.hash, '' ORDER BY a.number) FROM "
              "zs.inclusion_chunk AS a WHERE a.round_id = $1::int4 AND a.day = $2::date) FROM "
              "zs.inclusion_chunk AS c WHERE c.round_id = $1::int4 AND c.day = $2::date AND c.first_leaf <= "
              "$3::bytea ORDER BY c.first_leaf DESC LIMIT 1"},
    /* The connection's, not the transaction's: the work takes several. */
    [TAKE] = {"inclusion_take", "SELECT pg_try_advisory_lock(20, $1::int4)"},
    [GIVE_BACK] = {"inclusion_give_back", "SELECT pg_advisory_unlock(20, $1::int4)"},
    [POSITION] = {"inclusion_position",
                  "SELECT coalesce(max(pos), 0) FROM zs.response WHERE round_id = $1::int4"},
    /* However long it takes. */
    [COPY_BEGIN] = {"inclusion_copy_begin",
                    "SELECT set_config('zs.round', $1::int4::text, true), set_config('zs.until', "
                    "$2::int8::text, true), set_config('statement_timeout', '0', true)"},
    [KEEP_CHUNKS] =
        {"inclusion_keep_chunks",
         "INSERT INTO zs.inclusion_chunk (round_id, day, number, first_leaf, leaves, hash) SELECT "
         "$1::int4, $2::date, c.number, c.first_leaf, c.leaves, c.hash FROM unnest($3::int4[], "
         "$4::bytea[], $5::bytea[], $6::bytea[]) AS c (number, first_leaf, leaves, hash)"},
    [DROP_CHUNKS] = {"inclusion_drop_chunks",
                     "DELETE FROM zs.inclusion_chunk WHERE round_id = $1::int4 AND (day = $2::date) <> "
                     "$3::bool"},
    [KEEP_ROOT] = {"inclusion_keep_root",
                   "INSERT INTO zs.inclusion_root (round_id, day, log_pos, size, root, signature) SELECT "
                   "$1::int4, $2::date, $3::int8, $4::int8, $5::bytea, $6::bytea WHERE EXISTS (SELECT FROM "
                   "zs.response WHERE round_id = $1::int4 AND pos = $3::int8) ON CONFLICT (round_id, day) DO "
                   "NOTHING"},
};

/* The newest revision up to this place says whether a response stood there. */
static const struct db_statement copy_standing = {
    "inclusion_copy",
    "COPY (SELECT x.response_id FROM (SELECT DISTINCT ON (r.response_id) r.response_id, r.kind FROM "
    "zs.response AS r WHERE r.round_id = current_setting('zs.round')::int4 AND r.pos <= "
    "current_setting('zs.until')::int8 ORDER BY r.response_id, r.revision DESC) AS x WHERE x.kind <> 3) TO "
    "STDOUT (FORMAT binary)"};

/* ---- roots ---- */

static bool take_bytes(unsigned char *out, size_t size, struct slice bytes)
{
    if (bytes.len != size) {
        return false;
    }
    memcpy(out, bytes.ptr, size);
    return true;
}

static enum db_status read_root(struct inclusion_root *out, const struct db_result *rows, size_t row)
{
    *out = (struct inclusion_root){.id = db_get_int32(rows, row, 0),
                                   .day = db_get_day(rows, row, 1),
                                   .position = db_get_int64(rows, row, 2),
                                   .size = db_get_int64(rows, row, 3)};
    return take_bytes(out->root.bytes, sizeof out->root.bytes, db_get_bytes(rows, row, 4)) &&
                   take_bytes(out->signature, sizeof out->signature, db_get_bytes(rows, row, 5))
               ? DB_OK
               : DB_FAILED;
}

enum db_status inclusion_newest(struct inclusion_root *out, struct db_tx *tx, int32_t round_id)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    *out = (struct inclusion_root){.id = 0};
    db_put_int32(&p, round_id);
    const enum db_status status = db_run(&rows, tx, &survey_inclusion_statements[NEWEST], &p);
    return status == DB_OK && db_rows(rows) == 1 ? read_root(out, rows, 0) : status;
}

enum db_status inclusion_list(struct inclusion_root **out, size_t *count, struct db_tx *tx, int32_t round_id,
                              int64_t from, int32_t most)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    *count = 0;
    db_put_int32(&p, round_id);
    db_put_int64(&p, from);
    db_put_int32(&p, most);
    enum db_status status = db_run(&rows, tx, &survey_inclusion_statements[LIST], &p);
    if (status != DB_OK) {
        return status;
    }
    *out = arena_array(db_arena(tx), db_rows(rows) + 1, sizeof **out);
    for (size_t i = 0; status == DB_OK && i < db_rows(rows); i++) {
        status = read_root(&(*out)[i], rows, i);
        *count = i + 1;
    }
    return status;
}

enum db_status inclusion_find(struct inclusion_place *out, struct db_tx *tx, int32_t round_id, int32_t day,
                              const struct merkle_hash *leaf)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    *out = (struct inclusion_place){.found = false};
    db_put_int32(&p, round_id);
    db_put_day(&p, day);
    db_put_bytes(&p, (struct slice){(const char *)leaf->bytes, sizeof leaf->bytes});
    const enum db_status status = db_run(&rows, tx, &survey_inclusion_statements[FIND], &p);
    if (status == DB_OK && db_rows(rows) == 1) {
        *out = (struct inclusion_place){.found = true,
                                        .number = db_get_int32(rows, 0, 0),
                                        .leaves = db_get_bytes(rows, 0, 1),
                                        .hashes = db_get_bytes(rows, 0, 2)};
    }
    return status;
}

/* ---- the job ---- */

enum db_status inclusion_take(bool *mine, struct db_tx *tx, int32_t round_id)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round_id);
    const enum db_status status = db_run_one(&rows, tx, &survey_inclusion_statements[TAKE], &p);
    *mine = status == DB_OK && db_get_bool(rows, 0, 0);
    return status;
}

enum db_status inclusion_give_back(struct db_tx *tx, int32_t round_id)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, round_id);
    return db_run(NULL, tx, &survey_inclusion_statements[GIVE_BACK], &p);
}

enum db_status inclusion_position(int64_t *position, struct db_tx *tx, int32_t round_id)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round_id);
    const enum db_status status = db_run_one(&rows, tx, &survey_inclusion_statements[POSITION], &p);
    *position = status == DB_OK ? db_get_int64(rows, 0, 0) : 0;
    return status;
}

enum db_status inclusion_each(struct db_tx *tx, int32_t round_id, int64_t position, db_copy_row row,
                              void *context)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, round_id);
    db_put_int64(&p, position);
    const enum db_status status = db_run(NULL, tx, &survey_inclusion_statements[COPY_BEGIN], &p);
    return status == DB_OK ? db_copy_out(tx, &copy_standing, row, context) : status;
}

enum db_status inclusion_keep_chunks(struct db_tx *tx, int32_t round_id, int32_t day,
                                     const struct inclusion_chunks *chunks)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, round_id);
    db_put_day(&p, day);
    db_put_int32_array(&p, chunks->numbers, chunks->count);
    db_put_bytes_array(&p, chunks->first, chunks->count);
    db_put_bytes_array(&p, chunks->leaves, chunks->count);
    db_put_bytes_array(&p, chunks->hashes, chunks->count);
    return db_run(NULL, tx, &survey_inclusion_statements[KEEP_CHUNKS], &p);
}

enum db_status inclusion_drop_chunks(struct db_tx *tx, int32_t round_id, int32_t day, bool others)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, round_id);
    db_put_day(&p, day);
    db_put_bool(&p, others);
    return db_run(NULL, tx, &survey_inclusion_statements[DROP_CHUNKS], &p);
}

enum db_status inclusion_keep_root(bool *kept, struct db_tx *tx, int32_t round_id,
                                   const struct inclusion_root *root)
{
    struct db_result *done;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round_id);
    db_put_day(&p, root->day);
    db_put_int64(&p, root->position);
    db_put_int64(&p, root->size);
    db_put_bytes(&p, (struct slice){(const char *)root->root.bytes, sizeof root->root.bytes});
    db_put_bytes(&p, (struct slice){(const char *)root->signature, sizeof root->signature});
    const enum db_status status = db_run(&done, tx, &survey_inclusion_statements[KEEP_ROOT], &p);
    *kept = status == DB_OK && db_affected(done) == 1;
    return status;
}
