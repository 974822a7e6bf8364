/* RFC 8785 (JSON Canonicalization Scheme). Real numbers are not written: the documents that are hashed and
 * signed hold whole numbers, and ECMAScript's shortest form of a double is not worth an implementation of our
 * own, which the C library does not have. Neither are whole numbers that a double does not hold: to another
 * implementation of the scheme they would be other numbers. */
#include "json/decode.h"

#include "base/buffer.h"

#include <stdlib.h>
#include <string.h>

static void put_string(struct buffer *out, const char *text, size_t len)
{
    static const char hex[] = "0123456789abcdef";
    static const char escapes[] = "btn fr"; /* for U+0008..U+000D; U+000B has none */
    buffer_append_byte(out, '"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\') {
            buffer_append_byte(out, '\\');
            buffer_append_byte(out, (char)c);
        } else if (c >= 0x08 && c <= 0x0D && c != 0x0B) {
            buffer_append_byte(out, '\\');
            buffer_append_byte(out, escapes[c - 0x08]);
        } else if (c < 0x20) {
            buffer_append_cstr(out, "\\u00");
            buffer_append_byte(out, hex[c >> 4]);
            buffer_append_byte(out, hex[c & 15]);
        } else {
            buffer_append_byte(out, (char)c);
        }
    }
    buffer_append_byte(out, '"');
}

/* The rank of a byte so that comparing UTF-8 byte by byte gives the order of UTF-16 code units: surrogates
 * (code points from U+10000, lead bytes F0..F4) come before U+E000..U+FFFF (lead bytes EE, EF). */
static int unit_rank(unsigned char c)
{
    return c >= 0xF0 ? c - 2 : c >= 0xEE ? c + 5 : c;
}

static int compare_keys(const void *a, const void *b)
{
    const unsigned char *x = *(const unsigned char *const *)a;
    const unsigned char *y = *(const unsigned char *const *)b;
    while (*x && *x == *y) {
        x++;
        y++;
    }
    return unit_rank(*x) - unit_rank(*y);
}

static const json_int_t safe_max = INT64_C(9007199254740991); /* 2^53 - 1 */

static bool put_integer(struct buffer *out, json_int_t value)
{
    if (value < -safe_max || value > safe_max) {
        return false;
    }
    buffer_printf(out, "%lld", (long long)value);
    return true;
}

static bool put_value(struct buffer *out, const json_t *value);

static bool put_object(struct buffer *out, const json_t *object)
{
    size_t count = json_object_size(object);
    const char **keys = calloc(count ? count : 1, sizeof *keys);
    const char *key;
    json_t *member;
    size_t n = 0;
    bool good = keys != NULL;
    json_object_foreach((json_t *)(uintptr_t)object, key, member)
    {
        if (good) {
            keys[n++] = key;
        }
    }
    if (n > 1) {
        qsort(keys, n, sizeof *keys, compare_keys);
    }
    buffer_append_byte(out, '{');
    for (size_t i = 0; good && i < n; i++) {
        if (i > 0) {
            buffer_append_byte(out, ',');
        }
        put_string(out, keys[i], strlen(keys[i]));
        buffer_append_byte(out, ':');
        good = put_value(out, json_object_get(object, keys[i]));
    }
    buffer_append_byte(out, '}');
    free(keys);
    return good;
}

static bool put_array(struct buffer *out, const json_t *array)
{
    bool good = true;
    buffer_append_byte(out, '[');
    for (size_t i = 0; good && i < json_array_size(array); i++) {
        if (i > 0) {
            buffer_append_byte(out, ',');
        }
        good = put_value(out, json_array_get(array, i));
    }
    buffer_append_byte(out, ']');
    return good;
}

static bool put_value(struct buffer *out, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return put_object(out, value);
    case JSON_ARRAY:
        return put_array(out, value);
    case JSON_STRING:
        put_string(out, json_string_value(value), json_string_length(value));
        return true;
    case JSON_INTEGER:
        return put_integer(out, json_integer_value(value));
    case JSON_TRUE:
        buffer_append_cstr(out, "true");
        return true;
    case JSON_FALSE:
        buffer_append_cstr(out, "false");
        return true;
    case JSON_NULL:
        buffer_append_cstr(out, "null");
        return true;
    case JSON_REAL:
        return false;
    }
    return false;
}

bool json_canonical(struct buffer *out, const json_t *value)
{
    return put_value(out, value) && !buffer_failed(out);
}

bool json_canonical_text(struct slice *text, struct arena *arena, const json_t *value, size_t bytes_max)
{
    struct buffer buffer;
    buffer_init(&buffer, bytes_max);
    const bool good = json_canonical(&buffer, value);
    *text = good ? arena_copy(arena, buffer_slice(&buffer)) : (struct slice){NULL, 0};
    buffer_free(&buffer);
    return good;
}
