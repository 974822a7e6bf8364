/* The three lanes between a real server and a real PostgreSQL. */
#include "lane/lane.h"

#include "base/clock.h"
#include "base/log.h"
#include "crypto/crypto.h"
#include "db/scene.h"
#include "support/http_client.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- a feature ---- */

enum { READ_NUMBER, ADD_NUMBER, INSERT_LATER, SLEEP_MS, READ_MANY, WRITE_MANY };
static const struct db_statement statements[] = {
    {"play_read", "SELECT number FROM zs.play WHERE id = $1"},
    {"play_add", "UPDATE zs.play SET number = number + $2 WHERE id = $1"},
    {"play_insert_later", "INSERT INTO zs.late (id, play) VALUES ($1, $2)"},
    {"play_sleep", "SELECT 1 FROM pg_sleep($1::int4 / 1000.0)"},
    {"play_read_many",
     "SELECT w.id, p.number FROM unnest($1::int4[]) AS w(id) LEFT JOIN zs.play p USING (id) ORDER BY w.id"},
    {"play_write_many", "INSERT INTO zs.play (id, number) SELECT * FROM unnest($1::int4[], $2::int4[]) ON "
                        "CONFLICT (id) DO NOTHING"},
    {NULL, NULL},
};
static const struct db_statement *const statement_lists[] = {statements, NULL};

struct feature {
    struct lanes *lanes;
    struct db_batcher *reader;
    struct db_batcher *writer;
    struct db_batcher *made_writer;
    atomic_int attempts;
    atomic_int conflicts; /* how many attempts still end in DB_RETRY */
};

static int32_t id_of(const struct http_exchange *ex)
{
    uint64_t id = 0;
    slice_to_u64(&id, http_path_param(ex, "id"), INT32_MAX);
    return (int32_t)id;
}

static enum db_status get_number(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    (void)self;
    struct db_params p = db_params(tx);
    db_put_int32(&p, id_of(ex));
    struct db_result *result;
    enum db_status status = db_run(&result, tx, &statements[READ_NUMBER], &p);
    if (status != DB_OK) {
        return status;
    }
    if (db_rows(result) == 0) {
        http_error(ex, 404);
        return DB_ROLLBACK;
    }
    http_reply_json(ex, 200, json_integer(db_get_int32(result, 0, 0)));
    return DB_OK;
}

static enum db_status add(struct db_tx *tx, const struct http_exchange *ex, int32_t amount)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, id_of(ex));
    db_put_int32(&p, amount);
    return db_run(NULL, tx, &statements[ADD_NUMBER], &p);
}

static enum db_status add_one(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    (void)self;
    http_reply_empty(ex, 204);
    return add(tx, ex, 1);
}

static enum db_status add_and_regret(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    (void)self;
    enum db_status status = add(tx, ex, 1);
    http_error(ex, 409);
    return status == DB_OK ? DB_ROLLBACK : status;
}

static enum db_status subtract_too_much(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    (void)self;
    http_reply_empty(ex, 204);
    return add(tx, ex, -1000);
}

static enum db_status conflict(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct feature *feature = self;
    atomic_fetch_add(&feature->attempts, 1);
    enum db_status status = add(tx, ex, 1);
    if (status == DB_OK && atomic_fetch_sub(&feature->conflicts, 1) > 0) {
        http_set_header(ex, "X-Mislukt", "ja");
        http_set_cookie(ex, "mislukt", "ja", 0);
        http_reply_empty(ex, 204);
        return DB_RETRY;
    }
    http_reply_json(ex, 200, json_true());
    return status;
}

/* The foreign key is checked at COMMIT: after the handler was content. */
static enum db_status fail_at_commit(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    (void)self;
    struct db_params p = db_params(tx);
    db_put_int32(&p, id_of(ex));
    db_put_int32(&p, 999);
    http_reply_empty(ex, 204);
    return db_run(NULL, tx, &statements[INSERT_LATER], &p);
}

static enum db_status slow(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    (void)self;
    struct db_params p = db_params(tx);
    db_put_int32(&p, id_of(ex));
    http_reply_empty(ex, 204);
    return db_run(NULL, tx, &statements[SLEEP_MS], &p);
}

