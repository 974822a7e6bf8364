#include "migrate_scene.h"

#include "db/db.h"

TestSuite(migrate_refuse, .fini = leaks_check, .timeout = 60);

#define FIRST  FILE_OF("0001_first", OLDEST "CREATE TABLE zs.one (id int)")
#define SECOND FILE_OF("0002_second", OLDEST "CREATE TABLE zs.two (id int)")
#define GRANTING                                                                                             \
    FILE_OF("0001_first", OLDEST "GRANT USAGE ON SCHEMA zs TO zs_service;"                                   \
                                 "GRANT SELECT ON zs.migration, zs.migration_routine TO zs_service")
#define ROUTINE(number)                                                                                      \
    FILE_OF("routines/answer",                                                                               \
            "CREATE OR REPLACE FUNCTION zs.answer() RETURNS int LANGUAGE sql AS 'SELECT " number "'")

static const struct embedded_file two_files[] = {FIRST, SECOND, FILES_END};

/* Every one of the three commands refuses, says why, and does nothing. */
static void expect_refused(const char *conninfo, const struct embedded_file *files, const char *words)
{
    struct said said;
    struct migrate_options options = options_for(files, &said);
    cr_expect(eq(int, migrate_up(conninfo, &options), MIGRATE_REFUSED));
    expect_said(&said, words);
    options = options_for(files, &said);
    cr_expect(eq(int, migrate_status(conninfo, &options), MIGRATE_REFUSED));
    expect_said(&said, words);
    options = options_for(files, &said);
    cr_expect(eq(int, migrate_verify(conninfo, &options), MIGRATE_REFUSED));
    expect_said(&said, words);
    options = options_for(files, &said);
    options.dry_run = true;
    cr_expect(eq(int, migrate_up(conninfo, &options), MIGRATE_REFUSED));
}

Test(migrate_refuse, files_at_fault_an_edited_one_a_gap_and_the_future)
{
    static const struct embedded_file faulty[] = {
        FIRST, FILE_OF("0002_second", "CREATE TABLE zs.two (id int)"), FILES_END};
    static const struct embedded_file edited[] = {
        FIRST, FILE_OF("0002_second", OLDEST "CREATE TABLE zs.two (id bigint)"),
        FILE_OF("0003_third", OLDEST "CREATE TABLE zs.three (id int)"), FILES_END};
    static const struct embedded_file older[] = {FIRST, FILES_END};
    struct test_database database;
    test_database_create(&database, false);
    expect_refused(database.owner, faulty, "0002_second.sql:1: has no line `-- oldest-binary: 1.2.3`");
    cr_expect(not(schema_exists(database.owner)));
    expect_up(database.owner, two_files, MIGRATE_OK);
    expect_refused(database.owner, edited, "0002_second was edited after it was applied");
    expect_refused(database.owner, older, "the database is newer than this program: it has 0002_second");
    cr_expect(eq(i64, applied_count(database.owner), 2));
    test_sql(database.owner, "DELETE FROM zs.migration WHERE number = 1");
    expect_refused(database.owner, two_files,
                   "migration 0001 was never applied, though 0002_second was: there is a gap");
    test_database_drop(&database);
}

Test(migrate_refuse, a_database_that_cannot_be_reached)
{
    struct said said;
    struct migrate_options options = options_for(two_files, &said);
    cr_expect(eq(int, migrate_up("host=/nonexistent dbname=x", &options), MIGRATE_FAILED));
    expect_said(&said, "cannot connect: ");
}

/* ---- the service's check ---- */

static void expect_check(const char *conninfo, const struct embedded_file *files, const char *version,
                         enum migrate_status wanted, const char *words)
{
    struct said said;
    struct db_config config = {.conninfo = conninfo};
    struct db_conn *conn;
    struct migrate_options options = options_for(files, &said);
    options.binary_version = version;
    cr_assert(eq(int, db_connect(&conn, &config), DB_OK));
    cr_expect(eq(int, migrate_check_service(conn, &options), wanted), "%s", said.text);
    if (words) {
        expect_said(&said, words);
    } else {
        cr_expect(said.text[0] == '\0', "%s", said.text);
    }
    db_disconnect(conn);
}

