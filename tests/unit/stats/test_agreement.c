#include "stats/agreement.h"

#include "support.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

TestSuite(agreement, .fini = leaks_check);

enum { UNITS_MAX = 64, CODERS = 4 };

/* A fixture of numbers; those below 0 are missing. Returns how many units. */
static size_t numbers_read(const char *name, uint16_t codes[UNITS_MAX * CODERS])
{
    FILE *file = fixture_open(name);
    int n[CODERS];
    size_t units = 0;
    while (fscanf(file, "%d,%d,%d,%d\n", &n[0], &n[1], &n[2], &n[3]) == CODERS) {
        cr_assert_lt(units, UNITS_MAX);
        for (size_t c = 0; c < CODERS; c++) {
            codes[units * CODERS + c] = n[c] < 0 ? RATING_MISSING : (uint16_t)n[c];
        }
        units++;
    }
    fclose(file);
    return units;
}

/* A published example: unit, then a character (or nothing) a coder. */
static size_t published_read(const char *name, size_t coders, uint16_t codes[UNITS_MAX * CODERS])
{
    FILE *file = fixture_open(name);
    char line[64];
    size_t units = 0;
    while (fgets(line, sizeof line, file)) {
        const char *at = strchr(line, ',');
        for (size_t c = 0; c < coders; c++) {
            cr_assert_not_null(at);
            const char code = at[1];
            const bool missing = code == ',' || code == '\n' || code == '\r' || code == 0;
            codes[units * coders + c] = missing ? RATING_MISSING : (uint16_t)(code - '0');
            at = strchr(at + 1, ',');
        }
        units++;
    }
    fclose(file);
    return units;
}

static struct alpha alpha_of(const uint16_t *codes, size_t units, size_t coders, enum alpha_metric metric)
{
    const struct ratings ratings = {.units = units, .coders = coders, .codes = codes};
    struct alpha out;
    cr_assert_eq(agreement_alpha(&out, &ratings, &(struct alpha_options){.metric = metric}), AGREEMENT_OK);
    return out;
}

/* ---- published ---- */

Test(agreement, krippendorff_as_published)
{
    uint16_t codes[UNITS_MAX * CODERS];
    size_t units = published_read("kripp_canonical_12x4.csv", 4, codes);
    cr_assert_eq(units, 12);
    struct alpha a = alpha_of(codes, units, 4, ALPHA_NOMINAL);
    cr_expect_float_eq(a.value, 0.743421, 5e-7, "%.9g", a.value);
    cr_expect_eq(a.ratings, 40, "pairable values");
    cr_expect_eq(a.units, 11, "one unit was coded once");
    cr_expect_float_eq(alpha_of(codes, units, 4, ALPHA_ORDINAL).value, 0.815388, 5e-7);
    cr_expect_float_eq(alpha_of(codes, units, 4, ALPHA_INTERVAL).value, 0.849107, 5e-7);
    cr_expect_float_eq(alpha_of(codes, units, 4, ALPHA_RATIO).value, 0.797403, 5e-7);
    units = published_read("kripp_binary_10x2.csv", 2, codes);
    cr_expect_float_eq(alpha_of(codes, units, 2, ALPHA_NOMINAL).value, 0.095238, 5e-7);
    units = published_read("kripp_nominal_12x2.csv", 2, codes);
    cr_expect_float_eq(alpha_of(codes, units, 2, ALPHA_NOMINAL).value, 0.691964, 5e-7);
}

/* Fleiss (1971), table 1: 30 patients by 5 diagnoses, 6 psychiatrists. */
static const uint64_t fleiss_1971[30][5] = {
    {0, 0, 0, 6, 0}, {0, 3, 0, 0, 3}, {0, 1, 4, 0, 1}, {0, 0, 0, 0, 6}, {0, 3, 0, 3, 0}, {2, 0, 4, 0, 0},
    {0, 0, 4, 0, 2}, {2, 0, 3, 1, 0}, {2, 0, 0, 4, 0}, {0, 0, 0, 0, 6}, {1, 0, 0, 5, 0}, {1, 1, 0, 4, 0},
    {0, 3, 3, 0, 0}, {1, 0, 0, 5, 0}, {0, 2, 0, 3, 1}, {0, 0, 5, 0, 1}, {3, 0, 0, 1, 2}, {5, 1, 0, 0, 0},
    {0, 2, 0, 4, 0}, {1, 0, 2, 0, 3}, {0, 0, 0, 0, 6}, {0, 1, 0, 5, 0}, {0, 2, 0, 1, 3}, {2, 0, 0, 4, 0},
    {1, 0, 0, 4, 1}, {0, 5, 0, 1, 0}, {4, 0, 0, 0, 2}, {0, 2, 0, 4, 0}, {1, 0, 5, 0, 0}, {0, 0, 0, 0, 6}};

