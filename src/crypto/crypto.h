/* All cryptography, on libsodium. Call crypto_start once before anything else. */
#ifndef ZEVENSTEM_CRYPTO_CRYPTO_H
#define ZEVENSTEM_CRYPTO_CRYPTO_H

#include "base/arena.h"
#include "base/slice.h"

enum {
    CRYPTO_SECRET_BYTES = 32,
    CRYPTO_HASH_BYTES = 32,
    CRYPTO_SHA256_BYTES = 32,
    CRYPTO_FINGERPRINT_BYTES = 16,
    CRYPTO_SEAL_OVERHEAD = 24 + 16 /* XChaCha20-Poly1305 nonce and tag */
};

bool crypto_start(void);
void crypto_random(void *out, size_t size);
/* uniform 0..bound-1 */
uint32_t crypto_random_below(uint32_t bound);

/* ---- the root secret and its subkeys (crypto_kdf, context "zevenst1") ---- */
struct crypto_keys; /* opaque, in locked memory */
enum crypto_subkey {
    CRYPTO_KEY_PARTICIPATION =
        1, /* derives draft id, draft key, response id, seed from a participation code */
    CRYPTO_KEY_FORM_TOKEN = 2,
    CRYPTO_KEY_RECORD = 3, /* record keys of the cell key method */
    CRYPTO_KEY_AUDIT = 4,
    CRYPTO_KEY_API_KEY = 5,
    CRYPTO_KEY_PERTURB = 6,
    CRYPTO_KEY_SESSION = 7,   /* tokens of staff: sessions, forms, known browsers, recovery codes */
    CRYPTO_KEY_TOTP = 8,      /* seals secrets of second factors */
    CRYPTO_KEY_NAME = 9,      /* seals names of participants in conversations */
    CRYPTO_KEY_SIGNATURE = 10 /* the seed of the key that signs what is published */
};
/* Reads 32 bytes from a file (raw, or 64 hex digits with a newline). Refuses a file that others may read
 * (mode & 077), unless it is in $CREDENTIALS_DIRECTORY. NULL with a log line that says why. */
struct crypto_keys *crypto_keys_load(const char *path);
struct crypto_keys *
crypto_keys_from_bytes(const unsigned char secret[CRYPTO_SECRET_BYTES]); /* tests, bench */
void crypto_keys_free(struct crypto_keys *keys);
/* Makes a new secret file, mode 0600, hex; refuses to overwrite. */
bool crypto_keys_generate(const char *path);
/* Tells two secrets apart without telling anything of them: kept in the database, checked by serve. */
void crypto_keys_fingerprint(unsigned char out[CRYPTO_FINGERPRINT_BYTES], const struct crypto_keys *keys);

/* ---- hashes ---- */
/* Keyed BLAKE2b under a subkey; out_size 16..64. context separates uses: it is hashed first with its length,
 * at most 255 bytes. */
void crypto_keyed_hash(unsigned char *out, size_t out_size, const struct crypto_keys *keys,
                       enum crypto_subkey subkey, const char *context, struct slice data);
/* The same over the parts one after the other: where one ends and the next begins is not hashed. */
void crypto_keyed_hash_parts(unsigned char *out, size_t out_size, const struct crypto_keys *keys,
                             enum crypto_subkey subkey, const char *context, const struct slice *parts,
                             size_t count);
void crypto_sha256(unsigned char out[CRYPTO_SHA256_BYTES], struct slice data);
/* The same of what comes in pieces; lives in the arena. */
struct crypto_digest;
struct crypto_digest *crypto_sha256_begin(struct arena *arena);
void crypto_sha256_add(struct crypto_digest *digest, struct slice data);
/* Of all that was added; more may be. */
void crypto_sha256_so_far(unsigned char out[CRYPTO_SHA256_BYTES], const struct crypto_digest *digest);
bool crypto_equal(const void *a, const void *b, size_t size);        /* constant time */
void crypto_hex(char *out, const unsigned char *bytes, size_t size); /* 2*size + NUL, lower case */
bool crypto_unhex(unsigned char *out, size_t size, struct slice hex);
/* base64url without padding; out holds 4*ceil(size/3)+1 */
void crypto_base64url(char *out, size_t out_size, const unsigned char *bytes, size_t size);
bool crypto_unbase64url(unsigned char *out, size_t out_size, size_t *size, struct slice text);

/* ---- passwords: Argon2id, 19 MiB, two passes, one lane; some 15 ms of a processor each, one at a time, in
 * memory that is kept from the first one on. Never on an HTTP thread. ---- */
enum { CRYPTO_PASSWORD_TEXT_BYTES = 128, CRYPTO_PASSWORD_MAX = 1024 /* bytes of a password */ };
/* The PHC string "$argon2id$v=19$m=19456,t=2,p=1$salt$hash" with a random salt. False when the password is
 * too long or there is no memory. */
bool crypto_password_hash(char out[CRYPTO_PASSWORD_TEXT_BYTES], struct slice password);
/* Compared in constant time, with the parameters of `hash`, of at most 64 MiB and ten passes: false at once
 * for one that asks for more. hash NULL (no such account): false after the same time, and so is a password
 * that is too long. */
bool crypto_password_verify(const char *hash, struct slice password);
/* Zeroes what must not stay in memory; not optimised away. */
void crypto_wipe(void *bytes, size_t size);

