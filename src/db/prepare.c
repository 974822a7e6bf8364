/* All statements of a connection are prepared and described in one pipeline: one round trip, however many
 * there are. */
#include "db/internal.h"

#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A transaction that lies idle this long belongs to a process that hangs; its locks (the round's, for intake)
 * must not hold up every other instance. */
static const char idle_in_transaction_ms[] = "60000";

static const struct db_statement session_settings = {
    "session settings",
    "SELECT pg_catalog.set_config('statement_timeout', coalesce($1, current_setting('statement_timeout')), "
    "false),"
    " pg_catalog.set_config('lock_timeout', coalesce($2, current_setting('lock_timeout')), false),"
    " pg_catalog.set_config('idle_in_transaction_session_timeout', $3, false)"};

static size_t count_statements(const struct db_config *config)
{
    size_t count = 0;
    for (const struct db_statement *s = db_own_statements; s->name; s++) {
        count++;
    }
    for (const struct db_statement *const *list = config->statements; list && *list; list++) {
        for (const struct db_statement *s = *list; s->name; s++) {
            count++;
        }
    }
    return count;
}

static bool send_settings(struct db_conn *conn)
{
    char statement_ms[16];
    char lock_ms[16];
    snprintf(statement_ms, sizeof statement_ms, "%d", conn->config->statement_timeout_ms);
    snprintf(lock_ms, sizeof lock_ms, "%d", conn->config->lock_timeout_ms);
    const char *values[] = {conn->config->statement_timeout_ms > 0 ? statement_ms : NULL,
                            conn->config->lock_timeout_ms > 0 ? lock_ms : NULL, idle_in_transaction_ms};
    return PQsendQueryParams(conn->pg, session_settings.sql, 3, NULL, values, NULL, NULL, 0);
}

static bool send_all(struct db_conn *conn)
{
    bool sent = PQenterPipelineMode(conn->pg) && send_settings(conn);
    for (size_t i = 0; sent && i < conn->prepared_count; i++) {
        const struct db_statement *s = conn->prepared[i].statement;
        sent = PQsendPrepare(conn->pg, s->name, s->sql, 0, NULL) && PQsendDescribePrepared(conn->pg, s->name);
    }
    return sent && PQpipelineSync(conn->pg);
}

/* The one result of the next command in the pipeline; a NULL follows it. */
static enum db_status receive(PGresult **out, struct db_conn *conn, ExecStatusType wanted, const char *what)
{
    PGresult *result = PQgetResult(conn->pg);
    enum db_status status = db_judge(conn, result, wanted, what);
    *out = result;
    if (status == DB_OK && PQgetResult(conn->pg) != NULL) {
        log_error("db.prepare", "statement=%s reason=\"more than one result\"", LOG_CSTR(what));
        return DB_FAILED;
    }
    return status;
}

static enum db_status receive_prepared(struct db_conn *conn, struct db_prepared *prepared)
{
    PGresult *result = NULL;
    enum db_status status = receive(&result, conn, PGRES_COMMAND_OK, prepared->statement->name);
    PQclear(result);
    if (status != DB_OK) {
        return status;
    }
    status = receive(&result, conn, PGRES_COMMAND_OK, prepared->statement->name);
    if (status == DB_OK) {
        prepared->params = PQnparams(result);
        prepared->types = arena_array(conn->arena, (size_t)prepared->params, sizeof *prepared->types);
        for (int i = 0; i < prepared->params; i++) {
            prepared->types[i] = PQparamtype(result, i);
        }
    }
    PQclear(result);
    return status;
}

static enum db_status receive_all(struct db_conn *conn)
{
    PGresult *result = NULL;
    enum db_status status = receive(&result, conn, PGRES_TUPLES_OK, session_settings.name);
    PQclear(result);
    for (size_t i = 0; status == DB_OK && i < conn->prepared_count; i++) {
        status = receive_prepared(conn, &conn->prepared[i]);
    }
    if (status != DB_OK) {
        return status; /* the caller closes the connection: the rest of the pipeline goes with it */
    }
    result = PQgetResult(conn->pg);
    status = db_judge(conn, result, PGRES_PIPELINE_SYNC, "pipeline");
    PQclear(result);
    if (status == DB_OK && !PQexitPipelineMode(conn->pg)) {
        log_error("db.prepare", "reason=%s", LOG_CSTR(db_error_line(conn->arena, conn->pg)));
        return DB_FAILED;
    }
    return status;
}

static int by_address(const void *a, const void *b)
{
    uintptr_t x = (uintptr_t)((const struct db_prepared *)a)->statement;
    uintptr_t y = (uintptr_t)((const struct db_prepared *)b)->statement;
    return (x > y) - (x < y);
}

enum db_status db_prepare_all(struct db_conn *conn)
{
    conn->prepared_count = count_statements(conn->config);
    conn->prepared = arena_array(conn->arena, conn->prepared_count, sizeof *conn->prepared);
    size_t at = 0;
    for (const struct db_statement *s = db_own_statements; s->name; s++) {
        conn->prepared[at++].statement = s;
    }
    for (const struct db_statement *const *list = conn->config->statements; list && *list; list++) {
        for (const struct db_statement *s = *list; s->name; s++) {
            conn->prepared[at++].statement = s;
        }
    }
    enum db_status status = DB_UNAVAILABLE;
    if (send_all(conn)) {
        status = receive_all(conn);
    } else {
        log_warn("db.prepare", "status=unavailable reason=%s",
                 LOG_CSTR(db_error_line(conn->arena, conn->pg)));
    }
    qsort(conn->prepared, conn->prepared_count, sizeof *conn->prepared, by_address);
    return status;
}

const struct db_prepared *db_find_prepared(const struct db_conn *conn, const struct db_statement *statement)
{
    struct db_prepared key = {.statement = statement};
    return bsearch(&key, conn->prepared, conn->prepared_count, sizeof key, by_address);
}
