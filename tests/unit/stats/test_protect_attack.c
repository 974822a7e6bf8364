/* Attacks on the public's view, as far as numbers go: somebody who knows the method, its D, V and k,
 * everybody's profile and more, and lacks only the secret, tries to learn what one person (the target)
 * answered. Each attack prints its success beside what guessing gets and beside its bound, and must stay
 * under the bound.
 *
 * Bounds. Telling a count n from n + 1 out of m differences of two noisy counts: Phi(sqrt(m / (8V))), out of
 * m single counts: Phi(sqrt(m / (4V))), for noise as good as normal; the discrete noise comes out a little
 * over or under it, hence MARGIN. */
#include "stats/protect_primary.h"
#include "stats/protect_public.h"

#include "protect_support.h"
#include "support.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

TestSuite(protect_attack, .fini = leaks_check);

#define MARGIN 0.02

static const bool *const all_listed[LATTICE_DIMS_MAX];
static const enum public_role in_base[256];

static double bound_pairs(double pairs, double variance)
{
    return normal_below(sqrt(pairs / (8 * variance)));
}

static double bound_counts(double counts, double variance)
{
    return normal_below(sqrt(counts / (4 * variance)));
}

/* Prints, and holds the success to its bound and its own chance. */
static void report(const char *attack, double success, size_t trials, double guessing, double bound)
{
    printf("attack: %-64s %.3f (guessing %.3f, bound %.3f, %zu trials)\n", attack, success, guessing, bound,
           trials);
    cr_expect_leq(success, bound + MARGIN + 3 * sqrt(0.25 / (double)trials), "%s", attack);
}

/* Which is it, by the sum of logarithms of likelihood ratios? A coin where they say nothing. */
static bool decide(double evidence, uint64_t *state)
{
    return evidence > 0 || (!(evidence < 0) && random_below(state, 2));
}

/* Probability of noise v on a count that is large. */
static double noise_p(const struct perturb_table *table, int v)
{
    const int reach = (int)table->reach;
    if (v < -reach || v > reach) {
        return 0;
    }
    const uint64_t *row = table->thresholds + table->starts[reach];
    const double up_to = v == reach ? 1 : ldexp((double)row[v + reach], -64);
    return up_to - (v == -reach ? 0 : ldexp((double)row[v + reach - 1], -64));
}

/* Of the difference of two noises. */
static double difference_p(const struct perturb_table *table, int d)
{
    double p = 0;
    for (int v = -(int)table->reach; v <= (int)table->reach; v++) {
        p += noise_p(table, v) * noise_p(table, v + d);
    }
    return p;
}

/* ---- differencing pairs ---- */

struct pair_result {
    double success;
    double certain; /* share of trials with a proof */
};

/* The counts of an answer in U and in U plus the target, m times with other universes; did the target give
 * it? salted: as we do it; otherwise as cell keys were before, without the universe. */
static struct pair_result attack_pairs(unsigned reach, unsigned variance, int pairs, bool salted,
                                       size_t trials)
{
    uint64_t state = reach * 100 + (unsigned)pairs;
    const struct perturb p = perturb_of(reach, variance, &state);
    size_t right = 0, certain = 0;
    for (size_t t = 0; t < trials; t++) {
        const bool gave = random_below(&state, 2);
        const uint64_t target = random_next(&state);
        double evidence = 0;
        bool proof = false;
        for (int i = 0; i < pairs; i++) {
            const uint64_t universe = salted ? random_next(&state) : 0, with = salted ? universe ^ target : 0;
            const struct table_cell others = {.n = 20 + random_below(&state, 50), .key = random_next(&state)};
            const struct table_cell all = {.n = others.n + gave, .key = others.key ^ (gave ? target : 0)};
            const int d =
                (int)((int64_t)perturb_count(&p, with, &all) - (int64_t)perturb_count(&p, universe, &others));
            /* Without the salt, a target who did not give it changes nothing. */
            const double p_gave = difference_p(p.table, d - 1);
            const double p_not = salted ? difference_p(p.table, d) : d == 0;
            proof = proof || !(p_gave > 0) || !(p_not > 0);
            evidence += log(fmax(p_gave, 1e-300)) - log(fmax(p_not, 1e-300));
        }
        right += decide(evidence, &state) == gave;
        certain += proof;
    }
    return (struct pair_result){(double)right / (double)trials, (double)certain / (double)trials};
}

