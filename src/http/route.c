#include "http/route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct segment {
    struct slice text; /* without braces for a parameter */
    bool param;
};

struct route_pattern {
    struct segment segments[ROUTE_MAX_SEGMENTS];
    size_t segment_count; /* 0: "/" */
    const struct compiled_route *by_method[ROUTE_METHODS];
    const char *allow;
};

struct route_table {
    struct arena *arena;
    struct route_pattern *patterns; /* sorted: fewer segments first, then literals before parameters */
    size_t pattern_count;
    size_t first[ROUTE_MAX_SEGMENTS + 2]; /* patterns with n segments: first[n] up to first[n + 1] */
    size_t largest_body;
};

static const enum http_method methods[ROUTE_METHODS] = {HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_PATCH,
                                                        HTTP_DELETE};
static const char *const method_names[ROUTE_METHODS] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

static int method_index(enum http_method method)
{
    for (int i = 0; i < ROUTE_METHODS; i++) {
        if (methods[i] == method) {
            return i;
        }
    }
    return -1;
}

bool route_method_from_text(enum http_method *out, struct slice text)
{
    for (size_t i = 0; i < ROUTE_METHODS; i++) {
        if (slice_equal_cstr(text, method_names[i])) {
            *out = methods[i];
            return true;
        }
    }
    return false;
}

const char *route_method_text(enum http_method method)
{
    int index = method_index(method);
    return index < 0 ? "-" : method_names[index];
}

/* ---- compiling ---- */

static bool is_param_name(struct slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) {
            return false;
        }
    }
    return name.len > 0;
}

static bool is_literal(struct slice text)
{
    return text.len > 0 && !memchr(text.ptr, '{', text.len) && !memchr(text.ptr, '}', text.len) &&
           !memchr(text.ptr, '%', text.len);
}

/* Fills segments; NULL, or what is wrong. */
static const char *parse_path(struct route_pattern *pattern, const char *params[], struct arena *arena,
                              const char *path)
{
    if (!path || path[0] != '/') {
        return "does not start with a slash";
    }
    struct slice rest = slice_from_cstr(path + 1);
    size_t param_count = 0;
    while (rest.len > 0) {
        struct slice text;
        bool more = slice_cut(&text, &rest, rest, '/');
        bool is_root = more && rest.len == 0 && pattern->segment_count == 0;
        if (more && rest.len == 0 && !is_root) {
            return "ends in a slash";
        }
        if (pattern->segment_count == ROUTE_MAX_SEGMENTS) {
            return "has too many segments";
        }
        struct segment *segment = &pattern->segments[pattern->segment_count++];
        if (text.len >= 2 && text.ptr[0] == '{' && text.ptr[text.len - 1] == '}') {
            *segment = (struct segment){{text.ptr + 1, text.len - 2}, true};
            if (param_count == ROUTE_MAX_PARAMS || !is_param_name(segment->text)) {
                return "has a bad {name}, or too many";
            }
            params[param_count++] = arena_cstr(arena, segment->text);
        } else if (is_literal(text)) {
            *segment = (struct segment){text, false};
        } else {
            return "has an empty or malformed segment";
        }
        if (is_root) {
            pattern->segments[pattern->segment_count++] = (struct segment){SLICE(""), false};
        }
    }
    return NULL;
}

/* "a, b" as an array of strings ended by NULL. */
static const char *const *split_list(struct arena *arena, const char *text)
{
    struct slice rest = slice_from_cstr(text);
    size_t count = 1;
    for (size_t i = 0; i < rest.len; i++) {
        count += rest.ptr[i] == ',';
    }
    const char **list = arena_array(arena, count + 1, sizeof *list);
    size_t used = 0;
    while (rest.len > 0) {
        struct slice item;
        slice_cut(&item, &rest, rest, ',');
        item = slice_trim(item);
        if (item.len > 0) {
            list[used++] = arena_cstr(arena, item);
        }
    }
    return list;
}

static const char *standard_type(enum http_surface surface)
{
    return surface == HTTP_PAGE ? "text/html" : surface == HTTP_API ? "application/json" : NULL;
}

