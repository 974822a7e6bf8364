/* The three lanes that join http and db. A feature's routes name one; nobody else suspends a request or takes
 * a worker.
 *
 * INLINE: runs at once on the HTTP thread, without a database. JOB: the exchange is suspended, a worker runs
 * the handler as plain blocking code inside one transaction, and the reply goes out only if it committed.
 * BATCH: an inline handler checks everything, fills an item, calls lane_submit, and is continued on the HTTP
 * thread when its batch was committed. */
#ifndef ZEVENSTEM_LANE_LANE_H
#define ZEVENSTEM_LANE_LANE_H

#include "db/batcher.h"
#include "db/db.h"
#include "db/pool.h"
#include "http/http.h"

struct lanes;

typedef void (*inline_handler)(struct http_exchange *ex, void *self);
/* Replies into ex and returns DB_OK to commit. May be run again on DB_RETRY (the reply is reset). On any
 * status other than DB_OK and DB_ROLLBACK the lane answers itself (503 with Retry-After, 500, or the route's
 * unavailable handler); DB_ROLLBACK sends the handler's own reply after undoing the work. */
typedef enum db_status (*job_handler)(struct db_tx *tx, struct http_exchange *ex, void *self);

/* The guard of staff pages: page routes (HTTP_PAGE) that name a scope. It runs in the handler's transaction,
 * before the handler, each time that is run. *admitted false: it has replied itself (to the login page, 403)
 * and the handler is not called. There is no way to such a handler but through here: a page route with a
 * scope that is inline or read-only (the guard notes when a session was used) ends the program at lanes_add.
 */
typedef enum db_status (*lane_guard)(bool *admitted, struct db_tx *tx, struct http_exchange *ex,
                                     const char *scope, void *self);

/* One endpoint. Exactly one of on_inline and on_job is set. What a handler replies lives in http_arena(ex),
 * never in db_arena(tx): the transaction is over before the reply is sent. */
struct route {
    struct http_route http; /* run and cookie are left empty: the lane fills them */
    inline_handler on_inline;
    job_handler on_job;
    enum db_role role;          /* for on_job */
    bool read_only;             /* for on_job: a READ ONLY transaction */
    inline_handler unavailable; /* for on_job, may be NULL: answers on an HTTP thread when queue or database
                                   fails, e.g. a page that keeps what was typed */
    /* Above 0: the answer is the same for everybody who shows nothing of themselves, and may be given again
     * for so many seconds (again.h). Not for a route with a scope that everybody needs. */
    int again_s;
    inline_handler after; /* for on_job, may be NULL: goes on, on an HTTP thread, when the transaction
                             committed and the handler gave no reply: a further step */
};

struct lanes_config {
    const struct db_config *database;
    int workers;
    size_t queue_limit;
    int job_deadline_ms; /* queued and running together */
    int batch_deadline_ms;
    size_t slow_queue;      /* items that may wait for a slow thread; 0: 32 */
    int64_t (*now_s)(void); /* for how old an answer is that is given again; NULL: the system's */
};

struct lanes *lanes_start(const struct lanes_config *config);
/* Adds a feature's routes; before lanes_routes. self is given to its handlers. */
void lanes_add(struct lanes *lanes, const struct route *routes, size_t count, void *self);
/* Before lanes_add of the first staff page; once. */
void lanes_set_guard(struct lanes *lanes, lane_guard guard, void *self);
/* The table for http_config; lives as long as lanes. */
const struct http_route *lanes_routes(size_t *count, struct lanes *lanes);
/* A batch kind of a feature; kind outlives the lanes. */
struct db_batcher *lanes_batcher(struct lanes *lanes, const struct db_batch_kind *kind);
/* The worker pool, for periodic jobs. */
struct db_pool *lanes_pool(struct lanes *lanes);
/* What a feature holds in memory, and answers from, is another: no answer made before is given again. Any
 * thread; NULL is allowed. */
void lanes_changed(struct lanes *lanes);
bool lanes_ready(const struct lanes *lanes);
/* Runs what is queued, ends the threads, frees (the routes too): call it after http_server_stop returned
 * true. Until then the lanes keep working, so that every exchange that waits for them is answered. */
