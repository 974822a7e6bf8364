/* Truth: the strings of the reference implementation's own tests (P-H-C/phc-winner-argon2, src/test.c), and
 * libsodium, another implementation. */
#include "support.h"

#include "support/leaks.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>

static void setup(void)
{
    cr_assert(crypto_start());
}

TestSuite(password, .init = setup, .fini = leaks_check);

static const char reference[] =
    "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
static const char reference_other[] =
    "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$C4TWUs9rDEvq7w3+J4umqA32aWKB1+DSiRuBfYxFj94";

Test(password, verifies_what_the_reference_made)
{
    cr_expect(crypto_password_verify(reference, SLICE("password")));
    cr_expect_not(crypto_password_verify(reference, SLICE("Password")));
    cr_expect(crypto_password_verify(reference_other, SLICE("differentpassword")));
    cr_expect_not(crypto_password_verify(reference_other, SLICE("password")));
}

static const struct slice passwords[] = {
    SLICE(""), SLICE("w"), SLICE("een lang wachtwoord"), SLICE("\xc3\xa9\xc3\xa9n geheim"), {"een\0nul", 7}};
enum { PASSWORDS = sizeof passwords / sizeof passwords[0] };

Test(password, is_read_and_written_as_by_libsodium)
{
    char ours[CRYPTO_PASSWORD_TEXT_BYTES], theirs[crypto_pwhash_STRBYTES];
    for (size_t i = 0; i < PASSWORDS; i++) {
        const struct slice password = passwords[i];
        cr_assert(crypto_password_hash(ours, password));
        cr_expect_eq(crypto_pwhash_str_verify(ours, password.ptr, password.len), 0, "%zu", i);
        cr_expect_eq(crypto_pwhash_str_needs_rehash(ours, 2, 19 * 1024 * 1024), 0);
        cr_assert_eq(crypto_pwhash_str_alg(theirs, password.ptr, password.len, 2, 19 * 1024 * 1024,
                                           crypto_pwhash_ALG_ARGON2ID13),
                     0);
        cr_expect(crypto_password_verify(theirs, password), "%zu", i);
        cr_expect_not(crypto_password_verify(theirs, passwords[(i + 1) % PASSWORDS]));
    }
}

static void *hash_and_verify(void *password)
{
    char hash[CRYPTO_PASSWORD_TEXT_BYTES];
    const struct slice *given = password;
    const bool good = crypto_password_hash(hash, *given) && crypto_password_verify(hash, *given);
    return good ? password : NULL;
}

Test(password, of_several_at_once_is_each_its_own)
{
    pthread_t threads[PASSWORDS];
    struct slice given[PASSWORDS];
    memcpy(given, passwords, sizeof given);
    for (size_t i = 0; i < PASSWORDS; i++) {
        cr_assert_eq(pthread_create(&threads[i], NULL, hash_and_verify, &given[i]), 0);
    }
    for (size_t i = 0; i < PASSWORDS; i++) {
        void *good = NULL;
        pthread_join(threads[i], &good);
        cr_expect_not_null(good, "%zu", i);
    }
}

/* Each of them is of our form but for one thing. */
Test(password, that_is_not_well_formed_is_not_right)
{
    static const char *const wrong[] = {
        "",
        "$",
        "$argon2id$v=19$m=19456,t=2,p=1$",
        "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAA-AAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        cr_expect_not(crypto_password_verify(wrong[i], SLICE("")), "%s", wrong[i]);
    }
}

/* A hash that somebody wrote into the database: made by libsodium, or by hand, for the password "wachtwoord".
 */
Test(password, whose_hash_would_take_long_is_not_computed)
{
    const struct slice password = SLICE("wachtwoord");
    char most[crypto_pwhash_STRBYTES], more[crypto_pwhash_STRBYTES], wide[crypto_pwhash_STRBYTES];
    cr_assert_eq(crypto_pwhash_str_alg(most, password.ptr, password.len, 10, 1024 * 1024,
                                       crypto_pwhash_ALG_ARGON2ID13),
                 0);
    cr_assert_eq(crypto_pwhash_str_alg(more, password.ptr, password.len, 11, 1024 * 1024,
                                       crypto_pwhash_ALG_ARGON2ID13),
                 0);
    cr_assert_eq(crypto_pwhash_str_alg(wide, password.ptr, password.len, 1, 65 * 1024 * 1024,
                                       crypto_pwhash_ALG_ARGON2ID13),
                 0);
    cr_expect(crypto_password_verify(most, password));
    cr_expect_not(crypto_password_verify(more, password));
    cr_expect_not(crypto_password_verify(wide, password));

    /* The first would keep a processor for years. */
    static const char *const dear[] = {"m=19456,t=4294967295,p=1",
                                       "m=4294967295,t=1,p=1",
                                       "m=8,t=2000,p=1",
                                       "m=08,t=1,p=1",
                                       "m=8,t=0,p=1",
                                       "t=1,m=8,p=1",
                                       "m=8,t=1,p=2",
                                       "m=+8,t=1,p=1",
                                       "m=8,t=,p=1"};
    char hash[CRYPTO_PASSWORD_TEXT_BYTES];
    for (size_t i = 0; i < sizeof dear / sizeof dear[0]; i++) {
        snprintf(hash, sizeof hash,
                 "$argon2id$v=19$%s$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", dear[i]);
        cr_expect_not(crypto_password_verify(hash, password), "%s", dear[i]);
    }
}

Test(password, is_stored_with_the_parameters_promised)
{
    char one[CRYPTO_PASSWORD_TEXT_BYTES];
    char two[CRYPTO_PASSWORD_TEXT_BYTES];
    cr_assert(crypto_password_hash(one, SLICE("een lang wachtwoord")));
    cr_assert(crypto_password_hash(two, SLICE("een lang wachtwoord")));
    cr_expect(slice_starts_with(slice_from_cstr(one), SLICE("$argon2id$v=19$m=19456,t=2,p=1$")), "%s", one);
    cr_expect_str_neq(one, two, "each has a salt of its own");
    cr_expect(crypto_password_verify(one, SLICE("een lang wachtwoord")));
    cr_expect(crypto_password_verify(two, SLICE("een lang wachtwoord")));
    cr_expect_not(crypto_password_verify(one, SLICE("een lang wachtwoore")));
}

Test(password, of_nobody_is_never_right)
{
    cr_expect_not(crypto_password_verify(NULL, SLICE("")));
    cr_expect_not(crypto_password_verify(NULL, SLICE("wachtwoord")));
}

Test(password, has_a_largest_length)
{
    char hash[CRYPTO_PASSWORD_TEXT_BYTES];
    char text[CRYPTO_PASSWORD_MAX + 1];
    memset(text, 'a', sizeof text);
    cr_assert(crypto_password_hash(hash, (struct slice){text, CRYPTO_PASSWORD_MAX}));
    cr_expect(crypto_password_verify(hash, (struct slice){text, CRYPTO_PASSWORD_MAX}));
    cr_expect_not(crypto_password_verify(hash, (struct slice){text, CRYPTO_PASSWORD_MAX + 1}));
    cr_expect_not(crypto_password_hash(hash, (struct slice){text, CRYPTO_PASSWORD_MAX + 1}));
    cr_expect_not(crypto_password_verify("geen hash", SLICE("wachtwoord")));
}
