/* Nothing waits without a bound: rates, deadlines, connections. */
#include "http/fixture.h"

#include "base/clock.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

TestSuite(limits, .init = fixture_setup, .fini = fixture_teardown, .timeout = 60);

static struct client_reply reply;

Test(limits, too_many_is_429_with_retry_after)
{
    fixture_start_default();
    for (int i = 0; i < 2; i++) {
        client_get(&reply, fixture_port, "/v1/krap");
        expect_status(&reply, 200);
    }
    client_get(&reply, fixture_port, "/v1/krap");
    expect_problem(&reply, 429);
    expect_header(&reply, "Retry-After", "2");
    client_get(&reply, fixture_port, "/v1/dingen"); /* another bucket */
    expect_status(&reply, 200);
}

Test(limits, slow_before_they_refuse)
{
    fixture_start_default();
    struct client *client = client_open(fixture_port);
    int64_t begin_us = clock_monotonic_us();
    for (int i = 0; i < 6; i++) {
        client_exchange(&reply, client, "GET", "/v1/traag", "", NULL);
        expect_status(&reply, 200);
    }
    int64_t took_us = clock_monotonic_us() - begin_us;
    cr_assert_gt(took_us, 150000, "%lld", (long long)took_us); /* 2 free, 4 at 20 a second */
    cr_assert_lt(took_us, 5000000);
    client_close(client);
}

Test(limits, a_wrong_code_slows_the_next)
{
    fixture_start_default();
    client_request(&reply, fixture_port, "POST", "/v1/code", "", NULL);
    expect_status(&reply, 403);
    int64_t begin_us = clock_monotonic_us();
    client_request(&reply, fixture_port, "POST", "/v1/code", "", NULL);
    expect_status(&reply, 403);
    cr_assert_gt(clock_monotonic_us() - begin_us,
                 70000); /* a debt of 2 at 20 a second, less what was repaid meanwhile */
}

Test(limits, the_default_bucket_counts_everywhere_but_where_unlimited)
{
    struct http_config config = fixture_config();
    config.limits.rate_per_s = 0.01;
    config.limits.rate_burst = 3;
    fixture_start(&config);
    client_get(&reply, fixture_port, "/");
    client_get(&reply, fixture_port, "/v1/dingen");
    client_get(&reply, fixture_port, "/koekje");
    expect_status(&reply, 303);
    client_get(&reply, fixture_port, "/");
    expect_status(&reply, 429);
    for (int i = 0; i < 20; i++) {
        client_get(&reply, fixture_port, "/levend");
        expect_status(&reply, 200);
    }
}

Test(limits, clients_behind_our_proxy_are_told_apart)
{
    static const char *const proxies[] = {"127.0.0.0/8", NULL};
    struct http_config config = fixture_config();
    config.trusted_proxies = proxies;
    fixture_start(&config);
    for (int i = 0; i < 5; i++) {
        char header[64];
        snprintf(header, sizeof header, "X-Forwarded-For: 198.51.100.%d\r\n", i);
        client_request(&reply, fixture_port, "GET", "/v1/krap", header, NULL);
        expect_status(&reply, 200);
    }
    for (int i = 0; i < 3; i++) {
        char header[64];
        snprintf(header, sizeof header, "X-Forwarded-For: 203.0.113.%d, 198.51.100.77\r\n", i);
        client_request(&reply, fixture_port, "GET", "/v1/krap", header, NULL);
        expect_status(&reply, i < 2 ? 200 : 429);
    }
}

Test(limits, who_is_no_proxy_cannot_pretend)
{
    fixture_start_default();
    for (int i = 0; i < 3; i++) {
        char header[64];
        snprintf(header, sizeof header, "X-Forwarded-For: 198.51.100.%d\r\n", i);
        client_request(&reply, fixture_port, "GET", "/v1/krap", header, NULL);
        expect_status(&reply, i < 2 ? 200 : 429);
    }
}

/* Sends a byte now and then, as one who wants to hold connections. Returns after how many milliseconds it was
 * cut off. */
static int trickle(const char *first, const char *rest, int limit_ms)
{
    struct client *client = client_open(fixture_port);
    client_send_text(client, first);
    int64_t begin_us = clock_monotonic_us();
    int elapsed_ms = 0;
    for (size_t i = 0; elapsed_ms < limit_ms; i++) {
        bool sent = client_send(client, &rest[i % strlen(rest)], 1);
        if (!sent || client_is_closed(client, 100)) {
            break;
        }
        elapsed_ms = (int)((clock_monotonic_us() - begin_us) / 1000);
    }
    client_close(client);
    return elapsed_ms;
}

Test(limits, a_trickling_client_is_cut_off)
{
    struct http_config config = fixture_config();
    config.limits.request_deadline_s = 1;
    config.limits.idle_timeout_s = 10;
    fixture_start(&config);
    int request_line = trickle("GET /", "a", 8000);
    cr_assert(request_line >= 500 && request_line < 4000, "request line: %d ms", request_line);
    int headers = trickle("GET / HTTP/1.1\r\nHost: x\r\nX-Lang: ", "a", 8000);
    cr_assert(headers >= 500 && headers < 4000, "headers: %d ms", headers);
    int body = trickle("POST /v1/dingen HTTP/1.1\r\nHost: x\r\nContent-Type: "
                       "application/json\r\nContent-Length: 900\r\n\r\n",
                       " ", 8000);
    cr_assert(body >= 500 && body < 4000, "body: %d ms", body);
    client_get(&reply, fixture_port, "/levend");
    expect_status(&reply, 200);
}

