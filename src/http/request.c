/* What a handler may ask of its request. */
#include "http/exchange.h"

#include "base/clock.h"
#include "http/cookies.h"
#include "http/form.h"
#include "http/negotiate.h"

#include <microhttpd.h>
#include <string.h>

/* ---- headers ---- */

static enum MHD_Result collect_header(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    struct http_exchange *ex = cls;
    if (ex->header_count == MAX_HEADERS) {
        return MHD_NO;
    }
    ex->headers[ex->header_count++] =
        (struct http_field){slice_from_cstr(name), slice_trim(slice_from_cstr(value))};
    return MHD_YES;
}

void request_collect_headers(struct http_exchange *ex)
{
    int count = MHD_get_connection_values(ex->connection, MHD_HEADER_KIND, NULL, NULL);
    size_t room = count < 0 ? 0 : (size_t)count;
    ex->headers = arena_array(ex->arena, room < MAX_HEADERS ? room : MAX_HEADERS, sizeof *ex->headers);
    MHD_get_connection_values(ex->connection, MHD_HEADER_KIND, collect_header, ex);
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

bool http_header(struct slice *value, const struct http_exchange *ex, const char *name)
{
    struct slice wanted = slice_from_cstr(name);
    bool found = false;
    for (size_t i = 0; i < ex->header_count; i++) {
        if (!slice_equal_nocase(ex->headers[i].name, wanted)) {
            continue;
        }
        *value =
            found ? arena_printf(ex->arena, "%.*s, %.*s", SLICE_ARG(*value), SLICE_ARG(ex->headers[i].value))
                  : ex->headers[i].value;
        found = true;
    }
    return found;
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

const char *http_language(const struct http_exchange *ex)
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
