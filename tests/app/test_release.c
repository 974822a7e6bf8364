/* Releases: made from the log, stored once, carried over, and told to the public. */
#include "app/release_scene.h"
#include "base/log.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

TestSuite(release, .fini = leaks_check, .timeout = 110);

static struct release_scene scene;

static void begin(size_t people)
{
    release_scene_make(&scene, RELEASE_CONSULTATION, PUBLIC_ROUND);
    if (people > 0) {
        people_add_random(&scene, people);
    }
}

static int64_t number_of(const char *sql)
{
    return place_count(&scene.place, sql);
}

Test(release, is_the_same_again_to_the_byte)
{
    struct release_report first, again, made;
    begin(500);
    cr_assert_eq(scene_release(&scene, &first, true), RELEASE_MADE);
    cr_assert_eq(scene_release(&scene, &again, true), RELEASE_MADE);
    cr_expect_str_eq(first.sha256, again.sha256);
    cr_expect_eq(number_of("SELECT count(*) FROM zs.release"), 0, "a dry run stores nothing");
    cr_assert_eq(scene_release(&scene, &made, false), RELEASE_MADE);
    cr_expect_str_eq(made.sha256, first.sha256);
    cr_expect_str_eq(test_sql_text(scene.place.owner, "SELECT encode(sha256, 'hex') FROM zs.release"),
                     made.sha256);
    cr_expect_eq(number_of("SELECT count(*) FROM zs.audit_event WHERE action = 'release.make'"), 1);
    cr_expect_eq(scene_release(&scene, &again, false), RELEASE_UNCHANGED, "nobody answered since");
    cr_expect_gt(made.universes, 10);
    release_scene_remove(&scene);
}

/* What whoever waits for it is told: how far reading is, and then counting. */
struct heard {
    uint64_t read, counted, of;
    bool read_after_counting;
};

static void hear_read(uint64_t responses, void *context)
{
    struct heard *heard = context;
    cr_expect_geq(responses, heard->read);
    heard->read = responses;
    heard->read_after_counting = heard->read_after_counting || heard->counted > 0;
}

static void hear_counted(uint64_t done, uint64_t total, void *context)
{
    struct heard *heard = context;
    heard->counted = done;
    heard->of = total;
}

Test(release, tells_how_far_it_is_while_it_reads_and_while_it_counts)
{
    enum { PEOPLE_READ = 5000 }; /* more than a query reads: the rest comes by COPY */
    struct heard heard = {0};
    struct release_report report;
    enum release_outcome outcome;
    begin(PEOPLE_READ);
    const struct release_request request = {.keys = scene.place.keys,
                                            .settings = scene.settings,
                                            .now_s = clock_now(),
                                            .dry_run = true,
                                            .actor = "test",
                                            .origin = "command",
                                            .reading = hear_read,
                                            .progress = hear_counted,
                                            .context = &heard};
    cr_assert_eq(release_make(&outcome, &report, scene.conn, scene.round, &request), DB_OK);
    cr_expect_eq(heard.read, PEOPLE_READ);
    cr_expect_not(heard.read_after_counting);
    cr_expect_gt(heard.of, 0);
    cr_expect_eq(heard.counted, heard.of);
    struct heard of_book = {0};
    cr_assert_eq(results_load_round(scene.results, scene.conn, scene.round, hear_read, &of_book), DB_OK);
    cr_expect_eq(of_book.read, PEOPLE_READ);
    release_scene_remove(&scene);
}

Test(release, is_kept_back_until_it_may_be_told)
{
    struct release_report report;
    release_scene_make(&scene, RELEASE_CONSULTATION, ANALYSTS_ROUND);
    people_add_random(&scene, 100);
    cr_expect_eq(scene_release(&scene, &report, false), RELEASE_EMBARGO, "it takes answers, for analysts");
    clock_set(scene.round->closes_at);
    cr_expect_eq(scene_release(&scene, &report, false), RELEASE_MADE, "it closed");
    people_add_random(&scene, 100);
    clock_set((int64_t)scene.round->destruction_day * DAY_S);
    cr_expect_eq(scene_release(&scene, &report, false), RELEASE_EMBARGO, "its answers are to be destroyed");
    scene.round = survey_round_find(scene.snapshot, SLICE("uitgave-proef"));
    cr_expect_eq(scene_release(&scene, &report, false), RELEASE_EMBARGO, "a pilot never counts");
    release_scene_remove(&scene);
}

