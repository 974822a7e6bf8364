#include "db/pool.h"

#include "db/internal.h"
#include "db/thread.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { AWAY_GRACE_US = 2000000, IDLE_CHECK_US = 1000000, NEXT_WORKER_US = 1000000, MAX_ATTEMPT = 8 };

struct worker {
    struct db_pool *pool;
    pthread_t thread;
    struct db_conn *conn;
    bool connected;    /* as counted in pool->connected */
    int64_t wanted_at; /* connects by then, though no job waits for it */
};

/* Three kinds of thread wait on three conditions: connected workers for work, workers without a connection
 * for the next attempt (so that no job is signalled to them), and the reaper for the next deadline. */
struct db_pool {
    const struct db_config *database;
    size_t queue_limit;
    pthread_mutex_t mutex; /* guards all below */
    pthread_cond_t work;
    pthread_cond_t attempt;
    pthread_cond_t reap;
    struct db_job *head;
    struct db_job *tail;
    atomic_size_t queued; /* written under the mutex, as connected is; read without */
    bool stopping;        /* takes no more jobs */
    bool workers_ended;   /* the reaper may end too */
    atomic_int connected; /* workers with a usable connection */
    size_t idle;          /* of those, the ones that wait for work */
    int64_t away_since;   /* when connected became 0 */
    int64_t reaper_until; /* when the reaper wakes by itself */
    pthread_t reaper;
    bool reaper_started;
    int worker_count;
    struct worker workers[];
};

/* ---- queue; the mutex is held ---- */

static void push(struct db_pool *pool, struct db_job *job)
{
    job->next = NULL;
    if (pool->tail) {
        pool->tail->next = job;
    } else {
        pool->head = job;
    }
    pool->tail = job;
    pool->queued++;
}

static struct db_job *pop(struct db_pool *pool)
{
    struct db_job *job = pool->head;
    if (job) {
        pool->head = job->next;
        pool->tail = pool->head ? pool->tail : NULL;
        pool->queued--;
    }
    return job;
}

/* Takes out every job that is due at now, as a list in order. */
static struct db_job *take_due(struct db_pool *pool, int64_t now)
{
    struct db_job *due = NULL;
    struct db_job **due_end = &due;
    struct db_job *rest = pool->head;
    pool->head = NULL;
    pool->tail = NULL;
    pool->queued = 0;
    while (rest) {
        struct db_job *job = rest;
        rest = job->next;
        if (job->deadline_us <= now) {
            job->next = NULL;
            *due_end = job;
            due_end = &job->next;
        } else {
            push(pool, job);
        }
    }
    return due;
}

/* ---- workers ---- */

static void count_connection(struct worker *worker)
{
    struct db_pool *pool = worker->pool;
    bool connected = worker->conn && worker->conn->pg;
    if (connected == worker->connected) {
        return;
    }
    pthread_mutex_lock(&pool->mutex);
    worker->connected = connected;
    pool->connected += connected ? 1 : -1;
    if (pool->connected == 0) {
        pool->away_since = clock_monotonic_us();
        pthread_cond_signal(&pool->reap);
    }
    pthread_mutex_unlock(&pool->mutex);
}

/* The first connects at once. Each of the others when a job waits that nobody is free for, or a while after
 * the one before: to prepare all statements keeps the server busy, which has better things to do while the
 * service starts. False when the pool ends. */
static bool wait_until_wanted(struct worker *worker)
{
    struct db_pool *pool = worker->pool;
    pthread_mutex_lock(&pool->mutex);
    while (!pool->stopping && pool->queued <= pool->idle &&
           db_cond_wait_until(&pool->attempt, &pool->mutex, worker->wanted_at)) {
    }
    bool go_on = !(pool->stopping && !pool->head);
    pthread_mutex_unlock(&pool->mutex);
    return go_on;
}

/* One attempt to connect and, where it failed, the wait before the next. False when the pool ends. */
static bool try_to_connect(struct worker *worker, int *failures)
{
    struct db_pool *pool = worker->pool;
    if (db_ensure(&worker->conn, pool->database) == DB_OK) {
        *failures = 0;
        count_connection(worker);
        return true;
    }
    *failures = *failures < MAX_ATTEMPT ? *failures + 1 : MAX_ATTEMPT;
    int64_t wait_us = INT64_C(1000) * (INT64_C(4) << *failures);
    int64_t until = clock_monotonic_us() + (wait_us < 1000000 ? wait_us : 1000000);
    pthread_mutex_lock(&pool->mutex);
    while (!(pool->stopping && !pool->head) && db_cond_wait_until(&pool->attempt, &pool->mutex, until)) {
    }
    bool go_on = !(pool->stopping && !pool->head);
    pthread_mutex_unlock(&pool->mutex);
    return go_on;
}

/* The next job; NULL with *ended when the pool ends, NULL without when it is time to look after the
 * connection. */
static struct db_job *next_job(struct db_pool *pool, bool *ended)
{
    int64_t until = clock_monotonic_us() + IDLE_CHECK_US;
    pthread_mutex_lock(&pool->mutex);
    pool->idle++;
    while (!pool->head && !pool->stopping && db_cond_wait_until(&pool->work, &pool->mutex, until)) {
    }
    pool->idle--;
    struct db_job *job = pop(pool);
    *ended = !job && pool->stopping;
    pthread_mutex_unlock(&pool->mutex);
    return job;
}

