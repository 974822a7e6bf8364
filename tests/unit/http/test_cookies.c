#include "http/cookies.h"

#include "support/leaks.h"

#include <criterion/criterion.h>

static struct arena *arena;

static void setup(void)
{
    arena = arena_create(64 * 1024);
}

static void teardown(void)
{
    arena_destroy(arena);
    leaks_check();
}

TestSuite(cookies, .init = setup, .fini = teardown);

static void expect_cookie(const char *header, const char *name, const char *wanted)
{
    struct slice value;
    bool found = cookie_find(&value, slice_from_cstr(header), slice_from_cstr(name));
    cr_assert_eq(found, wanted != NULL, "%s in %s", name, header);
    if (wanted) {
        cr_assert(slice_equal_cstr(value, wanted), "%s in %s: %.*s", name, header, SLICE_ARG(value));
    }
}

Test(cookies, finds_by_exact_name)
{
    expect_cookie("a=1", "a", "1");
    expect_cookie("x=0; a=1; b=2", "a", "1");
    expect_cookie("x=0;a=1;b=2", "b", "2");
    expect_cookie("a=1; a=2", "a", "1");
    expect_cookie("a=x=y", "a", "x=y");
    expect_cookie("a=\"q\"", "a", "q");
    expect_cookie("a=", "a", "");
    expect_cookie(" a = 1 ;", "a", "1");
    expect_cookie("aa=1", "a", NULL);
    expect_cookie("A=1", "a", NULL);
    expect_cookie("a", "a", NULL);
    expect_cookie("", "a", NULL);
    expect_cookie(";;;=;", "a", NULL);
    expect_cookie("x=a=1", "a", NULL);
}

Test(cookies, writes_for_http)
{
    cr_assert_str_eq(cookie_format(arena, "taal", "en", 3600, false),
                     "taal=en; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax");
    cr_assert_str_eq(cookie_format(arena, "taal", "en", 0, false), "taal=en; Path=/; HttpOnly; SameSite=Lax");
}

Test(cookies, writes_for_https)
{
    cr_assert_str_eq(cookie_format(arena, "taal", "en", 0, true),
                     "__Host-taal=en; Path=/; HttpOnly; SameSite=Lax; Secure");
    cr_assert_str_eq(cookie_format(arena, "taal", "en", -1, true),
                     "__Host-taal=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure");
}

Test(cookies, refuses_what_would_break_out)
{
    static const char *const values[] = {"a;b",      "a b",  "a\r\nSet-Cookie: x=y", "a,b", "a\"b", "a\\b",
                                         "\xc3\xa9", "a\x7f"};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        cr_assert_null(cookie_format(arena, "a", values[i], 0, true), "%s", values[i]);
    }
    static const char *const names[] = {"", "a b", "a=b", "a;b", "a\n"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        cr_assert_null(cookie_format(arena, names[i], "x", 0, true), "%s", names[i]);
    }
}
