/* Tables by API: what an analyst gets, in which words, and every way not to get one. */
#include "app/fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(tables, .fini = leaks_check, .timeout = 110);

enum { SOON_MS = 10000 };

static struct place place;
static struct app *app;
static struct client_reply reply;
static const char *key;

static void begin(void)
{
    place_make(&place, SMALL_CONSULTATION);
    key = place_issue_key(&place, "analist", "analist,inname");
    app = app_up(&place);
    wait_for_key(port_of(app), key);
}

static void end(void)
{
    app_down(app);
    place_remove(&place);
}

static void send_many(const char *round, int count, const char *answers)
{
    for (int i = 0; i < count; i++) {
        api_send(port_of(app), key, round, answers);
    }
}

static json_t *get(const char *query, int status)
{
    char target[512];
    snprintf(target, sizeof target, "/v1/consultaties/klein/tabellen?%s", query);
    api_call(&reply, port_of(app), key, "GET", target, "", NULL);
    expect_status(&reply, status);
    return reply_json(&reply);
}

static const json_t *whole_of(const json_t *table)
{
    const json_t *lines = json_object_get(table, "rijen");
    return json_array_get(lines, json_array_size(lines) - 1);
}

static const json_t *cell_of(const json_t *line, const char *answer)
{
    size_t index;
    json_t *cell;
    json_array_foreach(json_object_get(line, "cellen"), index, cell)
    {
        if (strcmp(json_string_value(json_object_get(cell, "antwoord")), answer) == 0) {
            return cell;
        }
    }
    cr_assert_fail("no cell %s", answer);
    return NULL;
}

static double number(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    cr_assert(json_is_number(value), "%s: %s", name, json_dumps(object, 0));
    return json_number_value(value);
}

static const char *text(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));
    return value ? value : "";
}

/* 9 goed, 7 neutraal, 6 slecht, 5 weet-ik-niet, 5 without an answer. */
static void fill(void)
{
    send_many(ROUND, 9, "\"houding\":\"goed\",\"gender\":\"vrouw\"");
    send_many(ROUND, 7, "\"houding\":\"neutraal\",\"gender\":\"vrouw\"");
    send_many(ROUND, 6, "\"houding\":\"slecht\",\"gender\":\"man\"");
    send_many(ROUND, 5, "\"houding\":\"weet-ik-niet\",\"gender\":\"man\"");
    send_many(ROUND, 5, "\"gender\":\"vrouw\"");
    cr_assert_eq(table_wait(port_of(app), key, ROUND, "houding", "geen-antwoord", "", 5, SOON_MS), 5);
}

Test(tables, tell_shares_and_what_stands_with_them)
{
    begin();
    fill();
    json_t *table = get("ronde=klein-1&variabele=houding", 200);
    const json_t *whole = whole_of(table);
    cr_expect_eq(number(whole, "gevraagd"), 32);
    cr_expect_eq(number(whole, "basis"), 27);
    cr_expect_eq(number(whole, "effectiefAantal"), 27);
    const json_t *good = cell_of(whole, "goed");
    double share = 9.0 / 27;
    cr_expect_eq(number(good, "aantal"), 9);
    cr_expect_float_eq(number(good, "percentage"), 100 * share, 1e-12);
    cr_expect_float_eq(number(good, "standaardfout"), 100 * sqrt(32.0 / 31 * share * (1 - share) / 27),
                       1e-12);
    cr_expect_str_eq(text(json_array_get(json_object_get(good, "voorbehoud"), 0), ""), "");
    cr_expect(json_is_null(json_object_get(cell_of(whole, "geen-antwoord"), "percentage")));
    cr_expect_eq(number(cell_of(whole, "geen-antwoord"), "aantal"), 5);
    cr_expect_str_eq(text(table, "weergave"), "analist");
    cr_expect_str_eq(text(table, "ronde"), "klein-1");
    cr_expect_str_eq(text(table, "basis"), "antwoord");
    cr_expect(strstr(text(table, "maatToelichting"), "Weet ik niet telt er niet in mee"));
    cr_expect_str_eq(text(table, "werving"), "open");
    cr_expect_str_eq(text(table, "kanaal"), "alle");
    cr_expect_str_eq(text(table, "opentOp"), "2026-06-01T00:00:00Z");
    cr_expect(json_is_true(json_object_get(table, "voorlopig")));
    cr_expect(json_is_false(json_object_get(table, "gewogen")));
    cr_expect_eq(number(table, "drempel"), SHOWN_FROM);
    json_decref(table);
    end();
}

