/* Which passages are coded, by whom, and what follows for all of them. Everything that is drawn is drawn by a
 * number that is derived from a seed and the passage's id (seeded_u64): the same for everybody who has the
 * seed, whatever order the passages come in. */
#ifndef ZEVENSTEM_CODING_SAMPLE_H
#define ZEVENSTEM_CODING_SAMPLE_H

#include "base/arena.h"
#include "stats/interval.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CODING_SEED_BYTES = 16, CODING_CODERS_MAX = 64 };

struct coding_passage {
    int64_t id;       /* unlike every other */
    uint32_t stratum; /* from 0: a conversation, or a group of people that answered */
};

/* ---- who codes what ---- */

#define CODING_NOBODY UINT16_MAX

struct coding_assignment {
    uint16_t first;
    uint16_t second; /* CODING_NOBODY: coded once */
};

/* Gives each passage a coder, and a share of them (0 to 1) a second, who does not know of the first. The
 * share holds in every stratum to within one passage, and overall. Every two coders share as many passages as
 * every other two, to within one; then each coder gets as many passages as every other, to within one, unless
 * what is coded twice leaves too few to even out. Who of two is first is chance. coders: 1 to
 * CODING_CODERS_MAX; a share above 0 needs 2. False (out untouched) otherwise. out is in the order of the
 * passages; arena: for sorting. */
bool coding_assign(struct coding_assignment *out, struct arena *arena, const struct coding_passage *passages,
                   size_t count, size_t coders, double share, const unsigned char seed[CODING_SEED_BYTES]);

/* ---- a sample of many answers ---- */

/* How many of each stratum are coded, when `total` are: in proportion to its size, rounded by the largest
 * remainders, but at least `least` of each, or all where it has fewer. Two are needed to say how certain an
 * estimate is. Gives up to `total`, or more where `least` asks for it. */
void coding_allocate(uint32_t *take, struct arena *arena, const uint32_t *sizes, size_t strata,
                     uint32_t total, uint32_t least);

/* Draws take[h] of stratum h, those with the lowest numbers: a sample that grows keeps what it had (permanent
 * random numbers: Ohlsson 1995). drawn[count]; arena: for sorting. */
void coding_draw(bool *drawn, struct arena *arena, const struct coding_passage *passages, size_t count,
                 const uint32_t *take, size_t strata, const unsigned char seed[CODING_SEED_BYTES]);

struct coding_stratum {
    uint32_t size;  /* N_h: answers there are */
    uint32_t coded; /* n_h: of which so many were drawn and are coded */
    uint32_t with;  /* of which so many have the code */
};

struct coding_estimate {
    double share;             /* of all answers, with the code */
    double variance;          /* of that share */
    double effective_n;       /* INFINITY when all answers are coded */
    struct interval interval; /* 95 % */
    uint64_t size, coded;     /* "coded n of total" */
};

/* Of a stratified sample without replacement (Cochran 1977, Sampling Techniques, 5.2 to 5.4), with W_h =
 * N_h/N and p_h = with/n_h:
 *
 *   share    p = sum W_h p_h
 *   variance v = sum W_h^2 (1 - n_h/N_h) p_h (1 - p_h) / (n_h - 1)
 *
 * The interval is Wilson's on the effective size p (1 - p) / v. Where v is 0 though not everything is coded
 * (no stratum has answers of both sorts) the size is n / (1 - n/N). A stratum in which fewer than two are
 * coded, though not all of it, is taken together with the next one, the last with the one before (collapsed
 * strata: Cochran 5A.12). False (out untouched) when nothing is coded, more is coded than there is, or all
 * together fewer than two are coded of more. It speaks of answers, not of people who did not answer. */
bool coding_estimate(struct coding_estimate *out, const struct coding_stratum *strata, size_t count);

#endif
