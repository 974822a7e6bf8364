/* The schema as the program's migrations make it: documented, and fenced by grants. */
#include "support/database.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

TestSuite(schema, .fini = leaks_check, .timeout = 60);

static void expect_none(const struct test_database *database, const char *sql)
{
    char query[2048];
    snprintf(query, sizeof query, "SELECT coalesce(string_agg(what, ', '), '') FROM (%s) AS found (what)",
             sql);
    const char *found = test_sql_text(database->owner, query);
    cr_expect(found[0] == '\0', "%s", found);
}

Test(schema, everything_has_a_comment)
{
    struct test_database database;
    test_database_create(&database, true);
    expect_none(&database,
                "SELECT c.relname || ' (' || c.relkind::text || ')' FROM pg_class AS c"
                " WHERE c.relnamespace = 'zs'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')"
                " AND obj_description(c.oid, 'pg_class') IS NULL"
                " AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'i')");
    expect_none(
        &database,
        "SELECT c.relname || '.' || a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = 'zs'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')"
        " AND a.attnum > 0 AND NOT a.attisdropped AND col_description(c.oid, a.attnum) IS NULL");
    expect_none(&database, "SELECT p.proname FROM pg_proc AS p WHERE p.pronamespace = 'zs'::regnamespace"
                           " AND obj_description(p.oid, 'pg_proc') IS NULL");
    expect_none(&database,
                "SELECT c.relname FROM pg_class AS c JOIN pg_index AS i ON i.indexrelid = c.oid"
                " WHERE c.relnamespace = 'zs'::regnamespace AND obj_description(c.oid, 'pg_class') IS NULL"
                " AND NOT EXISTS (SELECT FROM pg_constraint AS n WHERE n.conindid = c.oid)");
    cr_expect(test_sql_number(database.owner, "SELECT count(*) FROM pg_namespace AS n WHERE nspname = 'zs'"
                                              " AND obj_description(n.oid, 'pg_namespace') <> ''") == 1);
    test_database_drop(&database);
}

Test(schema, functions_are_nobodys_until_granted_and_keep_to_their_search_path)
{
    struct test_database database;
    test_database_create(&database, true);
    expect_none(
        &database,
        "SELECT p.proname FROM pg_proc AS p WHERE p.pronamespace = 'zs'::regnamespace"
        " AND (p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) AS a WHERE a.grantee = 0))");
    expect_none(&database,
                "SELECT p.proname FROM pg_proc AS p WHERE p.pronamespace = 'zs'::regnamespace"
                " AND NOT coalesce(p.proconfig::text LIKE '%search_path=pg_catalog, pg_temp%', false)");
    test_database_drop(&database);
}

Test(schema, a_response_has_no_time_finer_than_a_day)
{
    struct test_database database;
    test_database_create(&database, true);
    expect_none(
        &database,
        "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'zs'"
        " AND table_name IN ('response', 'passage', 'draft', 'contact_offer', 'pilot_note')"
        " AND (data_type LIKE 'timestamp%' OR data_type LIKE 'time %')");
    expect_none(
        &database,
        "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'zs'"
        " AND table_name = 'contact_offer' AND (data_type = 'date' OR column_name LIKE '%response%')");
    test_database_drop(&database);
}

/* ---- who may do what ---- */

static const char round_sql[] =
    "INSERT INTO zs.consultation (code, document) VALUES ('c', '{}');"
    "INSERT INTO zs.questionnaire_version (consultation, code, number, sha256, document)"
    " VALUES ('c', 'q', 1, sha256('x'), '{}');"
    "INSERT INTO zs.round (code, consultation, questionnaire_version, opens_at, closes_at, destruction_date)"
    " VALUES ('r', 'c', 1, now() - interval '1 day', now() + interval '1 day', current_date + 10);"
    "SELECT zs.round_partition_create(1)";

#define RESPONSE_VALUES                                                                                      \
    "(round_id, pos, response_id, revision, kind, questionnaire_version, stream, channel, received_day, "    \
    "answers, payload_hash)"                                                                                 \
    " VALUES (1, nextval('zs.response_pos'), decode(repeat('ab', 16), 'hex'), 1, 1, 1, 0, 0, current_date, " \
    "'\\x01',"                                                                                               \
    " sha256('a'))"
#define WEIGHTS_VALUES                                                                                       \
    "(round_id, number, questionnaire_version, position, lower_bound, upper_bound, smallest, is_made, "      \
    "stream, made_by, margins, report, profiles) VALUES (1, 1, 1, 1, 0.2, 5, 20, true, 'open', 'a', '{}', "  \
    "'{}', '\\x00')"
