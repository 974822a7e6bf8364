/* A transaction in one message to the server and one answer. On a machine with a few processors a round trip
 * costs more than most statements: both sides have to be woken. And what is locked stays locked for the time
 * that the server needs, not for that of the network.
 *
 * Errors are as ever: the server skips everything after a statement that failed, COMMIT too, up to the end of
 * the message. */
#include "db/internal.h"

#include "base/fault.h"
#include "base/log.h"

#include <stdlib.h>

enum own {
    OWN_BEGIN,
    OWN_BEGIN_READ_ONLY,
    OWN_COMMIT,
    OWN_INTAKE,
    OWN_STAFF,
    OWN_RESULTS,
    OWN_AUDIT,
    OWN_COUNT
};

const struct db_statement db_own_statements[OWN_COUNT + 1] = {
    [OWN_BEGIN] = {"db_begin", "BEGIN ISOLATION LEVEL READ COMMITTED"},
    [OWN_BEGIN_READ_ONLY] = {"db_begin_read_only", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"},
    [OWN_COMMIT] = {"db_commit", "COMMIT"},
    [OWN_INTAKE] = {"db_role_intake", "SET LOCAL ROLE zs_intake"},
    [OWN_STAFF] = {"db_role_staff", "SET LOCAL ROLE zs_staff"},
    [OWN_RESULTS] = {"db_role_results", "SET LOCAL ROLE zs_results"},
    [OWN_AUDIT] = {"db_role_audit", "SET LOCAL ROLE zs_audit"},
};

static const struct db_statement *own_role(enum db_role role)
{
    switch (role) {
    case DB_ROLE_INTAKE:
        return &db_own_statements[OWN_INTAKE];
    case DB_ROLE_STAFF:
        return &db_own_statements[OWN_STAFF];
    case DB_ROLE_RESULTS:
        return &db_own_statements[OWN_RESULTS];
    case DB_ROLE_AUDIT:
        return &db_own_statements[OWN_AUDIT];
    }
    abort();
}

void db_ask(struct db_tx *tx, const struct db_statement *statement, const struct db_params *params)
{
    if (!tx->asking || tx->asked_count == ASKED_MAX) {
        log_error("db.bug", "statement=\"%s\" reason=\"asked outside ask, or too many\"", statement->name);
        abort();
    }
    db_check_params(tx, statement, params);
    struct db_params *kept = params ? arena_alloc(tx->arena, sizeof *kept) : NULL;
    if (kept) {
        *kept = *params;
    }
    tx->asked[tx->asked_count++] = (struct db_asked){.statement = statement, .params = kept};
}

struct db_result *db_heard(struct db_tx *tx, size_t place)
{
    if (place >= tx->asked_count || !tx->asked[place].result) {
        log_error("db.bug", "place=%zu asked=%zu reason=\"no such answer\"", place, tx->asked_count);
        abort();
    }
    return tx->asked[place].result;
}

static bool send_one(struct db_conn *conn, const struct db_statement *statement,
                     const struct db_params *params)
{
    return PQsendQueryPrepared(conn->pg, statement->name, params ? params->count : 0,
                               params ? params->values : NULL, params ? params->lengths : NULL, db_binary, 1);
}

static bool send_all(const struct db_tx *tx, const struct db_tx_form *form)
{
    struct db_conn *conn = tx->conn;
    bool sent = PQenterPipelineMode(conn->pg) &&
                send_one(conn, &db_own_statements[form->read_only ? OWN_BEGIN_READ_ONLY : OWN_BEGIN], NULL) &&
                send_one(conn, own_role(form->role), NULL);
    for (size_t i = 0; sent && i < tx->asked_count; i++) {
        sent = send_one(conn, tx->asked[i].statement, tx->asked[i].params);
    }
    if (sent && fault_hit(form->before_commit)) {
        log_warn("db.fault", "point=%s", form->before_commit);
        return false;
    }
    return sent && send_one(conn, &db_own_statements[OWN_COMMIT], NULL) && PQpipelineSync(conn->pg);
}

/* The one result of the next statement; NULL when the connection is lost. */
static PGresult *receive_one(struct db_conn *conn)
{
    PGresult *result = PQgetResult(conn->pg);
    PGresult *more = result ? PQgetResult(conn->pg) : NULL;
    if (more) {
        PQclear(more);
        PQclear(result);
        return NULL;
    }
    return result;
}

/* What the next statement came to. Once one has failed, the others were skipped: their answers are only read
 * past. */
static void receive(struct db_result **out, struct db_tx *tx, const struct db_statement *statement)
{
    PGresult *pg = tx->conn->pg ? receive_one(tx->conn) : NULL;
    if (tx->failed == DB_OK) {
        db_take_result(out, tx, statement, pg);
    } else {
        PQclear(pg);
    }
}

static enum db_status receive_commit(struct db_tx *tx, const struct db_tx_form *form)
{
    /* What is in the buffer was not looked at yet: a warning that comes now is about the COMMIT. */
    tx->conn->warned = false;
    PGresult *pg = receive_one(tx->conn);
    enum db_status status = tx->failed == DB_OK ? db_judge_commit(tx->conn, pg, form) : tx->failed;
    PQclear(pg);
    return status;
}

/* Reads to the end of the pipeline; a connection on which that fails is of no more use. */
static enum db_status leave(struct db_conn *conn, enum db_status status)
{
    if (!conn->pg) {
        return status;
    }
    PGresult *result = PQgetResult(conn->pg);
    bool left = result && PQresultStatus(result) == PGRES_PIPELINE_SYNC;
    PQclear(result);
    left = left && PQexitPipelineMode(conn->pg);
    if (!left) {
        log_warn("db.failure", "status=unavailable message=\"the pipeline did not end\"");
        db_lose(conn);
        return status == DB_OK ? DB_UNAVAILABLE : status;
    }
    return status;
}

static enum db_status receive_all(struct db_tx *tx, const struct db_tx_form *form)
{
    struct db_conn *conn = tx->conn;
    struct db_result *own;
    receive(&own, tx, &db_own_statements[OWN_BEGIN]);
    receive(&own, tx, own_role(form->role));
    for (size_t i = 0; i < tx->asked_count; i++) {
        receive(&tx->asked[i].result, tx, tx->asked[i].statement);
    }
    enum db_status status = conn->pg ? receive_commit(tx, form) : DB_UNAVAILABLE;
    /* A COMMIT that is confirmed stays so, whatever becomes of the connection. */
    bool committed = status == DB_OK;
    status = leave(conn, status);
    if (committed) {
        return DB_OK;
    }
    if (conn->pg && PQtransactionStatus(conn->pg) != PQTRANS_IDLE) {
        db_rollback(conn);
    }
    return status;
}

enum db_status db_transaction_asked_once(bool *asked, struct db_conn *conn, const struct db_tx_form *form,
                                         bool (*ask)(struct db_tx *tx, void *context), db_work hear,
                                         void *context)
{
    enum db_status status = DB_UNAVAILABLE;
    struct db_tx tx = {.conn = conn,
                       .arena = arena_create(TX_ARENA_MAX),
                       .read_only = form->read_only,
                       .asking = true,
                       .failed = DB_OK};
    *asked = ask(&tx, context);
    tx.asking = false;
    if (!*asked) {
        status = DB_OK;
        goto cleanup;
    }
    if (!conn->pg) {
        goto cleanup;
    }
    if (!send_all(&tx, form)) {
        log_warn("db.failure", "status=unavailable transaction=%s message=\"could not be sent\"", form->name);
        db_lose(conn);
        goto cleanup;
    }
    status = receive_all(&tx, form);
    if (status == DB_OK) {
        status = hear(&tx, context);
    }
    if (status == DB_UNAVAILABLE) {
        db_lose(conn);
    }
cleanup:
    arena_destroy(tx.arena);
    return status;
}
