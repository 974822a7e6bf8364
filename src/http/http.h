/* HTTP for everybody above: routes as data, requests, replies. libmicrohttpd stays inside this folder.
 *
 * The dispatcher owns the protocol. From the table alone come: 404, 405 with Allow, HEAD, OPTIONS, 413, 415,
 * 406, 401, 403, CSRF, rate limit, security headers, API-Version, 304, the log line. Handlers never do it.
 *
 * Life of an exchange: headers read -> route found -> body buffered (limit of its route) -> run. run replies
 * at once, or suspends and is continued later (http_suspend; only lane/ calls it). A reply is queued when the
 * continuation returned with a reply set. A handler that returns without a reply and without suspending is
 * our bug: logged, 500.
 *
 * A client that goes away while its exchange is suspended is noticed at http_resume: the continuation may
 * then never run. What must not be lost is committed before http_resume; what must be freed hangs in the
 * arena. */
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
    HTTP_API,  /* problem+json, ADR headers (API-Version, no-store, CSP default-src 'none', Referrer-Policy
                  no-referrer) */
    HTTP_PAGE, /* HTML error pages, page headers (strict CSP, Referrer-Policy same-origin, no-store unless
                  cacheable) */
    HTTP_PLAIN /* health and assets: text/plain errors */
};

enum http_body_kind {
    HTTP_BODY_NONE,
    HTTP_BODY_JSON,
    HTTP_BODY_FORM,  /* application/x-www-form-urlencoded */
    HTTP_BODY_UPLOAD /* the same, or multipart/form-data, which can bring files */
};

/* CSRF for state-changing page routes: Sec-Fetch-Site same-origin (or none), else Origin equal to the public
 * address, else a MAC token in the form, of whatever age (checked by a hook). API routes with bearer or code
 * headers need none. */
enum http_csrf { HTTP_CSRF_NONE, HTTP_CSRF_REQUIRED };

/* A value of http_route.rate: no token bucket at all, for health checks. */
#define HTTP_UNLIMITED "-"

typedef void (*http_run)(struct http_exchange *ex, const void *cookie);

struct http_route {
    enum http_method method;
    const char
        *path; /* "/v1/rondes/{ronde}/inzendingen": literal segments and {name}; no trailing slash, but for
                  "/" and the root of an API, "/v1/" */
    enum http_surface surface;
    const char
        *scope; /* NULL: public. Else the caller must hold it (http_hooks.authorise); API: bearer key */
    /* API: who shows no key gets in as well, without a caller. A key that is shown must hold the scope. */
    bool scope_optional;
    enum http_body_kind body;
    size_t body_max;      /* bytes */
    enum http_csrf csrf;  /* HTTP_CSRF_REQUIRED needs a form */
    const char *produces; /* media types served, comma separated, for 406; NULL: "text/html",
                             "application/json", any for HTTP_PLAIN */
    const char *query;    /* allowed query keys, comma separated; NULL: none. Others give 400 on the API, by
                             http_query_good, and are dropped on pages */
    const char
        *rate; /* name of a token bucket in http_limits.rates; NULL: the default one; or HTTP_UNLIMITED */
    bool cacheable; /* the handler sets Cache-Control itself; errors are never cached */
    http_run run;
    const void *cookie; /* given to run */
};

/* What lower rooms need from higher ones. Every function may be called from any HTTP thread. */
struct http_hooks {
    void *self;
    /* Renders an error for an HTTP_PAGE route into the exchange (web/). status 400..599. Also called for
     * addresses that have no route. NULL, or a hook that sets no reply: plain text. */
    void (*error_page)(struct http_exchange *ex, int status, void *self);
    /* Finds who is calling from a bearer key and says whether it holds `scope`: 0 yes, 401, 403, or 503. Must
     * not block: keys are cached. On 0 it may set http_set_caller. On the API it is only called when there is
     * a bearer key; on pages bearer may be empty (the hook looks at cookies), and a reply that it sets with
     * its refusal stands (a redirect to where one signs in). */
    int (*authorise)(struct http_exchange *ex, struct slice bearer, const char *scope, void *self);
    /* Looks at an exchange whose route is known, before it runs: for http_mark_invented. NULL: nobody looks.
     */
    void (*about)(struct http_exchange *ex, void *self);
    /* Whether the form token of this body proves that the form came from us. NULL: it never does. */
    bool (*form_token_valid)(struct http_exchange *ex, void *self);
};

