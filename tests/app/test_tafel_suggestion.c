/* Suggestions by rule, on a round in which people stand at the ends of a scale: found, made into a signal
 * with its evidence, set aside, and never proposed twice. */
#include "app/release_scene.h"
#include "app/staff.h"

#include <stdio.h>

TestSuite(tafel_suggestion, .fini = leaks_check, .timeout = 110);

#define AT "/beheer/signaalvoorstellen"
enum { PEOPLE = 400 };

static struct release_scene scene;
static struct app *app;
static struct staff staff;

static void add_people(bool divided)
{
    static struct respondent people[PEOPLE];
    for (size_t i = 0; i < PEOPLE; i++) {
        people[i] = respondent_random(&scene);
        people[i].given[1] = (struct given){"mening", (uint16_t)(ANSWER_FIRST + (!divided     ? 2
                                                                                 : i % 2 == 0 ? 0
                                                                                              : 4))};
    }
    people_add(&scene, people, PEOPLE);
}

/* Half finds it very good, half very bad. */
static void add_divided(void)
{
    add_people(true);
}

static void begin(void)
{
    release_scene_make(&scene, RELEASE_CONSULTATION, PUBLIC_ROUND);
    add_divided();
    scene_release_now(&scene);
    app = app_up(&scene.place);
    staff_of(&staff, &scene.place, app, "sanne", ROLE_SECRETARIS, NULL);
    staff_wait_until_says(&staff, "/uitkomsten/uitgave", "Uitkomsten");
}

static void end(void)
{
    app_down(app);
    release_scene_remove(&scene);
}

static void look(void)
{
    staff_post(&staff, AT, AT "/kijken", "");
    expect_redirect(&staff.reply, AT);
    staff_get(&staff, AT);
    expect_status(&staff.reply, 200);
}

static int64_t count(const char *sql)
{
    return place_count(&scene.place, sql);
}

Test(tafel_suggestion, is_made_into_a_signal_with_its_evidence_and_never_proposed_again)
{
    begin();
    staff_get(&staff, AT);
    expect_says(&staff.reply, "Er is nu niets voorgesteld.");
    look();
    expect_says(&staff.reply, "Mensen zijn verdeeld over biotechnologie");
    expect_says(&staff.reply, "Bij de vraag “Wat vindt u ervan?” is de overeenstemming -");
    expect_says(&staff.reply, "de overeenstemming ligt onder 0");
    expect_says(&staff.reply, "href=\"/uitkomsten/uitgave/vraag/mening?ronde=" PUBLIC_ROUND "\"");
    expect_silent(&staff.reply, "}");
    look();
    cr_expect_eq(count("SELECT count(*) FROM zs.signal_suggestion"), 1);
    staff_post(&staff, AT, AT "/1/signaal", "gelezen=1");
    expect_redirect(&staff.reply, "/beheer/signalen/1");
    staff_get(&staff, "/beheer/signalen/1");
    expect_says(&staff.reply, "Mensen zijn verdeeld over biotechnologie");
    expect_says(&staff.reply, "uitgave 1");
    cr_expect_eq(count("SELECT count(*) FROM zs.signal_evidence WHERE signal_id = 1 AND kind = 'tabel' AND "
                       "asked->>'variabele' = 'mening' AND figures->>'uitgave' = '1'"),
                 1);
    staff_post(&staff, AT, AT "/1/signaal", "gelezen=1");
    expect_status(&staff.reply, 409);
    add_divided();
    scene_release_now(&scene);
    staff_wait_until_says(&staff, "/uitkomsten/uitgave", "Uitgave 2");
    look();
    expect_says(&staff.reply, "Er is nu niets voorgesteld.");
    cr_expect_eq(
        count("SELECT count(*) FROM zs.signal_suggestion WHERE state = 'signaal' AND signal_id = 1 AND "
              "figures->>'uitgave' = '1' AND decided_by = 'sanne'"),
        1, "as it was when it was decided on");
    cr_expect_eq(count("SELECT count(*) FROM zs.signal"), 1);
    cr_expect_eq(
        count("SELECT count(DISTINCT action) FROM zs.audit_event WHERE actor = 'sanne' AND action IN "
              "('suggestion.look', 'suggestion.signal', 'signal.add')"),
        3);
    end();
}

Test(tafel_suggestion, is_set_aside_with_a_reason_and_gone_when_it_does_not_hold)
{
    begin();
    look();
    staff_post(&staff, AT "/1/opzij", AT "/1/opzij", "reden=&gelezen=1");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "href=\"#reden\"");
    staff_post(&staff, AT "/1/opzij", AT "/1/opzij", "reden=Dat+weten+wij+al.&gelezen=1");
    expect_redirect(&staff.reply, AT);
    look();
    expect_says(&staff.reply, "Er is nu niets voorgesteld.");
    static const char *const gone[] = {"/1/opzij", "/9/opzij"};
    for (size_t i = 0; i < 2; i++) {
        char path[64];
        snprintf(path, sizeof path, AT "%s", gone[i]);
        staff_get(&staff, path);
        cr_expect_eq(staff.reply.status, 409, "%s", path);
    }
    staff_get(&staff, AT "/x/opzij");
    expect_status(&staff.reply, 404);
    /* As if it was still open, and people agree now. */
    test_sql(scene.place.owner,
             "UPDATE zs.signal_suggestion SET state = 'open', reason = NULL, decided_at = NULL, "
             "decided_by = NULL");
    for (int i = 0; i < 5; i++) {
        add_people(false);
    }
    scene_release_now(&scene);
    staff_wait_until_says(&staff, "/uitkomsten/uitgave", "Uitgave 2");
    look();
    expect_says(&staff.reply, "Er is nu niets voorgesteld.");
    cr_expect_eq(count("SELECT count(*) FROM zs.signal_suggestion WHERE NOT holds"), 1);
    end();
}

