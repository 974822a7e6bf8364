/* What stands under a code: sent once however often it is sent, read back, corrected, withdrawn. */
#include "app/one_citizen.h"

#include <stdio.h>
#include <time.h>

TestSuite(own, .fini = leaks_check);

static const int64_t closes_at = 1811808000;    /* 2027-06-01 */
static const int64_t destroyed_at = 1830297600; /* 2028-01-01 */

static int64_t count(const char *sql)
{
    return place_count(&place, sql);
}

static void expect_rows(int64_t responses, int64_t passages)
{
    cr_expect_eq(count("SELECT count(*) FROM zs.response"), responses, "rows of the log");
    cr_expect_eq(count("SELECT count(*) FROM zs.passage"), passages, "texts");
    cr_expect_eq(count("SELECT count(*) FROM zs.response WHERE answers IS NOT NULL"),
                 count("SELECT count(DISTINCT response_id) FROM zs.response AS r WHERE NOT EXISTS (SELECT "
                       "FROM zs.response AS w WHERE w.response_id = r.response_id AND w.kind = 3)"),
                 "of each response the newest revision alone holds answers, and a withdrawn one none");
}

/* ---- sending ---- */

Test(own, is_sent_once_by_a_double_click)
{
    static struct tab clicks[4];
    begin();
    for (int turn = 1; turn <= 4; turn++) {
        citizen_init(&citizen, port_of(app));
        citizen_begin(&citizen, ROUND, "volledig", "");
        citizen_answer(&citizen, "begin.waarom", "waarom=een+keer");
        for (int i = 0; i < 4; i++) {
            tab_open(&clicks[i], &citizen, "/controle", "");
        }
        tabs_post(clicks, 4);
        for (int i = 0; i < 4; i++) {
            expect_redirect(&clicks[i].citizen.reply, "/ontvangst");
            citizen_get(&clicks[i].citizen, "/ontvangst");
            expect_status(&clicks[i].citizen.reply, 200);
            expect_says(&clicks[i].citizen.reply, citizen_code(&citizen));
        }
        expect_rows(turn, turn);
        cr_expect_eq(count("SELECT count(*) FROM zs.draft"), 0);
    }
    end();
}

Test(own, is_not_changed_by_the_back_button)
{
    static struct tab tab;
    char page[512];
    begin();
    citizen_begin(&citizen, ROUND, "volledig", "");
    citizen_answer(&citizen, "begin.houding", "houding=goed");
    citizen_fill(page, sizeof page, &citizen, "begin.waarom", "waarom=na+het+sturen");
    tab_open(&tab, &citizen, "/controle", "");
    citizen_send(&citizen);
    /* The page before, still on the screen, and sent again. */
    citizen_post(&citizen, "/vragen/begin.waarom", page);
    expect_status(&citizen.reply, 400);
    expect_says(&citizen.reply, "na het sturen");
    expect_says(&citizen.reply, "U heeft uw antwoorden al verstuurd");
    citizen_post(&citizen, "/vragen/begin.waarom?taal=en", page);
    expect_says(&citizen.reply, "You have already sent your answers");
    citizen_post(&citizen, "/controle", tab.body);
    expect_redirect(&citizen.reply, "/ontvangst");
    citizen_get(&citizen, "/vragen/begin.waarom");
    expect_redirect(&citizen.reply, "/ontvangst");
    citizen_get(&citizen, "/bewaard");
    expect_redirect(&citizen.reply, "/ontvangst");
    expect_rows(1, 0);
    end();
}