/* ---- sealing (XChaCha20-Poly1305-IETF, random nonce in front) ---- */
/* Returns nonce || ciphertext || tag in the arena. bound is authenticated, not stored. */
struct slice crypto_seal(struct arena *arena, const unsigned char key[32], struct slice plain,
                         struct slice bound);
bool crypto_open(struct slice *plain, struct arena *arena, const unsigned char key[32], struct slice sealed,
                 struct slice bound);

/* ---- participation codes: 80 random bits as 16 Crockford base-32 characters ---- */
enum { CODE_CHARS = 16, CODE_TEXT_BYTES = 20 /* XXXX-XXXX-XXXX-XXXX and NUL */, CODE_BYTES = 10 };
struct participation_code {
    unsigned char bits[CODE_BYTES];
};
struct participation {
    unsigned char draft_id[16];
    unsigned char draft_key[32];
    unsigned char response_id[16];
    unsigned char seed[16]; /* for modules and order; see questionnaire */
};
void code_generate(struct participation_code *out);
/* Accepts what people type: any case, spaces, dashes (those of word processors too), dots and underscores
 * anywhere, O for 0, I and L for 1. False (out untouched) on anything else. */
bool code_parse(struct participation_code *out, struct slice text);
void code_format(char out[CODE_TEXT_BYTES], const struct participation_code *code);
/* Derives all four with separate contexts and the round's code, so that a code of one round is nothing in
 * another. */
void code_derive(struct participation *out, const struct crypto_keys *keys, struct slice round_code,
                 const struct participation_code *code);

/* ---- deterministic random numbers from a seed ---- */
/* A uniform 64-bit number for (seed, label): SipHash-2-4 with the seed as key. Stable for ever: what a person
 * saw is derived from it. */
uint64_t seeded_u64(const unsigned char seed[16], struct slice label);

/* ---- sealing to a public key (X25519, crypto_box_seal): nobody but the holder of the private key opens it,
 * not even who sealed it. Public keys are written as base64url, private keys as files like the root secret's.
 * ---- */
enum {
    CRYPTO_PUBLIC_KEY_BYTES = 32,
    CRYPTO_PUBLIC_KEY_TEXT_BYTES = 44, /* 43 characters and NUL */
    CRYPTO_SEALED_BOX_OVERHEAD = 32 + 16
};
struct crypto_keypair {
    unsigned char public_key[CRYPTO_PUBLIC_KEY_BYTES];
    unsigned char private_key[CRYPTO_SECRET_BYTES];
};
/* False (out untouched) when it is not 32 bytes in base64url, or a key to which nothing can be sealed safely.
 */
bool crypto_public_key_parse(unsigned char out[CRYPTO_PUBLIC_KEY_BYTES], struct slice text);
void crypto_public_key_format(char out[CRYPTO_PUBLIC_KEY_TEXT_BYTES],
                              const unsigned char key[CRYPTO_PUBLIC_KEY_BYTES]);
/* Makes a new private key file, mode 0600; refuses to overwrite. False with a log line. */
bool crypto_keypair_generate(struct crypto_keypair *out, const char *path);
/* From a private key file, under the rules of crypto_keys_load. */
bool crypto_keypair_load(struct crypto_keypair *out, const char *path);
/* Wipes it. */
void crypto_keypair_forget(struct crypto_keypair *keypair);
/* In the arena, CRYPTO_SEALED_BOX_OVERHEAD longer than plain. False when the key is none (see parse). */
bool crypto_seal_to(struct slice *sealed, struct arena *arena,
                    const unsigned char public_key[CRYPTO_PUBLIC_KEY_BYTES], struct slice plain);
/* False when it was sealed to another key, or changed since. */
bool crypto_open_sealed(struct slice *plain, struct arena *arena, const struct crypto_keypair *keypair,
                        struct slice sealed);

/* ---- signatures (Ed25519, RFC 8032) of what is published: reports, releases, catalogues. The pair follows
 * from the root secret, so that every instance signs alike and the public key stays what it is. The bytes are
 * signed as they stand, without a context, so that any other program can verify them; they must say
 * themselves what they are. ---- */
enum {
    CRYPTO_SIGNATURE_BYTES = 64,
    CRYPTO_SIGNATURE_TEXT_BYTES = 87, /* base64url: 86 characters and NUL */
    CRYPTO_VERIFYING_KEY_BYTES = 32,
    CRYPTO_VERIFYING_KEY_TEXT_BYTES = 44 /* base64url: 43 characters and NUL */
};
/* The public half. */
void crypto_verifying_key(unsigned char out[CRYPTO_VERIFYING_KEY_BYTES], const struct crypto_keys *keys);
/* The same bytes always get the same signature. */
void crypto_signature_make(unsigned char out[CRYPTO_SIGNATURE_BYTES], const struct crypto_keys *keys,
                           struct slice bytes);
/* False for other bytes, another key, and for keys and signatures that Ed25519 does not admit (a point of
 * small order, an S that is not reduced). */
bool crypto_signature_verify(const unsigned char signature[CRYPTO_SIGNATURE_BYTES],
                             const unsigned char key[CRYPTO_VERIFYING_KEY_BYTES], struct slice bytes);

#endif
