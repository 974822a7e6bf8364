/* The nightly release: one instance makes it for all. */
#include "features/results/results_internal.h"

#include "base/log.h"

enum { DAY_S = 86400, NIGHT_OFFSET_S = 3 * 3600 /* UTC: after the night's weights */ };

static const struct periodic_task make_releases = {"release.make", DAY_S, NIGHT_OFFSET_S};

struct turn {
    int64_t now_s;
    bool taken;
};

static enum db_status take_work(struct db_tx *tx, void *context)
{
    struct turn *turn = context;
    return periodic_task_take(&turn->taken, tx, &make_releases, turn->now_s);
}

static void make_of_round(struct results *results, struct db_conn *conn, const struct survey_round *round,
                          int64_t now_s)
{
    const struct release_request request = {.keys = results->config.keys,
                                            .settings = {.threshold = results->config.threshold,
                                                         .reach = results->config.noise_reach,
                                                         .variance = results->config.noise_variance},
                                            .now_s = now_s,
                                            .actor = "system",
                                            .origin = "job"};
    enum release_outcome outcome;
    struct release_report report;
    enum db_status status = release_make(&outcome, &report, conn, round, &request);
    if (status != DB_OK) {
        log_error("release.nightly", "round=%s status=%s", round->code, db_status_name(status));
    } else if (outcome == RELEASE_SETTINGS) {
        log_error("release.nightly",
                  "round=%s says=\"protection or dimensions are not those of its first release\"",
                  round->code);
    }
}

/* Taken before the work, not with it: a release takes several transactions. One that fails is for the next
 * night, or for an administrator. */
bool results_release_nightly(struct results *results, struct db_conn *conn, int64_t now_s)
{
    struct turn turn = {.now_s = now_s};
    enum db_status status = db_transaction(conn, "release-take", DB_ROLE_RESULTS, take_work, &turn);
    if (status == DB_OK && turn.taken) {
        const struct survey_snapshot *snapshot = survey_snapshot_hold(results->config.survey);
        for (size_t i = 0; i < survey_round_count(snapshot); i++) {
            const struct survey_round *round = survey_round_at(snapshot, i);
            if (release_allowed(round, turn.now_s)) {
                make_of_round(results, conn, round, turn.now_s);
            }
        }
        survey_snapshot_release(snapshot);
    }
    return status == DB_OK;
}