Test(release, never_changes)
{
    begin(200);
    scene_release_now(&scene);
    cr_expect_str_eq(test_sql_error(scene.place.owner, "DELETE FROM zs.release_figures"), "42501");
    cr_expect_str_eq(test_sql_error(scene.place.owner, "UPDATE zs.release SET threshold = 5"), "42501");
    cr_expect_str_eq(test_sql_error(scene.place.owner, "TRUNCATE zs.release_part CASCADE"), "42501");
    release_scene_remove(&scene);
}

Test(release, keeps_the_settings_of_the_first)
{
    struct release_report report;
    begin(200);
    scene_release_now(&scene);
    people_add_random(&scene, 200);
    scene.settings = (struct release_settings){10, 4, 1};
    cr_expect_eq(scene_release(&scene, &report, false), RELEASE_SETTINGS);
    scene.settings = (struct release_settings){12, 5, 2};
    cr_expect_eq(scene_release(&scene, &report, false), RELEASE_SETTINGS);
    release_scene_remove(&scene);
}

/* How often standard error, which went into this file, holds the text. */
static int times_said(FILE *file, const char *text)
{
    char line[4096];
    int times = 0;
    rewind(file);
    while (fgets(line, sizeof line, file)) {
        times += strstr(line, text) != NULL;
    }
    return times;
}

Test(release, of_other_dimensions_is_passed_over_and_said_once)
{
    begin(200);
    scene_release_now(&scene);
    test_sql(scene.place.owner,
             "INSERT INTO zs.release (round_id, number, made_at, log_pos, questionnaire_version, threshold, "
             "noise_reach, noise_variance, program, dimensions, sha256)"
             " SELECT round_id, number + 1, made_at, log_pos, questionnaire_version, threshold, noise_reach, "
             "noise_variance, program, '{andere}', sha256 FROM zs.release");
    FILE *said = tmpfile();
    const int before = dup(STDERR_FILENO);
    log_set_level(LOG_ERROR);
    cr_assert(said && dup2(fileno(said), STDERR_FILENO) >= 0);
    for (int i = 0; i < 3; i++) {
        cr_expect_eq(results_refresh(scene.results, scene.conn), DB_OK);
    }
    log_set_level(LOG_SILENT);
    dup2(before, STDERR_FILENO);
    close(before);
    cr_expect_eq(times_said(said, "event=release.foreign round=" PUBLIC_ROUND " number=2"), 1);
    cr_expect_eq(times_said(said, "event=release.foreign"), 1);
    fclose(said);
    cr_expect_gt(scene_count(&scene, "mening", "goed", ""), 0, "release 1 still stands");
    release_scene_remove(&scene);
}

/* True count of an answer among people with this profile code. */
static int64_t true_count(const char *variable, uint16_t code, const char *by, uint16_t by_code)
{
    char sql[512];
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, scene.round->questionnaire);
    const struct variable *v =
        &variables[questionnaire_find_variable(scene.round->questionnaire, slice_from_cstr(variable))];
    const struct variable *b =
        by ? &variables[questionnaire_find_variable(scene.round->questionnaire, slice_from_cstr(by))] : v;
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM zs.response WHERE get_byte(answers, %u) = %d AND (%s OR get_byte(answers, "
             "%u) = %d)",
             (unsigned)v->offset, (int)code, by ? "false" : "true", (unsigned)b->offset, (int)by_code);
    return number_of(sql);
}

Test(release, tells_counts_within_the_noise_and_nothing_small)
{
    struct figures figures;
    begin(800);
    scene_release_now(&scene);
    cr_assert_eq(scene_ask(&figures, NULL, &scene, "keus", "gender", "werving=open"), FIGURES_OK);
    cr_expect_eq(figures.release, 1);
    cr_expect_eq(figures.position, 0, "places count people");
    cr_expect_eq(figures.fewer, 15);
    cr_expect(figures.provisional);
    cr_assert_eq(figures.line_count, 3, "vrouw, man, alle: who says nothing is no group");
    for (size_t l = 0; l < figures.line_count; l++) {
        const struct figures_line *line = &figures.lines[l];
        for (size_t i = 0; i < figures.answer_count; i++) {
            const struct figure *count = &line->cells[i].count;
            const uint16_t code = (uint16_t)figures.answers[i].code;
            const int64_t truth = line->groups[0] == FIGURES_ALL
                                      ? true_count("keus", code, NULL, 0)
                                      : true_count("keus", code, "gender", (uint16_t)line->groups[0]);
            if (count->mark == FIGURE_SHOWN) {
                cr_expect_leq(llabs(truth - (int64_t)count->value), 5);
                cr_expect_geq(truth, 10);
                cr_expect_geq(count->value, 15);
            } else {
                cr_expect_eq(count->mark, FIGURE_FEWER);
                cr_expect_lt(truth, 20);
            }
        }
        cr_expect_eq(line->release, 1);
    }
    release_scene_remove(&scene);
}

