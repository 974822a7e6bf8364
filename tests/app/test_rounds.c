/* Rounds in the back office: how one runs, and changing and closing it. */
#include "app/one_citizen.h"
#include "app/staff.h"

#include <stdio.h>

TestSuite(rounds, .fini = leaks_check);

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
    /* 11 sent, one is on the first page. Drafts are counted now and then: the draft of who sent last may have
     * been seen as well, on the second. */
    staff_wait_until_says(&analyst, page, "scope=\"row\">1</th>");
    staff_wait_until_says(&analyst, page, "Begonnen: 12. Verstuurd: 11 (92");
    expect_status(&analyst.reply, 200);
    expect_says(&analyst.reply, "scope=\"row\">15 januari 2027</th>");
    expect_says(&analyst.reply, "Hoe iemand kwam");
    expect_says(&analyst.reply, "Wat is uw gender?");
    expect_silent(&analyst.reply, "Wat vindt u ervan?");
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.audit_event WHERE action = 'table.view' AND "
                             "actor = 'anna' AND origin = 'web' AND object = 'table:" ROUND ":respons'") > 0,
                 1);
    /* True figures are for analysts: others get totals, and nothing that divides people. */
    staff_get(&reader, page);
    expect_status(&reader.reply, 200);
    expect_says(&reader.reply, "Begonnen: 12. Verstuurd: 11");
    expect_says(&reader.reply, "Alleen analisten zien deze cijfers");
    expect_silent(&reader.reply, "Hoe iemand kwam");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'table.view' AND "
                                     "actor = 'lies'"),
                 0);
    cr_expect_eq(place_amend_round(&place, ROUND, 0, "gesloten"), ROUND_CHANGED);
    staff_wait_until_says(&analyst, page, "De tussenstand is gesloten");
    expect_silent(&analyst.reply, "Hoe iemand kwam");
    /* Nor are they for others once something is public: that is perturbed, and what is read before and after
     * one response would tell who sent it. */
    cr_expect_eq(place_amend_round(&place, ROUND, 0, "openbaar"), ROUND_CHANGED);
    staff_wait_until_says(&reader, page, "Tussenstand: openbaar");
    staff_wait_until_says(&analyst, page, "Hoe iemand kwam");
    staff_get(&reader, page);
    expect_silent(&reader.reply, "Hoe iemand kwam");
    expect_silent(&reader.reply, "Wat is uw gender?");
    /* Once it is closed there is no embargo; small cells stay hidden: nobody came by a letter. */
    place_close_round(&place, ROUND);
    staff_wait_until_says(&analyst, page, "Stand: gesloten");
    expect_says(&analyst.reply, "Hoe iemand kwam");
    expect_says(&analyst.reply, ">verborgen</td>");
    expect_silent(&analyst.reply, "te weinig mensen");
    staff_get(&reader, page);
    expect_says(&reader.reply, "Alleen analisten zien deze cijfers");
    expect_silent(&reader.reply, "Hoe iemand kwam");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'table.view' AND "
                                     "actor = 'lies'"),
                 0);
    staff_get(&reader, "/beheer/rondes/" ROUND "?taal=en");
    expect_says(&reader.reply, "Began: 12. Sent: 11");
    staff_get(&reader, "/beheer/rondes/er-is-geen-ronde");
    expect_status(&reader.reply, 404);
    end();
}

/* Of fewer people than a cell may have there is one sentence, and no table of hidden cells. */
Test(rounds, says_once_that_there_are_too_few)
{
    static struct staff analyst;
    static const char page[] = "/beheer/rondes/" ROUND;
    begin();
    staff_of(&analyst, &place, app, "anna", ROLE_ANALIST, NULL);
    staff_wait_until_says(&analyst, page, "Er zijn nog te weinig inzendingen.");
    expect_silent(&analyst.reply, "verborgen");
    expect_silent(&analyst.reply, "Wat is uw gender?");
    people_take_part(&app, 1, ROUND, "goed");
    staff_wait_until_says(&analyst, page, "Wat is uw gender?");
    expect_silent(&analyst.reply, "te weinig inzendingen");
    end();
}

/* What came in by day follows from the log alone: an instance that reads it at once, after rows of it were
 * emptied, and in several pieces, says the same as one that was there all the time. */
