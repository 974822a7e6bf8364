/* The log of responses: the reference for how a batch is written and followed.
 *
 * A batch takes the round's advisory lock in a statement of its own, before any place is drawn, and gives it
 * back with its COMMIT: the order of places is the order of commits. A follower that reads pos > last ORDER
 * BY pos then never steps over a row. */
#include "base/clock.h"
#include "db/db.h"
#include "support/database.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

TestSuite(response_log, .fini = leaks_check, .timeout = 100);

enum { LOCK, INSERT, FOLLOW, APPEND, ERASE, TEXT, OWN };
static const struct db_statement statements[] = {
    [LOCK] = {"lock", "SELECT 1::int4 FROM (SELECT pg_advisory_xact_lock(7, $1::int4)) AS locked"},
    [INSERT] =
        {"insert",
         "INSERT INTO zs.response (round_id, pos, response_id, revision, kind, questionnaire_version, "
         "stream, channel,"
         " received_day, answers, payload_hash)"
         " SELECT $1::int4, nextval('zs.response_pos'), response_id, 1, 1, 1, 0, 0, $4::date, answers, NULL"
         " FROM unnest($2::bytea[], $3::bytea[]) WITH ORDINALITY AS t (response_id, answers, turn) ORDER BY "
         "turn"
         " ON CONFLICT (round_id, response_id, revision) DO NOTHING RETURNING response_id, pos"},
    [FOLLOW] = {"follow", "SELECT pos, response_id FROM zs.response WHERE round_id = $1::int4 AND pos > "
                          "$2::int8 ORDER BY pos LIMIT 1000"},
    [APPEND] = {"append", "INSERT INTO zs.response (round_id, pos, response_id, revision, kind, replaces, "
                          "questionnaire_version, stream,"
                          " channel, received_day, answers, payload_hash) VALUES ($1::int4, "
                          "nextval('zs.response_pos'), $2::bytea,"
                          " $3::int4 + 1, $4::int2, $3::int4, 1, 0, 0, current_date, $5::bytea, $6::bytea)"},
    [ERASE] =
        {"erase",
         "SELECT 1::int4 FROM (SELECT zs.response_erase_older($1::int4, $2::bytea, $3::int4)) AS erased"},
    [TEXT] =
        {"text",
         "INSERT INTO zs.passage (round_id, response_id, revision, variable, language, body, created_day)"
         " VALUES ($1::int4, $2::bytea, $3::int4, 'toelichting', 'nl', $4::text, current_date)"},
    [OWN] = {"own", "SELECT variable, language, body FROM zs.own_passages($1::int4, $2::bytea, $3::int4)"},
    {NULL, NULL},
};
static const struct db_statement *const lists[] = {statements, NULL};

enum { ROUND = 1, WRITERS = 4, BATCHES = 150, BATCH = 8, ALL = WRITERS * BATCHES * BATCH };

static void make_round(struct test_database *database)
{
    test_database_create(database, true);
    test_sql(database->owner,
             "INSERT INTO zs.consultation (code, document) VALUES ('c', '{}');"
             "INSERT INTO zs.questionnaire_version (consultation, code, number, sha256, document)"
             " VALUES ('c', 'q', 1, sha256('x'), '{}');"
             "INSERT INTO zs.round (code, consultation, questionnaire_version, opens_at, closes_at, "
             "destruction_date)"
             " VALUES ('r', 'c', 1, now() - interval '1 day', now() + interval '1 day', current_date + 10);"
             "SELECT zs.round_partition_create(1)");
}

static struct db_config config_of(const struct test_database *database)
{
    return (struct db_config){
        .conninfo = database->service, .statement_timeout_ms = 20000, .statements = lists};
}

struct batch {
    unsigned char ids[BATCH][16];
    size_t added;
};

/* A writer's batch: lock, then rows with their places. The rows of the id's first byte tell who wrote them.
 */
static enum db_status write_batch(struct db_tx *tx, void *context)
{
    struct batch *batch = context;
    struct slice ids[BATCH];
    struct slice answers[BATCH];
    struct db_result *result;
    struct db_params lock = db_params(tx);
    db_put_int32(&lock, ROUND);
    enum db_status status = db_run(NULL, tx, &statements[LOCK], &lock);
    if (status != DB_OK) {
        return status;
    }
    for (int i = 0; i < BATCH; i++) {
        ids[i] = (struct slice){(const char *)batch->ids[i], 16};
        answers[i] = SLICE("\x03\x04\x05");
    }
    struct db_params p = db_params(tx);
    db_put_int32(&p, ROUND);
    db_put_bytes_array(&p, ids, BATCH);
    db_put_bytes_array(&p, answers, BATCH);
    db_put_day(&p, clock_day(clock_unix_s()));
    status = db_run(&result, tx, &statements[INSERT], &p);
    batch->added = status == DB_OK ? db_rows(result) : 0;
    return status;
}