#define PASSAGE_VALUES                                                                                       \
    "(round_id, revision, created_day, response_id, variable, language, body)"                               \
    " VALUES (1, 1, current_date, decode(repeat('ab', 16), 'hex'), 'v', 'nl', 'tekst')"

static void as_role(char *sql, size_t size, const char *role, const char *statement)
{
    snprintf(sql, size, "SET ROLE %s; %s", role, statement);
}

static void expect_allowed(const struct test_database *database, const char *role, const char *statement)
{
    char sql[2048];
    as_role(sql, sizeof sql, role, statement);
    test_sql(database->service, sql);
}

static void expect_forbidden(const struct test_database *database, const char *role, const char *statement)
{
    char sql[2048];
    as_role(sql, sizeof sql, role, statement);
    const char *sqlstate = test_sql_error(database->service, sql);
    cr_expect(strcmp(sqlstate, "42501") == 0, "%s as %s gave %s", statement, role, sqlstate);
}

static const char *const roles[] = {"zs_intake", "zs_staff", "zs_results", "zs_audit"};
enum { ROLE_COUNT = sizeof roles / sizeof roles[0] };

Test(schema, each_role_may_do_its_own_work)
{
    struct test_database database;
    test_database_create(&database, true);
    expect_allowed(&database, "zs_staff", round_sql);
    expect_allowed(&database, "zs_staff", "UPDATE zs.round SET status = 'open', interim = 'analisten'");
    expect_allowed(&database, "zs_staff",
                   "INSERT INTO zs.api_key (label, hash, scopes, expires_at)"
                   " VALUES ('l', sha256('k'), ARRAY['analist'], now() + interval '1 day');"
                   "UPDATE zs.api_key SET revoked_at = now()");
    expect_allowed(&database, "zs_intake", "INSERT INTO zs.response " RESPONSE_VALUES);
    expect_allowed(&database, "zs_intake", "INSERT INTO zs.passage " PASSAGE_VALUES);
    expect_allowed(
        &database, "zs_intake",
        "INSERT INTO zs.draft VALUES (decode(repeat('cd', 16), 'hex'), 1, 1, 0, current_date, '\\x00');"
        "UPDATE zs.draft SET revision = 2; DELETE FROM zs.draft");
    expect_allowed(&database, "zs_intake",
                   "INSERT INTO zs.contact_offer (round_id, sealed) VALUES (1, '\\x01')");
    expect_allowed(&database, "zs_intake",
                   "SELECT zs.rounds_mark(), * FROM zs.round, zs.questionnaire_version, zs.consultation");
    expect_allowed(&database, "zs_results",
                   "SELECT * FROM zs.response; SELECT round_id, page, day FROM zs.draft");
    expect_allowed(&database, "zs_results",
                   "INSERT INTO zs.weight_version " WEIGHTS_VALUES "; SELECT * FROM zs.weight_version;"
                   "INSERT INTO zs.periodic_task VALUES ('weights', now()); UPDATE zs.periodic_task SET "
                   "done_at = now()");
    expect_allowed(&database, "zs_staff", "SELECT * FROM zs.passage; SELECT * FROM zs.contact_offer");
    for (int i = 0; i < ROLE_COUNT; i++) {
        expect_allowed(&database, roles[i],
                       "INSERT INTO zs.audit_event (actor, action, object, result, origin)"
                       " VALUES ('a', 'b', 'c', 'ok', 'job')");
    }
    expect_allowed(&database, "zs_audit",
                   "SELECT * FROM zs.audit_event; SELECT * FROM zs.audit_link;"
                   "INSERT INTO zs.audit_link (number, event, note, mac) VALUES (1, 1, 0, sha256(''))");
    expect_allowed(&database, "zs_results", "SELECT number, mac FROM zs.audit_link");
    test_database_drop(&database);
}

