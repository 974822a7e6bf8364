#include "crypto/crypto.h"

#include <sodium.h>

void crypto_hex(char *out, const unsigned char *bytes, size_t size)
{
    sodium_bin2hex(out, 2 * size + 1, bytes, size);
}

bool crypto_unhex(unsigned char *out, size_t size, struct slice hex)
{
    size_t written;
    const char *end;
    return hex.len == 2 * size && sodium_hex2bin(out, size, hex.ptr, hex.len, NULL, &written, &end) == 0 &&
           written == size;
}

void crypto_base64url(char *out, size_t out_size, const unsigned char *bytes, size_t size)
{
    sodium_bin2base64(out, out_size, bytes, size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool crypto_unbase64url(unsigned char *out, size_t out_size, size_t *size, struct slice text)
{
    const char *end;
    const char *from = text.len > 0 ? text.ptr : ""; /* there may be none */
    return sodium_base642bin(out, out_size, from, text.len, NULL, size, &end,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           end == from + text.len;
}
