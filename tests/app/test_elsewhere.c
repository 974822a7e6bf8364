/* Where rights end: everything of one consultation, asked for by its own number by people of another. The
 * routes are the program's own table; a new one is tried by itself, and once `named` knows what its address
 * names it is seen that there is something to be kept from them. */
#include "app/conversation_scene.h"

#include "features/coding/coding.h"

#include <stdio.h>
#include <string.h>

TestSuite(elsewhere, .fini = leaks_check, .timeout = 110);

/* In all that is typed here, and in no answer to who has no right to it. */
#define MARK "Zqxgeheim"
#define SAID "tekst=Moderator%3A+Welkom.%0D%0AJan%3A+" MARK "+zei+ik."

static struct staff here[ACCOUNT_ROLES], elsewhere[ACCOUNT_ROLES];
static struct staff boss; /* of all consultations: accounts are of none */
static char draft[64];    /* a text that waits to be loaded */

static enum db_status keep_book(struct db_tx *tx, void *context)
{
    struct json_errors errors;
    struct codebook_version version;
    enum codebook_outcome outcome;
    json_errors_init(&errors, db_arena(tx));
    const struct codebook *book = codebook_load(&errors, db_arena(tx), codebook_embedded());
    (void)context;
    cr_assert_not_null(book);
    return codebook_keep(&outcome, &version, tx, SLICE("klein"), book, codebook_embedded(), "beheerder",
                         "command");
}

static void post(const char *page, const char *action, const char *fields)
{
    staff_post(&staff, page, action, fields);
    cr_assert_eq(staff.reply.status, 303, "%s: %d", action, staff.reply.status);
}

/* Of two that were sent the first is loaded, and the other waits. */
static void load_text(void)
{
    static const char page[] = GROUP_AT "/laden";
    char addresses[2][128], fields[160];
    for (int i = 0; i < 2; i++) {
        post(page, page, "bron=opname&" SAID);
        snprintf(addresses[i], sizeof addresses[i], "%s", client_header(&staff.reply, "Location"));
    }
    snprintf(draft, sizeof draft, "%s", strrchr(addresses[1], '/') + 1);
    staff_get(&staff, addresses[0]);
    snprintf(fields, sizeof fields, "doe=laden&gelezen=%s&spreker-0=moderator&spreker-1=p1",
             staff_hidden(&staff, "gelezen"));
    post(addresses[0], addresses[0], fields);
}

/* Somebody of each role, of this consultation. */
static void people(struct staff of[ACCOUNT_ROLES], const char *consultation)
{
    char name[64];
    for (unsigned role = 0; role < ACCOUNT_ROLES; role++) {
        snprintf(name, sizeof name, "%s.%s", consultation, account_role_name((enum account_role)role));
        staff_of(&of[role], &place, app, name, (enum account_role)role, consultation);
        if (role == ROLE_BEHEERDER) {
            staff_set_factor_up(&of[role]);
        }
        staff_get(&of[role], "/beheer");
    }
}

