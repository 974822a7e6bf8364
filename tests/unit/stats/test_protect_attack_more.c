/* Attacks as in test_protect_attack.c, on successive releases, on means, and on weighted shares beside
 * counts. */
#include "stats/protect_public.h"

#include "protect_support.h"
#include "support.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

TestSuite(protect_attack_more, .fini = leaks_check);

static const bool *const all_listed[LATTICE_DIMS_MAX];
static const enum public_role in_base[256];

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

Test(protect_attack_more, releases_around_entry_and_withdrawal)
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
    attack_report("a release with the target in it, every other change known", (double)right_entry / TRIALS,
                  TRIALS, 0.5, bound_pairs(1, 2));
    attack_report("and one after their withdrawal", (double)right_both / TRIALS, TRIALS, 0.5,
                  bound_pairs(2, 2));
}

Test(protect_attack_more, back_to_the_same_people_back_to_the_same_figures)
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
Test(protect_attack_more, means_of_numbers)
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
    attack_report("a mean of 0 to 100, the others' sum known", (double)right / TRIALS, TRIALS, 0.5,
                  bound_counts(1, 2));
    attack_report("the same as printed", (double)right_printed / TRIALS, TRIALS, 0.5, bound_counts(1, 2));
}

static double mean_shown(double *deff, const struct population *people, const struct lattice *lattice,
                         const struct public_rule *rule, bool weighted, const double *values)
{
    struct population counted = *people;
    struct public_table shown;
    counted.people = calloc(people->count, sizeof *counted.people);
    for (size_t i = 0; i < people->count; i++) {
        counted.people[i] = people->people[i];
        counted.people[i].weight = weighted ? people->people[i].weight : 1;
    }
    struct table table = answers_of(&counted, 0, NULL);
    const struct public_query query = {.table = &table,
                                       .roles = in_base,
                                       .values = values,
                                       .high = values[2],
                                       .variable = 3,
                                       .weighted = weighted};
    cr_assert_eq(protect_public(&shown, &query, lattice, rule), PUBLIC_OK);
    const double mean = shown.lines[0].mean;
    *deff = shown.lines[0].deff;
    public_table_free(&shown);
    table_free(&table);
    free(counted.people);
    return mean;
}

/* The same number's mean is shown weighted and not. Everything is known but whether somebody with a heavy
 * weight gave 0 or 100. Were the noise of both one draw, it would fall out of their difference. */
Test(protect_attack_more, a_mean_beside_the_same_one_weighted)
{
    enum { TRIALS = 4000, OTHERS = 120 };
    const double values[] = {0, 50, 100}, heavy = 3, noise = sqrt(2 + 1.0 / 12);
    size_t right_of_difference = 0, right_of_both = 0;
    double strength = 0;
    for (uint64_t t = 0; t < TRIALS; t++) {
        uint64_t state = t + 77;
        const struct public_rule rule = rule_of(&state);
        struct population people = population_of(&state, 0, NULL, 3, OTHERS + 1);
        const bool high = random_below(&state, 2);
        double sum[2] = {0}, weight = heavy, deff[2], mean[2], evidence[2];
        people.people[0].weight = heavy;
        people.people[0].answer = high ? 2 : 0;
        for (size_t i = 1; i < people.count; i++) {
            struct person *p = &people.people[i];
            p->weight = 0.25 * (1 + random_below(&state, 8));
            weight += p->weight;
            sum[0] += values[p->answer];
            sum[1] += values[p->answer] * p->weight;
        }
        struct profiles profiles = profiles_of(&people);
        struct lattice lattice;
        cr_assert_eq(lattice_decide(&lattice, &profiles, all_listed, &rule), LATTICE_OK);
        for (int weighted = 0; weighted < 2; weighted++) {
            mean[weighted] = mean_shown(&deff[weighted], &people, &lattice, &rule, weighted, values);
        }
        const double n = OTHERS + 1, times = sqrt(deff[1]);
        const double midway[2] = {(sum[0] + 50) / n, (sum[1] + 50 * heavy) / weight};
        const double moved[2] = {mean[0] - midway[0], mean[1] - midway[1]}; /* by half of the target's step */
        const double step[2] = {100 / n, 100 * heavy / weight};
        const double error[2] = {100 * noise / n, 100 * noise * times / n};
        right_of_difference +=
            decide((moved[1] - times * moved[0]) * (step[1] > times * step[0] ? 1 : -1), &state) == high;
        for (int w = 0; w < 2; w++) {
            evidence[w] = moved[w] * step[w] / (error[w] * error[w]);
            strength += step[w] * step[w] / (4 * error[w] * error[w]) / TRIALS;
        }
        right_of_both += decide(evidence[0] + evidence[1], &state) == high;
        lattice_free(&lattice);
        profiles_free(&profiles);
        free(people.people);
    }
    const double bound = normal_below(sqrt(strength));
    attack_report("a mean less its weighted twin, a weight of 3", (double)right_of_difference / TRIALS,
                  TRIALS, 0.5, bound);
    attack_report("a mean and its weighted twin, a weight of 3", (double)right_of_both / TRIALS, TRIALS, 0.5,
                  bound);
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

Test(protect_attack_more, weighted_shares_against_counts)
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
        attack_report(name, success, TRIALS, 0.5, normal_below(heavy / sqrt(8 * (2 + 1.0 / 12))));
    }
}