/* ---- successive releases ---- */

static const char *lines_of(int number, const char *variable)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "SELECT encode(f.lines, 'hex') FROM zs.release_figures AS f JOIN zs.release AS r ON r.id = "
             "f.release_id"
             " WHERE r.number = %d AND f.variable = '%s'",
             number, variable);
    return test_sql_text(scene.place.owner, sql);
}

Test(release, stands_until_enough_people_changed)
{
    struct release_report report;
    struct figures figures;
    begin(600);
    scene_release_now(&scene);
    people_add_random(&scene, 4);
    cr_expect_eq(scene_release(&scene, &report, false), RELEASE_UNCHANGED);
    /* Forty women of the north: men of the south are as they were. */
    struct respondent women[40];
    for (size_t i = 0; i < 40; i++) {
        women[i] = respondent_random(&scene);
        women[i].given[4].code = ANSWER_FIRST;
        women[i].given[5].code = ANSWER_FIRST;
    }
    people_add(&scene, women, 40);
    cr_assert_eq(scene_release(&scene, &report, false), RELEASE_MADE);
    cr_expect_eq(report.number, 2);
    cr_expect_gt(report.fresh, 0);
    cr_expect_gt(report.carried, 0);
    cr_assert_eq(results_refresh(scene.results, scene.conn), DB_OK);
    cr_assert_eq(scene_ask(&figures, NULL, &scene, "keus", "gender", "werving=open"), FIGURES_OK);
    cr_expect_eq(figures.release, 2);
    cr_expect_eq(figures.lines[0].release, 2, "women");
    cr_expect_eq(figures.lines[1].release, 1, "men");
    cr_expect_eq(figures.lines[2].release, 2, "everybody");
    release_scene_remove(&scene);
}

Test(release, is_without_those_who_withdrew)
{
    begin(400);
    scene_release_now(&scene);
    const int64_t before = scene_count(&scene, "mening", "goed", "");
    for (int id = 1; id <= 200; id++) {
        respondent_withdraw(&scene, id);
    }
    scene_release_now(&scene);
    const int64_t after = scene_count(&scene, "mening", "goed", "");
    cr_expect_gt(before, 50);
    cr_expect_lt(after, before - 10);
    cr_expect_geq(after, true_count("mening", ANSWER_FIRST + 1, NULL, 0) - 5);
    release_scene_remove(&scene);
}

Test(release, carries_figures_over_to_the_byte)
{
    struct release_report report;
    char first[64 * 1024];
    begin(600);
    scene_release_now(&scene);
    snprintf(first, sizeof first, "%s", lines_of(1, "keus"));
    /* From another stream: the open link's part is as it was. */
    struct respondent invited[60];
    for (size_t i = 0; i < 60; i++) {
        invited[i] = respondent_random(&scene);
        invited[i].stream = STREAM_INVITED;
    }
    people_add(&scene, invited, 60);
    cr_assert_eq(scene_release(&scene, &report, false), RELEASE_MADE);
    cr_expect_eq(report.parts, 2);
    cr_expect_str_eq(
        test_sql_text(scene.place.owner,
                      "SELECT encode(f.lines, 'hex') FROM zs.release_figures AS f JOIN zs.release AS r"
                      " ON r.id = f.release_id WHERE r.number = 2 AND f.variable = 'keus' AND stream = 0"),
        first);
    release_scene_remove(&scene);
}

/* Another instance's release, stored while ours waits for the round. */
static void *store_another(void *unused)
{
    char sql[1024];
    (void)unused;
    snprintf(
        sql, sizeof sql,
        "BEGIN; SELECT pg_advisory_xact_lock(9, %d);"
        "INSERT INTO zs.release (round_id, number, log_pos, questionnaire_version, threshold, noise_reach,"
        " noise_variance, program, dimensions, sha256) VALUES (%d, 1, 0, %d, 10, 5, 2, 'x', '{}', "
        "sha256(''));"
        "SELECT pg_sleep(2); COMMIT",
        (int)scene.round->id, (int)scene.round->id, (int)scene.round->version_id);
    test_sql(scene.place.owner, sql);
    return NULL;
}

