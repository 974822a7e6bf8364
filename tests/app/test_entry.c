/* Typing over what came on paper or by telephone: the stream that it came by, and paper after the round
 * closed. */
#include "app/staff.h"

#include <stdio.h>

TestSuite(entry, .fini = leaks_check);

static struct place place;
static struct app *app;
static struct staff staff;

#define FORM "/beheer/invoer/" ROUND

static void begin(void)
{
    place_make(&place, SMALL_CONSULTATION);
    app = app_up(&place);
    staff_of(&staff, &place, app, "jan", ROLE_ONDERZOEKER, NULL);
}

static void end(void)
{
    app_down(app);
    place_remove(&place);
}

/* The round's own document as if it had been published so. */
static void round_says(const char *members)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "WITH changed AS (UPDATE zs.round SET document = document || '%s' WHERE code = '" ROUND "' "
             "RETURNING 1) SELECT count(*) FROM changed",
             members);
    cr_assert_eq(place_count(&place, sql), 1);
}

/* Opens the form with these choices and posts it with these answers; ends on the answer. */
static void enter(const char *choices, const char *answers)
{
    char target[256], body[1024];
    snprintf(target, sizeof target, FORM "?%s&versie=volledig", choices);
    staff_get(&staff, target);
    expect_status(&staff.reply, 200);
    int used = snprintf(body, sizeof body, "token=%s&%s&versie=volledig&code=%s", staff_token(&staff),
                        choices, staff_hidden(&staff, "code"));
    snprintf(body + used, sizeof body - (size_t)used, "&zegel=%s&%s", staff_hidden(&staff, "zegel"), answers);
    staff_exchange(&staff, "POST", FORM, body);
}

static void expect_refused(const char *choices, const char *words)
{
    char target[256];
    snprintf(target, sizeof target, FORM "?%s&versie=volledig", choices);
    staff_get(&staff, target);
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, words);
    expect_silent(&staff.reply, "name=\"zegel\"");
}

static int64_t responses(const char *where)
{
    char sql[256];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM zs.response WHERE %s", where);
    return place_count(&place, sql);
}

Test(entry, states_the_stream_that_the_round_has)
{
    begin();
    round_says("{\"links\": {\"Woord-0\": \"panel\"}}");
    staff_wait_until_says(&staff, FORM "?kanaal=papier", "<option value=\"panel\">");
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, "<option value=\"organisatie\">");
    expect_silent(&staff.reply, "<option value=\"uitnodiging\">");
    expect_says(&staff.reply, "value=\"2027-01-15\" min=\"2026-06-01\" max=\"2027-01-15\"");
    expect_refused("kanaal=telefoon", "href=\"#werving\"");
    expect_refused("kanaal=telefoon&werving=uitnodiging", "href=\"#werving\"");
    expect_refused("kanaal=telefoon&werving=stoep", "href=\"#werving\"");
    round_says("{\"links\": {\"Woord-1\": \"uitnodiging\"}}");
    staff_wait_until_says(&staff, FORM "?kanaal=papier", "<option value=\"uitnodiging\">");
    expect_silent(&staff.reply, "<option value=\"panel\">");
    enter("kanaal=telefoon&werving=uitnodiging", "v1=1&v2=1");
    expect_status(&staff.reply, 200);
    /* The next form has the choice of this one. */
    expect_says(&staff.reply, "<option value=\"uitnodiging\" selected>");
    expect_says(&staff.reply, "name=\"werving\" value=\"uitnodiging\"");
    enter("kanaal=papier&werving=organisatie&ontvangen=2027-01-14", "v1=1&v2=1");
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, "name=\"ontvangen\" value=\"2027-01-14\"");
    cr_expect_eq(responses("stream = 1 AND channel = 2 AND stated_day IS NULL"), 1);
    cr_expect_eq(responses("stream = 3 AND channel = 1 AND stated_day = '2027-01-14' "
                           "AND received_day = '2027-01-15'"),
                 1);
    end();
}

Test(entry, takes_the_day_on_which_paper_came_in)
{
    static const char *const bad[] = {"", "2027-01-16", "2026-05-31", "2027-02-30", "gisteren", "2027-01-1"};
    char choices[128];
    begin();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(choices, sizeof choices, "kanaal=papier&werving=open&ontvangen=%s", bad[i]);
        expect_refused(choices, "href=\"#ontvangen\"");
    }
    expect_refused("kanaal=papier&werving=open", "href=\"#ontvangen\"");
    enter("kanaal=papier&werving=open&ontvangen=2026-06-01", "v1=1&v2=1");
    expect_status(&staff.reply, 200);
    /* The day is shown to who sent it, and where days are. */
    char code[64];
    snprintf(code, sizeof code, "code=%.19s", strstr(staff.reply.body, "<strong translate=\"no\">") + 23);
    staff_wait_until_says(&staff, "/beheer/rondes/" ROUND, "scope=\"row\">1 juni 2026</th>");
    expect_silent(&staff.reply, "scope=\"row\">15 januari 2027</th>");
    struct citizen citizen;
    citizen_init(&citizen, port_of(app));
    citizen_resume(&citizen, code + 5);
    citizen_get(&citizen, "/ontvangst");
    expect_says(&citizen.reply, "1 juni 2026");
    /* An hour past midnight in the Netherlands is the day before by the log's days. */
    clock_set(clock_begin + 11 * 3600 + 1800);
    staff_login(&staff, "jan", PASSWORD);
    enter("kanaal=papier&werving=open&ontvangen=2027-01-16", "v1=1&v2=2");
    expect_status(&staff.reply, 200);
    cr_expect_eq(responses("stated_day = '2027-01-16' AND received_day = '2027-01-15'"), 1);
    end();
}

