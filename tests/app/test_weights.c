/* Versions of weights in the whole program: made by one, applied by all, named by what they weigh. */
#include "app/fixture.h"

#include "app/app_internal.h"
#include "features/results/results_internal.h"
#include "features/results/results_log.h"
#include "features/results/results_weights_make.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

TestSuite(weights, .fini = leaks_check, .timeout = 110);

enum { SOON_MS = 10000 };
static const double WOMEN = 7465980.0 / 14761335;

static struct place place;
static struct app *app;
static const char *key;
static struct db_config as_app;

static void make_place(const char *consultation)
{
    place_make(&place, consultation);
    as_app = (struct db_config){.conninfo = place.config.database.url,
                                .application_name = "test",
                                .statements = app_statements,
                                .keys = place.keys};
}

static void begin(void)
{
    make_place(SMALL_CONSULTATION);
    app = app_up(&place);
    key = place_issue_key(&place, "inname", "analist,inname");
    wait_for_key(port_of(app), key);
}

static void end(void)
{
    app_down(app);
    place_remove(&place);
}

/* One of them by the API, the others as copies of it. The code of the first; static storage. */
static const char *send_many(const char *gender, const char *stream, int people)
{
    static char code[CODE_TEXT_BYTES];
    char text[512];
    snprintf(text, sizeof text, "\"houding\":\"goed\",\"gender\":\"%s\",\"werving\":\"%s\"", gender, stream);
    snprintf(code, sizeof code, "%s", api_send(port_of(app), key, ROUND, text));
    snprintf(text, sizeof text,
             "INSERT INTO zs.response (pos, round_id, revision, questionnaire_version, received_day, kind, "
             "stream, channel, response_id, answers, payload_hash) SELECT nextval('zs.response_pos'), "
             "round_id, 1, questionnaire_version, received_day, kind, stream, channel, "
             "decode(md5(response_id::text || n), 'hex'), answers, payload_hash FROM (SELECT * FROM "
             "zs.response ORDER BY pos DESC LIMIT 1) AS last, generate_series(2, %d) AS n",
             people);
    test_sql(place.owner, text);
    return code;
}

static struct db_conn *connect_as_app(void)
{
    struct db_conn *conn;
    cr_assert_eq(db_connect(&conn, &as_app), DB_OK);
    return conn;
}

/* Makes a version of these margins on a connection of its own. */
static struct weights_made make(struct arena *arena, const char *margins, const char *stream)
{
    const struct survey_snapshot *snapshot = survey_snapshot_hold(app->survey);
    const struct weights_order order = {.round = survey_round_find(snapshot, SLICE(ROUND)),
                                        .stream = slice_from_cstr(stream),
                                        .margins = slice_from_cstr(margins),
                                        .actor = "tester",
                                        .origin = "command"};
    struct weights_made made;
    struct db_conn *conn = connect_as_app();
    cr_assert_eq(results_weights_make(&made, arena, conn, place.keys, &order), DB_OK);
    db_disconnect(conn);
    survey_snapshot_release(snapshot);
    return made;
}

static int32_t must_make(const char *stream)
{
    struct weights_made made = make(place.arena, "gender", stream);
    cr_assert_eq(made.outcome, WEIGHTS_MADE, "%s", made.why.ptr);
    cr_expect(made.kept_now);
    return made.number;
}

/* ---- what the app counts with ---- */

struct weighed {
    uint64_t n[2]; /* women, men */
    double weight[2];
    uint32_t version;  /* that the rows had */
    int32_t of_stream; /* that speaks of the stream; 0: none does */
    double factor;     /* of women, by what is said of that version */
    char made_of[64];
};

