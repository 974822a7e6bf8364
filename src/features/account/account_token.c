/* What a browser shows beside its session: the token of a form, and that somebody signed in with it before.
 */
#include "features/account/account_internal.h"

#include <string.h>

enum { NONCE_BYTES = 8, MAC_BYTES = 16, KNOWN_S = 180 * 86400, TOKEN_TEXT_BYTES = 64, COOKIE_MAX = 64 };

static const char session_cookie[] = "sessie";
static const char visit_cookie[] = "aanmelding"; /* before there is a session */
static const char known_cookie[] = "bekend";

static void mac_of(unsigned char mac[MAC_BYTES], const struct account *account, const char *use,
                   const unsigned char *nonce, size_t nonce_bytes, struct slice subject)
{
    unsigned char text[KNOWN_NONCE_BYTES + 128];
    size_t len = subject.len < 128 ? subject.len : 128;
    memcpy(text, nonce, nonce_bytes);
    if (len > 0) {
        memcpy(text + nonce_bytes, subject.ptr, len);
    }
    crypto_keyed_hash(mac, MAC_BYTES, account->config.keys, CRYPTO_KEY_SESSION, use,
                      (struct slice){(const char *)text, nonce_bytes + len});
}

/* ---- forms ---- */

/* What the token is bound to: the cookie of the session, else that of the login page. */
static bool form_subject(struct slice *subject, const struct http_exchange *ex)
{
    return (http_cookie(subject, ex, session_cookie) || http_cookie(subject, ex, visit_cookie)) &&
           subject->len > 0 && subject->len <= COOKIE_MAX;
}

static const char *token_for(struct http_exchange *ex, const struct account *account, struct slice subject)
{
    unsigned char raw[NONCE_BYTES + MAC_BYTES];
    char *text = arena_alloc(http_arena(ex), TOKEN_TEXT_BYTES);
    crypto_random(raw, NONCE_BYTES);
    mac_of(raw + NONCE_BYTES, account, "staff-form", raw, NONCE_BYTES, subject);
    crypto_base64url(text, TOKEN_TEXT_BYTES, raw, sizeof raw);
    return text;
}

const char *staff_form_token(struct http_exchange *ex, struct account *account)
{
    struct slice subject;
    if (!form_subject(&subject, ex)) {
        unsigned char random[KNOWN_NONCE_BYTES];
        char *text = arena_alloc(http_arena(ex), TOKEN_TEXT_BYTES);
        crypto_random(random, sizeof random);
        crypto_base64url(text, TOKEN_TEXT_BYTES, random, sizeof random);
        http_set_cookie(ex, visit_cookie, text, 0);
        subject = slice_from_cstr(text);
    }
    return token_for(ex, account, subject);
}

const char *staff_form_token_for(struct http_exchange *ex, struct account *account, const char *session_text)
{
    return token_for(ex, account, slice_from_cstr(session_text));
}

bool account_form_token_valid(struct http_exchange *ex, struct account *account)
{
    struct slice subject;
    struct slice text;
    unsigned char raw[TOKEN_TEXT_BYTES];
    unsigned char mac[MAC_BYTES];
    size_t size = 0;
    if (!form_subject(&subject, ex) || !http_form_value(&text, ex, "token") ||
        !crypto_unbase64url(raw, sizeof raw, &size, text) || size != NONCE_BYTES + MAC_BYTES) {
        return false;
    }
    mac_of(mac, account, "staff-form", raw, NONCE_BYTES, subject);
    return crypto_equal(mac, raw + NONCE_BYTES, MAC_BYTES);
}

/* ---- known browsers: whoever floods an account with wrong passwords slows the tries of strangers, not those
 * of a browser with which its holder signed in before ---- */

bool known_browser(unsigned char nonce[KNOWN_NONCE_BYTES], const struct http_exchange *ex,
                   const struct account *account, struct slice name)
{
    struct slice text;
    unsigned char raw[TOKEN_TEXT_BYTES];
    unsigned char mac[MAC_BYTES];
    size_t size = 0;
    if (!http_cookie(&text, ex, known_cookie) || !crypto_unbase64url(raw, sizeof raw, &size, text) ||
        size != KNOWN_NONCE_BYTES + MAC_BYTES) {
        return false;
    }
    mac_of(mac, account, "known-browser", raw, KNOWN_NONCE_BYTES, name);
    memcpy(nonce, raw, KNOWN_NONCE_BYTES);
    return crypto_equal(mac, raw + KNOWN_NONCE_BYTES, MAC_BYTES);
}

void known_browser_set(struct http_exchange *ex, const struct account *account, struct slice name)
{
    unsigned char raw[KNOWN_NONCE_BYTES + MAC_BYTES];
    char text[TOKEN_TEXT_BYTES];
    crypto_random(raw, KNOWN_NONCE_BYTES);
    mac_of(raw + KNOWN_NONCE_BYTES, account, "known-browser", raw, KNOWN_NONCE_BYTES, name);
    crypto_base64url(text, sizeof text, raw, sizeof raw);
    http_set_cookie(ex, known_cookie, text, KNOWN_S);
}
