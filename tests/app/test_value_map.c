/* The value map on invented data, in which conversations were made to say something else than the
 * questionnaire: the map must find it. Judging a cell, and making a map public. */
#include "app/example_scene.h"
#include "app/one_citizen.h"
#include "app/staff.h"

#include <stdio.h>

TestSuite(value_map, .fini = leaks_check, .timeout = 110);

#define ROUND_PATH "/beheer/waardenkaart/voorbeeld-verzonnen-2"
#define PLANTS     ROUND_PATH "/ngt-planten"
#define NATURE     PLANTS "/natuurlijkheid"

static struct staff staff;

/* Loading takes most of the time: one test does all. The threshold is low, so that few people are enough. */
static void begin_map(void)
{
    const struct example_size size = {.people = 4000, .interviews = 7, .groups = 2};
    place_make(&place, SMALL_CONSULTATION);
    place.config.protection.minimum_cell_count = 2;
    cr_assert_eq(example_scene_load(&place, size), EXAMPLE_LOADED);
    app = app_up(&place);
    staff_of(&staff, &place, app, "sanne", ROLE_SECRETARIS, NULL);
    staff_wait_until_says(&staff, NATURE, "procentpunt");
}

static void expect_judgements(const char *what)
{
    char sql[400];
    snprintf(sql, sizeof sql,
             "SELECT (coalesce(string_agg(coalesce(label, '-') || ' ' || by_rule || ' ' || judged_by, ', ' "
             "ORDER BY id), '') = '%s')::int FROM zs.value_judgement",
             what);
    cr_expect_eq(place_count(&place, sql), 1, "%s", what);
}

static void find_the_clash(void)
{
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, "zs-map-tegenspraak");
    expect_says(&staff.reply, "Wordt beter: +");
    expect_says(&staff.reply, "Meestal tegen.");
    expect_says(&staff.reply,
                "Groepen: 2 gevraagd, 2 spraken erover. Daarvan voor: 0, tegen: 2, verdeeld: 0, "
                "zonder kant: 0.");
    expect_says(&staff.reply, "Vragenlijst, Interviews: Tegenspraak (een andere richting)");
    expect_says(&staff.reply, "/uitkomsten/voorbeeld-verzonnen/vraag/ngt-planten_effect?ronde=");
    expect_says(&staff.reply, "/beheer/codering/voorbeeld-verzonnen-2/terugvinden");
    /* Quotes are drawn by a seed: the same again. */
    char *quotes = strstr(staff.reply.body, "<blockquote");
    cr_assert_not_null(quotes);
    char kept[400];
    snprintf(kept, sizeof kept, "%.300s", quotes);
    staff_get(&staff, NATURE);
    expect_says(&staff.reply, kept);
    /* Never of a text in which likely personal data waits for somebody to decide. */
    test_sql(place.owner, "UPDATE zs.turn SET body = body || ' Bel 06-12345678.'");
    staff_get(&staff, NATURE);
    expect_silent(&staff.reply, "<blockquote");
    test_sql(place.owner, "UPDATE zs.turn SET body = replace(body, ' Bel 06-12345678.', '')");
    staff_get(&staff, NATURE);
    expect_says(&staff.reply, kept);
    staff_get(&staff, ROUND_PATH);
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, "Planten met precies veranderd DNA");
    expect_says(&staff.reply, "<a class=\"zs-heat__link\" href=\"" NATURE "\"><svg class=\"zs-heat__mark "
                              "zs-heat--tegenspraak\"");
    expect_silent(&staff.reply, "Wordt beter: +");
    staff_get(&staff, PLANTS);
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, "href=\"" NATURE "\"");
    expect_says(&staff.reply, "Wordt beter: +");
    expect_says(&staff.reply, "Aantal mensen: ");
    staff_get(&staff, ROUND_PATH "/maanreis");
    expect_status(&staff.reply, 404);
    cr_expect_geq(place_count(&place,
                              "SELECT count(*) FROM zs.audit_event WHERE action = 'valuemap.view' AND "
                              "object = 'round:voorbeeld-verzonnen-2' AND actor = 'sanne'"),
                  4);
    staff_get(&staff, ROUND_PATH "/ngt-planten/geluk");
    expect_status(&staff.reply, 404);
    staff_get(&staff, ROUND_PATH "/maanreis/natuurlijkheid");
    expect_status(&staff.reply, 404);
    staff_get(&staff, "/beheer/waardenkaart/nergens");
    expect_status(&staff.reply, 404);
}

