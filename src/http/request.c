/* What a handler may ask of its request. */
#include "http/exchange.h"

#include "base/clock.h"
#include "http/cookies.h"
#include "http/form.h"
#include "http/negotiate.h"

#include <microhttpd.h>
#include <string.h>

/* ---- headers ---- */

static enum MHD_Result collect_header(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_len,
                                      const char *value, size_t value_len)
{
    (void)kind;
    struct http_exchange *ex = cls;
    if (ex->header_count == MAX_HEADERS) {
        return MHD_NO;
    }
    const struct slice text = {value ? value : "", value ? value_len : 0};
    ex->headers[ex->header_count++] = (struct http_field){{name, name_len}, slice_trim(text)};
    return MHD_YES;
}

void request_collect_headers(struct http_exchange *ex)
{
    int count = MHD_get_connection_values_n(ex->connection, MHD_HEADER_KIND, NULL, NULL);
    size_t room = count < 0 ? 0 : (size_t)count;
    ex->headers = arena_array(ex->arena, room < MAX_HEADERS ? room : MAX_HEADERS, sizeof *ex->headers);
    MHD_get_connection_values_n(ex->connection, MHD_HEADER_KIND, collect_header, ex);
}

size_t request_count_header(const struct http_exchange *ex, const char *name)
{
    struct slice wanted = slice_from_cstr(name);
    size_t count = 0;
    for (size_t i = 0; i < ex->header_count; i++) {
        count += slice_equal_nocase(ex->headers[i].name, wanted);
    }
    return count;
}

/* The lines of one name from the one at first on. */
static void join_from(struct http_exchange *ex, size_t first)
{
    struct http_field *kept = &ex->headers[first];
    size_t len = 0, lines = 0;
    for (size_t i = first; i < ex->header_count; i++) {
        if (slice_equal_nocase(ex->headers[i].name, kept->name)) {
            len += ex->headers[i].value.len + 2;
            lines++;
        }
    }
    if (lines == 1) {
        return;
    }
    char *joined = arena_alloc(ex->arena, len);
    size_t used = 0;
    for (size_t i = first; i < ex->header_count; i++) {
        struct http_field *line = &ex->headers[i];
        if (slice_equal_nocase(line->name, kept->name)) {
            memcpy(joined + used, line->value.ptr, line->value.len);
            memcpy(joined + used + line->value.len, ", ", 2);
            used += line->value.len + 2;
            line->name = i == first ? line->name : SLICE("");
        }
    }
    kept->value = (struct slice){joined, used - 2};
}

void request_join_headers(struct http_exchange *ex)
{
    for (size_t i = 0; i < ex->header_count; i++) {
        if (ex->headers[i].name.len > 0 && !slice_equal_nocase(ex->headers[i].name, SLICE("Cookie"))) {
            join_from(ex, i);
        }
    }
}

bool http_header(struct slice *value, const struct http_exchange *ex, const char *name)
{
    struct slice wanted = slice_from_cstr(name);
    for (size_t i = 0; i < ex->header_count; i++) {
        if (slice_equal_nocase(ex->headers[i].name, wanted)) {
            *value = ex->headers[i].value;
            return true;
        }
    }
    return false;
}

bool http_cookie(struct slice *value, const struct http_exchange *ex, const char *name)
{
    struct slice wire = cookie_wire_name(ex->arena, name, ex->server->https);
    for (size_t i = 0; i < ex->header_count; i++) {
        if (slice_equal_nocase(ex->headers[i].name, SLICE("Cookie")) &&
            cookie_find(value, ex->headers[i].value, wire)) {
            return true;
        }
    }
    return false;
}

/* ---- target ---- */

struct arena *http_arena(struct http_exchange *ex)
{
    return ex->arena;
}

const char *http_request_id(const struct http_exchange *ex)
{
    return ex->id;
}

enum http_method http_method(const struct http_exchange *ex)
{
    return ex->method;
}

enum http_surface http_surface(const struct http_exchange *ex)
{
    return ex->surface;
}

struct slice http_target(const struct http_exchange *ex)
{
    return ex->target;
}

struct slice http_path(const struct http_exchange *ex)
{
    return ex->path;
}

const char *http_route_path(const struct http_exchange *ex)
{
    return ex->route ? ex->route->spec->path : "-";
}