static bool find_rate(size_t *index, const char *name, const struct http_rate *rates, size_t count)
{
    if (!name) {
        *index = 0;
        return true;
    }
    if (strcmp(name, HTTP_UNLIMITED) == 0) {
        *index = SIZE_MAX;
        return true;
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rates[i].name, name) == 0) {
            *index = i + 1;
            return true;
        }
    }
    return false;
}

static const char *check_spec(const struct http_route *spec)
{
    if (method_index(spec->method) < 0) {
        return "has no method";
    }
    if (!spec->run) {
        return "has nothing to run";
    }
    if (spec->body != HTTP_BODY_NONE && (spec->method == HTTP_GET || spec->body_max == 0)) {
        return "has a body on GET, or a body without a limit";
    }
    if (spec->csrf == HTTP_CSRF_REQUIRED && spec->body != HTTP_BODY_FORM && spec->body != HTTP_BODY_UPLOAD) {
        return "asks for CSRF protection without a form";
    }
    return NULL;
}

/* Same segments but for the names of parameters. */
static int compare_patterns(const struct route_pattern *a, const struct route_pattern *b)
{
    if (a->segment_count != b->segment_count) {
        return a->segment_count < b->segment_count ? -1 : 1;
    }
    for (size_t i = 0; i < a->segment_count; i++) {
        const struct segment *x = &a->segments[i];
        const struct segment *y = &b->segments[i];
        if (x->param != y->param) {
            return x->param ? 1 : -1;
        }
        int order = x->param ? 0 : slice_compare(x->text, y->text);
        if (order != 0) {
            return order;
        }
    }
    return 0;
}

static int compare_patterns_for_qsort(const void *a, const void *b)
{
    return compare_patterns(a, b);
}

static struct route_pattern *pattern_like(struct route_table *table, const struct route_pattern *wanted)
{
    for (size_t i = 0; i < table->pattern_count; i++) {
        if (compare_patterns(&table->patterns[i], wanted) == 0) {
            return &table->patterns[i];
        }
    }
    struct route_pattern *added = &table->patterns[table->pattern_count++];
    *added = *wanted;
    return added;
}

/* NULL, or what is wrong with the entry. */
static const char *add_route(struct route_table *table, const struct http_route *spec,
                             const struct http_rate *rates, size_t rate_count)
{
    struct compiled_route *route = arena_alloc(table->arena, sizeof *route);
    struct route_pattern pattern = {.segment_count = 0};
    const char *fault = check_spec(spec);
    if (!fault) {
        fault = parse_path(&pattern, route->params, table->arena, spec->path);
    }
    if (!fault && !find_rate(&route->rate, spec->rate, rates, rate_count)) {
        fault = "names a rate that is not configured";
    }
    if (fault) {
        return fault;
    }
    route->spec = spec;
    const char *produces = spec->produces ? spec->produces : standard_type(spec->surface);
    route->produces = produces ? split_list(table->arena, produces) : NULL;
    route->query = split_list(table->arena, spec->query);
    struct route_pattern *shared = pattern_like(table, &pattern);
    const struct compiled_route **place = &shared->by_method[method_index(spec->method)];
    if (*place) {
        return "stands twice";
    }
    *place = route;
    if (spec->body_max > table->largest_body) {
        table->largest_body = spec->body_max;
    }
    return NULL;
}

static const char *allow_text(struct arena *arena, const struct route_pattern *pattern)
{
    struct slice text = {"", 0};
    for (int i = 0; i < ROUTE_METHODS; i++) {
        if (pattern->by_method[i]) {
            text = arena_printf(arena, "%.*s%s%s, ", SLICE_ARG(text), method_names[i],
                                methods[i] == HTTP_GET ? ", HEAD" : "");
        }
    }
    return arena_printf(arena, "%.*sOPTIONS", SLICE_ARG(text)).ptr;
}

