/* What was said is loaded once everybody agreed, with who is who chosen by a person; then it never changes
 * but for another version beside it. */
#include "app/conversation_scene.h"

#include "base/buffer.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(transcript, .fini = leaks_check, .timeout = 110);

#define LOAD_AT GROUP_AT "/laden"
#define TEXT_AT GROUP_AT "/tekst"
#define STANDS  "SELECT string_agg(body, ' | ' ORDER BY place) FROM zs.evidence WHERE conversation_id = 1"
/* Moderator: Welkom. / Jan: Dank u. Ik ben Jan de Vries. / P2: Liever niet. / Jan: Toch wel. */
#define SAID                                                                                                 \
    "tekst=Moderator%3A+Welkom.%0D%0AJan%3A+Dank+u.+Ik+ben+Jan+de+Vries.%0D%0AP2%3A+Liever+niet.%0D%0AJan%"  \
    "3A+Toch+wel."

static void two_people(void)
{
    scene_begin();
    plan_group();
    add_person("stand=gekomen&leeftijdsgroep=volwassen&naam=Jan+de+Vries");
    add_person("stand=gekomen&leeftijdsgroep=volwassen&naam=Els+Bakker");
}

static void both_agree(void)
{
    two_people();
    add_consent(1, "&opname=ja&citaten=ja");
    add_consent(2, "&opname=ja");
}

/* Posts the text; the preview came last. Its address, in static storage. */
static const char *preview(const char *fields)
{
    static char address[128];
    staff_post(&staff, LOAD_AT, LOAD_AT, fields);
    expect_status(&staff.reply, 303);
    snprintf(address, sizeof address, "%s", client_header(&staff.reply, "Location"));
    staff_get(&staff, address);
    return address;
}

static void load_text(const char *fields, const char *choices)
{
    char body[1024];
    const char *address = preview(fields);
    snprintf(body, sizeof body, "doe=laden&gelezen=%s&%s", staff_hidden(&staff, "gelezen"), choices);
    staff_post(&staff, address, address, body);
}

static void load_group(void)
{
    both_agree();
    load_text("bron=opname&" SAID, "spreker-0=moderator&spreker-1=p1&spreker-2=p2");
    expect_redirect(&staff.reply, TEXT_AT);
}

Test(transcript, waits_until_everybody_agreed)
{
    two_people();
    staff_get(&staff, LOAD_AT);
    expect_says(&staff.reply, "niet iedereen die er was, doet mee");
    expect_says(&staff.reply, "P1: Nog niet gevraagd</a>");
    staff_post(&staff, LOAD_AT, LOAD_AT, "bron=opname&" SAID);
    expect_status(&staff.reply, 400);
    add_consent(1, "&opname=ja");
    add_consent(2, "");
    staff_get(&staff, LOAD_AT);
    expect_says(&staff.reply, "P2: Geen opname toegestaan</a>");
    expect_silent(&staff.reply, "/toestemming\">P1");
    staff_post(&staff, LOAD_AT, LOAD_AT, "bron=opname&nabespreking=Rustig&" SAID);
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "Liever niet."); /* what was typed is still there */
    expect_says(&staff.reply, "Rustig");
    expect_sql("SELECT count(*)::text FROM zs.transcript_draft", "0");
    /* Notes need no recording. */
    load_text("bron=aantekening&nabespreking=Rustig+gesprek.&tekst=Men+vindt+het+spannend.",
              "spreker-0=notulist");
    expect_redirect(&staff.reply, TEXT_AT);
    expect_sql(
        "SELECT string_agg(kind || ' ' || speaker || ' ' || body, ' | ' ORDER BY place) FROM zs.evidence",
        "aantekening notulist Men vindt het spannend. | nabespreking moderator Rustig gesprek.");
    staff_get(&staff, TEXT_AT);
    expect_says(&staff.reply, "aantekening, geen citaat");
    scene_end();
}

