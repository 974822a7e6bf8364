#include "stats/estimate.h"

#include "stats/beta.h"
#include "stats/rake_variance.h"
#include "support.h"
#include "weighting.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

TestSuite(estimate);

enum { ANSWERS = 5 };
static struct person people[FIXTURE_PEOPLE];

/* A sample of the fixtures, raked by us: from people to intervals, all of it is compared. */
struct scene {
    struct rake_margin margins[FIXTURE_MARGINS];
    struct rake_sample sample;
    struct rake_result raked;
    struct sums sums[FIXTURE_REGIONS + 1][FIXTURE_ANSWERS]; /* all stands behind the last region */
};

static struct scene scene_begin(const char *name)
{
    struct scene s = {0};
    margins_load(s.margins);
    people_load(people, name);
    s.sample = sample_of(people, FIXTURE_PEOPLE, s.margins, false);
    struct rake_limits limits = limits_wide();
    cr_assert_eq(rake(&s.raked, &s.sample, s.margins, FIXTURE_MARGINS, &limits, NULL), RAKE_OK);
    for (size_t i = 0; i < FIXTURE_PEOPLE; i++) {
        double w = s.raked.weights[profile_number(&s.sample, people[i].categories)];
        struct sums *into[] = {&s.sums[people[i].categories[0]][people[i].answer],
                               &s.sums[FIXTURE_REGIONS][people[i].answer]};
        for (int k = 0; k < 2; k++) {
            into[k]->n++;
            into[k]->weight += w;
            into[k]->weight_squared += w * w;
        }
    }
    return s;
}

static void scene_end(struct scene *s)
{
    rake_result_free(&s->raked);
    rake_sample_free(&s->sample);
}

/* Of a domain (-1: all) with scores for the answers: knowing that the weights were raked. */
static double raked_variance(const struct scene *s, int region, const double *scores, double *mean)
{
    struct rake_sample classed = sample_of(people, FIXTURE_PEOPLE, s->margins, true);
    double *weights = malloc(classed.profiles * sizeof *weights);
    uint32_t counts[FIXTURE_MARGINS];
    double in_domain[2 * FIXTURE_ANSWERS];
    cr_assert_not_null(weights);
    for (size_t m = 0; m < FIXTURE_MARGINS; m++) {
        counts[m] = s->margins[m].categories + 1;
    }
    for (size_t k = 0; k < FIXTURE_ANSWERS; k++) {
        in_domain[k] = k < ANSWERS ? scores[k] : (double)NAN;
    }
    for (size_t h = 0; h < classed.profiles; h++) {
        uint16_t *profile = classed.categories + h * classed.margins;
        weights[h] = s->raked.weights[profile_number(&s->sample, profile)];
        if (region >= 0 && profile[0] != region) {
            profile[FIXTURE_MARGINS] = FIXTURE_ANSWERS; /* no class of the domain */
        }
    }
    const struct rake_variance_input input = {
        &classed, weights, in_domain, FIXTURE_ANSWERS, s->raked.categories, counts};
    double variance = -1;
    cr_assert(rake_variance(&variance, mean, &input));
    free(weights);
    rake_sample_free(&classed);
    return variance;
}

static const struct sums *domain_sums(const struct scene *s, int region)
{
    return s->sums[region < 0 ? FIXTURE_REGIONS : region];
}

static void expect_close(double ours, double r, double tolerance, const char *what, int region,
                         unsigned answer)
{
    cr_expect(fabs(ours - r) <= tolerance, "%s, region %d answer %u: %.15g, R %.15g", what, region, answer,
              ours, r);
}

static const struct estimate_options options = {.all_n = FIXTURE_PEOPLE, .z = INTERVAL_Z95};

