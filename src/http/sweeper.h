/* Ends connections that are past a total deadline, and wakes delayed exchanges. libmicrohttpd only knows how
 * long a connection was idle: a client that sends one byte now and then would hold its connection for ever.
 */
#ifndef ZEVENSTEM_HTTP_SWEEPER_H
#define ZEVENSTEM_HTTP_SWEEPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sweeper;
struct sweeper_link; /* one connection */

struct sweeper_config {
    int64_t request_us;      /* a request must be in by then */
    int64_t idle_us;         /* how long libmicrohttpd itself leaves a connection alone between requests */
    size_t connection_limit; /* near it, idle connections are ended early to make room, and slow heads */
};

struct sweeper *sweeper_start(const struct sweeper_config *config);
/* Wakes all who are delayed, ends the thread. Links must be gone. */
void sweeper_stop(struct sweeper *sweeper);

/* A connection came, and goes; fd stays open between the two. NULL when out of memory: nobody watches that
 * one. */
struct sweeper_link *sweeper_link(struct sweeper *sweeper, int fd);
void sweeper_unlink(struct sweeper *sweeper, struct sweeper_link *link);

/* What goes on in a connection; link may be NULL. */
void sweeper_request_begun(struct sweeper *sweeper, struct sweeper_link *link);
void sweeper_head_complete(struct sweeper_link *link);
void sweeper_request_complete(struct sweeper_link *link); /* ours to answer now: no deadline */
void sweeper_reply_begun(struct sweeper *sweeper, struct sweeper_link *link,
                         size_t bytes);                                          /* at least 16 kB a second */
void sweeper_exchange_ended(struct sweeper *sweeper, struct sweeper_link *link); /* idle */

/* Calls wake(context) on the sweeper's thread at due_us (clock_monotonic_us) or soon after. */
struct sweeper_timer {
    struct sweeper_timer *next;
    int64_t due_us;
    void (*wake)(void *context);
    void *context;
};
/* False when too many wait already; then nothing was kept. */
bool sweeper_delay(struct sweeper *sweeper, struct sweeper_timer *timer);

#endif