Test(migrate_refuse, the_service_wants_a_schema_that_it_knows)
{
    static const struct embedded_file files[] = {GRANTING, SECOND, ROUTINE("1"), FILES_END};
    static const struct embedded_file newer[] = {
        GRANTING, SECOND, ROUTINE("2"),
        FILE_OF("0003_third", "-- oldest-binary: 0.2.0\nCREATE TABLE zs.three (id int)"), FILES_END};
    static const struct embedded_file edited[] = {GRANTING, FILE_OF("0002_second", OLDEST "SELECT 1"),
                                                  ROUTINE("1"), FILES_END};
    static const struct embedded_file routine[] = {GRANTING, SECOND, ROUTINE("3"), FILES_END};
    struct test_database database;
    struct said said;
    test_database_create(&database, false);
    expect_check(database.service, files, "0.1.0", MIGRATE_PENDING,
                 "the schema is older than this program: it is at 0000, 0002 is needed");
    struct migrate_options options = options_for(files, &said);
    options.up_to = 1;
    cr_assert(eq(int, migrate_up(database.owner, &options), MIGRATE_OK));
    expect_check(database.service, files, "0.1.0", MIGRATE_PENDING, "it is at 0001, 0002 is needed");
    expect_up(database.owner, files, MIGRATE_OK);
    expect_check(database.service, files, "0.1.0", MIGRATE_OK, NULL);
    expect_check(database.service, edited, "0.1.0", MIGRATE_REFUSED, "0002_second was edited");
    expect_check(database.service, routine, "0.1.0", MIGRATE_PENDING,
                 "routines/answer is not as this program has it");

    options = options_for(newer, &said);
    options.binary_version = "0.3.0";
    cr_assert(eq(int, migrate_up(database.owner, &options), MIGRATE_OK), "%s", said.text);
    expect_check(database.service, newer, "0.3.0", MIGRATE_OK, NULL);
    expect_check(database.service, files, "0.2.0", MIGRATE_OK, NULL);
    expect_check(database.service, files, "0.1.9", MIGRATE_REFUSED,
                 "the database has 0003_third, which needs zevenstem 0.2.0 or newer; this is 0.1.9");
    test_sql(database.owner, "REVOKE SELECT ON zs.migration FROM zs_service");
    expect_check(database.service, newer, "0.3.0", MIGRATE_FAILED, "zs_test_app has to be able to read it");
    test_database_drop(&database);
}

/* ---- the program's own migrations ---- */

static enum migrate_status verify_real(const char *conninfo, struct said *said)
{
    struct migrate_options options = options_for(embedded_migrations, said);
    options.binary_version = ZEVENSTEM_VERSION;
    return migrate_verify(conninfo, &options);
}

Test(migrate_refuse, verify_finds_what_somebody_changed_by_hand)
{
    static const struct {
        const char *change, *undo, *words;
    } changes[] = {
        {"GRANT UPDATE ON zs.audit_event TO zs_staff", "REVOKE UPDATE ON zs.audit_event FROM zs_staff",
         "role zs_staff may change or remove rows of zs.audit_event"},
        {"GRANT DELETE ON zs.response TO zs_intake", "REVOKE DELETE ON zs.response FROM zs_intake",
         "role zs_intake may change or remove rows of zs.response"},
        {"GRANT SELECT ON zs.passage TO zs_results", "REVOKE SELECT ON zs.passage FROM zs_results",
         "role zs_results may read zs.passage"},
        {"GRANT CREATE ON SCHEMA zs TO zs_staff", "REVOKE CREATE ON SCHEMA zs FROM zs_staff",
         "role zs_staff may change the schema"},
        {"ALTER TABLE zs.api_key OWNER TO zs_staff", "ALTER TABLE zs.api_key OWNER TO zs_owner",
         "role zs_staff owns zs.api_key"},
        {"ALTER TABLE zs.audit_event DISABLE TRIGGER audit_event_never_changes",
         "ALTER TABLE zs.audit_event ENABLE TRIGGER audit_event_never_changes",
         "trigger audit_event_never_changes of zs.audit_event is switched off"},
        {"ALTER TABLE zs.draft SET UNLOGGED", "ALTER TABLE zs.draft SET LOGGED",
         "table zs.draft is unlogged"},
        {"UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'zs.passage_by_response'::regclass",
         "UPDATE pg_index SET indisvalid = true WHERE indexrelid = 'zs.passage_by_response'::regclass",
         "index zs.passage_by_response is invalid"},
    };
    struct test_database database;
    static struct said said;
    test_database_create(&database, true);
    cr_expect(eq(int, verify_real(database.owner, &said), MIGRATE_OK), "%s", said.text);
    expect_said(&said, "roles and grants as they should be");
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        test_sql(database.owner, changes[i].change);
        cr_expect(eq(int, verify_real(database.owner, &said), MIGRATE_REFUSED), "%s", changes[i].change);
        expect_said(&said, changes[i].words);
        test_sql(database.owner, changes[i].undo);
    }
    cr_expect(eq(int, verify_real(database.owner, &said), MIGRATE_OK), "%s", said.text);
    test_database_drop(&database);
}

Test(migrate_refuse, an_owner_who_is_no_superuser_can_migrate)
{
    struct test_database database;
    struct said said;
    char conninfo[600];
    char sql[256];
    test_database_create(&database, false);
    test_sql(database.owner, "DO $$ BEGIN CREATE ROLE zs_plain_owner LOGIN CREATEROLE; EXCEPTION WHEN "
                             "duplicate_object THEN NULL; END $$");
    snprintf(sql, sizeof sql, "ALTER DATABASE %s OWNER TO zs_plain_owner", database.name);
    test_sql(database.owner, sql);
    snprintf(conninfo, sizeof conninfo, "%s user=zs_plain_owner", database.owner);
    struct migrate_options options = options_for(embedded_migrations, &said);
    options.binary_version = ZEVENSTEM_VERSION;
    cr_expect(eq(int, migrate_up(conninfo, &options), MIGRATE_OK), "%s", said.text);
    cr_expect(eq(int, migrate_verify(conninfo, &options), MIGRATE_OK), "%s", said.text);
    expect_check(database.service, embedded_migrations, ZEVENSTEM_VERSION, MIGRATE_OK, NULL);
    test_database_drop(&database);
}
