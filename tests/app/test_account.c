/* Staff: signing in, second factor, sessions, and that every page asks who comes. */
#include "app/fixture.h"

#include "features/account/account.h"

#include <liboath/oath.h>
#include <stdio.h>
#include <stdlib.h>

TestSuite(account, .fini = leaks_check);

static struct place place;
static struct app *app;

enum { MOST_COOKIES = 8 };

/* A browser of somebody of the staff: keeps every cookie. */
struct staff {
    uint16_t port;
    char address[32];
    const char *site; /* Sec-Fetch-Site of posts; NULL: none, and then `origin` */
    const char *origin;
    char names[MOST_COOKIES][32], values[MOST_COOKIES][256];
    int cookies;
    struct client_reply reply;
};

static void begin(void)
{
    place_make(&place, SMALL_CONSULTATION);
    app = app_up(&place);
}

static void end(void)
{
    app_down(app);
    place_remove(&place);
}

static void staff_init(struct staff *staff, uint16_t port)
{
    static int next = 1;
    memset(staff, 0, sizeof *staff);
    staff->port = port;
    staff->site = "same-origin";
    snprintf(staff->address, sizeof staff->address, "198.51.100.%d", next++ % 250);
}

static char *cookie_of(struct staff *staff, const char *name)
{
    for (int i = 0; i < staff->cookies; i++) {
        if (strcmp(staff->names[i], name) == 0) {
            return staff->values[i];
        }
    }
    cr_assert_lt(staff->cookies, MOST_COOKIES);
    snprintf(staff->names[staff->cookies], sizeof staff->names[0], "%s", name);
    staff->values[staff->cookies][0] = '\0';
    return staff->values[staff->cookies++];
}

static void keep_cookies(struct staff *staff)
{
    static const char mark[] = "\r\nSet-Cookie: ";
    for (const char *at = strstr(staff->reply.head, mark); at; at = strstr(at + 1, mark)) {
        char name[32];
        const char *line = at + sizeof mark - 1;
        size_t len = strcspn(line, "=");
        snprintf(name, sizeof name, "%.*s", (int)len, line);
        snprintf(cookie_of(staff, name), sizeof staff->values[0], "%.*s", (int)strcspn(line + len + 1, ";\r"),
                 line + len + 1);
        cr_expect(strstr(line, "HttpOnly") && strstr(line, "SameSite=Lax"), "%s", name);
    }
}

static void exchange(struct staff *staff, const char *method, const char *target, const char *body)
{
    char headers[2048];
    int used = snprintf(headers, sizeof headers, "X-Forwarded-For: %s\r\nCookie: a=b", staff->address);
    for (int i = 0; i < staff->cookies; i++) {
        if (staff->values[i][0]) {
            used += snprintf(headers + used, sizeof headers - (size_t)used, "; %s=%s", staff->names[i],
                             staff->values[i]);
        }
    }
    used += snprintf(headers + used, sizeof headers - (size_t)used, "\r\n");
    if (body) {
        used += snprintf(headers + used, sizeof headers - (size_t)used,
                         "Content-Type: application/x-www-form-urlencoded\r\n%s%s\r\n",
                         staff->site     ? "Sec-Fetch-Site: "
                         : staff->origin ? "Origin: "
                                         : "X-None: ",
                         staff->site     ? staff->site
                         : staff->origin ? staff->origin
                                         : "x");
    }
    client_request(&staff->reply, staff->port, method, target, headers, body);
    keep_cookies(staff);
}

static void staff_get(struct staff *staff, const char *target)
{
    exchange(staff, "GET", target, NULL);
}

/* The token of the page that came last. */
static const char *token_of(const struct staff *staff)
{
    static char token[128];
    static const char before[] = "name=\"token\" value=\"";
    const char *at = strstr(staff->reply.body, before);
    cr_assert(at, "no token in %s%s", staff->reply.head, staff->reply.body);
    at += sizeof before - 1;
    snprintf(token, sizeof token, "%.*s", (int)strcspn(at, "\""), at);
    return token;
}

/* Gets `page`, and posts its token with these fields to `action`. */
static void staff_post(struct staff *staff, const char *page, const char *action, const char *fields)
{
    char body[1024];
    staff_get(staff, page);
    snprintf(body, sizeof body, "token=%s&%s", token_of(staff), fields);
    exchange(staff, "POST", action, body);
}

