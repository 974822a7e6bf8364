/* All that a report may hold, on invented data. */
#include "app/agenda_scene.h"
#include "app/example_scene.h"
#include "app/report_scene.h"
#include "base/embedded.h"
#include "features/tafel/tafel.h"

#include <stdio.h>
#include <stdlib.h>

TestSuite(report_example, .fini = leaks_check, .timeout = 110);

#define EXAMPLE_ROUND "voorbeeld-verzonnen-2"
#define MAP           "/beheer/waardenkaart/" EXAMPLE_ROUND

static struct place example;

static void release_example(void)
{
    struct release_report report;
    enum release_outcome outcome;
    const struct web_config config = {.templates = embedded_templates,
                                      .locales = embedded_locales,
                                      .assets = embedded_assets,
                                      .organisation = ""};
    struct web *web = web_create(&config);
    const struct survey_config of = {.keys = example.keys, .web = web, .public_url = "", .now_s = clock_now};
    struct survey *survey = survey_create(&of);
    cr_assert_eq(survey_refresh(survey, place_connection(&example)), DB_OK);
    const struct survey_snapshot *snapshot = survey_snapshot_hold(survey);
    for (size_t i = 0; i < EXAMPLE_ROUNDS; i++) {
        const struct release_request request = {.keys = example.keys,
                                                .settings = {10, 5, 2},
                                                .now_s = clock_now(),
                                                .actor = "test",
                                                .origin = "command"};
        const struct survey_round *round = survey_round_find(snapshot, slice_from_cstr(example_rounds[i]));
        cr_assert_eq(release_make(&outcome, &report, place_connection(&example), round, &request), DB_OK);
        cr_assert_eq(outcome, RELEASE_MADE, "%s", example_rounds[i]);
    }
    survey_snapshot_release(snapshot);
    survey_destroy(survey);
    web_destroy(web);
}

/* Two passages that may be quoted, of different people: "12 45". */
static const char *two_quotes(void)
{
    return arena_cstr(example.arena,
                      slice_from_cstr(test_sql_text(
                          example.owner, "SELECT string_agg(x.id::text, '+') FROM (SELECT min(id) AS id FROM "
                                         "zs.evidence WHERE kind = 'uitspraak' AND quotes GROUP BY "
                                         "participant_id ORDER BY 1 LIMIT 2) AS x")));
}

static void begin_example(void)
{
    char yes[512];
    place_make(&example, SMALL_CONSULTATION);
    const struct example_size size = {.people = 3000, .interviews = 7, .groups = 2};
    clock_set(INT64_C(1800000000));
    cr_assert_eq(example_scene_load(&example, size), EXAMPLE_LOADED);
    release_example();
    service = app_up(&example);
    staff_of(&writer, &example, service, "sanne", ROLE_SECRETARIS, NULL);
    staff_of(&approver, &example, service, "piet", ROLE_SECRETARIS, NULL);
    citizen_init(&visitor, port_of(service));
    staff_wait_until_says(&writer, MAP, "zs-heat");
    /* Asked whether it is sure, with the quotes that would be on the map; and yes, of those quotes. */
    staff_post(&writer, MAP, MAP "/publiceren", "");
    expect_status(&writer.reply, 200);
    snprintf(yes, sizeof yes, "token=%s&zeker=ja&gezien=%s", staff_token(&writer),
             staff_hidden(&writer, "gezien"));
    staff_exchange(&writer, "POST", MAP "/publiceren", yes);
    expect_status(&writer.reply, 303);
    staff_post(&writer, "/beheer/signalen/nieuw", "/beheer/signalen/nieuw",
               "bron=kamer&titel=Mensen+willen+weten&tekst=Dat+zeggen+zij.&openbaar=ja&gelezen=0"
               "&consultatie=voorbeeld-verzonnen");
    post(
        &writer, "/beheer/ander-onderzoek/nieuw",
        "wie=Het+Instituut&titel=Een+eerder+rapport&jaar=2024&methode=Online&bevolking=1200+mensen&vraag=Wat+"
        "vindt+u%3F&uitkomst=43+procent&bladzijde=12",
        303);
}

