/* The back office's page of live tables: the numbers of the API, under the same roles, embargo and audit. */
#include "app/one_citizen.h"
#include "app/staff.h"

#include <stdio.h>
#include <string.h>

TestSuite(staff_tables, .fini = leaks_check, .timeout = 110);

#define PAGE "/beheer/tabellen/" ROUND

enum { SOON_MS = 10000 };

static const char *key;
static struct client_reply reply;
static struct staff anna;

/* 9 goed, 7 neutraal, 6 slecht, 5 weet-ik-niet, 2 without an answer: 27 answered, of whom 11 men. */
static void fill(void)
{
    static const struct {
        int count;
        const char *answers;
    } sent[] = {{9, "\"houding\":\"goed\",\"gender\":\"vrouw\""},
                {7, "\"houding\":\"neutraal\",\"gender\":\"vrouw\""},
                {6, "\"houding\":\"slecht\",\"gender\":\"man\""},
                {5, "\"houding\":\"weet-ik-niet\",\"gender\":\"man\""},
                {2, "\"gender\":\"vrouw\""}};
    for (size_t i = 0; i < sizeof sent / sizeof sent[0]; i++) {
        for (int n = 0; n < sent[i].count; n++) {
            api_send(port_of(app), key, ROUND, sent[i].answers);
        }
    }
    cr_assert_eq(table_wait(port_of(app), key, ROUND, "houding", "goed", "", 9, SOON_MS), 9);
}

static void begin_filled(void)
{
    begin();
    key = place_issue_key(&place, "analist", "analist,inname");
    wait_for_key(port_of(app), key);
    fill();
    staff_of(&anna, &place, app, "anna", ROLE_ANALIST, NULL);
}

static json_t *api(const char *query)
{
    char target[512];
    snprintf(target, sizeof target, "/v1/consultaties/klein/tabellen?ronde=" ROUND "&%s", query);
    api_call(&reply, port_of(app), key, "GET", target, "", NULL);
    expect_status(&reply, 200);
    return reply_json(&reply);
}

static int64_t lines_of(const char *where)
{
    char sql[512];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM zs.audit_event WHERE action = 'table.view' AND actor = 'anna' AND %s",
             where);
    return place_count(&place, sql);
}

/* Every cell of the last row of the API's answer stands on the page, with its interval. */
static void expect_cells(const json_t *table)
{
    const json_t *lines = json_object_get(table, "rijen");
    const json_t *whole = json_array_get(lines, json_array_size(lines) - 1);
    size_t index, compared = 0;
    json_t *cell;
    json_array_foreach(json_object_get(whole, "cellen"), index, cell)
    {
        const json_t *share = json_object_get(cell, "percentage");
        const json_t *range = json_object_get(cell, "bandbreedte");
        char text[256];
        if (!json_is_number(share)) {
            continue;
        }
        snprintf(text, sizeof text,
                 ">%lld</td>\n<td class=\"utrecht-table__cell utrecht-table__cell--numeric-column\">"
                 "%.1f\xC2\xA0%%</td>\n<td class=\"utrecht-table__cell "
                 "utrecht-table__cell--numeric-column\">%.1f tot %.1f</td>",
                 (long long)json_integer_value(json_object_get(cell, "aantal")), json_number_value(share),
                 json_number_value(json_array_get(range, 0)), json_number_value(json_array_get(range, 1)));
        for (char *c = strchr(text, '.'); c; c = strchr(c, '.')) {
            *c = ',';
        }
        expect_says(&anna.reply, text);
        compared++;
    }
    cr_expect_eq(compared, 4);
}

