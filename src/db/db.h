/* PostgreSQL for everybody above: named statements, transactions, and the two kinds of thread that use them
 * (db/pool.h, db/batcher.h). libpq's types stay inside this folder. One db_conn belongs to one thread at a
 * time.
 *
 * Parameters and results travel in binary. Only known types are used: bool, int2, int4, int8, float8, text,
 * bytea, timestamptz (as Unix seconds), date (as days since 1970-01-01), and one-dimensional arrays of them.
 * For any other type the statement casts:
 * `$1::text::jsonb`, `id::text`. A parameter or column that is not of the type its binder says is our bug:
 * logged, aborts. */
#ifndef ZEVENSTEM_DB_DB_H
#define ZEVENSTEM_DB_DB_H

#include "base/arena.h"
#include "base/slice.h"

struct crypto_keys;
struct db_conn;
struct db_tx;
struct db_result;

/* What a database call came to. Nothing but DB_OK means that something was done. */
enum db_status {
    DB_OK = 0,
    DB_RETRY,       /* 40001, 40P01, 55P03 (lock_timeout too): the transaction may succeed if run again */
    DB_CONSTRAINT,  /* class 22, 23 and 54: the data is at fault; running it again gives the same */
    DB_UNAVAILABLE, /* no connection, lost connection, shutting down, too many clients, disk full, read-only
                       standby */
    DB_TIMEOUT,     /* 57014: the statement ran out of its time */
    DB_ROLLBACK,    /* the callback wants the transaction undone, without an error */
    DB_FAILED       /* anything else: a fault of ours; logged with SQLSTATE and statement name */
};
/* "ok", "retry", ...: for the log. */
const char *db_status_name(enum db_status status);

/* The database role a piece of work runs under: SET LOCAL ROLE at the start of its transaction. */
enum db_role { DB_ROLE_INTAKE, DB_ROLE_STAFF, DB_ROLE_RESULTS, DB_ROLE_AUDIT };

/* One named statement; a constant beside its binder. Text is a literal. Prepared at connect on every
 * connection. */
struct db_statement {
    const char *name;
    const char *sql;
};
/* A feature's statements: an array ended by {NULL, NULL}. */

struct db_config {
    const char *conninfo;     /* libpq connection string or URI; multi-host allowed. Defaults that it may
                                 override:     connect_timeout=5, tcp_user_timeout=10000, keepalives_idle=10 */
    int statement_timeout_ms; /* 0 = server default */
    int lock_timeout_ms;      /* 0 = server default */
    const char *application_name;
    /* Each an array ended by {NULL, NULL}; the list ended by NULL. May be NULL: nothing is prepared. */
    const struct db_statement *const *statements;
    /* For those above who put a MAC on what they write (db_keys). Outlives the connections; may be NULL. */
    const struct crypto_keys *keys;
};

/* Connects and prepares every statement, in one round trip. DB_OK, DB_UNAVAILABLE (libpq does not tell a
 * wrong password from a server that starts up: the reason is in the log), or DB_FAILED (a statement that does
 * not prepare: logged by name); *out is NULL unless DB_OK. config must outlive the connection. */
enum db_status db_connect(struct db_conn **out, const struct db_config *config);
/* NULL is allowed. */
void db_disconnect(struct db_conn *conn);
/* After DB_UNAVAILABLE: connects anew (and prepares); DB_OK when it is usable again. */
enum db_status db_reconnect(struct db_conn *conn);

/* ---- transactions ---- */

/* The work inside a transaction. DB_OK commits; everything else rolls back. Must have no effect outside the
 * transaction that a second run would repeat: on DB_RETRY it is run again from the start. A statement that
 * failed fails the whole transaction, also when work goes on and returns DB_OK: further statements return the
 * same status at once. Transactions do not nest. */
typedef enum db_status (*db_work)(struct db_tx *tx, void *context);

/* BEGIN, SET LOCAL ROLE, work, COMMIT; retries DB_RETRY up to 5 times with a short random wait, and a lost
 * connection once if it was lost before the work began. DB_OK only when the server confirmed the COMMIT. A
 * connection lost during COMMIT is DB_UNAVAILABLE: the caller must treat the outcome as unknown and repeat by
 * an idempotent key. `name` is for the log. Isolation is READ COMMITTED; db_transaction_read_only adds READ
 * ONLY REPEATABLE READ. */
enum db_status db_transaction(struct db_conn *conn, const char *name, enum db_role role, db_work work,
                              void *context);
enum db_status db_transaction_read_only(struct db_conn *conn, const char *name, enum db_role role,
                                        db_work work, void *context);

