/* New weights each night, by whichever instance comes first: for every round that was opened and counts, and
 * every stream by which enough people came; or for all together, where somebody asked for that last. Where
 * nothing was answered since the last version there is no new one; so a round that closed gets its last, and
 * then rests. From its destruction date on nothing is made of it any more. Behind them the night's releases.
 */
#include "features/results/results_internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "features/results/results_weighting.h"
#include "features/results/results_weights_make.h"
#include "features/results/results_weights_sql.h"

#include <stdio.h>

enum {
    DAY_S = 86400,
    NIGHT_OFFSET_S = 3 * 3600, /* UTC: after what is erased at night */
    TRY_AGAIN_S = 60,
    LEAST_PEOPLE = 200, /* of a stream: fewer and weights say little; by command they are made all the same */
    ARENA_MAX = 512 * 1024 * 1024
};

static const char *const streams[] = {"open", "uitnodiging", "panel", "organisatie"};
enum { STREAM_COUNT = sizeof streams / sizeof streams[0] };

struct turn {
    struct arena *arena;
    const struct margins *margins;
    const struct survey_round *round;
    struct columns *columns;
    int64_t now_s;
    bool weighable[STREAM_COUNT];
};

/* Which streams have enough people. */
static bool count_streams(struct turn *turn)
{
    int index = questionnaire_find_variable(turn->round->questionnaire, SLICE("werving"));
    const struct tabulate_query query = {.axes = {(size_t)index}, .axis_count = 1};
    struct table table;
    if (index < 0 || tabulate(&table, turn->columns, &query) != TABULATE_OK) {
        return false;
    }
    for (size_t s = 0; s < STREAM_COUNT && ANSWER_FIRST + s < table.cell_count; s++) {
        turn->weighable[s] = table.cells[ANSWER_FIRST + s].n >= LEAST_PEOPLE;
    }
    table_free(&table);
    return true;
}

static enum db_status weigh_stream(struct turn *turn, struct db_tx *tx, const char *stream)
{
    const struct weights_order order = {
        .round = turn->round, .stream = slice_from_cstr(stream), .actor = "system", .origin = "job"};
    struct weights_draft draft;
    if (!weights_work_out(&draft, turn->arena, turn->columns, turn->margins, &order)) {
        return DB_FAILED;
    }
    if (draft.made.outcome == WEIGHTS_BAD_ORDER && !weighting_of(turn->round->own).own) {
        return DB_OK; /* the default is for questionnaires that ask for it */
    }
    enum db_status status = weights_keep(&draft, tx);
    if (status == DB_OK && draft.made.kept_now) {
        log_info("results.weights-made", "round=%s stream=%s version=%d made=%s", turn->round->code, stream,
                 (int)draft.made.number, draft.made.outcome == WEIGHTS_MADE ? "yes" : "no");
    }
    return status;
}

static enum db_status weigh_work(struct db_tx *tx, void *context)
{
    struct turn *turn = context;
    char name[48];
    bool taken, pooled = false;
    snprintf(name, sizeof name, "weights.make.%d", (int)turn->round->id);
    const struct periodic_task task = {name, DAY_S, NIGHT_OFFSET_S};
    enum db_status status = periodic_task_take(&taken, tx, &task, turn->now_s);
    if (status == DB_OK && taken) {
        status = sql_weights_pooled(&pooled, tx, turn->round->id);
    }
    if (status == DB_OK && taken && pooled) {
        return weigh_stream(turn, tx, "alle");
    }
    for (size_t s = 0; status == DB_OK && taken && s < STREAM_COUNT; s++) {
        if (turn->weighable[s]) {
            status = weigh_stream(turn, tx, streams[s]);
        }
    }
    return status;
}

static enum db_status weigh_round(struct results *results, struct db_conn *conn,
                                  const struct survey_round *round, int64_t now_s)
{
    struct margins margins;
    struct turn turn = {.arena = arena_create(ARENA_MAX),
                        .margins = &margins,
                        .round = round,
                        .columns = results_columns(results, round->id),
                        .now_s = now_s};
    enum db_status status = DB_OK;
    if (turn.columns) {
        status = margins_embedded(&margins, turn.arena) && count_streams(&turn) ? DB_OK : DB_FAILED;
    }
    if (turn.columns && status == DB_OK) {
        status = db_transaction(conn, "weights-nightly", DB_ROLE_RESULTS, weigh_work, &turn);
    }
    arena_destroy(turn.arena);
    return status;
}

bool results_upkeep_due(struct results *results)
{
    return results_ready(results) && results->config.now_s() >= atomic_load(&results->upkeep_at);
}

void results_upkeep(struct results *results, struct db_conn *conn)
{
    const struct periodic_task night = {"", DAY_S, NIGHT_OFFSET_S};
    const struct survey_snapshot *snapshot = survey_snapshot_hold(results->config.survey);
    int64_t now_s = results->config.now_s();
    bool done = true;
    for (size_t i = 0; i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        bool destroyed = clock_day(now_s) >= round->destruction_day;
        if (round->status != ROUND_DRAFT && !round->pilot && !destroyed) {
            done = weigh_round(results, conn, round, now_s) == DB_OK && done;
        }
    }
    survey_snapshot_release(snapshot);
    done = results_release_nightly(results, conn, now_s) && done;
    atomic_store(&results->upkeep_at,
                 done ? periodic_task_due_since(&night, now_s) + DAY_S : now_s + TRY_AGAIN_S);
}
