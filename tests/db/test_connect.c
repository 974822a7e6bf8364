#include "scene.h"

#include "base/clock.h"
#include "base/fault.h"

#include <stdio.h>
#include <unistd.h>

TestSuite(connect, .fini = leaks_check, .timeout = 60);

enum { WHO, SLEEP, SETTINGS };
static const struct db_statement statements[] = {
    [WHO] = {"who", "SELECT current_user::text, session_user::text"},
    [SLEEP] = {"sleep", "SELECT 1::int4 FROM (SELECT pg_sleep($1::float8)) AS slept"},
    [SETTINGS] = {"settings", "SELECT current_setting('statement_timeout'), current_setting('lock_timeout'),"
                              " current_setting('application_name'), current_setting('client_encoding')"},
    {NULL, NULL},
};
static const struct db_statement *const lists[] = {statements, NULL};

static enum db_status settings(struct db_tx *tx, void *context)
{
    struct db_result *result;
    (void)context;
    enum db_status status = db_run_one(&result, tx, &statements[SETTINGS], NULL);
    if (status == DB_OK) {
        cr_expect(slice_equal_cstr(db_get_text(result, 0, 0), "10s"));
        cr_expect(slice_equal_cstr(db_get_text(result, 0, 1), "5s"));
        cr_expect(slice_equal_cstr(db_get_text(result, 0, 2), "scene"));
        cr_expect(slice_equal_cstr(db_get_text(result, 0, 3), "UTF8"));
    }
    return status;
}

Test(connect, sets_timeouts_and_name)
{
    struct scene scene;
    scene_begin(&scene, lists);
    struct db_conn *conn = scene_connect(&scene);
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, settings, NULL), DB_OK));
    db_disconnect(conn);
    scene_end(&scene);
}

Test(connect, a_statement_that_does_not_prepare_fails_it)
{
    static const struct db_statement bad[] = {
        {"good", "SELECT 1"}, {"bad", "SELECT nothing FROM nowhere"}, {NULL, NULL}};
    static const struct db_statement *const bad_lists[] = {bad, NULL};
    struct scene scene;
    struct db_conn *conn;
    scene_begin(&scene, bad_lists);
    cr_expect(eq(int, db_connect(&conn, &scene.config), DB_FAILED));
    cr_expect(eq(ptr, conn, NULL));
    scene_end(&scene);
}

Test(connect, an_absent_server_is_unavailable)
{
    struct db_config config = {.conninfo = "host=/nonexistent dbname=x"};
    struct db_conn *conn;
    log_set_level(LOG_SILENT);
    cr_expect(eq(int, db_connect(&conn, &config), DB_UNAVAILABLE));
    cr_expect(eq(ptr, conn, NULL));
}

static size_t lines_in(FILE *file)
{
    size_t lines = 0;
    rewind(file);
    for (int c; (c = fgetc(file)) != EOF;) {
        lines += c == '\n';
    }
    return lines;
}

/* Dozens of tries a second, by all connections of a program, do not bury what else is in the log. */
Test(connect, an_absent_server_is_told_of_once_a_second)
{
    enum { TRIES = 50 };
    struct db_config config = {.conninfo = "host=/nonexistent dbname=x"};
    struct db_conn *conn;
    FILE *said = tmpfile();
    const int kept = dup(STDERR_FILENO);
    cr_assert(said && kept >= 0 && dup2(fileno(said), STDERR_FILENO) >= 0);
    const int64_t began = clock_monotonic_us();
    for (int i = 0; i < TRIES; i++) {
        db_connect(&conn, &config);
    }
    const int64_t seconds = (clock_monotonic_us() - began) / 1000000;
    dup2(kept, STDERR_FILENO);
    close(kept);
    const size_t lines = lines_in(said);
    fclose(said);
    cr_expect(lines >= 1 && lines <= (size_t)seconds + 1, "%zu lines in %d s", lines, (int)seconds);
}

