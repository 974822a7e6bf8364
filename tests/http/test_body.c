/* Bodies: forms, JSON, sizes, and how they are sent. */
#include "http/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(body, .init = fixture_setup, .fini = fixture_teardown);

static struct client_reply reply;
#define JSON_TYPE "Content-Type: application/json\r\n"
#define FORM_TYPE "Content-Type: application/x-www-form-urlencoded\r\n"
#define OURS      "Sec-Fetch-Site: same-origin\r\n"

Test(body, arrives_whole)
{
    fixture_start_default();
    client_request(&reply, fixture_port, "POST", "/v1/dingen", JSON_TYPE, "{\"a\":1}");
    expect_status(&reply, 201);
    cr_assert_str_eq(reply.body, "{\"bytes\":7,\"inhoud\":\"{\\\"a\\\":1}\"}");
}

Test(body, arrives_whole_in_pieces)
{
    fixture_start_default();
    struct client *client = client_open(fixture_port);
    client_send_text(client,
                     "POST /v1/dingen HTTP/1.1\r\nHost: x\r\n" JSON_TYPE "Content-Length: 10\r\n\r\n");
    for (int i = 0; i < 10; i++) {
        client_sleep_ms(2);
        client_send(client, &"0123456789"[i], 1);
    }
    client_read(&reply, client, true);
    cr_assert_str_eq(reply.body, "{\"bytes\":10,\"inhoud\":\"0123456789\"}");
    client_close(client);
}

Test(body, arrives_whole_in_chunks)
{
    fixture_start_default();
    struct client *client = client_open(fixture_port);
    client_send_text(client,
                     "POST /v1/dingen HTTP/1.1\r\nHost: x\r\n" JSON_TYPE "Transfer-Encoding: chunked\r\n\r\n"
                     "3\r\nabc\r\n4;uitbreiding=1\r\ndefg\r\n0\r\nX-Naspel: 1\r\n\r\n");
    client_read(&reply, client, true);
    cr_assert_str_eq(reply.body, "{\"bytes\":7,\"inhoud\":\"abcdefg\"}");
    client_exchange(&reply, client, "GET", "/levend", "", NULL);
    expect_status(&reply, 200);
    client_close(client);
}

Test(body, may_be_empty)
{
    fixture_start_default();
    client_request(&reply, fixture_port, "POST", "/v1/dingen", JSON_TYPE, "");
    expect_status(&reply, 201);
    client_request(&reply, fixture_port, "POST", "/v1/dingen", "", NULL);
    expect_status(&reply, 201);
}

