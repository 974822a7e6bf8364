/* Coding as people do it: a code book, what is drawn and given out, coding, and deciding between two. */
#include "app/staff.h"

#include "base/buffer.h"
#include "features/coding/coding.h"
#include "features/coding/coding_measure.h"
#include "features/passage/passage.h"

#include <stdio.h>
#include <stdlib.h>

TestSuite(coding, .fini = leaks_check, .timeout = 110);

#define ROUND_AT "/beheer/codering/" ROUND

static struct place place;
static struct app *app;
static struct staff staff;

static enum db_status keep_book(struct db_tx *tx, void *context)
{
    struct json_errors errors;
    struct codebook_version version;
    enum codebook_outcome outcome;
    json_errors_init(&errors, db_arena(tx));
    const struct codebook *book = codebook_load(&errors, db_arena(tx), codebook_embedded());
    (void)context;
    cr_assert_not_null(book, "the program carries a code book without faults");
    enum db_status status = codebook_keep(&outcome, &version, tx, SLICE("klein"), book, codebook_embedded(),
                                          "beheerder", "command");
    cr_assert_eq(outcome, CODEBOOK_KEPT);
    status = status == DB_OK ? codebook_keep(&outcome, &version, tx, SLICE("klein"), book,
                                             codebook_embedded(), "beheerder", "command")
                             : status;
    cr_assert_eq(outcome, CODEBOOK_KNOWN);
    cr_assert_eq(version.number, 1);
    return status;
}

static enum db_status keep_another(struct db_tx *tx, void *context)
{
    struct json_errors errors;
    struct codebook_version version;
    enum codebook_outcome outcome;
    char *text = arena_cstr(db_arena(tx), codebook_embedded());
    (void)context;
    strstr(text, "Codeboek van de")[0] = 'K';
    json_errors_init(&errors, db_arena(tx));
    const struct codebook *book = codebook_load(&errors, db_arena(tx), slice_from_cstr(text));
    enum db_status status = codebook_keep(&outcome, &version, tx, SLICE("klein"), book, slice_from_cstr(text),
                                          "beheerder", "command");
    cr_assert_eq(outcome, CODEBOOK_TAKEN, "a version never changes");
    return status;
}

static void begin(void)
{
    place_make(&place, SMALL_CONSULTATION);
    place_work(&place, DB_ROLE_STAFF, keep_book, NULL);
    app = app_up(&place);
    staff_of(&staff, &place, app, "onno", ROLE_ONDERZOEKER, NULL);
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

Test(coding, by_a_code_book_that_never_changes_and_is_shown_with_its_definitions)
{
    struct staff analyst;
    begin();
    place_work(&place, DB_ROLE_STAFF, keep_another, NULL);
    staff_get(&staff, "/beheer/codeboeken/1");
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, "Codeboek van de zeven waarden");
    expect_says(&staff.reply, "Natuurlijkheid");
    expect_says(&staff.reply, "Grens van ingrijpen");
    staff_get(&staff, "/beheer/codeboeken/2");
    expect_status(&staff.reply, 404);
    /* Of another consultation nobody reads it by its number. */
    staff_of(&analyst, &place, app, "anna", ROLE_ANALIST, "klein");
    staff_get(&analyst, "/beheer/codeboeken/1");
    expect_status(&analyst.reply, 200);
    test_sql(place.owner, "INSERT INTO zs.consultation (code, document) VALUES ('ander', '{}');"
                          "INSERT INTO zs.code_book_version (consultation, code, number, sha256, document, "
                          "created_by) SELECT 'ander', code, number, sha256, document, 'a' FROM "
                          "zs.code_book_version");
    staff_get(&analyst, "/beheer/codeboeken/2");
    expect_status(&analyst.reply, 403);
    end();
}

Test(coding, is_planned_by_one_at_a_time_with_a_book_of_the_consultation)
{
    begin();
    staff_get(&staff, "/beheer/codering");
    expect_says(&staff.reply, ROUND_AT);
    staff_post(&staff, ROUND_AT, ROUND_AT "/plan", "codeboek=7&grens=heel+hoog&revisie=0");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "href=\"#codeboek\"");
    expect_says(&staff.reply, "href=\"#grens\"");
    staff_post(&staff, ROUND_AT, ROUND_AT "/plan", "codeboek=1&grens=0,8&revisie=0");
    expect_redirect(&staff.reply, ROUND_AT);
    expect_sql("SELECT book_version || ' ' || bar || ' ' || revision FROM zs.coding_plan", "1 0.8 1");
    staff_post(&staff, ROUND_AT, ROUND_AT "/plan", "codeboek=1&grens=0.7&revisie=1");
    expect_redirect(&staff.reply, ROUND_AT);
    /* Who read what was there before does not write over it. */
    staff_post(&staff, ROUND_AT, ROUND_AT "/plan", "codeboek=1&grens=0.9&revisie=1");
    expect_status(&staff.reply, 409);
    expect_says(&staff.reply, "Iemand anders heeft dit net gewijzigd");
    expect_sql("SELECT bar::text FROM zs.coding_plan", "0.7");
    end();
}

