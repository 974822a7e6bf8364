/* The BATCH lane behind a worker: the item is made before it is written. */
#include "lane/internal.h"

#include "base/clock.h"
#include "base/log.h"

static struct lane_made_item *of_job(struct db_job *job)
{
    return (struct lane_made_item *)((char *)job - offsetof(struct lane_made_item, job));
}

static void run_on_worker(struct db_job *job, struct db_conn *conn)
{
    struct lane_made_item *made = of_job(job);
    struct http_exchange *ex = made->item.exchange;
    (void)conn;
    log_set_request(http_request_id(ex));
    const bool write = made->make(made);
    log_set_request(NULL);
    made->item.status = write ? DB_UNAVAILABLE : DB_OK;
    made->item.batch.deadline_us = clock_monotonic_us() + made->batch_us;
    /* made may be gone after either of these. */
    if (!write || !db_batcher_submit(made->batcher, &made->item.batch)) {
        http_resume(ex);
    }
}

static void dropped(struct db_job *job, enum db_status why)
{
    struct lane_made_item *made = of_job(job);
    made->item.status = why;
    http_resume(made->item.exchange);
}

void lane_make_and_submit(struct lanes *lanes, struct db_batcher *batcher, struct http_exchange *ex,
                          struct lane_made_item *made, void (*then)(struct http_exchange *ex, void *item))
{
    made->item.exchange = ex;
    made->item.status = DB_UNAVAILABLE;
    made->item.batch.next = NULL;
    made->item.batch.finished = lane_item_finished;
    made->batcher = batcher;
    made->batch_us = (int64_t)lanes->config.batch_deadline_ms * 1000;
    made->job =
        (struct db_job){.run = run_on_worker,
                        .dropped = dropped,
                        .deadline_us = clock_monotonic_us() + (int64_t)lanes->config.job_deadline_ms * 1000};
    http_suspend(ex, then, made);
    if (!db_pool_submit(lanes->pool, &made->job)) {
        http_resume(ex);
    }
}
