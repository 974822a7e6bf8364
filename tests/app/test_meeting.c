/* Meetings behind the back office: from a plan to a list of decisions that everybody reads; quorum,
 * interests, two secretaries at once, and what a signal needs to be weighed. */
#include "app/staff.h"

#include <stdio.h>

TestSuite(meeting, .fini = leaks_check, .timeout = 110);

#define AT  "/beheer/overleggen"
#define ONE AT "/1"
static struct place place;
static struct app *app;
static struct staff staff;

static void post(const char *path, const char *fields, int status)
{
    char all[1024];
    staff_get(&staff, path);
    snprintf(all, sizeof all, "%s&gelezen=%s", fields, staff_hidden(&staff, "gelezen"));
    staff_post(&staff, path, path, all);
    cr_expect_eq(staff.reply.status, status, "%s %s: %d", path, fields, staff.reply.status);
}

/* A table that asks for two members from two sides and has three; two signals, the first of which is public;
 * a meeting with both on its agenda, and one item more. */
static void begin(void)
{
    place_make(&place, SMALL_CONSULTATION);
    app = app_up(&place);
    staff_of(&staff, &place, app, "sanne", ROLE_SECRETARIS, NULL);
    post("/beheer/tafels/nieuw",
         "soort=maatschappelijke-tafel&titel=De+tafel&quorum=2&quorumKanten=2&vanaf=2026-06-01", 303);
    post("/beheer/tafels/1/leden/nieuw", "naam=An+de+Wit&organisatie=LVVN&kant=overheid&vanaf=2026-06-01",
         303);
    post("/beheer/tafels/1/leden/nieuw", "naam=Bo+Smit&organisatie=Zaad+BV&kant=bedrijven&vanaf=2026-06-01",
         303);
    post("/beheer/tafels/1/leden/nieuw", "naam=Cas+Tas&organisatie=Biolab&kant=bedrijven&vanaf=2026-06-01",
         303);
    post("/beheer/signalen/nieuw", "bron=kamer&titel=Mensen+willen+kiezen&tekst=Zij+willen+het.&openbaar=ja",
         303);
    post("/beheer/signalen/nieuw", "bron=media&titel=Zorg+om+zaden&tekst=Zij+vrezen+het.", 303);
    post(AT "/nieuw", "tafel=1&dag=2026-06-10&plaats=Den+Haag", 303);
    expect_redirect(&staff.reply, ONE);
    staff_get(&staff, "/beheer/signalen/1/overleg");
    expect_says(&staff.reply, ">De tafel, 10 juni 2026</option>");
    post("/beheer/signalen/1/overleg", "overleg=1&opLijst=ja", 303);
    expect_redirect(&staff.reply, ONE);
    post(ONE "/agendapunt", "signaal=2&openbaar=ja", 303);
    post(ONE "/agendapunt", "titel=Werkwijze&openbaar=ja", 303);
}

static void end(void)
{
    app_down(app);
    place_remove(&place);
}