/* ---- coding ---- */

#define ANSWER "Het+is+niet+natuurlijk.+Mijn+kinderen+moeten+zelf+kunnen+kiezen.+Kiezen+is+goed."

static struct staff cora, karel;

static void draw(const char *fields)
{
    char body[512];
    snprintf(body, sizeof body, "%s&codeur=%d&codeur=%d", fields,
             (int)place_count(&place, "SELECT id FROM zs.account WHERE name = 'cora'"),
             (int)place_count(&place, "SELECT id FROM zs.account WHERE name = 'karel'"));
    staff_post(&staff, ROUND_AT, ROUND_AT "/trekking", body);
}

/* Four people say the same of waarom; all answers are given to cora and karel both. */
static void begin_coding(void)
{
    begin();
    staff_of(&cora, &place, app, "cora", ROLE_CODEUR, "klein");
    staff_of(&karel, &place, app, "karel", ROLE_CODEUR, "klein");
    for (int i = 0; i < 4; i++) {
        struct citizen citizen;
        citizen_init(&citizen, port_of(app));
        citizen_take_part(&citizen, ROUND, "goed", ANSWER);
    }
    staff_post(&staff, ROUND_AT, ROUND_AT "/plan", "codeboek=1&grens=0.667&revisie=0");
    draw("vraag=waarom&aantal=100&dubbel=100&zaad=000102030405060708090a0b0c0d0e0f");
    expect_redirect(&staff.reply, ROUND_AT);
    /* Chance decides whose codings count; here they are cora's. */
    test_sql(place.owner,
             "UPDATE zs.coding_task SET position = position + 10;"
             "UPDATE zs.coding_task AS t SET position = CASE c.name WHEN 'cora' THEN 1 ELSE 2 END "
             "FROM zs.coder AS c WHERE c.id = t.coder_id");
}

/* The nth task of a coder: its page. In static storage; keeps four. */
static const char *task_of(const char *coder, int n)
{
    static char paths[4][64];
    static unsigned turn;
    char sql[256];
    char *path = paths[turn++ % 4];
    snprintf(sql, sizeof sql,
             "SELECT t.id FROM zs.coding_task AS t JOIN zs.coder AS c ON c.id = t.coder_id WHERE c.name = "
             "'%s' ORDER BY t.passage_id LIMIT 1 OFFSET %d",
             coder, n);
    snprintf(path, 64, "/beheer/coderen/%d", (int)place_count(&place, sql));
    return path;
}

/* Posts the form of the page with its revision. */
static void code(struct staff *who, const char *path, const char *fields)
{
    char body[1024];
    staff_get(who, path);
    snprintf(body, sizeof body, "revisie=%s&%s", staff_hidden(who, "revisie"), fields);
    staff_post(who, path, path, body);
}

#define MARKS                                                                                                \
    "SELECT coalesce(string_agg(start_at || '-' || end_at || codes::text || value_bits || counts, ' ' "      \
    "ORDER "                                                                                                 \
    "BY id), 'none') FROM zs.coding WHERE ended_at IS NULL"

Test(coding, gives_answers_to_two_who_do_not_see_each_others_work)
{
    begin_coding();
    expect_sql("SELECT count(*) || ' ' || count(DISTINCT passage_id) || ' ' || sum(position) FROM "
               "zs.coding_task",
               "8 4 12");
    expect_sql("SELECT label || size FROM zs.coding_stratum", "open4");
    /* All of them are drawn: there is nothing more to give out. */
    draw("vraag=waarom&aantal=100&dubbel=100&zaad=");
    expect_status(&staff.reply, 400);
    draw("vraag=houding&aantal=veel&dubbel=200&zaad=xyz");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "href=\"#vraag\"");
    expect_says(&staff.reply, "href=\"#aantal\"");
    expect_says(&staff.reply, "href=\"#dubbel\"");
    expect_says(&staff.reply, "href=\"#zaad\"");
    staff_get(&cora, "/beheer");
    expect_says(&cora.reply, "Stukken tekst die u nog moet coderen: 4");
    expect_says(&cora.reply, "Coderen wat u kreeg.");
    expect_says(&cora.reply, "Onderzoek</h3>");
    staff_get(&staff, "/beheer");
    expect_silent(&staff.reply, "die u nog moet coderen");
    staff_get(&cora, ROUND_AT "/werk");
    expect_says(&cora.reply, "0 van 4");
    code(&cora, task_of("cora", 0), "doe=opslaan&zin=1&code=natuurlijkheid&memo=geheim+van+cora");
    expect_redirect(&cora.reply, task_of("cora", 0));
    staff_get(&cora, task_of("cora", 0));
    expect_says(&cora.reply, "geheim van cora");
    /* Neither the same passage nor the task itself shows it to another. */
    staff_get(&karel, task_of("karel", 0));
    expect_status(&karel.reply, 200);
    expect_silent(&karel.reply, "geheim van cora");
    staff_get(&karel, task_of("cora", 0));
    expect_status(&karel.reply, 404);
    code(&karel, task_of("karel", 0), "doe=opslaan&zin=1&code=veiligheid");
    staff_post(&karel, task_of("karel", 0), task_of("cora", 0), "revisie=2&zin=1&code=veiligheid");
    expect_status(&karel.reply, 404);
    end();
}

