/* Argon2id by the reference implementation (libargon2), which computes in memory that it is given. libsodium
 * computes faster, but maps 19 MiB anew for each password and gives them back, in calls to the kernel of
 * milliseconds each: two thirds of what a password then costs, in which nobody else gets the processor. */
#include "crypto/crypto.h"

#include <argon2.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>
#include <sys/mman.h>

/* OWASP's first choice for Argon2id in little memory: 19 MiB, two passes, one lane. */
enum { PASSES = 2, MEMORY_KIB = 19 * 1024, LANES = 1, MEMORY_BYTES = MEMORY_KIB * 1024 };
#define PARAMETERS "$argon2id$v=19$m=19456,t=2,p=1$"
enum {
    SALT_BYTES = 16,
    TAG_BYTES = 32,
    BASE64 = sodium_base64_VARIANT_ORIGINAL_NO_PADDING,
    SALT_TEXT_BYTES = sodium_base64_ENCODED_LEN(SALT_BYTES, BASE64), /* with a NUL */
    TAG_TEXT_BYTES = sodium_base64_ENCODED_LEN(TAG_BYTES, BASE64),
};
_Static_assert(sizeof PARAMETERS + SALT_TEXT_BYTES + TAG_TEXT_BYTES <= CRYPTO_PASSWORD_TEXT_BYTES, "it fits");

/* Well-formed, and of no password: nothing hashes to zeros that anybody finds. */
static const char nobodys[] = PARAMETERS "AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/* ---- the memory: had once, kept, one password at a time ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint8_t *kept;

/* Never in a core dump. libargon2 wipes it before it gives it back. */
static int take_memory(uint8_t **memory, size_t bytes)
{
    if (!kept && bytes == MEMORY_BYTES) {
        void *mapped = mmap(NULL, MEMORY_BYTES, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
        if (mapped != MAP_FAILED) {
            madvise(mapped, MEMORY_BYTES, MADV_DONTDUMP);
            kept = mapped;
        }
    }
    *memory = bytes == MEMORY_BYTES ? kept : NULL;
    return *memory ? ARGON2_OK : ARGON2_MEMORY_ALLOCATION_ERROR;
}

static void give_memory(uint8_t *memory, size_t bytes)
{
    (void)memory;
    (void)bytes;
}

static bool derive(unsigned char tag[TAG_BYTES], const unsigned char salt[SALT_BYTES], struct slice password)
{
    /* libargon2 changes neither: it was not asked to clear the password. */
    argon2_context context = {.out = tag,
                              .outlen = TAG_BYTES,
                              .pwd = (uint8_t *)(uintptr_t)password.ptr,
                              .pwdlen = (uint32_t)password.len,
                              .salt = (uint8_t *)(uintptr_t)salt,
                              .saltlen = SALT_BYTES,
                              .t_cost = PASSES,
                              .m_cost = MEMORY_KIB,
                              .lanes = LANES,
                              .threads = LANES,
                              .version = ARGON2_VERSION_13,
                              .allocate_cbk = take_memory,
                              .free_cbk = give_memory};
    pthread_mutex_lock(&lock);
    const bool done = argon2id_ctx(&context) == ARGON2_OK;
    pthread_mutex_unlock(&lock);
    return done;
}

/* ---- the text ---- */

/* Of exactly so many bytes. */
static bool read_base64(unsigned char *out, size_t size, const char *text, size_t length)
{
    size_t written;
    return sodium_base642bin(out, size, text, length, NULL, &written, NULL, BASE64) == 0 && written == size;
}

/* False: not of our parameters. */
static bool read_hash(unsigned char salt[SALT_BYTES], unsigned char tag[TAG_BYTES], struct slice hash)
{
    const size_t before = sizeof PARAMETERS - 1, salt_length = SALT_TEXT_BYTES - 1,
                 tag_length = TAG_TEXT_BYTES - 1;
    return hash.len == before + salt_length + 1 + tag_length && slice_starts_with(hash, SLICE(PARAMETERS)) &&
           read_base64(salt, SALT_BYTES, hash.ptr + before, salt_length) &&
           hash.ptr[before + salt_length] == '$' &&
           read_base64(tag, TAG_BYTES, hash.ptr + before + salt_length + 1, tag_length);
}

static void write_hash(char out[CRYPTO_PASSWORD_TEXT_BYTES], const unsigned char salt[SALT_BYTES],
                       const unsigned char tag[TAG_BYTES])
{
    char *at = out + sizeof PARAMETERS - 1;
    memcpy(out, PARAMETERS, sizeof PARAMETERS);
    sodium_bin2base64(at, SALT_TEXT_BYTES, salt, SALT_BYTES, BASE64);
    at += SALT_TEXT_BYTES - 1;
    *at++ = '$';
    sodium_bin2base64(at, TAG_TEXT_BYTES, tag, TAG_BYTES, BASE64);
}

/* ---- hashes of other parameters ---- */

/* What a stored hash may ask for at most: whoever can write to the database would else have the one thread of
 * passwords compute for hours, or the service's memory be taken. */
enum { MOST_PASSES = 10, MOST_MEMORY_KIB = 64 * 1024 };

/* Cuts "KEY=N" off, up to the separator: N a whole number from 1 to most, written in one way. */
static bool read_cost(struct slice *rest, struct slice key, char separator, uint64_t most)
{
    struct slice one;
    uint64_t value;
    if (!slice_cut(&one, rest, *rest, separator) || !slice_starts_with(one, key)) {
        return false;
    }
    const struct slice number = {one.ptr + key.len, one.len - key.len};
    return slice_to_u64(&value, number, most) && number.ptr[0] != '0';
}

/* Argon2id of one lane, and no dearer than may be. What comes behind is libsodium's to read. */
static bool is_bearable(struct slice hash)
{
    const struct slice head = SLICE("$argon2id$v=19$");
    if (!slice_starts_with(hash, head)) {
        return false;
    }
    struct slice rest = {hash.ptr + head.len, hash.len - head.len};
    return read_cost(&rest, SLICE("m="), ',', MOST_MEMORY_KIB) &&
           read_cost(&rest, SLICE("t="), ',', MOST_PASSES) && read_cost(&rest, SLICE("p="), '$', LANES);
}

/* ---- both together ---- */

bool crypto_password_hash(char out[CRYPTO_PASSWORD_TEXT_BYTES], struct slice password)
{
    unsigned char salt[SALT_BYTES], tag[TAG_BYTES];
    randombytes_buf(salt, sizeof salt);
    if (password.len > CRYPTO_PASSWORD_MAX || !derive(tag, salt, password)) {
        return false;
    }
    write_hash(out, salt, tag);
    return true;
}

bool crypto_password_verify(const char *hash, struct slice password)
{
    unsigned char salt[SALT_BYTES], tag[TAG_BYTES], tried[TAG_BYTES];
    const bool fits = password.len <= CRYPTO_PASSWORD_MAX;
    const struct slice given = fits ? password : SLICE("");
    const char *text = hash ? hash : nobodys;
    bool good;
    if (read_hash(salt, tag, slice_from_cstr(text))) {
        good = derive(tried, salt, given) && sodium_memcmp(tried, tag, TAG_BYTES) == 0;
    } else {
        good =
            is_bearable(slice_from_cstr(text)) && crypto_pwhash_str_verify(text, given.ptr, given.len) == 0;
    }
    return good && hash && fits;
}

void crypto_wipe(void *bytes, size_t size)
{
    sodium_memzero(bytes, size);
}