Test(tables, tell_means_of_a_scale_of_who_has_an_opinion)
{
    begin();
    fill();
    json_t *table = get("ronde=klein-1&variabele=houding&basis=mening&maat=gemiddelde,overeenstemming", 200);
    const json_t *measures = json_object_get(whole_of(table), "maten");
    const json_t *mean = json_object_get(measures, "gemiddelde");
    double m = (9 * 3 + 7 * 2 + 6) / 22.0;
    double spread = 9 * (3 - m) * (3 - m) + 7 * (2 - m) * (2 - m) + 6 * (1 - m) * (1 - m);
    cr_expect_eq(number(whole_of(table), "basis"), 22);
    cr_expect_str_eq(text(table, "maatToelichting"), "", "shares and measures are of the same people");
    cr_expect_float_eq(number(mean, "waarde"), m, 1e-12);
    cr_expect_float_eq(number(mean, "standaardfout"), sqrt(32.0 / 31 * spread) / 22, 1e-12);
    cr_expect_lt(number(json_object_get(measures, "overeenstemming"), "waarde"), 0.5);
    cr_expect_null(json_object_get(whole_of(table), "cellen"), "only measures were asked");
    cr_expect_null(json_object_get(measures, "netto"));
    json_decref(table);
    end();
}

Test(tables, split_an_answer_by_others_and_withhold_what_is_small)
{
    begin();
    fill();
    json_t *table = get("ronde=klein-1&variabele=houding&groepeerOp=gender,kleur&basis=gevraagd", 200);
    const json_t *lines = json_object_get(table, "rijen");
    cr_expect_eq(json_array_size(json_object_get(table, "groepeerOp")), 2);
    cr_expect_eq(json_array_size(lines), 5 * 6);
    const json_t *small = cell_of(json_array_get(lines, 0), "slecht");
    cr_expect(json_is_null(json_object_get(small, "aantal")));
    cr_expect_str_eq(text(small, "aantalReden"), "te-weinig-mensen");
    cr_expect_str_eq(text(small, "percentageReden"), "te-weinig-mensen");
    json_decref(table);
    table = get("ronde=klein-1&variabele=houding&filter=gender:vrouw&basis=gevraagd", 200);
    cr_expect_eq(number(cell_of(whole_of(table), "goed"), "aantal"), 9);
    const json_t *filters = json_object_get(table, "filters");
    cr_expect_eq(json_array_size(filters), 2, "the stream and the gender");
    cr_expect_str_eq(text(json_array_get(filters, 1), "variabele"), "gender");
    json_decref(table);
    end();
}

/* What every line of the table as CSV says in the column "melding". */
static void expect_notice(const char *query, const char *notice)
{
    char target[256], cell[256];
    snprintf(target, sizeof target, "/v1/consultaties/klein/tabellen?ronde=klein-1&%s", query);
    api_call(&reply, port_of(app), key, "GET", target, "Accept: text/csv\r\n", NULL);
    expect_status(&reply, 200);
    snprintf(cell, sizeof cell, notice[0] ? ",antwoord,\"%s\",analist," : ",antwoord,%s,analist,", notice);
    const char *line = strstr(reply.body, "\r\n");
    cr_assert_not_null(line);
    for (line += 2; *line; line = strstr(line, "\r\n") + 2) {
        const char *found = strstr(line, cell);
        cr_expect(found && found < strstr(line, "\r\n"), "%s in %s", cell, line);
    }
}

