#include "http/fixture.h"

#include "base/log.h"
#include "crypto/crypto.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

struct fixture_counts fixture_counts;
struct http_server *fixture_server;
uint16_t fixture_port;

static struct http_config kept_config;
static char *large;

/* ---- routes ---- */

static void say(struct http_exchange *ex, const char *content_type, struct slice text)
{
    atomic_fetch_add(&fixture_counts.runs, 1);
    http_reply_bytes(ex, 200, content_type, text);
}

static void get_start(struct http_exchange *ex, const void *cookie)
{
    (void)cookie;
    struct slice key = {"", 0};
    http_query(&key, ex, "stap");
    say(ex, "text/html; charset=utf-8",
        arena_printf(http_arena(ex), "<p>%s stap=%.*s</p>", http_language(ex), SLICE_ARG(key)));
}

/* A page of many words: what it took of its arena, and the language. */
static void get_words(struct http_exchange *ex, const void *cookie)
{
    const char *language = NULL;
    (void)cookie;
    for (int i = 0; i < 1000; i++) {
        language = http_language(ex);
    }
    say(ex, "text/html; charset=utf-8",
        arena_printf(http_arena(ex), "%zu %s", arena_used(http_arena(ex)), language));
}

static void get_things(struct http_exchange *ex, const void *cookie)
{
    (void)cookie;
    struct slice page = {"1", 1};
    http_query(&page, ex, "pagina");
    if (strcmp(http_accepted(ex), "text/csv") == 0) {
        say(ex, "text/csv; charset=utf-8",
            arena_printf(http_arena(ex), "pagina\r\n%.*s\r\n", SLICE_ARG(page)));
        return;
    }
    atomic_fetch_add(&fixture_counts.runs, 1);
    http_reply_json(ex, 200, json_pack("{s:s%}", "pagina", page.ptr, page.len));
}

static void get_thing(struct http_exchange *ex, const void *cookie)
{
    struct slice thing = http_path_param(ex, "ding");
    atomic_fetch_add(&fixture_counts.runs, 1);
    http_reply_json(ex, 200,
                    json_pack("{s:s%, s:s}", "ding", thing.ptr, thing.len, "cookie", (const char *)cookie));
}

static void post_thing(struct http_exchange *ex, const void *cookie)
{
    (void)cookie;
    struct slice body = http_body(ex);
    atomic_fetch_add(&fixture_counts.runs, 1);
    http_reply_json(ex, 201,
                    json_pack("{s:I, s:s%}", "bytes", (json_int_t)body.len, "inhoud",
                              body.ptr ? body.ptr : "", body.len));
}

static void delete_thing(struct http_exchange *ex, const void *cookie)
{
    (void)cookie;
    atomic_fetch_add(&fixture_counts.runs, 1);
    http_reply_empty(ex, 204);
}

static void get_openapi(struct http_exchange *ex, const void *cookie)
{
    (void)cookie;
    http_set_header(ex, "Access-Control-Allow-Origin", "*");
    http_set_header(ex, "ETag", "\"versie-1\"");
    http_set_header(ex, "Cache-Control", "max-age=60");
    say(ex, "application/json", SLICE("{\"openapi\":\"3.0.3\"}"));
}

static void get_secret(struct http_exchange *ex, const void *cookie)
{
    (void)cookie;
    const char *caller = http_caller(ex);
    say(ex, "application/json", arena_printf(http_arena(ex), "\"%s\"", caller ? caller : "-"));
}

static void get_nothing(struct http_exchange *ex, const void *cookie)
{
    (void)cookie;
    http_set_header(ex, "X-Weg", "nee");
    http_reply_reset(ex);
}

static void get_errors(struct http_exchange *ex, const void *cookie)
{
    (void)cookie;
    http_problem(ex, 400, "ongeldige-antwoorden", NULL, "Twee antwoorden kloppen niet.",
                 json_pack("[{s:s, s:s, s:s}, {s:s, s:s, s:s}]", "pointer", "/a", "code", "bereik", "detail",
                           "Kies 1 tot 5.", "pointer", "/b", "code", "type", "detail", "Geef een getal."));
}

