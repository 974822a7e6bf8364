#include "features/survey/survey_internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "features/audit/audit.h"
#include "features/survey/survey_closing.h"
#include "features/survey/survey_destruction.h"
#include "features/survey/survey_erasure.h"

enum {
    HOUR_S = 3600,
    LEDGER_S = 60,
    DAY_S = 86400,
    NIGHT_OFFSET_S = 2 * HOUR_S, /* UTC: three or four o'clock in the Netherlands */
    TRY_AGAIN_S = 60,
    PORTION = 5000, /* drafts in one transaction: well within a statement's time */
    PORTIONS_MAX = 2000,
    STATEMENTS_ARENA_MAX = 256 * 1024 * 1024
};

enum statement { TASK_TAKE, DRAFTS_EXPIRE, STATEMENT_COUNT };

/* Expiry goes by a day for each round, so that the index by round and day finds what is old. An order not to
 * destroy a round holds for what was not sent as well. */
const struct db_statement survey_retention_statements[STATEMENT_COUNT + 1] = {
    [TASK_TAKE] = {"retention_task_take",
                   "INSERT INTO zs.periodic_task AS t (name, done_at)"
                   " SELECT $1::text, $2::timestamptz WHERE pg_try_advisory_xact_lock(8, hashtext($1::text))"
                   " ON CONFLICT (name) DO UPDATE SET done_at = excluded.done_at WHERE t.done_at < "
                   "$3::timestamptz RETURNING t.name"},
    [DRAFTS_EXPIRE] =
        {"retention_drafts_expire",
         "WITH kept AS ("
         "  SELECT id, code, CASE WHEN closes_at < $1::timestamptz - make_interval(days => $3::int4) THEN "
         "DATE "
         "'infinity'"
         "    WHEN status = 'closed' THEN DATE '1970-01-01' + $2::int4 - $3::int4"
         "    ELSE DATE '1970-01-01' + $2::int4 - $4::int4 END AS since FROM zs.round"
         "  WHERE NOT zs.round_held(id)"
         "), old AS ("
         "  SELECT d.draft_id FROM kept JOIN zs.draft AS d ON d.round_id = kept.id AND d.day < kept.since"
         "  LIMIT $5::int8 FOR UPDATE OF d SKIP LOCKED"
         "), gone AS ("
         "  DELETE FROM zs.draft AS d USING old WHERE d.draft_id = old.draft_id RETURNING d.round_id"
         ") SELECT kept.code, count(*) FROM gone JOIN kept ON kept.id = gone.round_id GROUP BY kept.code "
         "ORDER "
         "BY kept.code"},
};

static const struct periodic_task expire_drafts = {"draft.expire", HOUR_S, 0};
static const struct periodic_task shuffle_offers = {"offer.shuffle", DAY_S, NIGHT_OFFSET_S};

int64_t periodic_task_due_since(const struct periodic_task *task, int64_t now_s)
{
    int64_t past = (now_s - task->offset_s) % task->period_s;
    return now_s - (past < 0 ? past + task->period_s : past);
}

enum db_status periodic_task_take(bool *taken, struct db_tx *tx, const struct periodic_task *task,
                                  int64_t now_s)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_text(&p, slice_from_cstr(task->name));
    db_put_timestamp(&p, now_s);
    db_put_timestamp(&p, periodic_task_due_since(task, now_s));
    enum db_status status = db_run(&rows, tx, &survey_retention_statements[TASK_TAKE], &p);
    *taken = status == DB_OK && db_rows(rows) == 1;
    return status;
}

/* ---- drafts ---- */

enum db_status drafts_expire(int64_t *erased, struct db_tx *tx, int64_t now_s, int64_t limit)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    *erased = 0;
    db_put_timestamp(&p, now_s);
    db_put_int32(&p, clock_day(now_s));
    db_put_int32(&p, DRAFT_DAYS_AFTER_CLOSING);
    db_put_int32(&p, DRAFT_DAYS_UNTOUCHED);
    db_put_int64(&p, limit);
    enum db_status status = db_run(&rows, tx, &survey_retention_statements[DRAFTS_EXPIRE], &p);
    for (size_t i = 0; status == DB_OK && i < db_rows(rows); i++) {
        struct arena *arena = db_arena(tx);
        long long count = (long long)db_get_int64(rows, i, 1);
        const struct audit_event event = {
            .action = "draft.expire",
            .object = arena_printf(arena, "round:%.*s", SLICE_ARG(db_get_text(rows, i, 0))).ptr,
            .result = "ok",
            .origin = "job",
            .actor = "system",
            .details = arena_printf(arena, "{\"drafts\": %lld}", count).ptr};
        *erased += count;
        status = audit_record(tx, &event);
    }
    return status;
}

struct turn {
    int64_t now_s;
    bool taken;
    int64_t erased;
};

static enum db_status first_portion(struct db_tx *tx, void *context)
{
    struct turn *turn = context;
    turn->erased = 0;
    enum db_status status = periodic_task_take(&turn->taken, tx, &expire_drafts, turn->now_s);
    return status == DB_OK && turn->taken ? drafts_expire(&turn->erased, tx, turn->now_s, PORTION) : status;
}

static enum db_status next_portion(struct db_tx *tx, void *context)
{
    struct turn *turn = context;
    return drafts_expire(&turn->erased, tx, turn->now_s, PORTION);
}

