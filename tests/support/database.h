/* A database of its own for one test, in the cluster of tests/support/postgres.sh. Call inside the test:
 * Criterion forks first. */
#ifndef ZEVENSTEM_TESTS_DATABASE_H
#define ZEVENSTEM_TESTS_DATABASE_H

#include <stdbool.h>
#include <stdint.h>

struct test_database {
    char name[64];
    char owner[512];   /* conninfo of the owner, a superuser */
    char service[512]; /* conninfo of a login that is a member of zs_service, as production has it */
};

/* Fresh and, when migrated, with every migration of the program applied: copied from a template that the
 * first test to ask for it makes. Any failure ends the test. */
void test_database_create(struct test_database *out, bool migrated);
/* Ends the connections that are left and drops it. */
void test_database_drop(struct test_database *database);

/* Runs SQL (several statements too) on a connection of its own; failure ends the test. */
void test_sql(const char *conninfo, const char *sql);
/* The same, expecting an error: its SQLSTATE. Ends the test when there is none. Static storage. */
const char *test_sql_error(const char *conninfo, const char *sql);
/* The first column of the first row as text; "" for NULL. Fails on no row. Static storage. */
const char *test_sql_text(const char *conninfo, const char *sql);
int64_t test_sql_number(const char *conninfo, const char *sql);
/* Asks until the number is `wanted`, at most this long; the last answer. */
int64_t test_sql_wait(const char *conninfo, const char *sql, int64_t wanted, int most_ms);

/* A server of its own, that a test may crash. Any failure ends the test. */
struct test_server {
    char folder[64];
    char conninfo[256]; /* of its database postgres */
};
void test_server_start(struct test_server *out);
void test_server_crash(struct test_server *server);
void test_server_restart(struct test_server *server);
void test_server_remove(struct test_server *server);

#endif
