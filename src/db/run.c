#include "db/internal.h"

#include "base/fault.h"
#include "base/log.h"
#include "db/status.h"

#include <stdlib.h>
#include <string.h>

static const char *field_or_none(const PGresult *result, int field)
{
    const char *text = PQresultErrorField(result, field);
    return text ? text : "-";
}

/* The server's words may quote what a citizen wrote (class 22 and 23 do), so those are logged by code and
 * constraint only. */
static void log_failure(const PGresult *result, enum db_status status, const char *what)
{
    bool quotes_data = status == DB_CONSTRAINT;
    enum log_level level = status == DB_FAILED ? LOG_ERROR : status == DB_CONSTRAINT ? LOG_INFO : LOG_WARN;
    log_write(level, "db.failure", "status=%s sqlstate=%s statement=%s constraint=%s message=%s",
              db_status_name(status), field_or_none(result, PG_DIAG_SQLSTATE), LOG_CSTR(what),
              field_or_none(result, PG_DIAG_CONSTRAINT_NAME),
              LOG_CSTR(quotes_data ? "-" : field_or_none(result, PG_DIAG_MESSAGE_PRIMARY)));
}

enum db_status db_judge(struct db_conn *conn, const PGresult *result, ExecStatusType wanted, const char *what)
{
    ExecStatusType got = result ? PQresultStatus(result) : PGRES_FATAL_ERROR;
    const char *sqlstate = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    /* An error without a code is libpq's own: it could not send or receive. PQstatus does not always say so
     * at once. */
    bool connected =
        conn->pg && PQstatus(conn->pg) == CONNECTION_OK && (got != PGRES_FATAL_ERROR || sqlstate);
    if (got == wanted && connected) {
        return DB_OK;
    }
    enum db_status status = got == PGRES_FATAL_ERROR ? db_status_from_sqlstate(sqlstate) : DB_FAILED;
    if (!connected) {
        /* Also when an answer came in before the connection broke: it may not be the whole of it. */
        status = DB_UNAVAILABLE;
    }
    if (sqlstate) {
        log_failure(result, status, what);
    } else {
        log_write(status == DB_FAILED ? LOG_ERROR : LOG_WARN, "db.failure",
                  "status=%s statement=%s message=%s", db_status_name(status), LOG_CSTR(what),
                  LOG_CSTR(connected ? PQresStatus(got) : "connection lost"));
    }
    if (!connected) {
        db_lose(conn);
    }
    return status;
}

static enum db_status fail(struct db_tx *tx, enum db_status status)
{
    /* 25006 in a transaction that asked to be read-only is no standby, but a statement that does not belong
     * in it. */
    if (tx->read_only && status == DB_UNAVAILABLE && tx->conn->pg &&
        PQtransactionStatus(tx->conn->pg) == PQTRANS_INERROR) {
        status = DB_FAILED;
    }
    tx->failed = status;
    return status;
}

void db_check_params(const struct db_tx *tx, const struct db_statement *statement,
                     const struct db_params *params)
{
    const struct db_prepared *prepared = db_find_prepared(tx->conn, statement);
    if (!prepared) {
        log_error("db.bug", "statement=%s reason=\"not among the statements of db_config\"",
                  LOG_CSTR(statement->name));
        abort();
    }
    int count = params ? params->count : 0;
    if (count != prepared->params) {
        log_error("db.bug", "statement=%s parameters=%d bound=%d", LOG_CSTR(statement->name),
                  prepared->params, count);
        abort();
    }
    for (int i = 0; i < count; i++) {
        unsigned type = prepared->types[i];
        unsigned bound = params->types[i];
        /* The binary forms of text, varchar and json are the same. */
        bool textual = bound == OID_TEXT && (type == OID_VARCHAR || type == OID_JSON);
        if (bound != 0 && bound != type && !textual) {
            log_error("db.bug", "statement=%s parameter=%d type=%u bound=%u", LOG_CSTR(statement->name),
                      i + 1, type, bound);
            abort();
        }
    }
}

static void free_result(void *result)
{
    PQclear(result);
}

static struct db_result *keep_result(struct db_tx *tx, PGresult *pg, const struct db_statement *statement)
{
    struct db_result *result = arena_alloc(tx->arena, sizeof *result);
    result->pg = pg;
    result->statement = statement;
    arena_defer(tx->arena, free_result, pg);
    return result;
}

const int db_binary[DB_MAX_PARAMS] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

enum db_status db_take_result(struct db_result **out, struct db_tx *tx, const struct db_statement *statement,
                              PGresult *pg_take)
{
    bool has_rows = pg_take && PQresultStatus(pg_take) == PGRES_TUPLES_OK;
    enum db_status status =
        db_judge(tx->conn, pg_take, has_rows ? PGRES_TUPLES_OK : PGRES_COMMAND_OK, statement->name);
    *out = NULL;
    if (status != DB_OK) {
        PQclear(pg_take);
        return fail(tx, status);
    }
    *out = keep_result(tx, pg_take, statement);
    return DB_OK;
}

static enum db_status execute(struct db_result **out, struct db_tx *tx, const struct db_statement *statement,
                              const struct db_params *params)
{
    *out = NULL;
    if (tx->failed != DB_OK) {
        return tx->failed;
    }
    db_check_params(tx, statement, params);
    if (fault_hit("db.run")) {
        db_lose(tx->conn);
        return fail(tx, DB_UNAVAILABLE);
    }
    PGresult *pg =
        PQexecPrepared(tx->conn->pg, statement->name, params ? params->count : 0,
                       params ? params->values : NULL, params ? params->lengths : NULL, db_binary, 1);
    return db_take_result(out, tx, statement, pg);
}

enum db_status db_run(struct db_result **out, struct db_tx *tx, const struct db_statement *statement,
                      const struct db_params *params)
{
    struct db_result *result;
    enum db_status status = execute(&result, tx, statement, params);
    if (out) {
        *out = result;
    }
    return status;
}

enum db_status db_run_one(struct db_result **out, struct db_tx *tx, const struct db_statement *statement,
                          const struct db_params *params)
{
    struct db_result *result;
    enum db_status status = execute(&result, tx, statement, params);
    if (status == DB_OK && PQntuples(result->pg) != 1) {
        log_error("db.failure", "status=failed statement=%s message=\"%d rows where one was due\"",
                  LOG_CSTR(statement->name), PQntuples(result->pg));
        status = fail(tx, DB_FAILED);
        result = NULL;
    }
    if (out) {
        *out = result;
    }
    return status;
}

struct arena *db_arena(struct db_tx *tx)
{
    return tx->arena;
}

const struct crypto_keys *db_keys(const struct db_tx *tx)
{
    return tx->conn->config->keys;
}

enum db_status db_run_outside(struct db_conn *conn, const struct db_statement *statement)
{
    if (!conn->pg) {
        return DB_UNAVAILABLE;
    }
    PGresult *result = PQexec(conn->pg, statement->sql);
    enum db_status status = db_judge(conn, result, PGRES_COMMAND_OK, statement->name);
    PQclear(result);
    return status;
}
