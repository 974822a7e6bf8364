/* The answers that libmicrohttpd makes itself, before our code sees the request. They carry none of our
 * headers; src/http/README.md lists them, and the reverse proxy refuses such requests first. Each is checked
 * here, so that the list stays true. */
#include "http/fixture.h"

#include <stdlib.h>
#include <string.h>

TestSuite(library_answers, .init = fixture_setup, .fini = fixture_teardown);

static struct client_reply reply;

static void expect_library(const char *request, int status)
{
    struct client *client = client_open(fixture_port);
    client_send_text(client, request);
    client_read(&reply, client, true);
    cr_assert_eq(reply.status, status, "%.60s: %d", request, reply.status);
    if (status != 0) {
        expect_no_header(&reply, "X-Request-Id");
        expect_no_header(&reply, "Server");
    }
    client_close(client);
    client_get(&reply, fixture_port, "/levend");
    expect_status(&reply, 200);
}

Test(library_answers, nothing_at_all_without_a_space)
{
    fixture_start_default();
    expect_library("ONZIN\r\n\r\n", 0);
}

Test(library_answers, a_version_that_is_none)
{
    fixture_start_default();
    expect_library("GET /\r\n\r\n", 400);
    expect_library("GET / HTTP/x\r\n\r\n", 400);
    expect_library("GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505);
    expect_library("GET / HTTP/0.9\r\nHost: x\r\n\r\n", 505);
}

Test(library_answers, a_header_line_without_a_colon)
{
    fixture_start_default();
    expect_library("GET / HTTP/1.1\r\nHost x\r\n\r\n", 400);
}

Test(library_answers, a_length_that_is_no_number)
{
    fixture_start_default();
    expect_library("POST /v1/dingen HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n", 400);
    expect_library("POST /v1/dingen HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400);
    expect_library("POST /v1/dingen HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
                   413);
}

Test(library_answers, an_address_too_long)
{
    fixture_start_default();
    char *request = malloc(70000);
    memset(request, 'a', 70000);
    memcpy(request, "GET /", 5);
    memcpy(request + 60000, " HTTP/1.1\r\nHost: x\r\n\r\n", 23);
    expect_library(request, 414);
    free(request);
}

Test(library_answers, headers_too_large)
{
    fixture_start_default();
    char *request = malloc(70000);
    memset(request, 'a', 70000);
    memcpy(request, "GET / HTTP/1.1\r\nHost: x\r\nX-Groot: ", 34);
    memcpy(request + 60000, "\r\n\r\n", 5);
    expect_library(request, 431);
    free(request);
}

Test(library_answers, chunks_that_are_none)
{
    fixture_start_default();
    expect_library("POST /v1/dingen HTTP/1.1\r\nHost: x\r\nContent-Type: "
                   "application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                   400);
    expect_library("POST /v1/dingen HTTP/1.1\r\nHost: x\r\nContent-Type: "
                   "application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                   "fffffffffffffffff\r\n",
                   413);
}