Test(own, is_one_with_what_a_key_holder_sends_under_its_code)
{
    struct client_reply *reply = &citizen.reply;
    char header[64];
    begin();
    const char *key = place_issue_key(&place, "inname", "inname");
    wait_for_key(port_of(app), key);
    citizen_take_part(&citizen, ROUND, "goed", "om+deze+reden");
    snprintf(header, sizeof header, "Deelnamecode: %s\r\n", citizen_code(&citizen));
    api_call(reply, port_of(app), key, "POST", "/v1/rondes/" ROUND "/inzendingen", header,
             "{\"variant\":\"volledig\",\"houding\":\"goed\",\"waarom\":\"om deze reden\"}");
    expect_status(reply, 200);
    api_call(reply, port_of(app), key, "POST", "/v1/rondes/" ROUND "/inzendingen", header,
             "{\"variant\":\"volledig\",\"houding\":\"slecht\",\"waarom\":\"om deze reden\"}");
    expect_status(reply, 409);
    api_call(reply, port_of(app), NULL, "GET", "/v1/rondes/" ROUND "/inzending", header, NULL);
    expect_status(reply, 200);
    expect_says(reply, "om deze reden");
    expect_rows(1, 1);
    end();
}

/* ---- correcting ---- */

Test(own, is_corrected_and_leaves_nothing_of_what_was)
{
    begin();
    citizen_take_part(&citizen, ROUND, "goed", "eerste+reden");
    citizen_correct(&citizen);
    expect_redirect(&citizen.reply, "/controle");
    citizen_get(&citizen, "/controle");
    expect_says(&citizen.reply, "U past uw antwoorden aan");
    citizen_answer(&citizen, "begin.waarom", "waarom=tweede+reden");
    /* Until it is sent, what was sent stands. */
    citizen_get(&citizen, "/ontvangst");
    expect_says(&citizen.reply, "eerste reden");
    citizen_send(&citizen);
    citizen_get(&citizen, "/ontvangst");
    expect_says(&citizen.reply, "Uw nieuwe antwoorden zijn ontvangen");
    expect_says(&citizen.reply, "tweede reden");
    expect_silent(&citizen.reply, "eerste reden");
    expect_rows(2, 1);
    cr_expect_eq(count("SELECT count(*) FROM zs.passage WHERE body = 'eerste reden'"), 0);
    cr_expect_eq(count("SELECT count(*) FROM zs.draft"), 0);
    /* A correction that changes nothing is none. */
    citizen_correct(&citizen);
    citizen_send(&citizen);
    expect_rows(2, 1);
    cr_expect_eq(count("SELECT count(*) FROM zs.draft"), 0);
    end();
}

Test(own, corrected_in_two_places_is_what_was_sent_last)
{
    struct client_reply *reply = &citizen.reply;
    char header[64];
    begin();
    citizen_take_part(&citizen, ROUND, "goed", "eerste");
    citizen_correct(&citizen);
    citizen_answer(&citizen, "begin.waarom", "waarom=van+de+pagina");
    /* Meanwhile a correction under the same code comes in and ends the one begun on the pages... */
    snprintf(header, sizeof header, "Deelnamecode: %s\r\n", citizen_code(&citizen));
    test_sql(place.owner, "CREATE TABLE kept AS SELECT * FROM zs.draft");
    api_call(reply, port_of(app), NULL, "PUT", "/v1/rondes/" ROUND "/inzending", header,
             "{\"houding\":\"slecht\",\"waarom\":\"van elders\"}");
    expect_status(reply, 200);
    cr_expect_eq(count("SELECT count(*) FROM zs.draft"), 0);
    /* ...but for one that was being sent at that moment. */
    test_sql(place.owner, "INSERT INTO zs.draft SELECT * FROM kept");
    citizen_send(&citizen);
    citizen_get(&citizen, "/ontvangst");
    expect_says(&citizen.reply, "van de pagina");
    expect_silent(&citizen.reply, "van elders");
    expect_rows(3, 1);
    cr_expect_eq(count("SELECT count(*) FROM zs.draft"), 0);
    end();
}

Test(own, withdrawn_while_it_is_corrected_stays_withdrawn)
{
    begin();
    citizen_take_part(&citizen, ROUND, "goed", "reden");
    citizen_correct(&citizen);
    test_sql(place.owner, "CREATE TABLE kept AS SELECT * FROM zs.draft");
    citizen_withdraw(&citizen);
    expect_redirect(&citizen.reply, "/ontvangst");
    test_sql(place.owner, "INSERT INTO zs.draft SELECT * FROM kept");
    citizen_send(&citizen);
    citizen_get(&citizen, "/ontvangst");
    expect_status(&citizen.reply, 200);
    expect_says(&citizen.reply, "Uw antwoorden zijn ingetrokken");
    expect_rows(2, 0);
    cr_expect_eq(count("SELECT count(*) FROM zs.draft"), 0, "nothing of it is left");
    end();
}