Test(transcript, is_loaded_by_who_is_who)
{
    both_agree();
    const char *address = preview("bron=opname&" SAID);
    expect_says(&staff.reply, "4 beurten van 3 sprekers");
    /* Guessed: the moderator by that word, Jan by his first name, P2 by the pseudonym. */
    expect_says(&staff.reply, "<option value=\"moderator\" selected>");
    expect_says(&staff.reply, "<option value=\"p1\" selected>");
    expect_says(&staff.reply, "<option value=\"p2\" selected>");
    char body[256];
    snprintf(body, sizeof body, "doe=laden&gelezen=%s&spreker-0=moderator&spreker-2=p99",
             staff_hidden(&staff, "gelezen"));
    staff_post(&staff, address, address, body);
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "href=\"#spreker-1\">Kies wie dit is: Jan");
    expect_says(&staff.reply, "href=\"#spreker-2\"");
    expect_sql("SELECT count(*)::text FROM zs.turn", "0");
    snprintf(body, sizeof body, "doe=laden&gelezen=%s&spreker-0=moderator&spreker-1=p1&spreker-2=p2",
             staff_hidden(&staff, "gelezen"));
    staff_post(&staff, address, address, body);
    expect_redirect(&staff.reply, TEXT_AT);
    /* A second click leads to the same text. */
    staff_post(&staff, TEXT_AT, address, body);
    expect_redirect(&staff.reply, TEXT_AT);
    expect_sql(STANDS, "Welkom. | Dank u. Ik ben Jan de Vries. | Liever niet. | Toch wel.");
    expect_sql(
        "SELECT string_agg(speaker || coalesce(participant_id, 0), ' ' ORDER BY place) FROM zs.evidence",
        "moderator0 deelnemer1 deelnemer2 deelnemer1");
    expect_sql(
        "SELECT number || cause || source || format || encoding || created_by FROM zs.transcript_version",
        "1geladenopnametxtUTF-8onno");
    expect_sql("SELECT count(*)::text FROM zs.transcript_draft", "0");
    staff_get(&staff, TEXT_AT);
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, "Liever niet.");
    expect_says(&staff.reply, "niet letterlijk aanhalen"); /* of P2 */
    staff_get(&staff, LOAD_AT);
    expect_says(&staff.reply, "De tekst verbeteren met een heel bestand");
    expect_sql(
        "SELECT string_agg(action, ' ' ORDER BY id) FROM zs.audit_event WHERE action LIKE 'transcript%'",
        "transcript.load transcript.view transcript.view");
    scene_end();
}

Test(transcript, that_cannot_be_read_says_where_and_loads_nothing)
{
    both_agree();
    const char *address =
        preview("bron=opname&tekst=WEBVTT%0D%0A%0D%0A00%3A01.000+--%3E+00%3A00.500%0D%0A%3Cv+Jan%3EHallo");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "Regel 3: Deze regel eindigt voordat hij begint");
    expect_says(&staff.reply, "?concept=1");
    char body[128];
    snprintf(body, sizeof body, "doe=laden&gelezen=%s", staff_hidden(&staff, "gelezen"));
    staff_post(&staff, address, address, body);
    expect_status(&staff.reply, 400);
    /* What was pasted comes back to be corrected. */
    staff_get(&staff, LOAD_AT "?concept=1");
    expect_says(&staff.reply, "&lt;v Jan&gt;Hallo");
    expect_sql("SELECT count(*)::text FROM zs.turn", "0");
    staff_post(&staff, LOAD_AT, LOAD_AT, "bron=opname&tekst=");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "href=\"#bestand\"");
    /* 50 MB is refused with the limit. */
    struct buffer large;
    buffer_init(&large, 64 << 20);
    memset(buffer_reserve(&large, 50 << 20), ' ', 50 << 20);
    buffer_commit(&large, 50 << 20);
    staff_upload(&staff, LOAD_AT, LOAD_AT, "bron=opname", "gesprek.vtt", buffer_slice(&large));
    buffer_free(&large);
    expect_status(&staff.reply, 413);
    expect_says(&staff.reply, "10 MB");
    expect_sql("SELECT count(*)::text FROM zs.transcript_draft WHERE file_name = 'gesprek.vtt'", "0");
    scene_end();
}