/* Nobody, two people, and a table with figures. */
Test(tables, say_in_words_that_a_filter_leaves_too_few)
{
    begin();
    fill();
    send_many(ROUND, 2, "\"houding\":\"goed\",\"gender\":\"man\"");
    cr_assert_eq(table_wait(port_of(app), key, ROUND, "houding", "goed", "", 11, SOON_MS), 11);
    json_t *few = get("ronde=klein-1&variabele=kleur&filter=houding:goed,gender:man", 200);
    json_t *none = get("ronde=klein-1&variabele=kleur&werving=panel", 200);
    json_t *some = get("ronde=klein-1&variabele=houding", 200);
    cr_expect_neq(strstr(text(none, "melding"), "te weinig mensen"), NULL);
    cr_expect_str_eq(text(none, "melding"), text(few, "melding"), "nobody reads as a few");
    cr_expect_null(json_object_get(some, "melding"));
    cr_expect_eq(json_array_size(json_object_get(none, "rijen")), 1);
    expect_notice("variabele=kleur&werving=panel", text(none, "melding"));
    expect_notice("variabele=houding", "");
    json_decref(few);
    json_decref(none);
    json_decref(some);
    end();
}

Test(tables, say_the_same_as_csv)
{
    char line[512];
    begin();
    fill();
    json_t *table = get("ronde=klein-1&variabele=houding", 200);
    const json_t *good = cell_of(whole_of(table), "goed");
    const json_t *bounds = json_object_get(good, "bandbreedte");
    snprintf(line, sizeof line, "klein,klein-1,houding,goed,Goed,9,,%.17g,,%.17g,%.17g,%.17g,32,,27,,",
             number(good, "percentage"), number(good, "standaardfout"),
             json_number_value(json_array_get(bounds, 0)), json_number_value(json_array_get(bounds, 1)));
    json_decref(table);
    api_call(&reply, port_of(app), key, "GET",
             "/v1/consultaties/klein/tabellen?ronde=klein-1&variabele=houding", "Accept: text/csv\r\n", NULL);
    expect_status(&reply, 200);
    cr_expect(strstr(reply.head, "text/csv; charset=utf-8; header=present"));
    cr_expect(strstr(reply.head, "filename=\"klein-1-houding.csv\""));
    expect_says(&reply, "\xef\xbb\xbf"
                        "consultatie,ronde,variabele,antwoord,label,aantal,");
    expect_says(&reply, line);
    end();
}

/* ---- what is asked wrongly ---- */

/* "parameter code;" of every fault, in order. */
static void expect_faults(const char *query, const char *faults)
{
    char found[512] = "";
    json_t *problem = get(query, 400);
    size_t index;
    json_t *item;
    json_array_foreach(json_object_get(problem, "errors"), index, item)
    {
        size_t len = strlen(found);
        snprintf(found + len, sizeof found - len, "%s %s;", text(item, "parameter"), text(item, "code"));
        cr_expect_str_not_empty(text(item, "detail"));
    }
    cr_expect_str_eq(found, faults, "%s: %s", query, found);
    json_decref(problem);
}

Test(tables, name_every_fault_of_a_query)
{
    begin();
    expect_faults("", "variabele verplicht;");
    expect_faults("variabele=nergens", "variabele onbekend;");
    expect_faults("variabele=houding&ronde=klein-proef", "ronde onbekend;");
    expect_faults("variabele=houding&ronde=", "ronde onbekend;");
    expect_faults("variabele=houding&groepeerOp=houding", "groepeerOp dubbel;");
    expect_faults("variabele=houding&groepeerOp=gender,gender", "groepeerOp dubbel;");
    expect_faults("variabele=houding&groepeerOp=gender,kleur,leeftijd,taal", "groepeerOp te-veel;");
    expect_faults("variabele=houding&groepeerOp=waarom", "groepeerOp onbekend;");
    expect_faults("variabele=houding&groepeerOp=", "groepeerOp onbekend;");
    expect_faults("variabele=houding&filter=gender", "filter onbekend;");
    expect_faults("variabele=houding&filter=gender:", "filter onbekend;");
    expect_faults("variabele=houding&filter=gender:vrouw|vrouw", "filter dubbel;");
    expect_faults("variabele=houding&filter=gender:vrouw,gender:man", "filter dubbel;");
    expect_faults("variabele=houding&filter=leeftijd:jonger-dan-16", "filter niemand;");
    expect_faults("variabele=houding&filter=houding:goed", "filter dubbel;");
    expect_faults("variabele=houding&filter=werving:panel", "filter dubbel;");
    expect_faults("variabele=houding&maat=netto", "maat past-niet;");
    expect_faults("variabele=gender&maat=gemiddelde", "maat past-niet;");
    expect_faults("variabele=houding&maat=mediaan", "maat onbekend;");
    expect_faults("variabele=nergens&groepeerOp=x&filter=y&werving=z&kanaal=a&kwaliteit=b&gewogen=c&basis=d"
                  "&maat=e&weergave=f",
                  "weergave onbekend;variabele onbekend;groepeerOp onbekend;werving onbekend;kanaal onbekend;"
                  "kwaliteit onbekend;filter onbekend;gewogen onbekend;basis onbekend;maat onbekend;");
    json_decref(get("variabele=houding&naar=gender", 400));
    json_decref(get("variabele=houding&gewogen=true&ronde=klein-1", 409));
    end();
}

