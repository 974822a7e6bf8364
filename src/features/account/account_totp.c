#include "features/account/account_totp.h"

#include "base/buffer.h"

#include <liboath/oath.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1024, BASE32_CHARS = TOTP_SECRET_BYTES * 8 / 5 };

static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool started;

static void start(void)
{
    started = oath_init() == OATH_OK;
}

/* False only in an installation that does not fit the program: then no code is right. */
static bool ready(void)
{
    pthread_once(&once, start);
    return started;
}

/* Six digits, or nothing. */
static bool take_digits(char out[TOTP_DIGITS + 1], struct slice text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == ' ') {
            continue;
        }
        if (c < '0' || c > '9' || count == TOTP_DIGITS) {
            return false;
        }
        out[count++] = c;
    }
    out[count] = '\0';
    return count == TOTP_DIGITS;
}

bool totp_check(int64_t *step, const unsigned char secret[TOTP_SECRET_BYTES], int64_t now_s,
                int64_t last_step, struct slice code)
{
    char digits[TOTP_DIGITS + 1];
    char right[TOTP_DIGITS + 1];
    bool found = false;
    if (!take_digits(digits, code) || !ready()) {
        return false;
    }
    /* Each step is looked at, whatever the ones before it gave. */
    for (int64_t at = now_s / TOTP_STEP_S - TOTP_WINDOW; at <= now_s / TOTP_STEP_S + TOTP_WINDOW; at++) {
        if (at > last_step && oath_totp_generate((const char *)secret, TOTP_SECRET_BYTES, at * TOTP_STEP_S,
                                                 TOTP_STEP_S, 0, TOTP_DIGITS, right) == OATH_OK) {
            if (crypto_equal(digits, right, TOTP_DIGITS)) {
                *step = at;
                found = true;
            }
        }
    }
    crypto_wipe(right, sizeof right);
    return found;
}

/* ---- showing the secret ---- */

/* Without memory: nothing, which no authenticator takes. */
static void base32(char out[BASE32_CHARS + 1], const unsigned char secret[TOTP_SECRET_BYTES])
{
    char *text = NULL;
    size_t len = 0;
    memset(out, 0, BASE32_CHARS + 1);
    if (ready() && oath_base32_encode((const char *)secret, TOTP_SECRET_BYTES, &text, &len) == OATH_OK &&
        len == BASE32_CHARS) {
        memcpy(out, text, BASE32_CHARS);
        crypto_wipe(text, len);
    }
    free(text);
}

struct slice totp_secret_text(struct arena *arena, const unsigned char secret[TOTP_SECRET_BYTES])
{
    char plain[BASE32_CHARS + 1];
    char *spaced = arena_alloc(arena, BASE32_CHARS * 5 / 4 + 1);
    size_t len = 0;
    base32(plain, secret);
    for (size_t i = 0; plain[i]; i++) {
        if (i > 0 && i % 4 == 0) {
            spaced[len++] = ' ';
        }
        spaced[len++] = plain[i];
    }
    spaced[len] = '\0';
    crypto_wipe(plain, sizeof plain);
    return (struct slice){spaced, len};
}

static void put_encoded(struct buffer *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     (c < 0x80 && strchr("-_.@", c));
        if (plain) {
            buffer_append(out, (struct slice){text, 1});
        } else {
            buffer_printf(out, "%%%02X", c);
        }
    }
}

struct slice totp_uri(struct arena *arena, const unsigned char secret[TOTP_SECRET_BYTES], const char *issuer,
                      const char *name)
{
    char text[BASE32_CHARS + 1];
    struct buffer uri;
    buffer_init(&uri, TEXT_MAX);
    base32(text, secret);
    buffer_append(&uri, SLICE("otpauth://totp/"));
    put_encoded(&uri, issuer);
    buffer_append(&uri, SLICE(":"));
    put_encoded(&uri, name);
    buffer_printf(&uri, "?secret=%s&issuer=", text);
    put_encoded(&uri, issuer);
    buffer_printf(&uri, "&algorithm=SHA1&digits=%d&period=%d", TOTP_DIGITS, TOTP_STEP_S);
    struct slice kept = arena_copy(arena, buffer_slice(&uri));
    crypto_wipe(text, sizeof text);
    buffer_free(&uri);
    return kept;
}

/* ---- keeping it ---- */

/* A key of the account's own, so that a sealed secret is of no use in another row. */
static void key_of(unsigned char key[32], const struct crypto_keys *keys, int32_t account_id)
{
    crypto_keyed_hash(key, 32, keys, CRYPTO_KEY_TOTP, "totp-secret",
                      (struct slice){(const char *)&account_id, sizeof account_id});
}

struct slice totp_seal(struct arena *arena, const struct crypto_keys *keys, int32_t account_id,
                       const unsigned char secret[TOTP_SECRET_BYTES])
{
    unsigned char key[32];
    key_of(key, keys, account_id);
    struct slice sealed =
        crypto_seal(arena, key, (struct slice){(const char *)secret, TOTP_SECRET_BYTES}, SLICE("totp"));
    crypto_wipe(key, sizeof key);
    return sealed;
}

bool totp_open(unsigned char secret[TOTP_SECRET_BYTES], struct arena *arena, const struct crypto_keys *keys,
               int32_t account_id, struct slice sealed)
{
    unsigned char key[32];
    struct slice plain;
    key_of(key, keys, account_id);
    bool good = crypto_open(&plain, arena, key, sealed, SLICE("totp")) && plain.len == TOTP_SECRET_BYTES;
    if (good) {
        memcpy(secret, plain.ptr, TOTP_SECRET_BYTES);
    }
    crypto_wipe(key, sizeof key);
    return good;
}
