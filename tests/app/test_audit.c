/* The chain of the audit log: whatever is done to it by somebody to whom the database belongs is found and
 * named; and what is not, is not. */
#include "app/fixture.h"
#include "base/log.h"
#include "features/audit/audit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

TestSuite(audit, .fini = leaks_check, .timeout = 110);

enum { LINES = 20 };

static struct place place;
static struct db_config config;
static struct db_conn *conn;
static struct audit_sealer *sealer;
static struct audit_totals totals;
static char findings[8192];
static int record_from;

static void begin(void)
{
    place_make(&place, SMALL_CONSULTATION);
    config = (struct db_config){.conninfo = place.config.database.url,
                                .application_name = "test",
                                .statements = app_statements,
                                .keys = place.keys};
    conn = place_connection(&place);
    sealer = audit_sealer_create(place.keys);
    record_from = 0;
}

static void end(void)
{
    audit_sealer_destroy(sealer);
    place_remove(&place);
}

static enum db_status record_one(struct db_tx *tx, void *context)
{
    const struct audit_event event = {
        .action = "test.act",
        .object = arena_printf(db_arena(tx), "thing:%d", *(const int *)context).ptr,
        .result = "ok",
        .origin = "command",
        .actor = "tester",
        .details = "{\"naïef\":  [1.0, 1e2, \"é\\u00e9\"], \"a\": 1, \"a\": 2}"};
    return audit_record(tx, &event);
}

/* thing:1, thing:2, ... each in a transaction of its own. */
static void record(int count)
{
    for (int i = 0; i < count; i++) {
        record_from++;
        cr_assert_eq(db_transaction(conn, "test", DB_ROLE_INTAKE, record_one, &record_from), DB_OK);
    }
}

static void note_finding(const struct audit_finding *finding, void *context)
{
    char text[AUDIT_FINDING_BYTES];
    const size_t len = strlen(findings);
    (void)context;
    audit_finding_text(text, finding);
    snprintf(findings + len, sizeof findings - len, "%s\n", text);
}

static void verify_with(const struct audit_head *anchors, size_t count)
{
    const struct audit_check check = {
        .keys = place.keys, .anchors = anchors, .anchor_count = count, .found = note_finding};
    findings[0] = '\0';
    cr_assert_eq(audit_verify(&totals, conn, &check), DB_OK);
}

static void seal(void)
{
    cr_assert_eq(audit_seal(sealer, conn), DB_OK);
}

static void expect_whole(int64_t waiting)
{
    verify_with(NULL, 0);
    cr_expect_eq(totals.faults, 0, "%s", findings);
    cr_expect_eq(totals.waiting, waiting);
    cr_expect_eq(totals.links + waiting, place_count(&place, "SELECT count(*) FROM zs.audit_event"));
    cr_expect_eq(totals.head.number, totals.links);
}

static enum db_status read_head(struct db_tx *tx, void *context)
{
    return audit_head_read(context, tx);
}

static struct audit_head head(void)
{
    struct audit_head found;
    cr_assert_eq(db_transaction(conn, "test", DB_ROLE_RESULTS, read_head, &found), DB_OK);
    return found;
}

/* As a superuser past all triggers. */
static void tamper(const char *sql)
{
    char text[2048];
    snprintf(text, sizeof text, "SET session_replication_role = replica; %s", sql);
    test_sql(place.owner, text);
}

#define EVENT(n) "(SELECT id FROM zs.audit_event WHERE object = 'thing:" #n "')"
#define LINK(n)  "(SELECT number FROM zs.audit_link WHERE event = " EVENT(n) ")"

/* ---- what is done to it ---- */

struct deed {
    const char *sql;
    int64_t faults;
    const char *found[2]; /* in which %lld is the id of thing:7 */
};