static json_t *example_document(int number)
{
    kept_number = number;
    place_work(&example, DB_ROLE_RESULTS, report_read_kept, example.arena);
    json_t *document = json_loadb(kept.document.ptr, kept.document.len, 0, NULL);
    cr_assert_not_null(document);
    return document;
}

static enum db_status read_map(struct db_tx *tx, void *context)
{
    struct published_map *map = context;
    const enum db_status status = value_map_published(map, tx, map->round);
    map->document = arena_copy(example.arena, map->document);
    return status;
}

static void withdraw_one_consent(const char *quotes)
{
    char sql[800];
    snprintf(
        sql, sizeof sql,
        "INSERT INTO zs.consent (participant_id, form_version, given_day, manner, by_parent, takes_part, "
        "recording, quotes, archive, contact, noted_by) SELECT participant_id, '1', '2027-01-16', 'papier', "
        "false, true, true, false, false, false, 'x' FROM zs.evidence WHERE id = %d",
        atoi(quotes));
    test_sql(example.owner, sql);
}

/* What may hold personal data is not quoted before somebody looked at it. */
static void refuse_while_personal(const char *fields, const char *quotes)
{
    char sql[200];
    snprintf(sql, sizeof sql, "UPDATE zs.turn SET body = body || ' Bel 06-12345678.' WHERE id = %d",
             atoi(quotes));
    test_sql(example.owner, sql);
    post(&writer, REPORTS "/1/teksten", fields, 400);
    expect_says(&writer.reply, "persoonsgegevens");
    snprintf(sql, sizeof sql,
             "UPDATE zs.turn SET body = replace(body, ' Bel 06-12345678.', '') WHERE id = %d", atoi(quotes));
    test_sql(example.owner, sql);
}

/* Puts it forward, has it approved and makes it public. quote: a passage that it is made to quote behind the
 * back of the form; NULL: none. */
static void publish_example_with(int number, const char *quote)
{
    char sql[120];
    const char *at = arena_printf(example.arena, REPORTS "/%d", number).ptr;
    const char *step = arena_printf(example.arena, "%s/stap", at).ptr;
    post(&writer, arena_printf(example.arena, "%s/teksten", at).ptr,
         "titel=Het+rapport&samenvatting=Kort.&summary=Short.", 303);
    if (quote) {
        snprintf(sql, sizeof sql, "UPDATE zs.report SET quotes = ARRAY[%d] WHERE id = %d", atoi(quote),
                 number);
        test_sql(example.owner, sql);
    }
    post(&writer, step, FORWARD, 303);
    post(&approver, step, "naar=goedgekeurd", 303);
    post(&writer, step, "naar=gepubliceerd&zeker=ja", 303);
}

static void publish_example(int number)
{
    publish_example_with(number, NULL);
}

#define SOURCES "/beheer/ander-onderzoek"
#define FOUND                                                                                                \
    "wie=Het+Bureau&titel=Over+vlees&jaar=2025&methode=Online&bevolking=900+mensen&vraag=Eet+u+dit%3F&"      \
    "bladzijde=3&uitkomst=77+procent"

/* What others found about one application stands under that one alone. */
static void tell_of_one_application(void)
{
    staff_get(&writer, SOURCES "/nieuw");
    expect_says(&writer.reply, "name=\"toepassingen\" value=\"kweekvlees\"");
    expect_says(&writer.reply, "<option value=\"voorbeeld-verzonnen\"");
    post(&writer, SOURCES "/nieuw", FOUND "&toepassingen=maanreis", 400);
    expect_says(&writer.reply, "Kies uit de lijst.");
    post(&writer, SOURCES "/nieuw", FOUND "&consultatie=ergens", 400);
    post(&writer, SOURCES "/nieuw", FOUND "&toepassingen=kweekvlees&consultatie=voorbeeld-verzonnen", 303);
    expect_redirect(&writer.reply, SOURCES "/2");
    staff_get(&writer, SOURCES "/2");
    expect_says(&writer.reply, "Kweekvlees");
    expect_says(&writer.reply, "voorbeeld-verzonnen");
    staff_get(&writer, SOURCES "/2/wijzigen");
    expect_says(&writer.reply, "name=\"toepassingen\" value=\"kweekvlees\" checked");
    citizen_get(&visitor, "/waardenkaart/" EXAMPLE_ROUND);
    expect_says(&visitor.reply, "77 procent");
    citizen_get(&visitor, "/waardenkaart/" EXAMPLE_ROUND "/kweekvlees");
    expect_says(&visitor.reply, "77 procent");
    expect_says(&visitor.reply, "44 procent");
    citizen_get(&visitor, "/waardenkaart/" EXAMPLE_ROUND "/gentherapie");
    expect_says(&visitor.reply, "44 procent");
    expect_silent(&visitor.reply, "77 procent");
    cr_expect_eq(place_count(&example, "SELECT count(*) FROM zs.external_source_version WHERE source_id = 2 "
                                       "AND applications = '{kweekvlees}' AND consultation = "
                                       "'voorbeeld-verzonnen'"),
                 1);
}

