#include "features/results/results_weights_sql.h"

#include "base/arena.h"
#include "base/log.h"

enum statement { ROUND_LOCK, KEEP, LIST, NEWEST, POOLED, APPLYING, STATEMENT_COUNT };

#define VERSION_COLUMNS                                                                                      \
    "w.number, w.stream, w.made_by, w.made_at, w.position, w.is_made, w.lower_bound, w.upper_bound, "        \
    "w.smallest, w.margins, w.report"

const struct db_statement results_weights_statements[STATEMENT_COUNT + 1] = {
    [ROUND_LOCK] = {"weights_round_lock",
                    "SELECT 1::int4 FROM (SELECT pg_advisory_xact_lock(9, $1::int4)) AS locked"},
    [KEEP] = {"weights_keep",
              "WITH newest AS ("
              "  SELECT w.* FROM zs.weight_version AS w WHERE w.round_id = $1::int4 AND w.stream = $3::text"
              "  ORDER BY w.number DESC LIMIT 1"
              "), standing AS ("
              "  SELECT number FROM newest WHERE position > $4::int8"
              "  OR questionnaire_version = $2::int4 AND position = $4::int8"
              "  AND lower_bound = $5::float8 AND upper_bound = $6::float8 AND smallest = $7::int4"
              "  AND margins = $10::text::jsonb AND NOT EXISTS (SELECT FROM zs.weight_version AS later"
              "    WHERE later.round_id = $1::int4 AND later.number > newest.number AND later.is_made"
              "    AND (later.stream = 'alle') <> ($3::text = 'alle'))"
              "), kept AS ("
              "  INSERT INTO zs.weight_version (round_id, number, questionnaire_version, stream, position,"
              "    lower_bound, upper_bound, smallest, is_made, made_by, margins, report, profiles)"
              "  SELECT $1::int4, 1 + coalesce((SELECT max(a.number) FROM zs.weight_version AS a"
              "    WHERE a.round_id = $1::int4), 0), $2::int4, $3::text, $4::int8, $5::float8, $6::float8,"
              "    $7::int4, $8::bool, $9::text, $10::text::jsonb, $11::text::jsonb, $12::bytea"
              "  WHERE NOT EXISTS (SELECT FROM standing) RETURNING number"
              ") SELECT number, true FROM kept UNION ALL SELECT number, false FROM standing"},
    [LIST] = {"weights_list",
              "SELECT " VERSION_COLUMNS " FROM zs.weight_version AS w JOIN zs.round AS r ON r.id = w.round_id"
              " WHERE r.code = $1::text AND ($2::int4 = 0 OR w.number = $2::int4)"
              " ORDER BY w.number DESC LIMIT $3::int4"},
    [NEWEST] = {"weights_newest", "SELECT w.round_id, max(w.number) FROM zs.weight_version AS w"
                                  " WHERE w.is_made GROUP BY w.round_id"},
    [POOLED] = {"weights_pooled",
                "SELECT w.stream = 'alle' FROM zs.weight_version AS w"
                " WHERE w.round_id = $1::int4 AND w.is_made ORDER BY w.number DESC LIMIT 1"},
    [APPLYING] = {"weights_applying",
                  "WITH made AS ("
                  "  SELECT DISTINCT ON (w.stream) w.* FROM zs.weight_version AS w"
                  "  WHERE w.round_id = $1::int4 AND w.number <= $2::int4 AND w.is_made"
                  "  ORDER BY w.stream, w.number DESC"
                  "), newest AS (SELECT number, stream FROM made ORDER BY number DESC LIMIT 1"
                  ") SELECT " VERSION_COLUMNS ", w.profiles FROM made AS w CROSS JOIN newest AS n"
                  " WHERE (w.stream = 'alle') = (n.stream = 'alle') ORDER BY w.number"},
};

