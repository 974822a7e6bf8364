#include "support.h"

#include "support/leaks.h"

TestSuite(encode, .fini = leaks_check);

Test(encode, hexadecimal)
{
    unsigned char bytes[256];
    unsigned char back[256];
    char hex[513];
    for (unsigned i = 0; i < 256; i++) {
        bytes[i] = (unsigned char)i;
    }
    crypto_hex(hex, bytes, sizeof bytes);
    cr_assert_eq(strlen(hex), 512);
    cr_assert_eq(strncmp(hex, "000102030405060708090a0b0c0d0e0f10", 34), 0);
    cr_assert(crypto_unhex(back, sizeof back, slice_from_cstr(hex)));
    cr_assert_eq(memcmp(bytes, back, sizeof back), 0);
    crypto_hex(hex, bytes, 0);
    cr_assert_str_eq(hex, "");
    cr_assert(crypto_unhex(back, 2, SLICE("aBCd")) && back[0] == 0xab && back[1] == 0xcd);
    cr_assert(crypto_unhex(back, 0, (struct slice){NULL, 0}));
}

Test(encode, refuses_what_is_no_hexadecimal)
{
    unsigned char out[2];
    static const char *const bad[] = {"",     "a",    "abc",  "abcde", "abcdef",
                                      "ab d", "abcg", "0xab", "ab:d",  "+1+1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_assert_not(crypto_unhex(out, sizeof out, slice_from_cstr(bad[i])), "%s", bad[i]);
    }
    cr_assert_not(crypto_unhex(out, sizeof out, (struct slice){"ab\0d", 4}));
}

Test(encode, base64url_as_rfc_4648)
{
    /* Section 10, without padding; the last two have the characters that differ from base64. */
    static const struct {
        struct slice bytes;
        const char *text;
    } cases[] = {{SLICE_INIT(""), ""},
                 {SLICE_INIT("f"), "Zg"},
                 {SLICE_INIT("fo"), "Zm8"},
                 {SLICE_INIT("foo"), "Zm9v"},
                 {SLICE_INIT("foob"), "Zm9vYg"},
                 {SLICE_INIT("fooba"), "Zm9vYmE"},
                 {SLICE_INIT("foobar"), "Zm9vYmFy"},
                 {SLICE_INIT("\xfb\xff"), "-_8"},
                 {SLICE_INIT("\x00\x10\x83\x10\x51\x87\x20\x92\x8b"), "ABCDEFGHIJKL"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[32];
        unsigned char back[16];
        size_t size = 99;
        const unsigned char *bytes = (const unsigned char *)cases[i].bytes.ptr;
        crypto_base64url(text, 4 * ((cases[i].bytes.len + 2) / 3) + 1, bytes, cases[i].bytes.len);
        cr_assert_str_eq(text, cases[i].text);
        cr_assert(crypto_unbase64url(back, sizeof back, &size, slice_from_cstr(text)));
        cr_assert_eq(size, cases[i].bytes.len);
        cr_assert_eq(memcmp(back, bytes, size), 0);
    }
}

Test(encode, refuses_other_base64)
{
    unsigned char out[16];
    size_t size;
    static const char *const bad[] = {"Z",   "Zg==", "Zg=", "Zm9v ", " Zm9v", "Zm\n9v",
                                      "+/8", "Zh",   "Zm9", "Zm9vY", "Zm.v"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_assert_not(crypto_unbase64url(out, sizeof out, &size, slice_from_cstr(bad[i])), "%s", bad[i]);
    }
    cr_assert_not(crypto_unbase64url(out, 2, &size, SLICE("Zm9v")), "it does not fit");
    cr_assert_not(crypto_unbase64url(out, sizeof out, &size, (struct slice){"Zm9\0", 4}));
}
