/* The life of a round: not yet open, open, closed, destroyed; pilots; results that are not for now. */
#include "app/one_citizen.h"

#include <stdio.h>

TestSuite(round_life, .fini = leaks_check, .timeout = 110);

enum { SOON_MS = 10000 };

static const int64_t before_all = 1780185600;    /* 2026-05-31: the first rounds open tomorrow */
static const int64_t after_opening = 1804000000; /* 2027-03-02: klein-later is open */
static const int64_t after_closing = 1811894400; /* 2027-06-02: every round closed the day before */
static const int64_t destroyed = 1830384000;     /* 2028-01-02 */

static struct client_reply reply;

static int64_t responses(void)
{
    return place_count(&place, "SELECT count(*) FROM zs.response WHERE answers IS NOT NULL");
}

static void try_to_begin(const char *round)
{
    char body[128];
    snprintf(body, sizeof body, "ronde=%s&versie=volledig&via=", round);
    citizen_post(&citizen, "/deelname", body);
}

Test(round_life, begins_on_its_day)
{
    begin();
    try_to_begin("klein-later");
    expect_redirect(&citizen.reply, "/gesloten");
    cr_expect_str_empty(citizen.participation);
    citizen_get(&citizen, "/gesloten");
    expect_status(&citizen.reply, 200);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.draft"), 0);
    clock_set(before_all);
    citizen_get(&citizen, "/");
    expect_says(&citizen.reply, "U kunt meedoen vanaf");
    expect_silent(&citizen.reply, "action=\"/deelname\"");
    try_to_begin(ROUND);
    expect_redirect(&citizen.reply, "/gesloten");
    clock_set(after_opening);
    citizen_get(&citizen, "/");
    expect_says(&citizen.reply, "action=\"/deelname\"");
    citizen_begin(&citizen, "klein-later", "volledig", "");
    expect_redirect(&citizen.reply, "/vragen/begin.doet-mee-voor");
    try_to_begin("er-is-geen-ronde");
    expect_status(&citizen.reply, 404);
    end();
}

Test(round_life, may_be_prolonged_and_says_so)
{
    const int64_t later = after_closing + DAY_S;
    begin();
    citizen_get(&citizen, "/");
    expect_silent(&citizen.reply, "is de sluitingsdatum veranderd");
    expect_says(&citizen.reply, "alleen onderzoekers");
    cr_expect_eq(place_amend_round(&place, "er-is-geen-ronde", later, ""), ROUND_UNKNOWN);
    cr_expect_eq(place_amend_round(&place, ROUND, clock_begin - 1, ""), ROUND_NOT_POSSIBLE, "in the past");
    cr_expect_eq(place_amend_round(&place, ROUND, destroyed, ""), ROUND_NOT_POSSIBLE, "past its destruction");
    cr_expect_eq(place_amend_round(&place, ROUND, 0, "analisten"), ROUND_NOT_POSSIBLE, "as it was");
    cr_expect_eq(place_amend_round(&place, ROUND, later, "openbaar"), ROUND_CHANGED);
    clock_set(after_closing);
    wait_for_status(port_of(app), "/gereed", 200, SOON_MS);
    for (int waited = 0; waited < SOON_MS; waited += 100) {
        citizen_get(&citizen, "/");
        if (strstr(citizen.reply.body, "action=\"/deelname\"")) {
            break;
        }
        client_sleep_ms(100);
    }
    expect_says(&citizen.reply, "action=\"/deelname\"");
    expect_says(
        &citizen.reply,
        "Op 15 januari 2027 is de sluitingsdatum veranderd. Eerst kon u meedoen tot en met 1 juni 2027.");
    expect_says(&citizen.reply, "Op 15 januari 2027 is veranderd wie de voorlopige uitkomsten ziet.");
    expect_says(&citizen.reply, "kan iedereen de voorlopige uitkomsten zien");
    cr_expect_eq(
        place_count(
            &place,
            "SELECT count(*) FROM zs.audit_event WHERE action = 'round.amend' AND object = 'round:" ROUND
            "' AND details->'before'->>'interim' = 'analisten' AND details->>'interim' = 'openbaar'"),
        1);
    place_close_round(&place, ROUND);
    cr_expect_eq(place_amend_round(&place, ROUND, later + 1, ""), ROUND_NOT_POSSIBLE, "closed");
    end();
}

