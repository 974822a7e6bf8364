#include "http/route.h"

#include "support/leaks.h"

#include <criterion/criterion.h>

static void nothing(struct http_exchange *ex, const void *cookie)
{
    (void)ex;
    (void)cookie;
}

#define GET_ROUTE(text, who)                                                                                 \
    {                                                                                                        \
        .method = HTTP_GET, .path = (text), .surface = (who), .run = nothing                                 \
    }

static const struct http_rate rates[] = {{.name = "code", .per_s = 1, .burst = 5}};
static const struct http_route good[] = {
    GET_ROUTE("/", HTTP_PAGE),
    GET_ROUTE("/v1/rondes", HTTP_API),
    GET_ROUTE("/v1/rondes/{ronde}", HTTP_API),
    GET_ROUTE("/v1/rondes/actueel", HTTP_API),
    {.method = HTTP_POST,
     .path = "/v1/rondes/{code}",
     .surface = HTTP_API,
     .body = HTTP_BODY_JSON,
     .body_max = 10,
     .rate = "code",
     .query = "een, twee",
     .produces = "application/json, text/csv",
     .run = nothing},
    GET_ROUTE("/v1/{soort}/{id}/delen", HTTP_API),
    GET_ROUTE("/v1/rondes/{ronde}/{deel}", HTTP_API),
    {.method = HTTP_GET,
     .path = "/assets/{naam}",
     .surface = HTTP_PLAIN,
     .rate = HTTP_UNLIMITED,
     .run = nothing},
    {.method = HTTP_DELETE, .path = "/alleen-weg", .surface = HTTP_PAGE, .run = nothing},
};
static struct route_table *table;

static void setup(void)
{
    char fault[256] = "";
    table = route_table_create(good, sizeof good / sizeof good[0], rates, 1, fault, sizeof fault);
    cr_assert(table, "%s", fault);
}

static void teardown(void)
{
    route_table_free(table);
    leaks_check();
}

TestSuite(route, .init = setup, .fini = teardown);

static const char *matched(struct route_match *match, const char *path, enum http_method method)
{
    route_match(match, table, slice_from_cstr(path));
    const struct compiled_route *route = match->pattern ? route_for_method(match->pattern, method) : NULL;
    return route ? route->spec->path : "-";
}

Test(route, finds_paths)
{
    struct route_match match;
    cr_assert_str_eq(matched(&match, "/", HTTP_GET), "/");
    cr_assert_str_eq(matched(&match, "/v1/rondes", HTTP_GET), "/v1/rondes");
    cr_assert_str_eq(matched(&match, "/v1/rondes/7", HTTP_GET), "/v1/rondes/{ronde}");
    cr_assert(slice_equal_cstr(match.values[0], "7"));
    cr_assert_str_eq(matched(&match, "/v1/rondes/7", HTTP_POST), "/v1/rondes/{code}");
    cr_assert_str_eq(route_for_method(match.pattern, HTTP_POST)->params[0], "code");
}

Test(route, prefers_literals)
{
    struct route_match match;
    cr_assert_str_eq(matched(&match, "/v1/rondes/actueel", HTTP_GET), "/v1/rondes/actueel");
    cr_assert_eq(match.value_count, 0);
    cr_assert_str_eq(matched(&match, "/v1/rondes/7/delen", HTTP_GET), "/v1/rondes/{ronde}/{deel}");
    cr_assert_str_eq(matched(&match, "/v1/zaken/7/delen", HTTP_GET), "/v1/{soort}/{id}/delen");
    cr_assert(slice_equal_cstr(match.values[0], "zaken"));
    cr_assert(slice_equal_cstr(match.values[1], "7"));
}

Test(route, knows_no_trailing_slash_and_no_empty_segment)
{
    struct route_match match;
    static const char *const unknown[] = {"/v1",
                                          "/v1/rondes/",
                                          "/v1/rondes/7/",
                                          "//",
                                          "/v1//7",
                                          "/v1/rondes//",
                                          "/V1/rondes",
                                          "/v1/rondesx",
                                          "/x/",
                                          "/v1/rondes/a/b/c",
                                          "/a/b/c/d/e/f/g/h/i/j/k/l/m/n"};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        route_match(&match, table, slice_from_cstr(unknown[i]));
        cr_assert_null(match.pattern, "%s", unknown[i]);
    }
}

Test(route, names_the_methods_of_a_path)
{
    struct route_match match;
    matched(&match, "/v1/rondes/7", HTTP_GET);
    cr_assert_str_eq(route_allow(match.pattern), "GET, HEAD, POST, OPTIONS");
    cr_assert_null(route_for_method(match.pattern, HTTP_DELETE));
    matched(&match, "/alleen-weg", HTTP_GET);
    cr_assert_str_eq(route_allow(match.pattern), "DELETE, OPTIONS");
}

