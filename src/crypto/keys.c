/* The root secret: read once, turned into subkeys in locked memory, forgotten. */
#include "crypto/keys.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char kdf_context[crypto_kdf_CONTEXTBYTES + 1] = "zevenst1";

enum { HEX_CHARS = 2 * CRYPTO_SECRET_BYTES, FILE_BYTES = HEX_CHARS + 2 };

/* Subkey 0 is the fingerprint's own: telling secrets apart must not show part of another subkey. */
struct crypto_keys {
    unsigned char subkeys[CRYPTO_SUBKEY_COUNT][CRYPTO_SUBKEY_BYTES];
};

struct crypto_keys *crypto_keys_from_bytes(const unsigned char secret[CRYPTO_SECRET_BYTES])
{
    _Static_assert(crypto_kdf_KEYBYTES == CRYPTO_SECRET_BYTES, "the root secret is a crypto_kdf key");
    struct crypto_keys *keys = sodium_malloc(sizeof *keys);
    if (!keys) {
        return NULL;
    }
    for (unsigned i = 0; i < CRYPTO_SUBKEY_COUNT; i++) {
        crypto_kdf_derive_from_key(keys->subkeys[i], CRYPTO_SUBKEY_BYTES, i, kdf_context, secret);
    }
    sodium_mprotect_readonly(keys);
    return keys;
}

void crypto_keys_free(struct crypto_keys *keys)
{
    sodium_free(keys); /* wipes; NULL is allowed */
}

const unsigned char *crypto_subkey(const struct crypto_keys *keys, enum crypto_subkey which)
{
    return keys->subkeys[which];
}

void crypto_keys_fingerprint(unsigned char out[CRYPTO_FINGERPRINT_BYTES], const struct crypto_keys *keys)
{
    static const unsigned char label[] = "fingerprint";
    crypto_generichash(out, CRYPTO_FINGERPRINT_BYTES, label, sizeof label - 1, keys->subkeys[0],
                       CRYPTO_SUBKEY_BYTES);
}

/* ---- files ---- */

/* systemd hands credentials over in a folder of the service's own, a file each; their mode is its business.
 */
static bool is_credential(const char *path)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    size_t len = folder ? strlen(folder) : 0;
    return len > 0 && strncmp(path, folder, len) == 0 && path[len] == '/' && !strchr(path + len + 1, '/');
}

static void log_unread(const char *path, int why, const char *missing)
{
    log_error(
        "secret.read", "file=%s why=%s says=%s", LOG_CSTR(path), LOG_CSTR(strerror(why)),
        LOG_CSTR(why == ENOENT ? missing : "let whoever runs this read it, and nobody else: mode 0600"));
}

/* At most FILE_BYTES, which is one more than a good file has. */
static bool read_whole(char *text, size_t *len, const char *path, const char *missing)
{
    struct stat status;
    bool good = false;
    /* Not blocking: a pipe of that name would keep the program waiting before it could be refused. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &status) != 0) {
        log_unread(path, errno, missing);
        goto cleanup;
    }
    if (!S_ISREG(status.st_mode) || ((status.st_mode & 077) != 0 && !is_credential(path))) {
        log_error("secret.mode", "file=%s why=\"others may read it, or it is no file; make it mode 0600\"",
                  LOG_CSTR(path));
        goto cleanup;
    }
    *len = 0;
    for (;;) {
        ssize_t got = read(fd, text + *len, FILE_BYTES - *len);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            log_unread(path, errno, missing);
            goto cleanup;
        }
        *len += (size_t)got;
        if (got == 0 || *len == FILE_BYTES) {
            break;
        }
    }
    good = true;
cleanup:
    if (fd >= 0) {
        close(fd);
    }
    return good;
}

bool crypto_secret_read(unsigned char out[CRYPTO_SECRET_BYTES], const char *path, const char *missing)
{
    char text[FILE_BYTES];
    size_t len = 0;
    bool good = read_whole(text, &len, path, missing);
    if (good) {
        bool hex = (len == HEX_CHARS || (len == HEX_CHARS + 1 && text[HEX_CHARS] == '\n')) &&
                   crypto_unhex(out, CRYPTO_SECRET_BYTES, (struct slice){text, HEX_CHARS});
        bool raw = !hex && len == CRYPTO_SECRET_BYTES;
        if (raw) {
            memcpy(out, text, CRYPTO_SECRET_BYTES);
        }
        good = hex || raw;
        if (!good) {
            log_error("secret.form", "file=%s why=\"not 32 bytes, nor 64 hexadecimal digits and a newline\"",
                      LOG_CSTR(path));
        }
    }
    sodium_memzero(text, sizeof text);
    return good;
}

struct crypto_keys *crypto_keys_load(const char *path)
{
    /* Another one for a database that is in use would be the end of its codes. */
    static const char missing[] = "is [secret] file right? For a database that is in use restore the secret "
                                  "from your backup, never make "
                                  "another; for a new one: zevenstem secret generate FILE";
    unsigned char secret[CRYPTO_SECRET_BYTES];
    struct crypto_keys *keys =
        crypto_secret_read(secret, path, missing) ? crypto_keys_from_bytes(secret) : NULL;
    sodium_memzero(secret, sizeof secret);
    return keys;
}

/* A new file is safe from a power cut when its folder is written too. */
static bool sync_folder_of(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t len = slash ? (size_t)(slash - path) + 1 : 0;
    if (len >= sizeof folder) {
        return false;
    }
    memcpy(folder, slash ? path : ".", slash ? len : 1);
    folder[slash ? len : 1] = '\0';
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return good;
}

bool crypto_keys_generate(const char *path)
{
    unsigned char secret[CRYPTO_SECRET_BYTES];
    char text[HEX_CHARS + 2];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        log_error("secret.make", "file=%s why=%s", LOG_CSTR(path), LOG_CSTR(strerror(errno)));
        return false;
    }
    randombytes_buf(secret, sizeof secret);
    crypto_hex(text, secret, sizeof secret);
    text[HEX_CHARS] = '\n';
    bool good = write(fd, text, HEX_CHARS + 1) == HEX_CHARS + 1 && fsync(fd) == 0;
    good = close(fd) == 0 && good && sync_folder_of(path);
    if (!good) {
        log_error("secret.make", "file=%s why=\"could not be written whole\"", LOG_CSTR(path));
        unlink(path);
    }
    sodium_memzero(secret, sizeof secret);
    sodium_memzero(text, sizeof text);
    return good;
}
