#include "crypto/keys.h"

#include <sodium.h>
#include <string.h>

void crypto_keyed_hash_parts(unsigned char *out, size_t out_size, const struct crypto_keys *keys,
                             enum crypto_subkey subkey, const char *context, const struct slice *parts,
                             size_t count)
{
    crypto_generichash_state state;
    size_t context_len = strnlen(context, UINT8_MAX);
    const unsigned char length[1] = {(unsigned char)context_len};
    crypto_generichash_init(&state, crypto_subkey(keys, subkey), CRYPTO_SUBKEY_BYTES, out_size);
    crypto_generichash_update(&state, length, sizeof length);
    crypto_generichash_update(&state, (const unsigned char *)context, context_len);
    for (size_t i = 0; i < count; i++) {
        crypto_generichash_update(&state, (const unsigned char *)parts[i].ptr, parts[i].len);
    }
    crypto_generichash_final(&state, out, out_size);
    sodium_memzero(&state, sizeof state);
}

void crypto_keyed_hash(unsigned char *out, size_t out_size, const struct crypto_keys *keys,
                       enum crypto_subkey subkey, const char *context, struct slice data)
{
    crypto_keyed_hash_parts(out, out_size, keys, subkey, context, &data, 1);
}

void crypto_sha256(unsigned char out[CRYPTO_SHA256_BYTES], struct slice data)
{
    crypto_hash_sha256(out, (const unsigned char *)data.ptr, data.len);
}

struct crypto_digest {
    crypto_hash_sha256_state state;
};

struct crypto_digest *crypto_sha256_begin(struct arena *arena)
{
    struct crypto_digest *digest = arena_alloc(arena, sizeof *digest);
    crypto_hash_sha256_init(&digest->state);
    return digest;
}

void crypto_sha256_add(struct crypto_digest *digest, struct slice data)
{
    crypto_hash_sha256_update(&digest->state, (const unsigned char *)data.ptr, data.len);
}

void crypto_sha256_so_far(unsigned char out[CRYPTO_SHA256_BYTES], const struct crypto_digest *digest)
{
    struct crypto_digest copy = *digest;
    crypto_hash_sha256_final(&copy.state, out);
}

bool crypto_equal(const void *a, const void *b, size_t size)
{
    return sodium_memcmp(a, b, size) == 0;
}
