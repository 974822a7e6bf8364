#include "db/batcher.h"

#include "db/internal.h"
#include "db/thread.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    IDLE_CHECK_US = 1000000,
    POINT_BYTES = 48,
    MAX_ATTEMPT = 6,
    /* Batches written the quick way after a hope that failed: where repeats are common, hoping costs more
     * than it gains. */
    DOUBT_BATCHES = 32,
    /* Batches that take their turn first after one that had to wait for it. */
    TURN_BATCHES = 32,
    /* Batches after which it is looked at again whether taking turns first is worth it. */
    TURN_NOT_WORTH_BATCHES = 256
};

/* From the cheapest to the surest. */
enum way { HOPING, ASKING, RUNNING };

/* An item and its place in the order of arrival. */
struct ranked {
    struct db_batch_item *item;
    size_t arrival;
};

struct db_batcher {
    const struct db_batch_kind *kind;
    struct db_config database;
    char before_commit[POINT_BYTES];
    char after_commit[POINT_BYTES];
    pthread_mutex_t mutex; /* guards the queue and stopping */
    pthread_cond_t work;
    struct db_batch_item *head;
    struct db_batch_item *tail;
    size_t queued;
    bool stopping;
    atomic_bool ready;
    atomic_uint_fast64_t batches;
    atomic_uint_fast64_t items;
    atomic_uint_fast64_t retries;
    atomic_uint_fast64_t poisoned;
    pthread_t writer;
    bool writer_started;
    /* The writer's own. */
    struct db_conn *conn;
    struct ranked *ranked;           /* kind->max_items */
    struct db_batch_item **batch;    /* kind->max_items, in the order of kind->compare */
    struct db_batch_item **deferred; /* kind->max_items, in the order of arrival; NULL where none */
    bool *settled;                   /* kind->max_items, of the items being written without looking */
    unsigned doubt;                  /* batches before it hopes again */
    unsigned in_turn;                /* batches before it no more waits for its turn before it asks */
    unsigned not_worth;              /* batches before waiting for its turn may be worth it again */
    int64_t turn_us;                 /* when its turn came */
    bool open;                       /* what is written is batch, and more may join it */
};

/* ---- taking a batch from the queue ---- */

static int by_key_then_arrival(const void *a, const void *b, void *kind)
{
    const struct ranked *x = a;
    const struct ranked *y = b;
    int order = ((const struct db_batch_kind *)kind)->compare(x->item, y->item);
    return order != 0 ? order : (x->arrival > y->arrival) - (x->arrival < y->arrival);
}

/* Waits a while for items and takes what is there, at most max_items, into ranked. 0 when there is nothing.
 */
static size_t take(struct db_batcher *batcher, bool *ended)
{
    size_t count = 0;
    int64_t until = clock_monotonic_us() + IDLE_CHECK_US;
    pthread_mutex_lock(&batcher->mutex);
    while (!batcher->head && !batcher->stopping &&
           db_cond_wait_until(&batcher->work, &batcher->mutex, until)) {
    }
    while (batcher->head && count < batcher->kind->max_items) {
        struct db_batch_item *item = batcher->head;
        batcher->head = item->next;
        batcher->ranked[count] = (struct ranked){.item = item, .arrival = count};
        count++;
    }
    batcher->tail = batcher->head ? batcher->tail : NULL;
    batcher->queued -= count;
    *ended = batcher->stopping && count == 0;
    pthread_mutex_unlock(&batcher->mutex);
    return count;
}

/* Puts the items of deferred[0..count) back before all others, as they came. */
static void put_back(struct db_batcher *batcher, size_t count)
{
    pthread_mutex_lock(&batcher->mutex);
    for (size_t i = count; i-- > 0;) {
        struct db_batch_item *item = batcher->deferred[i];
        if (item) {
            item->next = batcher->head;
            batcher->head = item;
            batcher->tail = batcher->tail ? batcher->tail : item;
            batcher->queued++;
        }
    }
    pthread_mutex_unlock(&batcher->mutex);
}

/* Sorts what was taken into batch, leaving for next time what collides with an earlier item. Returns how many
 * are in it. */