Test(rounds, counts_days_alike_on_an_instance_that_came_later)
{
    static struct staff reader;
    static const char page[] = "/beheer/rondes/" ROUND;
    static const char last_day[] = ">3.000</td>\n<td class=\"utrecht-table__cell "
                                   "utrecht-table__cell--numeric-column\">1</td>";
    begin();
    staff_of(&reader, &place, app, "lies", ROLE_LEZER, NULL);
    citizen_take_part(&citizen, ROUND, "goed", "");
    staff_wait_until_says(&reader, page, "Verstuurd: 1 (");
    clock_forward(DAY_S);
    citizen_correct(&citizen);
    citizen_send(&citizen);
    citizen_withdraw(&citizen);
    /* Emptied rows of the day before, more than a piece of the log, and of today. */
    cr_assert_eq(
        place_count(&place,
                    "WITH made AS (INSERT INTO zs.response (pos, round_id, revision, "
                    "questionnaire_version, received_day, kind, stream, channel, response_id)"
                    " SELECT nextval('zs.response_pos'), r.id, 1, r.questionnaire_version,"
                    "  CASE WHEN n <= 60000 THEN DATE '2027-01-15' ELSE DATE '2027-01-16' END, 1, 0, 0,"
                    "  decode(md5(n::text), 'hex') FROM zs.round AS r, generate_series(1, 63000) AS n"
                    " WHERE r.code = '" ROUND "' RETURNING 1) SELECT count(*) FROM made"),
        63000);
    struct app *other = app_up(&place);
    staff_login(&reader, "lies", PASSWORD);
    for (int i = 0; i < 2; i++) {
        reader.port = port_of(i == 0 ? app : other);
        staff_wait_until_says(&reader, page, "Verstuurd: 63.000 (100");
        staff_wait_until_says(&reader, page, ">60.001</td>");
        staff_wait_until_says(&reader, page, last_day);
        expect_says(&reader.reply, ">15 januari 2027</th>");
        expect_says(&reader.reply, ">16 januari 2027</th>");
    }
    app_down(other);
    end();
}

/* Lines of the log that tell that somebody tried. */
static int64_t refusals(const char *actor)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM zs.audit_event WHERE action = 'access' AND result = 'refused' AND actor = "
             "'%s' AND details->>'consultation' = 'klein'",
             actor);
    return place_count(&place, sql);
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
    cr_expect_eq(refusals("elders"), 1);
    /* Nor does an administrator of another consultation change or close it. */
    static struct staff boss;
    char fields[512];
    staff_of(&boss, &place, app, "baas", ROLE_BEHEERDER, "biotechnologie-2026");
    staff_set_factor_up(&boss);
    staff_get(&boss, "/beheer/rondes");
    snprintf(fields, sizeof fields,
             "token=%s&getoond-stand=open&getoond-sluiting=1811808000&getoond-tussenstand=analisten&"
             "laatste-dag=2027-07-15&tussenstand=openbaar&zeker=ja",
             staff_token(&boss));
    staff_exchange(&boss, "POST", "/beheer/rondes/" ROUND "/wijziging", fields);
    expect_status(&boss.reply, 403);
    staff_exchange(&boss, "POST", "/beheer/rondes/" ROUND "/sluiting", fields);
    expect_status(&boss.reply, 403);
    cr_expect_eq(refusals("baas"), 2);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.round WHERE code = '" ROUND
                                     "' AND status = 'open' AND interim = 'analisten'"),
                 1);
    end();
}

/* The fields with which a form of the page says what it showed. */
static void shown_fields(char *fields, size_t size, const struct staff *staff, const char *more)
{
    int used = snprintf(fields, size, "token=%s&getoond-stand=%s&getoond-sluiting=", staff_token(staff),
                        staff_hidden(staff, "getoond-stand"));
    snprintf(fields + used, size - (size_t)used, "%s&getoond-tussenstand=%s&%s",
             staff_hidden(staff, "getoond-sluiting"), staff_hidden(staff, "getoond-tussenstand"), more);
}