/* ---- who may see what ---- */

static void expect_view(const char *own_key, const char *query, int status, const char *problem)
{
    char target[256];
    snprintf(target, sizeof target, "/v1/consultaties/%s", query);
    api_call(&reply, port_of(app), own_key, "GET", target, "", NULL);
    expect_status(&reply, status);
    if (problem) {
        expect_says(&reply, problem);
    }
}

Test(tables, are_shown_to_whom_the_round_says)
{
    begin();
    expect_view(key, "nergens/tabellen?variabele=houding", 404, NULL);
    expect_view(key, "klein/tabellen?variabele=houding&ronde=klein-dicht", 403, "tussenstand-gesloten");
    expect_view(NULL, "klein/tabellen?variabele=houding&ronde=klein-1", 403, "tussenstand-gesloten");
    expect_view(NULL, "klein/tabellen?variabele=houding&ronde=klein-1&weergave=analist", 401, NULL);
    expect_view("zs_geen", "klein/tabellen?variabele=houding&ronde=klein-1", 401, NULL);
    expect_view(key, "klein/tabellen?variabele=houding&ronde=klein-1&weergave=openbaar", 403,
                "tussenstand-gesloten");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'table.view' AND "
                                     "object = 'table:klein-dicht' AND result = 'refused'"),
                 1);
    static const char *const closed[] = {"tabellen?variabele=houding&", "waarden?", "rangordes?",
                                         "gewichten?"};
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++) {
        char query[128];
        snprintf(query, sizeof query, "klein/%sronde=klein-dicht", closed[i]);
        expect_view(key, query, 403, "tussenstand-gesloten");
    }
    clock_set(1811894400); /* 2027-06-02: every round is closed */
    expect_view(key, "klein/tabellen?variabele=houding&ronde=klein-dicht", 200, "\"voorlopig\":false");
    end();
}

/* The codebook is public: what is wrong with a question tells nothing of the answers. */
Test(tables, say_what_is_wrong_with_a_question_before_the_embargo)
{
    begin();
    expect_view(NULL, "klein/tabellen?variabele=nergens&maat=mediaan&ronde=klein-1", 400, "variabele");
    expect_says(&reply, "\"parameter\":\"maat\"");
    expect_silent(&reply, "tussenstand");
    expect_view(NULL, "klein/waarden?waarde=nergens&ronde=klein-1", 400, "waarde");
    expect_view(NULL, "klein/trends?variabele=nergens", 400, "variabele");
    expect_view(NULL, "klein/trends?variabele=houding", 403, "tussenstand-gesloten");
    expect_view(key, "klein/tabellen?variabele=nergens&ronde=klein-dicht", 400, "variabele");
    expect_view(key, "klein/rangordes?vraag=nergens&ronde=klein-dicht", 400, "vraag");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'table.view'"), 0);
    end();
}

/* 2028-01-01, the destruction date of all rounds of the consultation. */
enum { DESTRUCTION = 1830297600 };
/* Nothing outside tells that memory was emptied or filled. It is looked after four times a second: so long
 * even a machine that is very busy has done it. */
enum { FOLLOWED_MS = 5000 };