Test(meeting, weighs_a_signal_and_everybody_reads_the_decision)
{
    struct citizen citizen;
    begin();
    post(ONE "/stuk", "titel=Notitie&stuk=2026-114&openbaar=ja", 303);
    post(ONE "/stuk", "titel=Oplegger&stuk=2026-115", 303);
    post(ONE "/stuk", "titel=Cijfers&stuk=%2Fuitkomsten&openbaar=ja", 303);
    post(ONE "/stuk", "titel=Elders&stuk=%2F%2Felders.example&openbaar=ja", 303);
    staff_get(&staff, ONE "/punt/1/besluit");
    expect_status(&staff.reply, 409); /* nobody wrote down who was there */
    post(ONE "/aanwezigen", "aanwezig=1&aanwezig=2", 303);
    post(ONE "/punt/1/besluit", "besluit=gewogen&afwijkend=Bedrijven%3A+te+vroeg.", 303);
    post(ONE "/punt/2/besluit", "besluit=niet-doorgeleid", 400);
    expect_says(&staff.reply, "href=\"#besluitTekst\"");
    post(ONE "/punt/2/besluit", "besluit=niet-doorgeleid&besluitTekst=Dat+staat+al+op+de+agenda.", 303);
    post(ONE "/vaststellen", "klopt=ja", 400);
    expect_says(&staff.reply, "Neem eerst over elk punt een besluit");
    post(ONE "/punt/3/besluit", "besluit=besproken", 303);
    post(ONE "/actiepunt", "actie=LVVN+bellen&wie=Sanne&uiterlijk=2026-07-01&openbaar=ja", 303);

    staff_get(&staff, "/beheer/signalen/1");
    expect_says(&staff.reply, "gewogen");
    expect_says(&staff.reply, "De tafel, overleg van 10 juni 2026, punt 1");
    expect_says(&staff.reply, "href=\"" ONE "\"");
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.signal_step AS t JOIN zs.meeting_item AS i ON i.id "
                             "= t.meeting_item_id WHERE t.ground = 'overleg' AND i.members = 2 AND "
                             "i.sides = 2 AND i.quorum = 2"),
                 2);
    citizen_init(&citizen, port_of(app));
    citizen_get(&citizen, "/besluitenlijsten/1");
    expect_status(&citizen.reply, 404);
    post(ONE "/vaststellen", "klopt=ja", 303);
    citizen_get(&citizen, "/besluitenlijsten");
    expect_says(&citizen.reply, "10 juni 2026");
    citizen_get(&citizen, "/besluitenlijsten/1");
    expect_status(&citizen.reply, 200);
    expect_says(&citizen.reply, "href=\"/uitkomsten\">op deze website</a>");
    expect_silent(&citizen.reply, "href=\"//elders.example");
    static const char *const said[] = {"Mensen willen kiezen",
                                       "<title>Besluitenlijst 10 juni 2026 - ",
                                       "besproken: de tafel geeft dit door",
                                       " leden besloten dit, van ",
                                       "Bedrijven: te vroeg.",
                                       "Notitie",
                                       "LVVN bellen",
                                       "overheid: 1",
                                       "Werkwijze"};
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        expect_says(&citizen.reply, said[i]);
    }
    static const char *const kept[] = {"Zorg om zaden", "An de Wit", "Sanne", "Oplegger", "Den Haag"};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        expect_silent(&citizen.reply, kept[i]);
    }
    staff_get(&staff, ONE "/besluitenlijst");
    expect_says(&staff.reply, "Oplegger");
    expect_says(&staff.reply, "intern");
    staff_get(&staff, ONE "/agendapunt");
    expect_status(&staff.reply, 409);
    post(ONE "/actie/1/klaar", "klaar=Gebeld", 303);
    post(ONE "/actie/1/klaar", "klaar=Nog+eens", 400);
    cr_expect_eq(place_count(&place,
                             "SELECT count(DISTINCT action) FROM zs.audit_event WHERE object = 'meeting:1' "
                             "AND actor = 'sanne'"),
                 8);
    end();
}

Test(meeting, without_a_quorum_is_recorded_and_decides_nothing)
{
    begin();
    post(ONE "/aanwezigen", "aanwezig=2&aanwezig=3", 303); /* two members, one side */
    staff_get(&staff, ONE);
    expect_says(&staff.reply, "Er is geen quorum");
    post(ONE "/punt/1/besluit", "besluit=gewogen", 400);
    expect_says(&staff.reply, "er ontbreken 0 leden en 1 kanten");
    post(ONE "/punt/1/besluit", "besluit=niet-doorgeleid&besluitTekst=Nee", 400);
    post(ONE "/punt/1/besluit", "besluit=aangehouden", 303);
    post(ONE "/punt/3/besluit", "besluit=besloten&besluitTekst=Zo+doen+wij+het", 400);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.signal WHERE state = 'opgevangen'"), 2);
    cr_expect_str_eq(test_sql_error(place.owner,
                                    "UPDATE zs.meeting_item SET decision = 'gewogen', members = 1, sides "
                                    "= 1, quorum = 2, quorum_sides = 2, decided_at = now(), decided_by = "
                                    "'x' WHERE id = 2"),
                     "23514", "the database says so too");
    end();
}

Test(meeting, who_has_an_interest_does_not_decide_on_it)
{
    begin();
    post(ONE "/belang", "lid=1&punt=1&belang=Werkt+bij+de+aanvrager", 303);
    post(ONE "/aanwezigen", "aanwezig=1&aanwezig=2", 303);
    post(ONE "/punt/1/besluit", "besluit=gewogen", 400);
    expect_says(&staff.reply, "er ontbreken 1 leden en 1 kanten");
    post(ONE "/punt/2/besluit", "besluit=gewogen", 303);
    post(ONE "/belang", "lid=2&punt=2&belang=Achteraf", 400);
    expect_says(&staff.reply, "Hierover is al besloten");
    post(ONE "/aanwezigen", "aanwezig=1&aanwezig=2&aanwezig=3", 400);
    expect_says(&staff.reply, "Er is al besloten met wie er waren");
    post(ONE "/punt/2/besluit", "besluit=aangehouden", 400);
    expect_says(&staff.reply, "Hierover is al besloten");
    end();
}

