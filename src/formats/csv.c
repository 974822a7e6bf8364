#include "formats/csv.h"

#include <string.h>

/* A cell that begins with a quote; *rest is what follows its closing quote. */
static enum csv_fault take_quoted(struct slice *cell, struct slice *rest, struct arena *arena)
{
    const char *end = rest->ptr + rest->len;
    const char *from = rest->ptr + 1;
    const char *at = from;
    size_t doubled = 0;
    for (;; at += 2, doubled++) {
        const char *quote = at < end ? memchr(at, '"', (size_t)(end - at)) : NULL;
        if (!quote) {
            return CSV_UNCLOSED_QUOTE;
        }
        at = quote;
        if (quote + 1 == end || quote[1] != '"') {
            break;
        }
    }
    *cell = (struct slice){from, (size_t)(at - from)};
    *rest = (struct slice){at + 1, (size_t)(end - at - 1)};
    if (doubled > 0) {
        char *plain = arena_alloc(arena, cell->len);
        size_t len = 0;
        for (size_t i = 0; i < cell->len; i++) {
            plain[len++] = cell->ptr[i];
            i += cell->ptr[i] == '"';
        }
        *cell = (struct slice){plain, len};
    }
    return CSV_OK;
}

static enum csv_fault take_plain(struct slice *cell, struct slice *rest, char separator)
{
    const char *end = rest->len > 0 ? memchr(rest->ptr, separator, rest->len) : NULL;
    size_t len = end ? (size_t)(end - rest->ptr) : rest->len;
    *cell = (struct slice){rest->ptr, len};
    *rest = (struct slice){rest->ptr + len, rest->len - len};
    return len > 0 && memchr(cell->ptr, '"', len) ? CSV_QUOTE_INSIDE : CSV_OK;
}

enum csv_fault csv_split(struct slice *cells, size_t *count, size_t most, struct arena *arena,
                         struct slice record, char separator)
{
    struct slice rest = record;
    *count = 0;
    for (;;) {
        if (*count == most) {
            return CSV_TOO_MANY_CELLS;
        }
        struct slice *cell = &cells[(*count)++];
        bool quoted = rest.len > 0 && rest.ptr[0] == '"';
        enum csv_fault fault = quoted ? take_quoted(cell, &rest, arena) : take_plain(cell, &rest, separator);
        if (fault != CSV_OK) {
            return fault;
        }
        if (rest.len == 0) {
            return CSV_OK;
        }
        if (rest.ptr[0] != separator) {
            return CSV_AFTER_QUOTE;
        }
        rest = (struct slice){rest.ptr + 1, rest.len - 1};
    }
}

/* ---- writing ---- */

static bool is_any_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c);
}

void csv_put_text(struct buffer *out, struct slice text)
{
    bool formula = text.len > 0 && is_any_of(text.ptr[0], "=+-@\t\r");
    bool quoted = false;
    for (size_t i = 0; i < text.len && !quoted; i++) {
        quoted = is_any_of(text.ptr[i], ",;\"\r\n\t");
    }
    buffer_append_cstr(out, quoted ? "\"" : "");
    buffer_append_cstr(out, formula ? "'" : "");
    struct slice rest = text;
    struct slice part;
    while (slice_cut(&part, &rest, rest, '"')) {
        buffer_append(out, part);
        buffer_append_cstr(out, "\"\"");
    }
    buffer_append(out, part);
    buffer_append_cstr(out, quoted ? "\"" : "");
}
