#include "support/database.h"

#include "base/log.h"
#include "crypto/crypto.h"
#include "db/migrate.h"

#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char text_answer[8192];
static char error_answer[8];

/* The tests provoke what the log complains of. ZEVENSTEM_TEST_LOG=debug shows it all the same. */
static void quiet_log(void)
{
    enum log_level level = LOG_SILENT;
    const char *wanted = getenv("ZEVENSTEM_TEST_LOG");
    cr_assert(!wanted || log_level_from_text(&level, slice_from_cstr(wanted)));
    log_set_level(level);
}

static void quiet(void *context, const PGresult *result)
{
    (void)context;
    (void)result;
}

static PGconn *open_connection(const char *conninfo)
{
    PGconn *pg = PQconnectdb(conninfo);
    PQsetNoticeReceiver(pg, quiet, NULL);
    if (PQstatus(pg) != CONNECTION_OK) {
        char message[512];
        snprintf(message, sizeof message, "%s", PQerrorMessage(pg));
        PQfinish(pg);
        cr_assert(false, "cannot connect to %s: %s", conninfo, message);
    }
    return pg;
}

/* Runs it and ends the test on an error, leaving nothing open behind. */
static PGresult *run(PGconn *pg, const char *sql)
{
    PGresult *result = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        char message[1024];
        snprintf(message, sizeof message, "%s", PQerrorMessage(pg));
        PQclear(result);
        PQfinish(pg);
        cr_assert(false, "%s: %s", sql, message);
    }
    return result;
}

void test_sql(const char *conninfo, const char *sql)
{
    PGconn *pg = open_connection(conninfo);
    PQclear(run(pg, sql));
    PQfinish(pg);
}

const char *test_sql_error(const char *conninfo, const char *sql)
{
    PGconn *pg = open_connection(conninfo);
    PGresult *result = PQexec(pg, sql);
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    snprintf(error_answer, sizeof error_answer, "%s", sqlstate ? sqlstate : "");
    PQclear(result);
    PQfinish(pg);
    cr_assert(error_answer[0] != '\0', "no error from: %s", sql);
    return error_answer;
}

