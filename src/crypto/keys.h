/* Within crypto/ only: the subkeys themselves. */
#ifndef ZEVENSTEM_CRYPTO_KEYS_H
#define ZEVENSTEM_CRYPTO_KEYS_H

#include "crypto/crypto.h"

enum { CRYPTO_SUBKEY_COUNT = CRYPTO_KEY_SESSION + 1, CRYPTO_SUBKEY_BYTES = 32 };

/* 32 bytes, borrowed from locked memory. */
const unsigned char *crypto_subkey(const struct crypto_keys *keys, enum crypto_subkey which);

#endif
