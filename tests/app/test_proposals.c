/* Publishing by two people in the back office: proposing, looking, deciding. */
#include "app/staff.h"
#include "base/embedded.h"
#include "web/web.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

TestSuite(proposals, .fini = leaks_check, .timeout = 110);

#define PROPOSALS "/beheer/voorstellen"

static struct place place;
static struct app *app;
static struct staff proposer, approver;
static char body[CLIENT_BUFFER];

/* The package of a consultation, form-encoded, with one word in place of another. */
static void package_of(char *out, size_t size, const char *path, const char *from, const char *to)
{
    struct arena *arena = arena_create((size_t)64 * 1024 * 1024);
    struct locales *locales = locales_load(embedded_locales);
    struct json_errors errors;
    struct consultation_bundle bundle;
    const char *name;
    size_t used = 0;
    json_errors_init(&errors, arena);
    cr_assert(consultation_bundle_pack(&bundle, &name, &errors, arena, path, locales));
    const struct slice package = bundle.package;
    for (size_t i = 0; i < package.len; i++) {
        const char *put = NULL;
        if (from && package.len - i >= strlen(from) && memcmp(package.ptr + i, from, strlen(from)) == 0) {
            put = to;
            i += strlen(from) - 1;
        }
        cr_assert_lt(used + 200, size);
        for (const char *c = put ? put : package.ptr + i; put ? *c != '\0' : c == package.ptr + i; c++) {
            used += (size_t)snprintf(out + used, size - used, "%%%02X", (unsigned char)*c);
        }
    }
    locales_free(locales);
    arena_destroy(arena);
}

static void begin(void)
{
    place_make(&place, SMALL_CONSULTATION);
    app = app_up(&place);
    staff_of(&proposer, &place, app, "anna", ROLE_ONDERZOEKER, NULL);
    staff_of(&approver, &place, app, "bram", ROLE_ONDERZOEKER, NULL);
}

static void end(void)
{
    app_down(app);
    place_remove(&place);
}

static void propose(struct staff *staff, const char *from, const char *to, const char *opens)
{
    staff_get(staff, PROPOSALS);
    int used = snprintf(body, sizeof body, "token=%s&open=%s&pakket=", staff_token(staff), opens);
    package_of(body + used, sizeof body - (size_t)used, SMALL_CONSULTATION, from, to);
    staff_exchange(staff, "POST", PROPOSALS, body);
}

static void decide(struct staff *staff, int number, const char *what, const char *sure)
{
    char path[64], action[96], fields[160];
    snprintf(path, sizeof path, PROPOSALS "/%d", number);
    snprintf(action, sizeof action, "%s/%s", path, what);
    staff_get(staff, path);
    const char *shown = strstr(staff->reply.body, "name=\"getoond\"") ? staff_hidden(staff, "getoond") : "";
    if (!strstr(staff->reply.body, "name=\"token\"")) {
        staff_get(staff, PROPOSALS);
    }
    snprintf(fields, sizeof fields, "token=%s&getoond=%s%s", staff_token(staff), shown, sure);
    staff_exchange(staff, "POST", action, fields);
}

static int64_t lines(const char *action, const char *actor, const char *result)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM zs.audit_event WHERE action = '%s' AND actor = '%s' AND result = '%s' AND "
             "origin = 'web'",
             action, actor, result);
    return place_count(&place, sql);
}

static int64_t titled(const char *title)
{
    char sql[256];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM zs.consultation WHERE document->'title'->>'nl' = '%s'",
             title);
    return place_count(&place, sql);
}