Test(entry, takes_paper_that_came_in_time_for_days_after_the_round_closed)
{
    static struct staff other;
    begin();
    round_says("{\"paper_days\": 7}");
    place_close_round(&place, ROUND);
    staff_wait_until_says(&staff, "/beheer/invoer", "tot en met 22 januari 2027");
    expect_silent(&staff.reply, FORM "?kanaal=telefoon");
    staff_get(&staff, FORM "?kanaal=papier");
    expect_status(&staff.reply, 200);
    expect_silent(&staff.reply, "value=\"telefoon\"");
    expect_says(&staff.reply, "name=\"ontvangen\" value=\"\" min=\"2026-06-01\" max=\"2027-01-15\"");
    expect_refused("kanaal=papier&werving=open&ontvangen=2027-01-16", "href=\"#ontvangen\"");
    expect_refused("kanaal=telefoon&werving=open", "href=\"#ontvangen\"");
    /* The last day for it, until midnight. */
    clock_forward(7 * DAY_S + 10 * 3600 + 3599);
    staff_login(&staff, "jan", PASSWORD);
    enter("kanaal=papier&werving=open&ontvangen=2027-01-12", "v1=1&v2=1&v3=te+laat+getypt");
    expect_status(&staff.reply, 200);
    cr_expect_eq(responses("stated_day = '2027-01-12' AND channel = 1 AND stream = 0"), 1);
    /* That, never what. */
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.audit_event WHERE action = 'response.enter' AND "
                             "actor = 'jan' AND object = 'round:" ROUND "' AND details::jsonb = "
                             "'{\"kanaal\": \"papier\", \"na_sluiting\": true}'"),
                 1);
    staff_wait_until_says(&staff, "/beheer/rondes/" ROUND, "scope=\"row\">12 januari 2027</th>");
    /* One second more. */
    char target[] = FORM "?kanaal=papier&werving=open&ontvangen=2027-01-12&versie=volledig";
    other = staff;
    staff_get(&other, target);
    char body[512];
    int used = snprintf(body, sizeof body,
                        "token=%s&kanaal=papier&werving=open&ontvangen=2027-01-12&versie=volledig&code=%s",
                        staff_token(&other), staff_hidden(&other, "code"));
    snprintf(body + used, sizeof body - (size_t)used, "&zegel=%s&v1=1&v2=1", staff_hidden(&other, "zegel"));
    clock_forward(1);
    staff_exchange(&other, "POST", FORM, body);
    expect_status(&other.reply, 404);
    staff_get(&staff, target);
    expect_status(&staff.reply, 404);
    staff_get(&staff, "/beheer/invoer");
    expect_silent(&staff.reply, FORM);
    cr_expect_eq(responses("true"), 1);
    end();
}

Test(entry, takes_nothing_after_the_close_of_a_round_that_does_not_say_so)
{
    begin();
    place_close_round(&place, ROUND);
    staff_get(&staff, FORM "?kanaal=papier");
    for (int waited = 0; staff.reply.status == 200 && waited < 10000; waited += 100) {
        client_sleep_ms(100);
        staff_get(&staff, FORM "?kanaal=papier");
    }
    expect_status(&staff.reply, 404);
    end();
}

/* Its screens can be tried while it runs; what would come after is for what counts. */
Test(entry, takes_nothing_after_the_close_of_a_pilot_whatever_it_says)
{
    begin();
    round_says("{\"paper_days\": 7}");
    cr_assert_eq(place_count(&place,
                             "WITH changed AS (UPDATE zs.round SET is_pilot = true WHERE code = '" ROUND
                             "' RETURNING 1) SELECT count(*) FROM changed"),
                 1);
    staff_wait_until_says(&staff, "/beheer/rondes/" ROUND, "proefronde");
    staff_get(&staff, FORM "?kanaal=papier");
    expect_status(&staff.reply, 200);
    place_close_round(&place, ROUND);
    for (int waited = 0; staff.reply.status == 200 && waited < 10000; waited += 100) {
        client_sleep_ms(100);
        staff_get(&staff, FORM "?kanaal=papier");
    }
    expect_status(&staff.reply, 404);
    staff_get(&staff, "/beheer/invoer");
    expect_silent(&staff.reply, FORM);
    end();
}