Test(connect, a_wrong_conninfo_is_unavailable)
{
    struct db_config config = {.conninfo = "this is = not a ' conninfo"};
    struct db_conn *conn;
    log_set_level(LOG_SILENT);
    cr_expect(eq(int, db_connect(&conn, &config), DB_UNAVAILABLE));
}

Test(connect, the_fault_point_makes_it_unavailable)
{
    struct scene scene;
    struct db_conn *conn;
    scene_begin(&scene, lists);
    cr_assert(fault_configure(SLICE("db.connect=error")));
    cr_expect(eq(int, db_connect(&conn, &scene.config), DB_UNAVAILABLE));
    cr_assert(fault_configure(SLICE("")));
    cr_expect(eq(int, db_connect(&conn, &scene.config), DB_OK));
    db_disconnect(conn);
    scene_end(&scene);
}

static enum db_status sleep_long(struct db_tx *tx, void *context)
{
    struct db_params p = db_params(tx);
    (void)context;
    db_put_float8(&p, 30.0);
    return db_run(NULL, tx, &statements[SLEEP], &p);
}

Test(connect, a_statement_is_ended_at_its_timeout)
{
    struct scene scene;
    scene_begin(&scene, lists);
    scene.config.statement_timeout_ms = 100;
    struct db_conn *conn = scene_connect(&scene);
    int64_t before = clock_monotonic_us();
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, sleep_long, NULL), DB_TIMEOUT));
    cr_expect(lt(i64, clock_monotonic_us() - before, 5000000));
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, sleep_long, NULL), DB_TIMEOUT));
    db_disconnect(conn);
    scene_end(&scene);
}

static enum db_status who(struct db_tx *tx, void *context)
{
    struct db_result *result;
    enum db_status status = db_run_one(&result, tx, &statements[WHO], NULL);
    if (status == DB_OK) {
        cr_expect(slice_equal_cstr(db_get_text(result, 0, 0), context));
        cr_expect(slice_equal_cstr(db_get_text(result, 0, 1), "zs_test_app"));
    }
    return status;
}

Test(connect, works_under_the_role_asked_for)
{
    struct scene scene;
    char intake[] = "zs_intake";
    char staff[] = "zs_staff";
    char results[] = "zs_results";
    char audit[] = "zs_audit";
    scene_begin(&scene, lists);
    struct db_conn *conn = scene_connect(&scene);
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, who, intake), DB_OK));
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_STAFF, who, staff), DB_OK));
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_RESULTS, who, results), DB_OK));
    cr_expect(eq(int, db_transaction_read_only(conn, "test", DB_ROLE_AUDIT, who, audit), DB_OK));
    db_disconnect(conn);
    scene_end(&scene);
}

Test(connect, an_idle_connection_that_was_closed_is_opened_again_unnoticed)
{
    struct scene scene;
    char intake[] = "zs_intake";
    scene_begin(&scene, lists);
    struct db_conn *conn = scene_connect(&scene);
    scene_kill_sessions(&scene);
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, who, intake), DB_OK));
    scene_kill_sessions(&scene);
    cr_expect(eq(int, db_reconnect(conn), DB_OK));
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, who, intake), DB_OK));
    db_disconnect(conn);
    scene_end(&scene);
}

Test(connect, tells_what_is_wrong_with_the_server)
{
    struct scene scene;
    struct slice problem;
    struct arena *arena = arena_create(1 << 16);
    scene_begin(&scene, lists);
    struct db_conn *conn = scene_connect(&scene);
    cr_expect(eq(int, db_server_problem(&problem, arena, conn), DB_OK));
    cr_expect(eq(sz, problem.len, 0));
    db_disconnect(conn);
    char sql[128];
    snprintf(sql, sizeof sql, "ALTER DATABASE %s SET synchronous_commit = off", scene.database.name);
    test_sql(scene.database.owner, sql);
    conn = scene_connect(&scene);
    cr_expect(eq(int, db_server_problem(&problem, arena, conn), DB_OK));
    cr_expect(slice_starts_with(problem, SLICE("synchronous_commit is off")));
    db_disconnect(conn);
    arena_destroy(arena);
    scene_end(&scene);
}