Test(transcript, has_names_that_are_none)
{
    both_agree();
    const char *address =
        preview("bron=opname&tekst=Jan%3A+Ik+zie+twee+dingen.%0D%0AConclusie%3A+het+kan.%0D%0AP2%3A+Ja.");
    expect_says(&staff.reply, "3 beurten van 3 sprekers");
    char body[256];
    snprintf(body, sizeof body, "doe=laden&gelezen=%s&spreker-0=p1&spreker-1=geen&spreker-2=onbekend",
             staff_hidden(&staff, "gelezen"));
    staff_post(&staff, address, address, body);
    /* Read again, with what was chosen for the others. */
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, "2 beurten van 2 sprekers");
    expect_says(&staff.reply, "<option value=\"onbekend\" selected>");
    snprintf(body, sizeof body, "doe=laden&gelezen=%s&spreker-0=p1&spreker-1=p2",
             staff_hidden(&staff, "gelezen"));
    staff_post(&staff, address, address, body);
    expect_redirect(&staff.reply, TEXT_AT);
    expect_sql(STANDS, "Ik zie twee dingen.\nConclusie: het kan. | Ja.");
    scene_end();
}

Test(transcript, of_who_withdrew_before_is_left_out)
{
    both_agree();
    const char *address = preview("bron=opname&" SAID);
    staff_post(&staff, GROUP_AT, "/beheer/deelnemers/2/intrekking", "zeker=ja");
    expect_redirect(&staff.reply, GROUP_AT);
    /* What waited is gone with them. */
    staff_get(&staff, address);
    expect_status(&staff.reply, 404);
    load_text("bron=opname&" SAID, "spreker-0=moderator&spreker-1=p1&spreker-2=p2");
    expect_redirect(&staff.reply, TEXT_AT);
    expect_sql(STANDS, "Welkom. | Dank u. Ik ben Jan de Vries. | [weggelaten op verzoek] | Toch wel.");
    scene_end();
}

Test(transcript, is_searched_for_a_name_before_who_has_it_withdraws)
{
    static const char to_names[] = "href=\"" GROUP_AT "/persoonsgegevens\">";
    both_agree();
    staff_post(&staff, GROUP_AT, "/beheer/deelnemers/2/intrekking", "");
    expect_status(&staff.reply, 200);
    expect_silent(&staff.reply, to_names); /* there is no text yet */
    load_text("bron=opname&" SAID, "spreker-0=moderator&spreker-1=p1&spreker-2=p2");
    staff_post(&staff, GROUP_AT, "/beheer/deelnemers/2/intrekking", "");
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, to_names);
    expect_sql("SELECT count(*)::text FROM zs.participant_name", "2");
    scene_end();
}

