/* A migrated database with a table to play with, and connections to it as the service has them. */
#ifndef ZEVENSTEM_TESTS_DB_SCENE_H
#define ZEVENSTEM_TESTS_DB_SCENE_H

#include "db/db.h"
#include "support/database.h"
#include "support/leaks.h"

#include "base/log.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

struct scene {
    struct test_database database;
    struct db_config config;
};

/* zs.play (id int primary key, number int check (number >= 0), note text), which intake may do everything
 * with. */
static inline void scene_begin(struct scene *scene, const struct db_statement *const *statements)
{
    test_database_create(&scene->database, true);
    test_sql(scene->database.owner,
             "CREATE TABLE zs.play (id int PRIMARY KEY, number int NOT NULL CHECK (number >= 0), note text);"
             "GRANT ALL ON zs.play TO zs_intake; INSERT INTO zs.play VALUES (1, 10, 'one'), (2, 20, 'two')");
    scene->config = (struct db_config){.conninfo = scene->database.service,
                                       .statement_timeout_ms = 10000,
                                       .lock_timeout_ms = 5000,
                                       .application_name = "scene",
                                       .statements = statements};
}

static inline void scene_end(struct scene *scene)
{
    test_database_drop(&scene->database);
}

static inline struct db_conn *scene_connect(struct scene *scene)
{
    struct db_conn *conn = NULL;
    cr_assert(eq(int, db_connect(&conn, &scene->config), DB_OK));
    return conn;
}

/* Ends every session of the service on the server's side, as an administrator or a fail-over would. */
static inline void scene_kill_sessions(struct scene *scene)
{
    test_sql_text(scene->database.owner,
                  "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                  " WHERE application_name = 'scene' AND datname = current_database()");
    cr_assert(
        eq(i64,
           test_sql_wait(scene->database.owner,
                         "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'scene'"
                         " AND datname = current_database() AND backend_start < now() - interval '10 ms'",
                         0, 5000),
           0));
}

#endif
