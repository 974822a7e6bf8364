#include "stats/rank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SWEEPS_MAX = 100000 };
#define CHANGE_MAX 1e-12

/* The choices of a ballot: none among a single item left. */
static size_t stages_of(const struct ballot *ballot, const struct ballots *ballots)
{
    const bool all = ballots->only_listed || ballot->length == ballots->items;
    return ballot->length - all;
}

/* What there is to choose from at first. */
static void mark_left(bool left[RANK_ITEMS_MAX], const struct ballot *ballot, const struct ballots *ballots)
{
    memset(left, !ballots->only_listed, RANK_ITEMS_MAX);
    for (size_t s = 0; s < ballot->length; s++) {
        left[ballot->items[s]] = true;
    }
}

/* ---- is everything over everything else? ---- */

/* Marks what can be reached from item 0 along wins, or against them. */
static bool reaches_all(const bool *over, size_t items, bool against)
{
    bool seen[RANK_ITEMS_MAX] = {true};
    uint16_t waiting[RANK_ITEMS_MAX] = {0};
    size_t count = 1, reached = 1;
    while (count > 0) {
        const size_t i = waiting[--count];
        for (size_t j = 0; j < items; j++) {
            if (!seen[j] && over[against ? j * items + i : i * items + j]) {
                seen[j] = true;
                waiting[count++] = (uint16_t)j;
                reached++;
            }
        }
    }
    return reached == items;
}

static enum rank_status connected(bool *out, const struct ballots *ballots)
{
    const size_t items = ballots->items;
    bool *over = calloc(items * items, sizeof *over);
    if (!over) {
        return RANK_NO_MEMORY;
    }
    for (size_t b = 0; b < ballots->count; b++) {
        const struct ballot *ballot = &ballots->list[b];
        bool left[RANK_ITEMS_MAX];
        mark_left(left, ballot, ballots);
        for (size_t s = 0; s < ballot->length; s++) {
            left[ballot->items[s]] = false;
            for (size_t j = 0; j < items; j++) {
                over[ballot->items[s] * items + j] |= left[j];
            }
        }
    }
    *out = reaches_all(over, items, false) && reaches_all(over, items, true);
    free(over);
    return RANK_OK;
}

/* ---- the MM algorithm ---- */

struct fit {
    const struct ballots *ballots;
    double pseudo;
    double unit; /* of weight: sum of weights / people */
    double wins[RANK_ITEMS_MAX];
    double worth[RANK_ITEMS_MAX];
    double hidden; /* worth of the item that nobody sees */
};

static void count_wins(struct fit *f)
{
    double weight = 0, people = 0;
    for (size_t b = 0; b < f->ballots->count; b++) {
        weight += f->ballots->list[b].weight;
        people += (double)f->ballots->list[b].n;
    }
    f->unit = weight / people;
    for (size_t i = 0; i < f->ballots->items; i++) {
        f->wins[i] = f->pseudo;
        f->worth[i] = 1.0 / (double)f->ballots->items;
    }
    f->hidden = f->worth[0];
    for (size_t b = 0; b < f->ballots->count; b++) {
        const struct ballot *ballot = &f->ballots->list[b];
        for (size_t s = 0; s < stages_of(ballot, f->ballots); s++) {
            f->wins[ballot->items[s]] += ballot->weight / f->unit;
        }
    }
}

/* Adds a ballot's part to the divisors: an item chosen at stage s could be chosen at stages 0..s, one never
 * chosen at all of them. */
