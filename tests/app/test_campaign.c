/* A text that many sent in: found, shown without personal data, gone with who withdraws, and left out of an
 * estimate only beside the one with it. */
#include "app/staff.h"

#include "features/coding/coding.h"

#include <stdio.h>

TestSuite(campaign, .fini = leaks_check, .timeout = 110);

#define ROUND_AT  "/beheer/codering/" ROUND
#define CAMPAIGNS ROUND_AT "/campagnes"
#define SHARED                                                                                               \
    "Ik+vind+dat+de+overheid+kweekvlees+moet+verbieden.+Het+is+niet+natuurlijk+en+boeren+verliezen+hun+"     \
    "werk.+"

static struct place place;
static struct app *app;
static struct staff staff;
static struct citizen people[8];

static const char *const answers[8] = {
    SHARED "Mail+naar+jan.jansen%40voorbeeld.nl.",
    SHARED "Mail+naar+jan.jansen%40voorbeeld.nl+voor+meer.",
    SHARED "Mail+naar+jan.jansen%40voorbeeld.nl.",
    SHARED "Mail+naar+jan.jansen%40voorbeeld.nl!",
    "Gentherapie+kan+mijn+zoon+helpen,+daar+hoop+ik+al+jaren+op+en+ik+blijf+hopen.",
    "Niemand+vraagt+ons+iets.+Er+wordt+besloten+en+dan+mogen+wij+nog+even+meepraten.",
    "Als+een+plant+minder+gif+nodig+heeft,+dan+is+dat+voor+iedereen+beter,+ook+voor+bijen.",
    "Geen+mening",
};

static enum db_status keep_book(struct db_tx *tx, void *context)
{
    struct json_errors errors;
    struct codebook_version version;
    enum codebook_outcome outcome;
    json_errors_init(&errors, db_arena(tx));
    const struct codebook *book = codebook_load(&errors, db_arena(tx), codebook_embedded());
    (void)context;
    return codebook_keep(&outcome, &version, tx, SLICE("klein"), book, codebook_embedded(), "beheerder",
                         "command");
}

static void begin(void)
{
    struct db_conn *conn;
    place_make(&place, SMALL_CONSULTATION);
    const struct db_config config = {.conninfo = place.config.database.url,
                                     .application_name = "test",
                                     .statements = app_statements,
                                     .keys = place.keys};
    cr_assert_eq(db_connect(&conn, &config), DB_OK);
    cr_assert_eq(db_transaction(conn, "test", DB_ROLE_STAFF, keep_book, NULL), DB_OK);
    db_disconnect(conn);
    app = app_up(&place);
    staff_of(&staff, &place, app, "onno", ROLE_ONDERZOEKER, NULL);
    for (size_t i = 0; i < 8; i++) {
        citizen_init(&people[i], port_of(app));
        citizen_take_part(&people[i], ROUND, "goed", answers[i]);
    }
}

static void end(void)
{
    app_down(app);
    place_remove(&place);
}

static void expect_sql(const char *sql, const char *wanted)
{
    const char *got = test_sql_text(place.owner, sql);
    cr_expect_str_eq(got, wanted, "%s\n gave %s", sql, got);
}

static void look(void)
{
    staff_post(&staff, CAMPAIGNS, CAMPAIGNS, "vraag=waarom&drempel=");
    expect_redirect(&staff.reply, CAMPAIGNS);
}

Test(campaign, is_found_and_shown_without_personal_data)
{
    begin();
    staff_get(&staff, CAMPAIGNS);
    expect_says(&staff.reply, "Samen dezelfde tekst insturen mag.");
    expect_says(&staff.reply, "Er is nog niet gezocht.");
    look();
    staff_get(&staff, CAMPAIGNS);
    expect_says(&staff.reply, "<strong>4 van 8</strong> (50,0%)");
    expect_says(&staff.reply, CAMPAIGNS "/waarom/1");
    expect_silent(&staff.reply, CAMPAIGNS "/waarom/2");
    expect_silent(&staff.reply, "jan.jansen");
    staff_get(&staff, CAMPAIGNS "/waarom/1");
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, "Mail naar [e-mailadres]");
    expect_silent(&staff.reply, "jan.jansen");
    expect_says(&staff.reply, "Open link</th><td class=\"utrecht-table__cell\">Web</td><td "
                              "class=\"utrecht-table__cell\">4<");
    expect_sql("SELECT number || ' ' || threshold || ' ' || least || ' ' || texts FROM zs.campaign_search",
               "1 0.7 50 8");
    expect_sql("SELECT count(*) || ' ' || min(object) FROM zs.audit_event WHERE action = "
               "'coding.campaign-search'",
               "1 round:" ROUND);
    end();
}

/* The same answers and seed give the same groups, whenever. */
Test(campaign, is_kept_as_a_version_with_how_it_was_found)
{
    begin();
    look();
    staff_post(&staff, CAMPAIGNS, CAMPAIGNS, "vraag=waarom&drempel=1");
    expect_redirect(&staff.reply, CAMPAIGNS);
    expect_sql("SELECT string_agg(s.number || ':' || s.threshold || ':' || (SELECT count(*) FROM "
               "zs.campaign_member AS m WHERE m.search_id = s.id), ' ' ORDER BY s.number) FROM "
               "zs.campaign_search AS s",
               "1:0.7:4 2:1:3");
    struct citizen late;
    citizen_init(&late, port_of(app));
    citizen_take_part(&late, ROUND, "goed", answers[0]);
    staff_get(&staff, CAMPAIGNS);
    expect_says(&staff.reply, "nog niet zijn vergeleken: 1.");
    expect_says(&staff.reply, "<strong>3 van 8</strong>");
    end();
}

