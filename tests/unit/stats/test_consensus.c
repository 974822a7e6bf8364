#include "stats/consensus.h"
#include "stats/saturation.h"

#include "support.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <math.h>

TestSuite(consensus, .fini = leaks_check);
TestSuite(saturation);

enum { MOST = 10 };
struct example {
    size_t categories;
    double frequencies[MOST];
    double agreement;
};

/* van der Eijk (2001), p. 331 and the parties PvdA and D66 (in the vignette of the R package agrmt); then
 * values of agrmt and of two other programs, in Python and Rust, that say they compute the same. */
static const struct example examples[] = {
    {7, {30, 40, 210, 130, 530, 50, 10}, 0.611333333333},
    {7, {2.4, 2.8, 3.2, 6.2, 13.5, 30.4, 41.6}, 0.609724},
    {7, {1.6, 2.6, 8.2, 21, 29.3, 27, 10.3}, 0.482333},
    {3, {0, 1, 0}, 1},
    {3, {0, 1, 1}, 0.5},
    {3, {1, 0, 1}, -1},
    {3, {1, 1, 1}, 0},
    {5, {0, 100, 0, 0, 0}, 1},
    {5, {20, 20, 20, 20, 20}, 0},
    {5, {10, 30, 50, 30, 10}, 0.384615384615},
    {5, {50, 30, 10, 5, 5}, 0.575},
    {5, {99999, 0, 0, 0, 99999}, -1},
    {5, {40, 10, 0, 10, 40}, -0.655555555556},
    {5, {60, 0, 10, 20, 30}, 0},
    {10, {5, 10, 20, 40, 50, 40, 20, 10, 5, 0}, 0.505555555556},
    {10, {50, 20, 5, 0, 0, 0, 5, 20, 50, 0}, -0.349814814815},
    {3, {3, 1, 3}, -0.571428571429},
    {7, {1, 4, 2, 1, 1, 4, 1}, -0.038095238095},
    {7, {1, 4, 2, 1, 1, 4, 4}, -0.020915032680},
    {6, {1, 4, 1, 1, 1, 4}, -0.275},
    {5, {4, 4, 1, 1, 4}, -0.178571428571},
    {6, {4, 4, 1, 1, 4, 4}, -0.133333333333},
    {7, {1, 4, 1, 1, 4, 4, 1}, 0.1},
};

Test(consensus, agreement_as_published)
{
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        double a = -9;
        cr_assert(consensus_agreement(&a, examples[i].frequencies, examples[i].categories));
        /* Two are published with six digits. */
        cr_expect_float_eq(a, examples[i].agreement, 6e-7, "%zu: %.9g, not %.9g", i, a,
                           examples[i].agreement);
        cr_expect(i == 1 || i == 2 || fabs(a - examples[i].agreement) < 1e-11, "%zu", i);
    }
}

/* The triples one by one, layers by sorting: another way to the same. */
static double slow_agreement(const double *frequencies, size_t k)
{
    double sum = 0, all = 0, level = 0;
    for (size_t c = 0; c < k; c++) {
        all += frequencies[c];
    }
    for (;;) {
        double next = INFINITY, ones = 0, tu = 0, tdu = 0, a = 0;
        for (size_t c = 0; c < k; c++) {
            next = frequencies[c] > level ? fmin(next, frequencies[c]) : next;
            ones += frequencies[c] > level;
        }
        if (!isfinite(next)) {
            return sum;
        }
        for (size_t x = 0; x < k; x++) {
            for (size_t y = x + 1; y < k; y++) {
                for (size_t z = y + 1; z < k; z++) {
                    const bool p = frequencies[x] > level, q = frequencies[y] > level,
                               r = frequencies[z] > level;
                    tu += (p && q && !r) || (!p && q && r);
                    tdu += p && !q && r;
                }
            }
        }
        if (ones <= 1) {
            a = 1;
        } else if (tu + tdu > 0) {
            const double n = (double)k;
            a = ((n - 2) * tu - (n - 1) * tdu) / ((n - 2) * (tu + tdu)) * (1 - (ones - 1) / (n - 1));
        }
        sum += (next - level) * ones / all * a;
        level = next;
    }
}

Test(consensus, agreement_of_random_frequencies)
{
    uint64_t state = 1;
    for (int i = 0; i < 5000; i++) {
        double f[MOST], mirrored[MOST], doubled[MOST], a, b;
        const size_t k = 3 + random_below(&state, MOST - 2);
        double all = 0;
        for (size_t c = 0; c < k; c++) {
            f[c] = random_below(&state, 3) ? random_below(&state, 50) / 4.0 : 0;
            mirrored[k - 1 - c] = f[c];
            doubled[c] = 2 * f[c];
            all += f[c];
        }
        if (!(all > 0)) {
            continue;
        }
        cr_assert(consensus_agreement(&a, f, k));
        cr_expect_float_eq(a, slow_agreement(f, k), 1e-12);
        cr_expect(a >= -1 - 1e-12 && a <= 1 + 1e-12);
        cr_assert(consensus_agreement(&b, mirrored, k));
        cr_expect_float_eq(a, b, 1e-12);
        cr_assert(consensus_agreement(&b, doubled, k));
        cr_expect_float_eq(a, b, 1e-12);
    }
}

