#include "scene.h"

#include "base/fault.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

TestSuite(transaction, .fini = leaks_check, .timeout = 60);

enum { ADD, SET_NUMBER, READ, READ_SUM, SERIALIZABLE, DEFER, ISOLATION, LOCK, NOTHING, END_OURSELVES };
static const struct db_statement statements[] = {
    [ADD] = {"add", "INSERT INTO zs.play (id, number) VALUES ($1::int4, $2::int4)"},
    [SET_NUMBER] = {"set", "UPDATE zs.play SET number = $2::int4 WHERE id = $1::int4"},
    [READ] = {"read", "SELECT number FROM zs.play WHERE id = $1::int4"},
    [READ_SUM] = {"sum", "SELECT sum(number)::int4 FROM zs.play"},
    [SERIALIZABLE] = {"serializable", "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"},
    [DEFER] = {"defer", "INSERT INTO zs.child (of) VALUES ($1::int4)"},
    [ISOLATION] =
        {"isolation",
         "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')"},
    [LOCK] = {"lock", "SELECT number FROM zs.play WHERE id = $1::int4 FOR UPDATE"},
    [NOTHING] = {"nothing", "SELECT 1::int4 WHERE false"},
    [END_OURSELVES] = {"end", "SELECT zs.end_ourselves()"},
    {NULL, NULL},
};
static const struct db_statement *const lists[] = {statements, NULL};

static void begin(struct scene *scene)
{
    scene_begin(scene, lists);
    test_sql(scene->database.owner,
             "CREATE TABLE zs.child (of int REFERENCES zs.play (id) DEFERRABLE INITIALLY DEFERRED);"
             "CREATE FUNCTION zs.end_ourselves() RETURNS boolean LANGUAGE sql SECURITY DEFINER"
             " AS 'SELECT pg_terminate_backend(pg_backend_pid())';"
             "GRANT ALL ON zs.child TO zs_intake; GRANT EXECUTE ON FUNCTION zs.end_ourselves() TO zs_intake");
}

static enum db_status run_two(struct db_tx *tx, int which, int32_t a, int32_t b)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, a);
    db_put_int32(&p, b);
    return db_run(NULL, tx, &statements[which], &p);
}

static enum db_status run_id(struct db_result **out, struct db_tx *tx, int which, int32_t id)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, id);
    return db_run(out, tx, &statements[which], &p);
}

struct step {
    int32_t id;
    int32_t number;
    enum db_status says; /* what work returns when its statement went well */
    bool ignore;         /* returns `says` also when it did not */
    int runs;
};

static enum db_status add(struct db_tx *tx, void *context)
{
    struct step *step = context;
    step->runs++;
    enum db_status status = run_two(tx, ADD, step->id, step->number);
    return status == DB_OK || step->ignore ? step->says : status;
}

static int64_t rows_with_id(struct scene *scene, int id)
{
    char sql[80];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM zs.play WHERE id = %d", id);
    return test_sql_number(scene->database.owner, sql);
}

Test(transaction, ok_commits_and_everything_else_rolls_back)
{
    static const enum db_status others[] = {DB_CONSTRAINT, DB_TIMEOUT, DB_ROLLBACK, DB_FAILED,
                                            DB_UNAVAILABLE};
    struct scene scene;
    begin(&scene);
    struct db_conn *conn = scene_connect(&scene);
    struct step ok = {.id = 100, .says = DB_OK};
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, add, &ok), DB_OK));
    cr_expect(eq(i64, rows_with_id(&scene, 100), 1));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct step step = {.id = 200, .says = others[i]};
        cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, add, &step), others[i]));
        cr_expect(eq(int, step.runs, 1));
        cr_expect(eq(i64, rows_with_id(&scene, 200), 0));
    }
    db_disconnect(conn);
    scene_end(&scene);
}

Test(transaction, a_failed_statement_is_never_a_success)
{
    struct scene scene;
    begin(&scene);
    struct db_conn *conn = scene_connect(&scene);
    struct step twice = {.id = 1, .says = DB_OK, .ignore = true};
    struct step negative = {.id = 300, .number = -1, .says = DB_OK, .ignore = true};
    struct step undone = {.id = 1, .says = DB_ROLLBACK, .ignore = true};
    struct step after = {.id = 301, .says = DB_OK};
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, add, &twice), DB_CONSTRAINT),
              "primary key");
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, add, &negative), DB_CONSTRAINT), "check");
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, add, &undone), DB_ROLLBACK),
              "the caller may make something of a constraint");
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, add, &after), DB_OK));
    cr_expect(eq(int, twice.runs + negative.runs, 2), "a constraint is not tried again");
    db_disconnect(conn);
    scene_end(&scene);
}

static enum db_status goes_on_after_failure(struct db_tx *tx, void *context)
{
    struct db_result *result;
    (void)context;
    cr_expect(eq(int, run_two(tx, ADD, 1, 1), DB_CONSTRAINT));
    cr_expect(eq(int, run_id(&result, tx, READ, 2), DB_CONSTRAINT));
    cr_expect(eq(ptr, result, NULL));
    return DB_OK;
}

