#ifndef ZEVENSTEM_TESTS_CRYPTO_SUPPORT_H
#define ZEVENSTEM_TESTS_CRYPTO_SUPPORT_H

#include "crypto/crypto.h"

#include <criterion/criterion.h>
#include <string.h>

/* Ends the test unless the bytes are these, in hexadecimal. */
static inline void expect_hex(const unsigned char *bytes, size_t size, const char *wanted)
{
    char hex[1024];
    cr_assert_lt(2 * size, sizeof hex);
    crypto_hex(hex, bytes, size);
    cr_assert_str_eq(hex, wanted);
}

static inline void from_hex(unsigned char *out, size_t size, const char *hex)
{
    cr_assert(crypto_unhex(out, size, slice_from_cstr(hex)), "%s", hex);
}

/* Subkeys of the bytes 00 01 .. 1f. The caller frees them. */
static inline struct crypto_keys *counting_keys(void)
{
    unsigned char secret[CRYPTO_SECRET_BYTES];
    for (unsigned char i = 0; i < sizeof secret; i++) {
        secret[i] = i;
    }
    cr_assert(crypto_start());
    struct crypto_keys *keys = crypto_keys_from_bytes(secret);
    cr_assert_not_null(keys);
    return keys;
}

#endif