static size_t arrange(struct db_batcher *batcher, size_t count)
{
    const struct db_batch_kind *kind = batcher->kind;
    struct ranked *ranked = batcher->ranked;
    size_t kept = 0;
    const struct db_batch_item *left = NULL; /* the last one that was */
    qsort_r(ranked, count, sizeof *ranked, by_key_then_arrival, (void *)(uintptr_t)kind);
    for (size_t i = 0; i < count; i++) {
        batcher->deferred[i] = NULL;
    }
    for (size_t i = 0; i < count; i++) {
        /* Behind one that waits, its equals wait too: they stay in the order of arrival. */
        bool collides = left && kind->compare(left, ranked[i].item) == 0;
        for (size_t k = kept; kind->collide && !collides && k-- > 0;) {
            if (kind->compare(batcher->batch[k], ranked[i].item) != 0) {
                break;
            }
            collides = kind->collide(batcher->batch[k], ranked[i].item);
        }
        if (collides) {
            batcher->deferred[ranked[i].arrival] = ranked[i].item;
            left = ranked[i].item;
        } else {
            batcher->batch[kept++] = ranked[i].item;
        }
    }
    if (left) {
        put_back(batcher, count);
    }
    return kept;
}

/* Lets what has come in since join the batch of count items, as far as it is covered by their turn; returns
 * how many there are now. Those that were in it stay. */
static size_t join(struct db_batcher *batcher, size_t count)
{
    const struct db_batch_kind *kind = batcher->kind;
    const struct db_batch_item *first = batcher->batch[0];
    size_t all = count;
    pthread_mutex_lock(&batcher->mutex);
    while (batcher->head && all < kind->max_items && kind->same_turn(first, batcher->head)) {
        struct db_batch_item *item = batcher->head;
        batcher->head = item->next;
        batcher->ranked[all] = (struct ranked){.item = item, .arrival = all};
        all++;
    }
    batcher->tail = batcher->head ? batcher->tail : NULL;
    batcher->queued -= all - count;
    pthread_mutex_unlock(&batcher->mutex);
    for (size_t i = 0; i < count; i++) {
        batcher->ranked[i] = (struct ranked){.item = batcher->batch[i], .arrival = i};
    }
    return all > count ? arrange(batcher, all) : count;
}

/* ---- writing a batch ---- */

static void finish_all(struct db_batch_item **items, size_t count, enum db_status status)
{
    for (size_t i = 0; i < count; i++) {
        items[i]->finished(items[i], status);
    }
}

/* Takes out the items whose deadline has passed; returns how many are left. */
static size_t drop_expired(struct db_batch_item **items, size_t count, enum db_status why)
{
    int64_t now = clock_monotonic_us();
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (items[i]->deadline_us <= now) {
            items[i]->finished(items[i], why);
        } else {
            items[kept++] = items[i];
        }
    }
    return kept;
}

struct attempt {
    struct db_batcher *batcher;
    const struct db_batch_kind *kind;
    struct db_batch_item **items;
    size_t count;
    bool hoping;
    bool *settled;
};

static enum db_status run_kind(struct db_tx *tx, void *context)
{
    const struct attempt *attempt = context;
    return attempt->kind->run(tx, attempt->items, attempt->count, attempt->kind->context);
}

static bool ask_kind(struct db_tx *tx, void *context)
{
    const struct attempt *attempt = context;
    const struct db_batch_kind *kind = attempt->kind;
    return (attempt->hoping ? kind->ask_hoping : kind->ask)(tx, attempt->items, attempt->count,
                                                            kind->context);
}

static bool ask_turn_of_kind(struct db_tx *tx, void *context)
{
    const struct attempt *attempt = context;
    return attempt->kind->ask_turn(tx, attempt->items, attempt->count, attempt->kind->context);
}

static bool ask_joined_kind(struct db_tx *tx, void *context)
{
    struct attempt *attempt = context;
    attempt->batcher->turn_us = clock_monotonic_us();
    attempt->count = join(attempt->batcher, attempt->count);
    return ask_kind(tx, context);
}

static enum db_status hear_kind(struct db_tx *tx, void *context)
{
    const struct attempt *attempt = context;
    struct db_batcher *batcher = attempt->batcher;
    if (batcher->not_worth > 0) {
        batcher->not_worth--;
    } else if (attempt->kind->waited && attempt->kind->waited(tx)) {
        batcher->in_turn = TURN_BATCHES;
    }
    memset(attempt->settled, 0, attempt->count * sizeof *attempt->settled);
    return attempt->kind->hear(attempt->settled, tx, attempt->items, attempt->count, attempt->kind->context);
}

/* The quick way, or the hopeful one. Batches that may grow take their turn first where that had to be waited
 * for lately. */