Test(staff_tables, shows_the_numbers_of_the_api_and_leaves_its_audit_line)
{
    begin_filled();
    staff_get(&anna, "/beheer");
    expect_says(&anna.reply, "href=\"/beheer/tabellen\"");
    expect_says(&anna.reply, "Elke vraag van een ronde uitsplitsen");
    staff_get(&anna, "/beheer/tabellen");
    expect_status(&anna.reply, 200);
    expect_says(&anna.reply, "href=\"" PAGE "\"");
    staff_get(&anna, PAGE);
    expect_status(&anna.reply, 200);
    expect_says(&anna.reply, "<option value=\"houding\">");
    cr_expect_eq(lines_of("object LIKE 'table:" ROUND ":houding%'"), 0);
    staff_get(&anna, PAGE "?variabele=houding&doel=een+kamerbrief");
    expect_status(&anna.reply, 200);
    json_t *table = api("variabele=houding");
    expect_cells(table);
    char position[64];
    snprintf(position, sizeof position, "Plaats in het logboek van antwoorden: %lld",
             (long long)json_integer_value(json_object_get(table, "positie")));
    expect_says(&anna.reply, position);
    expect_says(&anna.reply, "Deze cijfers zijn voorlopig");
    expect_says(&anna.reply, " uur</li>");
    cr_expect_eq(lines_of("origin = 'web' AND result = 'ok' AND object = 'table:" ROUND
                          ":houding,werving=open' AND details->>'doel' = 'een kamerbrief' AND "
                          "details->'vraag'->>'variabele' = 'houding'"),
                 1);
    staff_get(&anna, PAGE "/json?variabele=houding&doel=een+kamerbrief");
    expect_status(&anna.reply, 200);
    json_t *file = reply_json(&anna.reply);
    cr_expect(json_equal(json_object_get(file, "rijen"), json_object_get(table, "rijen")));
    json_decref(file);
    json_decref(table);
    staff_get(&anna, PAGE "/csv?variabele=houding&doel=een+kamerbrief");
    expect_status(&anna.reply, 200);
    api_call(&reply, port_of(app), key, "GET",
             "/v1/consultaties/klein/tabellen?ronde=" ROUND "&variabele=houding", "text/csv", NULL);
    cr_expect_eq(lines_of("origin = 'web' AND result = 'ok' AND details->>'doel' = 'een kamerbrief'"), 3);
    end();
}

/* What a form sends is put together into one address, in the parameters of the API. */
Test(staff_tables, have_one_address_that_can_be_shared)
{
    begin_filled();
    staff_get(&anna, PAGE "?variabele=houding&groepeerOp=&groepeerOp2=gender&groepeerOp3=&werving=open&maat="
                          "&erbij=gender:man&filter=gender:vrouw&doel=een+kamerbrief");
    expect_status(&anna.reply, 303);
    cr_expect_str_eq(client_header(&anna.reply, "Location"),
                     PAGE "?variabele=houding&groepeerOp=gender&filter=gender:vrouw%7Cman&werving=open"
                          "&doel=een%20kamerbrief");
    staff_get(&anna, PAGE "?variabele=houding&groepeerOp=gender&doel=een+kamerbrief");
    expect_status(&anna.reply, 200);
    expect_says(&anna.reply, "<option value=\"gender\" selected>");
    expect_says(&anna.reply, PAGE "?variabele=houding&amp;groepeerOp=gender\"");
    expect_says(&anna.reply, "/v1/consultaties/klein/tabellen?ronde=" ROUND
                             "&amp;variabele=houding&amp;groepeerOp=gender</code>");
    /* Few men; a cell of too few is marked, and no number stands in its place. */
    expect_says(&anna.reply, "Verborgen cellen: ");
    expect_says(&anna.reply, ">verborgen</td>");
    staff_get(&anna, PAGE "?taal=en&variabele=houding&doel=a+letter");
    expect_says(&anna.reply, "Interval (95%)");
    end();
}

