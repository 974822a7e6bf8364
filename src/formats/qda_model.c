/* GUIDs, types and faults. */
#include "formats/qda_internal.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "crypto/crypto.h"

#include <string.h>

/* ---- faults ---- */

enum qda_status qda_fail(struct qda_fault *fault, enum qda_status status, size_t line, struct slice what)
{
    if (fault->status == QDA_OK) {
        size_t len = what.len < sizeof fault->what ? what.len : sizeof fault->what - 1;
        while (len > 0 && len < what.len && ((unsigned char)what.ptr[len] & 0xC0) == 0x80) {
            len--; /* not in the middle of a code point */
        }
        *fault = (struct qda_fault){.status = status, .line = line};
        if (len > 0 && utf8_valid((struct slice){what.ptr, len})) {
            memcpy(fault->what, what.ptr, len);
        }
    }
    return fault->status;
}

enum qda_status qda_fail_guid(struct qda_fault *fault, enum qda_status status, size_t line,
                              const struct qda_guid *guid)
{
    char text[QDA_GUID_CHARS + 1];
    qda_guid_format(text, guid);
    return qda_fail(fault, status, line, slice_from_cstr(text));
}

/* ---- GUIDs ---- */

enum { DASHES = 4 };
static const size_t dash_at[DASHES] = {8, 13, 18, 23};

static bool is_dash_place(size_t at)
{
    return at == dash_at[0] || at == dash_at[1] || at == dash_at[2] || at == dash_at[3];
}

bool qda_guid_parse(struct qda_guid *out, struct slice text)
{
    char digits[2 * sizeof out->bytes];
    size_t count = 0;
    if (text.len == QDA_GUID_CHARS + 2 && text.ptr[0] == '{' && text.ptr[text.len - 1] == '}') {
        text = (struct slice){text.ptr + 1, QDA_GUID_CHARS};
    }
    if (text.len != QDA_GUID_CHARS) {
        return false;
    }
    for (size_t i = 0; i < QDA_GUID_CHARS; i++) {
        if (!is_dash_place(i)) {
            digits[count++] = text.ptr[i];
        } else if (text.ptr[i] != '-') {
            return false;
        }
    }
    return crypto_unhex(out->bytes, sizeof out->bytes, (struct slice){digits, sizeof digits});
}

void qda_guid_format(char out[QDA_GUID_CHARS + 1], const struct qda_guid *guid)
{
    char digits[2 * sizeof guid->bytes + 1];
    size_t next = 0;
    crypto_hex(digits, guid->bytes, sizeof guid->bytes);
    for (size_t i = 0; i < QDA_GUID_CHARS; i++) {
        out[i] = is_dash_place(i) ? '-' : digits[next++];
    }
    out[QDA_GUID_CHARS] = '\0';
}

void qda_guid_derive(struct qda_guid *out, struct slice space, const char *kind, struct slice id)
{
    const struct slice parts[] = {space, slice_from_cstr(kind), id};
    unsigned char hash[CRYPTO_SHA256_BYTES];
    struct buffer named;
    buffer_init(&named, 1 << 20);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        buffer_printf(&named, "%zu:", parts[i].len);
        buffer_append(&named, parts[i]);
    }
    crypto_sha256(hash, buffer_slice(&named));
    buffer_free(&named);
    memcpy(out->bytes, hash, sizeof out->bytes);
    out->bytes[6] = (unsigned char)((out->bytes[6] & 0x0F) | 0x80); /* version 8 */
    out->bytes[8] = (unsigned char)((out->bytes[8] & 0x3F) | 0x80); /* the variant of RFC 9562 */
}

/* ---- types ---- */

const char *const qda_type_names[QDA_NO_VALUE] = {"Text", "Boolean", "Integer", "Float", "Date", "DateTime"};
const char *const qda_value_elements[QDA_NO_VALUE] = {"TextValue",  "BooleanValue", "IntegerValue",
                                                      "FloatValue", "DateValue",    "DateTimeValue"};

bool qda_time_parse(int64_t *at, bool *zoned, struct slice text)
{
    enum { LONGEST = 40 };
    char with_zone[LONGEST + 1];
    *zoned = true;
    if (clock_parse_rfc3339(at, text)) {
        return true;
    }
    if (text.len == 0 || text.len >= LONGEST) {
        return false;
    }
    memcpy(with_zone, text.ptr, text.len);
    with_zone[text.len] = 'Z';
    *zoned = false;
    return clock_parse_rfc3339(at, (struct slice){with_zone, text.len + 1});
}

static bool is_decimal(struct slice text, bool fraction)
{
    size_t digits = 0, points = 0;
    size_t at = text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+') ? 1 : 0;
    for (; at < text.len; at++) {
        digits += text.ptr[at] >= '0' && text.ptr[at] <= '9';
        points += text.ptr[at] == '.';
        if (text.ptr[at] != '.' && (text.ptr[at] < '0' || text.ptr[at] > '9')) {
            return false;
        }
    }
    return digits > 0 && points <= (fraction ? 1u : 0u);
}

static bool is_date(struct slice text)
{
    enum { DATE_CHARS = 10 };
    char noon[] = "0000-00-00T12:00:00Z";
    int64_t at;
    if (text.len != DATE_CHARS) {
        return false;
    }
    memcpy(noon, text.ptr, DATE_CHARS);
    return clock_parse_rfc3339(&at, slice_from_cstr(noon));
}

bool qda_value_valid(enum qda_type type, struct slice text)
{
    int64_t at;
    bool zoned;
    switch (type) {
    case QDA_TEXT:
        return true;
    case QDA_BOOLEAN:
        return slice_equal_cstr(text, "true") || slice_equal_cstr(text, "false") ||
               slice_equal_cstr(text, "1") || slice_equal_cstr(text, "0");
    case QDA_INTEGER:
        return is_decimal(text, false);
    case QDA_FLOAT:
        return is_decimal(text, true);
    case QDA_DATE:
        return is_date(text);
    case QDA_DATE_TIME:
        return qda_time_parse(&at, &zoned, text);
    case QDA_NO_VALUE:
        return text.len == 0;
    }
    return false;
}