Test(proposals, are_published_by_somebody_else_alone)
{
    begin();
    cr_assert_eq(titled("Nieuw"), 0);
    propose(&proposer, "Kleine consultatie", "Nieuw", "");
    expect_redirect(&proposer.reply, PROPOSALS "/1");
    cr_expect_eq(lines("proposal.make", "anna", "ok"), 1);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.proposal WHERE sha256 = "
                                     "sha256(convert_to(document, 'UTF8'))"),
                 1);
    staff_get(&proposer, PROPOSALS "/1");
    expect_says(&proposer.reply, "Iemand anders moet erover besluiten");
    expect_says(&proposer.reply, "Dit staat nu gepubliceerd, en dit wordt het na goedkeuring.");
    expect_silent(&proposer.reply, "/goedkeuring\"");
    decide(&proposer, 1, "goedkeuring", "&zeker=ja");
    expect_status(&proposer.reply, 403);
    cr_expect_eq(lines("proposal.approve", "anna", "refused"), 1);
    decide(&approver, 1, "terugname", "");
    expect_status(&approver.reply, 403);
    cr_expect_eq(lines("proposal.withdraw", "bram", "refused"), 1);
    decide(&proposer, 1, "afwijzing", "");
    expect_status(&proposer.reply, 403);
    cr_expect_eq(lines("proposal.refuse", "anna", "refused"), 1);
    staff_get(&approver, "/beheer");
    expect_says(&approver.reply, "Voorstellen die op een tweede persoon wachten: 1");
    staff_get(&proposer, "/beheer");
    expect_silent(&proposer.reply, "Voorstellen die op een tweede persoon wachten");

    staff_get(&approver, PROPOSALS "/1/bladzijde?vragenlijst=klein");
    expect_status(&approver.reply, 200);
    expect_says(&approver.reply, "Volgende pagina");
    staff_get(&approver, PROPOSALS "/1/papier?vragenlijst=klein");
    expect_status(&approver.reply, 200);
    decide(&approver, 1, "goedkeuring", "");
    expect_status(&approver.reply, 200);
    expect_says(&approver.reply, "name=\"zeker\"");
    cr_expect_eq(titled("Nieuw"), 0, "it asks first");
    decide(&approver, 1, "goedkeuring", "&zeker=ja");
    expect_redirect(&approver.reply, PROPOSALS "/1");
    cr_expect_eq(titled("Nieuw"), 1);
    cr_expect_eq(lines("proposal.approve", "bram", "ok"), 1);
    /* It is as published now, which is not to say that it changed nothing. */
    staff_get(&approver, PROPOSALS "/1");
    expect_says(&approver.reply, "Stand: gepubliceerd");
    expect_silent(&approver.reply, "na goedkeuring");
    expect_silent(&approver.reply, "Hier verandert niets");
    cr_expect_eq(lines("consultation.publish", "bram", "ok"), 1);
    decide(&approver, 1, "goedkeuring", "&zeker=ja");
    expect_status(&approver.reply, 409);
    cr_expect_eq(lines("consultation.publish", "bram", "ok"), 1);
    propose(&proposer, "klein-later", "klein-nieuw", "klein-nieuw");
    decide(&approver, 2, "goedkeuring", "&zeker=ja");
    expect_redirect(&approver.reply, PROPOSALS "/2");
    cr_expect_eq(
        place_count(&place, "SELECT count(*) FROM zs.round WHERE code = 'klein-nieuw' AND status = 'open'"),
        1);
    cr_expect_eq(lines("round.open", "bram", "ok"), 1);
    end();
}

Test(proposals, go_stale_by_a_newer_one_and_by_the_command)
{
    begin();
    propose(&proposer, "Kleine consultatie", "Eerste", "");
    expect_redirect(&proposer.reply, PROPOSALS "/1");
    propose(&approver, "Kleine consultatie", "Tweede", "");
    expect_redirect(&approver.reply, PROPOSALS "/2");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = "
                                     "'proposal.supersede' AND actor = 'bram' AND object = 'proposal:1'"),
                 1);
    decide(&approver, 1, "goedkeuring", "&zeker=ja");
    expect_status(&approver.reply, 409);
    place_publish(&place, SMALL_CONSULTATION);
    decide(&proposer, 2, "goedkeuring", "&zeker=ja");
    expect_status(&proposer.reply, 409);
    expect_says(&proposer.reply, "verouderd");
    cr_expect_eq(titled("Eerste") + titled("Tweede"), 0);
    staff_get(&proposer, "/beheer");
    expect_silent(&proposer.reply, "Voorstellen die op een tweede persoon wachten");
    decide(&proposer, 2, "afwijzing", "");
    expect_redirect(&proposer.reply, PROPOSALS "/2");
    cr_expect_eq(lines("proposal.refuse", "anna", "ok"), 1);
    propose(&proposer, "Kleine consultatie", "Derde", "");
    decide(&proposer, 3, "terugname", "");
    expect_redirect(&proposer.reply, PROPOSALS "/3");
    cr_expect_eq(lines("proposal.withdraw", "anna", "ok"), 1);
    decide(&approver, 3, "goedkeuring", "&zeker=ja");
    expect_status(&approver.reply, 409);
    end();
}

