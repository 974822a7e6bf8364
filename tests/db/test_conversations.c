/* Conversations in the database: what withdrawing leaves, what the ledger brings about, what destroying
 * takes, and who may do what. */
#include "support/database.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(conversations, .fini = leaks_check, .timeout = 60);

/* A focus group of two, P1 and P2, and a moderator; version 1 has four turns, P2 said the third and fourth.
 */
static const char scene_sql[] =
    "INSERT INTO zs.consultation (code, document) VALUES ('c', '{}');"
    "INSERT INTO zs.questionnaire_version (consultation, code, number, sha256, document)"
    " VALUES ('c', 'q', 1, sha256('x'), '{}');"
    "INSERT INTO zs.round (code, consultation, questionnaire_version, opens_at, closes_at, destruction_date, "
    "status)"
    " VALUES ('r', 'c', 1, now() - interval '9 day', now() - interval '8 day', current_date + 10, 'open');"
    "INSERT INTO zs.passage (round_id, revision, created_day, response_id, variable, language, body)"
    " VALUES (1, 1, current_date, decode(repeat('ab', 16), 'hex'), 'v', 'nl', 'open');"
    "INSERT INTO zs.guide_version (consultation, code, number, sha256, document, created_by)"
    " VALUES ('c', 'g', 1, sha256('g'), '{}', 'a');"
    "INSERT INTO zs.conversation (code, round_id, kind, guide_version, day, language, setting, moderator, "
    "created_by) VALUES ('fg-1', 1, 'focusgroep', 1, current_date, 'nl', 'live', 'Mo', 'a');"
    "INSERT INTO zs.participant (conversation_id, pseudonym, standing, age, background)"
    " VALUES (1, 'P1', 'gekomen', 'volwassen', '{\"gender\": \"man\"}'),"
    " (1, 'P2', 'gekomen', 'volwassen', '{\"gender\": \"vrouw\"}');"
    "INSERT INTO zs.participant_name VALUES (1, '\\x01'), (2, '\\x02');"
    "INSERT INTO zs.consent (participant_id, form_version, given_day, manner, by_parent, takes_part, "
    "recording, "
    "quotes, archive, contact, noted_by) VALUES"
    " (1, '1', current_date, 'papier', false, true, true, false, true, false, 'a'),"
    " (2, '1', current_date, 'papier', false, true, true, true, false, false, 'a');"
    "INSERT INTO zs.transcript_version (conversation_id, number, is_current, cause, source, created_by)"
    " VALUES (1, 1, true, 'geladen', 'opname', 'a');"
    "INSERT INTO zs.turn (conversation_id, kind, speaker, participant_id, body) VALUES"
    " (1, 'uitspraak', 'moderator', NULL, 'Welkom.'), (1, 'uitspraak', 'deelnemer', 1, 'Dank u.'),"
    " (1, 'uitspraak', 'deelnemer', 2, 'Kweekvlees? Ik woon in Ede.'), (1, 'uitspraak', 'deelnemer', 2, "
    "'Liever niet.');"
    "INSERT INTO zs.transcript_turn SELECT 1, row_number() OVER (ORDER BY id), id FROM zs.turn;";

static struct test_database database;

static void begin(void)
{
    test_database_create(&database, true);
    test_sql(database.owner, scene_sql);
}

static void expect_text(const char *sql, const char *wanted)
{
    const char *got = test_sql_text(database.owner, sql);
    cr_expect(strcmp(got, wanted) == 0, "%s\n gave %s", sql, got);
}

#define STANDS "SELECT string_agg(body, ' | ' ORDER BY place) FROM zs.evidence WHERE conversation_id = 1"

Test(conversations, an_answer_and_a_turn_share_one_numbering)
{
    begin();
    expect_text("SELECT count(*) || ' ' || count(DISTINCT id) FROM zs.evidence", "5 5");
    expect_text("SELECT string_agg(kind, ' ' ORDER BY id) FROM zs.evidence WHERE place IS NULL OR place = 1",
                "open-antwoord uitspraak");
    test_database_drop(&database);
}

/* Consent of P2 anew: takes part, recording, quotes; by a parent. */
static void note_consent(const char *ticks)
{
    char sql[400];
    snprintf(
        sql, sizeof sql,
        "INSERT INTO zs.consent (participant_id, form_version, given_day, manner, takes_part, recording, "
        "quotes, by_parent, archive, contact, noted_by) VALUES (2, '1', current_date, 'papier', %s, false, "
        "false, 'a')",
        ticks);
    test_sql(database.owner, sql);
}

