/* Everything that the head of a request decides, from the table alone: framing, address, method, limits,
 * rights, forms of answer, query and body. Each check sets a reply and returns false where it refuses. */
#include "http/exchange.h"

#include "base/clock.h"
#include "http/form.h"
#include "http/negotiate.h"
#include "http/upload.h"

#include <string.h>

/* Two of these in one request mean that somebody wants two programs to read it differently. */
static const char *const single_headers[] = {
    "Host",   "Content-Type",   "Content-Length",   "Transfer-Encoding", "Authorization",
    "Origin", "Sec-Fetch-Site", "Content-Encoding", "If-None-Match",     "Expect",
};

static bool refuse_framing(struct http_exchange *ex, int status, const char *detail)
{
    ex->close = true;
    problem_refuse(ex, status, NULL, detail, NULL);
    return false;
}

/* What the head takes of the connection's memory: its bytes, a structure for each header and cookie, and a
 * copy of the cookies to cut them in. */
static size_t head_weight(const struct http_exchange *ex)
{
    enum { STRUCTURE = 64, LINE_MARKS = 4 };
    size_t weight = ex->target.len;
    for (size_t i = 0; i < ex->header_count; i++) {
        const struct http_field *header = &ex->headers[i];
        weight += header->name.len + header->value.len + LINE_MARKS + STRUCTURE;
        if (slice_equal_nocase(header->name, SLICE("Cookie"))) {
            weight += header->value.len + STRUCTURE;
            for (size_t k = 0; k < header->value.len; k++) {
                weight += header->value.ptr[k] == ';' ? STRUCTURE : 0;
            }
        }
    }
    return weight;
}

/* RFC 9110, 5.1 and 5.5: a name is a token; a value holds no control characters but tabs. */
static bool is_clean(const struct http_field *header)
{
    static const char token_marks[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < header->name.len; i++) {
        const unsigned char c = (unsigned char)header->name.ptr[i];
        const bool letter_or_digit = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
        if (c == '\0' || (!letter_or_digit && !strchr(token_marks, c))) {
            return false;
        }
    }
    for (size_t i = 0; i < header->value.len; i++) {
        const unsigned char c = (unsigned char)header->value.ptr[i];
        if ((c < ' ' && c != '\t') || c == 0x7f) {
            return false;
        }
    }
    return header->name.len > 0;
}

static bool check_headers(struct http_exchange *ex)
{
    if (ex->header_count == MAX_HEADERS || head_weight(ex) > REQUEST_HEAD_MAX) {
        return refuse_framing(ex, 431, NULL);
    }
    for (size_t i = 0; i < ex->header_count; i++) {
        if (!is_clean(&ex->headers[i])) {
            return refuse_framing(ex, 400, "Een header van het verzoek klopt niet.");
        }
    }
    for (size_t i = 0; i < sizeof single_headers / sizeof single_headers[0]; i++) {
        if (request_count_header(ex, single_headers[i]) > 1) {
            return refuse_framing(ex, 400,
                                  "Een header staat dubbel in het verzoek die er maar eenmaal mag staan.");
        }
    }
    request_join_headers(ex);
    return true;
}

static bool check_framing(struct http_exchange *ex, const char *version)
{
    struct slice value;
    const bool is_http_1_0 = strcmp(version, "HTTP/1.0") == 0;
    if (!is_http_1_0 && !http_header(&value, ex, "Host")) {
        return refuse_framing(ex, 400, "De header Host ontbreekt.");
    }
    struct slice length;
    bool has_length = http_header(&length, ex, "Content-Length");
    if (http_header(&value, ex, "Transfer-Encoding")) {
        if (is_http_1_0 || has_length || !slice_equal_nocase(value, SLICE("chunked"))) {
            return refuse_framing(ex, 400, "De lengte van het verzoek is niet eenduidig.");
        }
        ex->chunked = true;
        ex->has_body = true;
    } else if (has_length) {
        if (!slice_to_u64(&ex->announced, length, INT64_MAX)) {
            return refuse_framing(ex, 400, "De header Content-Length klopt niet.");
        }
        ex->has_body = ex->announced > 0;
    }
    return true;
}

/* The request line as libmicrohttpd cut it: a NUL inside the target ends the C string before the version
 * begins. */
static bool target_is_whole(const struct http_exchange *ex, const char *version)
{
    uintptr_t version_place = (uintptr_t)version;
    return version_place <= ex->target_place || version_place - ex->target_place == ex->target.len + 1;
}

