/* Passing a signal on, and the answer that comes by a link: what works once, what does not, and what
 * everybody reads of it. */
#include "app/agenda_scene.h"
#include "app/staff.h"

#include "features/tafel/tafel.h"
#include "support/zip_member.h"

#include <stdio.h>
#include <stdlib.h>

TestSuite(signal_forward, .fini = leaks_check, .timeout = 110);

#define AT "/beheer/signalen/1"
static struct place place;
static struct app *app;
static struct staff staff;

static void begin(void)
{
    place_make(&place, SMALL_CONSULTATION);
    agenda_scene_keep_over(NULL, &place);
    app = app_up(&place);
    staff_of(&staff, &place, app, "sanne", ROLE_SECRETARIS, NULL);
    staff_post(&staff, "/beheer/signalen/nieuw", "/beheer/signalen/nieuw",
               "bron=kamer&titel=Mensen+willen+kiezen&tekst=Zij+willen+het+weten.&openbaar=ja&gelezen=0");
    expect_redirect(&staff.reply, AT);
}

static void end(void)
{
    app_down(app);
    place_remove(&place);
}

/* Posts the fields to the form at AT and `more`, with the revision that it shows. */
static void post(const char *more, const char *fields, int status)
{
    char path[96], all[1024];
    snprintf(path, sizeof path, AT "%s", more);
    staff_get(&staff, path);
    snprintf(all, sizeof all, "%s&gelezen=%s", fields, staff_hidden(&staff, "gelezen"));
    staff_post(&staff, path, path, all);
    cr_expect_eq(staff.reply.status, status, "%s %s: %d", path, fields, staff.reply.status);
}

#define ASKED                                                                                                \
    "geadresseerde=Ministerie+van+LVVN&vraag=Kan+dit+op+het+etiket%3F&randvoorwaarde=Mensen+kunnen+kiezen"   \
    "&rol=kaders-stellen&antwoordVoor=2027-03-01"

static void weigh(void)
{
    post("/stap", "naar=gewogen&grond=mandaat&verwijzing=Overleg+1", 303);
}

/* The path of the link in the letter that came last. Static storage. */
static const char *link_path(void)
{
    static char paths[2][64];
    static int turn;
    turn = !turn;
    const char *at = strstr(staff.reply.body, "/antwoord/");
    cr_assert_not_null(at, "%s", staff.reply.body);
    snprintf(paths[turn], sizeof paths[turn], "%.29s", at); /* and XXXX-XXXX-XXXX-XXXX */
    return paths[turn];
}

static const char *make_link(void)
{
    staff_post(&staff, AT, AT "/doorgeleiding/1/link", "");
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, "Mensen kunnen kiezen");
    return link_path();
}

static void fill(char *body, size_t size, struct citizen *citizen, const char *link, const char *fields)
{
    citizen_get(citizen, link);
    expect_status(&citizen->reply, 200);
    snprintf(body, size, "token=%s&%s", citizen_token(citizen, link), fields);
}

static void answer(struct citizen *citizen, const char *link, const char *fields)
{
    char body[512], sent[480];
    snprintf(sent, sizeof sent, "%s&stap=versturen", fields);
    fill(body, sizeof body, citizen, link, sent);
    citizen_post(citizen, link, body);
}

#define ANSWER                                                                                               \
    "uitkomst=deels&redenen=Het+mag+van+Europa.&watVerandert=Het+etiket.&wanneer=In+2028&naam=Directie"

/* Reading it once more uses nothing up, and it can be changed. */
static void check_before_sending(struct citizen *citizen, const char *link)
{
    char body[512];
    fill(body, sizeof body, citizen, link, ANSWER);
    citizen_post(citizen, link, body);
    expect_status(&citizen->reply, 200);
    expect_says(&citizen->reply, "Klopt dit?");
    expect_says(&citizen->reply, "deels overgenomen");
    expect_says(&citizen->reply, ">Wat verandert er?<");
    expect_silent(&citizen->reply, "tafel.signal.");
    expect_says(&citizen->reply, "<input type=\"hidden\" name=\"redenen\" value=\"Het mag van Europa.\">");
    fill(body, sizeof body, citizen, link, ANSWER "&stap=wijzigen");
    citizen_post(citizen, link, body);
    expect_status(&citizen->reply, 200);
    expect_silent(&citizen->reply, "Klopt dit?");
    expect_says(&citizen->reply, "Het mag van Europa.</textarea>");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.signal_answer"), 0);
}

