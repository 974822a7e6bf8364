/* Signals behind the back office: from writing one down to telling citizens, what it may rest on, and two
 * secretaries at once. */
#include "app/release_scene.h"
#include "app/staff.h"

#include <stdio.h>

TestSuite(signal, .fini = leaks_check, .timeout = 110);

#define AT  "/beheer/signalen"
#define ONE AT "/1"
#define NEW                                                                                                  \
    "bron=burgerconsultatie&titel=Mensen+willen+kiezen&tekst=Zij+willen+het+weten.&waarden=keuzevrijheid"    \
    "&waarden=veiligheid&eigenaar=Sanne&uiterlijk=2027-01-10&gelezen=0"

static struct release_scene scene;
static struct app *app;
static struct staff staff;

/* A released round, and a secretary. */
static void begin(size_t people)
{
    release_scene_make(&scene, RELEASE_CONSULTATION, PUBLIC_ROUND);
    if (people > 0) {
        people_add_random(&scene, people);
        scene_release_now(&scene);
    }
    app = app_up(&scene.place);
    staff_of(&staff, &scene.place, app, "sanne", ROLE_SECRETARIS, NULL);
}

static void end(void)
{
    app_down(app);
    release_scene_remove(&scene);
}

static int64_t number_of(const char *sql)
{
    return place_count(&scene.place, sql);
}

static void write_down(const char *fields)
{
    staff_post(&staff, AT "/nieuw", AT "/nieuw", fields);
    expect_status(&staff.reply, 303);
}

/* As an owner of the database does behind the service's back. */
static void change(const char *sql)
{
    test_sql(scene.place.owner, sql);
}

static void step(const char *fields, int status)
{
    char all[512];
    staff_get(&staff, ONE "/stap");
    snprintf(all, sizeof all, "%s&gelezen=%s", fields, staff_hidden(&staff, "gelezen"));
    staff_post(&staff, ONE "/stap", ONE "/stap", all);
    cr_expect_eq(staff.reply.status, status, "%s: %d", fields, staff.reply.status);
}

Test(signal, goes_from_being_heard_to_what_citizens_read)
{
    struct citizen citizen;
    begin(0);
    write_down(NEW);
    expect_redirect(&staff.reply, ONE);
    staff_get(&staff, ONE);
    expect_says(&staff.reply, "Zelf kunnen kiezen, Veiligheid");
    expect_says(&staff.reply, "te laat");
    staff_post(&staff, ONE "/notitie", ONE "/notitie", "notitie=Eerst+navragen+bij+LVVN");
    expect_redirect(&staff.reply, ONE);

    citizen_init(&citizen, port_of(app));
    citizen_get(&citizen, "/signalen/1");
    expect_status(&citizen.reply, 404);
    step("naar=gewogen", 400);
    expect_says(&staff.reply, "Noem het mandaat waarop dit rust");
    step("naar=gewogen&grond=mandaat", 400);
    expect_says(&staff.reply, "href=\"#verwijzing\"");
    step("naar=gewogen&grond=mandaat&verwijzing=Overleg+van+3+maart,+punt+4", 303);
    step("naar=doorgeleid", 400);
    expect_says(&staff.reply, "Leg eerst vast aan wie u het signaal doorgeeft.");
    step("naar=teruggekoppeld&toelichting=Klaar", 400);
    expect_says(&staff.reply, "Deze stap kan nu niet.");
    step("naar=niet-doorgeleid&grond=mandaat&verwijzing=Mandaat+2027", 400);
    step("naar=niet-doorgeleid&grond=mandaat&verwijzing=Mandaat+2027&toelichting=Het+staat+al+op+elk+etiket.",
         303);

    staff_get(&staff, ONE "/wijzigen");
    expect_says(&staff.reply, "name=\"gelezen\" value=\"3\"");
    staff_post(&staff, ONE "/wijzigen", ONE "/wijzigen",
               "bron=media&titel=Mensen+willen+kiezen&tekst=Zij+willen+het+weten.&openbaar=ja&gelezen=3");
    expect_redirect(&staff.reply, ONE);
    citizen_get(&citizen, "/signalen/1");
    expect_status(&citizen.reply, 200);
    expect_says(&citizen.reply, "Het staat al op elk etiket.");
    expect_says(&citizen.reply, "De tafel geeft dit niet door. U kunt lezen waarom.");
    expect_says(&citizen.reply, "De tafel geeft door, het kabinet besluit.");
    expect_silent(&citizen.reply, "Sanne");
    expect_silent(&citizen.reply, "sanne");
    expect_silent(&citizen.reply, "LVVN");
    citizen_get(&citizen, "/signalen");
    expect_says(&citizen.reply, "Mensen willen kiezen");
    cr_expect_eq(
        number_of("SELECT count(*) FROM zs.audit_event WHERE actor = 'sanne' AND object = 'signal:1' AND "
                  "action IN ('signal.add', 'signal.note', 'signal.step', 'signal.change')"),
        5);
    cr_expect_eq(
        number_of("SELECT count(*) FROM zs.audit_event WHERE action = 'signal.step' AND details->>'naar' = "
                  "'niet-doorgeleid' AND details->>'van' = 'gewogen'"),
        1);
    cr_expect_str_eq(test_sql_error(scene.place.owner, "UPDATE zs.signal_step SET told = 'Anders'"), "42501");
    cr_expect_str_eq(test_sql_error(scene.place.owner, "DELETE FROM zs.signal_note"), "42501");
    end();
}