/* ---- parameters ---- */

enum { DB_MAX_PARAMS = 24 };

/* Built on the stack: struct db_params p = db_params(tx) ; db_put_int64(&p, 5); ... in the order of $1, $2,
 * ... Bytes are copied into the transaction's arena where conversion is needed, borrowed otherwise. */
struct db_params {
    struct arena *arena;
    int count;
    unsigned types[DB_MAX_PARAMS]; /* PostgreSQL type OID; 0 = NULL of any type */
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
void db_put_day(struct db_params *p, int32_t day);          /* date; clock_day() */
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

/* Runs a prepared statement (params may be NULL when it has none). *out (may be NULL) is owned by the
 * transaction and lives to its end. */
enum db_status db_run(struct db_result **out, struct db_tx *tx, const struct db_statement *statement,
                      const struct db_params *params);
/* As db_run, but gives DB_FAILED (and logs) unless exactly one row came back. */
enum db_status db_run_one(struct db_result **out, struct db_tx *tx, const struct db_statement *statement,
                          const struct db_params *params);
/* Runs a statement that cannot run inside a transaction (VACUUM), as the login itself, not prepared and
 * without parameters; not between db_transaction's begin and end. */
enum db_status db_run_outside(struct db_conn *conn, const struct db_statement *statement);
/* The transaction's arena: lives until the commit or rollback is done. */
struct arena *db_arena(struct db_tx *tx);
/* db_config.keys of its connection. */
const struct crypto_keys *db_keys(const struct db_tx *tx);

/* ---- a transaction in one message (batcher.h) ---- */
/* Notes a statement; at most 16 a transaction. Parameters are borrowed until the transaction is over. */
void db_ask(struct db_tx *tx, const struct db_statement *statement, const struct db_params *params);
/* How many were noted so far. */
size_t db_asked_count(const struct db_tx *tx);
/* Which was noted as `place`, from 0: below the count. */
const struct db_statement *db_asked_statement(const struct db_tx *tx, size_t place);
/* The answer to the statement noted as `place`, from 0. */
struct db_result *db_heard(struct db_tx *tx, size_t place);

/* ---- results: columns by number, in the order of the SELECT list. Wrong type or number is our bug: logged,
 * aborts. ---- */
size_t db_rows(const struct db_result *result);
/* Rows changed by INSERT, UPDATE, DELETE. */
int64_t db_affected(const struct db_result *result);
bool db_is_null(const struct db_result *result, size_t row, int column);
bool db_get_bool(const struct db_result *result, size_t row, int column);
int16_t db_get_int16(const struct db_result *result, size_t row, int column);
int32_t db_get_int32(const struct db_result *result, size_t row, int column);
int64_t db_get_int64(const struct db_result *result, size_t row, int column);
double db_get_float8(const struct db_result *result, size_t row, int column);
int64_t db_get_timestamp(const struct db_result *result, size_t row,
                         int column); /* whole seconds, rounded down */
int32_t db_get_day(const struct db_result *result, size_t row, int column);
/* Borrowed from result; text, varchar, name, json and jsonb columns. NULL gives ptr NULL. */
struct slice db_get_text(const struct db_result *result, size_t row, int column);
struct slice db_get_bytes(const struct db_result *result, size_t row, int column); /* the same */

/* ---- binary COPY out, for loading columns ---- */
/* Runs "COPY (...) TO STDOUT (FORMAT binary)". COPY cannot be prepared: its statement stays out of the array
 * that is, and takes no parameters: where one is needed, a prepared `SELECT set_config('zs.round', $1, true)`
 * goes before it in the same transaction and the COPY's query reads current_setting('zs.round'). row is
 * called for each row with the raw fields in binary, borrowed for the call (ptr NULL = NULL). Returning false
 * cancels the statement and gives DB_ROLLBACK. */
typedef bool (*db_copy_row)(const struct slice *fields, int count, void *context);
enum db_status db_copy_out(struct db_tx *tx, const struct db_statement *copy_statement, db_copy_row row,
                           void *context);

/* Big-endian numbers of raw fields. Wrong width is our bug: logged, aborts. */
int16_t db_field_int16(struct slice field);
int32_t db_field_int32(struct slice field);
int64_t db_field_int64(struct slice field);

/* ---- the server ---- */
/* What is wrong with the server for a service that promises durability, for a person to read: older than
 * PostgreSQL 15, fsync, full_page_writes or synchronous_commit off, in recovery. The empty slice when nothing
 * is; DB_OK only when it could be asked. */
enum db_status db_server_problem(struct slice *problem, struct arena *arena, struct db_conn *conn);

#endif