Test(proposals, are_decided_on_once_whoever_decides_at_the_same_moment)
{
    static struct staff_move moves[2];
    static struct staff third;
    begin();
    staff_of(&third, &place, app, "cees", ROLE_ONDERZOEKER, NULL);
    propose(&proposer, "Kleine consultatie", "Nieuw", "");
    struct staff *const deciders[] = {&approver, &third};
    for (int i = 0; i < 2; i++) {
        moves[i].staff = deciders[i];
        staff_get(deciders[i], PROPOSALS "/1");
        snprintf(moves[i].path, sizeof moves[i].path, PROPOSALS "/1/%s",
                 i == 0 ? "goedkeuring" : "afwijzing");
        snprintf(moves[i].body, sizeof moves[i].body, "token=%s&getoond=%s&zeker=ja",
                 staff_token(deciders[i]), staff_hidden(deciders[i], "getoond"));
    }
    staff_move_together(moves, 2);
    const bool approved = approver.reply.status == 303;
    cr_expect_eq(approver.reply.status, approved ? 303 : 409, "%d", approver.reply.status);
    cr_expect_eq(third.reply.status, approved ? 409 : 303, "%d", third.reply.status);
    cr_expect_eq(titled("Nieuw"), approved);
    cr_expect_eq(lines("proposal.approve", "bram", "ok"), approved);
    cr_expect_eq(lines("proposal.refuse", "cees", "ok"), !approved);
    end();
}

Test(proposals, with_faults_are_not_kept_and_say_where)
{
    begin();
    propose(&proposer, "\"pilot\"", "\"piloot\"", "");
    expect_status(&proposer.reply, 400);
    expect_says(&proposer.reply,
                "<code class=\"zs-break\" translate=\"no\">klein.json#/rounds/1/piloot</code>");
    propose(&proposer, NULL, NULL, "er-is-geen-ronde");
    expect_status(&proposer.reply, 400);
    expect_says(&proposer.reply, "zit niet in het pakket");
    static const char *const bad[] = {"", "%7B", "%5B%5D",
                                      "%7B%22consultation%22%3A%22a%22%2C%22files%22%3A%7B%7D%7D"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        staff_get(&proposer, PROPOSALS);
        snprintf(body, sizeof body, "token=%s&open=&pakket=%s", staff_token(&proposer), bad[i]);
        staff_exchange(&proposer, "POST", PROPOSALS, body);
        cr_expect_eq(proposer.reply.status, 400, "%s: %d", bad[i], proposer.reply.status);
    }
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.proposal"), 0);
    end();
}

/* The body never comes. */
static void expect_sent_away_at_the_head(const char *token)
{
    static struct client_reply reply;
    char head[512];
    snprintf(head, sizeof head,
             "POST " PROPOSALS " HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: sessie=%s\r\n"
             "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000000\r\n\r\n",
             token);
    client_raw(&reply, port_of(app), head);
    expect_status(&reply, 303);
    cr_expect_str_eq(client_header(&reply, "Location"), "/beheer/inloggen");
}

