/* Truth: jansson, through json_parse, for every document below that both may read. */
#include "support.h"

#include "base/buffer.h"

#include <stdio.h>

TestSuite(flat, .init = setup, .fini = teardown);

/* NULL where anything is at fault. */
static const struct flat_member *parse(size_t *count, struct slice text)
{
    errors.count = 0;
    const struct flat_member *members = flat_parse(count, &errors, arena, text, 100);
    cr_assert(members || errors.count > 0, "%.*s", SLICE_ARG(text));
    return errors.count == 0 ? members : NULL;
}

static struct flat_value only_value(const char *text)
{
    size_t count = 0;
    const struct flat_member *members = parse(&count, slice_from_cstr(text));
    cr_assert_not_null(members, "%s: %s", text, errors.count ? errors.items[0].detail : "");
    cr_assert_eq(count, 1);
    return members[0].value;
}

Test(flat, gives_members_in_their_order)
{
    size_t count;
    const struct flat_member *m = parse(
        &count,
        SLICE(
            "\t{\"b\": 1 ,\r\n\"a\":-7,\"\":\"\",\"t\":true,\"f\":false,\"n\":null,\"l\":[1,\"x\",null,true],"
            "\"e\":[ ]} \n"));
    cr_assert_not_null(m);
    cr_assert_eq(count, 8);
    cr_assert(slice_equal_cstr(m[0].name, "b") && m[0].value.kind == FLAT_INT && m[0].value.integer == 1);
    cr_assert(slice_equal_cstr(m[1].name, "a") && m[1].value.integer == -7);
    cr_assert(m[2].name.len == 0 && m[2].value.kind == FLAT_STRING && m[2].value.string.len == 0);
    cr_assert(m[3].value.kind == FLAT_BOOL && m[3].value.integer == 1);
    cr_assert(m[4].value.kind == FLAT_BOOL && m[4].value.integer == 0);
    cr_assert_eq(m[5].value.kind, FLAT_NULL);
    cr_assert(m[6].value.kind == FLAT_ARRAY && m[6].value.item_count == 4);
    cr_assert(m[6].value.items[0].integer == 1 && slice_equal_cstr(m[6].value.items[1].string, "x"));
    cr_assert(m[6].value.items[2].kind == FLAT_NULL && m[6].value.items[3].kind == FLAT_BOOL);
    cr_assert(m[7].value.kind == FLAT_ARRAY && m[7].value.item_count == 0);
    cr_assert_not_null(parse(&count, SLICE("{}")));
    cr_assert_eq(count, 0);
}

