#include "scene.h"

#include "play_batch.h"

#include "base/fault.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>

TestSuite(batcher, .fini = leaks_check, .timeout = 100);

typedef struct db_batch_kind (*play_kind_maker)(struct play_context *context, size_t max_items,
                                                size_t queue_limit);

static bool wait_ready(struct db_batcher *batcher)
{
    for (int waited = 0; !db_batcher_ready(batcher) && waited < 10000; waited++) {
        play_nap_ms(1);
    }
    return db_batcher_ready(batcher);
}

/* Occupies the writer with a first item until context->closed becomes false: what is submitted meanwhile is
 * one batch. */
static void occupy(struct db_batcher *batcher, struct play_context *context, struct play_item *first)
{
    atomic_store(&context->closed, true);
    play_prepare(first, 900000, 60000);
    cr_assert(db_batcher_submit(batcher, &first->item));
    while (atomic_load(&context->waiting) == 0) {
        play_nap_ms(1);
    }
}

enum { MANY = 2000 };

static void write_many(play_kind_maker make)
{
    struct scene scene;
    struct play_context context = {0};
    struct db_batch_kind kind = make(&context, 512, MANY + 1);
    static struct play_item items[MANY];
    struct play_item first;
    scene_begin(&scene, play_lists);
    struct db_batcher *batcher = db_batcher_start(&kind, &scene.config);
    cr_assert(wait_ready(batcher));
    occupy(batcher, &context, &first);
    for (int i = 0; i < MANY; i++) {
        play_prepare(&items[i], 1000 + (i * 7919) % MANY, 60000);
        cr_assert(db_batcher_submit(batcher, &items[i].item));
    }
    atomic_store(&context.closed, false);
    cr_assert(play_wait(items, MANY, 30000));
    struct db_batcher_stats stats = db_batcher_stats(batcher);
    cr_expect(eq(u64, stats.items, MANY + 1));
    cr_expect(eq(u64, stats.batches, 1 + 4), "512, 512, 512, 464");
    cr_expect(eq(u64, stats.retries + stats.poisoned, 0));
    cr_expect(eq(int, atomic_load(&context.unsorted), 0));
    for (int i = 0; i < MANY; i++) {
        cr_expect(eq(int, items[i].status, DB_OK));
        cr_expect(eq(int, atomic_load(&items[i].finished), 1));
        cr_expect(items[i].added);
    }
    db_batcher_stop(batcher);
    cr_expect(eq(
        i64,
        test_sql_number(scene.database.owner, "SELECT count(*) FROM zs.play WHERE id BETWEEN 1000 AND 2999"),
        MANY));
    scene_end(&scene);
}

Test(batcher, everything_queued_is_written_once_in_order_and_in_few_transactions)
{
    write_many(play_kind);
}

Test(batcher, everything_queued_is_written_once_in_order_and_in_few_transactions_in_one_message)
{
    write_many(play_quick_kind);
}

static void poison(play_kind_maker make)
{
    static const int poison[] = {0, 17, 18, 299};
    struct scene scene;
    struct play_context context = {0};
    struct db_batch_kind kind = make(&context, 512, 1000);
    static struct play_item items[300];
    struct play_item first;
    scene_begin(&scene, play_lists);
    struct db_batcher *batcher = db_batcher_start(&kind, &scene.config);
    occupy(batcher, &context, &first);
    for (int i = 0; i < 300; i++) {
        play_prepare(&items[i], 1000 + i, 60000);
    }
    for (size_t i = 0; i < sizeof poison / sizeof poison[0]; i++) {
        items[poison[i]].number = -1; /* against the table's CHECK */
    }
    for (int i = 0; i < 300; i++) {
        cr_assert(db_batcher_submit(batcher, &items[i].item));
    }
    atomic_store(&context.closed, false);
    cr_assert(play_wait(items, 300, 30000));
    for (int i = 0; i < 300; i++) {
        cr_expect(eq(int, items[i].status, items[i].number < 0 ? DB_CONSTRAINT : DB_OK), "item %d", i);
    }
    cr_expect(eq(u64, db_batcher_stats(batcher).poisoned, 4));
    db_batcher_stop(batcher);
    cr_expect(eq(
        i64,
        test_sql_number(scene.database.owner, "SELECT count(*) FROM zs.play WHERE id BETWEEN 1000 AND 1299"),
        296));
    scene_end(&scene);
}

