/* Truth: the examples of RFC 8785, and ICU's comparison of UTF-16 code units. */
#include "support.h"

#include "base/buffer.h"

#include <stdint.h>
#include <stdio.h>
#include <unicode/ustring.h>

TestSuite(json_canonical, .init = setup, .fini = teardown);

/* Ends the test unless the document's canonical form is this; NULL: it has none. */
static void expect_canonical(const char *document, const char *wanted)
{
    struct buffer out;
    const json_t *value = json_parse(&errors, arena, slice_from_cstr(document));
    cr_assert_not_null(value, "%s", document);
    buffer_init(&out, 10000);
    bool good = json_canonical(&out, value);
    cr_assert_eq(good, wanted != NULL, "%s", document);
    if (good) {
        cr_assert_str_eq(out.ptr, wanted);
    }
    buffer_free(&out);
}

Test(json_canonical, strings_as_rfc_8785_section_3_2_2)
{
    /* The RFC's example without its numbers, which are no whole ones. */
    expect_canonical(
        "{\n  \"string\": \"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\",\n"
        "  \"literals\": [null, true, false]\n}",
        "{\"literals\":[null,true,false],\"string\":\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
    expect_canonical("[\"\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f\\u007f\\u0080\\u2028\\ud83d\\ude00\"]",
                     "[\"\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f\x7f\xc2\x80\xe2\x80\xa8\xf0\x9f\x98\x80\"]");
}

Test(json_canonical, sorting_as_rfc_8785_section_3_2_3)
{
    expect_canonical("{\"\\u20ac\": \"Euro Sign\", \"\\r\": \"Carriage Return\","
                     " \"\\ufb33\": \"Hebrew Letter Dalet With Dagesh\", \"1\": \"One\","
                     " \"\\ud83d\\ude00\": \"Emoji: Grinning Face\", \"\\u0080\": \"Control\","
                     " \"\\u00f6\": \"Latin Small Letter O With Diaeresis\"}",
                     "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\","
                     "\"\xc3\xb6\":\"Latin Small Letter O With Diaeresis\",\"\xe2\x82\xac\":\"Euro Sign\","
                     "\"\xf0\x9f\x98\x80\":\"Emoji: Grinning Face\","
                     "\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}");
}

Test(json_canonical, structure)
{
    expect_canonical("{}", "{}");
    expect_canonical("[ ]", "[]");
    expect_canonical("[56, {\"d\": true, \"10\": null, \"1\": [ ]}]",
                     "[56,{\"1\":[],\"10\":null,\"d\":true}]");
    expect_canonical("{\"aa\": 1, \"a\": 2, \"\": 3, \"b\": {\"z\": [], \"y\": [[]]}}",
                     "{\"\":3,\"a\":2,\"aa\":1,\"b\":{\"y\":[[]],\"z\":[]}}");
}

Test(json_canonical, numbers)
{
    expect_canonical("[0, -0, 1, -1, 9007199254740991, -9007199254740991]",
                     "[0,0,1,-1,9007199254740991,-9007199254740991]");
    expect_canonical("[9007199254740992]", NULL);
    expect_canonical("[-9007199254740992]", NULL);
    expect_canonical("[9223372036854775807]", NULL);
    expect_canonical("[1.5]", NULL);
    expect_canonical("{\"a\": [{\"b\": 1.0}]}", NULL);
}

Test(json_canonical, is_its_own_canonical_form)
{
    struct buffer first;
    struct buffer second;
    buffer_init(&first, 10000);
    buffer_init(&second, 10000);
    const json_t *document =
        json_parse(&errors, arena, SLICE("{\"b\": [1, \"\\u00e9\\n\"], \"a\": {\"\\ud83d\\ude00\": null}}"));
    cr_assert(json_canonical(&first, document));
    cr_assert(json_canonical(&second, json_parse(&errors, arena, buffer_slice(&first))));
    cr_assert_str_eq(first.ptr, second.ptr);
    buffer_free(&first);
    buffer_free(&second);
}

Test(json_canonical, a_buffer_that_is_too_small_is_a_failure)
{
    struct buffer out;
    buffer_init(&out, 5);
    cr_assert_not(json_canonical(&out, json_parse(&errors, arena, SLICE("[\"abcdef\"]"))));
    buffer_free(&out);
}

/* Keys of a few code points from both sides of the surrogates. */
static void random_key(char *out, size_t size, uint32_t *state)
{
    static const UChar32 points[] = {0x1,    0x41,   0x7F,   0x80,    0x7FF,   0x800,   0xD7FF,
                                     0xE000, 0xFFFD, 0xFFFF, 0x10000, 0x1F331, 0x10FFFF};
    UChar units[16];
    int32_t len = 0;
    int32_t written;
    UErrorCode error = U_ZERO_ERROR;
    for (unsigned i = 0; i < 5; i++) {
        *state = *state * 1664525u + 1013904223u;
        UChar32 c = points[(*state >> 16) % (sizeof points / sizeof points[0])];
        U16_APPEND_UNSAFE(units, len, c);
        if ((*state >> 8) % 3 == 0) {
            break;
        }
    }
    u_strToUTF8(out, (int32_t)size, &written, units, len, &error);
    cr_assert(U_SUCCESS(error));
}

static int by_code_units(const char *a, const char *b)
{
    UChar x[32];
    UChar y[32];
    UErrorCode error = U_ZERO_ERROR;
    u_strFromUTF8(x, 32, NULL, a, -1, &error);
    u_strFromUTF8(y, 32, NULL, b, -1, &error);
    cr_assert(U_SUCCESS(error));
    return u_strCompare(x, -1, y, -1, false);
}

Test(json_canonical, keys_are_sorted_as_icu_sorts_code_units)
{
    uint32_t state = 7;
    for (unsigned round = 0; round < 300; round++) {
        json_t *object = json_object();
        struct buffer out;
        buffer_init(&out, 100000);
        for (unsigned i = 0; i < 20; i++) {
            char key[64];
            random_key(key, sizeof key, &state);
            json_object_set_new(object, key, json_null());
        }
        cr_assert(json_canonical(&out, object));
        /* The flat decoder keeps the order of the text. */
        size_t count;
        const struct flat_member *members = flat_parse(&count, &errors, arena, buffer_slice(&out), 64);
        cr_assert_not_null(members);
        cr_assert_eq(count, json_object_size(object));
        for (size_t i = 1; i < count; i++) {
            const char *before = arena_cstr(arena, members[i - 1].name);
            cr_assert_lt(by_code_units(before, arena_cstr(arena, members[i].name)), 0);
        }
        buffer_free(&out);
        json_decref(object);
    }
}
