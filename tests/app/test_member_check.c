/* A participant reads the summary of their conversation by a code and says whether it is right; nobody else
 * does, and who withdraws takes it along. */
#include "app/conversation_scene.h"

#include <stdio.h>
#include <string.h>

TestSuite(member_check, .init = scene_begin, .fini = scene_end, .timeout = 110);

#define CHECK_AT GROUP_AT "/terugkoppeling"
#define SUMMARY  "U+vond+kweekvlees+niet+natuurlijk.%0ADe+groep+wil+kunnen+kiezen."
#define WRITE    "samenvatting=" SUMMARY "&openTot=2099-12-31"

static struct citizen who;
static char code[32], body[1024];

/* P1 came and agreed; P2 came and did not agree; P3 was invited. */
static void begin_check(void)
{
    plan_group();
    add_person("stand=gekomen&leeftijdsgroep=volwassen&naam=Jan");
    add_person("stand=gekomen&leeftijdsgroep=volwassen");
    add_person("stand=uitgenodigd&leeftijdsgroep=volwassen");
    add_consent(1, "&opname=ja");
    citizen_init(&who, port_of(app));
}

static void write_summary(void)
{
    staff_post(&staff, CHECK_AT, CHECK_AT, WRITE);
    expect_redirect(&staff.reply, CHECK_AT);
}

/* The code on the letter of P1. */
static void make_code(void)
{
    staff_post(&staff, CHECK_AT, "/beheer/deelnemers/1/code", "");
    expect_status(&staff.reply, 200);
    const char *at = strstr(staff.reply.body, "zs-code__value");
    cr_assert_not_null(at, "a letter without a code");
    at = strchr(at, '>') + 1;
    snprintf(code, sizeof code, "%.19s", at);
}

static void ask(const char *typed)
{
    snprintf(body, sizeof body, "code=%s", typed);
    citizen_post(&who, "/samenvatting", body);
}

static void answer(const char *fields)
{
    snprintf(body, sizeof body, "code=%s&%s", code, fields);
    citizen_post(&who, "/samenvatting/antwoord", body);
}

Test(member_check, is_read_by_code_and_answered_until_its_day)
{
    begin_check();
    write_summary();
    make_code();
    expect_says(&staff.reply, "/samenvatting/qr.svg");
    expect_says(&staff.reply, "31 december 2099");
    citizen_get(&who, "/samenvatting");
    expect_says(&who.reply, "Wat is de code uit uw brief over het gesprek?");
    ask(code);
    expect_status(&who.reply, 200);
    expect_says(&who.reply, "U vond kweekvlees niet natuurlijk.");
    cr_expect_str_eq(client_header(&who.reply, "Cache-Control"), "no-store");
    /* Nothing is chosen: everything is shown again. */
    answer("versie=1&opmerking=Bijna");
    expect_status(&who.reply, 400);
    expect_says(&who.reply, "Kies of de samenvatting klopt.");
    expect_says(&who.reply, "Bijna</textarea>");
    answer("versie=1&oordeel=klopt-niet&opmerking=Ik+zei+dat+%3Cb%3Eanders.");
    expect_status(&who.reply, 200);
    expect_says(&who.reply, "Uw antwoord is bewaard.");
    staff_get(&staff, CHECK_AT);
    expect_says(&staff.reply, "Klopt niet");
    expect_says(&staff.reply, "Ik zei dat &lt;b&gt;anders.");
    /* It may be changed. */
    answer("versie=1&oordeel=klopt");
    expect_sql("SELECT verdict || coalesce(remark, '-') || summary_revision FROM zs.member_check", "klopt-1");
    ask(code);
    expect_says(&who.reply, "value=\"klopt\" checked");
    /* Past its day it is read, not answered. */
    test_sql(place.owner, "UPDATE zs.conversation_summary SET open_until = '2020-01-01'");
    answer("versie=1&oordeel=klopt-niet");
    expect_status(&who.reply, 409);
    ask(code);
    expect_says(&who.reply, "U kunt niet meer antwoorden.");
    expect_says(&who.reply, "Ja, dit klopt");
    expect_sql("SELECT verdict FROM zs.member_check", "klopt");
}

