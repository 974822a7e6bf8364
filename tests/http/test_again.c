/* Answers for everybody that are given again: what is kept and what never is, until when, and made by one. */
#include "lane/lane.h"

#include "base/log.h"
#include "crypto/crypto.h"
#include "db/scene.h"
#include "support/http_client.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { SLEEP_AND_READ, ADD_ONE, SECONDS = 5 };
static const struct db_statement statements[] = {
    {"again_read", "SELECT number, pg_sleep($1::int4 / 1000.0)::text FROM zs.play WHERE id = 1"},
    {"again_add", "UPDATE zs.play SET number = number + 1 WHERE id = 1"},
    {NULL, NULL},
};
static const struct db_statement *const statement_lists[] = {statements, NULL};

/* How often anything was made, and how often that was begun. */
static atomic_int made, making;
static atomic_int pause_ms;
static atomic_int_fast64_t now;
static struct lanes *lanes;

static int64_t now_s(void)
{
    return atomic_load(&now);
}

static void answer(struct http_exchange *ex, int number)
{
    http_reply_bytes(
        ex, 200, "text/html; charset=utf-8",
        arena_printf(http_arena(ex), "%s %d %d", http_language(ex), number, atomic_fetch_add(&made, 1) + 1));
    http_set_header(ex, "Cache-Control", "public, max-age=60");
}

enum { LONG_BYTES = 9000 };

static void answer_long(struct http_exchange *ex)
{
    char *text = arena_alloc(http_arena(ex), LONG_BYTES + 1);
    for (size_t i = 0; i < LONG_BYTES; i++) {
        text[i] = "Uitkomsten van de vragenlijst. "[i % 31];
    }
    memcpy(text, "{\"a\":\"", 6);
    memcpy(text + LONG_BYTES - 2, "\"}", 3);
    http_reply_bytes(ex, 200, http_accepted(ex) ? http_accepted(ex) : "text/html; charset=utf-8",
                     (struct slice){text, LONG_BYTES});
    http_set_header(ex, "Cache-Control", "public, max-age=60");
    atomic_fetch_add(&made, 1);
}

static void get_inline(struct http_exchange *ex, void *self)
{
    struct slice asked;
    (void)self;
    if (http_query(&asked, ex, "lang")) {
        answer_long(ex);
    } else {
        answer(ex, 0);
    }
    if (http_query(&asked, ex, "taal")) {
        http_keep_language(ex, "en");
    } else if (http_query(&asked, ex, "fout")) {
        http_error(ex, 404);
    } else if (http_query(&asked, ex, "verzonnen")) {
        http_mark_invented(ex);
    }
}

static enum db_status get_job(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    (void)self;
    db_put_int32(&p, atomic_load(&pause_ms));
    atomic_fetch_add(&making, 1);
    const enum db_status status = db_run_one(&row, tx, &statements[SLEEP_AND_READ], &p);
    if (status == DB_OK) {
        answer(ex, db_get_int32(row, 0, 0));
    }
    return status;
}

static enum db_status post_job(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    (void)self;
    http_reply_empty(ex, 204);
    return db_run(NULL, tx, &statements[ADD_ONE], NULL);
}

static enum db_status regret_job(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    (void)tx;
    (void)self;
    http_error(ex, 409);
    return DB_ROLLBACK;
}

#define PAGE(PATH) .method = HTTP_GET, .path = PATH, .surface = HTTP_PAGE, .query = "taal,fout,lang,verzonnen"
static const struct route routes[] = {
    {.http = {PAGE("/nu"), .cacheable = true}, .on_inline = get_inline, .again_s = SECONDS},
    {.http = {PAGE("/geheim")}, .on_inline = get_inline, .again_s = SECONDS},
    {.http = {PAGE("/altijd"), .cacheable = true}, .on_inline = get_inline},
    {.http = {PAGE("/werk"), .cacheable = true},
     .on_job = get_job,
     .role = DB_ROLE_INTAKE,
     .read_only = true,
     .again_s = SECONDS},
    {.http = {.method = HTTP_GET,
              .path = "/v1/tabel",
              .surface = HTTP_API,
              .produces = "application/json,text/csv",
              .query = "lang,verzonnen",
              .cacheable = true},
     .on_inline = get_inline,
     .again_s = SECONDS},
    {.http = {.method = HTTP_POST, .path = "/v1/wijzig", .surface = HTTP_API},
     .on_job = post_job,
     .role = DB_ROLE_INTAKE},
    {.http = {.method = HTTP_POST, .path = "/v1/spijt", .surface = HTTP_API},
     .on_job = regret_job,
     .role = DB_ROLE_INTAKE},
};

