#include "features/survey/survey_progress.h"

enum statement { LOG_PIECE, PAGES_OF, NO_TIME_LIMIT, STATEMENT_COUNT };

const struct db_statement survey_progress_statements[STATEMENT_COUNT + 1] = {
    [LOG_PIECE] = {"progress_log_piece",
                   "WITH piece AS MATERIALIZED ("
                   "  SELECT pos, coalesce(stated_day, received_day) AS day, kind FROM zs.response"
                   "  WHERE round_id = $1::int4 AND pos > $2::int8 ORDER BY pos LIMIT $3::int4"
                   ") SELECT day, count(*) FILTER (WHERE kind = 1), count(*) FILTER (WHERE kind = 3),"
                   "  count(*), max(pos)"
                   " FROM piece GROUP BY day ORDER BY day"},
    [PAGES_OF] = {"progress_pages",
                  "SELECT page, count(*), count(*) FILTER (WHERE day < DATE '1970-01-01' + $2::int4)"
                  " FROM zs.draft WHERE round_id = $1::int4 GROUP BY page ORDER BY page"},
    [NO_TIME_LIMIT] = {"progress_no_time_limit", "SELECT set_config('statement_timeout', '0', true)"},
};

enum db_status round_log_piece(struct round_piece *out, struct db_tx *tx, int32_t round_id, int64_t position)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    *out = (struct round_piece){.position = position};
    db_put_int32(&p, round_id);
    db_put_int64(&p, position);
    db_put_int32(&p, ROUND_LOG_PIECE);
    enum db_status status = db_run(&rows, tx, &survey_progress_statements[LOG_PIECE], &p);
    if (status != DB_OK) {
        return status;
    }
    out->day_count = db_rows(rows);
    out->days = arena_array(db_arena(tx), out->day_count, sizeof *out->days);
    for (size_t i = 0; i < out->day_count; i++) {
        const int64_t last = db_get_int64(rows, i, 4);
        out->days[i] =
            (struct round_day){db_get_day(rows, i, 0), db_get_int64(rows, i, 1), db_get_int64(rows, i, 2)};
        out->lines += db_get_int64(rows, i, 3);
        out->position = last > out->position ? last : out->position;
    }
    return DB_OK;
}

enum db_status round_pages_of(struct round_page **out, size_t *count, struct db_tx *tx, int32_t round_id,
                              int32_t today)
{
    struct db_result *rows;
    struct db_params none = db_params(tx);
    struct db_params p = db_params(tx);
    enum db_status status = db_run(NULL, tx, &survey_progress_statements[NO_TIME_LIMIT], &none);
    if (status != DB_OK) {
        return status;
    }
    db_put_int32(&p, round_id);
    db_put_int32(&p, today - ROUND_IDLE_DAYS);
    status = db_run(&rows, tx, &survey_progress_statements[PAGES_OF], &p);
    if (status != DB_OK) {
        return status;
    }
    *count = db_rows(rows);
    *out = arena_array(db_arena(tx), *count, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        (*out)[i] = (struct round_page){.page = db_get_int16(rows, i, 0),
                                        .drafts = db_get_int64(rows, i, 1),
                                        .idle = db_get_int64(rows, i, 2)};
    }
    return DB_OK;
}