Test(member_check, of_a_summary_that_was_changed_is_asked_anew)
{
    begin_check();
    write_summary();
    make_code();
    answer("versie=1&oordeel=klopt");
    staff_post(&staff, CHECK_AT, CHECK_AT, "samenvatting=Anders.&openTot=2099-12-31&revisie=1");
    expect_redirect(&staff.reply, CHECK_AT);
    /* Who wrote on the earlier one does not write over it. */
    staff_post(&staff, CHECK_AT, CHECK_AT, "samenvatting=Weg.&openTot=2099-12-31&revisie=1");
    expect_status(&staff.reply, 409);
    staff_post(&staff, CHECK_AT, CHECK_AT, WRITE);
    expect_status(&staff.reply, 409);
    staff_get(&staff, CHECK_AT);
    expect_says(&staff.reply, "Dit ging over een eerdere tekst.");
    answer("versie=1&oordeel=klopt-niet");
    expect_status(&who.reply, 409);
    expect_says(&who.reply, "De samenvatting is net gewijzigd.");
    expect_says(&who.reply, "Anders.");
    answer("versie=2&oordeel=klopt-niet");
    expect_status(&who.reply, 200);
    expect_silent(&who.reply, "De tekst is gewijzigd nadat u antwoord gaf.");
}

Test(member_check, has_a_code_only_for_who_came_and_agreed)
{
    begin_check();
    staff_post(&staff, CHECK_AT, "/beheer/deelnemers/1/code", "");
    expect_status(&staff.reply, 409);
    write_summary();
    staff_get(&staff, CHECK_AT);
    expect_says(&staff.reply, "/beheer/deelnemers/1/code");
    expect_silent(&staff.reply, "/beheer/deelnemers/2/code");
    staff_post(&staff, CHECK_AT, "/beheer/deelnemers/2/code", "");
    expect_status(&staff.reply, 409);
    staff_post(&staff, CHECK_AT, "/beheer/deelnemers/3/code", "");
    expect_status(&staff.reply, 409);
    staff_post(&staff, CHECK_AT, "/beheer/deelnemers/99/code", "");
    expect_status(&staff.reply, 404);
    make_code();
    /* Nothing of the code is kept but a hash. */
    expect_sql("SELECT octet_length(code_hash)::text FROM zs.member_check", "32");
    char first[32];
    snprintf(first, sizeof first, "%s", code);
    make_code();
    ask(first);
    expect_status(&who.reply, 400);
    expect_says(&who.reply, "Wij kennen deze code niet.");
    ask(code);
    expect_status(&who.reply, 200);
    /* Who no longer agrees reads no more. */
    test_sql(place.owner,
             "INSERT INTO zs.consent (participant_id, form_version, given_day, manner, by_parent, "
             "takes_part, recording, quotes, archive, contact, noted_by) VALUES (1, '1', "
             "'2027-01-21', 'papier', false, false, false, false, false, false, 'x')");
    ask(code);
    expect_status(&who.reply, 400);
    answer("versie=1&oordeel=klopt");
    expect_status(&who.reply, 400);
    expect_sql("SELECT count(verdict)::text FROM zs.member_check", "0");
}

Test(member_check, refuses_what_is_no_summary_and_no_answer)
{
    static const char *const wrong[] = {"samenvatting=&openTot=2099-12-31",
                                        "samenvatting=Goed&openTot=morgen",
                                        "samenvatting=Goed&openTot=2099-02-30", "openTot=2099-12-31"};
    static const char *const codes[] = {"", "AAAA", "0000-0000-0000-0000", "%27%3B+DROP+TABLE", "%00%ff"};
    begin_check();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        staff_post(&staff, CHECK_AT, CHECK_AT, wrong[i]);
        expect_status(&staff.reply, 400);
    }
    expect_sql("SELECT count(*)::text FROM zs.conversation_summary", "0");
    write_summary();
    make_code();
    for (size_t i = 0; i < 2; i++) {
        ask(codes[i]);
        expect_status(&who.reply, 400);
    }
    answer("versie=1&oordeel=misschien");
    expect_status(&who.reply, 400);
    answer("versie=x&oordeel=klopt");
    expect_status(&who.reply, 409);
    expect_sql("SELECT count(verdict)::text FROM zs.member_check", "0");
}

