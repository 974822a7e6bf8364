/* Participation codes: Crockford's base 32, without check symbol; and what is derived from one. */
#include "crypto/keys.h"

#include <sodium.h>
#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum { BITS_A_CHAR = 5, GROUP = 4 };

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

/* Length in bytes of a separator at the head of s: space, tab, dot, underscore, dash, or one of the dashes
 * and spaces that word processors put in their place; 0 for none. */
static size_t separator_at(struct slice s)
{
    static const char *const separators[] = {" ",
                                             "-",
                                             "\t",
                                             ".",
                                             "_",
                                             "\xe2\x80\x90",
                                             "\xe2\x80\x91",
                                             "\xe2\x80\x92",
                                             "\xe2\x80\x93",
                                             "\xe2\x80\x94",
                                             "\xe2\x88\x92",
                                             "\xc2\xa0",
                                             "\xe2\x80\xaf"};
    for (size_t i = 0; i < sizeof separators / sizeof separators[0]; i++) {
        struct slice separator = slice_from_cstr(separators[i]);
        if (slice_starts_with(s, separator)) {
            return separator.len;
        }
    }
    return 0;
}

static void put_digit(struct participation_code *code, unsigned index, unsigned digit)
{
    for (unsigned bit = 0; bit < BITS_A_CHAR; bit++) {
        unsigned at = index * BITS_A_CHAR + bit;
        unsigned value = (digit >> (BITS_A_CHAR - 1 - bit)) & 1u;
        code->bits[at / 8] |= (unsigned char)(value << (7 - at % 8));
    }
}

bool code_parse(struct participation_code *out, struct slice text)
{
    struct participation_code code = {{0}};
    unsigned count = 0;
    bool good = true;
    text = slice_trim(text);
    while (good && text.len > 0) {
        int digit = digit_of(text.ptr[0]);
        size_t size = digit >= 0 ? 1 : separator_at(text);
        good = size > 0 && (digit < 0 || count < CODE_CHARS);
        if (good && digit >= 0) {
            put_digit(&code, count++, (unsigned)digit);
        }
        text.ptr += size;
        text.len -= size;
    }
    good = good && count == CODE_CHARS;
    if (good) {
        *out = code;
    }
    sodium_memzero(&code, sizeof code);
    return good;
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
    /* The code has a fixed length, so no two pairs give the same bytes. */
    const struct slice parts[] = {{(const char *)code->bits, CODE_BYTES}, round_code};
    const struct {
        const char *context;
        unsigned char *into;
        size_t size;
    } wanted[] = {{"draft-id", out->draft_id, sizeof out->draft_id},
                  {"draft-key", out->draft_key, sizeof out->draft_key},
                  {"response-id", out->response_id, sizeof out->response_id},
                  {"seed", out->seed, sizeof out->seed}};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        crypto_keyed_hash_parts(wanted[i].into, wanted[i].size, keys, CRYPTO_KEY_PARTICIPATION,
                                wanted[i].context, parts, sizeof parts / sizeof parts[0]);
    }
}