Test(transcript, is_corrected_turn_by_turn_in_a_new_version)
{
    load_group();
    staff_get(&staff, TEXT_AT);
    char path[200];
    snprintf(path, sizeof path, TEXT_AT "/%s/verbeteren",
             test_sql_text(place.owner, "SELECT id::text FROM zs.turn WHERE body = 'Liever niet.'"));
    staff_post(&staff, path, path, "tekst=Liever+wel.&reden=");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "Liever wel.");
    staff_post(&staff, path, path, "tekst=Liever+niet.&reden=x");
    expect_says(&staff.reply, "De tekst is nog dezelfde");
    staff_post(&staff, path, path, "tekst=Liever+wel.&reden=Verkeerd+verstaan");
    expect_redirect(&staff.reply, TEXT_AT "#beurt-3");
    expect_sql(STANDS, "Welkom. | Dank u. Ik ben Jan de Vries. | Liever wel. | Toch wel.");
    expect_sql(
        "SELECT count(*)::text FROM zs.transcript_turn AS a JOIN zs.transcript_turn AS b USING (turn_id, "
        "place) WHERE a.version_id < b.version_id",
        "3");
    expect_sql(
        "SELECT start_at || ' ' || old_length || ' ' || new_length || ' ' || reason FROM zs.passage_change",
        "7 4 3 verbeterd");
    /* The turn is not of the newest version any more. */
    staff_post(&staff, TEXT_AT, path, "tekst=Anders.&reden=x");
    expect_redirect(&staff.reply, TEXT_AT "?fout=gewijzigd");
    staff_get(&staff, TEXT_AT "?versie=1");
    expect_says(&staff.reply, "Liever niet.");
    expect_says(&staff.reply, "oudere versie");
    staff_get(&staff, GROUP_AT "/wijzigingen?versie=2");
    expect_says(&staff.reply, ">niet</td>");
    expect_says(&staff.reply, ">wel</td>");
    /* Redacting destroys what was there before the correction too. */
    snprintf(path, sizeof path, TEXT_AT "/%s/verbeteren",
             test_sql_text(place.owner, "SELECT id::text FROM zs.turn WHERE body = 'Liever wel.'"));
    staff_post(&staff, path, path, "tekst=Liever+%5Biets%5D.&reden=naam&persoonlijk=ja");
    expect_redirect(&staff.reply, TEXT_AT "#beurt-3");
    expect_sql("SELECT count(*)::text FROM zs.turn WHERE body LIKE 'Liever _e%' OR body LIKE 'Liever niet%'",
               "0");
    expect_sql("SELECT string_agg(number || cause, ' ' ORDER BY number) FROM zs.transcript_version",
               "1geladen 2verbeterd 3geredigeerd");
    staff_get(&staff, TEXT_AT "?versie=1");
    expect_says(&staff.reply, "Deze tekst is vernietigd.");
    staff_get(&staff, GROUP_AT "/wijzigingen?versie=3");
    expect_says(&staff.reply, "vernietigd (3 tekens)");
    scene_end();
}

/* P2 goes on taking part, but not as recorded. */
static void p2_wants_no_recording(void)
{
    staff_post(&staff, "/beheer/deelnemers/2/toestemming", "/beheer/deelnemers/2/toestemming",
               "formulier=1&gegevenOp=2027-01-15&wijze=mondeling&deelname=ja");
    expect_status(&staff.reply, 303);
}

/* Of the turn that says this, in static storage. */
static const char *correction_at(const char *said)
{
    static char path[200];
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT id::text FROM zs.turn WHERE body = '%s'", said);
    snprintf(path, sizeof path, TEXT_AT "/%s/verbeteren", test_sql_text(place.owner, sql));
    return path;
}

#define PERSONAL_AT GROUP_AT "/persoonsgegevens"

/* The value of the hidden field "stuk-N" of the page that came last. */
static const char *shown_piece(int n)
{
    char name[24];
    snprintf(name, sizeof name, "stuk-%d", n);
    return staff_hidden(&staff, name);
}

Test(transcript, loses_the_personal_data_that_somebody_says_it_has)
{
    load_group();
    char body[512];
    staff_get(&staff, PERSONAL_AT);
    expect_says(&staff.reply, "<mark>Jan de Vries</mark>");
    expect_says(&staff.reply, "value=\"[deelnemer P1]\"");
    snprintf(body, sizeof body, "stuk-0=%s&weg-0=ja&door-0=", shown_piece(0));
    staff_post(&staff, PERSONAL_AT, PERSONAL_AT, body);
    expect_redirect(&staff.reply, PERSONAL_AT "?fout=1");
    staff_get(&staff, PERSONAL_AT);
    snprintf(body, sizeof body, "stuk-0=%s&weg-0=ja&door-0=iemand", shown_piece(0));
    staff_post(&staff, PERSONAL_AT, PERSONAL_AT, body);
    expect_redirect(&staff.reply, PERSONAL_AT "?gelukt=1");
    expect_sql(STANDS, "Welkom. | Dank u. Ik ben iemand. | Liever niet. | Toch wel.");
    expect_sql("SELECT count(*)::text FROM zs.turn WHERE body LIKE '%Vries%'", "0");
    expect_sql(
        "SELECT start_at || ' ' || old_length || ' ' || new_length || ' ' || reason FROM zs.passage_change",
        "15 12 6 naam");
    /* Of the text as it was shown; another time nothing is done. */
    staff_post(&staff, PERSONAL_AT, PERSONAL_AT, body);
    expect_redirect(&staff.reply, PERSONAL_AT "?fout=1");
    expect_sql("SELECT string_agg(number || cause, ' ' ORDER BY number) FROM zs.transcript_version",
               "1geladen 2geredigeerd");
    expect_sql("SELECT count(*)::text FROM zs.audit_event WHERE action = 'transcript.redact'", "1");
    scene_end();
}