#define OF_ALL    "Welkom. | Dank u. | Kweekvlees? Ik woon in Ede. | Liever niet."
#define OF_OTHERS "Welkom. | Dank u."
#define QUOTES                                                                                               \
    "SELECT string_agg(coalesce(quotes::text, '-') || coalesce(archive::text, '-'), ' ' ORDER BY place) "    \
    "FROM zs.evidence WHERE conversation_id = 1"

Test(conversations, what_somebody_said_stands_while_the_newest_consent_allows_it)
{
    begin();
    expect_text(STANDS, OF_ALL);
    expect_text(QUOTES, "-- falsetrue truefalse truefalse");
    note_consent("false, false, false, false");
    expect_text(STANDS, OF_OTHERS);
    note_consent("true, false, false, false"); /* of a recording, which may not be */
    expect_text(STANDS, OF_OTHERS);
    test_sql(database.owner, "UPDATE zs.transcript_version SET source = 'aantekening'");
    expect_text(STANDS, OF_ALL);
    note_consent("true, true, true, false");
    expect_text(QUOTES, "-- falsetrue falsefalse falsefalse"); /* notes are never a quote */
    test_sql(database.owner, "UPDATE zs.transcript_version SET source = 'opname'");
    expect_text(QUOTES, "-- falsetrue truefalse truefalse");
    test_sql(database.owner, "UPDATE zs.participant SET age = 'onder-16' WHERE id = 2");
    expect_text(STANDS, OF_OTHERS);
    note_consent("true, true, true, true");
    expect_text(STANDS, OF_ALL);
    test_sql(database.owner, "DELETE FROM zs.consent WHERE participant_id = 2");
    expect_text(STANDS, OF_OTHERS);
    test_database_drop(&database);
}

Test(conversations, who_withdraws_leaves_a_gap_of_known_length_and_no_words)
{
    begin();
    test_sql(
        database.owner,
        "INSERT INTO zs.turn (conversation_id, kind, speaker, participant_id, body)"
        " VALUES (1, 'uitspraak', 'deelnemer', 2, 'Stond alleen in een oudere versie.');"
        "INSERT INTO zs.composition_plan (round_id, kind, mix, mix_reason, changed_by)"
        " VALUES (1, 'focusgroep', 'homogeen', 'r', 'a');"
        "INSERT INTO zs.composition_segment (plan_id, code, title, population, conversations, participants)"
        " VALUES (1, 's', 'S', 'publiek', 1, 1);"
        "UPDATE zs.participant SET segment_id = 1, incentive_given_day = current_date, age = CASE WHEN id = "
        "2 THEN 'onder-16' ELSE age END;"
        "INSERT INTO zs.recording (round_id, conversation_id, conversation_code, kind, kept_at, destroy_by, "
        "destroyed_day, destroyed_by, noted_by) VALUES"
        " (1, 1, 'fg-1', 'geluid', 'wissen', current_date + 9, current_date, 'a', 'a'),"
        " (1, 1, 'fg-1', 'geluid', 'kast', current_date + 9, NULL, NULL, 'a')");
    expect_text("SELECT zs.participant_withdraw(2, 'onderzoeker')::text", "2");
    expect_text(STANDS, "Welkom. | Dank u. | [weggelaten op verzoek] | [weggelaten op verzoek]");
    expect_text("SELECT string_agg(number || cause || is_current, ' ' ORDER BY number) FROM "
                "zs.transcript_version",
                "1geladenfalse 2intrekkingtrue");
    /* No word of it is left in any version; what others said is the same row. */
    expect_text(
        "SELECT count(*)::text FROM zs.turn WHERE participant_id = 2 AND body IS NOT NULL AND kind <> "
        "'weggelaten'",
        "0");
    expect_text(
        "SELECT count(*)::text FROM zs.transcript_turn AS a JOIN zs.transcript_turn AS b USING (turn_id)"
        " WHERE a.version_id = 1 AND b.version_id = 2",
        "2");
    expect_text(
        "SELECT string_agg(start_at || ' ' || old_length || ' ' || new_length || ' ' || reason, ', ' ORDER "
        "BY passage_id) FROM zs.passage_change",
        "0 27 23 intrekking, 0 12 23 intrekking");
    expect_text(
        "SELECT pseudonym || background || (withdrawn_day IS NOT NULL) FROM zs.participant WHERE id = 2",
        "P2{}true");
    expect_text(
        "SELECT string_agg(pseudonym || num_nonnulls(segment_id, incentive_given_day, age), ' ' ORDER BY id)"
        " FROM zs.participant",
        "P13 P20");
    expect_text(
        "SELECT string_agg(kept_at, ' ') FROM zs.recording WHERE destroyed_day IS NULL AND destroy_by <= "
        "(now() AT TIME ZONE 'UTC')::date",
        "kast");
    expect_text("SELECT string_agg(participant_id::text, ' ') FROM zs.participant_name", "1");
    /* Once; and the ledger has the person and three texts. */
    expect_text("SELECT coalesce(zs.participant_withdraw(2, 'onderzoeker')::text, 'none')", "none");
    expect_text("SELECT count(*)::text FROM zs.erasure WHERE response_id IS NOT NULL", "4");
    test_database_drop(&database);
}

