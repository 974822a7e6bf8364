/* Releases: made from the log, stored once, carried over, and told to the public. */
#include "app/release_scene.h"

#include <math.h>
#include <stdio.h>

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

Test(release, is_kept_back_until_it_may_be_told)
{
    struct release_report report;
    release_scene_make(&scene, RELEASE_CONSULTATION, ANALYSTS_ROUND);
    people_add_random(&scene, 100);
    cr_expect_eq(scene_release(&scene, &report, false), RELEASE_EMBARGO, "it takes answers, for analysts");
    clock_set(scene.round->closes_at);
    cr_expect_eq(scene_release(&scene, &report, false), RELEASE_MADE, "it closed");
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