static void post_form(struct http_exchange *ex, const void *cookie)
{
    (void)cookie;
    size_t count;
    const struct http_field *fields = http_form(&count, ex);
    struct slice text = {"", 0};
    for (size_t i = 0; i < count && i < 20; i++) {
        text = arena_printf(http_arena(ex), "%.*s[%.*s=%.*s]", SLICE_ARG(text), SLICE_ARG(fields[i].name),
                            SLICE_ARG(fields[i].value));
    }
    struct http_file file;
    if (http_form_file(&file, ex, "bestand")) {
        text = arena_printf(http_arena(ex), "%.*s {%.*s: %zu bytes, %.*s}", SLICE_ARG(text),
                            SLICE_ARG(file.file_name), file.bytes.len,
                            (int)(file.bytes.len < 20 ? file.bytes.len : 20), file.bytes.ptr);
    }
    say(ex, "text/plain; charset=utf-8", arena_printf(http_arena(ex), "%zu %.*s", count, SLICE_ARG(text)));
}

static void get_cookie(struct http_exchange *ex, const void *cookie)
{
    (void)cookie;
    struct slice old = {"", 0};
    http_cookie(&old, ex, "sessie");
    http_set_cookie(ex, "taal", "en", 3600);
    http_set_cookie(ex, "sessie", "eerste", 0);
    http_set_cookie(ex, "sessie", "tweede", 0);
    http_set_header(ex, "X-Oud", arena_printf(http_arena(ex), "[%.*s]", SLICE_ARG(old)).ptr);
    http_redirect(ex, "/verder?stap=2");
}

static void get_away(struct http_exchange *ex, const void *cookie)
{
    (void)cookie;
    http_redirect(ex, "//elders.example/");
}

static void get_split(struct http_exchange *ex, const void *cookie)
{
    (void)cookie;
    http_set_header(ex, "X-Mooi", "a\r\nX-Kwaad: b");
    http_set_header(ex, "X Kwaad", "a");
    http_set_cookie(ex, "a", "b\r\nX-Kwaad: c", 0);
    say(ex, "text/plain", SLICE("heel"));
}

static void get_large(struct http_exchange *ex, const void *cookie)
{
    (void)cookie;
    atomic_fetch_add(&fixture_counts.runs, 1);
    http_reply_static(ex, 200, "application/octet-stream", (struct slice){large, FIXTURE_LARGE_BYTES});
}

static void get_alive(struct http_exchange *ex, const void *cookie)
{
    (void)cookie;
    say(ex, "text/plain", SLICE("ja\n"));
}

static void get_asset(struct http_exchange *ex, const void *cookie)
{
    (void)cookie;
    http_set_header(ex, "Cache-Control", "public, max-age=31536000, immutable");
    if (slice_equal_cstr(http_path_param(ex, "naam"), "koek.css")) {
        http_set_cookie(ex, "koek", "zacht", 0);
    }
    if (slice_equal_cstr(http_path_param(ex, "naam"), "weg.css")) {
        http_error(ex, 404);
        return;
    }
    say(ex, "text/css", http_accepts_gzip(ex) ? SLICE("gzip") : SLICE("gewoon"));
}

/* What no handler may do: keeps its HTTP thread busy, so that events gather. */
static void get_blocked(struct http_exchange *ex, const void *cookie)
{
    (void)cookie;
    client_sleep_ms(400);
    say(ex, "application/json", SLICE("true"));
}

static void post_wrong_code(struct http_exchange *ex, const void *cookie)
{
    (void)cookie;
    http_charge(ex, 2);
    http_error(ex, 403);
}

/* ---- a route that waits ---- */

static void *resume_soon(void *argument)
{
    usleep(5000);
    http_resume(argument);
    return NULL;
}

static void wait_in_thread(struct http_exchange *ex, void (*then)(struct http_exchange *, void *),
                           void *context)
{
    http_suspend(ex, then, context);
    pthread_t thread;
    if (pthread_create(&thread, NULL, resume_soon, ex) != 0) {
        abort();
    }
    pthread_detach(thread);
}

static void after_second_wait(struct http_exchange *ex, void *context)
{
    atomic_fetch_add(&fixture_counts.continued, 1);
    say(ex, "application/json", arena_printf(http_arena(ex), "\"%s\"", (const char *)context));
}