static const struct deed deeds[] = {
    {"UPDATE zs.audit_event SET object = 'thing:x' WHERE id = " EVENT(7),
     1,
     {"line %lld (link", "): changed"}},
    {"UPDATE zs.audit_event SET actor = 'another' WHERE id = " EVENT(7),
     1,
     {"line %lld (link", "): changed"}},
    {"UPDATE zs.audit_event SET actor = 'testert', action = 'est.act' WHERE id = " EVENT(7),
     1,
     {"line %lld (link", "): changed"}},
    {"UPDATE zs.audit_event SET result = 'failed' WHERE id = " EVENT(7),
     1,
     {"line %lld (link", "): changed"}},
    {"UPDATE zs.audit_event SET details = '{}' WHERE id = " EVENT(7), 1, {"line %lld (link", "): changed"}},
    {"UPDATE zs.audit_event SET details = NULL WHERE id = " EVENT(7), 1, {"line %lld (link", "): changed"}},
    {"UPDATE zs.audit_event SET at = at - interval '1 microsecond' WHERE id = " EVENT(7),
     1,
     {"line %lld (link", "moved or redated"}},
    {"UPDATE zs.audit_event SET mac = NULL WHERE id = " EVENT(7),
     1,
     {"line %lld (link", "its MAC was changed"}},
    {"UPDATE zs.audit_event SET mac = sha256('') WHERE id = " EVENT(7),
     1,
     {"line %lld (link", "its MAC was changed"}},
    /* Wiping the MAC does not let a change pass for a line of before the chain. */
    {"UPDATE zs.audit_event SET mac = NULL, object = 'thing:x' WHERE id = " EVENT(7),
     1,
     {"line %lld (link", "): changed"}},
    {"DELETE FROM zs.audit_event WHERE id = " EVENT(7), 1, {"line %lld (link", "): removed"}},
    {"DELETE FROM zs.audit_link WHERE number = " LINK(7) "; DELETE FROM zs.audit_event WHERE id = " EVENT(7),
     1,
     {"links ", ": removed"}},
    {"DELETE FROM zs.audit_link WHERE event BETWEEN " EVENT(7) " AND " EVENT(9), 1, {"links ", ": removed"}},
    {"DELETE FROM zs.audit_link WHERE number <= 3", 1, {"links 1 to 3: removed", ""}},
    {"UPDATE zs.audit_link SET mac = sha256('') WHERE event = " EVENT(7), 1, {"line %lld (link", "moved"}},
    {"UPDATE zs.audit_link SET note = 1 WHERE event = " EVENT(7), 1, {"line %lld (link", "moved"}},
    {"UPDATE zs.audit_link SET sealed_at = sealed_at + interval '1 day' WHERE event = " EVENT(7),
     1,
     {"line %lld (link", "moved"}},
    /* Two lines change places: by their links, */
    {"CREATE TEMPORARY TABLE two AS SELECT number, event FROM zs.audit_link WHERE event IN (" EVENT(
         7) ", " EVENT(12) "); UPDATE zs.audit_link SET event = -event WHERE event IN (SELECT event FROM "
                           "two);"
                           " UPDATE zs.audit_link AS l SET event = o.event FROM two AS o"
                           " WHERE l.number IN (SELECT number FROM two) AND o.number <> l.number",
     2,
     {"line %lld (link", "moved"}},
    /* or by their numbers, each with its MAC, which puts those after them wrong too. */
    {"CREATE TEMPORARY TABLE two AS SELECT number FROM zs.audit_link WHERE event IN (" EVENT(7) ", " EVENT(
         12) "); UPDATE zs.audit_link SET number = number + 1000000 WHERE number IN (SELECT number FROM two);"
             " UPDATE zs.audit_link AS l SET number = o.number FROM two AS o"
             " WHERE l.number > 1000000 AND o.number + 1000000 <> l.number",
     4,
     {"line %lld (link", "moved"}},
    /* A gap is closed: the first line that stands elsewhere tells. */
    {"DELETE FROM zs.audit_link WHERE event = " EVENT(6) "; DELETE FROM zs.audit_event WHERE id = " EVENT(
         6) "; UPDATE zs.audit_link SET number = number + 1000000 WHERE event > " EVENT(5) "; UPDATE "
                                                                                           "zs.audit_link "
                                                                                           "SET number = "
                                                                                           "number - 1000001 "
                                                                                           "WHERE number > "
                                                                                           "1000000",
     LINES - 6,
     {"line %lld (link", "moved"}},
    {"INSERT INTO zs.audit_event (actor, action, object, result, origin) VALUES ('tester', 'test.act', "
     "'thing:x', 'ok', 'command')",
     1,
     {"(not linked): forged", ""}},
    {"INSERT INTO zs.audit_event (actor, action, object, result, origin, mac) VALUES ('tester', 'test.act', "
     "'thing:x', 'ok', 'command', sha256(''))",
     1,
     {"(not linked): forged", ""}},
    {"INSERT INTO zs.audit_link (number, event, note, mac) SELECT max(number) + 1, 999999, 0, sha256('') "
     "FROM "
     "zs.audit_link",
     1,
     {"line 999999 (link", "): removed"}},
};