/* Of all that has a number: one, number 1 where nothing else is said. */
static void everything(void)
{
    scene_begin();
    in_transaction(keep_book, NULL);
    test_sql(place.owner, "INSERT INTO zs.consultation (code, document) VALUES ('elders', '{}')");
    plan_group();
    add_person("stand=gekomen&leeftijdsgroep=volwassen&naam=Jan+" MARK);
    add_consent(1, "&opname=ja&citaten=ja");
    load_text();
    post(GROUP_AT "/opnamen", GROUP_AT "/opnamen",
         "opnamesoort=geluid&bewaarplaats=" MARK "&vernietigenVoor=2027-01-14");
    post(ROUND_AT "/plan/opzet", ROUND_AT "/plan/opzet",
         "soort=focusgroep&samenstelling=homogeen&reden=" MARK "&overwerving=2");
    post(ROUND_AT "/plan/groep", ROUND_AT "/plan/groep",
         "soort=focusgroep&segment=jong&titel=" MARK "&doelgroep=publiek&gesprekken=2&mensen=3&"
         "reservesNodig=1");
    place_issue_key_in(&place, MARK, SCOPE_ANALYST, "klein");
    people(here, "klein");
    people(elsewhere, "elders");
    staff_of(&boss, &place, app, "baas", ROLE_BEHEERDER, NULL);
    staff_set_factor_up(&boss);
    staff_get(&boss, "/beheer");
    test_sql(
        place.owner,
        "INSERT INTO zs.proposal (consultation, document, sha256, proposed_by, proposed_at)"
        " SELECT 'klein', '{\"" MARK "\": 1}', sha256('" MARK
        "'), id, now() FROM zs.account WHERE name = 'onno';"
        "INSERT INTO zs.coder (account_id, name) SELECT id, name FROM zs.account WHERE name LIKE "
        "'klein.codeur' OR name = 'onno';"
        "INSERT INTO zs.coding_plan (round_id, book_version, bar, changed_by) SELECT id, 1, 0.667, 'onno' "
        "FROM zs.round WHERE code = '" ROUND "';"
        "INSERT INTO zs.coding_batch (round_id, number, source, share, created_by) SELECT id, 1, "
        "'ingelezen', 1, 'onno' FROM zs.round WHERE code = '" ROUND "';"
        "INSERT INTO zs.coding_task (batch_id, round_id, passage_id, coder_id, position, place, done_at)"
        " SELECT 1, b.round_id, e.id, c.id, CASE c.name WHEN 'onno' THEN 2 ELSE 1 END, 1, now() FROM "
        "zs.coding_batch AS b, zs.evidence AS e, zs.coder AS c WHERE e.body LIKE '" MARK "%';"
        "INSERT INTO zs.coding (round_id, passage_id, coder_id, book_version, start_at, end_at, value_bits, "
        "counts, codes, method, memo) SELECT round_id, passage_id, coder_id, 1, 0, 4, 8, position = 1, "
        "'{natuurlijkheid}', 'focusgroep', '" MARK "' FROM zs.coding_task;"
        "INSERT INTO zs.signal_suggestion (round_id, rule, subject, figures) SELECT id, 'groei', '" MARK
        "', '{}' FROM zs.round WHERE code = '" ROUND "'");
}

/* What stands where an address has {name}; NULL: nobody said. In static storage; keeps four. */
static const char *named(const char *name)
{
    static const struct {
        const char *name, *is;
        const char *sql; /* when it is asked of the database */
    } names[] = {
        {"ronde", ROUND, NULL},
        {"gesprek", GROUP, NULL},
        {"deelnemer", "1", NULL},
        {"opname", "1", NULL},
        {"leidraad", "1", NULL},
        {"versie", "1", NULL},
        {"voorstel", "1", NULL},
        {"concept", draft, NULL},
        {"soort", "focusgroep", NULL},
        {"segment", "jong", NULL},
        {"sleutel", NULL, "SELECT id::text FROM zs.api_key WHERE label = '" MARK "'"},
        {"account", NULL, "SELECT id::text FROM zs.account WHERE name = 'klein.lezer'"},
        {"beurt", NULL, "SELECT id::text FROM zs.turn WHERE body LIKE '" MARK "%'"},
        {"passage", NULL, "SELECT id::text FROM zs.evidence WHERE body LIKE '" MARK "%'"},
        {"taak", NULL,
         "SELECT t.id::text FROM zs.coding_task AS t JOIN zs.coder AS c ON c.id = t.coder_id WHERE c.name = "
         "'klein.codeur'"},
    };
    static char kept[4][32];
    static unsigned turn;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i].name, name) == 0 && names[i].sql) {
            turn = (turn + 1) % 4;
            snprintf(kept[turn], sizeof kept[turn], "%s", test_sql_text(place.owner, names[i].sql));
            return kept[turn];
        }
        if (strcmp(names[i].name, name) == 0) {
            return names[i].is;
        }
    }
    return NULL;
}

struct address {
    char text[256];
    bool names; /* something */
    bool known; /* all that it names; else there is a 1 for it */
};

