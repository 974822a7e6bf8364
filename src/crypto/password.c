#include "crypto/crypto.h"

#include <sodium.h>
#include <string.h>

/* OWASP's first choice for Argon2id in little memory: 19 MiB, two passes, one lane (libsodium knows no
 * other). */
enum { OPERATIONS = 2, MEMORY = 19 * 1024 * 1024 };
_Static_assert(CRYPTO_PASSWORD_TEXT_BYTES == crypto_pwhash_STRBYTES, "what the header says");

/* Well-formed, of the same cost as ours, and of no password: nothing hashes to zeros that anybody finds. */
static const char nobodys[CRYPTO_PASSWORD_TEXT_BYTES] =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

bool crypto_password_hash(char out[CRYPTO_PASSWORD_TEXT_BYTES], struct slice password)
{
    return password.len <= CRYPTO_PASSWORD_MAX &&
           crypto_pwhash_str_alg(out, password.ptr, password.len, OPERATIONS, MEMORY,
                                 crypto_pwhash_ALG_ARGON2ID13) == 0;
}

bool crypto_password_verify(const char *hash, struct slice password)
{
    struct slice tried = password.len <= CRYPTO_PASSWORD_MAX ? password : SLICE("");
    bool good = crypto_pwhash_str_verify(hash ? hash : nobodys, tried.ptr, tried.len) == 0;
    return good && hash && password.len <= CRYPTO_PASSWORD_MAX;
}

void crypto_wipe(void *bytes, size_t size)
{
    sodium_memzero(bytes, size);
}
