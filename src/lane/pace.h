/* Rests for a thread that computes long, so that whoever wakes up meanwhile soon gets its processor.
 *
 * The lowest priority is not enough. A kernel that lets a slice be used up whatever its priority (Linux
 * from 6.6 on) makes those who answer citizens wait up to a tick, 4 ms, behind such a thread, at each of the
 * several times that a request passes from one process to another. So the thread itself lets go of the
 * processor for rest_us each time that it had it for about PACE_RUN_US. That is counted in time of the
 * processor: where others take their turns anyway, it does not rest once more for each of theirs.
 *
 * The signal of a timer (SIGRTMIN, to this thread alone) interrupts it. Calls that can go on after a signal
 * do (SA_RESTART); sleeping and polling end early. A call that stays in the kernel long is not interrupted:
 * that is why memory for passwords is kept (crypto/password.c). */
#ifndef ZEVENSTEM_LANE_PACE_H
#define ZEVENSTEM_LANE_PACE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum { PACE_RUN_US = 250 };

/* Of one thread, which alone uses it. Stays where it is between start and stop. */
struct pace {
    timer_t timer;
    bool made;
    long rest_us;
    volatile sig_atomic_t resting;    /* between begin and end */
    volatile int64_t used_us;         /* of the processor, when it last rested */
    volatile sig_atomic_t rest_count; /* since begin */
};

/* rest_us: less than a second. What is computed takes (PACE_RUN_US + rest_us) / PACE_RUN_US times as long.
 * False: no timer could be had; begin and end then do nothing. */
bool pace_start(struct pace *pace, long rest_us);
void pace_begin(struct pace *pace);
void pace_end(struct pace *pace);
void pace_stop(struct pace *pace);

#endif