Test(flat, unescapes_strings)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
        {"\"\\u0041\\u00e9\\u20AC\\uFFFF\"", "A\xc3\xa9\xe2\x82\xac\xef\xbf\xbf"},
        {"\"\\ud83c\\uDF31\"", "\xf0\x9f\x8c\xb1"},
        {"\"\\ud800\\udc00\\udbff\\udfff\"", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"},
        {"\"\\u0001\\u001f\\u007f\\u0080\"", "\x01\x1f\x7f\xc2\x80"},
        {"\"abcdefgh\\nijklmnopqrst\\\\\\\\u0041\"", "abcdefgh\nijklmnopqrst\\\\u0041"},
        {"\"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8c\xb1\"", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8c\xb1"},
        {"\"\xc3\xa9\\n\xc3\xa9\"", "\xc3\xa9\n\xc3\xa9"},
        {"\"\x7f{}[],:\"", "\x7f{}[],:"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[200];
        snprintf(text, sizeof text, "{\"a\": %s}", cases[i].text);
        struct flat_value value = only_value(text);
        cr_assert_eq(value.kind, FLAT_STRING);
        cr_assert(slice_equal_cstr(value.string, cases[i].wanted), "%s gives %.*s", text,
                  SLICE_ARG(value.string));
        /* As a name too. */
        size_t count;
        snprintf(text, sizeof text, "{%s: 1}", cases[i].text);
        const struct flat_member *members = parse(&count, slice_from_cstr(text));
        cr_assert(members && slice_equal_cstr(members[0].name, cases[i].wanted), "%s", text);
    }
}

Test(flat, every_place_of_a_special_byte_in_a_string)
{
    /* Around the borders of the eight bytes that are looked at together. */
    for (size_t len = 0; len < 40; len++) {
        for (size_t at = 0; at <= len; at++) {
            char text[100];
            char wanted[100];
            memset(text, 'a', sizeof text);
            memset(wanted, 'a', sizeof wanted);
            memcpy(text, "{\"k\":\"", 6);
            memcpy(text + 6 + at, "\\n", 2);
            memcpy(text + 6 + len + 2, "\"}", 3);
            wanted[at] = '\n';
            wanted[len + 1] = '\0';
            cr_assert(slice_equal_cstr(only_value(text).string, wanted), "%s", text);
            memcpy(text + 6 + at, "\xc3\xa9", 2);
            cr_assert_eq(utf8_length(only_value(text).string), len + 1);
            size_t count;
            memcpy(text + 6 + at, "\xc3z", 2);
            cr_assert_null(parse(&count, slice_from_cstr(text)));
            expect_error(0, "", "utf-8");
            memcpy(text + 6 + at, "z\x1f", 2);
            cr_assert_null(parse(&count, slice_from_cstr(text)));
            expect_error(0, "", "json");
        }
    }
}

Test(flat, whole_numbers_to_their_ends)
{
    cr_assert_eq(only_value("{\"a\":9223372036854775807}").integer, INT64_MAX);
    cr_assert_eq(only_value("{\"a\":-9223372036854775808}").integer, INT64_MIN);
    cr_assert_eq(only_value("{\"a\":-0}").integer, 0);
    size_t count;
    cr_assert_null(parse(&count, SLICE("{\"a\":1,\"b\":9223372036854775808}")));
    expect_error(0, "/b", "bereik");
    cr_assert_null(parse(&count, SLICE("{\"a\":[0,-9223372036854775809]}")));
    expect_error(0, "/a/1", "bereik");
}

Test(flat, names_the_member_whose_value_it_cannot_take)
{
    static const struct {
        const char *text, *pointer, *code;
    } cases[] = {{"{\"a\":1,\"b/c\":1.5}", "/b~1c", "type"},
                 {"{\"a\":1e3}", "/a", "type"},
                 {"{\"a\":1E3}", "/a", "type"},
                 {"{\"a\":-1.0}", "/a", "type"},
                 {"{\"a\":[1,2,3.5]}", "/a/2", "type"},
                 {"{\"a\":{\"b\":1}}", "/a", "type"},
                 {"{\"a\":[1,[2]]}", "/a/1", "type"},
                 {"{\"a\":[{}]}", "/a/0", "type"},
                 {"{\"a\":1,\"b\":2,\"a\":3}", "/a", "dubbel"},
                 {"{\"a\":1,\"\\u0061\":2}", "/a", "dubbel"},
                 {"{\"\":1,\"\":2}", "/", "dubbel"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t count = 7;
        cr_assert_null(parse(&count, slice_from_cstr(cases[i].text)), "%s", cases[i].text);
        expect_error(0, cases[i].pointer, cases[i].code);
        cr_assert_eq(errors.count, 1);
    }
}

Test(flat, says_where_a_document_is_malformed)
{
    static const struct {
        const char *text, *line, *what;
    } cases[] = {{"", "regel 1, teken 1:", "te vroeg"},
                 {"[]", "regel 1, teken 1:", "begint met {"},
                 {"{\"a\"\n  ;1}", "regel 2, teken 3:", "dubbele punt"},
                 {"{\"\xc3\xa9\xc3\xa9\": x}", "regel 1, teken 8:", "hier hoort een waarde"},
                 {"{\"a\":1 \"b\":2}", "regel 1, teken 8:", "komma, of een }"},
                 {"{\"a\":[1 2]}", "regel 1, teken 9:", "komma, of een ]"},
                 {"{\"a\":1,}", "regel 1, teken 8:", "veldnaam"},
                 {"{a:1}", "regel 1, teken 2:", "veldnaam"},
                 {"{\"a\":1} x", "regel 1, teken 9:", "laat weg"},
                 {"{\"a\":\"\\x\"}", "regel 1, teken 8:", "na een \\"},
                 {"{\"a\":\"\\u00g0\"}", "regel 1, teken 8:", "na een \\"},
                 {"{\"a\":\"\\u0000\"}", "regel 1, teken 8:", "\\u0000"},
                 {"{\"a\":\"\\udc00\"}", "regel 1, teken 8:", "surrogaat"},
                 {"{\"a\":\"\\ud800x\"}", "regel 1, teken 8:", "surrogaat"},
                 {"{\"a\":\"x\ny\"}", "regel 1, teken 8:", "stuurteken"},
                 {"{\"a\":01}", "regel 1, teken 6:", "schrijf een getal"},
                 {"{\"a\":-}", "regel 1, teken 7:", "schrijf een getal"},
                 {"{\"a\":\"x", "regel 1, teken 8:", "te vroeg"},
                 {"{\"a\":tru}", "regel 1, teken 6:", "hier hoort een waarde"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t count;
        cr_assert_null(parse(&count, slice_from_cstr(cases[i].text)), "%s", cases[i].text);
        expect_error(0, "", "json");
        const char *detail = errors.items[0].detail;
        cr_assert(strstr(detail, cases[i].line) && strstr(detail, cases[i].what), "%s: %s", cases[i].text,
                  detail);
    }
}

Test(flat, reads_what_jansson_reads_and_refuses_what_it_refuses)
{
    static const struct slice documents[] = {
        SLICE_INIT(""),
        SLICE_INIT(" "),
        SLICE_INIT("{"),
        SLICE_INIT("}"),
        SLICE_INIT("{}"),
        SLICE_INIT("{}}"),
        SLICE_INIT("{} "),
        SLICE_INIT("{}\0"),
        SLICE_INIT("\0{}"),
        SLICE_INIT("{\0}"),
        SLICE_INIT("\xef\xbb\xbf{}"),
        SLICE_INIT("\v{}"),
        SLICE_INIT("\xc2\xa0{}"),
        SLICE_INIT("{,}"),
        SLICE_INIT("{\"a\"}"),
        SLICE_INIT("{\"a\":}"),
        SLICE_INIT("{\"a\":1,}"),
        SLICE_INIT("{\"a\":1,,\"b\":2}"),
        SLICE_INIT("{\"a\":1;\"b\":2}"),
        SLICE_INIT("{\"a\" 1}"),
        SLICE_INIT("{\"a\"::1}"),
        SLICE_INIT("{'a':1}"),
        SLICE_INIT("{1:1}"),
        SLICE_INIT("{null:1}"),
        SLICE_INIT("{\"a\":1} {}"),
        SLICE_INIT("{\"a\":1}#"),
        SLICE_INIT("{\"a\":/**/1}"),
        SLICE_INIT("{\"a\":+1}"),
        SLICE_INIT("{\"a\":--1}"),
        SLICE_INIT("{\"a\":- 1}"),
        SLICE_INIT("{\"a\":00}"),
        SLICE_INIT("{\"a\":-01}"),
        SLICE_INIT("{\"a\":0x1}"),
        SLICE_INIT("{\"a\":1a}"),
        SLICE_INIT("{\"a\":.5}"),
        SLICE_INIT("{\"a\":NaN}"),
        SLICE_INIT("{\"a\":Infinity}"),
        SLICE_INIT("{\"a\":-Infinity}"),
        SLICE_INIT("{\"a\":True}"),
        SLICE_INIT("{\"a\":truefalse}"),
        SLICE_INIT("{\"a\":nul}"),
        SLICE_INIT("{\"a\":null1}"),
        SLICE_INIT("{\"a\":\"\t\"}"),
        SLICE_INIT("{\"a\":\"\x7f\"}"),
        SLICE_INIT("{\"a\":\"\0\"}"),
        SLICE_INIT("{\"a\":\"\\\0\"}"),
        SLICE_INIT("{\"a\":\"\\'\"}"),
        SLICE_INIT("{\"a\":\"\\U0041\"}"),
        SLICE_INIT("{\"a\":\"\\u004\"}"),
        SLICE_INIT("{\"a\":\"\\u+041\"}"),
        SLICE_INIT("{\"a\":\"\\ud800\\u0041\"}"),
        SLICE_INIT("{\"a\":\"\\ud800\\ud800\"}"),
        SLICE_INIT("{\"a\":\"\\udc00\\ud800\"}"),
        SLICE_INIT("{\"a\":\"\\ud83c\\udf3\"}"),
        SLICE_INIT("{\"a\":\"\\ud83c\\n\"}"),
        SLICE_INIT("{\"a\":\"\\ufffe\\uffff\\ufdd0\"}"),
        SLICE_INIT("{\"a\":\"\xef\xbf\xbf\"}"),
        SLICE_INIT("{\"a\":\"\xed\xa0\x80\"}"),
        SLICE_INIT("{\"a\":\"\xf5\x80\x80\x80\"}"),
        SLICE_INIT("{\"a\":\"\xc0\x80\"}"),
        SLICE_INIT("{\"a\":\"\xe2\x82\"}"),
        SLICE_INIT("{\"a\":[1,]}"),
        SLICE_INIT("{\"a\":[,1]}"),
        SLICE_INIT("{\"a\":[1 2]}"),
        SLICE_INIT("{\"a\":[1}"),
        SLICE_INIT("{\"a\":[1]]}"),
        SLICE_INIT("{\"a\":[\"x\",\"\",null,true,false,-0,10]}"),
        SLICE_INIT("{\"a\":1,\"a\":1}"),
        SLICE_INIT("{\"a\":1,\"\\u0061\":1}"),
        SLICE_INIT("{\"\xc3\xa9\":1,\"\\u00e9\":1}"),
        SLICE_INIT("{\"a\":1,\"A\":1}"),
        SLICE_INIT("{\"a\\u0000b\":1}"),
        SLICE_INIT("{\"\":\"\"}"),
        SLICE_INIT("{\"a\":9223372036854775807,\"b\":-9223372036854775808}"),
        SLICE_INIT("{\"a\":9223372036854775808}"),
        SLICE_INIT("{\"a\":-9223372036854775809}"),
        SLICE_INIT("{\"a\":123456789012345678901234567890}"),
        SLICE_INIT("null"),
        SLICE_INIT("1"),
        SLICE_INIT("\"a\""),
    };
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        size_t count;
        bool flat = parse(&count, documents[i]) != NULL;
        bool whole = json_parse(&errors, arena, documents[i]) != NULL;
        cr_assert_eq(flat, whole, "document %zu: %.*s", i, SLICE_ARG(documents[i]));
    }
}

/* {"0":0,"1":1,...}, `count` members. */
static struct slice numbered(size_t count)
{
    struct buffer text;
    buffer_init(&text, 1 << 20);
    for (size_t i = 0; i < count; i++) {
        buffer_printf(&text, "%c\"%zu\":%zu", i ? ',' : '{', i, i);
    }
    buffer_append_byte(&text, '}');
    struct slice copy = arena_copy(arena, buffer_slice(&text));
    buffer_free(&text);
    return copy;
}

Test(flat, bounds_the_members)
{
    size_t count;
    for (size_t members = 1; members <= 100; members++) {
        const struct flat_member *m = parse(&count, numbered(members));
        cr_assert(m && count == members);
        for (size_t i = 0; i < members; i++) {
            cr_assert_eq(m[i].value.integer, (int64_t)i);
        }
    }
    cr_assert_null(parse(&count, numbered(101)));
    expect_error(0, "", "bereik");
    cr_assert_not_null(strstr(errors.items[0].detail, "100"));
    cr_assert_null(flat_parse(&count, &errors, arena, SLICE("{\"a\":1}"), 0));
    cr_assert_not_null(flat_parse(&count, &errors, arena, SLICE("{}"), 0));
}

Test(flat, bounds_a_list)
{
    for (size_t items = 63; items <= 65; items++) {
        char text[400] = "{\"a\":[0";
        for (size_t i = 1; i < items; i++) {
            memcpy(text + strlen(text), ",0", 3);
        }
        memcpy(text + strlen(text), "]}", 3);
        size_t count;
        const struct flat_member *m = parse(&count, slice_from_cstr(text));
        cr_assert_eq(m != NULL, items <= 64);
        cr_assert(!m || m[0].value.item_count == items);
    }
    expect_error(0, "/a", "bereik");
}

Test(flat, goes_on_after_what_is_not_of_the_text)
{
    size_t count;
    errors.count = 0;
    const struct flat_member *m = flat_parse(&count, &errors, arena,
                                             SLICE("{\"a\":1,\"b\":{\"x\":[\"}\",{}]},\"a\":\"z\",\"c\":1."
                                                   "5e3,\"d\":[1,[2],3],\"e\":99999999999999999999,"
                                                   "\"a\":3,\"f\":\"goed\",\"f\":null}"),
                                             100);
    cr_assert_not_null(m);
    cr_assert_eq(errors.count, 6);
    expect_error(0, "/b", "type");
    expect_error(1, "/c", "type");
    expect_error(2, "/d/1", "type");
    expect_error(3, "/e", "bereik");
    expect_error(4, "/a", "dubbel");
    expect_error(5, "/f", "dubbel");
    cr_assert_eq(count, 6);
    cr_assert(slice_equal_cstr(m[0].name, "a") && m[0].value.integer == 1);
    for (size_t i = 1; i < 5; i++) {
        cr_assert_eq(m[i].value.kind, FLAT_NULL);
    }
    cr_assert(slice_equal_cstr(m[5].name, "f") && slice_equal_cstr(m[5].value.string, "goed"));
}

Test(flat, a_text_that_breaks_after_a_fault_is_no_text)
{
    static const char *const texts[] = {"{\"a\":{\"b\":1", "{\"a\":1.5,\"b\" 1}", "{\"a\":[[\"\xff\"]]}",
                                        "{\"a\":[1,{]}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        size_t count;
        errors.count = 0;
        cr_assert_null(flat_parse(&count, &errors, arena, slice_from_cstr(texts[i]), 100));
        cr_assert_eq(errors.count, 2, "%s", texts[i]);
        cr_assert_neq(errors.items[0].pointer[0], '\0');
        cr_assert_eq(errors.items[1].pointer[0], '\0');
    }
}

Test(flat, keeps_no_more_faults_than_there_is_room_for)
{
    struct buffer text;
    size_t count;
    buffer_init(&text, 1 << 20);
    buffer_append_byte(&text, '{');
    for (size_t i = 0; i < 4000; i++) {
        buffer_printf(&text, "%s\"%zu\":1", i ? "," : "", i / 2);
    }
    buffer_append_byte(&text, '}');
    errors.count = 0;
    cr_assert_not_null(flat_parse(&count, &errors, arena, buffer_slice(&text), 5000));
    cr_assert_eq(count, 2000);
    cr_assert_eq(errors.count, 2000);
    cr_assert_eq(json_errors_kept(&errors), JSON_MAX_ERRORS);
    buffer_free(&text);
}

Test(flat, its_memory_follows_the_text)
{
    size_t count;
    size_t before = arena_used(arena);
    cr_assert_not_null(flat_parse(&count, &errors, arena, SLICE("{\"a\":1}"), 100000));
    cr_assert_lt(arena_used(arena) - before, 5000);
    /* 20 000 strings with an escape each: no more than each of them and its member need. */
    struct buffer text;
    buffer_init(&text, 1 << 20);
    for (size_t i = 0; i < 20000; i++) {
        buffer_printf(&text, "%c\"\\n%zu\":\"\\n\"", i ? ',' : '{', i);
    }
    buffer_append_byte(&text, '}');
    before = arena_used(arena);
    cr_assert_not_null(flat_parse(&count, &errors, arena, buffer_slice(&text), 100000));
    cr_assert_eq(count, 20000);
    cr_assert_lt(arena_used(arena) - before, 6000000);
    buffer_free(&text);
}

Test(flat, reads_no_byte_behind_the_text)
{
    static const char document[] =
        "{\"naam\":\"\\ud83c\\udf31 \xc3\xa9 tekst\",\"lijst\":[true,-12,null],\"n\":123}";
    for (size_t len = 0; len < sizeof document - 1; len++) {
        /* A piece of memory of exactly this length, so that the sanitizer sees one byte too far. */
        char *copy = malloc(len ? len : 1);
        size_t count;
        memcpy(copy, document, len);
        cr_assert_null(flat_parse(&count, &errors, arena, (struct slice){copy, len}, 10));
        free(copy);
    }
    size_t count;
    cr_assert_not_null(flat_parse(&count, &errors, arena, slice_from_cstr(document), 10));
    cr_assert_null(flat_parse(&count, &errors, arena, (struct slice){NULL, 0}, 10));
}
