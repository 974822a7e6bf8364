/* Codings in the database: they follow their text into a new version, are gone with it, and none is
 * overwritten; who may do what. */
#include "support/database.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

TestSuite(codings, .fini = leaks_check, .timeout = 60);

/* A focus group with two turns by P1 and P2, an open answer, and two coders who coded all of them. */
static const char scene_sql[] =
    "INSERT INTO zs.consultation (code, document) VALUES ('c', '{}');"
    "INSERT INTO zs.questionnaire_version (consultation, code, number, sha256, document)"
    " VALUES ('c', 'q', 1, sha256('x'), '{}');"
    "INSERT INTO zs.round (code, consultation, questionnaire_version, opens_at, closes_at, destruction_date, "
    "status)"
    " VALUES ('r', 'c', 1, now() - interval '9 day', now() - interval '8 day', current_date + 10, 'open');"
    "SELECT zs.round_partition_create(1);"
    "INSERT INTO zs.guide_version (consultation, code, number, sha256, document, created_by)"
    " VALUES ('c', 'g', 1, sha256('g'), '{}', 'a');"
    "INSERT INTO zs.conversation (code, round_id, kind, guide_version, day, language, setting, moderator, "
    "created_by) VALUES ('fg-1', 1, 'focusgroep', 1, current_date, 'nl', 'live', 'Mo', 'a');"
    "INSERT INTO zs.participant (conversation_id, pseudonym, standing, age) VALUES (1, 'P1', 'gekomen', "
    "'volwassen'),"
    " (1, 'P2', 'gekomen', 'volwassen');"
    "INSERT INTO zs.consent (participant_id, form_version, given_day, manner, by_parent, takes_part, "
    "recording, "
    "quotes, archive, contact, noted_by) SELECT id, '1', current_date, 'papier', false, true, true, true, "
    "true, false, 'a' FROM zs.participant;"
    "INSERT INTO zs.transcript_version (conversation_id, number, is_current, cause, source, created_by)"
    " VALUES (1, 1, true, 'geladen', 'opname', 'a');"
    "INSERT INTO zs.turn (conversation_id, kind, speaker, participant_id, body) VALUES"
    " (1, 'uitspraak', 'deelnemer', 1, 'Ik heet Jan en ik wil geen kweekvlees.'),"
    " (1, 'uitspraak', 'deelnemer', 2, 'Liever niet.');"
    "INSERT INTO zs.transcript_turn SELECT 1, row_number() OVER (ORDER BY id), id FROM zs.turn;"
    "INSERT INTO zs.response (round_id, pos, response_id, revision, kind, questionnaire_version, stream, "
    "channel, received_day, answers, payload_hash) VALUES (1, 1, decode(repeat('ab', 16), 'hex'), 1, 1, 1, "
    "0, 0, current_date, '\\x01', sha256('a'));"
    "INSERT INTO zs.passage (round_id, revision, created_day, response_id, variable, language, body)"
    " VALUES (1, 1, current_date, decode(repeat('ab', 16), 'hex'), 'v', 'nl', 'Het is niet natuurlijk.');"
    "INSERT INTO zs.code_book_version (consultation, code, number, sha256, document, created_by)"
    " VALUES ('c', 'b', 1, sha256('b'), '{}', 'a');"
    "INSERT INTO zs.account (name) VALUES ('een'), ('twee');"
    "INSERT INTO zs.coder (account_id, name) VALUES (1, 'een'), (2, 'twee');"
    "INSERT INTO zs.coding_plan (round_id, book_version, bar, changed_by) VALUES (1, 1, 0.667, 'a');"
    "INSERT INTO zs.coding_batch (round_id, number, source, seed, share, created_by)"
    " VALUES (1, 1, 'gesprekken', decode(repeat('00', 16), 'hex'), 1, 'a');"
    "INSERT INTO zs.coding_stratum VALUES (1, 0, 'fg-1', 3);"
    "INSERT INTO zs.coding_drawn SELECT 1, id, 0 FROM zs.evidence;"
    "INSERT INTO zs.coding_task (batch_id, round_id, passage_id, coder_id, position, place)"
    " SELECT 1, 1, e.id, k, k, 1 FROM zs.evidence AS e, generate_series(1, 2) AS k;"
    "INSERT INTO zs.coding (round_id, passage_id, coder_id, book_version, start_at, end_at, value_bits, "
    "counts, codes, method, memo)"
    /* "Ik heet Jan", "geen kweekvlees" and "Jan" of the first turn; all of the others. */
    " SELECT 1, e.id, 1, 1, s.a, s.b, 8, true, '{natuurlijkheid}'::text[], 'focusgroep', 'memo' FROM "
    "zs.evidence AS "
    "e,"
    " LATERAL (VALUES (0, 11), (22, 37), (8, 11)) AS s (a, b) WHERE e.body LIKE 'Ik heet%'"
    " UNION ALL SELECT 1, e.id, 1, 1, 0, 5, 8, true, '{natuurlijkheid}'::text[], 'enquete', NULL FROM "
    "zs.evidence AS "
    "e WHERE e.body NOT LIKE 'Ik heet%';"
    "INSERT INTO zs.adjudication (passage_id, round_id, decided_by) SELECT id, 1, 'a' FROM zs.evidence;";

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

