/* The fences, route by route. Rows are those who come: roles, keys, nobody, and what has ended; columns are
 * the routes of the program's own table. A new route is tried by itself. */
#include "app/one_citizen.h"
#include "app/staff.h"

#include <stdio.h>

TestSuite(matrix, .fini = leaks_check, .timeout = 110);

/* ---- one request ---- */

static const char *method_of(const struct http_route *route)
{
    switch (route->method) {
    case HTTP_GET:
        return "GET";
    case HTTP_POST:
        return "POST";
    case HTTP_PUT:
        return "PUT";
    case HTTP_PATCH:
        return "PATCH";
    case HTTP_DELETE:
        break;
    }
    return "DELETE";
}

/* The route's path about this round of the small consultation. In static storage. */
static const char *path_of(const struct http_route *route, const char *round, const char *consultation)
{
    static char path[256];
    size_t used = 0;
    const char *at = route->path;
    while (*at) {
        size_t literal = strcspn(at, "{");
        size_t name = strcspn(at + literal, "}");
        const char *value = !at[literal]                                            ? ""
                            : strncmp(at + literal, "{ronde}", name + 1) == 0       ? round
                            : strncmp(at + literal, "{consultatie}", name + 1) == 0 ? consultation
                                                                                    : "1";
        used += (size_t)snprintf(path + used, sizeof path - used, "%.*s%s", (int)literal, at, value);
        at += at[literal] ? literal + name + 1 : literal;
    }
    return path;
}

static bool is_staff_page(const struct http_route *route)
{
    return route->surface == HTTP_PAGE && route->scope;
}

/* ---- people ---- */

/* A page of the back office, as this browser: its jar stays as it was. The status. `token` of its forms. */
static int visit(struct client_reply *reply, const struct staff *as, const struct http_route *route,
                 const char *path, const char *token)
{
    static struct staff visitor;
    char body[160];
    snprintf(body, sizeof body, "token=%s", token);
    visitor = *as;
    staff_exchange(&visitor, method_of(route), path, route->method == HTTP_GET ? NULL : body);
    *reply = visitor.reply;
    cr_expect(reply->status != 0 && reply->status < 500, "%s: %d", route->path, reply->status);
    return reply->status;
}

static void somebody(struct staff *staff, enum account_role role, const char *consultation)
{
    staff_of(staff, &place, app, account_role_name(role), role, consultation);
    if (role == ROLE_BEHEERDER) {
        staff_set_factor_up(staff);
    }
    staff_get(staff, "/beheer");
}

Test(matrix, each_role_comes_in_where_the_table_says_and_nowhere_else)
{
    static struct staff staff;
    static struct client_reply reply;
    char token[128];
    size_t count;
    size_t tried = 0;
    begin();
    const struct http_route *routes = app_routes(&count, app);
    for (unsigned role = 0; role < ACCOUNT_ROLES; role++) {
        const struct account_grant grant = {(enum account_role)role, EVERY_CONSULTATION};
        const struct account_caller caller = {.account_id = 1, .grants = &grant, .grant_count = 1};
        somebody(&staff, (enum account_role)role, NULL);
        snprintf(token, sizeof token, "%s", staff_token(&staff));
        for (size_t i = 0; i < count; i++) {
            if (!is_staff_page(&routes[i]) || strcmp(routes[i].path, "/beheer/uitloggen") == 0) {
                continue;
            }
            const bool may = account_may(&caller, routes[i].scope, SOME_CONSULTATION);
            const bool refused = visit(&reply, &staff, &routes[i], routes[i].path, token) == 403;
            cr_expect_eq(refused, !may, "%s %s: %d", account_role_name((enum account_role)role),
                         routes[i].path, reply.status);
            tried++;
        }
    }
    cr_expect_geq(tried, 6 * 10, "%zu", tried);
    end();
}