static struct scene scene;
static struct http_config http;
static struct http_server *server;
static uint16_t port;
static struct client_reply reply;

static void begin(void)
{
    cr_assert(crypto_start());
    log_set_level(LOG_SILENT);
    scene_begin(&scene, statement_lists);
    atomic_store(&now, 1000);
    lanes = lanes_start(&(struct lanes_config){.database = &scene.config,
                                               .workers = 3,
                                               .queue_limit = 100,
                                               .job_deadline_ms = 5000,
                                               .batch_deadline_ms = 5000,
                                               .now_s = now_s});
    cr_assert(lanes != NULL);
    lanes_add(lanes, routes, sizeof routes / sizeof routes[0], NULL);
    http = (struct http_config){.listen_address = "127.0.0.1",
                                .public_url = "http://zeven.example",
                                .api_version = "1.0.0",
                                .limits = {.threads = 2,
                                           .connections = 100,
                                           .body_memory = 1024 * 1024,
                                           .idle_timeout_s = 10,
                                           .request_deadline_s = 10,
                                           .arena_max = 256 * 1024}};
    http.routes = lanes_routes(&http.route_count, lanes);
    server = http_server_start(&http);
    cr_assert(server != NULL);
    port = http_server_port(server);
    for (int i = 0; i < 1000 && !lanes_ready(lanes); i++) {
        client_sleep_ms(5);
    }
    cr_assert(lanes_ready(lanes));
}

static void end(void)
{
    if (!http_server_stop(server, 10000)) {
        abort();
    }
    lanes_stop(lanes);
    scene_end(&scene);
    leaks_check();
}

TestSuite(again, .init = begin, .fini = end, .timeout = 60);

static void expect_body(const char *target, const char *headers, const char *body)
{
    client_request(&reply, port, "GET", target, headers, NULL);
    cr_assert(eq(int, reply.status, 200), "%s: %s", target, reply.head);
    cr_expect_str_eq(reply.body, body, "%s %s: %s", target, headers, reply.body);
}

static void post(const char *target, int status)
{
    client_request(&reply, port, "POST", target, "Content-Length: 0\r\n", NULL);
    cr_assert(eq(int, reply.status, status), "%s", reply.head);
}

Test(again, is_made_once_and_given_to_whoever_asks_the_same)
{
    for (int i = 0; i < 3; i++) {
        expect_body("/nu", "", "nl 0 1");
        expect_body("/werk", "", "nl 10 2");
    }
    expect_body("/nu", "Accept-Language: en\r\n", "en 0 3");
    expect_body("/nu", "Accept-Language: en\r\n", "en 0 3");
    expect_body("/nu", "", "nl 0 1");
    cr_expect_str_eq(client_header(&reply, "Cache-Control"), "public, max-age=60");
    cr_expect_str_eq(client_header(&reply, "Content-Type"), "text/html; charset=utf-8");
    cr_expect_str_eq(client_header(&reply, "Vary"), "Accept-Language, Cookie");
    cr_expect(client_header(&reply, "X-Request-Id") != NULL);
    cr_expect(client_header(&reply, "Content-Security-Policy") != NULL);
}

Test(again, media_types_are_told_apart)
{
    expect_body("/v1/tabel", "Accept: text/csv\r\n", "nl 0 1");
    expect_body("/v1/tabel", "Accept: application/json\r\n", "nl 0 2");
    expect_body("/v1/tabel", "Accept: text/csv\r\n", "nl 0 1");
    expect_body("/v1/tabel?verzonnen=1", "Accept: text/csv\r\n", "nl 0 3");
    expect_body("/v1/tabel?verzonnen=1", "Accept: text/csv\r\n", "nl 0 3");
    cr_expect_str_eq(client_header(&reply, "Verzonnen-Gegevens"), "ja", "it stays marked");
}

#define GZIP "Accept-Encoding: br, gzip\r\n"

