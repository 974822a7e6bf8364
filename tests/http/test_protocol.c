/* What the table of routes promises: methods, forms of answer, headers. */
#include "base/log.h"
#include "http/fixture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

TestSuite(protocol, .init = fixture_setup, .fini = fixture_teardown);

static struct client_reply reply;

Test(protocol, answers_an_api_route_with_all_headers)
{
    fixture_start_default();
    client_get(&reply, fixture_port, "/v1/dingen?pagina=2");
    expect_status(&reply, 200);
    cr_assert_str_eq(reply.body, "{\"pagina\":\"2\"}");
    expect_header(&reply, "Content-Type", "application/json");
    expect_header(&reply, "API-Version", "1.2.3");
    expect_header(&reply, "Cache-Control", "no-store");
    expect_header(&reply, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    expect_header(&reply, "Referrer-Policy", "no-referrer");
    expect_header(&reply, "X-Content-Type-Options", "nosniff");
    expect_header(&reply, "X-Frame-Options", "DENY");
    cr_assert_eq(strlen(client_header(&reply, "X-Request-Id")), 16);
    expect_no_header(&reply, "Server");
    expect_no_header(&reply, "Strict-Transport-Security");
    expect_no_header(&reply, "Set-Cookie");
}

Test(protocol, answers_a_page_with_its_headers)
{
    fixture_start_default();
    client_get(&reply, fixture_port, "/?stap=3&onbekend=1");
    expect_status(&reply, 200);
    cr_assert_str_eq(reply.body, "<p>nl stap=3</p>");
    expect_header(&reply, "Content-Type", "text/html; charset=utf-8");
    expect_header(&reply, "Referrer-Policy", "same-origin");
    expect_header(&reply, "Cache-Control", "no-store");
    expect_header(
        &reply, "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'");
    expect_no_header(&reply, "API-Version");
}

Test(protocol, every_request_has_an_id_of_its_own)
{
    fixture_start_default();
    char first[32];
    client_get(&reply, fixture_port, "/");
    snprintf(first, sizeof first, "%s", client_header(&reply, "X-Request-Id"));
    client_get(&reply, fixture_port, "/");
    cr_assert_str_neq(client_header(&reply, "X-Request-Id"), first);
}

Test(protocol, https_asks_for_https)
{
    struct http_config config = fixture_config();
    config.public_url = "https://zeven.example";
    fixture_start(&config);
    client_get(&reply, fixture_port, "/");
    expect_header(&reply, "Strict-Transport-Security", "max-age=31536000");
    client_get(&reply, fixture_port, "/v1/onbekend");
    expect_header(&reply, "Strict-Transport-Security", "max-age=31536000");
}

Test(protocol, unknown_addresses_are_404_for_their_reader)
{
    fixture_start_default();
    client_get(&reply, fixture_port, "/v1/onbekend");
    expect_problem(&reply, 404);
    client_get(&reply, fixture_port, "/onbekend");
    expect_status(&reply, 404);
    cr_assert_str_eq(reply.body, "<h1>Fout 404</h1>");
    expect_header(&reply, "Referrer-Policy", "same-origin");
    client_get(&reply, fixture_port, "/assets/a/b");
    expect_status(&reply, 404);
    cr_assert_str_eq(reply.body, "Niet gevonden\n");
    expect_header(&reply, "Content-Type", "text/plain; charset=utf-8");
}

Test(protocol, a_trailing_slash_is_404_and_no_redirect)
{
    fixture_start_default();
    static const char *const targets[] = {"/v1/dingen/",  "/v1/dingen/a/", "/v1/",
                                          "/v1/dingen//", "//v1/dingen",   "/v1//dingen"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        client_get(&reply, fixture_port, targets[i]);
        cr_assert_eq(reply.status, 404, "%s: %d", targets[i], reply.status);
        expect_no_header(&reply, "Location");
    }
}

Test(protocol, a_wrong_method_is_405_with_allow)
{
    fixture_start_default();
    static const char *const wrong[] = {"PUT", "PATCH", "DELETE", "TRACE", "FROBNICATE"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        client_request(&reply, fixture_port, wrong[i], "/v1/dingen", "", NULL);
        expect_problem(&reply, 405);
        expect_header(&reply, "Allow", "GET, HEAD, POST, OPTIONS");
    }
    client_request(&reply, fixture_port, "POST", "/", "", NULL);
    expect_status(&reply, 405);
    expect_header(&reply, "Allow", "GET, HEAD, OPTIONS");
    client_get(&reply, fixture_port, "/formulier");
    expect_status(&reply, 405);
    expect_header(&reply, "Allow", "POST, OPTIONS");
    cr_assert_eq(atomic_load(&fixture_counts.runs), 0);
}

Test(protocol, options_tells_what_may_be_done)
{
    fixture_start_default();
    client_request(&reply, fixture_port, "OPTIONS", "/v1/dingen/a", "", NULL);
    expect_status(&reply, 204);
    expect_header(&reply, "Allow", "GET, HEAD, DELETE, OPTIONS");
    expect_header(&reply, "API-Version", "1.2.3");
    client_request(&reply, fixture_port, "OPTIONS", "/v1/onbekend", "", NULL);
    expect_problem(&reply, 404);
    client_request(&reply, fixture_port, "OPTIONS", "*", "", NULL);
    expect_status(&reply, 204);
}

Test(protocol, head_answers_like_get_without_a_body)
{
    fixture_start_default();
    static const char *const targets[] = {
        "/", "/v1/dingen", "/v1/openapi.json", "/groot", "/v1/onbekend", "/levend", "/v1/wacht"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        char length[32];
        char type[64];
        client_get(&reply, fixture_port, targets[i]);
        int status = reply.status;
        snprintf(length, sizeof length, "%s", client_header(&reply, "Content-Length"));
        snprintf(type, sizeof type, "%s", client_header(&reply, "Content-Type"));
        struct client *client = client_open(fixture_port);
        client_exchange(&reply, client, "HEAD", targets[i], "", NULL);
        expect_status(&reply, status);
        expect_header(&reply, "Content-Length", length);
        expect_header(&reply, "Content-Type", type);
        client_exchange(&reply, client, "GET", "/levend", "", NULL); /* nothing of a body in between */
        expect_status(&reply, 200);
        cr_assert_str_eq(reply.body, "ja\n");
        client_close(client);
    }
}

Test(protocol, chooses_the_form_that_the_client_accepts)
{
    fixture_start_default();
    client_request(&reply, fixture_port, "GET", "/v1/dingen", "Accept: text/csv\r\n", NULL);
    expect_status(&reply, 200);
    expect_header(&reply, "Content-Type", "text/csv; charset=utf-8");
    client_request(&reply, fixture_port, "GET", "/v1/dingen", "Accept: text/csv;q=0.1, application/*\r\n",
                   NULL);
    expect_header(&reply, "Content-Type", "application/json");
    client_request(&reply, fixture_port, "GET", "/v1/dingen", "Accept: image/png\r\nAccept: text/csv\r\n",
                   NULL);
    expect_header(&reply, "Content-Type", "text/csv; charset=utf-8");
    client_request(&reply, fixture_port, "GET", "/v1/dingen", "Accept: application/xml\r\n", NULL);
    expect_problem(&reply, 406);
    client_request(&reply, fixture_port, "GET", "/", "Accept: application/json\r\n", NULL);
    expect_status(&reply, 406);
    client_request(&reply, fixture_port, "GET", "/levend", "Accept: application/xml\r\n", NULL);
    expect_status(&reply, 200);
}

Test(protocol, query_keys_of_the_api_are_known_and_single)
{
    fixture_start_default();
    client_get(&reply, fixture_port, "/v1/dingen?grootte=1&pagina=2&pagina=3&x=%22");
    expect_problem(&reply, 400);
    json_t *problem = json_loads(reply.body, 0, NULL);
    json_t *errors = json_object_get(problem, "errors");
    cr_assert_eq(json_array_size(errors), 3);
    static const char *const wanted[][2] = {{"grootte", "onbekend"}, {"pagina", "dubbel"}, {"x", "onbekend"}};
    for (size_t i = 0; i < 3; i++) {
        json_t *error = json_array_get(errors, i);
        cr_assert_str_eq(json_string_value(json_object_get(error, "parameter")), wanted[i][0]);
        cr_assert_str_eq(json_string_value(json_object_get(error, "code")), wanted[i][1]);
    }
    cr_assert_str_eq(json_string_value(json_object_get(problem, "type")),
                     "http://zeven.example/problemen/parameters");
    json_decref(problem);
    client_get(&reply, fixture_port, "/?stap=1&stap=2&onzin=3"); /* on pages the last one counts */
    cr_assert_str_eq(reply.body, "<p>nl stap=2</p>");
}

/* Where a program comes first when something is wrong: the address of a page that says what it means. */
Test(protocol, an_answer_without_a_right_address_or_method_has_a_type)
{
    static const struct {
        const char *method, *path;
        int status;
        const char *type;
    } wanted[] = {{"GET", "/v1/nergens", 404, "geen-adres"}, {"DELETE", "/v1/dingen", 405, "geen-methode"}};
    fixture_start_default();
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        char type[80];
        client_request(&reply, fixture_port, wanted[i].method, wanted[i].path, "", NULL);
        expect_problem(&reply, wanted[i].status);
        snprintf(type, sizeof type, "http://zeven.example/problemen/%s", wanted[i].type);
        cr_expect_not_null(strstr(reply.body, type), "%s", reply.body);
    }
}