Test(protect_attack, differencing_pairs)
{
    enum { TRIALS = 20000 };
    const unsigned settings[][2] = {{4, 1}, {5, 2}, {6, 3}};
    for (size_t s = 0; s < 3; s++) {
        for (int pairs = 1; pairs <= 10; pairs += pairs == 1 ? 4 : 5) {
            char name[80];
            struct pair_result r = attack_pairs(settings[s][0], settings[s][1], pairs, true, TRIALS);
            snprintf(name, sizeof name, "D %u, V %u: %d known pairs, if they were open", settings[s][0],
                     settings[s][1], pairs);
            report(name, r.success, TRIALS, 0.5, bound_pairs(pairs, settings[s][1]));
            cr_expect_lt(r.certain, 1e-3, "proofs: %g", r.certain);
        }
    }
    /* The attack works: on cell keys without the universe it proves the answer. */
    struct pair_result classic = attack_pairs(5, 2, 1, false, TRIALS);
    printf("attack: one pair without the salt proves the answer in %.3f\n", classic.certain);
    cr_expect_gt(classic.certain, 0.39, "it is given in half of the trials, and seen in 0.79 of those");
    cr_expect_gt(classic.success, 0.85);
}

Test(protect_attack, a_count_pins_the_truth_hardly_ever)
{
    enum { TRIALS = 200000 };
    const unsigned settings[][2] = {{4, 1}, {5, 2}, {6, 3}};
    const double pinned_p[] = {1.34e-4, 5.49e-4, 5.78e-4}; /* that of +D and -D */
    for (size_t s = 0; s < 3; s++) {
        uint64_t state = s + 1;
        const struct perturb p = perturb_of(settings[s][0], settings[s][1], &state);
        size_t pinned = 0;
        for (size_t t = 0; t < TRIALS; t++) {
            /* Known to be 50 or 51. */
            const struct table_cell cell = {.n = 50 + random_below(&state, 2), .key = random_next(&state)};
            const int above = (int)perturb_count(&p, random_next(&state), &cell) - 50;
            pinned += above == -(int)p.table->reach || above == (int)p.table->reach + 1;
        }
        const double rate = (double)pinned / TRIALS;
        printf("attack: D %u, V %u: one count, known within one person, is pinned in %.6f\n", settings[s][0],
               settings[s][1], rate);
        cr_expect_lt(rate, 1e-3);
        cr_expect_float_eq(rate, pinned_p[s], 4 * sqrt(pinned_p[s] / TRIALS));
    }
}

/* ---- complements, in whole tables ---- */

/* Two dimensions; the target is the only one with code 0 of the first within code 0 of the second, and one of
 * two in all. */
static struct population with_a_rare_target(uint64_t *state)
{
    struct population p = population_of(state, 2, (uint32_t[]){4, 3}, 2, 400);
    for (size_t i = 0; i < p.count; i++) {
        p.people[i].codes[0] = (uint16_t)(1 + random_below(state, 3));
        p.people[i].answer = (uint16_t)random_below(state, 2);
    }
    p.people[0].codes[0] = 0;
    p.people[0].codes[1] = 0;
    p.people[1].codes[0] = 0;
    p.people[1].codes[1] = 1;
    return p;
}

/* What the table says of the line of a universe; NULL when withheld. */
static const struct public_line *line_at(const struct public_table *t, uint32_t a, uint32_t b)
{
    const struct public_line *line = public_table_line(t, (uint32_t[]){a, b});
    return line->people.mark == PUBLIC_WITHHELD ? NULL : line;
}

