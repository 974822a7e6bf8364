#include "features/survey/survey_progress.h"

enum statement { PROGRESS_DAYS, PROGRESS_PAGES, STATEMENT_COUNT };

const struct db_statement survey_progress_statements[STATEMENT_COUNT + 1] = {
    [PROGRESS_DAYS] = {"progress_days",
                       "SELECT received_day, count(*) FILTER (WHERE kind = 1), count(*) FILTER (WHERE kind = "
                       "3) FROM zs.response WHERE round_id = $1::int4 AND kind <> 2"
                       " GROUP BY received_day ORDER BY received_day"},
    [PROGRESS_PAGES] = {"progress_pages",
                        "SELECT page, count(*), count(*) FILTER (WHERE day < DATE '1970-01-01' + $2::int4)"
                        " FROM zs.draft WHERE round_id = $1::int4 GROUP BY page ORDER BY page"},
};

static enum db_status read_days(struct round_progress *out, struct db_tx *tx, int32_t round_id)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round_id);
    enum db_status status = db_run(&rows, tx, &survey_progress_statements[PROGRESS_DAYS], &p);
    if (status != DB_OK) {
        return status;
    }
    out->day_count = db_rows(rows);
    out->days = arena_array(db_arena(tx), out->day_count, sizeof *out->days);
    for (size_t i = 0; i < out->day_count; i++) {
        out->days[i] =
            (struct round_day){db_get_day(rows, i, 0), db_get_int64(rows, i, 1), db_get_int64(rows, i, 2)};
    }
    return DB_OK;
}

static enum db_status read_pages(struct round_progress *out, struct db_tx *tx, int32_t round_id,
                                 int32_t today)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round_id);
    db_put_int32(&p, today - ROUND_IDLE_DAYS);
    enum db_status status = db_run(&rows, tx, &survey_progress_statements[PROGRESS_PAGES], &p);
    if (status != DB_OK) {
        return status;
    }
    out->page_count = db_rows(rows);
    out->pages = arena_array(db_arena(tx), out->page_count, sizeof *out->pages);
    for (size_t i = 0; i < out->page_count; i++) {
        out->pages[i] = (struct round_page){.page = db_get_int16(rows, i, 0),
                                            .drafts = db_get_int64(rows, i, 1),
                                            .idle = db_get_int64(rows, i, 2)};
    }
    return DB_OK;
}

enum db_status round_progress(struct round_progress *out, struct db_tx *tx, int32_t round_id, int32_t today)
{
    *out = (struct round_progress){.day_count = 0};
    enum db_status status = read_days(out, tx, round_id);
    return status == DB_OK ? read_pages(out, tx, round_id, today) : status;
}
