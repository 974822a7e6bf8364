#include "stats/rake.h"

#include "support.h"
#include "weighting.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

TestSuite(rake);

static struct person people[FIXTURE_PEOPLE];

/* fixtures/weights.csv: survey's calibrate(calfun = "raking") and rake of R, which agree; every profile once.
 */
static void expect_weights(const char *run, const struct rake_sample *sample,
                           const struct rake_result *result)
{
    FILE *file = fixture_open("weights.csv");
    char name[16];
    unsigned c[FIXTURE_MARGINS];
    double weight;
    size_t lines = 0;
    while (fscanf(file, "%15[^,],%u,%u,%u,%u,%lf\n", name, &c[0], &c[1], &c[2], &c[3], &weight) == 6) {
        if (strcmp(name, run) != 0) {
            continue;
        }
        uint16_t profile[FIXTURE_MARGINS] = {(uint16_t)c[0], (uint16_t)c[1], (uint16_t)c[2], (uint16_t)c[3]};
        size_t h = profile_number(sample, profile);
        cr_expect_float_eq(result->weights[h], weight, 1e-8, "%s: profile %u %u %u %u: %.12f, R %.12f", run,
                           c[0], c[1], c[2], c[3], result->weights[h], weight);
        cr_expect_float_eq(rake_fixed(result->weights[h]) / (double)(1u << 27), weight, 1e-8);
        lines++;
    }
    fclose(file);
    cr_expect_eq(lines, sample->profiles);
}

/* fixtures/weighting.csv: the report. */
static void expect_report(const char *run, const struct rake_report *report)
{
    FILE *file = fixture_open("weighting.csv");
    char name[16];
    unsigned n, loops;
    double lowest, highest, deff, effective;
    bool found = false;
    while (fscanf(file, "%15[^,],%u,%u,%lf,%lf,%lf,%lf\n", name, &n, &loops, &lowest, &highest, &deff,
                  &effective) == 7) {
        if (strcmp(name, run) != 0) {
            continue;
        }
        found = true;
        cr_expect_eq(report->n, n);
        cr_expect_eq(report->loops, loops, "%s: %u loops, R %u", run, report->loops, loops);
        cr_expect_float_eq(report->lowest, lowest, 1e-8);
        cr_expect_float_eq(report->highest, highest, 1e-8);
        cr_expect_float_eq(report->design_effect, deff, 1e-8);
        cr_expect_float_eq(report->effective_n, effective, 1e-5);
    }
    fclose(file);
    cr_expect(found);
    cr_expect_lt(report->deviation, 1e-12);
    cr_expect_lt(report->largest_error, 1e-9);
    cr_expect_eq(report->collapsed, 0);
    cr_expect_not(report->advise_unweighted);
}

static void as_r(const char *run, const char *from, struct rake_limits limits)
{
    struct rake_margin margins[FIXTURE_MARGINS];
    margins_load(margins);
    size_t count = people_load(people, from);
    struct rake_sample sample = sample_of(people, count, margins, false);
    struct rake_result result;
    cr_assert_eq(rake(&result, &sample, margins, FIXTURE_MARGINS, &limits, NULL), RAKE_OK);
    expect_weights(run, &sample, &result);
    expect_report(run, &result.report);
    for (size_t h = 0; limits.lower <= 0 && h < sample.profiles; h++) {
        double product = 1;
        for (size_t m = 0; m < FIXTURE_MARGINS; m++) {
            product *= result.categories[m][sample.categories[h * FIXTURE_MARGINS + m]].factor;
        }
        cr_expect_float_eq(product, result.weights[h], 1e-11, "factors make up the weight");
    }
    rake_result_free(&result);
    rake_sample_free(&sample);
}

Test(rake, mild_as_r)
{
    as_r("mild", "mild", limits_wide());
}

Test(rake, hard_as_r)
{
    as_r("hard", "hard", limits_wide());
}

Test(rake, cap_and_rake_as_r)
{
    struct rake_limits limits = RAKE_LIMITS;
    limits.lower = 0.25;
    limits.upper = 4;
    as_r("hard_capped", "hard", limits);
}

