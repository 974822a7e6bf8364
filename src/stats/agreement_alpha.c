#include "stats/agreement.h"

#include "stats/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A rating that is not there, among categories. */
#define NO_CATEGORY UINT16_MAX

/* Units with the same ratings, in whatever order, are one pattern: few patterns stand for many units, and a
 * replicate only counts how often each was drawn. */
struct work {
    size_t coders;
    size_t units;
    uint16_t *sorted;     /* units x coders: categories, rising, NO_CATEGORY last; grouped by pattern */
    uint32_t *pattern_of; /* of a unit */
    size_t patterns;
    uint32_t *first;  /* unit of a pattern */
    uint32_t *counts; /* units of a pattern, in the replicate */
    double *own;      /* disagreement within a unit of it; not for ordinal */
    size_t categories;
    uint16_t codes[AGREEMENT_CATEGORIES_MAX]; /* of a category */
    double totals[AGREEMENT_CATEGORIES_MAX];  /* n_c, in the replicate */
    double middle[AGREEMENT_CATEGORIES_MAX];  /* ordinal: n_0 + .. + n_c - n_c / 2, in the replicate */
    double *distances;                        /* squared; categories x categories; not for ordinal */
};

static int by_rating(const void *a, const void *b)
{
    const uint16_t x = *(const uint16_t *)a, y = *(const uint16_t *)b;
    return (x > y) - (x < y);
}

static size_t ratings_in(const uint16_t *codes, size_t coders)
{
    size_t count = 0;
    for (size_t c = 0; c < coders; c++) {
        count += codes[c] != RATING_MISSING;
    }
    return count;
}

/* Codes that are used in pairable units become categories, in their order. */
static bool name_categories(struct work *w, const struct ratings *r, uint16_t *category_of)
{
    memset(category_of, 0, (UINT16_MAX + 1) * sizeof *category_of);
    for (size_t u = 0; u < r->units; u++) {
        const uint16_t *codes = r->codes + u * r->coders;
        const bool pairable = ratings_in(codes, r->coders) >= 2;
        w->units += pairable;
        for (size_t c = 0; pairable && c < r->coders; c++) {
            category_of[codes[c]] = 1;
        }
    }
    category_of[RATING_MISSING] = 0;
    for (size_t code = 0; code < RATING_MISSING; code++) {
        if (category_of[code]) {
            if (w->categories == AGREEMENT_CATEGORIES_MAX) {
                return false;
            }
            w->codes[w->categories] = (uint16_t)code;
            category_of[code] = (uint16_t)w->categories++;
        }
    }
    category_of[RATING_MISSING] = NO_CATEGORY;
    return true;
}

static void fill_sorted(struct work *w, const struct ratings *r, const uint16_t *category_of)
{
    size_t unit = 0;
    for (size_t u = 0; u < r->units; u++) {
        const uint16_t *codes = r->codes + u * r->coders;
        if (ratings_in(codes, r->coders) < 2) {
            continue;
        }
        uint16_t *to = w->sorted + unit++ * w->coders;
        for (size_t c = 0; c < r->coders; c++) {
            to[c] = category_of[codes[c]];
        }
        qsort(to, w->coders, sizeof *to, by_rating);
    }
}

static int by_ratings(const void *a, const void *b, void *coders)
{
    return memcmp(a, b, *(const size_t *)coders * sizeof(uint16_t));
}

static void group(struct work *w)
{
    qsort_r(w->sorted, w->units, w->coders * sizeof *w->sorted, by_ratings, &w->coders);
    for (size_t u = 0; u < w->units; u++) {
        const uint16_t *unit = w->sorted + u * w->coders;
        if (u == 0 || memcmp(unit, unit - w->coders, w->coders * sizeof *unit) != 0) {
            w->first[w->patterns++] = (uint32_t)u;
        }
        w->pattern_of[u] = (uint32_t)(w->patterns - 1);
    }
}

/* ---- distances ---- */

static double set_distance(unsigned a, unsigned b, bool masi)
{
    if (a == b) {
        return 0;
    }
    const double both = __builtin_popcount(a & b), either = __builtin_popcount(a | b);
    const bool subset = (a & b) == a || (a & b) == b;
    const double factor = !masi ? 1 : subset ? 2.0 / 3 : 1.0 / 3;
    return 1 - factor * both / either;
}

