/* Once a second a worker brings the caches of this instance up to date: rounds, API keys, releases; and links
 * the lines of the audit log. A turn that does not finish delays the next; it never piles up. What is erased
 * in time and what is released each night is a job of its own, on any worker; so is counting how rounds run.
 */
#include "app/app_internal.h"

#include "base/clock.h"
#include "base/log.h"

#include <stddef.h>
#include <stdlib.h>
#include <time.h>

enum { INTERVAL_MS = 1000, TURN_DEADLINE_US = 10 * 1000 * 1000 };

struct turn {
    struct db_job job; /* first: the pool's */
    struct app *app;
    pthread_mutex_t lock;
    pthread_cond_t done_wake;
    bool done;
};

static void turn_done(struct turn *turn)
{
    pthread_mutex_lock(&turn->lock);
    turn->done = true;
    pthread_cond_signal(&turn->done_wake);
    pthread_mutex_unlock(&turn->lock);
}

static void run_turn(struct db_job *job, struct db_conn *conn)
{
    struct turn *turn = (struct turn *)(void *)job;
    if (survey_refresh(turn->app->survey, conn) == DB_OK) {
        account_refresh(turn->app->account, conn);
        results_refresh(turn->app->results, conn);
        opendata_refresh(turn->app->opendata, conn);
    }
    audit_seal(turn->app->sealer, conn);
    turn_done(turn);
}

static void turn_dropped(struct db_job *job, enum db_status why)
{
    (void)why;
    turn_done((struct turn *)(void *)job);
}

static void take_turn(struct turn *turn)
{
    turn->done = false;
    turn->job = (struct db_job){
        .run = run_turn, .dropped = turn_dropped, .deadline_us = clock_monotonic_us() + TURN_DEADLINE_US};
    if (!db_pool_submit(lanes_pool(turn->app->lanes), &turn->job)) {
        return;
    }
    pthread_mutex_lock(&turn->lock);
    while (!turn->done) {
        pthread_cond_wait(&turn->done_wake, &turn->lock);
    }
    pthread_mutex_unlock(&turn->lock);
}

/* ---- in the background ---- */

static void background_run(struct db_job *job, struct db_conn *conn)
{
    struct app_background *background = (struct app_background *)(void *)job;
    background->work(background->app, conn);
    atomic_store(&background->runs, false);
}

static void background_dropped(struct db_job *job, enum db_status why)
{
    (void)why;
    atomic_store(&((struct app_background *)(void *)job)->runs, false);
}

static void begin(struct app_background *background, struct app *app,
                  void (*work)(struct app *app, struct db_conn *conn))
{
    if (atomic_exchange(&background->runs, true)) {
        return;
    }
    background->app = app;
    background->work = work;
    background->job = (struct db_job){.run = background_run,
                                      .dropped = background_dropped,
                                      .deadline_us = clock_monotonic_us() + TURN_DEADLINE_US};
    if (!db_pool_submit(lanes_pool(app->lanes), &background->job)) {
        atomic_store(&background->runs, false);
    }
}

/* What can wait does until the responses are counted: until then nobody is served. */
static bool words_due(const struct app *app)
{
    return results_ready(app->results) && coding_upkeep_due(app->coding);
}

static void keep_up(struct app *app, struct db_conn *conn)
{
    if (survey_upkeep_due(app->survey)) {
        survey_upkeep(app->survey, conn);
    }
    if (results_upkeep_due(app->results)) {
        results_upkeep(app->results, conn);
    }
    if (survey_inclusion_due(app->survey)) {
        survey_inclusion_make(app->survey, conn);
    }
    if (fieldwork_upkeep_due(app->fieldwork)) {
        fieldwork_upkeep(app->fieldwork, conn);
    }
    if (words_due(app)) {
        coding_upkeep(app->coding, conn);
    }
    if (tafel_upkeep_due(app->tafel)) {
        tafel_upkeep(app->tafel, conn);
    }
    if (messages_upkeep_due(app->tafel)) {
        messages_upkeep(app->tafel, conn);
    }
    if (frameworks_upkeep_due(app->tafel)) {
        frameworks_upkeep(app->tafel, conn);
    }
    if (opendata_upkeep_due(app->opendata)) {
        opendata_upkeep(app->opendata, conn);
    }
}

static void count_progress(struct app *app, struct db_conn *conn)
{
    results_count_progress(app->results, conn);
}

static void begin_what_is_due(struct app *app)
{
    if (survey_upkeep_due(app->survey) || survey_inclusion_due(app->survey) ||
        results_upkeep_due(app->results) || fieldwork_upkeep_due(app->fieldwork) || words_due(app) ||
        tafel_upkeep_due(app->tafel) || messages_upkeep_due(app->tafel) ||
        frameworks_upkeep_due(app->tafel) || opendata_upkeep_due(app->opendata)) {
        begin(&app->upkeep, app, keep_up);
    }
    if (results_ready(app->results)) {
        begin(&app->progress, app, count_progress);
    }
}

/* ---- the thread ---- */

static void *periodic(void *context)
{
    struct app *app = context;
    struct turn turn = {.app = app, .lock = PTHREAD_MUTEX_INITIALIZER, .done_wake = PTHREAD_COND_INITIALIZER};
    pthread_mutex_lock(&app->periodic_lock);
    while (!app->periodic_stop) {
        pthread_mutex_unlock(&app->periodic_lock);
        take_turn(&turn);
        begin_what_is_due(app);
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += INTERVAL_MS / 1000;
        pthread_mutex_lock(&app->periodic_lock);
        if (!app->periodic_stop) {
            pthread_cond_timedwait(&app->periodic_wake, &app->periodic_lock, &until);
        }
    }
    pthread_mutex_unlock(&app->periodic_lock);
    pthread_mutex_destroy(&turn.lock);
    pthread_cond_destroy(&turn.done_wake);
    return NULL;
}

bool app_periodic_start(struct app *app)
{
    pthread_mutex_init(&app->periodic_lock, NULL);
    pthread_cond_init(&app->periodic_wake, NULL);
    app->periodic_running = pthread_create(&app->periodic_thread, NULL, periodic, app) == 0;
    return app->periodic_running;
}

void app_periodic_stop(struct app *app)
{
    if (!app->periodic_running) {
        return;
    }
    pthread_mutex_lock(&app->periodic_lock);
    app->periodic_stop = true;
    pthread_cond_signal(&app->periodic_wake);
    pthread_mutex_unlock(&app->periodic_lock);
    pthread_join(app->periodic_thread, NULL);
    app->periodic_running = false;
}
