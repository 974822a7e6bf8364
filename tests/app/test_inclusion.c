/* The trees of who is counted, from the log: in one pass or in many the same; once a day, and not without
 * need. That the proofs are sound is tested from outside: tests/api/inclusion.test.mjs. */
#include "app/release_scene.h"

#include "base/clock.h"
#include "support/database.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(inclusion, .fini = leaks_check, .timeout = 110);

enum { PEOPLE = 3000, ONE_DAY_S = 86400 };
static struct release_scene scene;

static enum db_status read_newest(struct db_tx *tx, void *context)
{
    return inclusion_newest(context, tx, scene.round->id);
}

static struct inclusion_root newest(void)
{
    struct inclusion_root root;
    cr_assert_eq(db_transaction_read_only(scene.conn, "test", DB_ROLE_INTAKE, read_newest, &root), DB_OK);
    return root;
}

static void make(int64_t now_s, int64_t least, size_t at_once)
{
    cr_assert_eq(inclusion_make(scene.conn, scene.place.keys, scene.round, now_s, least, at_once), DB_OK);
}

Test(inclusion, many_passes_make_the_tree_of_one)
{
    release_scene_make(&scene, RELEASE_CONSULTATION, PUBLIC_ROUND);
    people_add_random(&scene, PEOPLE);
    respondent_withdraw(&scene, 7);
    make(clock_unix_s(), 10, INCLUSION_AT_ONCE);
    const struct inclusion_root one = newest();
    cr_expect_eq(one.size, PEOPLE - 1);
    cr_expect_eq(place_count(&scene.place, "SELECT count(*) FROM zs.inclusion_chunk"), 3);
    test_sql(scene.place.owner,
             "ALTER TABLE zs.inclusion_root DISABLE TRIGGER USER; DELETE FROM zs.inclusion_root");
    make(clock_unix_s(), 10, 200);
    const struct inclusion_root many = newest();
    cr_expect_eq(many.day, one.day);
    cr_expect_eq(many.size, one.size);
    cr_expect_arr_eq(many.root.bytes, one.root.bytes, sizeof one.root.bytes);
    release_scene_remove(&scene);
}

Test(inclusion, comes_once_a_day_when_the_log_moved_and_enough_people_answered)
{
    const int64_t now_s = clock_unix_s();
    release_scene_make(&scene, RELEASE_CONSULTATION, PUBLIC_ROUND);
    make(now_s, 10, INCLUSION_AT_ONCE);
    cr_expect_eq(newest().id, 0, "of nobody there is none");
    people_add_random(&scene, 9);
    make(now_s, 10, INCLUSION_AT_ONCE);
    cr_expect_eq(newest().id, 0, "nor of too few");
    cr_expect_eq(place_count(&scene.place, "SELECT count(*) FROM zs.inclusion_chunk"), 0);
    people_add_random(&scene, 3);
    make(now_s, 10, INCLUSION_AT_ONCE);
    const struct inclusion_root first = newest();
    cr_expect_eq(first.size, 12);
    people_add_random(&scene, 3);
    make(now_s, 10, INCLUSION_AT_ONCE);
    cr_expect_eq(newest().id, first.id, "one a day");
    make(now_s + ONE_DAY_S, 10, INCLUSION_AT_ONCE);
    const struct inclusion_root second = newest();
    cr_expect_eq(second.size, 15);
    cr_expect_eq(second.day, first.day + 1);
    make(now_s + 2 * ONE_DAY_S, 10, INCLUSION_AT_ONCE);
    cr_expect_eq(newest().id, second.id, "nothing moved");
    release_scene_remove(&scene);
}

Test(inclusion, a_leaf_is_of_one_response_one_day_and_one_round)
{
    unsigned char data[INCLUSION_DATA_BYTES], other[INCLUSION_DATA_BYTES];
    release_scene_make(&scene, RELEASE_CONSULTATION, PUBLIC_ROUND);
    const struct survey_round *second = survey_round_find(scene.snapshot, SLICE(ANALYSTS_ROUND));
    const struct crypto_keys *keys = scene.place.keys;
    inclusion_data(data, keys, scene.round, 20000, SLICE("0123456789abcdef"));
    inclusion_data(other, keys, scene.round, 20001, SLICE("0123456789abcdef"));
    cr_expect_arr_neq(data, other, sizeof data);
    inclusion_data(other, keys, second, 20000, SLICE("0123456789abcdef"));
    cr_expect_arr_neq(data, other, sizeof data);
    inclusion_data(other, keys, scene.round, 20000, SLICE("0123456789abcdeg"));
    cr_expect_arr_neq(data, other, sizeof data);
    inclusion_data(other, keys, scene.round, 20000, SLICE("0123456789abcdef"));
    cr_expect_arr_eq(data, other, sizeof data);
    release_scene_remove(&scene);
}