Test(agreement, fleiss_as_published)
{
    struct kappa k;
    cr_assert(agreement_fleiss(&k, fleiss_1971[0], 30, 5));
    cr_expect_float_eq(k.value, 0.430245, 5e-7, "%.9g", k.value);
    cr_expect_float_eq(k.value / k.error, 17.65, 0.01, "z = %g", k.value / k.error);
    /* The same ratings give alpha .433410; and a program that gets .43088 divides by 1 for m - 1. */
    uint16_t codes[30 * 6];
    for (size_t u = 0; u < 30; u++) {
        size_t at = 0;
        for (uint16_t c = 0; c < 5; c++) {
            for (uint64_t i = 0; i < fleiss_1971[u][c]; i++) {
                codes[u * 6 + at++] = c;
            }
        }
        cr_assert_eq(at, 6);
    }
    struct alpha a = alpha_of(codes, 30, 6, ALPHA_NOMINAL);
    cr_expect_float_eq(a.value, 0.433410, 5e-7, "%.9g", a.value);
    cr_expect_float_eq(a.percent, k.observed, 1e-12, "all units have as many ratings");
}

Test(agreement, cohen_as_published)
{
    struct kappa k;
    cr_assert(agreement_cohen(&k, (const uint64_t[]){20, 5, 10, 15}, 2));
    cr_expect_float_eq(k.value, 0.4, 1e-12);
    cr_expect_float_eq(k.error, 0.127, 0.0005, "%g", k.error);
    cr_expect_eq(k.n, 50);
}

/* ---- as R ---- */

Test(agreement, alpha_as_pair_by_pair_in_r)
{
    uint16_t ratings[UNITS_MAX * CODERS], sets[UNITS_MAX * CODERS];
    const size_t units = numbers_read("ratings.csv", ratings);
    cr_assert_eq(numbers_read("sets.csv", sets), units);
    FILE *file = fixture_open("alphas.csv");
    static const char *const metrics[] = {"nominal", "ordinal", "interval", "ratio", "jaccard", "masi"};
    char name[32];
    double wanted;
    size_t lines = 0;
    while (fscanf(file, "%31[^,],%lf\n", name, &wanted) == 2) {
        struct alpha a;
        size_t m = 0;
        while (m < 6 && strcmp(name, metrics[m]) != 0) {
            m++;
        }
        if (m < 6) {
            a = alpha_of(m < 4 ? ratings : sets, units, CODERS, (enum alpha_metric)m);
        } else {
            const struct ratings r = {.units = units, .coders = CODERS, .codes = sets};
            cr_assert_eq(agreement_label_alpha(&a, &r, (unsigned)(name[5] - '0'), 0, 0), AGREEMENT_OK);
        }
        cr_expect_float_eq(a.value, wanted, 1e-12, "%s: %.15g, R %.15g", name, a.value, wanted);
        lines++;
    }
    fclose(file);
    cr_expect_eq(lines, 6 + 7);
}

Test(agreement, kappa_as_psych_in_r)
{
    uint16_t codes[UNITS_MAX * CODERS];
    const struct ratings ratings = {
        .units = numbers_read("ratings.csv", codes), .coders = CODERS, .codes = codes};
    FILE *file = fixture_open("kappas.csv");
    size_t a, b, lines = 0;
    unsigned long n;
    double kappa, error;
    while (fscanf(file, "%zu,%zu,%lu,%lf,%lf\n", &a, &b, &n, &kappa, &error) == 5) {
        uint64_t table[36];
        struct kappa k;
        cr_assert(agreement_confusion(table, &ratings, a, b, 6));
        cr_assert(agreement_cohen(&k, table, 6));
        cr_expect_eq(k.n, n);
        cr_expect_float_eq(k.value, kappa, 1e-12);
        cr_expect_float_eq(k.error, error, 1e-9 * error, "%.12g, R %.12g", k.error, error);
        cr_expect_not(agreement_confusion(table, &ratings, a, b, 5), "5 is no category of 0 to 4");
        lines++;
    }
    fclose(file);
    cr_expect_eq(lines, 6);
}

