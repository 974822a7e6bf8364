#include "support.h"

TestSuite(json_parse, .init = setup, .fini = teardown);

static void expect_refused(struct slice text, const char *code, const char *in_detail)
{
    errors.count = 0;
    cr_assert_null(json_parse(&errors, arena, text), "%.*s", SLICE_ARG(text));
    cr_assert_eq(errors.count, 1);
    expect_error(0, "", code);
    cr_assert_not_null(strstr(errors.items[0].detail, in_detail), "%.*s: %s", SLICE_ARG(text),
                       errors.items[0].detail);
}

Test(json_parse, gives_the_document)
{
    const json_t *document =
        json_parse(&errors, arena, SLICE(" {\"a\": [1, -2.5e3, \"\\u20ac\\ud83c\\udf31\"]}\n"));
    cr_assert_not_null(document);
    const json_t *list = json_object_get(document, "a");
    cr_assert_eq(json_integer_value(json_array_get(list, 0)), 1);
    cr_assert_float_eq(json_real_value(json_array_get(list, 1)), -2500, 1e-9);
    cr_assert_str_eq(json_string_value(json_array_get(list, 2)), "\xe2\x82\xac\xf0\x9f\x8c\xb1");
    cr_assert_not_null(json_parse(&errors, arena, SLICE("[]")));
    cr_assert_eq(errors.count, 0);
}

Test(json_parse, says_where_and_what)
{
    expect_refused((struct slice){NULL, 0}, "json", "houdt te vroeg op");
    expect_refused(SLICE(""), "json", "houdt te vroeg op");
    expect_refused(SLICE("{\"a\": 1,\n \"b\": }"), "json", "regel 2, teken");
    expect_refused(SLICE("{\"a\": 1"), "json", "houdt te vroeg op");
    expect_refused(SLICE("{} {}"), "json", "laat weg wat na het einde");
    expect_refused(SLICE("[1]\0"), "json", "teken 4: laat de nulbyte weg");
    expect_refused(SLICE("{\n \"a\": [0\0]}"), "json", "regel 2, teken 9: laat de nulbyte weg");
    expect_refused(SLICE("{\"a\": 1, \"a\": 2}"), "json", "twee keer");
    expect_refused(SLICE("{\"a\": \"x\\u0000y\"}"), "json", "\\u0000");
    expect_refused(SLICE("{\"a\\u0000\": 1}"), "json", "\\u0000");
    expect_refused(SLICE("{\"a\": 9223372036854775808}"), "json", "te groot");
    expect_refused(SLICE("{\"a\": 1e999}"), "json", "te groot");
    expect_refused(SLICE("{\"a\": \"\x01\"}"), "json", "regel 1");
    expect_refused(SLICE("{'a': 1}"), "json", "aanhalingstekens");
    expect_refused(SLICE("{\"a\": 1,}"), "json", "komma");
    expect_refused(SLICE("\"text\""), "json", "regel 1");
    expect_refused(SLICE("null"), "json", "regel 1");
    expect_refused(SLICE("\xef\xbb\xbf{}"), "json", "regel 1");
    expect_refused(SLICE("{\"a\": \"\xff\"}"), "utf-8", "UTF-8");
    expect_refused(SLICE("{\"a\": \"\xed\xa0\x80\"}"), "utf-8", "UTF-8");
    expect_refused(SLICE("{\"a\": \"\xc0\xaf\"}"), "utf-8", "UTF-8");
    expect_refused(SLICE("{\"a\": \"\\ud800\"}"), "json", "regel 1");
}

Test(json_parse, nests_to_32_levels_and_no_deeper)
{
    char text[200];
    for (size_t depth = 31; depth <= 33; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        errors.count = 0;
        bool good = json_parse(&errors, arena, (struct slice){text, 2 * depth}) != NULL;
        cr_assert_eq(good, depth <= 32, "%zu levels", depth);
    }
    expect_error(0, "", "json");
    cr_assert_not_null(strstr(errors.items[0].detail, "32"));
    /* Brackets within strings are no levels, whatever is escaped before them. */
    cr_assert_not_null(json_parse(
        &errors, arena, SLICE("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\\\",\"\\\"[[[[[[[[[[[[[[[[[\"]")));
    /* A megabyte of brackets costs neither stack nor time. */
    static char many[1 << 20];
    memset(many, '[', sizeof many);
    cr_assert_null(json_parse(&errors, arena, (struct slice){many, sizeof many}));
    memset(many, '{', sizeof many);
    cr_assert_null(json_parse(&errors, arena, (struct slice){many, sizeof many}));
}
