#include "crypto/crypto.h"

#include <sodium.h>

bool crypto_start(void)
{
    return sodium_init() >= 0;
}

void crypto_random(void *out, size_t size)
{
    randombytes_buf(out, size);
}

uint32_t crypto_random_below(uint32_t bound)
{
    return randombytes_uniform(bound);
}
