/* Strangers who try passwords: many at a time, each from an address of its own, as fast as they are told. For
 * tests of what everybody else meets meanwhile. */
#ifndef ZEVENSTEM_TESTS_APP_FLOOD_H
#define ZEVENSTEM_TESTS_APP_FLOOD_H

#include "app/fixture.h"

#include <pthread.h>
#include <stdatomic.h>

enum { FLOOD_THREADS = 64 };

struct flood {
    uint16_t port;
    const char *const *names; /* tried in turn beside made-up ones; NULL-ended */
    int every_us;             /* between the tries of all together; 0: one after the other's answer */
    /* the rest is the flood's own, to be read */
    atomic_bool stops;
    atomic_int sent, wrong, too_many, busy; /* 400, 429, 503 */
    atomic_int strange;                     /* answers that were not as promised */
    char what_was_strange[512];             /* of the first of them */
    int64_t begun_us;
    pthread_t threads[FLOOD_THREADS];
};

/* The caller fills in what stands above the line and keeps it until flood_end. */
void flood_begin(struct flood *flood);
/* Waits for the last answers. Each was the login page in Dutch with what was typed as a name, without the
 * password, and with Retry-After where it said to come back. */
void flood_end(struct flood *flood);
/* Waits until the queue was found full once more; ten seconds at most. */
void flood_wait_until_busy(struct flood *flood);

#endif