static enum db_status ask_once(bool *asked, struct attempt *attempt, const struct db_tx_form *form)
{
    struct db_batcher *batcher = attempt->batcher;
    bool first = batcher->open;
    batcher->open = false;
    if (first && batcher->in_turn > 0 &&
        attempt->kind->same_turn(attempt->items[0], attempt->items[attempt->count - 1])) {
        batcher->in_turn--;
        const enum db_status status = db_transaction_asked_in_turn(
            asked, batcher->conn, form, ask_turn_of_kind, ask_joined_kind, hear_kind, attempt);
        if (status == DB_OK && clock_monotonic_us() - batcher->turn_us < batcher->kind->turn_worth_us) {
            batcher->in_turn = 0;
            batcher->not_worth = TURN_NOT_WORTH_BATCHES;
        }
        return status;
    }
    return db_transaction_asked_once(asked, batcher->conn, form, ask_kind, hear_kind, attempt);
}

/* The surer way where the kind does not have this one, or asking is refused. On DB_OK settled says for which
 * items. *count grows by those that joined. */
static enum db_status write_once(struct db_batcher *batcher, struct db_batch_item **items, size_t *count,
                                 enum way way)
{
    struct db_tx_form form = {.name = batcher->kind->name,
                              .role = batcher->kind->role,
                              .read_only = false,
                              .before_commit = batcher->before_commit,
                              .after_commit = batcher->after_commit};
    struct attempt attempt = {.batcher = batcher,
                              .kind = batcher->kind,
                              .items = items,
                              .count = *count,
                              .hoping = way == HOPING,
                              .settled = batcher->settled};
    bool asked = false;
    enum db_status status = db_ensure(&batcher->conn, &batcher->database);
    if (status != DB_OK) {
        status = DB_UNAVAILABLE; /* logged; nothing was tried */
    } else if (way != RUNNING && batcher->kind->ask) {
        status = ask_once(&asked, &attempt, &form);
    }
    if (status == DB_OK && !asked) {
        bool began;
        memset(batcher->settled, 1, attempt.count * sizeof *batcher->settled);
        status = db_transaction_once(&began, batcher->conn, &form, run_kind, &attempt);
    }
    *count = attempt.count;
    atomic_store(&batcher->ready, batcher->conn && batcher->conn->pg);
    return status;
}

/* Tries until it is no matter of trying again. *count: of the items whose deadline has not passed. */
static enum db_status write_until_known(struct db_batcher *batcher, struct db_batch_item **items,
                                        size_t *count, enum way way)
{
    enum db_status last = DB_OK;
    for (int attempt = 0;; attempt++) {
        bool away = last == DB_UNAVAILABLE || !atomic_load(&batcher->ready);
        *count = drop_expired(items, *count, away ? DB_UNAVAILABLE : DB_TIMEOUT);
        if (*count == 0) {
            return DB_OK;
        }
        last = write_once(batcher, items, count, way);
        if (last != DB_RETRY && last != DB_UNAVAILABLE) {
            return last;
        }
        atomic_fetch_add(&batcher->retries, 1);
        /* A connection that was closed while idle is opened again without delay. */
        if (attempt > 0 || last == DB_RETRY) {
            db_backoff(attempt < MAX_ATTEMPT ? attempt : MAX_ATTEMPT);
        }
    }
}

/* Finishes the settled ones; moves the others to the front and returns how many they are. */
static size_t finish_settled(struct db_batcher *batcher, struct db_batch_item **items, size_t count)
{
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        if (batcher->settled[i]) {
            items[i]->finished(items[i], DB_OK);
        } else {
            items[left++] = items[i];
        }
    }
    atomic_fetch_add(&batcher->batches, 1);
    atomic_fetch_add(&batcher->items, count - left);
    return left;
}

/* Runs the items until each has its outcome. */
static void write_items(struct db_batcher *batcher, struct db_batch_item **items, size_t count, enum way way)
{
    enum db_status last = write_until_known(batcher, items, &count, way);
    if (count == 0) {
        return;
    }
    if (last == DB_OK) {
        size_t left = finish_settled(batcher, items, count);
        if (left > 0) {
            write_items(batcher, items, left, RUNNING);
        }
        return;
    }
    if (last == DB_CONSTRAINT && way == HOPING) {
        batcher->doubt = DOUBT_BATCHES;
        write_items(batcher, items, count, ASKING);
        return;
    }
    if (last == DB_CONSTRAINT && count > 1) {
        atomic_fetch_add(&batcher->retries, 1);
        write_items(batcher, items, count / 2, way);
        write_items(batcher, items + count / 2, count - count / 2, way);
        return;
    }
    if (last == DB_CONSTRAINT) {
        atomic_fetch_add(&batcher->poisoned, 1);
    } else {
        log_warn("db.batch", "name=%s status=%s items=%zu", batcher->kind->name, db_status_name(last), count);
    }
    finish_all(items, count, last);
}