/* Coders differ about it: each table that counts what conversations say of it tells so. */
static void mark_what_coders_differ_about(void)
{
    static const char said[] = "Codeurs zijn het te weinig eens over deze waarde.";
    static const char marked[] = "Respect voor de natuur<abbr aria-hidden=\"true\">*</abbr>";
    test_sql(place.owner, "UPDATE zs.coding_plan SET bar = 0, revision = revision + 1");
    staff_get(&staff, ROUND_PATH);
    expect_silent(&staff.reply, marked);
    expect_silent(&staff.reply, said);
    staff_get(&staff, PLANTS);
    expect_silent(&staff.reply, said);
    staff_get(&staff, NATURE);
    expect_silent(&staff.reply, said);
    test_sql(place.owner, "UPDATE zs.coding_plan SET bar = 0.999, revision = revision + 1");
    staff_get(&staff, ROUND_PATH);
    expect_says(&staff.reply, marked);
    expect_says(&staff.reply, said);
    staff_get(&staff, PLANTS);
    expect_says(&staff.reply, said);
    staff_get(&staff, NATURE);
    expect_says(&staff.reply, said);
}

static void judge_otherwise(void)
{
    staff_post(&staff, NATURE, NATURE, "oordeel=deels&gelezen=0");
    expect_status(&staff.reply, 400);
    staff_post(&staff, NATURE, NATURE, "oordeel=mooi&reden=Daarom&gelezen=0");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "Daarom");
    expect_judgements("");
    staff_post(&staff, NATURE, NATURE,
               "oordeel=deels&reden=De+groepen+kenden+%3Cb%3Eandere%3C%2Fb%3E+planten.&gelezen=0");
    expect_redirect(&staff.reply, NATURE);
    staff_get(&staff, PLANTS);
    expect_says(&staff.reply, "De groepen kenden &lt;b&gt;andere&lt;/b&gt; planten.");
    expect_silent(&staff.reply, "}}");
    /* Who read the page before that judges over nobody's head. */
    staff_post(&staff, NATURE, NATURE, "oordeel=stilte&reden=Nee&gelezen=0");
    expect_status(&staff.reply, 409);
    expect_judgements("deels tegenspraak sanne");
    char fields[80];
    snprintf(fields, sizeof fields, "oordeel=volg-de-regel&reden=Toch+niet&gelezen=%s",
             staff_hidden(&staff, "gelezen"));
    staff_post(&staff, NATURE, NATURE, fields);
    expect_redirect(&staff.reply, NATURE);
    expect_judgements("deels tegenspraak sanne, - tegenspraak sanne");
    staff_get(&staff, NATURE);
    expect_says(&staff.reply, "De regel geldt weer.");
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.audit_event WHERE action = 'valuemap.judge' AND "
                             "details->>'waarde' = 'natuurlijkheid'"),
                 2);
}

static void come_as_an_analyst(void)
{
    static struct staff analyst;
    /* An analyst finds the texts, and does not judge. */
    staff_of(&analyst, &place, app, "anna", ROLE_ANALIST, "voorbeeld-verzonnen");
    staff_get(&analyst, NATURE);
    expect_status(&analyst.reply, 200);
    expect_says(&analyst.reply,
                "/beheer/codering/voorbeeld-verzonnen-2/terugvinden?waarde=natuurlijkheid&amp;"
                "toepassing=ngt-planten&amp;methode=interview");
    expect_silent(&analyst.reply, "name=\"reden\"");
    staff_post(&analyst, "/beheer/account/wachtwoord", NATURE, "oordeel=deels&reden=Ik&gelezen=0");
    expect_status(&analyst.reply, 403);
}

/* The same as the page, by a key, and nobody else's. */
static void ask_by_key(void)
{
    static struct client_reply reply;
    const char *key = place_issue_key(&place, "analist", "analist");
    const uint16_t port = port_of(app);
    wait_for_key(port, key);
    api_call(&reply, port, key, "GET", "/v1/waardenkaart/nu?ronde=voorbeeld-verzonnen-2", "", NULL);
    expect_status(&reply, 200);
    expect_says(&reply, "\"weergave\":\"analist\"");
    expect_says(&reply, "\"tegenspraakOver\":[\"richting\"]");
    expect_says(&reply, "\"deelnemers\":{");
    cr_expect_str_eq(client_header(&reply, "Cache-Control"), "no-store");
    api_call(&reply, port, key, "GET", "/v1/waardenkaart/nu", "", NULL);
    expect_status(&reply, 400);
    api_call(&reply, port, key, "GET", "/v1/waardenkaart/nu?ronde=nergens", "", NULL);
    expect_status(&reply, 400);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'valuemap.view' AND "
                                     "origin = 'api' AND object = 'round:voorbeeld-verzonnen-2'"),
                 1);
    const char *intake = place_issue_key(&place, "inname", "inname");
    wait_for_key(port, intake);
    api_call(&reply, port, intake, "GET", "/v1/waardenkaart/nu?ronde=voorbeeld-verzonnen-2", "", NULL);
    expect_status(&reply, 403);
    api_call(&reply, port, NULL, "GET", "/v1/waardenkaart/nu?ronde=voorbeeld-verzonnen-2", "", NULL);
    expect_status(&reply, 401);
}

