#include "base/slice.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct slice of(const char *cstr)
{
    return slice_from_cstr(cstr);
}

Test(slice, equality)
{
    const struct slice none = {NULL, 0};
    cr_assert(slice_equal(none, SLICE("")));
    cr_assert(slice_equal(none, slice_from_cstr(NULL)));
    cr_assert(slice_equal((struct slice){"a\0b", 3}, (struct slice){"a\0b", 3}));
    cr_assert_not(slice_equal((struct slice){"a\0b", 3}, (struct slice){"a\0c", 3}));
    cr_assert_not(slice_equal(SLICE("a"), SLICE("ab")));
    cr_assert(slice_equal_cstr(SLICE("stem"), "stem"));
    cr_assert(slice_equal_nocase(SLICE("Content-TYPE"), SLICE("content-type")));
    cr_assert_not(slice_equal_nocase(SLICE("@"), SLICE("`")), "they differ by the same bit as A and a");
    cr_assert_not(slice_equal_nocase(SLICE("["), SLICE("{")));
    cr_assert_not(slice_equal_nocase(SLICE("\xc3\x89"), SLICE("\xc3\xa9")), "ASCII letters only");
}

Test(slice, order)
{
    cr_assert_lt(slice_compare(SLICE("a"), SLICE("b")), 0);
    cr_assert_lt(slice_compare(SLICE("a"), SLICE("aa")), 0);
    cr_assert_gt(slice_compare(SLICE("\xff"), SLICE("a")), 0, "bytes are unsigned");
    cr_assert_eq(slice_compare((struct slice){NULL, 0}, SLICE("")), 0);
    cr_assert_lt(slice_compare((struct slice){NULL, 0}, SLICE("a")), 0);
}

Test(slice, ends)
{
    cr_assert(slice_starts_with(SLICE("abc"), SLICE("ab")));
    cr_assert(slice_starts_with(SLICE("abc"), (struct slice){NULL, 0}));
    cr_assert_not(slice_starts_with(SLICE("ab"), SLICE("abc")));
    cr_assert(slice_equal_cstr(slice_trim(SLICE(" \t\r\n\v\f a b \n")), "a b"));
    cr_assert_eq(slice_trim(SLICE(" \n ")).len, 0);
    cr_assert_eq(slice_trim((struct slice){NULL, 0}).len, 0);
}

Test(slice, cut)
{
    struct slice head;
    struct slice rest;
    cr_assert(slice_cut(&head, &rest, SLICE("a=b=c"), '='));
    cr_assert(slice_equal_cstr(head, "a") && slice_equal_cstr(rest, "b=c"));
    cr_assert(slice_cut(&head, &rest, SLICE("a="), '='));
    cr_assert(slice_equal_cstr(head, "a") && rest.len == 0);
    cr_assert(slice_cut(&head, &rest, SLICE("="), '='));
    cr_assert(head.len == 0 && rest.len == 0);
    cr_assert_not(slice_cut(&head, &rest, SLICE("abc"), '='));
    cr_assert(slice_equal_cstr(head, "abc") && rest.len == 0);
    cr_assert_not(slice_cut(&head, &rest, (struct slice){NULL, 0}, '='));
    /* Over a list, the rest being the list itself. */
    struct slice list = SLICE("1,2,,3");
    unsigned count = 0;
    for (; list.len > 0; count++) {
        slice_cut(&head, &list, list, ',');
    }
    cr_assert_eq(count, 4);
}

Test(slice, unsigned_numbers)
{
    static const struct {
        const char *text;
        uint64_t max, value;
    } good[] = {{"0", 0, 0},
                {"7", 7, 7},
                {"0007", 7, 7},
                {"000000000000000000000000000000012", 99, 12},
                {"18446744073709551615", UINT64_MAX, UINT64_MAX},
                {"9223372036854775808", UINT64_MAX, UINT64_C(9223372036854775808)}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        uint64_t value = 99;
        cr_assert(slice_to_u64(&value, of(good[i].text), good[i].max), "%s", good[i].text);
        cr_assert_eq(value, good[i].value, "%s", good[i].text);
    }
    static const struct {
        const char *text;
        uint64_t max;
    } bad[] = {{"", 9},
               {"8", 7},
               {"-1", 9},
               {"+1", 9},
               {" 1", 9},
               {"1 ", 9},
               {"1.", 9},
               {"0x1", 9},
               {"1e1", 99},
               {"\xd9\xa1", 9}, /* an Arabic-Indic one */
               {"18446744073709551616", UINT64_MAX},
               {"18446744073709551620", UINT64_MAX},
               {"99999999999999999999", UINT64_MAX},
               {"184467440737095516150", UINT64_MAX}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint64_t value = 99;
        cr_assert_not(slice_to_u64(&value, of(bad[i].text), bad[i].max), "%s", bad[i].text);
        cr_assert_eq(value, 99, "out is left alone: %s", bad[i].text);
    }
    uint64_t value;
    cr_assert_not(slice_to_u64(&value, (struct slice){"1\0", 2}, 99));
    cr_assert_not(slice_to_u64(&value, (struct slice){NULL, 0}, 99));
}

Test(slice, signed_numbers)
{
    int64_t value = 0;
    cr_assert(slice_to_i64(&value, of("9223372036854775807"), INT64_MIN, INT64_MAX) && value == INT64_MAX);
    cr_assert(slice_to_i64(&value, of("-9223372036854775808"), INT64_MIN, INT64_MAX) && value == INT64_MIN);
    cr_assert(slice_to_i64(&value, of("-9223372036854775807"), INT64_MIN, INT64_MAX) && value == -INT64_MAX);
    cr_assert(slice_to_i64(&value, of("-0"), -1, 1) && value == 0);
    cr_assert(slice_to_i64(&value, of("-5"), -5, -5) && value == -5);
    value = 99;
    static const char *const bad[] = {
        "", "-", "--1", "+1", "- 1", "9223372036854775808", "-9223372036854775809", "-99999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_assert_not(slice_to_i64(&value, of(bad[i]), INT64_MIN, INT64_MAX), "%s", bad[i]);
    }
    cr_assert_not(slice_to_i64(&value, of("-6"), -5, 5));
    cr_assert_not(slice_to_i64(&value, of("6"), -5, 5));
    cr_assert_eq(value, 99);
}

Test(slice, printing)
{
    char text[16];
    snprintf(text, sizeof text, "<%.*s>", SLICE_ARG(((struct slice){"abc", 2})));
    cr_assert_str_eq(text, "<ab>");
    snprintf(text, sizeof text, "<%.*s>", SLICE_ARG(((struct slice){NULL, 0})));
    cr_assert_str_eq(text, "<>");
}
