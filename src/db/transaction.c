#include "db/internal.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_RETRIES = 5, MAX_BACKOFF_MS = 1000 };

/* Begin and role in one simple query: one round trip. The isolation level is said because the server's
 * default can be set to another one. */
static const char *begin_text(enum db_role role, bool read_only)
{
    switch (role) {
    case DB_ROLE_INTAKE:
        return read_only ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL ROLE zs_intake"
                         : "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL ROLE zs_intake";
    case DB_ROLE_STAFF:
        return read_only ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL ROLE zs_staff"
                         : "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL ROLE zs_staff";
    case DB_ROLE_RESULTS:
        return read_only ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL ROLE zs_results"
                         : "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL ROLE zs_results";
    case DB_ROLE_AUDIT:
        return read_only ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL ROLE zs_audit"
                         : "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL ROLE zs_audit";
    }
    abort();
}

void db_backoff(int attempt)
{
    int64_t window_ms = attempt < 9 ? INT64_C(3) << attempt : MAX_BACKOFF_MS;
    int64_t base_ms = attempt < 9 ? INT64_C(1) << attempt : MAX_BACKOFF_MS / 4;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    /* Nanoseconds spread two losers of one conflict well enough; this is no secret. */
    int64_t wait_us = base_ms * 1000 + now.tv_nsec % (window_ms * 1000);
    wait_us = wait_us > MAX_BACKOFF_MS * 1000 ? MAX_BACKOFF_MS * 1000 : wait_us;
    struct timespec wait = {.tv_sec = wait_us / 1000000, .tv_nsec = wait_us % 1000000 * 1000};
    nanosleep(&wait, NULL);
}

static enum db_status begin(struct db_conn *conn, const struct db_tx_form *form)
{
    if (!conn->pg) {
        return DB_UNAVAILABLE;
    }
    PGresult *result = PQexec(conn->pg, begin_text(form->role, form->read_only));
    enum db_status status = db_judge(conn, result, PGRES_COMMAND_OK, "begin");
    PQclear(result);
    if (status == DB_OK && PQtransactionStatus(conn->pg) != PQTRANS_INTRANS) {
        log_error("db.failure", "status=failed transaction=%s message=\"begin did not begin\"", form->name);
        db_lose(conn);
        status = DB_FAILED;
    }
    return status;
}

void db_rollback(struct db_conn *conn)
{
    if (!conn->pg) {
        return; /* the server rolls back when the connection goes */
    }
    PGresult *result = PQexec(conn->pg, "ROLLBACK");
    if (db_judge(conn, result, PGRES_COMMAND_OK, "rollback") != DB_OK) {
        db_lose(conn);
    }
    PQclear(result);
}

/* COMMIT of a failed transaction is answered with the tag ROLLBACK and no error: only the tag COMMIT is a
 * commit. And a COMMIT whose wait for a synchronous standby was cut short (by statement_timeout) is answered
 * with COMMIT and a warning: it may not outlive this server, so its outcome is unknown. */
enum db_status db_judge_commit(struct db_conn *conn, PGresult *result, const struct db_tx_form *form)
{
    enum db_status status = db_judge(conn, result, PGRES_COMMAND_OK, "commit");
    if (status == DB_OK && strcmp(PQcmdStatus(result), "COMMIT") != 0) {
        log_error("db.failure",
                  "status=failed transaction=%s message=\"commit was answered otherwise\" answer=%s",
                  form->name, LOG_CSTR(PQcmdStatus(result)));
        status = DB_FAILED;
    }
    if (status == DB_OK && conn->warned) {
        log_warn("db.failure", "status=unavailable transaction=%s message=\"commit came with a warning\"",
                 form->name);
        status = DB_UNAVAILABLE;
    }
    if (status == DB_OK && fault_hit(form->after_commit)) {
        log_warn("db.fault", "point=%s", form->after_commit);
        db_lose(conn);
        return DB_UNAVAILABLE;
    }
    return status;
}

static enum db_status commit(struct db_conn *conn, const struct db_tx_form *form)
{
    if (fault_hit(form->before_commit)) {
        log_warn("db.fault", "point=%s", form->before_commit);
        db_lose(conn);
        return DB_UNAVAILABLE;
    }
    conn->warned = false;
    PGresult *result = PQexec(conn->pg, "COMMIT");
    enum db_status status = db_judge_commit(conn, result, form);
    PQclear(result);
    return status;
}

/* What the transaction came to, from what work says and what its statements met. The runner has to know of a
 * conflict or a lost connection whatever work made of it; a statement that failed is never a success. */
static enum db_status weigh(enum db_status said, enum db_status met)
{
    if (met == DB_RETRY || met == DB_UNAVAILABLE || said == DB_OK) {
        return met;
    }
    return said;
}

enum db_status db_transaction_once(bool *began, struct db_conn *conn, const struct db_tx_form *form,
                                   db_work work, void *context)
{
    *began = false;
    if (conn->in_transaction) {
        log_error("db.bug", "transaction=%s reason=\"inside another transaction\"", form->name);
        abort();
    }
    enum db_status status = begin(conn, form);
    if (status != DB_OK) {
        db_rollback(conn);
        return status;
    }
    *began = true;
    conn->in_transaction = true;
    struct db_tx tx = {
        .conn = conn, .arena = arena_create(TX_ARENA_MAX), .read_only = form->read_only, .failed = DB_OK};
    enum db_status said = work(&tx, context);
    status = weigh(said, tx.failed);
    if (status == DB_OK) {
        status = commit(conn, form);
        /* A COMMIT that the server refused has rolled back by itself. */
    } else {
        db_rollback(conn);
    }
    if (status == DB_UNAVAILABLE) {
        /* A standby, a full disk: this session is of no use; another one may reach another server. */
        db_lose(conn);
    }
    conn->in_transaction = false;
    arena_destroy(tx.arena);
    return status;
}

static enum db_status run_with_retries(struct db_conn *conn, const struct db_tx_form *form, db_work work,
                                       void *context)
{
    bool reconnected = false;
    enum db_status status = DB_UNAVAILABLE;
    for (int attempt = 0; attempt <= MAX_RETRIES; attempt++) {
        bool began;
        status = db_transaction_once(&began, conn, form, work, context);
        if (status == DB_UNAVAILABLE && !began && !reconnected) {
            /* An idle connection that the server or the network closed meanwhile. */
            reconnected = true;
            status = db_reconnect(conn);
            if (status != DB_OK) {
                return status;
            }
            continue;
        }
        if (status != DB_RETRY) {
            return status;
        }
        log_info("db.retry", "transaction=%s attempt=%d", form->name, attempt + 1);
        if (attempt < MAX_RETRIES) {
            db_backoff(attempt);
        }
    }
    return status;
}

enum db_status db_transaction(struct db_conn *conn, const char *name, enum db_role role, db_work work,
                              void *context)
{
    struct db_tx_form form = {.name = name,
                              .role = role,
                              .read_only = false,
                              .before_commit = "db.before-commit",
                              .after_commit = "db.after-commit"};
    return run_with_retries(conn, &form, work, context);
}

enum db_status db_transaction_read_only(struct db_conn *conn, const char *name, enum db_role role,
                                        db_work work, void *context)
{
    struct db_tx_form form = {.name = name,
                              .role = role,
                              .read_only = true,
                              .before_commit = "db.before-commit",
                              .after_commit = "db.after-commit"};
    return run_with_retries(conn, &form, work, context);
}
