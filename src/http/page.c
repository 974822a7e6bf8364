/* A page of a list: which part of it, and where the pages beside it are (RFC 8288). */
#include "http/exchange.h"

#include <string.h>

enum { SIZE_DIGITS = 4 };

/* ---- what is asked ---- */

static void add_fault(json_t **errors, const char *parameter, const char *code, const char *detail)
{
    *errors = *errors ? *errors : json_array();
    json_array_append_new(
        *errors, json_pack("{s:s, s:s, s:s}", "parameter", parameter, "code", code, "detail", detail));
}

/* 0 when it is no number from 1 to HTTP_PAGE_MAX. */
static size_t read_size(struct slice text)
{
    size_t size = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (i == SIZE_DIGITS || text.ptr[i] < '0' || text.ptr[i] > '9') {
            return 0;
        }
        size = size * 10 + (size_t)(text.ptr[i] - '0');
    }
    return size <= HTTP_PAGE_MAX ? size : 0;
}

/* ---- the pages beside it ---- */

static struct slice encoded(struct arena *arena, struct slice text, bool is_path)
{
    static const char hex[] = "0123456789ABCDEF";
    char *out = arena_alloc(arena, 3 * text.len + 1);
    size_t used = 0;
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];
        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
            (c && strchr(is_path ? "-._~/" : "-._~", c))) {
            out[used++] = (char)c;
        } else {
            out[used++] = '%';
            out[used++] = hex[c >> 4];
            out[used++] = hex[c & 15];
        }
    }
    return (struct slice){out, used};
}

/* This address with another cursor; cursor ptr NULL: none, which is the first page. */
static struct slice address(struct http_exchange *ex, struct slice cursor)
{
    struct slice url = arena_printf(ex->arena, "%s%.*s", ex->server->config->public_url,
                                    SLICE_ARG(encoded(ex->arena, ex->path, true)));
    const char *between = "?";
    for (size_t i = 0; i < ex->query_count; i++) {
        const struct http_field *field = &ex->query[i];
        if (!slice_equal_cstr(field->name, "cursor")) {
            url = arena_printf(ex->arena, "%.*s%s%.*s=%.*s", SLICE_ARG(url), between,
                               SLICE_ARG(encoded(ex->arena, field->name, false)),
                               SLICE_ARG(encoded(ex->arena, field->value, false)));
            between = "&";
        }
    }
    return cursor.ptr ? arena_printf(ex->arena, "%.*s%scursor=%.*s", SLICE_ARG(url), between,
                                     SLICE_ARG(encoded(ex->arena, cursor, false)))
                      : url;
}

static void add_bad_size(json_t **errors)
{
    add_fault(errors, "paginaGrootte", "bereik", "Kies een geheel getal van 1 tot en met 1000.");
}

static void add_bad_cursor(json_t **errors)
{
    add_fault(errors, "cursor", "onbekend",
              "Neem de cursor over uit de header Link, of laat hem weg om vooraan te beginnen.");
}

bool http_page(struct http_page *out, struct http_exchange *ex, size_t total, size_t size, http_page_key key,
               void *context)
{
    struct slice text;
    json_t *errors = NULL;
    *out = (struct http_page){.first = 0};
    if (http_query(&text, ex, "paginaGrootte")) {
        size = read_size(text);
        if (size == 0) {
            add_bad_size(&errors);
        }
    } else if (size == 0) {
        size = total > 0 ? total : 1;
    }
    if (http_query(&text, ex, "cursor")) {
        while (out->first < total && !slice_equal(key(out->first, context), text)) {
            out->first++;
        }
        if (out->first == total) {
            add_bad_cursor(&errors);
        }
    }
    if (!http_query_good(ex, errors)) {
        return false;
    }
    out->count = size < total - out->first ? size : total - out->first;
    if (out->first + out->count < total) {
        out->next = address(ex, key(out->first + out->count, context)).ptr;
    }
    if (out->first > 0) {
        out->previous =
            address(ex, out->first > size ? key(out->first - size, context) : (struct slice){NULL, 0}).ptr;
    }
    return true;
}

bool http_page_ahead(size_t *size, int64_t *from, struct http_exchange *ex, size_t standard)
{
    struct slice text;
    uint64_t number = 0;
    json_t *errors = NULL;
    *size = standard;
    if (http_query(&text, ex, "paginaGrootte")) {
        *size = read_size(text);
        if (*size == 0) {
            add_bad_size(&errors);
        }
    }
    if (http_query(&text, ex, "cursor") && (!slice_to_u64(&number, text, INT64_MAX) || number == 0)) {
        add_bad_cursor(&errors);
    }
    *from = (int64_t)number;
    return http_query_good(ex, errors);
}

const char *http_page_from(struct http_exchange *ex, int64_t number)
{
    return address(ex, arena_printf(ex->arena, "%lld", (long long)number)).ptr;
}

void http_page_link(struct http_exchange *ex, const struct http_page *page)
{
    const char *next = page->next ? arena_printf(ex->arena, "<%s>; rel=\"next\"", page->next).ptr : "";
    const char *previous =
        page->previous ? arena_printf(ex->arena, "<%s>; rel=\"prev\"", page->previous).ptr : "";
    if (page->next || page->previous) {
        http_set_header(
            ex, "Link",
            arena_printf(ex->arena, "%s%s%s", next, page->next && page->previous ? ", " : "", previous).ptr);
    }
}

/* ---- of JSON ---- */

struct json_list {
    const json_t *entries;
    const char *member;
};

static struct slice key_of(size_t at, void *context)
{
    const struct json_list *list = context;
    const json_t *key = json_object_get(json_array_get(list->entries, at), list->member);
    return (struct slice){json_string_value(key), json_string_length(key)};
}

static void put_link(json_t *body, const char *relation, const char *address)
{
    json_t *links = json_object_get(body, "_links");
    if (links && address) {
        json_object_set_new(links, relation, json_pack("{s:s}", "href", address));
    }
}

bool http_page_json(struct http_page *out, struct http_exchange *ex, json_t *body, const char *list,
                    const char *member, size_t size)
{
    json_t *entries = json_object_get(body, list);
    struct json_list whole = {entries, member};
    if (!http_page(out, ex, json_array_size(entries), size, key_of, &whole)) {
        return false;
    }
    json_t *kept = json_array();
    for (size_t i = 0; i < out->count; i++) {
        json_array_append(kept, json_array_get(entries, out->first + i));
    }
    json_object_set_new(body, list, kept);
    put_link(body, "next", out->next);
    put_link(body, "prev", out->previous);
    return true;
}
