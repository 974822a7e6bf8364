#include "http/form.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <string.h>

static struct arena *arena;

static void setup(void)
{
    arena = arena_create(1024 * 1024);
}

static void teardown(void)
{
    arena_destroy(arena);
    leaks_check();
}

TestSuite(form, .init = setup, .fini = teardown);

static void expect_text(const char *in, bool plus, const char *wanted)
{
    struct slice out;
    enum form_fault fault = form_decode_text(&out, arena, slice_from_cstr(in), plus);
    cr_assert_eq(fault, FORM_OK, "%s", in);
    cr_assert(slice_equal_cstr(out, wanted), "%s became %.*s", in, SLICE_ARG(out));
}

static void expect_fault(struct slice in, enum form_fault wanted)
{
    struct slice out;
    cr_assert_eq(form_decode_text(&out, arena, in, true), wanted, "%.*s", SLICE_ARG(in));
}

Test(form, decodes_text)
{
    expect_text("", true, "");
    expect_text("gewoon", true, "gewoon");
    expect_text("a+b", true, "a b");
    expect_text("a+b", false, "a+b");
    expect_text("a%2Bb%20c", true, "a+b c");
    expect_text("%41%7a", true, "Az");
    expect_text("%e2%82%ac", true, "\xe2\x82\xac");
    expect_text("%25%32%35", true, "%25"); /* once, not twice */
}

Test(form, refuses_bad_escapes)
{
    expect_fault(SLICE("%"), FORM_BAD_ESCAPE);
    expect_fault(SLICE("%4"), FORM_BAD_ESCAPE);
    expect_fault(SLICE("abc%"), FORM_BAD_ESCAPE);
    expect_fault(SLICE("%g0"), FORM_BAD_ESCAPE);
    expect_fault(SLICE("%0x"), FORM_BAD_ESCAPE);
    expect_fault(SLICE("%+1"), FORM_BAD_ESCAPE);
}

Test(form, refuses_nul_and_bad_utf8)
{
    expect_fault(SLICE("a%00b"), FORM_NUL);
    expect_fault(SLICE("a\0b"), FORM_NUL);
    expect_fault(SLICE("%ff"), FORM_BAD_UTF8);
    expect_fault(SLICE("\xc3"), FORM_BAD_UTF8);
    expect_fault(SLICE("%c0%af"), FORM_BAD_UTF8); /* an overlong slash */
    expect_fault(SLICE("%ed%a0%80"), FORM_BAD_UTF8);
}

Test(form, decodes_pairs_in_order)
{
    struct http_field *fields;
    size_t count;
    cr_assert_eq(form_decode_pairs(&fields, &count, arena, SLICE("a=1&&b=x%26y&a=2&c&d=p=q&=leeg&"), 10),
                 FORM_OK);
    static const char *const wanted[][2] = {{"a", "1"}, {"b", "x&y"}, {"a", "2"},
                                            {"c", ""},  {"d", "p=q"}, {"", "leeg"}};
    cr_assert_eq(count, 6);
    for (size_t i = 0; i < count; i++) {
        cr_assert(slice_equal_cstr(fields[i].name, wanted[i][0]), "name %zu", i);
        cr_assert(slice_equal_cstr(fields[i].value, wanted[i][1]), "value %zu", i);
    }
}

Test(form, bounds_pairs)
{
    struct http_field *fields;
    size_t count;
    cr_assert_eq(form_decode_pairs(&fields, &count, arena, SLICE("a&b&c"), 3), FORM_OK);
    cr_assert_eq(form_decode_pairs(&fields, &count, arena, SLICE("a&b&c&d"), 3), FORM_TOO_MANY);
    cr_assert_eq(form_decode_pairs(&fields, &count, arena, SLICE("a=%zz"), 3), FORM_BAD_ESCAPE);
    cr_assert_eq(form_decode_pairs(&fields, &count, arena, SLICE("%zz=a"), 3), FORM_BAD_ESCAPE);
    cr_assert_eq(form_decode_pairs(&fields, &count, arena, SLICE(""), 3), FORM_OK);
    cr_assert_eq(count, 0);
}

static void expect_target(const char *target, const char *wanted_path, const char *wanted_query)
{
    struct slice path;
    struct slice query;
    cr_assert(form_split_target(&path, &query, arena, slice_from_cstr(target)), "%s", target);
    cr_assert(slice_equal_cstr(path, wanted_path), "%s: path %.*s", target, SLICE_ARG(path));
    cr_assert(slice_equal_cstr(query, wanted_query), "%s: query %.*s", target, SLICE_ARG(query));
}

Test(form, splits_targets)
{
    expect_target("/", "/", "");
    expect_target("/a/b?c=d%20e&f", "/a/b", "c=d%20e&f");
    expect_target("/a?b?c", "/a", "b?c");
    expect_target("/%61%20b+c", "/a b+c", "");
    expect_target("/caf%C3%A9", "/caf\xc3\xa9", "");
    expect_target("http://voorbeeld.nl/a?b", "/a", "b");
    expect_target("HTTPS://voorbeeld.nl:8080", "/", "");
    expect_target("http://voorbeeld.nl?b", "/", "b");
}

Test(form, refuses_targets)
{
    static const char *const bad[] = {
        "",          "*",
        "a/b",       "voorbeeld.nl:443",
        "ftp://a/b", "http:///a",
        "/a b",      "/a\tb",
        "/a#b",      "/a%2Fb",
        "/a%2fb",    "/a%00",
        "/a%0a",     "/a%7F",
        "/a%",       "/a%4",
        "/a%zz",     "/%ff",
        "/%c0%ae",   "/\x7f",
        "http://",   "/a%0d%0aSet-Cookie:x",
    };
    struct slice path;
    struct slice query;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_assert_not(form_split_target(&path, &query, arena, slice_from_cstr(bad[i])), "%s", bad[i]);
    }
}
