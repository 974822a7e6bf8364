/* What the service's log says of the audit log's chain: an alarm for each line and link that none of us made,
 * once, whoever linked it. */
#include "app/fixture.h"
#include "base/log.h"
#include "features/audit/audit.h"

#include <stdio.h>
#include <unistd.h>

TestSuite(audit_alarm, .fini = leaks_check, .timeout = 110);

static struct place place;
static struct db_conn *conn;
static struct audit_sealer *sealer;

static void begin(void)
{
    place_make(&place, SMALL_CONSULTATION);
    conn = place_connection(&place);
    sealer = audit_sealer_create(place.keys);
}

static void end(void)
{
    audit_sealer_destroy(sealer);
    place_remove(&place);
}

static enum db_status record_one(struct db_tx *tx, void *context)
{
    const struct audit_event event = {
        .action = "test.act", .object = "thing:good", .result = "ok", .origin = "command", .actor = "tester"};
    (void)context;
    return audit_record(tx, &event);
}

static void record(int count)
{
    for (int i = 0; i < count; i++) {
        cr_assert_eq(db_transaction(conn, "test", DB_ROLE_INTAKE, record_one, NULL), DB_OK);
    }
}

static void seal(void)
{
    cr_assert_eq(audit_seal(sealer, conn), DB_OK);
}

/* As a superuser past all triggers. */
static void tamper(const char *sql)
{
    char text[2048];
    snprintf(text, sizeof text, "SET session_replication_role = replica; %s", sql);
    test_sql(place.owner, text);
}

static FILE *log_file;
static int log_was;

static void log_begin(void)
{
    log_file = tmpfile();
    log_was = dup(STDERR_FILENO);
    cr_assert(log_file && log_was >= 0 && dup2(fileno(log_file), STDERR_FILENO) >= 0);
    log_set_level(LOG_INFO);
}

/* How many of its lines are of the event and have the words. */
static int logged(const char *event, const char *words)
{
    char line[4096 + 1];
    int count = 0;
    FILE *reading = fdopen(dup(fileno(log_file)), "r");
    cr_assert(reading && fseek(reading, 0, SEEK_SET) == 0);
    while (fgets(line, sizeof line, reading)) {
        count += strstr(line, event) && strstr(line, words);
    }
    fclose(reading);
    return count;
}

static void log_end(void)
{
    cr_assert(dup2(log_was, STDERR_FILENO) >= 0);
    close(log_was);
    fclose(log_file);
}

#define INSERTED(object, columns, values)                                                                    \
    "INSERT INTO zs.audit_event (actor, action, object, result, origin" columns ") VALUES ('tester', "       \
    "'test.act', '" object "', 'ok', 'command'" values ");"

static long long line_of(const char *object)
{
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT id FROM zs.audit_event WHERE object = '%s'", object);
    return (long long)place_count(&place, sql);
}

static int alarms(const char *object)
{
    char words[64];
    snprintf(words, sizeof words, " line=%lld link=", line_of(object));
    return logged("event=audit.forged", words);
}

Test(audit_alarm, a_forged_line_is_an_alarm_once)
{
    begin();
    log_begin();
    record(3);
    seal();
    tamper(INSERTED("thing:bare", "", "") INSERTED("thing:wrong", ", mac", ", sha256('')"));
    for (int i = 0; i < 3; i++) {
        record(1);
        seal();
    }
    cr_expect_eq(alarms("thing:bare"), 1);
    cr_expect_eq(alarms("thing:wrong"), 1);
    cr_expect_eq(logged("event=audit.", "level=error"), 2);
    log_end();
    end();
}

Test(audit_alarm, a_forged_line_that_somebody_else_linked_is_an_alarm_once)
{
    begin();
    log_begin();
    record(3);
    seal();
    struct audit_sealer *command = audit_sealer_create(place.keys);
    tamper(INSERTED("thing:bare", "", "") INSERTED("thing:wrong", ", mac", ", sha256('')"));
    log_set_level(LOG_SILENT); /* what a command says is on its own standard error */
    record(1);
    cr_assert_eq(audit_seal(command, conn), DB_OK);
    log_set_level(LOG_INFO);
    cr_expect_eq(logged("event=audit.forged", ""), 0);
    for (int i = 0; i < 3; i++) {
        seal();
        record(1);
        cr_assert_eq(audit_seal(command, conn), DB_OK);
    }
    cr_expect_eq(alarms("thing:bare"), 1);
    cr_expect_eq(alarms("thing:wrong"), 1);
    cr_expect_eq(logged("event=audit.", "level=error"), 2);
    audit_sealer_destroy(command);
    log_end();
    end();
}

Test(audit_alarm, a_link_that_no_sealer_made_is_an_alarm_once)
{
    begin();
    log_begin();
    record(3);
    seal();
    tamper(INSERTED(
        "thing:linked", "",
        "") "INSERT INTO zs.audit_link (number, event, note, mac) SELECT (SELECT max(number) + 1 FROM "
            "zs.audit_link), id, 0, sha256('') FROM zs.audit_event WHERE object = 'thing:linked'");
    for (int i = 0; i < 3; i++) {
        record(1);
        seal();
    }
    cr_expect_eq(alarms("thing:linked"), 1);
    cr_expect_eq(logged("event=audit.", "level=error"), 1);
    log_end();
    end();
}

/* The service was down, and a command linked it; or it was told of before. */
Test(audit_alarm, what_was_forged_before_the_start_is_one_alarm)
{
    begin();
    record(3);
    log_set_level(LOG_SILENT);
    tamper(INSERTED("thing:bare", "", "") INSERTED("thing:wrong", ", mac", ", sha256('')"));
    audit_seal_once(place.keys, conn);
    log_set_level(LOG_INFO);
    for (int i = 1; i <= 2; i++) {
        log_begin();
        struct app *app = app_up(&place);
        record(1);
        tamper(i == 2 ? INSERTED("thing:later", "", "") : "SELECT");
        cr_expect_eq(test_sql_wait(place.owner,
                                   "SELECT count(*) FROM zs.audit_event AS e WHERE NOT EXISTS (SELECT FROM "
                                   "zs.audit_link AS l WHERE l.event = e.id)",
                                   0, 10000),
                     0);
        app_down(app);
        cr_expect_eq(logged("event=audit.forged", " lines=2 first_link="), 1);
        cr_expect_eq(logged("event=audit.", "level=error"), i);
        cr_expect_eq(i == 2 ? alarms("thing:later") : 0, i - 1);
        log_end();
    }
    end();
}

Test(audit_alarm, what_bears_no_mac_by_right_is_no_alarm)
{
    begin();
    log_begin();
    tamper("DELETE FROM zs.audit_event; INSERT INTO zs.audit_event (actor, action, object, result, origin)"
           " SELECT 'a', 'b', 'c:' || n, 'ok', 'job' FROM generate_series(1, 2500) AS n");
    seal();
    record(2);
    test_sql(place.owner,
             "UPDATE zs.migration_routine SET binary_version = '0.1.0' WHERE name = 'routines/round'");
    seal();
    struct audit_sealer *later = audit_sealer_create(place.keys);
    cr_assert_eq(audit_seal(later, conn), DB_OK);
    audit_sealer_destroy(later);
    cr_expect_eq(logged("level=error", ""), 0);
    log_end();
    end();
}