Test(signal_forward, is_answered_once_without_an_account_and_read_by_everybody)
{
    struct citizen other, citizen;
    char link[64];
    begin();
    weigh();
    post("/doorgeleiding", "soort=actie&onderdeel=4.4&" ASKED, 303);
    staff_get(&staff, AT);
    expect_says(&staff.reply, "doorgeleid");
    post("/stap", "naar=beantwoord", 400);
    expect_says(&staff.reply, "Nog niet iedereen heeft geantwoord.");
    test_sql(place.owner,
             "INSERT INTO zs.signal_evidence (signal_id, kind, round_id, why, asked, created_by) SELECT 1, "
             "'tabel', min(id), 'Omdat velen dit zeggen', '{}', 'x' FROM zs.round");
    snprintf(link, sizeof link, "%s", make_link());
    expect_says(&staff.reply, "actie 4.4: ");
    expect_says(&staff.reply, "Omdat velen dit zeggen");
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.signal_link WHERE expires_at > '2027-01-16' AND "
                             "octet_length(token_hash) = 32"),
                 1);
    staff_get(&staff, AT "/doorgeleiding/1/brief.odt");
    expect_status(&staff.reply, 200);
    cr_expect_str_eq(client_header(&staff.reply, "Content-Type"), "application/vnd.oasis.opendocument.text");
    char *letter = zip_member((struct slice){staff.reply.body, staff.reply.body_len}, "content.xml");
    cr_expect_not_null(strstr(letter, "Aan: Ministerie van LVVN<text:line-break/>"), "%s", letter);
    cr_expect_not_null(strstr(letter, ">Kan dit op het etiket?</text:p>"), "%s", letter);
    cr_expect_not_null(strstr(letter, "actie 4.4: "), "an item is named by its title too: %s", letter);
    cr_expect_not_null(strstr(letter, "Omdat velen dit zeggen"), "what it rests on: %s", letter);
    cr_expect_not_null(strstr(letter, "Graag uw antwoord vóór"), "%s", letter);
    cr_expect_null(strstr(letter, "/antwoord/"), "the link is shown once, and not here");
    free(letter);
    citizen_init(&other, port_of(app));
    citizen_get(&other, link);
    expect_status(&other.reply, 200);
    expect_says(&other.reply, "Kan dit op het etiket?");
    expect_says(&other.reply, "href=\"/agenda/4.4\">actie 4.4</a>");
    cr_expect_str_eq(client_header(&other.reply, "Cache-Control"), "no-store");
    citizen_get(&other, link);
    expect_status(&other.reply, 200);
    /* What is wrong is said, and what was typed stays. */
    answer(&other, link, "uitkomst=overgenomen&redenen=Omdat+het+moet&naam=Directie");
    expect_status(&other.reply, 400);
    expect_says(&other.reply, "href=\"#watVerandert\"");
    expect_says(&other.reply, "Omdat het moet");
    check_before_sending(&other, link);
    answer(&other, link, ANSWER);
    expect_status(&other.reply, 200);
    expect_says(&other.reply, "De tafel heeft uw antwoord.");
    /* A copy to keep. */
    expect_says(&other.reply, "Wilt u uw antwoord bewaren?");
    expect_says(&other.reply, "Het mag van Europa.");
    expect_says(&other.reply, "Kan dit op het etiket?");
    citizen_get(&other, link);
    expect_status(&other.reply, 410);
    expect_says(&other.reply, "al gebruikt");
    citizen_post(&other, link, ANSWER);
    expect_status(&other.reply, 410);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.signal_answer"), 1);

    citizen_init(&citizen, port_of(app));
    citizen_get(&citizen, "/signalen/1");
    expect_says(&citizen.reply, "deels overgenomen");
    expect_says(&citizen.reply, "Het mag van Europa.");
    expect_says(&citizen.reply, "href=\"/agenda/4.4\"");
    expect_silent(&citizen.reply, "Directie");
    citizen_get(&citizen, "/v1/signalen/1");
    expect_says(&citizen.reply, "\"uitkomst\":\"deels\"");
    expect_silent(&citizen.reply, "Directie");
    post("/stap", "naar=beantwoord", 303);
    post("/stap", "naar=teruggekoppeld&toelichting=Het+etiket+verandert+in+2028.", 303);
    citizen_get(&citizen, "/signalen/1");
    expect_says(&citizen.reply, "Het etiket verandert in 2028.");
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.audit_event WHERE object = 'signal:1' AND action IN "
                             "('signal.forward', 'signal.link', 'signal.answer')"),
                 3);
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.audit_event WHERE action = 'signal.answer' AND actor = "
                             "'geadresseerde' AND details->>'uitkomst' = 'deels'"),
                 1);
    end();
}

