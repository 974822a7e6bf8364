#include "base/utf8.h"

#include <string.h>

/* Decodes one code point at s[*at], which moves past it; false when malformed. */
static bool next_code_point(uint32_t *out, struct slice s, size_t *at)
{
    const unsigned char *p = (const unsigned char *)s.ptr + *at;
    size_t left = s.len - *at;
    unsigned char lead = p[0];
    size_t extra = lead < 0x80   ? 0
                   : lead < 0xC2 ? 9
                   : lead < 0xE0 ? 1
                   : lead < 0xF0 ? 2
                   : lead < 0xF5 ? 3
                                 : 9;
    if (extra >= left || extra == 9) {
        return false;
    }
    uint32_t value = extra == 0 ? lead : lead & (0x3Fu >> extra);
    for (size_t i = 1; i <= extra; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            return false;
        }
        value = value << 6 | (p[i] & 0x3Fu);
    }
    bool overlong = (extra == 2 && value < 0x800) || (extra == 3 && value < 0x10000);
    if (overlong || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
        return false;
    }
    *at += extra + 1;
    *out = value;
    return true;
}

size_t utf8_size(struct slice s)
{
    uint32_t ignored;
    size_t at = 0;
    return s.len > 0 && next_code_point(&ignored, s, &at) ? at : 0;
}

size_t utf8_next(uint32_t *point, struct slice s)
{
    size_t at = 0;
    return s.len > 0 && next_code_point(point, s, &at) ? at : 0;
}

#define IN_EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The eight bytes at s[at]; false when there are not as many. */
static bool next_eight(uint64_t *eight, struct slice s, size_t at)
{
    bool there = s.len - at >= sizeof *eight;
    if (there) {
        memcpy(eight, s.ptr + at, sizeof *eight);
    }
    return there;
}

bool utf8_valid(struct slice s)
{
    uint32_t ignored;
    size_t at = 0;
    while (at < s.len) {
        uint64_t eight;
        if (next_eight(&eight, s, at) && (eight & IN_EACH(0x80)) == 0) {
            at += sizeof eight;
            continue;
        }
        if (!next_code_point(&ignored, s, &at)) {
            return false;
        }
    }
    return true;
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

size_t utf8_length(struct slice s)
{
    size_t count = 0;
    size_t at = 0;
    uint64_t eight;
    while (next_eight(&eight, s, at)) {
        /* 1 in each byte that is 10xxxxxx; the product's highest byte is their sum. */
        uint64_t continuations = (eight & ~(eight << 1) & IN_EACH(0x80)) >> 7;
        count += sizeof eight - (size_t)(continuations * IN_EACH(1) >> 56);
        at += sizeof eight;
    }
    for (; at < s.len; at++) {
        count += !is_continuation(s.ptr[at]);
    }
    return count;
}

size_t utf8_offset(struct slice s, size_t index)
{
    size_t at = 0;
    while (at < s.len && index > 0) {
        at++;
        while (at < s.len && is_continuation(s.ptr[at])) {
            at++;
        }
        index--;
    }
    return at;
}

static bool is_dropped(uint32_t c)
{
    return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c < 0xA0) || c == 0x200B ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x2069) || c == 0xFEFF;
}

/* Unicode's White_Space, but for what is_dropped() takes anyway. */
static bool is_space(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
           c == 0x202F || c == 0x205F || c == 0x3000;
}

/* Well-formed text without white space at its ends. */
static struct slice trim(struct slice s)
{
    uint32_t c;
    size_t at = 0;
    while (at < s.len && next_code_point(&c, s, &at) && is_space(c)) {
        s.ptr += at;
        s.len -= at;
        at = 0;
    }
    while (s.len > 0) {
        size_t last = s.len - 1;
        while (last > 0 && is_continuation(s.ptr[last])) {
            last--;
        }
        at = last;
        if (!next_code_point(&c, s, &at) || !is_space(c)) {
            break;
        }
        s.len = last;
    }
    return s;
}

/* Whether all eight are ASCII from the space up to the tilde. Where an addition carries into the next byte,
 * the byte that it came from was found out already. */
static bool all_printable(uint64_t eight)
{
    uint64_t below_space = ~(eight + IN_EACH(0x80 - 0x20));
    uint64_t above_tilde = eight + IN_EACH(0x80 - 0x7F);
    return ((eight | below_space | above_tilde) & IN_EACH(0x80)) == 0;
}

struct slice utf8_clean(struct arena *arena, struct slice s)
{
    char *out = NULL; /* allocated at the first change */
    size_t len = 0;
    size_t at = 0;
    while (at < s.len) {
        size_t from = at;
        uint32_t c;
        uint64_t eight;
        if (next_eight(&eight, s, at) && all_printable(eight)) {
            if (out) {
                memcpy(out + len, s.ptr + at, sizeof eight);
                len += sizeof eight;
            }
            at += sizeof eight;
            continue;
        }
        if (!next_code_point(&c, s, &at)) {
            return (struct slice){NULL, 0};
        }
        bool lone_cr = c == '\r' && !(at < s.len && s.ptr[at] == '\n');
        bool keep = lone_cr || !is_dropped(c);
        if (!out && (!keep || lone_cr)) {
            out = arena_alloc(arena, s.len + 1);
            memcpy(out, s.ptr, from);
            len = from;
        }
        if (!keep) {
            continue;
        }
        if (out) {
            for (size_t i = from; i < at; i++) {
                out[len++] = lone_cr ? '\n' : s.ptr[i];
            }
        }
    }
    return trim(out ? (struct slice){out, len} : s);
}