/* One margin, of region and age crossed: R's postStratify. */
Test(rake, post_stratification_as_r)
{
    struct rake_margin margins[FIXTURE_MARGINS];
    margins_load(margins);
    people_load(people, "mild");
    uint64_t n[FIXTURE_REGIONS * FIXTURE_AGES] = {0};
    double targets[FIXTURE_REGIONS * FIXTURE_AGES];
    uint16_t categories[FIXTURE_REGIONS * FIXTURE_AGES];
    for (size_t i = 0; i < FIXTURE_PEOPLE; i++) {
        n[people[i].categories[0] * FIXTURE_AGES + people[i].categories[2]]++;
    }
    for (uint16_t c = 0; c < FIXTURE_REGIONS * FIXTURE_AGES; c++) {
        categories[c] = c;
        targets[c] = margins[0].targets[c / FIXTURE_AGES] * margins[2].targets[c % FIXTURE_AGES];
    }
    const struct rake_margin cells = {
        .categories = FIXTURE_REGIONS * FIXTURE_AGES, .targets = targets, .total = 1};
    const struct rake_sample sample = {1, FIXTURE_REGIONS * FIXTURE_AGES, categories, n};
    struct rake_limits limits = limits_wide();
    struct rake_result result;
    cr_assert_eq(rake(&result, &sample, &cells, 1, &limits, NULL), RAKE_OK);
    cr_expect_leq(result.report.sweeps, 2, "one pass, and one to see that it was exact");
    expect_report("post", &result.report);
    FILE *file = fixture_open("weights.csv");
    char name[16];
    unsigned region, age;
    double weight;
    int lines = 0;
    while (fscanf(file, "%15[^,],%u,%*u,%u,%*u,%lf\n", name, &region, &age, &weight) == 4) {
        if (strcmp(name, "post") == 0) {
            cr_expect_float_eq(result.weights[region * FIXTURE_AGES + age], weight, 1e-8);
            lines++;
        }
    }
    fclose(file);
    cr_expect_gt(lines, 100);
    rake_result_free(&result);
}

/* ---- properties ---- */

static double achieved(const struct random_scene *scene, const struct rake_result *result, size_t m,
                       uint32_t c)
{
    double share = 0, total = 0;
    for (size_t h = 0; h < scene->sample.profiles; h++) {
        double mass = (double)scene->sample.n[h] * result->weights[h];
        total += mass;
        share += scene->sample.categories[h * scene->sample.margins + m] == c ? mass : 0;
    }
    return share / total;
}

/* Margins hold, the mean is 1, those missing keep their share, the report is what one finds by counting. */
static void expect_margins(const struct random_scene *scene, const struct rake_result *result)
{
    double people_total = 0, mass = 0;
    for (size_t h = 0; h < scene->sample.profiles; h++) {
        people_total += (double)scene->sample.n[h];
        mass += (double)scene->sample.n[h] * result->weights[h];
    }
    cr_expect_float_eq(mass, people_total, 1e-9 * people_total);
    for (size_t m = 0; m < scene->sample.margins; m++) {
        const struct rake_margin *margin = &scene->margins[m];
        uint32_t last = margin->categories;
        double missing = (double)result->categories[m][last].n / people_total;
        cr_expect_float_eq(achieved(scene, result, m, last), missing, 1e-11);
        for (uint32_t c = 0; c < last; c++) {
            double target = scene->targets[m][c] / margin->total * (1 - missing);
            cr_expect_float_eq(result->categories[m][c].target, target, 1e-12);
            cr_expect_float_eq(achieved(scene, result, m, c), target, 1e-11);
            cr_expect_float_eq(result->categories[m][c].achieved, target, 1e-11);
        }
    }
}

/* Most random margins can be met, for they were made from weights; not all within the bounds. */
Test(rake, margins_hold_and_so_do_bounds)
{
    uint64_t state = 11;
    int solved = 0, capped = 0;
    for (int i = 0; i < 300; i++) {
        struct random_scene scene;
        scene_make(&scene, &state);
        struct rake_limits limits = {.lower = 0.5, .upper = 2, .smallest = 1};
        struct rake_result result;
        struct rake_refusal why;
        if (rake(&result, &scene.sample, scene.margins, scene.sample.margins, &limits, &why) == RAKE_OK) {
            solved++;
            capped += result.report.loops > 0;
            expect_margins(&scene, &result);
            for (size_t h = 0; h < scene.sample.profiles; h++) {
                cr_expect(result.weights[h] >= 0.5 * (1 - 1e-6) && result.weights[h] <= 2 * (1 + 1e-6));
            }
            rake_result_free(&result);
        } else {
            cr_expect_neq(why.status, RAKE_OK);
        }
        scene_free(&scene);
    }
    cr_expect_gt(solved, 200);
    cr_expect_gt(capped, 5, "%d", capped);
}

