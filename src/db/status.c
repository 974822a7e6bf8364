#include "db/status.h"

#include <string.h>

struct mapping {
    const char *prefix; /* a whole code, or a class of two characters */
    enum db_status status;
};

/* The first that fits counts: codes stand before their class. */
static const struct mapping mappings[] = {
    {"40001", DB_RETRY},       /* serialization_failure; conflict with recovery on a standby */
    {"40P01", DB_RETRY},       /* deadlock_detected */
    {"55P03", DB_RETRY},       /* lock_not_available, lock_timeout */
    {"57014", DB_TIMEOUT},     /* query_canceled, statement_timeout */
    {"08P01", DB_FAILED},      /* protocol_violation: a parameter that is not what the statement expects */
    {"08", DB_UNAVAILABLE},    /* connection exception */
    {"57P01", DB_UNAVAILABLE}, /* admin_shutdown, pg_terminate_backend */
    {"57P02", DB_UNAVAILABLE}, /* crash_shutdown */
    {"57P03", DB_UNAVAILABLE}, /* cannot_connect_now: starting up, stopping */
    {"57P04", DB_UNAVAILABLE}, /* database_dropped */
    {"57P05", DB_UNAVAILABLE}, /* idle_session_timeout */
    {"25P03", DB_UNAVAILABLE}, /* idle_in_transaction_session_timeout: the session is gone */
    {"25006", DB_UNAVAILABLE}, /* read_only_sql_transaction: a standby, after a switch-over */
    {"53", DB_UNAVAILABLE},    /* too many connections, disk full, out of memory */
    {"58030", DB_UNAVAILABLE}, /* io_error */
    {"22", DB_CONSTRAINT},     /* data exception */
    {"23", DB_CONSTRAINT},     /* integrity constraint violation */
    {"54", DB_CONSTRAINT},     /* program limit exceeded: a value too large for an index row and the like */
};

enum db_status db_status_from_sqlstate(const char *sqlstate)
{
    if (!sqlstate || strlen(sqlstate) != 5) {
        return DB_FAILED;
    }
    for (size_t i = 0; i < sizeof mappings / sizeof mappings[0]; i++) {
        if (strncmp(sqlstate, mappings[i].prefix, strlen(mappings[i].prefix)) == 0) {
            return mappings[i].status;
        }
    }
    return DB_FAILED;
}

const char *db_status_name(enum db_status status)
{
    switch (status) {
    case DB_OK:
        return "ok";
    case DB_RETRY:
        return "retry";
    case DB_CONSTRAINT:
        return "constraint";
    case DB_UNAVAILABLE:
        return "unavailable";
    case DB_TIMEOUT:
        return "timeout";
    case DB_ROLLBACK:
        return "rollback";
    case DB_FAILED:
        return "failed";
    }
    return "unknown";
}
