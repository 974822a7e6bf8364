#include "features/coding/coding_sample.h"

#include "crypto/crypto.h"
#include "stats/random.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(coding_sample, .fini = leaks_check);

#define FIXTURES "tests/unit/features/coding/fixtures/"
enum { ARENA_MAX = 64 << 20, PASSAGES = 1000, STRATA = 37 };

static const unsigned char seed[CODING_SEED_BYTES] = "zestien letters";

static struct coding_passage *passages_of(struct arena *arena, size_t count)
{
    struct coding_passage *passages = arena_array(arena, count, sizeof *passages);
    for (size_t i = 0; i < count; i++) {
        passages[i] = (struct coding_passage){(int64_t)(i * 7919 + 13), (uint32_t)(i * i % STRATA)};
    }
    return passages;
}

/* ---- who codes what ---- */

struct count {
    size_t of[CODING_CODERS_MAX], first[CODING_CODERS_MAX];
    size_t together[CODING_CODERS_MAX][CODING_CODERS_MAX];
    size_t twice, in_stratum[STRATA], twice_in[STRATA];
};

static void count_up(struct count *n, const struct coding_assignment *given,
                     const struct coding_passage *passages, size_t count, size_t coders)
{
    memset(n, 0, sizeof *n);
    for (size_t i = 0; i < count; i++) {
        const uint16_t a = given[i].first, b = given[i].second;
        cr_assert_lt(a, coders);
        n->of[a]++;
        n->in_stratum[passages[i].stratum]++;
        if (b != CODING_NOBODY) {
            cr_assert(b < coders && b != a);
            n->of[b]++;
            n->first[a]++;
            n->twice++;
            n->twice_in[passages[i].stratum]++;
            n->together[a < b ? a : b][a < b ? b : a]++;
        }
    }
}

static void expect_even(size_t low, size_t high, size_t step, const char *what)
{
    cr_expect_leq(high - low, step, "%s: %zu to %zu", what, low, high);
}

Test(coding_sample, work_is_even_whatever_the_share)
{
    static const double shares[] = {0, 0.1, 1.0 / 3, 0.5, 1};
    struct count *n = calloc(1, sizeof *n);
    for (size_t coders = 1; coders <= 7; coders++) {
        for (size_t s = 0; s < sizeof shares / sizeof shares[0]; s++) {
            struct arena *arena = arena_create(ARENA_MAX);
            const struct coding_passage *passages = passages_of(arena, PASSAGES);
            struct coding_assignment given[PASSAGES];
            const bool possible = coders > 1 || shares[s] == 0;
            cr_assert_eq(coding_assign(given, arena, passages, PASSAGES, coders, shares[s], seed), possible);
            if (possible) {
                count_up(n, given, passages, PASSAGES, coders);
                cr_expect_leq(fabs((double)n->twice - shares[s] * PASSAGES), 1, "%zu twice", n->twice);
                for (size_t h = 0; h < STRATA; h++) {
                    cr_expect_leq(fabs((double)n->twice_in[h] - shares[s] * (double)n->in_stratum[h]), 1,
                                  "stratum %zu: %zu of %zu", h, n->twice_in[h], n->in_stratum[h]);
                }
                size_t low = SIZE_MAX, high = 0, pair_low = SIZE_MAX, pair_high = 0;
                for (size_t a = 0; a < coders; a++) {
                    low = n->of[a] < low ? n->of[a] : low;
                    high = n->of[a] > high ? n->of[a] : high;
                    for (size_t b = a + 1; b < coders; b++) {
                        pair_low = n->together[a][b] < pair_low ? n->together[a][b] : pair_low;
                        pair_high = n->together[a][b] > pair_high ? n->together[a][b] : pair_high;
                    }
                }
                /* With everything coded twice nothing is left to even out with. */
                expect_even(low, high, shares[s] == 1 ? 2 : 1, "passages of a coder");
                expect_even(coders > 1 ? pair_low : 0, pair_high, 1, "passages of a pair");
            }
            arena_destroy(arena);
        }
    }
    free(n);
}

Test(coding_sample, the_same_seed_gives_the_same_work_in_any_order)
{
    struct arena *arena = arena_create(ARENA_MAX);
    struct coding_passage *passages = passages_of(arena, PASSAGES), *turned = passages_of(arena, PASSAGES);
    struct coding_assignment given[PASSAGES], again[PASSAGES], other[PASSAGES];
    for (size_t i = 0; i < PASSAGES; i++) {
        turned[i] = passages[PASSAGES - 1 - i];
    }
    const unsigned char another[CODING_SEED_BYTES] = "een ander begin";
    cr_assert(coding_assign(given, arena, passages, PASSAGES, 3, 0.2, seed));
    cr_assert(coding_assign(again, arena, turned, PASSAGES, 3, 0.2, seed));
    cr_assert(coding_assign(other, arena, passages, PASSAGES, 3, 0.2, another));
    size_t differ = 0;
    for (size_t i = 0; i < PASSAGES; i++) {
        cr_expect(given[i].first == again[PASSAGES - 1 - i].first &&
                  given[i].second == again[PASSAGES - 1 - i].second);
        differ += given[i].first != other[i].first;
    }
    cr_expect_gt(differ, PASSAGES / 3, "another seed, other work");
    arena_destroy(arena);
}

