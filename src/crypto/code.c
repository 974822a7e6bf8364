/* Participation codes: Crockford's base 32, without check symbol; and what is derived from one. */
#include "crypto/keys.h"


#include <sodium.h>
#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum { BITS_A_CHAR = 5, GROUP = 4, ROUND_MAX = 128 };

void code_generate(struct participation_code *out)
{
    randombytes_buf(out->bits, sizeof out->bits);
}

/* 0..31; -1 for a character that is no digit of the code. */
static int digit_of(char c)
{
    if (c >= 'a' && c <= 'z') {
        c = (char)(c - 'a' + 'A');
    }
    if (c == 'O') {
        c = '0';
    } else if (c == 'I' || c == 'L') {
        c = '1';
    }
    const char *at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

/* Length in bytes of a separator at the head of s: space, dash, tab, or one of the dashes that word
 * processors make; 0 for none. */
static size_t separator_at(struct slice s)
{
    static const char *const separators[] = {
        " ", "-", "\t", ".", "_", "\xe2\x80\x90", "\xe2\x80\x91", "\xe2\x80\x93", "\xe2\x80\x94", "\xc2\xa0"};
    for (size_t i = 0; i < sizeof separators / sizeof separators[0]; i++) {
        struct slice separator = slice_from_cstr(separators[i]);
        if (slice_starts_with(s, separator)) {
            return separator.len;
        }
    }
    return 0;
}

bool code_parse(struct participation_code *out, struct slice text)
{
    struct participation_code code = {{0}};
    unsigned count = 0;
    text = slice_trim(text);
    while (text.len > 0) {
        size_t skip = separator_at(text);
        if (skip == 0) {
            int digit = digit_of(text.ptr[0]);
            if (digit < 0 || count == CODE_CHARS) {
                return false;
            }
            for (unsigned bit = 0; bit < BITS_A_CHAR; bit++) {
                unsigned at = count * BITS_A_CHAR + bit;
                unsigned value = ((unsigned)digit >> (BITS_A_CHAR - 1 - bit)) & 1u;
                code.bits[at / 8] |= (unsigned char)(value << (7 - at % 8));
            }
            count++;
            skip = 1;
        }
        text.ptr += skip;
        text.len -= skip;
    }
    if (count != CODE_CHARS) {
        return false;
    }
    *out = code;
    return true;
}

void code_format(char out[CODE_TEXT_BYTES], const struct participation_code *code)
{
    size_t len = 0;
    for (unsigned i = 0; i < CODE_CHARS; i++) {
        unsigned digit = 0;
        for (unsigned bit = 0; bit < BITS_A_CHAR; bit++) {
            unsigned at = i * BITS_A_CHAR + bit;
            digit = digit << 1 | ((unsigned)code->bits[at / 8] >> (7 - at % 8) & 1u);
        }
        if (i > 0 && i % GROUP == 0) {
            out[len++] = '-';
        }
        out[len++] = alphabet[digit];
    }
    out[len] = '\0';
}

void code_derive(struct participation *out, const struct crypto_keys *keys, struct slice round_code,
                 const struct participation_code *code)
{
    unsigned char text[CODE_BYTES + ROUND_MAX];
    size_t round_len = round_code.len < ROUND_MAX ? round_code.len : ROUND_MAX;
    memcpy(text, code->bits, CODE_BYTES);
    if (round_len > 0) {
        memcpy(text + CODE_BYTES, round_code.ptr, round_len);
    }
    struct slice data = {(const char *)text, CODE_BYTES + round_len};
    crypto_keyed_hash(out->draft_id, sizeof out->draft_id, keys, CRYPTO_KEY_PARTICIPATION, "draft-id", data);
    crypto_keyed_hash(out->draft_key, sizeof out->draft_key, keys, CRYPTO_KEY_PARTICIPATION, "draft-key",
                      data);
    crypto_keyed_hash(out->response_id, sizeof out->response_id, keys, CRYPTO_KEY_PARTICIPATION,
                      "response-id", data);
    crypto_keyed_hash(out->seed, sizeof out->seed, keys, CRYPTO_KEY_PARTICIPATION, "seed", data);
    sodium_memzero(text, sizeof text);
}
