/* HTTP for everybody above: routes as data, requests, replies. libmicrohttpd stays inside this folder.
 *
 * The dispatcher owns the protocol. From the table alone come: 404, 405 with Allow, HEAD, OPTIONS, 413, 415, 406, 401, 403,
 * CSRF, rate limit, 503 at the connection limit, security headers, API-Version, the log line. Handlers never do it.
 *
 * Life of an exchange: headers read -> route found -> body buffered (limit of its route) -> run. run replies at once, or
 * suspends and is continued later (http_suspend; only lane/ calls it). A reply is queued when the continuation returned with
 * a reply set. A handler that returns without a reply and without suspending is our bug: logged, 500. */
#ifndef ZEVENSTEM_HTTP_HTTP_H
#define ZEVENSTEM_HTTP_HTTP_H

#include "base/arena.h"
#include "base/slice.h"

#include <jansson.h>

struct http_exchange;
struct http_server;

enum http_method { HTTP_GET = 1, HTTP_POST = 2, HTTP_PUT = 4, HTTP_PATCH = 8, HTTP_DELETE = 16 };

/* Who reads the answer, hence the shape of errors and the set of headers. */
enum http_surface {
    HTTP_API,  /* problem+json, ADR headers (API-Version, no-store, CSP default-src 'none', Referrer-Policy no-referrer) */
    HTTP_PAGE, /* HTML error pages, page headers (strict CSP, Referrer-Policy same-origin, no-store unless cacheable) */
    HTTP_PLAIN /* health and assets: text/plain errors */
};

enum http_body_kind { HTTP_BODY_NONE, HTTP_BODY_JSON, HTTP_BODY_FORM };

/* CSRF for state-changing page routes: Sec-Fetch-Site same-origin (or none), else Origin equal to the public address, else a
 * MAC token in the form (checked by a hook). API routes with bearer or code headers need none. */
enum http_csrf { HTTP_CSRF_NONE, HTTP_CSRF_REQUIRED };

typedef void (*http_run)(struct http_exchange *ex, const void *cookie);

struct http_route {
    enum http_method method;
    const char *path;    /* "/v1/rondes/{ronde}/inzendingen": literal segments and {name}; no trailing slash but "/" */
    enum http_surface surface;
    const char *scope;   /* NULL: public. Else the caller must hold it (http_hooks.authorise); API: bearer key */
    enum http_body_kind body;
    size_t body_max;     /* bytes */
    enum http_csrf csrf;
    const char *produces; /* media types served, comma separated, for 406; NULL: "text/html" or "application/json" */
    const char *query;    /* allowed query keys, comma separated; NULL: none. Others give 400 on the API, are dropped on pages */
    const char *rate;     /* name of a token bucket in the configuration; NULL: the default one */
    bool cacheable;       /* the handler sets Cache-Control itself */
    http_run run;
    const void *cookie;   /* given to run */
};

/* What lower rooms need from higher ones. Every function may be called from any HTTP thread. */
struct http_hooks {
    void *self;
    /* Renders an error for an HTTP_PAGE route into the exchange (web/). status 400..599. */
    void (*error_page)(struct http_exchange *ex, int status, void *self);
    /* Finds who is calling from a bearer key and says whether it holds `scope`: 0 yes, 401, 403, or 503. Must not block: keys are
     * cached. On 0 it may set http_set_caller. */
    int (*authorise)(struct http_exchange *ex, struct slice bearer, const char *scope, void *self);
    /* Whether the form token of this body proves that the form came from us. */
    bool (*form_token_valid)(struct http_exchange *ex, void *self);
};

struct http_limits {
    int threads;                 /* epoll workers, 2..4 */
    int connections;             /* capped at 118 a thread (libmicrohttpd hangs at 128 events) */
    size_t body_memory;          /* bytes of request bodies held at once, all together; past it 503 */
    int idle_timeout_s;
    int request_deadline_s;      /* headers and body must be in by then: the sweeper ends the connection */
    size_t arena_max;            /* of one request */
    double rate_per_s, rate_burst; /* default token bucket, per client and hour-salted hash */
};

struct http_config {
    const char *listen_address;  /* "127.0.0.1" or "::1" */
    uint16_t port;               /* 0: any; http_server_port tells */
    const char *public_url;      /* "https://…": no slash at the end; decides __Host- cookies and HSTS */
    const char *const *trusted_proxies; /* addresses or CIDR, ended by NULL: only theirs X-Forwarded-For counts */
    const char *api_version;     /* "1.0.0" */
    struct http_limits limits;
    struct http_hooks hooks;
    const struct http_route *routes;
    size_t route_count;
};

