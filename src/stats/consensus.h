/* Do people agree, are they divided, or neither? Of answers on a scale of K ordered categories.
 *
 * Agreement A (van der Eijk 2001): 1 when all are in one category, 0 when every category has as many, -1 when
 * half is at one end and half at the other. A variance cannot tell the last two from things in between.
 * Frequencies are peeled into layers: take the smallest m that is not 0 off every category that has
 * something; S of them did, the pattern is 1 there and 0 elsewhere, the layer weighs m S / N. For each layer,
 * out of all triples of categories in their order, TU counts those like 110 and 011, TDU those like 101:
 *
 *   U = ((K - 2) TU - (K - 1) TDU) / ((K - 2) (TU + TDU))
 *   A_layer = U (1 - (S - 1) / (K - 1));  1 if S = 1;  0 if there are no such triples
 *   A = sum of weight * A_layer;  polarisation = (1 - A) / 2 */
#ifndef ZEVENSTEM_STATS_CONSENSUS_H
#define ZEVENSTEM_STATS_CONSENSUS_H

#include "stats/interval.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONSENSUS_CATEGORIES_MIN = 3, CONSENSUS_CATEGORIES_MAX = 101 };

/* Frequencies may be weighted. False (out untouched) for fewer or more categories, a negative frequency, or
 * none above 0. */
bool consensus_agreement(double *out, const double *frequencies, size_t categories);

/* 95 % by parametric bootstrap: so many samples of effective_n people from the shares found, from a seed;
 * samples of CONSENSUS_NORMAL_FROM people or more by the normal approximation of the multinomial. False as
 * above, or for an effective size below 1, or without memory. */
enum { CONSENSUS_NORMAL_FROM = 5000 };
bool consensus_interval(struct interval *out, const double *frequencies, size_t categories,
                        double effective_n, size_t replicates, uint64_t seed);

/* Words for it. The bounds .5 and 0 are a convention of ours. */
enum consensus_word { CONSENSUS_BROAD, CONSENSUS_MIXED, CONSENSUS_DIVIDED };
enum consensus_word consensus_word(double agreement);

#endif