/* A map that was made before is not shown again once a coding ended, or what somebody said may not be used.
 * Nature has the fourth bit. */
static void expect_what_counts_now(void)
{
    staff_get(&staff, NATURE);
    expect_silent(&staff.reply, "Gevraagd in 7 interviews, maar niemand zei er iets over.");
    test_sql(place.owner, "UPDATE zs.coding SET ended_at = now(), ended_by = 'sanne', ended_reason = "
                          "'verwijderd' WHERE method = 'interview' AND application = 'ngt-planten' AND "
                          "ended_at IS NULL AND value_bits & 8 <> 0");
    staff_get(&staff, NATURE);
    expect_says(&staff.reply, "maar niemand zei er iets over.");
    expect_says(&staff.reply, "Groepen: 2 gevraagd, 2 spraken erover.");
    test_sql(place.owner, "UPDATE zs.participant SET standing = 'niet-gekomen' WHERE conversation_id IN "
                          "(SELECT id FROM zs.conversation WHERE kind = 'focusgroep')");
    staff_get(&staff, NATURE);
    expect_silent(&staff.reply, "Groepen: 2 gevraagd, 2 spraken erover.");
}

/* Of a map that was made public somebody's words are told for as long as they may be. */
static void quote_with_consent(struct citizen *somebody)
{
    char said[200];
    test_sql(
        place.owner,
        "INSERT INTO zs.value_map_quote (map_id, application, value, place, direction, coding_id) SELECT "
        "(SELECT max(id) FROM zs.value_map), 'ngt-planten', 'natuurlijkheid', 1, 'tegen', min(c.id) FROM "
        "zs.coding AS c JOIN zs.evidence AS e ON e.id = c.passage_id WHERE c.ended_at IS NULL AND "
        "c.counts AND c.application = 'ngt-planten' AND c.direction = 'tegen' AND e.quotes");
    /* Up to what HTML would write otherwise. */
    snprintf(
        said, sizeof said, "%s",
        test_sql_text(place.owner,
                      "SELECT left(regexp_replace(substr(t.body, c.start_at + 1, c.end_at - c.start_at), "
                      "'[^A-Za-z ,.].*', ''), 100) FROM zs.value_map_quote AS q JOIN zs.coding AS c ON "
                      "c.id = q.coding_id JOIN zs.turn AS t ON t.id = c.passage_id"));
    cr_assert_gt(strlen(said), 5);
    citizen_get(somebody, "/v1/waardenkaart/citaten?ronde=voorbeeld-verzonnen-2");
    expect_status(&somebody->reply, 200);
    expect_says(&somebody->reply, said);
    citizen_get(somebody, "/waardenkaart/voorbeeld-verzonnen-2/ngt-planten");
    expect_says(&somebody->reply, said);
    expect_says(&somebody->reply, "<p class=\"nl-paragraph\">Iemand in een ");
    /* They take back that they may be quoted. */
    test_sql(
        place.owner,
        "INSERT INTO zs.consent (participant_id, form_version, given_day, manner, by_parent, takes_part, "
        "recording, quotes, archive, contact, noted_by) SELECT participant_id, form_version, given_day, "
        "manner, by_parent, takes_part, recording, false, archive, contact, 'sanne' FROM zs.consent "
        "WHERE participant_id = (SELECT c.participant_id FROM zs.value_map_quote AS q JOIN zs.coding AS "
        "c ON c.id = q.coding_id) ORDER BY id DESC LIMIT 1");
    clock_forward(6); /* not written by the service: a page that was kept may be seconds old */
    citizen_get(somebody, "/waardenkaart/voorbeeld-verzonnen-2/ngt-planten");
    expect_silent(&somebody->reply, said);
    expect_says(&somebody->reply, "Hier stond een citaat dat niet meer gebruikt mag worden.");
    citizen_get(somebody, "/v1/waardenkaart/citaten?ronde=voorbeeld-verzonnen-2");
    expect_silent(&somebody->reply, said);
    expect_says(&somebody->reply, "\"richting\":\"tegen\"");
    expect_silent(&somebody->reply, "\"woorden\"");
    citizen_get(somebody, "/v1/waardenkaart/citaten");
    expect_status(&somebody->reply, 400);
    citizen_get(somebody, "/v1/waardenkaart/citaten?ronde=voorbeeld-verzonnen-1");
    expect_status(&somebody->reply, 404);
}

