/* The weighted view of the public, against what post-stratification by hand gives. */
#include "app/release_scene.h"

#include <math.h>
#include <string.h>

TestSuite(release_weighted, .fini = leaks_check, .timeout = 110);

enum { WOMEN = 1500, MEN = 500, APPEL = ANSWER_FIRST, PEER = ANSWER_FIRST + 1 };
/* Of the margin "gender" of 1 January 2021. */
static const double SHARE_OF_WOMEN = 7465980.0 / 14761335;

static struct release_scene scene;

/* 3 in 5 women and 1 in 5 men choose an apple. */
static void fill(void)
{
    static struct respondent people[WOMEN + MEN];
    for (int i = 0; i < WOMEN + MEN; i++) {
        const bool woman = i < WOMEN;
        people[i] = respondent_random(&scene);
        people[i].given[0] = (struct given){"keus", i % 5 < (woman ? 3 : 1) ? APPEL : PEER};
        people[i].given[4] = (struct given){"gender", (uint16_t)(ANSWER_FIRST + (woman ? 0 : 1))};
    }
    people_add(&scene, people, WOMEN + MEN);
}

static size_t variable_of(const char *code)
{
    return (size_t)questionnaire_find_variable(scene.round->questionnaire, slice_from_cstr(code));
}

/* by: a group besides gender; NULL for no groups. */
static struct figures ask_by(const char *variable, bool weighted, const char *by)
{
    static const uint16_t open[] = {ANSWER_FIRST};
    struct figures figures;
    struct figures_query query = {.view = FIGURES_PUBLIC,
                                  .round = scene.round,
                                  .variable = variable_of(variable),
                                  .filters = {{variable_of("werving"), open, 1}},
                                  .filter_count = 1,
                                  .base = FIGURES_BASE_ANSWERED,
                                  .weighted = weighted,
                                  .measures = {true, true, true, true},
                                  .shares = true};
    if (by) {
        query.groups[0] = variable_of("gender");
        query.groups[1] = variable_of(by);
        query.group_count = 2;
    }
    cr_assert_eq(figures_of_public(&figures, NULL, scene.place.arena, scene.results, &query), FIGURES_OK);
    return figures;
}

static struct figures ask(const char *variable, bool weighted)
{
    return ask_by(variable, weighted, NULL);
}

static const struct figure *share_of(const struct figures *figures, const char *answer)
{
    for (size_t i = 0; i < figures->answer_count; i++) {
        if (strcmp(figures->answers[i].name, answer) == 0) {
            return &figures->lines[0].cells[i].share;
        }
    }
    cr_assert_fail("%s", answer);
    return NULL;
}

Test(release_weighted, tells_shares_as_the_population_would_have_them)
{
    release_scene_make(&scene, RELEASE_CONSULTATION, PUBLIC_ROUND);
    fill();
    const int32_t version = scene_weigh(&scene);
    scene_release_now(&scene);
    const struct figures bare = ask("keus", false), weighted = ask("keus", true);
    const double truth = 100 * (SHARE_OF_WOMEN * 0.6 + (1 - SHARE_OF_WOMEN) * 0.2);
    const struct figure *plain = share_of(&bare, "appel"), *share = share_of(&weighted, "appel");
    /* The noise of counts and weights: its standard deviation is under 0.2 percentage points. */
    cr_expect_float_eq(plain->value, 50, 0.8);
    cr_expect_float_eq(share->value, truth, 0.8);
    cr_expect(share->interval && share->low < truth && truth < share->high && share->low > 35);
    cr_expect_eq(bare.weights, 0);
    cr_expect_eq(weighted.weights, version);
    cr_expect_neq(strstr(weighted.weights_made_of[0], "2021"), NULL, "%s", weighted.weights_made_of[0]);
    /* Kish: n sum w^2 / (sum w)^2 of two weights; in steps of 0.05. */
    const double f = SHARE_OF_WOMEN / 0.75, m = (1 - SHARE_OF_WOMEN) / 0.25;
    cr_expect_float_eq(weighted.lines[0].design_effect.value, 0.75 * f * f + 0.25 * m * m, 0.05);
    cr_expect_lt(weighted.lines[0].effective_n.value, weighted.lines[0].base.value);
    cr_expect_eq(weighted.lines[0].base.value, bare.lines[0].base.value, "people are people");
    release_scene_remove(&scene);
}

