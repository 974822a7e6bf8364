/* What the tests of protection share: a population as a list of people, counted by plain loops. */
#ifndef ZEVENSTEM_TESTS_UNIT_STATS_PROTECT_SUPPORT_H
#define ZEVENSTEM_TESTS_UNIT_STATS_PROTECT_SUPPORT_H

#include "stats/protect_public.h"

/* SipHash-2-4 of libsodium. */
uint64_t siphash(const unsigned char key[PERTURB_KEY_BYTES], struct slice message);
/* With a random key. */
struct perturb perturb_of(unsigned reach, unsigned variance, uint64_t *state);
/* k = 10 and the default noise. */
struct public_rule rule_of(uint64_t *state);
/* The normal distribution function. */
double normal_below(double z);

struct person {
    uint16_t codes[LATTICE_DIMS_MAX];
    uint16_t answer;
    uint64_t key;
    double weight;
};

struct population {
    size_t dims;
    uint32_t sizes[LATTICE_DIMS_MAX];
    size_t answers;
    size_t count;
    struct person *people;
};

struct table_cell cell_of(const struct person *person);
/* Random people; codes and answers are the rarer the higher. Frees with free(people). */
struct population population_of(uint64_t *state, size_t dims, const uint32_t *sizes, size_t answers,
                                size_t count);
/* Frees with profiles_free. */
struct profiles profiles_of(const struct population *population);
/* Answers by dimensions; frees with table_free. */
struct table answers_of(const struct population *population, size_t depth, const size_t *dims);
bool in_universe(const struct universe *universe, const struct person *person);

/* ---- attacks ---- */

/* Telling a count n from n + 1 out of m differences of two noisy counts: Phi(sqrt(m / (8V))), out of m single
 * counts: Phi(sqrt(m / (4V))), for noise as good as normal. The discrete noise comes out a little over or
 * under it. */
double bound_pairs(double pairs, double variance);
double bound_counts(double counts, double variance);
/* Prints the success, and holds it to its bound, a margin of 0.02 and its own chance. */
void attack_report(const char *attack, double success, size_t trials, double guessing, double bound);
/* Which is it, by the sum of logarithms of likelihood ratios? A coin where they say nothing. */
bool decide(double evidence, uint64_t *state);

#endif