static enum db_status forget_to_reply(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    (void)tx;
    (void)ex;
    (void)self;
    return DB_OK;
}

static void keep_what_was_typed(struct http_exchange *ex, void *self)
{
    (void)self;
    struct slice text = {"", 0};
    http_form_value(&text, ex, "tekst");
    http_reply_bytes(ex, 503, "text/html; charset=utf-8",
                     arena_printf(http_arena(ex), "bewaard: %.*s", SLICE_ARG(text)));
}

static void hello(struct http_exchange *ex, void *self)
{
    struct feature *feature = self;
    http_reply_json(ex, 200, json_boolean(lanes_ready(feature->lanes)));
}

/* ---- the feature's batches: read what is there, then write what is not ---- */

struct play_item {
    struct lane_item lane; /* first */
    struct feature *feature;
    int32_t id;
    int32_t number;
    bool exists;
};

static int by_id(const struct db_batch_item *a, const struct db_batch_item *b)
{
    int32_t x = ((const struct play_item *)a)->id;
    int32_t y = ((const struct play_item *)b)->id;
    return (x > y) - (x < y);
}

enum { MOST_ITEMS = 64 };

static enum db_status read_batch(struct db_tx *tx, struct db_batch_item **items, size_t count, void *context)
{
    (void)context;
    int32_t ids[MOST_ITEMS];
    for (size_t i = 0; i < count; i++) {
        ids[i] = ((struct play_item *)items[i])->id;
    }
    struct db_params p = db_params(tx);
    db_put_int32_array(&p, ids, count);
    struct db_result *result;
    enum db_status status = db_run(&result, tx, &statements[READ_MANY], &p);
    if (status != DB_OK || db_rows(result) != count) {
        return status == DB_OK ? DB_FAILED : status;
    }
    for (size_t i = 0; i < count; i++) {
        ((struct play_item *)items[i])->exists = !db_is_null(result, i, 1);
    }
    return DB_OK;
}

static enum db_status write_batch(struct db_tx *tx, struct db_batch_item **items, size_t count, void *context)
{
    (void)context;
    int32_t ids[MOST_ITEMS];
    int32_t numbers[MOST_ITEMS];
    for (size_t i = 0; i < count; i++) {
        ids[i] = ((struct play_item *)items[i])->id;
        numbers[i] = ((struct play_item *)items[i])->number;
    }
    struct db_params p = db_params(tx);
    db_put_int32_array(&p, ids, count);
    db_put_int32_array(&p, numbers, count);
    return db_run(NULL, tx, &statements[WRITE_MANY], &p);
}

static const struct db_batch_kind reading = {.name = "play-read",
                                             .role = DB_ROLE_INTAKE,
                                             .max_items = MOST_ITEMS,
                                             .queue_limit = 1000,
                                             .compare = by_id,
                                             .run = read_batch};
static struct db_batch_kind writing = {.name = "play-write",
                                       .role = DB_ROLE_INTAKE,
                                       .max_items = MOST_ITEMS,
                                       .queue_limit = 1000,
                                       .compare = by_id,
                                       .run = write_batch};

static void after_write(struct http_exchange *ex, void *context)
{
    const struct play_item *item = context;
    if (item->lane.status == DB_CONSTRAINT) {
        http_error(ex, 409);
    } else if (item->lane.status != DB_OK) {
        lane_answer_failure(ex, item->lane.status);
    } else {
        http_reply_json(ex, 201, json_integer(item->id));
    }
}

static void after_read(struct http_exchange *ex, void *context)
{
    struct play_item *item = context;
    if (item->lane.status != DB_OK) {
        lane_answer_failure(ex, item->lane.status);
    } else if (item->exists) {
        http_reply_json(ex, 200, json_integer(item->id));
    } else {
        lane_submit(item->feature->lanes, item->feature->writer, ex, &item->lane, after_write);
    }
}

/* Ids that end in 13 are against the table's CHECK. */
static void put_number(struct http_exchange *ex, void *self)
{
    struct feature *feature = self;
    struct play_item *item = arena_alloc(http_arena(ex), sizeof *item);
    item->feature = feature;
    item->id = id_of(ex);
    item->number = item->id % 100 == 13 ? -1 : item->id;
    lane_submit(feature->lanes, feature->reader, ex, &item->lane, after_read);
}