/* A whole less its open parts by dimension `dim`: how many of those left over gave answer 1, as shown, and
 * truly without the target. False when no part is open. */
struct rest {
    double shown, others, noises;
};

static bool rest_of(struct rest *out, const struct public_table *t, const struct population *people,
                    size_t dim, uint32_t other)
{
    const uint32_t whole_at[2] = {dim == 0 ? PROTECT_ALL : other, dim == 0 ? other : PROTECT_ALL};
    const struct public_line *whole = line_at(t, whole_at[0], whole_at[1]);
    if (!whole) {
        return false;
    }
    *out = (struct rest){.shown = (double)whole->answers[1].n, .noises = 1};
    bool open[8] = {false};
    for (uint32_t c = 0; c < people->sizes[dim]; c++) {
        const struct public_line *part = line_at(t, dim == 0 ? c : other, dim == 0 ? other : c);
        open[c] = part != NULL;
        if (part) {
            out->shown -= (double)part->answers[1].n;
            out->noises++;
        }
    }
    for (size_t i = 1; i < people->count; i++) {
        const struct person *p = &people->people[i];
        const bool in = other == PROTECT_ALL || p->codes[1 - dim] == other;
        out->others += in && !open[p->codes[dim]] && p->answer == 1;
    }
    return out->noises > 1 && !open[people->people[0].codes[dim]];
}

Test(protect_attack, complements_and_nested_filters)
{
    enum { TRIALS = 1500 };
    size_t right = 0, lines_used = 0, smallest = SIZE_MAX, right_alone = 0;
    uint64_t state = 11;
    for (size_t trial = 0; trial < TRIALS; trial++) {
        const struct public_rule rule = rule_of(&state);
        struct population people = with_a_rare_target(&state);
        struct profiles profiles = profiles_of(&people);
        struct table table = answers_of(&people, 2, (size_t[]){0, 1});
        struct lattice lattice;
        struct public_table shown;
        cr_assert_eq(lattice_decide(&lattice, &profiles, all_listed, &rule), LATTICE_OK);
        const struct public_query query = {.table = &table, .dims = {0, 1}, .roles = in_base};
        cr_assert_eq(protect_public(&shown, &query, &lattice, &rule), PUBLIC_OK);
        /* The attacker knows what everybody else answered. Every whole that holds the target, less its open
         * parts: what is left over, less those known, is the target and noise. */
        double evidence = 0, alone = 0;
        const uint32_t wholes[][2] = {{0, PROTECT_ALL}, {1, PROTECT_ALL}, {0, 0}, {1, 0}}; /* dim, other */
        for (size_t w = 0; w < 4; w++) {
            struct rest r;
            if (rest_of(&r, &shown, &people, wholes[w][0], wholes[w][1])) {
                const double left = (r.shown - r.others - 0.5) / r.noises;
                evidence += left;
                alone = w == 0 ? left : alone;
                lines_used++;
            }
        }
        for (size_t u = 0; u < lattice.count; u++) {
            const struct universe *universe = &lattice.universes[u];
            if (universe->open && in_universe(universe, &people.people[0]) && universe->sum.n < smallest) {
                smallest = universe->sum.n;
            }
        }
        right += decide(evidence, &state) == (people.people[0].answer == 1);
        right_alone += decide(alone, &state) == (people.people[0].answer == 1);
        public_table_free(&shown);
        table_free(&table);
        lattice_free(&lattice);
        profiles_free(&profiles);
        free(people.people);
    }
    const double lines = (double)lines_used / TRIALS;
    printf("attack: complements: %.2f a table, the smallest open group with the target has %zu people\n",
           lines, smallest);
    cr_expect_geq(smallest, 10);
    cr_expect_gt(lines, 0.9, "there is something to attack");
    report("one complement, all others' answers known", (double)right_alone / TRIALS, TRIALS, 0.5,
           bound_pairs(1, 2));
    report("all complements together, all others' answers known", (double)right / TRIALS, TRIALS, 0.5,
           bound_pairs(fmax(1, lines), 2));
}