Test(protocol, path_parameters_arrive_decoded)
{
    fixture_start_default();
    client_get(&reply, fixture_port, "/v1/dingen/caf%C3%A9%20%26%20meer+");
    expect_status(&reply, 200);
    cr_assert_str_eq(reply.body, "{\"ding\":\"caf\xc3\xa9 & meer+\",\"cookie\":\"koek\"}");
    client_get(&reply, fixture_port, "/v1/%64ingen"); /* a letter may be escaped */
    expect_status(&reply, 200);
    client_get(&reply, fixture_port, "/v1/dingen/%2E%2E");
    cr_assert_str_eq(reply.body, "{\"ding\":\"..\",\"cookie\":\"koek\"}");
    client_get(&reply, fixture_port, "http://test/v1/dingen/x");
    expect_status(&reply, 200);
}

Test(protocol, an_unchanged_answer_is_304)
{
    fixture_start_default();
    client_get(&reply, fixture_port, "/v1/openapi.json");
    expect_status(&reply, 200);
    expect_header(&reply, "ETag", "\"versie-1\"");
    expect_header(&reply, "Cache-Control", "max-age=60");
    expect_header(&reply, "Access-Control-Allow-Origin", "*");
    struct client *client = client_open(fixture_port);
    client_exchange(&reply, client, "GET", "/v1/openapi.json", "If-None-Match: \"x\", W/\"versie-1\"\r\n",
                    NULL);
    expect_status(&reply, 304);
    expect_header(&reply, "ETag", "\"versie-1\"");
    expect_header(&reply, "API-Version", "1.2.3");
    expect_header(&reply, "Cache-Control", "max-age=60");
    expect_header(&reply, "X-Content-Type-Options", "nosniff");
    expect_header(&reply, "Access-Control-Allow-Origin", "*");
    expect_no_header(&reply, "Content-Type");
    client_exchange(&reply, client, "GET", "/v1/openapi.json", "If-None-Match: \"versie-2\"\r\n", NULL);
    expect_status(&reply, 200);
    client_close(client);
}

