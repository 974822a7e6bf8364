/* Random numbers for resampling: the same from the same seed on every machine, for ever. Not for secrets. */
#ifndef ZEVENSTEM_STATS_RANDOM_H
#define ZEVENSTEM_STATS_RANDOM_H

#include "stats/interval.h"

#include <stddef.h>
#include <stdint.h>

/* SplitMix64 (Steele, Lea and Flood 2014). */
static inline uint64_t random_u64(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* 0 to bound - 1, off uniform by less than bound / 2^32. */
static inline uint32_t random_index(uint64_t *state, uint32_t bound)
{
    return (uint32_t)((random_u64(state) >> 32) * bound >> 32);
}

/* Above 0 and below 1. */
static inline double random_unit(uint64_t *state)
{
    return ((double)(random_u64(state) >> 11) + 0.5) / 9007199254740992.0;
}

/* The middle `level` of the values: their (1 - level)/2 and (1 + level)/2 quantiles, linear between order
 * statistics (type 7 of Hyndman and Fan 1996). Sorts the values. NAN when there are none. */
struct interval interval_percentile(double *values, size_t count, double level);

#endif
