/* A consultation of invented data says so wherever it is seen, a real one nowhere, and no list has it. Routes
 * are those of the program's own table: a new one is tried by itself. */
#include "app/one_citizen.h"
#include "app/staff.h"

#include <stdio.h>

TestSuite(invented, .fini = leaks_check, .timeout = 110);

#define INVENTED       "tests/app/fixtures/verzonnen.json"
#define INVENTED_ROUND "klein-verzonnen-1"
#define BANNER         "<aside class=\"zs-invented\""

static void begin_with_both(void)
{
    begin();
    place_publish(&place, INVENTED);
    place_open_round(&place, INVENTED_ROUND);
    wait_for_status(port_of(app), "/v1/rondes/" INVENTED_ROUND, 200, 10000);
}

/* The route's path about this round and consultation; false where it names something else. In static storage.
 */
static const char *path_of(const struct http_route *route, const char *round, const char *consultation)
{
    static char path[256];
    size_t used = 0;
    const char *at = route->path;
    while (*at) {
        const size_t literal = strcspn(at, "{"), name = strcspn(at + literal, "}");
        const char *value = !at[literal]                                            ? ""
                            : strncmp(at + literal, "{ronde}", name + 1) == 0       ? round
                            : strncmp(at + literal, "{consultatie}", name + 1) == 0 ? consultation
                            : strncmp(at + literal, "{vraag}", name + 1) == 0       ? "houding"
                                                                                    : "1";
        used += (size_t)snprintf(path + used, sizeof path - used, "%.*s%s", (int)literal, at, value);
        at += at[literal] ? literal + name + 1 : literal;
    }
    return path;
}

/* What is shown says it, or does not: header, and page or JSON object. */
static void expect_mark(const struct client_reply *reply, bool marked, const char *what)
{
    const char *header = client_header(reply, "Verzonnen-Gegevens");
    cr_expect(marked ? header && strcmp(header, "ja") == 0 : !header, "%s: %d", what, reply->status);
    const char *robots = client_header(reply, "X-Robots-Tag");
    cr_expect(marked == (robots && strstr(robots, "noindex")), "%s", what);
    const char *type = client_header(reply, "Content-Type");
    if (type && strstr(type, "json") && reply->body[0] == '{') {
        cr_expect_eq(strncmp(reply->body, "{\"verzonnen\":true", 17) == 0, marked, "%s: %.80s", what,
                     reply->body);
    } else if (type && strstr(type, "html") && reply->status < 300) {
        cr_expect_eq(strstr(reply->body, BANNER) != NULL, marked, "%s", what);
    }
}

static size_t walk(struct staff *staff, const char *key, const char *round, const char *consultation,
                   bool marked)
{
    static struct client_reply reply;
    size_t count, tried = 0;
    const struct http_route *routes = app_routes(&count, app);
    for (size_t i = 0; i < count; i++) {
        const bool about = strstr(routes[i].path, "{ronde}") || strstr(routes[i].path, "{consultatie}");
        if (!about || routes[i].method != HTTP_GET) {
            continue;
        }
        const char *path = path_of(&routes[i], round, consultation);
        if (routes[i].surface == HTTP_API) {
            api_call(&reply, port_of(app), key, "GET", path, "", NULL);
            expect_mark(&reply, marked, path);
        } else if (routes[i].scope) {
            staff_get(staff, path);
            expect_mark(&staff->reply, marked, path);
        } else {
            client_get(&reply, port_of(app), path);
            expect_mark(&reply, marked, path);
        }
        tried++;
    }
    return tried;
}

Test(invented, says_so_on_every_route_and_a_real_one_on_none)
{
    static struct staff staff;
    begin_with_both();
    const char *key = place_issue_key(&place, "onderzoek", "analist");
    char kept[128];
    snprintf(kept, sizeof kept, "%s", key);
    wait_for_key(port_of(app), kept);
    staff_of(&staff, &place, app, "anna", ROLE_ONDERZOEKER, NULL);
    cr_expect_geq(walk(&staff, kept, INVENTED_ROUND, "klein-verzonnen", true), 30);
    cr_expect_geq(walk(&staff, kept, ROUND, "klein", false), 30);
    end();
}