/* Of a role for one consultation, what names another one is closed, and what names its own is not. */
Test(matrix, each_role_ends_with_its_consultation)
{
    static struct staff here, elsewhere;
    static struct client_reply reply;
    char token[128], other_token[128];
    size_t count;
    size_t tried = 0;
    begin();
    place_publish(&place, REAL_CONSULTATION);
    const struct http_route *routes = app_routes(&count, app);
    const int64_t rounds = place_count(&place, "SELECT sum(hashtext(r::text)) FROM zs.round AS r");
    for (unsigned role = 0; role < ACCOUNT_ROLES; role++) {
        const struct account_grant grant = {(enum account_role)role, "klein"};
        const struct account_caller caller = {.account_id = 1, .grants = &grant, .grant_count = 1};
        char name[64];
        somebody(&here, (enum account_role)role, "klein");
        snprintf(token, sizeof token, "%s", staff_token(&here));
        snprintf(name, sizeof name, "elders.%s", account_role_name((enum account_role)role));
        staff_of(&elsewhere, &place, app, name, (enum account_role)role, "biotechnologie-2026");
        if (role == ROLE_BEHEERDER) {
            staff_set_factor_up(&elsewhere);
        }
        staff_get(&elsewhere, "/beheer");
        snprintf(other_token, sizeof other_token, "%s", staff_token(&elsewhere));
        for (size_t i = 0; i < count; i++) {
            const char *path = path_of(&routes[i], ROUND, "klein");
            if (!is_staff_page(&routes[i]) ||
                (!strstr(routes[i].path, "{ronde}") && !strstr(routes[i].path, "{consultatie}"))) {
                continue;
            }
            cr_expect_eq(visit(&reply, &elsewhere, &routes[i], path, other_token), 403, "%s %s: %d", name,
                         routes[i].path, reply.status);
            const bool refused = visit(&reply, &here, &routes[i], path, token) == 403;
            cr_expect_eq(refused, !account_may(&caller, routes[i].scope, "klein"), "%s of klein %s: %d",
                         account_role_name((enum account_role)role), routes[i].path, reply.status);
            tried++;
        }
    }
    cr_expect_geq(tried, 6 * 4, "%zu", tried);
    cr_expect_eq(place_count(&place, "SELECT sum(hashtext(r::text)) FROM zs.round AS r"), rounds);
    end();
}

/* Nobody; a forged token; one that was copied before its holder signed out; one that is too old; and one of
 * who gave a password, and not the second factor yet. */
Test(matrix, who_is_not_signed_in_is_led_to_where_one_signs_in)
{
    enum { NOBODY, FORGED, SIGNED_OUT, OLD, HALF, VISITORS };
    static const char *const names[] = {"nobody", "forged", "signed out", "old", "half"};
    static struct staff visitors[VISITORS], leaver;
    static struct client_reply reply;
    char tokens[VISITORS][128] = {{0}};
    size_t count;
    begin();
    const struct http_route *routes = app_routes(&count, app);
    somebody(&visitors[OLD], ROLE_BEHEERDER, NULL);
    snprintf(tokens[OLD], sizeof tokens[OLD], "%s", staff_token(&visitors[OLD]));
    clock_forward(11 * 3600);
    staff_init(&visitors[HALF], port_of(app));
    staff_login(&visitors[HALF], "beheerder", PASSWORD);
    expect_redirect(&visitors[HALF].reply, "/beheer/inloggen/code?terug=/beheer");
    staff_get(&visitors[HALF], "/beheer/inloggen/code");
    snprintf(tokens[HALF], sizeof tokens[HALF], "%s", staff_token(&visitors[HALF]));
    staff_init(&visitors[NOBODY], port_of(app));
    staff_init(&visitors[FORGED], port_of(app));
    memset(staff_cookie(&visitors[FORGED], "sessie"), 'A', 43);
    staff_of(&leaver, &place, app, "piet", ROLE_ANALIST, NULL);
    visitors[SIGNED_OUT] = leaver;
    staff_get(&leaver, "/beheer");
    snprintf(tokens[SIGNED_OUT], sizeof tokens[SIGNED_OUT], "%s", staff_token(&leaver));
    staff_post(&leaver, "/beheer", "/beheer/uitloggen", "");
    expect_redirect(&leaver.reply, "/beheer/inloggen");
    for (int v = 0; v < VISITORS; v++) {
        for (size_t i = 0; i < count; i++) {
            const char *path = path_of(&routes[i], ROUND, "klein");
            if (!is_staff_page(&routes[i]) ||
                (v == HALF && strcmp(routes[i].scope, PERMISSION_SIGN_IN) == 0)) {
                continue;
            }
            cr_expect_eq(visit(&reply, &visitors[v], &routes[i], path, tokens[v]), 303, "%s %s: %d", names[v],
                         path, reply.status);
            const char *to = client_header(&reply, "Location");
            const char *wanted = v == HALF ? "/beheer/inloggen/code" : "/beheer/inloggen";
            cr_expect(to && strncmp(to, wanted, strlen(wanted)) == 0, "%s %s: %s", names[v], path, to);
        }
    }
    end();
}

