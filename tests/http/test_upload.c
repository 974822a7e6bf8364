/* Forms in parts (RFC 7578): fields and files, however they are cut, and what is no such form. */
#include "http/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(upload, .init = fixture_setup, .fini = fixture_teardown);

static struct client_reply reply;
#define OURS       "Sec-Fetch-Site: same-origin\r\n"
#define PARTS_TYPE "Content-Type: multipart/form-data; boundary=----grens7\r\n"
#define FIELD(NAME, VALUE)                                                                                   \
    "------grens7\r\nContent-Disposition: form-data; name=\"" NAME "\"\r\n\r\n" VALUE "\r\n"
#define FILE_PART(NAME, FILE_NAME, VALUE)                                                                    \
    "------grens7\r\nContent-Disposition: form-data; name=\"" NAME "\"; filename=\"" FILE_NAME               \
    "\"\r\nContent-Type: text/plain\r\n\r\n" VALUE "\r\n"
#define END "------grens7--\r\n"

static const char whole[] =
    FIELD("token", "abc") FIELD("leeg", "") FIELD("tekst", "regel 1\r\nregel 2 \xe2\x82\xac --\r\n--")
        FILE_PART("bestand", "gesprek \xc3\xa9.vtt", "WEBVTT\r\n\r\n\xff\x01") END;
static const char wanted[] = "3 [token=abc][leeg=][tekst=regel 1\r\nregel 2 \xe2\x82\xac --\r\n--] {gesprek "
                             "\xc3\xa9.vtt: 12 bytes, WEBVTT\r\n\r\n\xff\x01}";

static void post(const char *type, const char *body)
{
    client_request(&reply, fixture_port, "POST", "/opsturen", type, body);
}

Test(upload, brings_fields_and_files)
{
    fixture_start_default();
    post(PARTS_TYPE OURS, whole);
    expect_status(&reply, 200);
    cr_assert_str_eq(reply.body, wanted);
}

Test(upload, is_the_same_however_it_is_cut)
{
    fixture_start_default();
    char head[256];
    for (size_t cut = 1; cut + 1 < sizeof whole; cut += 3) {
        struct client *client = client_open(fixture_port);
        snprintf(head, sizeof head,
                 "POST /opsturen HTTP/1.1\r\nHost: x\r\n" PARTS_TYPE OURS
                 "Transfer-Encoding: chunked\r\n\r\n%zx\r\n",
                 cut);
        client_send_text(client, head);
        client_send(client, whole, cut);
        snprintf(head, sizeof head, "\r\n%zx\r\n", sizeof whole - 1 - cut);
        client_send_text(client, head);
        client_send(client, whole + cut, sizeof whole - 1 - cut);
        client_send_text(client, "\r\n0\r\n\r\n");
        client_read(&reply, client, true);
        cr_assert_eq(reply.status, 200, "cut at %zu: %d", cut, reply.status);
        cr_assert_str_eq(reply.body, wanted, "cut at %zu: %s", cut, reply.body);
        client_close(client);
    }
}

Test(upload, comes_byte_by_byte)
{
    fixture_start_default();
    struct client *client = client_open(fixture_port);
    char head[256];
    snprintf(head, sizeof head,
             "POST /opsturen HTTP/1.1\r\nHost: x\r\n" PARTS_TYPE OURS "Transfer-Encoding: chunked\r\n\r\n");
    client_send_text(client, head);
    for (size_t i = 0; i + 1 < sizeof whole; i++) {
        client_send_text(client, "1\r\n");
        client_send(client, whole + i, 1);
        client_send_text(client, "\r\n");
    }
    client_send_text(client, "0\r\n\r\n");
    client_read(&reply, client, true);
    expect_status(&reply, 200);
    cr_assert_str_eq(reply.body, wanted);
    client_close(client);
}

Test(upload, may_be_an_ordinary_form)
{
    fixture_start_default();
    post("Content-Type: application/x-www-form-urlencoded\r\n" OURS, "a=1&b=x+y");
    expect_status(&reply, 200);
    cr_assert_str_eq(reply.body, "2 [a=1][b=x y]");
    /* An ordinary form is no place for files. */
    client_request(&reply, fixture_port, "POST", "/formulier", PARTS_TYPE OURS, whole);
    expect_status(&reply, 415);
}

Test(upload, that_is_no_such_form_is_400)
{
    static const char *const bad[] = {
        "",
        "zomaar",
        FIELD("a", "1"),                                                      /* cut off */
        "------grens7\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n", /* the same, in a part */
        "------grens7\r\nContent-Disposition: form-data\r\n\r\n1\r\n" END,    /* no name */
        FIELD("a", "\xff") END,
        FIELD("a\xff", "1") END,
        FILE_PART("a", "\xff", "1") END,
        END, /* no part */
        "------grens7\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64\r\n"
        "\r\nMQ==\r\n" END,
    };
    fixture_start_default();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        post(PARTS_TYPE OURS, bad[i]);
        cr_expect_eq(reply.status, 400, "%zu: %d", i, reply.status);
    }
    post("Content-Type: multipart/form-data\r\n" OURS, whole);
    expect_status(&reply, 400);
    cr_assert_eq(atomic_load(&fixture_counts.runs), 0);
}

