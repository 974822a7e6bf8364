/* The BATCH lane: an exchange waits while its item travels through a batcher. */
#include "lane/internal.h"

#include "base/clock.h"

void lane_item_finished(struct db_batch_item *batch, enum db_status status)
{
    struct lane_item *item = (struct lane_item *)batch;
    item->status = status;
    http_resume(item->exchange); /* item may be gone after this */
}

void lane_submit(struct lanes *lanes, struct db_batcher *batcher, struct http_exchange *ex,
                 struct lane_item *item, void (*then)(struct http_exchange *ex, void *item))
{
    item->exchange = ex;
    item->status = DB_UNAVAILABLE;
    item->batch.next = NULL;
    item->batch.finished = lane_item_finished;
    item->batch.deadline_us = clock_monotonic_us() + (int64_t)lanes->config.batch_deadline_ms * 1000;
    http_suspend(ex, then, item);
    if (!db_batcher_submit(batcher, &item->batch)) {
        http_resume(ex);
    }
}
