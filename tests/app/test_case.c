/* Recommendations and research questions: written down, weighed, brought on step by step, and read by
 * everybody; and the page that says how people can take part. */
#include "app/staff.h"

#include <stdio.h>

TestSuite(cases, .fini = leaks_check, .timeout = 110);

#define ADVICE   "/beheer/aanbevelingen"
#define QUESTION "/beheer/onderzoeksvragen"

static struct place place;
static struct app *app;
static struct staff staff;
static struct citizen citizen;

static void begin(void)
{
    place_make(&place, SMALL_CONSULTATION);
    app = app_up(&place);
    staff_of(&staff, &place, app, "sanne", ROLE_SECRETARIS, NULL);
    citizen_init(&citizen, port_of(app));
}

static void end(void)
{
    app_down(app);
    place_remove(&place);
}

/* Posts the fields to the form at `at`, with the revision that it shows. */
static void post(const char *at, const char *fields, int status)
{
    char all[1024];
    staff_get(&staff, at);
    expect_status(&staff.reply, 200);
    const bool locked = strstr(staff.reply.body, "name=\"gelezen\"") != NULL;
    snprintf(all, sizeof all, "%s%s%s", fields, locked ? "&gelezen=" : "",
             locked ? staff_hidden(&staff, "gelezen") : "");
    staff_post(&staff, at, at, all);
    cr_expect_eq(staff.reply.status, status, "%s %s: %d %s", at, fields, staff.reply.status,
                 staff.reply.body);
}

#define ADVICE_FIELDS                                                                                        \
    "procedure=burgerconsultatie&titel=Zeg+het+vooraf&watOnduidelijk=Wanneer+de+volgende+komt&voorWie="      \
    "iedereen&voorstel=Noem+de+maand.&openbaar=ja"
#define QUESTION_FIELDS                                                                                      \
    "titel=Wat+weten+mensen%3F&soort=maatschappelijk&technologie=kweekvlees&waaromNu=Er+zijn+proeverijen."   \
    "&openbaar=ja"

Test(cases, a_recommendation_comes_from_a_draft_to_an_answer)
{
    begin();
    post(ADVICE "/nieuw", "titel=Zonder+de+rest", 400);
    expect_says(&staff.reply, "href=\"#procedure\"");
    expect_says(&staff.reply, "Zonder de rest");
    post(ADVICE "/nieuw", "procedure=verzonnen&titel=a&watOnduidelijk=b&voorWie=c&voorstel=d", 400);
    post(ADVICE "/nieuw", ADVICE_FIELDS, 303);
    expect_redirect(&staff.reply, ADVICE "/1");
    post(ADVICE "/1/stap", "naar=aangeboden&toelichting=Aan+EZK", 400);
    post(ADVICE "/1/stap", "naar=vastgesteld", 400);
    expect_says(&staff.reply, "Noem het overleg of het mandaat");
    post(ADVICE "/1/stap", "naar=vastgesteld&verwijzing=Overleg+1", 303);
    post(ADVICE "/1/stap", "naar=aangeboden&toelichting=Aan+EZK", 303);
    post(ADVICE "/1/bewijs", "waarom=x", 400);
    post(ADVICE "/1/bewijs", "signaal=9&waarom=x", 400);
    post(ADVICE "/1/bewijs", "passage=9&waarom=x", 400);
    staff_post(&staff, "/beheer/signalen/nieuw", "/beheer/signalen/nieuw",
               "bron=kamer&titel=Mensen+willen+weten&tekst=Dat+zeggen+zij.&openbaar=ja&gelezen=0");
    post(ADVICE "/1/bewijs", "signaal=1&waarom=Dit+laat+het+zien.", 303);
    /* A message is called one, also when it is gone. */
    char message[80];
    test_sql(place.owner,
             "SELECT zs.message_send(sha256('x'), 'burger', NULL, 'nl', '{}', NULL, 'Ik weet niet waar.', "
             "false, DATE '2020-01-01', DATE '2030-01-01')");
    snprintf(message, sizeof message, "passage=%lld&waarom=Zij+vroegen+het.",
             (long long)place_count(&place, "SELECT passage_id FROM zs.message"));
    post(ADVICE "/1/bewijs", message, 303);
    staff_get(&staff, ADVICE "/1");
    expect_says(&staff.reply, "href=\"/beheer/berichten/1\">bericht 1</a>");
    citizen_get(&citizen, "/v1/aanbevelingen");
    expect_says(&citizen.reply, "\"soort\":\"bericht\"");
    expect_silent(&citizen.reply, "Ik weet niet waar");
    post(ADVICE "/1/stap", "naar=overgenomen&toelichting=Het+ministerie+doet+het.", 303);
    citizen_get(&citizen, "/meepraten");
    expect_status(&citizen.reply, 200);
    expect_says(&citizen.reply, "De burgerconsultatie over biotechnologie");
    expect_says(&citizen.reply, "Dat staat niet in de bron");
    expect_says(&citizen.reply, "Zeg het vooraf");
    expect_says(&citizen.reply, "href=\"/signalen/1\"");
    expect_says(&citizen.reply, "Het ministerie doet het.");
    citizen_get(&citizen, "/meepraten?taal=en");
    expect_says(&citizen.reply, "The source does not say");
    citizen_get(&citizen, "/v1/aanbevelingen");
    expect_says(&citizen.reply, "\"stand\":\"overgenomen\"");
    expect_silent(&citizen.reply, "eigenaar");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE object = 'recommendation:1' "
                                     "AND action IN ('recommendation.add', 'recommendation.step', "
                                     "'recommendation.evidence')"),
                 6);
    /* What is not public is for nobody. */
    post(ADVICE "/1/wijzigen", "procedure=landingsplek&titel=Anders&watOnduidelijk=b&voorWie=c&voorstel=d",
         303);
    citizen_get(&citizen, "/v1/aanbevelingen");
    expect_silent(&citizen.reply, "Anders");
    end();
}

