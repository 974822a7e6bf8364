#include "app/fixture.h"

#include "base/embedded.h"
#include "features/account/account.h"
#include "features/survey/survey_publish.h"
#include "web/web.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { ARENA_MAX = 512 * 1024 * 1024 };

/* ---- clock ---- */

const int64_t clock_begin = 1800014400; /* 2027-01-15 12:00:00 UTC */
static atomic_llong clock_value = 1800014400;

int64_t clock_now(void)
{
    return atomic_load(&clock_value);
}

void clock_set(int64_t unix_s)
{
    atomic_store(&clock_value, unix_s);
}

void clock_forward(int64_t seconds)
{
    atomic_fetch_add(&clock_value, seconds);
}

/* ---- place ---- */

static void make_secret(struct place *place)
{
    snprintf(place->secret_file, sizeof place->secret_file, "/tmp/zs-app-test-%d", (int)getpid());
    unlink(place->secret_file);
    cr_assert(crypto_keys_generate(place->secret_file));
    place->keys = crypto_keys_load(place->secret_file);
    cr_assert_not_null(place->keys);
}

static void configure(struct place *place, const char *service)
{
    struct buffer text;
    struct buffer faults;
    int wait_ms = place->own_server ? 1000 : 4000;
    buffer_init(&text, 64 * 1024);
    buffer_init(&faults, 64 * 1024);
    buffer_printf(&text,
                  "[server]\nport = 0\npublic_url = http://zeven.example\ntrusted_proxies = 127.0.0.1\n"
                  "drain_timeout_s = 5\n"
                  "[database]\nurl = %s\nworkers = 3\nstatement_timeout_ms = %d\nlock_timeout_ms = 1000\n"
                  "job_deadline_ms = %d\nbatch_deadline_ms = %d\n"
                  "[secret]\nfile = %s\n"
                  "[limits]\nrequests_per_s = 100000\nrequest_burst = 1000000\n"
                  "[protection]\nminimum_cell_count = %d\n",
                  service, wait_ms * 3 / 4, wait_ms, wait_ms, place->secret_file, SHOWN_FROM);
    bool good = config_parse(&place->config, &faults, place->arena, buffer_slice(&text));
    cr_assert(good, "%.*s", SLICE_ARG(buffer_slice(&faults)));
    buffer_free(&text);
    buffer_free(&faults);
}

struct db_conn *place_connection(struct place *place)
{
    if (place->conn && place->database_config.conninfo != place->config.database.url) {
        db_disconnect(place->conn);
        place->conn = NULL;
    }
    if (!place->conn) {
        place->database_config = (struct db_config){.conninfo = place->config.database.url,
                                                    .application_name = "test",
                                                    .statements = app_statements,
                                                    .keys = place->keys};
        cr_assert_eq(db_connect(&place->conn, &place->database_config), DB_OK);
    }
    return place->conn;
}

void place_work(struct place *place, enum db_role role, db_work work, void *context)
{
    cr_assert_eq(db_transaction(place_connection(place), "test", role, work, context), DB_OK);
}

struct publish {
    struct consultation_bundle bundle;
    struct publish_outcome outcome;
};

static const struct round_act by_test = {"test", "command"};

static enum db_status publish_work(struct db_tx *tx, void *context)
{
    struct publish *publish = context;
    return consultation_publish(&publish->outcome, tx, &publish->bundle, &by_test);
}

void place_publish(struct place *place, const char *consultation)
{
    struct publish publish;
    struct json_errors errors;
    struct locales *locales = locales_load(embedded_locales);
    json_errors_init(&errors, place->arena);
    bool good = consultation_bundle_read(&publish.bundle, &errors, place->arena, consultation, locales);
    cr_assert(good, "%s: %s", errors.count > 0 ? errors.items[0].pointer : "",
              errors.count > 0 ? errors.items[0].detail : "");
    locales_free(locales);
    place_work(place, DB_ROLE_STAFF, publish_work, &publish);
}