/* ---- an item that a worker makes: ids that end in 50 have nothing to write ---- */

struct made_item {
    struct lane_made_item made; /* first */
    int32_t id;
};

static bool make_item(struct lane_made_item *made)
{
    const struct made_item *item = (struct made_item *)made;
    http_set_header(made->item.exchange, "X-Gemaakt", "ja");
    http_reply_json(made->item.exchange, 200, json_integer(item->id));
    return item->id % 100 != 50;
}

static enum db_status write_made(struct db_tx *tx, struct db_batch_item **items, size_t count, void *context)
{
    enum db_status status = DB_OK;
    (void)context;
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        const int32_t id = ((struct made_item *)items[i])->id, value = id % 100 == 13 ? -1 : id;
        struct db_params p = db_params(tx);
        db_put_int32_array(&p, &id, 1);
        db_put_int32_array(&p, &value, 1);
        status = db_run(NULL, tx, &statements[WRITE_MANY], &p);
    }
    return status;
}

static int by_made_id(const struct db_batch_item *a, const struct db_batch_item *b)
{
    int32_t x = ((const struct made_item *)a)->id, y = ((const struct made_item *)b)->id;
    return (x > y) - (x < y);
}

static const struct db_batch_kind making = {.name = "play-made",
                                            .role = DB_ROLE_INTAKE,
                                            .max_items = MOST_ITEMS,
                                            .queue_limit = 1000,
                                            .compare = by_made_id,
                                            .run = write_made};

static void after_made(struct http_exchange *ex, void *context)
{
    const struct made_item *item = context;
    if (item->made.item.status != DB_OK) {
        http_reply_reset(ex);
        lane_answer_failure(ex, item->made.item.status);
    }
}

static void put_made(struct http_exchange *ex, void *self)
{
    struct feature *feature = self;
    struct made_item *item = arena_alloc(http_arena(ex), sizeof *item);
    item->made.make = make_item;
    item->id = id_of(ex);
    lane_make_and_submit(feature->lanes, feature->made_writer, ex, &item->made, after_made);
}

#define JOB_ROUTE(the_method, the_path, handler)                                                             \
    {                                                                                                        \
        .http = {.method = the_method, .path = the_path, .surface = HTTP_API}, .on_job = handler,            \
        .role = DB_ROLE_INTAKE                                                                               \
    }

static const struct route routes[] = {
    {.http = {.method = HTTP_GET, .path = "/v1/getallen/{id}", .surface = HTTP_API},
     .on_job = get_number,
     .role = DB_ROLE_INTAKE,
     .read_only = true},
    {.http = {.method = HTTP_PUT, .path = "/v1/getallen/{id}", .surface = HTTP_API}, .on_inline = put_number},
    {.http = {.method = HTTP_PUT, .path = "/v1/gemaakt/{id}", .surface = HTTP_API}, .on_inline = put_made},
    JOB_ROUTE(HTTP_POST, "/v1/getallen/{id}", add_one),
    JOB_ROUTE(HTTP_POST, "/v1/spijt/{id}", add_and_regret),
    JOB_ROUTE(HTTP_POST, "/v1/te-veel/{id}", subtract_too_much),
    JOB_ROUTE(HTTP_POST, "/v1/botsing/{id}", conflict),
    JOB_ROUTE(HTTP_POST, "/v1/te-laat/{id}", fail_at_commit),
    JOB_ROUTE(HTTP_GET, "/v1/traag/{id}", slow),
    JOB_ROUTE(HTTP_GET, "/v1/vergeten", forget_to_reply),
    {.http = {.method = HTTP_POST, .path = "/v1/alleen-lezen/{id}", .surface = HTTP_API},
     .on_job = add_one,
     .role = DB_ROLE_INTAKE,
     .read_only = true},
    {.http = {.method = HTTP_POST,
              .path = "/pagina/{id}",
              .surface = HTTP_PAGE,
              .body = HTTP_BODY_FORM,
              .body_max = 1000},
     .on_job = slow,
     .role = DB_ROLE_INTAKE,
     .unavailable = keep_what_was_typed},
    {.http = {.method = HTTP_GET, .path = "/v1/hallo", .surface = HTTP_API}, .on_inline = hello},
};

