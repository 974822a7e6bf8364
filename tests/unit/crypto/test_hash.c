/* Truth: FIPS 180-2's examples for SHA-256; for BLAKE2b with key, salt and personalisation Python's hashlib,
 * of which each wanted value here comes: secret = bytes(range(32)) subkey = lambda i: blake2b(b'',
 * digest_size=32, key=secret, salt=i.to_bytes(8, 'little') + bytes(8), person=b'zevenst1' +
 * bytes(8)).digest() keyed = lambda i, context, data, n: blake2b(bytes([len(context)]) + context + data,
 * digest_size=n, key=subkey(i)).hexdigest() */
#include "support.h"

#include "crypto/keys.h"
#include "support/leaks.h"

TestSuite(hash, .fini = leaks_check);

Test(hash, sha256_as_fips_180)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    unsigned char out[CRYPTO_SHA256_BYTES];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        crypto_sha256(out, slice_from_cstr(cases[i].text));
        expect_hex(out, sizeof out, cases[i].wanted);
    }
    static char million[1000000];
    memset(million, 'a', sizeof million);
    crypto_sha256(out, (struct slice){million, sizeof million});
    expect_hex(out, sizeof out, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    crypto_sha256(out, (struct slice){NULL, 0});
    expect_hex(out, sizeof out, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

Test(hash, sha256_of_pieces_is_that_of_the_whole)
{
    unsigned char out[CRYPTO_SHA256_BYTES];
    struct arena *arena = arena_create(4096);
    struct crypto_digest *digest = crypto_sha256_begin(arena);
    crypto_sha256_so_far(out, digest);
    expect_hex(out, sizeof out, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    crypto_sha256_add(digest, SLICE("a"));
    crypto_sha256_add(digest, (struct slice){NULL, 0});
    crypto_sha256_add(digest, SLICE("bc"));
    crypto_sha256_so_far(out, digest);
    expect_hex(out, sizeof out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    crypto_sha256_add(digest, SLICE("dbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"));
    crypto_sha256_so_far(out, digest);
    expect_hex(out, sizeof out, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    arena_destroy(arena);
}

Test(hash, subkeys_and_fingerprint)
{
    static const char *const wanted[CRYPTO_SUBKEY_COUNT] = {
        NULL,
        "51142f842b54c9368030aa9a6abf4efd71d56f5a1ecd1ad4b35dd220c642e6e4",
        "84ea71a743c3c2bd83fdee0e40b234142a9535ad0c245d5be65e752a24e6995c",
        "fe381b4a22a83d1bb2fba30f9bb09d778d06229696fc02c76787d685ce5cced0",
        "cbe671f39a8a74faba06f04846a999d128428c981205ac51215c4cfd840db067",
        "a95b00108de1994548102018b4d8eef606459b61554aa6cba0e599520932d3a7",
        "29f067e27cad14df9484469e67656a890a453a1a8806a09f42fbd2e9bce0d6ea",
        "9ecdc29e0f1b935b446d6944bc1f5f32991dd8f820ae96e35cc2aac9661e1903",
        "7529a70379f0dd737d347aabec19dac5c94e1892629c41a12387970c17c4c6fb",
        "452c2e4d12a7e5def62f77465244db34c6ad12af96b74baa94875844a41224fe",
        "f2707bba9a9efca1f819949feba2114036fd7533bc06cebd0897a9c14cf0ffe8"};
    struct crypto_keys *keys = counting_keys();
    for (unsigned i = CRYPTO_KEY_PARTICIPATION; i < CRYPTO_SUBKEY_COUNT; i++) {
        expect_hex(crypto_subkey(keys, (enum crypto_subkey)i), CRYPTO_SUBKEY_BYTES, wanted[i]);
    }
    unsigned char fingerprint[CRYPTO_FINGERPRINT_BYTES];
    crypto_keys_fingerprint(fingerprint, keys);
    expect_hex(fingerprint, sizeof fingerprint, "e0cc4c6da9f6e1fafb40db71e8788f16");
    crypto_keys_free(keys);
    crypto_keys_free(NULL);
}

Test(hash, keyed_blake2b)
{
    struct crypto_keys *keys = counting_keys();
    unsigned char out[64];
    crypto_keyed_hash(out, 32, keys, CRYPTO_KEY_AUDIT, "audit", (struct slice){NULL, 0});
    expect_hex(out, 32, "19d867e90849617caa25b501186132163aa096b88dee3597a7bcb72ee590394b");
    crypto_keyed_hash(out, 64, keys, CRYPTO_KEY_AUDIT, "audit", SLICE("zeven waarden"));
    expect_hex(out, 64,
               "1c4b7a7dd236a2fc24e2918d3339e0f5781e70d9784c2d144cddab6b9778346a"
               "7049354b91ca616cc02c0d1f219c6571c03adf966f51be37f0013183512b767f");
    crypto_keyed_hash(out, 16, keys, CRYPTO_KEY_RECORD, "record", SLICE("zeven waarden"));
    expect_hex(out, 16, "e905f5d1c4841b0ed5bb84274236af5c");
    crypto_keys_free(keys);
}

Test(hash, parts_give_what_the_whole_gives)
{
    struct crypto_keys *keys = counting_keys();
    unsigned char whole[32];
    unsigned char parted[32];
    const struct slice parts[] = {SLICE("zeven"), {NULL, 0}, SLICE(" waar"), SLICE("den")};
    crypto_keyed_hash(whole, 32, keys, CRYPTO_KEY_AUDIT, "audit", SLICE("zeven waarden"));
    crypto_keyed_hash_parts(parted, 32, keys, CRYPTO_KEY_AUDIT, "audit", parts, 4);
    cr_assert(crypto_equal(whole, parted, 32));
    crypto_keys_free(keys);
}

Test(hash, contexts_and_data_do_not_run_into_each_other)
{
    struct crypto_keys *keys = counting_keys();
    unsigned char a[32];
    unsigned char b[32];
    crypto_keyed_hash(a, 32, keys, CRYPTO_KEY_AUDIT, "ab", SLICE("c"));
    crypto_keyed_hash(b, 32, keys, CRYPTO_KEY_AUDIT, "a", SLICE("bc"));
    cr_assert_not(crypto_equal(a, b, 32));
    crypto_keyed_hash(b, 32, keys, CRYPTO_KEY_SESSION, "ab", SLICE("c"));
    cr_assert_not(crypto_equal(a, b, 32), "another subkey");
    crypto_keys_free(keys);
}

Test(hash, equality)
{
    cr_assert(crypto_equal("abc", "abc", 3));
    cr_assert_not(crypto_equal("abc", "abd", 3));
    cr_assert(crypto_equal("abc", "abd", 2));
    cr_assert(crypto_equal("", "", 0));
}