static void add_divisors(double *divisors, const struct fit *f, const struct ballot *ballot)
{
    const size_t items = f->ballots->items, stages = stages_of(ballot, f->ballots);
    double sum = 0, so_far = 0, remaining[RANK_ITEMS_MAX] = {0};
    bool rest[RANK_ITEMS_MAX]; /* never chosen */
    mark_left(rest, ballot, f->ballots);
    for (size_t s = 0; s < stages; s++) {
        rest[ballot->items[s]] = false;
    }
    /* These first, then backwards: no loss by subtraction. */
    for (size_t i = 0; i < items; i++) {
        sum += rest[i] ? f->worth[i] : 0;
    }
    for (size_t s = stages; s-- > 0;) {
        sum += f->worth[ballot->items[s]];
        remaining[s] = sum;
    }
    for (size_t s = 0; s < stages; s++) {
        so_far += ballot->weight / f->unit / remaining[s];
        divisors[ballot->items[s]] += so_far;
    }
    for (size_t i = 0; i < items; i++) {
        divisors[i] += rest[i] ? so_far : 0;
    }
}

/* The largest change of a log worth. */
static double sweep(struct fit *f)
{
    const size_t items = f->ballots->items;
    double divisors[RANK_ITEMS_MAX] = {0}, next[RANK_ITEMS_MAX], sum = 0, hidden_divisor = 0;
    for (size_t b = 0; b < f->ballots->count; b++) {
        add_divisors(divisors, f, &f->ballots->list[b]);
    }
    for (size_t i = 0; i < items; i++) {
        const double both = f->pseudo > 0 ? 2 * f->pseudo / (f->worth[i] + f->hidden) : 0;
        hidden_divisor += both;
        next[i] = f->wins[i] / (divisors[i] + both);
        sum += next[i];
    }
    double change = 0;
    if (f->pseudo > 0) {
        const double hidden = f->pseudo * (double)items / hidden_divisor / sum;
        change = fabs(log(hidden / f->hidden));
        f->hidden = hidden;
    }
    for (size_t i = 0; i < items; i++) {
        change = fmax(change, fabs(log(next[i] / sum / f->worth[i])));
        f->worth[i] = next[i] / sum;
    }
    return change;
}

/* ---- observed information ---- */

/* Of one stage: w (diag(q) - q q'), q the probabilities of what is left. */
static void add_information(double *information, size_t size, const double *worth, const bool *left,
                            double weight)
{
    double sum = 0;
    for (size_t i = 0; i < size; i++) {
        sum += left[i] ? worth[i] : 0;
    }
    for (size_t i = 0; i < size; i++) {
        if (!left[i]) {
            continue;
        }
        const double q = worth[i] / sum;
        information[i * size + i] += weight * q;
        for (size_t j = 0; j < size; j++) {
            information[i * size + j] -= left[j] ? weight * q * worth[j] / sum : 0;
        }
    }
}

static void fill_information(double *information, size_t size, const struct fit *f)
{
    const size_t items = f->ballots->items;
    double worth[RANK_ITEMS_MAX + 1];
    memcpy(worth, f->worth, items * sizeof *worth);
    worth[items] = f->hidden;
    for (size_t b = 0; b < f->ballots->count; b++) {
        const struct ballot *ballot = &f->ballots->list[b];
        bool left[RANK_ITEMS_MAX + 1];
        mark_left(left, ballot, f->ballots);
        left[items] = false;
        for (size_t s = 0; s < stages_of(ballot, f->ballots); s++) {
            add_information(information, size, worth, left, ballot->weight / f->unit);
            left[ballot->items[s]] = false;
        }
    }
    for (size_t i = 0; size > items && i < items; i++) {
        bool left[RANK_ITEMS_MAX + 1] = {false};
        left[i] = left[items] = true;
        add_information(information, size, worth, left, 2 * f->pseudo);
    }
}

/* Inverts a symmetric positive definite matrix in place (Gauss and Jordan). False when it is none. */
static bool invert(double *a, size_t size)
{
    for (size_t p = 0; p < size; p++) {
        const double pivot = a[p * size + p];
        if (!(pivot > 1e-300)) {
            return false;
        }
        for (size_t j = 0; j < size; j++) {
            a[p * size + j] /= j == p ? pivot * pivot : pivot;
        }
        for (size_t i = 0; i < size; i++) {
            const double factor = a[i * size + p];
            if (i == p) {
                continue;
            }
            for (size_t j = 0; j < size; j++) {
                a[i * size + j] =
                    j == p ? -factor * a[p * size + p] : a[i * size + j] - factor * a[p * size + j];
            }
        }
    }
    return true;
}