/* ---- the scene: database, lanes, server ---- */

static struct scene scene;
static struct feature feature;
static struct http_config http;
static struct http_server *server;
static uint16_t port;
static struct client_reply reply;

static void begin_with(struct lanes_config config)
{
    log_set_level(LOG_SILENT);
    scene_begin(&scene, statement_lists);
    test_sql(scene.database.owner, "CREATE TABLE zs.late (id int PRIMARY KEY, play int NOT NULL REFERENCES "
                                   "zs.play DEFERRABLE INITIALLY DEFERRED);"
                                   "GRANT ALL ON zs.late TO zs_intake");
    config.database = &scene.config;
    feature.lanes = lanes_start(&config);
    cr_assert(feature.lanes != NULL);
    feature.reader = lanes_batcher(feature.lanes, &reading);
    feature.writer = lanes_batcher(feature.lanes, &writing);
    feature.made_writer = lanes_batcher(feature.lanes, &making);
    lanes_add(feature.lanes, routes, sizeof routes / sizeof routes[0], &feature);
    http = (struct http_config){.listen_address = "127.0.0.1",
                                .public_url = "http://zeven.example",
                                .api_version = "1.0.0",
                                .limits = {.threads = 2,
                                           .connections = 200,
                                           .body_memory = 1024 * 1024,
                                           .idle_timeout_s = 10,
                                           .request_deadline_s = 10,
                                           .arena_max = 256 * 1024}};
    http.routes = lanes_routes(&http.route_count, feature.lanes);
    server = http_server_start(&http);
    cr_assert(server != NULL);
    port = http_server_port(server);
}

static const struct lanes_config usual = {
    .workers = 3, .queue_limit = 100, .job_deadline_ms = 5000, .batch_deadline_ms = 5000};

static void wait_until_ready(void)
{
    for (int i = 0; i < 1000 && !lanes_ready(feature.lanes); i++) {
        client_sleep_ms(5);
    }
    cr_assert(lanes_ready(feature.lanes));
}

static void begin(void)
{
    cr_assert(crypto_start());
    begin_with(usual);
    wait_until_ready();
}

static void stop(void)
{
    if (!http_server_stop(server, 10000)) {
        abort();
    }
    lanes_stop(feature.lanes);
}

static void end(void)
{
    stop();
    scene_end(&scene);
    leaks_check();
}

static int64_t number(const char *sql)
{
    return test_sql_number(scene.database.owner, sql);
}

static void ask(const char *method, const char *target)
{
    client_request(&reply, port, method, target, "", NULL);
}

TestSuite(lane, .timeout = 90);

Test(lane, inline_runs_without_the_database)
{
    begin();
    ask("GET", "/v1/hallo");
    cr_assert_eq(reply.status, 200);
    cr_assert_str_eq(reply.body, "true");
    end();
}

Test(lane, a_job_replies_when_it_committed)
{
    begin();
    ask("GET", "/v1/getallen/1");
    cr_assert_eq(reply.status, 200);
    cr_assert_str_eq(reply.body, "10");
    ask("POST", "/v1/getallen/1");
    cr_assert_eq(reply.status, 204);
    cr_assert_eq(number("SELECT number FROM zs.play WHERE id = 1"), 11);
    ask("GET", "/v1/getallen/77");
    cr_assert_eq(reply.status, 404);
    end();
}

Test(lane, a_job_that_regrets_sends_its_own_reply_and_leaves_nothing)
{
    begin();
    ask("POST", "/v1/spijt/1");
    cr_assert_eq(reply.status, 409);
    cr_assert_eq(number("SELECT number FROM zs.play WHERE id = 1"), 10);
    end();
}

Test(lane, a_failed_job_never_sends_the_reply_it_had_set)
{
    begin();
    ask("POST", "/v1/te-veel/1");
    cr_assert_eq(reply.status, 500);
    ask("POST", "/v1/te-laat/1");
    cr_assert_eq(reply.status, 500, "%d", reply.status);
    ask("POST", "/v1/alleen-lezen/1");
    cr_assert_eq(reply.status, 500);
    ask("GET", "/v1/vergeten");
    cr_assert_eq(reply.status, 500);
    cr_assert_eq(number("SELECT number FROM zs.play WHERE id = 1"), 10);
    cr_assert_eq(number("SELECT count(*) FROM zs.late"), 0);
    end();
}