Test(invented, says_so_to_who_fills_in_the_form)
{
    static const char *const shown[] = {"/consultaties/klein-verzonnen", "/papier?ronde=" INVENTED_ROUND,
                                        "/aanbod/" INVENTED_ROUND};
    begin_with_both();
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        citizen_get(&citizen, shown[i]);
        cr_expect_neq(citizen.reply.status, 0);
        expect_mark(&citizen.reply, true, shown[i]);
    }
    citizen_take_part(&citizen, INVENTED_ROUND, "goed", "omdat");
    citizen_get(&citizen, "/ontvangst");
    expect_mark(&citizen.reply, true, "/ontvangst");
    static struct citizen other;
    citizen_init(&other, port_of(app));
    citizen_take_part(&other, ROUND, "goed", "omdat");
    citizen_get(&other, "/ontvangst");
    expect_mark(&other.reply, false, "/ontvangst");
    end();
}

Test(invented, stands_in_no_list_and_is_not_what_is_going_on)
{
    static const char *const lists[] = {"/",          "/uitkomsten", "/v1/consultaties",
                                        "/v1/rondes", "/uitleg",     "/privacy"};
    static struct client_reply reply;
    begin_with_both();
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        client_get(&reply, port_of(app), lists[i]);
        expect_silent(&reply, "verzonnen");
        expect_mark(&reply, false, lists[i]);
    }
    client_get(&reply, port_of(app), "/v1/consultaties");
    expect_says(&reply, "\"klein\"");
    client_get(&reply, port_of(app), "/v1/consultaties/klein-verzonnen");
    expect_says(&reply, "Kleine verzonnen consultatie (verzonnen gegevens)");
    end();
}

/* Two signals, the first of invented data; a meeting, a recommendation and a question of the first alone; and
 * the value map of the invented round. */
static void put_on_the_table(void)
{
    static const char *const rows[] = {
        "INSERT INTO zs.signal (source, title, body, consultation, is_public, created_by, changed_by) VALUES "
        "('burgerconsultatie', 'Signaal nep', 'x', 'klein-verzonnen', true, 'x', 'x'), ('burgerconsultatie', "
        "'Signaal echt', 'x', 'klein', true, 'x', 'x')",
        "INSERT INTO zs.tafel_table (kind, title, quorum, quorum_sides, began_day, created_by, changed_by) "
        "VALUES ('maatschappelijke-tafel', 'Tafel', 1, 1, DATE '2026-01-01', 'x', 'x')",
        "INSERT INTO zs.meeting (table_id, day, state, created_by, changed_by) SELECT 1, d, 'vastgesteld', "
        "'x', 'x' FROM unnest(ARRAY[DATE '2026-02-01', DATE '2026-03-01']) AS d",
        "INSERT INTO zs.meeting_item (meeting_id, signal_id, is_public, created_by) VALUES (1, 1, true, "
        "'x'), "
        "(2, 1, true, 'x'), (2, 2, true, 'x')",
        "INSERT INTO zs.recommendation (procedure, title, unclear, for_whom, proposal, is_public, "
        "created_by, "
        "changed_by) VALUES ('burgerconsultatie', 'Advies nep', 'x', 'x', 'x', true, 'x', 'x'), "
        "('burgerconsultatie', 'Advies echt', 'x', 'x', 'x', true, 'x', 'x')",
        "INSERT INTO zs.research_question (title, kind, technology, why_now, is_public, created_by, "
        "changed_by) "
        "VALUES ('Vraag nep', 'ethisch', 'x', 'x', true, 'x', 'x'), ('Vraag echt', 'ethisch', 'x', 'x', "
        "true, "
        "'x', 'x')",
        "INSERT INTO zs.case_evidence (recommendation_id, question_id, signal_id, why, created_by) VALUES "
        "(1, "
        "NULL, 1, 'x', 'x'), (NULL, 1, 1, 'x', 'x'), (2, NULL, 1, 'x', 'x'), (2, NULL, 2, 'x', 'x')",
        "INSERT INTO zs.value_map (round_id, number, release_number, document, published_by) SELECT r.id, 1, "
        "1, "
        "'{\"ronde\": \"klein-verzonnen-1\", \"toepassingen\": []}', 'x' FROM zs.round AS r WHERE r.code = "
        "'" INVENTED_ROUND "'"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_sql(place.owner, rows[i]);
    }
}