Test(release_weighted, gives_means_and_agreement_their_intervals)
{
    release_scene_make(&scene, RELEASE_CONSULTATION, PUBLIC_ROUND);
    fill();
    scene_weigh(&scene);
    scene_release_now(&scene);
    const struct figures scale = ask("mening", true), number = ask("getal", true);
    for (int measure = 0; measure < FIGURES_MEASURES; measure++) {
        const struct figure *found = &scale.lines[0].measures[measure];
        cr_expect(found->mark == FIGURE_SHOWN && found->interval && found->low <= found->value &&
                      found->value <= found->high && found->low < found->high,
                  "%d", measure);
    }
    const struct figure *mean = &number.lines[0].measures[FIGURES_MEAN];
    cr_expect(mean->interval && mean->low < 5 && 5 < mean->high && mean->high - mean->low < 1);
    release_scene_remove(&scene);
}

/* Of a gender all have the same weight, so that weighted and unweighted mean are of the same sum. Had they
 * one draw of noise, they would be the same number too, and the difference of the two would have none. */
Test(release_weighted, gives_the_weighted_mean_noise_of_its_own)
{
    static const char *const by[] = {"leeftijd", "streek"};
    size_t shown = 0, differ = 0;
    release_scene_make(&scene, RELEASE_CONSULTATION, PUBLIC_ROUND);
    fill();
    scene_weigh(&scene);
    scene_release_now(&scene);
    for (size_t b = 0; b < sizeof by / sizeof by[0]; b++) {
        const struct figures bare = ask_by("getal", false, by[b]), weighted = ask_by("getal", true, by[b]);
        for (size_t i = 0; i < bare.line_count; i++) {
            const struct figure *one = &bare.lines[i].measures[FIGURES_MEAN],
                                *other = &weighted.lines[i].measures[FIGURES_MEAN];
            if (bare.lines[i].groups[0] != FIGURES_ALL && one->mark == FIGURE_SHOWN &&
                other->mark == FIGURE_SHOWN) {
                shown++;
                differ += one->value != other->value;
            }
        }
    }
    cr_expect_geq(shown, 10);
    cr_expect_gt(differ, 0, "of %zu", shown);
    release_scene_remove(&scene);
}

/* ---- who took part ---- */

enum { YOUNG = 900, OLD = 300, HBO = ANSWER_FIRST + 4, AGE_75 = ANSWER_FIRST + 4 };

/* All young ones have vmbo or hbo, half each; of those of 75 and older 1 in 10 hbo. */
static void fill_diplomas(int old)
{
    static struct respondent people[YOUNG + OLD];
    for (int i = 0; i < YOUNG + old; i++) {
        people[i] = respondent_random(&scene);
        const bool is_old = i >= YOUNG;
        if (is_old) {
            people[i].given[3] = (struct given){"leeftijd", AGE_75};
        }
        people[i].given[6] =
            (struct given){"opleiding", i % (is_old ? 10 : 2) == 0 ? HBO : (uint16_t)(ANSWER_FIRST + 2)};
    }
    people_add(&scene, people, (size_t)(YOUNG + old));
    scene_release_now(&scene);
}

static void get_who(struct client_reply *reply, struct app *app)
{
    client_get(reply, port_of(app), "/uitkomsten/uitgave/wie");
    expect_status(reply, 200);
}

Test(release_weighted, compares_diplomas_among_those_of_whom_the_figures_are)
{
    static struct client_reply reply;
    release_scene_make(&scene, RELEASE_CONSULTATION, PUBLIC_ROUND);
    fill_diplomas(OLD);
    struct app *app = app_up(&scene.place);
    const int64_t all = scene_count(&scene, "opleiding", "hbo", ""),
                  old = scene_count(&scene, "opleiding", "hbo", "leeftijd=75-plus");
    char cell[64];
    get_who(&reply, app);
    /* 450 of 900, where of all 1200 it would be 480: 40 %. */
    snprintf(cell, sizeof cell, "column\">%d</td>", (int)(all - old));
    expect_says(&reply, cell);
    const char *diplomas = strstr(reply.body, "Wat is uw hoogste diploma?</h2>");
    cr_assert_not_null(diplomas);
    cr_expect_not_null(
        strstr(diplomas, "Over deze groep heeft het CBS hier geen cijfers: 75 jaar of ouder."));
    cr_expect_not_null(strstr(diplomas, "telt apart"));
    const char *missing = strstr(reply.body, "Deze groepen deden minder mee");
    cr_assert_not_null(missing);
    cr_expect_null(strstr(missing, "75 jaar of ouder;"), "of them nothing is expected");
    app_down(app);
    release_scene_remove(&scene);
}

Test(release_weighted, compares_no_diplomas_when_those_beyond_are_too_few_to_tell)
{
    static struct client_reply reply;
    release_scene_make(&scene, RELEASE_CONSULTATION, PUBLIC_ROUND);
    fill_diplomas(4);
    struct app *app = app_up(&scene.place);
    get_who(&reply, app);
    expect_says(&reply, "Daarom vergelijken wij hier niet.");
    app_down(app);
    release_scene_remove(&scene);
}