/* A token bucket per client. Limits slow before they refuse: up to delay_max_ms an early request just waits
 * for its token (schools and libraries share an address); only past that 429 with Retry-After. */
struct http_rate {
    const char *name;
    double per_s; /* 0: no limit */
    double burst;
    int delay_max_ms; /* 0: refused at once */
};

struct http_limits {
    int threads;     /* epoll workers, 2..4 */
    int connections; /* capped at 118 a thread (libmicrohttpd hangs at 128 events); more wait in the backlog
                      */
    size_t body_memory; /* bytes of request bodies held at once, all together; past it 503 */
    int idle_timeout_s;
    int request_deadline_s;        /* headers and body must be in by then: the sweeper ends the connection */
    size_t arena_max;              /* of one request, beside four times its largest body */
    double rate_per_s, rate_burst; /* default token bucket, per client and hour-salted hash; 0: no limit */
    int rate_delay_max_ms;
    const struct http_rate *rates; /* named buckets, for http_route.rate */
    size_t rate_count;
};

struct http_config {
    const char *listen_address; /* "127.0.0.1", "::1", "unix:/path" */
    uint16_t port;              /* 0: any; http_server_port tells */
    int handed_fd;              /* a socket that listens already, instead of these two; 0: none */
    const char *public_url;     /* "https://…": no slash at the end; decides __Host- cookies and HSTS */
    const char *const *trusted_proxies; /* addresses, CIDR or "unix:", ended by NULL: only theirs
                                           X-Forwarded-For counts; may be NULL */
    const char *api_version;            /* "1.0.0" */
    struct http_limits limits;
    struct http_hooks hooks;
    const struct http_route *routes;
    size_t route_count;
};

/* Starts listening; NULL (logged) when it cannot, or when the table has a fault (two routes alike, bad
 * pattern). config and what it points to outlive the server. */
struct http_server *http_server_start(const struct http_config *config);
/* 0: it listens on a socket file. */
uint16_t http_server_port(const struct http_server *server);
/* "http://127.0.0.1:8080", "unix:/run/zevenstem.sock"; lives as long as the server. */
const char *http_server_where(const struct http_server *server);
/* Stops accepting and waits until nothing is open, at most deadline_ms; every reply closes its connection
 * from now on. Requests already here are served as ever. True: nothing is open any more. */
bool http_server_drain(struct http_server *server, int deadline_ms);
/* Drains (where that was not done), then refuses what is not yet running (503), waits at most deadline_ms
 * again for what runs, ends and frees. The lanes must still work: stop them afterwards. False (logged): an
 * exchange is still suspended; nothing was freed, nothing may be freed, end the process. */
bool http_server_stop(struct http_server *server, int deadline_ms);
/* Requests of which the first line is in and the answer is not out. */
size_t http_server_open_exchanges(const struct http_server *server);

/* ---- the request (borrowed from the exchange's arena; valid until the reply is gone) ---- */
struct arena *http_arena(struct http_exchange *ex);
const char *http_request_id(const struct http_exchange *ex);  /* 16 hex digits */
enum http_method http_method(const struct http_exchange *ex); /* HEAD reads as GET */
enum http_surface http_surface(const struct http_exchange *ex);
struct slice http_target(const struct http_exchange *ex); /* as it was sent */
struct slice http_path(const struct http_exchange *ex);   /* decoded; %2F and %00 were refused with 400 */
struct slice http_path_param(const struct http_exchange *ex,
                             const char *name); /* {name}; empty when absent */
/* The pattern of the route, for logs and metrics; "-" without a route. */
const char *http_route_path(const struct http_exchange *ex);
/* Query: decoded; false when absent. Of a key that stands twice the last one; on the API that is a fault. */
bool http_query(struct slice *value, const struct http_exchange *ex, const char *key);
/* Whether there are names among the keys that the route does not know, or twice the same: nobody is to be
 * given an answer that was kept. */
bool http_query_misnamed(const struct http_exchange *ex);
/* A header that stands more than once reads as one, joined by ", ". Content-Type, Authorization, Origin, Host
 * and their like were refused with 400 when they stood twice. */
bool http_header(struct slice *value, const struct http_exchange *ex, const char *name);
bool http_cookie(struct slice *value, const struct http_exchange *ex,
                 const char *name); /* without the __Host- prefix */
