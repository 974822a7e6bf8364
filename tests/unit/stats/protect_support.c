#include "protect_support.h"

#include "support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARGIN 0.02

uint64_t siphash(const unsigned char key[PERTURB_KEY_BYTES], struct slice message)
{
    unsigned char hash[crypto_shorthash_BYTES];
    uint64_t value = 0;
    crypto_shorthash(hash, (const unsigned char *)message.ptr, message.len, key);
    for (size_t i = sizeof hash; i > 0; i--) {
        value = value << 8 | hash[i - 1];
    }
    return value;
}

struct perturb perturb_of(unsigned reach, unsigned variance, uint64_t *state)
{
    struct perturb p = {.hash = siphash, .table = perturb_table_find(reach, variance)};
    cr_assert_not_null(p.table);
    for (size_t i = 0; i < sizeof p.key; i++) {
        p.key[i] = (unsigned char)random_next(state);
    }
    return p;
}

double normal_below(double z)
{
    return erfc(-z / sqrt(2)) / 2;
}

struct public_rule rule_of(uint64_t *state)
{
    return (struct public_rule){.perturb = perturb_of(5, 2, state), .threshold = 10};
}

struct table_cell cell_of(const struct person *person)
{
    const uint64_t weight = (uint64_t)llround(person->weight * WEIGHT_ONE);
    return (struct table_cell){
        .n = 1, .weight = weight, .weight_squared = (weight * weight + (1u << 23)) >> 24, .key = person->key};
}

/* 0 is the most frequent. */
static uint16_t skewed(uint64_t *state, uint32_t below)
{
    const uint32_t a = random_below(state, below), b = random_below(state, below);
    return (uint16_t)(a < b ? a : b);
}

struct population population_of(uint64_t *state, size_t dims, const uint32_t *sizes, size_t answers,
                                size_t count)
{
    struct population p = {.dims = dims, .answers = answers, .count = count};
    p.people = calloc(count, sizeof *p.people);
    cr_assert_not_null(p.people);
    for (size_t d = 0; d < dims; d++) {
        p.sizes[d] = sizes[d];
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t d = 0; d < dims; d++) {
            p.people[i].codes[d] = skewed(state, sizes[d]);
        }
        p.people[i].answer = skewed(state, (uint32_t)answers);
        p.people[i].key = random_next(state);
        p.people[i].weight = 1;
    }
    return p;
}

struct profiles profiles_of(const struct population *population)
{
    struct profiles out = {.dims = population->dims};
    memcpy(out.sizes, population->sizes, sizeof out.sizes);
    out.list = calloc(population->count + 1, sizeof *out.list);
    cr_assert_not_null(out.list);
    for (size_t i = 0; i < population->count; i++) {
        size_t p = 0;
        while (p < out.count &&
               memcmp(out.list[p].codes, population->people[i].codes, sizeof out.list[p].codes) != 0) {
            p++;
        }
        if (p == out.count) {
            memcpy(out.list[p].codes, population->people[i].codes, sizeof out.list[p].codes);
            out.count++;
        }
        const struct table_cell cell = cell_of(&population->people[i]);
        table_cell_add(&out.list[p].sum, &cell);
    }
    return out;
}

struct table answers_of(const struct population *population, size_t depth, const size_t *dims)
{
    struct table t = {.axis_count = 1 + depth, .sizes = {(uint32_t)population->answers}};
    t.cell_count = population->answers;
    for (size_t d = 0; d < depth; d++) {
        t.sizes[1 + d] = population->sizes[dims[d]];
        t.cell_count *= t.sizes[1 + d];
    }
    t.cells = calloc(t.cell_count, sizeof *t.cells);
    cr_assert_not_null(t.cells);
    for (size_t i = 0; i < population->count; i++) {
        const struct person *person = &population->people[i];
        uint32_t codes[TABULATE_AXES_MAX] = {person->answer};
        for (size_t d = 0; d < depth; d++) {
            codes[1 + d] = person->codes[dims[d]];
        }
        const struct table_cell cell = cell_of(person);
        table_cell_add(&t.cells[table_cell_number(&t, codes)], &cell);
    }
    return t;
}

bool in_universe(const struct universe *universe, const struct person *person)
{
    for (size_t i = 0; i < universe->depth; i++) {
        if (person->codes[universe->dims[i]] != universe->codes[i]) {
            return false;
        }
    }
    return true;
}

double bound_pairs(double pairs, double variance)
{
    return normal_below(sqrt(pairs / (8 * variance)));
}

double bound_counts(double counts, double variance)
{
    return normal_below(sqrt(counts / (4 * variance)));
}

void attack_report(const char *attack, double success, size_t trials, double guessing, double bound)
{
    printf("attack: %-64s %.3f (guessing %.3f, bound %.3f, %zu trials)\n", attack, success, guessing, bound,
           trials);
    cr_expect_leq(success, bound + MARGIN + 3 * sqrt(0.25 / (double)trials), "%s", attack);
}

bool decide(double evidence, uint64_t *state)
{
    return evidence > 0 || (!(evidence < 0) && random_below(state, 2));
}