Test(transcript, keeps_what_only_looks_personal_and_asks_once)
{
    load_group();
    char body[256];
    staff_get(&staff, PERSONAL_AT);
    expect_says(&staff.reply, "<mark>Jan de Vries</mark>");
    snprintf(body, sizeof body, "stuk-0=%s&door-0=x", shown_piece(0));
    staff_post(&staff, PERSONAL_AT, PERSONAL_AT, body);
    expect_redirect(&staff.reply, PERSONAL_AT "?gelukt=1");
    staff_get(&staff, PERSONAL_AT);
    expect_says(&staff.reply, "Wij vinden niets meer");
    expect_sql("SELECT start_at || ' ' || end_at || kept_by FROM zs.personal_kept", "15 27onno");
    expect_sql("SELECT count(*)::text FROM zs.transcript_version", "1");
    scene_end();
}

Test(transcript, is_searched_again_where_something_took_the_place_of_something)
{
    load_group();
    char body[256];
    staff_get(&staff, PERSONAL_AT);
    snprintf(body, sizeof body, "stuk-0=%s&weg-0=ja&door-0=de+man+van+Els+Bakker", shown_piece(0));
    staff_post(&staff, PERSONAL_AT, PERSONAL_AT, body);
    expect_redirect(&staff.reply, PERSONAL_AT "?gelukt=1");
    staff_get(&staff, PERSONAL_AT);
    expect_says(&staff.reply, "<mark>Els Bakker</mark>");
    scene_end();
}

Test(transcript, of_who_no_longer_agrees_is_not_searched)
{
    load_group();
    staff_post(&staff, TEXT_AT, correction_at("Liever niet."), "tekst=Vraag+Jan+de+Vries.&reden=x");
    staff_get(&staff, PERSONAL_AT);
    expect_says(&staff.reply, "Vraag <mark>");
    p2_wants_no_recording();
    staff_get(&staff, PERSONAL_AT);
    expect_silent(&staff.reply, "Vraag <mark>");
    expect_says(&staff.reply, "Dank u. Ik ben <mark>");
    scene_end();
}

/* Follows "Verder zoeken" of the page that came last; false: there is none. */
static bool search_on(void)
{
    static const char before[] = "<a class=\"nl-link zs-target\" href=\"", behind[] = "\">Verder zoeken</a>";
    char path[200];
    const char *end = strstr(staff.reply.body, behind);
    const char *start = end;
    while (start && start > staff.reply.body && strncmp(start, before, sizeof before - 1) != 0) {
        start--;
    }
    if (!start || start == staff.reply.body) {
        return false;
    }
    start += sizeof before - 1;
    snprintf(path, sizeof path, "%.*s", (int)(end - start), start);
    staff_get(&staff, path);
    expect_status(&staff.reply, 200);
    return true;
}

/* More text than one page searches, with something to find at its end alone. */
#define LONG_TEXT "repeat('Niets te vinden in deze lange zin over planten. ', 20)"

