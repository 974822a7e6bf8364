#include "features/tafel/tafel_value_map_kept.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(value_map_kept, .fini = leaks_check);

static struct kept_maps *kept;

/* Made and kept, and no more held by who made it. */
static void keep(int32_t round, enum figures_view view, const char *key)
{
    struct kept_map *map = kept_map_create(round, view, key);
    map->survey_status = FIGURES_OK;
    kept_maps_keep(kept, map);
    kept_maps_release(kept, map);
}

static bool is_kept(const char *key)
{
    struct kept_map *map = kept_maps_find(kept, key);
    const bool found = map != NULL;
    if (map) {
        cr_expect_str_eq(map->key, key);
        kept_maps_release(kept, map);
    }
    return found;
}

Test(value_map_kept, a_map_is_found_by_all_that_it_depends_on)
{
    kept = kept_maps_create();
    cr_expect_not(is_kept("1 at 7"));
    keep(1, FIGURES_ANALYST, "1 at 7");
    cr_expect(is_kept("1 at 7"));
    cr_expect_not(is_kept("1 at 8"));
    kept_maps_destroy(kept);
}

Test(value_map_kept, one_of_each_round_and_view_stays)
{
    kept = kept_maps_create();
    keep(1, FIGURES_ANALYST, "1 at 7");
    keep(1, FIGURES_PUBLIC, "1 by release 2");
    keep(2, FIGURES_ANALYST, "2 at 7");
    keep(1, FIGURES_ANALYST, "1 at 8");
    cr_expect_not(is_kept("1 at 7"));
    cr_expect(is_kept("1 at 8"));
    cr_expect(is_kept("1 by release 2"));
    cr_expect(is_kept("2 at 7"));
    /* More rounds than there is room for: the longest kept go. */
    char key[16];
    for (int32_t round = 10; round < 10 + KEPT_MAPS; round++) {
        snprintf(key, sizeof key, "%d", (int)round);
        keep(round, FIGURES_ANALYST, key);
        cr_expect(is_kept(key));
    }
    cr_expect_not(is_kept("1 at 8"));
    kept_maps_destroy(kept);
}

Test(value_map_kept, who_holds_a_map_reads_on_when_it_is_replaced)
{
    kept = kept_maps_create();
    keep(1, FIGURES_ANALYST, "1 at 7");
    struct kept_map *held = kept_maps_find(kept, "1 at 7");
    keep(1, FIGURES_ANALYST, "1 at 8");
    cr_expect_str_eq(held->key, "1 at 7");
    cr_expect_eq(held->survey_status, FIGURES_OK);
    kept_maps_release(kept, held);
    kept_maps_destroy(kept);
}

Test(value_map_kept, what_nobody_kept_is_gone_with_who_made_it)
{
    kept = kept_maps_create();
    kept_maps_release(kept, kept_map_create(1, FIGURES_ANALYST, "1 at 7"));
    cr_expect_not(is_kept("1 at 7"));
    kept_maps_destroy(kept);
    kept_maps_destroy(NULL);
}