Test(route, takes_lists_apart)
{
    struct route_match match;
    matched(&match, "/v1/rondes/7", HTTP_POST);
    const struct compiled_route *post = route_for_method(match.pattern, HTTP_POST);
    cr_assert_str_eq(post->produces[0], "application/json");
    cr_assert_str_eq(post->produces[1], "text/csv");
    cr_assert_null(post->produces[2]);
    cr_assert_str_eq(post->query[1], "twee");
    cr_assert_eq(post->rate, 1);
    matched(&match, "/", HTTP_GET);
    cr_assert_str_eq(route_for_method(match.pattern, HTTP_GET)->produces[0], "text/html");
    matched(&match, "/assets/x.css", HTTP_GET);
    cr_assert_null(route_for_method(match.pattern, HTTP_GET)->produces);
    cr_assert_eq(route_for_method(match.pattern, HTTP_GET)->rate, SIZE_MAX);
    cr_assert_eq(route_table_largest_body(table), 10);
}

Test(route, knows_who_reads_an_error)
{
    cr_assert_eq(route_surface(table, NULL, SLICE("/onbekend")), HTTP_PAGE);
    cr_assert_eq(route_surface(table, NULL, SLICE("/v1")), HTTP_API);
    cr_assert_eq(route_surface(table, NULL, SLICE("/v1/onbekend/x/y/z")), HTTP_API);
    cr_assert_eq(route_surface(table, NULL, SLICE("/v10")), HTTP_PAGE);
    cr_assert_eq(route_surface(table, NULL, SLICE("/assets/a/b")), HTTP_PLAIN);
    cr_assert_eq(route_surface(table, NULL, SLICE("/v1/a/b/c/d/e/f/g/h/i/j/k/l/m/n")), HTTP_API);
}

static void expect_fault(const struct http_route *routes, size_t count, const char *part)
{
    char fault[256] = "";
    struct route_table *bad = route_table_create(routes, count, rates, 1, fault, sizeof fault);
    cr_assert_null(bad, "%s", part);
    cr_assert(strstr(fault, part), "%s: %s", part, fault);
}

Test(route, refuses_a_bad_table)
{
    const struct http_route twice[] = {GET_ROUTE("/a/{x}", HTTP_PAGE), GET_ROUTE("/a/{y}", HTTP_PAGE)};
    expect_fault(twice, 2, "stands twice");
    static const char *const paths[] = {"a",     "/a/b/", "/a//b", "/{}", "/{A}",
                                        "/a{b}", "/{a",   "/a%20", "",    "/1/2/3/4/5/6/7/8/9/10/11/12/13"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        const struct http_route bad = GET_ROUTE(paths[i], HTTP_PAGE);
        expect_fault(&bad, 1, "GET");
    }
    const struct http_route no_run = {.method = HTTP_GET, .path = "/a"};
    expect_fault(&no_run, 1, "nothing to run");
    const struct http_route no_method = {.path = "/a", .run = nothing};
    expect_fault(&no_method, 1, "no method");
    const struct http_route no_limit = {
        .method = HTTP_POST, .path = "/a", .body = HTTP_BODY_JSON, .run = nothing};
    expect_fault(&no_limit, 1, "without a limit");
    const struct http_route no_form = {.method = HTTP_POST,
                                       .path = "/a",
                                       .body = HTTP_BODY_JSON,
                                       .body_max = 1,
                                       .csrf = HTTP_CSRF_REQUIRED,
                                       .run = nothing};
    expect_fault(&no_form, 1, "without a form");
    const struct http_route no_rate = {.method = HTTP_GET, .path = "/a", .rate = "zoek", .run = nothing};
    expect_fault(&no_rate, 1, "rate");
}

Test(route, the_root_of_an_api_alone_keeps_its_slash)
{
    static const struct http_route root[] = {GET_ROUTE("/v1/", HTTP_API), GET_ROUTE("/v1/rondes", HTTP_API)};
    static const struct http_route longer[] = {GET_ROUTE("/v1/rondes/", HTTP_API)};
    static const struct {
        const char *path;
        bool known;
    } cases[] = {
        {"/v1/", true}, {"/v1", false}, {"/v1//", false}, {"/v1/rondes", true}, {"/v1/rondes/", false}};
    char fault[256] = "";
    struct route_match match;
    struct route_table *with_root = route_table_create(root, 2, rates, 1, fault, sizeof fault);
    cr_assert(with_root, "%s", fault);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        route_match(&match, with_root, slice_from_cstr(cases[i].path));
        cr_assert_eq(match.pattern != NULL, cases[i].known, "%s", cases[i].path);
    }
    route_table_free(with_root);
    cr_assert_null(route_table_create(longer, 1, rates, 1, fault, sizeof fault));
    cr_assert_str_eq(fault, "GET /v1/rondes/ ends in a slash");
}
