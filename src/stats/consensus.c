#include "stats/consensus.h"

#include "stats/random.h"

#include <math.h>
#include <stdlib.h>

/* Triples in a pattern, by how many 1s and 0s stand before and behind each place. */
static double layer_agreement(const bool *pattern, size_t categories)
{
    const double k = (double)categories;
    double ones = 0, tu = 0, tdu = 0, ones_before = 0, zeros_before = 0;
    for (size_t c = 0; c < categories; c++) {
        ones += pattern[c];
    }
    if (ones < 2) {
        return 1;
    }
    for (size_t c = 0; c < categories; c++) {
        const double ones_behind = ones - ones_before - pattern[c];
        const double zeros_behind = k - 1 - (double)c - ones_behind;
        if (pattern[c]) {
            tu += ones_before * zeros_behind + zeros_before * ones_behind;
            ones_before++;
        } else {
            tdu += ones_before * ones_behind;
            zeros_before++;
        }
    }
    if (!(tu + tdu > 0)) {
        return 0;
    }
    const double u = ((k - 2) * tu - (k - 1) * tdu) / ((k - 2) * (tu + tdu));
    return u * (1 - (ones - 1) / (k - 1));
}

bool consensus_agreement(double *out, const double *frequencies, size_t categories)
{
    double left[CONSENSUS_CATEGORIES_MAX], all = 0, sum = 0;
    if (categories < CONSENSUS_CATEGORIES_MIN || categories > CONSENSUS_CATEGORIES_MAX) {
        return false;
    }
    for (size_t c = 0; c < categories; c++) {
        left[c] = frequencies[c];
        all += frequencies[c];
        if (!(frequencies[c] >= 0)) {
            return false;
        }
    }
    if (!(all > 0) || !isfinite(all)) {
        return false;
    }
    for (;;) {
        bool pattern[CONSENSUS_CATEGORIES_MAX];
        double smallest = HUGE_VAL, ones = 0;
        for (size_t c = 0; c < categories; c++) {
            pattern[c] = left[c] > 0;
            ones += pattern[c];
            smallest = pattern[c] ? fmin(smallest, left[c]) : smallest;
        }
        if (ones < 1) {
            break;
        }
        sum += smallest * ones / all * layer_agreement(pattern, categories);
        for (size_t c = 0; c < categories; c++) {
            left[c] -= pattern[c] ? smallest : 0;
        }
    }
    *out = sum;
    return true;
}

/* Box and Muller, one of the two. */
static double random_normal(uint64_t *state)
{
    const double radius = sqrt(-2 * log(random_unit(state)));
    return radius * cos(2 * 3.14159265358979323846 * random_unit(state));
}

/* A sample of n people from shares. */
static void sample(double *out, const double *shares, size_t categories, double n, uint64_t *state)
{
    if (n >= CONSENSUS_NORMAL_FROM) {
        double z[CONSENSUS_CATEGORIES_MAX], common = 0;
        for (size_t c = 0; c < categories; c++) {
            z[c] = random_normal(state);
            common += z[c] * sqrt(shares[c]);
        }
        for (size_t c = 0; c < categories; c++) {
            out[c] = fmax(0, n * shares[c] + sqrt(n) * (sqrt(shares[c]) * z[c] - shares[c] * common));
        }
        return;
    }
    for (size_t c = 0; c < categories; c++) {
        out[c] = 0;
    }
    for (size_t i = 0; i < (size_t)n; i++) {
        double u = random_unit(state);
        size_t c = 0;
        while (c + 1 < categories && u >= shares[c]) {
            u -= shares[c++];
        }
        out[c]++;
    }
}

bool consensus_interval(struct interval *out, const double *frequencies, size_t categories,
                        double effective_n, size_t replicates, uint64_t seed)
{
    double shares[CONSENSUS_CATEGORIES_MAX], drawn[CONSENSUS_CATEGORIES_MAX] = {0}, all = 0, found;
    if (!consensus_agreement(&found, frequencies, categories) || !(effective_n >= 1) || replicates == 0) {
        return false;
    }
    for (size_t c = 0; c < categories; c++) {
        all += frequencies[c];
    }
    for (size_t c = 0; c < categories; c++) {
        shares[c] = frequencies[c] / all;
    }
    double *values = calloc(replicates, sizeof *values);
    if (!values) {
        return false;
    }
    uint64_t state = seed;
    size_t count = 0;
    for (size_t b = 0; b < replicates; b++) {
        sample(drawn, shares, categories, round(effective_n), &state);
        count += consensus_agreement(&values[count], drawn, categories);
    }
    *out = interval_percentile(values, count, 0.95);
    free(values);
    return count > 0;
}

enum consensus_word consensus_word(double agreement)
{
    return agreement >= 0.5 ? CONSENSUS_BROAD : agreement >= 0 ? CONSENSUS_MIXED : CONSENSUS_DIVIDED;
}