const char *test_sql_text(const char *conninfo, const char *sql)
{
    PGconn *pg = open_connection(conninfo);
    PGresult *result = run(pg, sql);
    int rows = PQntuples(result);
    snprintf(text_answer, sizeof text_answer, "%s", rows > 0 ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    PQfinish(pg);
    cr_assert(rows > 0, "no row from: %s", sql);
    return text_answer;
}

int64_t test_sql_number(const char *conninfo, const char *sql)
{
    int64_t number = 0;
    const char *text = test_sql_text(conninfo, sql);
    cr_assert(slice_to_i64(&number, slice_from_cstr(text), INT64_MIN + 1, INT64_MAX), "no number from %s: %s",
              sql, text);
    return number;
}

int64_t test_sql_wait(const char *conninfo, const char *sql, int64_t wanted, int most_ms)
{
    int64_t number = test_sql_number(conninfo, sql);
    for (int waited = 0; number != wanted && waited < most_ms; waited += 20) {
        usleep(20000);
        number = test_sql_number(conninfo, sql);
    }
    return number;
}

/* ---- databases ---- */

static void collect(const char *line, void *context)
{
    char *all = context;
    size_t used = strlen(all);
    snprintf(all + used, 4096 - used, "%s\n", line);
}

static void conninfo_of(char *out, size_t size, const char *database, const char *user)
{
    const char *cluster = getenv("ZEVENSTEM_TEST_DATABASE");
    cr_assert(cluster, "run this under tests/support/postgres.sh");
    /* A later word of a conninfo overrides an earlier one. */
    snprintf(out, size, "%s dbname=%s%s%s", cluster, database, user ? " user=" : "", user ? user : "");
}

/* The template, made once for all tests of this cluster; they take turns by an advisory lock. */
static void make_template(PGconn *pg)
{
    PQclear(run(pg, "SELECT pg_advisory_lock(1)"));
    PGresult *result = run(pg, "SELECT 1 FROM pg_database WHERE datname = 'zs_template'");
    bool exists = PQntuples(result) > 0;
    PQclear(result);
    if (!exists) {
        char said[4096] = "";
        char conninfo[512];
        struct migrate_options options = {.files = embedded_migrations,
                                          .binary_version = ZEVENSTEM_VERSION,
                                          .say = collect,
                                          .context = said};
        conninfo_of(conninfo, sizeof conninfo, "zs_template_new", NULL);
        PQclear(run(pg, "DROP DATABASE IF EXISTS zs_template_new"));
        PQclear(run(pg, "CREATE DATABASE zs_template_new"));
        enum migrate_status status = migrate_up(conninfo, &options);
        if (status != MIGRATE_OK) {
            PQfinish(pg);
            cr_assert(false, "the template does not migrate:\n%s", said);
        }
        PQclear(run(pg, "ALTER DATABASE zs_template_new RENAME TO zs_template"));
    }
    PQclear(run(pg, "SELECT pg_advisory_unlock(1)"));
}

static void make_login(PGconn *pg)
{
    PQclear(run(pg, "SELECT pg_advisory_lock(2)"));
    PQclear(run(pg, "DO $$ BEGIN"
                    " IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'zs_service') THEN"
                    "  CREATE ROLE zs_service NOLOGIN NOINHERIT; END IF;"
                    " IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'zs_test_app') THEN"
                    "  CREATE ROLE zs_test_app LOGIN; GRANT zs_service TO zs_test_app; END IF;"
                    " END $$"));
    PQclear(run(pg, "SELECT pg_advisory_unlock(2)"));
}

void test_database_create(struct test_database *out, bool migrated)
{
    char sql[256];
    char cluster[512];
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    quiet_log();
    cr_assert(crypto_start());
    snprintf(out->name, sizeof out->name, "zs_test_%d_%lld", (int)getpid(),
             (long long)now.tv_sec * 1000000000 + now.tv_nsec);
    conninfo_of(cluster, sizeof cluster, "postgres", NULL);
    PGconn *pg = open_connection(cluster);
    if (migrated) {
        make_template(pg);
    }
    make_login(pg);
    snprintf(sql, sizeof sql, "CREATE DATABASE %s%s", out->name, migrated ? " TEMPLATE zs_template" : "");
    PQclear(run(pg, sql));
    PQfinish(pg);
    conninfo_of(out->owner, sizeof out->owner, out->name, NULL);
    conninfo_of(out->service, sizeof out->service, out->name, "zs_test_app");
}

void test_database_drop(struct test_database *database)
{
    char sql[256];
    char cluster[512];
    conninfo_of(cluster, sizeof cluster, "postgres", NULL);
    snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s WITH (FORCE)", database->name);
    test_sql(cluster, sql);
}

/* ---- servers ---- */

static void script(const char *verb, const char *folder, char *answer, size_t size)
{
    char command[256];
    snprintf(command, sizeof command, "tests/support/postgres.sh %s %s", verb, folder);
    FILE *pipe = popen(command, "r");
    cr_assert(pipe != NULL);
    size_t got = fread(answer, 1, size - 1, pipe);
    answer[got] = '\0';
    answer[strcspn(answer, "\n")] = '\0';
    cr_assert(pclose(pipe) == 0, "%s failed", command);
}

void test_server_start(struct test_server *out)
{
    quiet_log();
    cr_assert(crypto_start());
    snprintf(out->folder, sizeof out->folder, "/tmp/zspg-%d", (int)getpid());
    script("start", out->folder, out->conninfo, sizeof out->conninfo);
}

void test_server_crash(struct test_server *server)
{
    char answer[64];
    script("crash", server->folder, answer, sizeof answer);
}

void test_server_restart(struct test_server *server)
{
    script("start", server->folder, server->conninfo, sizeof server->conninfo);
}

void test_server_remove(struct test_server *server)
{
    char answer[64];
    script("remove", server->folder, answer, sizeof answer);
}