/* A round that closes at midnight is open until the day before, and every page names that day. */
Test(round_life, is_told_by_its_last_day)
{
    static const char *const pages[] = {"/", "/papier", "/ontvangst", "/uitkomsten/klein",
                                        "/consultaties/klein/wat-er-mee-gebeurt"};
    const int64_t midnight = 1814392800; /* 2027-07-01T00:00:00+02:00 */
    begin();
    citizen_take_part(&citizen, ROUND, "goed", "Dit.");
    cr_expect_eq(place_amend_round(&place, ROUND, midnight, ""), ROUND_CHANGED);
    for (int waited = 0; waited < SOON_MS && !strstr(citizen.reply.body, "30 juni 2027"); waited += 100) {
        client_sleep_ms(100);
        citizen_get(&citizen, "/");
    }
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        citizen_get(&citizen, pages[i]);
        expect_status(&citizen.reply, 200);
        expect_says(&citizen.reply, "30 juni 2027");
        expect_silent(&citizen.reply, "1 juli 2027");
    }
    clock_set(midnight);
    citizen_get(&citizen, "/");
    expect_says(&citizen.reply, "U kon meedoen tot en met 30 juni 2027.");
    end();
}

/* From its closing time on its results are seen and released: nobody takes answers for it again. */
Test(round_life, is_not_prolonged_once_it_is_over)
{
    const int64_t closes = 1811808000;
    begin();
    clock_set(closes - 1);
    cr_expect_eq(place_amend_round(&place, ROUND, closes + DAY_S, ""), ROUND_CHANGED, "its last second");
    clock_set(closes + DAY_S);
    cr_expect_eq(place_amend_round(&place, ROUND, closes + 2 * DAY_S, ""), ROUND_NOT_POSSIBLE);
    cr_expect_eq(place_amend_round(&place, ROUND, 0, "openbaar"), ROUND_NOT_POSSIBLE);
    cr_expect_eq(place_count(&place, "SELECT extract(epoch FROM closes_at)::int8 FROM zs.round WHERE code = "
                                     "'" ROUND "'"),
                 closes + DAY_S);
    end();
}

Test(round_life, ends_on_its_day_but_not_for_what_was_said)
{
    char page[256];
    char check[256];
    char code[CODE_TEXT_BYTES];
    struct citizen late;
    begin();
    citizen_take_part(&citizen, ROUND, "goed", "Eerst+dit.");
    snprintf(code, sizeof code, "%s", citizen_code(&citizen));
    citizen_init(&late, port_of(app));
    citizen_begin(&late, ROUND, "volledig", "");
    citizen_get(&late, "/vragen/begin.waarom");
    snprintf(page, sizeof page, "token=%s&waarom=Te+laat", citizen_token(&late, "/vragen/begin.waarom"));
    citizen_get(&late, "/controle");
    snprintf(check, sizeof check, "token=%s", citizen_token(&late, "/controle"));

    clock_set(after_closing);
    citizen_post(&late, "/vragen/begin.waarom", page);
    expect_status(&late.reply, 409);
    expect_says(&late.reply, "Te laat");
    expect_says(&late.reply, "De vragenlijst is intussen gesloten");
    citizen_post(&late, "/vragen/begin.waarom?taal=en", page);
    expect_says(&late.reply, "Te laat");
    expect_says(&late.reply, "The questionnaire has closed in the meantime");
    citizen_post(&late, "/controle", check);
    expect_redirect(&late.reply, "/gesloten");
    cr_expect_eq(responses(), 1);

    citizen_get(&citizen, "/ontvangst");
    expect_status(&citizen.reply, 200);
    expect_says(&citizen.reply, "Eerst dit.");
    expect_silent(&citizen.reply, "action=\"/mijn-antwoorden/correctie\"");
    snprintf(page, sizeof page, "token=%s", citizen_token(&citizen, "/mijn-antwoorden/intrekking"));
    citizen_post(&citizen, "/mijn-antwoorden/correctie", page);
    expect_redirect(&citizen.reply, "/gesloten");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.draft"), 1, "the late one's own");

    snprintf(page + strlen(page), sizeof page - strlen(page), "&zeker=ja");
    citizen_post(&citizen, "/mijn-antwoorden/intrekking", page);
    expect_redirect(&citizen.reply, "/ontvangst");
    cr_expect_eq(responses(), 0);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.passage"), 0);
    citizen_get(&citizen, "/ontvangst");
    expect_says(&citizen.reply, "ingetrokken");
    end();
}

Test(round_life, leaves_nothing_after_its_destruction_date)
{
    char header[64];
    begin();
    citizen_take_part(&citizen, ROUND, "goed", "Eerst+dit.");
    snprintf(header, sizeof header, "Deelnamecode: %s\r\n", citizen_code(&citizen));
    clock_set(destroyed);
    citizen_get(&citizen, "/ontvangst");
    cr_expect_neq(citizen.reply.status, 500);
    expect_silent(&citizen.reply, "Eerst dit.");
    api_call(&reply, port_of(app), NULL, "GET", "/v1/rondes/" ROUND "/inzending", header, NULL);
    expect_status(&reply, 404);
    api_call(&reply, port_of(app), NULL, "DELETE", "/v1/rondes/" ROUND "/inzending", header, NULL);
    expect_status(&reply, 404);
    end();
}

