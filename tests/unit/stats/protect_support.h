/* What the tests of protection share. */
#ifndef ZEVENSTEM_TESTS_UNIT_STATS_PROTECT_SUPPORT_H
#define ZEVENSTEM_TESTS_UNIT_STATS_PROTECT_SUPPORT_H

#include "stats/perturb.h"

/* SipHash-2-4 of libsodium. */
uint64_t siphash(const unsigned char key[PERTURB_KEY_BYTES], struct slice message);
/* With a random key. */
struct perturb perturb_of(unsigned reach, unsigned variance, uint64_t *state);
/* The normal distribution function. */
double normal_below(double z);

#endif
