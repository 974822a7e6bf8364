#include "http/negotiate.h"

#include <criterion/criterion.h>

static const char *const offers[] = {"application/json", "text/csv", NULL};

static void expect_accept(const char *accept, const char *wanted)
{
    const char *chosen = negotiate_accept(slice_from_cstr(accept), offers);
    if (wanted) {
        cr_assert(chosen, "%s", accept);
        cr_assert_str_eq(chosen, wanted, "%s", accept);
    } else {
        cr_assert_null(chosen, "%s", accept);
    }
}

Test(negotiate, chooses_a_media_type)
{
    expect_accept("*/*", "application/json");
    expect_accept("text/csv", "text/csv");
    expect_accept("TEXT/CSV", "text/csv");
    expect_accept("text/*", "text/csv");
    expect_accept("application/json;q=0.5, text/csv", "text/csv");
    expect_accept("application/json; q=0.5 , text/csv;q=0.5", "application/json");
    expect_accept("text/html, */*;q=0.1", "application/json");
    expect_accept("*/*;q=0.9, application/json;q=0", "text/csv");
    expect_accept("application/json;version=1", "application/json");
    expect_accept("application/*;q=0.2, text/csv;q=0.1", "application/json");
    expect_accept(",, text/csv", "text/csv");
}

Test(negotiate, refuses_what_is_not_there)
{
    expect_accept("text/html", NULL);
    expect_accept("text/csv;q=0", NULL);
    expect_accept("image/*, text/html", NULL);
    expect_accept("json", NULL);
    expect_accept("text/csv;q=2", NULL);
    expect_accept("text/csv;q=0.1234", NULL);
    expect_accept("text/csv;q=", NULL);
    expect_accept("text/csv;q=a", NULL);
}

static void expect_language(const char *header, const char *wanted)
{
    const char *chosen = negotiate_language(slice_from_cstr(header));
    cr_assert_str_eq(chosen ? chosen : "-", wanted, "%s", header);
}

Test(negotiate, chooses_a_language)
{
    expect_language("nl", "nl");
    expect_language("en-GB,en;q=0.9", "en");
    expect_language("de, en;q=0.5, nl;q=0.4", "en");
    expect_language("en;q=0.5, NL-be;q=0.8", "nl");
    expect_language("de", "-");
    expect_language("nl;q=0", "-");
    expect_language("*", "nl");
    expect_language("", "-");
    expect_language("english", "-");
}

Test(negotiate, knows_gzip)
{
    cr_assert(negotiate_gzip(SLICE("gzip, deflate, br")));
    cr_assert(negotiate_gzip(SLICE("br;q=1, GZIP;q=0.1")));
    cr_assert(negotiate_gzip(SLICE("*")));
    cr_assert_not(negotiate_gzip(SLICE("gzip;q=0, *")));
    cr_assert_not(negotiate_gzip(SLICE("identity")));
    cr_assert_not(negotiate_gzip(SLICE("")));
}

Test(negotiate, compares_entity_tags)
{
    cr_assert(negotiate_etag_matches(SLICE("\"a\""), SLICE("\"a\"")));
    cr_assert(negotiate_etag_matches(SLICE("\"x\", W/\"a\""), SLICE("\"a\"")));
    cr_assert(negotiate_etag_matches(SLICE("\"a\""), SLICE("W/\"a\"")));
    cr_assert(negotiate_etag_matches(SLICE(" * "), SLICE("\"a\"")));
    cr_assert_not(negotiate_etag_matches(SLICE("\"b\""), SLICE("\"a\"")));
    cr_assert_not(negotiate_etag_matches(SLICE("a"), SLICE("\"a\"")));
    cr_assert_not(negotiate_etag_matches(SLICE(""), SLICE("\"a\"")));
}

Test(negotiate, knows_a_body_by_its_type)
{
    static const char *const json[] = {"application/json", "Application/JSON ; charset=utf-8",
                                       "application/json;charset=\"UTF-8\"", "application/json;profile=x"};
    for (size_t i = 0; i < sizeof json / sizeof json[0]; i++) {
        cr_assert(negotiate_is_media_type(slice_from_cstr(json[i]), "application/json"), "%s", json[i]);
    }
    static const char *const other[] = {"",
                                        "application/jsonx",
                                        "text/json",
                                        "application/json;charset=latin1",
                                        "application/json, text/csv",
                                        "application/problem+json"};
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        cr_assert_not(negotiate_is_media_type(slice_from_cstr(other[i]), "application/json"), "%s", other[i]);
    }
}