/* A page that everybody sees is given again; what the secretary does ends that at once here, and on another
 * instance after the seconds that it may be behind. */
Test(signal, is_news_at_once_here_and_within_seconds_on_another_instance)
{
    static struct client_reply reply;
    begin(0);
    struct app *other = app_up(&scene.place);
    write_down(NEW);
    for (int i = 0; i < 2; i++) {
        client_get(&reply, port_of(i == 0 ? app : other), "/signalen");
        expect_status(&reply, 200);
        expect_silent(&reply, "Mensen willen kiezen");
    }
    staff_post(&staff, ONE "/wijzigen", ONE "/wijzigen",
               "bron=media&titel=Mensen+willen+kiezen&tekst=Zij+willen+het+weten.&openbaar=ja&gelezen=1");
    expect_redirect(&staff.reply, ONE);
    client_get(&reply, port_of(app), "/signalen");
    expect_says(&reply, "Mensen willen kiezen");
    clock_forward(5);
    client_get(&reply, port_of(other), "/signalen");
    expect_says(&reply, "Mensen willen kiezen");
    app_down(other);
    end();
}

Test(signal, has_remarks_that_are_internal_until_somebody_marks_them)
{
    struct citizen citizen;
    begin(0);
    write_down(NEW);
    staff_post(&staff, ONE "/notitie", ONE "/notitie", "notitie=Eerst+navragen+bij+LVVN");
    staff_post(&staff, ONE "/notitie", ONE "/notitie", "notitie=Dit+hoorden+wij+vaker&iedereen=ja");
    change("UPDATE zs.signal SET is_public = true, revision = revision + 1");
    citizen_init(&citizen, port_of(app));
    citizen_get(&citizen, "/signalen/1");
    expect_says(&citizen.reply, "Dit hoorden wij vaker");
    expect_silent(&citizen.reply, "LVVN");
    expect_silent(&citizen.reply, "sanne");
    staff_get(&staff, ONE);
    expect_says(&staff.reply, "Intern: alleen medewerkers lezen deze opmerking.");
    expect_says(&staff.reply, "Openbaar: iedereen mag deze opmerking lezen, zonder naam.");
    staff_post(&staff, ONE, ONE "/notitie/1/merk", "");
    expect_redirect(&staff.reply, ONE);
    staff_post(&staff, ONE, ONE "/notitie/2/merk", "");
    citizen_get(&citizen, "/v1/signalen/1");
    expect_says(&citizen.reply, "navragen bij LVVN");
    expect_silent(&citizen.reply, "hoorden wij vaker");
    expect_silent(&citizen.reply, "sanne");
    staff_post(&staff, ONE, ONE "/notitie/3/merk", "");
    expect_status(&staff.reply, 404);
    cr_expect_eq(number_of("SELECT count(*) FROM zs.signal_note_mark"), 3, "each is kept");
    cr_expect_eq(
        number_of("SELECT count(*) FROM zs.audit_event WHERE action = 'signal.note-mark' AND actor = "
                  "'sanne' AND object = 'signal:1'"),
        2);
    end();
}

