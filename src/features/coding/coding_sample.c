#include "features/coding/coding_sample.h"

#include "crypto/crypto.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- chance ---- */

enum { LABEL_BYTES = 40 };

/* A number of its own for each use of a passage's id. */
static uint64_t number_of(const unsigned char seed[CODING_SEED_BYTES], const char *use, int64_t id)
{
    char label[LABEL_BYTES];
    const int len = snprintf(label, sizeof label, "%s:%lld", use, (long long)id);
    return seeded_u64(seed, (struct slice){label, (size_t)len});
}

struct ticket {
    uint32_t stratum;
    uint64_t number;
    int64_t id;
    size_t place; /* of the passage */
};

static int by_number(const void *a, const void *b)
{
    const struct ticket *x = a, *y = b;
    return x->number != y->number ? (x->number > y->number) - (x->number < y->number)
                                  : (x->id > y->id) - (x->id < y->id);
}

static int by_stratum(const void *a, const void *b)
{
    const struct ticket *x = a, *y = b;
    return x->stratum != y->stratum ? (x->stratum > y->stratum) - (x->stratum < y->stratum) : by_number(a, b);
}

static struct ticket *tickets_of(struct arena *arena, const struct coding_passage *passages, size_t count,
                                 const char *use, const unsigned char seed[CODING_SEED_BYTES])
{
    struct ticket *tickets = arena_array(arena, count, sizeof *tickets);
    for (size_t i = 0; i < count; i++) {
        tickets[i] =
            (struct ticket){passages[i].stratum, number_of(seed, use, passages[i].id), passages[i].id, i};
    }
    if (count > 0) {
        qsort(tickets, count, sizeof *tickets, by_stratum);
    }
    return tickets;
}

/* ---- who codes what ---- */

struct loads {
    size_t coders;
    size_t of[CODING_CODERS_MAX];
    size_t together[CODING_CODERS_MAX][CODING_CODERS_MAX];
};

/* The two who share fewest passages; of those the two with the least work. */
static void pick_two(struct loads *loads, uint16_t *a, uint16_t *b)
{
    bool found = false;
    for (uint16_t i = 0; i < loads->coders; i++) {
        for (uint16_t k = (uint16_t)(i + 1); k < loads->coders; k++) {
            const size_t shared = loads->together[i][k], best = loads->together[*a][*b];
            const size_t work = loads->of[i] + loads->of[k], least = loads->of[*a] + loads->of[*b];
            if (!found || shared < best || (shared == best && work < least)) {
                *a = i;
                *b = k;
                found = true;
            }
        }
    }
    loads->together[*a][*b]++;
    loads->of[*a]++;
    loads->of[*b]++;
}

static uint16_t pick_one(struct loads *loads)
{
    uint16_t least = 0;
    for (uint16_t i = 1; i < loads->coders; i++) {
        least = loads->of[i] < loads->of[least] ? i : least;
    }
    loads->of[least]++;
    return least;
}

/* Which are coded twice: along the strata, every time that the sum of shares passes a whole number. */
static void mark_twice(bool *twice, const struct ticket *tickets, size_t count, double share, double start)
{
    for (size_t i = 0; i < count; i++) {
        twice[tickets[i].place] = floor(start + share * (double)(i + 1)) > floor(start + share * (double)i);
    }
}