Test(coding, takes_sentences_words_or_places_and_several_codes)
{
    begin_coding();
    const char *task = task_of("cora", 0);
    /* Sentences 1 and 2; "kiezen" of the second; code points of the third. */
    code(&cora, task, "doe=opslaan&zin=1&zin=2&code=natuurlijkheid&code=echt-of-nep&uiting=zorg");
    expect_redirect(&cora.reply, task);
    code(&cora, task, "doe=opslaan&zin=2&woorden=kiezen&code=alternatief&richting=onder-voorwaarden");
    code(&cora, task, "doe=opslaan&van=64&tot=70&memo=alleen+een+opmerking");
    expect_sql("SELECT string_agg(start_at || '-' || end_at || codes::text || value_bits, ' ' ORDER BY id) "
               "FROM zs.coding",
               "0-64{natuurlijkheid,echt-of-nep}8 57-63{alternatief}16 64-70{}0");
    expect_sql("SELECT string_agg(DISTINCT method || (response_id IS NOT NULL), ' ') FROM zs.coding",
               "enquetetrue");
    staff_get(&cora, task);
    expect_says(&cora.reply, "<q lang=\"nl\">kiezen</q>");
    /* What was there stays, and says what came for it. */
    char body[256];
    snprintf(body, sizeof body, "doe=opslaan&zin=3&code=keuzevrijheid&codering=%d",
             (int)place_count(&place, "SELECT id FROM zs.coding WHERE codes = '{alternatief}'"));
    code(&cora, task, body);
    expect_sql("SELECT string_agg(codes::text || coalesce(ended_reason, '') || (replaces IS NOT NULL), ' ' "
               "ORDER BY id) FROM zs.coding WHERE value_bits = 16",
               "{alternatief}gewijzigdfalse {keuzevrijheid}true");
    /* Away is not gone either. */
    snprintf(body, sizeof body, "revisie=%s&weg=%d", "5",
             (int)place_count(&place, "SELECT id FROM zs.coding WHERE codes = '{keuzevrijheid}'"));
    char path[80];
    snprintf(path, sizeof path, "%s/weg", task);
    staff_post(&cora, task, path, body);
    expect_redirect(&cora.reply, task);
    expect_sql("SELECT count(*) || ' ' || count(ended_at) FROM zs.coding", "4 2");
    /* The audit log tells that, never what. */
    expect_sql("SELECT count(*) || ' ' || string_agg(DISTINCT object, ' ') FROM zs.audit_event WHERE action "
               "IN ('coding.save', 'coding.remove')",
               "5 round:" ROUND);
    end();
}

/* The page by which a coding is changed, of what it says. */
static void expect_changing(const char *task, const char *codes, const char *const says[])
{
    char sql[160], path[128];
    snprintf(sql, sizeof sql, "SELECT id FROM zs.coding WHERE codes = '{%s}' AND ended_at IS NULL", codes);
    snprintf(path, sizeof path, "%s?codering=%d", task, (int)place_count(&place, sql));
    staff_get(&cora, path);
    expect_status(&cora.reply, 200);
    for (size_t i = 0; says[i]; i++) {
        expect_says(&cora.reply, says[i]);
    }
}

Test(coding, is_changed_by_the_form_that_it_was_made_with)
{
    static const char *const sentences[] = {
        "name=\"zin\" value=\"1\" checked", "name=\"zin\" value=\"2\" checked", "name=\"zin\" value=\"3\">",
        "name=\"woorden\" value=\"\"",      "name=\"van\" value=\"\"",          NULL};
    static const char *const words[] = {"name=\"zin\" value=\"2\" checked", "name=\"zin\" value=\"1\">",
                                        "name=\"woorden\" value=\"kiezen\"", "name=\"van\" value=\"\"", NULL};
    /* "t" stands in the sentence more than once. */
    static const char *const places[] = {"name=\"zin\" value=\"1\">", "name=\"woorden\" value=\"\"",
                                         "name=\"van\" value=\"2\"", "name=\"tot\" value=\"3\"", NULL};
    begin_coding();
    const char *task = task_of("cora", 0);
    code(&cora, task, "doe=opslaan&zin=1&zin=2&code=natuurlijkheid");
    code(&cora, task, "doe=opslaan&van=57&tot=63&code=alternatief");
    code(&cora, task, "doe=opslaan&van=2&tot=3&code=veiligheid");
    expect_changing(task, "natuurlijkheid", sentences);
    expect_changing(task, "alternatief", words);
    expect_changing(task, "veiligheid", places);
    /* Two places at once are none. */
    code(&cora, task, "doe=opslaan&zin=2&van=2&tot=3&code=veiligheid");
    expect_status(&cora.reply, 400);
    expect_says(&cora.reply, "href=\"#zinnen\"");
    end();
}

