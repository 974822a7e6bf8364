/* The JOB lane: a worker runs the handler inside a transaction while the connection is suspended. */
#include "lane/internal.h"

#include "base/clock.h"
#include "base/log.h"

/* Lives in the exchange's arena. It goes round: HTTP thread, queue, worker, HTTP thread; each hands it over
 * whole. */
struct lane_job {
    struct db_job job; /* first: the pool gives it back */
    struct http_exchange *exchange;
    const struct lane_route *route;
    struct slice key; /* under which its answer is kept; ptr NULL: it is not */
    enum db_status status;
};

/* Once per attempt. */
static enum db_status attempt(struct db_tx *tx, void *context)
{
    struct lane_job *work = context;
    /* A transaction that was run again and again stops here; one that runs is bounded by the statement
     * timeout. */
    if (clock_monotonic_us() > work->job.deadline_us) {
        return DB_TIMEOUT;
    }
    const struct lane_route *to = work->route;
    http_reply_reset(work->exchange);
    if (to->route.http.surface == HTTP_PAGE && to->route.http.scope) {
        bool admitted = false;
        enum db_status status =
            to->lanes->guard(&admitted, tx, work->exchange, to->route.http.scope, to->lanes->guard_self);
        if (status != DB_OK || !admitted) {
            return status;
        }
    }
    return to->route.on_job(tx, work->exchange, to->self);
}

static void run_on_worker(struct db_job *job, struct db_conn *conn)
{
    struct lane_job *work = (struct lane_job *)job;
    const struct route *route = &work->route->route;
    log_set_request(http_request_id(work->exchange));
    work->status = route->read_only
                       ? db_transaction_read_only(conn, route->http.path, route->role, attempt, work)
                       : db_transaction(conn, route->http.path, route->role, attempt, work);
    if (work->status == DB_OK && !route->read_only && http_method(work->exchange) != HTTP_GET) {
        lanes_changed(work->route->lanes); /* before anybody hears that it was done */
    }
    log_set_request(NULL);
    http_resume(work->exchange); /* work may be gone after this */
}

static void dropped(struct db_job *job, enum db_status why)
{
    struct lane_job *work = (struct lane_job *)job;
    work->status = why;
    http_resume(work->exchange);
}

/* On the HTTP thread. A reply that the handler set counts only where the transaction's outcome is what the
 * handler meant. */
static void conclude(struct http_exchange *ex, void *context)
{
    const struct lane_job *work = context;
    const struct lane_route *route = work->route;
    if (work->status == DB_OK && route->route.after && !http_replied(ex)) {
        route->route.after(ex, route->self);
        return;
    }
    if (work->status == DB_OK && work->key.ptr) {
        again_keep(route->lanes->again, ex, work->key, route->route.again_s);
    }
    if (work->key.ptr) {
        again_made(route->lanes->again, ex);
    }
    if (work->status == DB_OK || work->status == DB_ROLLBACK) {
        return;
    }
    log_warn("lane.job", "route=%s status=%d", route->route.http.path, (int)work->status);
    http_reply_reset(ex);
    if (route->route.unavailable) {
        route->route.unavailable(ex, route->self);
    } else {
        lane_answer_failure(ex, work->status);
    }
}

static void submit(struct http_exchange *ex, const struct lane_route *route, struct slice key)
{
    struct lanes *lanes = route->lanes;
    struct lane_job *work = arena_alloc(http_arena(ex), sizeof *work);
    work->exchange = ex;
    work->route = route;
    work->key = key;
    work->job.run = run_on_worker;
    work->job.dropped = dropped;
    work->job.deadline_us = clock_monotonic_us() + (int64_t)lanes->config.job_deadline_ms * 1000;
    http_suspend(ex, conclude, work);
    if (!db_pool_submit(lanes->pool, &work->job)) {
        work->status = DB_UNAVAILABLE;
        http_resume(ex);
    }
}

/* Somebody else made it, or could not. */
static void made_elsewhere(struct http_exchange *ex, void *context)
{
    const struct lane_route *route = context;
    struct again *again = route->lanes->again;
    const struct slice key = again_key(again, ex);
    if (!again_answer(again, ex, key)) {
        submit(ex, route, key);
    }
}

void job_run(struct http_exchange *ex, const void *cookie)
{
    const struct lane_route *route = cookie;
    struct again *again = route->lanes->again;
    const struct slice key = route->route.again_s > 0 ? again_key(again, ex) : (struct slice){NULL, 0};
    if (!key.ptr || (!again_answer(again, ex, key) &&
                     again_begin(again, ex, key, made_elsewhere, (void *)(uintptr_t)route))) {
        submit(ex, route, key);
    }
}
