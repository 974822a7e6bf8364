/* The inside of the lanes, for the files of this folder alone. */
#ifndef ZEVENSTEM_LANE_INTERNAL_H
#define ZEVENSTEM_LANE_INTERNAL_H

#include "lane/lane.h"

enum { LANES_MAX_BATCHERS = 16 };

/* A route with the feature it belongs to; the cookie of its http_route. */
struct lane_route {
    struct lanes *lanes;
    struct route route;
    void *self;
    struct lane_route *next;
};

struct lanes {
    struct lanes_config config;
    struct arena *arena;
    struct db_pool *pool;
    struct db_batcher *batchers[LANES_MAX_BATCHERS];
    size_t batcher_count;
    struct lane_route *first;
    struct lane_route **end;
    size_t route_count;
};

/* http_route.run of a route with on_job (job.c) and with on_inline (lane.c); cookie is its struct lane_route.
 */
void job_run(struct http_exchange *ex, const void *cookie);
/* db_batch_item.finished of a lane_item: keeps the status, resumes the exchange. */
void lane_item_finished(struct db_batch_item *batch, enum db_status status);

#endif