static struct weighed look(const char *stream)
{
    struct weighed seen = {.version = 0};
    const struct survey_snapshot *snapshot = survey_snapshot_hold(app->survey);
    const struct survey_round *round = survey_round_find(snapshot, SLICE(ROUND));
    int gender = questionnaire_find_variable(round->questionnaire, SLICE("gender"));
    const struct tabulate_query query = {.axes = {(size_t)gender}, .axis_count = 1};
    const struct results_weights *weights;
    const struct weights_of_stream *version;
    enum tabulate_status status;
    const struct table *table;
    if (results_tabulate_weighted(&table, &status, &weights, &version, app->results, round->id,
                                  slice_from_cstr(stream), &query)) {
        cr_assert_eq(status, TABULATE_OK);
        cr_expect_eq(table->weights_version, weights->number);
        for (int i = 0; i < 2; i++) {
            seen.n[i] = table->cells[ANSWER_FIRST + i].n;
            seen.weight[i] = table_weight(&table->cells[ANSWER_FIRST + i]);
        }
        seen.version = table->weights_version;
        seen.of_stream = version->number;
        const json_t *women = json_array_get(
            json_object_get(json_array_get(json_object_get(version->report, "margins"), 0), "categories"), 0);
        seen.factor = json_number_value(json_object_get(women, "factor"));
        snprintf(seen.made_of, sizeof seen.made_of, "%.*s", SLICE_ARG(version->made_of[0]));
        table_cache_release(table);
        weights_release(weights);
    }
    survey_snapshot_release(snapshot);
    return seen;
}

/* Until the rows have this version, and there are so many women and men. */
static struct weighed wait_for(const char *stream, uint32_t version, uint64_t women, uint64_t men)
{
    struct weighed seen = look(stream);
    for (int waited = 0; waited < SOON_MS; waited += 20) {
        if (seen.version == version && seen.n[0] == women && seen.n[1] == men) {
            return seen;
        }
        client_sleep_ms(20);
        seen = look(stream);
    }
    cr_assert_fail("version %u, %lu women and %lu men", seen.version, (unsigned long)seen.n[0],
                   (unsigned long)seen.n[1]);
    return seen;
}

/* To what fixed-point weights can say. */
#define expect_near(value, expected)                                                                         \
    cr_expect_float_eq(value, expected, 1e-5, "%.8f, not %.8f", value, expected)

Test(weights, apply_to_those_who_answered_and_to_those_who_come_after)
{
    begin();
    const char *code = send_many("vrouw", "open", 60);
    char header[64];
    snprintf(header, sizeof header, "Deelnamecode: %s\r\n", code);
    send_many("man", "open", 30);
    send_many("man", "panel", 25);
    cr_expect_eq(look("open").version, 0, "no version yet");
    cr_assert_eq(must_make("open"), 1);
    struct weighed seen = wait_for("open", 1, 60, 30);
    expect_near(seen.weight[0], 90 * WOMEN);
    expect_near(seen.weight[1], 90 * (1 - WOMEN));
    cr_expect_str_eq(seen.made_of, "Gender (2021-01-01)");
    cr_expect_eq(look("panel").version, 0, "another stream is not weighted by it");
    /* Two men more: the weight of their profile, under the same version. */
    send_many("man", "open", 2);
    seen = wait_for("open", 1, 60, 32);
    expect_near(seen.weight[1], 32 * (90 * (1 - WOMEN) / 30));
    /* A withdrawal takes its own weight along. */
    static struct client_reply reply;
    api_call(&reply, port_of(app), NULL, "DELETE", "/v1/rondes/" ROUND "/inzending", header, NULL);
    expect_status(&reply, 204);
    seen = wait_for("open", 1, 59, 32);
    expect_near(seen.weight[0], 59 * (90 * WOMEN / 60));
    cr_assert_eq(must_make("open"), 2);
    seen = wait_for("open", 2, 59, 32);
    expect_near(seen.weight[0], 91 * WOMEN);
    end();
}

