/* The agenda behind the back office: who may write, what is kept, and two secretaries at once. */
#include "app/agenda_scene.h"
#include "app/staff.h"

#include <stdio.h>

TestSuite(agenda, .fini = leaks_check, .timeout = 110);

#define AT "/beheer/agenda/1a.2"

static struct place place;
static struct app *app;
static struct staff staff;

static void begin(void)
{
    place_make(&place, SMALL_CONSULTATION);
    agenda_scene_keep(&place);
    app = app_up(&place);
    staff_of(&staff, &place, app, "sanne", ROLE_SECRETARIS, NULL);
}

static void end(void)
{
    app_down(app);
    place_remove(&place);
}

Test(agenda, a_secretary_writes_down_what_was_done_and_everybody_reads_it)
{
    struct citizen citizen;
    begin();
    staff_post(&staff, AT "/voortgang", AT "/voortgang",
               "stand=loopt&tekst=De+inventarisatie+is+klaar.%0ANu+de+oplossingen.&bron=Kamerbrief+van+12+"
               "januari&gelezen=0");
    expect_redirect(&staff.reply, AT);
    staff_post(&staff, AT "/eigenaar", AT "/eigenaar", "eigenaar=EZK+en+Invest-NL&gelezen=1");
    expect_redirect(&staff.reply, AT);
    staff_get(&staff, AT);
    expect_says(&staff.reply, "De inventarisatie is klaar.");
    citizen_init(&citizen, port_of(app));
    citizen_get(&citizen, "/agenda/1a.2");
    expect_status(&citizen.reply, 200);
    expect_says(&citizen.reply, "De inventarisatie is klaar.");
    expect_says(&citizen.reply, "Kamerbrief van 12 januari");
    expect_says(&citizen.reply, "EZK en Invest-NL");
    expect_silent(&citizen.reply, "sanne");
    citizen_get(&citizen, "/agenda");
    expect_says(&citizen.reply, "actie 1a.2, loopt");
    citizen_get(&citizen, "/agenda/1a.2");
    expect_says(&citizen.reply, "<title>Agenda: ");
    expect_says(&citizen.reply, "Dit is actie 1a.2, in het deel");
    expect_says(&citizen.reply, "Afronding derde kwartaal van 2026");
    citizen_get(&citizen, "/agenda/0-toezegging-1");
    expect_says(&citizen.reply, "Dit is een toezegging, in het deel");
    citizen_get(&citizen, "/agenda/1a.9");
    expect_status(&citizen.reply, 404);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE actor = 'sanne' AND object = "
                                     "'agenda:1a.2' AND action IN ('agenda.owner', 'agenda.progress')"),
                 2);
    end();
}

Test(agenda, what_is_wrong_is_said_and_nothing_typed_is_lost)
{
    begin();
    staff_post(&staff, AT "/voortgang", AT "/voortgang",
               "stand=bijna&tekst=Mijn+lange+tekst&bron=&gelezen=0");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "Mijn lange tekst");
    expect_says(&staff.reply, "href=\"#stand\"");
    expect_says(&staff.reply, "href=\"#bron\"");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.agenda_progress"), 0);
    staff_get(&staff, "/beheer/agenda/9.9/voortgang");
    expect_status(&staff.reply, 404);
    end();
}

Test(agenda, of_two_secretaries_at_once_the_second_is_told)
{
    static struct staff other;
    struct staff_move moves[2];
    begin();
    staff_of(&other, &place, app, "tim", ROLE_SECRETARIS, NULL);
    struct staff *both[] = {&staff, &other};
    for (int i = 0; i < 2; i++) {
        staff_get(both[i], AT "/voortgang");
        moves[i] = (struct staff_move){.staff = both[i]};
        snprintf(moves[i].path, sizeof moves[i].path, "%s", AT "/voortgang");
        snprintf(moves[i].body, sizeof moves[i].body,
                 "token=%s&stand=klaar&tekst=Tekst+%d&bron=Brief&gelezen=0", staff_token(both[i]), i);
    }
    staff_move_together(moves, 2);
    const int first = both[0]->reply.status == 303 ? 0 : 1;
    cr_expect_eq(both[first]->reply.status, 303);
    expect_status(&both[!first]->reply, 409);
    expect_says(&both[!first]->reply, first ? "Tekst 0" : "Tekst 1");
    cr_expect_str_eq(staff_hidden(both[!first], "gelezen"), "1", "saved again, it goes through");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.agenda_progress"), 1);
    end();
}

Test(agenda, is_not_kept_by_whoever_is_secretary_of_one_consultation)
{
    static struct staff other;
    begin();
    staff_of(&other, &place, app, "tim", ROLE_SECRETARIS, "klein");
    staff_get(&other, "/beheer/agenda");
    expect_status(&other.reply, 403);
    end();
}