Test(rounds, changes_a_round_unless_somebody_else_did_and_closes_it_when_sure)
{
    static struct staff boss, other;
    static const char page[] = "/beheer/rondes/" ROUND;
    char fields[1024], late[1024];
    begin();
    staff_of(&boss, &place, app, "baas", ROLE_BEHEERDER, NULL);
    staff_set_factor_up(&boss);
    staff_of(&other, &place, app, "lies", ROLE_ONDERZOEKER, NULL);
    staff_get(&other, page);
    expect_silent(&other.reply, "/sluiting\"");
    staff_get(&boss, page);
    expect_says(&boss.reply, "value=\"2027-06-01\"");
    shown_fields(late, sizeof late, &boss, "laatste-dag=2027-08-01&tussenstand=gesloten");
    /* In summer the day ends at 22:00 UTC. */
    shown_fields(fields, sizeof fields, &boss, "laatste-dag=2027-07-15&tussenstand=openbaar");
    staff_exchange(&boss, "POST", "/beheer/rondes/" ROUND "/wijziging", fields);
    expect_status(&boss.reply, 200);
    expect_says(&boss.reply, "name=\"zeker\"");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.round WHERE code = '" ROUND "' AND interim = "
                                     "'analisten'"),
                 1, "more people are shown results: it asks first");
    strcat(fields, "&zeker=ja");
    staff_exchange(&boss, "POST", "/beheer/rondes/" ROUND "/wijziging", fields);
    expect_redirect(&boss.reply, page);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.round WHERE code = '" ROUND "' AND closes_at = "
                                     "'2027-07-15T22:00:00Z' AND interim = 'openbaar'"),
                 1);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'round.amend' AND "
                                     "origin = 'web' AND actor = 'baas'"),
                 1);
    /* A page that was open before: told what changed, and nothing is. */
    staff_exchange(&boss, "POST", "/beheer/rondes/" ROUND "/wijziging", late);
    expect_status(&boss.reply, 409);
    expect_says(&boss.reply, "eerst <strong>1 juni 2027</strong>, nu <strong>15 juli 2027</strong>");
    expect_says(&boss.reply, "eerst <strong>alleen voor analisten</strong>, nu <strong>openbaar</strong>");
    staff_exchange(&boss, "POST", "/beheer/rondes/" ROUND "/sluiting", late);
    expect_status(&boss.reply, 409);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.round WHERE code = '" ROUND "' AND closes_at = "
                                     "'2027-07-15T22:00:00Z' AND status = 'open'"),
                 1);
    staff_get(&boss, page);
    shown_fields(fields, sizeof fields, &boss, "x=y");
    staff_exchange(&boss, "POST", "/beheer/rondes/" ROUND "/sluiting", fields);
    expect_status(&boss.reply, 200);
    expect_says(&boss.reply, "name=\"zeker\"");
    expect_says(&boss.reply, "name=\"getoond-sluiting\"");
    cr_expect_eq(
        place_count(&place, "SELECT count(*) FROM zs.round WHERE code = '" ROUND "' AND status = 'open'"), 1,
        "it asks first");
    strcat(fields, "&zeker=ja");
    staff_exchange(&boss, "POST", "/beheer/rondes/" ROUND "/sluiting", fields);
    expect_redirect(&boss.reply, page);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'round.close' AND "
                                     "origin = 'web' AND actor = 'baas' AND object = 'round:" ROUND "'"),
                 1);
    staff_exchange(&boss, "POST", "/beheer/rondes/" ROUND "/sluiting", fields);
    expect_status(&boss.reply, 409);
    staff_get(&boss, page);
    expect_silent(&boss.reply, "/sluiting\"");
    end();
}

