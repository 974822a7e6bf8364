/* Where libmicrohttpd meets us: its daemon, and its callbacks in the life of a connection and of an exchange.
 */
#include "http/exchange.h"

#include "base/clock.h"
#include "base/log.h"
#include "crypto/crypto.h"
#include "http/upload.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    /* libmicrohttpd 0.9.75 sleeps with work at hand when one epoll_wait gives exactly 128 events: listening
     * socket, wake-up and connections of a thread stay below that. */
    CONNECTIONS_PER_THREAD = 118,
    LIMITER_SLOTS = 16384,
    FAULT_BYTES = 256
};

/* ---- an exchange ---- */

void exchange_stop_running(struct http_exchange *ex)
{
    if (ex->counted_running) {
        ex->counted_running = false;
        atomic_fetch_sub(&ex->server->running, 1);
    }
}

/* Ids tell log lines apart; they are no secret. The mixing is that of splitmix64. */
static void make_request_id(char out[REQUEST_ID_CHARS + 1], struct http_server *server)
{
    uint64_t x = server->id_key + atomic_fetch_add(&server->next_id, 1) * UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    x ^= x >> 31;
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < REQUEST_ID_CHARS; i++) {
        out[i] = digits[x >> 60];
        x <<= 4;
    }
    out[REQUEST_ID_CHARS] = '\0';
}

static struct sweeper_link *link_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

/* Called with the request line, before libmicrohttpd changes it: the raw target. The exchange begins here. */
static void *on_request_line(void *cls, const char *target, struct MHD_Connection *connection)
{
    struct http_server *server = cls;
    struct arena *arena = arena_create(server->arena_max);
    struct http_exchange *ex = arena_alloc(arena, sizeof *ex);
    ex->server = server;
    ex->connection = connection;
    ex->arena = arena;
    ex->started_us = clock_monotonic_us();
    ex->link = link_of(connection);
    ex->surface = HTTP_PAGE;
    /* A copy: libmicrohttpd cuts the original at its '?' in place. */
    ex->target = arena_copy(arena, slice_from_cstr(target));
    ex->target_place = (uintptr_t)target;
    make_request_id(ex->id, server);
    atomic_fetch_add(&server->open, 1);
    sweeper_request_begun(server->sweeper, ex->link);
    return ex;
}

static const char *end_text(enum MHD_RequestTerminationCode code)
{
    switch (code) {
    case MHD_REQUEST_TERMINATED_COMPLETED_OK:
        return "completed";
    case MHD_REQUEST_TERMINATED_TIMEOUT_REACHED:
        return "idle";
    case MHD_REQUEST_TERMINATED_DAEMON_SHUTDOWN:
        return "shutdown";
    case MHD_REQUEST_TERMINATED_READ_ERROR:
    case MHD_REQUEST_TERMINATED_CLIENT_ABORT:
        return "client-gone";
    case MHD_REQUEST_TERMINATED_WITH_ERROR:
        break;
    }
    return "error";
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode code)
{
    (void)connection;
    struct http_server *server = cls;
    struct http_exchange *ex = *context;
    if (!ex) {
        return;
    }
    *context = NULL;
    if (ex->stage != STAGE_ENDED) {
        log_set_request(ex->id);
        log_info("http.cut-off", "route=%s end=%s us=%lld", http_route_path(ex), end_text(code),
                 (long long)(clock_monotonic_us() - ex->started_us));
        log_set_request(NULL);
    }
    exchange_stop_running(ex);
    atomic_fetch_sub(&server->body_bytes, ex->body_counted);
    upload_free(ex->upload);
    buffer_free(&ex->body);
    sweeper_exchange_ended(server->sweeper, ex->link);
    arena_destroy(ex->arena);
    atomic_fetch_sub(&server->open, 1);
}

/* Called when the head is in, for each piece of the body, when all is in, and after each wait. */
static enum MHD_Result on_progress(void *cls, struct MHD_Connection *connection, const char *url,
                                   const char *method, const char *version, const char *data, size_t *size,
                                   void **context)
{
    (void)cls;
    (void)connection;
    (void)url;
    struct http_exchange *ex = *context;
    if (!ex) {
        return MHD_NO;
    }
    bool fine;
    log_set_request(ex->id);
    if (ex->stage == STAGE_HEADERS) {
        fine = dispatch_headers(ex, method, version);
    } else if (*size > 0) {
        fine = dispatch_body(ex, (struct slice){data, *size});
        *size = 0;
    } else {
        fine = dispatch_end(ex);
    }
    log_set_request(NULL);
    return fine ? MHD_YES : MHD_NO;
}