/* Sets path and query where the target is one; without it the path is "/". */
static bool read_target(struct http_exchange *ex, struct slice *query, const char *method,
                        const char *version)
{
    ex->path = SLICE("/");
    *query = SLICE("");
    if (strcmp(method, "OPTIONS") == 0 && slice_equal_cstr(ex->target, "*")) {
        ex->path = SLICE("*"); /* the server as a whole */
        return true;
    }
    return target_is_whole(ex, version) && form_split_target(&ex->path, query, ex->arena, ex->target);
}

static bool check_target(struct http_exchange *ex, bool whole, struct slice query)
{
    if (!whole) {
        problem_refuse(ex, 400, NULL, "Het adres van het verzoek klopt niet.", NULL);
        return false;
    }
    if (form_decode_pairs(&ex->query, &ex->query_count, ex->arena, query, MAX_QUERY_FIELDS) != FORM_OK) {
        problem_refuse(ex, 400, NULL, "De parameters in het adres kloppen niet.", NULL);
        return false;
    }
    return true;
}

static bool check_route(struct http_exchange *ex, const char *method)
{
    if (!ex->match.pattern) {
        if (slice_equal_cstr(ex->path, "*")) {
            http_reply_empty(ex, 204);
            http_set_header(ex, "Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
            return false;
        }
        http_error(ex, 404);
        return false;
    }
    ex->route = ex->known_method ? route_for_method(ex->match.pattern, ex->method) : NULL;
    if (ex->route) {
        ex->surface = ex->route->spec->surface;
        return true;
    }
    if (strcmp(method, "OPTIONS") == 0) {
        http_reply_empty(ex, 204);
    } else {
        http_error(ex, 405);
    }
    http_set_header(ex, "Allow", route_allow(ex->match.pattern));
    return false;
}

static bool check_rate(struct http_exchange *ex)
{
    if (ex->route->rate == SIZE_MAX || ex->server->rules[ex->route->rate].per_s <= 0) {
        return true;
    }
    struct limit_verdict verdict = limiter_take(ex->server->limiter, request_rate_key(ex, ex->route->rate),
                                                &ex->server->rules[ex->route->rate], 1, clock_monotonic_us());
    if (!verdict.admitted) {
        http_set_retry_after(ex, verdict.retry_after_s);
        http_error(ex, 429);
        return false;
    }
    ex->delay_us = verdict.wait_us;
    return true;
}

/* "Bearer <key>"; empty when there is none. */
static struct slice bearer_key(const struct http_exchange *ex)
{
    struct slice value;
    struct slice scheme;
    struct slice key;
    if (http_header(&value, ex, "Authorization") && slice_cut(&scheme, &key, value, ' ') &&
        slice_equal_nocase(scheme, SLICE("Bearer"))) {
        return slice_trim(key);
    }
    return (struct slice){"", 0};
}

static bool look_at(struct http_exchange *ex)
{
    const struct http_hooks *hooks = &ex->server->config->hooks;
    if (hooks->about) {
        hooks->about(ex, hooks->self);
    }
    return true;
}

static bool check_rights(struct http_exchange *ex)
{
    if (!ex->route->spec->scope) {
        return true;
    }
    const struct http_hooks *hooks = &ex->server->config->hooks;
    struct slice key = bearer_key(ex), shown;
    int status = 401;
    if (ex->route->spec->scope_optional && !http_header(&shown, ex, "Authorization")) {
        return true;
    }
    if (key.len > 0 || ex->surface != HTTP_API) {
        status = hooks->authorise(ex, key, ex->route->spec->scope, hooks->self);
    }
    if (status != 0 && !http_replied(ex)) {
        http_error(ex, status);
    }
    return status == 0;
}

static bool check_accept(struct http_exchange *ex)
{
    struct slice accept;
    if (!ex->route->produces) {
        return true;
    }
    ex->accepted = ex->route->produces[0];
    if (http_header(&accept, ex, "Accept") && accept.len > 0) {
        ex->accepted = negotiate_accept(accept, ex->route->produces);
    }
    if (!ex->accepted) {
        http_error(ex, 406);
    }
    return ex->accepted;
}

static bool is_allowed_key(const struct http_exchange *ex, struct slice key)
{
    for (const char *const *allowed = ex->route->query; *allowed; allowed++) {
        if (slice_equal_cstr(key, *allowed)) {
            return true;
        }
    }
    return ex->surface == HTTP_PAGE && slice_equal_cstr(key, "taal");
}

static bool stands_before(const struct http_exchange *ex, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (slice_equal(ex->query[i].name, ex->query[index].name)) {
            return true;
        }
    }
    return false;
}

