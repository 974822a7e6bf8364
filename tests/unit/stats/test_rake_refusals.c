/* What raking refuses, and what it takes together. */
#include "stats/rake.h"

#include "weighting.h"

#include <criterion/criterion.h>
#include <math.h>

TestSuite(rake_refusals);

/* 2 margins of 3 and 2 categories; categories of profile h: (h / 3, h % 3), missing is 3 and 2. */
enum { PROFILES = 12 };
static uint16_t categories[PROFILES * 2];
static uint64_t n[PROFILES];

struct scene {
    struct rake_sample sample;
    double targets[2][3];
    uint16_t neighbours[2][3];
    struct rake_margin margins[2];
    struct rake_limits limits;
};

/* 100 in each profile without missing values, none in the others. */
static void begin(struct scene *scene)
{
    *scene = (struct scene){.targets = {{30, 50, 20}, {0.5, 0.5}},
                            .neighbours = {{RAKE_ALONE, RAKE_ALONE, RAKE_ALONE}, {RAKE_ALONE, RAKE_ALONE}},
                            .limits = RAKE_LIMITS};
    scene->margins[0] = (struct rake_margin){3, scene->targets[0], 100, 0, scene->neighbours[0], NULL};
    scene->margins[1] = (struct rake_margin){2, scene->targets[1], 1, 0, scene->neighbours[1], NULL};
    scene->sample = (struct rake_sample){.margins = 2, .categories = categories, .n = n};
}

static void put(struct scene *scene, uint16_t a, uint16_t b, uint64_t people)
{
    size_t h = scene->sample.profiles++;
    cr_assert_lt(h, PROFILES);
    categories[2 * h] = a;
    categories[2 * h + 1] = b;
    n[h] = people;
}

static void put_all(struct scene *scene)
{
    for (uint16_t h = 0; h < 6; h++) {
        put(scene, h / 2, h % 2, 100);
    }
}

static void expect_refusal(const struct scene *scene, struct rake_refusal wanted)
{
    struct rake_result result;
    struct rake_refusal why;
    enum rake_status status = rake(&result, &scene->sample, scene->margins, 2, &scene->limits, &why);
    cr_expect_eq(status, wanted.status, "status %d, wanted %d", status, wanted.status);
    cr_expect_eq(why.status, wanted.status);
    cr_expect_eq(why.margin, wanted.margin);
    cr_expect_eq(why.category, wanted.category, "category %u, wanted %u", why.category, wanted.category);
    cr_expect(fabs(why.value - wanted.value) <= 1e-9 * fabs(wanted.value), "%g, wanted %g", why.value,
              wanted.value);
    cr_expect(fabs(why.wanted - wanted.wanted) <= 1e-9 * fabs(wanted.wanted));
    cr_expect_null(result.weights);
    rake_result_free(&result);
}

Test(rake_refusals, limits)
{
    struct scene s;
    const struct rake_limits wrong[] = {{1, 5, 1},   {-0.1, 5, 1}, {0.2, 1, 1},  {0.2, 16, 1},
                                        {0.2, 5, 0}, {NAN, 5, 1},  {0.2, NAN, 1}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        begin(&s);
        put_all(&s);
        s.limits = wrong[i];
        expect_refusal(&s, (struct rake_refusal){.status = RAKE_BAD_LIMITS});
    }
    begin(&s);
    put_all(&s);
    s.sample.margins = 1;
    expect_refusal(&s, (struct rake_refusal){.status = RAKE_BAD_LIMITS});
    begin(&s);
    s.margins[1].categories = 0;
    expect_refusal(&s, (struct rake_refusal){.status = RAKE_BAD_MARGIN, .margin = 1});
}

