#include "migrate_scene.h"

#include "base/fault.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <time.h>

TestSuite(migrate_up, .fini = leaks_check, .timeout = 60);

#define FIRST                                                                                                \
    FILE_OF("0001_first", OLDEST "CREATE TABLE zs.one (id int);\nINSERT INTO zs.one VALUES (1), (1);")
#define SECOND FILE_OF("0002_second", OLDEST "CREATE TABLE zs.two (id int)")

static const struct embedded_file one_file[] = {FIRST, FILES_END};
static const struct embedded_file two_files[] = {FIRST, SECOND, FILES_END};

Test(migrate_up, status_up_status_up)
{
    struct test_database database;
    struct said said;
    test_database_create(&database, false);
    struct migrate_options options = options_for(two_files, &said);
    cr_expect(eq(int, migrate_status(database.owner, &options), MIGRATE_PENDING));
    expect_said(&said, "0001_first");
    expect_said(&said, "pending: 2 statements");
    expect_said(&said, "to do: 2 migrations and 0 routines");
    cr_expect(not(schema_exists(database.owner)), "telling changes nothing");
    cr_expect(eq(int, migrate_verify(database.owner, &options), MIGRATE_PENDING));

    options = options_for(one_file, &said);
    cr_expect(eq(int, migrate_up(database.owner, &options), MIGRATE_OK), "%s", said.text);
    expect_said(&said, "0001_first applied");
    options = options_for(two_files, &said);
    cr_expect(eq(int, migrate_status(database.owner, &options), MIGRATE_PENDING));
    expect_said(&said, "to do: 1 migration and 0 routines");
    cr_expect(eq(int, migrate_up(database.owner, &options), MIGRATE_OK), "%s", said.text);

    options = options_for(two_files, &said);
    cr_expect(eq(int, migrate_up(database.owner, &options), MIGRATE_OK));
    expect_said(&said, "nothing to do: the database is up to date");
    cr_expect(eq(int, migrate_status(database.owner, &options), MIGRATE_OK));
    cr_expect(eq(i64, applied_count(database.owner), 2));
    cr_expect(eq(i64, test_sql_number(database.owner, "SELECT count(*) FROM zs.one"), 2));
    test_database_drop(&database);
}

/* Holds what sql takes, for a while, in a transaction and session of its own. */
struct holder {
    const char *conninfo;
    const char *sql;
    int hold_ms;
    pthread_barrier_t taken;
    pthread_t thread;
};

static void *hold(void *self)
{
    struct holder *holder = self;
    PGconn *pg = PQconnectdb(holder->conninfo);
    PQclear(PQexec(pg, "BEGIN"));
    PQclear(PQexec(pg, holder->sql));
    pthread_barrier_wait(&holder->taken);
    nanosleep(
        &(struct timespec){.tv_sec = holder->hold_ms / 1000, .tv_nsec = holder->hold_ms % 1000 * 1000000L},
        NULL);
    PQfinish(pg);
    return NULL;
}

static void start_holding(struct holder *holder)
{
    pthread_barrier_init(&holder->taken, NULL, 2);
    cr_assert(eq(int, pthread_create(&holder->thread, NULL, hold, holder), 0));
    pthread_barrier_wait(&holder->taken);
}

static void end_holding(struct holder *holder)
{
    pthread_join(holder->thread, NULL);
    pthread_barrier_destroy(&holder->taken);
}