/* Somebody writes down the name while it is being deleted: they hold the participant's row, then add the
 * name. */
Test(conversations, a_name_that_is_noted_during_a_withdrawal_goes_with_it)
{
    begin();
    test_sql(database.owner, "DELETE FROM zs.participant_name WHERE participant_id = 2");
    const pid_t withdrawing = fork();
    if (withdrawing == 0) {
        test_sql(database.owner,
                 "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = "
                 "77 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) "
                 "LOOP PERFORM pg_sleep(0.01); END LOOP; END $$");
        test_sql(database.owner, "SELECT zs.participant_withdraw(2, 'onderzoeker')");
        _exit(0);
    }
    test_sql(database.owner,
             "BEGIN; UPDATE zs.participant SET standing = 'gekomen' WHERE id = 2; SELECT "
             "pg_advisory_xact_lock(77);"
             "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY "
             "(pg_blocking_pids(pid))) LOOP PERFORM pg_sleep(0.01), pg_stat_clear_snapshot();"
             " END LOOP; END $$;"
             "INSERT INTO zs.participant_name VALUES (2, '\\x03'); COMMIT");
    int status = 1;
    waitpid(withdrawing, &status, 0);
    cr_expect_eq(status, 0);
    expect_text("SELECT (withdrawn_day IS NOT NULL)::text FROM zs.participant WHERE id = 2", "true");
    expect_text("SELECT string_agg(participant_id::text, ' ') FROM zs.participant_name", "1");
    test_database_drop(&database);
}

Test(conversations, what_the_ledger_names_is_erased_again_after_a_restore)
{
    begin();
    /* As a backup of before brings it back: nothing on the database's own ledger. */
    expect_text("SELECT zs.erasure_replay_response('r', erasure_key)::text FROM zs.turn WHERE body LIKE "
                "'Kweekvlees%'",
                "true");
    expect_text(STANDS, "Welkom. | Dank u. | Liever niet.");
    expect_text("SELECT string_agg(DISTINCT destroyed_reason, ' ') FROM zs.turn", "hersteld");
    expect_text(
        "SELECT zs.erasure_replay_response('r', erasure_key)::text FROM zs.participant WHERE pseudonym = "
        "'P2'",
        "true");
    expect_text(STANDS, "Welkom. | Dank u. | [weggelaten op verzoek] | [weggelaten op verzoek]");
    expect_text(
        "SELECT zs.erasure_replay_response('r', erasure_key)::text FROM zs.participant WHERE pseudonym = "
        "'P2'",
        "false");
    expect_text("SELECT zs.erasure_replay_response('r', decode(repeat('77', 16), 'hex'))::text", "false");
    test_database_drop(&database);
}

Test(conversations, destroying_a_round_takes_them_and_goes_on_chasing_recordings)
{
    begin();
    test_sql(
        database.owner,
        "INSERT INTO zs.recording (round_id, conversation_id, conversation_code, kind, kept_at, destroy_by, "
        "destroyed_day, destroyed_by, noted_by) VALUES"
        " (1, 1, 'fg-1', 'geluid', 'recorder 3', current_date, current_date, 'a', 'a'),"
        " (1, 1, 'fg-1', 'geluid', 'bureau', current_date, NULL, NULL, 'a')");
    expect_text("SELECT string_agg(counted::text, ' ' ORDER BY kind) FROM zs.round_contents(1) WHERE kind IN "
                "('gesprekken', 'deelnemers', 'uitspraken', 'opnamenNogElders', 'opnamenVernietigd')",
                "2 1 1 1 4");
    test_sql(database.owner, "UPDATE zs.round SET destruction_date = current_date");
    test_sql(database.service, "SET ROLE zs_staff; SELECT zs.round_partition_drop(1)");
    expect_text(
        "SELECT (SELECT count(*) FROM zs.turn) + (SELECT count(*) FROM zs.conversation) +"
        " (SELECT count(*) FROM zs.participant) + (SELECT count(*) FROM zs.consent) +"
        " (SELECT count(*) FROM zs.participant_name) + (SELECT count(*) FROM zs.transcript_version) ||"
        " ' ' || (SELECT count(*) FROM zs.guide_version)",
        "0 1");
    expect_text(
        "SELECT string_agg(kept_at || coalesce(conversation_id::text, ' of ' || conversation_code), ' ') "
        "FROM zs.recording",
        "bureau of fg-1");
    /* Then the line goes too; once. */
    expect_text("SELECT consultation || conversation_code FROM zs.recording_destroyed(2, current_date, 'a')",
                "cfg-1");
    expect_text("SELECT count(*)::text FROM zs.recording_destroyed(2, current_date, 'a')", "0");
    expect_text("SELECT count(*)::text FROM zs.recording", "0");
    test_database_drop(&database);
}