static void staff_login(struct staff *staff, const char *name, const char *password)
{
    char fields[512];
    snprintf(fields, sizeof fields, "naam=%s&wachtwoord=%s", name, password);
    staff_post(staff, "/beheer/inloggen", "/beheer/inloggen", fields);
}

/* ---- accounts, by the feature's own functions ---- */

struct make {
    const char *name;
    enum account_role role;
    char password[ONE_TIME_PASSWORD_BYTES];
    enum account_change outcome;
    int what;
};

static enum db_status make_work(struct db_tx *tx, void *context)
{
    struct make *make = context;
    const struct account_act act = {.actor = "test", .origin = "command", .now_s = clock_now()};
    struct slice name = slice_from_cstr(make->name);
    switch (make->what) {
    case 0:
        return account_add(&make->outcome, make->password, tx, name, make->role, SLICE(""), &act);
    case 1:
        return account_disable(&make->outcome, tx, name, &act);
    default:
        return account_reset(&make->outcome, make->password, tx, name, true, &act);
    }
}

static struct make act_on(int what, const char *name, enum account_role role)
{
    struct make make = {.name = name, .role = role, .what = what};
    const struct db_config config = {.conninfo = place.config.database.url,
                                     .application_name = "test",
                                     .statements = app_statements,
                                     .keys = place.keys};
    struct db_conn *conn;
    cr_assert_eq(db_connect(&conn, &config), DB_OK);
    cr_assert_eq(db_transaction(conn, "test", DB_ROLE_STAFF, make_work, &make), DB_OK);
    db_disconnect(conn);
    return make;
}

#define PASSWORD "een+boot+op+het+kanaal"

/* An account that chose its password, and a browser that is signed in with it. */
static void staff_of_role(struct staff *staff, const char *name, enum account_role role)
{
    struct make made = act_on(0, name, role);
    cr_assert_eq(made.outcome, ACCOUNT_CHANGED);
    staff_init(staff, port_of(app));
    staff_login(staff, name, made.password);
    expect_redirect(&staff->reply, "/beheer");
    staff_get(staff, "/beheer");
    expect_redirect(&staff->reply, "/beheer/account/wachtwoord");
    staff_post(staff, "/beheer/account/wachtwoord", "/beheer/account/wachtwoord",
               "nieuw=" PASSWORD "&herhaling=" PASSWORD);
    expect_redirect(&staff->reply, "/beheer");
}

/* ---- an authenticator ---- */

static char secret[64];
static size_t secret_len;

static void scan(const struct staff *staff)
{
    char text[128];
    const char *at = strstr(staff->reply.body, "<code translate=\"no\">");
    cr_assert(at, "no key shown: %s", staff->reply.body);
    at = strchr(at, '>') + 1;
    size_t used = 0;
    for (; *at != '<'; at++) {
        if (*at != ' ') {
            text[used++] = *at;
        }
    }
    char *decoded;
    cr_assert_eq(oath_base32_decode(text, used, &decoded, &secret_len), OATH_OK);
    memcpy(secret, decoded, secret_len);
    free(decoded);
}

/* The field of the form with the code of now. */
static const char *code_now(void)
{
    static char field[16];
    char code[7];
    cr_assert_eq(oath_totp_generate(secret, secret_len, clock_now(), 30, 0, 6, code), OATH_OK);
    snprintf(field, sizeof field, "code=%s", code);
    return field;
}

static void set_factor_up(struct staff *staff)
{
    static const char page[] = "/beheer/account/tweede-factor";
    staff_post(staff, page, "/beheer/account/tweede-factor/begin", "");
    expect_redirect(&staff->reply, page);
    staff_get(staff, page);
    scan(staff);
    staff_post(staff, page, page, code_now());
    expect_status(&staff->reply, 200);
    expect_says(&staff->reply, "herstelcodes");
}

/* ---- signing in ---- */

