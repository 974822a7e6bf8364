/* What the files of this folder share. Nobody outside includes it. */
#ifndef ZEVENSTEM_DB_INTERNAL_H
#define ZEVENSTEM_DB_INTERNAL_H

#include "db/db.h"

#include <libpq-fe.h>

/* Type OIDs of PostgreSQL's catalog (pg_type.dat); they never change. */
enum db_oid {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_NAME = 19,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_JSON = 114,
    OID_FLOAT8 = 701,
    OID_VARCHAR = 1043,
    OID_DATE = 1082,
    OID_TIMESTAMPTZ = 1184,
    OID_JSONB = 3802,
    OID_BOOL_ARRAY = 1000,
    OID_BYTEA_ARRAY = 1001,
    OID_INT2_ARRAY = 1005,
    OID_INT4_ARRAY = 1007,
    OID_TEXT_ARRAY = 1009,
    OID_INT8_ARRAY = 1016
};

/* PostgreSQL counts days and microseconds from 2000-01-01. */
enum { EPOCH_DAYS = 10957 };
#define EPOCH_SECONDS ((int64_t)EPOCH_DAYS * 86400)

enum {
    /* The most that one transaction's parameters may take. A batch of 512 responses with their texts is some
       30 MiB. */
    TX_ARENA_MAX = 256 * 1024 * 1024,
    CONN_ARENA_MAX = 4 * 1024 * 1024
};

struct db_prepared {
    const struct db_statement *statement;
    int params;
    Oid *types;
};

struct db_conn {
    PGconn *pg; /* NULL when there is no usable connection */
    const struct db_config *config;
    struct arena *arena;          /* holds prepared; renewed with every connection */
    struct db_prepared *prepared; /* sorted by the statement's address */
    size_t prepared_count;
    bool in_transaction;
    bool warned; /* the server sent a WARNING since this was last cleared */
};

enum { ASKED_MAX = 16 };

/* A statement of a transaction that goes in one message, and its answer. */
struct db_asked {
    const struct db_statement *statement;
    const struct db_params *params;
    struct db_result *result; /* NULL until it is answered */
};

struct db_tx {
    struct db_conn *conn;
    struct arena *arena;
    bool read_only;
    bool asking;           /* statements are only noted (db_ask) */
    enum db_status failed; /* the first failure; nothing is sent to the server after it */
    struct db_asked asked[ASKED_MAX];
    size_t asked_count;
};

struct db_result {
    PGresult *pg;
    const struct db_statement *statement;
};

/* ---- connect.c ---- */
/* Closes what is left of the connection, so that the server ends the session and its locks at once. */
void db_lose(struct db_conn *conn);
/* Whether an idle connection still stands, without a round trip: sees a close that has arrived. Loses it
 * otherwise. */
bool db_still_connected(struct db_conn *conn);
/* Connects *conn, made anew or again; what a thread of pool or batcher calls until it is DB_OK. */
enum db_status db_ensure(struct db_conn **conn, const struct db_config *config);
/* A plain connection with the defaults of db_config.conninfo; for PQfinish. NULL only for lack of memory:
 * look at PQstatus. *warned (may be NULL) is set when the server sends a WARNING. */
PGconn *db_open(const char *conninfo, const char *application_name, bool *warned);
/* The connection's last error on one line, in the arena. */
const char *db_error_line(struct arena *arena, const PGconn *pg);

/* ---- prepare.c ---- */
/* All of config->statements, and those of this folder (db_own_statements). */
enum db_status db_prepare_all(struct db_conn *conn);
/* NULL when it was not among config->statements. */
const struct db_prepared *db_find_prepared(const struct db_conn *conn, const struct db_statement *statement);

/* ---- run.c ---- */
/* What a result came to, logged when it is a failure. A NULL result is a dead connection. Loses the
 * connection where it is of no more use. Does not free result. */
enum db_status db_judge(struct db_conn *conn, const PGresult *result, ExecStatusType wanted,
                        const char *what);
/* Aborts unless the parameters are those that the statement was prepared with. */
void db_check_params(const struct db_tx *tx, const struct db_statement *statement,
                     const struct db_params *params);
/* The answer to a statement: judged, and on DB_OK kept in *out for the rest of the transaction. */
enum db_status db_take_result(struct db_result **out, struct db_tx *tx, const struct db_statement *statement,
                              PGresult *pg_take);
/* PQsendQueryPrepared or PQexecPrepared have the same parameters: all in binary. */
extern const int db_binary[DB_MAX_PARAMS];

/* ---- transaction.c ---- */
struct db_tx_form {
    const char *name; /* for the log */
    enum db_role role;
    bool read_only;
    const char *before_commit; /* names of fault points */
    const char *after_commit;
};
/* One attempt, without any retry. *began tells whether work was called. */
enum db_status db_transaction_once(bool *began, struct db_conn *conn, const struct db_tx_form *form,
                                   db_work work, void *context);
/* The outcome of a COMMIT, from its answer. */
enum db_status db_judge_commit(struct db_conn *conn, PGresult *result, const struct db_tx_form *form);
/* Undoes what is begun; the connection is lost when that fails. */
void db_rollback(struct db_conn *conn);
/* Sleeps for a random time that grows with attempt (0, 1, ...): 1..4 ms, 2..8 ms, ... at most 1 s. */
void db_backoff(int attempt);

/* ---- pipeline.c ---- */
typedef bool (*db_asking)(struct db_tx *tx, void *context);
extern const struct db_statement db_own_statements[];
/* The whole transaction in one message and one answer: BEGIN, the role, the statements that `ask` noted, and
 * COMMIT, as a pipeline; after the first that fails the server skips the rest, COMMIT too. `hear` reads the
 * answers when the COMMIT is confirmed, and its status is given back. *asked is false when `ask` said that it
 * cannot be done so: then nothing was sent and DB_OK is given. Otherwise as db_transaction_once. */
enum db_status db_transaction_asked_once(bool *asked, struct db_conn *conn, const struct db_tx_form *form,
                                         db_asking ask, db_work hear, void *context);
/* The same in two messages: BEGIN, the role and what `ask_turn` noted; and once that is answered, what `ask`
 * notes and the COMMIT. `ask` can look at the answers to the first (db_heard), and what is asked can be made
 * up as late as that. Places go on counting from the first. */
enum db_status db_transaction_asked_in_turn(bool *asked, struct db_conn *conn, const struct db_tx_form *form,
                                            db_asking ask_turn, db_asking ask, db_work hear, void *context);

#endif