struct writer {
    struct db_config config;
    int number;
    int failures;
    size_t added;
    pthread_t thread;
};

static void *run_writer(void *self)
{
    struct writer *writer = self;
    struct db_conn *conn;
    if (db_connect(&conn, &writer->config) != DB_OK) {
        writer->failures++;
        return NULL;
    }
    for (int b = 0; b < BATCHES; b++) {
        struct batch batch = {.added = 0};
        for (int i = 0; i < BATCH; i++) {
            batch.ids[i][0] = (unsigned char)writer->number;
            batch.ids[i][1] = (unsigned char)b;
            batch.ids[i][2] = (unsigned char)i;
        }
        if (db_transaction(conn, "writer", DB_ROLE_INTAKE, write_batch, &batch) != DB_OK) {
            writer->failures++;
        }
        writer->added += batch.added;
    }
    db_disconnect(conn);
    return NULL;
}

struct follower {
    int64_t last;
    size_t seen;
    int steps_back; /* rows that came again or out of order */
};

static enum db_status follow(struct db_tx *tx, void *context)
{
    struct follower *follower = context;
    struct db_result *result;
    struct db_params p = db_params(tx);
    db_put_int32(&p, ROUND);
    db_put_int64(&p, follower->last);
    enum db_status status = db_run(&result, tx, &statements[FOLLOW], &p);
    for (size_t i = 0; status == DB_OK && i < db_rows(result); i++) {
        int64_t pos = db_get_int64(result, i, 0);
        follower->steps_back += pos <= follower->last;
        follower->last = pos;
        follower->seen++;
    }
    return status;
}

Test(response_log, a_follower_loses_nothing_with_four_writers)
{
    struct test_database database;
    struct writer writers[WRITERS];
    struct follower follower = {.last = 0};
    struct db_conn *conn;
    make_round(&database);
    struct db_config config = config_of(&database);
    cr_assert(eq(int, db_connect(&conn, &config), DB_OK));
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){.config = config, .number = i + 1};
        cr_assert(eq(int, pthread_create(&writers[i].thread, NULL, run_writer, &writers[i]), 0));
    }
    int64_t until = clock_monotonic_us() + 60000000;
    while (follower.seen < ALL && clock_monotonic_us() < until) {
        cr_assert(
            eq(int, db_transaction_read_only(conn, "follower", DB_ROLE_RESULTS, follow, &follower), DB_OK));
    }
    size_t added = 0;
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(writers[i].thread, NULL);
        cr_expect(eq(int, writers[i].failures, 0));
        added += writers[i].added;
    }
    cr_expect(eq(sz, added, ALL));
    cr_expect(eq(sz, follower.seen, ALL));
    cr_expect(eq(int, follower.steps_back, 0));
    cr_expect(eq(i64, test_sql_number(database.owner, "SELECT count(*) FROM zs.response"), ALL));
    db_disconnect(conn);
    test_database_drop(&database);
}

Test(response_log, the_same_batch_again_adds_nothing)
{
    struct test_database database;
    struct batch batch = {.ids = {{1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}}};
    struct db_conn *conn;
    make_round(&database);
    struct db_config config = config_of(&database);
    cr_assert(eq(int, db_connect(&conn, &config), DB_OK));
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, write_batch, &batch), DB_OK));
    cr_expect(eq(sz, batch.added, BATCH));
    batch.ids[7][0] = 9;
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, write_batch, &batch), DB_OK));
    cr_expect(eq(sz, batch.added, 1));
    db_disconnect(conn);
    test_database_drop(&database);
}

/* ---- correcting and withdrawing ---- */

static const struct slice id = SLICE_INIT("0123456789abcdef");

struct amendment {
    int32_t replaces;
    int16_t kind;
    struct slice answers; /* empty: NULL */
    const char *text;
};