static void keep_copy(void)
{
    test_sql(place.owner, "CREATE TABLE public.events AS TABLE zs.audit_event;"
                          "CREATE TABLE public.links AS TABLE zs.audit_link");
}

static void restore_copy(void)
{
    tamper("DELETE FROM zs.audit_event; DELETE FROM zs.audit_link; INSERT INTO zs.audit_event OVERRIDING "
           "SYSTEM VALUE TABLE public.events; INSERT INTO zs.audit_link TABLE public.links");
}

Test(audit, each_deed_is_found_and_named)
{
    begin();
    record(LINES);
    seal();
    expect_whole(0);
    keep_copy();
    const long long id = (long long)place_count(&place, "SELECT " EVENT(7));
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
        tamper(deeds[i].sql);
        verify_with(NULL, 0);
        cr_expect_eq(totals.faults, deeds[i].faults, "%s\n%s", deeds[i].sql, findings);
        for (int w = 0; w < 2; w++) {
            char words[128];
            const char *number = strstr(deeds[i].found[w], "%lld");
            if (number) {
                snprintf(words, sizeof words, "%.*s%lld%s", (int)(number - deeds[i].found[w]),
                         deeds[i].found[w], id, number + 4);
            } else {
                snprintf(words, sizeof words, "%s", deeds[i].found[w]);
            }
            cr_expect_not_null(strstr(findings, words), "%s\n%s", deeds[i].sql, findings);
        }
        restore_copy();
        expect_whole(0);
    }
    end();
}

Test(audit, a_forged_line_stays_forged_when_it_was_linked)
{
    begin();
    record(LINES);
    seal();
    tamper("INSERT INTO zs.audit_event (actor, action, object, result, origin) VALUES ('tester', 'test.act', "
           "'thing:x', 'ok', 'command');"
           "INSERT INTO zs.audit_event (actor, action, object, result, origin, mac) VALUES ('tester', "
           "'test.act', 'thing:y', 'ok', 'command', sha256(''))");
    seal();
    record(1);
    seal();
    verify_with(NULL, 0);
    cr_expect_eq(totals.faults, 2, "%s", findings);
    cr_expect_eq(totals.waiting, 0);
    cr_expect_not_null(strstr(findings, "): forged"), "%s", findings);
    end();
}

Test(audit, a_copy_of_a_line_is_none)
{
    begin();
    record(LINES);
    seal();
    tamper("ALTER TABLE zs.audit_event DROP CONSTRAINT audit_event_uid;"
           "INSERT INTO zs.audit_event (actor, action, object, result, origin, details, uid, mac)"
           " SELECT actor, action, object, result, origin, details, uid, mac FROM zs.audit_event"
           " WHERE id = " EVENT(7));
    seal();
    verify_with(NULL, 0);
    cr_expect_eq(totals.faults, 1, "%s", findings);
    cr_expect_not_null(strstr(findings, ": inserted; it is a copy of line"), "%s", findings);
    end();
}

#define CUT_OFF                                                                                              \
    "DELETE FROM zs.audit_event WHERE id >= " EVENT(15) "; DELETE FROM zs.audit_link AS l WHERE NOT EXISTS " \
                                                        "(SELECT FROM zs.audit_event AS e WHERE e.id = "     \
                                                        "l.event)"

