/* A whole corrected text in the place of another: what was coded goes along where the text is the same. */
#include "app/conversation_scene.h"

#include <stdio.h>
#include <string.h>

TestSuite(revise, .fini = leaks_check, .timeout = 110);

#define LOAD_AT GROUP_AT "/laden"
#define TEXT_AT GROUP_AT "/tekst"
#define STANDS  "SELECT string_agg(body, ' | ' ORDER BY place) FROM zs.evidence WHERE conversation_id = 1"

static struct slice file(const char *text)
{
    return slice_from_cstr(text);
}

/* Sends the file; the preview came last. Its address, in static storage. */
static const char *preview(const char *fields, const char *name, const char *text)
{
    static char address[128];
    staff_upload(&staff, LOAD_AT, LOAD_AT, fields, name, file(text));
    expect_status(&staff.reply, 303);
    snprintf(address, sizeof address, "%s", client_header(&staff.reply, "Location"));
    staff_get(&staff, address);
    return address;
}

static void apply(const char *address, const char *choices)
{
    char body[512];
    snprintf(body, sizeof body, "doe=laden&gelezen=%s&%s", staff_hidden(&staff, "gelezen"), choices);
    staff_post(&staff, address, address, body);
}

#define WHO "spreker-0=moderator&spreker-1=p1&spreker-2=p2"

/* Moderator, P1 and P2; the words "liever niet" of P2 and "natuurlijk" of P1 are coded. */
static void load_group(void)
{
    scene_begin();
    plan_group();
    add_person("stand=gekomen&leeftijdsgroep=volwassen&naam=Jan+de+Vries");
    add_person("stand=gekomen&leeftijdsgroep=volwassen&naam=Els+Bakker");
    add_consent(1, "&opname=ja&citaten=ja");
    add_consent(2, "&opname=ja");
    apply(
        preview(
            "bron=opname", "groep.txt",
            "Moderator: Welkom.\nP1: Het is niet natuurlijk.\nP2: Ik wil het liever niet.\nP1: Toch wel.\n"),
        WHO);
    expect_redirect(&staff.reply, TEXT_AT);
    test_sql(place.owner, "INSERT INTO zs.code_book_version (consultation, code, number, sha256, document, "
                          "created_by) SELECT code, "
                          "'b', 1, sha256('b'), '{}', 'a' FROM zs.consultation;"
                          "INSERT INTO zs.coder (account_id, name) SELECT min(id), 'onno' FROM zs.account;"
                          "INSERT INTO zs.coding (round_id, passage_id, coder_id, book_version, start_at, "
                          "end_at, value_bits, counts, "
                          "codes, method, conversation_id, participant_id) SELECT c.round_id, t.id, 1, 1, "
                          "strpos(t.body, w) - 1, "
                          "strpos(t.body, w) - 1 + length(w), 8, true, ARRAY[w], 'focusgroep', c.id, "
                          "t.participant_id FROM zs.turn AS "
                          "t JOIN zs.conversation AS c ON c.id = t.conversation_id JOIN "
                          "unnest(ARRAY['natuurlijk', 'liever niet', "
                          "'wel']) AS w ON strpos(t.body, w) > 0");
}

#define CODED                                                                                                \
    "SELECT string_agg(p.pseudonym || ': ' || substr(e.body, c.start_at + 1, c.end_at - c.start_at), ' | ' " \
    "ORDER BY "                                                                                              \
    "e.place) FROM zs.coding AS c JOIN zs.evidence AS e ON e.id = c.passage_id JOIN zs.participant AS p ON " \
    "p.id = "                                                                                                \
    "c.participant_id WHERE c.ended_at IS NULL"
#define LOST "SELECT coalesce(string_agg(codes::text, ' ' ORDER BY id), '') FROM zs.coding_lost"