static enum db_status child_of_nobody(struct db_tx *tx, void *context)
{
    (void)context;
    return run_id(NULL, tx, DEFER, 999);
}

static enum db_status expect_one(struct db_tx *tx, void *context)
{
    (void)context;
    cr_expect(eq(int, db_run_one(NULL, tx, &statements[NOTHING], NULL), DB_FAILED));
    return DB_OK;
}

Test(transaction, statements_after_a_failure_are_not_sent)
{
    struct scene scene;
    begin(&scene);
    struct db_conn *conn = scene_connect(&scene);
    cr_expect(
        eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, goes_on_after_failure, NULL), DB_CONSTRAINT));
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, child_of_nobody, NULL), DB_CONSTRAINT),
              "found at COMMIT only");
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, expect_one, NULL), DB_FAILED));
    db_disconnect(conn);
    scene_end(&scene);
}

static enum db_status read_only(struct db_tx *tx, void *context)
{
    struct db_result *result;
    (void)context;
    cr_assert(eq(int, db_run_one(&result, tx, &statements[ISOLATION], NULL), DB_OK));
    cr_expect(slice_equal_cstr(db_get_text(result, 0, 0), "repeatable read"));
    cr_expect(slice_equal_cstr(db_get_text(result, 0, 1), "on"));
    return run_two(tx, ADD, 400, 1);
}

static enum db_status read_write(struct db_tx *tx, void *context)
{
    struct db_result *result;
    (void)context;
    cr_assert(eq(int, db_run_one(&result, tx, &statements[ISOLATION], NULL), DB_OK));
    cr_expect(slice_equal_cstr(db_get_text(result, 0, 0), "read committed"));
    return DB_OK;
}

Test(transaction, read_only_refuses_to_write_and_that_is_our_bug)
{
    struct scene scene;
    begin(&scene);
    struct db_conn *conn = scene_connect(&scene);
    cr_expect(eq(int, db_transaction_read_only(conn, "test", DB_ROLE_INTAKE, read_only, NULL), DB_FAILED));
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, read_write, NULL), DB_OK));
    /* Of this database alone: the login is one that tests beside this one use too. */
    test_sql(scene.database.owner, "DO $$ BEGIN EXECUTE format('ALTER ROLE zs_test_app IN DATABASE %I"
                                   " SET default_transaction_read_only = on', current_database()); END $$");
    cr_assert(eq(int, db_reconnect(conn), DB_OK));
    struct step step = {.id = 401, .says = DB_OK};
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, add, &step), DB_UNAVAILABLE),
              "as on a standby");
    test_sql(scene.database.owner, "DO $$ BEGIN EXECUTE format('ALTER ROLE zs_test_app IN DATABASE %I"
                                   " RESET default_transaction_read_only', current_database()); END $$");
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, add, &step), DB_OK),
              "the next session is on the primary");
    db_disconnect(conn);
    scene_end(&scene);
}

/* ---- two at once ---- */

struct rival {
    struct scene *scene;
    pthread_barrier_t *barrier;
    db_work work;
    int32_t mine, other;
    int runs;
    enum db_status status;
};

static void *run_rival(void *self)
{
    struct rival *rival = self;
    struct db_conn *conn = scene_connect(rival->scene);
    rival->status = db_transaction(conn, "rival", DB_ROLE_INTAKE, rival->work, rival);
    db_disconnect(conn);
    return NULL;
}

static void run_rivals(struct scene *scene, db_work work, struct rival rivals[2])
{
    pthread_t threads[2];
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, 2);
    for (int i = 0; i < 2; i++) {
        rivals[i] =
            (struct rival){.scene = scene, .barrier = &barrier, .work = work, .mine = 1 + i, .other = 2 - i};
        cr_assert(eq(int, pthread_create(&threads[i], NULL, run_rival, &rivals[i]), 0));
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&barrier);
}

/* Each locks its own row, and once both have, the other's. */
static enum db_status lock_crosswise(struct db_tx *tx, void *context)
{
    struct rival *rival = context;
    enum db_status status = run_two(tx, SET_NUMBER, rival->mine, 100 + rival->mine);
    if (rival->runs++ == 0) {
        pthread_barrier_wait(rival->barrier);
    }
    return status == DB_OK ? run_two(tx, SET_NUMBER, rival->other, 100 + rival->mine) : status;
}

Test(transaction, a_deadlock_is_run_again_until_both_are_through)
{
    struct scene scene;
    struct rival rivals[2];
    begin(&scene);
    run_rivals(&scene, lock_crosswise, rivals);
    cr_expect(eq(int, rivals[0].status, DB_OK));
    cr_expect(eq(int, rivals[1].status, DB_OK));
    /* Whoever was rolled back may take its own row again before the other has woken: a second deadlock. */
    cr_expect(ge(int, rivals[0].runs + rivals[1].runs, 3), "one of the two ran again");
    scene_end(&scene);
}

/* Each reads the sum of both rows, and once both have, adds a row of its own: no order of the two gives that.
 */