/* fixtures/estimates.csv: svymean, svyciprop and prop.test of R. */
static void shares_as_r(const char *name)
{
    struct scene s = scene_begin(name);
    FILE *file = fixture_open("estimates.csv");
    char sample[16];
    int region, n, lines = 0, exact = 0;
    unsigned answer;
    double r[11];
    while (fscanf(file, "%15[^,],%d,%u,%d,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf,%lf\n", sample, &region,
                  &answer, &n, &r[0], &r[1], &r[2], &r[3], &r[4], &r[5], &r[6], &r[7], &r[8], &r[9],
                  &r[10]) == 15) {
        if (strcmp(sample, name) != 0) {
            continue;
        }
        struct estimate out[ANSWERS];
        cr_assert(estimate_distribution(out, domain_sums(&s, region), ANSWERS, &options));
        const struct estimate *e = &out[answer];
        cr_expect_eq((int)e->n, n);
        expect_close(e->value, r[0], 1e-10, "share", region, answer);
        expect_close(sqrt(e->variance), sqrt(r[1]), 1e-9 * sqrt(r[1]), "standard error", region, answer);
        double scores[ANSWERS] = {0}, mean;
        scores[answer] = 1;
        double raked = raked_variance(&s, region, scores, &mean);
        expect_close(mean, r[0], 1e-10, "mean of raked", region, answer);
        expect_close(sqrt(raked), sqrt(r[2]), 1e-9 * sqrt(r[2]), "raked standard error", region, answer);
        expect_close(e->kish, r[3], 1e-9 * r[3], "Kish", region, answer);
        expect_close(e->effective_n, r[4], 1e-8 * r[4], "effective n", region, answer);
        expect_close(e->interval.low, r[5], 1e-7, "Wilson, low", region, answer);
        expect_close(e->interval.high, r[6], 1e-7, "Wilson, high", region, answer);
        if (e->value > 0 && e->value < 1) {
            struct interval kg =
                interval_korn_graubard(e->value, e->value * (1 - e->value) / e->variance, INTERVAL_Z95);
            struct interval logit = interval_logit(e->value, e->variance, INTERVAL_Z95);
            expect_close(kg.low, r[7], 1e-7, "Korn-Graubard, low", region, answer);
            expect_close(kg.high, r[8], 1e-7, "Korn-Graubard, high", region, answer);
            expect_close(logit.low, r[9], 1e-7, "logit, low", region, answer);
            expect_close(logit.high, r[10], 1e-7, "logit, high", region, answer);
            exact++;
        }
        lines++;
    }
    fclose(file);
    cr_expect_eq(lines, 30);
    cr_expect_gt(exact, 20);
    scene_end(&s);
}

Test(estimate, shares_of_the_mild_sample_as_r)
{
    shares_as_r("mild");
}

Test(estimate, shares_of_the_hard_sample_as_r)
{
    shares_as_r("hard");
}

/* fixtures/means.csv: svymean and confint of R. */
static void means_as_r(const char *name)
{
    struct scene s = scene_begin(name);
    FILE *file = fixture_open("means.csv");
    char sample[16], kind[8];
    int region, lines = 0;
    double r[6];
    double scores[FIXTURE_ANSWERS] = {1, 2, 3, 4, 5, NAN}, net[FIXTURE_ANSWERS];
    cr_assert(estimate_net_scores(net, ANSWERS));
    net[ANSWERS] = NAN;
    while (fscanf(file, "%15[^,],%d,%7[^,],%lf,%lf,%lf,%lf,%lf,%lf\n", sample, &region, kind, &r[0], &r[1],
                  &r[2], &r[3], &r[4], &r[5]) == 9) {
        if (strcmp(sample, name) != 0) {
            continue;
        }
        const double *used = strcmp(kind, "net") == 0 ? net : scores;
        struct estimate e;
        cr_assert(estimate_mean(&e, domain_sums(&s, region), used, FIXTURE_ANSWERS, &options));
        expect_close(e.value, r[0], 1e-10, kind, region, 0);
        expect_close(sqrt(e.variance), sqrt(r[1]), 1e-9 * sqrt(r[1]), "standard error", region, 0);
        expect_close(sqrt(raked_variance(&s, region, used, NULL)), sqrt(r[2]), 1e-9 * sqrt(r[2]),
                     "raked standard error", region, 0);
        expect_close(e.effective_n, r[3], 1e-8 * r[3], "effective n", region, 0);
        expect_close(e.interval.low, r[4], 1e-7, "low", region, 0);
        expect_close(e.interval.high, r[5], 1e-7, "high", region, 0);
        lines++;
    }
    fclose(file);
    cr_expect_eq(lines, 12);
    scene_end(&s);
}

