#include "stats/agreement.h"

#include <math.h>
#include <string.h>

bool agreement_confusion(uint64_t *table, const struct ratings *ratings, size_t coder_a, size_t coder_b,
                         size_t categories)
{
    memset(table, 0, categories * categories * sizeof *table);
    for (size_t u = 0; u < ratings->units; u++) {
        const uint16_t a = ratings->codes[u * ratings->coders + coder_a];
        const uint16_t b = ratings->codes[u * ratings->coders + coder_b];
        if (a == RATING_MISSING || b == RATING_MISSING) {
            continue;
        }
        if (a >= categories || b >= categories) {
            return false;
        }
        table[a * categories + b]++;
    }
    return true;
}

/* The share of a line (of coder a) or column (of coder b). */
static double margin(const uint64_t *table, size_t categories, size_t i, bool column, double n)
{
    double sum = 0;
    for (size_t j = 0; j < categories; j++) {
        sum += (double)table[column ? j * categories + i : i * categories + j];
    }
    return sum / n;
}

bool agreement_cohen(struct kappa *out, const uint64_t *table, size_t categories)
{
    struct kappa k = {0};
    for (size_t i = 0; i < categories * categories; i++) {
        k.n += table[i];
    }
    if (k.n == 0) {
        return false;
    }
    const double n = (double)k.n;
    for (size_t i = 0; i < categories; i++) {
        k.observed += (double)table[i * categories + i] / n;
        k.expected += margin(table, categories, i, false, n) * margin(table, categories, i, true, n);
    }
    const double po = k.observed, pe = k.expected;
    double same = 0, different = 0;
    for (size_t i = 0; i < categories; i++) {
        for (size_t j = 0; j < categories; j++) {
            const double p = (double)table[i * categories + j] / n;
            if (i == j) {
                const double both =
                    margin(table, categories, i, false, n) + margin(table, categories, i, true, n);
                const double off = 1 - pe - both * (1 - po);
                same += p * off * off;
            } else {
                /* The column of i and the line of j. */
                const double both =
                    margin(table, categories, i, true, n) + margin(table, categories, j, false, n);
                different += p * both * both;
            }
        }
    }
    const double rest = po * pe - 2 * pe + po;
    const double variance = (same + (1 - po) * (1 - po) * different - rest * rest) / (n * pow(1 - pe, 4));
    k.value = pe < 1 ? (po - pe) / (1 - pe) : (double)NAN;
    k.error = pe < 1 ? sqrt(fmax(0, variance)) : (double)NAN;
    *out = k;
    return true;
}

bool agreement_fleiss(struct kappa *out, const uint64_t *counts, size_t units, size_t categories)
{
    struct kappa k = {.n = units};
    uint64_t raters = 0;
    for (size_t u = 0; u < units; u++) {
        uint64_t here = 0;
        double pairs = 0;
        for (size_t c = 0; c < categories; c++) {
            const double n = (double)counts[u * categories + c];
            here += counts[u * categories + c];
            pairs += n * (n - 1);
        }
        if (here < 2 || (u > 0 && here != raters)) {
            return false;
        }
        raters = here;
        k.observed += pairs / ((double)here * ((double)here - 1)) / (double)units;
    }
    if (units == 0) {
        return false;
    }
    const double m = (double)raters, all = m * (double)units;
    double mixed = 0, skewed = 0; /* sum p q, sum p q (q - p) */
    for (size_t c = 0; c < categories; c++) {
        double p = 0;
        for (size_t u = 0; u < units; u++) {
            p += (double)counts[u * categories + c] / all;
        }
        k.expected += p * p;
        mixed += p * (1 - p);
        skewed += p * (1 - p) * (1 - 2 * p);
    }
    k.value = mixed > 0 ? (k.observed - k.expected) / (1 - k.expected) : (double)NAN;
    k.error = mixed > 0 ? sqrt(2 / (all * (m - 1)) * fmax(0, mixed * mixed - skewed)) / mixed : (double)NAN;
    *out = k;
    return true;
}