Test(coding, refuses_what_is_not_there_and_keeps_what_was_filled_in)
{
    static const struct {
        const char *fields, *says;
    } wrong[] = {
        {"code=natuurlijkheid&memo=blijft", "#zinnen"},
        {"zin=9&code=natuurlijkheid", "#zinnen"},
        {"zin=0&code=natuurlijkheid", "#zinnen"},
        {"zin=-1&code=natuurlijkheid", "#zinnen"},
        {"van=10&tot=5&code=natuurlijkheid", "#zinnen"},
        {"van=0&tot=81&code=natuurlijkheid", "#zinnen"},
        {"van=4&tot=4&code=natuurlijkheid", "#zinnen"},
        {"van=0&tot=99999999999999999999&code=natuurlijkheid", "#zinnen"},
        {"woorden=iezen&code=natuurlijkheid", "#woorden"},
        {"woorden=gentherapie&code=natuurlijkheid", "#woorden"},
        {"zin=1&woorden=kiezen&code=natuurlijkheid", "#woorden"},
        {"zin=1", "#codes"},
        {"zin=1&code=bestaat-niet", "#codes"},
        {"zin=1&code=natuurlijkheid&richting=schuin", "#uiting"},
        {"zin=1&code=natuurlijkheid&toepassing=%27%3B+DROP+TABLE", "#uiting"},
    };
    begin_coding();
    const char *task = task_of("cora", 0);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char body[256], link[40];
        snprintf(body, sizeof body, "doe=opslaan&%s", wrong[i].fields);
        code(&cora, task, body);
        expect_status(&cora.reply, 400);
        snprintf(link, sizeof link, "href=\"%s\"", wrong[i].says);
        expect_says(&cora.reply, link);
    }
    expect_sql(MARKS, "none");
    code(&cora, task, "doe=opslaan&zin=1&memo=%3Cb%3Eblijft&code=bestaat-niet");
    expect_says(&cora.reply, "&lt;b&gt;blijft");
    expect_says(&cora.reply, "name=\"zin\" value=\"1\" checked");
    /* Ids that were made up, or are somebody else's. */
    code(&karel, task_of("karel", 0), "doe=opslaan&zin=1&code=veiligheid");
    char body[128];
    snprintf(body, sizeof body, "doe=opslaan&zin=1&code=gezondheid&codering=%d",
             (int)place_count(&place, "SELECT max(id) FROM zs.coding"));
    code(&cora, task, body);
    expect_status(&cora.reply, 404);
    code(&cora, task, "doe=opslaan&zin=1&code=gezondheid&codering=999999");
    expect_status(&cora.reply, 404);
    expect_sql("SELECT string_agg(codes::text || (ended_at IS NULL), ' ') FROM zs.coding",
               "{veiligheid}true");
    staff_get(&cora, "/beheer/coderen/999999");
    expect_status(&cora.reply, 404);
    staff_get(&cora, "/beheer/coderen/1e3");
    expect_status(&cora.reply, 404);
    end();
}

Test(coding, tells_the_second_of_two_tabs_and_keeps_what_it_filled_in)
{
    begin_coding();
    const char *task = task_of("cora", 0);
    code(&cora, task, "doe=opslaan&zin=1&code=natuurlijkheid");
    staff_post(&cora, task, task, "revisie=1&doe=opslaan&zin=2&code=keuzevrijheid&memo=van+het+tweede");
    expect_status(&cora.reply, 409);
    expect_says(&cora.reply, "in een ander venster gewijzigd");
    expect_says(&cora.reply, "van het tweede");
    expect_says(&cora.reply, "<q lang=\"nl\">Het is niet natuurlijk.</q>");
    expect_says(&cora.reply, "name=\"revisie\" value=\"2\"");
    expect_sql("SELECT count(*)::text FROM zs.coding", "1");
    staff_post(&cora, task, task, "revisie=99999999999&doe=klaar");
    expect_status(&cora.reply, 409);
    end();
}