void lanes_stop(struct lanes *lanes);

/* An item on its way through a batcher; the first member of a feature's own item, allocated in the exchange's
 * arena. */
struct lane_item {
    struct db_batch_item batch;
    struct http_exchange *exchange;
    enum db_status status; /* for the continuation */
};
/* Suspends ex and queues the item; `then` runs on the HTTP thread, after the caller returned, with
 * item->status set. When the queue is full `then` is called soon with DB_UNAVAILABLE. `then` may submit again
 * (read, then write), the same item too. A client that is gone by then is not called back (http.h): what
 * counts was committed. */
void lane_submit(struct lanes *lanes, struct db_batcher *batcher, struct http_exchange *ex,
                 struct lane_item *item, void (*then)(struct http_exchange *ex, void *item));
/* An item that takes long to make: a worker makes it first, plain blocking code beside the HTTP threads,
 * outside any transaction. */
struct lane_made_item {
    struct lane_item item;
    /* On a worker, once. True: the item is written next. False: there is nothing to write; the status is
     * DB_OK. What it replies stands when `then` is called. */
    bool (*make)(struct lane_made_item *made);
    /* the lane's */
    struct db_job job;
    struct db_batcher *batcher;
    int64_t batch_us;
};
/* As lane_submit, whatever is said there; DB_UNAVAILABLE also when the workers' queue is full, DB_TIMEOUT
 * when no worker came to it in time. */
void lane_make_and_submit(struct lanes *lanes, struct db_batcher *batcher, struct http_exchange *ex,
                          struct lane_made_item *made, void (*then)(struct http_exchange *ex, void *item));

/* ---- a request in several steps. Each of these suspends ex and has `then` called on the HTTP thread, after
 * the caller returned; `then` may take the next step. The item is allocated in the exchange's arena; a client
 * that is gone is not called back. ---- */

/* One transaction on a worker of the JOB lane. The status DB_UNAVAILABLE also when its queue is full. What
 * `run` does to the reply stands; clear it with http_reply_reset where that matters. */
struct lane_work {
    struct db_job job; /* the lane's */
    struct http_exchange *exchange;
    struct lanes *lanes;
    const char *name; /* for the log */
    enum db_role role;
    enum db_status (*run)(struct db_tx *tx, struct lane_work *work);
    enum db_status status; /* for the continuation */
};
void lane_transact(struct lanes *lanes, struct http_exchange *ex, struct lane_work *work,
                   void (*then)(struct http_exchange *ex, void *work));
/* Computing without a database: one thread of the lowest priority for each kind, one item after the other, so
 * that no worker and no HTTP thread is taken. accepted false: its queue is full; run was not called. What run
 * does to the reply stands. */
enum lane_slowness {
    LANE_MOMENT,  /* tens of milliseconds: a password's hash */
    LANE_WHILE,   /* seconds: a workbook of a release. Who signs in does not wait for it. */
    LANE_MINUTES, /* all tables of a release: nobody else waits for it */
    LANE_SLOWS
};
struct lane_slow {
    struct lane_slow *next;         /* the lane's */
    struct http_exchange *exchange; /* NULL: nobody waits for it */
    void (*run)(struct lane_slow *slow);
    bool accepted; /* for the continuation */
};
void lane_compute(struct lanes *lanes, enum lane_slowness slowness, struct http_exchange *ex,
                  struct lane_slow *slow, void (*then)(struct http_exchange *ex, void *slow));
/* The same without an exchange: after everything that was queued before. False when its queue is full, or the
 * lanes stop. `slow` may be handed in again from within its own `run`. What is queued when the lanes stop is
 * still run. */
bool lane_compute_ahead(struct lanes *lanes, enum lane_slowness slowness, struct lane_slow *slow);
/* Waits. Cut short when too many wait already. */
void lane_pause(struct http_exchange *ex, int ms, void (*then)(struct http_exchange *ex, void *context),
                void *context);

/* The answer for a status that is not DB_OK: 503 with Retry-After for RETRY, UNAVAILABLE, TIMEOUT; 500
 * otherwise. */
void lane_answer_failure(struct http_exchange *ex, enum db_status status);

#endif
