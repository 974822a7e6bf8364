#include "features/account/account_password.h"

#include "base/embedded.h"
#include "base/utf8.h"
#include "crypto/crypto.h"

#include <string.h>

enum { DIFFERENT_MIN = 5, NAME_CHARS_MIN = 3 };

static const char list_name[] = "config/reference/common-passwords.txt";

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* ---- too simple ---- */

static bool is_simple(struct slice text)
{
    bool seen[UINT8_MAX + 1] = {false};
    size_t different = 0;
    size_t steps = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)lower(text.ptr[i]);
        different += seen[c] ? 0 : 1;
        seen[c] = true;
        if (i > 0) {
            int step = c - (unsigned char)lower(text.ptr[i - 1]);
            bool wraps = step == '0' - '9' || step == '9' - '0';
            steps += (step >= -1 && step <= 1) || wraps ? 1 : 0;
        }
    }
    return different < DIFFERENT_MIN || steps + 1 >= text.len;
}

/* ---- known ---- */

static char letter_meant(char c)
{
    static const char signs[] = "01345 7@$!";
    static const char letters[] = "oleas tasi";
    const char *at = c && c != ' ' ? strchr(signs, c) : NULL;
    return at ? letters[at - signs] : lower(c);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c & 0x80);
}

/* What is left without digits and signs at both ends, its signs read as letters (not at the ends: there they
 * are what people add). out holds text.len bytes. */
static struct slice core_of(char *out, struct slice text)
{
    size_t first = 0;
    size_t end = text.len;
    while (first < end && !is_letter(lower(text.ptr[first]))) {
        first++;
    }
    while (end > first && !is_letter(lower(text.ptr[end - 1]))) {
        end--;
    }
    for (size_t i = first; i < end; i++) {
        out[i - first] = letter_meant(text.ptr[i]);
    }
    return (struct slice){out, end - first};
}

/* word, once or again and again, with digits and signs between. */
static bool repeats(struct slice text, struct slice word)
{
    size_t times = 0;
    while (text.len > 0) {
        if (slice_starts_with(text, word)) {
            text = (struct slice){text.ptr + word.len, text.len - word.len};
            times++;
        } else if (!is_letter(text.ptr[0])) {
            text = (struct slice){text.ptr + 1, text.len - 1};
        } else {
            return false;
        }
    }
    return times > 0;
}

static struct slice common_list(void)
{
    for (const struct embedded_file *file = embedded_reference; file->name; file++) {
        if (strcmp(file->name, list_name) == 0) {
            return (struct slice){(const char *)file->bytes, file->size};
        }
    }
    return (struct slice){NULL, 0};
}

static bool is_common(struct slice password)
{
    char meant[CRYPTO_PASSWORD_MAX];
    char plain[CRYPTO_PASSWORD_MAX];
    struct slice core = core_of(meant, password);
    struct slice rest = common_list();
    bool found = false;
    for (size_t i = 0; i < password.len; i++) {
        plain[i] = lower(password.ptr[i]);
    }
    while (rest.len > 0 && !found) {
        struct slice word;
        slice_cut(&word, &rest, rest, '\n');
        if (word.len > 0 && word.ptr[0] != '#') {
            found = repeats(core, word) || repeats((struct slice){plain, password.len}, word);
        }
    }
    crypto_wipe(meant, sizeof meant);
    crypto_wipe(plain, sizeof plain);
    return found;
}

/* ---- the name in it ---- */

static bool contains(struct slice text, struct slice part)
{
    for (size_t i = 0; part.len > 0 && i + part.len <= text.len; i++) {
        if (slice_equal_nocase((struct slice){text.ptr + i, part.len}, part)) {
            return true;
        }
    }
    return false;
}

enum password_fault password_check(struct slice password, struct slice name)
{
    if (password.len > CRYPTO_PASSWORD_MAX) {
        return PASSWORD_LONG;
    }
    if (utf8_length(password) < PASSWORD_CHARS_MIN) {
        return PASSWORD_SHORT;
    }
    if (is_simple(password)) {
        return PASSWORD_SIMPLE;
    }
    if (name.len >= NAME_CHARS_MIN && contains(password, name)) {
        return PASSWORD_NAMED;
    }
    return is_common(password) ? PASSWORD_COMMON : PASSWORD_GOOD;
}