/* The same people with the answer, seen in every universe that holds them all: 1 + d + d(d-1)/2 noises. */
Test(protect_attack, averaging_over_nested_universes)
{
    enum { TRIALS = 20000 };
    for (unsigned dims = 2; dims <= 6; dims += 2) {
        const unsigned universes = 1 + dims + dims * (dims - 1) / 2;
        uint64_t state = dims;
        const struct perturb p = perturb_of(5, 2, &state);
        size_t right = 0, size_right = 0, certain = 0;
        for (size_t t = 0; t < TRIALS; t++) {
            const bool gave = random_below(&state, 2);
            const uint64_t n = 20 + random_below(&state, 9); /* without the target */
            const struct table_cell cell = {.n = n + gave, .key = random_next(&state)};
            double evidence = 0, mean = 0;
            bool proof = false;
            for (unsigned u = 0; u < universes; u++) {
                const uint64_t shown = perturb_count(&p, random_next(&state), &cell);
                const int above = (int)shown - (int)n;
                const double p_gave = noise_p(p.table, above - 1), p_not = noise_p(p.table, above);
                proof = proof || !(p_gave > 0) || !(p_not > 0);
                evidence += log(fmax(p_gave, 1e-300)) - log(fmax(p_not, 1e-300));
                mean += (double)shown / universes;
            }
            right += decide(evidence, &state) == gave;
            size_right += (uint64_t)llround(mean) == cell.n;
            certain += proof;
        }
        char name[80];
        snprintf(name, sizeof name, "%u universes, all others' answers known: the target's", universes);
        report(name, (double)right / TRIALS, TRIALS, 0.5, bound_counts(universes, 2));
        snprintf(name, sizeof name, "%u universes: exact size of a set of 20 to 29", universes);
        report(name, (double)size_right / TRIALS, TRIALS, 0.1,
               2 * normal_below(0.5 / sqrt(2.0 / universes)) - 1);
        cr_expect_lt((double)certain / TRIALS, 0.02);
    }
}

/* ---- successive releases ---- */

struct releases {
    struct public_rule rule;
    struct table_cell people, yes;         /* now */
    struct table_cell changed;             /* since the last release */
    struct table_cell old_people, old_yes; /* of the last release */
    uint64_t state;
};

static void change(struct releases *r, uint64_t key, bool enters, bool answer)
{
    const struct table_cell one = {.n = 1, .key = key, .weight = WEIGHT_ONE, .weight_squared = 1u << 30};
    const uint64_t step = enters ? 1 : UINT64_MAX;
    r->people.n += step;
    r->people.key ^= key;
    if (answer) {
        r->yes.n += step;
        r->yes.key ^= key;
    }
    table_cell_add(&r->changed, &one);
}

/* The night. */
static bool release(struct releases *r)
{
    if (!release_due(&r->rule, &r->changed)) {
        return false;
    }
    r->old_people = r->people;
    r->old_yes = r->yes;
    r->changed = (struct table_cell){0};
    return true;
}

static double shown_yes(const struct releases *r)
{
    return (double)perturb_count(&r->rule.perturb, r->old_people.key, &r->old_yes);
}

static struct releases releases_of(uint64_t seed)
{
    struct releases r = {.state = seed};
    r.rule = rule_of(&r.state);
    for (int i = 0; i < 80; i++) {
        change(&r, random_next(&r.state), true, random_below(&r.state, 2));
    }
    cr_assert(release(&r));
    return r;
}

/* Who sends in answers of their own until a release comes that holds the target; they know how many of the
 * new ones said yes. Returns the change shown less the change they made. */