Test(tables, are_gone_with_the_answers_from_memory_too)
{
    char target[256];
    begin();
    fill();
    clock_set(DESTRUCTION - 1);
    expect_view(key, "klein/tabellen?variabele=houding&ronde=klein-1", 200, "\"aantal\":9");
    clock_set(DESTRUCTION);
    static const char *const what[] = {"tabellen?variabele=houding&ronde=klein-1", "waarden?ronde=klein-1",
                                       "rangordes?ronde=klein-1", "gewichten?ronde=klein-1",
                                       "trends?variabele=houding"};
    for (size_t i = 0; i < sizeof what / sizeof what[0]; i++) {
        snprintf(target, sizeof target, "klein/%s", what[i]);
        expect_view(key, target, 410, "vernietigd");
    }
    expect_view(NULL, "klein/tabellen?variabele=houding&ronde=klein-1", 404, "geen-uitgave");
    /* The rows are not only refused: when the date is put off, they come from the log again, or not at all.
     */
    client_sleep_ms(FOLLOWED_MS);
    test_sql(place.owner,
             "UPDATE zs.response SET answers = NULL, payload_hash = NULL WHERE answers IS NOT NULL");
    clock_set(DESTRUCTION - 1);
    client_sleep_ms(FOLLOWED_MS);
    expect_view(key, "klein/tabellen?variabele=houding&ronde=klein-1", 200, "\"positie\"");
    cr_expect_null(strstr(reply.body, "\"aantal\":9"));
    end();
}

Test(tables, take_the_latest_round_that_has_opened)
{
    begin();
    json_t *table = get("variabele=houding", 200);
    cr_expect_str_eq(text(table, "ronde"), "klein-1", "klein-later begins in March");
    json_decref(table);
    clock_set(1804000000);
    table = get("variabele=houding", 200);
    cr_expect_str_eq(text(table, "ronde"), "klein-later");
    json_decref(table);
    end();
}

/* Of all endpoints that show live figures. */
Test(tables, no_figure_is_shown_without_its_audit_line)
{
    static const char *const targets[] = {"/v1/rondes/klein-1/tabel?variabele=houding",
                                          "/v1/consultaties/klein/tabellen?ronde=klein-1&variabele=houding",
                                          "/v1/consultaties/klein/trends?variabele=houding"};
    static const char seen[] = "SELECT count(*) FROM zs.audit_event WHERE action = 'table.view'";
    begin();
    fill();
    const int64_t before = place_count(&place, seen);
    test_sql(
        place.owner,
        "ALTER TABLE zs.audit_event ADD CONSTRAINT nothing_seen CHECK (action <> 'table.view') NOT VALID");
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        api_call(&reply, port_of(app), key, "GET", targets[i], "", NULL);
        expect_status(&reply, 500);
        cr_expect_null(strstr(reply.body, "houding"), "%s", reply.body);
        cr_expect_null(strstr(reply.head, "ETag"), "%s", reply.head);
    }
    test_sql(place.owner, "ALTER TABLE zs.audit_event DROP CONSTRAINT nothing_seen");
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        api_call(&reply, port_of(app), key, "GET", targets[i], "", NULL);
        expect_status(&reply, 200);
    }
    cr_expect_eq(place_count(&place, seen), before + 3);
    end();
}

/* The details of the newest line of the audit log. */
static void expect_details(const char *details)
{
    char sql[512];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM (SELECT details FROM zs.audit_event ORDER BY id DESC LIMIT 1) newest "
             "WHERE details::jsonb = '%s'::jsonb",
             details);
    cr_expect_eq(place_count(&place, sql), 1, "%s", details);
}

Test(tables, are_on_record_with_what_was_asked_and_what_for)
{
    begin();
    fill();
    json_decref(get("ronde=klein-1&variabele=houding&groepeerOp=gender&filter=kleur:rood|blauw", 200));
    expect_details("{\"doel\": \"onderzoek naar houding\", \"vraag\": {\"ronde\": \"klein-1\", "
                   "\"variabele\": \"houding\", \"groepeerOp\": \"gender\", \"filter\": "
                   "\"kleur:rood|blauw\"}}");
    expect_view(key, "klein/tabellen?variabele=houding&ronde=klein-dicht", 403, "tussenstand-gesloten");
    expect_details("{\"doel\": \"onderzoek naar houding\", \"vraag\": {}}");
    const char *old = place_issue_key_for(&place, "oud", "analist", NULL);
    wait_for_key(port_of(app), old);
    expect_view(old, "klein/tabellen?variabele=kleur&ronde=klein-1", 200, NULL);
    expect_details("{\"doel\": null, \"vraag\": {\"ronde\": \"klein-1\", \"variabele\": \"kleur\"}}");
    end();
}

