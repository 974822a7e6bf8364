#include "features/tafel/tafel_value_map_cache.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

TestSuite(value_map_cache, .fini = leaks_check);

static struct map_cache *parts;

static struct cached *hold(bool *to_make, enum cached_what kind, int32_t round, const char *key)
{
    return kind == CACHED_TALKS ? &map_cache_talks(to_make, parts, round, key)->entry
                                : &map_cache_map(to_make, parts, kind, round, key)->entry;
}

/* Made and entry, and no more held by who made it. */
static void keep(enum cached_what kind, int32_t round, const char *key)
{
    bool to_make;
    struct cached *entry = hold(&to_make, kind, round, key);
    cr_expect(to_make);
    map_cache_made(parts, entry, true);
    map_cache_release(parts, entry);
}

static bool kind_is_kept(enum cached_what kind, const char *key)
{
    bool to_make;
    struct cached *entry = hold(&to_make, kind, 1, key);
    cr_expect_str_eq(entry->key, key);
    if (to_make) {
        map_cache_made(parts, entry, false);
    }
    map_cache_release(parts, entry);
    return !to_make;
}

static bool is_kept(const char *key)
{
    return kind_is_kept(CACHED_MAP_ANALYST, key);
}

Test(value_map_cache, a_map_is_found_by_all_that_it_depends_on)
{
    parts = map_cache_create();
    cr_expect_not(is_kept("1 at 7"));
    keep(CACHED_MAP_ANALYST, 1, "1 at 7");
    cr_expect(is_kept("1 at 7"));
    cr_expect_not(is_kept("1 at 8"));
    cr_expect_not(kind_is_kept(CACHED_TALKS, "1 at 7"), "that is a map");
    map_cache_destroy(parts);
}

Test(value_map_cache, one_of_each_round_and_kind_stays)
{
    char key[16];
    parts = map_cache_create();
    keep(CACHED_MAP_ANALYST, 1, "1 at 7");
    keep(CACHED_MAP_PUBLIC, 1, "1 by release 2");
    keep(CACHED_MAP_ANALYST, 2, "2 at 7");
    keep(CACHED_TALKS, 1, "talks of 1");
    keep(CACHED_MAP_ANALYST, 1, "1 at 8");
    cr_expect_not(is_kept("1 at 7"));
    cr_expect(is_kept("1 at 8"));
    cr_expect(is_kept("1 by release 2"));
    cr_expect(is_kept("2 at 7"));
    /* More rounds than there is room for: the longest kept go. */
    for (int32_t round = 10; round < 10 + MAP_CACHE_PARTS; round++) {
        snprintf(key, sizeof key, "%d", (int)round);
        keep(CACHED_MAP_ANALYST, round, key);
        cr_expect(is_kept(key));
    }
    cr_expect_not(is_kept("1 at 8"));
    map_cache_destroy(parts);
}

/* Responses come in: the map is made anew, of the same conversations. */
Test(value_map_cache, conversations_stay_for_as_long_as_a_map_is_made_of_them)
{
    bool to_make;
    parts = map_cache_create();
    struct cached_map *map = map_cache_map(&to_make, parts, CACHED_MAP_ANALYST, 1, "1 at 7");
    map->talks = map_cache_talks(&to_make, parts, 1, "talks of 1");
    map->talks->heard.conversations[0] = 60;
    map_cache_made(parts, &map->talks->entry, true);
    map_cache_made(parts, &map->entry, true);
    keep(CACHED_TALKS, 1, "other talks of 1");
    cr_expect_not(kind_is_kept(CACHED_TALKS, "talks of 1"));
    cr_expect_eq(map->talks->heard.conversations[0], 60);
    map_cache_release(parts, &map->entry);
    keep(CACHED_MAP_ANALYST, 1, "1 at 8");
    cr_expect(is_kept("1 at 8"));
    cr_expect(kind_is_kept(CACHED_TALKS, "other talks of 1"));
    map_cache_destroy(parts);
}

Test(value_map_cache, who_holds_a_map_reads_on_when_it_is_replaced)
{
    bool to_make;
    parts = map_cache_create();
    keep(CACHED_MAP_ANALYST, 1, "1 at 7");
    struct cached *held = hold(&to_make, CACHED_MAP_ANALYST, 1, "1 at 7");
    cr_expect_not(to_make);
    keep(CACHED_MAP_ANALYST, 1, "1 at 8");
    cr_expect_str_eq(held->key, "1 at 7");
    map_cache_release(parts, held);
    map_cache_destroy(parts);
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
    struct cached_map *map = map_cache_map(&to_make, parts, CACHED_MAP_PUBLIC, 1, "1 by release 2");
    if (to_make) {
        const bool good = atomic_fetch_sub(&bad, 1) <= 0;
        atomic_fetch_add(&made, 1);
        map->talks = NULL;
        map->survey_status = FIGURES_OK;
        map->map.application_count = 9;
        map_cache_made(parts, &map->entry, good);
    }
    cr_expect_eq(map->map.application_count, 9, "nobody is given one that is half made");
    map_cache_release(parts, &map->entry);
    return NULL;
}

static int makers(int first_are_bad)
{
    pthread_t threads[ASKERS];
    parts = map_cache_create();
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
    map_cache_destroy(parts);
    return atomic_load(&made);
}

Test(value_map_cache, what_many_ask_for_at_once_is_made_by_one)
{
    for (int round = 0; round < 50; round++) {
        cr_assert_eq(makers(0), 1);
    }
}

Test(value_map_cache, who_waited_for_one_that_came_to_nothing_makes_it_anew)
{
    for (int round = 0; round < 20; round++) {
        cr_assert_eq(makers(3), 4);
    }
}

Test(value_map_cache, what_nobody_kept_is_gone_with_who_made_it)
{
    parts = map_cache_create();
    cr_expect_not(is_kept("1 at 7"), "nor was it kept by this");
    cr_expect_not(is_kept("1 at 7"));
    map_cache_destroy(parts);
    map_cache_destroy(NULL);
}