Test(body, asks_to_go_on_only_when_welcome)
{
    fixture_start_default();
    struct client *client = client_open(fixture_port);
    client_send_text(client, "POST /v1/dingen HTTP/1.1\r\nHost: x\r\n" JSON_TYPE
                             "Content-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    client_read(&reply, client, true);
    expect_status(&reply, 100);
    client_send_text(client, "1234");
    client_read(&reply, client, true);
    expect_status(&reply, 201);
    client_send_text(client, "POST /v1/dingen HTTP/1.1\r\nHost: x\r\n" JSON_TYPE
                             "Content-Length: 40000\r\nExpect: 100-continue\r\n\r\n");
    client_read(&reply, client, true);
    expect_problem(&reply, 413);
    expect_header(&reply, "Connection", "close");
    client_close(client);
}

Test(body, exactly_at_the_limit_and_one_past_it)
{
    fixture_start_default();
    char text[FIXTURE_BODY_MAX + 2];
    memset(text, '1', sizeof text);
    text[FIXTURE_BODY_MAX] = '\0';
    client_request(&reply, fixture_port, "POST", "/v1/dingen", JSON_TYPE, text);
    expect_status(&reply, 201);
    text[FIXTURE_BODY_MAX] = '1';
    text[FIXTURE_BODY_MAX + 1] = '\0';
    struct client *client = client_open(fixture_port);
    client_exchange(&reply, client, "POST", "/v1/dingen", JSON_TYPE, text);
    expect_problem(&reply, 413);
    client_exchange(&reply, client, "GET", "/levend", "", NULL); /* a small surplus costs no connection */
    expect_status(&reply, 200);
    client_close(client);
    cr_assert_eq(atomic_load(&fixture_counts.runs), 2);
}

Test(body, ten_megabytes_are_refused_before_they_are_read)
{
    fixture_start_default();
    struct client *client = client_open(fixture_port);
    client_send_text(client,
                     "POST /v1/dingen HTTP/1.1\r\nHost: x\r\n" JSON_TYPE "Content-Length: 10485760\r\n\r\n");
    client_read(&reply, client, true);
    expect_problem(&reply, 413);
    expect_header(&reply, "Connection", "close");
    client_close(client);
    client = client_open(fixture_port); /* a client that does not look at the answer first */
    client_send_text(client,
                     "POST /v1/dingen HTTP/1.1\r\nHost: x\r\n" JSON_TYPE "Content-Length: 10485760\r\n\r\n");
    char *ten_megabytes = calloc(1, 10485760);
    client_send(client, ten_megabytes, 10485760);
    free(ten_megabytes);
    client_read(&reply, client, true);
    expect_problem(&reply, 413);
    client_close(client);
}

Test(body, ten_megabytes_in_chunks_are_counted)
{
    fixture_start_default();
    struct client *client = client_open(fixture_port);
    client_send_text(client, "POST /v1/dingen HTTP/1.1\r\nHost: x\r\n" JSON_TYPE
                             "Transfer-Encoding: chunked\r\n\r\n");
    char *chunk = calloc(1, 65536 + 16);
    int head = snprintf(chunk, 16, "10000\r\n");
    memcpy(chunk + head + 65536, "\r\n", 2);
    for (int i = 0; i < 160; i++) {
        cr_assert(client_send(client, chunk, (size_t)head + 65536 + 2), "chunk %d", i);
    }
    free(chunk);
    client_send_text(client, "0\r\n\r\n");
    client_read(&reply, client, true);
    expect_problem(&reply, 413);
    client_close(client);
    cr_assert_eq(atomic_load(&fixture_counts.runs), 0);
}

Test(body, endless_chunks_are_cut_off)
{
    fixture_start_default();
    struct client *client = client_open(fixture_port);
    client_send_text(client, "POST /v1/dingen HTTP/1.1\r\nHost: x\r\n" JSON_TYPE
                             "Transfer-Encoding: chunked\r\n\r\n");
    char *chunk = calloc(1, 65536 + 16);
    int head = snprintf(chunk, 16, "10000\r\n");
    memcpy(chunk + head + 65536, "\r\n", 2);
    int sent = 0;
    while (sent < 1000 && client_send(client, chunk, (size_t)head + 65536 + 2)) {
        sent++;
    }
    free(chunk);
    cr_assert_lt(sent, 1000); /* the memory of sockets apart, some 256 */
    client_close(client);
}

Test(body, goes_where_a_body_is_expected)
{
    fixture_start_default();
    client_request(&reply, fixture_port, "GET", "/v1/dingen", "", "{}");
    expect_problem(&reply, 413);
    client_request(&reply, fixture_port, "DELETE", "/v1/dingen/a", "", "{}");
    expect_problem(&reply, 413);
    client_request(&reply, fixture_port, "DELETE", "/v1/dingen/a", "", "");
    expect_status(&reply, 204);
}

Test(body, of_another_kind_is_415)
{
    fixture_start_default();
    static const char *const types[] = {"",
                                        "Content-Type: text/plain\r\n",
                                        FORM_TYPE,
                                        "Content-Type: application/json;charset=latin1\r\n",
                                        "Content-Type: multipart/form-data; boundary=x\r\n",
                                        JSON_TYPE "Content-Encoding: gzip\r\n"};
    struct client *client = client_open(fixture_port);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        client_exchange(&reply, client, "POST", "/v1/dingen", types[i], "{}");
        expect_problem(&reply, 415);
    }
    client_exchange(&reply, client, "POST", "/formulier", JSON_TYPE OURS, "{}");
    expect_status(&reply, 415);
    cr_assert_str_eq(reply.body, "<h1>Fout 415</h1>");
    client_exchange(&reply, client, "POST", "/v1/dingen", JSON_TYPE "Content-Encoding: identity\r\n", "{}");
    expect_status(&reply, 201);
    client_close(client);
}

Test(body, a_form_arrives_decoded_and_in_order)
{
    fixture_start_default();
    client_request(&reply, fixture_port, "POST", "/formulier", FORM_TYPE OURS,
                   "a=1&b=x+y%26z&a=2&leeg=&zonder&%C3%A9=%E2%82%AC");
    expect_status(&reply, 200);
    cr_assert_str_eq(reply.body, "6 [a=1][b=x y&z][a=2][leeg=][zonder=][\xc3\xa9=\xe2\x82\xac]");
}

Test(body, a_malformed_form_is_400)
{
    fixture_start_default();
    static const char *const bad[] = {"a=%",   "a=%4",  "a=%zz",  "%zz=a",
                                      "a=%00", "a=%ff", "a=\xff", "a=%ed%a0%80"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        client_request(&reply, fixture_port, "POST", "/formulier", FORM_TYPE OURS, bad[i]);
        expect_status(&reply, 400);
        cr_assert_str_eq(reply.body, "<h1>Fout 400</h1>");
    }
    cr_assert_eq(atomic_load(&fixture_counts.runs), 0);
}

static char *many_fields(int count)
{
    char *text = malloc((size_t)count * 2 + 1);
    for (int i = 0; i < count; i++) {
        memcpy(text + 2 * i, "a&", 2);
    }
    text[2 * count] = '\0';
    return text;
}