struct slice http_path_param(const struct http_exchange *ex, const char *name)
{
    for (size_t i = 0; ex->route && i < ex->match.value_count; i++) {
        if (strcmp(ex->route->params[i], name) == 0) {
            return ex->match.values[i];
        }
    }
    return (struct slice){"", 0};
}

bool http_query(struct slice *value, const struct http_exchange *ex, const char *key)
{
    struct slice wanted = slice_from_cstr(key);
    for (size_t i = ex->query_count; i > 0; i--) {
        if (slice_equal(ex->query[i - 1].name, wanted)) {
            *value = ex->query[i - 1].value;
            return true;
        }
    }
    return false;
}

/* ---- body ---- */

struct slice http_body(const struct http_exchange *ex)
{
    return buffer_slice(&ex->body);
}

size_t http_body_max(const struct http_exchange *ex)
{
    return ex->route ? ex->route->spec->body_max : 0;
}

const struct http_field *http_form(size_t *count, const struct http_exchange *ex)
{
    *count = ex->form_count;
    return ex->form;
}

bool http_form_value(struct slice *value, const struct http_exchange *ex, const char *name)
{
    struct slice wanted = slice_from_cstr(name);
    for (size_t i = 0; i < ex->form_count; i++) {
        if (slice_equal(ex->form[i].name, wanted)) {
            *value = ex->form[i].value;
            return true;
        }
    }
    return false;
}

bool http_form_file(struct http_file *file, const struct http_exchange *ex, const char *name)
{
    struct slice wanted = slice_from_cstr(name);
    for (size_t i = 0; i < ex->file_count; i++) {
        if (slice_equal(ex->files[i].name, wanted)) {
            *file = ex->files[i];
            return true;
        }
    }
    return false;
}

/* ---- negotiation ---- */

const char *http_accepted(const struct http_exchange *ex)
{
    return ex->accepted;
}

bool http_accepts_gzip(const struct http_exchange *ex)
{
    struct slice value;
    return http_header(&value, ex, "Accept-Encoding") && negotiate_gzip(value);
}

static const char *known_language(struct slice text)
{
    return slice_equal_cstr(text, "nl") ? "nl" : slice_equal_cstr(text, "en") ? "en" : NULL;
}

static const char *find_language(const struct http_exchange *ex)
{
    struct slice value;
    const char *language = NULL;
    if (ex->surface == HTTP_PAGE && http_query(&value, ex, "taal")) {
        language = known_language(value);
    }
    if (!language && http_cookie(&value, ex, "taal")) {
        language = known_language(value);
    }
    if (!language && http_header(&value, ex, "Accept-Language")) {
        language = negotiate_language(value);
    }
    return language ? language : "nl";
}

void request_find_language(struct http_exchange *ex)
{
    ex->language = find_language(ex);
}

const char *http_language(const struct http_exchange *ex)
{
    return ex->language ? ex->language : find_language(ex);
}

/* ---- client ---- */

static uint64_t find_client(const struct http_exchange *ex)
{
    struct ip_address address = {{0}};
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(ex->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info && info->client_addr) {
        client_address_from_socket(&address, info->client_addr);
    }
    struct slice forwarded = {"", 0};
    http_header(&forwarded, ex, "X-Forwarded-For");
    address = proxy_client(&ex->server->proxies, address, forwarded);
    return client_hash(ex->server->salt, &address, clock_monotonic_us());
}

uint64_t http_client_hash(const struct http_exchange *ex)
{
    return ex->client_known ? ex->client_hash : find_client(ex);
}

uint64_t request_rate_key(struct http_exchange *ex, size_t rate)
{
    if (!ex->client_known) {
        ex->client_hash = find_client(ex);
        ex->client_known = true;
    }
    return ex->client_hash ^ (rate * UINT64_C(0x9e3779b97f4a7c15));
}

void http_charge(struct http_exchange *ex, double tokens)
{
    if (ex->route && ex->route->rate != SIZE_MAX) {
        limiter_charge(ex->server->limiter, request_rate_key(ex, ex->route->rate),
                       &ex->server->rules[ex->route->rate], tokens, clock_monotonic_us());
    }
}

bool http_is_https(const struct http_exchange *ex)
{
    return ex->server->https;
}

const char *http_public_url(const struct http_exchange *ex)
{
    return ex->server->config->public_url;
}

void http_set_caller(struct http_exchange *ex, const void *caller_borrow)
{
    ex->caller = caller_borrow;
}

const void *http_caller(const struct http_exchange *ex)
{
    return ex->caller;
}
