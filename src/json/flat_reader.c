#include "json/flat_reader.h"

#include "base/utf8.h"

#include <endian.h>
#include <string.h>

/* ---- strings ---- */

/* Moves over the bytes of a string that stand for themselves in ASCII, eight at a time: up to a quote, a
 * backslash, a control character, a byte of a longer character, or the end. */
static void skip_plain(struct flat_reader *r)
{
    static const uint64_t ones = UINT64_C(0x0101010101010101);
    static const uint64_t highs = UINT64_C(0x8080808080808080);
    const char *at = r->at;
    while (r->end - at >= 8) {
        uint64_t eight;
        memcpy(&eight, at, sizeof eight);
        eight = le64toh(eight);
        uint64_t quotes = eight ^ ones * '"';
        uint64_t slashes = eight ^ ones * '\\';
        /* The lowest bit set belongs to the first such byte; a borrow can only add bits above it. */
        uint64_t stops =
            (((quotes - ones) & ~quotes) | ((slashes - ones) & ~slashes) | (eight - ones * 0x20) | eight) &
            highs;
        if (stops != 0) {
            r->at = at + __builtin_ctzll(stops) / 8;
            return;
        }
        at += 8;
    }
    while (at < r->end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20 &&
           (unsigned char)*at < 0x80) {
        at++;
    }
    r->at = at;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Four hexadecimal digits at `at`; -1 when they are not there. */
static int32_t hex4(const char *at, const char *end)
{
    int32_t value = 0;
    if (end - at < 4) {
        return -1;
    }
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(at[i]);
        if (digit < 0) {
            return -1;
        }
        value = value << 4 | digit;
    }
    return value;
}

static size_t put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* The code point written at "uXXXX", a surrogate pair taken together; moves past it. */
static bool take_unicode(uint32_t *out, struct flat_reader *r)
{
    int32_t high = hex4(r->at + 1, r->end);
    if (high < 0) {
        return flat_fail(r, MESSAGE_BAD_ESCAPE);
    }
    if (high == 0) {
        return flat_fail(r, MESSAGE_NUL);
    }
    *out = (uint32_t)high;
    if (high >= 0xD800 && high <= 0xDFFF) {
        bool pair = r->end - r->at >= 11 && r->at[5] == '\\' && r->at[6] == 'u';
        int32_t low = pair ? hex4(r->at + 7, r->end) : -1;
        if (high > 0xDBFF || low < 0xDC00 || low > 0xDFFF) {
            return flat_fail(r, MESSAGE_BAD_SURROGATE);
        }
        *out = 0x10000u + (((uint32_t)high - 0xD800u) << 10) + ((uint32_t)low - 0xDC00u);
        r->at += 6;
    }
    r->at += 5;
    return true;
}

/* The code point of an escape whose backslash was taken. */
static bool take_escape(uint32_t *out, struct flat_reader *r)
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    char c = r->at < r->end ? *r->at : '\0';
    if (c == 'u') {
        return take_unicode(out, r);
    }
    const char *found = c ? strchr(from, c) : NULL;
    if (!found) {
        return flat_fail(r, MESSAGE_BAD_ESCAPE);
    }
    *out = (unsigned char)to[found - from];
    r->at++;
    return true;
}

/* Moves to the closing quote, checking all on the way. */
static bool check_string(bool *escaped, struct flat_reader *r)
{
    *escaped = false;
    for (;;) {
        skip_plain(r);
        char c = r->at < r->end ? *r->at : '\0';
        uint32_t ignored;
        if (c == '"') {
            return true;
        }
        if (c == '\\') {
            *escaped = true;
            r->at++;
            if (!take_escape(&ignored, r)) {
                return false;
            }
        } else if ((unsigned char)c >= 0x80) {
            size_t size = utf8_size((struct slice){r->at, (size_t)(r->end - r->at)});
            if (size == 0) {
                return flat_fail(r, MESSAGE_UTF8);
            }
            r->at += size;
        } else {
            return flat_fail(r, MESSAGE_CONTROL);
        }
    }
}

/* What the checked text from..end stands for. An escape is never shorter than what it stands for. */
static struct slice unescape(struct arena *arena, const char *from, const char *end)
{
    struct flat_reader r = {.at = from, .end = end, .arena = arena};
    char *out = arena_alloc(arena, (size_t)(end - from) + 1);
    size_t len = 0;
    while (r.at < r.end) {
        const char *slash = memchr(r.at, '\\', (size_t)(r.end - r.at));
        size_t plain = (size_t)((slash ? slash : r.end) - r.at);
        uint32_t c = 0;
        memcpy(out + len, r.at, plain);
        len += plain;
        r.at += plain;
        if (slash) {
            r.at++;
            if (!take_escape(&c, &r)) {
                break; /* never: it was checked */
            }
            len += put_utf8(out + len, c);
        }
    }
    return (struct slice){out, len};
}

bool flat_take_string(struct slice *out, struct flat_reader *r)
{
    const char *from = r->at;
    bool escaped;
    if (!check_string(&escaped, r)) {
        return false;
    }
    *out = escaped ? unescape(r->arena, from, r->at) : (struct slice){from, (size_t)(r->at - from)};
    r->at++;
    return true;
}

/* ---- numbers and words ---- */

static bool digit_at(const struct flat_reader *r, size_t ahead)
{
    return (size_t)(r->end - r->at) > ahead && r->at[ahead] >= '0' && r->at[ahead] <= '9';
}

static bool take_number(struct flat_value *out, struct flat_reader *r)
{
    const char *from = r->at;
    if (*r->at == '-') {
        r->at++;
    }
    if (!digit_at(r, 0) || (*r->at == '0' && digit_at(r, 1))) {
        return flat_fail(r, MESSAGE_BAD_NUMBER);
    }
    while (digit_at(r, 0)) {
        r->at++;
    }
    if (r->at < r->end && (*r->at == '.' || *r->at == 'e' || *r->at == 'E')) {
        return flat_fail(r, MESSAGE_FRACTION);
    }
    out->kind = FLAT_INT;
    if (!slice_to_i64(&out->integer, (struct slice){from, (size_t)(r->at - from)}, INT64_MIN, INT64_MAX)) {
        r->at = from;
        return flat_fail(r, MESSAGE_RANGE);
    }
    return true;
}

static bool take_word(struct flat_reader *r, struct slice word)
{
    if (!slice_starts_with((struct slice){r->at, (size_t)(r->end - r->at)}, word)) {
        return false;
    }
    r->at += word.len;
    return true;
}

bool flat_take_scalar(struct flat_value *out, struct flat_reader *r)
{
    char c = flat_peek(r);
    *out = (struct flat_value){.kind = FLAT_NULL};
    if (c == '"') {
        r->at++;
        out->kind = FLAT_STRING;
        return flat_take_string(&out->string, r);
    }
    if (c == '-' || (c >= '0' && c <= '9')) {
        return take_number(out, r);
    }
    if (take_word(r, SLICE("true")) || take_word(r, SLICE("false"))) {
        out->kind = FLAT_BOOL;
        out->integer = c == 't';
        return true;
    }
    if (take_word(r, SLICE("null"))) {
        return true;
    }
    return flat_fail(r, c == '{' || c == '[' ? MESSAGE_NOT_FLAT : MESSAGE_WANTS_VALUE);
}