Test(campaign, forgets_who_withdraws_follows_a_redaction_and_goes_with_its_round)
{
    begin();
    look();
    citizen_post(&people[0], "/mijn-antwoorden/intrekking", "zeker=ja");
    expect_sql("SELECT count(*)::text FROM zs.campaign_member", "3");
    staff_get(&staff, CAMPAIGNS "/waarom/1");
    expect_says(&staff.reply, "<strong>3 van 8</strong>");
    test_sql(place.owner,
             "SELECT zs.passage_redact((SELECT min(passage_id) FROM zs.campaign_member), 'Weg.', "
             "'{0}', '{4}', '{4}', '{naam}')");
    expect_sql("SELECT count(*)::text FROM zs.campaign_member AS m JOIN zs.passage AS p ON p.id = "
               "m.passage_id",
               "3");
    citizen_post(&people[1], "/mijn-antwoorden/intrekking", "zeker=ja");
    citizen_post(&people[2], "/mijn-antwoorden/intrekking", "zeker=ja");
    /* One alone is no group. */
    staff_get(&staff, CAMPAIGNS "/waarom/1");
    expect_status(&staff.reply, 404);
    staff_get(&staff, CAMPAIGNS);
    expect_silent(&staff.reply, CAMPAIGNS "/waarom/1");
    test_sql(place.owner, "SELECT zs.round_clear(id) FROM zs.round WHERE code = '" ROUND "'");
    expect_sql("SELECT (SELECT count(*) FROM zs.campaign_search) || ' ' || (SELECT count(*) FROM "
               "zs.campaign_member)",
               "0 0");
    end();
}

Test(campaign, asks_for_an_open_question_and_a_threshold_of_who_may)
{
    static const char *const wrong[] = {"vraag=houding", "vraag=bestaat-niet", "drempel=0,7", ""};
    static struct staff cora;
    begin();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        staff_post(&staff, CAMPAIGNS, CAMPAIGNS, wrong[i]);
        expect_status(&staff.reply, 400);
        expect_says(&staff.reply, "href=\"#vraag\"");
    }
    static const char *const thresholds[] = {"2", "0,29", "0.7.0", "-1", "nan", "alles"};
    for (size_t i = 0; i < sizeof thresholds / sizeof thresholds[0]; i++) {
        char body[64];
        snprintf(body, sizeof body, "vraag=waarom&drempel=%s", thresholds[i]);
        staff_post(&staff, CAMPAIGNS, CAMPAIGNS, body);
        expect_status(&staff.reply, 400);
        expect_says(&staff.reply, "href=\"#drempel\"");
    }
    expect_sql("SELECT count(*)::text FROM zs.campaign_search", "0");
    staff_get(&staff, CAMPAIGNS "/waarom/1");
    expect_status(&staff.reply, 404);
    staff_get(&staff, CAMPAIGNS "/waarom/99999999999");
    expect_status(&staff.reply, 404);
    staff_of(&cora, &place, app, "cora", ROLE_CODEUR, "klein");
    staff_get(&cora, CAMPAIGNS);
    expect_status(&cora.reply, 403);
    end();
}

Test(campaign, is_left_out_of_an_estimate_beside_the_one_with_it)
{
    char body[256];
    static struct staff cora;
    begin();
    staff_of(&cora, &place, app, "cora", ROLE_CODEUR, "klein");
    staff_post(&staff, ROUND_AT, ROUND_AT "/plan", "codeboek=1&grens=0.667&revisie=0");
    snprintf(body, sizeof body, "vraag=waarom&aantal=100&dubbel=0&zaad=&codeur=%d",
             (int)place_count(&place, "SELECT id FROM zs.account WHERE name = 'cora'"));
    staff_post(&staff, ROUND_AT, ROUND_AT "/trekking", body);
    expect_redirect(&staff.reply, ROUND_AT);
    look();
    /* The shared ones are all tagged with natuurlijkheid (bit 3), the others with nothing. The test's clock
     * and the database's are not the same. */
    test_sql(place.owner,
             "UPDATE zs.coding_batch SET created_at = (SELECT max(created_day) FROM zs.passage);"
             "UPDATE zs.coding_task SET done_at = now();"
             "INSERT INTO zs.coding (passage_id, round_id, coder_id, book_version, start_at, end_at, codes, "
             "value_bits, counts, method, response_id) SELECT p.id, p.round_id, t.coder_id, 1, 0, 5, "
             "'{natuurlijkheid}', 8, true, 'enquete', p.response_id FROM zs.campaign_member AS m JOIN "
             "zs.passage AS p ON p.id = m.passage_id JOIN zs.coding_task AS t ON t.passage_id = p.id");
    snprintf(body, sizeof body, ROUND_AT "/schattingen?zonder=%d.1",
             (int)place_count(&place, "SELECT id FROM zs.campaign_search"));
    staff_get(&staff, body);
    expect_says(&staff.reply, "<strong>8 van 8</strong>");
    expect_says(&staff.reply, ">50%</td><td class=\"utrecht-table__cell\">50% – 50%<");
    expect_says(&staff.reply, "Zonder groep 1");
    expect_says(&staff.reply, "<strong>4 van 4</strong>");
    static const char *const none[] = {"", "?zonder=9.9", "?zonder=x.y", "?zonder=1",
                                       "?zonder=99999999999.1"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        snprintf(body, sizeof body, ROUND_AT "/schattingen%s", none[i]);
        staff_get(&staff, body);
        expect_status(&staff.reply, 200);
        expect_silent(&staff.reply, "Zonder groep");
    }
    end();
}