static enum db_status read_then_write(struct db_tx *tx, void *context)
{
    struct rival *rival = context;
    struct db_result *result = NULL;
    enum db_status status = db_run(NULL, tx, &statements[SERIALIZABLE], NULL);
    if (status == DB_OK) {
        status = db_run_one(&result, tx, &statements[READ_SUM], NULL);
    }
    if (rival->runs++ == 0) {
        pthread_barrier_wait(rival->barrier);
    }
    return status == DB_OK ? run_two(tx, ADD, 500 + rival->mine, db_get_int32(result, 0, 0)) : status;
}

Test(transaction, a_serialization_failure_is_run_again)
{
    struct scene scene;
    struct rival rivals[2];
    begin(&scene);
    run_rivals(&scene, read_then_write, rivals);
    cr_expect(eq(int, rivals[0].status, DB_OK));
    cr_expect(eq(int, rivals[1].status, DB_OK));
    cr_expect(ge(int, rivals[0].runs + rivals[1].runs, 3));
    cr_expect(eq(i64, test_sql_number(scene.database.owner, "SELECT sum(number) FROM zs.play"), 30 + 30 + 60),
              "the second has seen the first");
    scene_end(&scene);
}

struct holder {
    struct scene *scene;
    atomic_bool locked, let_go;
};

static enum db_status hold_row(struct db_tx *tx, void *context)
{
    struct holder *holder = context;
    enum db_status status = run_id(NULL, tx, LOCK, 1);
    atomic_store(&holder->locked, true);
    while (!atomic_load(&holder->let_go)) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return status;
}

static void *run_holder(void *self)
{
    struct holder *holder = self;
    struct db_conn *conn = scene_connect(holder->scene);
    db_transaction(conn, "holder", DB_ROLE_INTAKE, hold_row, holder);
    db_disconnect(conn);
    return NULL;
}

static enum db_status lock_row(struct db_tx *tx, void *context)
{
    ++*(int *)context;
    return run_id(NULL, tx, LOCK, 1);
}

Test(transaction, a_lock_that_is_held_too_long_is_tried_six_times)
{
    struct scene scene;
    pthread_t thread;
    int runs = 0;
    begin(&scene);
    struct holder holder = {.scene = &scene};
    cr_assert(eq(int, pthread_create(&thread, NULL, run_holder, &holder), 0));
    while (!atomic_load(&holder.locked)) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    struct db_config impatient = scene.config;
    struct db_conn *conn;
    impatient.lock_timeout_ms = 20;
    cr_assert(eq(int, db_connect(&conn, &impatient), DB_OK));
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, lock_row, &runs), DB_RETRY));
    cr_expect(eq(int, runs, 6));
    atomic_store(&holder.let_go, true);
    pthread_join(thread, NULL);
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, lock_row, &runs), DB_OK));
    db_disconnect(conn);
    scene_end(&scene);
}

/* ---- connections that break ---- */

static enum db_status die_inside(struct db_tx *tx, void *context)
{
    ++*(int *)context;
    enum db_status status = run_two(tx, ADD, 600, 1);
    cr_expect(eq(int, status, DB_OK));
    cr_expect(eq(int, db_run(NULL, tx, &statements[END_OURSELVES], NULL), DB_UNAVAILABLE));
    cr_expect(eq(int, run_two(tx, ADD, 601, 1), DB_UNAVAILABLE));
    return DB_OK; /* as careless work would */
}

Test(transaction, a_connection_lost_inside_is_unavailable_and_not_run_again)
{
    struct scene scene;
    int runs = 0;
    begin(&scene);
    struct db_conn *conn = scene_connect(&scene);
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, die_inside, &runs), DB_UNAVAILABLE));
    test_sql(scene.database.owner,
             "REVOKE pg_signal_backend FROM zs_intake; REVOKE zs_test_app FROM zs_intake");
    cr_expect(eq(int, runs, 1));
    cr_expect(eq(i64, rows_with_id(&scene, 600), 0));
    struct step step = {.id = 602, .says = DB_OK};
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, add, &step), DB_OK),
              "and the next one connects anew");
    db_disconnect(conn);
    scene_end(&scene);
}

Test(transaction, a_connection_lost_around_commit_has_an_unknown_outcome)
{
    struct scene scene;
    begin(&scene);
    struct db_conn *conn = scene_connect(&scene);
    struct step before = {.id = 700, .says = DB_OK};
    struct step after = {.id = 701, .says = DB_OK};
    cr_assert(fault_configure(SLICE("db.before-commit=error")));
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, add, &before), DB_UNAVAILABLE));
    cr_assert(fault_configure(SLICE("db.after-commit=error")));
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, add, &after), DB_UNAVAILABLE));
    cr_assert(fault_configure(SLICE("")));
    cr_expect(eq(i64, rows_with_id(&scene, 700), 0), "never committed");
    cr_expect(eq(i64, rows_with_id(&scene, 701), 1), "committed, but the answer was lost");
    db_disconnect(conn);
    scene_end(&scene);
}