/* ---- what has to hold ---- */

Test(agreement, order_of_coders_and_units_and_names_do_not_matter)
{
    for (uint64_t seed = 0; seed < 50; seed++) {
        uint64_t state = seed;
        uint16_t codes[UNITS_MAX * CODERS], moved[UNITS_MAX * CODERS];
        for (size_t i = 0; i < UNITS_MAX * CODERS; i++) {
            codes[i] = random_below(&state, 4) ? (uint16_t)random_below(&state, 3) : RATING_MISSING;
        }
        for (size_t u = 0; u < UNITS_MAX; u++) {
            for (size_t c = 0; c < CODERS; c++) {
                const uint16_t code = codes[u * CODERS + c];
                moved[(UNITS_MAX - 1 - u) * CODERS + (c + u) % CODERS] =
                    code == RATING_MISSING ? code : (uint16_t)(7 * code + 3);
            }
        }
        for (int m = ALPHA_NOMINAL; m <= ALPHA_ORDINAL; m++) {
            const struct alpha a = alpha_of(codes, UNITS_MAX, CODERS, (enum alpha_metric)m);
            const struct alpha b = alpha_of(moved, UNITS_MAX, CODERS, (enum alpha_metric)m);
            cr_expect_float_eq(a.value, b.value, 1e-12);
            cr_expect_float_eq(a.percent, b.percent, 1e-12);
            cr_expect_leq(a.value, 1);
            cr_expect_lt(fabs(a.value), 0.4, "chance is near 0: %g", a.value);
        }
        /* Everybody as the first coder. */
        for (size_t i = 0; i < UNITS_MAX * CODERS; i++) {
            moved[i] = (uint16_t)(i / CODERS % 5);
        }
        for (int m = ALPHA_NOMINAL; m <= ALPHA_MASI; m++) {
            const struct alpha a = alpha_of(moved, UNITS_MAX, CODERS, (enum alpha_metric)m);
            cr_expect_float_eq(a.value, 1, 1e-15);
            cr_expect_float_eq(a.percent, 1, 1e-15);
        }
    }
}

Test(agreement, sets_by_hand)
{
    /* Two passages, two coders: the same; and {0} of {0, 1}. MASI 1 - 2/3 * 1/2. */
    const uint16_t codes[] = {1, 1, 1, 3};
    /* n = 4, three {0} and one {0, 1}: alpha = 1 - 3 * d / (3 * d) = 0 whatever d is. */
    cr_expect_float_eq(alpha_of(codes, 2, 2, ALPHA_MASI).value, 0, 1e-12);
    /* {0}{0}, {0}{0,1}, {1}{1}: the sum of d over pairs depends on the metric. */
    const uint16_t three[] = {1, 1, 1, 3, 2, 2};
    const double masi = 2.0 / 3, apart = 1;
    cr_expect_float_eq(alpha_of(three, 3, 2, ALPHA_MASI).value,
                       1 - 5 * masi / (3 * masi + 3 * 2 * apart + 2 * masi), 1e-12);
    cr_expect_float_eq(alpha_of(three, 3, 2, ALPHA_JACCARD).value, 1 - 5 * 0.5 / (3 * 0.5 + 6 + 2 * 0.5),
                       1e-12);
    /* Two empty sets agree; an empty one and another have nothing in common. */
    const uint16_t empty[] = {0, 0, 0, 4, 4, 4};
    cr_expect_float_eq(alpha_of(empty, 3, 2, ALPHA_MASI).value, alpha_of(empty, 3, 2, ALPHA_NOMINAL).value,
                       1e-12);
}