/* What was typed is not lost: it stands in the form again, and why it was refused beside it. */
Test(rounds, a_refused_change_comes_back_as_it_was_typed)
{
    static struct staff boss, other;
    static const char page[] = "/beheer/rondes/" ROUND, change[] = "/beheer/rondes/" ROUND "/wijziging";
    static const struct {
        const char *day, *interim, *at, *why;
    } bad[] = {
        {"31-07-2027", "openbaar", "laatste-dag", "Vul de laatste dag in"},
        {"2027-02-30", "openbaar", "laatste-dag", "Vul de laatste dag in"},
        {"", "gesloten", "laatste-dag", "Vul de laatste dag in"},
        {"2027-01-01", "openbaar", "laatste-dag", "Kies een laatste dag die nog niet voorbij is."},
        {"2028-01-01", "gesloten", "laatste-dag", "voor de dag waarop wij de antwoorden vernietigen."},
        {"2027-06-01", "analisten", "laatste-dag", "Kies een andere laatste dag"},
        {"2027-07-16", "iedereen", "tussenstand", "Kies voor wie de tussenstand is."},
    };
    char fields[1024], typed[128], said[160];
    begin();
    staff_of(&boss, &place, app, "baas", ROLE_BEHEERDER, NULL);
    staff_set_factor_up(&boss);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        staff_get(&boss, page);
        snprintf(typed, sizeof typed, "laatste-dag=%s&tussenstand=%s", bad[i].day, bad[i].interim);
        shown_fields(fields, sizeof fields, &boss, typed);
        staff_exchange(&boss, "POST", change, fields);
        cr_expect_eq(boss.reply.status, 400, "%s: %d", typed, boss.reply.status);
        expect_says(&boss.reply, "<title>Fout: ");
        snprintf(said, sizeof said, "href=\"#%s\"", bad[i].at);
        expect_says(&boss.reply, said);
        snprintf(said, sizeof said, "id=\"%s-fout\"", bad[i].at);
        expect_says(&boss.reply, said);
        expect_says(&boss.reply, bad[i].why);
        snprintf(said, sizeof said, "name=\"laatste-dag\" value=\"%s\"", bad[i].day);
        expect_says(&boss.reply, said);
        snprintf(said, sizeof said, "value=\"%s\" selected",
                 strcmp(bad[i].interim, "iedereen") == 0 ? "analisten" : bad[i].interim);
        expect_says(&boss.reply, said);
    }
    /* Both at once. */
    shown_fields(fields, sizeof fields, &boss, "laatste-dag=morgen&tussenstand=iedereen");
    staff_exchange(&boss, "POST", change, fields);
    expect_says(&boss.reply, "id=\"laatste-dag-fout\"");
    expect_says(&boss.reply, "id=\"tussenstand-fout\"");
    /* Mended on that page it goes through. */
    shown_fields(fields, sizeof fields, &boss, "laatste-dag=2027-07-16&tussenstand=analisten");
    staff_exchange(&boss, "POST", change, fields);
    expect_redirect(&boss.reply, page);
    /* Somebody else was first: what they changed, and what was typed, against the round as it is now. */
    staff_of(&other, &place, app, "eva", ROLE_BEHEERDER, NULL);
    staff_set_factor_up(&other);
    staff_get(&boss, page);
    staff_get(&other, page);
    shown_fields(fields, sizeof fields, &other, "laatste-dag=2027-07-20&tussenstand=analisten");
    staff_exchange(&other, "POST", change, fields);
    expect_redirect(&other.reply, page);
    shown_fields(fields, sizeof fields, &boss, "laatste-dag=2027-08-05&tussenstand=gesloten");
    staff_exchange(&boss, "POST", change, fields);
    expect_status(&boss.reply, 409);
    expect_says(&boss.reply, "eerst <strong>16 juli 2027</strong>, nu <strong>20 juli 2027</strong>");
    expect_says(&boss.reply, "name=\"laatste-dag\" value=\"2027-08-05\"");
    expect_says(&boss.reply, "value=\"gesloten\" selected");
    shown_fields(fields, sizeof fields, &boss, "laatste-dag=2027-08-05&tussenstand=gesloten");
    staff_exchange(&boss, "POST", change, fields);
    expect_redirect(&boss.reply, page);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.round WHERE code = '" ROUND "' AND closes_at = "
                                     "'2027-08-05T22:00:00Z' AND interim = 'gesloten'"),
                 1);
    /* What boss left as it was shown follows what the other decided. */
    staff_get(&boss, page);
    staff_get(&other, page);
    shown_fields(fields, sizeof fields, &other, "laatste-dag=2027-08-05&tussenstand=analisten&zeker=ja");
    staff_exchange(&other, "POST", change, fields);
    expect_redirect(&other.reply, page);
    shown_fields(fields, sizeof fields, &boss, "laatste-dag=2027-08-04&tussenstand=gesloten");
    staff_exchange(&boss, "POST", change, fields);
    expect_status(&boss.reply, 409);
    expect_says(&boss.reply, "name=\"laatste-dag\" value=\"2027-08-04\"");
    expect_says(&boss.reply, "value=\"analisten\" selected");
    /* Closed meanwhile there is nothing to try again. */
    staff_get(&boss, page);
    staff_get(&other, page);
    shown_fields(fields, sizeof fields, &other, "zeker=ja");
    staff_exchange(&other, "POST", "/beheer/rondes/" ROUND "/sluiting", fields);
    expect_redirect(&other.reply, page);
    shown_fields(fields, sizeof fields, &boss, "laatste-dag=2027-08-06&tussenstand=gesloten");
    staff_exchange(&boss, "POST", change, fields);
    expect_status(&boss.reply, 409);
    expect_silent(&boss.reply, "/wijziging\"");
    end();
}