/* What was invented stands only in a report about it, which says so. Reports 3 and 4. */
static void leave_out_what_was_invented(void)
{
    char fields[200];
    test_sql(
        example.owner,
        "INSERT INTO zs.signal (source, title, body, is_public, created_by, changed_by) VALUES ('kamer', "
        "'Een echt signaal', 'Dat zei iemand.', true, 'a', 'a'); UPDATE zs.signal SET created_at = (SELECT "
        "opens_at FROM zs.round WHERE code = '" EXAMPLE_ROUND "')");
    const int year = (int)place_count(&example, "SELECT extract(year FROM opens_at)::int FROM zs.round WHERE "
                                                "code = '" EXAMPLE_ROUND "'");
    post(&writer, REPORTS "/nieuw", "soort=jaar&jaar=2026&titel=x&consultatie=nergens", 400);
    expect_says(&writer.reply, "Kies uit de lijst.");
    snprintf(fields, sizeof fields, "soort=jaar&jaar=%d&titel=Alles", year);
    post(&writer, REPORTS "/nieuw", fields, 303);
    publish_example(3);
    json_t *document = example_document(3);
    cr_expect_eq(json_array_size(report_at(document, "over.rondes")), 0);
    const json_t *signals = json_object_get(report_section_of(document, "signalen", NULL), "signalen");
    cr_expect_eq(json_array_size(signals), 1);
    cr_expect_str_eq(report_text(json_array_get(signals, 0), "titel"), "Een echt signaal");
    cr_expect_eq(
        json_array_size(json_object_get(report_section_of(document, "ander-onderzoek", NULL), "bronnen")), 1);
    json_decref(document);
    snprintf(fields, sizeof fields, "soort=jaar&jaar=%d&titel=Verzonnen&consultatie=voorbeeld-verzonnen",
             year);
    post(&writer, REPORTS "/nieuw", fields, 303);
    publish_example(4);
    document = example_document(4);
    cr_expect(json_is_true(report_at(document, "over.verzonnen")));
    cr_expect_geq(json_array_size(report_at(document, "over.rondes")), 1);
    signals = json_object_get(report_section_of(document, "signalen", NULL), "signalen");
    cr_expect_geq(json_array_size(signals), 1);
    cr_expect_str_eq(report_text(json_array_get(signals, 0), "consultatie"), "voorbeeld-verzonnen");
    json_decref(document);
    citizen_get(&visitor, "/rapporten/4");
    expect_says(&visitor.reply, "<strong id=\"verzonnen\">");
}

/* A report quotes nobody of another round or consultation. Reports 5 and 6. */
static void refuse_quotes_of_elsewhere(const char *quotes)
{
    char fields[300];
    snprintf(fields, sizeof fields, "titel=x&samenvatting=Kort.&summary=Short.&citaten=%s", quotes);
    post(&writer, REPORTS "/nieuw", "soort=jaar&jaar=2030&titel=Alles", 303);
    post(&writer, REPORTS "/nieuw", "soort=ronde&ronde=voorbeeld-verzonnen-1&titel=Eerder", 303);
    for (int number = 5; number <= 6; number++) {
        post(&writer, arena_printf(example.arena, REPORTS "/%d/teksten", number).ptr, fields, 400);
        expect_says(&writer.reply, "een andere ronde of consultatie");
        /* Nor where one got in by another way. The first of them was withdrawn. */
        publish_example_with(number, strchr(quotes, '+') + 1);
        json_t *document = example_document(number);
        const json_t *quoted = report_section_of(document, "citaten", NULL);
        cr_expect_eq(json_array_size(json_object_get(quoted, "citaten")), 0);
        cr_expect_eq(json_integer_value(json_object_get(quoted, "vervallen")), 1);
        json_decref(document);
    }
}

