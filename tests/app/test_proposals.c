/* Publishing by two people in the back office: proposing, looking, deciding. */
#include "app/staff.h"
#include "base/embedded.h"
#include "web/web.h"

#include <stdio.h>

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
    expect_silent(&proposer.reply, "/goedkeuring\"");
    decide(&proposer, 1, "goedkeuring", "&zeker=ja");
    expect_status(&proposer.reply, 403);
    cr_expect_eq(lines("proposal.approve", "anna", "refused"), 1);
    decide(&approver, 1, "terugname", "");
    expect_status(&approver.reply, 403);

    staff_get(&approver, PROPOSALS "/1/bladzijde?vragenlijst=klein");
    expect_status(&approver.reply, 200);
    expect_says(&approver.reply, "Volgende bladzijde");
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
    decide(&approver, 1, "goedkeuring", "&zeker=ja");
    expect_status(&approver.reply, 409);
    place_publish(&place, SMALL_CONSULTATION);
    decide(&proposer, 2, "goedkeuring", "&zeker=ja");
    expect_status(&proposer.reply, 409);
    expect_says(&proposer.reply, "verouderd");
    cr_expect_eq(titled("Eerste") + titled("Tweede"), 0);
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
    expect_says(&proposer.reply, "klein.json#/rounds/");
    expect_says(&proposer.reply, "piloot");
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

/* Who never signed in is sent away when the head of the request is in: no memory is held for a body. */
Test(proposals, take_no_body_from_who_never_signed_in)
{
    static struct client_reply reply;
    char head[512];
    begin();
    snprintf(head, sizeof head,
             "POST " PROPOSALS " HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: sessie=%s\r\n"
             "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000000\r\n\r\n",
             "bm9ib2R5IGV2ZXIgc2lnbmVkIGluIHdpdGggdGhpcyE");
    client_raw(&reply, port_of(app), head);
    expect_status(&reply, 303);
    cr_expect_str_eq(client_header(&reply, "Location"), "/beheer/inloggen");
    /* A seal of somebody else's session does not fit another token. */
    staff_cookie(&proposer, "sessie")[0] ^= 1;
    staff_get(&proposer, PROPOSALS);
    expect_redirect(&proposer.reply, "/beheer/inloggen?terug=" PROPOSALS);
    end();
}