Test(signal, of_two_secretaries_at_once_the_second_is_told)
{
    static struct staff other;
    struct staff_move moves[2];
    begin(0);
    write_down(NEW);
    staff_of(&other, &scene.place, app, "tim", ROLE_SECRETARIS, NULL);
    struct staff *both[] = {&staff, &other};
    for (int i = 0; i < 2; i++) {
        staff_get(both[i], ONE "/wijzigen");
        moves[i] = (struct staff_move){.staff = both[i]};
        snprintf(moves[i].path, sizeof moves[i].path, "%s", ONE "/wijzigen");
        snprintf(moves[i].body, sizeof moves[i].body,
                 "token=%s&bron=media&titel=Titel+%d&tekst=Tekst+%d&waarden=legitimiteit&gelezen=1",
                 staff_token(both[i]), i, i);
    }
    staff_move_together(moves, 2);
    const int first = both[0]->reply.status == 303 ? 0 : 1;
    cr_expect_eq(both[first]->reply.status, 303);
    expect_status(&both[!first]->reply, 409);
    expect_says(&both[!first]->reply, first ? "Tekst 0" : "Tekst 1");
    expect_says(&both[!first]->reply, "value=\"legitimiteit\" checked");
    cr_expect_str_eq(staff_hidden(both[!first], "gelezen"), "2", "saved again, it goes through");
    /* A step that was decided on what is no more does not go through either. */
    staff_post(&staff, ONE "/stap", ONE "/stap", "naar=gewogen&grond=mandaat&verwijzing=Overleg+1&gelezen=1");
    expect_status(&staff.reply, 409);
    expect_says(&staff.reply, "value=\"Overleg 1\"");
    cr_expect_eq(number_of("SELECT count(*) FROM zs.signal_step"), 0);
    end();
}

Test(signal, what_is_wrong_is_said_and_nothing_typed_is_lost)
{
    begin(0);
    staff_post(
        &staff, AT "/nieuw", AT "/nieuw",
        "bron=de-buurman&titel=&tekst=Mijn+lange+tekst&waarden=geluk&consultatie=nergens&uiterlijk=morgen"
        "&toepassingen=vliegen&gelezen=0");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "Mijn lange tekst");
    for (size_t i = 0; i < 6; i++) {
        static const char *const wrong[] = {"bron",        "titel",     "waarden",
                                            "consultatie", "uiterlijk", "toepassingen"};
        char link[64];
        snprintf(link, sizeof link, "href=\"#%s\"", wrong[i]);
        expect_says(&staff.reply, link);
    }
    cr_expect_eq(number_of("SELECT count(*) FROM zs.signal"), 0);
    static const char *const nowhere[] = {AT "/9",           AT "/0",      AT "/een",
                                          AT "/99999999999", AT "/9/stap", AT "/9/tabel"};
    for (size_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++) {
        staff_get(&staff, nowhere[i]);
        cr_expect_eq(staff.reply.status, 404, "%s", nowhere[i]);
    }
    end();
}

#define TABLE "ronde=" PUBLIC_ROUND "&variabele=mening&antwoord=goed&waarom=Dit+vinden+mensen&gelezen=1"