/* Sized as it was before it was packed; by another's reading. */
static void expect_packed(const char *target, const char *headers)
{
    static char text[LONG_BYTES + 1], plain[LONG_BYTES];
    z_stream inflater = {.next_in = (Bytef *)reply.body, .next_out = (Bytef *)text, .avail_out = sizeof text};
    client_request(&reply, port, "GET", target, "", NULL);
    cr_assert(eq(sz, reply.body_len, LONG_BYTES));
    memcpy(plain, reply.body, LONG_BYTES);
    client_request(&reply, port, "GET", target, headers, NULL);
    cr_assert(eq(int, reply.status, 200));
    cr_assert_str_eq(client_header(&reply, "Content-Encoding"), "gzip");
    cr_expect(lt(sz, reply.body_len, LONG_BYTES / 10));
    inflater.avail_in = (uInt)reply.body_len;
    cr_assert(eq(int, inflateInit2(&inflater, 15 + 16), Z_OK));
    cr_expect(eq(int, inflate(&inflater, Z_FINISH), Z_STREAM_END));
    cr_expect(eq(sz, inflater.total_out, LONG_BYTES));
    inflateEnd(&inflater);
    cr_expect_arr_eq(text, plain, LONG_BYTES);
}

Test(again, a_long_text_is_packed_for_whoever_takes_it_so)
{
    char tag[128], condition[256];
    expect_packed("/nu?lang=1", GZIP);
    const int before = atomic_load(&made);
    expect_packed("/nu?lang=1", GZIP);
    cr_expect(eq(int, atomic_load(&made), before), "packed once");
    cr_expect_str_eq(client_header(&reply, "Vary"), "Accept-Language, Cookie, Accept-Encoding");
    snprintf(tag, sizeof tag, "%s", client_header(&reply, "ETag"));
    snprintf(condition, sizeof condition, GZIP "If-None-Match: %s\r\n", tag);
    client_request(&reply, port, "GET", "/nu?lang=1", condition, NULL);
    cr_expect(eq(int, reply.status, 304));
    client_request(&reply, port, "GET", "/nu?lang=1", "Accept-Encoding: gzip;q=0\r\n", NULL);
    cr_expect(eq(sz, reply.body_len, LONG_BYTES));
    cr_expect(client_header(&reply, "Content-Encoding") == NULL);
    cr_expect_str_eq(client_header(&reply, "Vary"), "Accept-Language, Cookie, Accept-Encoding");
    cr_expect(strcmp(client_header(&reply, "ETag"), tag) != 0, "other bytes, another tag");
    expect_packed("/v1/tabel?lang=1", "Accept: application/json\r\n" GZIP);
    cr_expect_str_eq(client_header(&reply, "Vary"), "Accept, Accept-Encoding");
    /* What fits a packet stays as it is, and what is said of invented data is said. */
    client_request(&reply, port, "GET", "/nu", GZIP, NULL);
    cr_expect(eq(int, strncmp(reply.body, "nl 0 ", 5), 0));
    client_request(&reply, port, "GET", "/v1/tabel?lang=1&verzonnen=1", "Accept: application/json\r\n" GZIP,
                   NULL);
    cr_expect(eq(int, strncmp(reply.body, "{\"verzonnen\":true,", 18), 0));
    /* Nothing of who shows something: it may hold what is theirs. */
    client_request(&reply, port, "GET", "/nu?lang=1", "Cookie: deelname=abc\r\n" GZIP, NULL);
    cr_expect(client_header(&reply, "Content-Encoding") == NULL);
}