static void turn_round(struct random_scene *turned, const struct random_scene *scene)
{
    *turned = *scene;
    const size_t margins = scene->sample.margins, profiles = scene->sample.profiles;
    turned->sample.categories = malloc(profiles * margins * sizeof *turned->sample.categories);
    turned->sample.n = malloc(profiles * sizeof *turned->sample.n);
    cr_assert(turned->sample.categories && turned->sample.n);
    for (size_t h = 0; h < profiles; h++) {
        turned->sample.n[h] = scene->sample.n[profiles - 1 - h];
        for (size_t m = 0; m < margins; m++) {
            turned->sample.categories[h * margins + m] =
                scene->sample.categories[(profiles - 1 - h) * margins + margins - 1 - m];
        }
    }
    for (size_t m = 0; m < margins; m++) {
        turned->margins[m] = scene->margins[margins - 1 - m];
    }
}

Test(rake, order_of_margins_and_profiles_does_not_matter)
{
    uint64_t state = 5;
    int solved = 0;
    for (int i = 0; i < 200; i++) {
        struct random_scene scene, turned;
        scene_make(&scene, &state);
        turn_round(&turned, &scene);
        struct rake_limits limits = limits_wide();
        struct rake_result a = {0}, b = {0};
        enum rake_status one = rake(&a, &scene.sample, scene.margins, scene.sample.margins, &limits, NULL);
        enum rake_status other =
            rake(&b, &turned.sample, turned.margins, turned.sample.margins, &limits, NULL);
        cr_expect_eq(one, other);
        for (size_t h = 0; one == RAKE_OK && other == RAKE_OK && h < scene.sample.profiles; h++) {
            cr_expect_float_eq(a.weights[h], b.weights[scene.sample.profiles - 1 - h], 1e-8);
        }
        solved += one == RAKE_OK;
        rake_result_free(&a);
        rake_result_free(&b);
        scene_free(&turned);
        scene_free(&scene);
    }
    cr_expect_gt(solved, 120);
}

/* Anything at all as numbers: an answer that holds, or a refusal; never a fault. Sanitizers watch. */
Test(rake, anything_at_all)
{
    static const double odd[] = {0,     -1,   NAN, INFINITY, -INFINITY, 1e308, 1e-308, 5e-324,
                                 1e-12, 1e12, 0.5, 1,        1000,      3,     7,      0.1};
    uint64_t state = 77;
    int seen[RAKE_NO_MEMORY + 1] = {0};
    for (int i = 0; i < 3000; i++) {
        struct random_scene scene;
        scene_make(&scene, &state);
        uint16_t neighbours[RANDOM_MARGINS_MAX][RANDOM_CATEGORIES_MAX];
        for (uint32_t change = random_below(&state, 4); change > 0; change--) {
            size_t m = random_below(&state, (uint32_t)scene.sample.margins);
            scene.targets[m][random_below(&state, RANDOM_CATEGORIES_MAX)] = odd[random_below(&state, 16)];
            if (random_below(&state, 2)) {
                scene.margins[m].total = odd[random_below(&state, 16)];
            }
            scene.margins[m].slack = random_below(&state, 3) ? 1e9 : odd[random_below(&state, 16)];
        }
        for (size_t m = 0; m < scene.sample.margins; m++) {
            for (uint32_t c = 0; c < RANDOM_CATEGORIES_MAX; c++) {
                neighbours[m][c] = random_below(&state, 4) ? (uint16_t)(c + 1) % scene.margins[m].categories
                                                           : (uint16_t)random_next(&state);
            }
            scene.margins[m].neighbours = random_below(&state, 3) ? NULL : neighbours[m];
        }
        if (random_below(&state, 20) == 0) {
            scene.sample.n[0] = random_next(&state) >> random_below(&state, 64);
            scene.sample.categories[0] = (uint16_t)random_below(&state, 10);
        }
        struct rake_limits limits = {.lower = random_below(&state, 2) ? 0.2 : 0,
                                     .upper = 1 + random_below(&state, 150) / 10.0,
                                     .smallest = random_below(&state, 60)};
        struct rake_result result;
        struct rake_refusal why;
        enum rake_status status =
            rake(&result, &scene.sample, scene.margins, scene.sample.margins, &limits, &why);
        cr_assert(status <= RAKE_NO_MEMORY && status == why.status);
        seen[status]++;
        cr_expect(status != RAKE_OK || result.report.largest_error < 1e-8);
        cr_expect(status != RAKE_OK || result.report.highest <= limits.upper * 1.000001);
        rake_result_free(&result);
        scene_free(&scene);
    }
    for (int status = RAKE_OK; status < RAKE_NO_MEMORY; status++) {
        bool unlikely = status == RAKE_BAD_MARGIN || status == RAKE_EMPTY_SAMPLE;
        cr_expect(unlikely || seen[status] > 0, "status %d was never seen", status);
    }
}
