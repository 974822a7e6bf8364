#include "lane/internal.h"

#include "base/log.h"

#include <stdlib.h>

/* Routes are a few hundred bytes each; a program has some hundred of them. */
enum { ARENA_MAX = 4 * 1024 * 1024, RETRY_AFTER_S = 5 };

struct lanes *lanes_start(const struct lanes_config *config)
{
    struct arena *arena = arena_create(ARENA_MAX);
    struct lanes *lanes = arena_alloc(arena, sizeof *lanes);
    lanes->config = *config;
    lanes->arena = arena;
    lanes->end = &lanes->first;
    struct db_pool_config pool = {
        .database = config->database,
        .workers = config->workers,
        .queue_limit = config->queue_limit,
    };
    lanes->pool = db_pool_start(&pool);
    if (!lanes->pool) {
        log_error("lane.start", "workers=%d", config->workers);
        arena_destroy(arena);
        return NULL;
    }
    return lanes;
}

/* ---- routes ---- */

static void inline_run(struct http_exchange *ex, const void *cookie)
{
    const struct lane_route *route = cookie;
    route->route.on_inline(ex, route->self);
}

void lanes_add(struct lanes *lanes, const struct route *routes, size_t count, void *self)
{
    for (size_t i = 0; i < count; i++) {
        struct lane_route *added = arena_alloc(lanes->arena, sizeof *added);
        added->lanes = lanes;
        added->route = routes[i];
        added->self = self;
        added->route.http.run = routes[i].on_job ? job_run : inline_run;
        added->route.http.cookie = added;
        if (!routes[i].on_job == !routes[i].on_inline) {
            log_error("lane.route", "path=%s fault=\"exactly one of on_inline and on_job\"",
                      routes[i].http.path);
            abort();
        }
        *lanes->end = added;
        lanes->end = &added->next;
        lanes->route_count++;
    }
}

const struct http_route *lanes_routes(size_t *count, struct lanes *lanes)
{
    struct http_route *table = arena_array(lanes->arena, lanes->route_count, sizeof *table);
    size_t used = 0;
    for (const struct lane_route *route = lanes->first; route; route = route->next) {
        table[used++] = route->route.http;
    }
    *count = used;
    return table;
}

/* ---- batchers, readiness, end ---- */

struct db_batcher *lanes_batcher(struct lanes *lanes, const struct db_batch_kind *kind)
{
    if (lanes->batcher_count == LANES_MAX_BATCHERS) {
        log_error("lane.batcher", "kind=%s fault=\"too many kinds\"", kind->name);
        return NULL;
    }
    struct db_batcher *batcher = db_batcher_start(kind, lanes->config.database);
    if (batcher) {
        lanes->batchers[lanes->batcher_count++] = batcher;
    }
    return batcher;
}

struct db_pool *lanes_pool(struct lanes *lanes)
{
    return lanes->pool;
}

bool lanes_ready(const struct lanes *lanes)
{
    bool ready = db_pool_ready(lanes->pool);
    for (size_t i = 0; i < lanes->batcher_count; i++) {
        ready = ready && db_batcher_ready(lanes->batchers[i]);
    }
    return ready;
}

void lanes_stop(struct lanes *lanes)
{
    if (!lanes) {
        return;
    }
    db_pool_stop(lanes->pool);
    for (size_t i = 0; i < lanes->batcher_count; i++) {
        db_batcher_stop(lanes->batchers[i]);
    }
    arena_destroy(lanes->arena);
}

void lane_answer_failure(struct http_exchange *ex, enum db_status status)
{
    switch (status) {
    case DB_RETRY:
    case DB_UNAVAILABLE:
    case DB_TIMEOUT:
        http_set_retry_after(ex, RETRY_AFTER_S);
        http_error(ex, 503);
        return;
    case DB_OK:
    case DB_CONSTRAINT:
    case DB_ROLLBACK:
    case DB_FAILED:
        break;
    }
    http_error(ex, 500);
}
