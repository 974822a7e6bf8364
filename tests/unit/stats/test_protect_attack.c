/* Attacks on the public's view, as far as numbers go: somebody who knows the method, its D, V and k,
 * everybody's profile and more, and lacks only the secret, tries to learn what one person (the target)
 * answered. Each attack prints its success beside what guessing gets and beside its bound, and must stay
 * under the bound. Here: counts of one release. */
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

static const bool *const all_listed[LATTICE_DIMS_MAX];
static const enum public_role in_base[256];

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
            attack_report(name, r.success, TRIALS, 0.5, bound_pairs(pairs, settings[s][1]));
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
    attack_report("one complement, all others' answers known", (double)right_alone / TRIALS, TRIALS, 0.5,
                  bound_pairs(1, 2));
    attack_report("all complements together, all others' answers known", (double)right / TRIALS, TRIALS, 0.5,
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
        attack_report(name, (double)right / TRIALS, TRIALS, 0.5, bound_counts(universes, 2));
        snprintf(name, sizeof name, "%u universes: exact size of a set of 20 to 29", universes);
        attack_report(name, (double)size_right / TRIALS, TRIALS, 0.1,
                      2 * normal_below(0.5 / sqrt(2.0 / universes)) - 1);
        cr_expect_lt((double)certain / TRIALS, 0.02);
    }
}