/* ---- a connection ---- */

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct http_server *server = cls;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        sweeper_unlink(server->sweeper, *context);
        *context = NULL;
        atomic_fetch_sub(&server->connections, 1);
        return;
    }
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    *context = info ? sweeper_link(server->sweeper, info->connect_fd) : NULL;
    atomic_fetch_add(&server->connections, 1);
}

/* We decode what we use ourselves; libmicrohttpd would turn %2F and %00 into bytes before we see them. */
static size_t leave_escaped(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls;
    (void)connection;
    return strlen(text);
}

static void on_library_message(void *cls, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
static void on_library_message(void *cls, const char *format, va_list args)
{
    (void)cls;
    char text[FAULT_BYTES];
    vsnprintf(text, sizeof text, format, args);
    log_debug("http.library", "text=%s", LOG_CSTR(text));
}

/* ---- the server ---- */

static bool fault(const char *what, const char *detail)
{
    log_error("http.start", "fault=%s detail=%s", LOG_CSTR(what), LOG_CSTR(detail));
    return false;
}

static bool check_hooks(const struct http_config *config)
{
    for (size_t i = 0; i < config->route_count; i++) {
        if (config->routes[i].scope && !config->hooks.authorise) {
            return fault("a route has a scope and nobody authorises", config->routes[i].path);
        }
    }
    return true;
}

static bool prepare_rates(struct http_server *server)
{
    const struct http_limits *limits = &server->config->limits;
    struct limit_rule *rules = arena_array(server->arena, limits->rate_count + 1, sizeof *rules);
    rules[0] = (struct limit_rule){limits->rate_per_s, limits->rate_burst, limits->rate_delay_max_ms};
    for (size_t i = 0; i < limits->rate_count; i++) {
        const struct http_rate *rate = &limits->rates[i];
        rules[i + 1] = (struct limit_rule){rate->per_s, rate->burst, rate->delay_max_ms};
    }
    for (size_t i = 0; i <= limits->rate_count; i++) {
        if (rules[i].per_s > 0 && rules[i].burst < 1) {
            return fault("a rate has a burst below 1", i == 0 ? "(default)" : limits->rates[i - 1].name);
        }
    }
    server->rules = rules;
    return true;
}

static bool prepare_address(struct http_server *server)
{
    struct slice url = slice_from_cstr(server->config->public_url);
    struct slice schemes[] = {SLICE_INIT("http://"), SLICE_INIT("https://")};
    for (size_t i = 0; i < 2; i++) {
        struct slice s = schemes[i];
        if (slice_starts_with(url, s) && url.len > s.len) {
            size_t end = s.len;
            while (end < url.len && url.ptr[end] != '/') {
                end++;
            }
            server->origin = (struct slice){url.ptr, end};
            server->https = i == 1;
            return url.ptr[url.len - 1] != '/' || fault("the public address ends in a slash", url.ptr);
        }
    }
    return fault("the public address is not http:// or https://", url.ptr ? url.ptr : "");
}

static bool prepare(struct http_server *server)
{
    const struct http_config *config = server->config;
    const struct http_limits *limits = &config->limits;
    char text[FAULT_BYTES];
    const char *bad;
    if (limits->threads < 1 || limits->connections < 1 || limits->idle_timeout_s < 1 ||
        limits->request_deadline_s < 1) {
        return fault("threads, connections, idle timeout and deadline are at least 1", "");
    }
    server->routes = route_table_create(config->routes, config->route_count, limits->rates,
                                        limits->rate_count, text, sizeof text);
    if (!server->routes) {
        return fault("route", text);
    }
    if (!proxy_list_parse(&server->proxies, &bad, server->arena, config->trusted_proxies)) {
        return fault("no address of a proxy", bad);
    }
    if (!check_hooks(config) || !prepare_rates(server) || !prepare_address(server)) {
        return false;
    }
    size_t most = (size_t)limits->threads * CONNECTIONS_PER_THREAD;
    size_t wanted = (size_t)limits->connections;
    if (wanted > most) {
        log_warn("http.connections", "wanted=%zu capped=%zu", wanted, most);
    }
    server->connection_limit = wanted < most ? wanted : most;
    /* The target and the headers are copied nowhere else; decoded forms are at most as long as their body,
     * with some 40 bytes a field. */
    server->arena_max =
        limits->arena_max + 4 * route_table_largest_body(server->routes) + 4 * CONNECTION_MEMORY;
    return true;
}

static bool start_helpers(struct http_server *server)
{
    const struct http_limits *limits = &server->config->limits;
    struct sweeper_config sweeping = {
        .request_us = (int64_t)limits->request_deadline_s * 1000000,
        .idle_us = (int64_t)limits->idle_timeout_s * 1000000,
        .connection_limit = server->connection_limit,
    };
    server->limiter = limiter_create(LIMITER_SLOTS);
    server->salt = client_salt_create();
    server->sweeper = sweeper_start(&sweeping);
    crypto_random(&server->id_key, sizeof server->id_key);
    return (server->limiter && server->salt && server->sweeper) || fault("no memory or no thread", "");
}

static bool start_daemon(struct http_server *server)
{
    const struct http_limits *limits = &server->config->limits;
    const struct http_config *config = server->config;
    if (config->handed_fd > 0 ? !listener_take(&server->listener, config->handed_fd)
                              : !listener_open(&server->listener, config->listen_address, config->port)) {
        return false; /* logged */
    }
    unsigned threads = limits->threads > 1 ? (unsigned)limits->threads : 0; /* a pool has at least 2 */
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | MHD_USE_ERROR_LOG, 0, NULL,
        NULL, on_progress, server, MHD_OPTION_EXTERNAL_LOGGER, on_library_message, server,
        MHD_OPTION_LISTEN_SOCKET, server->listener.fd, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)server->connection_limit, MHD_OPTION_THREAD_POOL_SIZE, threads,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)limits->idle_timeout_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, server,
        MHD_OPTION_URI_LOG_CALLBACK, on_request_line, server, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
        server, MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_END);
    return server->daemon || fault("libmicrohttpd did not start", server->config->listen_address);
}

