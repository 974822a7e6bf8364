/* COPY OUT in binary: a header (11 bytes of signature, flags, length of an extension), then each row as a
 * count of fields and each field with its length, -1 for NULL; a row of -1 fields ends it. The server sends
 * every row in a message of its own; the header comes before the first row in the same message. */
#include "db/internal.h"

#include "base/log.h"

#include <endian.h>
#include <string.h>

enum { SIGNATURE_BYTES = 11, HEADER_BYTES = SIGNATURE_BYTES + 8, MAX_FIELDS = 64 };

static const char signature[SIGNATURE_BYTES] = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', '\377', '\r', '\n', '\0'};

enum copy_step { STEP_ROW, STEP_END, STEP_NOTHING, STEP_BAD };

static bool take_i16(int16_t *out, struct slice *rest)
{
    uint16_t value;
    if (rest->len < sizeof value) {
        return false;
    }
    memcpy(&value, rest->ptr, sizeof value);
    *out = (int16_t)be16toh(value);
    rest->ptr += sizeof value;
    rest->len -= sizeof value;
    return true;
}

static bool take_i32(int32_t *out, struct slice *rest)
{
    uint32_t value;
    if (rest->len < sizeof value) {
        return false;
    }
    memcpy(&value, rest->ptr, sizeof value);
    *out = (int32_t)be32toh(value);
    rest->ptr += sizeof value;
    rest->len -= sizeof value;
    return true;
}

static bool take_header(struct slice *rest)
{
    int32_t flags;
    int32_t extension;
    if (rest->len < HEADER_BYTES || memcmp(rest->ptr, signature, SIGNATURE_BYTES) != 0) {
        return false;
    }
    rest->ptr += SIGNATURE_BYTES;
    rest->len -= SIGNATURE_BYTES;
    if (!take_i32(&flags, rest) || !take_i32(&extension, rest) || flags != 0 || extension < 0 ||
        (size_t)extension > rest->len) {
        return false;
    }
    rest->ptr += extension;
    rest->len -= (size_t)extension;
    return true;
}

static enum copy_step take_row(struct slice fields[MAX_FIELDS], int *count, struct slice rest)
{
    int16_t n;
    if (rest.len == 0) {
        return STEP_NOTHING;
    }
    if (!take_i16(&n, &rest) || n > MAX_FIELDS) {
        return STEP_BAD;
    }
    if (n == -1) {
        return rest.len == 0 ? STEP_END : STEP_BAD;
    }
    for (int i = 0; i < n; i++) {
        int32_t len;
        if (!take_i32(&len, &rest) || (len >= 0 && (size_t)len > rest.len)) {
            return STEP_BAD;
        }
        fields[i] = (struct slice){len >= 0 ? rest.ptr : NULL, len >= 0 ? (size_t)len : 0};
        if (len > 0) {
            rest.ptr += len;
            rest.len -= (size_t)len;
        }
    }
    *count = n;
    return rest.len == 0 ? STEP_ROW : STEP_BAD;
}

struct copy_state {
    bool header_seen;
    bool ended;
    bool bad;
    bool stopped; /* the caller wants no more */
};

static void handle_message(struct copy_state *state, struct slice message, db_copy_row row, void *context)
{
    struct slice fields[MAX_FIELDS];
    int count = 0;
    if (!state->header_seen) {
        state->header_seen = take_header(&message);
        if (!state->header_seen) {
            state->bad = true;
            return;
        }
    }
    switch (take_row(fields, &count, message)) {
    case STEP_ROW:
        state->bad = state->ended;
        state->stopped = !state->bad && !row(fields, count, context);
        break;
    case STEP_END:
        state->ended = true;
        break;
    case STEP_NOTHING:
        break;
    case STEP_BAD:
        state->bad = true;
        break;
    }
}

static void cancel(PGconn *pg)
{
    char error[256];
    PGcancel *handle = PQgetCancel(pg);
    if (!handle || !PQcancel(handle, error, sizeof error)) {
        log_warn("db.copy", "reason=\"cannot cancel; reading to the end\"");
    }
    PQfreeCancel(handle);
}

/* Reads every message, also after a stop: the connection is of use again only then. */
static void read_messages(struct copy_state *state, PGconn *pg, db_copy_row row, void *context)
{
    char *bytes = NULL;
    int len;
    while ((len = PQgetCopyData(pg, &bytes, 0)) > 0) {
        if (!state->stopped && !state->bad) {
            handle_message(state, (struct slice){bytes, (size_t)len}, row, context);
            if (state->stopped || state->bad) {
                cancel(pg);
            }
        }
        PQfreemem(bytes);
    }
}

enum db_status db_copy_out(struct db_tx *tx, const struct db_statement *copy_statement, db_copy_row row,
                           void *context)
{
    struct copy_state state = {.header_seen = false};
    if (tx->failed != DB_OK) {
        return tx->failed;
    }
    PGresult *result = PQexec(tx->conn->pg, copy_statement->sql);
    enum db_status status = db_judge(tx->conn, result, PGRES_COPY_OUT, copy_statement->name);
    PQclear(result);
    if (status != DB_OK) {
        tx->failed = status;
        return status;
    }
    read_messages(&state, tx->conn->pg, row, context);
    result = PQgetResult(tx->conn->pg);
    if ((state.stopped || state.bad) && PQstatus(tx->conn->pg) == CONNECTION_OK) {
        status = state.bad ? DB_FAILED : DB_ROLLBACK; /* whatever the cancelled statement came to */
    } else {
        status = db_judge(tx->conn, result, PGRES_COMMAND_OK, copy_statement->name);
    }
    PQclear(result);
    while (tx->conn->pg && (result = PQgetResult(tx->conn->pg)) != NULL) {
        PQclear(result);
    }
    if (state.bad || (status == DB_OK && !state.ended)) {
        log_error("db.copy", "statement=%s reason=\"not the binary form of COPY\"",
                  LOG_CSTR(copy_statement->name));
        status = status == DB_OK ? DB_FAILED : status;
    }
    tx->failed = status;
    return status;
}