Test(account, signs_in_by_name_and_password_and_chooses_its_own_first)
{
    struct staff staff;
    begin();
    staff_of_role(&staff, "jan", ROLE_ANALIST);
    staff_get(&staff, "/beheer");
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, "jan");
    expect_says(&staff.reply, "/beheer/account");
    staff_get(&staff, "/beheer/account");
    expect_status(&staff.reply, 200);
    staff_post(&staff, "/beheer", "/beheer/uitloggen", "");
    expect_redirect(&staff.reply, "/beheer/inloggen");
    staff_get(&staff, "/beheer/account");
    expect_redirect(&staff.reply, "/beheer/inloggen?terug=/beheer/account");
    staff_post(&staff, "/beheer/inloggen?terug=/beheer/account", "/beheer/inloggen",
               "naam=Jan&wachtwoord=" PASSWORD "&terug=%2Fbeheer%2Faccount");
    expect_redirect(&staff.reply, "/beheer/account");
    cr_expect_eq(
        place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'login' AND result = 'ok'"),
        2);
    end();
}

Test(account, hears_the_same_whatever_was_wrong)
{
    static char first[CLIENT_BUFFER];
    static const char *const names[] = {"jan", "bestaat-niet", "klaas"};
    struct staff staff;
    begin();
    staff_of_role(&staff, "jan", ROLE_ANALIST);
    staff_of_role(&staff, "klaas", ROLE_ANALIST);
    act_on(1, "klaas", ROLE_ANALIST);
    staff_get(&staff, "/beheer");
    expect_redirect(&staff.reply, "/beheer/inloggen");
    for (int i = 0; i < 3; i++) {
        char *at;
        staff_init(&staff, port_of(app));
        staff_login(&staff, names[i], i == 2 ? PASSWORD : "iets+heel+anders");
        expect_status(&staff.reply, 400);
        while ((at = strstr(staff.reply.body, names[i])) != NULL) {
            memset(at, '#', strlen(names[i]));
            memmove(at + 1, at + strlen(names[i]), strlen(at + strlen(names[i])) + 1);
        }
        at = strstr(staff.reply.body, token_of(&staff));
        memset(at, 'T', strlen(token_of(&staff)));
        if (i == 0) {
            memcpy(first, staff.reply.body, sizeof first);
        } else {
            cr_expect_str_eq(staff.reply.body, first, "%s", names[i]);
        }
    }
    /* Told in one line, without the name that may be a password. */
    for (int waited = 0;
         waited < 8000 && place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE result = "
                                              "'refused' AND action = 'login'") == 0;
         waited += 50) {
        client_sleep_ms(50);
    }
    cr_expect_geq(place_count(&place,
                              "SELECT sum((details->>'pogingen')::int) FROM zs.audit_event WHERE action = "
                              "'login' AND result = 'refused'"),
                  1);
    cr_expect_eq(
        place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE details::text LIKE '%bestaat-niet%'"),
        0);
    end();
}

/* ---- sessions ---- */

