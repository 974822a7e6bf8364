#include "lane/internal.h"

#include "base/log.h"

#include <stdlib.h>

/* Routes are a few hundred bytes each; a program has some hundred of them. */
enum { ARENA_MAX = 4 * 1024 * 1024, RETRY_AFTER_S = 5, SLOW_QUEUE = 32 };

/* Many passwords come after another, beside people who save a page; of files there are few, and somebody
 * waits. */
static const long rests_us[LANE_SLOWS] = {[LANE_MOMENT] = 100, [LANE_WHILE] = 50, [LANE_MINUTES] = 50};

static void stop_slow(struct lanes *lanes)
{
    for (int i = 0; i < LANE_SLOWS; i++) {
        slow_stop(&lanes->slow[i]);
    }
}

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
    bool slow = true;
    for (int i = 0; i < LANE_SLOWS; i++) {
        slow = slow &&
               slow_start(&lanes->slow[i], config->slow_queue ? config->slow_queue : SLOW_QUEUE, rests_us[i]);
    }
    lanes->again = again_create(config->now_s);
    lanes->pool = slow && lanes->again ? db_pool_start(&pool) : NULL;
    if (!lanes->pool) {
        log_error("lane.start", "workers=%d", config->workers);
        stop_slow(lanes);
        again_destroy(lanes->again);
        arena_destroy(arena);
        return NULL;
    }
    return lanes;
}

/* ---- routes ---- */

static void inline_run(struct http_exchange *ex, const void *cookie)
{
    const struct lane_route *route = cookie;
    struct again *again = route->lanes->again;
    const struct slice key = route->route.again_s > 0 ? again_key(again, ex) : (struct slice){NULL, 0};
    if (key.ptr && again_answer(again, ex, key)) {
        return;
    }
    route->route.on_inline(ex, route->self);
    if (key.ptr && http_replied(ex)) {
        again_keep(again, ex, key, route->route.again_s);
    }
}

static bool is_staff_page(const struct route *route)
{
    return route->http.surface == HTTP_PAGE && route->http.scope;
}

static const char *fault_of(const struct lanes *lanes, const struct route *route)
{
    if (!route->on_job == !route->on_inline) {
        return "exactly one of on_inline and on_job";
    }
    if (is_staff_page(route) && (!lanes->guard || !route->on_job || route->read_only)) {
        return "a staff page is a job that may write, behind a guard";
    }
    if (route->again_s > 0 && (route->http.method != HTTP_GET || route->after ||
                               (route->http.scope && !route->http.scope_optional))) {
        return "what is given again is for everybody";
    }
    return NULL;
}

void lanes_set_guard(struct lanes *lanes, lane_guard guard, void *self)
{
    lanes->guard = guard;
    lanes->guard_self = self;
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
        const char *fault = fault_of(lanes, &routes[i]);
        if (fault) {
            log_error("lane.route", "path=%s fault=%s", routes[i].http.path, LOG_CSTR(fault));
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

void lanes_changed(struct lanes *lanes)
{
    if (lanes) {
        again_changed(lanes->again);
    }
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
    stop_slow(lanes);
    db_pool_stop(lanes->pool);
    for (size_t i = 0; i < lanes->batcher_count; i++) {
        db_batcher_stop(lanes->batchers[i]);
    }
    again_destroy(lanes->again);
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