/* With the release that is there by then, and never who judged. */
static void make_public(void)
{
    struct citizen somebody;
    citizen_init(&somebody, port_of(app));
    citizen_get(&somebody, "/waardenkaart");
    expect_says(&somebody.reply, "Er is nog geen waardenkaart openbaar.");
    citizen_get(&somebody, "/v1/waardenkaart");
    expect_status(&somebody.reply, 404);
    citizen_get(&somebody, "/v1/waardenkaart?ronde=nergens");
    expect_status(&somebody.reply, 400);
    staff_post(&staff, ROUND_PATH, ROUND_PATH "/publiceren", "");
    expect_status(&staff.reply, 409);
    cr_assert_eq(place_count(&place, "SELECT count(*) FROM zs.value_map"), 0);
    test_sql(
        place.owner,
        "INSERT INTO zs.value_map (round_id, number, release_number, document, published_by) SELECT id, 1, "
        "1, '{\"ronde\": \"voorbeeld-verzonnen-2\", \"enquete\": null, \"gesprekken\": {\"interviews\": 11, "
        "\"verzadiging\": {\"bereikt\": true, \"na\": 4, \"reeks\": 2}}, \"samenvatting\": {}, "
        "\"volgorde\": [{\"methoden\": [\"enquete\", \"interviews\"], \"tau\": 0.06, \"p\": 1.0, "
        "\"waarden\": 7}, {\"methoden\": [\"enquete\", \"focusgroepen\"], \"tau\": 0.62, \"p\": 0.07, "
        "\"waarden\": 7}, {\"methoden\": [\"interviews\", \"focusgroepen\"], \"tau\": -0.81, \"p\": 0.01, "
        "\"waarden\": 7}], \"beoordeeld\": {}, \"toepassingen\": [{\"toepassing\": "
        "\"ngt-planten\", \"waarden\": [{\"waarde\": \"natuurlijkheid\", \"label\": \"deels\", "
        "\"volgensRegel\": \"deels\", \"enquete\": {\"stand\": \"achtergehouden\"}, \"interviews\": "
        "{\"stand\": \"gehoord\", \"richting\": \"tegen\", \"aandacht\": \"veel\", \"gevraagd\": 11, "
        "\"gesproken\": 9, \"voor\": 1, \"tegen\": 5, \"verdeeld\": 2}, \"focusgroepen\": {\"stand\": "
        "\"niet-gevraagd\"}}]}]}', 'sanne' "
        "FROM zs.round WHERE code = 'voorbeeld-verzonnen-2'");
    citizen_get(&somebody, "/v1/waardenkaart?ronde=voorbeeld-verzonnen-2");
    expect_status(&somebody.reply, 200);
    cr_expect(strstr(somebody.reply.head, "ETag: \""));
    citizen_get(&somebody, "/waardenkaart/voorbeeld-verzonnen-2");
    expect_status(&somebody.reply, 200);
    expect_says(&somebody.reply, "Deze kaart is openbaar sinds");
    expect_says(&somebody.reply, "<strong id=\"verzonnen\">");
    expect_says(&somebody.reply, "Na 4 gesprekken kwam er bijna niets nieuws meer bij. Dat bleek uit de 2 "
                                 "gesprekken daarna.");
    expect_says(&somebody.reply,
                "<li class=\"utrecht-unordered-list__item\">Vragenlijst en Interviews: de volgordes hebben "
                "niets met elkaar te maken.</li>");
    expect_says(&somebody.reply, "grotendeels dezelfde volgorde. Maar dit kan toeval zijn.</li>");
    expect_says(&somebody.reply, "eerder de omgekeerde volgorde. Dit is bijna zeker geen toeval.</li>");
    expect_says(&somebody.reply, "Kendalls tau-b 0,06, p 1,000, aantal waarden 7.");
    expect_silent(&somebody.reply, "sanne");
    citizen_get(&somebody, "/waardenkaart/voorbeeld-verzonnen-1");
    expect_status(&somebody.reply, 404);
    citizen_get(&somebody, "/waardenkaart/voorbeeld-verzonnen-2/maanreis");
    expect_status(&somebody.reply, 404);
    quote_with_consent(&somebody);
    citizen_get(&somebody, "/waardenkaart/voorbeeld-verzonnen-2/ngt-planten");
    expect_says(&somebody.reply, "Meestal tegen.");
    expect_says(&somebody.reply, "Interviews: 11 gevraagd, 9 spraken erover. Daarvan voor: 1, tegen: 5, "
                                 "verdeeld: 2, zonder kant: 1.");
}

Test(value_map, finds_what_was_made_to_clash_and_lets_a_person_judge)
{
    begin_map();
    find_the_clash();
    mark_what_coders_differ_about();
    judge_otherwise();
    come_as_an_analyst();
    ask_by_key();
    make_public();
    expect_what_counts_now();
    end();
}