/* ---- until when ---- */

Test(own, is_withdrawn_after_closing_and_until_its_destruction)
{
    static struct citizen other;
    static struct citizen third;
    begin();
    citizen_init(&other, port_of(app));
    citizen_init(&third, port_of(app));
    citizen_take_part(&citizen, ROUND, "goed", "mijn+reden");
    citizen_take_part(&other, ROUND, "slecht", "andere+reden");
    citizen_take_part(&third, ROUND, "slecht", "derde+reden");
    /* The receipt of an open round, still on a screen when it closes. */
    citizen_get(&citizen, "/ontvangst");
    char body[256];
    snprintf(body, sizeof body, "token=%s", citizen_token(&citizen, "/mijn-antwoorden/correctie"));
    clock_set(closes_at - 60);
    citizen_correct(&other);
    clock_set(closes_at);
    citizen_get(&citizen, "/ontvangst");
    expect_says(&citizen.reply, "mijn reden");
    expect_silent(&citizen.reply, "/mijn-antwoorden/correctie");
    citizen_post(&citizen, "/mijn-antwoorden/correctie", body);
    expect_redirect(&citizen.reply, "/gesloten");
    citizen_get(&other, "/controle");
    snprintf(body, sizeof body, "token=%s", citizen_token(&other, "/controle"));
    citizen_post(&other, "/controle", body);
    expect_redirect(&other.reply, "/gesloten");
    expect_rows(3, 3);

    citizen_withdraw(&citizen);
    expect_redirect(&citizen.reply, "/ontvangst");
    citizen_get(&citizen, "/ontvangst");
    expect_says(&citizen.reply, "Uw antwoorden zijn ingetrokken");
    expect_rows(4, 2);
    clock_set(destroyed_at - 1);
    citizen_withdraw(&other);
    expect_rows(5, 1);
    citizen_get(&third, "/ontvangst");
    expect_says(&third.reply, "derde reden");
    snprintf(body, sizeof body, "token=%s&zeker=ja", citizen_token(&third, "/mijn-antwoorden/intrekking"));
    clock_set(destroyed_at);
    citizen_get(&third, "/ontvangst");
    expect_status(&third.reply, 404);
    expect_silent(&third.reply, "derde reden");
    citizen_post(&third, "/mijn-antwoorden/intrekking", body);
    expect_redirect(&third.reply, "/ontvangst");
    expect_rows(5, 1);
    end();
}

/* ---- codes ---- */

/* The same but for what stands in fields: the token, and the code as it was typed. */
static void same_page(const char *a, const char *b)
{
    static const char value[] = " value=\"";
    while (*a && *a == *b) {
        if (strncmp(a, value, sizeof value - 1) == 0) {
            a += sizeof value - 1 + strcspn(a + sizeof value - 1, "\"");
            b += sizeof value - 1 + strcspn(b + sizeof value - 1, "\"");
        }
        a++;
        b++;
    }
    cr_expect(*a == *b, "differs from here:\n%.300s\n--\n%.300s", a, b);
}

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

