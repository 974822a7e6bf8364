/* A thread that computes long rests, whatever the machine does meanwhile; and what it does is not disturbed.
 */
#include "lane/pace.h"

#include "base/clock.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <unistd.h>

enum { REST_US = 100 };

TestSuite(pace, .fini = leaks_check, .timeout = 60);

static void compute_for_us(int64_t us)
{
    const int64_t until = clock_thread_cpu_us() + us;
    while (clock_thread_cpu_us() < until) {
    }
}

Test(pace, rests_while_it_computes_and_not_after)
{
    enum { COMPUTE_US = 200 * 1000 };
    struct pace pace;
    cr_assert(pace_start(&pace, REST_US));
    pace_begin(&pace);
    compute_for_us(COMPUTE_US);
    pace_end(&pace);
    const int rests = pace.rest_count;
    /* Fewer where the timer comes late; never more than for each half of a run. */
    cr_expect_gt(rests, 10);
    cr_expect_leq(rests, COMPUTE_US / (PACE_RUN_US / 2) + 1);
    compute_for_us(COMPUTE_US);
    cr_expect_eq(pace.rest_count, rests);
    pace_stop(&pace);
}

/* Rests are counted by the processor that was used, not by the time that went by. */
Test(pace, of_a_thread_that_waits_is_no_more_than_it_computes)
{
    struct pace pace;
    cr_assert(pace_start(&pace, REST_US));
    const int64_t began = clock_thread_cpu_us();
    pace_begin(&pace);
    for (int i = 0; i < 200; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 1000 * 1000}, NULL); /* ends at the timer, early */
    }
    pace_end(&pace);
    cr_expect_leq(pace.rest_count, (clock_thread_cpu_us() - began) / (PACE_RUN_US / 2) + 1);
    pace_stop(&pace);
}

struct pipe_end {
    int fd;
};

static void *write_slowly(void *context)
{
    const struct pipe_end *end = context;
    for (int i = 0; i < 20; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 2000 * 1000}, NULL);
        cr_expect_eq(write(end->fd, "x", 1), 1);
    }
    return NULL;
}

Test(pace, lets_a_call_that_waits_go_on)
{
    int ends[2];
    char byte;
    pthread_t writer;
    struct pace pace;
    cr_assert_eq(pipe(ends), 0);
    struct pipe_end end = {ends[1]};
    cr_assert(pace_start(&pace, REST_US));
    cr_assert_eq(pthread_create(&writer, NULL, write_slowly, &end), 0);
    pace_begin(&pace);
    for (int i = 0; i < 20; i++) {
        compute_for_us(PACE_RUN_US);
        cr_expect_eq(read(ends[0], &byte, 1), 1, "interrupted");
    }
    pace_end(&pace);
    pthread_join(writer, NULL);
    pace_stop(&pace);
    close(ends[0]);
    close(ends[1]);
}

Test(pace, leaves_errno_as_it_was)
{
    struct pace pace;
    cr_assert(pace_start(&pace, REST_US));
    pace_begin(&pace);
    errno = 4321;
    compute_for_us(20 * 1000);
    cr_expect_eq(errno, 4321);
    pace_end(&pace);
    cr_expect_gt(pace.rest_count, 0);
    pace_stop(&pace);
}

static void *rest_on_my_own(void *context)
{
    struct pace *pace = context;
    cr_expect(pace_start(pace, REST_US));
    pace_begin(pace);
    compute_for_us(50 * 1000);
    pace_end(pace);
    pace_stop(pace);
    return NULL;
}

Test(pace, of_two_threads_is_each_its_own)
{
    pthread_t threads[2];
    struct pace paces[2];
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(pthread_create(&threads[i], NULL, rest_on_my_own, &paces[i]), 0);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        cr_expect_gt(paces[i].rest_count, 2);
    }
}

/* Whoever may send a signal to the process: it is not taken for the timer's. */
Test(pace, takes_no_notice_of_a_signal_from_elsewhere)
{
    struct pace pace;
    cr_assert(pace_start(&pace, REST_US));
    const int64_t began = clock_thread_cpu_us();
    pace_begin(&pace);
    for (int i = 0; i < 100; i++) {
        cr_expect_eq(raise(SIGRTMIN), 0);
    }
    pace_end(&pace);
    cr_expect_leq(pace.rest_count, (clock_thread_cpu_us() - began) / (PACE_RUN_US / 2) + 1);
    pace_stop(&pace);
}