Test(limits, a_client_that_does_not_read_is_cut_off)
{
    struct http_config config = fixture_config();
    config.limits.request_deadline_s = 1;
    config.limits.idle_timeout_s = 2;
    fixture_start(&config);
    struct client *client = client_open(fixture_port);
    int small = 4096;
    setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    client_send_text(client, "GET /groot HTTP/1.1\r\nHost: x\r\n\r\n");
    for (int i = 0; i < 1000 && http_server_open_exchanges(fixture_server) == 0; i++) {
        client_sleep_ms(1);
    }
    for (int i = 0; i < 1000 && http_server_open_exchanges(fixture_server) > 0; i++) {
        client_sleep_ms(10);
    }
    cr_assert_eq(http_server_open_exchanges(fixture_server), 0);
    client_close(client);
}

Test(limits, an_idle_connection_is_closed_after_its_time)
{
    struct http_config config = fixture_config();
    config.limits.idle_timeout_s = 1;
    fixture_start(&config);
    struct client *client = client_open(fixture_port);
    client_exchange(&reply, client, "GET", "/levend", "", NULL);
    expect_status(&reply, 200);
    cr_assert_not(client_is_closed(client, 500));
    cr_assert(client_is_closed(client, 5000));
    client_close(client);
}

static void *get_one(void *argument)
{
    int *status = argument;
    struct client_reply *own = calloc(1, sizeof *own);
    struct client *client = client_open(fixture_port);
    client_exchange(own, client, "GET", "/v1/dingen", "", NULL);
    *status = own->status;
    client_sleep_ms(200); /* stays connected a while */
    client_close(client);
    free(own);
    return NULL;
}

Test(limits, three_hundred_connections_are_all_answered)
{
    struct http_config config = fixture_config();
    config.limits.connections = 1000; /* capped */
    fixture_start(&config);
    enum { CLIENTS = 300 };
    static pthread_t threads[CLIENTS];
    static int statuses[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
        cr_assert_eq(pthread_create(&threads[i], NULL, get_one, &statuses[i]), 0);
    }
    for (int i = 0; i < CLIENTS; i++) {
        pthread_join(threads[i], NULL);
        cr_assert_eq(statuses[i], 200, "client %d: %d", i, statuses[i]);
    }
}

/* libmicrohttpd's epoll loop sleeps with work at hand when one turn gives exactly 128 events. They gather
 * while the only thread is busy. */
Test(limits, one_hundred_and_twenty_eight_events_at_once)
{
    struct http_config config = fixture_config();
    config.limits.threads = 1;
    config.limits.connections = 1000; /* capped */
    fixture_start(&config);
    enum { CLIENTS = 128 };
    static struct client *clients[CLIENTS];
    struct client *blocker = client_open(fixture_port);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = client_open(fixture_port);
    }
    client_sleep_ms(200); /* all that fit are accepted */
    cr_assert(client_send_text(blocker, "GET /v1/blokkeert HTTP/1.1\r\nHost: x\r\n\r\n"));
    client_sleep_ms(100);
    for (int i = 0; i < CLIENTS; i++) {
        cr_assert(client_send_text(clients[i], "GET /v1/dingen HTTP/1.1\r\nHost: x\r\n\r\n"));
    }
    client_read(&reply, blocker, true);
    expect_status(&reply, 200);
    int64_t begin_us = clock_monotonic_us();
    for (int i = 0; i < CLIENTS; i++) {
        client_read(&reply, clients[i], true);
        cr_assert_eq(reply.status, 200, "client %d: %d", i, reply.status);
        client_close(clients[i]);
    }
    cr_assert_lt(clock_monotonic_us() - begin_us, 5000000); /* the sleep would last until the idle timeout */
    client_close(blocker);
}

/* says: what each sent when it connected. */
static void expect_holders_make_room(const char *says)
{
    struct http_config config = fixture_config();
    config.limits.connections = 20;
    config.limits.idle_timeout_s = 30;
    fixture_start(&config);
    enum { HOLDERS = 20 };
    struct client *holders[HOLDERS];
    for (int i = 0; i < HOLDERS; i++) {
        holders[i] = client_open(fixture_port);
        cr_assert(client_send_text(holders[i], says));
    }
    int64_t begin_us = clock_monotonic_us();
    client_get(&reply, fixture_port, "/levend");
    expect_status(&reply, 200);
    cr_assert_lt(clock_monotonic_us() - begin_us, 8000000);
    for (int i = 0; i < HOLDERS; i++) {
        client_close(holders[i]);
    }
}

Test(limits, who_holds_all_connections_idle_makes_room)
{
    expect_holders_make_room("");
}

Test(limits, who_holds_all_connections_with_half_a_head_makes_room)
{
    expect_holders_make_room("GET /levend HTTP/1.1\r\nHost: x\r\nX-Langzaam: ");
}