static double squared_distance(uint16_t a, uint16_t b, const struct alpha_options *options)
{
    const double x = options->values ? options->values[a] : a, y = options->values ? options->values[b] : b;
    switch (options->metric) {
    case ALPHA_INTERVAL:
        return (x - y) * (x - y);
    case ALPHA_RATIO:
        return x + y > 0 ? (x - y) / (x + y) * ((x - y) / (x + y)) : 0;
    case ALPHA_JACCARD:
        return set_distance(a, b, false);
    case ALPHA_MASI:
        return set_distance(a, b, true);
    case ALPHA_NOMINAL:
    case ALPHA_ORDINAL:
        break;
    }
    return a != b;
}

static double distance(const struct work *w, size_t c, size_t k)
{
    if (w->distances) {
        return w->distances[c * w->categories + k];
    }
    const double d = w->middle[k] - w->middle[c];
    return d * d;
}

/* sum_{i<j} d^2 / (m - 1) of a pattern, and optionally the same with 0 or 1 for distance. */
static double disagreement(const struct work *w, size_t pattern, double *nominal)
{
    const uint16_t *unit = w->sorted + (size_t)w->first[pattern] * w->coders;
    double sum = 0, unequal = 0;
    size_t m = 0;
    for (; m < w->coders && unit[m] != NO_CATEGORY; m++) {
        for (size_t i = 0; i < m; i++) {
            if (unit[i] != unit[m]) {
                sum += distance(w, unit[i], unit[m]);
                unequal++;
            }
        }
    }
    if (nominal) {
        *nominal = unequal / (double)(m - 1);
    }
    return sum / (double)(m - 1);
}

static void prepare_distances(struct work *w, const struct alpha_options *options)
{
    for (size_t c = 0; w->distances && c < w->categories; c++) {
        for (size_t k = 0; k < w->categories; k++) {
            w->distances[c * w->categories + k] = squared_distance(w->codes[c], w->codes[k], options);
        }
    }
    for (size_t p = 0; w->distances && p < w->patterns; p++) {
        w->own[p] = disagreement(w, p, NULL);
    }
}

/* ---- alpha of the counts ---- */

static double alpha_of(struct work *w, bool nominal)
{
    double n = 0, below = 0, squares = 0, observed = 0, expected = 0;
    memset(w->totals, 0, w->categories * sizeof *w->totals);
    for (size_t p = 0; p < w->patterns; p++) {
        const uint16_t *unit = w->sorted + (size_t)w->first[p] * w->coders;
        for (size_t c = 0; w->counts[p] && c < w->coders && unit[c] != NO_CATEGORY; c++) {
            w->totals[unit[c]] += w->counts[p];
        }
    }
    for (size_t c = 0; c < w->categories; c++) {
        n += w->totals[c];
        squares += w->totals[c] * w->totals[c];
        w->middle[c] = below + w->totals[c] / 2;
        below += w->totals[c];
    }
    for (size_t p = 0; p < w->patterns; p++) {
        if (w->counts[p]) {
            observed += w->counts[p] * (w->distances ? w->own[p] : disagreement(w, p, NULL));
        }
    }
    for (size_t c = 0; !nominal && c < w->categories; c++) {
        for (size_t k = c + 1; w->totals[c] > 0 && k < w->categories; k++) {
            expected += w->totals[c] * w->totals[k] * distance(w, c, k);
        }
    }
    if (nominal) {
        expected = (n * n - squares) / 2;
    }
    return expected > 0 ? 1 - (n - 1) * observed / expected : (double)NAN;
}

static void count_all(struct work *w)
{
    memset(w->counts, 0, w->patterns * sizeof *w->counts);
    for (size_t u = 0; u < w->units; u++) {
        w->counts[w->pattern_of[u]]++;
    }
}

static double percent_of(const struct work *w, double n)
{
    double unequal = 0;
    for (size_t p = 0; p < w->patterns; p++) {
        double nominal;
        disagreement(w, p, &nominal);
        unequal += w->counts[p] * nominal;
    }
    return 1 - 2 * unequal / n;
}