Test(own, wrong_codes_are_all_alike)
{
    static struct citizen nobody;
    static struct citizen wrong;
    begin();
    citizen_init(&wrong, port_of(app));
    citizen_init(&nobody, port_of(app));
    citizen_take_part(&citizen, ROUND, "goed", "");
    citizen_resume(&nobody, "0123-4567-89AB-CDEF");
    expect_status(&nobody.reply, 400);
    expect_says(&nobody.reply, "Wij kennen deze code niet");
    cr_expect_str_empty(nobody.participation);
    static const char *const typed[] = {"kort", "UUUU-UUUU-UUUU-UUUU", "0123-4567-89AB-CDEF-0", "%27;--",
                                        "%3Cscript%3E"};
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        citizen_resume(&wrong, typed[i]);
        expect_status(&wrong.reply, 400);
        same_page(nobody.reply.body, wrong.reply.body);
    }
    /* Nothing typed is something else. */
    citizen_resume(&wrong, "++");
    expect_status(&wrong.reply, 400);
    expect_says(&wrong.reply, "Vul uw code in.");
    expect_silent(&wrong.reply, "kennen deze code niet");
    /* What is no code at all is looked up like one: it takes as long. */
    test_sql(place.owner, "ALTER TABLE zs.draft RENAME TO draft_away");
    citizen_resume(&wrong, "kort");
    int malformed = wrong.reply.status;
    citizen_resume(&nobody, "0123-4567-89AB-CDEF");
    cr_expect_eq(malformed, 500);
    cr_expect_eq(nobody.reply.status, 500);
    test_sql(place.owner, "ALTER TABLE zs.draft_away RENAME TO draft");
    /* In English too. */
    citizen_get(&wrong, "/verder?taal=en");
    citizen_resume(&wrong, "kort");
    expect_says(&wrong.reply, "We do not know this code.");
    end();
}

/* The start page asks no database: the cookie tells it. */
Test(own, is_what_the_start_page_knows_of_this_device)
{
    static const char begun[] = "is al iemand met de vragenlijst begonnen";
    static const char sent[] = "Op dit apparaat zijn al antwoorden verstuurd. Waren die van u?";
    static const char anew[] = "Begint u opnieuw? Schrijf dan eerst uw code op.";
    begin();
    citizen_get(&citizen, "/");
    expect_silent(&citizen.reply, begun);
    expect_silent(&citizen.reply, sent);
    expect_silent(&citizen.reply, anew);
    citizen_begin(&citizen, ROUND, "volledig", "");
    citizen_get(&citizen, "/");
    expect_says(&citizen.reply, begun);
    expect_says(&citizen.reply, anew);
    expect_says(&citizen.reply, "href=\"/bewaard\">Toon mijn code</a>");
    citizen_send(&citizen);
    citizen_get(&citizen, "/ontvangst");
    citizen_get(&citizen, "/");
    expect_says(&citizen.reply, sent);
    expect_says(&citizen.reply, "href=\"/ontvangst\"");
    expect_silent(&citizen.reply, begun);
    citizen_correct(&citizen);
    citizen_get(&citizen, "/");
    expect_says(&citizen.reply, begun);
    citizen_send(&citizen);
    citizen_withdraw(&citizen);
    citizen_get(&citizen, "/ontvangst");
    citizen_get(&citizen, "/");
    expect_silent(&citizen.reply, begun);
    expect_silent(&citizen.reply, sent);
    expect_silent(&citizen.reply, anew);
    citizen_get(&citizen, "/ontvangst");
    expect_says(&citizen.reply, "Uw antwoorden zijn ingetrokken");
    end();
}

Test(own, trying_codes_is_slowed_for_who_tries)
{
    static struct citizen patient;
    begin();
    citizen_init(&patient, port_of(app));
    int64_t started = milliseconds();
    for (int i = 0; i < 11; i++) {
        citizen_resume(&citizen, "0123-4567-89AB-CDEF");
    }
    cr_expect_geq(milliseconds() - started, 1000);
    citizen_resume(&citizen, "0123-4567-89AB-CDEF");
    expect_status(&citizen.reply, 400);
    started = milliseconds();
    citizen_take_part(&patient, ROUND, "goed", "");
    char code[CODE_TEXT_BYTES];
    snprintf(code, sizeof code, "%s", citizen_code(&patient));
    patient.participation[0] = '\0';
    citizen_resume(&patient, code);
    expect_redirect(&patient.reply, "/ontvangst");
    citizen_get(&patient, "/ontvangst");
    expect_status(&patient.reply, 200);
    end();
}
