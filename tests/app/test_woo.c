/* Files under the Woo for the secretary: the pieces, judging them, and the file that comes of it. */
#include "app/staff.h"

#include <stdio.h>
#include <string.h>

TestSuite(woo, .fini = leaks_check, .timeout = 110);

#define AT    "/beheer/woo"
#define FILE_ AT "/signaal/1"
#define NOTE  FILE_ "/bespreking-1"

static struct place place;
static struct app *app;
static struct staff staff;

static void begin(void)
{
    place_make(&place, SMALL_CONSULTATION);
    app = app_up(&place);
    staff_of(&staff, &place, app, "sanne", ROLE_SECRETARIS, NULL);
    test_sql(place.owner, "INSERT INTO zs.signal (source, title, body, owner, created_by, changed_by) VALUES "
                          "('media', 'Zorg over zaden', 'Wat zit erin?', 'Jan Pietersen', 'sanne', 'sanne')");
    test_sql(place.owner,
             "INSERT INTO zs.signal_note (signal_id, body, created_by) VALUES (1, 'Jan Pietersen "
             "belt erover, zegt Sien', 'sanne')");
}

static void end(void)
{
    app_down(app);
    place_remove(&place);
}

/* As the form of the page has it, with the mark of the text that was read. */
static void judge_one(const char *piece, const char *fields, int status)
{
    char all[4096];
    staff_get(&staff, piece);
    expect_status(&staff.reply, 200);
    snprintf(all, sizeof all, "%s&gelezen=%s", fields, staff_hidden(&staff, "gelezen"));
    staff_post(&staff, piece, piece, all);
    cr_expect_eq(staff.reply.status, status, "%s: %d", fields, staff.reply.status);
}

static void judge(const char *fields, int status)
{
    judge_one(NOTE, fields, status);
}

Test(woo, goes_from_what_is_asked_for_to_pieces_that_are_judged)
{
    begin();
    staff_post(&staff, AT, AT, "soort=signaal&code=9");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "Noem het nummer van een signaal of overleg");
    staff_post(&staff, AT, AT, "soort=signaal&code=1");
    expect_redirect(&staff.reply, FILE_);
    staff_get(&staff, FILE_);
    expect_says(&staff.reply, "nog niet beoordeeld");
    expect_says(&staff.reply, NOTE);
    staff_get(&staff, NOTE);
    expect_says(&staff.reply, "Jan Pietersen\nsanne</textarea>");
    expect_says(&staff.reply, "5.1.2.e: eerbiediging van de persoonlijke levenssfeer");

    judge("oordeel=niet", 400);
    expect_says(&staff.reply, "Kies het artikel waarom iets wegblijft.");
    judge("oordeel=deels&grond=5.1.2.e&weg=Karel", 400);
    expect_says(&staff.reply, "Dit staat zo niet in het stuk: Karel.");
    judge("oordeel=deels&grond=5.1.2.e&weg=", 400);
    expect_says(&staff.reply, "Schrijf wat u weglaat");
    judge("oordeel=deels&grond=5.1.2.e&weg=Jan+Pietersen%0ASien%0Asanne", 303);
    expect_redirect(&staff.reply, FILE_);
    staff_get(&staff, FILE_);
    expect_says(&staff.reply, "deels openbaar");
    staff_get(&staff, NOTE);
    expect_says(&staff.reply, "Jan Pietersen\nSien\nsanne</textarea>");
    cr_expect_str_eq(
        test_sql_text(place.owner, "SELECT spans::text FROM zs.woo_assessment"),
        "[{\"tot\": 13, \"van\": 0, \"grond\": \"5.1.2.e\"}, {\"tot\": 36, \"van\": 32, \"grond\": "
        "\"5.1.2.e\"}, {\"tot\": 48, \"van\": 43, \"grond\": \"5.1.2.e\"}]");
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.audit_event WHERE action = 'woo.assess' AND object = "
                             "'piece:bespreking-1' AND actor = 'sanne'"),
                 1);
    end();
}

Test(woo, tells_who_read_another_text_than_there_is_now)
{
    char fields[256];
    begin();
    staff_get(&staff, FILE_ "/signaal-1");
    snprintf(fields, sizeof fields, "oordeel=openbaar&gelezen=%s", staff_hidden(&staff, "gelezen"));
    test_sql(place.owner, "UPDATE zs.signal SET body = 'Bel Kees Anders', revision = revision + 1");
    staff_post(&staff, FILE_ "/signaal-1", FILE_ "/signaal-1", fields);
    expect_status(&staff.reply, 409);
    expect_says(&staff.reply, "Het stuk is net gewijzigd.");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.woo_assessment"), 0);
    end();
}

static void add_notes(const char *body, int from, int to)
{
    char sql[300];
    snprintf(sql, sizeof sql,
             "INSERT INTO zs.signal_note (signal_id, body, created_by) SELECT 1, %s, 'sanne' FROM "
             "generate_series(%d, %d)",
             body, from, to);
    test_sql(place.owner, sql);
}