Test(batcher, poison_fails_alone)
{
    poison(play_kind);
}

Test(batcher, poison_fails_alone_in_one_message)
{
    poison(play_quick_kind);
}

Test(batcher, poison_fails_alone_hoping)
{
    poison(play_hopeful_kind);
}

static void collide(play_kind_maker make)
{
    struct scene scene;
    struct play_context context = {0};
    struct db_batch_kind kind = make(&context, 512, 1000);
    static struct play_item items[90];
    struct play_item first;
    scene_begin(&scene, play_lists);
    struct db_batcher *batcher = db_batcher_start(&kind, &scene.config);
    occupy(batcher, &context, &first);
    for (int i = 0; i < 90; i++) {
        play_prepare(&items[i], 1000 + i % 30, 60000); /* each id three times */
        items[i].number = i;
        cr_assert(db_batcher_submit(batcher, &items[i].item));
    }
    atomic_store(&context.closed, false);
    cr_assert(play_wait(items, 90, 30000));
    for (int i = 0; i < 90; i++) {
        cr_expect(eq(int, items[i].status, DB_OK));
        cr_expect(eq(int, items[i].added, i < 30), "the first of each id came first");
    }
    cr_expect(eq(int, atomic_load(&context.unsorted), 0));
    cr_expect(eq(u64, db_batcher_stats(batcher).batches, 1 + 3));
    db_batcher_stop(batcher);
    scene_end(&scene);
}

Test(batcher, what_collides_waits_for_the_next_batch_in_order_of_arrival)
{
    collide(play_kind);
}

Test(batcher, what_collides_waits_for_the_next_batch_in_order_of_arrival_in_one_message)
{
    collide(play_quick_kind);
}

/* ---- in turn with other writers ---- */

/* Another's turn, in a session of its own. */
static void others_turn(PGconn *other, const char *function, int turn)
{
    char sql[64];
    snprintf(sql, sizeof sql, "SELECT pg_advisory_%s(99, %d)", function, turn);
    PGresult *result = PQexec(other, sql);
    cr_assert(eq(int, PQresultStatus(result), PGRES_TUPLES_OK), "%s", PQerrorMessage(other));
    PQclear(result);
}

static void wait_until_it_waits(const struct scene *scene)
{
    cr_assert(
        eq(i64,
           test_sql_wait(scene->database.owner,
                         "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND "
                         "database = (SELECT oid FROM pg_database WHERE datname = current_database())",
                         1, 5000),
           1));
}

static void submit(struct db_batcher *batcher, struct play_item *item, int32_t id)
{
    play_prepare(item, id, 60000);
    cr_assert(db_batcher_submit(batcher, &item->item));
}

/* Lets the writer meet a turn that is another's, so that it takes its next turns first. */
static void meet_another(struct scene *scene, struct db_batcher *batcher, PGconn *other)
{
    struct play_item item;
    others_turn(other, "lock", 100);
    submit(batcher, &item, 1000);
    wait_until_it_waits(scene);
    others_turn(other, "unlock", 100);
    cr_assert(play_wait(&item, 1, 10000));
    cr_assert(eq(int, item.status, DB_OK));
}

struct turns {
    struct scene scene;
    struct play_context context;
    struct db_batch_kind kind;
    struct db_batcher *batcher;
    PGconn *other;
};

static void turns_begin(struct turns *turns, int64_t worth_us)
{
    turns->context = (struct play_context){.closed = false};
    turns->kind = play_turn_kind(&turns->context, 4, 100);
    turns->kind.turn_worth_us = worth_us;
    scene_begin(&turns->scene, play_lists);
    turns->batcher = db_batcher_start(&turns->kind, &turns->scene.config);
    turns->other = PQconnectdb(turns->scene.database.owner);
    cr_assert(wait_ready(turns->batcher));
    meet_another(&turns->scene, turns->batcher, turns->other);
}

