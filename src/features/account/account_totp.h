/* One-time codes of the second factor (RFC 6238: SHA-1, six digits, thirty seconds), on liboath. Pure. */
#ifndef ZEVENSTEM_ACCOUNT_TOTP_H
#define ZEVENSTEM_ACCOUNT_TOTP_H

#include "crypto/crypto.h"

enum { TOTP_SECRET_BYTES = 20, TOTP_STEP_S = 30, TOTP_DIGITS = 6, TOTP_WINDOW = 1 };

/* Whether `code` (six digits; spaces are dropped) is the one of now or of TOTP_WINDOW steps to either side,
 * and of a step after last_step: a code works once. *step: the step it was of, to be kept as last_step. The
 * caller keeps it in the same statement that finds last_step unchanged. */
bool totp_check(int64_t *step, const unsigned char secret[TOTP_SECRET_BYTES], int64_t now_s,
                int64_t last_step, struct slice code);
/* The secret in base 32 (RFC 4648), in groups of four, for who types it over. In the arena. */
struct slice totp_secret_text(struct arena *arena, const unsigned char secret[TOTP_SECRET_BYTES]);
/* The otpauth: address that authenticators read from a QR code. issuer and name: letters, digits, "-", "_",
 * "." and "@" stand as they are, the rest percent-encoded. */
struct slice totp_uri(struct arena *arena, const unsigned char secret[TOTP_SECRET_BYTES], const char *issuer,
                      const char *name);
/* The secret sealed under the root secret, for this account alone; and back. False: it was not sealed by us,
 * or for another account. */
struct slice totp_seal(struct arena *arena, const struct crypto_keys *keys, int32_t account_id,
                       const unsigned char secret[TOTP_SECRET_BYTES]);
bool totp_open(unsigned char secret[TOTP_SECRET_BYTES], struct arena *arena, const struct crypto_keys *keys,
               int32_t account_id, struct slice sealed);

#endif