/* A handler that reads parameters says what is wrong with their values; it is told what is wrong with their
 * names, and answers both at once (http_query_good). Where no handler reads any, or it would do something,
 * the names alone are answered here. */
static bool check_query_of_api(struct http_exchange *ex)
{
    for (size_t i = 0; i < ex->query_count; i++) {
        if (!is_allowed_key(ex, ex->query[i].name)) {
            query_misnamed(ex, ex->query[i].name, "onbekend",
                           "Deze parameter bestaat hier niet. Laat hem weg.");
        } else if (stands_before(ex, i)) {
            query_misnamed(ex, ex->query[i].name, "dubbel",
                           "Deze parameter staat er meer dan eens. Noem hem eenmaal.");
        }
    }
    return (ex->method == HTTP_GET && ex->route->query[0]) || http_query_good(ex, NULL);
}

static bool check_query(struct http_exchange *ex)
{
    if (ex->surface == HTTP_API) {
        return check_query_of_api(ex);
    }
    size_t kept = 0;
    for (size_t i = 0; i < ex->query_count; i++) {
        if (is_allowed_key(ex, ex->query[i].name)) {
            ex->query[kept++] = ex->query[i];
        }
    }
    ex->query_count = kept;
    return true;
}

static bool is_multipart(const struct http_exchange *ex, struct slice content_type)
{
    return ex->route->spec->body == HTTP_BODY_UPLOAD &&
           negotiate_is_media_type(content_type, "multipart/form-data");
}

static bool is_expected_type(const struct http_exchange *ex, struct slice content_type)
{
    return negotiate_is_media_type(content_type, ex->route->spec->body == HTTP_BODY_JSON
                                                     ? "application/json"
                                                     : "application/x-www-form-urlencoded") ||
           is_multipart(ex, content_type);
}

static bool check_body(struct http_exchange *ex)
{
    const struct http_route *spec = ex->route->spec;
    struct slice value;
    size_t limit = spec->body == HTTP_BODY_NONE ? 0 : spec->body_max;
    if (ex->announced > limit || (ex->chunked && limit == 0)) {
        http_error(ex, 413);
        return false;
    }
    if (spec->body == HTTP_BODY_NONE) {
        return true;
    }
    bool has_type = http_header(&value, ex, "Content-Type");
    bool fits = has_type ? is_expected_type(ex, value) : !ex->has_body;
    bool in_parts = has_type && is_multipart(ex, value);
    if (http_header(&value, ex, "Content-Encoding") && !slice_equal_nocase(value, SLICE("identity"))) {
        fits = false;
    }
    if (!fits) {
        http_error(ex, 415);
        return false;
    }
    if (atomic_load(&ex->server->body_bytes) + ex->announced > ex->server->config->limits.body_memory) {
        http_error(ex, 503);
        return false;
    }
    buffer_init(&ex->body, limit);
    if (in_parts && !(ex->upload = upload_begin(ex))) {
        problem_refuse(ex, 400, NULL, "De inhoud van het formulier klopt niet.", NULL);
        return false;
    }
    return true;
}

/* An address that cannot be decoded still tells by its beginning who wrote it. */
static struct slice start_of_target(const struct http_exchange *ex)
{
    struct slice start = ex->target;
    for (size_t i = 0; i < start.len; i++) {
        if (start.ptr[i] == '%' || start.ptr[i] == '?') {
            start.len = i;
        }
    }
    return start;
}

void head_check(struct http_exchange *ex, const char *method, const char *version)
{
    struct slice method_text = slice_from_cstr(method);
    ex->head = slice_equal_cstr(method_text, "HEAD");
    ex->known_method = ex->head || route_method_from_text(&ex->method, method_text);
    if (ex->head) {
        ex->method = HTTP_GET;
    }
    request_collect_headers(ex);
    struct slice query;
    bool whole = read_target(ex, &query, method, version);
    if (whole) {
        route_match(&ex->match, ex->server->routes, ex->path);
    }
    /* From here on an error knows its reader. */
    ex->surface =
        route_surface(ex->server->routes, ex->match.pattern, whole ? ex->path : start_of_target(ex));
    (void)(check_headers(ex) && check_framing(ex, version) && check_target(ex, whole, query) &&
           check_route(ex, method) && check_rate(ex) && look_at(ex) && check_rights(ex) && check_accept(ex) &&
           check_query(ex) && check_body(ex));
    request_find_language(ex);
}