Test(rake_refusals, targets)
{
    struct scene s;
    begin(&s);
    put_all(&s);
    s.targets[0][1] = -50;
    expect_refusal(&s, (struct rake_refusal){RAKE_BAD_TARGET, 0, 1, -50, 0});
    s.targets[0][1] = 49.9;
    expect_refusal(&s, (struct rake_refusal){RAKE_TARGETS_DO_NOT_SUM, 0, 0, 99.9, 100});
    s.margins[0].slack = 0.15; /* what rounding of three percentages to 0.1 may give */
    struct rake_result result;
    cr_assert_eq(rake(&result, &s.sample, s.margins, 2, &s.limits, NULL), RAKE_OK);
    cr_expect_float_eq(result.categories[0][1].target, 49.9 / 99.9, 1e-15);
    cr_expect_float_eq(result.categories[0][1].achieved, 49.9 / 99.9, 1e-12);
    rake_result_free(&result);
    s.neighbours[0][2] = 3;
    expect_refusal(&s, (struct rake_refusal){RAKE_BAD_NEIGHBOUR, 0, 2, 3, 0});
    s.neighbours[0][2] = 2;
    expect_refusal(&s, (struct rake_refusal){RAKE_BAD_NEIGHBOUR, 0, 2, 2, 0});
}

Test(rake_refusals, sample)
{
    struct scene s;
    begin(&s);
    expect_refusal(&s, (struct rake_refusal){.status = RAKE_EMPTY_SAMPLE});
    put_all(&s);
    put(&s, 0, 3, 5);
    expect_refusal(&s, (struct rake_refusal){RAKE_BAD_SAMPLE, 1, 3, 0, 0});
    s.sample.profiles = 6;
    put(&s, 1, 2, 0);
    expect_refusal(&s, (struct rake_refusal){RAKE_BAD_SAMPLE, 0, 1, 0, 0});
}

Test(rake_refusals, population_and_sample_contradict)
{
    struct scene s;
    begin(&s);
    put_all(&s);
    s.targets[0][0] = 80;
    s.targets[0][1] = 0;
    s.neighbours[0][1] = 0; /* a neighbour does not help: the population says there is nobody */
    expect_refusal(&s, (struct rake_refusal){RAKE_SAMPLE_WITHOUT_TARGET, 0, 1, 200, 0});

    begin(&s);
    put(&s, 0, 0, 100);
    put(&s, 1, 1, 100);
    expect_refusal(&s, (struct rake_refusal){RAKE_TARGET_WITHOUT_SAMPLE, 0, 2, 0.2, 0});

    begin(&s); /* everybody missing */
    put(&s, 3, 0, 100);
    put(&s, 3, 1, 100);
    expect_refusal(&s, (struct rake_refusal){RAKE_TARGET_WITHOUT_SAMPLE, 0, 0, 0.3, 0});
}

Test(rake_refusals, too_small)
{
    struct scene s;
    begin(&s);
    put(&s, 0, 0, 200);
    put(&s, 1, 1, 100);
    put(&s, 2, 0, 10);
    put(&s, 2, 1, 9);
    expect_refusal(&s, (struct rake_refusal){RAKE_TOO_SMALL, 0, 2, 19, 20});
    n[3] = 10;
    struct rake_result result;
    struct rake_refusal why;
    enum rake_status status = rake(&result, &s.sample, s.margins, 2, &s.limits, &why);
    cr_expect_neq(status, RAKE_TOO_SMALL);
    rake_result_free(&result);
}

/* 2 is too small and goes with 1; together they are raked to the sum of their targets. */
Test(rake_refusals, taken_together_with_the_neighbour)
{
    struct scene s;
    begin(&s);
    s.neighbours[0][2] = 1;
    for (uint16_t h = 0; h < 4; h++) {
        put(&s, h / 2, h % 2, 100);
    }
    put(&s, 2, 1, 5);
    struct rake_result result;
    cr_assert_eq(rake(&result, &s.sample, s.margins, 2, &s.limits, NULL), RAKE_OK);
    const struct rake_category *c = result.categories[0];
    cr_expect_eq(result.report.collapsed, 1);
    cr_expect(c[0].group == 0 && c[1].group == 1 && c[2].group == 1 && c[3].group == 3);
    cr_expect_float_eq(c[1].achieved + c[2].achieved, 0.7, 1e-12);
    cr_expect_float_eq(c[2].target, 0.2, 1e-15);
    cr_expect_float_eq(c[1].factor, c[2].factor, 0);
    cr_expect_eq(c[2].n, 5);
    cr_expect_lt(result.report.largest_error, 1e-10);
    rake_result_free(&result);
}

