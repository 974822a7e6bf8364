/* What is no good HTTP gets a clear answer, or the end of its connection, and harms nobody else. */
#include "http/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(bad_input, .init = fixture_setup, .fini = fixture_teardown);

enum { MOST_LINES = 99 };

static struct client_reply reply;

/* After each attack the service still answers. */
static void expect_alive(void)
{
    client_get(&reply, fixture_port, "/levend");
    expect_status(&reply, 200);
}

Test(bad_input, addresses_that_are_none)
{
    fixture_start_default();
    static const char *const targets[] = {
        "/v1/dingen/%2F", "/v1/dingen/a%2fb", "/v1/dingen/%00",  "/v1/dingen/a%00b", "/v1/dingen/%",
        "/v1/dingen/%4",  "/v1/dingen/%zz",   "/v1/dingen/%ff",  "/v1/%c0%ae",       "/v1/dingen#deel",
        "/v1/a%0d%0ab",   "/v1/dingen/%7f",   "/v1/dingen/\xff",
    };
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        client_get(&reply, fixture_port, targets[i]);
        cr_assert_eq(reply.status, 400, "%s: %d", targets[i], reply.status);
        expect_problem(&reply, 400); /* whoever asked the API is answered by the API */
    }
    client_get(&reply, fixture_port, "/stappen%00");
    expect_status(&reply, 400);
    cr_assert_str_eq(reply.body, "<h1>Fout 400</h1>");
    client_get(&reply, fixture_port, "v1/dingen");
    expect_status(&reply, 400);
    client_request(&reply, fixture_port, "CONNECT", "elders.example:443", "", NULL);
    expect_status(&reply, 400);
    client_request(&reply, fixture_port, "GET", "*", "", NULL);
    expect_status(&reply, 400);
    cr_assert_eq(atomic_load(&fixture_counts.runs), 0);
}

Test(bad_input, queries_that_are_none)
{
    fixture_start_default();
    static const char *const targets[] = {"/v1/dingen?pagina=%", "/v1/dingen?pagina=%00", "/v1/dingen?%ff=1",
                                          "/v1/dingen?pagina=%c0%80"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        client_get(&reply, fixture_port, targets[i]);
        expect_problem(&reply, 400);
    }
    client_get(&reply, fixture_port, "/?stap=%");
    expect_status(&reply, 400);
    cr_assert_str_eq(reply.body, "<h1>Fout 400</h1>");
    char many[2048] = "/v1/dingen?";
    for (int i = 0; i < 100; i++) {
        strcat(many, "a&");
    }
    client_get(&reply, fixture_port, many);
    expect_problem(&reply, 400);
}

Test(bad_input, a_nul_in_the_address_is_seen)
{
    fixture_start_default();
    static const char request[] = "GET /v1/dingen\0/../geheim HTTP/1.1\r\nHost: x\r\n\r\n";
    struct client *client = client_open(fixture_port);
    client_send(client, request, sizeof request - 1);
    client_read(&reply, client, true);
    expect_status(&reply, 400);
    client_close(client);
    cr_assert_eq(atomic_load(&fixture_counts.runs), 0);
}

Test(bad_input, a_space_in_the_address_is_seen)
{
    fixture_start_default();
    client_raw(&reply, fixture_port, "GET /v1/dingen /x HTTP/1.1\r\nHost: x\r\n\r\n");
    expect_status(&reply, 400);
}

Test(bad_input, requests_that_two_programs_could_read_differently)
{
    fixture_start_default();
    static const char *const heads[] = {
        "Content-Length: 2\r\nContent-Length: 3\r\n",
        "Content-Length: 2\r\nContent-Length: 2\r\n",
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: identity\r\n",
        "Content-Type: text/plain\r\nContent-Length: 2\r\n",
        "Authorization: Bearer a\r\nAuthorization: Bearer b\r\nContent-Length: 2\r\n",
        "Host: y\r\nContent-Length: 2\r\n",
        "Origin: a\r\nOrigin: b\r\nContent-Length: 2\r\n",
        "Transfer-Encoding : chunked\r\nContent-Length: 2\r\n",
        "Content-Length : 2\r\n",
        "Content-Length: 2\r\nX(1): een\r\n",
    };
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        char request[512];
        snprintf(request, sizeof request,
                 "POST /v1/dingen HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n%s\r\n{}",
                 heads[i]);
        struct client *client = client_open(fixture_port);
        client_send_text(client, request);
        client_read(&reply, client, true);
        cr_assert_eq(reply.status, 400, "%s%d", heads[i], reply.status);
        cr_assert(client_is_closed(client, 2000), "%s", heads[i]);
        client_close(client);
    }
    cr_assert_eq(atomic_load(&fixture_counts.runs), 0);
    expect_alive();
}