Test(schema, and_no_other)
{
    static const char *const nobody_may[] = {
        "UPDATE zs.response SET answers = NULL",
        "DELETE FROM zs.response",
        "TRUNCATE zs.response",
        "UPDATE zs.response_1 SET answers = NULL",
        "SELECT * FROM zs.response_1",
        "UPDATE zs.passage SET body = 'x'",
        "DELETE FROM zs.passage",
        "UPDATE zs.audit_event SET actor = 'x'",
        "DELETE FROM zs.audit_event",
        "TRUNCATE zs.audit_event",
        "UPDATE zs.audit_link SET mac = sha256('')",
        "DELETE FROM zs.audit_link",
        "TRUNCATE zs.audit_link",
        "INSERT INTO zs.audit_link (number, event, sealed_at, note, mac) VALUES (1, 1, '2020-01-01', 0, "
        "sha256(''))",
        "ALTER TABLE zs.audit_link DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "INSERT INTO zs.audit_event (at, actor, action, object, result, origin) VALUES ('2020-01-01', 'a', "
        "'b', 'c', 'ok', 'job')",
        "DELETE FROM zs.round",
        "DELETE FROM zs.api_key",
        "UPDATE zs.round SET code = 'x'",
        "UPDATE zs.api_key SET scopes = '{}'",
        "SELECT * FROM zs.installation",
        "INSERT INTO zs.installation (root_fingerprint) VALUES (decode(repeat('00', 16), 'hex'))",
        "INSERT INTO zs.migration VALUES (9, 'x', sha256('x'), '0.1.0', '0.1.0')",
        "DELETE FROM zs.contact_offer",
        "DELETE FROM zs.pilot_note",
        "UPDATE zs.weight_version SET is_made = false",
        "DELETE FROM zs.weight_version",
        "TRUNCATE zs.weight_version",
        "UPDATE zs.release SET threshold = 5",
        "DELETE FROM zs.release",
        "UPDATE zs.release_part SET universes = ''",
        "DELETE FROM zs.release_figures",
        "UPDATE zs.report_document SET document = ''",
        "DELETE FROM zs.report_document",
        "DELETE FROM zs.report_step",
        "UPDATE zs.external_source_version SET figure = ''",
        "TRUNCATE zs.release_figures",
        "CREATE TABLE zs.mine (id int)",
        "CREATE TABLE public.mine (id int)",
        "ALTER TABLE zs.round ADD x int",
        "DROP TABLE zs.round",
        "ALTER TABLE zs.audit_event DISABLE TRIGGER ALL",
        "CREATE FUNCTION zs.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SET ROLE zs_owner",
        "CREATE ROLE mine",
    };
    struct test_database database;
    test_database_create(&database, true);
    test_sql(database.owner, round_sql);
    for (size_t n = 0; n < sizeof nobody_may / sizeof nobody_may[0]; n++) {
        for (int i = 0; i < ROLE_COUNT; i++) {
            expect_forbidden(&database, roles[i], nobody_may[n]);
        }
        expect_forbidden(&database, "zs_service", nobody_may[n]);
    }
    expect_forbidden(&database, "zs_intake", "SELECT * FROM zs.migration");
    expect_forbidden(&database, "zs_intake", "SELECT body FROM zs.passage");
    expect_forbidden(&database, "zs_results", "SELECT body FROM zs.passage");
    expect_forbidden(&database, "zs_audit", "SELECT body FROM zs.passage");
    expect_forbidden(&database, "zs_intake", "SELECT * FROM zs.audit_event");
    expect_forbidden(&database, "zs_staff", "SELECT * FROM zs.audit_event");
    expect_forbidden(&database, "zs_results", "SELECT * FROM zs.audit_event");
    for (int i = 0; i < ROLE_COUNT - 1; i++) {
        expect_forbidden(&database, roles[i],
                         "INSERT INTO zs.audit_link (number, event, note, mac) VALUES (1, 1, 0, sha256(''))");
    }
    expect_forbidden(&database, "zs_staff", "SELECT * FROM zs.response");
    expect_forbidden(&database, "zs_audit", "SELECT * FROM zs.response");
    expect_forbidden(&database, "zs_results", "INSERT INTO zs.response " RESPONSE_VALUES);
    expect_forbidden(&database, "zs_staff", "INSERT INTO zs.response " RESPONSE_VALUES);
    expect_forbidden(&database, "zs_results", "SELECT sealed FROM zs.draft");
    expect_forbidden(&database, "zs_intake", "SELECT * FROM zs.contact_offer");
    expect_forbidden(&database, "zs_intake", "SELECT comment FROM zs.pilot_note");
    expect_forbidden(&database, "zs_results", "SELECT comment FROM zs.pilot_note");
    expect_forbidden(&database, "zs_staff", "INSERT INTO zs.weight_version " WEIGHTS_VALUES);
    expect_forbidden(&database, "zs_results",
                     "INSERT INTO zs.weight_version (made_at) VALUES ('2020-01-01')");
    expect_forbidden(&database, "zs_intake", "SELECT * FROM zs.weight_version");
    expect_forbidden(&database, "zs_intake", "SELECT * FROM zs.release");
    expect_forbidden(&database, "zs_intake", "SELECT * FROM zs.report_document");
    expect_forbidden(&database, "zs_results", "SELECT foreword FROM zs.report");
    expect_forbidden(&database, "zs_staff", "DELETE FROM zs.report");
    expect_forbidden(&database, "zs_staff",
                     "INSERT INTO zs.report_document (published_at) VALUES ('2020-01-01')");
    expect_forbidden(&database, "zs_staff", "INSERT INTO zs.release_figures VALUES (1, 0, 'x', '')");
    expect_forbidden(&database, "zs_results", "INSERT INTO zs.release (made_at) VALUES ('2020-01-01')");
    expect_forbidden(&database, "zs_intake", "SELECT * FROM zs.api_key");
    expect_forbidden(&database, "zs_intake", "UPDATE zs.round SET status = 'open'");
    expect_forbidden(&database, "zs_intake", "SELECT zs.round_partition_create(1)");
    expect_forbidden(&database, "zs_intake", "SELECT zs.round_partition_drop(1)");
    expect_forbidden(&database, "zs_results", "SELECT * FROM zs.own_passages(1, '\\x', 1)");
    /* Membership alone gives nothing: the login has to say as what it works. */
    cr_expect(strcmp(test_sql_error(database.service, "SELECT * FROM zs.round"), "42501") == 0);
    test_database_drop(&database);
}

Test(schema, what_never_changes_does_not_even_for_the_owner)
{
    struct test_database database;
    test_database_create(&database, true);
    test_sql(database.owner, round_sql);
    test_sql(database.owner, "INSERT INTO zs.audit_event (actor, action, object, result, origin) VALUES "
                             "('a', 'b', 'c', 'ok', 'job');"
                             "SELECT zs.installation_claim(decode(repeat('01', 16), 'hex'))");
    test_sql(database.owner, "INSERT INTO zs.weight_version " WEIGHTS_VALUES);
    cr_expect(strcmp(test_sql_error(database.owner, "UPDATE zs.weight_version SET number = 2"), "42501") ==
              0);
    cr_expect(strcmp(test_sql_error(database.owner, "TRUNCATE zs.weight_version"), "42501") == 0);
    cr_expect(strcmp(test_sql_error(database.owner, "UPDATE zs.audit_event SET actor = 'x'"), "42501") == 0);
    cr_expect(strcmp(test_sql_error(database.owner, "DELETE FROM zs.audit_event"), "42501") == 0);
    cr_expect(strcmp(test_sql_error(database.owner, "TRUNCATE zs.audit_event"), "42501") == 0);
    cr_expect(strcmp(test_sql_error(database.owner, "UPDATE zs.audit_link SET note = 1"), "42501") == 0);
    cr_expect(strcmp(test_sql_error(database.owner, "DELETE FROM zs.audit_link"), "42501") == 0);
    cr_expect(strcmp(test_sql_error(database.owner, "TRUNCATE zs.audit_link"), "42501") == 0);
    cr_expect(strcmp(test_sql_error(database.owner, "DELETE FROM zs.installation"), "42501") == 0);
    test_sql(database.owner,
             "UPDATE zs.questionnaire_version SET document = '{\"a\": 1}', frozen_at = now()");
    cr_expect(strcmp(test_sql_error(database.owner, "UPDATE zs.questionnaire_version SET document = '{}'"),
                     "23000") == 0);
    cr_expect(strcmp(test_sql_error(database.owner, "DELETE FROM zs.questionnaire_version"), "23000") == 0);
    test_database_drop(&database);
}

/* ---- functions ---- */

Test(schema, the_installation_belongs_to_the_first_secret)
{
    struct test_database database;
    test_database_create(&database, true);
    const char *first = test_sql_text(
        database.service,
        "SET ROLE zs_intake; SELECT encode(zs.installation_claim(decode(repeat('01', 16), 'hex')), 'hex')");
    cr_expect(strcmp(first, "01010101010101010101010101010101") == 0);
    const char *second = test_sql_text(
        database.service,
        "SET ROLE zs_intake; SELECT encode(zs.installation_claim(decode(repeat('02', 16), 'hex')), 'hex')");
    cr_expect(strcmp(second, "01010101010101010101010101010101") == 0);
    test_database_drop(&database);
}

Test(schema, the_mark_changes_with_every_change_and_only_then)
{
    static const char *const changes[] = {
        "UPDATE zs.round SET status = 'open'",
        "UPDATE zs.round SET status = 'open'",
        "UPDATE zs.consultation SET document = '{\"x\": 1}'",
        "UPDATE zs.questionnaire_version SET frozen_at = now()",
        "INSERT INTO zs.questionnaire_version (consultation, code, number, sha256, document) VALUES ('c', "
        "'q', 2, sha256('y'), '{}')",
    };
    struct test_database database;
    test_database_create(&database, true);
    int64_t mark = test_sql_number(database.owner, "SELECT zs.rounds_mark()");
    test_sql(database.owner, round_sql);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        int64_t next = test_sql_number(database.owner, "SELECT zs.rounds_mark()");
        cr_expect(ne(i64, next, mark), "%s", i > 0 ? changes[i - 1] : "the round");
        cr_expect(eq(i64, test_sql_number(database.owner, "SELECT zs.rounds_mark()"), next));
        mark = next;
        test_sql(database.owner, changes[i]);
    }
    cr_expect(ne(i64, test_sql_number(database.owner, "SELECT zs.rounds_mark()"), mark));
    test_database_drop(&database);
}