static void after_first_wait(struct http_exchange *ex, void *context)
{
    wait_in_thread(ex, after_second_wait, context);
}

static void wait_twice(struct http_exchange *ex, const void *cookie)
{
    (void)cookie;
    wait_in_thread(ex, after_first_wait, arena_cstr(http_arena(ex), SLICE("gewacht")));
}

/* ---- table and hooks ---- */

#define API  .surface = HTTP_API
#define PAGE .surface = HTTP_PAGE

static const struct http_route routes[] = {
    {.method = HTTP_GET, .path = "/", PAGE, .query = "stap", .run = get_start},
    {.method = HTTP_GET,
     .path = "/v1/dingen",
     API,
     .query = "pagina, paginaGrootte",
     .produces = "application/json, text/csv",
     .run = get_things},
    {.method = HTTP_POST,
     .path = "/v1/dingen",
     API,
     .body = HTTP_BODY_JSON,
     .body_max = FIXTURE_BODY_MAX,
     .run = post_thing},
    {.method = HTTP_GET, .path = "/v1/dingen/{ding}", API, .run = get_thing, .cookie = "koek"},
    {.method = HTTP_DELETE, .path = "/v1/dingen/{ding}", API, .run = delete_thing},
    {.method = HTTP_GET, .path = "/v1/openapi.json", API, .cacheable = true, .run = get_openapi},
    {.method = HTTP_GET, .path = "/v1/geheim", API, .scope = "lezen", .run = get_secret},
    {.method = HTTP_GET,
     .path = "/v1/beide",
     API,
     .scope = "lezen",
     .scope_optional = true,
     .run = get_secret},
    {.method = HTTP_GET, .path = "/v1/zonder-antwoord", API, .run = get_nothing},
    {.method = HTTP_GET, .path = "/v1/fouten", API, .run = get_errors},
    {.method = HTTP_GET, .path = "/v1/wacht", API, .run = wait_twice},
    {.method = HTTP_POST,
     .path = "/v1/wacht",
     API,
     .body = HTTP_BODY_JSON,
     .body_max = FIXTURE_BODY_MAX,
     .run = wait_twice},
    {.method = HTTP_GET, .path = "/v1/blokkeert", API, .run = get_blocked},
    {.method = HTTP_GET, .path = "/v1/krap", API, .rate = "krap", .run = get_things},
    {.method = HTTP_GET, .path = "/v1/traag", API, .rate = "traag", .run = get_things},
    {.method = HTTP_POST, .path = "/v1/code", API, .rate = "traag", .run = post_wrong_code},
    {.method = HTTP_POST,
     .path = "/formulier",
     PAGE,
     .body = HTTP_BODY_FORM,
     .body_max = 64 * 1024,
     .csrf = HTTP_CSRF_REQUIRED,
     .produces = "text/plain",
     .run = post_form},
    {.method = HTTP_POST,
     .path = "/opsturen",
     PAGE,
     .body = HTTP_BODY_UPLOAD,
     .body_max = FIXTURE_UPLOAD_MAX,
     .csrf = HTTP_CSRF_REQUIRED,
     .produces = "text/plain",
     .run = post_form},
    {.method = HTTP_GET, .path = "/woorden", PAGE, .run = get_words},
    {.method = HTTP_GET, .path = "/koekje", PAGE, .run = get_cookie},
    {.method = HTTP_GET, .path = "/elders", PAGE, .run = get_away},
    {.method = HTTP_GET, .path = "/gesplitst", PAGE, .run = get_split},
    {.method = HTTP_GET, .path = "/groot", .surface = HTTP_PLAIN, .run = get_large},
    {.method = HTTP_GET, .path = "/levend", .surface = HTTP_PLAIN, .rate = HTTP_UNLIMITED, .run = get_alive},
    {.method = HTTP_GET,
     .path = "/assets/{naam}",
     .surface = HTTP_PLAIN,
     .cacheable = true,
     .run = get_asset},
};

static const struct http_rate rates[] = {
    {.name = "krap", .per_s = 0.5, .burst = 2, .delay_max_ms = 0},
    {.name = "traag", .per_s = 20, .burst = 2, .delay_max_ms = 300},
};

