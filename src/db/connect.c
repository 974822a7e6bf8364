#include "db/internal.h"

#include "base/fault.h"
#include "base/log.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

static void take_notice(void *warned, const PGresult *result)
{
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (warned && severity && strcmp(severity, "WARNING") == 0) {
        *(bool *)warned = true;
    }
    log_debug("db.notice", "severity=%s message=%s", severity ? severity : "?",
              LOG_CSTR(message ? message : "?"));
}

PGconn *db_open(const char *conninfo, const char *application_name, bool *warned)
{
    /* With expand_dbname the entries of conninfo override what stands before dbname and are overridden by
     * what stands after. The timeouts are there so that a server that vanishes without a word is noticed
     * within seconds. */
    const char *const keywords[] = {"connect_timeout",  "keepalives_idle",           "keepalives_interval",
                                    "keepalives_count", "tcp_user_timeout",          "dbname",
                                    "client_encoding",  "fallback_application_name", NULL};
    const char *const values[] = {"5", "10", "5", "3", "10000", conninfo, "UTF8", application_name, NULL};
    PGconn *pg = PQconnectdbParams(keywords, values, 1);
    if (pg) {
        PQsetNoticeReceiver(pg, take_notice, warned);
    }
    return pg;
}

const char *db_error_line(struct arena *arena, const PGconn *pg)
{
    char *line = arena_cstr(arena, slice_trim(slice_from_cstr(PQerrorMessage(pg))));
    for (char *c = line; *c; c++) {
        if (*c == '\n') {
            *c = ' ';
        }
    }
    return line;
}

enum { TOLD_ONCE_IN_US = 1000000 };

/* All connections of the program try again and again while the server is away: one line a second says so, and
 * how many tries there were since the one before. */
static void tell_unavailable(const char *reason)
{
    static struct log_again told;
    unsigned tries;
    if (log_again(&tries, &told, TOLD_ONCE_IN_US)) {
        log_warn("db.connect", "status=unavailable reason=%s tries=%u", LOG_CSTR(reason), tries);
    }
}

/* A refused password, an unknown database or user: waiting does not help, a person has to. libpq 15 does not
 * hand over the SQLSTATE of a failed connection, and texts are translated; so every failure to connect counts
 * as one that may pass, but what the server said is in the log. */
static enum db_status open_connection(struct db_conn *conn)
{
    arena_destroy(conn->arena);
    conn->arena = arena_create(CONN_ARENA_MAX);
    conn->prepared = NULL;
    conn->prepared_count = 0;
    if (fault_hit("db.connect")) {
        log_warn("db.connect", "status=unavailable reason=\"fault point\"");
        return DB_UNAVAILABLE;
    }
    const char *application = conn->config->application_name;
    conn->pg = db_open(conn->config->conninfo, application ? application : "zevenstem", &conn->warned);
    if (!conn->pg || PQstatus(conn->pg) != CONNECTION_OK) {
        tell_unavailable(conn->pg ? db_error_line(conn->arena, conn->pg) : "out of memory");
        db_lose(conn);
        return DB_UNAVAILABLE;
    }
    enum db_status status = db_prepare_all(conn);
    if (status != DB_OK) {
        db_lose(conn);
    }
    return status;
}

enum db_status db_connect(struct db_conn **out, const struct db_config *config)
{
    *out = NULL;
    struct db_conn *conn = calloc(1, sizeof *conn);
    if (!conn) {
        log_error("db.connect", "status=failed reason=\"out of memory\"");
        return DB_FAILED;
    }
    conn->config = config;
    enum db_status status = open_connection(conn);
    if (status != DB_OK) {
        db_disconnect(conn);
        return status;
    }
    *out = conn;
    return DB_OK;
}

void db_disconnect(struct db_conn *conn)
{
    if (!conn) {
        return;
    }
    db_lose(conn);
    arena_destroy(conn->arena);
    free(conn);
}

enum db_status db_reconnect(struct db_conn *conn)
{
    if (conn->in_transaction) {
        log_error("db.reconnect", "status=failed reason=\"inside a transaction\"");
        abort();
    }
    db_lose(conn);
    return open_connection(conn);
}

enum db_status db_ensure(struct db_conn **conn, const struct db_config *config)
{
    if (!*conn) {
        return db_connect(conn, config);
    }
    return (*conn)->pg ? DB_OK : db_reconnect(*conn);
}

void db_lose(struct db_conn *conn)
{
    PQfinish(conn->pg);
    conn->pg = NULL;
}

bool db_still_connected(struct db_conn *conn)
{
    while (conn->pg) {
        struct pollfd fd = {.fd = PQsocket(conn->pg), .events = POLLIN};
        if (fd.fd < 0 || PQstatus(conn->pg) != CONNECTION_OK) {
            db_lose(conn);
        } else if (poll(&fd, 1, 0) <= 0) {
            return true;
        } else if (!PQconsumeInput(conn->pg)) {
            db_lose(conn);
        }
    }
    return false;
}