Test(round_life, of_a_pilot_is_never_counted)
{
    begin();
    const char *key = place_issue_key(&place, "analist", "analist");
    people_take_part(&app, 1, "klein-proef", "goed");
    people_take_part(&app, 1, ROUND, "slecht");
    cr_expect_eq(
        table_wait(port_of(app), key, ROUND, "houding", "slecht", "&werving=alle", SHOWN_COUNT, SOON_MS),
        SHOWN_COUNT);
    api_call(&reply, port_of(app), key, "GET", "/v1/rondes/klein-proef/tabel?variabele=houding", "", NULL);
    expect_status(&reply, 404);
    end();
}

Test(round_life, tells_nobody_results_while_they_are_closed)
{
    const char *target = "/v1/rondes/klein-dicht/tabel?variabele=houding&werving=alle";
    begin();
    const char *key = place_issue_key(&place, "analist", "analist");
    people_take_part(&app, 1, "klein-dicht", "goed");
    for (int waited = 0; reply.status != 403 && waited < SOON_MS; waited += 20) {
        api_call(&reply, port_of(app), key, "GET", target, "", NULL);
        client_sleep_ms(20);
    }
    expect_status(&reply, 403);
    expect_says(&reply, "tussenstand");
    cr_expect_geq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'table.view' AND "
                                      "result = 'refused'"),
                  1);
    clock_set(after_closing);
    cr_expect_eq(table_wait(port_of(app), key, "klein-dicht", "houding", "goed", "&werving=alle", SHOWN_COUNT,
                            SOON_MS),
                 SHOWN_COUNT);
    end();
}

/* ---- the calendar ---- */

static void change_later(const char *change)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "WITH changed AS (UPDATE zs.round SET %s WHERE code = 'klein-later' RETURNING 1)"
             " SELECT count(*) FROM changed",
             change);
    cr_assert_eq(place_count(&place, sql), 1);
}

static json_t *consultation_when(const char *kind)
{
    json_t *body = NULL;
    for (int waited = 0; waited < SOON_MS; waited += 100) {
        api_call(&reply, port_of(app), NULL, "GET", "/v1/consultaties/klein", "", NULL);
        expect_status(&reply, 200);
        body = reply_json(&reply);
        const char *is = json_string_value(json_object_get(json_object_get(body, "volgende"), "soort"));
        if (is ? kind && strcmp(is, kind) == 0 : !kind) {
            return body;
        }
        json_decref(body);
        client_sleep_ms(100);
    }
    cr_assert_fail("there is no next round of kind %s: %s", kind ? kind : "none", reply.body);
    return NULL;
}

Test(round_life, tells_which_round_comes_next)
{
    static const char *const calendar[] = {"klein-1", "klein-2", "klein-dicht", NULL};
    size_t i;
    json_t *line;
    begin();
    citizen_get(&citizen, "/");
    expect_says(&citizen.reply, "In deze ronde vragen wij naar alle onderwerpen.");
    /* Published, and nobody opened it yet: when and of what kind is told, and no more. */
    change_later("status = 'draft', document = document || '{\"kind\": \"puls\"}'");
    json_t *body = consultation_when("puls");
    const json_t *next = json_object_get(body, "volgende");
    cr_expect_str_eq(json_string_value(json_object_get(next, "opentOp")), "2027-03-01T00:00:00Z");
    cr_expect_eq(json_object_size(next), 3);
    json_array_foreach(json_object_get(body, "kalender"), i, line)
    {
        const char *code = json_string_value(json_object_get(line, "ronde"));
        const char *status = json_string_value(json_object_get(line, "status"));
        cr_assert_lt(i, sizeof calendar / sizeof calendar[0]);
        cr_expect(calendar[i] ? code && strcmp(code, calendar[i]) == 0 : !code, "%zu: %s", i, code);
        cr_expect_str_eq(status, calendar[i] ? "open" : "nog-niet-open");
    }
    cr_expect_eq(i, sizeof calendar / sizeof calendar[0], "no pilot: %zu", i);
    json_decref(body);
    for (i = 0; calendar[i]; i++) {
        place_close_round(&place, calendar[i]);
    }
    place_close_round(&place, "klein-proef");
    static const char said[] =
        "De volgende ronde begint op 1 maart 2027. Dat wordt een korte peiling met een paar vaste vragen.";
    for (int waited = 0; waited < SOON_MS; waited += 100) {
        citizen_get(&citizen, "/");
        if (strstr(citizen.reply.body, said)) {
            break;
        }
        client_sleep_ms(100);
    }
    expect_says(&citizen.reply, said);
    /* Called off. */
    change_later("status = 'closed'");
    json_decref(consultation_when(NULL));
    citizen_get(&citizen, "/");
    expect_silent(&citizen.reply, "De volgende ronde");
    end();
}
