#include "crypto/crypto.h"

#include <sodium.h>

uint64_t seeded_u64(const unsigned char seed[16], struct slice label)
{
    _Static_assert(crypto_shorthash_KEYBYTES == 16, "a seed is a SipHash key");
    unsigned char hash[crypto_shorthash_BYTES];
    uint64_t value = 0;
    crypto_shorthash(hash, (const unsigned char *)label.ptr, label.len, seed);
    for (size_t i = sizeof hash; i > 0; i--) {
        value = value << 8 | hash[i - 1];
    }
    return value;
}