/* What a table says of its weights; of a stream without a version there is no weighted table. */
Test(weights, are_named_by_the_tables_that_they_weigh)
{
    static const char target[] =
        "/v1/consultaties/klein/tabellen?ronde=" ROUND "&variabele=gender&gewogen=true&werving=";
    static struct client_reply reply;
    char address[256];
    begin();
    send_many("vrouw", "open", 60);
    send_many("man", "open", 30);
    send_many("man", "panel", 25);
    cr_assert_eq(must_make("open"), 1);
    wait_for("open", 1, 60, 30);
    snprintf(address, sizeof address, "%sopen", target);
    api_call(&reply, port_of(app), key, "GET", address, "", NULL);
    expect_status(&reply, 200);
    expect_says(&reply, "\"gewogen\":true,\"weegversie\":1,\"weegmarges\":\"Gender (2021-01-01)\"");
    expect_says(&reply, "\"antwoord\":\"vrouw\",\"label\":\"Vrouw\",\"aantal\":60,");
    snprintf(address, sizeof address, "%spanel", target);
    api_call(&reply, port_of(app), key, "GET", address, "", NULL);
    expect_status(&reply, 409);
    end();
}

Test(weights, are_there_again_after_a_restart)
{
    begin();
    send_many("vrouw", "open", 60);
    send_many("man", "open", 30);
    must_make("open");
    app_down(app);
    app = app_up(&place);
    struct weighed seen = look("open");
    cr_expect_eq(seen.version, 1, "a service that is ready has weighed");
    expect_near(seen.weight[0], 90 * WOMEN);
    end();
}

Test(weights, of_streams_stand_beside_each_other_and_those_of_all_alone)
{
    begin();
    send_many("vrouw", "open", 60);
    send_many("man", "open", 30);
    send_many("vrouw", "uitnodiging", 20);
    send_many("man", "uitnodiging", 80);
    must_make("open");
    cr_assert_eq(must_make("uitnodiging"), 2);
    struct weighed seen = wait_for("uitnodiging", 2, 20, 80);
    expect_near(seen.weight[0], 100 * WOMEN);
    seen = look("open");
    cr_expect_eq(seen.of_stream, 1, "its own version still holds");
    expect_near(seen.weight[0], 90 * WOMEN);
    cr_assert_eq(must_make("alle"), 3);
    seen = wait_for("alle", 3, 80, 110);
    expect_near(seen.weight[0], 190 * WOMEN);
    cr_expect_eq(look("open").version, 0, "nobody pools streams unasked");
    cr_assert_eq(must_make("open"), 4,
                 "those of streams come back by a new version, also when nothing changed");
    seen = wait_for("open", 4, 60, 30);
    expect_near(seen.weight[0], 90 * WOMEN);
    cr_expect_eq(look("uitnodiging").of_stream, 2);
    end();
}

/* ---- making at once ---- */

struct maker {
    struct arena *arena;
    pthread_barrier_t *start;
    struct weights_made made;
};

static void *make_it(void *context)
{
    struct maker *maker = context;
    pthread_barrier_wait(maker->start);
    maker->made = make(maker->arena, "gender", "open");
    return NULL;
}

Test(weights, made_by_several_at_once_are_one_version)
{
    struct maker makers[4];
    pthread_t threads[4];
    pthread_barrier_t start;
    begin();
    send_many("vrouw", "open", 60);
    send_many("man", "open", 30);
    pthread_barrier_init(&start, NULL, 4);
    int kept = 0;
    for (int i = 0; i < 4; i++) {
        makers[i] = (struct maker){.arena = arena_create(64 * 1024 * 1024), .start = &start};
        pthread_create(&threads[i], NULL, make_it, &makers[i]);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        cr_expect_eq(makers[i].made.outcome, WEIGHTS_MADE);
        cr_expect_eq(makers[i].made.number, 1);
        kept += makers[i].made.kept_now;
        arena_destroy(makers[i].arena);
    }
    pthread_barrier_destroy(&start);
    cr_expect_eq(kept, 1);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.weight_version"), 1);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'weights.make'"), 1);
    end();
}

/* Counts what is in the log now, and keeps nothing. */
static void work_out(struct weights_draft *out, const struct weights_order *order, struct db_conn *conn)
{
    struct margins margins;
    struct log_reader reader = {.round_id = order->round->id, .columns = log_columns_create(order->round)};
    cr_assert(margins_embedded(&margins, place.arena));
    cr_assert_eq(log_read_on(&reader, conn), DB_OK);
    cr_assert(weights_work_out(out, place.arena, reader.columns, &margins, order));
    cr_assert_eq(out->made.outcome, WEIGHTS_MADE);
    columns_destroy(reader.columns);
}