/* Trends, the public value map and what follows from it are proven too. */
static void prove_example(json_t *document)
{
    struct report_proof proof;
    const struct web_config of_web = {.templates = embedded_templates,
                                      .locales = embedded_locales,
                                      .assets = embedded_assets,
                                      .organisation = ""};
    struct web *web = web_create(&of_web);
    const struct survey_config of = {.keys = example.keys, .web = web, .public_url = "", .now_s = clock_now};
    scene.survey = survey_create(&of);
    scene.conn = place_connection(&example);
    cr_assert_eq(survey_refresh(scene.survey, scene.conn), DB_OK);
    scene.snapshot = survey_snapshot_hold(scene.survey);
    const struct results_config config = {
        .keys = example.keys, .survey = scene.survey, .threshold = 10, .now_s = clock_now};
    scene.results = results_create(&config);
    scene.place.arena = example.arena;
    prove(&proof, document);
    cr_expect_eq(proof.fault_count, 0, "%s", proof.faults[0]);
    cr_expect_geq(proof.sections, 4);
    cr_expect_eq(proof.releases, 2);
    json_t *trends = json_object_get(report_section_of(document, "trends", EXAMPLE_ROUND), "trends");
    const json_t *first = json_array_get(json_object_get(json_array_get(trends, 0), "rondes"), 0);
    json_object_set_new(json_object_get(first, "schatting"), "waarde", json_integer(77));
    expect_fault(document, "section trends is not as in the releases");
    json_array_remove(json_object_get(report_section_of(document, "methoden", EXAMPLE_ROUND), "cellen"), 0);
    expect_fault(document, "section methoden is not as in the releases and the public value map");
    json_object_set_new(report_section_of(document, "waardenkaart", EXAMPLE_ROUND), "nummer",
                        json_integer(9));
    expect_fault(document, "value map 9 of round " EXAMPLE_ROUND " was not made public here");
    results_destroy(scene.results);
    survey_snapshot_release(scene.snapshot);
    survey_destroy(scene.survey);
    web_destroy(web);
}

/* What was advised, of which the newest about this version of the agenda is told. */
static void advise(void)
{
    agenda_scene_keep(&example);
    test_sql(
        example.owner,
        "INSERT INTO zs.agenda_advice (item, version, advice, reason, created_by) SELECT x.item, v.number + "
        "x.later, x.advice, x.reason, 's' FROM (SELECT max(number) AS number FROM zs.agenda_version) AS v, "
        "(VALUES (1, '1a.1', 'houden', 'Eerst', 0), (2, '1a.1', 'stoppen', 'Toen', 0), (3, '1b.1', 'houden', "
        "'Nu', 0), (4, '1b.1', 'stoppen', 'Van een andere versie', 1)) AS x (n, item, advice, reason, later) "
        "ORDER BY x.n");
}

static void expect_advice(const json_t *document)
{
    const json_t *advice = json_object_get(report_section_of(document, "herijking", NULL), "adviezen");
    cr_expect_eq(json_array_size(advice), 1);
    cr_expect_str_eq(report_text(json_array_get(advice, 0), "onderdeel"), "1a.1");
    cr_expect_str_eq(report_text(json_array_get(advice, 0), "reden"), "Toen");
}

/* The value map, number by number. */
static void expect_map(const json_t *document)
{
    struct published_map map;
    map.round = (int32_t)place_count(&example, "SELECT id FROM zs.round WHERE code = '" EXAMPLE_ROUND "'");
    place_work(&example, DB_ROLE_RESULTS, read_map, &map);
    json_t *theirs = json_loadb(map.document.ptr, map.document.len, 0, NULL);
    cr_assert_not_null(theirs);
    scene.place.arena = example.arena;
    walked = 0;
    expect_same(report_at(report_section_of(document, "waardenkaart", NULL), "kaart"), theirs, "kaart");
    cr_expect_gt(walked, 100);
    json_decref(theirs);
}

