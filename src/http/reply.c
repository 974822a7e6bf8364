/* What a handler answers, and how it becomes bytes on the wire. */
#include "http/exchange.h"

#include "base/clock.h"
#include "base/log.h"
#include "http/cookies.h"
#include "http/negotiate.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char no_bytes[] = "";

/* ---- setting ---- */

void http_reply_bytes(struct http_exchange *ex, int status, const char *content_type,
                      struct slice body_borrow_from_arena)
{
    ex->reply.status = status;
    ex->reply.content_type = content_type;
    ex->reply.body = body_borrow_from_arena;
    ex->reply.file = NULL;
}

static void close_file(void *object)
{
    const struct reply_file *file = object;
    if (file->fd >= 0) {
        close(file->fd);
    }
}

void http_reply_file(struct http_exchange *ex, int status, const char *content_type, int fd_take,
                     uint64_t size)
{
    struct reply_file *file = arena_alloc(ex->arena, sizeof *file);
    *file = (struct reply_file){fd_take, size};
    arena_defer(ex->arena, close_file, file);
    http_reply_bytes(ex, status, content_type, (struct slice){no_bytes, 0});
    ex->reply.file = file;
}

void http_reply_static(struct http_exchange *ex, int status, const char *content_type,
                       struct slice body_static)
{
    http_reply_bytes(ex, status, content_type, body_static);
}