/* What is kept of a passage is what its codings say, whatever was done to them. */
static void expect_counted(void)
{
    expect_text(
        "WITH counted AS (SELECT passage_id, round_id, method, conversation_id, participant_id, "
        "response_id, count(*)::int AS codings FROM zs.coding WHERE ended_at IS NULL AND counts GROUP "
        "BY 1, 2, 3, 4, 5, 6) SELECT count(*)::text FROM ((TABLE counted EXCEPT TABLE "
        "zs.coded_passage) UNION ALL (TABLE zs.coded_passage EXCEPT TABLE counted)) AS d",
        "0");
}

static void end(void)
{
    expect_counted();
    test_database_drop(&database);
}

/* A next version in which the first turn is another: `change` is its lines of zs.passage_change, of the old
 * turn O and the new one N. In one transaction, with `then` behind it. */
static void next_version(const char *body, const char *changes, const char *then)
{
    char sql[4096];
    snprintf(sql, sizeof sql,
             "BEGIN; SET LOCAL ROLE zs_staff;"
             "UPDATE zs.transcript_version SET is_current = false WHERE is_current;"
             "INSERT INTO zs.transcript_version (conversation_id, number, is_current, cause, source, "
             "created_by) VALUES (1, 2, true, 'verbeterd', 'opname', 'a');"
             "INSERT INTO zs.turn (id, conversation_id, kind, speaker, participant_id, body)"
             " VALUES (1000, 1, 'uitspraak', 'deelnemer', 1, '%s');"
             "INSERT INTO zs.transcript_turn SELECT 2, place, CASE place WHEN 1 THEN 1000 ELSE turn_id END"
             " FROM zs.transcript_turn WHERE version_id = 1;"
             "INSERT INTO zs.passage_change (passage_id, number, successor_id, version_id, start_at, "
             "old_length, new_length, reason) SELECT turn_id, c.n, 1000, 2, c.a, c.o, c.l, c.r FROM "
             "zs.transcript_turn, (VALUES %s) AS c (n, a, o, l, r) WHERE version_id = 1 AND place = 1;"
             "%s; COMMIT",
             body, changes, then);
    test_sql(database.service, sql);
}

#define SPANS                                                                                                \
    "SELECT string_agg(substr(e.body, c.start_at + 1, c.end_at - c.start_at), ' | ' ORDER BY c.start_at,"    \
    " c.end_at) FROM zs.coding AS c JOIN zs.evidence AS e ON e.id = c.passage_id"                            \
    " WHERE c.ended_at IS NULL AND e.place = 1"
#define FIRST "(SELECT turn_id FROM zs.transcript_turn WHERE version_id = 1 AND place = 1)"