Test(coding, goes_on_to_the_next_and_nothing_coded_is_a_judgement)
{
    begin_coding();
    staff_get(&cora, ROUND_AT "/werk");
    for (int i = 0; i < 4; i++) {
        const char *task = task_of("cora", i);
        code(&cora, task, i == 0 ? "doe=klaar&zin=1&code=natuurlijkheid" : "doe=klaar");
        expect_status(&cora.reply, 303);
    }
    expect_redirect(&cora.reply, ROUND_AT "/werk");
    staff_get(&cora, ROUND_AT "/werk");
    expect_says(&cora.reply, "U heeft alles gecodeerd");
    expect_sql("SELECT count(done_at) || ' ' || (SELECT count(*) FROM zs.coding) FROM zs.coding_task", "4 1");
    end();
}

/* ---- deciding, agreement, finding again ---- */

static void code_all(struct staff *who, const char *name, const char *const fields[4])
{
    for (int i = 0; i < 4; i++) {
        char body[256];
        snprintf(body, sizeof body, "doe=klaar%s%s", fields[i][0] ? "&" : "", fields[i]);
        code(who, task_of(name, i), body);
        expect_status(&who->reply, 303);
    }
}

/* Of the first both say natuurlijkheid, of the second keuzevrijheid; of the third they differ, of the fourth
 * one says nothing. */
static void both_code(void)
{
    static const char *const first[4] = {"zin=1&code=natuurlijkheid&toepassing=kweekvlees&richting=tegen",
                                         "zin=2&code=keuzevrijheid", "zin=1&code=natuurlijkheid",
                                         "zin=3&code=keuzevrijheid"};
    static const char *const second[4] = {"zin=1&code=natuurlijkheid&toepassing=kweekvlees&richting=tegen",
                                          "zin=2&code=alternatief", "zin=1&code=veiligheid", ""};
    code_all(&cora, "cora", first);
    code_all(&karel, "karel", second);
}

static const char *passage_path(int n)
{
    static char path[64];
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT DISTINCT passage_id FROM zs.coding_task ORDER BY 1 LIMIT 1 OFFSET %d",
             n);
    snprintf(path, sizeof path, "/beheer/verschillen/%d", (int)place_count(&place, sql));
    return path;
}

static void decide(const char *path, const char *fields)
{
    char body[512];
    staff_get(&staff, path);
    snprintf(body, sizeof body, "revisie=%s&%s", staff_hidden(&staff, "revisie"), fields);
    staff_post(&staff, path, path, body);
}

Test(coding, is_decided_between_two_and_keeps_both)
{
    char body[256];
    begin_coding();
    staff_get(&staff, ROUND_AT "/verschillen");
    expect_says(&staff.reply, "nog niets dat twee codeurs");
    staff_get(&staff, passage_path(0));
    expect_status(&staff.reply, 404);
    both_code();
    staff_get(&staff, ROUND_AT "/verschillen");
    expect_says(&staff.reply, "<strong>2</strong>");
    /* All of them are on the first page. */
    staff_get(&staff, ROUND_AT "/verschillen?blad=2");
    expect_says(&staff.reply, "<strong>2</strong>");
    expect_silent(&staff.reply, "/beheer/verschillen/");
    staff_get(&staff, ROUND_AT "/verschillen?blad=nul");
    expect_says(&staff.reply, "/beheer/verschillen/");
    expect_silent(&staff.reply, "blad=2");
    /* Of the codings of the first coder that count, and not of the second. */
    expect_sql(
        "SELECT string_agg(DISTINCT n.name || c.counts, ' ' ORDER BY n.name || c.counts) FROM zs.coding AS "
        "c JOIN zs.coding_task AS t ON t.passage_id = c.passage_id AND t.coder_id = c.coder_id JOIN "
        "zs.coder AS n ON n.id = t.coder_id",
        "coratrue karelfalse");
    const char *path = passage_path(2);
    staff_get(&staff, path);
    expect_says(&staff.reply, "Veiligheid");
    expect_says(&staff.reply, "Natuurlijkheid");
    snprintf(body, sizeof body, "reden=zo+is+het&neem=%d",
             (int)place_count(&place, "SELECT id FROM zs.coding WHERE codes = '{veiligheid}'"));
    decide(path, body);
    expect_redirect(&staff.reply, ROUND_AT "/verschillen");
    expect_sql("SELECT string_agg(codes::text || counts || decided, ' ' ORDER BY id) FROM zs.coding WHERE "
               "ended_at IS NULL AND passage_id = (SELECT passage_id FROM zs.adjudication)",
               "{natuurlijkheid}falsefalse {veiligheid}falsefalse {veiligheid}truetrue");
    /* What is decided nobody codes on, and who read what was there before does not write over it. */
    code(&cora, task_of("cora", 2), "doe=opslaan&zin=2&code=gezondheid");
    expect_status(&cora.reply, 409);
    expect_says(&cora.reply, "al beslist");
    staff_post(&staff, path, path, "revisie=0&reden=anders");
    expect_status(&staff.reply, 409);
    /* Anew: nothing fits. The former decision has ended and stays. */
    decide(path, "reden=toch+niet");
    expect_sql(
        "SELECT string_agg(codes::text || coalesce(ended_reason, '-'), ' ') FROM zs.coding WHERE decided",
        "{veiligheid}gewijzigd");
    expect_sql("SELECT revision || note FROM zs.adjudication", "2toch niet");
    /* Codings of another passage, or made up, are not taken. */
    snprintf(body, sizeof body, "neem=%d", (int)place_count(&place, "SELECT min(id) FROM zs.coding"));
    decide(path, body);
    expect_status(&staff.reply, 409);
    decide(path, "neem=99999");
    expect_status(&staff.reply, 409);
    expect_sql("SELECT revision::text FROM zs.adjudication", "2");
    end();
}