Test(conversations, texts_have_the_form_that_positions_count_in)
{
    static const char *const refused[] = {
        "INSERT INTO zs.turn (conversation_id, kind, speaker, body) VALUES (1, 'uitspraak', 'moderator', "
        "E'a\\r\\nb')",
        "INSERT INTO zs.turn (conversation_id, kind, speaker, body) VALUES (1, 'uitspraak', 'moderator', '')",
        "INSERT INTO zs.turn (conversation_id, kind, speaker, body) VALUES (1, 'uitspraak', 'deelnemer', "
        "'x')",
        "INSERT INTO zs.turn (conversation_id, kind, speaker) VALUES (1, 'uitspraak', 'moderator')",
        "UPDATE zs.participant SET withdrawn_day = current_date",
        "UPDATE zs.conversation SET incentive = 'cadeaubon'",
        "INSERT INTO zs.participant (conversation_id, pseudonym, age) VALUES (1, 'Jan Jansen', 'volwassen')",
    };
    begin();
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        const char *sqlstate = test_sql_error(database.owner, refused[i]);
        cr_expect(strcmp(sqlstate, "23514") == 0, "%s gave %s", refused[i], sqlstate);
    }
    cr_expect(strcmp(test_sql_error(database.owner, "UPDATE zs.guide_version SET number = 2"), "42501") == 0);
    cr_expect(
        strcmp(test_sql_error(database.owner,
                              "INSERT INTO zs.transcript_version (conversation_id, number, is_current, "
                              "cause, source, created_by) VALUES (1, 2, true, 'verbeterd', 'opname', 'a')"),
               "23505") == 0);
    test_database_drop(&database);
}

Test(conversations, staff_alone_and_nobody_changes_a_text)
{
    static const char *const roles[] = {"zs_intake", "zs_results", "zs_audit", "zs_staff"};
    static const char *const for_staff_alone[] = {"SELECT body FROM zs.turn",
                                                  "SELECT body FROM zs.evidence",
                                                  "SELECT * FROM zs.participant_name",
                                                  "SELECT * FROM zs.participant",
                                                  "SELECT * FROM zs.consent",
                                                  "SELECT zs.participant_withdraw(1, 'a')",
                                                  "SELECT zs.turn_destroy('{1}', 'geredigeerd')"};
    static const char *const for_nobody[] = {"UPDATE zs.turn SET body = 'x'",
                                             "DELETE FROM zs.turn",
                                             "UPDATE zs.transcript_turn SET place = 9",
                                             "DELETE FROM zs.transcript_turn",
                                             "DELETE FROM zs.conversation",
                                             "UPDATE zs.consent SET quotes = true",
                                             "DELETE FROM zs.consent",
                                             "DELETE FROM zs.participant",
                                             "DELETE FROM zs.recording",
                                             "UPDATE zs.participant SET withdrawn_day = NULL",
                                             "SELECT zs.fieldwork_clear(1)",
                                             "SELECT zs.fieldwork_replay(1, '\\x')",
                                             "UPDATE zs.guide_version SET document = '{}'"};
    char sql[256];
    begin();
    for (size_t r = 0; r < 4; r++) {
        for (size_t i = 0; r < 3 && i < sizeof for_staff_alone / sizeof for_staff_alone[0]; i++) {
            snprintf(sql, sizeof sql, "SET ROLE %s; %s", roles[r], for_staff_alone[i]);
            cr_expect(strcmp(test_sql_error(database.service, sql), "42501") == 0, "%s", sql);
        }
        for (size_t i = 0; i < sizeof for_nobody / sizeof for_nobody[0]; i++) {
            snprintf(sql, sizeof sql, "SET ROLE %s; %s", roles[r], for_nobody[i]);
            cr_expect(strcmp(test_sql_error(database.service, sql), "42501") == 0, "%s", sql);
        }
    }
    test_sql(database.service,
             "SET ROLE zs_staff; UPDATE zs.turn SET part = 'kern'; SELECT body FROM zs.evidence;"
             "INSERT INTO zs.turn (conversation_id, kind, speaker, body) VALUES (1, 'uitspraak', "
             "'moderator', 'x')");
    test_database_drop(&database);
}
