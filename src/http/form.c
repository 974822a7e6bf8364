#include "http/form.h"

#include "base/utf8.h"

#include <string.h>

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

static bool needs_decoding(struct slice in, bool plus_is_space)
{
    return in.len > 0 && (memchr(in.ptr, '%', in.len) || (plus_is_space && memchr(in.ptr, '+', in.len)));
}

/* The result is never longer than the input. */
static bool unescape(struct slice *out, struct arena *arena, struct slice in, bool plus_is_space)
{
    char *to = arena_alloc(arena, in.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < in.len; i++) {
        char c = in.ptr[i];
        if (c == '%') {
            bool complete = in.len - i > 2;
            int high = complete ? hex_value(in.ptr[i + 1]) : -1;
            int low = complete ? hex_value(in.ptr[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return false;
            }
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        to[len++] = c;
    }
    *out = (struct slice){to, len};
    return true;
}

enum form_fault form_decode_text(struct slice *out, struct arena *arena, struct slice in, bool plus_is_space)
{
    struct slice text = in;
    if (needs_decoding(in, plus_is_space) && !unescape(&text, arena, in, plus_is_space)) {
        return FORM_BAD_ESCAPE;
    }
    if (text.len > 0 && memchr(text.ptr, '\0', text.len)) {
        return FORM_NUL;
    }
    if (!utf8_valid(text)) {
        return FORM_BAD_UTF8;
    }
    *out = text;
    return FORM_OK;
}

static size_t count_pieces(struct slice text)
{
    size_t pieces = 0;
    struct slice piece;
    struct slice rest = text;
    while (rest.len > 0) {
        slice_cut(&piece, &rest, rest, '&');
        pieces += piece.len > 0;
    }
    return pieces;
}

enum form_fault form_decode_pairs(struct http_field **fields, size_t *count, struct arena *arena,
                                  struct slice text, size_t max_fields)
{
    *fields = NULL;
    *count = 0;
    size_t pieces = count_pieces(text);
    if (pieces > max_fields) {
        return FORM_TOO_MANY;
    }
    struct http_field *decoded = arena_array(arena, pieces, sizeof *decoded);
    size_t done = 0;
    struct slice rest = text;
    while (rest.len > 0) {
        struct slice piece;
        slice_cut(&piece, &rest, rest, '&');
        if (piece.len == 0) {
            continue;
        }
        struct slice name;
        struct slice value;
        slice_cut(&name, &value, piece, '=');
        enum form_fault fault = form_decode_text(&decoded[done].name, arena, name, true);
        if (fault == FORM_OK) {
            fault = form_decode_text(&decoded[done].value, arena, value, true);
        }
        if (fault != FORM_OK) {
            return fault;
        }
        done++;
    }
    *fields = decoded;
    *count = done;
    return FORM_OK;
}

/* ---- request targets ---- */

static bool all_visible(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c <= 0x20 || c == 0x7f || c == '#') {
            return false;
        }
    }
    return true;
}

/* "http://host:80/path" becomes "/path", "http://host" becomes "/" and "http://host?q" becomes "?q" behind an
 * implied "/". */
static bool drop_authority(struct slice *target)
{
    struct slice schemes[] = {SLICE_INIT("http://"), SLICE_INIT("https://")};
    for (size_t i = 0; i < 2; i++) {
        struct slice s = schemes[i];
        if (target->len > s.len && slice_equal_nocase((struct slice){target->ptr, s.len}, s)) {
            size_t at = s.len;
            while (at < target->len && target->ptr[at] != '/' && target->ptr[at] != '?') {
                at++;
            }
            if (at == s.len) {
                return false;
            }
            *target = (struct slice){target->ptr + at, target->len - at};
            return true;
        }
    }
    return false;
}

static bool has_encoded_slash_or_control(struct slice raw, struct slice decoded)
{
    for (size_t i = 0; i + 2 < raw.len; i++) {
        if (raw.ptr[i] == '%' && raw.ptr[i + 1] == '2' && (raw.ptr[i + 2] == 'F' || raw.ptr[i + 2] == 'f')) {
            return true;
        }
    }
    for (size_t i = 0; i < decoded.len; i++) {
        unsigned char c = (unsigned char)decoded.ptr[i];
        if (c < 0x20 || c == 0x7f) {
            return true;
        }
    }
    return false;
}

bool form_split_target(struct slice *path, struct slice *query, struct arena *arena, struct slice target)
{
    if (target.len == 0 || !all_visible(target)) {
        return false;
    }
    if (target.ptr[0] != '/' && !drop_authority(&target)) {
        return false;
    }
    struct slice raw;
    struct slice rest;
    slice_cut(&raw, &rest, target, '?');
    if (raw.len == 0) {
        raw = SLICE("/");
    }
    struct slice decoded;
    if (form_decode_text(&decoded, arena, raw, false) != FORM_OK ||
        has_encoded_slash_or_control(raw, decoded)) {
        return false;
    }
    *path = decoded;
    *query = rest;
    return true;
}