struct route_table *route_table_create(const struct http_route *routes, size_t count,
                                       const struct http_rate *rates, size_t rate_count, char *fault,
                                       size_t fault_size)
{
    struct arena *arena = arena_create(4096 + count * 8192);
    struct route_table *table = arena_alloc(arena, sizeof *table);
    table->arena = arena;
    table->patterns = arena_array(arena, count, sizeof *table->patterns);
    for (size_t i = 0; i < count; i++) {
        const char *wrong = add_route(table, &routes[i], rates, rate_count);
        if (wrong) {
            snprintf(fault, fault_size, "%s %s %s", route_method_text(routes[i].method),
                     routes[i].path ? routes[i].path : "(no path)", wrong);
            arena_destroy(arena);
            return NULL;
        }
    }
    qsort(table->patterns, table->pattern_count, sizeof *table->patterns, compare_patterns_for_qsort);
    size_t at = 0;
    for (size_t n = 0; n <= ROUTE_MAX_SEGMENTS; n++) {
        table->first[n] = at;
        while (at < table->pattern_count && table->patterns[at].segment_count == n) {
            table->patterns[at].allow = allow_text(arena, &table->patterns[at]);
            at++;
        }
    }
    table->first[ROUTE_MAX_SEGMENTS + 1] = at;
    return table;
}

void route_table_free(struct route_table *table)
{
    if (table) {
        arena_destroy(table->arena);
    }
}

/* ---- matching ---- */

/* SIZE_MAX when there are more than ROUTE_MAX_SEGMENTS. */
static size_t split_path(struct slice segments[ROUTE_MAX_SEGMENTS], struct slice path)
{
    if (path.len <= 1) {
        return 0;
    }
    size_t count = 0;
    struct slice rest = {path.ptr + 1, path.len - 1};
    bool more = true;
    while (more) {
        if (count == ROUTE_MAX_SEGMENTS) {
            return SIZE_MAX;
        }
        more = slice_cut(&segments[count++], &rest, rest, '/');
    }
    return count;
}

static bool fits(const struct route_pattern *pattern, const struct slice *segments)
{
    for (size_t i = 0; i < pattern->segment_count; i++) {
        bool same = pattern->segments[i].param ? segments[i].len > 0
                                               : slice_equal(pattern->segments[i].text, segments[i]);
        if (!same) {
            return false;
        }
    }
    return true;
}

void route_match(struct route_match *out, const struct route_table *table, struct slice path)
{
    *out = (struct route_match){.pattern = NULL};
    struct slice segments[ROUTE_MAX_SEGMENTS];
    size_t count = split_path(segments, path);
    if (count == SIZE_MAX) {
        return;
    }
    for (size_t i = table->first[count]; i < table->first[count + 1]; i++) {
        const struct route_pattern *pattern = &table->patterns[i];
        if (!fits(pattern, segments)) {
            continue;
        }
        out->pattern = pattern;
        for (size_t s = 0; s < count; s++) {
            if (pattern->segments[s].param) {
                out->values[out->value_count++] = segments[s];
            }
        }
        return;
    }
}

const struct compiled_route *route_for_method(const struct route_pattern *pattern, enum http_method method)
{
    int index = method_index(method);
    return index < 0 ? NULL : pattern->by_method[index];
}

const char *route_allow(const struct route_pattern *pattern)
{
    return pattern->allow;
}

static enum http_surface surface_of(const struct route_pattern *pattern)
{
    for (int i = 0; i < ROUTE_METHODS; i++) {
        if (pattern->by_method[i]) {
            return pattern->by_method[i]->spec->surface;
        }
    }
    return HTTP_PAGE;
}

static size_t shared_literals(const struct route_pattern *pattern, const struct slice *segments, size_t count)
{
    size_t shared = 0;
    while (shared < count && shared < pattern->segment_count && !pattern->segments[shared].param &&
           slice_equal(pattern->segments[shared].text, segments[shared])) {
        shared++;
    }
    return shared;
}

enum http_surface route_surface(const struct route_table *table, const struct route_pattern *pattern,
                                struct slice path)
{
    if (pattern) {
        return surface_of(pattern);
    }
    struct slice segments[ROUTE_MAX_SEGMENTS];
    size_t count = split_path(segments, path);
    if (count == SIZE_MAX) {
        count = ROUTE_MAX_SEGMENTS;
    }
    enum http_surface surface = HTTP_PAGE;
    size_t best = 0;
    for (size_t i = 0; i < table->pattern_count; i++) {
        size_t shared = shared_literals(&table->patterns[i], segments, count);
        if (shared > best) {
            best = shared;
            surface = surface_of(&table->patterns[i]);
        }
    }
    return surface;
}

size_t route_table_largest_body(const struct route_table *table)
{
    return table->largest_body;
}