static void release(struct http_server *server)
{
    if (server->daemon) {
        MHD_stop_daemon(server->daemon);
    }
    /* libmicrohttpd closes the socket it was started with, unless it was quiesced. */
    listener_end(&server->listener, !server->daemon || atomic_load(&server->draining));
    sweeper_stop(server->sweeper);
    client_salt_free(server->salt);
    limiter_free(server->limiter);
    route_table_free(server->routes);
    arena_destroy(server->arena);
    free(server);
}

struct http_server *http_server_start(const struct http_config *config)
{
    struct http_server *server = calloc(1, sizeof *server);
    if (!server) {
        return NULL;
    }
    server->config = config;
    server->listener.fd = -1;
    server->arena = arena_create(1024 * 1024);
    if (!prepare(server) || !start_helpers(server) || !start_daemon(server)) {
        release(server);
        return NULL;
    }
    log_info("http.listening", "at=%s threads=%d connections=%zu routes=%zu", server->listener.text,
             config->limits.threads, server->connection_limit, config->route_count);
    return server;
}

uint16_t http_server_port(const struct http_server *server)
{
    return server->listener.port;
}

const char *http_server_where(const struct http_server *server)
{
    return server->listener.text;
}

size_t http_server_open_exchanges(const struct http_server *server)
{
    return atomic_load(&server->open);
}

/* ---- stopping ---- */

static bool wait_for_zero(const atomic_size_t *count, int64_t until_us)
{
    while (atomic_load(count) > 0) {
        if (clock_monotonic_us() >= until_us) {
            return false;
        }
        nanosleep(&(struct timespec){.tv_nsec = 2 * 1000 * 1000}, NULL);
    }
    return true;
}

/* The socket is shut (where it is ours the kernel refuses from now on) but not closed: libmicrohttpd's
 * threads may still take it out of their epoll sets. */
static void stop_accepting(struct http_server *server)
{
    if (!atomic_exchange(&server->draining, true)) {
        MHD_quiesce_daemon(server->daemon);
        listener_refuse(&server->listener);
    }
}

bool http_server_drain(struct http_server *server, int deadline_ms)
{
    stop_accepting(server);
    bool empty = wait_for_zero(&server->open, clock_monotonic_us() + (int64_t)deadline_ms * 1000);
    log_info("http.drained", "open=%zu", http_server_open_exchanges(server));
    return empty;
}

bool http_server_stop(struct http_server *server, int deadline_ms)
{
    if (!server) {
        return true;
    }
    if (!atomic_load(&server->draining)) {
        http_server_drain(server, deadline_ms);
    }
    int64_t until_us = clock_monotonic_us() + (int64_t)deadline_ms * 1000;
    atomic_store(&server->refusing, true);
    /* libmicrohttpd must not be stopped while a connection is suspended. */
    if (!wait_for_zero(&server->running, until_us) || !wait_for_zero(&server->resuming, until_us)) {
        log_error("http.stop", "suspended=%zu", atomic_load(&server->running));
        return false;
    }
    release(server);
    return true;
}