/* ---- keys ---- */

/* What somebody shows: a whole header line, or none; and what is in it that no answer may hold. */
struct bearer {
    const char *name;
    char line[4096];
    const char *scope; /* of a key that is valid; NULL: of none */
};

#define BEARER "Authorization: Bearer "

enum { BEARERS_MAX = 32 };
static struct bearer bearers[BEARERS_MAX];
static size_t bearer_count;

/* before, key and after make the line. */
static void add_bearer(const char *name, const char *scope, const char *before, const char *key,
                       const char *after)
{
    cr_assert_lt(bearer_count, BEARERS_MAX);
    struct bearer *bearer = &bearers[bearer_count++];
    *bearer = (struct bearer){.name = name, .scope = scope};
    snprintf(bearer->line, sizeof bearer->line, "%s%s%s\r\n", before, key, after);
}

/* What each permission of a key is, beside the program's own table. A route that asks for another is closed
 * to every key, and stands here when that is meant. */
static const char *scope_for(const char *permission)
{
    static const struct {
        const char *permission, *scope;
    } asked[] = {
        {"response.send", "inname"},    {"table.view", "analist"},     {"microdata.export", "microdata"},
        {"passage.view", "gesprekken"}, {"coding.view", "gesprekken"}, {"coding.book", "gesprekken"},
        {"signal.view", "tafel"},       {"valuemap.view", "analist"},  {"transcript.send", "transcripties"}};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        if (strcmp(asked[i].permission, permission) == 0) {
            return asked[i].scope;
        }
    }
    cr_assert_fail("no key is for %s", permission);
    return NULL;
}

static void make_bearers(const char *cookie)
{
    static char big[3500], cut[64], longer[64], lower[64];
    memset(big, 'A', sizeof big - 1);
    const char *key = place_issue_key(&place, "verlopen", "analist");
    place_count(&place, "WITH u AS (UPDATE zs.api_key SET expires_at = '2027-01-15T12:00:00Z' WHERE label = "
                        "'verlopen' RETURNING 1) SELECT count(*) FROM u");
    add_bearer("expired", NULL, BEARER, key, "");
    key = place_issue_key(&place, "ingetrokken", "analist");
    place_revoke_key(&place, "ingetrokken");
    add_bearer("revoked", NULL, BEARER, key, "");
    for (const char *const *scope = account_scopes; *scope; scope++) {
        key = place_issue_key(&place, *scope, *scope);
        add_bearer(*scope, *scope, BEARER, key, "");
    }
    wait_for_key(port_of(app), key);
    snprintf(cut, sizeof cut, "%.34s", key);
    snprintf(longer, sizeof longer, "%sA", key);
    snprintf(lower, sizeof lower, "%s", key);
    for (char *c = lower; *c; c++) {
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + ('a' - 'A') : *c);
    }
    add_bearer("unknown", NULL, BEARER, "zs_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "");
    add_bearer("cut off", NULL, BEARER, cut, "");
    add_bearer("too long", NULL, BEARER, longer, "");
    add_bearer("lower case", NULL, BEARER, lower, "");
    add_bearer("as a password", NULL, "Authorization: Basic ", key, "");
    add_bearer("without a scheme", NULL, "Authorization: ", key, "");
    add_bearer("two of them", NULL, BEARER, key, " zs_x");
    add_bearer("huge", NULL, BEARER "zs_", big, "");
    add_bearer("no text", NULL, BEARER, "zs_\xff\xfe", "");
    add_bearer("empty", NULL, BEARER, "", "");
    add_bearer("staff", NULL, "Cookie: sessie=", cookie, "");
}