Test(audit, only_an_anchor_tells_that_the_end_was_cut_off)
{
    begin();
    struct audit_head anchors[2];
    record(5);
    seal();
    anchors[0] = head();
    record(LINES - 5);
    seal();
    anchors[1] = head();
    verify_with(anchors, 2);
    cr_expect_eq(totals.faults, 0, "%s", findings);
    cr_expect_eq(totals.anchors, 2);
    tamper(CUT_OFF);
    expect_whole(0);
    verify_with(anchors, 2);
    cr_expect_eq(totals.faults, 1, "%s", findings);
    cr_expect_eq(totals.anchors, 1);
    cr_expect_not_null(strstr(findings, "cut off: an anchor names link"), "%s", findings);
    /* Lines that come after do not heal it. */
    record(LINES);
    seal();
    expect_whole(0);
    verify_with(anchors, 2);
    cr_expect_eq(totals.faults, 1, "%s", findings);
    cr_expect_not_null(strstr(findings, "not the one that an anchor names"), "%s", findings);
    end();
}

Test(audit, links_alone_that_were_cut_off_are_missed_too)
{
    begin();
    record(LINES);
    seal();
    const struct audit_head anchor = head();
    tamper("DELETE FROM zs.audit_link WHERE event > " EVENT(10));
    expect_whole(LINES - 10);
    seal();
    expect_whole(0);
    verify_with(&anchor, 1);
    cr_expect_not_null(strstr(findings, "not the one that an anchor names"), "%s", findings);
    end();
}

Test(audit, another_key_finds_nothing_right)
{
    begin();
    record(3);
    seal();
    const unsigned char secret[CRYPTO_SECRET_BYTES] = {1};
    struct crypto_keys *mine = place.keys;
    place.keys = crypto_keys_from_bytes(secret);
    verify_with(NULL, 0);
    cr_expect_eq(totals.faults, totals.links);
    crypto_keys_free(place.keys);
    place.keys = mine;
    end();
}

/* ---- what is not done to it ---- */

Test(audit, migrations_and_what_was_before_the_chain_are_told_apart)
{
    begin();
    tamper("DELETE FROM zs.audit_event; INSERT INTO zs.audit_event (actor, action, object, result, origin)"
           " SELECT 'a', 'b', 'c:' || n, 'ok', 'job' FROM generate_series(1, 3) AS n");
    test_sql(place.owner,
             "UPDATE zs.migration_routine SET binary_version = '0.1.0' WHERE name = 'routines/round'");
    record(2);
    test_sql(place.owner,
             "UPDATE zs.migration_routine SET binary_version = '0.1.0' WHERE name = 'routines/round'");
    seal();
    expect_whole(0);
    cr_expect_eq(totals.older, 3);
    cr_expect_eq(totals.migrations, 2);
    cr_expect_eq(totals.links, 7);
    tamper("UPDATE zs.audit_event SET object = 'c:9' WHERE object = 'c:2'");
    verify_with(NULL, 0);
    cr_expect_eq(totals.faults, 1, "%s", findings);
    end();
}

Test(audit, each_migration_is_a_line)
{
    begin();
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.migration AS m WHERE NOT EXISTS (SELECT FROM "
                                     "zs.audit_event AS e WHERE e.action = 'migration.apply' AND e.object = "
                                     "'migration:' || m.name AND e.details->>'sha256' = encode(m.sha256, "
                                     "'hex'))"),
                 0);
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.migration_routine AS m WHERE NOT EXISTS (SELECT "
                             "FROM zs.audit_event AS e WHERE e.action = 'migration.apply' AND "
                             "e.object = 'routine:' || m.name AND e.actor <> 'unknown')"),
                 0);
    end();
}

struct late {
    struct db_conn *conn;
    int number;
    pthread_barrier_t *barrier;
};

static enum db_status record_and_wait(struct db_tx *tx, void *context)
{
    struct late *late = context;
    enum db_status status = record_one(tx, &late->number);
    pthread_barrier_wait(late->barrier);
    pthread_barrier_wait(late->barrier);
    return status;
}

static void *commit_late(void *context)
{
    struct late *late = context;
    cr_assert_eq(db_transaction(late->conn, "test", DB_ROLE_STAFF, record_and_wait, late), DB_OK);
    return NULL;
}