Test(lane, a_conflict_runs_again_with_a_clean_reply)
{
    begin();
    atomic_store(&feature.conflicts, 2);
    ask("POST", "/v1/botsing/1");
    cr_assert_eq(reply.status, 200);
    cr_assert_eq(atomic_load(&feature.attempts), 3);
    cr_assert_null(client_header(&reply, "X-Mislukt"));
    cr_assert_null(client_header(&reply, "Set-Cookie"));
    cr_assert_eq(number("SELECT number FROM zs.play WHERE id = 1"), 11);
    end();
}

Test(lane, a_conflict_without_end_is_503)
{
    begin();
    atomic_store(&feature.conflicts, 1000);
    ask("POST", "/v1/botsing/1");
    cr_assert_eq(reply.status, 503);
    cr_assert_str_eq(client_header(&reply, "Retry-After"), "5");
    cr_assert_null(client_header(&reply, "X-Mislukt"));
    cr_assert_leq(atomic_load(&feature.attempts), 6);
    cr_assert_eq(number("SELECT number FROM zs.play WHERE id = 1"), 10);
    end();
}

/* ---- many at once ---- */

struct asker {
    pthread_t thread;
    const char *method;
    char target[64];
    const char *headers;
    const char *body;
    int status;
    char first[64]; /* of the body */
};

static atomic_int answered;

static void *run_asker(void *argument)
{
    struct asker *asker = argument;
    struct client_reply *own = calloc(1, sizeof *own);
    client_request(own, port, asker->method, asker->target, asker->headers, asker->body);
    asker->status = own->status;
    atomic_fetch_add(&answered, 1);
    snprintf(asker->first, sizeof asker->first, "%.63s", own->body);
    free(own);
    return NULL;
}

static void start_asker(struct asker *asker, const char *method, const char *target_format, int id)
{
    asker->method = method;
    asker->headers = asker->headers ? asker->headers : "";
    snprintf(asker->target, sizeof asker->target, "%s%d", target_format, id);
    cr_assert_eq(pthread_create(&asker->thread, NULL, run_asker, asker), 0);
}

static int join_and_count(struct asker *askers, int count, int status)
{
    int found = 0;
    for (int i = 0; i < count; i++) {
        pthread_join(askers[i].thread, NULL);
        found += askers[i].status == status;
    }
    return found;
}

Test(lane, concurrent_jobs_lose_nothing)
{
    begin();
    enum { COUNT = 60 };
    static struct asker askers[COUNT];
    for (int i = 0; i < COUNT; i++) {
        start_asker(&askers[i], "POST", "/v1/getallen/", 1);
    }
    cr_assert_eq(join_and_count(askers, COUNT, 204), COUNT);
    cr_assert_eq(number("SELECT number FROM zs.play WHERE id = 1"), 10 + COUNT);
    end();
}

Test(lane, a_full_queue_is_503_at_once)
{
    cr_assert(crypto_start());
    begin_with((struct lanes_config){
        .workers = 1, .queue_limit = 2, .job_deadline_ms = 10000, .batch_deadline_ms = 5000});
    wait_until_ready();
    enum { COUNT = 12 };
    static struct asker askers[COUNT];
    for (int i = 0; i < COUNT; i++) {
        start_asker(&askers[i], "GET", "/v1/traag/", 4000);
    }
    client_sleep_ms(800); /* one runs, two wait, the others were refused */
    client_request(&reply, port, "POST", "/pagina/5", "Content-Type: application/x-www-form-urlencoded\r\n",
                   "tekst=mijn+antwoord");
    cr_assert_eq(reply.status, 503);
    cr_assert_str_eq(reply.body, "bewaard: mijn antwoord");
    ask("GET", "/v1/traag/1");
    cr_assert_eq(reply.status, 503);
    cr_assert_str_eq(client_header(&reply, "Retry-After"), "5");
    int served = 0;
    int refused = 0;
    for (int i = 0; i < COUNT; i++) {
        pthread_join(askers[i].thread, NULL);
        served += askers[i].status == 204;
        refused += askers[i].status == 503;
    }
    cr_assert_eq(served + refused, COUNT);
    cr_assert(served >= 2 && served <= 4, "%d", served);
    end();
}