Test(protocol, caching_is_for_routes_that_say_so_and_never_for_errors)
{
    fixture_start_default();
    client_get(&reply, fixture_port, "/assets/stijl.css");
    expect_header(&reply, "Cache-Control", "public, max-age=31536000, immutable");
    client_get(&reply, fixture_port, "/assets/weg.css");
    expect_status(&reply, 404);
    expect_header(&reply, "Cache-Control", "no-store");
    client_get(&reply, fixture_port, "/assets/koek.css");
    expect_status(&reply, 200);
    expect_header(&reply, "Cache-Control", "no-store");
    expect_no_header(&reply, "Vary");
}

Test(protocol, knows_who_takes_gzip)
{
    fixture_start_default();
    client_request(&reply, fixture_port, "GET", "/assets/stijl.css", "Accept-Encoding: br, gzip\r\n", NULL);
    cr_assert_str_eq(reply.body, "gzip");
    client_request(&reply, fixture_port, "GET", "/assets/stijl.css", "Accept-Encoding: gzip;q=0\r\n", NULL);
    cr_assert_str_eq(reply.body, "gewoon");
}

Test(protocol, rights_come_from_the_table)
{
    fixture_start_default();
    client_get(&reply, fixture_port, "/v1/geheim");
    expect_problem(&reply, 401);
    expect_header(&reply, "WWW-Authenticate", "Bearer realm=\"zevenstem\"");
    client_request(&reply, fixture_port, "GET", "/v1/geheim", "Authorization: Basic Z29lZA==\r\n", NULL);
    expect_problem(&reply, 401);
    client_request(&reply, fixture_port, "GET", "/v1/geheim", "Authorization: Bearer fout\r\n", NULL);
    expect_problem(&reply, 401);
    client_request(&reply, fixture_port, "GET", "/v1/geheim", "Authorization: Bearer beperkt\r\n", NULL);
    expect_problem(&reply, 403);
    cr_assert_eq(atomic_load(&fixture_counts.runs), 0);
    client_request(&reply, fixture_port, "GET", "/v1/geheim", "authorization: bearer  goed \r\n", NULL);
    expect_status(&reply, 200);
    cr_assert_str_eq(reply.body, "\"analist\"");
}