static void ask(struct client_reply *reply, const struct bearer *bearer, const struct http_route *route,
                const char *path)
{
    static int address;
    char headers[sizeof bearer->line + 256];
    address++;
    snprintf(headers, sizeof headers, "%sX-Forwarded-For: 10.2.%d.%d\r\n%s", bearer->line, address / 250,
             address % 250, route->body == HTTP_BODY_JSON ? "Content-Type: application/json\r\n" : "");
    client_request(reply, port_of(app), method_of(route), path, headers,
                   route->body == HTTP_BODY_JSON ? "{}" : NULL);
    cr_expect(reply->status != 0 && reply->status < 500, "%s %s: %d", bearer->name, path, reply->status);
}

/* The same words for everybody of that status and, with 403, of that scope: not which key it was, nor whether
 * there is such a round. scope NULL: 401. */
static void expect_problem(const struct client_reply *reply, const char *scope, const char *who,
                           const char *path)
{
    static char unknown[sizeof reply->body];
    char refused[128];
    const int status = scope ? 403 : 401;
    snprintf(refused, sizeof refused, "\"detail\":\"Deze sleutel heeft het recht %s niet.\"}",
             scope ? scope : "");
    cr_expect_eq(reply->status, status, "%s %s: %d, not %d", who, path, reply->status, status);
    const char *type = client_header(reply, "Content-Type");
    cr_expect(type && strcmp(type, "application/problem+json") == 0, "%s %s: %s", who, path, type);
    const char *challenge = client_header(reply, "WWW-Authenticate");
    cr_expect_eq(challenge != NULL, status == 401, "%s %s", who, path);
    const char *cache = client_header(reply, "Cache-Control");
    cr_expect(cache && strstr(cache, "no-store"), "%s %s: %s", who, path, cache);
    json_t *problem = reply_json(reply);
    cr_expect_eq(json_integer_value(json_object_get(problem, "status")), status);
    cr_expect_gt(json_string_length(json_object_get(problem, "title")), 0);
    cr_expect_gt(json_string_length(json_object_get(problem, "detail")), 0);
    cr_expect_eq(json_object_size(problem), 4, "a type, and nothing more: %s", reply->body);
    cr_expect_not_null(strstr(reply->body, scope ? "/problemen/geen-toegang" : "/problemen/niet-aangemeld"));
    json_decref(problem);
    if (scope) {
        cr_expect_not_null(strstr(reply->body, refused), "%s %s: %s", who, path, reply->body);
        return;
    }
    if (unknown[0] == '\0') {
        memcpy(unknown, reply->body, sizeof reply->body);
    }
    cr_expect_str_eq(reply->body, unknown, "%s %s", who, path);
}

/* An embargo is 403 too, of a type of its own: it is about the round, whoever asks. */
static void expect_let_in(const struct client_reply *reply, const char *who, const char *path)
{
    cr_expect(reply->status != 401 &&
                  (reply->status != 403 ||
                   (strstr(reply->body, "/problemen/") && !strstr(reply->body, "/problemen/geen-toegang"))),
              "%s %s: %d %s", who, path, reply->status, reply->body);
}

static void expect_as_asked(const struct client_reply *reply, const struct bearer *bearer,
                            const struct http_route *route, const char *path)
{
    const bool shown = strstr(bearer->line, "Authorization") != NULL;
    if (route->scope_optional && !shown) {
        expect_let_in(reply, bearer->name, path);
    } else if (!bearer->scope) {
        expect_problem(reply, NULL, bearer->name, path);
    } else if (strcmp(bearer->scope, scope_for(route->scope)) != 0) {
        expect_problem(reply, scope_for(route->scope), bearer->name, path);
    } else {
        expect_let_in(reply, bearer->name, path);
    }
    const char *key = strstr(bearer->line, "zs_");
    char secret[40] = "";
    snprintf(secret, sizeof secret, "%.32s", key ? key : "");
    cr_expect(strlen(secret) < 10 || (!strstr(reply->body, secret) && !strstr(reply->head, secret)),
              "%s %s: the key comes back", bearer->name, path);
}