Test(estimate, means_and_nets_as_r)
{
    means_as_r("mild");
    means_as_r("hard");
}

/* fixtures/differences.csv: of a region and the one before. */
Test(estimate, differences_as_r)
{
    struct scene s = scene_begin("mild");
    FILE *file = fixture_open("differences.csv");
    char sample[16];
    int region, lines = 0;
    unsigned answer;
    double value, low, high;
    while (fscanf(file, "%15[^,],%d,%u,%lf,%lf,%lf\n", sample, &region, &answer, &value, &low, &high) == 6) {
        if (strcmp(sample, "mild") != 0) {
            continue;
        }
        struct estimate a[ANSWERS], b[ANSWERS];
        cr_assert(estimate_distribution(a, domain_sums(&s, region - 1), ANSWERS, &options));
        cr_assert(estimate_distribution(b, domain_sums(&s, region), ANSWERS, &options));
        struct difference d = estimate_difference(&a[answer], &b[answer]);
        expect_close(d.value, value, 1e-10, "difference", region, answer);
        expect_close(d.interval.low, low, 1e-7, "low", region, answer);
        expect_close(d.interval.high, high, 1e-7, "high", region, answer);
        cr_expect_eq(d.excludes_zero, low > 0 || high < 0);
        lines++;
    }
    fclose(file);
    cr_expect_eq(lines, 20);
    scene_end(&s);
}

/* Newcombe 1998, Statistics in Medicine 17:873, table II, method 10. */
Test(estimate, differences_as_published)
{
    static const struct {
        double a, m, b, n, low, high;
    } published[] = {{56, 70, 48, 80, 0.0524, 0.3339},
                     {9, 10, 3, 10, 0.1705, 0.8090},
                     {10, 10, 0, 20, 0.6791, 1.0000},
                     {5, 56, 0, 29, -0.0381, 0.1926}};
    for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
        double a = published[i].a / published[i].m, b = published[i].b / published[i].n;
        struct interval d = interval_difference(a, interval_wilson(a, published[i].m, INTERVAL_Z95), b,
                                                interval_wilson(b, published[i].n, INTERVAL_Z95));
        cr_expect_float_eq(d.low, published[i].low, 5.1e-5, "%zu: %g", i, d.low);
        cr_expect_float_eq(d.high, published[i].high, 5.1e-5, "%zu: %g", i, d.high);
    }
}

Test(estimate, beta)
{
    /* Uniform, powers, and the binomial: P(X <= x) of Beta(k, n-k+1) is P(at least k of n). */
    cr_expect_float_eq(beta_below(0.3, 1, 1), 0.3, 1e-14);
    cr_expect_float_eq(beta_below(0.3, 4, 1), 0.3 * 0.3 * 0.3 * 0.3, 1e-15);
    cr_expect_float_eq(beta_below(0.5, 3, 3), 0.5, 1e-14);
    cr_expect_float_eq(beta_below(0.25, 2, 3), 1 - 0.75 * 0.75 * 0.75 * 0.75 - 4 * 0.25 * 0.75 * 0.75 * 0.75,
                       1e-14);
    uint64_t state = 3;
    int tested = 0;
    for (int i = 0; i < 2000; i++) {
        double a = exp(random_below(&state, 2000) / 100.0 - 4),
               b = exp(random_below(&state, 2000) / 100.0 - 4);
        double p = (1 + random_below(&state, 998)) / 1000.0;
        double x = beta_quantile(p, a, b);
        cr_assert(x >= 0 && x <= 1);
        /* Very skewed ones have quantiles that a double can hardly tell from 0 or 1. */
        if (x > 1e-6 && x < 1 - 1e-6) {
            tested++;
            cr_expect_float_eq(beta_below(x, a, b), p, 1e-8, "Beta(%g, %g) at %g", a, b, p);
            cr_expect_float_eq(beta_below(1 - x, b, a), 1 - p, 1e-8);
        }
    }
    cr_expect_gt(tested, 1500);
}

