#include "db/thread.h"

#include "base/log.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

bool db_thread_start(pthread_t *out, const char *name, void *(*run)(void *self), void *self)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(out, NULL, run, self);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0) {
        log_error("db.thread", "name=%s reason=%s", name, LOG_CSTR(strerror(error)));
        return false;
    }
    pthread_setname_np(*out, name);
    return true;
}

void db_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    if (pthread_cond_init(cond, &attributes) != 0) {
        abort();
    }
    pthread_condattr_destroy(&attributes);
}

bool db_cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t until_us)
{
    struct timespec until = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};
    return pthread_cond_timedwait(cond, mutex, &until) != ETIMEDOUT;
}