static enum db_status keep_work(struct db_tx *tx, void *draft)
{
    return weights_keep(draft, tx);
}

/* As when the night's turn counts while answers come in, and keeps after somebody who counted them all. */
Test(weights, of_less_of_the_log_do_not_follow_those_of_more)
{
    struct weights_draft draft;
    begin();
    const struct survey_snapshot *snapshot = survey_snapshot_hold(app->survey);
    const struct weights_order order = {.round = survey_round_find(snapshot, SLICE(ROUND)),
                                        .stream = SLICE("open"),
                                        .margins = SLICE("gender"),
                                        .actor = "system",
                                        .origin = "job"};
    struct db_conn *conn = connect_as_app();
    send_many("vrouw", "open", 60);
    send_many("man", "open", 30);
    work_out(&draft, &order, conn);
    send_many("man", "open", 30);
    cr_assert_eq(must_make("open"), 1);
    cr_assert_eq(db_transaction(conn, "late", DB_ROLE_RESULTS, keep_work, &draft), DB_OK);
    cr_expect_not(draft.made.kept_now);
    cr_expect_eq(draft.made.number, 1);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.weight_version"), 1);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'weights.make'"), 1);
    db_disconnect(conn);
    survey_snapshot_release(snapshot);
    end();
}

Test(weights, refused_are_kept_and_audited_and_weigh_nobody)
{
    begin();
    struct weights_made made = make(place.arena, "gender", "open");
    cr_expect_eq(made.outcome, WEIGHTS_REFUSED, "an empty round");
    cr_expect_eq(made.number, 1);
    send_many("vrouw", "open", 60);
    send_many("man", "open", 30);
    cr_assert_eq(must_make("open"), 2);
    wait_for("open", 2, 60, 30);
    made = make(place.arena, "gender", "panel");
    cr_expect_eq(made.outcome, WEIGHTS_REFUSED);
    cr_expect_eq(made.number, 3);
    made = make(place.arena, "leeftijd", "open");
    cr_expect_eq(made.outcome, WEIGHTS_BAD_ORDER);
    cr_expect(strstr(made.why.ptr, "margin leeftijd goes by answer 16-17 of leeftijd"), "%s", made.why.ptr);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.weight_version WHERE NOT is_made AND profiles "
                                     "IS NULL AND report->>'status' = 'empty-sample'"),
                 2);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'weights.make' AND "
                                     "result = 'refused' AND details->>'why' <> '' AND actor = 'tester'"),
                 3);
    send_many("man", "open", 1);
    cr_expect_eq(wait_for("open", 2, 60, 31).of_stream, 2, "the last that was made still holds");
    end();
}

/* ---- weighing anew while others read ---- */

struct reader {
    atomic_bool stop;
    int seen, wrong; /* wrong: a table by other weights than are said to be its own */
    uint32_t last;
    bool backwards;
};

static void *read_on(void *context)
{
    struct reader *reader = context;
    while (!atomic_load(&reader->stop)) {
        struct weighed seen = look("open");
        reader->seen++;
        reader->wrong += fabs(seen.weight[0] - (double)seen.n[0] * seen.factor) > 1e-5;
        reader->backwards = reader->backwards || seen.version < reader->last;
        reader->last = seen.version;
    }
    return NULL;
}

Test(weights, are_never_told_of_another_version_than_the_table_was_made_with)
{
    struct reader readers[2] = {{.seen = 0}};
    pthread_t threads[2];
    begin();
    send_many("vrouw", "open", 60);
    send_many("man", "open", 30);
    must_make("open");
    wait_for("open", 1, 60, 30);
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, read_on, &readers[i]);
    }
    for (uint32_t version = 2; version <= 12; version++) {
        send_many("man", "open", 10);
        cr_assert_eq(must_make("open"), (int32_t)version);
        wait_for("open", version, 60, 30 + 10 * (version - 1));
    }
    for (int i = 0; i < 2; i++) {
        atomic_store(&readers[i].stop, true);
        pthread_join(threads[i], NULL);
        cr_expect_gt(readers[i].seen, 0);
        cr_expect_eq(readers[i].wrong, 0, "%d of %d", readers[i].wrong, readers[i].seen);
        cr_expect_not(readers[i].backwards);
    }
    end();
}

