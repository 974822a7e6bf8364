/* The whole program in the test's own process, on a database of its own, with a small consultation published
 * and open (fixtures/klein.json), and citizens and key holders who talk to it over HTTP. */
#ifndef ZEVENSTEM_TESTS_APP_FIXTURE_H
#define ZEVENSTEM_TESTS_APP_FIXTURE_H

#include "app/app.h"
#include "crypto/crypto.h"
#include "features/survey/survey.h"
#include "support/database.h"
#include "support/http_client.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

#define SMALL_CONSULTATION "tests/app/fixtures/klein.json"
#define REAL_CONSULTATION  "config/consultations/biotechnologie-2026.json"
#define ROUND              "klein-1"

enum { DAY_S = 86400, SHOWN_FROM = 5 /* the fixture's minimum_cell_count */ };

/* ---- the clock that every app of the test goes by: 2027-01-15 12:00:00 UTC, and then only as told ---- */
extern const int64_t clock_begin;
int64_t clock_now(void);
void clock_set(int64_t unix_s);
void clock_forward(int64_t seconds);

/* ---- the place: a database with rounds open, and a configuration for it ---- */
struct place {
    struct test_database database;
    bool own_server; /* instead: a PostgreSQL of its own */
    struct test_server server;
    struct arena *arena;
    struct crypto_keys *keys;
    struct zs_config config;
    struct db_config database_config;
    struct db_conn *conn; /* place_connection() */
    char owner[512];      /* conninfo to look with */
    char secret_file[64];
};
/* Migrated, published from `consultation` and every round of it opened. */
void place_make(struct place *place, const char *consultation);
/* The same on a server of its own, which a test may crash; the service waits for it at most a second. */
void place_make_on_server(struct place *place, const char *consultation);
void place_remove(struct place *place);
void place_publish(struct place *place, const char *consultation);
void place_open_round(struct place *place, const char *round);
void place_revoke_key(struct place *place, const char *label);
void place_close_round(struct place *place, const char *round);
/* closes_at 0 and interim "" for what stays. What came of it: ROUND_CHANGED, ... */
enum round_change place_amend_round(struct place *place, const char *round, int64_t closes_at,
                                    const char *interim);
/* Issues a key; its text in static storage. Instances that run know it within a second or so: wait_for_key.
 */
const char *place_issue_key(struct place *place, const char *label, const char *scope);
/* For this purpose; NULL: none, as keys of before it was asked. */
const char *place_issue_key_for(struct place *place, const char *label, const char *scope,
                                const char *purpose);
/* For this consultation alone. */
const char *place_issue_key_in(struct place *place, const char *label, const char *scope,
                               const char *consultation);
/* A connection to config.database as the service makes them: with every statement of the program prepared,
 * which costs more than most tests do. One, and the place's. */
struct db_conn *place_connection(struct place *place);
/* A transaction on it, that succeeds. */
void place_work(struct place *place, enum db_role role, db_work work, void *context);
/* Asks the database. */
int64_t place_count(struct place *place, const char *sql);

/* ---- an app in the place ---- */
struct app *app_up(struct place *place);
void app_down(struct app *app);
uint16_t port_of(struct app *app);
/* Waits until the instance knows the key. */
void wait_for_key(uint16_t port, const char *key);
/* Waits until GET target answers `status`; fails after most_ms. */
void wait_for_status(uint16_t port, const char *target, int status, int most_ms);

/* ---- a citizen with a browser: keeps cookies, and the page that came last ---- */
struct citizen {
    uint16_t port;
    char address[32];        /* of X-Forwarded-For: each citizen has a bucket of their own */
    char participation[256]; /* the cookie, "" without */
    char language[8];
    const char *site; /* Sec-Fetch-Site of posts; NULL: the header is left out */
    const char *more; /* header lines with \r\n, or NULL */
    struct client_reply reply;
};
void citizen_init(struct citizen *citizen, uint16_t port);
void citizen_get(struct citizen *citizen, const char *target);
/* Posts exactly this body. */
void citizen_post(struct citizen *citizen, const char *target, const char *body);
/* Gets the page and posts its form with these fields ("a=b&c=d"). */
void citizen_answer(struct citizen *citizen, const char *page, const char *fields);
/* Gets the page and writes what posting its form with these fields would send. */
void citizen_fill(char *body, size_t size, struct citizen *citizen, const char *page, const char *fields);
/* From the start page into a round: the first page of the form is next. versie "" and via "" for none. */
void citizen_begin(struct citizen *citizen, const char *round, const char *versie, const char *via);
/* /controle: looks and sends; ends on the redirect to the receipt, which is not fetched. */
void citizen_send(struct citizen *citizen);
/* Begins in ROUND, says this of houding and waarom (form-encoded), and sends. */
void citizen_take_part(struct citizen *citizen, const char *round, const char *houding, const char *waarom);
/* So many people take part that the count of `answer` may be shown: SHOWN_COUNT of them say it, and some say
 * something else, behind which the empty cells hide. By turns at these apps. */
enum { SHOWN_COUNT = SHOWN_FROM + 1 };
void people_take_part(struct app *const *apps, size_t app_count, const char *round, const char *answer);
/* Types this (form-encoded) on the page that asks for a code. */
void citizen_resume(struct citizen *citizen, const char *typed);
/* Correct and withdraw, from the receipt. */
void citizen_correct(struct citizen *citizen);
void citizen_withdraw(struct citizen *citizen);
/* The code of the cookie, as XXXX-XXXX-XXXX-XXXX. Static storage. */
const char *citizen_code(const struct citizen *citizen);
/* The form token in the page that came last, of the form with this action; static storage. */
const char *citizen_token(const struct citizen *citizen, const char *action);

/* ---- a tab of a citizen's browser, with a form filled in, to be posted at the same moment as others ---- */
struct tab {
    struct citizen citizen; /* of its own: the tab's address, cookie and reply */
    char path[64], body[512];
    void *start;
};
/* Opens the page in a tab of this citizen's browser, and fills it in. */
void tab_open(struct tab *tab, const struct citizen *citizen, const char *path, const char *fields);
/* Posts all tabs at the same moment, and waits for the answers. */
void tabs_post(struct tab *tabs, size_t count);

void expect_status(const struct client_reply *reply, int status);
void expect_redirect(const struct client_reply *reply, const char *path);
void expect_says(const struct client_reply *reply, const char *words);
void expect_silent(const struct client_reply *reply, const char *words);

/* ---- a key holder ---- */
/* headers: lines, or "". body NULL for none. */
void api_call(struct client_reply *reply, uint16_t port, const char *key, const char *method,
              const char *target, const char *headers, const char *body);
/* Starts and sends one response of these answers (JSON members without braces); the code in static storage.
 */
const char *api_send(uint16_t port, const char *key, const char *round, const char *answers);
/* The same by key, about houding goed, each with these answers too ("" or ",...").*/
void api_fill(uint16_t port, const char *key, const char *round, const char *answers);
/* The body of the reply; the caller owns it. */
json_t *reply_json(const struct client_reply *reply);
/* Count of one answer in the table of a variable (query: more parameters, "&werving=alle", or ""): -1 when it
 * is withheld, -2 when the table did not come with 200. */
int64_t table_count(uint16_t port, const char *key, const char *round, const char *variable,
                    const char *answer, const char *query);
/* Asks until it is `wanted`, at most most_ms; the last answer. */
int64_t table_wait(uint16_t port, const char *key, const char *round, const char *variable,
                   const char *answer, const char *query, int64_t wanted, int most_ms);

#endif