/* The draft says too that it is about invented data. */
static void expect_draft_marked(void)
{
    for (const char *const *at = (const char *const[]){"", "/cijfers", NULL}; *at; at++) {
        staff_get(&writer, arena_printf(example.arena, REPORTS "/1/voorbeeld%s", *at).ptr);
        expect_says(&writer.reply, "id=\"verzonnen\"");
    }
}

/* What changed says how much of it chance would make, of which end of a scale there is more, and between
 * which rounds; and in English all of it is in English. */
static void expect_told_in_words(void)
{
    const char *page = whole_page("/rapporten/1");
    cr_expect(strstr(page, "zouden er bij toeval ongeveer"));
    cr_expect(strstr(page, "(plus: Heel veel; min: "), "how much concern is more of it, not better");
    cr_expect_null(strstr(page, "scope=\"col\">voorbeeld-verzonnen-1<"), "a round has a title");
    cr_expect(strstr(page, "tellen de aantallen niet precies op"));
    /* Who is missing, by age and by gender, whatever a crossing of the two keeps back. */
    cr_expect(strstr(page, "aria-label=\"Tabel: Hoe oud bent u? (open link)\""));
    cr_expect(strstr(page, "komt van het CBS en gaat over 2021"));
    cr_expect(strstr(page, "numeric-column\">minder dan 2 %<") ||
                  strstr(page, "numeric-column\">minder dan 3 %<"),
              "a share has its unit, as a limit too");
    page = whole_page("/rapporten/1/cijfers?taal=en");
    cr_expect_null(strstr(page, "Weet ik niet"));
    cr_expect(strstr(page, "Don&#39;t know (%)"));
    cr_expect_null(strstr(page, "Website, met hulp"));
    cr_expect(strstr(page, "Website, with help"));
}

/* A quote that may not be used any more is not made public, though it was approved; and that is on the
 * record. */
