/* What differs between two documents, as a person is told it. */
#include "features/survey/survey_difference.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(difference, .fini = leaks_check);

static struct arena *arena;
static struct differences found;

static void find(const char *was, const char *is, size_t room, size_t bytes)
{
    json_t *old = was ? json_loads(was, JSON_DECODE_ANY, NULL) : NULL;
    json_t *new = is ? json_loads(is, JSON_DECODE_ANY, NULL) : NULL;
    arena = arena_create((size_t)16 * 1024 * 1024);
    found = differences_begin(arena, room, bytes);
    differences_add(&found, old, new);
    json_decref(old);
    json_decref(new);
}

/* NULL stands for what is not there. */
static void expect(size_t i, const char *place, const char *was, const char *is)
{
    cr_assert_lt(i, found.count);
    const struct difference *item = &found.items[i];
    cr_expect(slice_equal_cstr(item->place, place), "%.*s", SLICE_ARG(item->place));
    cr_expect(was ? item->was.ptr && slice_equal_cstr(item->was, was) : !item->was.ptr, "%s: %.*s", place,
              SLICE_ARG(item->was));
    cr_expect(is ? item->is.ptr && slice_equal_cstr(item->is, is) : !item->is.ptr, "%s: %.*s", place,
              SLICE_ARG(item->is));
}

Test(difference, is_told_by_place_with_what_it_was_and_is)
{
    find("{\"a\":{\"nl\":\"een\",\"en\":\"one\"},\"b\":1,\"d\":[1,2]}",
         "{\"a\":{\"nl\":\"twee\",\"en\":\"one\"},\"c\":{\"x\":true},\"d\":[1,3,4]}", 10, 1000);
    cr_assert_eq(found.count, 5);
    cr_expect_eq(found.all, 5);
    expect(0, "a / nl", "een", "twee");
    expect(1, "b", "1", NULL);
    expect(2, "c / x", NULL, "true");
    expect(3, "d / 2", "2", "3");
    expect(4, "d / 3", NULL, "4");
    arena_destroy(arena);
}

Test(difference, is_nothing_between_equals_and_everything_beside_nothing)
{
    find("{\"a\":[{\"b\":1}],\"c\":\"\"}", "{\"c\":\"\",\"a\":[{\"b\":1}]}", 10, 1000);
    cr_expect_eq(found.all, 0);
    arena_destroy(arena);
    find(NULL, "{\"a\":[{\"b\":1}],\"c\":{}}", 10, 1000);
    cr_assert_eq(found.count, 2);
    expect(0, "a / 1 / b", NULL, "1");
    expect(1, "c", NULL, "{}");
    arena_destroy(arena);
}

/* An entry that is put in does not make those behind it differ; another order does. */
Test(difference, of_lists_goes_by_code_where_there_is_one)
{
    find("[{\"code\":\"x\",\"t\":1},{\"code\":\"y\",\"t\":2}]",
         "[{\"code\":\"n\",\"t\":0},{\"code\":\"x\",\"t\":1},{\"code\":\"y\",\"t\":3}]", 10, 1000);
    cr_assert_eq(found.count, 4);
    expect(0, "", "[\"x\",\"y\"]", "[\"n\",\"x\",\"y\"]");
    expect(1, "n / code", NULL, "n");
    expect(2, "n / t", NULL, "0");
    expect(3, "y / t", "2", "3");
    arena_destroy(arena);
}

/* What does not fit is counted; the bytes of a picture are told by their hash (of "abc", FIPS 180-2). */
Test(difference, keeps_what_fits)
{
    find("{\"a\":1,\"b\":1,\"c\":1}", "{\"a\":2,\"b\":2,\"c\":2}", 2, 1000);
    cr_expect_eq(found.count, 2);
    cr_expect_eq(found.all, 3);
    arena_destroy(arena);
    find("{\"a\":1,\"b\":\"a long text\",\"c\":1}", "{\"a\":2,\"b\":2,\"c\":2}", 9, 10);
    cr_expect_eq(found.count, 1, "nothing after what was left out");
    cr_expect_eq(found.all, 3);
    arena_destroy(arena);
    find("{}", "{\"picture\":{\"data\":\"YWJj\"}}", 9, 1000);
    expect(0, "picture / data", NULL,
           "3 bytes, SHA-256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    arena_destroy(arena);
}
