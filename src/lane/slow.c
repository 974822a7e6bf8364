/* Computing that takes long, on a thread of each kind that yields to everybody else: by its priority and by
 * resting (pace.h). */
#include "lane/internal.h"

#include "base/fault.h"
#include "base/log.h"
#include "lane/pace.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LOWEST_PRIORITY = 19 };

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

/* On Linux the priority is the thread's own. */
static void yield_to_all(struct pace *pace, long rest_us)
{
    if (setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), LOWEST_PRIORITY) != 0) {
        log_warn("lane.slow", "says=\"its priority stays as it is\"");
    }
    if (!pace_start(pace, rest_us)) {
        log_warn("lane.slow", "says=\"it does not rest\"");
    }
}

static void *run(void *context)
{
    struct slow_lane *lane = context;
    struct lane_slow *slow;
    struct pace pace;
    yield_to_all(&pace, lane->rest_us);
    while ((slow = next(lane)) != NULL) {
        struct http_exchange *exchange = slow->exchange;
        log_set_request(exchange ? http_request_id(exchange) : NULL);
        fault_hit("lane.slow"); /* sleep */
        pace_begin(&pace);
        slow->run(slow); /* without an exchange it may be queued again by now */
        pace_end(&pace);
        log_set_request(NULL);
        if (exchange) {
            http_resume(exchange); /* slow may be gone after this */
        }
    }
    pace_stop(&pace);
    return NULL;
}

bool slow_start(struct slow_lane *slow, size_t limit, long rest_us)
{
    slow->end = &slow->first;
    slow->limit = limit;
    slow->rest_us = rest_us;
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