Test(audit, a_line_that_is_committed_late_is_linked_late)
{
    begin();
    pthread_barrier_t barrier;
    pthread_t thread;
    struct late late = {.number = 1000, .barrier = &barrier};
    pthread_barrier_init(&barrier, NULL, 2);
    cr_assert_eq(db_connect(&late.conn, &config), DB_OK);
    pthread_create(&thread, NULL, commit_late, &late);
    pthread_barrier_wait(&barrier);
    record(3);
    seal();
    expect_whole(0);
    pthread_barrier_wait(&barrier);
    pthread_join(thread, NULL);
    expect_whole(1);
    seal();
    expect_whole(0);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_link WHERE event = " EVENT(
                                         1000) " AND number = (SELECT max(number) FROM zs.audit_link)"),
                 1);
    db_disconnect(late.conn);
    pthread_barrier_destroy(&barrier);
    end();
}

static atomic_bool stop;

static void *seal_on(void *context)
{
    struct db_conn *mine;
    struct audit_sealer *own = audit_sealer_create(place.keys);
    (void)context;
    while (db_connect(&mine, &config) != DB_OK) {
        client_sleep_ms(10); /* cut off already while it prepared its statements */
    }
    while (!atomic_load(&stop)) {
        if (audit_seal(own, mine) == DB_UNAVAILABLE) {
            db_reconnect(mine);
        }
    }
    db_disconnect(mine);
    audit_sealer_destroy(own);
    return NULL;
}

Test(audit, two_that_seal_at_once_make_one_chain)
{
    begin();
    pthread_t threads[2];
    atomic_store(&stop, false);
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, seal_on, NULL);
    }
    record(200);
    cr_expect_eq(test_sql_wait(place.owner,
                               "SELECT count(*) FROM zs.audit_event AS e WHERE NOT EXISTS (SELECT FROM "
                               "zs.audit_link AS l WHERE l.event = e.id)",
                               0, 10000),
                 0);
    atomic_store(&stop, true);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    expect_whole(0);
    end();
}

Test(audit, one_that_is_cut_off_while_it_seals_leaves_a_whole_chain)
{
    begin();
    pthread_t thread;
    log_set_level(LOG_SILENT);
    atomic_store(&stop, false);
    pthread_create(&thread, NULL, seal_on, NULL);
    for (int i = 0; i < 40; i++) {
        record(3);
        test_sql_text(place.owner,
                      "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE "
                      "datname = current_database() AND (query LIKE '%audit_link%' OR query LIKE "
                      "'%advisory%') AND pid <> pg_backend_pid()");
    }
    atomic_store(&stop, true);
    pthread_join(thread, NULL);
    seal();
    expect_whole(0);
    end();
}

Test(audit, the_service_seals_and_goes_on_where_it_was)
{
    static const char unlinked[] = "SELECT count(*) FROM zs.audit_event AS e WHERE NOT EXISTS (SELECT FROM "
                                   "zs.audit_link AS l WHERE l.event = e.id)";
    begin();
    for (int i = 0; i < 2; i++) {
        struct app *app = app_up(&place);
        record(5);
        cr_expect_eq(test_sql_wait(place.owner, unlinked, 0, 10000), 0);
        app_down(app);
        expect_whole(0);
    }
    end();
}

Test(audit, a_clean_stop_leaves_no_line_waiting)
{
    begin();
    for (int i = 0; i < 3; i++) {
        struct app *app = app_up(&place);
        record(5); /* of which no turn knows yet: the next is within a second */
        app_down(app);
        expect_whole(0);
    }
    end();
}

Test(audit, more_lines_than_a_turn_takes_are_linked_in_the_next)
{
    begin();
    tamper("DELETE FROM zs.audit_event; INSERT INTO zs.audit_event (actor, action, object, result, origin)"
           " SELECT 'a', 'b', 'c:' || n, 'ok', 'job' FROM generate_series(1, 65000) AS n");
    seal();
    verify_with(NULL, 0);
    cr_expect_eq(totals.faults, 0, "%s", findings);
    cr_expect_eq(totals.links, 64000);
    seal();
    expect_whole(0);
    end();
}

