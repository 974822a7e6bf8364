#include "features/tafel/tafel_value_map_kept.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(value_map_kept, .fini = leaks_check);

static struct kept_parts *parts;

/* Made and kept, and no more held by who made it. */
static void keep(enum kept_what kind, int32_t round, const char *key)
{
    struct kept *kept =
        kind == KEPT_TALKS ? &kept_talks_create(round, key)->kept : &kept_map_create(kind, round, key)->kept;
    kept_keep(parts, kept);
    kept_release(parts, kept);
}

static bool is_kept(const char *key)
{
    struct kept_map *map = kept_map_find(parts, key);
    const bool found = map != NULL;
    if (map) {
        cr_expect_str_eq(map->kept.key, key);
        kept_release(parts, &map->kept);
    }
    return found;
}

Test(value_map_kept, a_map_is_found_by_all_that_it_depends_on)
{
    parts = kept_parts_create();
    cr_expect_not(is_kept("1 at 7"));
    keep(KEPT_MAP_ANALYST, 1, "1 at 7");
    cr_expect(is_kept("1 at 7"));
    cr_expect_not(is_kept("1 at 8"));
    cr_expect_null(kept_talks_find(parts, "1 at 7"), "that is a map");
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
    parts = kept_parts_create();
    struct kept_map *map = kept_map_create(KEPT_MAP_ANALYST, 1, "1 at 7");
    map->talks = kept_talks_create(1, "talks of 1");
    map->talks->heard.conversations[0] = 60;
    kept_keep(parts, &map->talks->kept);
    kept_keep(parts, &map->kept);
    keep(KEPT_TALKS, 1, "other talks of 1");
    cr_expect_null(kept_talks_find(parts, "talks of 1"));
    cr_expect_eq(map->talks->heard.conversations[0], 60);
    kept_release(parts, &map->kept);
    keep(KEPT_MAP_ANALYST, 1, "1 at 8");
    cr_expect(is_kept("1 at 8"));
    struct kept_talks *talks = kept_talks_find(parts, "other talks of 1");
    cr_assert_not_null(talks);
    kept_release(parts, &talks->kept);
    kept_parts_destroy(parts);
}

Test(value_map_kept, who_holds_a_map_reads_on_when_it_is_replaced)
{
    parts = kept_parts_create();
    keep(KEPT_MAP_ANALYST, 1, "1 at 7");
    struct kept_map *held = kept_map_find(parts, "1 at 7");
    keep(KEPT_MAP_ANALYST, 1, "1 at 8");
    cr_expect_str_eq(held->kept.key, "1 at 7");
    kept_release(parts, &held->kept);
    kept_parts_destroy(parts);
}

Test(value_map_kept, what_nobody_kept_is_gone_with_who_made_it)
{
    parts = kept_parts_create();
    kept_release(parts, &kept_map_create(KEPT_MAP_ANALYST, 1, "1 at 7")->kept);
    cr_expect_not(is_kept("1 at 7"));
    kept_parts_destroy(parts);
    kept_parts_destroy(NULL);
}
