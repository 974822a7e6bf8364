/* Responses on the audit log: a line a round, a day and a kind, with how many and where in the log of
 * responses. Not a line a response, which intake would have to write; and not at the moment itself, which
 * would tell the time of each response, of which nothing finer than the day is kept. */
#include "features/survey/survey_internal.h"

#include "base/clock.h"
#include "features/audit/audit.h"

enum { DAY_S = 86400, NIGHT_OFFSET_S = 2 * 3600 };

enum statement { REPORTED_BEFORE, NO_TIME_LIMIT, RESPONSES_COUNT, STATEMENT_COUNT };

const struct db_statement survey_intake_report_statements[STATEMENT_COUNT + 1] = {
    [REPORTED_BEFORE] = {"intake_reported", "SELECT done_at FROM zs.periodic_task WHERE name = $1::text"},
    [NO_TIME_LIMIT] = {"intake_no_time_limit", "SELECT set_config('statement_timeout', '0', true)"},
    [RESPONSES_COUNT] =
        {"intake_count",
         "SELECT r.code, a.received_day, a.kind, count(*), min(a.pos), max(a.pos) FROM zs.response AS a"
         " JOIN zs.round AS r ON r.id = a.round_id"
         " WHERE a.received_day >= DATE '1970-01-01' + $1::int4"
         " AND a.received_day < DATE '1970-01-01' + $2::int4"
         " GROUP BY r.code, a.received_day, a.kind ORDER BY a.received_day, r.code, a.kind"},
};

static const struct periodic_task report_intake = {"intake.report", DAY_S, NIGHT_OFFSET_S};

static const char *action_of(int16_t kind)
{
    return kind == RESPONSE_NEW         ? "response.intake"
           : kind == RESPONSE_CORRECTED ? "response.correct"
                                        : "response.withdraw";
}

/* How many; and of new ones where in the log they stand. Of the others, which are few, that would say which.
 */
static const char *details_of(struct arena *arena, const struct db_result *rows, size_t row)
{
    char day[CLOCK_RFC3339_BYTES];
    const long long count = (long long)db_get_int64(rows, row, 3);
    clock_format_rfc3339(day, (int64_t)db_get_day(rows, row, 1) * DAY_S);
    if (db_get_int16(rows, row, 2) != RESPONSE_NEW) {
        return arena_printf(arena, "{\"day\": \"%.10s\", \"count\": %lld}", day, count).ptr;
    }
    return arena_printf(arena, "{\"day\": \"%.10s\", \"count\": %lld, \"first\": %lld, \"last\": %lld}", day,
                        count, (long long)db_get_int64(rows, row, 4), (long long)db_get_int64(rows, row, 5))
        .ptr;
}

static enum db_status record_day(struct db_tx *tx, const struct db_result *rows, size_t row)
{
    struct arena *arena = db_arena(tx);
    const struct audit_event event = {
        .action = action_of(db_get_int16(rows, row, 2)),
        .object = arena_printf(arena, "round:%.*s", SLICE_ARG(db_get_text(rows, row, 0))).ptr,
        .result = "ok",
        .origin = "job",
        .actor = "system",
        .details = details_of(arena, rows, row)};
    return audit_record(tx, &event);
}

/* From the day on of which the last report did not tell. */
static enum db_status first_day(int32_t *day, struct db_tx *tx)
{
    struct db_result *before;
    struct db_params p = db_params(tx);
    db_put_text(&p, slice_from_cstr(report_intake.name));
    enum db_status status = db_run(&before, tx, &survey_intake_report_statements[REPORTED_BEFORE], &p);
    *day = status == DB_OK && db_rows(before) == 1 ? clock_day(db_get_timestamp(before, 0, 0)) : 0;
    return status;
}

static enum db_status report(struct db_tx *tx, void *context)
{
    const int64_t now_s = *(const int64_t *)context;
    struct db_result *rows;
    bool taken = false;
    int32_t from;
    enum db_status status = first_day(&from, tx);
    if (status == DB_OK) {
        status = periodic_task_take(&taken, tx, &report_intake, now_s);
    }
    if (status == DB_OK && taken) {
        status = db_run(NULL, tx, &survey_intake_report_statements[NO_TIME_LIMIT], NULL);
    }
    if (status != DB_OK || !taken) {
        return status;
    }
    struct db_params p = db_params(tx);
    db_put_int32(&p, from);
    db_put_int32(&p, clock_day(now_s));
    status = db_run(&rows, tx, &survey_intake_report_statements[RESPONSES_COUNT], &p);
    for (size_t i = 0; status == DB_OK && i < db_rows(rows); i++) {
        status = record_day(tx, rows, i);
    }
    return status;
}

enum db_status survey_intake_report(struct db_conn *conn, int64_t now_s)
{
    return db_transaction(conn, "intake-report", DB_ROLE_INTAKE, report, &now_s);
}
