/* Signing what is published. */
#include "crypto/crypto.h"

#include "crypto/keys.h"

#include <sodium.h>
#include <string.h>

_Static_assert(crypto_sign_BYTES == CRYPTO_SIGNATURE_BYTES, "what the header says");
_Static_assert(crypto_sign_PUBLICKEYBYTES == CRYPTO_VERIFYING_KEY_BYTES, "what the header says");
_Static_assert(crypto_sign_SEEDBYTES == CRYPTO_SUBKEY_BYTES, "the pair is made of a subkey");

/* The private half is derived anew each time: signing is rare, and locked memory holds the seed already. */
static void make_pair(unsigned char public_key[crypto_sign_PUBLICKEYBYTES],
                      unsigned char private_key[crypto_sign_SECRETKEYBYTES], const struct crypto_keys *keys)
{
    crypto_sign_seed_keypair(public_key, private_key, crypto_subkey(keys, CRYPTO_KEY_SIGNATURE));
}

void crypto_verifying_key(unsigned char out[CRYPTO_VERIFYING_KEY_BYTES], const struct crypto_keys *keys)
{
    unsigned char private_key[crypto_sign_SECRETKEYBYTES];
    make_pair(out, private_key, keys);
    sodium_memzero(private_key, sizeof private_key);
}

void crypto_signature_make(unsigned char out[CRYPTO_SIGNATURE_BYTES], const struct crypto_keys *keys,
                           struct slice bytes)
{
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    unsigned char private_key[crypto_sign_SECRETKEYBYTES];
    make_pair(public_key, private_key, keys);
    crypto_sign_detached(out, NULL, (const unsigned char *)bytes.ptr, bytes.len, private_key);
    sodium_memzero(private_key, sizeof private_key);
}

bool crypto_signature_verify(const unsigned char signature[CRYPTO_SIGNATURE_BYTES],
                             const unsigned char key[CRYPTO_VERIFYING_KEY_BYTES], struct slice bytes)
{
    return crypto_sign_verify_detached(signature, (const unsigned char *)bytes.ptr, bytes.len, key) == 0;
}
