#include "db/migrate_internal.h"

void migrate_say_error(struct migrator *m, const PGresult *result)
{
    const char *message = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    if (!message) {
        migrate_sayf(&m->say, "    %s", db_error_line(m->arena, m->pg));
        return;
    }
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    migrate_sayf(&m->say, "    the server says: %s (%s)", message, sqlstate ? sqlstate : "no code");
    static const int more[] = {PG_DIAG_MESSAGE_DETAIL, PG_DIAG_MESSAGE_HINT, PG_DIAG_CONTEXT};
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        const char *text = PQresultErrorField(result, more[i]);
        if (text) {
            migrate_sayf(&m->say, "    %s", text);
        }
    }
}

PGresult *migrate_query(struct migrator *m, const char *sql, int count, const char *const *values)
{
    PGresult *result = PQexecParams(m->pg, sql, count, NULL, values, NULL, NULL, 0);
    ExecStatusType status = result ? PQresultStatus(result) : PGRES_FATAL_ERROR;
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        return result;
    }
    migrate_sayf(&m->say, "the database could not be asked");
    migrate_say_error(m, result);
    PQclear(result);
    return NULL;
}

static bool read_row(struct migrator *m, struct applied *out, const PGresult *result, int row)
{
    const char *hex = PQgetvalue(result, row, 2);
    out->name = arena_cstr(m->arena, slice_from_cstr(PQgetvalue(result, row, 1)));
    out->oldest_binary = arena_cstr(m->arena, slice_from_cstr(PQgetvalue(result, row, 3)));
    out->binary_version = arena_cstr(m->arena, slice_from_cstr(PQgetvalue(result, row, 4)));
    out->applied_at = arena_cstr(m->arena, slice_from_cstr(PQgetvalue(result, row, 5)));
    return slice_to_i64(&out->number, slice_from_cstr(PQgetvalue(result, row, 0)), 0, INT32_MAX) &&
           crypto_unhex(out->sha256, sizeof out->sha256, slice_from_cstr(hex));
}

static bool read_rows(struct migrator *m, struct applied **rows, size_t *count, const char *sql)
{
    PGresult *result = migrate_query(m, sql, 0, NULL);
    if (!result) {
        const char *user = PQuser(m->pg);
        migrate_sayf(&m->say, "    %s has to be able to read it: the owner is, and a member of zs_service is",
                     user ? user : "?");
        return false;
    }
    bool good = true;
    int n = PQntuples(result);
    *rows = arena_array(m->arena, (size_t)n, sizeof **rows);
    *count = (size_t)n;
    for (int i = 0; good && i < n; i++) {
        good = read_row(m, &(*rows)[i], result, i);
    }
    PQclear(result);
    if (!good) {
        migrate_sayf(&m->say, "the record of what was applied is damaged");
    }
    return good;
}

enum migrate_status migrate_state_read(struct migrator *m)
{
    m->state = (struct migrate_state){.exists = false};
    PGresult *result =
        migrate_query(m,
                      "SELECT 1 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid ="
                      " c.relnamespace WHERE n.nspname = 'zs' AND c.relname = 'migration'",
                      0, NULL);
    if (!result) {
        return MIGRATE_FAILED;
    }
    m->state.exists = PQntuples(result) > 0;
    PQclear(result);
    if (!m->state.exists) {
        return MIGRATE_OK;
    }
    bool good = read_rows(m, &m->state.migrations, &m->state.count,
                          "SELECT number, name, encode(sha256, 'hex'), oldest_binary, binary_version,"
                          " to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS\"Z\"')"
                          " FROM zs.migration ORDER BY number") &&
                read_rows(m, &m->state.routines, &m->state.routine_count,
                          "SELECT 0, name, encode(sha256, 'hex'), '', binary_version,"
                          " to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS\"Z\"')"
                          " FROM zs.migration_routine ORDER BY name");
    return good ? MIGRATE_OK : MIGRATE_FAILED;
}