/* As it came; of multipart/form-data the values alone, one behind the other. */
struct slice http_body(const struct http_exchange *ex);
/* The most that the route takes, in bytes; 0 without a route. */
size_t http_body_max(const struct http_exchange *ex);
/* Form bodies: decoded pairs in order, valid UTF-8 (others were refused with 400), at most
 * HTTP_MAX_FORM_FIELDS. */
enum { HTTP_MAX_FORM_FIELDS = 1000 };
struct http_field {
    struct slice name, value;
};
const struct http_field *http_form(size_t *count, const struct http_exchange *ex);
bool http_form_value(struct slice *value, const struct http_exchange *ex, const char *name); /* the first */
/* A file of a form: any bytes, and the name that it had where it came from (empty where it had none). A file
 * field that was left empty comes as a file without name and bytes. An empty field right before another of
 * its name may be missing. */
struct http_file {
    struct slice name, file_name, bytes;
};
bool http_form_file(struct http_file *file, const struct http_exchange *ex, const char *name); /* the first */
/* Media type chosen by Accept among route.produces. */
const char *http_accepted(const struct http_exchange *ex);
/* Whether Accept-Encoding admits gzip. */
bool http_accepts_gzip(const struct http_exchange *ex);
/* "nl" or "en": query `taal` on pages, else cookie `taal`, else Accept-Language, else "nl". */
const char *http_language(const struct http_exchange *ex);
/* A keyed hash of the client's address (IPv6: its /64), salted anew each hour: for rate limits only; never
 * log or store it. */
uint64_t http_client_hash(const struct http_exchange *ex);
/* Takes extra tokens from the bucket of this exchange's route: what follows from this client is slowed, as
 * after a wrong code. */
void http_charge(struct http_exchange *ex, double tokens);
bool http_is_https(const struct http_exchange *ex); /* by public_url */
const char *http_public_url(const struct http_exchange *ex);
/* What is answered is about invented data, whatever the answer becomes: it has the headers
 * `Verzonnen-Gegevens: ja` and X-Robots-Tag, a JSON object begins with "verzonnen": true, and pages ask for
 * it to say so. Stays until the exchange is done, also when the reply is reset. */
void http_mark_invented(struct http_exchange *ex);
bool http_is_invented(const struct http_exchange *ex);
/* Who authorise() found; opaque to http. */
void http_set_caller(struct http_exchange *ex, const void *caller_borrow);
const void *http_caller(const struct http_exchange *ex);

/* ---- the reply. The last call wins until the exchange is done. ---- */
void http_reply_bytes(struct http_exchange *ex, int status, const char *content_type,
                      struct slice body_borrow_from_arena);
/* Bytes that live as long as the server (embedded assets, prebuilt tables). */
void http_reply_static(struct http_exchange *ex, int status, const char *content_type,
                       struct slice body_static);
/* The first `size` bytes of a file, sent as the client takes them: nothing else waits for it. fd is taken,
 * and closed when the reply is gone or another one took its place. */
void http_reply_file(struct http_exchange *ex, int status, const char *content_type, int fd_take,
                     uint64_t size);
/* application/json, compact; takes the reference. */
void http_reply_json(struct http_exchange *ex, int status, json_t *body_take);
void http_reply_empty(struct http_exchange *ex, int status); /* 204, 304 */
/* 303 to a path of ours ("/..."). */
void http_redirect(struct http_exchange *ex, const char *path);
/* An error by status alone: problem+json with the standard text, the error page, or plain text, as the
 * surface asks. Sets Retry-After on 429 and 503, WWW-Authenticate on 401. */
void http_error(struct http_exchange *ex, int status);
/* problem+json with Dutch title and detail; `errors` (may be NULL, taken) is an array of
 * {"pointer"|"parameter", "code", "detail"}. type is public_url/problemen/<type_suffix>; NULL: that of the
 * status (401, 403, 404, 405), else none (about:blank). title or detail NULL: the standard text. */
void http_problem(struct http_exchange *ex, int status, const char *type_suffix, const char *title,
                  const char *detail, json_t *errors_take);
/* What is wrong with the parameters of a query: 400 with all of it in one answer, names that the route does
 * not know or that stand twice among it, and what was told by earlier calls. True, and nothing sent, when
 * that is nothing. NULL: nothing more. A handler of a GET on the API that has parameters calls it (or
 * http_page) before it does what costs or is recorded; one that answers without having done so is answered
 * for. */
bool http_query_good(struct http_exchange *ex, json_t *faults_take);
/* Replaces an earlier one of that name. An ETag on a 200 to GET makes a 304 of it where If-None-Match says
 * so. */