Test(consensus, nothing_to_say)
{
    double a = 7;
    cr_expect_not(consensus_agreement(&a, (double[]){1, 1}, 2));
    cr_expect_not(consensus_agreement(&a, (double[]){0, 0, 0}, 3));
    cr_expect_not(consensus_agreement(&a, (double[]){1, -1, 3}, 3));
    cr_expect_not(consensus_agreement(&a, (double[]){1, (double)NAN, 3}, 3));
    cr_expect_float_eq(a, 7, 0);
    struct interval i;
    cr_expect_not(consensus_interval(&i, (double[]){1, 2, 3}, 3, 0.5, 100, 1));
    cr_expect_not(consensus_interval(&i, (double[]){1, 2, 3}, 3, 100, 0, 1));
    cr_expect_eq(consensus_word(0.5), CONSENSUS_BROAD);
    cr_expect_eq(consensus_word(0.49), CONSENSUS_MIXED);
    cr_expect_eq(consensus_word(-0.01), CONSENSUS_DIVIDED);
}

/* Samples of a distribution: how often is its own A in the interval? Both ways of sampling meet where they
 * join. */
Test(consensus, the_interval_covers)
{
    const double shares[] = {0.15, 0.2, 0.3, 0.25, 0.1};
    double truth;
    cr_assert(consensus_agreement(&truth, shares, 5));
    uint64_t state = 3;
    size_t covered = 0;
    enum { ROUNDS = 400, PEOPLE = 300 };
    for (int round = 0; round < ROUNDS; round++) {
        double f[5] = {0};
        for (int p = 0; p < PEOPLE; p++) {
            double u = (double)random_below(&state, 1u << 30) / (1u << 30);
            size_t c = 0;
            while (c < 4 && u >= shares[c]) {
                u -= shares[c++];
            }
            f[c]++;
        }
        struct interval i;
        cr_assert(consensus_interval(&i, f, 5, PEOPLE, 200, (uint64_t)round));
        covered += i.low <= truth && truth <= i.high;
    }
    cr_expect(covered >= 360 && covered <= 396, "%zu of 400", covered);

    struct interval counted, normal;
    cr_assert(consensus_interval(&counted, shares, 5, CONSENSUS_NORMAL_FROM - 1, 4000, 1));
    cr_assert(consensus_interval(&normal, shares, 5, CONSENSUS_NORMAL_FROM, 4000, 1));
    cr_expect_float_eq(counted.low, normal.low, 0.003, "%g %g", counted.low, normal.low);
    cr_expect_float_eq(counted.high, normal.high, 0.003, "%g %g", counted.high, normal.high);
}

/* ---- saturation ---- */

Test(saturation, by_hand)
{
    /* 20 codes in the base; runs of two bring 4, 3, 2, 1 more: .2, .15, .1, .05. */
    const uint32_t fresh[] = {9, 6, 3, 2, 2, 2, 1, 1, 0, 1};
    const struct saturation_rule five = {.base = 4, .run = 2, .threshold = 0.05};
    struct saturation s;
    cr_assert(saturation_find(&s, fresh, 10, &five));
    cr_expect(s.reached && s.before == 7, "7+2");
    cr_expect_float_eq(s.ratio, 0.05, 1e-15);
    cr_expect_eq(s.base, 20);
    cr_expect_eq(s.codes, 27);
    const struct saturation_rule zero = {.base = 4, .run = 2, .threshold = 0};
    cr_assert(saturation_find(&s, fresh, 10, &zero));
    cr_expect_not(s.reached);
    cr_expect_eq(s.before, 8, "the last run");
    cr_assert(saturation_find(&s, fresh, 6, &five));
    cr_expect_not(s.reached);
    cr_expect_not(saturation_find(&s, fresh, 5, &five));
    cr_expect_not(saturation_find(&s, (uint32_t[]){0, 0, 0, 0, 1, 1}, 6, &five), "a base without codes");
    cr_expect_not(saturation_find(&s, fresh, 10, &(struct saturation_rule){.run = 2}));
    cr_expect_not(
        saturation_find(&s, fresh, SIZE_MAX, &(struct saturation_rule){.base = SIZE_MAX, .run = 1}));
}

Test(saturation, codes_are_new_once)
{
    const bool mentioned[] = {1, 0, 0, 1, /* */ 1, 1, 0, 0, /* */ 0, 0, 0, 0, /* */ 1, 1, 0, 1};
    uint32_t fresh[4];
    saturation_fresh(fresh, mentioned, 4, 4);
    cr_expect(fresh[0] == 2 && fresh[1] == 1 && fresh[2] == 0 && fresh[3] == 0);
}
