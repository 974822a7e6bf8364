/* Answers that are kept: found while they are there, the longest unused first to go, never more than
 * promised. */
#include "lane/kept.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(kept_answers, .fini = leaks_check);

enum { ROOM = 8000, BODY = 600 };

static struct slice key_of(char out[16], int number)
{
    snprintf(out, 16, "key %d", number);
    return slice_from_cstr(out);
}

static void keep(struct kept_answers *kept, int number, size_t size)
{
    char key[16], body[ROOM];
    memset(body, 'a' + number % 26, sizeof body);
    const struct slice parts[KEPT_PARTS] = {[KEPT_KEY] = key_of(key, number),
                                            [KEPT_BODY] = {body, size},
                                            [KEPT_TAG] = SLICE("-1.2"),
                                            [KEPT_WHAT] = SLICE("houding"),
                                            [KEPT_NAME] = {NULL, 0}};
    kept_answers_keep(kept, parts);
}

static bool has(struct kept_answers *kept, int number)
{
    char key[16];
    const struct kept_answer *answer = kept_answers_find(kept, key_of(key, number));
    kept_answer_release(answer);
    return answer != NULL;
}

Test(kept_answers, are_found_by_their_key_as_they_were)
{
    char key[16];
    struct kept_answers *kept = kept_answers_create(ROOM);
    cr_expect_null(kept_answers_find(kept, key_of(key, 1)));
    keep(kept, 1, BODY);
    const struct kept_answer *answer = kept_answers_find(kept, key_of(key, 1));
    cr_assert_not_null(answer);
    cr_expect_eq(answer->parts[KEPT_BODY].len, BODY);
    cr_expect_eq(answer->parts[KEPT_BODY].ptr[BODY - 1], 'b');
    cr_expect_str_eq(answer->parts[KEPT_WHAT].ptr, "houding");
    cr_expect(slice_equal_cstr(answer->parts[KEPT_TAG], "-1.2"));
    cr_expect_eq(answer->parts[KEPT_NAME].len, 0);
    cr_expect_not(has(kept, 11), "no key is found by a part of it");
    /* Who holds it has it, whatever becomes of the place. */
    kept_answers_forget(kept);
    cr_expect_not(has(kept, 1));
    kept_answers_destroy(kept);
    cr_expect_eq(answer->parts[KEPT_BODY].ptr[0], 'b');
    kept_answer_release(answer);
}

Test(kept_answers, go_when_there_is_no_room_the_longest_unused_first)
{
    struct kept_answers *kept = kept_answers_create(ROOM);
    for (int i = 0; i < 4; i++) {
        keep(kept, i, BODY);
    }
    cr_expect(has(kept, 0));
    for (int i = 4; i < 16; i++) {
        keep(kept, i, BODY);
        cr_expect(has(kept, 0), "asked for after %d", i);
    }
    cr_expect_not(has(kept, 1));
    cr_expect_not(has(kept, 2));
    cr_expect(has(kept, 15));
    kept_answers_destroy(kept);
}

Test(kept_answers, are_no_more_than_there_are_places)
{
    enum { MANY = 400 };
    int found = 0;
    struct kept_answers *kept = kept_answers_create(ROOM * MANY);
    for (int i = 0; i < MANY; i++) {
        keep(kept, i, 1);
    }
    for (int i = 0; i < MANY; i++) {
        found += has(kept, i);
    }
    cr_expect_eq(found, 256);
    cr_expect(has(kept, MANY - 1));
    cr_expect_not(has(kept, 0));
    kept_answers_destroy(kept);
}

Test(kept_answers, are_not_large_and_not_twice)
{
    char key[16];
    struct kept_answers *kept = kept_answers_create(ROOM);
    keep(kept, 1, ROOM / 8);
    cr_expect_not(has(kept, 1), "with what stands around it, it is more than an eighth");
    keep(kept, 2, BODY);
    keep(kept, 2, 5);
    const struct kept_answer *answer = kept_answers_find(kept, key_of(key, 2));
    cr_assert_not_null(answer);
    cr_expect_eq(answer->parts[KEPT_BODY].len, BODY);
    kept_answer_release(answer);
    kept_answers_destroy(kept);
}
