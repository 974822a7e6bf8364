/* What a server refuses to start with. */
#include "http/fixture.h"

TestSuite(start, .init = fixture_setup, .fini = fixture_teardown);

static void run_nothing(struct http_exchange *ex, const void *cookie)
{
    (void)cookie;
    http_reply_empty(ex, 204);
}

static void expect_refused(const struct http_config *config, const char *why)
{
    struct http_server *server = http_server_start(config);
    cr_assert_null(server, "%s", why);
}

Test(start, refuses_a_bad_configuration)
{
    static const struct http_route open_route = {
        .method = HTTP_GET, .path = "/a", .surface = HTTP_API, .run = run_nothing};
    static const struct http_route scoped = {
        .method = HTTP_GET, .path = "/a", .surface = HTTP_API, .scope = "x", .run = run_nothing};
    static const struct http_route twice[] = {
        {.method = HTTP_GET, .path = "/a", .surface = HTTP_API, .run = run_nothing},
        {.method = HTTP_GET, .path = "/a", .surface = HTTP_API, .run = run_nothing},
    };
    static const char *const proxies[] = {"proxy.example", NULL};
    const struct http_config good = {.listen_address = "127.0.0.1",
                                     .public_url = "http://zeven.example",
                                     .api_version = "1.0.0",
                                     .limits = {.threads = 2,
                                                .connections = 10,
                                                .body_memory = 1000,
                                                .idle_timeout_s = 1,
                                                .request_deadline_s = 1,
                                                .arena_max = 1024 * 1024},
                                     .routes = &open_route,
                                     .route_count = 1};
    struct http_config config = good;
    config.routes = twice;
    config.route_count = 2;
    expect_refused(&config, "two routes alike");
    config = good;
    config.routes = &scoped;
    expect_refused(&config, "a scope without authorise");
    config = good;
    config.trusted_proxies = proxies;
    expect_refused(&config, "a proxy by name");
    config = good;
    config.listen_address = "localhost";
    expect_refused(&config, "an address by name");
    config = good;
    config.public_url = "zeven.example";
    expect_refused(&config, "a public address without scheme");
    config.public_url = "https://zeven.example/";
    expect_refused(&config, "a public address with a slash");
    config = good;
    config.limits.rate_per_s = 1;
    config.limits.rate_burst = 0;
    expect_refused(&config, "a rate that admits nothing");
    config = good;
    config.limits.threads = 0;
    expect_refused(&config, "no threads");
    fixture_start(&good);
    config = good;
    config.port = fixture_port;
    expect_refused(&config, "a port that is taken");
}

Test(start, listens_on_ipv6_too)
{
    struct http_config config = fixture_config();
    config.listen_address = "::1";
    fixture_start(&config);
    cr_assert_neq(fixture_port, 0);
}

Test(start, one_thread_is_enough)
{
    static struct client_reply reply;
    struct http_config config = fixture_config();
    config.limits.threads = 1;
    fixture_start(&config);
    client_get(&reply, fixture_port, "/v1/wacht");
    expect_status(&reply, 200);
}
