#include "http/cookies.h"

#include <string.h>

bool cookie_find(struct slice *value, struct slice header, struct slice name)
{
    struct slice rest = header;
    while (rest.len > 0) {
        struct slice pair;
        slice_cut(&pair, &rest, rest, ';');
        struct slice found;
        struct slice text;
        if (!slice_cut(&found, &text, pair, '=') || !slice_equal(slice_trim(found), name)) {
            continue;
        }
        text = slice_trim(text);
        if (text.len >= 2 && text.ptr[0] == '"' && text.ptr[text.len - 1] == '"') {
            text = (struct slice){text.ptr + 1, text.len - 2};
        }
        *value = text;
        return true;
    }
    return false;
}

struct slice cookie_wire_name(struct arena *arena, const char *name, bool https)
{
    return https ? arena_printf(arena, "__Host-%s", name) : slice_from_cstr(name);
}

/* token of RFC 9110 */
static bool is_name(const char *s)
{
    if (*s == '\0') {
        return false;
    }
    for (; *s; s++) {
        if (*s <= 0x20 || *s >= 0x7f || strchr("()<>@,;:\\\"/[]?={}", *s)) {
            return false;
        }
    }
    return true;
}

/* cookie-octet of RFC 6265 */
static bool is_value(const char *s)
{
    for (; *s; s++) {
        if (*s <= 0x20 || *s >= 0x7f || strchr("\",;\\", *s)) {
            return false;
        }
    }
    return true;
}

const char *cookie_format(struct arena *arena, const char *name, const char *value, int max_age_s, bool https)
{
    if (!is_name(name) || !is_value(value)) {
        return NULL;
    }
    struct slice age = {NULL, 0};
    if (max_age_s != 0) {
        age = arena_printf(arena, "; Max-Age=%d", max_age_s > 0 ? max_age_s : 0);
    }
    struct slice wire = cookie_wire_name(arena, name, https);
    return arena_printf(arena, "%.*s=%s; Path=/%.*s; HttpOnly; SameSite=Lax%s", SLICE_ARG(wire),
                        max_age_s < 0 ? "" : value, SLICE_ARG(age), https ? "; Secure" : "")
        .ptr;
}