Test(audit, without_a_key_nothing_is_recorded)
{
    begin();
    struct db_config bare = config;
    struct db_conn *other;
    int number = 1;
    bare.keys = NULL;
    cr_assert_eq(db_connect(&other, &bare), DB_OK);
    cr_expect_eq(db_transaction(other, "test", DB_ROLE_STAFF, record_one, &number), DB_FAILED);
    db_disconnect(other);
    end();
}

/* ---- reading ---- */

struct seen {
    size_t count;
    char last[64];
};

static void see(const struct audit_entry *entry, void *context)
{
    struct seen *seen = context;
    seen->count++;
    snprintf(seen->last, sizeof seen->last, "%.*s", SLICE_ARG(entry->object));
}

struct reading {
    struct audit_filter filter;
    int64_t after;
    struct seen seen;
};

static enum db_status read_work(struct db_tx *tx, void *context)
{
    struct reading *reading = context;
    size_t count;
    return audit_read(&reading->after, &count, tx, &reading->filter, 4, see, &reading->seen);
}

Test(audit, lines_are_read_by_who_and_what_and_when)
{
    begin();
    record(6);
    struct reading reading = {.filter = {.actor = "tester", .action = "test."}};
    cr_assert_eq(db_transaction_read_only(conn, "test", DB_ROLE_AUDIT, read_work, &reading), DB_OK);
    cr_expect_eq(reading.seen.count, 4);
    cr_assert_eq(db_transaction_read_only(conn, "test", DB_ROLE_AUDIT, read_work, &reading), DB_OK);
    cr_expect_eq(reading.seen.count, 6);
    cr_expect_str_eq(reading.seen.last, "thing:6");
    struct reading none = {.filter = {.actor = "tester", .action = "test"}};
    cr_assert_eq(db_transaction_read_only(conn, "test", DB_ROLE_AUDIT, read_work, &none), DB_OK);
    cr_expect_eq(none.seen.count, 0);
    struct reading later = {.filter = {.since = INT64_C(4102444800)}};
    cr_assert_eq(db_transaction_read_only(conn, "test", DB_ROLE_AUDIT, read_work, &later), DB_OK);
    cr_expect_eq(later.seen.count, 0);
    end();
}

/* ---- responses ---- */

static int64_t count_of(const char *action)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "SELECT coalesce(sum((details->>'count')::int), 0) FROM zs.audit_event WHERE action = '%s' AND "
             "object = 'round:" ROUND "'",
             action);
    return place_count(&place, sql);
}

Test(audit, responses_are_told_of_by_the_day)
{
    static const char reported[] =
        "SELECT extract(epoch FROM done_at)::int8 FROM zs.periodic_task WHERE name = 'intake.report'";
    struct citizen citizen;
    begin();
    struct app *app = app_up(&place);
    for (int i = 0; i < 3; i++) {
        citizen_init(&citizen, port_of(app));
        citizen_take_part(&citizen, ROUND, "goed", "daarom");
    }
    citizen_get(&citizen, "/ontvangst");
    citizen_withdraw(&citizen);
    cr_assert_eq(place_count(&place, "SELECT count(*) FROM zs.response"), 4);
    for (int day = 0; day < 2; day++) {
        clock_forward(DAY_S);
        cr_assert_eq(test_sql_wait(place.owner, reported, clock_now(), 20000), clock_now());
        cr_expect_eq(count_of("response.intake"), 3, "told once");
        cr_expect_eq(count_of("response.withdraw"), 1);
        cr_expect_eq(count_of("response.correct"), 0);
    }
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.audit_event WHERE action = 'response.intake' AND "
                             "details::jsonb = jsonb_build_object('day', '2027-01-15', 'count', 3, "
                             "'first', (SELECT min(pos) FROM zs.response), 'last', (SELECT min(pos) + 2 "
                             "FROM zs.response))"),
                 1);
    app_down(app);
    expect_whole(place_count(&place, "SELECT count(*) FROM zs.audit_event AS e WHERE NOT EXISTS (SELECT FROM "
                                     "zs.audit_link AS l WHERE l.event = e.id)"));
    end();
}
