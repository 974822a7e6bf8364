/* The inside of the lanes, for the files of this folder alone. */
#ifndef ZEVENSTEM_LANE_INTERNAL_H
#define ZEVENSTEM_LANE_INTERNAL_H

#include "lane/again.h"
#include "lane/lane.h"

#include <pthread.h>

enum { LANES_MAX_BATCHERS = 16 };

/* A route with the feature it belongs to; the cookie of its http_route. */
struct lane_route {
    struct lanes *lanes;
    struct route route;
    void *self;
    struct lane_route *next;
};

/* A slow thread and its queue (slow.c). */
struct slow_lane {
    pthread_t thread;
    bool running;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct lane_slow *first;
    struct lane_slow **end;
    size_t queued, limit;
    long rest_us; /* pace.h */
    bool stop;
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
    lane_guard guard;
    void *guard_self;
    struct slow_lane slow[LANE_SLOWS];
    struct again *again;
};

/* slow.c. False when no thread can be made. Zeroed before. */
bool slow_start(struct slow_lane *slow, size_t limit, long rest_us);
/* Does what is queued, ends the thread. */
void slow_stop(struct slow_lane *slow);

/* http_route.run of a route with on_job (job.c) and with on_inline (lane.c); cookie is its struct lane_route.
 */
void job_run(struct http_exchange *ex, const void *cookie);
/* db_batch_item.finished of a lane_item: keeps the status, resumes the exchange. */
void lane_item_finished(struct db_batch_item *batch, enum db_status status);

#endif