Test(revise, keeps_what_is_the_same_and_lists_what_could_not_follow)
{
    load_group();
    staff_get(&staff, TEXT_AT);
    expect_says(&staff.reply, "De tekst verbeteren met een heel bestand");
    staff_get(&staff, LOAD_AT);
    expect_says(&staff.reply, "U kiest een bestand met de verbeterde tekst");
    expect_silent(&staff.reply, "name=\"bron\"");
    /* As subtitles this time, of which the third turn is heard otherwise, one is new and the last is gone. */
    const char *address = preview("waarom=Opnieuw beluisterd", "groep.vtt",
                                  "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Moderator>Welkom.</v>\n\n"
                                  "00:02.000 --> 00:03.000\n<v P1>Nee, het is niet natuurlijk.</v>\n\n"
                                  "00:03.000 --> 00:04.000\n<v P2>Ik wil het lever in het niet.</v>\n\n"
                                  "00:04.000 --> 00:05.000\n<v Moderator>Dank u allen.</v>\n");
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, "Beurten die gelijk blijven: 1<");
    expect_says(&staff.reply, "Beurten die veranderen: 2<");
    expect_says(&staff.reply, "Beurten die erbij komen: 1<");
    expect_says(&staff.reply, "Beurten die vervallen: 1<");
    expect_says(&staff.reply, "Nieuwe versie maken");
    expect_sql("SELECT count(*)::text FROM zs.transcript_version", "1");
    apply(address, WHO);
    expect_redirect(&staff.reply, GROUP_AT "/wijzigingen?versie=2");
    expect_sql(STANDS,
               "Welkom. | Nee, het is niet natuurlijk. | Ik wil het lever in het niet. | Dank u allen.");
    expect_sql(
        "SELECT number || cause || source || format || reason FROM zs.transcript_version WHERE is_current",
        "2verbeterdopnamevttOpnieuw beluisterd");
    expect_sql("SELECT count(*)::text FROM zs.transcript_turn AS a JOIN zs.transcript_turn AS b USING "
               "(turn_id) WHERE "
               "a.version_id < b.version_id",
               "1");
    expect_sql("SELECT count(*)::text FROM zs.transcript_draft", "0");
    expect_sql(CODED, "P1: natuurlijk");
    expect_sql(LOST, "{\"liever niet\"} {wel}");
    staff_get(&staff, GROUP_AT "/wijzigingen?versie=2");
    expect_says(&staff.reply, ", vervallen</td>");
    expect_says(&staff.reply, ">Toch wel.</td>");
    expect_says(&staff.reply, ", toegevoegd</td>");
    expect_says(&staff.reply, "Dank u allen.");
    /* The old version is there to be read. */
    staff_get(&staff, TEXT_AT "?versie=1");
    expect_says(&staff.reply, "Ik wil het liever niet.");
    /* A second click leads to the text. */
    staff_post(&staff, TEXT_AT, address, "doe=laden&gelezen=x&" WHO);
    expect_redirect(&staff.reply, TEXT_AT);
    scene_end();
}

Test(revise, says_who_said_it_and_codings_go_along)
{
    load_group();
    apply(
        preview(
            "waarom=Verkeerde spreker", "g.txt",
            "Moderator: Welkom.\nP1: Het is niet natuurlijk.\nP1: Ik wil het liever niet.\nP1: Toch wel.\n"),
        "spreker-0=moderator&spreker-1=p1");
    /* What one says behind each other is one turn. */
    expect_status(&staff.reply, 303);
    scene_end();
    load_group();
    apply(
        preview(
            "waarom=Verkeerde spreker", "g.txt",
            "Moderator: Welkom.\nP2: Het is niet natuurlijk.\nP1: Ik wil het liever niet.\nP2: Toch wel.\n"),
        "spreker-0=moderator&spreker-1=p2&spreker-2=p1");
    expect_redirect(&staff.reply, GROUP_AT "/wijzigingen?versie=2");
    expect_sql(CODED, "P2: natuurlijk | P1: liever niet | P2: wel");
    expect_sql(LOST, "");
    staff_get(&staff, GROUP_AT "/wijzigingen?versie=2");
    expect_says(&staff.reply, "was van P2");
    scene_end();
}