Test(matrix, each_key_opens_what_its_scope_is_for_and_nothing_else)
{
    static struct staff boss;
    static struct client_reply reply, without;
    static const struct bearer nothing = {.name = "nothing"};
    size_t count;
    size_t tried = 0;
    begin();
    somebody(&boss, ROLE_BEHEERDER, NULL);
    make_bearers(staff_cookie(&boss, "sessie"));
    const struct http_route *routes = app_routes(&count, app);
    for (size_t i = 0; i < count; i++) {
        for (int known = 0; known < 2; known++) {
            const char *path =
                path_of(&routes[i], known ? ROUND : "bestaat-niet", known ? "klein" : "bestaat-niet");
            if (routes[i].surface != HTTP_API || (!known && strcmp(path, routes[i].path) == 0)) {
                continue;
            }
            ask(&without, &nothing, &routes[i], path);
            if (routes[i].scope) {
                expect_as_asked(&without, &nothing, &routes[i], path);
            }
            for (size_t b = 0; b < bearer_count; b++) {
                ask(&reply, &bearers[b], &routes[i], path);
                if (routes[i].scope) {
                    expect_as_asked(&reply, &bearers[b], &routes[i], path);
                } else {
                    cr_expect_eq(reply.status, without.status, "%s %s: %d", bearers[b].name, path,
                                 reply.status);
                }
                tried++;
            }
        }
    }
    cr_expect_geq(tried, 20 * bearer_count, "%zu", tried);
    end();
}

/* Of a key for one consultation, what names another one is closed, and what names its own is not. */
Test(matrix, each_key_ends_with_its_consultation)
{
    static struct client_reply reply;
    static struct bearer bearer;
    struct participation_code drawn;
    char code[CODE_TEXT_BYTES];
    size_t count;
    size_t tried = 0;
    begin();
    place_publish(&place, REAL_CONSULTATION);
    code_generate(&drawn);
    code_format(code, &drawn);
    const struct http_route *routes = app_routes(&count, app);
    for (const char *const *scope = account_scopes; *scope; scope++) {
        static const char *const places[] = {"klein", "biotechnologie-2026"};
        for (size_t p = 0; p < 2; p++) {
            const char *key = place_issue_key_in(&place, places[p], *scope, places[p]);
            wait_for_key(port_of(app), key);
            snprintf(bearer.line, sizeof bearer.line, BEARER "%s\r\nDeelnamecode: %s\r\n", key, code);
            bearer.name = places[p];
            for (size_t i = 0; i < count; i++) {
                const char *path = path_of(&routes[i], ROUND, "klein");
                if (routes[i].surface != HTTP_API || !routes[i].scope ||
                    (!strstr(routes[i].path, "{ronde}") && !strstr(routes[i].path, "{consultatie}")) ||
                    strcmp(scope_for(routes[i].scope), *scope) != 0) {
                    continue;
                }
                ask(&reply, &bearer, &routes[i], path);
                if (p == 0) {
                    expect_let_in(&reply, *scope, path);
                } else {
                    cr_expect_eq(reply.status, 403, "%s %s: %d %s", *scope, path, reply.status, reply.body);
                }
                tried++;
            }
        }
    }
    cr_expect_geq(tried, 2 * 10, "%zu", tried);
    end();
}

/* A key is for the API: it opens no page of the back office, whatever its scopes are. */
Test(matrix, no_key_opens_a_page_of_staff)
{
    static struct client_reply reply;
    size_t count;
    begin();
    const char *key = place_issue_key(&place, "analist", "analist");
    wait_for_key(port_of(app), key);
    const struct http_route *routes = app_routes(&count, app);
    for (size_t i = 0; i < count; i++) {
        if (is_staff_page(&routes[i]) && routes[i].method == HTTP_GET) {
            const char *path = path_of(&routes[i], ROUND, "klein");
            api_call(&reply, port_of(app), key, "GET", path, "", NULL);
            cr_expect_eq(reply.status, 303, "%s: %d", path, reply.status);
        }
    }
    end();
}
