/* A batch kind that adds rows to zs.play, as intake adds responses: one statement with arrays, ON CONFLICT DO
 * NOTHING. */
#ifndef ZEVENSTEM_TESTS_DB_PLAY_BATCH_H
#define ZEVENSTEM_TESTS_DB_PLAY_BATCH_H

#include "base/clock.h"
#include "db/batcher.h"

#include <criterion/criterion.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

struct play_item {
    struct db_batch_item item; /* first */
    int32_t id, number;
    bool added; /* false: was there */
    enum db_status status;
    atomic_int finished;
};

struct play_context {
    atomic_bool closed;  /* run waits while it is */
    atomic_int waiting;  /* runs that do */
    atomic_int unsorted; /* neighbours in the wrong order, or of equal key though they collide */
    atomic_int runs;
    atomic_int largest;
    atomic_int asked;
    atomic_int hoped;
    bool unsettled; /* hear settles only what was added */
    bool refuse;    /* ask says that it cannot be done in one message */
};

static const struct db_statement play_statements[] = {
    {"play_add", "INSERT INTO zs.play (id, number) SELECT id, number FROM unnest($1::int4[], $2::int4[]) AS "
                 "t (id, number)"
                 " ON CONFLICT (id) DO NOTHING RETURNING id"},
    {"play_add_new",
     "INSERT INTO zs.play (id, number) SELECT id, number FROM unnest($1::int4[], $2::int4[]) AS "
     "t (id, number) RETURNING id"},
    {"play_turn", "SELECT CASE WHEN pg_try_advisory_xact_lock(99, $1::int4) THEN false ELSE"
                  " (SELECT true FROM (SELECT pg_advisory_xact_lock(99, $1::int4)) AS locked) END"},
    {NULL, NULL},
};
static const struct db_statement *const play_lists[] = {play_statements, NULL};

