/* What takes long, on threads of its own: one kind does not wait for another. */
#include "lane/lane.h"

#include "crypto/crypto.h"
#include "db/scene.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <semaphore.h>
#include <time.h>

TestSuite(slow, .fini = leaks_check, .timeout = 60);

enum { WAIT_S = 20, TURNS = 3 };

struct item {
    struct lane_slow slow; /* first */
    struct lanes *lanes;
    sem_t *wait, *done; /* wait NULL: it does not */
    int turns;          /* that it takes yet, behind whoever came meanwhile */
    int order;          /* set when it ran last */
};

static int runs;

static bool comes(sem_t *sem)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += WAIT_S;
    int refused;
    do { /* a thread that computes long is interrupted for its rests (lane/pace.h) */
        refused = sem_timedwait(sem, &until);
    } while (refused && errno == EINTR);
    return refused == 0;
}

static void run(struct lane_slow *slow)
{
    struct item *item = (struct item *)slow;
    if (item->wait) {
        cr_assert(comes(item->wait));
    }
    item->order = ++runs;
    if (item->turns-- > 0) {
        cr_assert(lane_compute_ahead(item->lanes, LANE_MINUTES, &item->slow));
    } else {
        sem_post(item->done);
    }
}

static struct lanes *begin(struct scene *scene)
{
    static const struct db_statement *const none[] = {NULL};
    cr_assert(crypto_start());
    scene_begin(scene, none);
    struct lanes *lanes = lanes_start(&(struct lanes_config){.database = &scene->config,
                                                             .workers = 1,
                                                             .queue_limit = 10,
                                                             .job_deadline_ms = 1000,
                                                             .batch_deadline_ms = 1000,
                                                             .slow_queue = 2});
    cr_assert_not_null(lanes);
    return lanes;
}

Test(slow, a_long_one_keeps_no_short_one_waiting)
{
    struct scene scene;
    sem_t go, long_done, short_done;
    sem_init(&go, 0, 0);
    sem_init(&long_done, 0, 0);
    sem_init(&short_done, 0, 0);
    struct lanes *lanes = begin(&scene);
    struct item held = {.slow.run = run, .wait = &go, .done = &long_done};
    struct item quick = {.slow.run = run, .done = &short_done};
    cr_assert(lane_compute_ahead(lanes, LANE_MINUTES, &held.slow));
    cr_assert(lane_compute_ahead(lanes, LANE_WHILE, &quick.slow));
    cr_expect(comes(&short_done), "while the long one is still at it");
    cr_expect_eq(held.order, 0);
    sem_post(&go);
    cr_expect(comes(&long_done));
    lanes_stop(lanes);
    scene_end(&scene);
}

Test(slow, one_that_goes_on_takes_its_place_behind_others)
{
    struct scene scene;
    sem_t go, first_done, second_done;
    sem_init(&go, 0, 0);
    sem_init(&first_done, 0, 0);
    sem_init(&second_done, 0, 0);
    struct lanes *lanes = begin(&scene);
    struct item first = {.slow.run = run, .lanes = lanes, .wait = &go, .done = &first_done, .turns = TURNS};
    struct item second = {.slow.run = run, .done = &second_done};
    cr_assert(lane_compute_ahead(lanes, LANE_MINUTES, &first.slow));
    cr_assert(lane_compute_ahead(lanes, LANE_MINUTES, &second.slow));
    for (int i = 0; i <= TURNS; i++) {
        sem_post(&go);
    }
    cr_expect(comes(&first_done) && comes(&second_done));
    cr_expect_eq(second.order, 2, "after the first turn of the other, not after its last");
    cr_expect_eq(first.order, TURNS + 2);
    lanes_stop(lanes);
    scene_end(&scene);
}