Test(coding, tells_how_well_two_agree_by_sentence)
{
    begin_coding();
    staff_get(&staff, ROUND_AT "/overeenstemming");
    expect_says(&staff.reply, "Er is nog geen stuk");
    both_code();
    staff_get(&staff, ROUND_AT "/overeenstemming");
    expect_says(&staff.reply, "4 stukken tekst, 12 zinnen, 2 codeurs");
    /* Natuurlijkheid, 12 sentences: both on one, one of them on another: alpha = 1 - 23 * 1 / (3 * 21) =
     * 0.635; kappa (11/12 - (1/12 * 2/12 + 11/12 * 10/12)) / (1 - that) = 0.625. */
    expect_says(&staff.reply, ">0,635<");
    expect_says(&staff.reply, ">0,625<");
    expect_says(&staff.reply, "Onder de grens.");
    expect_says(&staff.reply, "overeenstemming: 0,667.");
    staff_get(&staff, ROUND_AT "/overeenstemming?taal=en");
    expect_says(&staff.reply, ">0.635<");
    /* What stands in the form can be sent as it is. */
    staff_get(&staff, ROUND_AT);
    expect_says(&staff.reply, "name=\"grens\" value=\"0,667\"");
    staff_get(&staff, ROUND_AT "?taal=en");
    expect_says(&staff.reply, "name=\"grens\" value=\"0.667\"");
    end();
}

static int32_t round_id;

static enum db_status read_mark(struct db_tx *tx, void *mark)
{
    return coding_measure_mark(mark, tx, round_id);
}

static int64_t measure_mark(void)
{
    round_id = (int32_t)place_count(&place, "SELECT min(round_id) FROM zs.coding_task");
    int64_t mark = 0;
    place_work(&place, DB_ROLE_STAFF, read_mark, &mark);
    return mark;
}

/* Measuring takes seconds where much is coded: so what nobody codes a second time yet has no part in it. */
Test(coding, is_measured_anew_when_what_two_coded_changes_and_not_before)
{
    begin_coding();
    both_code();
    const int64_t four = measure_mark();
    staff_get(&staff, ROUND_AT "/overeenstemming");
    expect_says(&staff.reply, "4 stukken tekst");
    test_sql(place.owner,
             "UPDATE zs.coding_task SET done_at = NULL WHERE passage_id = (SELECT min(passage_id) "
             "FROM zs.coding_task) AND position = 2");
    const int64_t three = measure_mark();
    cr_expect_neq(three, four, "one is no longer coded by two");
    staff_get(&staff, ROUND_AT "/overeenstemming");
    expect_says(&staff.reply, "3 stukken tekst");
    test_sql(place.owner, "UPDATE zs.coding_task SET revision = revision + 1 WHERE passage_id = (SELECT "
                          "min(passage_id) FROM zs.coding_task)");
    cr_expect_eq(measure_mark(), three, "the first alone has a part in nothing");
    test_sql(place.owner, "UPDATE zs.coding_task SET revision = revision + 1 WHERE passage_id = (SELECT "
                          "max(passage_id) FROM zs.coding_task) AND position = 1");
    cr_expect_neq(measure_mark(), three);
    end();
}

/* Texts that are not found by their words, once it is so many seconds later. */
static void expect_unfound_after(int seconds, int64_t wanted)
{
    clock_forward(seconds);
    cr_expect_eq(test_sql_wait(place.owner,
                               "SELECT count(*) FROM zs.passage AS p WHERE NOT EXISTS (SELECT FROM "
                               "zs.passage_words AS w WHERE w.passage_id = p.id)",
                               wanted, 10000),
                 wanted);
}

Test(coding, texts_are_found_by_their_words_a_while_after_they_came_in)
{
    begin_coding();
    expect_unfound_after(61, 0);
    /* As one that committed late: ids are drawn before. */
    test_sql(place.owner, "DELETE FROM zs.passage_words WHERE passage_id = (SELECT max(id) FROM zs.passage)");
    expect_unfound_after(61, 0);
    /* One from long ago is looked for each hour. */
    expect_unfound_after(61, 0);
    test_sql(place.owner, "DELETE FROM zs.passage_words WHERE passage_id = (SELECT min(id) FROM zs.passage)");
    expect_unfound_after(3601, 0);
    end();
}