Test(upload, has_a_limit_of_fields)
{
    fixture_start_default();
    const size_t one = strlen(FIELD("a", "1"));
    char *body = malloc((HTTP_MAX_FORM_FIELDS + 2) * (one + 1));
    size_t at = 0;
    for (size_t i = 0; i < HTTP_MAX_FORM_FIELDS; i++) {
        at += (size_t)sprintf(body + at, "%s", FIELD("a", "1"));
    }
    strcpy(body + at, END);
    post(PARTS_TYPE OURS, body);
    expect_status(&reply, 200);
    cr_assert(strncmp(reply.body, "1000 ", 5) == 0);
    at += (size_t)sprintf(body + at, "%s", FIELD("a", "1"));
    strcpy(body + at, END);
    post(PARTS_TYPE OURS, body);
    expect_status(&reply, 400);
    free(body);
}

/* bytes of the file: what fits, and one past the limit of the route. */
static void send_file(struct client *client, size_t bytes, bool announced)
{
    static const char before[] = "------grens7\r\nContent-Disposition: form-data; name=\"bestand\"; "
                                 "filename=\"groot.txt\"\r\n\r\n";
    static const char after[] = "\r\n" END;
    const size_t total = sizeof before - 1 + bytes + sizeof after - 1;
    char head[256];
    char *body = malloc(total);
    memcpy(body, before, sizeof before - 1);
    memset(body + sizeof before - 1, 'x', bytes);
    memcpy(body + sizeof before - 1 + bytes, after, sizeof after - 1);
    int length = snprintf(head, sizeof head, "POST /opsturen HTTP/1.1\r\nHost: x\r\n" PARTS_TYPE OURS);
    if (announced) {
        snprintf(head + length, sizeof head - (size_t)length, "Content-Length: %zu\r\n\r\n", total);
    } else {
        snprintf(head + length, sizeof head - (size_t)length, "Transfer-Encoding: chunked\r\n\r\n%zx\r\n",
                 total);
    }
    client_send_text(client, head);
    client_send(client, body, total);
    if (!announced) {
        client_send_text(client, "\r\n0\r\n\r\n");
    }
    free(body);
}

Test(upload, past_its_limit_is_413_announced_or_not)
{
    fixture_start_default();
    for (int announced = 0; announced < 2; announced++) {
        struct client *client = client_open(fixture_port);
        send_file(client, FIXTURE_UPLOAD_MAX - 1000, announced);
        client_read(&reply, client, true);
        expect_status(&reply, 200);
        cr_assert(strstr(reply.body, "{groot.txt: 306200 bytes, xxxxxxxxxxxxxxxxxxxx}"), "%s", reply.body);
        client_close(client);
        client = client_open(fixture_port);
        send_file(client, FIXTURE_UPLOAD_MAX, announced);
        client_read(&reply, client, true);
        expect_status(&reply, 413);
        client_close(client);
    }
    cr_assert_eq(atomic_load(&fixture_counts.runs), 2);
}

Test(upload, counts_against_the_memory_of_all)
{
    struct http_config config = fixture_config();
    config.limits.body_memory = 100 * 1024;
    fixture_start(&config);
    struct client *client = client_open(fixture_port);
    send_file(client, 200 * 1024, false);
    client_read(&reply, client, true);
    expect_status(&reply, 503);
    client_close(client);
    reply.status = 0;
    for (int tries = 0; tries < 100 && reply.status != 200; tries++) { /* given back soon after the answer */
        client_sleep_ms(tries > 0 ? 50 : 0);
        client = client_open(fixture_port);
        send_file(client, 50 * 1024, true);
        client_read(&reply, client, true);
        client_close(client);
    }
    expect_status(&reply, 200);
}

Test(upload, that_ends_in_the_middle_leaves_nothing)
{
    fixture_start_default();
    struct client *client = client_open(fixture_port);
    client_send_text(client, "POST /opsturen HTTP/1.1\r\nHost: x\r\n" PARTS_TYPE OURS
                             "Content-Length: 100000\r\n\r\n" FIELD("a", "1"));
    client_sleep_ms(50);
    client_close(client);
    client_get(&reply, fixture_port, "/levend");
    expect_status(&reply, 200);
    cr_assert_eq(atomic_load(&fixture_counts.runs), 1); /* that of /levend */
}