static inline void play_nap_ms(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

static inline struct play_item *play_of(struct db_batch_item *item)
{
    return (struct play_item *)(void *)item;
}

static inline int play_compare(const struct db_batch_item *a, const struct db_batch_item *b)
{
    int32_t x = ((const struct play_item *)(const void *)a)->id;
    int32_t y = ((const struct play_item *)(const void *)b)->id;
    return (x > y) - (x < y);
}

static inline bool play_collide(const struct db_batch_item *a, const struct db_batch_item *b)
{
    return play_compare(a, b) == 0;
}

static inline struct db_params play_bind(struct db_tx *tx, struct db_batch_item **items, size_t count,
                                         struct play_context *play)
{
    int32_t *ids = arena_array(db_arena(tx), count, sizeof *ids);
    int32_t *numbers = arena_array(db_arena(tx), count, sizeof *numbers);
    atomic_fetch_add(&play->waiting, 1);
    while (atomic_load(&play->closed)) {
        play_nap_ms(1);
    }
    atomic_fetch_sub(&play->waiting, 1);
    if ((int)count > atomic_load(&play->largest)) {
        atomic_store(&play->largest, (int)count);
    }
    for (size_t i = 0; i < count; i++) {
        play_of(items[i])->added = false;
        ids[i] = play_of(items[i])->id;
        numbers[i] = play_of(items[i])->number;
        if (i > 0 && ids[i - 1] >= ids[i]) {
            atomic_fetch_add(&play->unsorted, 1);
        }
    }
    struct db_params p = db_params(tx);
    db_put_int32_array(&p, ids, count);
    db_put_int32_array(&p, numbers, count);
    return p;
}

static inline enum db_status play_take(struct db_batch_item **items, size_t count,
                                       const struct db_result *result)
{
    size_t row = 0;
    for (size_t i = 0; i < count && row < db_rows(result); i++) {
        if (db_get_int32(result, row, 0) == play_of(items[i])->id) {
            play_of(items[i])->added = true;
            row++;
        }
    }
    return row != db_rows(result) ? DB_FAILED : DB_OK;
}

static inline enum db_status play_run(struct db_tx *tx, struct db_batch_item **items, size_t count,
                                      void *context)
{
    struct play_context *play = context;
    struct db_result *result;
    atomic_fetch_add(&play->runs, 1);
    struct db_params p = play_bind(tx, items, count, play);
    enum db_status status = db_run(&result, tx, &play_statements[0], &p);
    return status == DB_OK ? play_take(items, count, result) : status;
}

static inline bool play_ask(struct db_tx *tx, struct db_batch_item **items, size_t count, void *context)
{
    struct play_context *play = context;
    if (play->refuse) {
        return false;
    }
    atomic_fetch_add(&play->asked, 1);
    struct db_params p = play_bind(tx, items, count, play);
    db_ask(tx, &play_statements[0], &p);
    return true;
}

static inline bool play_ask_hoping(struct db_tx *tx, struct db_batch_item **items, size_t count,
                                   void *context)
{
    struct play_context *play = context;
    atomic_fetch_add(&play->hoped, 1);
    struct db_params p = play_bind(tx, items, count, play);
    db_ask(tx, &play_statements[1], &p);
    return true;
}

static inline enum db_status play_hear(bool *settled, struct db_tx *tx, struct db_batch_item **items,
                                       size_t count, void *context)
{
    const struct play_context *play = context;
    enum db_status status = play_take(items, count, db_heard(tx, db_asked_count(tx) - 1));
    for (size_t i = 0; i < count; i++) {
        settled[i] = !play->unsettled || play_of(items[i])->added;
    }
    return status;
}

static inline void play_finished(struct db_batch_item *item, enum db_status status)
{
    play_of(item)->status = status;
    atomic_fetch_add(&play_of(item)->finished, 1);
}

static inline void play_prepare(struct play_item *item, int32_t id, int deadline_ms)
{
    memset(item, 0, sizeof *item);
    item->item.finished = play_finished;
    item->item.deadline_us = clock_monotonic_us() + (int64_t)deadline_ms * 1000;
    item->id = id;
}

static inline struct db_batch_kind play_kind(struct play_context *context, size_t max_items,
                                             size_t queue_limit)
{
    return (struct db_batch_kind){.name = "play",
                                  .role = DB_ROLE_INTAKE,
                                  .max_items = max_items,
                                  .queue_limit = queue_limit,
                                  .compare = play_compare,
                                  .collide = play_collide,
                                  .run = play_run,
                                  .context = context};
}

/* The same in one message. */
static inline struct db_batch_kind play_quick_kind(struct play_context *context, size_t max_items,
                                                   size_t queue_limit)
{
    struct db_batch_kind kind = play_kind(context, max_items, queue_limit);
    kind.ask = play_ask;
    kind.hear = play_hear;
    return kind;
}

/* The same, hoping first that no item is there. */
static inline struct db_batch_kind play_hopeful_kind(struct play_context *context, size_t max_items,
                                                     size_t queue_limit)
{
    struct db_batch_kind kind = play_quick_kind(context, max_items, queue_limit);
    kind.ask_hoping = play_ask_hoping;
    return kind;
}

/* Each ten of ids has a turn of its own. */
static inline bool play_same_turn(const struct db_batch_item *a, const struct db_batch_item *b)
{
    const struct play_item *x = (const struct play_item *)(const void *)a;
    const struct play_item *y = (const struct play_item *)(const void *)b;
    return x->id / 10 == y->id / 10;
}

static inline bool play_ask_turn(struct db_tx *tx, struct db_batch_item **items, size_t count, void *context)
{
    (void)context;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !play_same_turn(items[i - 1], items[i])) {
            struct db_params p = db_params(tx);
            db_put_int32(&p, play_of(items[i])->id / 10);
            db_ask(tx, &play_statements[2], &p);
        }
    }
    return true;
}

static inline bool play_waited(struct db_tx *tx)
{
    return db_get_bool(db_heard(tx, 0), 0, 0);
}

static inline bool play_ask_after_turn(struct db_tx *tx, struct db_batch_item **items, size_t count,
                                       void *context)
{
    return (db_asked_count(tx) > 0 || play_ask_turn(tx, items, count, context)) &&
           play_ask_hoping(tx, items, count, context);
}

static inline bool play_ask_surely_after_turn(struct db_tx *tx, struct db_batch_item **items, size_t count,
                                              void *context)
{
    return (db_asked_count(tx) > 0 || play_ask_turn(tx, items, count, context)) &&
           play_ask(tx, items, count, context);
}

/* The same, in turn with others. At most 16 turns in a batch. */
static inline struct db_batch_kind play_turn_kind(struct play_context *context, size_t max_items,
                                                  size_t queue_limit)
{
    struct db_batch_kind kind = play_quick_kind(context, max_items, queue_limit);
    kind.ask = play_ask_surely_after_turn;
    kind.ask_hoping = play_ask_after_turn;
    kind.ask_turn = play_ask_turn;
    kind.same_turn = play_same_turn;
    kind.waited = play_waited;
    return kind;
}

/* Waits until all have their outcome. */
static inline bool play_wait(struct play_item *items, size_t count, int most_ms)
{
    for (int waited = 0; waited < most_ms; waited++) {
        size_t finished = 0;
        for (size_t i = 0; i < count; i++) {
            finished += atomic_load(&items[i].finished) > 0;
        }
        if (finished == count) {
            return true;
        }
        play_nap_ms(1);
    }
    return false;
}

#endif