struct change {
    const char *code;
    enum round_change outcome;
};

static enum db_status open_work(struct db_tx *tx, void *context)
{
    struct change *change = context;
    return round_open(&change->outcome, tx, slice_from_cstr(change->code), &by_test);
}

static enum db_status close_work(struct db_tx *tx, void *context)
{
    struct change *change = context;
    return round_close(&change->outcome, tx, slice_from_cstr(change->code), clock_now(), &by_test);
}

void place_open_round(struct place *place, const char *round)
{
    struct change change = {.code = round};
    place_work(place, DB_ROLE_STAFF, open_work, &change);
    cr_assert_eq(change.outcome, ROUND_CHANGED, "round %s", round);
}

void place_close_round(struct place *place, const char *round)
{
    struct change change = {.code = round};
    place_work(place, DB_ROLE_STAFF, close_work, &change);
    cr_assert_eq(change.outcome, ROUND_CHANGED, "round %s", round);
}

struct amend {
    const char *code;
    struct round_amendment amendment;
    enum round_change outcome;
};

static enum db_status amend_work(struct db_tx *tx, void *context)
{
    struct amend *amend = context;
    return round_amend(&amend->outcome, tx, slice_from_cstr(amend->code), &amend->amendment, clock_now(),
                       &by_test);
}

enum round_change place_amend_round(struct place *place, const char *round, int64_t closes_at,
                                    const char *interim)
{
    struct amend amend = {.code = round, .amendment = {closes_at, slice_from_cstr(interim)}};
    place_work(place, DB_ROLE_STAFF, amend_work, &amend);
    return amend.outcome;
}

static void fill(struct place *place, const char *service, const char *consultation)
{
    char rounds[1024];
    place->arena = arena_create(ARENA_MAX);
    make_secret(place);
    configure(place, service);
    place_publish(place, consultation);
    snprintf(rounds, sizeof rounds, "%s",
             test_sql_text(place->owner, "SELECT string_agg(code, ',' ORDER BY id) FROM zs.round"));
    for (char *rest = rounds, *code = strsep(&rest, ","); code; code = strsep(&rest, ",")) {
        place_open_round(place, code);
    }
    clock_set(clock_begin);
}

void place_make(struct place *place, const char *consultation)
{
    *place = (struct place){.own_server = false};
    test_database_create(&place->database, true);
    snprintf(place->owner, sizeof place->owner, "%s", place->database.owner);
    fill(place, place->database.service, consultation);
}

void place_make_on_server(struct place *place, const char *consultation)
{
    *place = (struct place){.own_server = true};
    test_server_start(&place->server);
    setenv("ZEVENSTEM_TEST_DATABASE", place->server.conninfo, 1);
    test_database_create(&place->database, true);
    snprintf(place->owner, sizeof place->owner, "%s", place->database.owner);
    /* Sequences come out of the template with numbers that its own log promised; a crash would give those out
     * twice. After a checkpoint they promise anew. */
    test_sql(place->owner, "CHECKPOINT");
    fill(place, place->database.service, consultation);
}

void place_remove(struct place *place)
{
    db_disconnect(place->conn);
    crypto_keys_free(place->keys);
    arena_destroy(place->arena);
    unlink(place->secret_file);
    if (place->own_server) {
        test_server_remove(&place->server);
    } else {
        test_database_drop(&place->database);
    }
}

int64_t place_count(struct place *place, const char *sql)
{
    return test_sql_number(place->owner, sql);
}

struct issue {
    const struct crypto_keys *keys;
    const char *label;
    const char *purpose;
    const char *consultation;
    const char *scopes[2];
    char text[API_KEY_TEXT_BYTES];
};

static const struct account_act test_act = {.actor = "test", .origin = "command"};

