/* A request in several steps: a transaction, a wait. The third, computing, is in slow.c. */
#include "lane/internal.h"

#include "base/clock.h"
#include "base/log.h"

static enum db_status attempt(struct db_tx *tx, void *context)
{
    struct lane_work *work = context;
    return clock_monotonic_us() > work->job.deadline_us ? DB_TIMEOUT : work->run(tx, work);
}

static void run_on_worker(struct db_job *job, struct db_conn *conn)
{
    struct lane_work *work = (struct lane_work *)job;
    log_set_request(http_request_id(work->exchange));
    work->status = db_transaction(conn, work->name, work->role, attempt, work);
    if (work->status == DB_OK && http_method(work->exchange) != HTTP_GET) {
        lanes_changed(work->lanes);
    }
    log_set_request(NULL);
    http_resume(work->exchange); /* work may be gone after this */
}

static void dropped(struct db_job *job, enum db_status why)
{
    struct lane_work *work = (struct lane_work *)job;
    work->status = why;
    http_resume(work->exchange);
}

void lane_transact(struct lanes *lanes, struct http_exchange *ex, struct lane_work *work,
                   void (*then)(struct http_exchange *ex, void *work))
{
    work->exchange = ex;
    work->lanes = lanes;
    work->status = DB_UNAVAILABLE;
    work->job =
        (struct db_job){.run = run_on_worker,
                        .dropped = dropped,
                        .deadline_us = clock_monotonic_us() + (int64_t)lanes->config.job_deadline_ms * 1000};
    http_suspend(ex, then, work);
    if (!db_pool_submit(lanes->pool, &work->job)) {
        http_resume(ex);
    }
}

void lane_pause(struct http_exchange *ex, int ms, void (*then)(struct http_exchange *ex, void *context),
                void *context)
{
    http_wait(ex, ms, then, context);
}