Test(release, gives_way_to_one_that_was_first)
{
    struct release_report report;
    pthread_t thread;
    begin(200);
    cr_assert_eq(pthread_create(&thread, NULL, store_another, NULL), 0);
    cr_assert_eq(test_sql_wait(scene.place.owner,
                               "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 9", 1,
                               5000),
                 1);
    cr_expect_eq(scene_release(&scene, &report, false), RELEASE_OVERTAKEN);
    pthread_join(thread, NULL);
    cr_expect_eq(number_of("SELECT count(*) FROM zs.release"), 1);
    release_scene_remove(&scene);
}

/* ---- what is refused ---- */

static void expect_rule(const char *variable, const char *by, const char *filters, const char *rule)
{
    struct figures figures;
    const char *found = NULL;
    cr_expect_eq(scene_ask(&figures, &found, &scene, variable, by, filters), FIGURES_NOT_RELEASED);
    cr_expect_str_eq(found ? found : "", rule, "%s by %s where %s: %s", variable, by ? by : "", filters,
                     found ? found : "");
}

Test(release, says_which_rule_keeps_a_table)
{
    struct figures figures;
    begin(0);
    cr_expect_eq(scene_ask(&figures, NULL, &scene, "keus", NULL, "werving=open"), FIGURES_NO_RELEASE);
    people_add_random(&scene, 300);
    struct respondent panel[12];
    for (size_t i = 0; i < 12; i++) {
        panel[i] = respondent_random(&scene);
        panel[i].stream = STREAM_PANEL;
    }
    people_add(&scene, panel, 5);
    scene_release_now(&scene);
    expect_rule("keus", NULL, "", "een-werving");
    expect_rule("keus", NULL, "werving=panel", "te-weinig-mensen");
    expect_rule("keus", NULL, "werving=open,kwaliteit=goed", "niet-in-het-rooster");
    expect_rule("keus", NULL, "werving=open,keus=appel", "niet-in-het-rooster");
    expect_rule("keus", NULL, "werving=open,gender=zeg-ik-niet", "niet-in-het-rooster");
    expect_rule("keus", "gender,streek", "werving=open,leeftijd=16-34", "te-diep");
    expect_rule("gender", "gender", "werving=open", "niet-in-het-rooster");
    expect_rule("kwaliteit", NULL, "werving=open", "niet-in-het-rooster");
    cr_expect_eq(scene_ask(&figures, NULL, &scene, "gender", "leeftijd", "werving=open"), FIGURES_OK);
    release_scene_remove(&scene);
}

/* ---- shares and measures ---- */

Test(release, gives_shares_and_means_near_the_truth)
{
    struct figures figures;
    begin(1500);
    scene_release_now(&scene);
    cr_assert_eq(scene_ask(&figures, NULL, &scene, "mening", NULL, "werving=open"), FIGURES_OK);
    const struct figures_line *line = &figures.lines[0];
    double sum = 0, scored = 0;
    for (size_t i = 0; i < figures.answer_count; i++) {
        const struct figures_answer *answer = &figures.answers[i];
        const double truth = (double)true_count("mening", (uint16_t)answer->code, NULL, 0);
        if (answer->has_score) {
            sum += truth * answer->score;
            scored += truth;
            cr_expect_eq(line->cells[i].share.digits, 1);
            cr_expect_float_eq(line->cells[i].share.value, 100 * truth / 1500, 0.8);
            cr_expect(line->cells[i].share.low < 100 * truth / 1500 &&
                      line->cells[i].share.high > 100 * truth / 1500);
        }
    }
    cr_assert_gt(scored, 0);
    cr_expect_eq(line->measures[FIGURES_MEAN].mark, FIGURE_SHOWN);
    cr_expect_float_eq(line->measures[FIGURES_MEAN].value, sum / scored, 0.05);
    cr_expect_lt(fabs(line->measures[FIGURES_NET].value), 12);
    cr_expect_float_eq(line->measures[FIGURES_TOP_TWO].value, 40, 6);
    cr_expect_lt(fabs(line->measures[FIGURES_AGREEMENT].value), 0.2);
    cr_assert_eq(scene_ask(&figures, NULL, &scene, "getal", NULL, "werving=open"), FIGURES_OK);
    const struct figure *mean = &figures.lines[0].measures[FIGURES_MEAN];
    cr_expect_float_eq(mean->value, 5, 0.5);
    cr_expect(mean->interval && mean->low < 5 && 5 < mean->high && mean->high - mean->low < 1);
    release_scene_remove(&scene);
}