Test(signal_forward, links_that_are_forged_replaced_or_expired_say_so)
{
    static const char *const forged[] = {"/antwoord/AAAA-AAAA-AAAA-AAAA", "/antwoord/1", "/antwoord/%27--"};
    struct citizen other;
    char first[64], second[64];
    begin();
    weigh();
    post("/doorgeleiding", "soort=departement&" ASKED, 303);
    snprintf(first, sizeof first, "%s", make_link());
    snprintf(second, sizeof second, "%s", make_link());
    cr_expect_str_neq(first, second);
    for (size_t i = 0; i < sizeof forged / sizeof forged[0]; i++) {
        citizen_init(&other, port_of(app));
        citizen_get(&other, forged[i]);
        cr_expect_eq(other.reply.status, 404, "%s", forged[i]);
        expect_says(&other.reply, "Deze link kennen wij niet.");
        citizen_post(&other, forged[i], ANSWER);
        cr_expect_eq(other.reply.status, 404, "%s", forged[i]);
    }
    citizen_init(&other, port_of(app));
    citizen_get(&other, first);
    expect_status(&other.reply, 410);
    expect_says(&other.reply, "een nieuwe gemaakt");
    clock_forward((int64_t)(FORWARD_LINK_DAYS - 1) * DAY_S);
    citizen_get(&other, second);
    expect_status(&other.reply, 200);
    clock_forward((int64_t)DAY_S);
    citizen_get(&other, second);
    expect_status(&other.reply, 410);
    expect_says(&other.reply, "verlopen");
    citizen_post(&other, second, ANSWER);
    expect_status(&other.reply, 410);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.signal_answer"), 0);
    end();
}

Test(signal_forward, an_answer_that_says_nothing_is_sent_back)
{
    struct citizen other;
    char link[64];
    begin();
    weigh();
    post("/doorgeleiding", "soort=toezichthouder&" ASKED, 303);
    post("/doorgeleiding/1/terug", "terugWaarom=Leeg", 400);
    expect_says(&staff.reply, "Er is geen antwoord om terug te sturen.");
    snprintf(link, sizeof link, "%s", make_link());
    citizen_init(&other, port_of(app));
    answer(&other, link, "redenen=Nee.");
    expect_status(&other.reply, 400);
    expect_says(&other.reply, "Wat doet u met het signaal? Kies een antwoord.</a>");
    expect_says(&other.reply, "Namens wie antwoordt u? Vul dit in.</a>");
    answer(&other, link, "uitkomst=niet&redenen=Nee.&naam=Directie");
    expect_status(&other.reply, 200);
    post("/stap", "naar=beantwoord", 303);
    post("/doorgeleiding/1/terug", "terugWaarom=U+zegt+niet+waarom.", 200);
    snprintf(link, sizeof link, "%s", link_path());
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.signal WHERE state = 'doorgeleid'"), 1);
    citizen_get(&other, "/signalen/1");
    expect_says(&other.reply, "antwoord teruggestuurd");
    expect_silent(&other.reply, "niet overgenomen");
    citizen_get(&other, link);
    expect_says(&other.reply, "U zegt niet waarom.");
    answer(&other, link, "uitkomst=later&redenen=De+wet+moet+eerst+anders.&wanneer=In+2029&naam=Directie");
    expect_status(&other.reply, 200);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.signal_answer"), 2);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.signal_answer WHERE returned_by = 'sanne'"), 1);
    staff_get(&staff, AT);
    expect_says(&staff.reply, "De wet moet eerst anders.");
    expect_says(&staff.reply, "U zegt niet waarom.");
    cr_expect_str_eq(
        test_sql_error(place.owner, "SET ROLE zs_staff; UPDATE zs.signal_answer SET reason = 'Ja'"), "42501");
    end();
}

