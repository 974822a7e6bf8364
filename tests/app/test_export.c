/* Microdata while the world goes on: one moment, whatever happens meanwhile, and all or an answer why not. */
#include "app/fixture.h"
#include "base/embedded.h"
#include "features/results/results.h"
#include "web/web.h"

#include <stdio.h>

enum { PEOPLE = 5000, CSV_MAX = 16 * 1024 * 1024, SOME = 100 * 1024 };

struct scene {
    struct place place;
    struct web *web;
    struct survey *survey;
    const struct survey_snapshot *snapshot;
    struct db_conn *conn;
    struct results_export_request request;
    struct results_export_part part;
    struct results_export_outcome outcome;
    struct buffer csv;
    size_t room;          /* bytes that the output takes */
    bool withdraw_on_way; /* somebody withdraws while profiles are counted */
    bool stop;
};

static struct scene scene;

static void withdraw_one(void)
{
    test_sql(
        scene.place.owner,
        "BEGIN;"
        "WITH one AS (SELECT * FROM zs.response WHERE answers IS NOT NULL ORDER BY pos DESC LIMIT 1)"
        " INSERT INTO zs.response (pos, round_id, revision, replaces, questionnaire_version, received_day, "
        "kind, stream, channel, response_id)"
        " SELECT nextval('zs.response_pos'), round_id, 2, 1, questionnaire_version, received_day, 3, stream, "
        "channel, response_id FROM one;"
        "UPDATE zs.response AS r SET answers = NULL WHERE kind = 1 AND answers IS NOT NULL AND EXISTS"
        " (SELECT FROM zs.response AS w WHERE w.response_id = r.response_id AND w.kind = 3);"
        "COMMIT");
}

static bool take(const void *bytes, size_t size, void *self)
{
    (void)self;
    if (scene.csv.len + size > scene.room) {
        return false;
    }
    buffer_append(&scene.csv, (struct slice){bytes, size});
    return true;
}

static bool restart(void *self)
{
    (void)self;
    buffer_clear(&scene.csv);
    return true;
}

static bool proceed(uint64_t rows, uint64_t of_rows, void *self)
{
    (void)self;
    if (rows > 0 && of_rows == 0 && scene.withdraw_on_way) {
        scene.withdraw_on_way = false;
        withdraw_one();
    }
    return !scene.stop;
}

static void connect_and_ask(void)
{
    const struct web_config web = {.templates = embedded_templates,
                                   .locales = embedded_locales,
                                   .assets = embedded_assets,
                                   .organisation = ""};
    scene.web = web_create(&web);
    const struct survey_config config = {
        .keys = scene.place.keys, .web = scene.web, .public_url = "", .now_s = clock_now};
    scene.survey = survey_create(&config);
    scene.conn = place_connection(&scene.place);
    cr_assert_eq(survey_refresh(scene.survey, scene.conn), DB_OK);
    scene.snapshot = survey_snapshot_hold(scene.survey);
    scene.part = (struct results_export_part){.format = DATASET_CSV, .output = {.write = take}};
    scene.request = (struct results_export_request){.round = survey_round_find(scene.snapshot, SLICE(ROUND)),
                                                    .parts = &scene.part,
                                                    .part_count = 1,
                                                    .file_name = "x.csv",
                                                    .producer = "",
                                                    .k = EXPORT_K_MIN,
                                                    .now_s = clock_begin,
                                                    .restart = restart,
                                                    .proceed = proceed};
    scene.room = CSV_MAX;
    buffer_init(&scene.csv, CSV_MAX);
}

/* Everybody gave the first answer to everything. */
static void begin(void)
{
    char sql[1024];
    place_make(&scene.place, SMALL_CONSULTATION);
    connect_and_ask();
    snprintf(sql, sizeof sql,
             "INSERT INTO zs.response (pos, round_id, revision, questionnaire_version, received_day, kind, "
             "stream, channel, response_id, answers)"
             " SELECT nextval('zs.response_pos'), %d, 1, %d, '2027-01-15', 1, 0, 0,"
             " substr(sha256(int8send(i)), 1, 16), decode(repeat('03', %zu), 'hex')"
             " FROM generate_series(1, %d) AS i",
             (int)scene.request.round->id, (int)scene.request.round->version_id,
             questionnaire_vector_size(scene.request.round->questionnaire), PEOPLE);
    test_sql(scene.place.owner, sql);
}

