#include "features/survey/survey_closing.h"

#include "features/audit/audit.h"
#include "features/survey/survey_internal.h"

/* Whoever comes second waits for the row, and then finds it told. */
const struct db_statement survey_closing_statements[] = {
    {"closing_tell", "UPDATE zs.round SET closing_told = closes_at"
                     " WHERE status = 'open' AND closes_at <= $1::timestamptz"
                     "  AND closing_told IS DISTINCT FROM closes_at RETURNING code, closes_at"},
    {NULL, NULL},
};

bool survey_closing_due(struct survey *survey, int64_t now_s)
{
    const struct survey_snapshot *snapshot = survey_snapshot_hold(survey);
    bool due = false;
    for (size_t i = 0; i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        due = due || (round->status == ROUND_OPEN && !round->closing_told && round->closes_at <= now_s);
    }
    survey_snapshot_release(snapshot);
    return due;
}

static enum db_status tell(struct db_tx *tx, void *context)
{
    const int64_t now_s = *(const int64_t *)context;
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_timestamp(&p, now_s);
    enum db_status status = db_run(&rows, tx, &survey_closing_statements[0], &p);
    for (size_t i = 0; status == DB_OK && i < db_rows(rows); i++) {
        struct arena *arena = db_arena(tx);
        const struct audit_event event = {
            .action = "round.close",
            .object = arena_printf(arena, "round:%.*s", SLICE_ARG(db_get_text(rows, i, 0))).ptr,
            .result = "ok",
            .origin = "job",
            .actor = "calendar",
            .details =
                arena_printf(arena, "{\"closes_at\": %lld}", (long long)db_get_timestamp(rows, i, 1)).ptr};
        status = audit_record(tx, &event);
    }
    return status;
}

enum db_status survey_tell_closings(struct db_conn *conn, int64_t now_s)
{
    return db_transaction(conn, "round-closing", DB_ROLE_STAFF, tell, &now_s);
}