Test(signal_forward, goes_nowhere_before_it_is_weighed_nor_to_what_is_over)
{
    begin();
    staff_get(&staff, AT "/doorgeleiding");
    expect_status(&staff.reply, 409);
    expect_says(&staff.reply, "Weeg het signaal eerst.");
    staff_post(&staff, AT, AT "/doorgeleiding", "soort=departement&" ASKED "&gelezen=1");
    expect_status(&staff.reply, 409);
    weigh();
    post("/doorgeleiding", "soort=actie&onderdeel=1a.1&" ASKED, 400);
    expect_says(&staff.reply, "Deze actie is voorbij (Het besluit is genomen.)");
    expect_says(&staff.reply, "Kan dit op het etiket?");
    post("/doorgeleiding", "soort=doel&onderdeel=4.4&" ASKED, 400);
    expect_says(&staff.reply, "Noem de code van een doel");
    post("/doorgeleiding", "soort=actie&" ASKED, 400);
    post("/doorgeleiding", "soort=departement&onderdeel=4.4&" ASKED, 400);
    post("/doorgeleiding",
         "soort=departement&geadresseerde=A&vraag=B&rol=kaders-stellen&antwoordVoor=2027-01-01", 400);
    expect_says(&staff.reply, "Kies een dag die nog komt.");
    post("/doorgeleiding", "soort=buurman&geadresseerde=&vraag=&rol=&antwoordVoor=morgen", 400);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.signal_forward"), 0);
    staff_get(&staff, AT "/doorgeleiding/7/brief");
    expect_status(&staff.reply, 404);
    end();
}

/* An action that ended after the signal was passed on to it. */
Test(signal_forward, says_that_what_it_went_to_is_over_and_what_to_do)
{
    struct citizen other;
    begin();
    citizen_init(&other, port_of(app));
    weigh();
    post("/doorgeleiding", "soort=actie&onderdeel=4.4&" ASKED, 303);
    staff_get(&staff, AT);
    expect_silent(&staff.reply, "Dit onderdeel van de agenda is voorbij");
    test_sql(place.owner, "UPDATE zs.signal_forward SET item = '1a.1'");
    staff_get(&staff, AT);
    expect_says(&staff.reply, "Dit onderdeel van de agenda is voorbij sinds ");
    expect_says(&staff.reply, "Het besluit is genomen.");
    expect_says(&staff.reply, "Er is nog geen antwoord. Vraag het nog aan wie de actie deed");
    citizen_get(&other, "/signalen/1");
    expect_says(&other.reply, "Dit onderdeel van de agenda is voorbij sinds ");
    citizen_get(&other, "/v1/signalen/1");
    expect_says(&other.reply, "\"beeindigd\":{\"op\":\"");
    /* With an answer there is nothing to do. */
    test_sql(place.owner, "UPDATE zs.signal_forward SET state = 'geantwoord'");
    staff_get(&staff, AT);
    expect_says(&staff.reply, "Dit onderdeel van de agenda is voorbij sinds ");
    expect_silent(&staff.reply, "Er is nog geen antwoord.");
    end();
}

/* The same link, opened twice and sent at the same moment: one answer. */
Test(signal_forward, of_two_answers_at_once_one_is_kept)
{
    static struct tab tabs[2];
    char link[64];
    begin();
    weigh();
    post("/doorgeleiding", "soort=departement&" ASKED, 303);
    snprintf(link, sizeof link, "%s", make_link());
    for (int i = 0; i < 2; i++) {
        citizen_init(&tabs[i].citizen, port_of(app));
        snprintf(tabs[i].path, sizeof tabs[i].path, "%s", link);
        fill(tabs[i].body, sizeof tabs[i].body, &tabs[i].citizen, link, ANSWER "&stap=versturen");
    }
    tabs_post(tabs, 2);
    cr_expect_eq(tabs[0].citizen.reply.status + tabs[1].citizen.reply.status, 200 + 410);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.signal_answer"), 1);
    end();
}
