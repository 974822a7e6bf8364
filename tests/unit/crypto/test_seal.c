/* Truth: the example of draft-irtf-cfrg-xchacha appendix A.3.1. */
#include "support.h"

#include "support/leaks.h"

static struct arena *arena;

static void setup(void)
{
    cr_assert(crypto_start());
    arena = arena_create(1 << 20);
}

static void teardown(void)
{
    arena_destroy(arena);
    leaks_check();
}

TestSuite(seal, .init = setup, .fini = teardown);

Test(seal, opens_the_example_of_the_draft)
{
    static const char sealed_hex[] = "404142434445464748494a4b4c4d4e4f5051525354555657"
                                     "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
                                     "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
                                     "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
                                     "21f9664c97637da9768812f615c68b13b52e"
                                     "c0875924c1c7987947deafd8780acf49";
    unsigned char key[32];
    unsigned char bound[12];
    unsigned char sealed[24 + 114 + 16];
    from_hex(key, sizeof key, "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
    from_hex(bound, sizeof bound, "50515253c0c1c2c3c4c5c6c7");
    from_hex(sealed, sizeof sealed, sealed_hex);
    struct slice plain;
    struct slice text = {(const char *)sealed, sizeof sealed};
    cr_assert(crypto_open(&plain, arena, key, text, (struct slice){(const char *)bound, sizeof bound}));
    cr_assert(slice_equal_cstr(plain, "Ladies and Gentlemen of the class of '99: If I could offer you only "
                                      "one tip for the future, sunscreen would be it."));
}

Test(seal, what_is_sealed_opens)
{
    unsigned char key[32] = {7};
    static char text[5000];
    memset(text, 'x', sizeof text);
    for (size_t len = 0; len < sizeof text; len = len * 3 + 1) {
        struct slice plain = {text, len};
        struct slice sealed = crypto_seal(arena, key, plain, SLICE("concept"));
        struct slice opened = {NULL, 9};
        cr_assert_eq(sealed.len, len + CRYPTO_SEAL_OVERHEAD);
        cr_assert(crypto_open(&opened, arena, key, sealed, SLICE("concept")));
        cr_assert(slice_equal(opened, plain));
    }
    struct slice opened;
    struct slice nothing = crypto_seal(arena, key, (struct slice){NULL, 0}, (struct slice){NULL, 0});
    cr_assert(crypto_open(&opened, arena, key, nothing, (struct slice){NULL, 0}) && opened.len == 0);
}

Test(seal, the_same_text_is_never_sealed_alike)
{
    const unsigned char key[32] = {7};
    struct slice first = crypto_seal(arena, key, SLICE("geheim"), SLICE(""));
    struct slice second = crypto_seal(arena, key, SLICE("geheim"), SLICE(""));
    cr_assert_neq(memcmp(first.ptr, second.ptr, 24), 0);
    cr_assert_neq(memcmp(first.ptr + 24, second.ptr + 24, 6), 0);
}

Test(seal, any_change_keeps_it_shut)
{
    unsigned char key[32] = {7};
    struct slice opened = {"untouched", 9};
    struct slice sealed = crypto_seal(arena, key, SLICE("geheim"), SLICE("ronde-1"));
    char *copy = arena_cstr(arena, sealed);
    for (size_t bit = 0; bit < 8 * sealed.len; bit++) {
        copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
        cr_assert_not(crypto_open(&opened, arena, key, (struct slice){copy, sealed.len}, SLICE("ronde-1")));
        copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
    }
    for (size_t len = 0; len < sealed.len; len++) {
        cr_assert_not(crypto_open(&opened, arena, key, (struct slice){copy, len}, SLICE("ronde-1")));
    }
    cr_assert_not(crypto_open(&opened, arena, key, sealed, SLICE("ronde-2")));
    cr_assert_not(crypto_open(&opened, arena, key, sealed, (struct slice){NULL, 0}));
    key[31] ^= 1;
    cr_assert_not(crypto_open(&opened, arena, key, sealed, SLICE("ronde-1")));
    cr_assert(slice_equal_cstr(opened, "untouched"));
    cr_assert_not(crypto_open(&opened, arena, key, (struct slice){NULL, 0}, SLICE("ronde-1")));
}