Test(meeting, a_signal_is_weighed_there_or_on_a_stated_mandate)
{
    begin();
    post("/beheer/signalen/1/stap", "naar=gewogen&grond=overleg&verwijzing=Overleg+1", 400);
    expect_says(&staff.reply, "href=\"#grond\"");
    post("/beheer/signalen/1/stap", "naar=gewogen", 400);
    post("/beheer/signalen/1/stap", "naar=gewogen&grond=mandaat&verwijzing=Mandaat+van+juni", 303);
    post(ONE "/aanwezigen", "aanwezig=1&aanwezig=2", 303);
    post(ONE "/punt/1/besluit", "besluit=gewogen", 400);
    expect_says(&staff.reply, "Dit signaal is al verder");
    cr_expect_str_eq(test_sql_error(place.owner,
                                    "INSERT INTO zs.signal_step (signal_id, from_state, to_state, ground, "
                                    "reference, created_by) VALUES (2, 'opgevangen', 'gewogen', 'overleg', "
                                    "'Zomaar', 'x')"),
                     "23514");
    end();
}

Test(meeting, of_two_secretaries_at_once_the_second_is_told)
{
    static struct staff other;
    struct staff_move moves[2];
    begin();
    post(ONE "/aanwezigen", "aanwezig=1&aanwezig=2", 303);
    staff_of(&other, &place, app, "tim", ROLE_SECRETARIS, NULL);
    struct staff *both[] = {&staff, &other};
    for (int i = 0; i < 2; i++) {
        staff_get(both[i], ONE "/punt/1/besluit");
        moves[i] = (struct staff_move){.staff = both[i]};
        snprintf(moves[i].path, sizeof moves[i].path, "%s", ONE "/punt/1/besluit");
        snprintf(moves[i].body, sizeof moves[i].body, "token=%s&gelezen=%s&besluit=%s&besluitTekst=Tekst+%d",
                 staff_token(both[i]), staff_hidden(both[i], "gelezen"),
                 i == 0 ? "gewogen" : "niet-doorgeleid", i);
    }
    staff_move_together(moves, 2);
    const int first = both[0]->reply.status == 303 ? 0 : 1;
    cr_expect_eq(both[first]->reply.status, 303);
    cr_expect_neq(both[!first]->reply.status, 303);
    expect_says(&both[!first]->reply, first ? "Tekst 0" : "Tekst 1");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.signal_step"), 1);
    end();
}

Test(meeting, what_is_wrong_is_said_and_nothing_happens)
{
    static const struct {
        const char *path, *fields, *says;
    } wrong[] = {
        {AT "/nieuw", "tafel=9&dag=2026-06-10", "href=\"#tafel\""},
        {AT "/nieuw", "tafel=x&dag=gisteren", "href=\"#dag\""},
        {ONE "/agendapunt", "", "Noem een signaal, of schrijf een titel."},
        {ONE "/agendapunt", "signaal=1&titel=Ook", "href=\"#titel\""},
        {ONE "/agendapunt", "signaal=1", "staat al op de agenda"},
        {ONE "/agendapunt", "signaal=99", "Dit signaal is er niet"},
        {ONE "/stuk", "titel=&stuk=", "href=\"#stuk\""},
        {ONE "/aanwezigen", "aanwezig=9", "href=\"#aanwezig\""},
        {ONE "/belang", "lid=9&punt=9&belang=", "href=\"#lid\""},
        {ONE "/afgelasten", "waarom=", "href=\"#waarom\""},
        {"/beheer/signalen/1/overleg", "overleg=1", "href=\"#overleg\""},
        {"/beheer/signalen/1/overleg", "overleg=77", "href=\"#overleg\""},
    };
    begin();
    const int64_t before = place_count(&place, "SELECT sum(hashtext(m::text)) FROM zs.meeting AS m");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        post(wrong[i].path, wrong[i].fields, 400);
        expect_says(&staff.reply, wrong[i].says);
    }
    cr_expect_eq(place_count(&place, "SELECT sum(hashtext(m::text)) FROM zs.meeting AS m"), before);
    static const char *const nowhere[] = {AT "/9",
                                          AT "/0",
                                          AT "/een",
                                          ONE "/punt/9/besluit",
                                          ONE "/actie/1/klaar",
                                          AT "/9/besluitenlijst",
                                          "/besluitenlijsten/1",
                                          "/besluitenlijsten/x"};
    for (size_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++) {
        staff_get(&staff, nowhere[i]);
        cr_expect_eq(staff.reply.status, 404, "%s", nowhere[i]);
    }
    post(AT "/nieuw", "tafel=1&dag=2099-06-10", 303);
    post(AT "/2/aanwezigen", "aanwezig=1", 400);
    expect_says(&staff.reply, "Dit overleg is nog niet geweest.");
    post(AT "/2/afgelasten", "waarom=Te+weinig+leden", 303);
    staff_get(&staff, AT "/2/agendapunt");
    expect_status(&staff.reply, 409);
    end();
}