Test(coding_sample, who_is_first_of_two_is_chance)
{
    struct arena *arena = arena_create(ARENA_MAX);
    const struct coding_passage *passages = passages_of(arena, PASSAGES);
    struct coding_assignment given[PASSAGES];
    struct count *n = calloc(1, sizeof *n);
    cr_assert(coding_assign(given, arena, passages, PASSAGES, 2, 1, seed));
    count_up(n, given, passages, PASSAGES, 2);
    cr_expect(n->first[0] > 430 && n->first[0] < 570, "%zu of 1000", n->first[0]);
    free(n);
    arena_destroy(arena);
}

Test(coding_sample, refuses_what_cannot_be)
{
    struct arena *arena = arena_create(ARENA_MAX);
    const struct coding_passage *passages = passages_of(arena, 3);
    struct coding_assignment given[3];
    cr_expect_not(coding_assign(given, arena, passages, 3, 0, 0, seed));
    cr_expect_not(coding_assign(given, arena, passages, 3, CODING_CODERS_MAX + 1, 0, seed));
    cr_expect_not(coding_assign(given, arena, passages, 3, 2, 1.01, seed));
    cr_expect_not(coding_assign(given, arena, passages, 3, 2, (double)NAN, seed));
    cr_expect(coding_assign(given, arena, passages, 0, 2, 0.5, seed));
    arena_destroy(arena);
}

/* ---- the sample ---- */

static void expect_take(const uint32_t *sizes, size_t strata, uint32_t total, uint32_t least,
                        const uint32_t *expected)
{
    struct arena *arena = arena_create(ARENA_MAX);
    uint32_t take[8];
    coding_allocate(take, arena, sizes, strata, total, least);
    for (size_t h = 0; h < strata; h++) {
        cr_expect_eq(take[h], expected[h], "of %u: stratum %zu gets %u", total, h, take[h]);
    }
    arena_destroy(arena);
}

Test(coding_sample, is_allocated_in_proportion)
{
    const uint32_t sizes[] = {500, 300, 200};
    expect_take(sizes, 3, 100, 2, (uint32_t[]){50, 30, 20});
    expect_take(sizes, 3, 7, 0, (uint32_t[]){4, 2, 1}); /* 3.5, 2.1, 1.4 */
    expect_take(sizes, 3, 8, 0, (uint32_t[]){4, 2, 2}); /* 4, 2.4, 1.6 */
    expect_take(sizes, 3, 2000, 2, sizes);
    expect_take(sizes, 3, 0, 0, (uint32_t[]){0, 0, 0});
    const uint32_t uneven[] = {1000, 5, 1, 0};
    expect_take(uneven, 4, 50, 2, (uint32_t[]){49, 2, 1, 0});
    expect_take(uneven, 4, 0, 2, (uint32_t[]){2, 2, 1, 0});
}

Test(coding_sample, keeps_what_it_had_when_it_grows)
{
    struct arena *arena = arena_create(ARENA_MAX);
    const struct coding_passage *passages = passages_of(arena, PASSAGES);
    uint32_t sizes[STRATA] = {0}, small[STRATA], large[STRATA], seen[STRATA] = {0};
    bool few[PASSAGES], many[PASSAGES];
    for (size_t i = 0; i < PASSAGES; i++) {
        sizes[passages[i].stratum]++;
    }
    coding_allocate(small, arena, sizes, STRATA, 100, 2);
    coding_allocate(large, arena, sizes, STRATA, 300, 2);
    coding_draw(few, arena, passages, PASSAGES, small, STRATA, seed);
    coding_draw(many, arena, passages, PASSAGES, large, STRATA, seed);
    for (size_t i = 0; i < PASSAGES; i++) {
        cr_expect(!few[i] || many[i], "drawn before, not any more");
        seen[passages[i].stratum] += few[i];
    }
    cr_expect_arr_eq(seen, small, sizeof seen);
    arena_destroy(arena);
}

/* ---- what follows ---- */

static size_t strata_of(struct coding_stratum *strata, size_t most, const char *design)
{
    FILE *file = fopen(FIXTURES "strata.csv", "r");
    char name[16];
    size_t count = 0;
    struct coding_stratum s;
    cr_assert_not_null(file);
    cr_assert_eq(fscanf(file, "%*[^\n]\n"), 0);
    while (fscanf(file, "%15[^,],%u,%u,%u\n", name, &s.size, &s.coded, &s.with) == 4) {
        if (strcmp(name, design) == 0) {
            cr_assert_lt(count, most);
            strata[count++] = s;
        }
    }
    fclose(file);
    return count;
}