Test(woo, shows_a_long_file_a_page_at_a_time)
{
    begin();
    add_notes("'Zaden'", 2, 250);
    staff_get(&staff, FILE_);
    expect_says(&staff.reply, "Stukken 1 tot en met 100, van 251.");
    expect_says(&staff.reply, "<ol class=\"utrecht-ordered-list\" start=\"1\">");
    expect_says(&staff.reply, FILE_ "/bespreking-99\"");
    expect_says(&staff.reply, "href=\"" FILE_ "?vanaf=101\">Volgende stukken<");
    cr_expect_null(strstr(staff.reply.body, FILE_ "/bespreking-100\""));
    cr_expect_null(strstr(staff.reply.body, "Vorige stukken"));
    staff_get(&staff, FILE_ "?vanaf=101");
    expect_says(&staff.reply, FILE_ "/bespreking-100\"");
    expect_says(&staff.reply, FILE_ "/bespreking-199\"");
    expect_says(&staff.reply, "<ol class=\"utrecht-ordered-list\" start=\"101\">");
    expect_says(&staff.reply, "href=\"" FILE_ "\">Vorige stukken<");
    staff_get(&staff, FILE_ "?vanaf=201");
    expect_says(&staff.reply, "Stukken 201 tot en met 251, van 251.");
    expect_says(&staff.reply, "href=\"" FILE_ "?vanaf=101\">Vorige stukken<");
    cr_expect_null(strstr(staff.reply.body, "Volgende stukken"));
    /* Who judged one goes on where it stood. */
    staff_get(&staff, FILE_ "/bespreking-150");
    expect_says(&staff.reply, "href=\"" FILE_ "?vanaf=101\"");
    judge_one(FILE_ "/bespreking-150", "oordeel=openbaar", 303);
    expect_redirect(&staff.reply, FILE_ "?vanaf=101");
    staff_get(&staff, FILE_ "?vanaf=101");
    expect_says(&staff.reply, "<strong>openbaar</strong>");
    staff_get(&staff, FILE_ "?vanaf=9999");
    expect_status(&staff.reply, 404);
    staff_get(&staff, FILE_ "?vanaf=0");
    expect_status(&staff.reply, 404);
    end();
}

/* However often it stands there, and however much is taken out; a name within another one too. */
Test(woo, takes_out_every_place_of_every_line)
{
    enum { LINES = 250 };
    char fields[LINES * 8 + 100] = "oordeel=deels&grond=5.1.2.e&weg=";
    begin();
    add_notes("repeat('Jan. ', 600)", 2, 2);
    add_notes("(SELECT string_agg('n' || n, '. ' ORDER BY n) FROM generate_series(1001, 1250) AS n)", 3, 3);
    add_notes("'Kees Jan sprak met Jan.'", 4, 4);
    judge_one(FILE_ "/bespreking-2", "oordeel=deels&grond=5.1.2.e&weg=Jan", 303);
    cr_expect_eq(place_count(&place, "SELECT jsonb_array_length(spans) FROM zs.woo_assessment WHERE piece = "
                                     "'bespreking-2'"),
                 600);
    for (int i = 0; i < LINES; i++) {
        snprintf(fields + strlen(fields), sizeof fields - strlen(fields), "n%d%%0A", 1001 + i);
    }
    judge_one(FILE_ "/bespreking-3", fields, 303);
    cr_expect_eq(place_count(&place, "SELECT jsonb_array_length(spans) FROM zs.woo_assessment WHERE piece = "
                                     "'bespreking-3'"),
                 LINES);
    test_sql(place.owner, "INSERT INTO zs.signal (source, title, body, owner, created_by, changed_by) VALUES "
                          "('media', 'Iets', 'Anders', 'Jan', 'sanne', 'sanne'), ('media', 'Iets', 'Anders', "
                          "'Kees Jan', 'sanne', 'sanne')");
    staff_get(&staff, FILE_ "/bespreking-4");
    expect_says(&staff.reply, "Kees Jan\nJan\nsanne</textarea>");
    end();
}

/* More than a request may have in memory at once, and more pieces than anybody reads. */
Test(woo, is_whole_or_says_that_it_is_too_large)
{
    begin();
    add_notes("repeat('é', 4000)", 2, 6000);
    staff_get(&staff, FILE_);
    expect_says(&staff.reply, "Stukken 1 tot en met 100, van 6001.");
    staff_get(&staff, FILE_ "/bespreking-6000");
    expect_status(&staff.reply, 200);
    staff_get(&staff, FILE_ "/dossier");
    expect_status(&staff.reply, 200);
    cr_expect_eq(memcmp(staff.reply.body, "PK", 2), 0);
    add_notes("repeat('é', 4000)", 6001, 9000);
    staff_get(&staff, FILE_);
    expect_status(&staff.reply, 200);
    staff_get(&staff, FILE_ "/dossier");
    expect_status(&staff.reply, 409);
    expect_says(&staff.reply, "Dit dossier is te groot om in één keer op te halen.");
    expect_says(&staff.reply, FILE_ "/bespreking-99\"");
    end();
}