/* What the table did with it is left out of each list, unless the address names the consultation. */
Test(invented, leaves_what_the_table_did_with_it_out_of_lists)
{
    static const struct {
        const char *path, *made_up, *real;
    } lists[] = {{"/signalen", "Signaal nep", "Signaal echt"},
                 {"/v1/signalen", "Signaal nep", "Signaal echt"},
                 {"/besluitenlijsten", "/besluitenlijsten/1\"", "/besluitenlijsten/2\""},
                 {"/meepraten", "Advies nep", "Advies echt"},
                 {"/v1/aanbevelingen", "Advies nep", "Advies echt"},
                 {"/onderzoeksagenda", "Vraag nep", "Vraag echt"},
                 {"/v1/onderzoeksvragen", "Vraag nep", "Vraag echt"}};
    static struct client_reply reply;
    begin_with_both();
    put_on_the_table();
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        char named[128];
        client_get(&reply, port_of(app), lists[i].path);
        expect_says(&reply, lists[i].real);
        expect_silent(&reply, lists[i].made_up);
        expect_mark(&reply, false, lists[i].path);
        snprintf(named, sizeof named, "%s?consultatie=klein-verzonnen", lists[i].path);
        client_get(&reply, port_of(app), named);
        expect_says(&reply, lists[i].made_up);
        expect_mark(&reply, true, named);
    }
    client_get(&reply, port_of(app), "/v1/waardenkaart");
    expect_status(&reply, 404);
    client_get(&reply, port_of(app), "/waardenkaart");
    expect_mark(&reply, false, "/waardenkaart");
    client_get(&reply, port_of(app), "/v1/waardenkaart?ronde=" INVENTED_ROUND);
    expect_mark(&reply, true, "/v1/waardenkaart");
    end();
}

/* One that several consultations are in is of invented data only where all are. */
Test(invented, says_so_of_what_the_table_did_with_it)
{
    static const struct {
        const char *path;
        bool marked;
    } pages[] = {{"/signalen/1", true},     {"/signalen/2", false},        {"/v1/signalen/1", true},
                 {"/v1/signalen/2", false}, {"/besluitenlijsten/1", true}, {"/besluitenlijsten/2", false}},
      staffs[] = {{"/beheer/signalen/1", true},         {"/beheer/signalen/2", false},
                  {"/beheer/overleggen/1", true},       {"/beheer/overleggen/2", false},
                  {"/beheer/aanbevelingen/1", true},    {"/beheer/aanbevelingen/2", false},
                  {"/beheer/onderzoeksvragen/1", true}, {"/beheer/onderzoeksvragen/2", false}};
    static struct client_reply reply;
    static struct staff staff;
    begin_with_both();
    put_on_the_table();
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        client_get(&reply, port_of(app), pages[i].path);
        expect_status(&reply, 200);
        expect_mark(&reply, pages[i].marked, pages[i].path);
    }
    staff_of(&staff, &place, app, "anna", ROLE_SECRETARIS, NULL);
    for (size_t i = 0; i < sizeof staffs / sizeof staffs[0]; i++) {
        staff_get(&staff, staffs[i].path);
        expect_status(&staff.reply, 200);
        expect_mark(&staff.reply, staffs[i].marked, staffs[i].path);
    }
    end();
}

/* A CSV that was saved has no header of HTTP and no title. */
Test(invented, stands_in_the_columns_of_microdata)
{
    static struct client_reply reply;
    begin_with_both();
    people_take_part(&app, 1, INVENTED_ROUND, "goed");
    people_take_part(&app, 1, ROUND, "goed");
    char key[128];
    snprintf(key, sizeof key, "%s", place_issue_key_for(&place, "uitvoer", "microdata", "onderzoek"));
    wait_for_key(port_of(app), key);
    api_call(&reply, port_of(app), key, "GET",
             "/v1/consultaties/klein-verzonnen/exporten?formaat=csv&ronde=" INVENTED_ROUND, "", NULL);
    expect_status(&reply, 200);
    expect_says(&reply, "rij_verzonnen");
    expect_mark(&reply, true, "exporten");
    api_call(&reply, port_of(app), key, "GET", "/v1/consultaties/klein/exporten?formaat=csv&ronde=" ROUND, "",
             NULL);
    expect_status(&reply, 200);
    expect_silent(&reply, "verzonnen");
    end();
}

/* Not by publishing again, and not by whoever owns the database. */
Test(invented, never_changes)
{
    begin_with_both();
    static const char *const turns[] = {
        "UPDATE zs.consultation SET invented = false WHERE code = 'klein-verzonnen'",
        "UPDATE zs.consultation SET invented = true WHERE code = 'klein'",
        "INSERT INTO zs.consultation (code, document, invented) VALUES ('echt', '{}', true)"};
    for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++) {
        const char *error = test_sql_error(place.owner, turns[i]);
        cr_expect(error && error[0] == '2' && error[1] == '3', "%s: %s", turns[i], error ? error : "");
    }
    test_sql(place.owner, "UPDATE zs.consultation SET published_at = now()");
    cr_expect_eq(
        place_count(&place,
                    "SELECT count(*) FROM zs.consultation WHERE invented AND code = 'klein-verzonnen'"),
        1);
    end();
}