Test(codings, of_a_corrected_text_follow_where_it_is_the_same_and_are_listed_where_not)
{
    begin();
    next_version("Ik heet Johan en ik wil geen kweekvlees.", "(1, 8, 3, 5, 'verbeterd')", "SELECT 1");
    expect_text(SPANS, "geen kweekvlees");
    expect_text("SELECT string_agg(near || codes::text, ' ' ORDER BY id) FROM zs.coding_lost",
                "8{natuurlijkheid} 8{natuurlijkheid}");
    /* The old rows stand, ended; the new one names the one it came for. */
    expect_text("SELECT string_agg(ended_reason, ' ' ORDER BY start_at, end_at) FROM zs.coding WHERE "
                "passage_id = " FIRST,
                "verloren verloren verplaatst");
    expect_text("SELECT count(*)::text FROM zs.coding AS n JOIN zs.coding AS o ON o.id = n.replaces WHERE "
                "n.passage_id = 1000 AND n.memo = 'memo' AND n.counts",
                "1");
    /* Tasks, the drawing and what was decided went along. */
    expect_text("SELECT (SELECT count(*) FROM zs.coding_task WHERE passage_id = 1000) || ' ' ||"
                " (SELECT count(*) FROM zs.coding_drawn WHERE passage_id = 1000) || ' ' ||"
                " (SELECT count(*) FROM zs.adjudication WHERE passage_id = 1000)",
                "2 1 1");
    end();
}

Test(codings, of_a_redacted_text_take_the_change_along_and_leave_nothing_behind)
{
    begin();
    next_version("Ik heet [naam] en ik wil geen kweekvlees.", "(1, 8, 3, 6, 'naam')",
                 "SELECT zs.turn_destroy(ARRAY[" FIRST "], 'geredigeerd')");
    expect_text(SPANS, "Ik heet [naam] | [naam] | geen kweekvlees");
    expect_text("SELECT count(*)::text FROM zs.coding WHERE passage_id = " FIRST, "0");
    expect_text("SELECT count(*)::text FROM zs.coding_lost", "0");
    expect_text("SELECT count(*)::text FROM zs.coding_task WHERE passage_id = 1000", "2");
    end();
}

/* Words in the index are as many as texts that have them. */
static void expect_words(const char *word, const char *wanted)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "SELECT count(*)::text FROM zs.passage_words WHERE words @@ to_tsquery('zs.dutch', '%s')", word);
    expect_text(sql, wanted);
}

Test(codings, and_words_that_a_text_is_found_by_go_with_it)
{
    begin();
    expect_text("SELECT zs.passage_words_fill(10)::text", "3");
    expect_text("SELECT zs.passage_words_fill(10)::text", "0");
    expect_words("kweekvlees", "1");
    /* Redacted: the name is found no more; what took its place is, once it is filled in. */
    next_version("Ik heet [naam] en ik wil geen kweekvlees.", "(1, 8, 3, 6, 'naam')",
                 "SELECT zs.turn_destroy(ARRAY[" FIRST "], 'geredigeerd')");
    expect_words("jan", "0");
    expect_text("SELECT zs.passage_words_fill(10)::text", "1");
    expect_words("kweekvlees", "1");
    /* Withdrawn. */
    expect_text("SELECT zs.participant_withdraw(2, 'a')::text", "1");
    expect_words("liever", "0");
    expect_text("SELECT zs.passage_words_fill(10)::text", "0");
    /* An answer that was corrected. */
    expect_words("natuurlijk", "1");
    test_sql(database.service,
             "BEGIN; SET LOCAL ROLE zs_intake;"
             "INSERT INTO zs.response (round_id, pos, response_id, revision, replaces, kind, "
             "questionnaire_version, stream, channel, received_day) VALUES (1, 2, decode(repeat('ab', 16), "
             "'hex'), 2, 1, 3, 1, 0, 0, current_date);"
             "SELECT zs.response_erase_older(1, decode(repeat('ab', 16), 'hex'), 2); COMMIT");
    expect_words("natuurlijk", "0");
    /* And the round. */
    test_sql(database.owner, "UPDATE zs.round SET destruction_date = current_date");
    test_sql(database.service, "SET ROLE zs_staff; SELECT zs.round_partition_drop(1)");
    expect_text("SELECT count(*)::text FROM zs.passage_words", "0");
    end();
}