Test(transcript, too_long_to_search_at_once_is_searched_in_parts)
{
    load_group();
    test_sql(
        place.owner,
        "WITH made AS (INSERT INTO zs.turn (conversation_id, kind, speaker, body) SELECT 1, 'uitspraak', "
        "'moderator', CASE i WHEN 1200 THEN 'Mail jan@voorbeeld.nl' ELSE " LONG_TEXT
        " END FROM generate_series(1, 1200) AS i RETURNING id) INSERT INTO zs.transcript_turn "
        "(version_id, place, turn_id) SELECT 1, 4 + row_number() OVER (ORDER BY id), id FROM made");
    staff_get(&staff, PERSONAL_AT "?vanaf=5");
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, "In dit deel vinden wij niets");
    expect_silent(&staff.reply, "jan@voorbeeld.nl");
    cr_assert(search_on());
    expect_says(&staff.reply, "<mark>jan@voorbeeld.nl</mark>");
    cr_expect_not(search_on());
    scene_end();
}

Test(transcript, open_answers_too_many_to_search_at_once_are_searched_in_parts)
{
    scene_begin();
    test_sql(
        place.owner,
        "INSERT INTO zs.passage (round_id, revision, created_day, response_id, variable, language, body) "
        "SELECT r.id, 1, current_date, decode(md5(i::text), 'hex'), 'waarom', 'nl', CASE i WHEN 5000 THEN "
        "'Mail jan@voorbeeld.nl' ELSE " LONG_TEXT
        " END FROM zs.round AS r, generate_series(1, 5000) AS i WHERE r.code = '" ROUND "' ORDER BY i");
    staff_get(&staff, ROUND_AT "/persoonsgegevens");
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, "In dit deel vinden wij niets");
    int pages = 1;
    while (pages < 10 && search_on()) {
        pages++;
    }
    cr_expect_eq(pages, 5); /* 5 MB */
    expect_says(&staff.reply, "<mark>jan@voorbeeld.nl</mark>");
    scene_end();
}

Test(transcript, open_answers_lose_theirs_too)
{
    scene_begin();
    test_sql(
        place.owner,
        "INSERT INTO zs.passage (round_id, revision, created_day, response_id, variable, language, body) "
        "SELECT id, 1, current_date, decode(repeat('ab', 16), 'hex'), 'waarom', 'nl', "
        "'Mail mij: jan@voorbeeld.nl of later.' FROM zs.round WHERE code = '" ROUND "'");
    char body[256];
    staff_get(&staff, ROUND_AT "/persoonsgegevens");
    expect_says(&staff.reply, "<mark>jan@voorbeeld.nl</mark>");
    snprintf(body, sizeof body, "stuk-0=%s&weg-0=ja&door-0=%%5Be-mailadres%%5D", shown_piece(0));
    staff_post(&staff, ROUND_AT "/persoonsgegevens", ROUND_AT "/persoonsgegevens", body);
    expect_redirect(&staff.reply, ROUND_AT "/persoonsgegevens?gelukt=1");
    expect_sql("SELECT string_agg(body, '|') FROM zs.passage", "Mail mij: [e-mailadres] of later.");
    expect_sql("SELECT (successor_id = (SELECT id FROM zs.passage)) || ' ' || start_at || ' ' || old_length "
               "|| ' ' || new_length || ' ' || "
               "reason FROM zs.passage_change",
               "true 10 16 13 e-mail");
    scene_end();
}

Test(transcript, is_closed_where_somebody_no_longer_agrees)
{
    load_group();
    p2_wants_no_recording();
    staff_get(&staff, TEXT_AT);
    expect_silent(&staff.reply, "Liever niet.");
    expect_says(&staff.reply, "vindt het niet goed dat wij dit gebruiken");
    expect_says(&staff.reply, "Toch wel.");
    expect_sql(STANDS, "Welkom. | Dank u. Ik ben Jan de Vries. | Toch wel.");
    scene_end();
}

