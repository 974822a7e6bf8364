/* Truth: the likeness counted by hand, and by comparing every pair with every other. */
#include "stats/duplicates.h"

#include "base/arena.h"
#include "stats/random.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;

static void setup(void)
{
    arena = arena_create(1 << 28);
}

static void teardown(void)
{
    arena_destroy(arena);
    leaks_check();
}

TestSuite(duplicates, .init = setup, .fini = teardown);

static const struct duplicates_rule rule = {
    .threshold = DUPLICATES_THRESHOLD, .least = DUPLICATES_LEAST, .seed = 42};

Test(duplicates, likeness_is_the_share_of_runs_that_both_have)
{
    /* abcde bcdef; abcde bcdeg: one of three */
    cr_assert_float_eq(duplicates_likeness(SLICE("abcdef"), SLICE("abcdeg")), 1.0 / 3, 1e-12);
    cr_assert_float_eq(duplicates_likeness(SLICE("Caf\xC3\xA9,  bar!"), SLICE("cafe bar")), 1, 1e-12);
    cr_assert_float_eq(duplicates_likeness(SLICE("abcde"), SLICE("vwxyz")), 0, 1e-12);
    cr_assert_float_eq(duplicates_likeness(SLICE("abcd"), SLICE("abcd")), 0, 1e-12);
    cr_assert_float_eq(duplicates_likeness(SLICE("aaaaaaaa"), SLICE("aaaaa")), 1, 1e-12);
    cr_assert_float_eq(duplicates_likeness(SLICE(""), SLICE("")), 0, 1e-12);
}

Test(duplicates, a_letter_that_many_sent_with_their_own_words_is_one_cluster)
{
    const struct slice texts[] = {
        SLICE_INIT(
            "Ik maak mij zorgen over gentechniek in ons voedsel: ik wil zelf kunnen kiezen wat ik eet. Jan"),
        SLICE_INIT("Kweekvlees lijkt mij een prima oplossing voor het dierenleed, zolang het maar veilig is "
                   "gemaakt."),
        SLICE_INIT(
            "IK MAAK MIJ ZORGEN OVER GENTECHNIEK in ons voedsel. Ik wil zelf kunnen kiezen wat ik eet! Piet"),
        SLICE_INIT("geen mening"),
        SLICE_INIT("geen mening"),
        SLICE_INIT(
            "Ik maak mij grote zorgen over gentechniek in ons voedsel; ik wil zelf kunnen kiezen wat ik eet"),
    };
    struct duplicates found;
    cr_assert(duplicates_find(&found, texts, 6, &rule));
    cr_assert_eq(found.cluster_count, 1);
    cr_assert_eq(found.clusters[0].first, 0);
    cr_assert_eq(found.clusters[0].size, 3);
    static const uint32_t clusters[] = {0, DUPLICATES_NONE, 0, DUPLICATES_NONE, DUPLICATES_NONE, 0};
    cr_assert_eq(memcmp(found.cluster, clusters, sizeof clusters), 0);
    duplicates_free(&found);
}

Test(duplicates, the_largest_cluster_comes_first_and_short_texts_are_compared_when_asked)
{
    const struct slice texts[] = {SLICE_INIT("eerste tekst"),  SLICE_INIT("tweede brief"),
                                  SLICE_INIT("Tweede brief"),  SLICE_INIT("eerste tekst"),
                                  SLICE_INIT("tweede, brief"), SLICE_INIT("x")};
    const struct duplicates_rule all = {.threshold = 1, .least = 0, .seed = 1};
    struct duplicates found;
    cr_assert(duplicates_find(&found, texts, 6, &all));
    cr_assert_eq(found.cluster_count, 2);
    cr_assert(found.clusters[0].first == 1 && found.clusters[0].size == 3);
    cr_assert(found.clusters[1].first == 0 && found.clusters[1].size == 2);
    duplicates_free(&found);
}

Test(duplicates, nothing_and_a_threshold_that_is_none)
{
    struct duplicates found;
    cr_assert(duplicates_find(&found, NULL, 0, &rule));
    cr_assert_eq(found.cluster_count, 0);
    duplicates_free(&found);
    static const double wrong[] = {0, -1, 1.01, (double)NAN};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const struct duplicates_rule bad = {.threshold = wrong[i], .seed = 1};
        cr_assert_not(duplicates_find(&found, NULL, 0, &bad));
    }
}

/* A text of `words` words out of 2,000, of which one in `spoiled` is another than the seed says (0: none). */
static struct slice letter(uint64_t seed, uint64_t own, uint32_t words, uint32_t spoiled)
{
    struct slice text = SLICE("");
    for (uint32_t i = 0; i < words; i++) {
        uint32_t word = random_index(&seed, 2000);
        if (spoiled > 0 && random_index(&own, spoiled) == 0) {
            word = random_index(&own, 2000);
        }
        text = arena_printf(arena, "%.*s%c%uw%c ", SLICE_ARG(text), 'a' + (int)(word % 26),
                            word * 7919u % 9973u, 'a' + (int)(word % 23));
    }
    return text;
}

