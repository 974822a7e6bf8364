/* The connections: an epoll loop of non-blocking sockets, one request at a time on each. */
#include "load.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
    IN_BYTES = 128 * 1024,
    EVENTS = 256,
    RETRY_US = 20000,
    DRAIN_US = 30 * 1000000,
    REQUEST_MAX = 128 * 1024
};

struct connection {
    int fd; /* -1: to be opened */
    const struct load_address *to;
    size_t turn; /* index of its next request */
    const char *out;
    size_t out_size, out_sent;
    char *stamped; /* its own copy of a request with a code */
    char code[LOAD_STAMP_CHARS];
    bool waiting;     /* for an answer */
    bool again;       /* the last request is still to be answered as expected */
    int64_t retry_at; /* not before */
    int64_t sent_at;
    char *in;
    size_t in_used;
    size_t left; /* of the body, once the head was read */
    bool in_body, close_after;
    int status;
};

struct loop {
    struct load *load;
    struct connection *connections;
    int count, epoll, busy;
    int64_t began, ends;
    long issued;
};

static volatile sig_atomic_t stopped;

void load_stop(int signal_number)
{
    (void)signal_number;
    stopped = 1;
}

/* ---- one connection ---- */

static bool open_connection(struct loop *loop, struct connection *c)
{
    int on = 1;
    c->fd = socket(c->to->at.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (const struct sockaddr *)&c->to->at, c->to->size) != 0) {
        if (c->fd >= 0) {
            close(c->fd);
            c->fd = -1;
        }
        return false;
    }
    if (c->to->at.ss_family == AF_INET) {
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = c};
    epoll_ctl(loop->epoll, EPOLL_CTL_ADD, c->fd, &event);
    c->in_used = 0;
    c->in_body = false;
    return true;
}

static void drop_connection(struct loop *loop, struct connection *c)
{
    if (c->fd >= 0) {
        close(c->fd);
        c->fd = -1;
    }
    if (c->waiting) {
        c->waiting = false;
        loop->busy--;
        loop->load->errors++;
        c->again = loop->load->options->retry;
        c->retry_at = clock_monotonic_us() + RETRY_US;
    }
}

static void watch_output(struct loop *loop, struct connection *c, bool wanted)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | (wanted ? EPOLLOUT : 0u), .data.ptr = c};
    epoll_ctl(loop->epoll, EPOLL_CTL_MOD, c->fd, &event);
}

static void send_rest(struct loop *loop, struct connection *c)
{
    bool was_cut = c->out_sent > 0;
    while (c->out_sent < c->out_size) {
        ssize_t n = send(c->fd, c->out + c->out_sent, c->out_size - c->out_sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) {
            watch_output(loop, c, true);
            return;
        }
        if (n <= 0) {
            drop_connection(loop, c);
            return;
        }
        c->out_sent += (size_t)n;
    }
    if (was_cut) {
        watch_output(loop, c, false);
    }
}

static bool may_issue(const struct loop *loop, int64_t now)
{
    const struct load_options *options = loop->load->options;
    return !stopped && (options->count == 0 || loop->issued < options->count) &&
           (options->seconds <= 0 || now < loop->ends) &&
           (!loop->load->codes || loop->load->next_code < loop->load->code_count);
}

/* Whether the rate allows another one by now. What is late is made up for. */
static bool is_due(const struct loop *loop, int64_t now)
{
    double rate = loop->load->options->rate;
    return rate <= 0 || (double)loop->issued < (double)(now - loop->began) / 1e6 * rate;
}

static void prepare_next(struct loop *loop, struct connection *c)
{
    struct load *load = loop->load;
    const struct load_request *request = &load->requests[c->turn % load->request_count];
    c->turn += (size_t)loop->count;
    c->out = request->bytes;
    c->out_size = request->size;
    if (request->stamp_at != SIZE_MAX) {
        memcpy(c->stamped, request->bytes, request->size);
        load_stamp(load, c->code);
        memcpy(c->stamped + request->stamp_at, c->code, sizeof c->code);
        c->out = c->stamped;
    }
    loop->issued++;
}

/* The next request, or the last one again; nothing when there are no more to issue. */
static void issue(struct loop *loop, struct connection *c, int64_t now)
{
    if (!c->again && (!may_issue(loop, now) || !is_due(loop, now))) {
        return;
    }
    if (c->fd < 0 && !open_connection(loop, c)) {
        loop->load->errors++;
        c->retry_at = now + RETRY_US;
        return;
    }
    if (!c->again) {
        prepare_next(loop, c);
        c->sent_at = now;
    }
    c->again = false;
    c->out_sent = 0;
    c->waiting = true;
    loop->busy++;
    send_rest(loop, c);
}

/* ---- answers ---- */

static size_t content_length(const char *head, size_t size)
{
    static const char name[] = "Content-Length: ";
    const char *at = memmem(head, size, name, sizeof name - 1);
    return at ? strtoul(at + sizeof name - 1, NULL, 10) : 0;
}