/* The covariance of log worths that sum to 0. The information has the null space of equal shifts; adding 1 to
 * every entry fixes it, and the inverse is projected: C (I + 11')^-1 C with C = 1 - 11'/m over the items
 * seen. */
static bool fill_covariance(struct plackett_luce *out, double *information, size_t size, double deff)
{
    const size_t items = out->items;
    for (size_t i = 0; i < size * size; i++) {
        information[i] += 1;
    }
    if (!invert(information, size)) {
        return false;
    }
    double rows[RANK_ITEMS_MAX] = {0}, all = 0;
    for (size_t i = 0; i < items; i++) {
        for (size_t j = 0; j < items; j++) {
            rows[i] += information[i * size + j] / (double)items;
        }
        all += rows[i] / (double)items;
    }
    for (size_t i = 0; i < items; i++) {
        for (size_t j = 0; j < items; j++) {
            out->covariance[i * items + j] = deff * (information[i * size + j] - rows[i] - rows[j] + all);
        }
    }
    return true;
}

static double design_effect(const struct ballots *ballots)
{
    double n = 0, weight = 0, squared = 0;
    for (size_t b = 0; b < ballots->count; b++) {
        n += (double)ballots->list[b].n;
        weight += ballots->list[b].weight;
        squared += ballots->list[b].weight_squared;
    }
    return n * squared / (weight * weight);
}

enum rank_status rank_plackett_luce(struct plackett_luce *out, const struct ballots *ballots, double pseudo)
{
    *out = (struct plackett_luce){.items = ballots->items};
    bool all_over_all;
    enum rank_status status = connected(&all_over_all, ballots);
    if (status != RANK_OK || (!all_over_all && !(pseudo > 0))) {
        return status != RANK_OK ? status : RANK_NOT_CONNECTED;
    }
    out->pseudo = all_over_all ? 0 : pseudo;
    struct fit f = {.ballots = ballots, .pseudo = out->pseudo};
    const size_t size = ballots->items + !all_over_all;
    double *information = calloc(size * size, sizeof *information);
    out->covariance = calloc(ballots->items * ballots->items, sizeof *out->covariance);
    status = RANK_NO_MEMORY;
    if (!information || !out->covariance) {
        goto cleanup;
    }
    status = RANK_NOT_CONVERGED;
    count_wins(&f);
    double change = HUGE_VAL, logs = 0;
    while (change > CHANGE_MAX && out->sweeps < SWEEPS_MAX) {
        change = sweep(&f);
        out->sweeps++;
    }
    fill_information(information, size, &f);
    if (change > CHANGE_MAX || !fill_covariance(out, information, size, design_effect(ballots))) {
        goto cleanup;
    }
    for (size_t i = 0; i < ballots->items; i++) {
        out->worth[i] = f.worth[i];
        logs += log(f.worth[i]) / (double)ballots->items;
    }
    for (size_t i = 0; i < ballots->items; i++) {
        out->log_worth[i] = log(f.worth[i]) - logs;
    }
    status = RANK_OK;
cleanup:
    free(information);
    if (status != RANK_OK) {
        plackett_luce_free(out);
    }
    return status;
}

void plackett_luce_free(struct plackett_luce *model)
{
    free(model->covariance);
    *model = (struct plackett_luce){0};
}

double plackett_luce_difference_error(const struct plackett_luce *model, size_t a, size_t b)
{
    const double *v = model->covariance;
    const size_t m = model->items;
    return sqrt(fmax(0, v[a * m + a] + v[b * m + b] - v[a * m + b] - v[b * m + a]));
}