/* Clusters by comparing all pairs. */
static void clusters_of_all_pairs(uint32_t *root, const struct slice *texts, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        root[i] = i;
    }
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < i; k++) {
            if (root[i] != root[k] && duplicates_likeness(texts[i], texts[k]) >= rule.threshold) {
                const uint32_t low = root[i] < root[k] ? root[i] : root[k];
                const uint32_t high = root[i] < root[k] ? root[k] : root[i];
                for (uint32_t j = 0; j <= i; j++) {
                    root[j] = root[j] == high ? low : root[j];
                }
            }
        }
    }
}

Test(duplicates, clusters_are_those_of_comparing_every_pair, .timeout = 100)
{
    enum { COUNT = 300 };
    struct slice texts[COUNT];
    uint32_t root[COUNT];
    for (uint32_t i = 0; i < COUNT; i++) {
        const bool campaign = i % 3 == 0;
        texts[i] = letter(campaign ? i % 5 : 1000 + i, 77 + i, 30, campaign ? 6 + i % 40 : 0);
    }
    clusters_of_all_pairs(root, texts, COUNT);
    struct duplicates found;
    cr_assert(duplicates_find(&found, texts, COUNT, &rule));
    size_t in_clusters = 0;
    for (uint32_t i = 0; i < COUNT; i++) {
        const bool alone = found.cluster[i] == DUPLICATES_NONE;
        const uint32_t mine = alone ? i : found.clusters[found.cluster[i]].first;
        cr_assert_eq(mine, root[i], "%u: %u and not %u", i, mine, root[i]);
        in_clusters += !alone;
    }
    cr_assert_geq(in_clusters, 50);
    duplicates_free(&found);
}

Test(duplicates, the_same_seed_gives_the_same_and_another_seed_hardly_differs)
{
    enum { COUNT = 400 };
    struct slice texts[COUNT];
    for (uint32_t i = 0; i < COUNT; i++) {
        texts[i] = letter(i % 20, i, 25, 80);
    }
    struct duplicates a, b;
    struct duplicates_rule other = rule;
    cr_assert(duplicates_find(&a, texts, COUNT, &rule) && duplicates_find(&b, texts, COUNT, &rule));
    cr_assert_eq(memcmp(a.cluster, b.cluster, COUNT * sizeof *a.cluster), 0);
    duplicates_free(&b);
    other.seed = 7;
    cr_assert(duplicates_find(&b, texts, COUNT, &other));
    cr_assert_eq(memcmp(a.cluster, b.cluster, COUNT * sizeof *a.cluster), 0);
    cr_assert_eq(a.cluster_count, 20);
    duplicates_free(&a);
    duplicates_free(&b);
}

enum { LONG = 4000, CHANGES_MAX = 4 };

/* A text of random letters, the same each time, with these places changed: each takes 5 of its 3996 runs, so
 * that one change leaves a likeness of 0.9975 and two 0.995. */
static struct slice changed(const int places[CHANGES_MAX], int count)
{
    uint64_t state = 5;
    char *text = arena_alloc(arena, LONG);
    for (int i = 0; i < LONG; i++) {
        text[i] = (char)('a' + random_u64(&state) % 26);
    }
    for (int i = 0; i < count; i++) {
        text[places[i]] = text[places[i]] == 'z' ? 'y' : 'z';
    }
    return (struct slice){text, LONG};
}

/* A is like B and B like C, in almost all bands together; A and C are too far apart. */
Test(duplicates, a_chain_is_one_cluster_in_any_order)
{
    static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    const struct slice chain[3] = {changed((int[CHANGES_MAX]){100}, 1), changed(NULL, 0),
                                   changed((int[CHANGES_MAX]){200}, 1)};
    cr_assert_gt(duplicates_likeness(chain[0], chain[1]), 0.997);
    cr_assert_lt(duplicates_likeness(chain[0], chain[2]), 0.996);
    for (uint64_t seed = 1; seed <= 8; seed++) {
        const struct duplicates_rule close = {.threshold = 0.9965, .least = 1, .seed = seed};
        for (int o = 0; o < 6; o++) {
            const struct slice texts[3] = {chain[orders[o][0]], chain[orders[o][1]], chain[orders[o][2]]};
            struct duplicates found;
            cr_assert(duplicates_find(&found, texts, 3, &close));
            cr_expect_eq(found.cluster_count, 1, "seed %d, order %d", (int)seed, o);
            cr_expect(found.cluster_count == 1 && found.clusters[0].size == 3, "seed %d, order %d", (int)seed,
                      o);
            duplicates_free(&found);
        }
    }
}

/* Each of a hundred is two changes away from the others, but the last: one from the hundredth. */
Test(duplicates, many_that_are_nearly_alike_do_not_hide_two_that_are)
{
    struct slice texts[101];
    for (int i = 0; i < 100; i++) {
        texts[i] = changed((int[CHANGES_MAX]){20 + 20 * i}, 1);
    }
    texts[100] = changed((int[CHANGES_MAX]){20 + 20 * 99, 3000}, 2);
    for (uint64_t seed = 1; seed <= 4; seed++) {
        const struct duplicates_rule close = {.threshold = 0.9965, .least = 1, .seed = seed};
        struct duplicates found;
        cr_assert(duplicates_find(&found, texts, 101, &close));
        cr_assert_eq(found.cluster_count, 1, "seed %d", (int)seed);
        cr_expect_eq(found.clusters[0].first, 99);
        cr_expect_eq(found.clusters[0].size, 2);
        duplicates_free(&found);
    }
}