Test(protocol, rights_that_are_optional_are_checked_when_claimed)
{
    fixture_start_default();
    client_get(&reply, fixture_port, "/v1/beide");
    expect_status(&reply, 200);
    cr_assert_str_eq(reply.body, "\"-\"");
    client_request(&reply, fixture_port, "GET", "/v1/beide", "Authorization: Bearer goed\r\n", NULL);
    expect_status(&reply, 200);
    cr_assert_str_eq(reply.body, "\"analist\"");
    static const char *const wrong[] = {"Basic Z29lZA==", "Bearer fout", "Bearer", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char header[64];
        snprintf(header, sizeof header, "Authorization: %s\r\n", wrong[i]);
        client_request(&reply, fixture_port, "GET", "/v1/beide", header, NULL);
        expect_problem(&reply, 401);
    }
    client_request(&reply, fixture_port, "GET", "/v1/beide", "Authorization: Bearer beperkt\r\n", NULL);
    expect_problem(&reply, 403);
}

Test(protocol, language_by_query_then_cookie_then_header)
{
    fixture_start_default();
    client_get(&reply, fixture_port, "/");
    cr_assert_str_eq(reply.body, "<p>nl stap=</p>");
    client_request(&reply, fixture_port, "GET", "/", "Accept-Language: de, en;q=0.8, nl;q=0.2\r\n", NULL);
    cr_assert_str_eq(reply.body, "<p>en stap=</p>");
    client_request(&reply, fixture_port, "GET", "/", "Accept-Language: en\r\nCookie: x=1; taal=nl\r\n", NULL);
    cr_assert_str_eq(reply.body, "<p>nl stap=</p>");
    client_request(&reply, fixture_port, "GET", "/?taal=en", "Cookie: taal=nl\r\n", NULL);
    cr_assert_str_eq(reply.body, "<p>en stap=</p>");
    client_request(&reply, fixture_port, "GET", "/?taal=fr", "Accept-Language: fr\r\n", NULL);
    cr_assert_str_eq(reply.body, "<p>nl stap=</p>");
}

Test(protocol, cookies_and_redirect)
{
    fixture_start_default();
    client_request(&reply, fixture_port, "GET", "/koekje", "Cookie: a=b\r\nCookie: sessie=oud\r\n", NULL);
    expect_status(&reply, 303);
    expect_header(&reply, "Location", "/verder?stap=2");
    expect_header(&reply, "X-Oud", "[oud]");
    cr_assert_eq(client_count_header(&reply, "Set-Cookie"), 2);
    cr_assert(strstr(reply.head, "Set-Cookie: taal=en; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax\r\n"),
              "%s", reply.head);
    cr_assert(strstr(reply.head, "Set-Cookie: sessie=tweede; Path=/; HttpOnly; SameSite=Lax\r\n"), "%s",
              reply.head);
}

Test(protocol, https_cookies_have_the_host_prefix)
{
    struct http_config config = fixture_config();
    config.public_url = "https://zeven.example";
    fixture_start(&config);
    client_request(&reply, fixture_port, "GET", "/koekje", "Cookie: sessie=nagemaakt; __Host-sessie=echt\r\n",
                   NULL);
    expect_header(&reply, "X-Oud", "[echt]");
    cr_assert(
        strstr(reply.head, "Set-Cookie: __Host-sessie=tweede; Path=/; HttpOnly; SameSite=Lax; Secure\r\n"),
        "%s", reply.head);
    client_request(&reply, fixture_port, "GET", "/koekje", "Cookie: sessie=nagemaakt\r\n", NULL);
    expect_header(&reply, "X-Oud", "[]");
}

Test(protocol, no_answer_can_be_split_or_led_away)
{
    fixture_start_default();
    client_get(&reply, fixture_port, "/elders");
    expect_status(&reply, 500);
    expect_no_header(&reply, "Location");
    client_get(&reply, fixture_port, "/gesplitst");
    expect_status(&reply, 200);
    cr_assert_str_eq(reply.body, "heel");
    expect_no_header(&reply, "X-Kwaad");
    expect_no_header(&reply, "X-Mooi");
    expect_no_header(&reply, "Set-Cookie");
}