Test(lane, a_job_that_waits_too_long_is_503)
{
    cr_assert(crypto_start());
    begin_with((struct lanes_config){
        .workers = 1, .queue_limit = 100, .job_deadline_ms = 300, .batch_deadline_ms = 5000});
    wait_until_ready();
    static struct asker first;
    start_asker(&first, "GET", "/v1/traag/", 2000);
    client_sleep_ms(100);
    int64_t begin_us = clock_monotonic_us();
    ask("GET", "/v1/traag/1");
    cr_assert_eq(reply.status, 503);
    cr_assert_lt(clock_monotonic_us() - begin_us, 1500000);
    cr_assert_eq(join_and_count(&first, 1, 204), 1); /* what runs may end */
    end();
}

Test(lane, without_a_database_every_lane_says_so)
{
    begin();
    char sql[512];
    snprintf(sql, sizeof sql,
             "ALTER DATABASE %s CONNECTION LIMIT 0;"
             "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
             " WHERE datname = current_database() AND pid <> pg_backend_pid()",
             scene.database.name);
    test_sql(scene.database.owner, sql);
    ask("GET", "/v1/getallen/1");
    cr_assert_eq(reply.status, 503);
    ask("PUT", "/v1/getallen/5");
    cr_assert_eq(reply.status, 503);
    cr_assert_str_eq(client_header(&reply, "Retry-After"), "5");
    ask("PUT", "/v1/gemaakt/5");
    cr_assert_eq(reply.status, 503);
    cr_assert_null(client_header(&reply, "X-Gemaakt"));
    client_request(&reply, port, "POST", "/pagina/5", "Content-Type: application/x-www-form-urlencoded\r\n",
                   "tekst=x");
    cr_assert_eq(reply.status, 503);
    cr_assert_str_eq(reply.body, "bewaard: x");
    cr_assert_not(lanes_ready(feature.lanes));
    end();
}

Test(lane, a_database_that_comes_back_is_used_again)
{
    begin();
    scene_kill_sessions(&scene);
    wait_until_ready();
    ask("POST", "/v1/getallen/1");
    for (int i = 0; i < 100 && reply.status == 503; i++) {
        client_sleep_ms(20);
        ask("POST", "/v1/getallen/1");
    }
    cr_assert_eq(reply.status, 204);
    end();
}

/* ---- batches ---- */

Test(lane, a_chain_of_batches_answers_each_for_itself)
{
    begin();
    enum { COUNT = 120 };
    static struct asker askers[COUNT];
    for (int i = 0; i < COUNT; i++) {
        start_asker(&askers[i], "PUT", "/v1/getallen/", 1000 + i);
    }
    for (int i = 0; i < COUNT; i++) {
        pthread_join(askers[i].thread, NULL);
        char wanted[16];
        snprintf(wanted, sizeof wanted, "%d", 1000 + i);
        bool poison = (1000 + i) % 100 == 13;
        cr_assert_eq(askers[i].status, poison ? 409 : 201, "%d: %d", 1000 + i, askers[i].status);
        cr_assert(poison || strcmp(askers[i].first, wanted) == 0, "%d: %s", 1000 + i, askers[i].first);
    }
    cr_assert_eq(number("SELECT count(*) FROM zs.play WHERE id >= 1000"), COUNT - 2);
    ask("PUT", "/v1/getallen/1000"); /* the read finds it: no write */
    cr_assert_eq(reply.status, 200);
    struct db_batcher_stats stats = db_batcher_stats(feature.writer);
    cr_assert_eq(stats.items, COUNT - 2);
    cr_assert_eq(stats.poisoned, 2);
    end();
}