static double until_released(struct releases *r, size_t *own)
{
    const double before = shown_yes(r);
    double made = 0;
    do {
        const bool yes = random_below(&r->state, 2);
        change(r, random_next(&r->state), true, yes);
        made += yes;
        (*own)++;
    } while (!release(r));
    return shown_yes(r) - before - made;
}

Test(protect_attack, releases_around_entry_and_withdrawal)
{
    enum { TRIALS = 4000 };
    size_t right_entry = 0, right_both = 0, own = 0, first_own = SIZE_MAX;
    for (uint64_t t = 0; t < TRIALS; t++) {
        struct releases r = releases_of(t);
        const bool answer = random_below(&r.state, 2);
        const uint64_t key = random_next(&r.state);
        const double before = shown_yes(&r);
        change(&r, key, true, answer);
        cr_expect_not(release(&r), "one person is no release");
        cr_expect_float_eq(shown_yes(&r), before, 0, "and changes no figure");
        size_t used = 0;
        const double entry = until_released(&r, &used) - 0.5;
        first_own = used < first_own ? used : first_own;
        change(&r, key, false, answer);
        cr_expect_not(release(&r));
        const double withdrawal = until_released(&r, &used) + 0.5;
        own += used;
        right_entry += decide(entry, &r.state) == answer;
        right_both += decide(entry - withdrawal, &r.state) == answer;
    }
    printf("attack: releases: %.1f answers of the attacker's own a target, %zu at least for one release\n",
           (double)own / TRIALS, first_own);
    cr_expect_geq(first_own, 9);
    report("a release with the target in it, every other change known", (double)right_entry / TRIALS, TRIALS,
           0.5, bound_pairs(1, 2));
    report("and one after their withdrawal", (double)right_both / TRIALS, TRIALS, 0.5, bound_pairs(2, 2));
}

Test(protect_attack, back_to_the_same_people_back_to_the_same_figures)
{
    struct releases r = releases_of(7);
    const double before = shown_yes(&r);
    uint64_t keys[25];
    for (int i = 0; i < 25; i++) {
        keys[i] = random_next(&r.state);
        change(&r, keys[i], true, i % 2);
    }
    cr_assert(release(&r));
    for (int i = 0; i < 25; i++) {
        change(&r, keys[i], false, i % 2);
    }
    cr_assert(release(&r));
    cr_expect_float_eq(shown_yes(&r), before, 0, "asking twice gives no second noise");
}

/* ---- means and weights against counts ---- */

/* A mean of 0..100, its exact sum without the target known; the target gave 0 or 100. */
Test(protect_attack, means_of_numbers)
{
    enum { TRIALS = 4000, OTHERS = 60 };
    const double values[] = {0, 50, 100};
    size_t right = 0, right_printed = 0;
    for (uint64_t t = 0; t < TRIALS; t++) {
        uint64_t state = t;
        const struct public_rule rule = rule_of(&state);
        struct population people = population_of(&state, 0, NULL, 3, OTHERS + 1);
        const bool high = random_below(&state, 2);
        people.people[0].answer = high ? 2 : 0;
        double sum = 0;
        for (size_t i = 1; i < people.count; i++) {
            sum += values[people.people[i].answer];
        }
        struct profiles profiles = profiles_of(&people);
        struct table table = answers_of(&people, 0, NULL);
        struct lattice lattice;
        struct public_table shown;
        cr_assert_eq(lattice_decide(&lattice, &profiles, all_listed, &rule), LATTICE_OK);
        const struct public_query query = {
            .table = &table, .roles = in_base, .values = values, .high = 100, .variable = 3};
        cr_assert_eq(protect_public(&shown, &query, &lattice, &rule), PUBLIC_OK);
        const struct public_line *line = public_table_line(&shown, NULL);
        const double midway = (sum + 50) / (OTHERS + 1);
        right += decide(line->mean - midway, &state) == high;
        right_printed += decide(public_mean(&shown, line, values).value - midway, &state) == high;
        public_table_free(&shown);
        table_free(&table);
        lattice_free(&lattice);
        profiles_free(&profiles);
        free(people.people);
    }
    report("a mean of 0 to 100, the others' sum known", (double)right / TRIALS, TRIALS, 0.5,
           bound_counts(1, 2));
    report("the same as printed", (double)right_printed / TRIALS, TRIALS, 0.5, bound_counts(1, 2));
}

