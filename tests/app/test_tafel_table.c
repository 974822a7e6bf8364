/* Tables and their members: setting one up, who sits at it, ending it, and two secretaries at once. */
#include "app/staff.h"

#include <stdio.h>

TestSuite(tafel_table, .fini = leaks_check, .timeout = 110);

#define AT  "/beheer/tafels"
#define ONE AT "/1"
static struct place place;
static struct app *app;
static struct staff staff;

static void begin(void)
{
    place_make(&place, SMALL_CONSULTATION);
    app = app_up(&place);
    staff_of(&staff, &place, app, "sanne", ROLE_SECRETARIS, NULL);
}

static void end(void)
{
    app_down(app);
    place_remove(&place);
}

static void post(const char *path, const char *fields, int status)
{
    char all[1024];
    staff_get(&staff, path);
    snprintf(all, sizeof all, "%s&gelezen=%s", fields, staff_hidden(&staff, "gelezen"));
    staff_post(&staff, path, path, all);
    cr_expect_eq(staff.reply.status, status, "%s %s: %d", path, fields, staff.reply.status);
}

#define SOCIAL "soort=maatschappelijke-tafel&titel=De+tafel&quorum=4&quorumKanten=3&vanaf=2026-06-01"

Test(tafel_table, has_members_from_four_sides_that_come_and_go)
{
    begin();
    post(AT "/nieuw", SOCIAL, 303);
    expect_redirect(&staff.reply, ONE);
    post(ONE "/leden/nieuw", "naam=An+de+Wit&organisatie=LVVN&kant=overheid&vanaf=2026-06-01", 303);
    post(ONE "/leden/nieuw",
         "naam=Bo+Smit&organisatie=Natuur+Nu&kant=maatschappelijke-organisaties&vanaf=2026-06-01", 303);
    staff_get(&staff, ONE);
    expect_says(&staff.reply, "An de Wit");
    expect_says(&staff.reply, "maatschappelijke organisaties");
    expect_says(&staff.reply, "href=\"" ONE "/leden/1/einde\"");
    post(ONE "/leden/1/einde", "tot=2026-05-31", 400);
    expect_says(&staff.reply, "Kies een dag vanaf de eerste dag");
    post(ONE "/leden/1/einde", "tot=2099-01-01", 400);
    post(ONE "/leden/1/einde", "tot=2026-06-30", 303);
    staff_get(&staff, ONE);
    expect_says(&staff.reply, "An de Wit");
    expect_silent(&staff.reply, "href=\"" ONE "/leden/1/einde\"");
    staff_get(&staff, ONE "/leden/1/einde");
    expect_status(&staff.reply, 404);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE actor = 'sanne' AND object = "
                                     "'table:1' AND action IN ('table.add', 'table.member.add', "
                                     "'table.member.end')"),
                 4);
    end();
}

Test(tafel_table, an_action_table_has_a_theme_and_ends_with_all_who_sit_there)
{
    begin();
    post(AT "/nieuw", "soort=actietafel&titel=Etiket&quorum=2&quorumKanten=2&vanaf=2026-06-01", 400);
    expect_says(&staff.reply, "href=\"#thema\"");
    post(AT "/nieuw",
         "soort=actietafel&titel=Etiket&thema=Wat+op+het+etiket+staat&quorum=2&quorumKanten=2&vanaf=2026-06-"
         "01",
         303);
    post(ONE "/leden/nieuw", "naam=An&organisatie=LVVN&kant=overheid&vanaf=2026-06-01", 303);
    post(ONE "/einde", "tot=2026-06-20", 400);
    post(ONE "/einde", "tot=2026-06-20&totWaarom=Het+etiket+is+er.", 303);
    staff_get(&staff, ONE);
    expect_says(&staff.reply, "Het etiket is er.");
    expect_silent(&staff.reply, ONE "/einde");
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.tafel_member WHERE ended_day = '2026-06-20' AND "
                             "ended_by = 'sanne'"),
                 1);
    static const char *const closed[] = {"/wijzigen", "/einde", "/leden/nieuw"};
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++) {
        char path[64];
        snprintf(path, sizeof path, ONE "%s", closed[i]);
        staff_get(&staff, path);
        cr_expect_eq(staff.reply.status, 409, "%s", path);
        expect_says(&staff.reply, "Deze tafel is");
    }
    end();
}

Test(tafel_table, there_is_one_maatschappelijke_tafel_at_a_time)
{
    begin();
    post(AT "/nieuw", SOCIAL, 303);
    post(AT "/nieuw", SOCIAL, 400);
    expect_says(&staff.reply, "Er is al een maatschappelijke tafel");
    post(ONE "/einde", "tot=2026-06-20&totWaarom=Opnieuw+ingericht", 303);
    post(AT "/nieuw", SOCIAL, 303);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.tafel_table"), 2);
    end();
}

Test(tafel_table, of_two_secretaries_at_once_the_second_is_told)
{
    static struct staff other;
    struct staff_move moves[2];
    begin();
    post(AT "/nieuw", SOCIAL, 303);
    staff_of(&other, &place, app, "tim", ROLE_SECRETARIS, NULL);
    struct staff *both[] = {&staff, &other};
    for (int i = 0; i < 2; i++) {
        staff_get(both[i], ONE "/leden/nieuw");
        moves[i] = (struct staff_move){.staff = both[i]};
        snprintf(moves[i].path, sizeof moves[i].path, "%s", ONE "/leden/nieuw");
        snprintf(moves[i].body, sizeof moves[i].body,
                 "token=%s&naam=Lid+%d&organisatie=O&kant=bedrijven&vanaf=2026-06-01&gelezen=1",
                 staff_token(both[i]), i);
    }
    staff_move_together(moves, 2);
    const int first = both[0]->reply.status == 303 ? 0 : 1;
    cr_expect_eq(both[first]->reply.status, 303);
    expect_status(&both[!first]->reply, 409);
    expect_says(&both[!first]->reply, first ? "value=\"Lid 0\"" : "value=\"Lid 1\"");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.tafel_member"), 1);
    end();
}

Test(tafel_table, what_is_wrong_is_said_and_nothing_typed_is_lost)
{
    begin();
    post(AT "/nieuw",
         "soort=keukentafel&titel=&thema=Mijn+thema&acties=9.9&quorum=0&quorumKanten=5&vanaf=ooit", 400);
    expect_says(&staff.reply, "Mijn thema");
    static const char *const wrong[] = {"soort", "titel", "acties", "quorum", "quorumKanten", "vanaf"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char link[64];
        snprintf(link, sizeof link, "href=\"#%s\"", wrong[i]);
        expect_says(&staff.reply, link);
    }
    post(AT "/nieuw", SOCIAL, 303);
    post(ONE "/leden/nieuw", "naam=&organisatie=&kant=burgers&vanaf=", 400);
    static const char *const nowhere[] = {
        AT "/9", AT "/0", AT "/een", AT "/99999999999", ONE "/leden/9/einde", ONE "/leden/x/einde"};
    for (size_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++) {
        staff_get(&staff, nowhere[i]);
        cr_expect_eq(staff.reply.status, 404, "%s", nowhere[i]);
    }
    end();
}