Test(woo, gives_the_file_to_who_may_and_to_nobody_else)
{
    struct staff other;
    struct citizen citizen;
    begin();
    judge("oordeel=deels&grond=5.1.2.e&weg=Jan+Pietersen%0ASien%0Asanne", 303);
    staff_get(&staff, FILE_ "/dossier");
    expect_status(&staff.reply, 200);
    cr_expect_eq(memcmp(staff.reply.body, "PK", 2), 0);
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.audit_event WHERE action = 'woo.file' AND object = "
                             "'signaal:1' AND origin = 'web'"),
                 1);
    staff_get(&staff, AT "/signaal/7");
    expect_status(&staff.reply, 404);
    staff_get(&staff, AT "/iets/1/dossier");
    expect_status(&staff.reply, 404);
    staff_get(&staff, FILE_ "/bespreking-9");
    expect_status(&staff.reply, 404);
    staff_of(&other, &place, app, "coen", ROLE_CODEUR, NULL);
    staff_get(&other, FILE_ "/dossier");
    expect_status(&other.reply, 403);
    citizen_init(&citizen, port_of(app));
    citizen_get(&citizen, FILE_ "/dossier");
    cr_expect_neq(citizen.reply.status, 200);
    end();
}

/* What is proposed holds when nothing in the form is changed. */
Test(woo, proposes_a_name_that_ends_another_as_well)
{
    char fields[512];
    begin();
    test_sql(place.owner, "INSERT INTO zs.signal (source, title, body, owner, created_by, changed_by) VALUES "
                          "('media', 'Iets anders', 'Wat?', 'Pietersen', 'sanne', 'sanne')");
    test_sql(place.owner,
             "INSERT INTO zs.signal_note (signal_id, body, created_by) VALUES (1, 'Jan Pietersen "
             "belt. “Pietersen” weet het.', 'sanne')");
    staff_get(&staff, FILE_ "/bespreking-2");
    expect_says(&staff.reply, "Jan Pietersen\nPietersen\nsanne</textarea>");
    snprintf(fields, sizeof fields,
             "oordeel=deels&grond=5.1.2.e&weg=Jan+Pietersen%%0APietersen%%0Asanne&gelezen=%s",
             staff_hidden(&staff, "gelezen"));
    staff_post(&staff, FILE_ "/bespreking-2", FILE_ "/bespreking-2", fields);
    expect_redirect(&staff.reply, FILE_);
    cr_expect_str_eq(test_sql_text(place.owner, "SELECT jsonb_path_query_array(spans, '$[*].van')::text FROM "
                                                "zs.woo_assessment WHERE piece = 'bespreking-2'"),
                     "[0, 21, 48]");
    end();
}

Test(woo, takes_out_the_last_of_very_many_lines)
{
    enum { LINES = 400 };
    static char fields[LINES * 16], body[LINES * 8];
    size_t at, end_of_body = 0;
    begin();
    for (int i = 0; i < LINES; i++) {
        end_of_body += (size_t)sprintf(body + end_of_body, "w%03d ", i);
    }
    sprintf(fields,
            "INSERT INTO zs.signal_note (signal_id, body, created_by) VALUES (1, '%sLaatste', 'sanne')",
            body);
    test_sql(place.owner, fields);
    staff_get(&staff, FILE_ "/bespreking-2");
    at = (size_t)sprintf(fields, "token=%s&oordeel=deels&grond=5.1.2.e&gelezen=%s&weg=", staff_token(&staff),
                         staff_hidden(&staff, "gelezen"));
    for (int i = 0; i < LINES; i++) {
        at += (size_t)sprintf(fields + at, "w%03d%%0A", i);
    }
    sprintf(fields + at, "Laatste");
    staff_exchange(&staff, "POST", FILE_ "/bespreking-2", fields);
    expect_redirect(&staff.reply, FILE_);
    cr_expect_eq(place_count(&place, "SELECT jsonb_array_length(spans) FROM zs.woo_assessment WHERE piece = "
                                     "'bespreking-2'"),
                 LINES + 1);
    end();
}

/* Steps of one day are told apart by what they were. */
Test(woo, names_the_step_that_each_piece_is)
{
    begin();
    test_sql(place.owner,
             "INSERT INTO zs.signal_step (signal_id, from_state, to_state, told, created_by) VALUES "
             "(1, 'opgevangen', 'gewogen', 'Besproken', 'sanne'), "
             "(1, 'gewogen', 'niet-doorgeleid', 'Al bekend', 'sanne')");
    staff_get(&staff, FILE_);
    expect_says(&staff.reply, "Stap (<span lang=\"nl\">Van opgevangen naar gewogen</span>)");
    expect_says(&staff.reply, "Stap (<span lang=\"nl\">Van gewogen naar niet-doorgeleid</span>)");
    end();
}