/* Nobody in 1 and 2, which point at each other; only 1's way is shut, and theirs leads on by way of 2. */
Test(rake_refusals, neighbours_of_neighbours)
{
    struct scene s;
    begin(&s);
    s.neighbours[0][1] = 2;
    s.neighbours[0][2] = 1;
    put(&s, 0, 0, 100);
    put(&s, 0, 1, 100);
    expect_refusal(&s, (struct rake_refusal){RAKE_TARGET_WITHOUT_SAMPLE, 0, 1, 0.7, 0});
    s.neighbours[0][2] = 0;
    struct rake_result result;
    cr_assert_eq(rake(&result, &s.sample, s.margins, 2, &s.limits, NULL), RAKE_OK);
    cr_expect_eq(result.report.collapsed, 2);
    cr_expect(result.categories[0][1].group == 0 && result.categories[0][2].group == 0);
    cr_expect_float_eq(result.categories[0][1].factor, result.categories[0][0].factor, 0);
    rake_result_free(&result);
}

/* All of category 0 of one margin are in category 0 of the other, whose target is smaller. */
Test(rake_refusals, no_solution)
{
    struct scene s;
    begin(&s);
    s.targets[0][0] = 60;
    s.targets[0][1] = 20;
    s.targets[0][2] = 20;
    put(&s, 0, 0, 100);
    put(&s, 1, 1, 100);
    put(&s, 2, 1, 100);
    struct rake_result result;
    struct rake_refusal why;
    cr_expect_eq(rake(&result, &s.sample, s.margins, 2, &s.limits, &why), RAKE_NO_CONVERGENCE);
    cr_expect(fabs(why.value - 1) > 1e-3, "%g", why.value);
    cr_expect_null(result.weights);
}

Test(rake_refusals, bounds_that_cannot_be_met)
{
    struct scene s;
    begin(&s);
    s.limits.smallest = 1;
    put_all(&s);
    n[4] = n[5] = 2; /* 4 of 404 have to stand for a fifth */
    expect_refusal(&s, (struct rake_refusal){RAKE_OUT_OF_BOUNDS, 0, 2, 0.2 * 404 / 4, 5});
    s.limits.upper = 15;
    n[4] = n[5] = 4;
    struct rake_result result;
    cr_assert_eq(rake(&result, &s.sample, s.margins, 2, &s.limits, NULL), RAKE_OK);
    cr_expect(result.report.advise_unweighted, "8 people stand for a fifth");
    rake_result_free(&result);
}

/* Who did not say: their own category keeps its share, and its factor near 1. */
Test(rake_refusals, missing_is_a_category)
{
    struct scene s;
    begin(&s);
    put_all(&s);
    put(&s, 3, 0, 60);
    put(&s, 3, 1, 60);
    struct rake_result result;
    cr_assert_eq(rake(&result, &s.sample, s.margins, 2, &s.limits, NULL), RAKE_OK);
    const struct rake_category *c = result.categories[0];
    cr_expect_float_eq(c[3].target, 120.0 / 720, 1e-15);
    cr_expect_float_eq(c[3].achieved, 120.0 / 720, 1e-12);
    cr_expect_float_eq(c[3].factor, 1, 1e-9);
    cr_expect_float_eq(c[0].achieved, 0.3 * 600 / 720, 1e-12);
    /* Nobody was missing on the other margin: whoever comes later gets its mean factor. */
    cr_expect_float_eq(result.categories[1][2].factor, 1, 1e-9);
    rake_result_free(&result);
}

Test(rake_refusals, weights_in_whole_units)
{
    cr_expect_eq(rake_fixed(1), 1u << 27);
    cr_expect_eq(rake_fixed(0), 1);
    cr_expect_eq(rake_fixed(NAN), 1);
    cr_expect_eq(rake_fixed(16), (1u << 31) - 1);
    cr_expect_eq(rake_fixed(INFINITY), (1u << 31) - 1);
    cr_expect_eq(rake_fixed(1.5 / (1u << 27)), 2);
}