Test(bad_input, chunks_in_the_protocol_before_them)
{
    fixture_start_default();
    struct client *client = client_open(fixture_port);
    client_send_text(client, "POST /v1/dingen HTTP/1.0\r\nConnection: keep-alive\r\nContent-Type: "
                             "application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
    client_read(&reply, client, true);
    expect_status(&reply, 400);
    cr_assert(client_is_closed(client, 2000));
    client_close(client);
    cr_assert_eq(atomic_load(&fixture_counts.runs), 0);
}

Test(bad_input, a_request_without_host)
{
    fixture_start_default();
    client_raw(&reply, fixture_port, "GET /v1/dingen HTTP/1.1\r\n\r\n");
    expect_problem(&reply, 400);
}

Test(bad_input, more_headers_than_anybody_needs)
{
    fixture_start_default();
    char headers[8192] = "";
    for (int i = 0; i < 120; i++) {
        char line[64];
        snprintf(line, sizeof line, "X-Kop-%d: %d\r\n", i, i);
        strcat(headers, line);
    }
    client_request(&reply, fixture_port, "GET", "/v1/dingen", headers, NULL);
    expect_problem(&reply, 431);
    expect_alive();
}

/* What was let in is answered: also where the library keeps more of a head than its bytes, so that little
 * room is left for the reply. */
static void try_head(int *answered, int *refused, const char *headers)
{
    client_request(&reply, fixture_port, "GET", "/", headers, NULL);
    cr_expect(reply.status == 200 || reply.status == 431 || (*refused > 0 && reply.status == 0),
              "%zu bytes: %d", strlen(headers), reply.status);
    *answered += reply.status == 200;
    *refused += reply.status == 431;
}

Test(bad_input, heads_of_any_size_are_refused_or_answered)
{
    static char headers[24 * 1024];
    int answered = 0, refused = 0;
    fixture_start_default();
    for (int lines = 1; lines < MOST_LINES; lines++) {
        size_t used = 0;
        for (int i = 0; i < lines; i++) {
            used += (size_t)snprintf(headers + used, sizeof headers - used, "X-Kop-%d: %0100d\r\n", i, i);
        }
        try_head(&answered, &refused, headers);
    }
    cr_expect(answered > 50 && refused > 3, "lines: %d answered, %d refused", answered, refused);
    answered = refused = 0;
    atomic_store(&fixture_counts.runs, 0);
    for (int len = 1000; len < 15000; len += 100) {
        snprintf(headers, sizeof headers, "Cookie: a=%0*d; b=%0*d\r\n", len / 2, 1, len / 2, 2);
        try_head(&answered, &refused, headers);
    }
    cr_expect(answered > 50 && refused > 3, "cookies: %d answered, %d refused", answered, refused);
    cr_expect_eq(atomic_load(&fixture_counts.runs), answered);
    expect_alive();
}

/* Each page asks for its reader's language at every word. */
Test(bad_input, one_header_in_many_lines_costs_no_more_than_its_bytes)
{
    static char headers[16 * 1024];
    size_t used = 0;
    fixture_start_default();
    for (int i = 0; i < 90; i++) {
        used += (size_t)snprintf(headers + used, sizeof headers - used, "Accept-Language: %080d\r\n", 1);
    }
    snprintf(headers + used, sizeof headers - used, "Accept-Language: en\r\n");
    client_request(&reply, fixture_port, "GET", "/woorden", headers, NULL);
    expect_status(&reply, 200);
    cr_expect_lt(strtol(reply.body, NULL, 10), 64 * 1024, "%s", reply.body);
    cr_expect(strstr(reply.body, " en"), "%s", reply.body);
}

Test(bad_input, half_a_body)
{
    /* libmicrohttpd may miss that a client left between two of its reads; the sweeper then ends the
     * connection. */
    struct http_config config = fixture_config();
    config.limits.request_deadline_s = 2;
    fixture_start(&config);
    for (int i = 0; i < 20; i++) {
        struct client *client = client_open(fixture_port);
        client_send_text(client, "POST /v1/dingen HTTP/1.1\r\nHost: x\r\nContent-Type: "
                                 "application/json\r\nContent-Length: 500\r\n\r\n{\"a\":");
        client_sleep_ms(2);
        client_close(client);
    }
    expect_alive();
    cr_assert_eq(atomic_load(&fixture_counts.runs), 1);
    for (int i = 0; i < 1000 && http_server_open_exchanges(fixture_server) > 0; i++) {
        client_sleep_ms(10);
    }
    cr_assert_eq(http_server_open_exchanges(fixture_server), 0);
}

Test(bad_input, broken_chunks)
{
    fixture_start_default();
    static const char *const bodies[] = {
        "zz\r\nabc\r\n0\r\n\r\n", "3\r\nabcdef\r\n0\r\n\r\n", "-1\r\n\r\n", "\r\n\r\n",
        "fffffffffffffffff\r\n",  "3 \r\nabc\r\n0\r\n\r\n"};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        char request[512];
        snprintf(request, sizeof request,
                 "POST /v1/dingen HTTP/1.1\r\nHost: x\r\nContent-Type: "
                 "application/json\r\nTransfer-Encoding: chunked\r\n\r\n%s",
                 bodies[i]);
        client_raw(&reply, fixture_port, request);
        cr_assert(reply.status == 400 || reply.status == 413, "%zu: %d", i, reply.status);
    }
    cr_assert_eq(atomic_load(&fixture_counts.runs), 0);
    expect_alive();
}

Test(bad_input, bytes_without_meaning)
{
    fixture_start_default();
    unsigned char noise[4096];
    uint32_t state = 2463534242;
    for (int round = 0; round < 30; round++) {
        for (size_t i = 0; i < sizeof noise; i++) {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            noise[i] = (unsigned char)state;
        }
        struct client *client = client_open(fixture_port);
        client_send(client, noise, sizeof noise);
        client_send_text(client, "\r\n\r\n");
        client_close(client);
    }
    expect_alive();
    cr_assert_eq(atomic_load(&fixture_counts.runs), 1);
}

Test(bad_input, header_lines_of_every_kind)
{
    fixture_start_default();
    static const char *const lines[] = {"Cookie: \r\n",          "Cookie: =;=;;\"\r\n",
                                        "Accept: ;;;,,,q=\r\n",  "Accept-Language: -,*;q=9\r\n",
                                        "If-None-Match: \"\r\n", "X-Forwarded-For: ,,,\r\n",
                                        "X: \x01\x02\xff\r\n",   "Accept-Encoding: ;q\r\n"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        client_request(&reply, fixture_port, "GET", "/", lines[i], NULL);
        cr_assert(reply.status == 200 || reply.status == 406 || reply.status == 400, "%s: %d", lines[i],
                  reply.status);
    }
    expect_alive();
}
