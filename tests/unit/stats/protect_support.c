#include "protect_support.h"

#include "support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <sodium.h>

uint64_t siphash(const unsigned char key[PERTURB_KEY_BYTES], struct slice message)
{
    unsigned char hash[crypto_shorthash_BYTES];
    uint64_t value = 0;
    crypto_shorthash(hash, (const unsigned char *)message.ptr, message.len, key);
    for (size_t i = sizeof hash; i > 0; i--) {
        value = value << 8 | hash[i - 1];
    }
    return value;
}

struct perturb perturb_of(unsigned reach, unsigned variance, uint64_t *state)
{
    struct perturb p = {.hash = siphash, .table = perturb_table_find(reach, variance)};
    cr_assert_not_null(p.table);
    for (size_t i = 0; i < sizeof p.key; i++) {
        p.key[i] = (unsigned char)random_next(state);
    }
    return p;
}

double normal_below(double z)
{
    return erfc(-z / sqrt(2)) / 2;
}