Test(migrate_up, a_dry_run_lists_and_locks_nothing)
{
    struct test_database database;
    struct said said;
    test_database_create(&database, false);
    struct migrate_options options = options_for(two_files, &said);
    options.dry_run = true;
    struct holder holder = {
        .conninfo = database.owner, .sql = "SELECT pg_advisory_lock(31347, 1)", .hold_ms = 1000};
    start_holding(&holder);
    struct timespec before;
    struct timespec after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    cr_expect(eq(int, migrate_up(database.owner, &options), MIGRATE_OK));
    clock_gettime(CLOCK_MONOTONIC, &after);
    cr_expect(
        lt(i64, (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000, 900),
        "it does not wait for who holds the lock");
    expect_said(&said, "would apply 0001_first: 2 statements");
    expect_said(&said, "would apply 0002_second: 1 statement");
    cr_expect(not(schema_exists(database.owner)));
    end_holding(&holder);
    test_database_drop(&database);
}

Test(migrate_up, a_failure_names_the_statement_and_leaves_all_as_it_was)
{
    static const struct embedded_file broken_first[] = {
        FILE_OF("0001_first", OLDEST
                "CREATE TABLE zs.one (id int);\n\nINSERT INTO zs.one\n  VALUES (1, nonsense);\nSELECT 1;"),
        FILES_END};
    static const struct embedded_file broken_second[] = {
        FIRST,
        FILE_OF("0002_second", OLDEST
                "CREATE TABLE zs.two (id int UNIQUE); -- made\nINSERT INTO zs.two SELECT id FROM zs.one"),
        FILES_END};
    struct test_database database;
    struct said said;
    test_database_create(&database, false);
    struct migrate_options options = options_for(broken_first, &said);
    cr_expect(eq(int, migrate_up(database.owner, &options), MIGRATE_FAILED));
    expect_said(&said, "0001_first: statement 2 of 3 (line 5) failed: INSERT INTO zs.one");
    expect_said(&said, "column \"nonsense\" does not exist");
    expect_said(&said, "42703");
    expect_said(&said, "0001_first was not applied; the database is as it was before it");
    cr_expect(not(schema_exists(database.owner)));

    options = options_for(broken_second, &said);
    cr_expect(eq(int, migrate_up(database.owner, &options), MIGRATE_FAILED));
    expect_said(&said, "0001_first applied");
    expect_said(&said, "0002_second: statement 2 of 2 (line 3) failed");
    expect_said(&said, "Key (id)=(1) already exists.");
    cr_expect(eq(i64, applied_count(database.owner), 1));
    cr_expect(
        eq(i64, test_sql_number(database.owner, "SELECT count(*) FROM pg_class WHERE relname = 'two'"), 0));
    expect_up(database.owner, two_files, MIGRATE_OK);
    test_database_drop(&database);
}

Test(migrate_up, what_fails_only_at_commit_or_copies_is_rolled_back_too)
{
    static const struct embedded_file deferred[] = {
        FILE_OF("0001_first", OLDEST "CREATE TABLE zs.one (id int PRIMARY KEY, of int REFERENCES zs.one "
                                     "DEFERRABLE INITIALLY DEFERRED);"
                                     "INSERT INTO zs.one VALUES (1, 2)"),
        FILES_END};
    static const struct embedded_file copies[] = {
        FILE_OF("0001_first", OLDEST "CREATE TABLE zs.one (id int); COPY zs.one FROM STDIN"), FILES_END};
    struct test_database database;
    struct said said;
    test_database_create(&database, false);
    struct migrate_options options = options_for(deferred, &said);
    cr_expect(eq(int, migrate_up(database.owner, &options), MIGRATE_FAILED));
    expect_said(&said, "0001_first: COMMIT failed");
    expect_said(&said, "violates foreign key constraint");
    options = options_for(copies, &said);
    cr_expect(eq(int, migrate_up(database.owner, &options), MIGRATE_FAILED));
    expect_said(&said, "it is a COPY");
    options = options_for(one_file, &said);
    cr_assert(fault_configure(SLICE("migrate.before-commit=error")));
    cr_expect(eq(int, migrate_up(database.owner, &options), MIGRATE_FAILED));
    cr_assert(fault_configure(SLICE("")));
    cr_expect(not(schema_exists(database.owner)));
    expect_up(database.owner, one_file, MIGRATE_OK);
    test_database_drop(&database);
}

static const struct embedded_file altering[] = {
    FIRST, FILE_OF("0002_alter", OLDEST "ALTER TABLE zs.one ADD extra int"), FILES_END};

Test(migrate_up, a_lock_that_is_held_is_tried_again_and_then_given_up)
{
    struct test_database database;
    struct said said;
    test_database_create(&database, false);
    expect_up(database.owner, one_file, MIGRATE_OK);
    struct holder holder = {.conninfo = database.owner, .sql = "SELECT * FROM zs.one", .hold_ms = 2500};
    start_holding(&holder);
    struct migrate_options options = options_for(altering, &said);
    cr_expect(eq(int, migrate_up(database.owner, &options), MIGRATE_FAILED));
    expect_said(
        &said,
        "0002_alter: statement 1 of 1 (line 2) could not get its lock: ALTER TABLE zs.one ADD extra int");
    expect_said(&said, "try 3 of 3 follows");
    expect_said(&said, "gave up after 3 tries of 100 ms");
    cr_expect(eq(i64, applied_count(database.owner), 1));
    options = options_for(altering, &said);
    options.lock_tries = 30;
    cr_expect(eq(int, migrate_up(database.owner, &options), MIGRATE_OK), "%s", said.text);
    expect_said(&said, "could not get its lock");
    expect_said(&said, "0002_alter applied");
    end_holding(&holder);
    test_database_drop(&database);
}

struct runner {
    const char *conninfo;
    const struct embedded_file *files;
    struct said said;
    enum migrate_status status;
    pthread_t thread;
};

static void *run_up(void *self)
{
    struct runner *runner = self;
    struct migrate_options options = options_for(runner->files, &runner->said);
    runner->status = migrate_up(runner->conninfo, &options);
    return NULL;
}

enum { RUNNERS = 4 };

/* Runs them all at once; returns how many applied something. */
static int run_together(const char *conninfo, const struct embedded_file *files)
{
    static struct runner runners[RUNNERS];
    int worked = 0;
    for (int i = 0; i < RUNNERS; i++) {
        runners[i] = (struct runner){.conninfo = conninfo, .files = files};
        cr_assert(eq(int, pthread_create(&runners[i].thread, NULL, run_up, &runners[i]), 0));
    }
    for (int i = 0; i < RUNNERS; i++) {
        pthread_join(runners[i].thread, NULL);
        cr_expect(eq(int, runners[i].status, MIGRATE_OK), "%s", runners[i].said.text);
        worked += strstr(runners[i].said.text, " applied\n") != NULL;
        cr_expect(strstr(runners[i].said.text, " applied\n") != NULL ||
                  strstr(runners[i].said.text, "nothing to do") != NULL);
    }
    return worked;
}

Test(migrate_up, of_several_at_once_one_works)
{
    static const struct embedded_file slow[] = {
        FILE_OF("0001_first", OLDEST "CREATE TABLE zs.one (id int); SELECT pg_sleep(0.3)"), SECOND,
        FILES_END};
    static const struct embedded_file with_index[] = {
        FILE_OF("0001_first", OLDEST "CREATE TABLE zs.one (id int); SELECT pg_sleep(0.3)"), SECOND,
        FILE_OF("0003_index", OLDEST
                "-- outside transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS one_id ON zs.one (id)"),
        FILES_END};
    struct test_database database;
    test_database_create(&database, false);
    cr_expect(eq(int, run_together(database.owner, slow), 1));
    cr_expect(eq(i64, applied_count(database.owner), 2));
    cr_expect(eq(int, run_together(database.owner, with_index), 1), "those that wait do not block the index");
    cr_expect(eq(i64, applied_count(database.owner), 3));
    test_database_drop(&database);
}

Test(migrate_up, outside_a_transaction_leaves_no_half_made_index)
{
    static const struct embedded_file files[] = {
        FIRST,
        FILE_OF(
            "0002_index", OLDEST
            "-- outside transaction\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS one_id ON zs.one (id)"),
        FILES_END};
    struct test_database database;
    struct said said;
    test_database_create(&database, false);
    struct migrate_options options = options_for(files, &said);
    cr_expect(eq(int, migrate_up(database.owner, &options), MIGRATE_FAILED), "the rows are not unique");
    expect_said(&said, "0002_index: statement 1 of 1 (line 3) failed: CREATE UNIQUE INDEX CONCURRENTLY");
    expect_said(&said, "an index was left half made: DROP INDEX CONCURRENTLY IF EXISTS zs.one_id");
    cr_expect(
        eq(i64, test_sql_number(database.owner, "SELECT count(*) FROM pg_index WHERE NOT indisvalid"), 0));
    cr_expect(eq(i64, applied_count(database.owner), 1));
    /* As after a crash half way: IF NOT EXISTS must not take it for the real one. */
    test_sql_error(database.owner, "CREATE UNIQUE INDEX CONCURRENTLY one_id ON zs.one (id)");
    test_sql(database.owner, "DELETE FROM zs.one WHERE ctid = (SELECT min(ctid) FROM zs.one)");
    expect_up(database.owner, files, MIGRATE_OK);
    cr_expect(
        eq(i64,
           test_sql_number(database.owner, "SELECT count(*) FROM pg_index AS i JOIN pg_class AS c ON c.oid ="
                                           " i.indexrelid WHERE c.relname = 'one_id' AND indisvalid"),
           1));
    test_database_drop(&database);
}

#define ROUTINE(number)                                                                                      \
    FILE_OF("routines/answer",                                                                               \
            "CREATE OR REPLACE FUNCTION zs.answer() RETURNS int LANGUAGE sql AS 'SELECT " number "'")

Test(migrate_up, routines_are_applied_again_when_they_change)
{
    static const struct embedded_file old[] = {FIRST, ROUTINE("41"), FILES_END};
    static const struct embedded_file new[] = {FIRST, ROUTINE("42"), FILES_END};
    static const struct embedded_file broken[] = {FIRST, ROUTINE("nonsense"), FILES_END};
    struct test_database database;
    struct said said;
    test_database_create(&database, false);
    expect_up(database.owner, old, MIGRATE_OK);
    cr_expect(eq(i64, test_sql_number(database.owner, "SELECT zs.answer()"), 41));
    struct migrate_options options = options_for(new, &said);
    cr_expect(eq(int, migrate_status(database.owner, &options), MIGRATE_PENDING));
    expect_said(&said, "pending: changed since");
    options = options_for(new, &said);
    options.binary_version = "0.2.0";
    cr_expect(eq(int, migrate_up(database.owner, &options), MIGRATE_OK), "%s", said.text);
    expect_said(&said, "1 routine applied");
    cr_expect(eq(i64, test_sql_number(database.owner, "SELECT zs.answer()"), 42));
    options = options_for(new, &said);
    cr_expect(eq(int, migrate_up(database.owner, &options), MIGRATE_OK));
    expect_said(&said, "nothing to do");
    options = options_for(old, &said);
    cr_expect(eq(int, migrate_up(database.owner, &options), MIGRATE_REFUSED),
              "an older program would undo it");
    expect_said(&said, "routines/answer was applied by zevenstem 0.2.0; this is the older 0.1.0");
    options = options_for(broken, &said);
    options.binary_version = "0.3.0";
    cr_expect(eq(int, migrate_up(database.owner, &options), MIGRATE_FAILED));
    expect_said(&said, "routines/answer: statement 1 of 1 (line 1) failed");
    expect_said(&said, "they are as they were");
    cr_expect(eq(i64, test_sql_number(database.owner, "SELECT zs.answer()"), 42));
    test_database_drop(&database);
}

Test(migrate_up, up_to_a_number)
{
    static const struct embedded_file files[] = {FIRST, SECOND, ROUTINE("1"), FILES_END};
    struct test_database database;
    struct said said;
    test_database_create(&database, false);
    struct migrate_options options = options_for(files, &said);
    options.up_to = 3;
    cr_expect(eq(int, migrate_up(database.owner, &options), MIGRATE_REFUSED));
    expect_said(&said, "there is no migration 0003: the last is 0002");
    cr_expect(not(schema_exists(database.owner)));
    options.up_to = 1;
    cr_expect(eq(int, migrate_up(database.owner, &options), MIGRATE_OK));
    expect_said(&said, "routines wait until all migrations are applied");
    cr_expect(eq(i64, applied_count(database.owner), 1));
    cr_expect(eq(i64, test_sql_number(database.owner, "SELECT count(*) FROM zs.migration_routine"), 0));
    expect_up(database.owner, files, MIGRATE_OK);
    cr_expect(eq(int, migrate_up(database.owner, &options), MIGRATE_REFUSED));
    expect_said(&said, "the database is at 0002 already; migrations do not go back");
    test_database_drop(&database);
}
