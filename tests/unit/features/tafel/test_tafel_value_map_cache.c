#include "features/tafel/tafel_value_map_kept.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

TestSuite(value_map_kept, .fini = leaks_check);

static struct kept_parts *parts;

static struct kept *hold(bool *to_make, enum kept_what kind, int32_t round, const char *key)
{
    return kind == KEPT_TALKS ? &kept_talks_hold(to_make, parts, round, key)->kept
                              : &kept_map_hold(to_make, parts, kind, round, key)->kept;
}

/* Made and kept, and no more held by who made it. */
static void keep(enum kept_what kind, int32_t round, const char *key)
{
    bool to_make;
    struct kept *kept = hold(&to_make, kind, round, key);
    cr_expect(to_make);
    kept_made(parts, kept, true);
    kept_release(parts, kept);
}

static bool kind_is_kept(enum kept_what kind, const char *key)
{
    bool to_make;
    struct kept *kept = hold(&to_make, kind, 1, key);
    cr_expect_str_eq(kept->key, key);
    if (to_make) {
        kept_made(parts, kept, false);
    }
    kept_release(parts, kept);
    return !to_make;
}

static bool is_kept(const char *key)
{
    return kind_is_kept(KEPT_MAP_ANALYST, key);
}

Test(value_map_kept, a_map_is_found_by_all_that_it_depends_on)
{
    parts = kept_parts_create();
    cr_expect_not(is_kept("1 at 7"));
    keep(KEPT_MAP_ANALYST, 1, "1 at 7");
    cr_expect(is_kept("1 at 7"));
    cr_expect_not(is_kept("1 at 8"));
    cr_expect_not(kind_is_kept(KEPT_TALKS, "1 at 7"), "that is a map");
    kept_parts_destroy(parts);
}

Test(value_map_kept, one_of_each_round_and_kind_stays)
{
    char key[16];
    parts = kept_parts_create();
    keep(KEPT_MAP_ANALYST, 1, "1 at 7");
    keep(KEPT_MAP_PUBLIC, 1, "1 by release 2");
    keep(KEPT_MAP_ANALYST, 2, "2 at 7");
    keep(KEPT_TALKS, 1, "talks of 1");
    keep(KEPT_MAP_ANALYST, 1, "1 at 8");
    cr_expect_not(is_kept("1 at 7"));
    cr_expect(is_kept("1 at 8"));
    cr_expect(is_kept("1 by release 2"));
    cr_expect(is_kept("2 at 7"));
    /* More rounds than there is room for: the longest kept go. */
    for (int32_t round = 10; round < 10 + KEPT_PARTS; round++) {
        snprintf(key, sizeof key, "%d", (int)round);
        keep(KEPT_MAP_ANALYST, round, key);
        cr_expect(is_kept(key));
    }
    cr_expect_not(is_kept("1 at 8"));
    kept_parts_destroy(parts);
}

/* Responses come in: the map is made anew, of the same conversations. */
Test(value_map_kept, conversations_stay_for_as_long_as_a_map_is_made_of_them)
{
    bool to_make;
    parts = kept_parts_create();
    struct kept_map *map = kept_map_hold(&to_make, parts, KEPT_MAP_ANALYST, 1, "1 at 7");
    map->talks = kept_talks_hold(&to_make, parts, 1, "talks of 1");
    map->talks->heard.conversations[0] = 60;
    kept_made(parts, &map->talks->kept, true);
    kept_made(parts, &map->kept, true);
    keep(KEPT_TALKS, 1, "other talks of 1");
    cr_expect_not(kind_is_kept(KEPT_TALKS, "talks of 1"));
    cr_expect_eq(map->talks->heard.conversations[0], 60);
    kept_release(parts, &map->kept);
    keep(KEPT_MAP_ANALYST, 1, "1 at 8");
    cr_expect(is_kept("1 at 8"));
    cr_expect(kind_is_kept(KEPT_TALKS, "other talks of 1"));
    kept_parts_destroy(parts);
}

Test(value_map_kept, who_holds_a_map_reads_on_when_it_is_replaced)
{
    bool to_make;
    parts = kept_parts_create();
    keep(KEPT_MAP_ANALYST, 1, "1 at 7");
    struct kept *held = hold(&to_make, KEPT_MAP_ANALYST, 1, "1 at 7");
    cr_expect_not(to_make);
    keep(KEPT_MAP_ANALYST, 1, "1 at 8");
    cr_expect_str_eq(held->key, "1 at 7");
    kept_release(parts, held);
    kept_parts_destroy(parts);
}

/* ---- many at once ---- */

enum { ASKERS = 8 };
static pthread_barrier_t together;
static atomic_int made, bad;

static void *ask(void *arg)
{
    bool to_make;
    (void)arg;
    pthread_barrier_wait(&together);
    struct kept_map *map = kept_map_hold(&to_make, parts, KEPT_MAP_PUBLIC, 1, "1 by release 2");
    if (to_make) {
        const bool good = atomic_fetch_sub(&bad, 1) <= 0;
        atomic_fetch_add(&made, 1);
        map->talks = NULL;
        map->survey_status = FIGURES_OK;
        map->map.application_count = 9;
        kept_made(parts, &map->kept, good);
    }
    cr_expect_eq(map->map.application_count, 9, "nobody is given one that is half made");
    kept_release(parts, &map->kept);
    return NULL;
}

static int makers(int first_are_bad)
{
    pthread_t threads[ASKERS];
    parts = kept_parts_create();
    atomic_store(&made, 0);
    atomic_store(&bad, first_are_bad);
    pthread_barrier_init(&together, NULL, ASKERS);
    for (size_t i = 0; i < ASKERS; i++) {
        cr_assert_eq(pthread_create(&threads[i], NULL, ask, NULL), 0);
    }
    for (size_t i = 0; i < ASKERS; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&together);
    kept_parts_destroy(parts);
    return atomic_load(&made);
}

Test(value_map_kept, what_many_ask_for_at_once_is_made_by_one)
{
    for (int round = 0; round < 50; round++) {
        cr_assert_eq(makers(0), 1);
    }
}

Test(value_map_kept, who_waited_for_one_that_came_to_nothing_makes_it_anew)
{
    for (int round = 0; round < 20; round++) {
        cr_assert_eq(makers(3), 4);
    }
}

Test(value_map_kept, what_nobody_kept_is_gone_with_who_made_it)
{
    parts = kept_parts_create();
    cr_expect_not(is_kept("1 at 7"), "nor was it kept by this");
    cr_expect_not(is_kept("1 at 7"));
    kept_parts_destroy(parts);
    kept_parts_destroy(NULL);
}
