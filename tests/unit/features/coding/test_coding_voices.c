#include "features/coding/coding_voices.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <math.h>

TestSuite(coding_voices, .fini = leaks_check);

enum { ARENA_MAX = 1 << 20 };

Test(coding_voices, somebody_counts_once_however_often_they_say_it)
{
    struct arena *arena = arena_create(ARENA_MAX);
    const struct coding_said said[] = {
        {0, 3, 1, CODING_FOR},
        {0, 3, 1, CODING_FOR},
        {0, 3, 1, CODING_UNCLEAR},
        {0, 5, 1, CODING_AGAINST},
        {0, CODING_NO_SPEAKER, 1, CODING_FOR},
        {1, 3, 1, CODING_FOR},
        {1, 3, 1, CODING_AGAINST},
        {1, 3, 0, CODING_CONDITIONAL},
    };
    struct coding_voices out[2 * 2];
    cr_assert(coding_voices_count(out, arena, said, sizeof said / sizeof said[0], 2, 2));
    cr_expect_eq(out[1].people, 2);
    cr_expect_eq(out[1].in_direction[CODING_FOR], 1);
    cr_expect_eq(out[1].in_direction[CODING_AGAINST], 1);
    cr_expect_eq(out[1].in_direction[CODING_UNCLEAR], 1);
    cr_expect(out[1].dissent);
    cr_expect_eq(out[3].people, 1);
    cr_expect_eq(out[3].in_direction[CODING_AGAINST], 1);
    cr_expect_not(out[3].dissent, "nobody differs with themselves");
    cr_expect_eq(out[2].people, 1);
    cr_expect_eq(out[0].people, 0);
    arena_destroy(arena);
}

Test(coding_voices, whoever_is_on_both_sides_differs_with_whoever_is_on_one)
{
    struct arena *arena = arena_create(ARENA_MAX);
    const struct coding_said said[] = {
        {0, 0, 0, CODING_FOR}, {0, 0, 0, CODING_AGAINST}, {0, 1, 0, CODING_FOR}};
    struct coding_voices out;
    cr_assert(coding_voices_count(&out, arena, said, 3, 1, 1));
    cr_expect(out.dissent);
    cr_assert(coding_voices_count(&out, arena, said, 1, 1, 1));
    cr_expect_not(out.dissent);
    arena_destroy(arena);
}

Test(coding_voices, refuses_what_is_out_of_range)
{
    struct arena *arena = arena_create(ARENA_MAX);
    struct coding_voices out[1];
    cr_expect_not(coding_voices_count(out, arena, &(struct coding_said){1, 0, 0, CODING_FOR}, 1, 1, 1));
    cr_expect_not(coding_voices_count(out, arena, &(struct coding_said){0, 0, 1, CODING_FOR}, 1, 1, 1));
    cr_expect(coding_voices_count(out, arena, NULL, 0, 1, 1));
    cr_expect_eq(out[0].people, 0);
    arena_destroy(arena);
}

Test(coding_voices, groups_are_counted_as_groups)
{
    struct arena *arena = arena_create(ARENA_MAX);
    const struct coding_said said[] = {{0, 0, 0, CODING_FOR},
                                       {0, 1, 0, CODING_AGAINST},
                                       {0, 2, 0, CODING_FOR},
                                       {1, 0, 0, CODING_FOR},
                                       {3, 0, 0, CODING_UNCLEAR}};
    const bool is_group[] = {true, true, true, false, false}, asked[] = {true, false, true, true, false};
    struct coding_voices voices[5];
    struct coding_reach reach;
    cr_assert(coding_voices_count(voices, arena, said, 5, 5, 1));
    coding_reach_count(&reach, voices, is_group, NULL, 5, 1, 0);
    cr_expect(reach.groups == 3 && reach.groups_with == 2 && reach.groups_divided == 1);
    cr_expect(reach.interviews == 2 && reach.interviews_with == 1);
    coding_reach_count(&reach, voices, is_group, asked, 5, 1, 0);
    cr_expect(reach.groups == 3, "who brought it up unasked counts");
    cr_expect(reach.interviews == 1 && reach.interviews_with == 1, "not asked is not silence");
    arena_destroy(arena);
}

Test(coding_voices, turns_are_shared)
{
    const struct coding_turn turns[] = {{0, 300}, {CODING_NO_SPEAKER, 5000}, {1, 100}, {0, 200}, {1, 0}};
    struct coding_turn_share out[3];
    struct coding_balance balance;
    cr_assert(coding_turns_count(out, &balance, turns, 5, 3));
    cr_expect(out[0].turns == 2 && out[0].length == 500 && out[1].turns == 2 && out[2].turns == 0);
    cr_expect_float_eq(out[0].share, 5.0 / 6, 1e-15);
    cr_expect_eq(balance.silent, 1);
    cr_expect_float_eq(balance.largest, 5.0 / 6, 1e-15);
    /* R: p <- c(5, 1) / 6; -sum(p * log(p)) / log(3) */
    cr_expect_float_eq(balance.evenness, 0.410118486307, 1e-12, "%.12g", balance.evenness);
    cr_expect_not(coding_turns_count(out, &balance, turns, 5, 1));
    cr_assert(coding_turns_count(out, &balance, turns, 0, 3));
    cr_expect(isnan(balance.evenness) && balance.silent == 3 && balance.largest == 0);
    const struct coding_turn even[] = {{0, 7}, {1, 7}, {2, 7}};
    cr_assert(coding_turns_count(out, &balance, even, 3, 3));
    cr_expect_float_eq(balance.evenness, 1, 1e-15);
}
