/* Computing that takes long, on a thread of each kind that yields to everybody else. */
#include "lane/internal.h"

#include "base/fault.h"
#include "base/log.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LOWEST_PRIORITY = 19, LONGEST_SLICE_NS = 100 * 1000 * 1000 };

static struct lane_slow *next(struct slow_lane *lane)
{
    pthread_mutex_lock(&lane->lock);
    while (!lane->first && !lane->stop) {
        pthread_cond_wait(&lane->wake, &lane->lock);
    }
    struct lane_slow *slow = lane->first;
    if (slow) {
        lane->first = slow->next;
        lane->queued--;
        if (!lane->first) {
            lane->end = &lane->first;
        }
    }
    pthread_mutex_unlock(&lane->lock);
    return slow;
}

/* What sched_setattr(2) takes: struct sched_attr, whose header cannot stand beside <sched.h>. */
struct scheduling {
    uint32_t size;
    uint32_t sched_policy;
    uint64_t sched_flags;
    int32_t sched_nice;
    uint32_t sched_priority;
    uint64_t sched_runtime; /* of the slice, in ns */
    uint64_t sched_deadline;
    uint64_t sched_period;
};

/* On Linux the priority is the thread's own. It is not enough: since Linux 6.6 whoever wakes up waits for the
 * slice of whoever runs, whatever its priority, up to a tick of 4 ms; unless, from 6.12 on, that slice is
 * longer than its own (sched(7), EEVDF; older kernels take no notice of it). */
static void yield_to_all(void)
{
    const struct scheduling longest = {.size = sizeof longest,
                                       .sched_policy = SCHED_OTHER,
                                       .sched_nice = LOWEST_PRIORITY,
                                       .sched_runtime = LONGEST_SLICE_NS};
    if (setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), LOWEST_PRIORITY) != 0) {
        log_warn("lane.slow", "says=\"its priority stays as it is\"");
    } else {
        syscall(SYS_sched_setattr, 0, &longest, 0U);
    }
}

static void *run(void *context)
{
    struct slow_lane *lane = context;
    struct lane_slow *slow;
    yield_to_all();
    while ((slow = next(lane)) != NULL) {
        struct http_exchange *exchange = slow->exchange;
        log_set_request(exchange ? http_request_id(exchange) : NULL);
        fault_hit("lane.slow"); /* sleep */
        slow->run(slow);        /* without an exchange it may be queued again by now */
        log_set_request(NULL);
        if (exchange) {
            http_resume(exchange); /* slow may be gone after this */
        }
    }
    return NULL;
}

bool slow_start(struct slow_lane *slow, size_t limit)
{
    slow->end = &slow->first;
    slow->limit = limit;
    pthread_mutex_init(&slow->lock, NULL);
    pthread_cond_init(&slow->wake, NULL);
    slow->running = pthread_create(&slow->thread, NULL, run, slow) == 0;
    return slow->running;
}

void slow_stop(struct slow_lane *slow)
{
    if (!slow->running) {
        return;
    }
    pthread_mutex_lock(&slow->lock);
    slow->stop = true;
    pthread_cond_signal(&slow->wake);
    pthread_mutex_unlock(&slow->lock);
    pthread_join(slow->thread, NULL);
    pthread_cond_destroy(&slow->wake);
    pthread_mutex_destroy(&slow->lock);
    slow->running = false;
}

static bool add(struct slow_lane *lane, struct lane_slow *slow)
{
    slow->next = NULL;
    pthread_mutex_lock(&lane->lock);
    const bool accepted = lane->queued < lane->limit && !lane->stop;
    slow->accepted = accepted;
    if (accepted) {
        *lane->end = slow;
        lane->end = &slow->next;
        lane->queued++;
        pthread_cond_signal(&lane->wake);
    }
    pthread_mutex_unlock(&lane->lock);
    return accepted;
}

void lane_compute(struct lanes *lanes, enum lane_slowness slowness, struct http_exchange *ex,
                  struct lane_slow *slow, void (*then)(struct http_exchange *ex, void *slow))
{
    slow->exchange = ex;
    http_suspend(ex, then, slow);
    if (!add(&lanes->slow[slowness], slow)) {
        http_resume(ex);
    }
}

bool lane_compute_ahead(struct lanes *lanes, enum lane_slowness slowness, struct lane_slow *slow)
{
    slow->exchange = NULL;
    return add(&lanes->slow[slowness], slow);
}