Test(report_example, leaves_out_a_quote_whose_consent_was_withdrawn_meanwhile)
{
    char fields[300];
    begin_example();
    test_sql(
        example.owner,
        "INSERT INTO zs.framework (consultation, application, title, state, created_by, changed_by) VALUES "
        "('voorbeeld-verzonnen', 'kweekvlees', 'Kweekvlees', 'vastgesteld', 'a', 'a');"
        "INSERT INTO zs.framework_version (framework_id, number, document, state, put_forward_by, ground, "
        "decided_at, decided_by) SELECT f.id, 1, '{\"argumenten\": [{\"nummer\": 1, \"kant\": \"voor\", "
        "\"tekst\": \"Minder dieren\"}], \"conclusie\": {\"tekst\": \"Nog niet\"}, \"afwijkend\": []}', "
        "'vastgesteld', 'a', 'tweede-persoon', now(), 'b' FROM zs.framework AS f");
    const char *quotes = two_quotes();
    cr_assert(strchr(quotes, '+'), "%s", quotes);
    post(&writer, REPORTS "/nieuw", "soort=ronde&ronde=" EXAMPLE_ROUND "&titel=Wat+wij+hoorden", 303);
    snprintf(fields, sizeof fields, "titel=Wat+wij+hoorden&samenvatting=Kort.&summary=Short.&citaten=%s",
             quotes);
    refuse_while_personal(fields, quotes);
    post(&writer, REPORTS "/1/teksten", fields, 303);
    expect_draft_marked();
    post(&writer, REPORTS "/1/stap", FORWARD, 303);
    post(&approver, REPORTS "/1/stap", "naar=goedgekeurd", 303);
    withdraw_one_consent(quotes);
    post(&writer, REPORTS "/1/stap", "naar=gepubliceerd&zeker=ja", 303);
    json_t *document = example_document(1);
    const json_t *quoted = report_section_of(document, "citaten", NULL);
    cr_expect_eq(json_array_size(json_object_get(quoted, "citaten")), 1);
    cr_expect_eq(json_integer_value(json_object_get(quoted, "vervallen")), 1);
    cr_expect_eq(place_count(&example, "SELECT count(*) FROM zs.audit_event WHERE action = 'report.publish' "
                                       "AND details->>'citatenVervallen' = '1'"),
                 1);
    /* All sections that there is something for. */
    for (const char *const *section =
             (const char *const[]){"respons", "waardenkaart", "methoden", "trends", "cijfers", "signalen",
                                   "ander-onderzoek", "verantwoording", NULL};
         *section; section++) {
        cr_expect_not_null(report_section_of(document, *section, NULL), "%s", *section);
    }
    cr_expect_null(report_section_of(document, "departementen", NULL));
    /* A sheet of the example, without the words of people: those are looked up when it is read. */
    const json_t *sheets =
        json_object_get(report_section_of(document, "afwegingskaders", NULL), "afwegingskaders");
    const json_t *arguments = json_object_get(json_array_get(sheets, 0), "argumenten");
    cr_expect_gt(json_array_size(arguments), 0);
    cr_expect_null(json_object_get(json_array_get(arguments, 0), "passages"));
    citizen_get(&visitor, "/rapporten/1");
    expect_status(&visitor.reply, 200);
    expect_says(&visitor.reply, "<strong id=\"verzonnen\">");
    expect_map(document);
    expect_told_in_words();
    prove_example(document);
    json_decref(document);
    /* A year, with what was changed in what others found. */
    post(
        &writer, "/beheer/ander-onderzoek/1/wijzigen",
        "wie=Het+Instituut&titel=Een+eerder+rapport&jaar=2024&methode=Online&bevolking=1200+mensen&vraag=Wat+"
        "vindt+u%3F&uitkomst=44+procent&bladzijde=12",
        303);
    /* Beside our own figures on the map. */
    citizen_get(&visitor, "/waardenkaart/" EXAMPLE_ROUND);
    expect_says(&visitor.reply, "44 procent");
    staff_get(&writer, "/beheer/ander-onderzoek/1");
    expect_says(&writer.reply, "43 procent");
    post(&writer, "/beheer/ander-onderzoek/1/wijzigen", "wie=x&adres=javascript:1", 400);
    tell_of_one_application();
    advise();
    post(&writer, REPORTS "/nieuw", "soort=jaar&jaar=2026&titel=Het+jaar", 303);
    staff_get(&writer, REPORTS "/2/teksten");
    expect_says(&writer.reply, "name=\"over_herijking\"");
    post(&writer, REPORTS "/2/teksten", "titel=Het+jaar&samenvatting=Kort.&summary=Short.", 303);
    post(&writer, REPORTS "/2/stap", FORWARD, 303);
    post(&approver, REPORTS "/2/stap", "naar=goedgekeurd", 303);
    post(&approver, REPORTS "/2/stap", "naar=gepubliceerd&zeker=ja", 303);
    document = example_document(2);
    for (const char *const *section =
             (const char *const[]){"signalen", "departementen", "veranderd", "herijking", "aanbevelingen",
                                   "onderzoeksagenda", "ander-onderzoek", NULL};
         *section; section++) {
        cr_expect_not_null(report_section_of(document, *section, NULL), "%s", *section);
    }
    expect_advice(document);
    cr_expect_str_eq(
        report_text(json_array_get(
                        json_object_get(report_section_of(document, "ander-onderzoek", NULL), "bronnen"), 0),
                    "uitkomst"),
        "44 procent");
    json_decref(document);
    leave_out_what_was_invented();
    refuse_quotes_of_elsewhere(quotes);
    app_down(service);
    place_remove(&example);
}

/* What people said is found again by who looks for evidence: in words where they may be quoted, else by
 * number alone, and nobody is counted. */
