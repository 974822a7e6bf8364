/* Making a release: read what was published, load the log, count, store. The three do not share a
 * transaction: counting takes long and must hold nothing; whoever stores first wins. */
#include "features/results/results_release_internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "features/audit/audit.h"

#include <string.h>

/* A release of 7 dimensions and a thousand variables is some hundreds of MB. */
enum { MIB = 1024 * 1024 };
#define RELEASE_ARENA_MAX ((size_t)4096 * MIB)

bool release_allowed(const struct survey_round *round, int64_t now_s)
{
    if (round->pilot || round->status == ROUND_DRAFT || now_s < round->opens_at ||
        clock_day(now_s) >= round->destruction_day) {
        return false;
    }
    return round->interim == INTERIM_PUBLIC || !survey_round_incomplete(round, now_s);
}

struct making {
    const struct release_request *request;
    struct release_report *report;
    struct arena *arena;
    struct release_plan plan;
    struct release_history history;
    bool same;
    struct release release;
    unsigned char digest[CRYPTO_SHA256_BYTES];
    bool overtaken;
};

static enum db_status read_work(struct db_tx *tx, void *context)
{
    struct making *making = context;
    return release_read(&making->history, &making->same, making->arena, tx, &making->plan,
                        &making->request->settings, 0);
}

static enum db_status store_work(struct db_tx *tx, void *context)
{
    struct making *making = context;
    const struct release_report *report = making->report;
    enum db_status status =
        release_store(&making->overtaken, tx, &making->release, &making->plan,
                      (struct slice){(const char *)making->digest, sizeof making->digest});
    if (status != DB_OK || making->overtaken) {
        return status;
    }
    const struct audit_event event = {
        .action = "release.make",
        .object = arena_printf(db_arena(tx), "round:%s", making->plan.round->code).ptr,
        .result = "ok",
        .origin = making->request->origin,
        .actor = making->request->actor,
        .details = arena_printf(db_arena(tx),
                                "{\"number\": %d, \"position\": %lld, \"fresh\": %zu, \"carried\": %zu,"
                                " \"sha256\": \"%s\"}",
                                (int)report->number, (long long)report->position, report->fresh,
                                report->carried, report->sha256)
                       .ptr};
    return audit_record(tx, &event);
}

/* The oldest place in the log that still has figures: who changed after it matters. */
static int64_t oldest_figures(const struct release_history *history)
{
    int64_t oldest = INT64_MAX;
    for (size_t p = 0; history->newest && p < history->newest->part_count; p++) {
        const struct release_part *part = &history->newest->parts[p];
        for (size_t u = 0; u < part->universe_count; u++) {
            const int32_t release = part->universes[u].release;
            if (release > 0 && history->at[release] < oldest) {
                oldest = history->at[release];
            }
        }
    }
    return oldest;
}

static enum db_status count(enum release_outcome *outcome, struct making *making, struct db_conn *conn)
{
    struct release_input input;
    bool differs = false;
    const int64_t begun = clock_monotonic_us();
    enum db_status status =
        release_load(&input, conn, making->plan.round, making->request, oldest_figures(&making->history));
    const int64_t loaded = clock_monotonic_us();
    making->report->load_us = loaded - begun;
    if (status != DB_OK) {
        return status;
    }
    const bool moved = !making->history.newest || input.position > making->history.newest->position;
    if (moved && !release_count(&making->release, &differs, making->report, making->arena, &making->plan,
                                &input, &making->history, making->request)) {
        status = DB_FAILED;
    }
    release_input_free(&input);
    making->report->count_us = clock_monotonic_us() - loaded;
    *outcome = differs ? RELEASE_MADE : RELEASE_UNCHANGED;
    return status;
}

static enum db_status store(enum release_outcome *outcome, struct making *making, struct db_conn *conn)
{
    release_digest(making->digest, making->arena, &making->release, &making->plan);
    crypto_hex(making->report->sha256, making->digest, sizeof making->digest);
    if (making->request->dry_run) {
        return DB_OK;
    }
    const int64_t begun = clock_monotonic_us();
    enum db_status status = db_transaction(conn, "release-store", DB_ROLE_RESULTS, store_work, making);
    making->report->store_us = clock_monotonic_us() - begun;
    if (status == DB_OK && making->overtaken) {
        *outcome = RELEASE_OVERTAKEN;
    } else if (status == DB_OK) {
        log_info("release.made", "round=%s number=%d fresh=%zu carried=%zu", making->plan.round->code,
                 (int)making->report->number, making->report->fresh, making->report->carried);
    }
    return status;
}

enum db_status release_make(enum release_outcome *outcome, struct release_report *report,
                            struct db_conn *conn, const struct survey_round *round,
                            const struct release_request *request)
{
    *report = (struct release_report){.number = 0};
    if (!release_allowed(round, request->now_s)) {
        *outcome = RELEASE_EMBARGO;
        return DB_OK;
    }
    struct making making = {.request = request, .report = report, .arena = arena_create(RELEASE_ARENA_MAX)};
    release_plan(&making.plan, making.arena, round);
    enum db_status status =
        db_transaction_read_only(conn, "release-read", DB_ROLE_RESULTS, read_work, &making);
    report->before = status == DB_OK ? (int32_t)making.history.count : 0;
    *outcome = RELEASE_SETTINGS;
    if (status == DB_OK && making.same) {
        status = count(outcome, &making, conn);
    }
    if (status == DB_OK && *outcome == RELEASE_MADE) {
        status = store(outcome, &making, conn);
    }
    arena_destroy(making.arena);
    return status;
}