/* Starts listening; NULL (logged) when it cannot, or when the table has a fault (two routes alike, bad pattern). config and
 * what it points to outlive the server. */
struct http_server *http_server_start(const struct http_config *config);
uint16_t http_server_port(const struct http_server *server);
/* Stops accepting, lets running exchanges finish until deadline_ms, then ends. The caller drains the lanes meanwhile. */
void http_server_stop(struct http_server *server, int deadline_ms);
size_t http_server_open_exchanges(const struct http_server *server);

/* ---- the request (borrowed from the exchange's arena; valid until the reply is gone) ---- */
struct arena *http_arena(struct http_exchange *ex);
const char *http_request_id(const struct http_exchange *ex); /* 16 hex digits */
enum http_method http_method(const struct http_exchange *ex); /* HEAD reads as GET */
enum http_surface http_surface(const struct http_exchange *ex);
struct slice http_path(const struct http_exchange *ex);       /* decoded; %2F and %00 were refused with 400 */
struct slice http_path_param(const struct http_exchange *ex, const char *name); /* {name}; empty when absent */
/* Query: decoded; false when absent. A key that stands twice gives 400 before the handler on the API, the last one on pages. */
bool http_query(struct slice *value, const struct http_exchange *ex, const char *key);
bool http_header(struct slice *value, const struct http_exchange *ex, const char *name);
bool http_cookie(struct slice *value, const struct http_exchange *ex, const char *name); /* without the __Host- prefix */
struct slice http_body(const struct http_exchange *ex);
/* Form bodies: decoded pairs in order, valid UTF-8 (others were refused with 400). */
struct http_field {
    struct slice name, value;
};
const struct http_field *http_form(size_t *count, const struct http_exchange *ex);
bool http_form_value(struct slice *value, const struct http_exchange *ex, const char *name); /* the first */
/* Media type chosen by Accept among route.produces. */
const char *http_accepted(const struct http_exchange *ex);
/* "nl" or "en": query `taal` on pages, else cookie, else Accept-Language, else "nl". */
const char *http_language(const struct http_exchange *ex);
/* A keyed hash of the client's address, salted anew each hour: for rate limits only; never log or store it. */
uint64_t http_client_hash(const struct http_exchange *ex);
bool http_is_https(const struct http_exchange *ex); /* by public_url */
/* Who authorise() found; opaque to http. */
void http_set_caller(struct http_exchange *ex, const void *caller_borrow);
const void *http_caller(const struct http_exchange *ex);

/* ---- the reply. The last call wins until the exchange is done. ---- */
void http_reply_bytes(struct http_exchange *ex, int status, const char *content_type, struct slice body_borrow_from_arena);
/* Bytes that live as long as the server (embedded assets, prebuilt tables). */
void http_reply_static(struct http_exchange *ex, int status, const char *content_type, struct slice body_static);
/* application/json, compact; takes the reference. */
void http_reply_json(struct http_exchange *ex, int status, json_t *body_take);
void http_reply_empty(struct http_exchange *ex, int status); /* 204, 304 */
/* 303 to a path of ours ("/..."). */
void http_redirect(struct http_exchange *ex, const char *path);
/* An error by status alone: problem+json with the standard text, the error page, or plain text, as the surface asks. Sets
 * Retry-After on 429 and 503, WWW-Authenticate on 401. */
void http_error(struct http_exchange *ex, int status);
/* problem+json with Dutch title and detail; `errors` (may be NULL, taken) is an array of {"pointer"|"parameter", "code", "detail"}. */
void http_problem(struct http_exchange *ex, int status, const char *type_suffix, const char *title, const char *detail,
                  json_t *errors_take);
void http_set_header(struct http_exchange *ex, const char *name, const char *value);
/* HttpOnly, SameSite=Lax, Path=/, Secure and __Host- under https. max_age_s 0: session cookie; -1: delete. */
void http_set_cookie(struct http_exchange *ex, const char *name, const char *value, int max_age_s);
void http_set_retry_after(struct http_exchange *ex, int seconds);
bool http_replied(const struct http_exchange *ex);
/* Forgets reply, headers and cookies set so far: for a transaction that is run again. */
void http_reply_reset(struct http_exchange *ex);

/* ---- waiting; lane/ only ---- */
/* Suspends the exchange; `then` runs on an HTTP thread after http_resume. Call only inside run or a continuation, and before
 * the work is published to another thread. */
void http_suspend(struct http_exchange *ex, void (*then)(struct http_exchange *ex, void *context), void *context);
/* From any thread, once for each http_suspend. The exchange may be gone when it returns. */
void http_resume(struct http_exchange *ex);

#endif