static void answered(struct loop *loop, struct connection *c)
{
    struct load *load = loop->load;
    const struct load_options *options = load->options;
    int64_t now = clock_monotonic_us();
    bool good = c->status == options->expect || (options->also_expect && c->status == options->also_expect);
    c->waiting = false;
    loop->busy--;
    load->last_status = good ? load->last_status : c->status;
    if (good) {
        load_note(load, c->code, (uint32_t)(now - c->sent_at));
        load->in_time += options->seconds <= 0 || now < loop->ends;
    } else {
        load->errors++;
        c->again = options->retry;
        c->retry_at = c->again ? now + RETRY_US : 0;
    }
    if (c->close_after) {
        close(c->fd);
        c->fd = -1;
    }
    if (!c->again) {
        issue(loop, c, now);
    }
}

/* Takes from what was read: a head, or a piece of a body. True when an answer is complete. */
static bool take(struct connection *c)
{
    if (!c->in_body) {
        const char *end = memmem(c->in, c->in_used, "\r\n\r\n", 4);
        if (!end) {
            return false;
        }
        size_t head = (size_t)(end - c->in) + 4;
        c->status = c->in_used > 12 ? atoi(c->in + 9) : 0;
        c->left = content_length(c->in, head);
        c->close_after = memmem(c->in, head, "Connection: close", 17) != NULL;
        c->in_body = true;
        memmove(c->in, c->in + head, c->in_used - head);
        c->in_used -= head;
    }
    size_t piece = c->in_used < c->left ? c->in_used : c->left;
    c->left -= piece;
    c->in_used -= piece; /* there is one answer at a time: nothing follows it */
    if (c->left > 0) {
        return false;
    }
    c->in_body = false;
    return true;
}

static void receive(struct loop *loop, struct connection *c)
{
    for (;;) {
        ssize_t n = recv(c->fd, c->in + c->in_used, IN_BYTES - c->in_used, 0);
        if (n < 0 && errno == EAGAIN) {
            return;
        }
        if (n <= 0 || !c->waiting) {
            drop_connection(loop, c);
            return;
        }
        loop->load->bytes += (size_t)n;
        c->in_used += (size_t)n;
        bool more = c->in_used == IN_BYTES;
        if (take(c)) {
            answered(loop, c);
            return;
        }
        if (!more && c->in_used < IN_BYTES) {
            return; /* what is left will be told by the next event */
        }
    }
}

/* ---- the loop ---- */

static void issue_due(struct loop *loop, int64_t now)
{
    for (int i = 0; i < loop->count; i++) {
        struct connection *c = &loop->connections[i];
        if (!c->waiting && c->retry_at <= now) {
            issue(loop, c, now);
        }
    }
}

static bool any_left(const struct loop *loop)
{
    for (int i = 0; i < loop->count; i++) {
        if (loop->connections[i].waiting || loop->connections[i].again) {
            return true;
        }
    }
    return false;
}

static bool turn_until_done(struct loop *loop)
{
    struct epoll_event events[EVENTS];
    int64_t drained_by = 0;
    int64_t looked = 0;
    for (;;) {
        int64_t now = clock_monotonic_us();
        if (!may_issue(loop, now)) {
            if (drained_by == 0) {
                drained_by = now + DRAIN_US;
                loop->load->elapsed_s = (double)(now - loop->began) / 1e6;
            }
            if (!any_left(loop) || now > drained_by) {
                return !any_left(loop);
            }
        }
        /* Connections issue their next request when they are answered; here are the ones that could not. */
        if (loop->busy < loop->count && now - looked > RETRY_US / 4) {
            issue_due(loop, now);
            looked = now;
        }
        int ready = epoll_wait(loop->epoll, events, EVENTS, loop->busy < loop->count ? 5 : 100);
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            if ((events[i].events & EPOLLOUT) && c->fd >= 0 && c->waiting) {
                send_rest(loop, c);
            }
            if ((events[i].events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) && c->fd >= 0) {
                receive(loop, c);
            }
        }
        if (loop->load->acknowledged) {
            fflush(loop->load->acknowledged);
        }
    }
}

bool load_run(struct load *load)
{
    const struct load_options *options = load->options;
    struct loop loop = {.load = load, .count = options->connections, .epoll = epoll_create1(EPOLL_CLOEXEC)};
    loop.connections = calloc((size_t)loop.count, sizeof *loop.connections);
    bool good = loop.epoll >= 0 && loop.connections;
    for (int i = 0; good && i < loop.count; i++) {
        struct connection *c = &loop.connections[i];
        *c = (struct connection){.fd = -1,
                                 .to = &options->addresses[i % options->address_count],
                                 .turn = (size_t)i,
                                 .in = malloc(IN_BYTES),
                                 .stamped = malloc(REQUEST_MAX)};
        good = c->in && c->stamped;
    }
    if (good) {
        loop.began = clock_monotonic_us();
        loop.ends = loop.began + (int64_t)(options->seconds * 1e6);
        good = turn_until_done(&loop);
    }
    for (int i = 0; loop.connections && i < loop.count; i++) {
        if (loop.connections[i].fd >= 0) {
            close(loop.connections[i].fd);
        }
        free(loop.connections[i].in);
        free(loop.connections[i].stamped);
    }
    free(loop.connections);
    close(loop.epoll);
    return good;
}