static struct address address_of(const struct http_route *route)
{
    struct address out = {.known = true};
    size_t used = 0;
    const char *at = route->path;
    const char *open;
    while ((open = strchr(at, '{')) != NULL) {
        char name[32];
        const char *close = strchr(open, '}');
        snprintf(name, sizeof name, "%.*s", (int)(close - open - 1), open + 1);
        const char *is = named(name);
        out.names = true;
        out.known = out.known && is;
        used += (size_t)snprintf(out.text + used, sizeof out.text - used, "%.*s%s", (int)(open - at), at,
                                 is ? is : "1");
        at = close + 1;
    }
    snprintf(out.text + used, sizeof out.text - used, "%s", at);
    return out;
}

/* What it names is of no consultation: the program's own text; the government's agenda. */
static bool is_of_none(const struct http_route *route)
{
    static const char *const beginnings[] = {"/beheer/toestemming/", "/beheer/agenda/"};
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
        if (strncmp(route->path, beginnings[i], strlen(beginnings[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* Who comes again finds the jar as it was. */
static struct staff visitor;

static int visit(const struct staff *as, const struct http_route *route, const char *address)
{
    char body[160];
    visitor = *as;
    snprintf(body, sizeof body, "token=%s&zeker=ja", staff_token(as));
    staff_exchange(&visitor, route->method == HTTP_GET ? "GET" : "POST", address,
                   route->method == HTTP_GET ? NULL : body);
    return visitor.reply.status;
}

/* Nobody of elsewhere learns of it, whatever they ask; `names`: it names what is here. */
static void expect_closed(const struct http_route *route, const char *address, bool names)
{
    for (unsigned role = 0; role < ACCOUNT_ROLES; role++) {
        const char *who = account_role_name((enum account_role)role);
        const int status = visit(&elsewhere[role], route, address);
        cr_expect(!names || status == 403 || status == 404, "%s %s: %d", who, address, status);
        cr_expect_null(strstr(visitor.reply.body, MARK), "%s is told by %s", who, address);
    }
}

/* It is there: who may comes to it. */
static void expect_there(const struct http_route *route, const char *address)
{
    bool seen = visit(&boss, route, address) < 400;
    for (unsigned role = 0; role < ACCOUNT_ROLES && !seen; role++) {
        seen = visit(&here[role], route, address) < 400;
    }
    cr_expect(seen, "%s: nobody comes there", address);
}

/* Every row of what is not about signing in, of the audit log, or of what the service does by itself. */
static const char rows_sql[] =
    "SELECT string_agg(t.name || (xpath('/row/n/text()', query_to_xml(format('SELECT coalesce("
    "sum(hashtext(x::text)), 0) AS n FROM zs.%I AS x', t.name), false, true, '')))[1]::text, ' ' ORDER BY "
    "t.name)"
    " FROM (SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'zs' AND "
    "table_type = 'BASE TABLE' AND table_name NOT LIKE 'audit%' AND table_name NOT LIKE 'periodic%' AND "
    "table_name <> 'account_session') AS t";

Test(elsewhere, nobody_reaches_by_its_number_what_is_of_another_consultation)
{
    static char before[8192];
    size_t count;
    size_t tried = 0;
    everything();
    const struct http_route *routes = app_routes(&count, app);
    snprintf(before, sizeof before, "%s", test_sql_text(place.owner, rows_sql));
    for (size_t i = 0; i < count; i++) {
        const struct http_route *route = &routes[i];
        if (route->surface != HTTP_PAGE || !route->scope || strcmp(route->scope, PERMISSION_SIGN_IN) == 0 ||
            is_of_none(route)) {
            continue;
        }
        const struct address address = address_of(route);
        if (address.names || route->method == HTTP_GET) {
            expect_closed(route, address.text, address.names);
            tried++;
        }
        if (address.names && address.known && route->method == HTTP_GET) {
            expect_there(route, address.text);
        }
    }
    cr_expect_str_eq(test_sql_text(place.owner, rows_sql), before, "nothing was changed");
    cr_expect_gt(tried, 60, "%zu", tried);
    scene_end();
}