/* A batch of this item alone, whose turn is another's. */
static void wait_for_turn(struct turns *turns, struct play_item *item)
{
    others_turn(turns->other, "lock", 101);
    submit(turns->batcher, item, 1014);
    wait_until_it_waits(&turns->scene);
}

static void turns_end(struct turns *turns)
{
    db_batcher_stop(turns->batcher);
    PQfinish(turns->other);
    scene_end(&turns->scene);
}

Test(batcher, what_comes_in_while_a_batch_waits_for_its_turn_joins_it)
{
    struct turns turns;
    struct play_item items[5];
    turns_begin(&turns, 0);
    wait_for_turn(&turns, &items[0]);
    submit(turns.batcher, &items[1], 1012);
    submit(turns.batcher, &items[2], 1016);
    submit(turns.batcher, &items[3], 1013);
    submit(turns.batcher, &items[4], 1011); /* the fifth: one too many for a batch */
    others_turn(turns.other, "unlock", 101);
    cr_assert(play_wait(items, 5, 10000));
    for (int i = 0; i < 5; i++) {
        cr_expect(eq(int, items[i].status, DB_OK));
        cr_expect(items[i].added);
    }
    struct db_batcher_stats stats = db_batcher_stats(turns.batcher);
    cr_expect(eq(u64, stats.batches, 1 + 2));
    cr_expect(eq(u64, stats.retries, 0));
    cr_expect(eq(int, atomic_load(&turns.context.largest), 4));
    cr_expect(eq(int, atomic_load(&turns.context.unsorted), 0));
    turns_end(&turns);
}

/* Twice a batch waits for its turn while another item comes in: how many batches that was. */
static uint64_t batches_of_two_waits(int64_t worth_us)
{
    struct turns turns;
    struct play_item items[4];
    turns_begin(&turns, worth_us);
    for (int i = 0; i < 4; i += 2) {
        others_turn(turns.other, "lock", 101);
        submit(turns.batcher, &items[i], 1010 + i);
        wait_until_it_waits(&turns.scene);
        submit(turns.batcher, &items[i + 1], 1011 + i);
        others_turn(turns.other, "unlock", 101);
        cr_assert(play_wait(items + i, 2, 10000));
        cr_expect(items[i].added);
        cr_expect(items[i + 1].added);
    }
    const uint64_t batches = db_batcher_stats(turns.batcher).batches;
    turns_end(&turns);
    return batches;
}

Test(batcher, where_writing_is_quick_no_batch_waits_for_its_turn_first)
{
    cr_expect(eq(u64, batches_of_two_waits(0), 1 + 1 + 1), "always worth it");
    cr_expect(eq(u64, batches_of_two_waits(INT64_MAX), 1 + 1 + 2), "looked at once");
}

Test(batcher, what_is_of_another_turn_or_collides_does_not_join)
{
    struct turns turns;
    struct play_item items[5];
    turns_begin(&turns, 0);
    wait_for_turn(&turns, &items[0]);
    submit(turns.batcher, &items[1], 1014); /* joins the next */
    submit(turns.batcher, &items[2], 1012);
    submit(turns.batcher, &items[3], 1026); /* not covered, and in its order of arrival */
    submit(turns.batcher, &items[4], 1011);
    others_turn(turns.other, "unlock", 101);
    cr_assert(play_wait(items, 5, 10000));
    for (int i = 0; i < 5; i++) {
        cr_expect(eq(int, items[i].status, DB_OK));
        cr_expect(eq(int, items[i].added, i != 1), "item %d", i);
    }
    cr_expect(eq(int, atomic_load(&turns.context.unsorted), 0));
    cr_expect(eq(u64, db_batcher_stats(turns.batcher).batches, 1 + 2));
    turns_end(&turns);
}