/* ---- every night, and for everybody ---- */

static json_t *releases_at(uint16_t port, char tag[128])
{
    struct client_reply reply;
    client_get(&reply, port, "/v1/consultaties/uitgave/uitgaven");
    expect_status(&reply, 200);
    snprintf(tag, 128, "%s", client_header(&reply, "ETag"));
    cr_expect_str_eq(client_header(&reply, "Cache-Control"), "public, max-age=300");
    cr_expect_null(strstr(reply.body, "positie"), "places in the log count people");
    return reply_json(&reply);
}

/* Whether the round's newest release is of this number, at most ten seconds from now. */
static bool comes(uint16_t port, int number)
{
    for (int tries = 0; tries < 100; tries++) {
        char tag[128];
        json_t *body = releases_at(port, tag);
        json_t *round = json_array_get(json_object_get(body, "rondes"), 0);
        const bool there = json_integer_value(json_object_get(round, "nummer")) == number;
        json_decref(body);
        if (there) {
            return true;
        }
        client_sleep_ms(100);
    }
    return false;
}

static void get_public(struct client_reply *reply, uint16_t port, const char *query, const char *headers)
{
    char target[256];
    snprintf(target, sizeof target, "/v1/consultaties/uitgave/%s", query);
    api_call(reply, port, NULL, "GET", target, headers, NULL);
}

Test(release, gives_values_and_says_what_keeps_them)
{
    struct client_reply reply;
    begin(1500);
    scene_release_now(&scene);
    struct app *app = app_up(&scene.place);
    cr_assert(comes(port_of(app), 1));
    get_public(&reply, port_of(app), "waarden?ronde=" PUBLIC_ROUND, "");
    expect_status(&reply, 200);
    expect_says(&reply, "\"weergave\":\"openbaar\"");
    expect_says(&reply, "\"variabele\":\"mening\",\"dimensie\":\"aanvaardbaarheid\"");
    expect_says(&reply, "\"maat\":\"netto\"");
    get_public(&reply, port_of(app), "waarden?werving=alle&ronde=" PUBLIC_ROUND, "");
    expect_status(&reply, 403);
    expect_says(&reply, "een-werving");
    app_down(app);
    release_scene_remove(&scene);
}

Test(release, says_in_csv_how_it_is_protected)
{
    struct client_reply reply;
    begin(300);
    scene_release_now(&scene);
    struct app *app = app_up(&scene.place);
    cr_assert(comes(port_of(app), 1));
    static const char *const queries[] = {"tabellen?variabele=mening&ronde=" PUBLIC_ROUND,
                                          "waarden?ronde=" PUBLIC_ROUND};
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        get_public(&reply, port_of(app), queries[i], "Accept: text/csv\r\n");
        expect_status(&reply, 200);
        expect_says(&reply,
                    ",weegmarges,drempel,uitgave,minder_dan,ruis_tot_en_met,ruis_variantie,opent_op,");
        expect_says(&reply, ",10,1,15,5,2,2026-06-01T00:00:00Z,");
        cr_expect_null(strstr(reply.body, "positie"), "places in the log count people");
    }
    app_down(app);
    release_scene_remove(&scene);
}

Test(release, is_made_each_night_once_for_all_instances)
{
    char tags[2][128];
    struct client_reply reply;
    begin(300);
    struct app *apps[2] = {app_up(&scene.place), app_up(&scene.place)};
    for (int i = 0; i < 2; i++) {
        cr_assert(comes(port_of(apps[i]), 1));
    }
    people_add_random(&scene, 100);
    clock_forward(DAY_S);
    json_t *bodies[2];
    for (int i = 0; i < 2; i++) {
        cr_assert(comes(port_of(apps[i]), 2));
        bodies[i] = releases_at(port_of(apps[i]), tags[i]);
    }
    cr_expect(json_equal(bodies[0], bodies[1]), "the same on all instances");
    cr_expect_str_eq(tags[0], tags[1]);
    cr_expect_eq(number_of("SELECT count(*) FROM zs.release"), 2);
    cr_expect_eq(
        number_of("SELECT count(*) FROM zs.audit_event WHERE action = 'release.make' AND actor = 'system'"),
        2);
    client_get(&reply, port_of(apps[0]), "/v1/consultaties/nergens/uitgaven");
    expect_status(&reply, 404);
    for (int i = 0; i < 2; i++) {
        json_decref(bodies[i]);
        app_down(apps[i]);
    }
    release_scene_remove(&scene);
}