/* Two releases around a target with a known weight, everything else known, too: the mean weight of those who
 * gave the answer, out of the weighted share and the counts beside it, before and after. */
static double attack_weights(double heavy, bool without_noise, size_t trials, double *deviations)
{
    size_t right = 0;
    *deviations = 0;
    for (uint64_t t = 0; t < trials; t++) {
        uint64_t state = t + 1;
        const struct public_rule rule = rule_of(&state);
        const bool gave = random_below(&state, 2);
        double ratio[2], expected[2][2]; /* before and after; expected[not, gave] */
        enum { OTHERS = 400 };
        struct population people = population_of(&state, 0, NULL, 2, OTHERS + 1);
        double weight[2] = {0}, squares = 0, count[2] = {0};
        for (size_t i = 1; i < people.count; i++) {
            struct person *p = &people.people[i];
            p->weight = 0.25 * (1 + random_below(&state, 8));
            weight[p->answer] += p->weight;
            squares += p->weight * p->weight;
            count[p->answer]++;
        }
        const double mean = (weight[0] + weight[1]) / OTHERS;
        const double spread = sqrt(squares / OTHERS - mean * mean);
        people.people[0].weight = mean + heavy * spread;
        people.people[0].answer = gave;
        *deviations += (people.people[0].weight - mean) / spread / (double)trials;
        for (int after = 0; after < 2; after++) {
            struct population now = people;
            now.people += !after;
            now.count -= !after;
            struct profiles profiles = profiles_of(&now);
            struct table table = answers_of(&now, 0, NULL);
            struct lattice lattice;
            struct public_table shown;
            cr_assert_eq(lattice_decide(&lattice, &profiles, all_listed, &rule), LATTICE_OK);
            const struct public_query query = {.table = &table, .roles = in_base};
            cr_assert_eq(protect_public(&shown, &query, &lattice, &rule), PUBLIC_OK);
            const struct public_cell *cell = &public_table_line(&shown, NULL)->answers[1];
            ratio[after] = without_noise ? table_weight(&table.cells[1]) / (double)table.cells[1].n
                                         : cell->weight / (double)cell->n;
            for (int h = 0; h < 2; h++) {
                const bool in = after && h;
                expected[after][h] = (weight[1] + (in ? people.people[0].weight : 0)) / (count[1] + in);
            }
            public_table_free(&shown);
            table_free(&table);
            lattice_free(&lattice);
            profiles_free(&profiles);
        }
        const double moved = ratio[1] - ratio[0], still = expected[1][0] - expected[0][0],
                     would = expected[1][1] - expected[0][1];
        right += decide((moved - (still + would) / 2) * (would > still ? 1 : -1), &state) == gave;
        free(people.people);
    }
    return (double)right / (double)trials;
}

Test(protect_attack, weighted_shares_against_counts)
{
    enum { TRIALS = 1500 };
    double deviations;
    const double bare = attack_weights(1, true, TRIALS, &deviations);
    printf("attack: without noise on weights, the mean weight beside a count tells the answer in %.3f\n",
           bare);
    cr_expect_gt(bare, 0.99, "the attack works");
    for (double heavy = 1; heavy <= 3; heavy++) {
        char name[80];
        const double success = attack_weights(heavy, false, TRIALS, &deviations);
        snprintf(name, sizeof name, "a weight %.0f deviations up, all else known, unrounded shares",
                 deviations);
        report(name, success, TRIALS, 0.5, normal_below(heavy / sqrt(8 * (2 + 1.0 / 12))));
    }
}