/* A signal that rests on what this participant said. */
static void add_signal(const char *title, bool is_public, int participant, const char *evidence)
{
    char sql[1200];
    snprintf(
        sql, sizeof sql,
        "WITH said AS (INSERT INTO zs.turn (conversation_id, kind, speaker, participant_id, body) SELECT "
        "conversation_id, 'uitspraak', 'deelnemer', id, 'Liever niet.' FROM zs.participant WHERE id = %d "
        "RETURNING id, conversation_id), made AS (INSERT INTO zs.signal (source, title, body, is_public, "
        "created_by, changed_by) VALUES ('burgerconsultatie', '%s', 'x', %d::bool, 'a', 'a') RETURNING id) "
        "INSERT INTO zs.signal_evidence (signal_id, kind, round_id, why, asked, passage_id, created_by, "
        "ended_at, ended_by) SELECT made.id, 'passage', c.round_id, 'x', '{}', said.id, 'a', %s FROM made, "
        "said JOIN zs.conversation AS c ON c.id = said.conversation_id",
        participant, title, is_public, evidence);
    test_sql(place.owner, sql);
}

Test(member_check, tells_which_public_signals_their_words_fed)
{
    begin_check();
    write_summary();
    make_code();
    ask(code);
    expect_says(&who.reply, "Er is nog geen openbaar signaal");
    add_signal("Van een ander", true, 2, "NULL, NULL");
    add_signal("Nog niet openbaar", false, 1, "NULL, NULL");
    add_signal("Niet meer", true, 1, "now(), 'a'");
    ask(code);
    expect_says(&who.reply, "Er is nog geen openbaar signaal");
    expect_silent(&who.reply, "Van een ander");
    expect_silent(&who.reply, "Nog niet openbaar");
    expect_silent(&who.reply, "Niet meer");
    add_signal("Kiezen &lt; weten", true, 1, "NULL, NULL");
    ask(code);
    expect_says(&who.reply, "href=\"/signalen/4\" lang=\"nl\">Kiezen &amp;lt; weten</a>");
    expect_silent(&who.reply, "Er is nog geen openbaar signaal");
    expect_silent(&who.reply, "Nog niet openbaar");
    /* Also when they answer, and past the day for answering: later is when signals come. */
    answer("versie=1&oordeel=klopt");
    expect_says(&who.reply, "href=\"/signalen/4\"");
    test_sql(place.owner, "UPDATE zs.conversation_summary SET open_until = '2020-01-01'");
    ask(code);
    expect_says(&who.reply, "href=\"/signalen/4\"");
    /* Without the code of somebody who may read it there is nothing. */
    cr_expect_str_eq(test_sql_text(place.owner, "SELECT count(*) FROM zs.member_check_signals('\\x00', "
                                                "current_date)"),
                     "0");
    test_sql(place.owner, "UPDATE zs.participant SET standing = 'niet-gekomen' WHERE id = 1");
    expect_sql("SELECT count(*)::text FROM zs.member_check AS m, zs.member_check_signals(m.code_hash, "
               "current_date)",
               "0");
}

Test(member_check, goes_with_who_withdraws_and_with_its_round)
{
    begin_check();
    write_summary();
    make_code();
    answer("versie=1&oordeel=klopt&opmerking=Dit+zei+ik");
    staff_post(&staff, GROUP_AT, "/beheer/deelnemers/1/intrekking", "zeker=ja");
    expect_redirect(&staff.reply, GROUP_AT);
    expect_sql("SELECT (SELECT count(*) FROM zs.member_check) || ' ' || (SELECT count(*) FROM "
               "zs.conversation_summary)",
               "0 0");
    ask(code);
    expect_status(&who.reply, 400);
    expect_silent(&who.reply, "kweekvlees");
    staff_post(&staff, CHECK_AT, CHECK_AT, WRITE);
    expect_redirect(&staff.reply, CHECK_AT);
    test_sql(place.owner, "SELECT zs.round_clear(id) FROM zs.round WHERE code = '" ROUND "'");
    expect_sql("SELECT count(*)::text FROM zs.conversation_summary", "0");
}