Test(coding, is_found_again_by_value_application_and_who_said_it)
{
    begin_coding();
    both_code();
    staff_get(&staff, ROUND_AT "/terugvinden");
    expect_says(&staff.reply, "codes: 4");
    staff_get(&staff, ROUND_AT "/terugvinden?waarde=natuurlijkheid");
    expect_says(&staff.reply, "Mensen: <strong>2</strong>");
    expect_says(&staff.reply, "<mark>Het is niet natuurlijk.</mark> Mijn kinderen");
    expect_says(&staff.reply, "Onder de grens.");
    /* Of what stands under a value as of the value. */
    staff_get(&staff, ROUND_AT "/terugvinden?waarde=alternatief");
    expect_says(&staff.reply, "Onder de grens.");
    staff_get(&staff, ROUND_AT "/terugvinden?waarde=natuurlijkheid&toepassing=kweekvlees&richting=tegen");
    expect_says(&staff.reply, "Mensen: <strong>1</strong>");
    staff_get(&staff, ROUND_AT "/terugvinden?waarde=natuurlijkheid&methode=focusgroep");
    expect_says(&staff.reply, "Mensen: <strong>0</strong>");
    staff_get(&staff, ROUND_AT "/terugvinden?waarde=bestaat-niet");
    expect_says(&staff.reply, "Mensen: <strong>0</strong>");
    staff_get(&staff, ROUND_AT "/terugvinden?waarde=%27%3B--&groep=x:y&na=-1&uitsplitsen=houding");
    expect_status(&staff.reply, 200);
    /* By words, marked where they stand, with what was coded; what is typed comes back as text. */
    test_sql(place.owner, "SELECT zs.passage_words_fill(100)");
    staff_get(&staff, ROUND_AT "/terugvinden?zoek=kinderen+natuurlijk");
    expect_says(&staff.reply, "Mensen: <strong>4</strong>");
    expect_says(&staff.reply, "<mark>natuurlijk</mark>. Mijn <mark>kinderen</mark>");
    staff_get(&staff, ROUND_AT "/terugvinden?zoek=kinderen&waarde=natuurlijkheid");
    expect_says(&staff.reply, "Mensen: <strong>2</strong>");
    staff_get(&staff, ROUND_AT "/terugvinden?zoek=%22%3E%3Cscript%3E");
    expect_says(&staff.reply, "value=\"&quot;&gt;&lt;script&gt;\"");
    expect_says(&staff.reply, "Mensen: <strong>0</strong>");
    /* What is withdrawn is nowhere. */
    test_sql(place.owner,
             "SELECT zs.codings_forget(array_agg(passage_id)) FROM zs.coding WHERE application = "
             "'kweekvlees'");
    staff_get(&staff, ROUND_AT "/terugvinden?waarde=natuurlijkheid");
    expect_says(&staff.reply, "Mensen: <strong>1</strong>");
    staff_get(&staff, ROUND_AT "/terugvinden?zoek=kinderen");
    expect_says(&staff.reply, "Mensen: <strong>3</strong>");
    /* A coder sees what others did nowhere. */
    staff_get(&cora, ROUND_AT "/terugvinden");
    expect_status(&cora.reply, 403);
    staff_get(&cora, ROUND_AT "/overeenstemming");
    expect_status(&cora.reply, 403);
    staff_get(&cora, passage_path(0));
    expect_status(&cora.reply, 403);
    end();
}

/* ---- what follows for all answers, and for other programs ---- */

Test(coding, of_a_sample_says_how_many_of_how_many_with_an_interval)
{
    begin_coding();
    staff_get(&staff, ROUND_AT "/schattingen");
    expect_says(&staff.reply, "nog te weinig gecodeerd");
    both_code();
    staff_get(&staff, ROUND_AT "/schattingen");
    expect_says(&staff.reply, "<strong>4 van 4</strong>");
    /* All are coded: nothing is uncertain. */
    expect_says(&staff.reply, ">50%</td><td class=\"utrecht-table__cell\">50% – 50%<");
    /* Of a stratum that had 40, four are coded. */
    test_sql(place.owner, "UPDATE zs.coding_stratum SET size = 40");
    staff_get(&staff, ROUND_AT "/schattingen");
    expect_says(&staff.reply, "<strong>4 van 40</strong>");
    expect_silent(&staff.reply, "50% – 50%");
    staff_get(&staff, ROUND_AT "/stemmen");
    expect_says(&staff.reply, "Er is nog geen gesprek");
    end();
}

static bool gather(const void *bytes, size_t size, void *self)
{
    buffer_append(self, (struct slice){bytes, size});
    return true;
}

struct taking_out {
    struct arena *arena;
    size_t waiting; /* answers that are to be held back */
    struct buffer csv, qdpx, again;
};