Test(coding_sample, shares_are_those_of_survey)
{
    FILE *file = fopen(FIXTURES "estimates.csv", "r");
    char design[16];
    double share, variance, low, high;
    int designs = 0;
    cr_assert_not_null(file);
    cr_assert_eq(fscanf(file, "%*[^\n]\n"), 0);
    while (fscanf(file, "%15[^,],%lf,%lf,%lf,%lf\n", design, &share, &variance, &low, &high) == 5) {
        struct coding_stratum strata[8];
        struct coding_estimate e;
        cr_assert(coding_estimate(&e, strata, strata_of(strata, 8, design)));
        cr_expect_float_eq(e.share, share, 1e-14, "%s: %.17g", design, e.share);
        cr_expect_float_eq(e.variance, variance, 1e-16, "%s: %.17g", design, e.variance);
        cr_expect_float_eq(e.interval.low, low, 1e-12, "%s: %.17g", design, e.interval.low);
        cr_expect_float_eq(e.interval.high, high, 1e-12, "%s: %.17g", design, e.interval.high);
        designs++;
    }
    cr_expect_eq(designs, 5);
    fclose(file);
}

Test(coding_sample, nobody_is_not_certainly_nobody)
{
    struct coding_estimate e;
    cr_assert(coding_estimate(&e, (struct coding_stratum[]){{1000, 50, 0}, {1000, 50, 0}}, 2));
    cr_expect_eq(e.share, 0);
    cr_expect_float_eq(e.effective_n, 100 / 0.95, 1e-9);
    cr_expect(e.interval.low == 0 && e.interval.high > 0.03 && e.interval.high < 0.04);
    cr_expect(e.coded == 100 && e.size == 2000);
}

Test(coding_sample, thin_strata_are_taken_together)
{
    struct coding_estimate e, together;
    cr_assert(coding_estimate(
        &e, (struct coding_stratum[]){{100, 1, 1}, {200, 0, 0}, {300, 20, 5}, {50, 1, 0}, {0, 0, 0}}, 5));
    cr_assert(coding_estimate(&together, (struct coding_stratum[]){{650, 22, 6}}, 1));
    cr_expect_float_eq(e.share, together.share, 1e-15);
    cr_expect_float_eq(e.variance, together.variance, 1e-15);
    cr_assert(coding_estimate(&e, (struct coding_stratum[]){{1, 1, 1}, {300, 20, 5}}, 2),
              "all of a stratum is not thin");
    cr_expect_float_eq(e.share, 1.0 / 301 + 300.0 / 301 * 0.25, 1e-15);
}

Test(coding_sample, refuses_what_says_nothing)
{
    struct coding_estimate e;
    cr_expect_not(coding_estimate(&e, NULL, 0));
    cr_expect_not(coding_estimate(&e, (struct coding_stratum[]){{10, 0, 0}}, 1));
    cr_expect_not(coding_estimate(&e, (struct coding_stratum[]){{10, 1, 0}}, 1));
    cr_expect_not(coding_estimate(&e, (struct coding_stratum[]){{10, 11, 0}}, 1));
    cr_expect_not(coding_estimate(&e, (struct coding_stratum[]){{10, 5, 6}}, 1));
    cr_expect(coding_estimate(&e, (struct coding_stratum[]){{1, 1, 0}}, 1));
}

/* Of samples drawn again and again the interval covers the truth as often as it says. */
Test(coding_sample, intervals_cover)
{
    enum { TIMES = 400, ALL = 600, SAMPLE = 120 };
    struct arena *arena = arena_create(ARENA_MAX);
    struct coding_passage passages[ALL];
    bool with[ALL], drawn[ALL];
    uint32_t sizes[3] = {0}, take[3];
    uint64_t state = 5;
    size_t covered = 0, truth = 0;
    for (size_t i = 0; i < ALL; i++) {
        passages[i] = (struct coding_passage){(int64_t)i, i < 300 ? 0 : i < 500 ? 1 : 2};
        with[i] = random_index(&state, 10) < 1 + 2 * passages[i].stratum;
        truth += with[i];
        sizes[passages[i].stratum]++;
    }
    coding_allocate(take, arena, sizes, 3, SAMPLE, 2);
    for (int t = 0; t < TIMES; t++) {
        unsigned char begin[CODING_SEED_BYTES] = {(unsigned char)t, (unsigned char)(t >> 8)};
        struct coding_stratum strata[3] = {{sizes[0], 0, 0}, {sizes[1], 0, 0}, {sizes[2], 0, 0}};
        struct coding_estimate e;
        coding_draw(drawn, arena, passages, ALL, take, 3, begin);
        for (size_t i = 0; i < ALL; i++) {
            strata[passages[i].stratum].coded += drawn[i];
            strata[passages[i].stratum].with += drawn[i] && with[i];
        }
        cr_assert(coding_estimate(&e, strata, 3));
        covered += e.interval.low <= (double)truth / ALL && (double)truth / ALL <= e.interval.high;
    }
    /* 95 % of 400 is 380, with a standard error of 4.4. */
    cr_expect(covered >= 367 && covered <= 393, "%zu of %d", covered, TIMES);
    arena_destroy(arena);
}