/* Who never signed in is sent away when the head of the request is in: no memory is held for a body. */
Test(proposals, take_no_body_from_who_never_signed_in)
{
    char token[64];
    begin();
    expect_sent_away_at_the_head("bm9ib2R5IGV2ZXIgc2lnbmVkIGluIHdpdGggdGhpcyE");
    /* A token of one's own with the seal of another (its first half is random), and one with its seal
     * changed: the last character but one is of six bits of it. */
    snprintf(token, sizeof token, "%s", staff_cookie(&proposer, "sessie"));
    cr_assert_eq(strlen(token), 43);
    token[0] = token[0] == 'A' ? 'B' : 'A';
    expect_sent_away_at_the_head(token);
    snprintf(token, sizeof token, "%s", staff_cookie(&proposer, "sessie"));
    token[41] = token[41] == 'A' ? 'B' : 'A';
    expect_sent_away_at_the_head(token);
    end();
}

/* The second person sees each value that would change, and may take the text whose SHA-256 is shown. */
Test(proposals, show_every_value_that_changes)
{
    unsigned char sha256[CRYPTO_SHA256_BYTES];
    char hex[2 * CRYPTO_SHA256_BYTES + 1];
    begin();
    propose(&proposer, "\"destruction_date\":\"2028-01-01\"", "\"destruction_date\":\"2029-01-01\"", "");
    expect_redirect(&proposer.reply, PROPOSALS "/1");
    staff_get(&approver, PROPOSALS "/1");
    expect_status(&approver.reply, 200);
    expect_says(&approver.reply, ">destruction_date</code>");
    /* The rounds are open, and stay as they are. */
    expect_says(&approver.reply, "Nu: 2028-01-01</p>");
    expect_says(&approver.reply, "In het voorstel: 2029-01-01</p>");
    expect_silent(&approver.reply, "<ins>2029-01-01</ins>");
    cr_expect_eq(place_count(&place, "WITH made AS (UPDATE zs.round SET status = 'draft' RETURNING 1)"
                                     " SELECT count(*) FROM made"),
                 place_count(&place, "SELECT count(*) FROM zs.round"));
    staff_get(&approver, PROPOSALS "/1");
    expect_says(&approver.reply, "<del>2028-01-01</del>");
    expect_says(&approver.reply, "<ins>2029-01-01</ins>");
    expect_silent(&approver.reply, ">start / nl</code>");
    staff_get(&approver, PROPOSALS "/1/pakket");
    expect_status(&approver.reply, 200);
    crypto_sha256(sha256, (struct slice){approver.reply.body, approver.reply.body_len});
    crypto_hex(hex, sha256, sizeof sha256);
    staff_get(&approver, PROPOSALS "/1");
    expect_says(&approver.reply, hex);
    /* A text of the consultation, and a key that was not there. */
    propose(&proposer, "\"controller\":{",
            "\"coordinator_public_key\":\"hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo\",\"controller\":{",
            "");
    staff_get(&approver, PROPOSALS "/2");
    expect_says(&approver.reply, ">coordinator_public_key</code>");
    expect_says(&approver.reply, "<ins>hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo</ins>");
    expect_says(&approver.reply, "Hier verandert niets.");
    end();
}

Test(proposals, are_published_as_they_were_shown_or_not_at_all)
{
    static char fields[512];
    begin();
    propose(&proposer, "Kleine consultatie", "Nieuw", "");
    staff_get(&approver, PROPOSALS "/1");
    snprintf(fields, sizeof fields, "token=%s&zeker=ja&getoond=%064d", staff_token(&approver), 0);
    staff_exchange(&approver, "POST", PROPOSALS "/1/goedkeuring", fields);
    expect_status(&approver.reply, 409);
    cr_expect_eq(titled("Nieuw"), 0);
    cr_expect_eq(lines("proposal.approve", "bram", "refused"), 1);
    /* A round that cannot be opened: nothing is published, and the log tells of it. */
    propose(&proposer, "Kleine consultatie", "Nieuw", ROUND);
    place_close_round(&place, ROUND);
    decide(&approver, 2, "goedkeuring", "&zeker=ja");
    expect_status(&approver.reply, 409);
    expect_says(&approver.reply, "De ronde kan niet open");
    cr_expect_eq(titled("Nieuw"), 0);
    cr_expect_eq(lines("proposal.approve", "bram", "refused"), 2);
    /* A round of another consultation. */
    place_publish(&place, REAL_CONSULTATION);
    propose(&proposer, "klein-later", "biotechnologie-2026-1", "");
    decide(&approver, 3, "goedkeuring", "&zeker=ja");
    expect_status(&approver.reply, 409);
    expect_says(&approver.reply, "hoort bij een andere consultatie");
    cr_expect_eq(lines("proposal.approve", "bram", "refused"), 3);
    cr_expect_eq(lines("proposal.approve", "bram", "ok"), 0);
    end();
}