Test(signal, rests_on_a_table_as_it_was_and_shows_what_changed_since)
{
    struct citizen citizen;
    begin(500);
    write_down(NEW "&openbaar=ja");
    staff_wait_until_says(&staff, "/uitkomsten/uitgave", "Uitkomsten");
    staff_get(&staff, ONE "/tabel"); /* nobody knows codes by heart */
    expect_says(&staff.reply,
                "<select class=\"utrecht-select utrecht-select--html-select\" id=\"variabele\"");
    expect_says(&staff.reply, " (mening)</option>");
    expect_says(&staff.reply, "<datalist id=\"antwoord-lijst\"><option value=\"");
    expect_says(&staff.reply, "<option value=\"gender\">");
    staff_post(&staff, ONE "/tabel", ONE "/tabel",
               "ronde=" PUBLIC_ROUND "&variabele=mening&antwoord=prachtig&waarom=Dit&gelezen=1");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "ies een antwoord op deze vraag: ");
    expect_says(&staff.reply, "goed (");
    staff_post(&staff, ONE "/tabel", ONE "/tabel", TABLE "&groepeerOp=gender");
    expect_redirect(&staff.reply, ONE);
    cr_expect_eq(
        number_of("SELECT count(*) FROM zs.signal_evidence WHERE kind = 'tabel' AND figures->>'uitgave' = "
                  "'1' AND jsonb_array_length(figures->'regels') >= 3 AND asked->>'antwoord' = 'goed'"),
        1);
    citizen_init(&citizen, port_of(app));
    citizen_get(&citizen, "/signalen/1");
    expect_says(&citizen.reply, "Dit vinden mensen");
    expect_says(&citizen.reply, "uitgave 1");
    expect_silent(&citizen.reply, "}}");
    staff_get(&staff, ONE);
    expect_silent(&staff.reply, "}}");
    staff_get(&staff, ONE "/bewijs/1");
    expect_says(&staff.reply, "+0,0");
    expect_silent(&staff.reply, "}}");
    people_add_random(&scene, 500);
    scene_release_now(&scene);
    staff_wait_until_says(&staff, ONE "/bewijs/1", "uitgave 2");
    expect_says(&staff.reply, "uitgave 1");
    cr_expect_eq(number_of("SELECT count(*) FROM zs.signal_evidence WHERE figures->>'uitgave' = '1'"), 1,
                 "what it rested on stays");
    staff_post(&staff, ONE, ONE "/bewijs/1/weg", "");
    expect_says(&staff.reply, "Weet u zeker");
    staff_post(&staff, ONE, ONE "/bewijs/1/weg", "zeker=ja");
    expect_redirect(&staff.reply, ONE);
    cr_expect_eq(number_of("SELECT count(*) FROM zs.signal_evidence WHERE ended_by = 'sanne'"), 1);
    citizen_get(&citizen, "/signalen/1");
    expect_silent(&citizen.reply, "Dit vinden mensen");
    end();
}

Test(signal, does_not_rest_on_what_is_withheld_or_not_there)
{
    static const struct {
        const char *fields, *says;
    } refused[] = {
        {"ronde=" PUBLIC_ROUND "&variabele=mening&antwoord=goed&waarom=Ja&filter=leeftijd:75-plus,gender:man",
         "Een signaal kan"},
        {"ronde=" PUBLIC_ROUND "&variabele=mening&antwoord=goed&waarom=Ja&groepeerOp=leeftijd",
         "Een signaal kan"},
        {"ronde=" PUBLIC_ROUND "&variabele=mening&antwoord=nergens&waarom=Ja",
         "ies een antwoord op deze vraag"},
        {"ronde=" PUBLIC_ROUND "&variabele=nergens&antwoord=goed&waarom=Ja", "href=\"#variabele\""},
        {"ronde=" PUBLIC_ROUND "&variabele=mening&antwoord=goed&waarom=Ja&groepeerOp=gender,leeftijd",
         "href=\"#groepeerOp\""},
        {"ronde=" ANALYSTS_ROUND "&variabele=mening&antwoord=goed&waarom=Ja", "nog niets openbaar"},
        {"ronde=uitgave-proef&variabele=mening&antwoord=goed&waarom=Ja", "href=\"#ronde\""},
        {"ronde=nergens&variabele=&antwoord=&waarom=", "href=\"#antwoord\""},
    };
    begin(40);
    write_down(NEW);
    staff_wait_until_says(&staff, "/uitkomsten/uitgave", "Uitkomsten");
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        staff_post(&staff, ONE "/tabel", ONE "/tabel", refused[i].fields);
        cr_expect_eq(staff.reply.status, 400, "%s: %d", refused[i].fields, staff.reply.status);
        expect_says(&staff.reply, refused[i].says);
    }
    cr_expect_eq(number_of("SELECT count(*) FROM zs.signal_evidence"), 0);
    end();
}