Test(transcript, is_not_to_be_corrected_where_somebody_no_longer_agrees)
{
    load_group();
    p2_wants_no_recording();
    const char *path = correction_at("Liever niet.");
    staff_get(&staff, path);
    expect_redirect(&staff.reply, TEXT_AT "?fout=gewijzigd");
    expect_silent(&staff.reply, "Liever niet.");
    staff_post(&staff, TEXT_AT, path, "tekst=Liever+wel.&reden=x");
    expect_redirect(&staff.reply, TEXT_AT "?fout=gewijzigd");
    expect_sql("SELECT count(*)::text FROM zs.transcript_version", "1");
    /* Once they agree again it is what it was. */
    add_consent(2, "&opname=ja");
    staff_get(&staff, path);
    expect_says(&staff.reply, "Liever niet.");
    scene_end();
}

Test(transcript, shows_no_changes_of_who_no_longer_agrees)
{
    load_group();
    staff_post(&staff, TEXT_AT, correction_at("Liever niet."), "tekst=Liever+wel.&reden=x");
    staff_post(&staff, TEXT_AT, correction_at("Toch wel."), "tekst=Toch+nooit.&reden=x");
    p2_wants_no_recording();
    staff_get(&staff, GROUP_AT "/wijzigingen?versie=2");
    expect_silent(&staff.reply, ">niet</td>");
    expect_silent(&staff.reply, ">wel</td>");
    expect_says(&staff.reply, "vindt het niet goed dat wij dit gebruiken");
    staff_get(&staff, GROUP_AT "/wijzigingen?versie=3");
    expect_says(&staff.reply, ">nooit</td>");
    scene_end();
}

Test(transcript, that_waits_is_closed_when_somebody_no_longer_agrees)
{
    both_agree();
    const char *address = preview("bron=opname&nabespreking=Rustig&" SAID);
    char body[256];
    snprintf(body, sizeof body, "doe=laden&gelezen=%s&spreker-0=moderator&spreker-1=p1&spreker-2=p2",
             staff_hidden(&staff, "gelezen"));
    p2_wants_no_recording();
    staff_get(&staff, address);
    expect_redirect(&staff.reply, LOAD_AT);
    expect_silent(&staff.reply, "Liever niet.");
    staff_get(&staff, LOAD_AT "?concept=1");
    expect_silent(&staff.reply, "Liever niet.");
    expect_silent(&staff.reply, "Rustig");
    expect_says(&staff.reply, "P2: Geen opname toegestaan</a>");
    staff_post(&staff, LOAD_AT, address, body);
    expect_redirect(&staff.reply, LOAD_AT);
    expect_sql("SELECT count(*)::text FROM zs.turn", "0");
    scene_end();
}

Test(transcript, turns_are_tied_to_parts_of_the_guide)
{
    load_group();
    staff_post(&staff, TEXT_AT, GROUP_AT "/onderdelen", "van=2&tot=3&onderdeel=kweekvlees");
    expect_redirect(&staff.reply, TEXT_AT "#beurt-2");
    expect_sql("SELECT string_agg(coalesce(part, '-'), ' ' ORDER BY place) FROM zs.evidence",
               "- kweekvlees kweekvlees -");
    staff_post(&staff, TEXT_AT, GROUP_AT "/onderdelen", "van=2&tot=9&onderdeel=kweekvlees");
    expect_redirect(&staff.reply, TEXT_AT "?fout=onderdeel");
    staff_post(&staff, TEXT_AT, GROUP_AT "/onderdelen", "van=1&tot=2&onderdeel=bestaat-niet");
    expect_redirect(&staff.reply, TEXT_AT "?fout=onderdeel");
    scene_end();
}

static void wait_for_one_draft(void)
{
    for (int tries = 0; tries < 100 && place_count(&place, "SELECT count(*) FROM zs.transcript_draft") > 1;
         tries++) {
        client_sleep_ms(100);
    }
}

Test(transcript, that_nobody_finishes_loading_is_gone_after_two_days)
{
    both_agree();
    preview("bron=opname&" SAID);
    preview("bron=opname&" SAID);
    test_sql(place.owner, "UPDATE zs.transcript_draft SET made_at = to_timestamp(1799000000) WHERE id = 1");
    clock_forward(3601);
    wait_for_one_draft();
    /* Two days by the service's own clock, which is far from the server's here. */
    expect_sql("SELECT string_agg(id::text, ' ') FROM zs.transcript_draft", "2");
    scene_end();
}