Test(cases, a_question_is_chosen_when_three_sides_weighed_it)
{
    begin();
    post(QUESTION "/nieuw", QUESTION_FIELDS, 303);
    expect_redirect(&staff.reply, QUESTION "/1");
    post(QUESTION "/1/stap", "naar=geprioriteerd&verwijzing=Overleg+1", 400);
    expect_says(&staff.reply, "ten minste drie van de vier kanten");
    for (const char *const *bad =
             (const char *const[]){"kant=overheid&punten=0", "kant=overheid&punten=6",
                                   "kant=niemand&punten=3", "punten=3", "kant=overheid&punten=veel", NULL};
         *bad; bad++) {
        post(QUESTION "/1/punten", *bad, 400);
    }
    post(QUESTION "/1/punten", "kant=overheid&punten=1", 303);
    post(QUESTION "/1/punten", "kant=overheid&punten=4", 303);
    post(QUESTION "/1/punten", "kant=bedrijven&punten=2", 303);
    post(QUESTION "/1/stap", "naar=geprioriteerd&verwijzing=Overleg+1", 400);
    post(QUESTION "/1/punten", "kant=kennisinstellingen&punten=5", 303);
    post(QUESTION "/1/stap", "naar=geprioriteerd&verwijzing=Overleg+1", 303);
    citizen_get(&citizen, "/onderzoeksagenda");
    expect_says(&citizen.reply, "Prioriteit 4 van 5, van 3 kanten. Verschil tussen hoogste en laagste: 3.");
    expect_says(&citizen.reply, "gekozen door de tafel");
    citizen_get(&citizen, "/v1/onderzoeksvragen");
    expect_says(&citizen.reply, "\"mediaan\":4.0");
    expect_says(&citizen.reply, "\"overheid\":4");
    post(QUESTION "/1/punten", "kant=maatschappelijke-organisaties&punten=5", 303);
    citizen_get(&citizen, "/onderzoeksagenda?taal=en");
    expect_says(&citizen.reply, "Priority 4.5 of 5, by 4 sides.");
    post(QUESTION "/1/stap", "naar=uitgezet&toelichting=Bij+een+universiteit", 303);
    post(QUESTION "/1/stap", "naar=afgerond&toelichting=Mensen+weten+weinig.", 303);
    citizen_get(&citizen, "/onderzoeksagenda");
    expect_says(&citizen.reply, "Mensen weten weinig.");
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.research_question WHERE outcome = 'Mensen weten "
                             "weinig.'"),
                 1);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'research.points'"),
                 5);
    end();
}

Test(cases, of_two_at_once_the_second_is_told_and_what_is_not_there_is_404)
{
    begin();
    post(QUESTION "/nieuw", QUESTION_FIELDS, 303);
    staff_post(&staff, QUESTION "/1/wijzigen", QUESTION "/1/wijzigen", QUESTION_FIELDS "&gelezen=7");
    expect_status(&staff.reply, 409);
    expect_says(&staff.reply, "Er zijn proeverijen.");
    /* Faults do not hide it: the form that is shown has the newest revision in it, which nobody read. */
    staff_post(&staff, QUESTION "/1/wijzigen", QUESTION "/1/wijzigen", "titel=Zonder+de+rest&gelezen=7");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "role=\"alert\"");
    staff_post(&staff, QUESTION "/1/stap", QUESTION "/1/stap",
               "naar=vervallen&toelichting=Niet+meer+nodig.&gelezen=7");
    expect_status(&staff.reply, 409);
    expect_says(&staff.reply, "Niet meer nodig.");
    for (const char *const *at = (const char *const[]){"0", "99", "een", "99999999999", "1'--", NULL}; *at;
         at++) {
        char path[64];
        snprintf(path, sizeof path, QUESTION "/%s", *at);
        staff_get(&staff, path);
        cr_expect_eq(staff.reply.status, 404, "%s", path);
        snprintf(path, sizeof path, ADVICE "/%s/stap", *at);
        staff_get(&staff, path);
        cr_expect_eq(staff.reply.status, 404, "%s", path);
    }
    end();
}