bool coding_assign(struct coding_assignment *out, struct arena *arena, const struct coding_passage *passages,
                   size_t count, size_t coders, double share, const unsigned char seed[CODING_SEED_BYTES])
{
    const bool shared = share > 0;
    if (coders < 1 || coders > CODING_CODERS_MAX || !(share >= 0 && share <= 1) || (shared && coders < 2)) {
        return false;
    }
    struct ticket *tickets = tickets_of(arena, passages, count, "volgorde", seed);
    bool *twice = arena_array(arena, count, sizeof *twice);
    struct loads *loads = arena_alloc(arena, sizeof *loads);
    loads->coders = coders;
    mark_twice(twice, tickets, count, share, ldexp((double)(seeded_u64(seed, SLICE("begin")) >> 11), -53));
    /* Not conversation by conversation: then chance decides who gets which. */
    if (count > 0) {
        qsort(tickets, count, sizeof *tickets, by_number);
    }
    for (size_t i = 0; i < count; i++) {
        struct coding_assignment *given = &out[tickets[i].place];
        *given = (struct coding_assignment){CODING_NOBODY, CODING_NOBODY};
        if (twice[tickets[i].place]) {
            uint16_t a = 0, b = 1;
            pick_two(loads, &a, &b);
            const bool turned = number_of(seed, "eerste", tickets[i].id) & 1;
            *given = (struct coding_assignment){turned ? b : a, turned ? a : b};
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (!twice[tickets[i].place]) {
            out[tickets[i].place].first = pick_one(loads);
        }
    }
    return true;
}

/* ---- a sample of many answers ---- */

static uint32_t lower(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

struct rest {
    double part;
    size_t stratum;
};

static int by_part(const void *a, const void *b)
{
    const struct rest *x = a, *y = b;
    return x->part != y->part ? (x->part < y->part) - (x->part > y->part)
                              : (x->stratum > y->stratum) - (x->stratum < y->stratum);
}

void coding_allocate(uint32_t *take, struct arena *arena, const uint32_t *sizes, size_t strata,
                     uint32_t total, uint32_t least)
{
    struct rest *rests = arena_array(arena, strata, sizeof *rests);
    uint64_t all = 0, given = 0;
    for (size_t h = 0; h < strata; h++) {
        all += sizes[h];
    }
    for (size_t h = 0; h < strata; h++) {
        const double wanted = all > 0 ? (double)total * (double)sizes[h] / (double)all : 0;
        const uint32_t floored = wanted < (double)sizes[h] ? (uint32_t)wanted : sizes[h];
        const uint32_t enough = lower(least, sizes[h]);
        take[h] = floored > enough ? floored : enough;
        /* Who already has more than a part asks for nothing. */
        rests[h] = (struct rest){floored >= enough && take[h] < sizes[h] ? wanted - floor(wanted) : -1, h};
        given += take[h];
    }
    if (strata > 0) {
        qsort(rests, strata, sizeof *rests, by_part);
    }
    for (size_t i = 0; i < strata && given < total && rests[i].part >= 0; i++) {
        take[rests[i].stratum]++;
        given++;
    }
}

void coding_draw(bool *drawn, struct arena *arena, const struct coding_passage *passages, size_t count,
                 const uint32_t *take, size_t strata, const unsigned char seed[CODING_SEED_BYTES])
{
    const struct ticket *tickets = tickets_of(arena, passages, count, "steekproef", seed);
    uint32_t taken = 0;
    for (size_t i = 0; i < count; i++) {
        const uint32_t stratum = tickets[i].stratum;
        taken = i > 0 && tickets[i - 1].stratum == stratum ? taken + 1 : 0;
        drawn[tickets[i].place] = stratum < strata && taken < take[stratum];
    }
}

/* Too few coded to say how they differ. */
static bool is_thin(const struct coding_stratum *s)
{
    return s->coded < 2 && s->coded < s->size;
}

static void add_stratum(struct coding_stratum *sum, const struct coding_stratum *part)
{
    sum->size += part->size;
    sum->coded += part->coded;
    sum->with += part->with;
}

static void add_to_estimate(struct coding_estimate *estimate, const struct coding_stratum *s, double all)
{
    if (s->size == 0) {
        return;
    }
    const double weight = (double)s->size / all;
    const double p = (double)s->with / (double)s->coded;
    const double open = 1 - (double)s->coded / (double)s->size;
    estimate->share += weight * p;
    estimate->variance += s->coded > 1 ? weight * weight * open * p * (1 - p) / ((double)s->coded - 1) : 0;
}

bool coding_estimate(struct coding_estimate *out, const struct coding_stratum *strata, size_t count)
{
    struct coding_estimate e = {0};
    struct coding_stratum sum = {0}; /* what is taken together, still open */
    struct coding_stratum last = {
        0}; /* the latest that was whole: it waits for what may be left at the end */
    for (size_t h = 0; h < count; h++) {
        if (strata[h].coded > strata[h].size || strata[h].with > strata[h].coded) {
            return false;
        }
        e.size += strata[h].size;
        e.coded += strata[h].coded;
    }
    if (e.coded == 0 || e.size > UINT32_MAX || (e.coded < 2 && e.coded < e.size)) {
        return false;
    }
    for (size_t h = 0; h < count; h++) {
        add_stratum(&sum, &strata[h]);
        if (sum.size > 0 && !is_thin(&sum)) {
            add_to_estimate(&e, &last, (double)e.size);
            last = sum;
            sum = (struct coding_stratum){0};
        }
    }
    add_stratum(&last, &sum);
    add_to_estimate(&e, &last, (double)e.size);
    const double open = 1 - (double)e.coded / (double)e.size;
    if (e.coded == e.size) {
        e.effective_n = (double)INFINITY;
        e.interval = (struct interval){e.share, e.share};
    } else {
        e.effective_n = e.variance > 0 ? e.share * (1 - e.share) / e.variance : (double)e.coded / open;
        e.interval = interval_wilson(e.share, e.effective_n, INTERVAL_Z95);
    }
    *out = e;
    return true;
}
