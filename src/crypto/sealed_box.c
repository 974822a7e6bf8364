/* Sealing to somebody's public key: who seals cannot open it again, only the holder of the private key can.
 */
#include "crypto/crypto.h"

#include "crypto/keys.h"

#include <sodium.h>
#include <string.h>

_Static_assert(crypto_box_PUBLICKEYBYTES == CRYPTO_PUBLIC_KEY_BYTES, "what the header says");
_Static_assert(crypto_box_SECRETKEYBYTES == CRYPTO_SECRET_BYTES, "a private key is kept like a root secret");
_Static_assert(crypto_box_SEALBYTES == CRYPTO_SEALED_BOX_OVERHEAD, "what the header says");

bool crypto_public_key_parse(unsigned char out[CRYPTO_PUBLIC_KEY_BYTES], struct slice text)
{
    static const unsigned char any_private[crypto_box_SECRETKEYBYTES] = {1};
    unsigned char key[CRYPTO_PUBLIC_KEY_BYTES];
    unsigned char shared[crypto_scalarmult_BYTES];
    size_t size = 0;
    if (!crypto_unbase64url(key, sizeof key, &size, text) || size != sizeof key) {
        return false;
    }
    /* A point of small order has no private key: anybody could open what is sealed to it. */
    if (crypto_scalarmult(shared, any_private, key) != 0) {
        return false;
    }
    memcpy(out, key, sizeof key);
    return true;
}

void crypto_public_key_format(char out[CRYPTO_PUBLIC_KEY_TEXT_BYTES],
                              const unsigned char key[CRYPTO_PUBLIC_KEY_BYTES])
{
    crypto_base64url(out, CRYPTO_PUBLIC_KEY_TEXT_BYTES, key, CRYPTO_PUBLIC_KEY_BYTES);
}

bool crypto_keypair_load(struct crypto_keypair *out, const char *path)
{
    if (!crypto_secret_read(
            out->private_key, path,
            "it is the private key that zevenstem offer keypair made, on the coordinator's own "
            "machine")) {
        return false;
    }
    crypto_scalarmult_base(out->public_key, out->private_key);
    return true;
}

bool crypto_keypair_generate(struct crypto_keypair *out, const char *path)
{
    return crypto_keys_generate(path) && crypto_keypair_load(out, path);
}

void crypto_keypair_forget(struct crypto_keypair *keypair)
{
    sodium_memzero(keypair, sizeof *keypair);
}

bool crypto_seal_to(struct slice *sealed, struct arena *arena,
                    const unsigned char public_key[CRYPTO_PUBLIC_KEY_BYTES], struct slice plain)
{
    size_t size = plain.len + CRYPTO_SEALED_BOX_OVERHEAD;
    unsigned char *bytes = arena_alloc(arena, size);
    if (crypto_box_seal(bytes, (const unsigned char *)plain.ptr, plain.len, public_key) != 0) {
        return false;
    }
    *sealed = (struct slice){(const char *)bytes, size};
    return true;
}

bool crypto_open_sealed(struct slice *plain, struct arena *arena, const struct crypto_keypair *keypair,
                        struct slice sealed)
{
    if (sealed.len < CRYPTO_SEALED_BOX_OVERHEAD) {
        return false;
    }
    size_t size = sealed.len - CRYPTO_SEALED_BOX_OVERHEAD;
    unsigned char *bytes = arena_alloc(arena, size + 1);
    if (crypto_box_seal_open(bytes, (const unsigned char *)sealed.ptr, sealed.len, keypair->public_key,
                             keypair->private_key) != 0) {
        return false;
    }
    *plain = (struct slice){(const char *)bytes, size};
    return true;
}
