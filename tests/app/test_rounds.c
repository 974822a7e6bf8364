/* Rounds in the back office: how one runs, and changing and closing it. */
#include "app/staff.h"

#include <stdio.h>

TestSuite(rounds, .fini = leaks_check);

static struct place place;
static struct app *app;

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

Test(rounds, sees_how_a_round_runs_as_far_as_its_embargo_goes)
{
    static struct staff analyst, reader;
    static const char page[] = "/beheer/rondes/" ROUND;
    struct citizen halfway;
    begin();
    people_take_part(&app, 1, ROUND, "goed");
    citizen_init(&halfway, port_of(app));
    citizen_begin(&halfway, ROUND, "volledig", "");
    citizen_answer(&halfway, "begin.doet-mee-voor", "doet-mee-voor=mijzelf");
    staff_of(&analyst, &place, app, "anna", ROLE_ANALIST, NULL);
    staff_of(&reader, &place, app, "lies", ROLE_LEZER, NULL);
    staff_get(&analyst, "/beheer");
    expect_says(&analyst.reply, "href=\"/beheer/rondes\"");
    /* 11 sent, one is on the first page. */
    staff_wait_until_says(&analyst, page, "Begonnen: 12. Verstuurd: 11 (92");
    expect_status(&analyst.reply, 200);
    expect_says(&analyst.reply, "scope=\"row\">1</th>");
    expect_says(&analyst.reply, "scope=\"row\">15 januari 2027</th>");
    expect_says(&analyst.reply, "Hoe iemand kwam");
    expect_says(&analyst.reply, "Wat is uw gender?");
    expect_silent(&analyst.reply, "Wat vindt u ervan?");
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.audit_event WHERE action = 'table.view' AND "
                             "actor = 'anna' AND origin = 'web' AND object = 'table:" ROUND ":respons'") > 0,
                 1);
    /* Its tussenstand is for analysts: others get totals, and nothing that divides people. */
    staff_get(&reader, page);
    expect_status(&reader.reply, 200);
    expect_says(&reader.reply, "Begonnen: 12. Verstuurd: 11");
    expect_says(&reader.reply, "De tussenstand is alleen voor analisten");
    expect_silent(&reader.reply, "Hoe iemand kwam");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'table.view' AND "
                                     "actor = 'lies'"),
                 0);
    cr_expect_eq(place_amend_round(&place, ROUND, 0, "gesloten"), ROUND_CHANGED);
    staff_wait_until_says(&analyst, page, "De tussenstand is gesloten");
    expect_silent(&analyst.reply, "Hoe iemand kwam");
    /* Once it is closed there is no embargo; small cells stay hidden: nobody came by a letter. */
    place_close_round(&place, ROUND);
    staff_wait_until_says(&reader, page, "Hoe iemand kwam");
    expect_says(&reader.reply, "te weinig mensen");
    staff_get(&reader, "/beheer/rondes/" ROUND "?taal=en");
    expect_says(&reader.reply, "Began: 12. Sent: 11");
    staff_get(&reader, "/beheer/rondes/er-is-geen-ronde");
    expect_status(&reader.reply, 404);
    end();
}

Test(rounds, sees_rounds_of_its_own_consultations_alone)
{
    static struct staff everywhere, here, elsewhere;
    place_make(&place, SMALL_CONSULTATION);
    place_publish(&place, REAL_CONSULTATION);
    app = app_up(&place);
    staff_of(&here, &place, app, "hier", ROLE_LEZER, "klein");
    staff_of(&elsewhere, &place, app, "elders", ROLE_LEZER, "biotechnologie-2026");
    staff_of(&everywhere, &place, app, "overal", ROLE_LEZER, NULL);
    staff_get(&everywhere, "/beheer/rondes");
    expect_says(&everywhere.reply, "/beheer/rondes/" ROUND "\"");
    expect_says(&everywhere.reply, "/beheer/rondes/biotechnologie-2026");
    expect_says(&everywhere.reply, "alleen voor analisten");
    expect_says(&everywhere.reply, "proefronde");
    staff_get(&here, "/beheer/rondes");
    expect_says(&here.reply, "/beheer/rondes/" ROUND "\"");
    expect_silent(&here.reply, "/beheer/rondes/biotechnologie-2026");
    staff_get(&here, "/beheer/rondes/" ROUND);
    expect_status(&here.reply, 200);
    staff_get(&elsewhere, "/beheer/rondes");
    expect_silent(&elsewhere.reply, "/beheer/rondes/" ROUND "\"");
    staff_get(&elsewhere, "/beheer/rondes/" ROUND);
    expect_status(&elsewhere.reply, 403);
    end();
}