/* Of a passage nothing is kept but its number: who withdraws takes the words along, and the signal says so.
 */
Test(signal, says_of_a_passage_that_was_withdrawn_since)
{
    static struct staff reader;
    struct citizen citizen;
    begin(0);
    write_down(NEW "&openbaar=ja");
    change("INSERT INTO zs.passage (round_id, revision, created_day, response_id, variable, language, body) "
           "SELECT id, "
           "1, current_date, decode(repeat('ab', 16), 'hex'), 'waarom', 'nl', 'Het is niet natuurlijk.' FROM "
           "zs.round "
           "WHERE code = '" PUBLIC_ROUND "'");
    staff_post(&staff, ONE "/passage", ONE "/passage", "passage=4021&waarom=Zo+zeggen+mensen+het");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "Deze passage is er niet");
    staff_post(&staff, ONE "/passage", ONE "/passage", "passage=1&waarom=Zo+zeggen+mensen+het");
    expect_redirect(&staff.reply, ONE);
    staff_get(&staff, ONE);
    expect_says(&staff.reply, "uit een open antwoord");
    expect_silent(&staff.reply, "Het is niet natuurlijk.");
    staff_of(&reader, &scene.place, app, "rik", ROLE_SECRETARIS, NULL);
    change("INSERT INTO zs.account_role (account_id, role, consultation) SELECT id, 'onderzoeker', NULL FROM "
           "zs.account WHERE name = 'rik'");
    staff_get(&reader, ONE);
    expect_says(&reader.reply, "Het is niet natuurlijk.");
    /* Not while somebody still has to decide about likely personal data in it. */
    change("UPDATE zs.passage SET body = body || ' Bel 06-12345678.'");
    staff_get(&reader, ONE);
    expect_silent(&reader.reply, "Het is niet natuurlijk.");
    expect_says(&reader.reply, "er kunnen persoonsgegevens in staan");
    change("UPDATE zs.passage SET body = 'Het is niet natuurlijk.'");
    citizen_init(&citizen, port_of(app));
    citizen_get(&citizen, "/signalen/1");
    expect_says(&citizen.reply, "Zo zeggen mensen het");
    expect_silent(&citizen.reply, "natuurlijk.");
    change("DELETE FROM zs.passage");
    staff_get(&reader, ONE);
    expect_status(&reader.reply, 200);
    expect_says(&reader.reply, "mag niet meer worden gebruikt");
    expect_silent(&reader.reply, "Het is niet natuurlijk.");
    cr_expect_eq(
        number_of("SELECT count(*) FROM zs.signal_evidence WHERE to_jsonb(signal_evidence)::text LIKE "
                  "'%natuurlijk.%'"),
        0);
    end();
}