Test(tables, are_on_record_and_not_sent_twice)
{
    char header[160], tag[96] = "";
    begin();
    fill();
    json_decref(get("ronde=klein-1&variabele=houding&groepeerOp=gender&filter=kleur:rood|blauw", 200));
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.audit_event WHERE action = 'table.view' AND object = "
                             "'table:klein-1:houding:gender,werving=open,kleur=rood|blauw'"),
                 1);
    const char *at = strstr(reply.head, "ETag: ");
    cr_assert_not_null(at, "%s", reply.head);
    cr_assert_eq(sscanf(at, "ETag: %95[^\r]", tag), 1);
    cr_expect(strstr(reply.head, "Cache-Control: private, no-cache"));
    cr_expect(strstr(reply.head, "Vary: Authorization, Accept"));
    snprintf(header, sizeof header, "If-None-Match: %s\r\n", tag);
    const char *same = "/v1/consultaties/klein/tabellen?ronde=klein-1&variabele=houding";
    api_call(&reply, port_of(app), key, "GET", same, header, NULL);
    expect_status(&reply, 304);
    send_many(ROUND, 1, "\"houding\":\"goed\"");
    cr_assert_eq(table_wait(port_of(app), key, ROUND, "houding", "goed", "", 10, SOON_MS), 10);
    api_call(&reply, port_of(app), key, "GET", same, header, NULL);
    expect_status(&reply, 200);
    end();
}

/* The same question twice is answered by the same bytes, each time with its own line on record and by its
 * own key's rights; and anew once there is one more answer. */
Test(tables, asked_again_are_sent_as_they_were_and_on_record_again)
{
    static const char seen[] =
        "SELECT count(*) FROM zs.audit_event WHERE action = 'table.view' AND object = "
        "'table:klein-1:houding:gender,werving=open' AND details::jsonb->>'doel' = 'tweede'";
    static const char *const forms[] = {"", "Accept: text/csv\r\n"};
    const char *target = "/v1/consultaties/klein/tabellen?variabele=houding&groepeerOp=gender";
    char *first[2];
    begin();
    fill();
    const char *second = place_issue_key_for(&place, "tweede", "analist", "tweede");
    const char *intake = place_issue_key_for(&place, "inname", "inname", NULL);
    wait_for_key(port_of(app), second);
    wait_for_key(port_of(app), intake);
    for (size_t i = 0; i < 2; i++) {
        api_call(&reply, port_of(app), key, "GET", target, forms[i], NULL);
        expect_status(&reply, 200);
        first[i] = strdup(reply.body);
    }
    cr_expect_str_neq(first[0], first[1]);
    cr_expect_eq(place_count(&place, seen), 0);
    for (size_t i = 0; i < 2; i++) {
        api_call(&reply, port_of(app), second, "GET", target, forms[i], NULL);
        expect_status(&reply, 200);
        cr_expect_str_eq(reply.body, first[i]);
        cr_expect_not_null(strstr(reply.head, "ETag: W/\"a-"), "%s", reply.head);
        cr_expect_eq(
            strstr(reply.head, "Content-Disposition: attachment; filename=\"klein-1-houding.csv\"") != NULL,
            i == 1);
        api_call(&reply, port_of(app), intake, "GET", target, forms[i], NULL);
        expect_status(&reply, 403);
    }
    cr_expect_eq(place_count(&place, seen), 2);
    send_many(ROUND, 1, "\"houding\":\"goed\",\"gender\":\"vrouw\"");
    cr_assert_eq(table_wait(port_of(app), key, ROUND, "houding", "goed", "", 10, SOON_MS), 10);
    api_call(&reply, port_of(app), second, "GET", target, "", NULL);
    expect_status(&reply, 200);
    cr_expect_str_neq(reply.body, first[0]);
    cr_expect_not_null(strstr(reply.body, "\"gevraagd\":33"), "%s", reply.body);
    free(first[0]);
    free(first[1]);
    end();
}