Test(account, takes_no_token_over_and_renews_it)
{
    struct staff staff;
    char fixed[64];
    begin();
    staff_of_role(&staff, "jan", ROLE_ANALIST);
    staff_init(&staff, port_of(app));
    snprintf(fixed, sizeof fixed, "%s", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    snprintf(cookie_of(&staff, "sessie"), 64, "%s", fixed);
    staff_get(&staff, "/beheer"); /* forged */
    expect_redirect(&staff.reply, "/beheer/inloggen");
    snprintf(cookie_of(&staff, "sessie"), 64, "%s", fixed);
    staff_login(&staff, "jan", PASSWORD);
    expect_redirect(&staff.reply, "/beheer");
    cr_expect_str_neq(cookie_of(&staff, "sessie"), fixed);
    /* A password renews it and ends the others. */
    struct staff thief = staff;
    staff_post(&staff, "/beheer/account/wachtwoord", "/beheer/account/wachtwoord",
               "huidig=" PASSWORD "&nieuw=nog+een+boot+er+bij&herhaling=nog+een+boot+er+bij");
    expect_redirect(&staff.reply, "/beheer");
    staff_get(&staff, "/beheer");
    expect_status(&staff.reply, 200);
    staff_get(&thief, "/beheer");
    expect_redirect(&thief.reply, "/beheer/inloggen");
    end();
}

Test(account, holds_on_every_instance_and_ends_on_every_one_at_once)
{
    struct staff staff;
    begin();
    struct app *other = app_up(&place);
    staff_of_role(&staff, "jan", ROLE_LEZER);
    staff.port = port_of(other);
    staff_get(&staff, "/beheer");
    expect_status(&staff.reply, 200);
    act_on(1, "jan", ROLE_LEZER);
    staff_get(&staff, "/beheer");
    expect_redirect(&staff.reply, "/beheer/inloggen");
    app_down(other);
    end();
}

Test(account, ends_when_idle_and_when_old)
{
    struct staff staff;
    begin();
    staff_of_role(&staff, "jan", ROLE_LEZER);
    for (int i = 0; i < 25; i++) {
        clock_forward(1500);
        staff_get(&staff, "/beheer");
        cr_assert_eq(staff.reply.status, i < 23 ? 200 : 303, "%d: %d", i, staff.reply.status);
    }
    staff_login(&staff, "jan", PASSWORD);
    expect_redirect(&staff.reply, "/beheer");
    clock_forward(1801);
    staff_get(&staff, "/beheer");
    expect_redirect(&staff.reply, "/beheer/inloggen");
    end();
}

Test(account, posts_nothing_from_another_site)
{
    struct staff staff;
    begin();
    staff_of_role(&staff, "jan", ROLE_LEZER);
    staff_get(&staff, "/beheer/account");
    exchange(&staff, "POST", "/beheer/uitloggen", "token=x");
    expect_status(&staff.reply, 403);
    staff.site = "cross-site";
    staff_post(&staff, "/beheer/account", "/beheer/uitloggen", "");
    expect_status(&staff.reply, 403);
    staff.site = NULL;
    staff.origin = "null";
    staff_get(&staff, "/beheer/account");
    exchange(&staff, "POST", "/beheer/uitloggen", "token=x");
    expect_status(&staff.reply, 403);
    /* Of another session. */
    struct staff other;
    staff_of_role(&other, "piet", ROLE_LEZER);
    char body[160];
    staff_get(&other, "/beheer/account");
    snprintf(body, sizeof body, "token=%s", token_of(&other));
    exchange(&staff, "POST", "/beheer/uitloggen", body);
    expect_status(&staff.reply, 403);
    staff_post(&staff, "/beheer/account", "/beheer/uitloggen", ""); /* Origin: null with its own token */
    expect_redirect(&staff.reply, "/beheer/inloggen");
    end();
}

/* ---- the second factor ---- */

Test(account, of_a_beheerder_opens_nothing_before_the_second_factor)
{
    struct staff staff;
    begin();
    staff_of_role(&staff, "baas", ROLE_BEHEERDER);
    staff_get(&staff, "/beheer");
    expect_redirect(&staff.reply, "/beheer/account/tweede-factor");
    set_factor_up(&staff);
    staff_get(&staff, "/beheer");
    expect_status(&staff.reply, 200);
    staff_post(&staff, "/beheer/account/tweede-factor", "/beheer/account/tweede-factor/uit", code_now());
    expect_redirect(&staff.reply, "/beheer/account/tweede-factor"); /* it stays on */

    struct staff again;
    staff_init(&again, port_of(app));
    staff_login(&again, "baas", PASSWORD);
    expect_redirect(&again.reply, "/beheer/inloggen/code?terug=/beheer");
    char half[64];
    snprintf(half, sizeof half, "%.63s", cookie_of(&again, "sessie"));
    staff_get(&again, "/beheer/account");
    expect_redirect(&again.reply, "/beheer/inloggen/code");
    staff_get(&again, "/beheer/account/wachtwoord");
    expect_redirect(&again.reply, "/beheer/inloggen/code");
    staff_post(&again, "/beheer/inloggen/code", "/beheer/inloggen/code", code_now());
    expect_status(&again.reply, 400); /* used when it was set up */
    clock_forward(30);
    staff_post(&again, "/beheer/inloggen/code", "/beheer/inloggen/code", code_now());
    expect_redirect(&again.reply, "/beheer");
    cr_expect_str_neq(cookie_of(&again, "sessie"), half, "a new token for the whole session");
    staff_get(&again, "/beheer");
    expect_status(&again.reply, 200);
    end();
}

Test(account, cannot_guess_codes_and_recovers_with_one_that_works_once)
{
    struct staff staff;
    char recovery[40];
    begin();
    staff_of_role(&staff, "baas", ROLE_BEHEERDER);
    set_factor_up(&staff);
    const char *at = strchr(strstr(staff.reply.body, "<code translate=\"no\">"), '>') + 1;
    snprintf(recovery, sizeof recovery, "code=%.19s", at);
    staff_init(&staff, port_of(app));
    staff_login(&staff, "baas", PASSWORD);
    for (int i = 0; i < 7; i++) {
        staff_post(&staff, "/beheer/inloggen/code", "/beheer/inloggen/code", "code=000000");
        expect_status(&staff.reply, i < 5 ? 400 : 429);
    }
    clock_forward(30);
    staff_post(&staff, "/beheer/inloggen/code", "/beheer/inloggen/code", code_now());
    expect_status(&staff.reply, 429);
    staff_post(&staff, "/beheer/inloggen/code", "/beheer/inloggen/code", recovery);
    expect_redirect(&staff.reply, "/beheer");
    staff_init(&staff, port_of(app));
    staff_login(&staff, "baas", PASSWORD);
    staff_post(&staff, "/beheer/inloggen/code", "/beheer/inloggen/code", recovery);
    expect_status(&staff.reply, 400);
    end();
}

/* ---- help by code ---- */

Test(account, helps_who_says_the_code_and_nobody_else)
{
    static struct citizen citizen;
    static struct staff staff;
    char field[64];
    begin();
    citizen_init(&citizen, port_of(app));
    citizen_take_part(&citizen, ROUND, "goed", "omdat+het+kan");
    snprintf(field, sizeof field, "code=%s", citizen_code(&citizen));
    staff_of_role(&staff, "baas", ROLE_BEHEERDER);
    set_factor_up(&staff);
    staff_get(&staff, "/beheer");
    expect_says(&staff.reply, "/beheer/hulp");
    staff_post(&staff, "/beheer/hulp", "/beheer/hulp", "code=K7QF-2M9X-0TRB-W4HE");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "K7QF-2M9X-0TRB-W4HE");
    staff_post(&staff, "/beheer/hulp", "/beheer/hulp", field);
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, "omdat het kan");
    cr_expect(strstr(staff.reply.head, "no-store"), "%s", staff.reply.head);
    staff_post(&staff, "/beheer/hulp", "/beheer/hulp/intrekking", field);
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, "name=\"zeker\"");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.response WHERE answers <> ''"), 1,
                 "it asks first");
    strcat(field, "&zeker=ja");
    staff_post(&staff, "/beheer/hulp", "/beheer/hulp/intrekking", field);
    expect_status(&staff.reply, 200);
    field[strlen(field) - strlen("&zeker=ja")] = '\0';
    staff_post(&staff, "/beheer/hulp", "/beheer/hulp", field);
    expect_status(&staff.reply, 200);
    expect_silent(&staff.reply, "omdat het kan");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.passage"), 0);
    /* That, never what, and never the code. */
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.audit_event WHERE action LIKE 'response.help-%' "
                             "AND actor = 'baas' AND object = 'round:" ROUND "'"),
                 3);
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.audit_event WHERE action = 'response.help-read' "
                             "AND result = 'refused' AND object = 'code'"),
                 1);
    end();
}