Test(revise, brings_nothing_back_of_what_was_redacted_or_withdrawn)
{
    load_group();
    char path[200];
    snprintf(
        path, sizeof path, TEXT_AT "/%s/verbeteren",
        test_sql_text(place.owner, "SELECT id::text FROM zs.turn WHERE body = 'Het is niet natuurlijk.'"));
    staff_post(&staff, path, path,
               "tekst=Volgens+%5Bnaam%5D+is+het+niet+natuurlijk.&reden=naam&persoonlijk=ja");
    expect_status(&staff.reply, 303);
    staff_post(&staff, GROUP_AT, "/beheer/deelnemers/2/intrekking", "zeker=ja");
    expect_sql(STANDS,
               "Welkom. | Volgens [naam] is het niet natuurlijk. | [weggelaten op verzoek] | Toch wel.");
    const char *address =
        preview("waarom=Nog eens", "g.txt",
                "Moderator: Welkom!\nP1: Volgens Karel is het niet natuurlijk.\nP2: Ik wil het liever "
                "niet.\nP1: Toch wel.\n");
    expect_says(&staff.reply, "die vervangen blijven: 1<");
    apply(address, WHO);
    expect_redirect(&staff.reply, GROUP_AT "/wijzigingen?versie=4");
    expect_sql(STANDS,
               "Welkom! | Volgens [naam] is het niet natuurlijk. | [weggelaten op verzoek] | Toch wel.");
    expect_sql("SELECT count(*)::text FROM zs.turn WHERE body LIKE '%Karel%' OR body LIKE '%liever%'", "0");
    scene_end();
}

Test(revise, refuses_what_is_bad_and_changes_nothing)
{
    load_group();
    staff_upload(&staff, LOAD_AT, LOAD_AT, "waarom=", "g.txt", file("P1: Iets.\n"));
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "Vul in waarom u de tekst verbetert");
    staff_upload(&staff, LOAD_AT, LOAD_AT, "waarom=Zo", "g.txt", file(""));
    expect_status(&staff.reply, 400);
    preview("waarom=Zo", "g.vtt", "WEBVTT\n\n00:09 -> 00:10\nKapot\n");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "Dit bestand kunnen wij niet lezen");
    /* Somebody who is not chosen. */
    const char *address = preview("waarom=Zo", "g.txt", "Moderator: Welkom.\nPiet: Hallo.\n");
    apply(address, "spreker-0=moderator&spreker-1=");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "Kies wie dit is: Piet");
    /* The same text once more. */
    address = preview(
        "waarom=Zo", "g.txt",
        "Moderator: Welkom.\nP1: Het is niet natuurlijk.\nP2: Ik wil het liever niet.\nP1: Toch wel.\n");
    apply(address, WHO);
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "Er verandert niets");
    /* Somebody who no longer agrees. */
    staff_post(&staff, "/beheer/deelnemers/2/toestemming", "/beheer/deelnemers/2/toestemming",
               "formulier=1&gegevenOp=2027-01-15&wijze=mondeling&deelname=ja");
    staff_get(&staff, address);
    expect_redirect(&staff.reply, LOAD_AT);
    staff_upload(&staff, LOAD_AT, LOAD_AT, "waarom=Zo", "g.txt", file("P1: Iets.\n"));
    expect_status(&staff.reply, 400);
    expect_sql("SELECT count(*)::text FROM zs.transcript_version", "1");
    expect_sql("SELECT count(*)::text FROM zs.turn", "4");
    expect_sql(CODED, "P1: natuurlijk | P1: wel");
    scene_end();
}

Test(revise, of_a_text_that_somebody_changed_meanwhile_is_looked_at_again)
{
    char body[512], path[200];
    load_group();
    const char *address = preview("waarom=Zo", "g.txt", "Moderator: Welkom.\nP1: Het is zo.\nP2: Ja.\n");
    snprintf(body, sizeof body, "doe=laden&gelezen=%s&" WHO, staff_hidden(&staff, "gelezen"));
    snprintf(path, sizeof path, TEXT_AT "/%s/verbeteren",
             test_sql_text(place.owner, "SELECT id::text FROM zs.turn WHERE body = 'Toch wel.'"));
    staff_post(&staff, path, path, "tekst=Toch+niet.&reden=Zo");
    expect_status(&staff.reply, 303);
    /* It is compared with what stands now. */
    staff_post(&staff, address, address, body);
    expect_redirect(&staff.reply, GROUP_AT "/wijzigingen?versie=3");
    expect_sql("SELECT count(*)::text FROM zs.passage_change WHERE version_id = 3 AND successor_id IS NULL",
               "2");
    scene_end();
}