Test(agreement, nothing_to_say)
{
    const uint16_t alone[] = {1, RATING_MISSING, RATING_MISSING, 2};
    struct alpha a;
    struct ratings r = {.units = 2, .coders = 2, .codes = alone};
    cr_expect_eq(agreement_alpha(&a, &r, &(struct alpha_options){0}), AGREEMENT_NOTHING);
    cr_expect(isnan(a.value));
    r.units = 0;
    cr_expect_eq(agreement_alpha(&a, &r, &(struct alpha_options){0}), AGREEMENT_NOTHING);
    cr_expect_eq(agreement_label_alpha(&a, &r, 0, 10, 1), AGREEMENT_NOTHING);
    r = (struct ratings){.units = 0, .coders = AGREEMENT_CODERS_MAX + 1};
    cr_expect_eq(agreement_alpha(&a, &r, &(struct alpha_options){0}), AGREEMENT_TOO_MANY);
    const uint16_t same[] = {3, 3, 3, 3};
    r = (struct ratings){.units = 2, .coders = 2, .codes = same};
    cr_expect_eq(agreement_alpha(&a, &r, &(struct alpha_options){.replicates = 10}), AGREEMENT_OK);
    cr_expect(isnan(a.value) && isnan(a.range.low) && a.replicates == 0, "one category only");
    cr_expect_float_eq(a.percent, 1, 0);
    uint16_t many[2 * (AGREEMENT_CATEGORIES_MAX + 1)];
    for (size_t i = 0; i < 2 * (AGREEMENT_CATEGORIES_MAX + 1); i++) {
        many[i] = (uint16_t)(i / 2);
    }
    r = (struct ratings){.units = AGREEMENT_CATEGORIES_MAX + 1, .coders = 2, .codes = many};
    cr_expect_eq(agreement_alpha(&a, &r, &(struct alpha_options){0}), AGREEMENT_TOO_MANY);
    r.units--;
    cr_expect_eq(agreement_alpha(&a, &r, &(struct alpha_options){0}), AGREEMENT_OK);

    struct kappa k;
    cr_expect_not(agreement_cohen(&k, (const uint64_t[]){0, 0, 0, 0}, 2));
    cr_expect(agreement_cohen(&k, (const uint64_t[]){5, 0, 0, 0}, 2));
    cr_expect(isnan(k.value) && isnan(k.error));
    cr_expect_not(agreement_fleiss(&k, (const uint64_t[]){2, 0, 1, 2}, 2, 2), "2 and 3 ratings");
    cr_expect_not(agreement_fleiss(&k, (const uint64_t[]){1, 0, 0, 1}, 2, 2), "1 rating");
    cr_expect_not(agreement_fleiss(&k, NULL, 0, 2));
}

/* ---- the bootstrap ---- */

Test(agreement, the_same_seed_the_same_interval_around_alpha)
{
    uint16_t codes[UNITS_MAX * CODERS];
    const struct ratings r = {.units = numbers_read("ratings.csv", codes), .coders = CODERS, .codes = codes};
    for (int m = ALPHA_NOMINAL; m <= ALPHA_RATIO; m++) {
        struct alpha_options options = {.metric = (enum alpha_metric)m, .replicates = 2000, .seed = 1};
        struct alpha one, again, other;
        cr_assert_eq(agreement_alpha(&one, &r, &options), AGREEMENT_OK);
        cr_assert_eq(agreement_alpha(&again, &r, &options), AGREEMENT_OK);
        options.seed = 2;
        cr_assert_eq(agreement_alpha(&other, &r, &options), AGREEMENT_OK);
        cr_expect_eq(one.replicates, 2000);
        cr_expect_eq(memcmp(&one.range, &again.range, sizeof one.range), 0);
        cr_expect_neq(memcmp(&one.range, &other.range, sizeof one.range), 0);
        cr_expect(one.range.low < one.value && one.value < one.range.high);
        cr_expect_float_eq(one.range.low, other.range.low, 0.03);
        cr_expect_float_eq(one.range.high, other.range.high, 0.03);
    }
}

/* Two coders who agree with a probability that makes alpha 0.6: the interval has it in about 95 of 100. */
Test(agreement, the_interval_covers)
{
    enum { ROUNDS = 400, UNITS = 200 };
    size_t covered = 0;
    uint64_t state = 5;
    for (int round = 0; round < ROUNDS; round++) {
        uint16_t codes[UNITS * 2];
        for (size_t u = 0; u < UNITS; u++) {
            codes[2 * u] = (uint16_t)random_below(&state, 4);
            const bool copies = random_below(&state, 1000) < 600;
            codes[2 * u + 1] = copies ? codes[2 * u] : (uint16_t)random_below(&state, 4);
        }
        struct alpha a;
        const struct ratings r = {.units = UNITS, .coders = 2, .codes = codes};
        cr_assert_eq(agreement_alpha(&a, &r, &(struct alpha_options){.replicates = 300, .seed = 9}),
                     AGREEMENT_OK);
        covered += a.range.low <= 0.6 && 0.6 <= a.range.high;
    }
    cr_expect(covered >= 365 && covered <= 395, "%zu of 400", covered);
}