static enum db_status amend(struct db_tx *tx, void *context)
{
    const struct amendment *a = context;
    struct db_params append = db_params(tx);
    db_put_int32(&append, ROUND);
    db_put_bytes(&append, id);
    db_put_int32(&append, a->replaces);
    db_put_int16(&append, a->kind);
    if (a->answers.len > 0) {
        db_put_bytes(&append, a->answers);
        db_put_bytes(&append, SLICE("0123456789abcdef0123456789abcdef"));
    } else {
        db_put_null(&append);
        db_put_null(&append);
    }
    enum db_status status = db_run(NULL, tx, &statements[APPEND], &append);
    struct db_params erase = db_params(tx);
    db_put_int32(&erase, ROUND);
    db_put_bytes(&erase, id);
    db_put_int32(&erase, a->replaces + 1);
    status = status == DB_OK ? db_run(NULL, tx, &statements[ERASE], &erase) : status;
    struct db_params text = db_params(tx);
    db_put_int32(&text, ROUND);
    db_put_bytes(&text, id);
    db_put_int32(&text, a->replaces + 1);
    db_put_text(&text, slice_from_cstr(a->text));
    return status == DB_OK && a->text ? db_run(NULL, tx, &statements[TEXT], &text) : status;
}

static enum db_status erase_without_reason(struct db_tx *tx, void *context)
{
    struct db_params erase = db_params(tx);
    db_put_int32(&erase, ROUND);
    db_put_bytes(&erase, id);
    db_put_int32(&erase, *(int32_t *)context);
    return db_run(NULL, tx, &statements[ERASE], &erase);
}

static enum db_status read_own(struct db_tx *tx, void *context)
{
    struct db_result *result;
    struct db_params p = db_params(tx);
    db_put_int32(&p, ROUND);
    db_put_bytes(&p, id);
    db_put_int32(&p, 2);
    enum db_status status = db_run(&result, tx, &statements[OWN], &p);
    if (status == DB_OK) {
        cr_expect(eq(sz, db_rows(result), 1));
        cr_expect(slice_equal_cstr(db_get_text(result, 0, 2), context));
    }
    return status;
}

static void expect_rows(const struct test_database *database, const char *wanted)
{
    const char *rows = test_sql_text(
        database->owner,
        "SELECT string_agg(concat_ws(' ', revision, kind, coalesce(encode(answers, 'hex'), '-'),"
        " CASE WHEN payload_hash IS NULL THEN '-' ELSE 'hash' END), '; ' ORDER BY pos) FROM zs.response");
    cr_expect(strcmp(rows, wanted) == 0, "%s is not %s", rows, wanted);
}

Test(response_log, a_correction_empties_what_it_replaces_and_a_withdrawal_empties_all)
{
    struct test_database database;
    struct db_conn *conn;
    char second_text[] = "tweede";
    int32_t first = 1;
    int32_t third = 3;
    make_round(&database);
    test_sql(database.owner,
             "INSERT INTO zs.response (round_id, pos, response_id, revision, kind, questionnaire_version, "
             "stream, channel,"
             " received_day, answers, payload_hash) VALUES (1, nextval('zs.response_pos'), "
             "'0123456789abcdef', 1, 1, 1,"
             " 0, 0, current_date, '\\x01', sha256('a'));"
             "INSERT INTO zs.passage (round_id, response_id, revision, variable, language, body, created_day)"
             " VALUES (1, '0123456789abcdef', 1, 'toelichting', 'nl', 'eerste', current_date)");
    struct db_config config = config_of(&database);
    cr_assert(eq(int, db_connect(&conn, &config), DB_OK));
    cr_expect(
        eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, erase_without_reason, &first), DB_CONSTRAINT));
    cr_expect(
        eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, erase_without_reason, &third), DB_CONSTRAINT));
    expect_rows(&database, "1 1 01 hash");

    struct amendment corrected = {.replaces = 1, .kind = 2, .answers = SLICE("\x02"), .text = second_text};
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, amend, &corrected), DB_OK));
    expect_rows(&database, "1 1 - -; 2 2 02 hash");
    cr_expect(
        strcmp(test_sql_text(database.owner, "SELECT string_agg(body, ',') FROM zs.passage"), "tweede") == 0);
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, read_own, second_text), DB_OK));
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, amend, &corrected), DB_CONSTRAINT),
              "that revision is there");

    struct amendment with_answers = {.replaces = 2, .kind = 3, .answers = SLICE("\x02")};
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, amend, &with_answers), DB_CONSTRAINT));
    struct amendment withdrawn = {.replaces = 2, .kind = 3};
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, amend, &withdrawn), DB_OK));
    expect_rows(&database, "1 1 - -; 2 2 - -; 3 3 - -");
    cr_expect(eq(i64, test_sql_number(database.owner, "SELECT count(*) FROM zs.passage"), 0));
    db_disconnect(conn);
    test_database_drop(&database);
}