Test(staff_tables, say_what_is_wrong_with_an_address)
{
    static const struct {
        const char *query, *says;
    } wrong[] = {
        {"werving=open&basis=antwoord", "Kies een vraag.</a>"},
        {"werving=open&basis=antwoord&doel=x", "id=\"keuze-variabele-fout\">Fout: Kies een vraag.<"},
        {"doel=x", "Kies een vraag."},
        {"variabele=houding", "id=\"keuze-doel-fout\">Fout: Schrijf waarvoor u deze cijfers gebruikt"},
        {"variabele=houding&doel=%0a%09", "Schrijf waarvoor u deze cijfers gebruikt"},
        {"variabele=%3Cscript%3E&doel=x", "Kies een vraag die in deze ronde is gesteld"},
        {"variabele=houding&doel=x&groepeerOp=houding", "en niet de vraag zelf"},
        {"variabele=houding&doel=x&groepeerOp=a,b,c,d,e", "Kies ten hoogste drie"},
        {"variabele=houding&doel=x&filter=%27%3B--", "Schrijf filters als"},
        {"variabele=houding&doel=x&filter=gender:%7C%7C", "Schrijf filters als"},
        {"variabele=houding&doel=x&werving=post", "Kies uit de lijst hoe mensen meededen"},
        {"variabele=houding&doel=x&basis=%22onmouseover%3D1", "Kies een basis"},
        {"variabele=houding&doel=x&maat=mediaan", "Deze maat past niet"},
        {"variabele=houding&doel=x&gewogen=ja", "Kies gewogen of niet gewogen"},
        {"variabele=houding&doel=x&gewogen=true", "zijn er geen gewichten"},
    };
    begin_filled();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char target[256];
        snprintf(target, sizeof target, PAGE "?%s", wrong[i].query);
        staff_get(&anna, target);
        expect_status(&anna.reply, 200);
        expect_says(&anna.reply, wrong[i].says);
        expect_silent(&anna.reply, "<script>");
        expect_silent(&anna.reply, "value=\"\"onmouseover");
        expect_silent(&anna.reply, "<h3");
        snprintf(target, sizeof target, PAGE "/csv?%s", wrong[i].query);
        if (!strstr(wrong[i].query, "gewogen=true")) {
            staff_get(&anna, target);
            expect_status(&anna.reply, 303);
        }
    }
    cr_expect_eq(lines_of("result = 'ok'"), 0);
    staff_get(&anna, "/beheer/tabellen/er-is-geen-ronde");
    expect_status(&anna.reply, 404);
    end();
}

Test(staff_tables, end_with_embargo_and_role)
{
    static struct staff reader, elsewhere;
    static const char asked[] = PAGE "?variabele=houding&doel=een+kamerbrief";
    begin_filled();
    staff_of(&reader, &place, app, "lies", ROLE_LEZER, NULL);
    staff_get(&reader, asked);
    expect_status(&reader.reply, 403);
    place_publish(&place, REAL_CONSULTATION);
    staff_of(&elsewhere, &place, app, "eva", ROLE_ANALIST, "biotechnologie-2026");
    staff_get(&elsewhere, asked);
    expect_status(&elsewhere.reply, 403);
    staff_get(&elsewhere, "/beheer/tabellen");
    expect_silent(&elsewhere.reply, "href=\"" PAGE "\"");
    cr_expect_eq(place_amend_round(&place, ROUND, 0, "gesloten"), ROUND_CHANGED);
    staff_wait_until_says(&anna, asked, "De tussenstand is gesloten");
    expect_silent(&anna.reply, "<table");
    cr_expect_geq(lines_of("result = 'refused' AND object = 'table:" ROUND "'"), 1);
    static const char *const files[] = {"/csv?variabele=houding&doel=x", "/json?variabele=houding&doel=x",
                                        "/tabellenboek", "/gewichten"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char target[128];
        snprintf(target, sizeof target, PAGE "%s", files[i]);
        staff_get(&anna, target);
        expect_status(&anna.reply, 303);
    }
    end();
}

/* Files of the whole round come through the session too. */
Test(staff_tables, give_the_book_and_the_weights)
{
    begin_filled();
    staff_get(&anna, PAGE "/tabellenboek?formaat=zip");
    expect_status(&anna.reply, 303);
    staff_get(&anna, PAGE "/tabellenboek?formaat=xlsx");
    expect_status(&anna.reply, 200);
    cr_expect(strstr(client_header(&anna.reply, "Content-Type"), "spreadsheetml"));
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'book.made' AND "
                                     "actor = 'anna' AND origin = 'web' AND result = 'ok'"),
                 1);
    staff_get(&anna, PAGE "/gewichten");
    expect_status(&anna.reply, 200);
    cr_expect_eq(lines_of("object = 'table:" ROUND ":gewichten' AND origin = 'web'"), 1);
    end();
}