Test(tafel_suggestion, of_two_secretaries_at_once_one_makes_the_signal)
{
    static struct staff other;
    struct staff_move moves[2];
    begin();
    look();
    staff_of(&other, &scene.place, app, "tim", ROLE_SECRETARIS, NULL);
    struct staff *both[] = {&staff, &other};
    for (int i = 0; i < 2; i++) {
        staff_get(both[i], AT);
        moves[i] = (struct staff_move){.staff = both[i]};
        snprintf(moves[i].path, sizeof moves[i].path, "%s", AT "/1/signaal");
        snprintf(moves[i].body, sizeof moves[i].body, "token=%s&gelezen=1", staff_token(both[i]));
    }
    staff_move_together(moves, 2);
    const int first = both[0]->reply.status == 303 ? 0 : 1;
    cr_expect_eq(both[first]->reply.status, 303);
    expect_status(&both[!first]->reply, 409);
    cr_expect_eq(count("SELECT count(*) FROM zs.signal"), 1);
    end();
}

/* Two findings about one subject, and one about another. */
Test(tafel_suggestion, what_is_about_one_subject_is_decided_in_one_go)
{
    begin();
    test_sql(
        scene.place.owner,
        "INSERT INTO zs.signal_suggestion (round_id, rule, subject, application, value, figures) SELECT "
        "r.id, x.rule, x.subject, 'ngt-planten', x.value, '{\"getal\": 61.2, \"laag\": 57, \"hoog\": 65, "
        "\"grens\": 50, \"basis\": 612, \"vraag\": \"Vindt u dit goed?\"}' FROM zs.round AS r, (VALUES "
        "('zorg', 'a', 'veiligheid'), ('verdeeld', 'b', 'veiligheid'), ('zorg', 'c', NULL)) AS x (rule, "
        "subject, value) WHERE r.code = '" PUBLIC_ROUND "' ORDER BY x.subject");
    staff_get(&staff, AT);
    expect_says(&staff.reply, "<summary>veiligheid: verdeeldheid, zorgen</summary>");
    expect_says(&staff.reply, "<summary>In het algemeen: zorgen</summary>");
    expect_says(&staff.reply,
                "<strong>Veel mensen maken zich zorgen over veiligheid bij ngt-planten</strong>");
    expect_says(&staff.reply, "<strong>Mensen zijn verdeeld over veiligheid bij ngt-planten</strong>");
    staff_get(&staff, "/beheer/tafel");
    expect_says(&staff.reply, "ngt-planten: veiligheid</a> (+ 1)");
    /* One of the two came after the page was made. */
    staff_post(&staff, AT, AT "/2/signaal", "gelezen=2");
    expect_status(&staff.reply, 409);
    expect_says(&staff.reply, "iets anders gevonden");
    staff_post(&staff, AT "/1/opzij", AT "/1/opzij", "reden=Nee&gelezen=1");
    expect_status(&staff.reply, 409);
    cr_expect_eq(count("SELECT count(*) FROM zs.signal_suggestion WHERE state = 'open'"), 3);
    staff_post(&staff, AT, AT "/2/signaal", "gelezen=3");
    expect_redirect(&staff.reply, "/beheer/signalen/1");
    cr_expect_eq(count("SELECT count(*) FROM zs.signal WHERE title = 'ngt-planten: veiligheid' AND "
                       "value_codes = '{veiligheid}' AND body LIKE '%zorgen over veiligheid bij ngt-planten. "
                       "Bij de vraag%' AND "
                       "body LIKE '%verdeeld over veiligheid bij ngt-planten. Bij de vraag%'"),
                 1);
    cr_expect_eq(count("SELECT count(*) FROM zs.signal_suggestion WHERE state = 'signaal' AND signal_id = 1"),
                 2);
    cr_expect_eq(count("SELECT count(*) FROM zs.audit_event WHERE action = 'suggestion.signal'"), 2);
    staff_get(&staff, AT);
    expect_says(&staff.reply, "Veel mensen maken zich zorgen over ngt-planten");
    expect_silent(&staff.reply, "verdeeld");
    staff_post(&staff, AT "/3/opzij", AT "/3/opzij", "reden=Dat+weten+wij+al.&gelezen=3");
    expect_redirect(&staff.reply, AT);
    cr_expect_eq(count("SELECT count(*) FROM zs.signal_suggestion WHERE state = 'opzij' AND id = 3"), 1);
    end();
}

/* Who answered is young: the page of who took part says who is missing, and the desk says the same. */
Test(tafel_suggestion, the_desk_says_who_is_missing_in_the_survey)
{
    begin();
    staff_get(&staff, "/uitkomsten/uitgave/wie");
    expect_says(&staff.reply, "75 jaar of ouder");
    staff_get(&staff, "/beheer/tafel");
    expect_says(&staff.reply,
                "Te weinig antwoorden (Ronde " PUBLIC_ROUND ", Open link): <a class=\"nl-link zs-target\" "
                "href=\"/uitkomsten/uitgave/wie?ronde=" PUBLIC_ROUND
                "&amp;werving=open\">75 jaar of ouder</a>");
    expect_says(&staff.reply, "Wie in de vragenlijst ontbreekt, staat hier na de eerste uitgave");
    end();
}