/* What a newer program finds fault with is looked at, and decided about without being read. */
Test(proposals, with_faults_found_later_can_be_refused)
{
    begin();
    propose(&proposer, "Kleine consultatie", "Nieuw", "");
    staff_get(&approver, PROPOSALS "/1");
    char *shown = strdup(staff_hidden(&approver, "getoond"));
    cr_assert_eq(place_count(&place, "WITH made AS (UPDATE zs.proposal SET document = "
                                     "replace(document, '\"pilot\"', '\"piloot\"') RETURNING 1)"
                                     " SELECT count(*) FROM made"),
                 1);
    staff_get(&approver, PROPOSALS "/1");
    expect_status(&approver.reply, 200);
    expect_says(&approver.reply, "klein.json#/rounds/1/piloot");
    expect_silent(&approver.reply, "/goedkeuring\"");
    snprintf(body, sizeof body, "token=%s&zeker=ja&getoond=%s", staff_token(&approver), shown);
    free(shown);
    staff_exchange(&approver, "POST", PROPOSALS "/1/goedkeuring", body);
    expect_status(&approver.reply, 409);
    decide(&approver, 1, "afwijzing", "");
    expect_redirect(&approver.reply, PROPOSALS "/1");
    cr_expect_eq(lines("proposal.refuse", "bram", "ok"), 1);
    staff_get(&approver, PROPOSALS "/1");
    expect_status(&approver.reply, 200);
    end();
}

/* A role in one consultation proposes, sees and decides nothing of another; the log tells who tried. */
Test(proposals, of_another_consultation_are_out_of_reach)
{
    static struct staff elsewhere;
    begin();
    place_publish(&place, REAL_CONSULTATION);
    staff_of(&elsewhere, &place, app, "elke", ROLE_ONDERZOEKER, "biotechnologie-2026");
    propose(&proposer, NULL, NULL, "");
    propose(&elsewhere, NULL, NULL, "");
    expect_status(&elsewhere.reply, 403);
    cr_expect_eq(lines("access", "elke", "refused"), 1);
    staff_get(&elsewhere, PROPOSALS);
    expect_silent(&elsewhere.reply, PROPOSALS "/1\"");
    char fields[512];
    snprintf(fields, sizeof fields, "token=%s&zeker=ja", staff_token(&elsewhere));
    static const char *const acts[] = {"goedkeuring", "afwijzing", "terugname"};
    for (size_t i = 0; i < 3; i++) {
        char path[64];
        snprintf(path, sizeof path, PROPOSALS "/1/%s", acts[i]);
        staff_exchange(&elsewhere, "POST", path, fields);
        cr_expect_eq(elsewhere.reply.status, 403, "%s: %d", path, elsewhere.reply.status);
    }
    static const char *const looks[] = {"", "/bladzijde?vragenlijst=klein", "/papier?vragenlijst=klein",
                                        "/pakket", "/afbeelding/x"};
    for (size_t i = 0; i < 5; i++) {
        char path[64];
        snprintf(path, sizeof path, PROPOSALS "/1%s", looks[i]);
        staff_get(&elsewhere, path);
        cr_expect_eq(elsewhere.reply.status, 403, "%s: %d", path, elsewhere.reply.status);
    }
    cr_expect_eq(lines("access", "elke", "refused"), 9);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.proposal WHERE state = 'proposed'"), 1);
    end();
}

