#include "http/sweeper.h"

#include "base/clock.h"
#include "base/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum {
    TURN_US = 100 * 1000,
    REPLY_BYTES_PER_S = 16 * 1024,
    CROWDED_IDLE_US = 1000 * 1000,
    CROWDED_HEAD_US = 3000 * 1000
};

struct sweeper_link {
    struct sweeper_link *next;
    struct sweeper_link *previous;
    int fd;
    bool ended;
    /* Written by the connection's HTTP thread, read by the sweeper. A stale value costs one turn. */
    atomic_int_fast64_t deadline_us;   /* 0: none */
    atomic_int_fast64_t idle_since_us; /* 0: not idle */
    atomic_int_fast64_t head_since_us; /* 0: no head is coming in */
};

struct sweeper {
    struct sweeper_config config;
    pthread_t thread;
    pthread_mutex_t lock; /* guards links (also against their fd being closed), timers, stopping */
    pthread_cond_t changed;
    struct sweeper_link *links;
    size_t link_count;
    struct sweeper_timer *timers;
    size_t timer_count;
    bool stopping;
};

/* libmicrohttpd sees the end of the stream and closes the connection on its own thread. */
static void end_connection(struct sweeper_link *link)
{
    link->ended = true;
    shutdown(link->fd, SHUT_RDWR);
}

static bool longer_than(const atomic_int_fast64_t *since_us, int64_t most_us, int64_t now_us)
{
    const int64_t since = atomic_load_explicit(since_us, memory_order_relaxed);
    return since != 0 && now_us - since > most_us;
}

/* Where it is crowded, who sends nothing or the head of a request drop by drop makes room. */
static void sweep(struct sweeper *sweeper, int64_t now_us)
{
    bool crowded = sweeper->link_count * 8 >= sweeper->config.connection_limit * 7;
    size_t late = 0;
    size_t idle = 0;
    for (struct sweeper_link *link = sweeper->links; link; link = link->next) {
        int64_t deadline_us = atomic_load_explicit(&link->deadline_us, memory_order_relaxed);
        if (link->ended) {
            continue;
        }
        if (deadline_us != 0 && now_us > deadline_us) {
            late++;
            end_connection(link);
        } else if (crowded && (longer_than(&link->idle_since_us, CROWDED_IDLE_US, now_us) ||
                               longer_than(&link->head_since_us, CROWDED_HEAD_US, now_us))) {
            idle++;
            end_connection(link);
        }
    }
    if (late + idle > 0) {
        log_info("http.swept", "late=%zu idle=%zu connections=%zu", late, idle, sweeper->link_count);
    }
}

/* Takes the timers that are due (all of them when stopping) off the list. */
static struct sweeper_timer *take_due(struct sweeper *sweeper, int64_t now_us, int64_t *next_us)
{
    struct sweeper_timer *due = NULL;
    struct sweeper_timer **place = &sweeper->timers;
    while (*place) {
        struct sweeper_timer *timer = *place;
        if (sweeper->stopping || timer->due_us <= now_us) {
            *place = timer->next;
            timer->next = due;
            due = timer;
            sweeper->timer_count--;
        } else {
            *next_us = timer->due_us < *next_us ? timer->due_us : *next_us;
            place = &timer->next;
        }
    }
    return due;
}

/* clock_monotonic_us is CLOCK_MONOTONIC, which the condition waits by too. */
static void wait_until(struct sweeper *sweeper, int64_t until_us)
{
    struct timespec until = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};
    pthread_cond_timedwait(&sweeper->changed, &sweeper->lock, &until);
}

static void *run(void *argument)
{
    struct sweeper *sweeper = argument;
    int64_t turn_us = 0;
    pthread_mutex_lock(&sweeper->lock);
    while (!sweeper->stopping || sweeper->timers) {
        int64_t now_us = clock_monotonic_us();
        if (now_us >= turn_us) {
            sweep(sweeper, now_us);
            turn_us = now_us + TURN_US;
        }
        int64_t next_us = turn_us;
        struct sweeper_timer *due = take_due(sweeper, now_us, &next_us);
        if (!due) {
            wait_until(sweeper, next_us);
            continue;
        }
        pthread_mutex_unlock(&sweeper->lock);
        while (due) {
            struct sweeper_timer *timer = due;
            due = due->next; /* before wake: the timer may be gone after it */
            timer->wake(timer->context);
        }
        pthread_mutex_lock(&sweeper->lock);
    }
    pthread_mutex_unlock(&sweeper->lock);
    return NULL;
}