static void find_evidence(void)
{
    char path[200];
    static const char at[] = "/beheer/codering/" EXAMPLE_ROUND "/terugvinden?toepassing=ngt-planten";
    staff_get(&writer, at);
    expect_status(&writer.reply, 200);
    expect_says(&writer.reply, "<strong>Passage ");
    expect_says(&writer.reply, "<mark>");
    expect_says(&writer.reply, "er is geen toestemming om ze aan te halen");
    expect_silent(&writer.reply, "Uitsplitsen");
    expect_silent(&writer.reply, "name=\"groep\"");
    expect_silent(&writer.reply, "waarover nog niemand heeft besloten");
    const int64_t unquoted = place_count(
        &example,
        "SELECT min(c.passage_id) FROM zs.coding AS c JOIN zs.evidence AS e ON e.id = c.passage_id WHERE "
        "c.application = 'ngt-planten' AND c.counts AND c.ended_at IS NULL AND e.quotes IS NOT TRUE");
    test_sql(example.owner, "UPDATE zs.turn SET body = body || ' Bel 06-12345678.'");
    staff_get(&writer, at);
    expect_says(&writer.reply, "waarover nog niemand heeft besloten");
    expect_silent(&writer.reply, "06-12345678");
    /* Nor are words looked for in what is not shown. */
    snprintf(path, sizeof path, "%s&zoek=Bel", at);
    staff_get(&writer, path);
    expect_status(&writer.reply, 200);
    expect_silent(&writer.reply, "<strong>Passage ");
    test_sql(example.owner, "UPDATE zs.turn SET body = replace(body, ' Bel 06-12345678.', '')");
    cr_expect_gt(unquoted, 0);
    /* Forms that ask for a number say where it stands. */
    static const char *const link = "href=\"/beheer/codering/" EXAMPLE_ROUND "/terugvinden";
    post(&writer, REPORTS "/nieuw", "soort=ronde&ronde=" EXAMPLE_ROUND "&titel=Rapport&gelezen=0", 303);
    staff_get(&writer, REPORTS "/1/teksten");
    expect_says(&writer.reply, link);
    staff_get(&writer, "/beheer/signalen/1/passage");
    expect_says(&writer.reply, link);
    staff_get(&writer, "/beheer/codering/" EXAMPLE_ROUND "/schattingen");
    expect_status(&writer.reply, 403);
}

/* Its evidence is of both sides: what the survey counted, and who says otherwise. */
Test(report_example, a_clash_becomes_a_signal_that_rests_on_both_sides)
{
    char path[80], read[40];
    begin_example();
    find_evidence();
    staff_post(&writer, "/beheer/signaalvoorstellen", "/beheer/signaalvoorstellen/kijken", "");
    expect_status(&writer.reply, 303);
    const int64_t number = place_count(
        &example, "SELECT min(id) FROM zs.signal_suggestion WHERE rule = 'tegenspraak' AND state = "
                  "'open' AND holds AND jsonb_array_length(figures->'tabellen') > 0");
    cr_assert_gt(number, 0);
    snprintf(path, sizeof path, "/beheer/signaalvoorstellen/%d/opzij", (int)number);
    staff_get(&writer, path);
    snprintf(read, sizeof read, "gelezen=%s", staff_hidden(&writer, "gelezen"));
    snprintf(path, sizeof path, "/beheer/signaalvoorstellen/%d/signaal", (int)number);
    staff_post(&writer, "/beheer/signaalvoorstellen", path, read);
    expect_redirect(&writer.reply, "/beheer/signalen/2");
    cr_expect_geq(place_count(&example,
                              "SELECT count(*) FROM zs.signal_evidence WHERE signal_id = 2 AND kind = "
                              "'tabel' AND jsonb_array_length(figures->'regels') > 0"),
                  1);
    /* Of each side that was coded there is one. */
    cr_expect_eq(
        place_count(&example,
                    "SELECT count(DISTINCT c.direction) FROM zs.signal_evidence AS e JOIN zs.coding AS c ON "
                    "c.passage_id = e.passage_id JOIN zs.signal AS s ON s.id = e.signal_id WHERE s.id = 2 "
                    "AND c.counts AND c.ended_at IS NULL AND c.application = s.applications[1] AND "
                    "s.value_codes[1] = ANY (c.codes) AND c.direction IN ('voor', 'tegen')"),
        place_count(&example,
                    "SELECT count(DISTINCT c.direction) FROM zs.coding AS c, zs.signal AS s WHERE s.id = 2 "
                    "AND c.counts AND c.ended_at IS NULL AND c.application = s.applications[1] AND "
                    "s.value_codes[1] = ANY (c.codes) AND c.direction IN ('voor', 'tegen')"));
    app_down(service);
    place_remove(&example);
}