Test(protocol, a_handler_without_a_reply_is_our_fault)
{
    fixture_start_default();
    client_get(&reply, fixture_port, "/v1/zonder-antwoord");
    expect_problem(&reply, 500);
    expect_no_header(&reply, "X-Weg");
}

Test(protocol, problems_carry_all_errors)
{
    fixture_start_default();
    client_get(&reply, fixture_port, "/v1/fouten");
    expect_problem(&reply, 400);
    json_t *problem = json_loads(reply.body, 0, NULL);
    cr_assert_str_eq(json_string_value(json_object_get(problem, "type")),
                     "http://zeven.example/problemen/ongeldige-antwoorden");
    cr_assert_str_eq(json_string_value(json_object_get(problem, "title")), "Ongeldig verzoek");
    cr_assert_str_eq(json_string_value(json_object_get(problem, "detail")), "Twee antwoorden kloppen niet.");
    cr_assert_eq(json_array_size(json_object_get(problem, "errors")), 2);
    json_decref(problem);
}

Test(protocol, keeps_a_connection_for_many_requests)
{
    fixture_start_default();
    struct client *client = client_open(fixture_port);
    for (int i = 0; i < 50; i++) {
        client_exchange(&reply, client, "GET", i % 2 ? "/v1/dingen" : "/v1/onbekend", "", NULL);
        expect_status(&reply, i % 2 ? 200 : 404);
        client_exchange(&reply, client, "POST", "/v1/dingen", "Content-Type: application/json\r\n", "{}");
        expect_status(&reply, 201);
    }
    client_close(client);
}

Test(protocol, answers_requests_sent_at_once_in_order)
{
    fixture_start_default();
    struct client *client = client_open(fixture_port);
    client_send_text(
        client,
        "GET /v1/dingen/a HTTP/1.1\r\nHost: x\r\n\r\n"
        "POST /v1/wacht HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        "GET /v1/dingen/b HTTP/1.1\r\nHost: x\r\n\r\n");
    client_read(&reply, client, true);
    cr_assert_str_eq(reply.body, "{\"ding\":\"a\",\"cookie\":\"koek\"}");
    client_read(&reply, client, true);
    cr_assert_str_eq(reply.body, "\"gewacht\"");
    client_read(&reply, client, true);
    cr_assert_str_eq(reply.body, "{\"ding\":\"b\",\"cookie\":\"koek\"}");
    client_close(client);
}

Test(protocol, http_1_0_is_answered_and_closed)
{
    fixture_start_default();
    struct client *client = client_open(fixture_port);
    client_send_text(client, "GET /levend HTTP/1.0\r\n\r\n");
    client_read(&reply, client, true);
    expect_status(&reply, 200);
    cr_assert(client_is_closed(client, 2000));
    client_close(client);
}

Test(protocol, the_log_names_the_route_and_never_the_person)
{
    char path[] = "/tmp/zs-http-log.XXXXXX";
    int file = mkstemp(path);
    int kept = dup(STDERR_FILENO);
    dup2(file, STDERR_FILENO);
    log_set_level(LOG_INFO);
    fixture_start_default();
    client_request(&reply, fixture_port, "GET", "/v1/dingen/geheim-pad", "Cookie: sessie=geheim-koekje\r\n",
                   NULL);
    client_get(&reply, fixture_port, "/v1/dingen?pagina=geheime-vraag");
    client_request(&reply, fixture_port, "POST", "/v1/dingen", "Content-Type: application/json\r\n",
                   "\"geheim-lijf\"");
    client_get(&reply, fixture_port, "/geheim-onbekend");
    log_set_level(LOG_SILENT);
    dup2(kept, STDERR_FILENO);
    close(kept);
    char text[8192] = "";
    ssize_t got = pread(file, text, sizeof text - 1, 0);
    close(file);
    unlink(path);
    cr_assert_gt(got, 0);
    cr_assert(strstr(text, "event=http.reply"), "%s", text);
    cr_assert(strstr(text, "method=GET route=/v1/dingen/{ding} status=200 us="), "%s", text);
    cr_assert(strstr(text, "method=POST route=/v1/dingen status=201 us="), "%s", text);
    cr_assert(strstr(text, "method=GET route=- status=404 us="), "%s", text);
    cr_assert(strstr(text, "request="), "%s", text);
    cr_assert_null(strstr(text, "geheim"), "%s", text);
    char *after_start = strstr(text, "event=http.reply");
    cr_assert_null(strstr(after_start, "127.0.0.1"), "%s", text);
}