Test(schema, partitions_are_made_once_and_dropped_only_when_due)
{
    struct test_database database;
    test_database_create(&database, true);
    cr_expect(strcmp(test_sql_error(database.owner, "SELECT zs.round_partition_create(7)"), "23503") == 0);
    test_sql(database.owner, round_sql);
    expect_allowed(&database, "zs_staff", "SELECT zs.round_partition_create(1)");
    expect_allowed(&database, "zs_intake", "INSERT INTO zs.response " RESPONSE_VALUES);
    expect_allowed(&database, "zs_intake", "INSERT INTO zs.passage " PASSAGE_VALUES);
    expect_allowed(&database, "zs_results", "INSERT INTO zs.weight_version " WEIGHTS_VALUES);
    cr_expect(
        strcmp(test_sql_error(
                   database.owner,
                   "INSERT INTO zs.response SELECT 9, 2, 1, NULL, 1, current_date, 1, 0, 0, response_id,"
                   " '\\x01', NULL FROM zs.response"),
               "23514") == 0,
        "a round without a partition takes nothing");
    cr_expect(strcmp(test_sql_error(database.service, "SET ROLE zs_staff; SELECT zs.round_partition_drop(1)"),
                     "23000") == 0);
    test_sql(database.owner, "UPDATE zs.round SET status = 'closed'");
    cr_expect(strcmp(test_sql_error(database.service, "SET ROLE zs_staff; SELECT zs.round_partition_drop(1)"),
                     "23000") == 0);
    test_sql(
        database.owner,
        "UPDATE zs.round SET opens_at = now() - interval '9 days', closes_at = now() - interval '8 days',"
        " destruction_date = current_date - 1");
    expect_allowed(&database, "zs_staff", "SELECT zs.round_partition_drop(1)");
    cr_expect(eq(i64, test_sql_number(database.owner, "SELECT count(*) FROM zs.passage"), 0));
    cr_expect(eq(i64, test_sql_number(database.owner, "SELECT count(*) FROM zs.weight_version"), 0));
    cr_expect(
        strcmp(test_sql_text(database.owner, "SELECT coalesce(to_regclass('zs.response_1')::text, 'gone')"),
               "gone") == 0);
    test_database_drop(&database);
}

