/* Noise for published counts: the cell key method, salted with the universe.
 *
 * Everybody has a record key of 64 random bits. The key of a set of people is the XOR of theirs: uniform for
 * any set that is not empty, the same whatever way the set is described, and changed by a single person. The
 * noise of a count is looked up, not drawn: the hash of (secret, key of the universe, key of the cell) is a
 * place in a table of probabilities, so asking again gives the same answer and nothing averages out.
 *
 *   universe: everybody in a profile (women of 65 to 74), by which a table is filtered or grouped
 *   cell:     those of them who gave the answer
 *
 *   u  = SipHash-2-4(secret, le64(universe) || le64(cell) || le32(stream)), its 8 bytes read little-endian
 *   v  = the first value of row min(n, D) of the table whose threshold is above u; the last value if none is
 *   n~ = n + v
 *
 * Why the universe is in it. Without (the method as statistical offices use it: Fraser and Wooton 2005;
 * Thompson, Broadfoot and Elazar 2013) the same people have the same noise in every universe. Who knows two
 * universes that differ by one person then sees which of that person's answers are not the ones given: those
 * counts are equal, for certain; any other change proves the answer. With it both counts are drawn anew,
 * given or not. The price: one set seen through several nested universes has as many independent noises.
 *
 * The tables. Row i (counts of i people; the last row: of D and more) is the distribution on -min(i, D)..D
 * with mean 0 and variance at most V that has the most entropy, its probabilities not falling up to 0
 * (Giessing 2016; the ptable package of Enderle and Tent). So a count never becomes negative, noise is never
 * past D, and zero stays zero. Thresholds are floor(2^64 * cumulative probability): no floating point decides
 * a published figure. V follows from how much a standard error may grow, sqrt(1 + V/n) at n; D is the
 * smallest whose own probability is below 0.001. */
#ifndef ZEVENSTEM_STATS_PERTURB_H
#define ZEVENSTEM_STATS_PERTURB_H

#include "base/slice.h"
#include "stats/tabulate.h"

#include <stdint.h>

enum { PERTURB_KEY_BYTES = 16, PERTURB_MESSAGE_BYTES = 20 };

/* Streams of noise that have nothing to do with each other. */
#define PERTURB_COUNTS        0u
#define PERTURB_SUMS          1u               /* and one more for every numbered variable */
#define PERTURB_WEIGHTED_SUMS (UINT32_MAX - 1) /* and one less for every numbered variable */
#define PERTURB_WEIGHTS       UINT32_MAX

struct perturb_table {
    unsigned reach;    /* D: no noise is further from 0 */
    unsigned variance; /* V */
    const uint16_t *starts;
    const uint64_t *thresholds; /* row i from starts[i] on: min(i, D) + D + 1 of them, for -min(i, D)..D */
};

/* (D, V) is (4, 1), (5, 2) or (6, 3): low risk, the default, high risk. NULL for anything else. */
const struct perturb_table *perturb_table_find(unsigned reach, unsigned variance);

/* SipHash-2-4 of the message under the key: seeded_u64 of crypto. */
typedef uint64_t (*perturb_hash)(const unsigned char key[PERTURB_KEY_BYTES], struct slice message);

struct perturb {
    perturb_hash hash;
    unsigned char key[PERTURB_KEY_BYTES]; /* as secret as the record keys; the same on all instances */
    const struct perturb_table *table;
};

/* u */
uint64_t perturb_draw(const struct perturb *perturb, uint64_t universe, uint64_t cell, uint32_t stream);
/* v for a count of n */
int perturb_noise(const struct perturb_table *table, uint64_t n, uint64_t u);
/* n~ */
uint64_t perturb_count(const struct perturb *perturb, uint64_t universe, const struct table_cell *cell);
/* Noise for what is not whole: v of the last row plus where u stands between the thresholds around it, less a
 * half. Continuous on [-D - 1/2, D + 1/2], mean 0, variance V + 1/12. Whole noise on a sum would leave its
 * last digits as they are. */
double perturb_smooth(const struct perturb_table *table, uint64_t u);

#endif