/* Before they are anywhere else: from the proposal itself, on screen and on paper. */
Test(proposals, show_the_pictures_of_their_questions)
{
    static const char first[] = "\"pages\":[{\"code\":\"doet-mee-voor\",\"items\":[";
    static const unsigned char png[] = "\x89PNG\r\n\x1a\n\0\0\0\r";
    static const char *const looks[] = {"bladzijde", "papier"};
    char with[512], path[128];
    begin();
    snprintf(with, sizeof with,
             "%s{\"picture\":{\"alt\":{\"en\":\"A cow\",\"nl\":\"Een koe\"},\"data\":\"iVBORw0KGgoAAAAN\","
             "\"file\":\"koe.png\"},\"text\":{\"en\":\"Look.\",\"nl\":\"Kijk.\"},\"type\":\"text\"},",
             first);
    propose(&proposer, first, with, "");
    expect_redirect(&proposer.reply, PROPOSALS "/1");
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, PROPOSALS "/1/%s?vragenlijst=klein", looks[i]);
        staff_get(&approver, path);
        expect_status(&approver.reply, 200);
        expect_says(&approver.reply, "alt=\"Een koe\"");
        expect_silent(&approver.reply, "src=\"/afbeelding/"); /* where it will be, and is not yet */
        const char *source = strstr(approver.reply.body, "src=\"" PROPOSALS "/1/afbeelding/");
        cr_assert_not_null(source, "%s", looks[i]);
        snprintf(path, sizeof path, "%.*s", (int)strcspn(source + 5, "\""), source + 5);
        staff_get(&approver, path);
        expect_status(&approver.reply, 200);
        cr_expect_str_eq(client_header(&approver.reply, "Content-Type"), "image/png");
        cr_expect_arr_eq(approver.reply.body, png, sizeof png - 1);
    }
    staff_get(&approver, strstr(path, "/afbeelding/")); /* citizens find it when it is published */
    expect_status(&approver.reply, 404);
    staff_get(&approver, PROPOSALS "/1/afbeelding/0000000000000000.png");
    expect_status(&approver.reply, 404);
    end();
}

Test(proposals, are_listed_in_pages_with_those_that_stand_first)
{
    begin();
    propose(&proposer, NULL, NULL, "");
    cr_assert_eq(
        place_count(&place,
                    "WITH made AS (INSERT INTO zs.proposal (consultation, document, sha256, proposed_by, "
                    "proposed_at, state, decided_at) SELECT 'klein', document, sha256, proposed_by, "
                    "proposed_at, 'superseded', proposed_at FROM zs.proposal, generate_series(1, 60) "
                    "RETURNING 1) SELECT count(*) FROM made"),
        60);
    staff_get(&approver, PROPOSALS);
    expect_says(&approver.reply, "klein (1)");
    expect_says(&approver.reply, "klein (61)");
    expect_silent(&approver.reply, "klein (11)");
    expect_says(&approver.reply, PROPOSALS "?voor=12\"");
    staff_get(&approver, PROPOSALS "?voor=12");
    expect_says(&approver.reply, "klein (11)");
    expect_says(&approver.reply, "klein (2)");
    expect_silent(&approver.reply, "klein (1)");
    expect_silent(&approver.reply, "?voor=");
    end();
}

static void *publish(void *context)
{
    (void)context;
    place_publish(&place, SMALL_CONSULTATION);
    return NULL;
}

/* Who publishes by command waits for who decides about a proposal of that consultation, and the other way
 * round: what is approved was not stale then. */
Test(proposals, wait_for_a_publication_of_their_consultation)
{
    pthread_t thread;
    begin();
    PGconn *holder = PQconnectdb(place.owner);
    PQclear(PQexec(holder, "SELECT pg_advisory_lock(15, hashtext('klein'))"));
    cr_assert_eq(pthread_create(&thread, NULL, publish, NULL), 0);
    int64_t waits = 0;
    for (int waited = 0; waited < 10000 && waits == 0; waited += 50) {
        client_sleep_ms(50);
        waits = place_count(&place, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = "
                                    "15 AND NOT granted");
    }
    cr_expect_eq(waits, 1);
    PQfinish(holder);
    pthread_join(thread, NULL);
    end();
}