void reply_json_as(struct http_exchange *ex, int status, const char *content_type, json_t *body_take)
{
    char *text = json_dumps(body_take, JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(body_take);
    if (!text) {
        log_error("http.reply-json", "route=%s", http_route_path(ex));
        http_reply_bytes(ex, 500, "text/plain; charset=utf-8", SLICE("Fout in de dienst\n"));
        return;
    }
    arena_defer(ex->arena, free, text);
    http_reply_bytes(ex, status, content_type, slice_from_cstr(text));
}

void http_reply_json(struct http_exchange *ex, int status, json_t *body_take)
{
    reply_json_as(ex, status, "application/json", body_take);
}

void http_reply_empty(struct http_exchange *ex, int status)
{
    http_reply_bytes(ex, status, NULL, (struct slice){no_bytes, 0});
}

void http_redirect(struct http_exchange *ex, const char *path)
{
    /* "//host" would lead away from us. */
    if (!path || path[0] != '/' || path[1] == '/' || path[1] == '\\' || !headers_value_ok(path)) {
        log_error("http.redirect-refused", "route=%s", http_route_path(ex));
        http_error(ex, 500);
        return;
    }
    http_reply_empty(ex, 303);
    http_set_header(ex, "Location", path);
}

static struct reply_header *place_of(struct http_exchange *ex, struct reply_header **list, const char *name,
                                     bool nocase)
{
    struct reply_header **end = list;
    for (; *end; end = &(*end)->next) {
        if ((nocase ? strcasecmp((*end)->name, name) : strcmp((*end)->name, name)) == 0) {
            return *end;
        }
    }
    *end = arena_alloc(ex->arena, sizeof **end);
    (*end)->name = arena_cstr(ex->arena, slice_from_cstr(name));
    return *end;
}

void http_set_header(struct http_exchange *ex, const char *name, const char *value)
{
    if (!headers_name_ok(name) || !headers_value_ok(value)) {
        log_error("http.header-refused", "route=%s", http_route_path(ex));
        return;
    }
    place_of(ex, &ex->reply.headers, name, true)->value = arena_cstr(ex->arena, slice_from_cstr(value));
}

void http_set_cookie(struct http_exchange *ex, const char *name, const char *value, int max_age_s)
{
    const char *text = cookie_format(ex->arena, name, value, max_age_s, ex->server->https);
    if (!text) {
        log_error("http.cookie-refused", "route=%s", http_route_path(ex));
        return;
    }
    place_of(ex, &ex->reply.cookies, name, false)->value = text;
}

void http_keep_language(struct http_exchange *ex, const char *language)
{
    enum { HALF_A_YEAR_S = 180 * 24 * 3600 };
    http_set_cookie(ex, "taal", language, HALF_A_YEAR_S);
}

void http_set_retry_after(struct http_exchange *ex, int seconds)
{
    char text[16];
    snprintf(text, sizeof text, "%d", seconds < 1 ? 1 : seconds);
    http_set_header(ex, "Retry-After", text);
}

bool http_replied(const struct http_exchange *ex)
{
    return ex->reply.status != 0;
}

int http_reply_status(const struct http_exchange *ex)
{
    return ex->reply.status;
}

void http_reply_reset(struct http_exchange *ex)
{
    ex->reply = (struct reply){.status = 0};
    problem_forget_values(ex);
}

void http_mark_invented(struct http_exchange *ex)
{
    ex->invented = true;
}

bool http_is_invented(const struct http_exchange *ex)
{
    return ex->invented;
}

/* ---- given again ---- */

bool http_reply_parts_of(struct http_reply_parts *out, const struct http_exchange *ex)
{
    const struct reply *reply = &ex->reply;
    if (reply->status != 200 || reply->file || reply->cookies || !reply->content_type) {
        return false;
    }
    struct slice headers = {no_bytes, 0};
    for (const struct reply_header *h = reply->headers; h; h = h->next) {
        headers = arena_printf(ex->arena, "%.*s%s: %s\n", SLICE_ARG(headers), h->name, h->value);
    }
    const bool cacheable = ex->route->spec->cacheable && headers_find(reply->headers, "Cache-Control");
    *out = (struct http_reply_parts){.content_type = reply->content_type,
                                     .body = reply->body,
                                     .headers = headers,
                                     .tagged = !cacheable || headers_find(reply->headers, "ETag") != NULL,
                                     .invented = ex->invented};
    return true;
}

void http_reply_parts_give(struct http_exchange *ex, const struct http_reply_parts *parts, int64_t age_s)
{
    struct slice line, name, rest = parts->headers;
    ex->invented = parts->invented;
    http_reply_bytes(ex, 200, parts->content_type, parts->body);
    while (slice_cut(&line, &rest, rest, '\n') || line.len > 0) {
        struct slice value = line;
        slice_cut(&name, &value, value, ':');
        http_set_header(ex, arena_cstr(ex->arena, name), arena_cstr(ex->arena, slice_trim(value)));
    }
    if (age_s > 0 && headers_find(ex->reply.headers, "Cache-Control")) {
        http_set_header(ex, "Age", arena_printf(ex->arena, "%lld", (long long)age_s).ptr);
    }
}

/* ---- sending ---- */

/* A JSON object says first that its data are invented, whoever wrote it. */
static void say_invented(struct http_exchange *ex)
{
    static const char *const types[] = {"application/json", "application/problem+json"};
    const struct slice body = ex->reply.body;
    bool json = false;
    http_set_header(ex, "Verzonnen-Gegevens", "ja");
    http_set_header(ex, "X-Robots-Tag", "noindex, nofollow");
    for (size_t i = 0; ex->reply.content_type && i < sizeof types / sizeof types[0]; i++) {
        json = json || strcmp(ex->reply.content_type, types[i]) == 0;
    }
    if (json && !ex->reply.file && body.len > 1 && body.ptr[0] == '{') {
        const struct slice first =
            body.ptr[1] == '}' ? SLICE("{\"verzonnen\":true") : SLICE("{\"verzonnen\":true,");
        const size_t length = first.len + body.len - 1;
        char *marked = malloc(length); /* as large as any body: not the arena's */
        if (!marked) {
            http_error(ex, 503);
            return;
        }
        memcpy(marked, first.ptr, first.len);
        memcpy(marked + first.len, body.ptr + 1, body.len - 1);
        arena_defer(ex->arena, free, marked);
        ex->reply.body = (struct slice){marked, length};
    }
}

/* An unchanged answer goes out as 304. Its body stays in place: it gives the length that a 200 would have
 * had. */
static void answer_condition(struct http_exchange *ex)
{
    const struct reply_header *etag = headers_find(ex->reply.headers, "ETag");
    struct slice wanted;
    if (ex->reply.status == 200 && ex->method == HTTP_GET && etag &&
        http_header(&wanted, ex, "If-None-Match") &&
        negotiate_etag_matches(wanted, slice_from_cstr(etag->value))) {
        ex->reply.status = 304;
        ex->reply.content_type = NULL;
    }
}

static void add_header(void *context, const char *name, const char *value)
{
    if (MHD_add_response_header(context, name, value) != MHD_YES) {
        log_error("http.header-refused", "name=%s", name);
    }
}

static void add_headers(struct MHD_Response *response, const struct http_exchange *ex)
{
    if (ex->reply.content_type) {
        add_header(response, "Content-Type", ex->reply.content_type);
    }
    headers_standard(ex, add_header, response);
    for (const struct reply_header *h = ex->reply.headers; h; h = h->next) {
        if (strcasecmp(h->name, "Cache-Control") !=
            0) { /* among the standard ones, where the route admits it */
            add_header(response, h->name, h->value);
        }
    }
    for (const struct reply_header *cookie = ex->reply.cookies; cookie; cookie = cookie->next) {
        add_header(response, "Set-Cookie", cookie->value);
    }
}

/* Near the limit a connection is worth more than the round trips that keeping it saves. */
static bool must_close(const struct http_exchange *ex)
{
    const struct http_server *server = ex->server;
    return ex->close || atomic_load_explicit(&server->draining, memory_order_relaxed) ||
           atomic_load_explicit(&server->connections, memory_order_relaxed) * 8 >=
               server->connection_limit * 7;
}

static const char *method_for_log(const struct http_exchange *ex)
{
    return ex->head ? "HEAD" : ex->known_method ? route_method_text(ex->method) : "-";
}

static struct MHD_Response *response_of_bytes(struct slice body)
{
    union {
        const char *borrowed;
        void *for_library;
    } bytes = {.borrowed = body.len > 0 ? body.ptr : no_bytes};
    /* PERSISTENT: the arena lives until libmicrohttpd says that the request is completed. */
    return MHD_create_response_from_buffer(body.len, bytes.for_library, MHD_RESPMEM_PERSISTENT);
}

static struct MHD_Response *response_of_file(struct reply_file *file)
{
    struct MHD_Response *response = MHD_create_response_from_fd64(file->size, file->fd);
    if (response) {
        file->fd = -1; /* closed with the response */
    }
    return response;
}

bool reply_queue(struct http_exchange *ex)
{
    if (ex->invented) {
        say_invented(ex);
    }
    answer_condition(ex);
    struct reply_file *file = ex->reply.file;
    uint64_t size = file ? file->size : ex->reply.body.len;
    struct MHD_Response *response = file ? response_of_file(file) : response_of_bytes(ex->reply.body);
    if (!response) {
        return false;
    }
    add_headers(response, ex);
    if (must_close(ex)) {
        add_header(response, "Connection", "close");
    }
    enum MHD_Result queued = MHD_queue_response(ex->connection, (unsigned)ex->reply.status, response);
    MHD_destroy_response(response);
    ex->stage = STAGE_ENDED;
    exchange_stop_running(ex);
    sweeper_reply_begun(ex->server->sweeper, ex->link, size);
    log_info("http.reply", "method=%s route=%s status=%d us=%lld bytes=%llu", method_for_log(ex),
             http_route_path(ex), ex->reply.status, (long long)(clock_monotonic_us() - ex->started_us),
             (unsigned long long)(ex->head || ex->reply.status == 304 ? 0 : size));
    return queued == MHD_YES;
}
