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
        log_error("db.bug", "statement=%s reason=\"asked outside ask, or too many\"",
                  LOG_CSTR(statement->name));
        abort();
    }
    db_check_params(tx, statement, params);
    struct db_params *kept = params ? arena_alloc(tx->arena, sizeof *kept) : NULL;
    if (kept) {
        *kept = *params;
    }
    tx->asked[tx->asked_count++] = (struct db_asked){.statement = statement, .params = kept};
}

size_t db_asked_count(const struct db_tx *tx)
{
    return tx->asked_count;
}

const struct db_statement *db_asked_statement(const struct db_tx *tx, size_t place)
{
    if (place >= tx->asked_count) {
        log_error("db.bug", "place=%zu asked=%zu reason=\"no such statement\"", place, tx->asked_count);
        abort();
    }
    return tx->asked[place].statement;
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

static bool send_begin(const struct db_tx *tx, const struct db_tx_form *form)
{
    struct db_conn *conn = tx->conn;
    return PQenterPipelineMode(conn->pg) &&
           send_one(conn, &db_own_statements[form->read_only ? OWN_BEGIN_READ_ONLY : OWN_BEGIN], NULL) &&
           send_one(conn, own_role(form->role), NULL);
}

static bool send_asked(const struct db_tx *tx, size_t from)
{
    bool sent = true;
    for (size_t i = from; sent && i < tx->asked_count; i++) {
        sent = send_one(tx->conn, tx->asked[i].statement, tx->asked[i].params);
    }
    return sent;
}

static bool send_commit(const struct db_tx *tx, const struct db_tx_form *form)
{
    if (fault_hit(form->before_commit)) {
        log_warn("db.fault", "point=%s", form->before_commit);
        return false;
    }
    return send_one(tx->conn, &db_own_statements[OWN_COMMIT], NULL) && PQpipelineSync(tx->conn->pg);
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

static void receive_begin(struct db_tx *tx, const struct db_tx_form *form)
{
    struct db_result *own;
    receive(&own, tx, &db_own_statements[OWN_BEGIN]);
    receive(&own, tx, own_role(form->role));
}

static void receive_asked(struct db_tx *tx, size_t from)
{
    for (size_t i = from; i < tx->asked_count; i++) {
        receive(&tx->asked[i].result, tx, tx->asked[i].statement);
    }
}

static enum db_status roll_back_what_is_begun(struct db_conn *conn, enum db_status status)
{
    if (conn->pg && PQtransactionStatus(conn->pg) != PQTRANS_IDLE) {
        db_rollback(conn);
    }
    return status;
}

static enum db_status receive_end(struct db_tx *tx, const struct db_tx_form *form)
{
    enum db_status status = tx->conn->pg ? receive_commit(tx, form) : DB_UNAVAILABLE;
    /* A COMMIT that is confirmed stays so, whatever becomes of the connection. */
    bool committed = status == DB_OK;
    status = leave(tx->conn, status);
    return committed ? DB_OK : roll_back_what_is_begun(tx->conn, status);
}

static bool ask_with(struct db_tx *tx, db_asking ask, void *context)
{
    tx->asking = true;
    bool asked = ask(tx, context);
    tx->asking = false;
    return asked;
}

static enum db_status not_sent(struct db_conn *conn, const struct db_tx_form *form)
{
    log_warn("db.failure", "status=unavailable transaction=%s message=\"could not be sent\"", form->name);
    db_lose(conn);
    return DB_UNAVAILABLE;
}

static enum db_status end_asked(struct db_tx *tx, enum db_status status, db_work hear, void *context)
{
    status = status == DB_OK ? hear(tx, context) : status;
    if (status == DB_UNAVAILABLE) {
        db_lose(tx->conn);
    }
    return status;
}

static struct db_tx asking_tx(struct db_conn *conn, const struct db_tx_form *form)
{
    return (struct db_tx){
        .conn = conn, .arena = arena_create(TX_ARENA_MAX), .read_only = form->read_only, .failed = DB_OK};
}

enum db_status db_transaction_asked_once(bool *asked, struct db_conn *conn, const struct db_tx_form *form,
                                         db_asking ask, db_work hear, void *context)
{
    struct db_tx tx = asking_tx(conn, form);
    *asked = ask_with(&tx, ask, context);
    enum db_status status = *asked ? DB_UNAVAILABLE : DB_OK;
    if (!*asked || !conn->pg) {
        goto cleanup;
    }
    if (!send_begin(&tx, form) || !send_asked(&tx, 0) || !send_commit(&tx, form)) {
        status = not_sent(conn, form);
        goto cleanup;
    }
    receive_begin(&tx, form);
    receive_asked(&tx, 0);
    status = end_asked(&tx, receive_end(&tx, form), hear, context);
cleanup:
    arena_destroy(tx.arena);
    return status;
}

/* Ends a pipeline of which nothing more will be asked. */
static enum db_status give_up(struct db_tx *tx, enum db_status status)
{
    if (tx->conn->pg && !PQpipelineSync(tx->conn->pg)) {
        db_lose(tx->conn);
    }
    return roll_back_what_is_begun(tx->conn, leave(tx->conn, status));
}

enum db_status db_transaction_asked_in_turn(bool *asked, struct db_conn *conn, const struct db_tx_form *form,
                                            db_asking ask_turn, db_asking ask, db_work hear, void *context)
{
    struct db_tx tx = asking_tx(conn, form);
    *asked = ask_with(&tx, ask_turn, context);
    enum db_status status = *asked ? DB_UNAVAILABLE : DB_OK;
    if (!*asked || !conn->pg) {
        goto cleanup;
    }
    if (!send_begin(&tx, form) || !send_asked(&tx, 0) || !PQsendFlushRequest(conn->pg) ||
        PQflush(conn->pg) < 0) {
        status = not_sent(conn, form);
        goto cleanup;
    }
    const size_t turn = tx.asked_count;
    receive_begin(&tx, form);
    receive_asked(&tx, 0);
    if (!conn->pg || tx.failed != DB_OK) {
        status = give_up(&tx, conn->pg ? tx.failed : DB_UNAVAILABLE);
        goto cleanup;
    }
    *asked = ask_with(&tx, ask, context);
    if (!*asked) {
        status = give_up(&tx, DB_OK);
        goto cleanup;
    }
    if (!send_asked(&tx, turn) || !send_commit(&tx, form)) {
        status = not_sent(conn, form);
        goto cleanup;
    }
    receive_asked(&tx, turn);
    status = end_asked(&tx, receive_end(&tx, form), hear, context);
cleanup:
    arena_destroy(tx.arena);
    return status;
}
