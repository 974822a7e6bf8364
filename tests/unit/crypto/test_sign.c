#include "support.h"

#include "support/leaks.h"

static struct crypto_keys *keys;

static void setup(void)
{
    keys = counting_keys();
}

static void teardown(void)
{
    crypto_keys_free(keys);
    leaks_check();
}

TestSuite(sign, .init = setup, .fini = teardown);

/* Test 3 of RFC 8032, section 7.1. */
static const char rfc_key[] = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025";
static const char rfc_signature[] = "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                                    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a";

Test(sign, a_signature_of_another_program_verifies_as_rfc_8032_says)
{
    unsigned char key[CRYPTO_VERIFYING_KEY_BYTES];
    unsigned char signature[CRYPTO_SIGNATURE_BYTES];
    from_hex(key, sizeof key, rfc_key);
    from_hex(signature, sizeof signature, rfc_signature);
    cr_assert(crypto_signature_verify(signature, key, slice_from_cstr("\xaf\x82")));
    cr_assert_not(crypto_signature_verify(signature, key, slice_from_cstr("\xaf\x83")));
    signature[63] ^= 0x10;
    cr_assert_not(crypto_signature_verify(signature, key, slice_from_cstr("\xaf\x82")));
}

Test(sign, what_is_signed_verifies_until_one_bit_of_it_or_of_the_key_changes)
{
    char text[] = "{\"soort\":\"rapportage\"}";
    unsigned char key[CRYPTO_VERIFYING_KEY_BYTES];
    unsigned char signature[CRYPTO_SIGNATURE_BYTES];
    unsigned char again[CRYPTO_SIGNATURE_BYTES];
    crypto_verifying_key(key, keys);
    crypto_signature_make(signature, keys, slice_from_cstr(text));
    crypto_signature_make(again, keys, slice_from_cstr(text));
    cr_assert_arr_eq(signature, again, sizeof again);
    cr_assert(crypto_signature_verify(signature, key, slice_from_cstr(text)));
    for (size_t bit = 0; bit < 8 * (sizeof text - 1); bit++) {
        text[bit / 8] = (char)(text[bit / 8] ^ (1 << bit % 8));
        cr_assert_not(crypto_signature_verify(signature, key, slice_from_cstr(text)), "bit %zu", bit);
        text[bit / 8] = (char)(text[bit / 8] ^ (1 << bit % 8));
    }
    key[0] ^= 1;
    cr_assert_not(crypto_signature_verify(signature, key, slice_from_cstr(text)));
}

Test(sign, a_key_of_small_order_verifies_nothing)
{
    unsigned char key[CRYPTO_VERIFYING_KEY_BYTES] = {1};
    unsigned char signature[CRYPTO_SIGNATURE_BYTES] = {1};
    cr_assert_not(crypto_signature_verify(signature, key, slice_from_cstr("anything")));
}

/* The public key is printed and kept by others: it may not change with the program. The value: BLAKE2b of
 * Python's hashlib (salt 10, person "zevenst1") as the seed, OpenSSL's public key of it. */
Test(sign, the_key_follows_from_the_root_secret_for_ever)
{
    unsigned char key[CRYPTO_VERIFYING_KEY_BYTES];
    crypto_verifying_key(key, keys);
    expect_hex(key, sizeof key, "85dd0beacdb2bc5b95b9ca05e3c92d71fb6857aabefebe923a32d158a8e44e8d");
}
