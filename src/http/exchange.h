/* The inside of server and exchange, for the files of this folder alone. */
#ifndef ZEVENSTEM_HTTP_EXCHANGE_H
#define ZEVENSTEM_HTTP_EXCHANGE_H

#include "base/buffer.h"
#include "http/client.h"
#include "http/http.h"
#include "http/limits.h"
#include "http/listener.h"
#include "http/proxy.h"
#include "http/route.h"
#include "http/sweeper.h"

#include <stdatomic.h>

struct MHD_Connection;
struct MHD_Daemon;
struct upload;

enum {
    REQUEST_ID_CHARS = 16,
    MAX_HEADERS = 100,
    /* Of one connection: the head of its request, what libmicrohttpd keeps of that beside it, and the head of
       its reply, for which the difference stays. A reply that finds no room is never sent. */
    CONNECTION_MEMORY = 24 * 1024,
    REQUEST_HEAD_MAX = 16 * 1024,
    MAX_QUERY_FIELDS = 64,
    /* What a refused request may still send so that its connection can go on: announced, or in chunks of
       unknown number. */
    DISCARD_ANNOUNCED_MAX = 64 * 1024,
    DISCARD_CHUNKED_MAX = 16 * 1024 * 1024
};

struct http_server {
    const struct http_config *config;
    struct MHD_Daemon *daemon;
    struct arena *arena; /* what lives as long as the server */
    struct route_table *routes;
    struct proxy_list proxies;
    struct limiter *limiter;
    struct client_salt *salt;
    struct sweeper *sweeper;
    const struct limit_rule *rules; /* by compiled_route.rate */
    struct slice origin;            /* of public_url, without a path */
    bool https;
    struct listener listener;
    size_t arena_max;
    size_t connection_limit;
    uint64_t id_key; /* makes request ids differ between instances and starts */
    atomic_uint_fast64_t next_id;
    atomic_size_t connections;
    atomic_size_t open;     /* exchanges begun and not completed */
    atomic_size_t running;  /* exchanges between their run and their reply, suspended ones too */
    atomic_size_t resuming; /* calls of http_resume under way */
    atomic_size_t body_bytes;
    atomic_bool draining; /* replies close their connection */
    atomic_bool refusing; /* nothing runs any more */
};

enum exchange_stage {
    STAGE_HEADERS, /* nothing read yet but the request line */
    STAGE_BODY,    /* headers are in and accepted */
    STAGE_REFUSED, /* the reply is known; what the client still sends is dropped */
    STAGE_WAITING, /* suspended */
    STAGE_ENDED    /* a reply was queued */
};

struct reply_header {
    struct reply_header *next;
    const char *name;
    const char *value;
};

struct reply_file {
    int fd; /* -1: libmicrohttpd has it now */
    uint64_t size;
};

struct reply {
    int status; /* 0: none yet */
    const char *content_type;
    struct slice body;
    struct reply_file *file;      /* not NULL: instead of body */
    struct reply_header *headers; /* in the order they were set */
    struct reply_header *cookies; /* name: the cookie's own; value: the whole Set-Cookie */
};

struct http_exchange {
    struct http_server *server;
    struct MHD_Connection *connection;
    struct sweeper_link *link;
    struct arena *arena;
    int64_t started_us;
    char id[REQUEST_ID_CHARS + 1];
    enum exchange_stage stage;

    /* request */
    struct slice target;    /* as sent */
    uintptr_t target_place; /* where it stood in the connection's memory */
    enum http_method method;
    bool known_method;
    bool head;
    struct slice path;
    const char *language; /* NULL: the head is being looked at */
    struct http_field *query;
    size_t query_count;
    json_t *query_faults;  /* NULL: none, yet */
    size_t query_misnamed; /* of them: of names, which come first */
    struct http_field *headers;
    size_t header_count;
    bool has_body; /* a Content-Length above 0, or chunks */
    bool chunked;
    uint64_t announced; /* Content-Length */
    struct buffer body;
    size_t body_counted; /* of server->body_bytes */
    uint64_t discarded;
    struct http_field *form;
    size_t form_count;
    struct http_file *files;
    size_t file_count;
    struct upload *upload; /* while multipart/form-data comes in */
    struct route_match match;
    const struct compiled_route *route; /* NULL: 404 or 405 */
    enum http_surface surface;
    const char *accepted;
    const void *caller;
    bool client_known;
    uint64_t client_hash;
    bool counted_running;
    bool invented;

    /* reply */
    struct reply reply;
    bool close; /* the connection cannot go on after the reply */

    /* waiting */
    struct sweeper_timer timer;
    int64_t delay_us;
    void (*then)(struct http_exchange *ex, void *context);
    void *then_context;
};

/* server.c */
/* The exchange can no longer be suspended. */
void exchange_stop_running(struct http_exchange *ex);

/* dispatch.c: the protocol. Each returns false when the connection must be cut off without an answer. */
bool dispatch_headers(struct http_exchange *ex, const char *method, const char *version);
bool dispatch_body(struct http_exchange *ex, struct slice piece);
bool dispatch_end(struct http_exchange *ex);
/* head.c: everything that the request's head alone decides; sets a reply where it is refused. */
void head_check(struct http_exchange *ex, const char *method, const char *version);

/* request.c */
void request_collect_headers(struct http_exchange *ex);
size_t request_count_header(const struct http_exchange *ex, const char *name);
/* What came in several lines becomes the one list that it is (RFC 9110, 5.3), but for cookies: once, for all
 * who ask. */
void request_join_headers(struct http_exchange *ex);
/* From here on http_language knows it: pages ask for each of their words. */
void request_find_language(struct http_exchange *ex);
/* The key of this client's bucket for a rate. */
uint64_t request_rate_key(struct http_exchange *ex, size_t rate);

/* reply.c */
/* Builds the response of what is set, gives it to libmicrohttpd, writes the log line. False: it was not
 * taken. */
bool reply_queue(struct http_exchange *ex);
void reply_json_as(struct http_exchange *ex, int status, const char *content_type, json_t *body_take);
/* problem.c: refuses a request: status, and for the API a sentence of its own (NULL: the standard one) and
 * errors (taken). */
void problem_refuse(struct http_exchange *ex, int status, const char *type_suffix, const char *detail,
                    json_t *errors_take);
/* Notes what is wrong with the name of a parameter; all in http_query_good's answer. */
void query_misnamed(struct http_exchange *ex, struct slice key, const char *code, const char *detail);
/* Of a handler that runs again: what it found wrong with values. */
void problem_forget_values(struct http_exchange *ex);

/* headers.c: one header of the standard set at a time, for this surface. */
typedef void (*header_sink)(void *context, const char *name, const char *value);
void headers_standard(const struct http_exchange *ex, header_sink sink, void *context);
/* Whether a value may stand in a header: no control bytes but a tab. */
bool headers_value_ok(const char *value);
bool headers_name_ok(const char *name);
const struct reply_header *headers_find(const struct reply_header *list, const char *name);
/* An error is nobody's to keep, nor is an answer that hands out a cookie. */
bool headers_may_be_cached(const struct http_exchange *ex);
/* What a cache must tell apart: what the handler says, else the standard (who shows a key may be told more);
 * NULL: nothing. */
const char *headers_varies(const struct http_exchange *ex);

#endif