static enum db_status take_out(struct db_tx *tx, void *context)
{
    struct taking_out *t = context;
    struct qda_project project;
    struct codebook_version version;
    struct qda_fault fault;
    const struct codebook *book;
    struct coding_left_out left_out;
    const struct survey_round round = {
        .id = (int32_t)place_count(&place, "SELECT id FROM zs.round WHERE code = '" ROUND "'"),
        .consultation = "klein"};
    bool failed;
    size_t rows, waiting;
    enum db_status status = codebook_get(&book, &version, tx, t->arena, 1);
    cr_assert_not_null(book);
    status = status == DB_OK ? coding_csv_write(&failed, &rows, &waiting, tx, place.keys, &round,
                                                (struct coding_csv){gather, &t->csv})
                             : status;
    cr_expect_eq(rows, 7);
    status = status == DB_OK
                 ? coding_project_load(&project, &left_out, tx, place.keys, t->arena, &round, book)
                 : status;
    cr_expect_eq(waiting, t->waiting);
    cr_expect_eq(left_out.waiting, t->waiting);
    cr_assert_eq(project.source_count, 4 - t->waiting);
    cr_assert_eq(project.user_count, 2);
    cr_assert_eq(
        qda_write_project(&fault, &project, (struct dataset_output){.write = gather, .self = &t->qdpx}),
        QDA_OK, "%s", fault.what);
    return status;
}

Test(coding, goes_to_other_programs_and_reads_back_the_same)
{
    struct taking_out t = {.arena = arena_create(QDA_ARENA_MAX)};
    struct qda_project *project;
    struct qda_report report;
    struct qda_fault fault;
    begin_coding();
    both_code();
    buffer_init(&t.csv, 1 << 20);
    buffer_init(&t.qdpx, 1 << 24);
    buffer_init(&t.again, 1 << 24);
    place_work(&place, DB_ROLE_STAFF, take_out, &t);
    const char *csv = arena_cstr(t.arena, buffer_slice(&t.csv));
    cr_expect_not_null(strstr(csv, "enquete,,,Codeur 1,0,23,natuurlijkheid,,,kweekvlees,tegen,,"), "%s", csv);
    cr_expect_not_null(strstr(csv, "tekst,ingehouden,onder_de_grens\r\n"), "%s", csv);
    cr_expect_not_null(strstr(csv, ",,Het is niet natuurlijk.,,natuurlijkheid\r\n"), "%s", csv);
    cr_assert_eq(qda_read_project(&project, &report, &fault, t.arena, buffer_slice(&t.qdpx)), QDA_OK, "%s",
                 fault.what);
    cr_assert_eq(
        qda_write_project(&fault, project, (struct dataset_output){.write = gather, .self = &t.again}),
        QDA_OK);
    cr_expect(slice_equal(buffer_slice(&t.again), buffer_slice(&t.qdpx)),
              "export, import, export is the same");
    buffer_free(&t.csv);
    buffer_free(&t.qdpx);
    buffer_free(&t.again);
    arena_destroy(t.arena);
    end();
}

static void take_out_again(struct taking_out *t, size_t waiting)
{
    t->waiting = waiting;
    buffer_clear(&t->csv);
    buffer_clear(&t->qdpx);
    place_work(&place, DB_ROLE_STAFF, take_out, t);
}

static bool has(const struct buffer *buffer, const char *words)
{
    return memmem(buffer->ptr, buffer->len, words, strlen(words)) != NULL;
}

Test(coding, of_an_answer_with_likely_personal_data_leaves_without_its_text)
{
    struct taking_out t = {.arena = arena_create(QDA_ARENA_MAX)};
    begin_coding();
    both_code();
    buffer_init(&t.csv, 1 << 20);
    buffer_init(&t.qdpx, 1 << 24);
    test_sql(place.owner,
             "UPDATE zs.passage SET body = replace(body, 'Mijn kinderen', 'Bel 06-12345678: mijn kinderen') "
             "WHERE id = (SELECT min(passage_id) FROM zs.coding WHERE application = 'kweekvlees');"
             "UPDATE zs.coding SET memo = 'belt hij echt?' WHERE application = 'kweekvlees'");
    take_out_again(&t, 1);
    cr_expect(has(&t.csv, ",natuurlijkheid,,,kweekvlees,tegen,"), "codes are there");
    cr_expect(has(&t.csv, ",,,persoonsgegevens,natuurlijkheid\r\n"), "and why there is no text");
    cr_expect_not(has(&t.csv, "echt?"));
    test_sql(place.owner,
             "INSERT INTO zs.personal_kept (passage_id, start_at, end_at, kept_by) SELECT id, strpos(body, "
             "'06-') - 1, strpos(body, '06-') + 10, 'onno' FROM zs.passage WHERE body LIKE '%06-%'");
    take_out_again(&t, 0);
    cr_expect(has(&t.csv, "echt?"));
    buffer_free(&t.csv);
    buffer_free(&t.qdpx);
    arena_destroy(t.arena);
    end();
}
