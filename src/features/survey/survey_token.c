#include "features/survey/survey_token.h"

#include <string.h>

enum { TIME_BYTES = 8, MAC_BYTES = 16, RAW_BYTES = TIME_BYTES + MAC_BYTES };

static void mac_of(unsigned char mac[MAC_BYTES], const struct crypto_keys *keys, struct slice subject,
                   const unsigned char time[TIME_BYTES])
{
    unsigned char text[TIME_BYTES + 256];
    size_t len = subject.len < 256 ? subject.len : 256;
    memcpy(text, time, TIME_BYTES);
    if (len > 0) {
        memcpy(text + TIME_BYTES, subject.ptr, len);
    }
    crypto_keyed_hash(mac, MAC_BYTES, keys, CRYPTO_KEY_FORM_TOKEN, "form",
                      (struct slice){(const char *)text, TIME_BYTES + len});
}

void form_token_make(char out[FORM_TOKEN_BYTES], const struct crypto_keys *keys, struct slice subject,
                     int64_t now_s)
{
    unsigned char raw[RAW_BYTES];
    for (int i = 0; i < TIME_BYTES; i++) {
        raw[i] = (unsigned char)((uint64_t)now_s >> (8 * i));
    }
    mac_of(raw + TIME_BYTES, keys, subject, raw);
    crypto_base64url(out, FORM_TOKEN_BYTES, raw, sizeof raw);
}

/* When it was made; false when it was not by us, or for another subject. */
static bool made_at(int64_t *out, const struct crypto_keys *keys, struct slice subject, struct slice token)
{
    unsigned char raw[FORM_TOKEN_BYTES];
    unsigned char mac[MAC_BYTES];
    size_t size = 0;
    uint64_t made = 0;
    if (!crypto_unbase64url(raw, sizeof raw, &size, token) || size != RAW_BYTES) {
        return false;
    }
    mac_of(mac, keys, subject, raw);
    for (int i = 0; i < TIME_BYTES; i++) {
        made |= (uint64_t)raw[i] << (8 * i);
    }
    *out = (int64_t)made;
    return crypto_equal(mac, raw + TIME_BYTES, MAC_BYTES);
}

bool form_token_ours(const struct crypto_keys *keys, struct slice subject, struct slice token)
{
    int64_t made;
    return made_at(&made, keys, subject, token);
}

int64_t form_token_age(const struct crypto_keys *keys, struct slice subject, struct slice token,
                       int64_t now_s)
{
    int64_t made;
    if (!made_at(&made, keys, subject, token)) {
        return -1;
    }
    int64_t age = now_s - made;
    return age < 0 || age > FORM_TOKEN_LIFE_S ? -1 : age;
}