/* ---- by night ---- */

/* Until this instance has so many people in its columns. */
static void wait_counted(struct app *one, uint32_t people)
{
    const struct survey_snapshot *snapshot = survey_snapshot_hold(one->survey);
    struct columns *columns = results_columns(one->results, survey_round_find(snapshot, SLICE(ROUND))->id);
    uint32_t rows = 0;
    survey_snapshot_release(snapshot);
    for (int waited = 0; rows != people && waited < SOON_MS; waited += 20) {
        columns_read_begin(columns);
        rows = columns_rows(columns);
        columns_read_end(columns);
        client_sleep_ms(20);
    }
    cr_assert_eq(rows, people);
}

Test(weights, are_made_each_night_for_streams_with_enough_people_when_something_changed)
{
    static const char versions[] = "SELECT count(*) FROM zs.weight_version WHERE made_by = 'system'";
    make_place("tests/app/fixtures/gewogen.json");
    app = app_up(&place);
    struct app *other = app_up(&place);
    key = place_issue_key(&place, "inname", "inname");
    wait_for_key(port_of(app), key);
    send_many("vrouw", "open", 150);
    send_many("man", "open", 100);
    send_many("man", "panel", 50);
    wait_counted(app, 300);
    wait_counted(other, 300);
    clock_forward(DAY_S);
    cr_expect_eq(test_sql_wait(place.owner, versions, 1, SOON_MS), 1);
    struct weighed seen = wait_for("open", 1, 150, 100);
    expect_near(seen.weight[0], 250 * WOMEN);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'weights.make' AND "
                                     "origin = 'job' AND object = 'round:" ROUND "'"),
                 1);
    clock_forward(DAY_S);
    cr_expect_eq(test_sql_wait(place.owner,
                               "SELECT count(*) FROM zs.periodic_task WHERE name LIKE 'weights.make.%' AND "
                               "done_at > '2027-01-17'",
                               1, SOON_MS),
                 1);
    cr_expect_eq(place_count(&place, versions), 1, "nothing was answered: nothing is made");
    send_many("man", "open", 50);
    wait_counted(app, 350);
    wait_counted(other, 350);
    clock_forward(DAY_S);
    cr_expect_eq(test_sql_wait(place.owner, versions, 2, SOON_MS), 2);
    /* Who chose for all streams together keeps them. */
    cr_assert_eq(must_make("alle"), 3);
    wait_for("alle", 3, 150, 200);
    send_many("man", "open", 10);
    wait_counted(app, 360);
    wait_counted(other, 360);
    clock_forward(DAY_S);
    cr_expect_eq(test_sql_wait(place.owner, versions, 3, SOON_MS), 3);
    cr_expect_eq(wait_for("alle", 4, 150, 210).of_stream, 4);
    /* From the destruction date on nothing new is made of them: a whole turn of upkeep stands between. */
    send_many("man", "open", 10);
    wait_counted(app, 370);
    wait_counted(other, 370);
    for (int hour = 0; hour < 2; hour++) {
        char expired[128];
        clock_set(1830384000 + hour * 3600); /* 2028-01-02 */
        snprintf(expired, sizeof expired,
                 "SELECT count(*) FROM zs.periodic_task WHERE name = 'draft.expire' AND done_at >= "
                 "to_timestamp(%d)",
                 1830384000 + hour * 3600);
        cr_expect_eq(test_sql_wait(place.owner, expired, 1, SOON_MS), 1);
    }
    cr_expect_eq(place_count(&place, versions), 3);
    app_down(other);
    end();
}
