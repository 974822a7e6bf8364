/* Within crypto/ only: the subkeys themselves. */
#ifndef ZEVENSTEM_CRYPTO_KEYS_H
#define ZEVENSTEM_CRYPTO_KEYS_H

#include "crypto/crypto.h"

enum { CRYPTO_SUBKEY_COUNT = CRYPTO_KEY_SIGNATURE + 1, CRYPTO_SUBKEY_BYTES = 32 };

/* 32 bytes, borrowed from locked memory. */
const unsigned char *crypto_subkey(const struct crypto_keys *keys, enum crypto_subkey which);

/* The 32 bytes of a secret's file, under the rules of crypto_keys_load. False, logged, when it cannot be
 * used; out then holds rubbish. missing: what mends it that there is no such file. */
bool crypto_secret_read(unsigned char out[CRYPTO_SECRET_BYTES], const char *path, const char *missing);

#endif
