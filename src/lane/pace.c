#include "lane/pace.h"

#include "base/clock.h"

#include <errno.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef sigev_notify_thread_id /* the C library of Debian 12 has it without this name of timer_create(2) */
#define sigev_notify_thread_id _sigev_un._tid
#endif

enum { NS_A_US = 1000 };

static void wake_after(const struct pace *pace, long us)
{
    const struct itimerspec once = {.it_value = {.tv_nsec = us * NS_A_US}};
    timer_settime(pace->timer, 0, &once, NULL);
}

/* POSIX lets a handler read a clock, set a timer and call pselect. */
static void rest(int number, siginfo_t *info, void *context)
{
    struct pace *pace = info->si_value.sival_ptr;
    const int kept = errno;
    (void)number;
    (void)context;
    /* By somebody else, or too late to be taken back. */
    if (info->si_code != SI_TIMER || !pace->resting) {
        return;
    }
    if (clock_thread_cpu_us() - pace->used_us >= PACE_RUN_US / 2) {
        const struct timespec rest_for = {.tv_nsec = pace->rest_us * NS_A_US};
        pselect(0, NULL, NULL, NULL, &rest_for, NULL);
        pace->used_us = clock_thread_cpu_us();
        pace->rest_count = pace->rest_count + 1;
    }
    wake_after(pace, PACE_RUN_US);
    errno = kept;
}

bool pace_start(struct pace *pace, long rest_us)
{
    const struct sigaction resting = {.sa_sigaction = rest, .sa_flags = SA_RESTART | SA_SIGINFO};
    struct sigevent here = {
        .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN, .sigev_value = {.sival_ptr = pace}};
    here.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
    *pace = (struct pace){.rest_us = rest_us};
    prctl(PR_SET_TIMERSLACK, 1UL); /* else a rest of this thread is 50 us longer */
    pace->made =
        sigaction(SIGRTMIN, &resting, NULL) == 0 && timer_create(CLOCK_MONOTONIC, &here, &pace->timer) == 0;
    return pace->made;
}

void pace_begin(struct pace *pace)
{
    if (pace->made) {
        pace->used_us = clock_thread_cpu_us();
        pace->rest_count = 0;
        pace->resting = 1;
        wake_after(pace, PACE_RUN_US);
    }
}

void pace_end(struct pace *pace)
{
    if (pace->made) {
        pace->resting = 0;
        wake_after(pace, 0);
    }
}

void pace_stop(struct pace *pace)
{
    if (pace->made) {
        timer_delete(pace->timer);
        pace->made = false;
    }
}
