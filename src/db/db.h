/* PostgreSQL for everybody above: named statements, transactions, and the two kinds of thread that use them (db/pool.h,
 * db/batcher.h). libpq's types stay inside this folder. One db_conn belongs to one thread at a time.
 *
 * Parameters and results travel in binary. Only single-row-width, known types are used: bool, int2, int4, int8, float8, text,
 * bytea, timestamptz (as Unix seconds), and one-dimensional arrays of them. */
#ifndef ZEVENSTEM_DB_DB_H
#define ZEVENSTEM_DB_DB_H

#include "base/arena.h"
#include "base/slice.h"

struct db_conn;
struct db_tx;
struct db_result;

/* What a database call came to. Nothing but DB_OK means that something was done. */
enum db_status {
    DB_OK = 0,
    DB_RETRY,       /* 40001, 40P01, 55P03: the transaction may succeed if run again */
    DB_CONSTRAINT,  /* class 22 and 23: the data is at fault; running it again gives the same */
    DB_UNAVAILABLE, /* no connection, lost connection, shutting down, too many clients, read-only standby */
    DB_TIMEOUT,     /* 57014: statement or lock ran out of its time */
    DB_ROLLBACK,    /* the callback wants the transaction undone, without an error */
    DB_FAILED       /* anything else: a fault of ours; logged with SQLSTATE and statement name */
};

/* The database role a piece of work runs under: SET LOCAL ROLE at the start of its transaction. */
enum db_role { DB_ROLE_INTAKE, DB_ROLE_STAFF, DB_ROLE_RESULTS, DB_ROLE_AUDIT };

/* One named statement; a constant beside its binder. Text is a literal. Prepared at connect on every connection. */
struct db_statement {
    const char *name;
    const char *sql;
};
/* A feature's statements: an array ended by {NULL, NULL}. */

struct db_config {
    const char *conninfo;        /* libpq connection string or URI; multi-host allowed */
    int statement_timeout_ms;    /* 0 = server default */
    int lock_timeout_ms;
    const char *application_name;
    /* Each an array ended by {NULL, NULL}; the list ended by NULL. May be NULL: nothing is prepared. */
    const struct db_statement *const *statements;
};

/* Connects and prepares every statement. DB_OK, DB_UNAVAILABLE, or DB_FAILED (a statement that does not prepare: logged by
 * name). config must outlive the connection. */
enum db_status db_connect(struct db_conn **out, const struct db_config *config);
void db_disconnect(struct db_conn *conn);
/* After DB_UNAVAILABLE: connects anew (and prepares); DB_OK when it is usable again. */
enum db_status db_reconnect(struct db_conn *conn);

/* ---- transactions ---- */

/* The work inside a transaction. DB_OK commits; everything else rolls back. Must have no effect outside the transaction
 * that a second run would repeat: on DB_RETRY it is run again from the start. */
typedef enum db_status (*db_work)(struct db_tx *tx, void *context);

/* BEGIN, SET LOCAL ROLE, work, COMMIT; retries DB_RETRY up to 5 times with a short random wait, and a lost connection once
 * if it was lost before the work began. DB_OK only when the server confirmed the COMMIT. A connection lost during COMMIT is
 * DB_UNAVAILABLE: the caller must treat the outcome as unknown and repeat by an idempotent key. `name` is for the log.
 * Isolation is READ COMMITTED; db_transaction_read_only adds READ ONLY REPEATABLE READ. */
enum db_status db_transaction(struct db_conn *conn, const char *name, enum db_role role, db_work work, void *context);
enum db_status db_transaction_read_only(struct db_conn *conn, const char *name, enum db_role role, db_work work,
                                        void *context);

/* ---- parameters ---- */

enum { DB_MAX_PARAMS = 24 };

/* Built on the stack: struct db_params p = db_params(tx) ; db_put_int64(&p, 5); ... in the order of $1, $2, ... Bytes are
 * copied into the transaction's arena where conversion is needed, borrowed otherwise. */
struct db_params {
    struct arena *arena;
    int count;
    const char *values[DB_MAX_PARAMS];
    int lengths[DB_MAX_PARAMS];
};
struct db_params db_params(struct db_tx *tx);
void db_put_null(struct db_params *p);
void db_put_bool(struct db_params *p, bool value);
void db_put_int16(struct db_params *p, int16_t value);
void db_put_int32(struct db_params *p, int32_t value);
void db_put_int64(struct db_params *p, int64_t value);
void db_put_float8(struct db_params *p, double value);
void db_put_timestamp(struct db_params *p, int64_t unix_s);
void db_put_text(struct db_params *p, struct slice text);   /* borrowed until the statement ran */
void db_put_bytes(struct db_params *p, struct slice bytes); /* bytea; borrowed */
/* One-dimensional arrays. For text and bytes an element with ptr == NULL is NULL. */
void db_put_int16_array(struct db_params *p, const int16_t *values, size_t count);
void db_put_int32_array(struct db_params *p, const int32_t *values, size_t count);
void db_put_int64_array(struct db_params *p, const int64_t *values, size_t count);
void db_put_bool_array(struct db_params *p, const bool *values, size_t count);
void db_put_text_array(struct db_params *p, const struct slice *values, size_t count);
void db_put_bytes_array(struct db_params *p, const struct slice *values, size_t count);

/* ---- running ---- */

/* Runs a prepared statement. *out (may be NULL) is owned by the transaction and lives to its end. */
enum db_status db_run(struct db_result **out, struct db_tx *tx, const struct db_statement *statement,
                      const struct db_params *params);
/* As db_run, but gives DB_FAILED (and logs) unless exactly one row came back. */
enum db_status db_run_one(struct db_result **out, struct db_tx *tx, const struct db_statement *statement,
                          const struct db_params *params);
/* The transaction's arena: lives until the commit or rollback is done. */
struct arena *db_arena(struct db_tx *tx);

/* ---- results: columns by number, in the order of the SELECT list. Wrong type or number is our bug: logged, aborts. ---- */
size_t db_rows(const struct db_result *result);
/* Rows changed by INSERT, UPDATE, DELETE. */
int64_t db_affected(const struct db_result *result);
bool db_is_null(const struct db_result *result, size_t row, int column);
bool db_get_bool(const struct db_result *result, size_t row, int column);
int16_t db_get_int16(const struct db_result *result, size_t row, int column);
int32_t db_get_int32(const struct db_result *result, size_t row, int column);
int64_t db_get_int64(const struct db_result *result, size_t row, int column);
double db_get_float8(const struct db_result *result, size_t row, int column);
int64_t db_get_timestamp(const struct db_result *result, size_t row, int column);
struct slice db_get_text(const struct db_result *result, size_t row, int column);  /* borrowed from result */
struct slice db_get_bytes(const struct db_result *result, size_t row, int column); /* borrowed from result */

/* ---- binary COPY out, for loading columns ---- */
/* Runs "COPY (...) TO STDOUT (FORMAT binary)" given as a constant statement without parameters other than those bound by
 * set_config; row is called for each row with the raw fields (len -1 = NULL). Returning false stops with DB_ROLLBACK. */
typedef bool (*db_copy_row)(const struct slice *fields, int count, void *context);
enum db_status db_copy_out(struct db_tx *tx, const struct db_statement *copy_statement, db_copy_row row, void *context);

#endif