/* From two pages that showed the same, at two instances, at the same moment. */
Test(rounds, of_two_who_change_one_at_once_the_second_is_told)
{
    enum { TURNS = 4 };
    static struct staff people[2];
    static const char page[] = "/beheer/rondes/" ROUND;
    static struct staff_move moves[2];
    begin();
    struct app *other = app_up(&place);
    for (int i = 0; i < 2; i++) {
        staff_of(&people[i], &place, app, i == 0 ? "baas" : "eva", ROLE_BEHEERDER, NULL);
        staff_set_factor_up(&people[i]);
        people[i].port = port_of(i == 0 ? app : other);
        moves[i].staff = &people[i];
    }
    for (int turn = 0; turn < TURNS; turn++) {
        for (int i = 0; i < 2; i++) {
            char change[96];
            staff_get(&people[i], page);
            snprintf(change, sizeof change, "laatste-dag=2027-08-%02d&tussenstand=%s", 1 + 2 * turn + i,
                     i == 0 ? "analisten" : "openbaar&zeker=ja");
            shown_fields(moves[i].body, sizeof moves[i].body, &people[i],
                         turn == TURNS - 1 ? "zeker=ja" : change);
            snprintf(moves[i].path, sizeof moves[i].path, "%s/%s", page,
                     turn == TURNS - 1 ? "sluiting" : "wijziging");
        }
        staff_move_together(moves, 2);
        const int first = people[0].reply.status;
        const int second = people[1].reply.status;
        cr_expect((first == 303 && second == 409) || (first == 409 && second == 303), "turn %d: %d and %d",
                  turn, first, second);
        if (turn < TURNS - 1) {
            char sql[160];
            snprintf(sql, sizeof sql,
                     "SELECT count(*) FROM zs.round WHERE code = '" ROUND "' AND closes_at = "
                     "'2027-08-%02dT22:00:00Z'",
                     1 + 2 * turn + (first == 303 ? 0 : 1));
            cr_expect_eq(place_count(&place, sql), 1, "what stands is of who was told that it was done");
        }
    }
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action IN ('round.amend', "
                                     "'round.close') AND result = 'ok' AND origin = 'web'"),
                 TURNS);
    app_down(other);
    end();
}

/* Nobody closes a round whose time is over; the audit log tells of it once, whoever notices. */
Test(rounds, of_which_the_time_is_over_leave_one_line)
{
    static const char lines[] =
        "SELECT count(*) FROM zs.audit_event WHERE action = 'round.close' AND actor = "
        "'calendar' AND origin = 'job' AND object = 'round:" ROUND "'";
    static struct staff boss;
    begin();
    struct app *other = app_up(&place);
    clock_set(1811807999); /* the last second of klein-1 */
    client_sleep_ms(2500);
    cr_expect_eq(place_count(&place, lines), 0);
    clock_forward(1);
    for (int waited = 0; waited < 10000 && place_count(&place, lines) == 0; waited += 50) {
        client_sleep_ms(50);
    }
    client_sleep_ms(2500);
    cr_expect_eq(place_count(&place, lines), 1);
    cr_expect_eq(place_count(&place, "SELECT (details->>'closes_at')::int8 FROM zs.audit_event WHERE actor = "
                                     "'calendar' AND object = 'round:" ROUND "'"),
                 1811808000);
    app_down(other);
    /* What is over may be closed, and no more. */
    staff_of(&boss, &place, app, "baas", ROLE_BEHEERDER, NULL);
    staff_set_factor_up(&boss);
    staff_get(&boss, "/beheer/rondes/" ROUND);
    expect_silent(&boss.reply, "/wijziging\"");
    expect_says(&boss.reply, "/sluiting\"");
    end();
}