static enum agreement_status bootstrap(struct alpha *out, struct work *w, const struct alpha_options *options)
{
    double *values = calloc(options->replicates, sizeof *values);
    if (!values) {
        return AGREEMENT_NO_MEMORY;
    }
    uint64_t state = options->seed;
    for (size_t b = 0; b < options->replicates; b++) {
        memset(w->counts, 0, w->patterns * sizeof *w->counts);
        for (size_t u = 0; u < w->units; u++) {
            w->counts[w->pattern_of[random_index(&state, (uint32_t)w->units)]]++;
        }
        const double value = alpha_of(w, options->metric == ALPHA_NOMINAL);
        if (isfinite(value)) {
            values[out->replicates++] = value;
        }
    }
    out->range = interval_percentile(values, out->replicates, 0.95);
    free(values);
    return AGREEMENT_OK;
}

static bool reserve(struct work *w, bool ordinal)
{
    w->sorted = calloc(w->units * w->coders, sizeof *w->sorted);
    w->pattern_of = calloc(w->units, sizeof *w->pattern_of);
    w->first = calloc(w->units, sizeof *w->first);
    w->counts = calloc(w->units, sizeof *w->counts);
    w->own = calloc(w->units, sizeof *w->own);
    w->distances = ordinal ? NULL : calloc(w->categories * w->categories, sizeof *w->distances);
    return w->sorted && w->pattern_of && w->first && w->counts && w->own && (ordinal || w->distances);
}

static enum agreement_status run(struct alpha *out, struct work *w, const struct ratings *ratings,
                                 const struct alpha_options *options, uint16_t *category_of)
{
    w->coders = ratings->coders;
    if (!name_categories(w, ratings, category_of)) {
        return AGREEMENT_TOO_MANY;
    }
    if (w->units == 0) {
        return AGREEMENT_NOTHING;
    }
    if (w->units > UINT32_MAX) {
        return AGREEMENT_TOO_MANY;
    }
    if (!reserve(w, options->metric == ALPHA_ORDINAL)) {
        return AGREEMENT_NO_MEMORY;
    }
    fill_sorted(w, ratings, category_of);
    group(w);
    prepare_distances(w, options);
    count_all(w);
    out->value = alpha_of(w, options->metric == ALPHA_NOMINAL);
    for (size_t c = 0; c < w->categories; c++) {
        out->ratings += (size_t)w->totals[c];
    }
    out->units = w->units;
    out->percent = percent_of(w, (double)out->ratings);
    return options->replicates > 0 ? bootstrap(out, w, options) : AGREEMENT_OK;
}

enum agreement_status agreement_alpha(struct alpha *out, const struct ratings *ratings,
                                      const struct alpha_options *options)
{
    *out = (struct alpha){.value = (double)NAN, .range = {(double)NAN, (double)NAN}};
    if (ratings->coders > AGREEMENT_CODERS_MAX) {
        return AGREEMENT_TOO_MANY;
    }
    struct work *w = calloc(1, sizeof *w);
    uint16_t *category_of = calloc(UINT16_MAX + 1, sizeof *category_of);
    enum agreement_status status = AGREEMENT_NO_MEMORY;
    if (w && category_of) {
        status = run(out, w, ratings, options, category_of);
        free(w->sorted);
        free(w->pattern_of);
        free(w->first);
        free(w->counts);
        free(w->own);
        free(w->distances);
    }
    free(w);
    free(category_of);
    return status;
}

enum agreement_status agreement_label_alpha(struct alpha *out, const struct ratings *ratings, unsigned label,
                                            size_t replicates, uint64_t seed)
{
    const size_t count = ratings->units * ratings->coders;
    uint16_t *codes = calloc(count + 1, sizeof *codes);
    if (!codes) {
        return AGREEMENT_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        const uint16_t code = ratings->codes[i];
        codes[i] = code == RATING_MISSING ? RATING_MISSING : (uint16_t)(code >> label & 1);
    }
    const struct ratings one = {.units = ratings->units, .coders = ratings->coders, .codes = codes};
    const enum agreement_status status = agreement_alpha(
        out, &one, &(struct alpha_options){.metric = ALPHA_NOMINAL, .replicates = replicates, .seed = seed});
    free(codes);
    return status;
}