Test(estimate, everybody_the_same)
{
    const struct sums one[] = {{0, 0, 0}, {50, 60, 80}, {0, 0, 0}};
    struct estimate out[3];
    cr_assert(estimate_distribution(out, one, 3, &options));
    cr_expect_float_eq(out[1].value, 1, 0);
    cr_expect_float_eq(out[1].effective_n, 45, 1e-12, "Kish's");
    cr_expect(out[1].interval.low > 0.9 && out[1].interval.low < 0.95 && out[1].interval.high >= 1);
    cr_expect(out[0].flags & ESTIMATE_UNANIMOUS && out[1].flags & ESTIMATE_UNANIMOUS);
    const double scores[] = {1, 2, 5};
    struct estimate mean;
    cr_assert(estimate_mean(&mean, one, scores, 3, &options));
    double open = 1 - out[1].interval.low;
    cr_expect_float_eq(mean.interval.low, 2 - open, 1e-12, "all that is left open said 1");
    cr_expect_float_eq(mean.interval.high, 2 + 3 * open, 1e-12, "all that is left open said 5");
    cr_expect(mean.flags & ESTIMATE_UNANIMOUS);
}

Test(estimate, nobody)
{
    const struct sums none[2] = {{0}};
    const double scores[] = {1, 2}, unscored[] = {NAN, NAN};
    struct estimate e[2];
    cr_expect_not(estimate_distribution(e, none, 2, &options));
    cr_expect_not(estimate_mean(e, none, scores, 2, &options));
    const struct sums some[] = {{3, 3, 3}, {4, 4, 4}};
    cr_expect_not(estimate_mean(e, some, unscored, 2, &options));
    double net[4];
    cr_expect_not(estimate_net_scores(net, 3));
    cr_expect(estimate_net_scores(net, 4));
    cr_expect(net[1] < 0 && net[2] > 0);
    cr_expect_float_eq(share_noise_variance(2, none[0], none[1]), 0, 0);
    cr_expect_float_eq(mean_noise_variance(2, none, scores, 2), 0, 0);
}

Test(estimate, flags)
{
    struct estimate e;
    const struct sums yes[] = {{10, 10, 10}, {5, 5, 5}, {2000, 2000, 2000}, {100, 100, 100}, {4, 4, 4}};
    const struct sums base[] = {
        {20, 20, 20}, {400, 400, 400}, {4000, 4000, 4000}, {200, 200, 1500}, {150, 150, 150}};
    const unsigned flags[] = {ESTIMATE_FEW | ESTIMATE_FEW_EFFECTIVE | ESTIMATE_WIDE, 0, 0,
                              ESTIMATE_FEW_EFFECTIVE | ESTIMATE_WIDE, ESTIMATE_WIDE_FOR_SHARE};
    for (size_t i = 0; i < 5; i++) {
        struct estimate_options o = {.all_n = (uint64_t)base[i].n, .z = INTERVAL_Z95};
        cr_assert(estimate_share(&e, yes[i], base[i], &o));
        cr_expect_eq(e.flags, flags[i], "%zu: %u", i, e.flags);
        cr_expect_eq((e.flags & ESTIMATE_UNRELIABLE) != 0, flags[i] != 0);
    }
}

/* The noise of protection widens, and is the formula with every weight alike: V/n^2 (1 + p^2). */
Test(estimate, noise_widens)
{
    const struct sums yes = {60, 120, 240}, base = {100, 200, 400};
    double noise = share_noise_variance(2, yes, base);
    cr_expect_float_eq(noise, 2.0 / 1e4 * (1 + 0.36), 1e-15);
    struct estimate_options noisy = {.all_n = 1000, .noise_variance = noise, .z = INTERVAL_Z95};
    struct estimate_options plain = {.all_n = 1000, .z = INTERVAL_Z95};
    struct estimate a, b;
    cr_assert(estimate_share(&a, yes, base, &plain) && estimate_share(&b, yes, base, &noisy));
    cr_expect_float_eq(b.variance, a.variance + noise, 1e-15);
    cr_expect_lt(b.effective_n, a.effective_n);
    cr_expect_float_eq(b.effective_n, 0.24 / b.variance, 1e-9);
    cr_expect(b.interval.low < a.interval.low && b.interval.high > a.interval.high);
    const struct sums two[] = {{40, 80, 160}, {60, 120, 240}};
    const double scores[] = {0, 1};
    cr_expect_float_eq(mean_noise_variance(2, two, scores, 2), 2.0 / 1e4 * (0.36 + 0.16), 1e-15);
}
