/* Worker threads with a database connection each, and one bounded queue in front of them. For the JOB lane
 * and periodic work. */
#ifndef ZEVENSTEM_DB_POOL_H
#define ZEVENSTEM_DB_POOL_H

#include "db/db.h"

struct db_pool;

/* Embedded in what the caller owns; the caller keeps it alive until run or dropped was called (exactly one of
 * them is). */
struct db_job {
    void (*run)(struct db_job *job, struct db_conn *conn); /* on a worker thread, connection usable */
    /* On one of the pool's threads. DB_TIMEOUT: the deadline passed while queued; DB_UNAVAILABLE: the same
     * while the database was away, or it has been away for so long (2 s) that waiting is of no use. */
    void (*dropped)(struct db_job *job, enum db_status why);
    int64_t deadline_us; /* clock_monotonic_us() */
    struct db_job *next; /* the pool's */
};

struct db_pool_config {
    const struct db_config *database; /* outlives the pool */
    int workers;
    size_t queue_limit;
};

/* Starts the threads; they connect in the background (one at once, the others as jobs ask for them, all
 * within a second each) and keep trying (with a growing wait, at most 1 s) while the database is away. NULL
 * when no thread can be made. */
struct db_pool *db_pool_start(const struct db_pool_config *config);
/* False at once when the queue is full or the pool is stopping: the caller answers 503 with Retry-After. */
bool db_pool_submit(struct db_pool *pool, struct db_job *job);
/* Runs what is queued (within its deadlines), ends the threads, frees the pool. NULL is allowed. */
void db_pool_stop(struct db_pool *pool);
/* Whether at least one worker has a usable connection now. For /gereed. */
bool db_pool_ready(const struct db_pool *pool);
size_t db_pool_queued(const struct db_pool *pool);

#endif