static void end(void)
{
    buffer_free(&scene.csv);
    survey_snapshot_release(scene.snapshot);
    survey_destroy(scene.survey);
    web_destroy(scene.web);
    place_remove(&scene.place);
    leaks_check();
}

TestSuite(export, .init = begin, .fini = end, .timeout = 110);

static enum results_export_status run(void)
{
    return results_export(&scene.outcome, scene.conn, &scene.request);
}

static size_t lines(void)
{
    size_t count = 0;
    for (size_t i = 0; i < scene.csv.len; i++) {
        count += scene.csv.ptr[i] == '\n';
    }
    return count;
}

Test(export, has_who_withdraws_on_the_way_wholly_in_it_and_not_in_the_next)
{
    scene.withdraw_on_way = true;
    cr_assert_eq(run(), EXPORT_OK);
    cr_expect_not(scene.withdraw_on_way);
    cr_expect_eq(place_count(&scene.place, "SELECT count(*) FROM zs.response WHERE answers IS NOT NULL"),
                 PEOPLE - 1);
    cr_expect_eq(scene.outcome.rows, PEOPLE);
    cr_expect_eq(lines(), PEOPLE + 1);
    cr_expect_eq(scene.part.bytes, scene.csv.len);
    cr_assert_eq(run(), EXPORT_OK);
    cr_expect_eq(scene.outcome.rows, PEOPLE - 1);
    cr_expect_eq(lines(), PEOPLE);
}

Test(export, that_stops_leaves_a_connection_that_works)
{
    scene.stop = true;
    cr_expect_eq(run(), EXPORT_STOPPED);
    scene.stop = false;
    scene.room = SOME;
    cr_expect_eq(run(), EXPORT_OUTPUT);
    scene.room = CSV_MAX;
    cr_expect_eq(run(), EXPORT_OK);
    cr_expect_eq(lines(), PEOPLE + 1);
}

static double weight_of(const unsigned char *answers, size_t size, const void *self)
{
    (void)self;
    return answers[0] == ANSWER_FIRST && size > 0 ? 1.25 : 0;
}

Test(export, has_weights_where_there_are)
{
    const struct results_export_weighing weighing = {.weight_of = weight_of, .version = "2027-1"};
    scene.request.weighing = &weighing;
    cr_assert_eq(run(), EXPORT_OK);
    struct slice text = buffer_slice(&scene.csv);
    struct slice line;
    slice_cut(&line, &text, text, '\r');
    cr_expect_eq(strncmp(line.ptr + line.len - 8, ",gewicht", 8), 0, "%.*s", SLICE_ARG(line));
    slice_cut(&line, &text, text, '\r');
    cr_expect_eq(strncmp(line.ptr + line.len - 5, ",1.25", 5), 0, "%.*s", SLICE_ARG(line));
}

Test(export, does_not_go_on_over_answers_that_are_none)
{
    test_sql(scene.place.owner, "UPDATE zs.response SET answers = set_byte(answers, 0, 250)"
                                " WHERE pos = (SELECT max(pos) FROM zs.response)");
    cr_expect_eq(run(), EXPORT_FAILED);
    test_sql(scene.place.owner, "UPDATE zs.response SET answers = '\\x03'"
                                " WHERE pos = (SELECT max(pos) FROM zs.response)");
    cr_expect_eq(run(), EXPORT_FAILED);
    test_sql(scene.place.owner, "DELETE FROM zs.response WHERE pos = (SELECT max(pos) FROM zs.response)");
    cr_expect_eq(run(), EXPORT_OK);
    cr_expect_eq(scene.outcome.rows, PEOPLE - 1);
}

Test(export, says_when_the_database_is_gone)
{
    test_sql_text(scene.place.owner, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                                     " WHERE datname = current_database() AND pid <> pg_backend_pid()");
    enum results_export_status first = run();
    /* Lost before it began: it may have connected anew. */
    cr_expect(first == EXPORT_OK || (first == EXPORT_DATABASE && scene.outcome.database == DB_UNAVAILABLE));
    test_sql(scene.place.owner, "ALTER TABLE zs.response RENAME TO gone");
    cr_expect_eq(run(), EXPORT_DATABASE);
    cr_expect_eq(scene.outcome.database, DB_FAILED);
}
