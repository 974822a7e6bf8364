#include "features/coding/coding_agreement.h"

#include <math.h>
#include <string.h>

/* ---- from spans to ratings ---- */

static bool in_order(const struct coding_unit *units, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const bool same = units[i].passage == units[i - 1].passage;
        if (units[i].passage < units[i - 1].passage || (same && units[i].start < units[i - 1].end)) {
            return false;
        }
    }
    return true;
}

/* The first unit of the passage, or of the next that there is. */
static size_t first_of(const struct coding_unit *units, size_t count, uint32_t passage)
{
    size_t low = 0, high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (units[middle].passage < passage) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool coding_rate(uint16_t *codes, const struct coding_unit *units, size_t unit_count, size_t coders,
                 const struct coding_done *done, size_t done_count, const struct coding_span *spans,
                 size_t span_count)
{
    if (!in_order(units, unit_count)) {
        return false;
    }
    for (size_t i = 0; i < unit_count * coders; i++) {
        codes[i] = RATING_MISSING;
    }
    for (size_t i = 0; i < done_count; i++) {
        if (done[i].coder >= coders) {
            return false;
        }
        for (size_t u = first_of(units, unit_count, done[i].passage);
             u < unit_count && units[u].passage == done[i].passage; u++) {
            codes[u * coders + done[i].coder] = 0;
        }
    }
    for (size_t i = 0; i < span_count; i++) {
        const struct coding_span *span = &spans[i];
        if (span->coder >= coders || span->value >= CODING_VALUES) {
            return false;
        }
        for (size_t u = first_of(units, unit_count, span->passage);
             u < unit_count && units[u].passage == span->passage && units[u].start < span->end; u++) {
            uint16_t *code = &codes[u * coders + span->coder];
            if (span->start < units[u].end && span->start < span->end && *code != RATING_MISSING) {
                *code = (uint16_t)(*code | 1u << span->value);
            }
        }
    }
    return true;
}

/* ---- agreement ---- */

static size_t ratings_of(const struct ratings *ratings, size_t unit)
{
    size_t count = 0;
    for (size_t c = 0; c < ratings->coders; c++) {
        count += ratings->codes[unit * ratings->coders + c] != RATING_MISSING;
    }
    return count;
}

static bool has(uint16_t code, unsigned value)
{
    return code != RATING_MISSING && (code >> value & 1);
}

static uint64_t count_with(const struct ratings *ratings, unsigned value)
{
    uint64_t with = 0;
    for (size_t u = 0; u < ratings->units; u++) {
        for (size_t c = 0; ratings_of(ratings, u) >= 2 && c < ratings->coders; c++) {
            with += has(ratings->codes[u * ratings->coders + c], value);
        }
    }
    return with;
}

/* Is the value there: 0, 1 or missing. */
static void make_binary(uint16_t *binary, const struct ratings *ratings, unsigned value)
{
    for (size_t i = 0; i < ratings->units * ratings->coders; i++) {
        const uint16_t code = ratings->codes[i];
        binary[i] = code == RATING_MISSING ? RATING_MISSING : (uint16_t)has(code, value);
    }
}

static void mean_kappa(struct coding_value_agreement *out, const struct ratings *binary)
{
    double sum = 0;
    for (size_t a = 0; a < binary->coders; a++) {
        for (size_t b = a + 1; b < binary->coders; b++) {
            uint64_t table[4];
            struct kappa kappa;
            if (agreement_confusion(table, binary, a, b, 2) && agreement_cohen(&kappa, table, 2) &&
                !isnan(kappa.value)) {
                sum += kappa.value;
                out->pairs++;
            }
        }
    }
    out->kappa = out->pairs > 0 ? sum / (double)out->pairs : (double)NAN;
}

enum agreement_status coding_agree(struct coding_agreement *out, struct arena *arena,
                                   const struct ratings *ratings,
                                   const struct coding_agreement_options *options)
{
    uint16_t *codes = arena_array(arena, ratings->units * ratings->coders, sizeof *codes);
    const struct ratings binary = {ratings->units, ratings->coders, codes};
    enum agreement_status status = AGREEMENT_OK;
    size_t defined = 0;
    double sum = 0;
    *out = (struct coding_agreement){.mean = (double)NAN};
    for (unsigned v = 0; v < CODING_VALUES && status == AGREEMENT_OK; v++) {
        struct coding_value_agreement *value = &out->values[v];
        status = agreement_label_alpha(&value->alpha, ratings, v, options->replicates, options->seed);
        make_binary(codes, ratings, v);
        mean_kappa(value, &binary);
        value->with = count_with(ratings, v);
        value->below = value->alpha.value < options->bar;
        if (!isnan(value->alpha.value)) {
            sum += value->alpha.value;
            defined++;
        }
    }
    if (status == AGREEMENT_OK) {
        out->mean = defined > 0 ? sum / (double)defined : (double)NAN;
        status = agreement_alpha(&out->overall, ratings,
                                 &(struct alpha_options){.metric = ALPHA_MASI,
                                                         .replicates = options->replicates,
                                                         .seed = options->seed});
    }
    return status;
}

/* ---- who said what instead ---- */

static void count_pair(uint64_t table[CODING_VALUES + 1][CODING_VALUES + 1], unsigned a, unsigned b)
{
    const unsigned only_a = a & ~b, only_b = b & ~a;
    if (a == 0 && b == 0) {
        table[CODING_NONE][CODING_NONE]++;
    }
    for (unsigned v = 0; v <= CODING_VALUES; v++) {
        const bool in_a = v == CODING_NONE ? only_a == 0 : only_a >> v & 1;
        for (unsigned w = 0; w <= CODING_VALUES; w++) {
            const bool in_b = w == CODING_NONE ? only_b == 0 : only_b >> w & 1;
            if (in_a && in_b && v != w) {
                table[v][w]++;
                table[w][v]++;
            }
        }
        if (v < CODING_VALUES && (a & b) >> v & 1) {
            table[v][v]++;
        }
    }
}

void coding_confusion(uint64_t table[CODING_VALUES + 1][CODING_VALUES + 1], const struct ratings *ratings)
{
    memset(table, 0, (CODING_VALUES + 1) * sizeof table[0]);
    for (size_t u = 0; u < ratings->units; u++) {
        const uint16_t *codes = ratings->codes + u * ratings->coders;
        for (size_t a = 0; a < ratings->coders; a++) {
            for (size_t b = a + 1; b < ratings->coders; b++) {
                if (codes[a] != RATING_MISSING && codes[b] != RATING_MISSING) {
                    count_pair(table, codes[a], codes[b]);
                }
            }
        }
    }
}

/* ---- over time ---- */

static double share_of(const struct ratings *ratings, unsigned value)
{
    size_t with = 0, all = 0;
    for (size_t i = 0; i < ratings->units * ratings->coders; i++) {
        const uint16_t code = ratings->codes[i];
        all += code != RATING_MISSING;
        with += value == CODING_NONE ? code != RATING_MISSING && code != 0 : has(code, value);
    }
    return all > 0 ? (double)with / (double)all : (double)NAN;
}

enum agreement_status coding_drift(struct coding_drift *out, struct arena *arena,
                                   const struct ratings *ratings, const uint32_t *batch_of, size_t batches,
                                   unsigned value)
{
    uint16_t *codes = arena_array(arena, ratings->units * ratings->coders, sizeof *codes);
    for (size_t b = 0; b < batches; b++) {
        struct ratings part = {0, ratings->coders, codes};
        for (size_t u = 0; u < ratings->units; u++) {
            if (batch_of[u] == b) {
                memcpy(codes + part.units++ * ratings->coders, ratings->codes + u * ratings->coders,
                       ratings->coders * sizeof *codes);
            }
        }
        struct alpha alpha = {.value = (double)NAN};
        const enum agreement_status status =
            value == CODING_NONE
                ? agreement_alpha(&alpha, &part, &(struct alpha_options){.metric = ALPHA_MASI})
                : agreement_label_alpha(&alpha, &part, value, 0, 0);
        if (status != AGREEMENT_OK && status != AGREEMENT_NOTHING) {
            return status;
        }
        const bool nothing = status == AGREEMENT_NOTHING;
        out[b] = (struct coding_drift){.units = nothing ? 0 : alpha.units,
                                       .alpha = nothing ? (double)NAN : alpha.value,
                                       .share = share_of(&part, value)};
    }
    return AGREEMENT_OK;
}