Test(again, answers_head_and_conditions_as_the_first_time)
{
    char tag[128], condition[256];
    expect_body("/nu", "", "nl 0 1");
    cr_assert(client_header(&reply, "ETag") != NULL, "the first has its tag too");
    snprintf(tag, sizeof tag, "%s", client_header(&reply, "ETag"));
    snprintf(condition, sizeof condition, "If-None-Match: %s\r\n", tag);
    client_request(&reply, port, "GET", "/nu", condition, NULL);
    cr_expect(eq(int, reply.status, 304));
    cr_expect_str_eq(client_header(&reply, "ETag"), tag);
    struct client *client = client_open(port);
    client_send_text(client, "HEAD /nu HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    client_read(&reply, client, false);
    client_close(client);
    cr_expect(eq(int, reply.status, 200));
    cr_expect_str_eq(client_header(&reply, "Content-Length"), "6");
    expect_body("/geheim", "", "nl 0 2");
    expect_body("/geheim", "", "nl 0 2");
    cr_expect_str_eq(client_header(&reply, "Cache-Control"), "no-store", "kept here, and by nobody else");
    cr_expect(client_header(&reply, "ETag") == NULL);
}

Test(again, nothing_of_who_shows_something_is_kept_or_given)
{
    expect_body("/nu", "", "nl 0 1");
    expect_body("/nu", "Cookie: deelname=abc\r\n", "nl 0 2");
    expect_body("/nu", "Cookie: deelname=abc\r\n", "nl 0 3");
    expect_body("/werk", "Cookie: deelname=abc\r\n", "nl 10 4");
    expect_body("/werk", "Cookie: x=y\r\n", "nl 10 5");
    expect_body("/nu", "Authorization: Bearer x\r\n", "nl 0 6");
    expect_body("/nu", "", "nl 0 1");
    expect_body("/nu?taal=en", "", "en 0 7");
    expect_body("/nu?taal=en", "", "en 0 8"); /* it hands out a cookie */
    cr_expect(client_header(&reply, "Set-Cookie") != NULL);
    client_get(&reply, port, "/nu?fout=1");
    cr_expect(eq(int, reply.status, 404));
    client_get(&reply, port, "/nu?fout=1");
    cr_expect(eq(int, atomic_load(&made), 10), "an error is made anew");
    expect_body("/altijd", "", "nl 0 11");
    expect_body("/altijd", "", "nl 0 12");
}

Test(again, is_never_found_after_a_change_here)
{
    expect_body("/nu", "", "nl 0 1");
    expect_body("/werk", "", "nl 10 2");
    post("/v1/spijt", 409);
    expect_body("/werk", "", "nl 10 2");
    post("/v1/wijzig", 204);
    expect_body("/werk", "", "nl 11 3");
    expect_body("/nu", "", "nl 0 4");
    lanes_changed(lanes);
    expect_body("/werk", "", "nl 11 5");
    expect_body("/nu", "", "nl 0 6");
}

Test(again, is_never_older_than_it_may_be)
{
    expect_body("/werk", "", "nl 10 1");
    test_sql(scene.database.owner, "UPDATE zs.play SET number = 30"); /* by another instance */
    expect_body("/werk", "", "nl 10 1");
    cr_expect(client_header(&reply, "Age") == NULL);
    atomic_fetch_add(&now, SECONDS - 1);
    expect_body("/werk", "", "nl 10 1");
    cr_expect_str_eq(client_header(&reply, "Age"), "4");
    atomic_fetch_add(&now, 1);
    expect_body("/werk", "", "nl 30 2");
    expect_body("/werk", "", "nl 30 2");
    atomic_store(&now, 1); /* the clock was put back */
    expect_body("/werk", "", "nl 30 3");
}

static void wait_until_made_by(int many)
{
    for (int waited = 0; waited < 20000 && atomic_load(&making) < many; waited += 5) {
        client_sleep_ms(5);
    }
    cr_assert_eq(atomic_load(&making), many);
}

/* What was read before a change and answered after it is not given again. */
static void *ask_slowly(void *out)
{
    client_request(out, port, "GET", "/werk", "", NULL);
    return NULL;
}

Test(again, what_was_being_made_while_it_changed_is_not_kept)
{
    static struct client_reply first;
    pthread_t thread;
    atomic_store(&pause_ms, 1500);
    pthread_create(&thread, NULL, ask_slowly, &first);
    wait_until_made_by(1);
    atomic_store(&pause_ms, 0);
    post("/v1/wijzig", 204);
    expect_body("/werk", "", "nl 11 1");
    pthread_join(thread, NULL);
    cr_expect(eq(int, first.status, 200));
    expect_body("/werk", "", "nl 11 1");
}

Test(again, one_makes_it_while_others_wait)
{
    enum { ASKING = 12 };
    static struct client_reply replies[ASKING];
    pthread_t threads[ASKING];
    atomic_store(&pause_ms, 500);
    for (int i = 0; i < ASKING; i++) {
        pthread_create(&threads[i], NULL, ask_slowly, &replies[i]);
    }
    for (int i = 0; i < ASKING; i++) {
        pthread_join(threads[i], NULL);
        cr_expect(eq(int, replies[i].status, 200));
        cr_expect_str_eq(replies[i].body, "nl 10 1");
    }
    cr_expect(eq(int, atomic_load(&made), 1));
}

/* Whoever made it left: those who wait make it themselves. */
Test(again, nobody_waits_for_who_is_gone)
{
    static struct client_reply second;
    pthread_t thread;
    atomic_store(&pause_ms, 600);
    struct client *gone = client_open(port);
    client_send_text(gone, "GET /werk HTTP/1.1\r\nHost: x\r\n\r\n");
    wait_until_made_by(1);
    pthread_create(&thread, NULL, ask_slowly, &second);
    client_sleep_ms(100);
    client_close(gone);
    pthread_join(thread, NULL);
    cr_expect(eq(int, second.status, 200));
    cr_expect(eq(int, strncmp(second.body, "nl 10 ", 6), 0), "%s", second.body);
}