static enum db_status expire_all(struct db_conn *conn, int64_t now_s)
{
    struct turn turn = {.now_s = now_s};
    int64_t erased = 0;
    enum db_status status = db_transaction(conn, "draft-expire", DB_ROLE_INTAKE, first_portion, &turn);
    for (int i = 1; status == DB_OK && turn.erased == PORTION && i < PORTIONS_MAX; i++) {
        erased += turn.erased;
        status = db_transaction(conn, "draft-expire", DB_ROLE_INTAKE, next_portion, &turn);
    }
    erased += status == DB_OK ? turn.erased : 0;
    if (erased > 0) {
        log_info("survey.drafts-expired", "drafts=%lld", (long long)erased);
    }
    return status;
}

/* ---- offers ---- */

static enum db_status shuffle(struct db_tx *tx, void *context)
{
    struct turn *turn = context;
    enum db_status status = periodic_task_take(&turn->taken, tx, &shuffle_offers, turn->now_s);
    return status == DB_OK && turn->taken ? survey_offers_shuffle(tx) : status;
}

/* ---- rounds ---- */

struct list {
    struct arena *arena;
    struct destruction *items;
    size_t count;
};

static enum db_status list_statements(struct db_tx *tx, void *context)
{
    struct list *list = context;
    return destructions(&list->items, &list->count, tx, list->arena);
}

/* Each instance writes into its own folder. */
static bool write_statements(struct survey *survey, struct db_conn *conn)
{
    const char *folder = survey->config.statements_folder;
    struct list list = {.arena = arena_create(STATEMENTS_ARENA_MAX)};
    size_t written;
    int why = 0;
    bool good = !folder || !folder[0] ||
                (db_transaction_read_only(conn, "retention-statements", DB_ROLE_STAFF, list_statements,
                                          &list) == DB_OK &&
                 destructions_write(&written, &why, list.arena, folder, list.items, list.count));
    if (why != 0) {
        destructions_tell(&survey->statements_told, folder, why);
    }
    arena_destroy(list.arena);
    return good;
}

/* ---- the ledger ---- */

static void write_ledger(struct survey *survey, struct db_conn *conn, int64_t now_s)
{
    struct erasure_report report;
    unsigned times;
    int64_t mark;
    atomic_store(&survey->ledger_at, now_s + LEDGER_S);
    if (erasures_mark(&mark, conn) != DB_OK || mark == survey->ledger_mark) {
        return;
    }
    erasures_write(&report, conn, survey->config.keys, survey->config.ledger_file);
    if (report.outcome == ERASURE_OK) {
        survey->ledger_mark = mark;
        log_info("retention.ledger", "added=%zu entries=%zu", report.added, report.entries);
    } else if (log_again(&times, &survey->ledger_told, DESTRUCTION_TOLD_ONCE_IN_US)) {
        log_error("retention.ledger", "path=%s line=%zu says=%s times=%u",
                  LOG_CSTR(survey->config.ledger_file), report.line, LOG_CSTR(erasure_outcome_text(&report)),
                  times);
    }
}

static bool ledger_due(const struct survey *survey, int64_t now_s)
{
    return survey->config.ledger_file && survey->config.ledger_file[0] &&
           now_s >= atomic_load(&survey->ledger_at);
}

/* ---- all ---- */

bool survey_upkeep_due(struct survey *survey)
{
    int64_t now_s = survey->config.now_s();
    return now_s >= atomic_load(&survey->upkeep_at) || ledger_due(survey, now_s) ||
           survey_closing_due(survey, now_s);
}

/* It stays past the day that citizens were told: whoever minds the log has to know, each hour. */
static bool warn_unarchived(const struct due_round *round, enum destroy_outcome outcome, void *context)
{
    (void)context;
    if (outcome == DESTROY_UNARCHIVED) {
        log_warn("retention.unarchived",
                 "round=%s says=\"past its destruction date and not archived: run zevenstem archive make, or "
                 "retention "
                 "run --without-archive\"",
                 round->code);
    }
    return true;
}

void survey_upkeep(struct survey *survey, struct db_conn *conn)
{
    struct turn turn = {.now_s = survey->config.now_s()};
    if (survey_closing_due(survey, turn.now_s)) {
        survey_tell_closings(conn, turn.now_s); /* failed: it is due again in a second */
    }
    if (turn.now_s >= atomic_load(&survey->upkeep_at)) {
        enum db_status expired = expire_all(conn, turn.now_s);
        enum db_status shuffled = db_transaction(conn, "offer-shuffle", DB_ROLE_STAFF, shuffle, &turn);
        enum db_status reported = survey_intake_report(conn, turn.now_s);
        enum db_status destroyed =
            rounds_destroy(conn, turn.now_s, "system", "job",
                           survey->config.archive_first ? NULL : ARCHIVE_NOT_ASKED, warn_unarchived, NULL);
        bool written = write_statements(survey, conn);
        bool done =
            expired == DB_OK && shuffled == DB_OK && reported == DB_OK && destroyed == DB_OK && written;
        /* Whole hours: each task is due at one of them. */
        atomic_store(&survey->upkeep_at, done ? periodic_task_due_since(&expire_drafts, turn.now_s) + HOUR_S
                                              : turn.now_s + TRY_AGAIN_S);
    }
    if (ledger_due(survey, turn.now_s)) {
        write_ledger(survey, conn, turn.now_s);
    }
}