Test(signal, lists_ten_thousand_a_page_at_a_time)
{
    struct citizen citizen;
    begin(0);
    change("INSERT INTO zs.signal (source, title, body, owner, due_day, state, is_public, created_by, "
           "changed_by)"
           " SELECT 'media', 'Signaal ' || i, 'Tekst', 'Eigenaar ' || i % 7, DATE '2027-01-01' + i % 100,"
           " (ARRAY['opgevangen', 'gewogen', 'doorgeleid', 'beantwoord', 'teruggekoppeld', "
           "'niet-doorgeleid'])[1 + i "
           "% 6], i % 2 = 0, 'x', 'x' FROM generate_series(1, 10000) AS i");
    staff_get(&staff, AT);
    expect_says(&staff.reply, "/beheer/signalen/10000\"");
    expect_says(&staff.reply, "/beheer/signalen/9951\"");
    expect_silent(&staff.reply, "/beheer/signalen/9950\"");
    expect_says(&staff.reply, "vanaf=9950");
    /* How far they came: who says no to one has looked at it. */
    expect_says(&staff.reply, "<figure class=\"zs-chart\">");
    expect_says(
        &staff.reply,
        "scope=\"row\">gewogen</th><td class=\"utrecht-table__cell\" data-label=\"Zo ver "
        "gekomen\">8334</td><td class=\"utrecht-table__cell\" data-label=\"Verder gegaan\">5001</td><td "
        "class=\"utrecht-table__cell\" data-label=\"Ligt hier nu\">1667</td><td "
        "class=\"utrecht-table__cell\" data-label=\"Niet doorgegeven\">1666</td>");
    citizen_init(&citizen, port_of(app));
    citizen_get(&citizen, "/signalen");
    expect_says(&citizen.reply,
                "scope=\"row\">Gehoord</th><td class=\"utrecht-table__cell\" data-label=\"Zo ver "
                "gekomen\">5000</td>");
    expect_says(&citizen.reply,
                "scope=\"row\">Klaar</th><td class=\"utrecht-table__cell\" data-label=\"Zo ver "
                "gekomen\">1667</td>");
    staff_get(&staff, AT "?vanaf=9950");
    expect_says(&staff.reply, "/beheer/signalen/9950\"");
    expect_silent(&staff.reply, "/beheer/signalen/9951\"");
    staff_get(&staff, AT "?stand=gewogen&eigenaar=Eigenaar+3");
    /* i % 6 = 1 and i % 7 = 3 */
    expect_says(&staff.reply, "/beheer/signalen/9985\"");
    expect_silent(&staff.reply, "/beheer/signalen/9984\"");
    expect_says(&staff.reply, "eigenaar=%45%69%67");
    staff_get(&staff, AT "?telaat=ja");
    /* Due before 2027-01-15, and not done: i % 100 < 14, i % 6 < 4. */
    expect_silent(&staff.reply, "/beheer/signalen/10000\"");
    expect_says(&staff.reply, "/beheer/signalen/9913\"");
    expect_silent(&staff.reply, "/beheer/signalen/9911\"");
    expect_says(&staff.reply, "/beheer/signalen/9909\"");
    staff_get(&staff, AT "?stand=onzin&vanaf=x&eigenaar=%27%3B--");
    expect_status(&staff.reply, 200);
    end();
}

Test(signal, is_shown_by_the_api_to_everybody_when_public_and_to_a_key_always)
{
    struct client_reply reply;
    begin(0);
    write_down(NEW);
    write_down(NEW "&consultatie=uitgave&openbaar=ja");
    client_get(&reply, port_of(app), "/v1/signalen");
    expect_status(&reply, 200);
    expect_says(&reply, "\"nummer\":2");
    expect_silent(&reply, "\"nummer\":1");
    expect_silent(&reply, "eigenaar");
    client_get(&reply, port_of(app), "/v1/signalen/1");
    expect_status(&reply, 404);
    const char *key = place_issue_key(&scene.place, "krant", SCOPE_TAFEL);
    wait_for_key(port_of(app), key);
    api_call(&reply, port_of(app), key, "GET", "/v1/signalen", "", NULL);
    expect_says(&reply, "\"nummer\":1");
    expect_says(&reply, "\"eigenaar\":\"Sanne\"");
    cr_expect_str_eq(client_header(&reply, "Cache-Control"), "no-store");
    const char *here = place_issue_key_in(&scene.place, "hier", SCOPE_TAFEL, "uitgave");
    wait_for_key(port_of(app), here);
    api_call(&reply, port_of(app), here, "GET", "/v1/signalen", "", NULL);
    expect_says(&reply, "\"nummer\":2");
    expect_silent(&reply, "\"nummer\":1");
    api_call(&reply, port_of(app), here, "GET", "/v1/signalen/1", "", NULL);
    expect_status(&reply, 404);
    api_call(&reply, port_of(app), here, "GET", "/v1/signalen?consultatie=elders", "", NULL);
    expect_status(&reply, 400);
    cr_expect_geq(
        number_of("SELECT count(*) FROM zs.audit_event WHERE action = 'signal.read' AND actor = 'hier'"), 2);
    end();
}