Test(lane, what_a_worker_made_is_answered_when_it_was_written)
{
    begin();
    enum { COUNT = 60 };
    static struct asker askers[COUNT];
    for (int i = 0; i < COUNT; i++) {
        start_asker(&askers[i], "PUT", "/v1/gemaakt/", 1000 + i);
    }
    for (int i = 0; i < COUNT; i++) {
        pthread_join(askers[i].thread, NULL);
        char wanted[16];
        snprintf(wanted, sizeof wanted, "%d", 1000 + i);
        bool poison = (1000 + i) % 100 == 13;
        cr_assert_eq(askers[i].status, poison ? 500 : 200, "%d: %d", 1000 + i, askers[i].status);
        cr_assert(poison || strcmp(askers[i].first, wanted) == 0, "%d: %s", 1000 + i, askers[i].first);
    }
    cr_assert_eq(number("SELECT count(*) FROM zs.play WHERE id >= 1000"), COUNT - 2);
    cr_assert_eq(number("SELECT count(*) FROM zs.play WHERE id IN (1013, 1050)"), 0);
    cr_assert_eq(db_batcher_stats(feature.made_writer).items, COUNT - 2);
    ask("PUT", "/v1/gemaakt/1113");
    cr_assert_eq(reply.status, 500);
    cr_assert_null(client_header(&reply, "X-Gemaakt"));
    end();
}

/* The first is with the writer, two wait behind it, the rest is refused while it is at it. */
Test(lane, a_full_batch_queue_is_503_at_once)
{
    enum { COUNT = 8, QUEUE = 2, SOON_MS = 20000 };
    static struct asker askers[COUNT];
    writing.queue_limit = QUEUE;
    begin();
    PGconn *blocker = PQconnectdb(scene.database.owner);
    PGresult *locked = PQexec(blocker, "BEGIN; LOCK TABLE zs.play IN EXCLUSIVE MODE"); /* readers may go on */
    cr_assert_eq(PQresultStatus(locked), PGRES_COMMAND_OK);
    start_asker(&askers[0], "PUT", "/v1/getallen/", 2000);
    cr_assert_eq(test_sql_wait(scene.database.owner,
                               "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                               "wait_event_type = 'Lock'",
                               1, SOON_MS),
                 1);
    for (int i = 1; i < COUNT; i++) {
        start_asker(&askers[i], "PUT", "/v1/getallen/", 2000 + i);
    }
    for (int waited = 0; waited < SOON_MS && atomic_load(&answered) < COUNT - 1 - QUEUE; waited += 5) {
        client_sleep_ms(5);
    }
    cr_expect_eq(atomic_load(&answered), COUNT - 1 - QUEUE, "at once");
    PQclear(locked);
    PQfinish(blocker);
    int written = 0;
    int refused = 0;
    for (int i = 0; i < COUNT; i++) {
        pthread_join(askers[i].thread, NULL);
        written += askers[i].status == 201;
        refused += askers[i].status == 503;
    }
    cr_assert_eq(written, 1 + QUEUE, "%d written, %d refused", written, refused);
    cr_assert_eq(refused, COUNT - 1 - QUEUE);
    cr_assert_eq(number("SELECT count(*) FROM zs.play WHERE id >= 2000"), written);
    end();
}

/* ---- stopping ---- */

Test(lane, a_stop_loses_nothing_that_was_thanked_for)
{
    begin();
    enum { COUNT = 100 };
    static struct asker askers[COUNT];
    for (int i = 0; i < COUNT; i++) {
        start_asker(&askers[i], i % 2 ? "PUT" : "POST", "/v1/getallen/", i % 2 ? 3000 + i : 1);
    }
    for (int i = 0; i < 2000 && number("SELECT count(*) FROM zs.play") < 5; i++) {
    }
    stop();
    int put = 0;
    int posted = 0;
    for (int i = 0; i < COUNT; i++) {
        pthread_join(askers[i].thread, NULL);
        put += i % 2 && askers[i].status == 201;
        posted += !(i % 2) && askers[i].status == 204;
        cr_assert(askers[i].status == 201 || askers[i].status == 204 || askers[i].status == 409 ||
                      askers[i].status == 0,
                  "%d: %d", i, askers[i].status);
    }
    cr_assert_geq(put, 3);
    cr_assert_eq(number("SELECT count(*) FROM zs.play WHERE id >= 3000"), put);
    cr_assert_eq(number("SELECT number FROM zs.play WHERE id = 1"), 10 + posted);
    scene_end(&scene);
    leaks_check();
}