static void error_page(struct http_exchange *ex, int status, void *self)
{
    (void)self;
    atomic_fetch_add(&fixture_counts.error_pages, 1);
    http_reply_bytes(ex, status, "text/html; charset=utf-8",
                     arena_printf(http_arena(ex), "<h1>Fout %d</h1>", status));
}

static int authorise(struct http_exchange *ex, struct slice bearer, const char *scope, void *self)
{
    (void)self;
    if (!slice_equal_cstr(bearer, "goed") && !slice_equal_cstr(bearer, "beperkt")) {
        return 401;
    }
    http_set_caller(ex, "analist");
    return strcmp(scope, "lezen") == 0 && slice_equal_cstr(bearer, "goed") ? 0 : 403;
}

static bool form_token_valid(struct http_exchange *ex, void *self)
{
    (void)self;
    struct slice token;
    return http_form_value(&token, ex, "merk") && slice_equal_cstr(token, "echt");
}

struct http_config fixture_config(void)
{
    return (struct http_config){
        .listen_address = "127.0.0.1",
        .public_url = "http://zeven.example",
        .api_version = "1.2.3",
        .limits = {.threads = 2,
                   .connections = 200,
                   .body_memory = 1024 * 1024,
                   .idle_timeout_s = 10,
                   .request_deadline_s = 10,
                   .arena_max = 1024 * 1024,
                   .rates = rates,
                   .rate_count = sizeof rates / sizeof rates[0]},
        .hooks = {.error_page = error_page, .authorise = authorise, .form_token_valid = form_token_valid},
        .routes = routes,
        .route_count = sizeof routes / sizeof routes[0],
    };
}

/* ---- life ---- */

void fixture_setup(void)
{
    log_set_level(LOG_SILENT);
    cr_assert(crypto_start());
    large = malloc(FIXTURE_LARGE_BYTES);
    cr_assert(large);
    memset(large, 'x', FIXTURE_LARGE_BYTES);
}

void fixture_start(const struct http_config *config)
{
    kept_config = *config;
    fixture_server = http_server_start(&kept_config);
    cr_assert(fixture_server);
    fixture_port = http_server_port(fixture_server);
}

void fixture_start_default(void)
{
    struct http_config config = fixture_config();
    fixture_start(&config);
}

void fixture_teardown(void)
{
    if (!http_server_stop(fixture_server, 2000)) {
        abort(); /* assertions in a teardown do not count */
    }
    fixture_server = NULL;
    free(large);
    leaks_check();
}

/* ---- expectations ---- */

void expect_status(const struct client_reply *reply, int status)
{
    cr_assert_eq(reply->status, status, "status %d, not %d\n%s%s", reply->status, status, reply->head,
                 reply->body);
}

void expect_header(const struct client_reply *reply, const char *name, const char *value)
{
    const char *found = client_header(reply, name);
    cr_assert(found, "no %s in\n%s", name, reply->head);
    cr_assert_str_eq(found, value, "%s is '%s', not '%s'", name, found, value);
    cr_assert_eq(client_count_header(reply, name), 1, "%s more than once", name);
}

void expect_no_header(const struct client_reply *reply, const char *name)
{
    cr_assert_null(client_header(reply, name), "%s in\n%s", name, reply->head);
}

void expect_problem(const struct client_reply *reply, int status)
{
    expect_status(reply, status);
    expect_header(reply, "Content-Type", "application/problem+json");
    expect_header(reply, "API-Version", "1.2.3");
    expect_header(reply, "Cache-Control", "no-store");
    expect_header(reply, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    expect_header(reply, "Referrer-Policy", "no-referrer");
    expect_header(reply, "X-Content-Type-Options", "nosniff");
    expect_header(reply, "X-Frame-Options", "DENY");
    json_t *problem = json_loads(reply->body, 0, NULL);
    cr_assert(problem, "%s", reply->body);
    cr_assert_eq(json_integer_value(json_object_get(problem, "status")), status);
    cr_assert_gt(json_string_length(json_object_get(problem, "title")), 3);
    cr_assert_gt(json_string_length(json_object_get(problem, "detail")), 10);
    json_decref(problem);
}