struct sweeper *sweeper_start(const struct sweeper_config *config)
{
    struct sweeper *sweeper = calloc(1, sizeof *sweeper);
    if (!sweeper) {
        return NULL;
    }
    sweeper->config = *config;
    pthread_mutex_init(&sweeper->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&sweeper->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&sweeper->thread, NULL, run, sweeper) != 0) {
        pthread_cond_destroy(&sweeper->changed);
        pthread_mutex_destroy(&sweeper->lock);
        free(sweeper);
        return NULL;
    }
    return sweeper;
}

void sweeper_stop(struct sweeper *sweeper)
{
    if (!sweeper) {
        return;
    }
    pthread_mutex_lock(&sweeper->lock);
    sweeper->stopping = true;
    pthread_cond_signal(&sweeper->changed);
    pthread_mutex_unlock(&sweeper->lock);
    pthread_join(sweeper->thread, NULL);
    pthread_cond_destroy(&sweeper->changed);
    pthread_mutex_destroy(&sweeper->lock);
    free(sweeper);
}

struct sweeper_link *sweeper_link(struct sweeper *sweeper, int fd)
{
    struct sweeper_link *link = calloc(1, sizeof *link);
    if (!link) {
        return NULL;
    }
    int64_t now_us = clock_monotonic_us();
    link->fd = fd;
    atomic_init(&link->deadline_us, now_us + sweeper->config.request_us);
    atomic_init(&link->idle_since_us, now_us);
    atomic_init(&link->head_since_us, 0);
    pthread_mutex_lock(&sweeper->lock);
    link->next = sweeper->links;
    if (link->next) {
        link->next->previous = link;
    }
    sweeper->links = link;
    sweeper->link_count++;
    pthread_mutex_unlock(&sweeper->lock);
    return link;
}

void sweeper_unlink(struct sweeper *sweeper, struct sweeper_link *link)
{
    if (!link) {
        return;
    }
    pthread_mutex_lock(&sweeper->lock);
    if (link->next) {
        link->next->previous = link->previous;
    }
    if (link->previous) {
        link->previous->next = link->next;
    } else {
        sweeper->links = link->next;
    }
    sweeper->link_count--;
    pthread_mutex_unlock(&sweeper->lock);
    free(link);
}

static void set(struct sweeper_link *link, int64_t deadline_us, int64_t idle_since_us, int64_t head_since_us)
{
    if (link) {
        atomic_store_explicit(&link->head_since_us, head_since_us, memory_order_relaxed);
        atomic_store_explicit(&link->deadline_us, deadline_us, memory_order_relaxed);
        atomic_store_explicit(&link->idle_since_us, idle_since_us, memory_order_relaxed);
    }
}

void sweeper_request_begun(struct sweeper *sweeper, struct sweeper_link *link)
{
    const int64_t now_us = clock_monotonic_us();
    set(link, now_us + sweeper->config.request_us, 0, now_us);
}

void sweeper_head_complete(struct sweeper_link *link)
{
    if (link) {
        atomic_store_explicit(&link->head_since_us, 0, memory_order_relaxed);
    }
}

void sweeper_request_complete(struct sweeper_link *link)
{
    set(link, 0, 0, 0);
}

void sweeper_reply_begun(struct sweeper *sweeper, struct sweeper_link *link, size_t bytes)
{
    int64_t sending_us = (int64_t)(bytes / REPLY_BYTES_PER_S) * 1000000;
    set(link, clock_monotonic_us() + sweeper->config.request_us + sending_us, 0, 0);
}

void sweeper_exchange_ended(struct sweeper *sweeper, struct sweeper_link *link)
{
    int64_t now_us = clock_monotonic_us();
    set(link, now_us + sweeper->config.idle_us + sweeper->config.request_us, now_us, 0);
}

bool sweeper_delay(struct sweeper *sweeper, struct sweeper_timer *timer)
{
    pthread_mutex_lock(&sweeper->lock);
    bool room = !sweeper->stopping && sweeper->timer_count < sweeper->config.connection_limit / 4;
    if (room) {
        timer->next = sweeper->timers;
        sweeper->timers = timer;
        sweeper->timer_count++;
        pthread_cond_signal(&sweeper->changed);
    }
    pthread_mutex_unlock(&sweeper->lock);
    return room;
}