void http_set_header(struct http_exchange *ex, const char *name, const char *value);
/* This page may run scripts of ours, from an address of their own; no other page runs any. */
void http_allow_own_scripts(struct http_exchange *ex);
/* HttpOnly, SameSite=Lax, Path=/, Secure and __Host- under https. max_age_s 0: session cookie; -1: delete. */
void http_set_cookie(struct http_exchange *ex, const char *name, const char *value, int max_age_s);
/* Remembers the language that was chosen, for half a year: the cookie `taal`. */
void http_keep_language(struct http_exchange *ex, const char *language);
void http_set_retry_after(struct http_exchange *ex, int seconds);
bool http_replied(const struct http_exchange *ex);
int http_reply_status(const struct http_exchange *ex); /* 0 before there is a reply */
/* Forgets reply, headers and cookies set so far: for a transaction that is run again. */
void http_reply_reset(struct http_exchange *ex);

/* ---- a reply that may be given again; lane/ only ---- */
struct http_reply_parts {
    const char *content_type;
    struct slice body;
    struct slice headers; /* that the handler set, as lines "Name: value" */
    bool tagged;          /* it has an ETag, or needs none: nobody may cache it */
    bool invented;
};
/* Of the reply that stands, in the exchange's arena. False: it is no 200 of bytes, or hands out a cookie. */
bool http_reply_parts_of(struct http_reply_parts *out, const struct http_exchange *ex);
/* Packs a text of some size for whoever takes it so (gzip), with an entity tag of its own, and says to caches
 * that it does. Only for what holds no secret: beside text of whoever asks, its length would give that away.
 * An invented JSON object stays as it is, since it is marked when it is sent. */
void http_reply_pack(struct http_exchange *ex);
/* Gives it, made so many seconds ago; the parts are borrowed from the exchange's arena. */
void http_reply_parts_give(struct http_exchange *ex, const struct http_reply_parts *parts, int64_t age_s);

/* ---- a page of a list (page.c) ---- */

/* Query keys of a route whose list comes in pages: `cursor` names the entry that the page begins with,
 * `paginaGrootte` how many entries it has. A cursor is the key of an entry, so that a list may grow at either
 * end, and nobody sees an entry twice or misses one. */
#define HTTP_PAGING "cursor,paginaGrootte"
enum { HTTP_PAGE_MAX = 1000 };
struct http_page {
    size_t first, count;         /* of the list */
    const char *next, *previous; /* whole addresses with the query as it was; NULL: there is none */
};
/* A text that stays with entry `at`, and is no other's. */
typedef struct slice (*http_page_key)(size_t at, void *context);
/* Which part of a list of `total` entries. size: of a page where the query says none; 0: all that follows.
 * False: answered, with 400. */
bool http_page(struct http_page *out, struct http_exchange *ex, size_t total, size_t size, http_page_key key,
               void *context);
/* Of a list that is read from its store a page at a time, by rising numbers, and knows no way back: *size as
 * asked, else as given; *from the number that the page begins with, 0 for the first. False: answered, with
 * 400.
 */
bool http_page_ahead(size_t *size, int64_t *from, struct http_exchange *ex, size_t standard);
/* The address of its page that begins with this number. */
const char *http_page_from(struct http_exchange *ex, int64_t number);
/* The header Link (RFC 8288) with rel next and prev, as far as there are such pages. */
void http_page_link(struct http_exchange *ex, const struct http_page *page);
/* http_page of the array `list` in a body, whose entries are named by their text `member`: leaves the page in
 * it, and sets next and prev beside the body's other `_links`, where it has those. */
bool http_page_json(struct http_page *out, struct http_exchange *ex, json_t *body, const char *list,
                    const char *member, size_t size);

/* ---- waiting; lane/ only ---- */
/* Suspends the exchange; `then` runs on an HTTP thread after http_resume. Call only inside run or a
 * continuation, and before the work is published to another thread. */
void http_suspend(struct http_exchange *ex, void (*then)(struct http_exchange *ex, void *context),
                  void *context);
/* From any thread, once for each http_suspend. The exchange may be gone when it returns. */
void http_resume(struct http_exchange *ex);

/* As http_suspend, and resumed after `ms`; sooner when too many wait already. */
void http_wait(struct http_exchange *ex, int ms, void (*then)(struct http_exchange *ex, void *context),
               void *context);

#endif
