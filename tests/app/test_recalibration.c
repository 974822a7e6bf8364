/* The recalibration of the agenda: per action what was said and done, and what the table advises by version;
 * and nothing more is passed on to what is over. */
#include "app/agenda_scene.h"
#include "app/staff.h"

#include <stdio.h>

TestSuite(recalibration, .fini = leaks_check, .timeout = 110);

static struct place place;
static struct app *app;
static struct staff staff;
static struct citizen citizen;

static char over[AGENDA_SCENE_CODE_BYTES];

static void begin(void)
{
    place_make(&place, SMALL_CONSULTATION);
    agenda_scene_keep_over(over, &place);
    app = app_up(&place);
    staff_of(&staff, &place, app, "sanne", ROLE_SECRETARIS, NULL);
    citizen_init(&citizen, port_of(app));
}

static void end(void)
{
    app_down(app);
    place_remove(&place);
}

static void post(const char *at, const char *fields, int status)
{
    char all[1024];
    staff_get(&staff, at);
    expect_status(&staff.reply, 200);
    snprintf(all, sizeof all, "%s&gelezen=%s", fields, staff_hidden(&staff, "gelezen"));
    staff_post(&staff, at, at, all);
    cr_expect_eq(staff.reply.status, status, "%s %s: %d", at, fields, staff.reply.status);
}

Test(recalibration, an_action_shows_what_was_passed_on_and_what_the_table_advises)
{
    begin();
    citizen_get(&citizen, "/herijking");
    expect_says(&citizen.reply, "href=\"/herijking/4.4\"");
    expect_says(&citizen.reply, "Hierover is nog niets gezegd.");
    staff_post(&staff, "/beheer/signalen/nieuw", "/beheer/signalen/nieuw",
               "bron=kamer&titel=Mensen+willen+kiezen&tekst=Dat+zeggen+zij.&openbaar=ja&gelezen=0");
    cr_expect_eq(place_count(&place,
                             "WITH f AS (INSERT INTO zs.signal_forward (signal_id, kind, item, addressee, "
                             "question, role, due_day, created_by) VALUES (1, 'actie', '4.4', 'LVVN', "
                             "'Kan dit?', 'faciliteren', '2027-03-01', 'a') RETURNING 1) SELECT "
                             "count(*) FROM f"),
                 1);
    post("/beheer/herijking/4.4", "advies=houden", 400);
    post("/beheer/herijking/4.4", "advies=afwachten&reden=x", 400);
    post("/beheer/herijking/4.4", "advies=aanscherpen&reden=Noem+het+etiket.", 303);
    expect_redirect(&staff.reply, "/herijking/4.4");
    post("/beheer/herijking/4.4", "advies=houden&reden=Het+etiket+komt+er.", 303);
    citizen_get(&citizen, "/herijking/4.4");
    expect_says(&citizen.reply, "Mensen willen kiezen");
    expect_says(&citizen.reply, "Kan dit?");
    expect_says(&citizen.reply, "nog geen antwoord");
    expect_says(&citizen.reply, "Noem het etiket.");
    expect_says(&citizen.reply, "Het etiket komt er.");
    expect_silent(&citizen.reply, "sanne");
    citizen_get(&citizen, "/herijking");
    expect_says(&citizen.reply, "houden zoals het is");
    citizen_get(&citizen, "/herijking/4.4?taal=en");
    expect_says(&citizen.reply, "keep as it is");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'agenda.advice' AND "
                                     "object = 'agenda:4.4'"),
                 2);
    /* Of two at once the second is told. */
    staff_post(&staff, "/beheer/herijking/4.4", "/beheer/herijking/4.4",
               "advies=stoppen&reden=Weg.&gelezen=1");
    expect_status(&staff.reply, 409);
    expect_says(&staff.reply, "Weg.");
    citizen_get(&citizen, "/herijking/99.9");
    expect_status(&citizen.reply, 404);
    staff_get(&staff, "/beheer/herijking/99.9");
    expect_status(&staff.reply, 404);
    end();
}

Test(recalibration, what_is_over_says_so)
{
    char path[64];
    begin();
    snprintf(path, sizeof path, "/herijking/%s", over);
    citizen_get(&citizen, path);
    expect_says(&citizen.reply, "Deze actie is voorbij.");
    citizen_get(&citizen, "/herijking");
    expect_says(&citizen.reply, "Deze actie is voorbij.");
    end();
}
