#include "base/slice.h"

#include <string.h>

struct slice slice_from_cstr(const char *cstr)
{
    return (struct slice){cstr, cstr ? strlen(cstr) : 0};
}

bool slice_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool slice_equal_cstr(struct slice a, const char *b)
{
    return slice_equal(a, slice_from_cstr(b));
}

static unsigned char ascii_lower(char c)
{
    unsigned char u = (unsigned char)c;
    return u >= 'A' && u <= 'Z' ? (unsigned char)(u + ('a' - 'A')) : u;
}

bool slice_equal_nocase(struct slice a, struct slice b)
{
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (ascii_lower(a.ptr[i]) != ascii_lower(b.ptr[i])) {
            return false;
        }
    }
    return true;
}

int slice_compare(struct slice a, struct slice b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter ? memcmp(a.ptr, b.ptr, shorter) : 0;
    if (order != 0) {
        return order;
    }
    return (a.len > b.len) - (a.len < b.len);
}

bool slice_starts_with(struct slice s, struct slice prefix)
{
    return s.len >= prefix.len && slice_equal((struct slice){s.ptr, prefix.len}, prefix);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct slice slice_trim(struct slice s)
{
    while (s.len > 0 && is_space(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    while (s.len > 0 && is_space(s.ptr[s.len - 1])) {
        s.len--;
    }
    return s;
}

bool slice_cut(struct slice *head, struct slice *rest, struct slice s, char separator)
{
    const char *at = s.len ? memchr(s.ptr, separator, s.len) : NULL;
    if (!at) {
        *head = s;
        *rest = (struct slice){NULL, 0};
        return false;
    }
    size_t before = (size_t)(at - s.ptr);
    *head = (struct slice){s.ptr, before};
    *rest = (struct slice){at + 1, s.len - before - 1};
    return true;
}

bool slice_to_u64(uint64_t *out, struct slice s, uint64_t max)
{
    uint64_t value = 0;
    if (s.len == 0) {
        return false;
    }
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') {
            return false;
        }
        uint64_t digit = (uint64_t)(s.ptr[i] - '0');
        if (value > (UINT64_MAX - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    if (value > max) {
        return false;
    }
    *out = value;
    return true;
}

bool slice_to_i64(int64_t *out, struct slice s, int64_t min, int64_t max)
{
    bool negative = s.len > 0 && s.ptr[0] == '-';
    uint64_t magnitude;
    if (negative) {
        s.ptr++;
        s.len--;
    }
    if (!slice_to_u64(&magnitude, s, (uint64_t)INT64_MAX + negative)) {
        return false;
    }
    /* The lowest number has no positive counterpart. */
    int64_t value = !negative ? (int64_t)magnitude : magnitude == 0 ? 0 : -(int64_t)(magnitude - 1) - 1;
    if (value < min || value > max) {
        return false;
    }
    *out = value;
    return true;
}
