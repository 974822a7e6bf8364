/* Truth: the strings of the reference implementation's own tests (P-H-C/phc-winner-argon2, src/test.c). */
#include "support.h"

#include "support/leaks.h"

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