static enum db_status issue_work(struct db_tx *tx, void *context)
{
    struct issue *issue = context;
    int64_t now = clock_now() > (int64_t)time(NULL) ? clock_now() : (int64_t)time(NULL);
    const struct account_order order = {.label = issue->label,
                                        .purpose = issue->purpose,
                                        .scopes = issue->scopes,
                                        .consultation =
                                            slice_from_cstr(issue->consultation ? issue->consultation : ""),
                                        .expires_at = now + 1000 * DAY_S};
    enum account_change outcome = ACCOUNT_NO_PLACE;
    enum db_status status = account_key_issue(&outcome, issue->text, tx, issue->keys, &order, &test_act);
    cr_assert(status != DB_OK || outcome == ACCOUNT_CHANGED);
    return status;
}

const char *place_issue_key(struct place *place, const char *label, const char *scope)
{
    return place_issue_key_for(place, label, scope, "onderzoek naar houding");
}

static const char *issue_key(struct place *place, struct issue *issue)
{
    static char texts[8][API_KEY_TEXT_BYTES];
    static int next;
    issue->keys = place->keys;
    place_work(place, DB_ROLE_STAFF, issue_work, issue);
    char *text = texts[next++ % 8];
    memcpy(text, issue->text, sizeof issue->text);
    return text;
}

const char *place_issue_key_for(struct place *place, const char *label, const char *scope,
                                const char *purpose)
{
    struct issue issue = {.label = label, .purpose = purpose, .scopes = {scope, NULL}};
    return issue_key(place, &issue);
}

const char *place_issue_key_in(struct place *place, const char *label, const char *scope,
                               const char *consultation)
{
    struct issue issue = {.label = label,
                          .purpose = "onderzoek naar houding",
                          .scopes = {scope, NULL},
                          .consultation = consultation};
    return issue_key(place, &issue);
}

struct revoke {
    int32_t id;
    bool found;
};

static enum db_status revoke_work(struct db_tx *tx, void *context)
{
    struct revoke *revoke = context;
    return account_key_revoke(&revoke->found, tx, revoke->id, &test_act);
}

void place_revoke_key(struct place *place, const char *label)
{
    char sql[160];
    snprintf(sql, sizeof sql, "SELECT id FROM zs.api_key WHERE label = '%s'", label);
    struct revoke revoke = {.id = (int32_t)place_count(place, sql)};
    place_work(place, DB_ROLE_STAFF, revoke_work, &revoke);
    cr_assert(revoke.found);
}

void wait_for_key(uint16_t port, const char *key)
{
    struct client_reply *reply = calloc(1, sizeof *reply);
    cr_assert_not_null(reply);
    /* What needs a key says 401 to a key that is not known; that there is no such round it says later. */
    for (int waited = 0; reply->status != 404 && reply->status != 403 && waited < 10000; waited += 20) {
        client_sleep_ms(20);
        api_call(reply, port, key, "GET", "/v1/rondes/bestaat-niet/tabel", "", NULL);
    }
    int status = reply->status;
    free(reply);
    cr_assert(status == 404 || status == 403, "the key is not known: %d", status);
}

/* ---- app ---- */

struct app *app_up(struct place *place)
{
    struct app *app = app_create(&place->config);
    cr_assert_not_null(app);
    app_set_clock(app, clock_now);
    cr_assert(app_check_database(app, 10));
    cr_assert(app_start(app));
    wait_for_status(port_of(app), "/gereed", 200, 10000);
    return app;
}

void app_down(struct app *app)
{
    cr_assert(app_stop(app));
    app_destroy(app);
}

uint16_t port_of(struct app *app)
{
    return (uint16_t)app_port(app);
}

void wait_for_status(uint16_t port, const char *target, int status, int most_ms)
{
    struct client_reply *reply = calloc(1, sizeof *reply);
    cr_assert_not_null(reply);
    for (int waited = 0; waited <= most_ms && reply->status != status; waited += 20) {
        if (waited > 0) {
            client_sleep_ms(20);
        }
        client_get(reply, port, target);
    }
    int last = reply->status;
    free(reply);
    cr_assert_eq(last, status, "%s answers %d, not %d", target, last, status);
}
