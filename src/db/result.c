#include "db/internal.h"

#include "base/log.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

static void misuse(const struct db_result *result, size_t row, int column, const char *reason)
{
    log_error("db.bug", "statement=%s row=%zu column=%d reason=%s", LOG_CSTR(result->statement->name), row,
              column, LOG_CSTR(reason));
    abort();
}

static void check_place(const struct db_result *result, size_t row, int column)
{
    if (row >= (size_t)PQntuples(result->pg) || column < 0 || column >= PQnfields(result->pg)) {
        misuse(result, row, column, "no such row or column");
    }
}

/* The bytes of a value that is there and is of the type wanted. */
static const char *value_of(const struct db_result *result, size_t row, int column, enum db_oid type)
{
    check_place(result, row, column);
    if (PQftype(result->pg, column) != (Oid)type) {
        misuse(result, row, column, "another type");
    }
    if (PQgetisnull(result->pg, (int)row, column)) {
        misuse(result, row, column, "is null");
    }
    return PQgetvalue(result->pg, (int)row, column);
}

static uint16_t be16(const char *bytes)
{
    uint16_t value;
    memcpy(&value, bytes, sizeof value);
    return be16toh(value);
}

static uint32_t be32(const char *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return be32toh(value);
}

static uint64_t be64(const char *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return be64toh(value);
}

size_t db_rows(const struct db_result *result)
{
    return (size_t)PQntuples(result->pg);
}

int64_t db_affected(const struct db_result *result)
{
    /* PQcmdTuples is not const, but changes nothing. */
    int64_t count = 0;
    struct slice digits = slice_from_cstr(PQcmdTuples(result->pg));
    return slice_to_i64(&count, digits, 0, INT64_MAX) ? count : 0;
}

bool db_is_null(const struct db_result *result, size_t row, int column)
{
    check_place(result, row, column);
    return PQgetisnull(result->pg, (int)row, column);
}

bool db_get_bool(const struct db_result *result, size_t row, int column)
{
    return *value_of(result, row, column, OID_BOOL) != 0;
}

int16_t db_get_int16(const struct db_result *result, size_t row, int column)
{
    return (int16_t)be16(value_of(result, row, column, OID_INT2));
}

int32_t db_get_int32(const struct db_result *result, size_t row, int column)
{
    return (int32_t)be32(value_of(result, row, column, OID_INT4));
}

int64_t db_get_int64(const struct db_result *result, size_t row, int column)
{
    return (int64_t)be64(value_of(result, row, column, OID_INT8));
}

double db_get_float8(const struct db_result *result, size_t row, int column)
{
    uint64_t bits = be64(value_of(result, row, column, OID_FLOAT8));
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

int64_t db_get_timestamp(const struct db_result *result, size_t row, int column)
{
    int64_t micros = (int64_t)be64(value_of(result, row, column, OID_TIMESTAMPTZ));
    int64_t seconds = micros / 1000000 - (micros % 1000000 < 0 ? 1 : 0);
    return seconds + EPOCH_SECONDS;
}

int32_t db_get_day(const struct db_result *result, size_t row, int column)
{
    return (int32_t)be32(value_of(result, row, column, OID_DATE)) + EPOCH_DAYS;
}

static struct slice slice_of(const struct db_result *result, size_t row, int column)
{
    if (PQgetisnull(result->pg, (int)row, column)) {
        return (struct slice){NULL, 0};
    }
    return (struct slice){PQgetvalue(result->pg, (int)row, column),
                          (size_t)PQgetlength(result->pg, (int)row, column)};
}

struct slice db_get_text(const struct db_result *result, size_t row, int column)
{
    check_place(result, row, column);
    Oid type = PQftype(result->pg, column);
    if (type != OID_TEXT && type != OID_VARCHAR && type != OID_NAME && type != OID_JSON &&
        type != OID_JSONB) {
        misuse(result, row, column, "another type");
    }
    struct slice text = slice_of(result, row, column);
    /* jsonb is its text behind one byte of version. */
    if (type == OID_JSONB && text.len > 0) {
        text.ptr++;
        text.len--;
    }
    return text;
}

struct slice db_get_bytes(const struct db_result *result, size_t row, int column)
{
    check_place(result, row, column);
    if (PQftype(result->pg, column) != OID_BYTEA) {
        misuse(result, row, column, "another type");
    }
    return slice_of(result, row, column);
}

static void check_width(struct slice field, size_t width)
{
    if (!field.ptr || field.len != width) {
        log_error("db.bug", "reason=\"field of another width\" width=%zu wanted=%zu", field.len, width);
        abort();
    }
}

int16_t db_field_int16(struct slice field)
{
    check_width(field, sizeof(int16_t));
    return (int16_t)be16(field.ptr);
}

int32_t db_field_int32(struct slice field)
{
    check_width(field, sizeof(int32_t));
    return (int32_t)be32(field.ptr);
}

int64_t db_field_int64(struct slice field)
{
    check_width(field, sizeof(int64_t));
    return (int64_t)be64(field.ptr);
}