Test(transcript, that_nobody_finishes_loading_stays_under_a_hold)
{
    both_agree();
    preview("bron=opname&" SAID);
    test_sql(place.owner, "INSERT INTO zs.retention_hold (consultation, round_id, reason, note, placed_by) "
                          "SELECT consultation, "
                          "id, 'woo', 'verzoek', 'onno' FROM zs.round WHERE code = '" ROUND "'");
    test_sql(place.owner, "UPDATE zs.transcript_draft SET made_at = to_timestamp(1799000000)");
    test_sql(place.owner, "CREATE TABLE public.looked (at timestamptz)");
    test_sql(place.owner,
             "CREATE FUNCTION public.look() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql AS "
             "'BEGIN INSERT INTO public.looked VALUES (now()); RETURN NULL; END'");
    /* Of a statement, not of a row: it says that drafts were looked for, whether any went or not. */
    test_sql(place.owner,
             "CREATE TRIGGER look AFTER DELETE ON zs.transcript_draft EXECUTE FUNCTION public.look()");
    clock_forward(3601);
    for (int tries = 0; tries < 100 && place_count(&place, "SELECT count(*) FROM public.looked") == 0;
         tries++) {
        client_sleep_ms(100);
    }
    cr_expect_gt(place_count(&place, "SELECT count(*) FROM public.looked"), 0);
    expect_sql("SELECT count(*)::text FROM zs.transcript_draft", "1");
    scene_end();
}

struct racer {
    struct staff staff;
    char address[128], body[512];
};

static void *race(void *context)
{
    struct racer *racer = context;
    staff_exchange(&racer->staff, "POST", racer->address, racer->body);
    return NULL;
}

Test(transcript, two_loads_at_once_make_one_text)
{
    static struct racer racers[2];
    static const char *const texts[] = {"bron=opname&tekst=P1%3A+Een.", "bron=opname&tekst=P1%3A+Twee."};
    pthread_t threads[2];
    both_agree();
    for (int i = 0; i < 2; i++) {
        snprintf(racers[i].address, sizeof racers[i].address, "%s", preview(texts[i]));
        snprintf(racers[i].body, sizeof racers[i].body, "token=%s&doe=laden&gelezen=%s&spreker-0=p1",
                 staff_token(&staff), staff_hidden(&staff, "gelezen"));
        racers[i].staff = staff;
    }
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        expect_redirect(&racers[i].staff.reply, TEXT_AT);
    }
    expect_sql("SELECT count(*)::text FROM zs.transcript_version", "1");
    expect_sql("SELECT count(*)::text FROM zs.turn", "1");
    scene_end();
}

Test(transcript, is_read_by_researchers_and_coders_of_that_consultation)
{
    static struct staff coder, analyst, elsewhere;
    load_group();
    staff_of(&coder, &place, app, "cees", ROLE_CODEUR, "klein");
    staff_get(&coder, TEXT_AT);
    expect_status(&coder.reply, 200);
    expect_silent(&coder.reply, "/verbeteren");
    staff_get(&coder, LOAD_AT);
    expect_status(&coder.reply, 403);
    staff_of(&analyst, &place, app, "anna", ROLE_ANALIST, NULL);
    staff_get(&analyst, TEXT_AT);
    expect_status(&analyst.reply, 403);
    test_sql(place.owner, "INSERT INTO zs.consultation (code, document) VALUES ('anders', '{}')");
    staff_of(&elsewhere, &place, app, "els", ROLE_CODEUR, "anders");
    staff_get(&elsewhere, TEXT_AT);
    expect_status(&elsewhere.reply, 403);
    staff_of(&elsewhere, &place, app, "eva", ROLE_ONDERZOEKER, "anders");
    staff_get(&elsewhere, LOAD_AT);
    expect_status(&elsewhere.reply, 403);
    scene_end();
}
