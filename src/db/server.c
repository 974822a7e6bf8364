#include "db/internal.h"

static const char question[] = "SELECT pg_catalog.current_setting('server_version_num')::int < 150000,"
                               " pg_catalog.current_setting('fsync') <> 'on',"
                               " pg_catalog.current_setting('full_page_writes') <> 'on',"
                               " pg_catalog.current_setting('synchronous_commit') = 'off',"
                               " pg_catalog.pg_is_in_recovery()";

/* In the order of the columns. */
static const char *const problems[] = {
    "the server is older than PostgreSQL 15",
    "fsync is off: an answer could be lost after it was confirmed",
    "full_page_writes is off: a crash could damage what was stored",
    "synchronous_commit is off: an answer could be lost after it was confirmed",
    "the server is in recovery (a standby): it takes no answers",
};

enum db_status db_server_problem(struct slice *problem, struct arena *arena, struct db_conn *conn)
{
    *problem = (struct slice){NULL, 0};
    if (!conn->pg) {
        return DB_UNAVAILABLE;
    }
    PGresult *result = PQexec(conn->pg, question);
    enum db_status status = db_judge(conn, result, PGRES_TUPLES_OK, "server problem");
    for (size_t i = 0; status == DB_OK && i < sizeof problems / sizeof problems[0]; i++) {
        if (PQgetvalue(result, 0, (int)i)[0] == 't') {
            *problem = arena_printf(arena, "%s%s%s", problem->len > 0 ? problem->ptr : "",
                                    problem->len > 0 ? "; " : "", problems[i]);
        }
    }
    PQclear(result);
    return status;
}