static void *run_worker(void *self)
{
    struct worker *worker = self;
    struct db_pool *pool = worker->pool;
    int failures = 0;
    bool ended = !wait_until_wanted(worker);
    while (!ended) {
        if (!worker->connected) {
            ended = !try_to_connect(worker, &failures);
            continue;
        }
        struct db_job *job = next_job(pool, &ended);
        if (!job) {
            db_still_connected(worker->conn);
        } else if (job->deadline_us <= clock_monotonic_us()) {
            job->dropped(job, DB_TIMEOUT);
        } else {
            job->run(job, worker->conn);
        }
        count_connection(worker);
    }
    db_disconnect(worker->conn);
    worker->conn = NULL;
    count_connection(worker);
    return NULL;
}

/* ---- the reaper: drops jobs whose time has come while every worker is busy or the database is away ---- */

static int64_t next_deadline(const struct db_pool *pool)
{
    int64_t earliest = INT64_MAX;
    for (const struct db_job *job = pool->head; job; job = job->next) {
        earliest = job->deadline_us < earliest ? job->deadline_us : earliest;
    }
    if (pool->head && pool->connected == 0 && pool->away_since + AWAY_GRACE_US < earliest) {
        earliest = pool->away_since + AWAY_GRACE_US;
    }
    return earliest;
}

static void drop_all(struct db_job *job, enum db_status why)
{
    while (job) {
        struct db_job *next = job->next;
        job->dropped(job, why);
        job = next;
    }
}

static void *run_reaper(void *self)
{
    struct db_pool *pool = self;
    pthread_mutex_lock(&pool->mutex);
    while (!(pool->workers_ended && !pool->head)) {
        int64_t now = clock_monotonic_us();
        pool->reaper_until = next_deadline(pool);
        if (pool->reaper_until > now) {
            if (pool->reaper_until == INT64_MAX) {
                pthread_cond_wait(&pool->reap, &pool->mutex);
            } else {
                db_cond_wait_until(&pool->reap, &pool->mutex, pool->reaper_until);
            }
            continue;
        }
        bool away = pool->connected == 0;
        bool hopeless = away && pool->away_since + AWAY_GRACE_US <= now;
        struct db_job *due = take_due(pool, hopeless ? INT64_MAX : now);
        bool wake_all = pool->stopping && !pool->head;
        pthread_mutex_unlock(&pool->mutex);
        if (wake_all) {
            pthread_cond_broadcast(&pool->attempt);
        }
        drop_all(due, away ? DB_UNAVAILABLE : DB_TIMEOUT);
        pthread_mutex_lock(&pool->mutex);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

/* ---- the outside ---- */

struct db_pool *db_pool_start(const struct db_pool_config *config)
{
    struct db_pool *pool = calloc(1, sizeof *pool + (size_t)config->workers * sizeof pool->workers[0]);
    if (!pool) {
        return NULL;
    }
    pool->database = config->database;
    pool->queue_limit = config->queue_limit;
    pool->away_since = clock_monotonic_us();
    pthread_mutex_init(&pool->mutex, NULL);
    db_cond_init(&pool->work);
    db_cond_init(&pool->attempt);
    db_cond_init(&pool->reap);
    pool->reaper_started = db_thread_start(&pool->reaper, "db-reaper", run_reaper, pool);
    for (int i = 0; pool->reaper_started && i < config->workers; i++) {
        struct worker *worker = &pool->workers[i];
        worker->pool = pool;
        worker->wanted_at = pool->away_since + (int64_t)i * NEXT_WORKER_US;
        if (!db_thread_start(&worker->thread, "db-worker", run_worker, worker)) {
            break;
        }
        pool->worker_count++;
    }
    if (pool->worker_count == 0) {
        db_pool_stop(pool);
        return NULL;
    }
    return pool;
}

bool db_pool_submit(struct db_pool *pool, struct db_job *job)
{
    pthread_mutex_lock(&pool->mutex);
    bool taken = !pool->stopping && pool->queued < pool->queue_limit;
    if (taken) {
        push(pool, job);
        pthread_cond_signal(&pool->work);
        if (pool->queued > pool->idle) {
            pthread_cond_signal(&pool->attempt);
        }
        if (job->deadline_us < pool->reaper_until || pool->connected == 0) {
            pthread_cond_signal(&pool->reap);
        }
    }
    pthread_mutex_unlock(&pool->mutex);
    return taken;
}

void db_pool_stop(struct db_pool *pool)
{
    if (!pool) {
        return;
    }
    pthread_mutex_lock(&pool->mutex);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->work);
    pthread_cond_broadcast(&pool->attempt);
    pthread_mutex_unlock(&pool->mutex);
    for (int i = 0; i < pool->worker_count; i++) {
        pthread_join(pool->workers[i].thread, NULL);
    }
    pthread_mutex_lock(&pool->mutex);
    pool->workers_ended = true;
    pthread_cond_signal(&pool->reap);
    pthread_mutex_unlock(&pool->mutex);
    if (pool->reaper_started) {
        pthread_join(pool->reaper, NULL);
    }
    pthread_cond_destroy(&pool->work);
    pthread_cond_destroy(&pool->attempt);
    pthread_cond_destroy(&pool->reap);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}

bool db_pool_ready(const struct db_pool *pool)
{
    return atomic_load(&pool->connected) > 0;
}

size_t db_pool_queued(const struct db_pool *pool)
{
    return atomic_load(&pool->queued);
}
