/* PostgreSQL's binary forms: integers big-endian, arrays as in array_recv of its source (dimensions, has-null
 * flag, element type, then for the one dimension its length and lower bound, then each element with its
 * length, -1 for NULL). */
#include "db/internal.h"

#include "base/log.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

enum { ARRAY_HEADER_BYTES = 20, ARRAY_EMPTY_BYTES = 12 };

static const char empty_value[] = "";

static void too_large(size_t count)
{
    log_error("db.bug", "reason=\"parameter too large\" size=%zu", count);
    abort();
}

static char *put_be16(char *at, uint16_t value)
{
    value = htobe16(value);
    memcpy(at, &value, sizeof value);
    return at + sizeof value;
}

static char *put_be32(char *at, uint32_t value)
{
    value = htobe32(value);
    memcpy(at, &value, sizeof value);
    return at + sizeof value;
}

static char *put_be64(char *at, uint64_t value)
{
    value = htobe64(value);
    memcpy(at, &value, sizeof value);
    return at + sizeof value;
}

struct db_params db_params(struct db_tx *tx)
{
    return (struct db_params){.arena = tx->arena};
}

static void put(struct db_params *p, unsigned type, const char *value, size_t length)
{
    if (p->count == DB_MAX_PARAMS) {
        log_error("db.bug", "reason=\"more than %d parameters\"", DB_MAX_PARAMS);
        abort();
    }
    if (length > INT32_MAX) {
        too_large(length);
    }
    p->types[p->count] = type;
    p->values[p->count] = value;
    p->lengths[p->count] = (int)length;
    p->count++;
}

void db_put_null(struct db_params *p)
{
    put(p, 0, NULL, 0);
}

void db_put_bool(struct db_params *p, bool value)
{
    char *bytes = arena_alloc(p->arena, 1);
    bytes[0] = value ? 1 : 0;
    put(p, OID_BOOL, bytes, 1);
}

void db_put_int16(struct db_params *p, int16_t value)
{
    char *bytes = arena_alloc(p->arena, sizeof value);
    put_be16(bytes, (uint16_t)value);
    put(p, OID_INT2, bytes, sizeof value);
}

static void put_32(struct db_params *p, unsigned type, int32_t value)
{
    char *bytes = arena_alloc(p->arena, sizeof value);
    put_be32(bytes, (uint32_t)value);
    put(p, type, bytes, sizeof value);
}

static void put_64(struct db_params *p, unsigned type, uint64_t value)
{
    char *bytes = arena_alloc(p->arena, sizeof value);
    put_be64(bytes, value);
    put(p, type, bytes, sizeof value);
}

void db_put_int32(struct db_params *p, int32_t value)
{
    put_32(p, OID_INT4, value);
}

void db_put_int64(struct db_params *p, int64_t value)
{
    put_64(p, OID_INT8, (uint64_t)value);
}

void db_put_float8(struct db_params *p, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_64(p, OID_FLOAT8, bits);
}

void db_put_timestamp(struct db_params *p, int64_t unix_s)
{
    int64_t micros;
    if (__builtin_sub_overflow(unix_s, EPOCH_SECONDS, &micros) ||
        __builtin_mul_overflow(micros, 1000000, &micros)) {
        log_error("db.bug", "reason=\"time out of range\"");
        abort();
    }
    put_64(p, OID_TIMESTAMPTZ, (uint64_t)micros);
}

void db_put_day(struct db_params *p, int32_t day)
{
    put_32(p, OID_DATE, day - EPOCH_DAYS);
}

/* A pointer that is not NULL, as NULL would mean the SQL NULL. */
static void put_borrowed(struct db_params *p, unsigned type, struct slice s)
{
    put(p, type, s.len > 0 ? s.ptr : empty_value, s.len);
}

void db_put_text(struct db_params *p, struct slice text)
{
    put_borrowed(p, OID_TEXT, text);
}

void db_put_bytes(struct db_params *p, struct slice bytes)
{
    put_borrowed(p, OID_BYTEA, bytes);
}

/* Room for an array of count elements and the bytes of their lengths and contents; returns where the elements
 * go. */
static char *put_array(struct db_params *p, unsigned array_type, unsigned element_type, size_t count,
                       size_t content, bool has_null)
{
    if (count > INT32_MAX / 8 || content > INT32_MAX / 2) {
        too_large(content);
    }
    size_t size = count == 0 ? ARRAY_EMPTY_BYTES : ARRAY_HEADER_BYTES + content;
    char *bytes = arena_alloc(p->arena, size);
    char *at = put_be32(bytes, count == 0 ? 0 : 1);
    at = put_be32(at, has_null ? 1 : 0);
    at = put_be32(at, element_type);
    if (count > 0) {
        at = put_be32(at, (uint32_t)count);
        at = put_be32(at, 1);
    }
    put(p, array_type, bytes, size);
    return at;
}

void db_put_int16_array(struct db_params *p, const int16_t *values, size_t count)
{
    char *at = put_array(p, OID_INT2_ARRAY, OID_INT2, count, count * (4 + sizeof *values), false);
    for (size_t i = 0; i < count; i++) {
        at = put_be16(put_be32(at, sizeof *values), (uint16_t)values[i]);
    }
}

void db_put_int32_array(struct db_params *p, const int32_t *values, size_t count)
{
    char *at = put_array(p, OID_INT4_ARRAY, OID_INT4, count, count * (4 + sizeof *values), false);
    for (size_t i = 0; i < count; i++) {
        at = put_be32(put_be32(at, sizeof *values), (uint32_t)values[i]);
    }
}

void db_put_int64_array(struct db_params *p, const int64_t *values, size_t count)
{
    char *at = put_array(p, OID_INT8_ARRAY, OID_INT8, count, count * (4 + sizeof *values), false);
    for (size_t i = 0; i < count; i++) {
        at = put_be64(put_be32(at, sizeof *values), (uint64_t)values[i]);
    }
}

void db_put_bool_array(struct db_params *p, const bool *values, size_t count)
{
    char *at = put_array(p, OID_BOOL_ARRAY, OID_BOOL, count, count * (4 + 1), false);
    for (size_t i = 0; i < count; i++) {
        at = put_be32(at, 1);
        *at++ = values[i] ? 1 : 0;
    }
}

static void put_slice_array(struct db_params *p, unsigned array_type, unsigned element_type,
                            const struct slice *values, size_t count)
{
    size_t content = 0;
    bool has_null = false;
    for (size_t i = 0; i < count; i++) {
        if (values[i].len > INT32_MAX || content > INT32_MAX) {
            too_large(values[i].len);
        }
        content += 4 + (values[i].ptr ? values[i].len : 0);
        has_null = has_null || !values[i].ptr;
    }
    char *at = put_array(p, array_type, element_type, count, content, has_null);
    for (size_t i = 0; i < count; i++) {
        at = put_be32(at, values[i].ptr ? (uint32_t)values[i].len : UINT32_MAX);
        if (values[i].ptr && values[i].len > 0) {
            memcpy(at, values[i].ptr, values[i].len);
            at += values[i].len;
        }
    }
}

void db_put_text_array(struct db_params *p, const struct slice *values, size_t count)
{
    put_slice_array(p, OID_TEXT_ARRAY, OID_TEXT, values, count);
}

void db_put_bytes_array(struct db_params *p, const struct slice *values, size_t count)
{
    put_slice_array(p, OID_BYTEA_ARRAY, OID_BYTEA, values, count);
}