enum db_status sql_weights_keep(int32_t *number, bool *kept, struct db_tx *tx, const struct weights_row *row)
{
    struct db_result *result;
    struct db_params lock = db_params(tx);
    db_put_int32(&lock, row->round_id);
    enum db_status status = db_run(NULL, tx, &results_weights_statements[ROUND_LOCK], &lock);
    if (status != DB_OK) {
        return status;
    }
    struct db_params p = db_params(tx);
    db_put_int32(&p, row->round_id);
    db_put_int32(&p, row->questionnaire_version);
    db_put_text(&p, row->stream);
    db_put_int64(&p, row->position);
    db_put_float8(&p, row->limits.lower);
    db_put_float8(&p, row->limits.upper);
    db_put_int32(&p, (int32_t)row->limits.smallest);
    db_put_bool(&p, row->made);
    db_put_text(&p, slice_from_cstr(row->made_by));
    db_put_text(&p, row->margins);
    db_put_text(&p, row->report);
    if (row->profiles.ptr) {
        db_put_bytes(&p, row->profiles);
    } else {
        db_put_null(&p);
    }
    status = db_run_one(&result, tx, &results_weights_statements[KEEP], &p);
    if (status == DB_OK) {
        *number = db_get_int32(result, 0, 0);
        *kept = db_get_bool(result, 0, 1);
    }
    return status;
}

/* ---- reading ---- */

/* False, logged, when what stands there is no JSON of ours. */
static bool read_version(struct weights_version *out, struct arena *arena, const struct db_result *rows,
                         size_t row)
{
    struct json_errors errors;
    json_errors_init(&errors, arena);
    *out = (struct weights_version){.number = db_get_int32(rows, row, 0),
                                    .stream = arena_copy(arena, db_get_text(rows, row, 1)),
                                    .made_by = arena_copy(arena, db_get_text(rows, row, 2)),
                                    .made_at = db_get_timestamp(rows, row, 3),
                                    .position = db_get_int64(rows, row, 4),
                                    .made = db_get_bool(rows, row, 5),
                                    .lower = db_get_float8(rows, row, 6),
                                    .upper = db_get_float8(rows, row, 7),
                                    .smallest = db_get_int32(rows, row, 8),
                                    .margins = json_parse(&errors, arena, db_get_text(rows, row, 9)),
                                    .report = json_parse(&errors, arena, db_get_text(rows, row, 10))};
    if (errors.count > 0) {
        log_error("results.weights", "version=%d says=%s", (int)out->number,
                  LOG_CSTR(errors.items[0].detail));
    }
    return errors.count == 0;
}

enum db_status results_weights_list(struct weights_version **out, size_t *count, struct arena *arena,
                                    struct db_tx *tx, struct slice round, int32_t number, int32_t most)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_text(&p, round);
    db_put_int32(&p, number);
    db_put_int32(&p, most);
    enum db_status status = db_run(&rows, tx, &results_weights_statements[LIST], &p);
    if (status != DB_OK) {
        return status;
    }
    *count = db_rows(rows);
    *out = arena_array(arena, *count, sizeof **out);
    for (size_t row = 0; row < *count; row++) {
        if (!read_version(&(*out)[row], arena, rows, row)) {
            return DB_FAILED;
        }
    }
    return DB_OK;
}

enum db_status sql_weights_newest(struct weights_newest **out, size_t *count, struct db_tx *tx)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    enum db_status status = db_run(&rows, tx, &results_weights_statements[NEWEST], &p);
    if (status != DB_OK) {
        return status;
    }
    *count = db_rows(rows);
    *out = arena_array(db_arena(tx), *count, sizeof **out);
    for (size_t row = 0; row < *count; row++) {
        (*out)[row] = (struct weights_newest){db_get_int32(rows, row, 0), db_get_int32(rows, row, 1)};
    }
    return DB_OK;
}

enum db_status sql_weights_pooled(bool *pooled, struct db_tx *tx, int32_t round_id)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round_id);
    enum db_status status = db_run(&rows, tx, &results_weights_statements[POOLED], &p);
    *pooled = status == DB_OK && db_rows(rows) == 1 && db_get_bool(rows, 0, 0);
    return status;
}

enum db_status sql_weights_applying(struct weights_applying **out, size_t *count, struct db_tx *tx,
                                    int32_t round_id, int32_t most)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round_id);
    db_put_int32(&p, most);
    enum db_status status = db_run(&rows, tx, &results_weights_statements[APPLYING], &p);
    if (status != DB_OK) {
        return status;
    }
    *count = db_rows(rows);
    *out = arena_array(db_arena(tx), *count, sizeof **out);
    for (size_t row = 0; row < *count; row++) {
        if (!read_version(&(*out)[row].version, db_arena(tx), rows, row)) {
            return DB_FAILED;
        }
        (*out)[row].profiles = db_get_bytes(rows, row, 11);
    }
    return DB_OK;
}