Test(schema, shuffled_offers_keep_their_content_and_nothing_else)
{
    struct test_database database;
    test_database_create(&database, true);
    test_sql(database.owner,
             "INSERT INTO zs.contact_offer (round_id, sealed) SELECT 1, int4send(n) FROM generate_series(1, "
             "50) AS n;"
             "CREATE TABLE zs.before AS SELECT id, ctid AS place, sealed FROM zs.contact_offer");
    expect_allowed(&database, "zs_staff", "SELECT zs.contact_offers_shuffle()");
    cr_expect(
        eq(i64, test_sql_number(database.owner, "SELECT count(DISTINCT sealed) FROM zs.contact_offer"), 50));
    cr_expect(
        eq(i64,
           test_sql_number(database.owner, "SELECT count(*) FROM zs.contact_offer JOIN zs.before USING (id)"),
           0));
    cr_expect(eq(
        i64, test_sql_number(database.owner, "SELECT count(DISTINCT xmin::text) FROM zs.contact_offer"), 1));
    cr_expect(lt(i64,
                 test_sql_number(database.owner, "SELECT count(*) FROM (SELECT row_number() OVER (ORDER BY "
                                                 "ctid) AS now, sealed FROM zs.contact_offer) AS a"
                                                 " JOIN (SELECT row_number() OVER (ORDER BY place) AS now, "
                                                 "sealed FROM zs.before) AS b USING (now, sealed)"),
                 15),
              "hardly any is where it was");
    test_database_drop(&database);
}