static enum way first_way(struct db_batcher *batcher)
{
    if (!batcher->kind->ask_hoping) {
        return ASKING;
    }
    if (batcher->doubt > 0) {
        batcher->doubt--;
        return ASKING;
    }
    return HOPING;
}

static void *run_writer(void *self)
{
    struct db_batcher *batcher = self;
    bool ended = false;
    db_ensure(&batcher->conn, &batcher->database);
    atomic_store(&batcher->ready, batcher->conn && batcher->conn->pg);
    for (;;) {
        size_t count = take(batcher, &ended);
        if (ended) {
            break;
        }
        if (count > 0) {
            count = arrange(batcher, count);
            batcher->open = batcher->kind->ask_turn != NULL;
            write_items(batcher, batcher->batch, count, first_way(batcher));
            continue;
        }
        if (batcher->conn) {
            db_still_connected(batcher->conn);
        }
        db_ensure(&batcher->conn, &batcher->database);
        atomic_store(&batcher->ready, batcher->conn && batcher->conn->pg);
    }
    atomic_store(&batcher->ready, false);
    db_disconnect(batcher->conn);
    return NULL;
}

/* ---- the outside ---- */

struct db_batcher *db_batcher_start(const struct db_batch_kind *kind, const struct db_config *database)
{
    struct db_batcher *batcher = calloc(1, sizeof *batcher);
    if (!batcher) {
        return NULL;
    }
    batcher->kind = kind;
    batcher->database = *database;
    if (kind->statements) {
        batcher->database.statements = kind->statements;
    }
    snprintf(batcher->before_commit, sizeof batcher->before_commit, "%s.before-commit", kind->name);
    snprintf(batcher->after_commit, sizeof batcher->after_commit, "%s.after-commit", kind->name);
    pthread_mutex_init(&batcher->mutex, NULL);
    db_cond_init(&batcher->work);
    batcher->ranked = calloc(kind->max_items, sizeof *batcher->ranked);
    batcher->batch = calloc(kind->max_items, sizeof(struct db_batch_item *));
    batcher->deferred = calloc(kind->max_items, sizeof(struct db_batch_item *));
    batcher->settled = calloc(kind->max_items, sizeof *batcher->settled);
    if (batcher->ranked && batcher->batch && batcher->deferred && batcher->settled) {
        batcher->writer_started = db_thread_start(&batcher->writer, "db-writer", run_writer, batcher);
    }
    if (!batcher->writer_started) {
        db_batcher_stop(batcher);
        return NULL;
    }
    return batcher;
}

bool db_batcher_submit(struct db_batcher *batcher, struct db_batch_item *item)
{
    item->next = NULL;
    pthread_mutex_lock(&batcher->mutex);
    bool taken = !batcher->stopping && batcher->queued < batcher->kind->queue_limit;
    if (taken) {
        if (batcher->tail) {
            batcher->tail->next = item;
        } else {
            batcher->head = item;
            pthread_cond_signal(&batcher->work); /* the writer waits only while the queue is empty */
        }
        batcher->tail = item;
        batcher->queued++;
    }
    pthread_mutex_unlock(&batcher->mutex);
    return taken;
}

void db_batcher_stop(struct db_batcher *batcher)
{
    if (!batcher) {
        return;
    }
    pthread_mutex_lock(&batcher->mutex);
    batcher->stopping = true;
    pthread_cond_signal(&batcher->work);
    pthread_mutex_unlock(&batcher->mutex);
    if (batcher->writer_started) {
        pthread_join(batcher->writer, NULL);
    }
    free(batcher->ranked);
    free(batcher->batch);
    free(batcher->deferred);
    free(batcher->settled);
    pthread_cond_destroy(&batcher->work);
    pthread_mutex_destroy(&batcher->mutex);
    free(batcher);
}

bool db_batcher_ready(const struct db_batcher *batcher)
{
    return atomic_load(&batcher->ready);
}

struct db_batcher_stats db_batcher_stats(const struct db_batcher *batcher)
{
    return (struct db_batcher_stats){.batches = atomic_load(&batcher->batches),
                                     .items = atomic_load(&batcher->items),
                                     .retries = atomic_load(&batcher->retries),
                                     .poisoned = atomic_load(&batcher->poisoned)};
}