Test(codings, are_counted_by_passage_as_they_come_and_end)
{
    begin();
    expect_text("SELECT string_agg(codings::text, ' ' ORDER BY passage_id) FROM zs.coded_passage", "3 1 1");
    /* Decided, so that those of the coder count no more; and anew. */
    test_sql(database.service,
             "SET ROLE zs_staff; UPDATE zs.coding SET counts = false WHERE method = 'focusgroep'");
    expect_text("SELECT string_agg(codings::text, ' ') FROM zs.coded_passage", "1 1");
    test_sql(database.service, "SET ROLE zs_staff; UPDATE zs.coding SET counts = true WHERE method = "
                               "'focusgroep'; UPDATE zs.coding SET ended_at = "
                               "now(), ended_by = 'a', ended_reason = 'verwijderd' WHERE start_at = 22");
    expect_text("SELECT string_agg(codings::text, ' ' ORDER BY passage_id) FROM zs.coded_passage", "2 1 1");
    expect_counted();
    /* What counts neither before nor afterwards is no change. */
    test_sql(database.service,
             "SET ROLE zs_staff; UPDATE zs.coding SET counts = false WHERE ended_at IS NOT NULL");
    end();
}

/* Of two who code a passage at once neither sees the other's coding. */
Test(codings, of_two_at_once_on_one_passage_are_both_counted)
{
    static const char code[] =
        "INSERT INTO zs.coding (round_id, passage_id, coder_id, book_version, start_at, end_at, value_bits, "
        "counts, "
        "codes, method) SELECT 1, " FIRST ", 1, 1, 0, 5, 8, true, '{natuurlijkheid}', 'focusgroep'";
    begin();
    PGconn *one = PQconnectdb(database.owner), *other = PQconnectdb(database.owner);
    PQclear(PQexec(one, "BEGIN"));
    PQclear(PQexec(one, code));
    cr_assert_eq(PQsendQuery(other, code), 1);
    cr_expect_eq(test_sql_wait(database.owner,
                               "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND "
                               "datname = current_database()",
                               1, 20000),
                 1, "the second waits for the first");
    PQclear(PQexec(one, "COMMIT"));
    for (PGresult *result; (result = PQgetResult(other)) != NULL; PQclear(result)) {
        cr_expect_eq(PQresultStatus(result), PGRES_COMMAND_OK, "%s", PQresultErrorMessage(result));
    }
    PQfinish(one);
    PQfinish(other);
    expect_text("SELECT codings::text FROM zs.coded_passage WHERE passage_id = " FIRST, "5");
    end();
}

Test(codings, of_who_withdraws_are_gone)
{
    begin();
    expect_text("SELECT zs.participant_withdraw(1, 'onderzoeker')::text", "1");
    expect_text("SELECT (SELECT count(*) FROM zs.coding) || ' ' || (SELECT count(*) FROM zs.coding_task) || "
                "' ' || (SELECT count(*) FROM zs.coding_drawn) || ' ' || (SELECT count(*) FROM "
                "zs.adjudication) || ' ' || (SELECT count(*) FROM zs.coding_lost)",
                "2 4 2 2 0");
    /* And of a text that the ledger names after a restore. */
    expect_text("SELECT zs.erasure_replay_response('r', erasure_key)::text FROM zs.turn WHERE body LIKE "
                "'Liever%'",
                "true");
    expect_text("SELECT count(*)::text FROM zs.coding", "1");
    end();
}