/* ---- typing over what came on paper or by telephone ---- */

static const char *hidden(const struct staff *staff, const char *name)
{
    static char value[2][128];
    static int turn;
    char before[64];
    turn = !turn;
    snprintf(before, sizeof before, "name=\"%s\" value=\"", name);
    const char *at = strstr(staff->reply.body, before);
    cr_assert(at, "no %s in %s", name, staff->reply.body);
    at += strlen(before);
    snprintf(value[turn], sizeof value[turn], "%.*s", (int)strcspn(at, "\""), at);
    return value[turn];
}

Test(account, enters_what_came_on_paper_once_and_keeps_what_was_typed_wrong)
{
    static struct staff staff;
    static struct staff first;
    static const char form[] = "/beheer/invoer/" ROUND "?kanaal=telefoon&versie=volledig";
    char body[1024];
    char answers[512];
    begin();
    staff_of_role(&staff, "jan", ROLE_ONDERZOEKER);
    staff_get(&staff, "/beheer/invoer");
    expect_says(&staff.reply, "/beheer/invoer/" ROUND "?kanaal=papier");
    staff_get(&staff, form);
    expect_status(&staff.reply, 200);
    snprintf(answers, sizeof answers, "token=%s&kanaal=telefoon&versie=volledig&code=%s", token_of(&staff),
             hidden(&staff, "code"));
    snprintf(answers + strlen(answers), sizeof answers - strlen(answers), "&zegel=%s&v1=1&v3=omdat+het+kan",
             hidden(&staff, "zegel"));
    first = staff;
    snprintf(body, sizeof body, "%s&v2=77", answers);
    exchange(&staff, "POST", "/beheer/invoer/" ROUND, body);
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "href=\"#v2\"");
    expect_says(&staff.reply, "omdat het kan");
    cr_expect_str_eq(hidden(&staff, "code"), hidden(&first, "code"), "the form keeps its code");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.response"), 0);
    snprintf(body, sizeof body, "%s&v2=1", answers);
    for (int i = 0; i < 2; i++) {
        exchange(&staff, "POST", "/beheer/invoer/" ROUND, body);
        expect_status(&staff.reply, 200);
        expect_says(&staff.reply, hidden(&first, "code"));
        cr_expect_str_neq(hidden(&staff, "code"), hidden(&first, "code"), "the next form has another");
        expect_silent(&staff.reply, "omdat het kan");
    }
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.response"), 1);
    cr_expect_eq(place_count(&place, "SELECT max(channel) FROM zs.response"), CHANNEL_PHONE);
    cr_expect_geq(place_count(&place,
                              "SELECT count(*) FROM zs.audit_event WHERE action = 'response.enter' AND "
                              "actor = 'jan' AND object = 'round:" ROUND
                              "' AND details->>'kanaal' = 'telefoon'"),
                  1);
    cr_expect_eq(
        place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE details::text LIKE '%omdat%'"), 0);
    snprintf(body, sizeof body, "%s&v2=2", answers);
    exchange(&staff, "POST", "/beheer/invoer/" ROUND, body);
    expect_status(&staff.reply, 409);
    /* A code that we did not give out. */
    snprintf(body, sizeof body, "%s&v2=1", answers);
    memcpy(strstr(body, "&code=") + 6, "0000", 4);
    exchange(&staff, "POST", "/beheer/invoer/" ROUND, body);
    expect_status(&staff.reply, 400);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.response"), 1);
    end();
}