Test(batcher, poison_that_joins_fails_alone)
{
    struct turns turns;
    struct play_item items[3];
    turns_begin(&turns, 0);
    wait_for_turn(&turns, &items[0]);
    play_prepare(&items[1], 1012, 60000);
    items[1].number = -1; /* against the table's CHECK */
    cr_assert(db_batcher_submit(turns.batcher, &items[1].item));
    submit(turns.batcher, &items[2], 1016);
    others_turn(turns.other, "unlock", 101);
    cr_assert(play_wait(items, 3, 10000));
    for (int i = 0; i < 3; i++) {
        cr_expect(eq(int, items[i].status, i == 1 ? DB_CONSTRAINT : DB_OK), "item %d", i);
        cr_expect(eq(int, atomic_load(&items[i].finished), 1));
    }
    cr_expect(eq(u64, db_batcher_stats(turns.batcher).poisoned, 1));
    turns_end(&turns);
}

Test(batcher, a_turn_that_was_cancelled_fails_only_what_waited_for_it)
{
    struct turns turns;
    struct play_item items[2];
    turns_begin(&turns, 0);
    wait_for_turn(&turns, &items[0]);
    submit(turns.batcher, &items[1], 1012);
    test_sql_text(
        turns.scene.database.owner,
        "SELECT count(pg_cancel_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
    others_turn(turns.other, "unlock", 101);
    cr_assert(play_wait(items, 2, 10000));
    /* By an administrator: its items are told so, and the next are written as ever. */
    cr_expect(ne(int, items[0].status, DB_OK));
    cr_expect(eq(int, items[1].status, DB_OK));
    turns_end(&turns);
}

Test(batcher, a_connection_lost_while_it_waits_for_its_turn_loses_nothing)
{
    struct turns turns;
    struct play_item items[2];
    turns_begin(&turns, 0);
    wait_for_turn(&turns, &items[0]);
    submit(turns.batcher, &items[1], 1012);
    test_sql_text(
        turns.scene.database.owner,
        "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND "
        "NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
    others_turn(turns.other, "unlock", 101);
    cr_assert(play_wait(items, 2, 10000));
    for (int i = 0; i < 2; i++) {
        cr_expect(eq(int, items[i].status, DB_OK));
        cr_expect(items[i].added);
    }
    turns_end(&turns);
}

Test(batcher, a_full_queue_refuses_and_deadlines_pass_in_it)
{
    struct scene scene;
    struct play_context context = {0};
    struct db_batch_kind kind = play_kind(&context, 512, 5);
    struct play_item items[6];
    struct play_item first;
    scene_begin(&scene, play_lists);
    struct db_batcher *batcher = db_batcher_start(&kind, &scene.config);
    cr_assert(wait_ready(batcher));
    occupy(batcher, &context, &first);
    for (int i = 0; i < 6; i++) {
        play_prepare(&items[i], 1000 + i, i < 2 ? 1 : 60000);
        cr_expect(eq(int, db_batcher_submit(batcher, &items[i].item), i < 5));
    }
    play_nap_ms(20);
    atomic_store(&context.closed, false);
    cr_assert(play_wait(items, 5, 30000));
    for (int i = 0; i < 5; i++) {
        cr_expect(eq(int, items[i].status, i < 2 ? DB_TIMEOUT : DB_OK));
    }
    cr_expect(eq(int, atomic_load(&items[5].finished), 0), "it was never taken");
    db_batcher_stop(batcher);
    scene_end(&scene);
}

Test(batcher, stop_writes_what_is_queued)
{
    struct scene scene;
    struct play_context context = {0};
    struct db_batch_kind kind = play_kind(&context, 16, 1000);
    static struct play_item items[200];
    scene_begin(&scene, play_lists);
    struct db_batcher *batcher = db_batcher_start(&kind, &scene.config);
    for (int i = 0; i < 200; i++) {
        play_prepare(&items[i], 1000 + i, 60000);
        cr_assert(db_batcher_submit(batcher, &items[i].item));
    }
    db_batcher_stop(batcher);
    for (int i = 0; i < 200; i++) {
        cr_expect(eq(int, atomic_load(&items[i].finished), 1));
        cr_expect(eq(int, items[i].status, DB_OK));
    }
    cr_expect(
        eq(i64, test_sql_number(scene.database.owner, "SELECT count(*) FROM zs.play WHERE id >= 1000"), 200));
    scene_end(&scene);
}

static const struct db_statement unprepared[] = {{"nowhere", "SELECT 1 FROM zs.nowhere"}, {NULL, NULL}};
static const struct db_statement *const unprepared_lists[] = {unprepared, NULL};

Test(batcher, a_kind_with_statements_of_its_own_prepares_no_other)
{
    struct scene scene;
    struct play_context context = {0};
    struct db_batch_kind kind = play_kind(&context, 16, 16);
    static struct play_item item;
    kind.statements = play_lists;
    scene_begin(&scene, unprepared_lists);
    struct db_batcher *batcher = db_batcher_start(&kind, &scene.config);
    play_prepare(&item, 1000, 10000);
    cr_assert(db_batcher_submit(batcher, &item.item));
    cr_assert(play_wait(&item, 1, 30000));
    cr_expect(eq(int, item.status, DB_OK));
    db_batcher_stop(batcher);
    scene_end(&scene);
}

Test(batcher, without_a_database_items_get_unavailable_at_their_deadline)
{
    struct play_context context = {0};
    struct db_config config = {.conninfo = "host=/nonexistent dbname=x"};
    struct db_batch_kind kind = play_kind(&context, 16, 100);
    struct play_item items[3];
    log_set_level(LOG_SILENT);
    struct db_batcher *batcher = db_batcher_start(&kind, &config);
    for (int i = 0; i < 3; i++) {
        play_prepare(&items[i], i, 300);
        cr_assert(db_batcher_submit(batcher, &items[i].item));
    }
    cr_expect(play_wait(items, 3, 10000));
    for (int i = 0; i < 3; i++) {
        cr_expect(eq(int, items[i].status, DB_UNAVAILABLE));
    }
    cr_expect(not(db_batcher_ready(batcher)));
    cr_expect(eq(int, atomic_load(&context.runs), 0));
    db_batcher_stop(batcher);
}

/* The connection breaks at every COMMIT until the fault is lifted; then all is there, once. */
static void break_at(struct slice faults, bool committed_meanwhile, play_kind_maker make)
{
    struct scene scene;
    struct play_context context = {0};
    struct db_batch_kind kind = make(&context, 512, 1000);
    static struct play_item items[50];
    scene_begin(&scene, play_lists);
    cr_assert(fault_configure(faults));
    struct db_batcher *batcher = db_batcher_start(&kind, &scene.config);
    for (int i = 0; i < 50; i++) {
        play_prepare(&items[i], 1000 + i, 60000);
        cr_assert(db_batcher_submit(batcher, &items[i].item));
    }
    while (db_batcher_stats(batcher).retries < 3) {
        play_nap_ms(1);
    }
    for (int i = 0; i < 50; i++) {
        cr_expect(eq(int, atomic_load(&items[i].finished), 0), "nothing is acknowledged");
    }
    int64_t rows = test_sql_number(scene.database.owner, "SELECT count(*) FROM zs.play WHERE id >= 1000");
    cr_expect(committed_meanwhile ? rows > 0 : rows == 0);
    cr_assert(fault_configure(SLICE("")));
    cr_assert(play_wait(items, 50, 30000));
    for (int i = 0; i < 50; i++) {
        cr_expect(eq(int, items[i].status, DB_OK));
        cr_expect(eq(int, atomic_load(&items[i].finished), 1));
    }
    db_batcher_stop(batcher);
    cr_expect(
        eq(i64, test_sql_number(scene.database.owner, "SELECT count(*) FROM zs.play WHERE id >= 1000"), 50));
    scene_end(&scene);
}

Test(batcher, a_connection_lost_before_commit_runs_the_batch_again)
{
    break_at(SLICE("play.before-commit=error"), false, play_kind);
    break_at(SLICE("play.before-commit=error"), false, play_quick_kind);
}

Test(batcher, a_connection_lost_after_commit_runs_the_batch_again_and_writes_nothing_twice)
{
    break_at(SLICE("play.after-commit=error"), true, play_kind);
    break_at(SLICE("play.after-commit=error"), true, play_quick_kind);
}

static void *kill_now_and_then(void *self)
{
    for (int i = 0; i < 12; i++) {
        play_nap_ms(40);
        test_sql_text(
            ((struct scene *)self)->database.owner,
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'scene'"
            " AND datname = current_database()");
    }
    return NULL;
}

enum { STREAM = 3000 };

static void end_sessions(play_kind_maker make)
{
    struct scene scene;
    struct play_context context = {0};
    struct db_batch_kind kind = make(&context, 64, STREAM);
    static struct play_item items[STREAM];
    pthread_t killer;
    scene_begin(&scene, play_lists);
    struct db_batcher *batcher = db_batcher_start(&kind, &scene.config);
    cr_assert(eq(int, pthread_create(&killer, NULL, kill_now_and_then, &scene), 0));
    for (int i = 0; i < STREAM; i++) {
        play_prepare(&items[i], 1000 + i, 60000);
        cr_assert(db_batcher_submit(batcher, &items[i].item));
        if (i % 6 == 0) {
            play_nap_ms(1);
        }
    }
    cr_assert(play_wait(items, STREAM, 60000));
    pthread_join(killer, NULL);
    for (int i = 0; i < STREAM; i++) {
        cr_expect(eq(int, items[i].status, DB_OK));
        cr_expect(eq(int, atomic_load(&items[i].finished), 1));
    }
    cr_expect(gt(u64, db_batcher_stats(batcher).retries, 0));
    db_batcher_stop(batcher);
    cr_expect(eq(i64, test_sql_number(scene.database.owner, "SELECT count(*) FROM zs.play WHERE id >= 1000"),
                 STREAM));
    scene_end(&scene);
}

Test(batcher, sessions_ended_under_load_lose_nothing_and_double_nothing)
{
    end_sessions(play_kind);
}

Test(batcher, sessions_ended_under_load_lose_nothing_and_double_nothing_in_one_message)
{
    end_sessions(play_quick_kind);
}

static void write_with_two(play_kind_maker make)
{
    struct scene scene;
    struct play_context contexts[2] = {{0}, {0}};
    struct db_batch_kind kinds[2];
    struct db_batcher *batchers[2];
    static struct play_item items[2][MANY];
    scene_begin(&scene, play_lists);
    for (int b = 0; b < 2; b++) {
        kinds[b] = make(&contexts[b], 256, MANY);
        batchers[b] = db_batcher_start(&kinds[b], &scene.config);
    }
    for (int i = 0; i < MANY; i++) {
        for (int b = 0; b < 2; b++) {
            play_prepare(&items[b][i], 1000 + (i * (b == 0 ? 7919 : 104729)) % MANY, 60000);
            cr_assert(db_batcher_submit(batchers[b], &items[b][i].item));
        }
    }
    int added = 0;
    for (int b = 0; b < 2; b++) {
        cr_assert(play_wait(items[b], MANY, 60000));
        cr_expect(eq(u64, db_batcher_stats(batchers[b]).retries, 0));
        db_batcher_stop(batchers[b]);
        for (int i = 0; i < MANY; i++) {
            cr_expect(eq(int, items[b][i].status, DB_OK));
            added += items[b][i].added;
        }
    }
    cr_expect(eq(int, added, MANY), "each row was added by one of the two");
    cr_expect(eq(i64, test_sql_number(scene.database.owner, "SELECT count(*) FROM zs.play WHERE id >= 1000"),
                 MANY));
    scene_end(&scene);
}

Test(batcher, two_writers_with_the_same_keys_do_not_deadlock)
{
    write_with_two(play_kind);
}

Test(batcher, two_writers_with_the_same_keys_do_not_deadlock_in_one_message)
{
    write_with_two(play_quick_kind);
}

Test(batcher, two_writers_with_the_same_keys_do_not_deadlock_hoping)
{
    write_with_two(play_hopeful_kind);
}

/* Writes item `id` alone. */
static void write_alone(struct db_batcher *batcher, int32_t id)
{
    struct play_item item;
    play_prepare(&item, id, 60000);
    cr_assert(db_batcher_submit(batcher, &item.item));
    cr_assert(play_wait(&item, 1, 30000));
    cr_expect(eq(int, item.status, DB_OK));
}

Test(batcher, a_hope_that_fails_costs_nobody_anything)
{
    struct scene scene;
    struct play_context context = {.unsettled = false};
    struct db_batch_kind kind = play_hopeful_kind(&context, 512, 1000);
    static struct play_item items[40];
    struct play_item first;
    scene_begin(&scene, play_lists);
    test_sql(scene.database.owner, "INSERT INTO zs.play VALUES (1007, 0)");
    struct db_batcher *batcher = db_batcher_start(&kind, &scene.config);
    occupy(batcher, &context, &first);
    for (int i = 0; i < 40; i++) {
        play_prepare(&items[i], 1000 + i, 60000);
        cr_assert(db_batcher_submit(batcher, &items[i].item));
    }
    atomic_store(&context.closed, false);
    cr_assert(play_wait(items, 40, 30000));
    for (int i = 0; i < 40; i++) {
        cr_expect(eq(int, items[i].status, DB_OK));
        cr_expect(eq(int, items[i].added, i != 7), "item %d", i);
    }
    cr_expect(eq(int, atomic_load(&context.hoped), 2));
    cr_expect(eq(int, atomic_load(&context.asked), 1));
    cr_expect(eq(u64, db_batcher_stats(batcher).poisoned, 0));
    cr_expect(eq(u64, db_batcher_stats(batcher).items, 41));

    /* It doubts for a while, and then hopes again. */
    for (int i = 0; i < 33; i++) {
        write_alone(batcher, 2000 + i);
    }
    cr_expect(eq(int, atomic_load(&context.asked), 33));
    cr_expect(eq(int, atomic_load(&context.hoped), 3));
    db_batcher_stop(batcher);
    scene_end(&scene);
}

Test(batcher, what_one_message_does_not_settle_is_run)
{
    struct scene scene;
    struct play_context context = {.unsettled = true};
    struct db_batch_kind kind = play_quick_kind(&context, 512, 1000);
    static struct play_item items[40];
    struct play_item first;
    scene_begin(&scene, play_lists);
    test_sql(scene.database.owner,
             "INSERT INTO zs.play SELECT id, 0 FROM generate_series(1000, 1019) AS g (id)");
    struct db_batcher *batcher = db_batcher_start(&kind, &scene.config);
    occupy(batcher, &context, &first);
    for (int i = 0; i < 40; i++) {
        play_prepare(&items[i], 1000 + i, 60000);
        cr_assert(db_batcher_submit(batcher, &items[i].item));
    }
    atomic_store(&context.closed, false);
    cr_assert(play_wait(items, 40, 30000));
    for (int i = 0; i < 40; i++) {
        cr_expect(eq(int, items[i].status, DB_OK));
        cr_expect(eq(int, items[i].added, i >= 20), "item %d", i);
    }
    cr_expect(eq(int, atomic_load(&context.asked), 2));
    cr_expect(eq(int, atomic_load(&context.runs), 1), "the twenty that were there");
    cr_expect(eq(u64, db_batcher_stats(batcher).items, 41));
    db_batcher_stop(batcher);
    scene_end(&scene);
}

Test(batcher, what_cannot_be_asked_in_one_message_is_run)
{
    struct scene scene;
    struct play_context context = {.refuse = true};
    struct db_batch_kind kind = play_quick_kind(&context, 512, 1000);
    struct play_item item;
    scene_begin(&scene, play_lists);
    struct db_batcher *batcher = db_batcher_start(&kind, &scene.config);
    play_prepare(&item, 1000, 60000);
    cr_assert(db_batcher_submit(batcher, &item.item));
    cr_assert(play_wait(&item, 1, 30000));
    cr_expect(eq(int, item.status, DB_OK));
    cr_expect(item.added);
    cr_expect(eq(int, atomic_load(&context.asked), 0));
    cr_expect(eq(int, atomic_load(&context.runs), 1));
    db_batcher_stop(batcher);
    scene_end(&scene);
}