Test(codings, of_an_answer_that_is_corrected_or_withdrawn_are_gone)
{
    begin();
    test_sql(database.service,
             "BEGIN; SET LOCAL ROLE zs_intake;"
             "INSERT INTO zs.response (round_id, pos, response_id, revision, replaces, kind, "
             "questionnaire_version, stream, channel, received_day) VALUES (1, 2, decode(repeat('ab', 16), "
             "'hex'), 2, 1, 3, 1, 0, 0, current_date);"
             "SELECT zs.response_erase_older(1, decode(repeat('ab', 16), 'hex'), 2); COMMIT");
    expect_text("SELECT count(*) FILTER (WHERE method = 'enquete') || ' ' || count(*) FROM zs.coding", "1 4");
    expect_text("SELECT count(*)::text FROM zs.coding_task", "4");
    end();
}

Test(codings, of_a_round_are_destroyed_with_it)
{
    begin();
    test_sql(database.owner, "UPDATE zs.round SET destruction_date = current_date");
    test_sql(database.service, "SET ROLE zs_staff; SELECT zs.round_partition_drop(1)");
    expect_text("SELECT (SELECT count(*) FROM zs.coding) + (SELECT count(*) FROM zs.coding_task) + (SELECT "
                "count(*) FROM zs.coding_drawn) + (SELECT count(*) FROM zs.adjudication) + (SELECT count(*) "
                "FROM zs.coding_batch) || ''",
                "0");
    end();
}

static void expect_forbidden(const char *role, const char *statement)
{
    char sql[1024];
    snprintf(sql, sizeof sql, "SET ROLE %s; %s", role, statement);
    const char *sqlstate = test_sql_error(database.service, sql);
    cr_expect(strcmp(sqlstate, "42501") == 0, "%s as %s gave %s", statement, role, sqlstate);
}

Test(codings, are_written_by_staff_alone_and_overwritten_by_nobody)
{
    static const char *const others[] = {"zs_intake", "zs_results", "zs_audit"};
    static const char *const never[] = {"UPDATE zs.coding SET codes = '{veiligheid}'",
                                        "UPDATE zs.coding SET memo = 'x'",
                                        "UPDATE zs.coding SET start_at = 0",
                                        "DELETE FROM zs.coding",
                                        "DELETE FROM zs.coding_task",
                                        "UPDATE zs.coding_task SET coder_id = 2",
                                        "DELETE FROM zs.adjudication",
                                        "DELETE FROM zs.passage_words",
                                        "UPDATE zs.passage_words SET words = ''",
                                        "UPDATE zs.code_book_version SET number = 2",
                                        "UPDATE zs.coded_passage SET codings = 9",
                                        "SELECT zs.coded_passage_add('{1}')",
                                        "SELECT zs.coded_passage_take('{1}')",
                                        "SELECT zs.codings_forget('{1}')",
                                        "SELECT zs.codings_clear(1)",
                                        "SELECT zs.codings_follow(1, 1)",
                                        "SELECT answers FROM zs.response"};
    begin();
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
        expect_forbidden("zs_staff", never[i]);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        expect_forbidden(others[i], "SELECT FROM zs.coding");
        expect_forbidden(others[i], "SELECT FROM zs.coding_task");
    }
    cr_expect_str_eq(test_sql_error(database.owner, "UPDATE zs.code_book_version SET number = 2"), "42501");
    /* A span is not empty, a coding says something, and no two code one passage as the same. */
    cr_expect_str_eq(test_sql_error(database.service, "SET ROLE zs_staff; INSERT INTO zs.coding (round_id, "
                                                      "passage_id, coder_id, book_version, start_at, end_at,"
                                                      " value_bits, counts, codes, method) VALUES (1, 1, 1, "
                                                      "1, 4, 4, 8, true, '{x}', 'enquete')"),
                     "23514");
    cr_expect_str_eq(test_sql_error(database.service, "SET ROLE zs_staff; INSERT INTO zs.coding (round_id, "
                                                      "passage_id, coder_id, book_version, start_at, end_at,"
                                                      " value_bits, counts, codes, method) VALUES (1, 1, 1, "
                                                      "1, 4, 5, 0, true, '{}', 'enquete')"),
                     "23514");
    end();
}
