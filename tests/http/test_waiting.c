/* Suspended exchanges: under load, when the client leaves, and when the service stops. */
#include "http/fixture.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

TestSuite(waiting, .init = fixture_setup, .fini = fixture_teardown, .timeout = 60);

static struct client_reply reply;

/* A client has its answer a moment before the server has closed the exchange: wait for that, within reason.
 */
static void expect_no_open_exchange(void)
{
    for (int i = 0; i < 500 && http_server_open_exchanges(fixture_server) > 0; i++) {
        client_sleep_ms(10);
    }
    cr_assert_eq(http_server_open_exchanges(fixture_server), 0);
}

Test(waiting, goes_on_after_each_wait)
{
    fixture_start_default();
    client_get(&reply, fixture_port, "/v1/wacht");
    expect_status(&reply, 200);
    cr_assert_str_eq(reply.body, "\"gewacht\"");
    cr_assert_eq(atomic_load(&fixture_counts.continued), 1);
}

enum { LOADERS = 24, EACH = 40 };

static void *load(void *argument)
{
    atomic_int *good = argument;
    struct client_reply *own = calloc(1, sizeof *own);
    struct client *client = client_open(fixture_port);
    for (int i = 0; i < EACH; i++) {
        client_exchange(own, client, "POST", "/v1/wacht", "Content-Type: application/json\r\n", "{\"a\":1}");
        if (own->status == 200 && strcmp(own->body, "\"gewacht\"") == 0) {
            atomic_fetch_add(good, 1);
        }
    }
    client_close(client);
    free(own);
    return NULL;
}

Test(waiting, under_load_nothing_is_lost)
{
    fixture_start_default();
    static pthread_t threads[LOADERS];
    static atomic_int good;
    for (int i = 0; i < LOADERS; i++) {
        cr_assert_eq(pthread_create(&threads[i], NULL, load, &good), 0);
    }
    for (int i = 0; i < LOADERS; i++) {
        pthread_join(threads[i], NULL);
    }
    cr_assert_eq(atomic_load(&good), LOADERS * EACH);
    expect_no_open_exchange();
}

Test(waiting, clients_that_leave_meanwhile_harm_nobody)
{
    fixture_start_default();
    for (int i = 0; i < 100; i++) {
        struct client *client = client_open(fixture_port);
        client_send_text(client, "GET /v1/wacht HTTP/1.1\r\nHost: x\r\n\r\n");
        if (i % 2) {
            client_sleep_ms(1);
        }
        struct linger abrupt = {.l_onoff = 1};
        setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &abrupt, sizeof abrupt);
        client_close(client);
    }
    client_get(&reply, fixture_port, "/v1/wacht");
    expect_status(&reply, 200);
    expect_no_open_exchange();
}

static void *ask(void *argument)
{
    client_get(argument, fixture_port, "/v1/wacht");
    return NULL;
}

Test(waiting, a_drain_answers_all_that_is_open)
{
    fixture_start_default();
    enum { CLIENTS = 30 };
    static pthread_t threads[CLIENTS];
    static struct client_reply replies[CLIENTS];
    struct client *idle = client_open(fixture_port);
    client_exchange(&reply, idle, "GET", "/levend", "", NULL);
    for (int i = 0; i < CLIENTS; i++) {
        cr_assert_eq(pthread_create(&threads[i], NULL, ask, &replies[i]), 0);
    }
    for (int i = 0; i < 500 && http_server_open_exchanges(fixture_server) < 5; i++) {
        client_sleep_ms(1);
    }
    cr_assert(http_server_drain(fixture_server, 5000));
    /* Who had got through is answered; who had not is refused by the kernel, and told so. */
    int answered = 0;
    for (int i = 0; i < CLIENTS; i++) {
        pthread_join(threads[i], NULL);
        cr_assert(replies[i].status == 200 || replies[i].status == 0, "%d", replies[i].status);
        answered += replies[i].status == 200;
    }
    cr_assert_geq(answered, 5);
    cr_assert_eq(atomic_load(&fixture_counts.continued), answered);
    /* A connection that is still open is served once more, and then closed. */
    client_exchange(&reply, idle, "GET", "/levend", "", NULL);
    expect_status(&reply, 200);
    expect_header(&reply, "Connection", "close");
    cr_assert(client_is_closed(idle, 2000));
    client_close(idle);
}

Test(waiting, a_stop_waits_for_what_runs)
{
    fixture_start_default();
    pthread_t thread;
    static struct client_reply open_reply;
    cr_assert_eq(pthread_create(&thread, NULL, ask, &open_reply), 0);
    for (int i = 0; i < 500 && http_server_open_exchanges(fixture_server) == 0; i++) {
        client_sleep_ms(1);
    }
    cr_assert(http_server_stop(fixture_server, 5000));
    fixture_server = NULL;
    pthread_join(thread, NULL);
    expect_status(&open_reply, 200);
}

Test(waiting, a_stop_does_not_wait_for_a_slow_sender)
{
    fixture_start_default();
    struct client *client = client_open(fixture_port);
    client_send_text(client, "POST /v1/dingen HTTP/1.1\r\nHost: x\r\nContent-Type: "
                             "application/json\r\nContent-Length: 9\r\n\r\n{");
    for (int i = 0; i < 500 && http_server_open_exchanges(fixture_server) == 0; i++) {
        client_sleep_ms(1);
    }
    int64_t begin_us = clock_monotonic_us();
    cr_assert(http_server_stop(fixture_server, 300));
    fixture_server = NULL;
    cr_assert_lt(clock_monotonic_us() - begin_us, 3000000);
    cr_assert(client_is_closed(client, 2000));
    client_close(client);
}

static struct http_exchange *held;

static void say_late(struct http_exchange *ex, void *context)
{
    (void)context;
    http_reply_empty(ex, 204);
}

static void hold(struct http_exchange *ex, const void *cookie)
{
    (void)cookie;
    http_suspend(ex, say_late, NULL);
    __atomic_store_n(&held, ex, __ATOMIC_SEQ_CST);
}

Test(waiting, a_stop_never_frees_what_is_still_held)
{
    static const struct http_route route = {
        .method = HTTP_GET, .path = "/vast", .surface = HTTP_PLAIN, .run = hold};
    struct http_config config = fixture_config();
    config.routes = &route;
    config.route_count = 1;
    fixture_start(&config);
    struct client *client = client_open(fixture_port);
    client_send_text(client, "GET /vast HTTP/1.1\r\nHost: x\r\n\r\n");
    while (!__atomic_load_n(&held, __ATOMIC_SEQ_CST)) {
        client_sleep_ms(1);
    }
    cr_assert_not(http_server_stop(fixture_server, 100));
    http_resume(held); /* late, but the exchange is still there */
    client_read(&reply, client, true);
    expect_status(&reply, 204);
    client_close(client);
}

Test(waiting, a_server_without_a_request_stops_at_once)
{
    fixture_start_default();
    int64_t begin_us = clock_monotonic_us();
    cr_assert(http_server_stop(fixture_server, 5000));
    fixture_server = NULL;
    cr_assert_lt(clock_monotonic_us() - begin_us, 2000000);
}