Test(body, a_form_has_a_bounded_number_of_fields)
{
    fixture_start_default();
    char *fits = many_fields(HTTP_MAX_FORM_FIELDS);
    client_request(&reply, fixture_port, "POST", "/formulier", FORM_TYPE OURS, fits);
    expect_status(&reply, 200);
    free(fits);
    char *too_many = many_fields(HTTP_MAX_FORM_FIELDS + 1);
    client_request(&reply, fixture_port, "POST", "/formulier", FORM_TYPE OURS, too_many);
    expect_status(&reply, 400);
    free(too_many);
}

Test(body, a_form_from_elsewhere_is_403)
{
    fixture_start_default();
    static const struct {
        const char *headers;
        const char *form;
        int status;
    } cases[] = {
        {"Sec-Fetch-Site: same-origin\r\n", "a=1", 200},
        {"Sec-Fetch-Site: none\r\n", "a=1", 200},
        {"Sec-Fetch-Site: same-origin\r\nOrigin: null\r\n", "a=1", 200},
        {"Sec-Fetch-Site: cross-site\r\nOrigin: http://zeven.example\r\n", "a=1&merk=echt", 403},
        {"Sec-Fetch-Site: same-site\r\n", "a=1&merk=echt", 403},
        {"Origin: http://zeven.example\r\n", "a=1", 200},
        {"Origin: https://zeven.example\r\n", "a=1&merk=echt", 403},
        {"Origin: http://elders.example\r\n", "a=1&merk=echt", 403},
        {"Origin: null\r\n", "a=1", 403},
        {"Origin: null\r\n", "a=1&merk=echt", 200},
        {"", "a=1", 403},
        {"", "a=1&merk=nep", 403},
        {"", "a=1&merk=echt", 200},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char headers[256];
        snprintf(headers, sizeof headers, FORM_TYPE "%s", cases[i].headers);
        client_request(&reply, fixture_port, "POST", "/formulier", headers, cases[i].form);
        cr_assert_eq(reply.status, cases[i].status, "%zu: %d\n%s", i, reply.status, cases[i].headers);
    }
}

Test(body, all_bodies_together_have_a_limit)
{
    struct http_config config = fixture_config();
    config.limits.body_memory = 1500;
    fixture_start(&config);
    struct client *first = client_open(fixture_port);
    client_send_text(first,
                     "POST /v1/dingen HTTP/1.1\r\nHost: x\r\n" JSON_TYPE "Content-Length: 1000\r\n\r\n");
    char half[902];
    memset(half, '1', sizeof half);
    half[901] = '\0';
    client_send(first, half, 900);
    struct client *second = client_open(fixture_port);
    for (int tries = 0; tries < 100; tries++) {
        client_exchange(&reply, second, "POST", "/v1/dingen", JSON_TYPE,
                        half); /* 901 announced do not fit beside 900, once those have arrived */
        if (reply.status == 503) {
            break;
        }
        client_sleep_ms(50);
    }
    expect_problem(&reply, 503);
    expect_header(&reply, "Retry-After", "5");
    client_exchange(&reply, second, "POST", "/v1/dingen", JSON_TYPE, "{}");
    expect_status(&reply, 201);
    client_send(first, half, 100);
    client_read(&reply, first, true);
    expect_status(&reply, 201);
    half[900] = '\0';
    for (int tries = 0; tries < 100; tries++) { /* given back, soon after the answer is out */
        client_exchange(&reply, second, "POST", "/v1/dingen", JSON_TYPE, half);
        if (reply.status == 201) {
            break;
        }
        client_sleep_ms(50);
    }
    expect_status(&reply, 201);
    client_close(first);
    client_close(second);
}

Test(body, chunks_count_against_the_common_limit)
{
    struct http_config config = fixture_config();
    config.limits.body_memory = 500;
    fixture_start(&config);
    struct client *client = client_open(fixture_port);
    client_send_text(client, "POST /v1/dingen HTTP/1.1\r\nHost: x\r\n" JSON_TYPE
                             "Transfer-Encoding: chunked\r\n\r\n");
    char chunk[300];
    memset(chunk, '1', sizeof chunk);
    for (int i = 0; i < 3; i++) {
        client_send_text(client, "12c\r\n");
        client_send(client, chunk, sizeof chunk);
        client_send_text(client, "\r\n");
    }
    client_send_text(client, "0\r\n\r\n");
    client_read(&reply, client, true);
    expect_problem(&reply, 503);
    client_exchange(&reply, client, "POST", "/v1/dingen", JSON_TYPE, "{}");
    expect_status(&reply, 201);
    client_close(client);
}

Test(body, a_large_reply_arrives_whole)
{
    fixture_start_default();
    struct client *client = client_open(fixture_port);
    client_send_text(client, "GET /groot HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    client_sleep_ms(50); /* the sender fills all buffers and has to wait */
    client_read(&reply, client, true);
    expect_status(&reply, 200);
    cr_assert(reply.whole);
    cr_assert_eq(reply.body_len, (size_t)FIXTURE_LARGE_BYTES);
    client_close(client);
}
