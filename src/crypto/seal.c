#include "crypto/crypto.h"

#include <sodium.h>

enum {
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES
};
_Static_assert(NONCE_BYTES + TAG_BYTES == CRYPTO_SEAL_OVERHEAD, "what the header says");

struct slice crypto_seal(struct arena *arena, const unsigned char key[32], struct slice plain,
                         struct slice bound)
{
    unsigned char *sealed = arena_alloc(arena, plain.len + CRYPTO_SEAL_OVERHEAD);
    unsigned long long written;
    randombytes_buf(sealed, NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        sealed + NONCE_BYTES, &written, (const unsigned char *)plain.ptr, plain.len,
        (const unsigned char *)bound.ptr, bound.len, NULL, sealed, key);
    return (struct slice){(const char *)sealed, NONCE_BYTES + (size_t)written};
}

bool crypto_open(struct slice *plain, struct arena *arena, const unsigned char key[32], struct slice sealed,
                 struct slice bound)
{
    if (sealed.len < CRYPTO_SEAL_OVERHEAD) {
        return false;
    }
    unsigned char *opened = arena_alloc(arena, sealed.len - CRYPTO_SEAL_OVERHEAD + 1);
    unsigned long long written;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            opened, &written, NULL, (const unsigned char *)sealed.ptr + NONCE_BYTES, sealed.len - NONCE_BYTES,
            (const unsigned char *)bound.ptr, bound.len, (const unsigned char *)sealed.ptr, key) != 0) {
        return false;
    }
    *plain = (struct slice){(const char *)opened, (size_t)written};
    return true;
}