/* ---- each role by each route: grows with the table ---- */

Test(account, comes_in_where_the_table_says_and_nowhere_else)
{
    size_t count;
    size_t tried = 0;
    begin();
    const struct http_route *routes = app_routes(&count, app);
    for (unsigned role = 0; role < ACCOUNT_ROLES; role++) {
        struct staff staff;
        const struct account_grant grant = {(enum account_role)role, EVERY_CONSULTATION};
        const struct account_caller caller = {.account_id = 1, .grants = &grant, .grant_count = 1};
        staff_of_role(&staff, account_role_name((enum account_role)role), (enum account_role)role);
        if (role == ROLE_BEHEERDER) {
            set_factor_up(&staff);
        }
        staff_get(&staff, "/beheer");
        char body[160];
        snprintf(body, sizeof body, "token=%s", token_of(&staff));
        for (size_t i = 0; i < count; i++) {
            const struct http_route *route = &routes[i];
            if (!route->scope || route->surface != HTTP_PAGE ||
                strcmp(route->path, "/beheer/uitloggen") == 0) {
                continue;
            }
            bool may = account_may(&caller, route->scope, SOME_CONSULTATION);
            struct staff visit = staff;
            exchange(&visit, route->method == HTTP_GET ? "GET" : "POST", route->path,
                     route->method == HTTP_GET ? NULL : body);
            bool refused = visit.reply.status == 403;
            cr_expect(visit.reply.status != 0 && visit.reply.status < 500, "%s: %d", route->path,
                      visit.reply.status);
            cr_expect_eq(refused, !may, "%s %s: %d", account_role_name((enum account_role)role), route->path,
                         visit.reply.status);
            /* And nobody. */
            staff_init(&visit, port_of(app));
            exchange(&visit, route->method == HTTP_GET ? "GET" : "POST", route->path,
                     route->method == HTTP_GET ? NULL : body);
            cr_expect_eq(visit.reply.status, 303, "nobody %s: %d", route->path, visit.reply.status);
            tried++;
        }
    }
    cr_expect_geq(tried, 6 * 10, "%zu", tried);
    end();
}
