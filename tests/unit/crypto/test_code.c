/* Truth: Python's base64.b32encode with its alphabet translated to Crockford's, and hashlib (test_hash.c). */
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

TestSuite(code, .init = setup, .fini = teardown);

static const struct {
    const char *bits, *text;
} known[] = {
    {"00443214c74254b635cf", "0123-4567-89AB-CDEF"}, {"84653a5b7cd73af9ffff", "GHJK-MPVW-TWXF-KZZZ"},
    {"0123456789abcdef0123", "04HM-ASW9-NF6Y-Y093"}, {"fffefdfcfbfaf9f8f7f6", "ZZZF-VZ7V-ZBWZ-HXZP"},
    {"00000000000000000000", "0000-0000-0000-0000"}, {"ffffffffffffffffffff", "ZZZZ-ZZZZ-ZZZZ-ZZZZ"}};

Test(code, is_crockford_base_32)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct participation_code code;
        char text[CODE_TEXT_BYTES];
        from_hex(code.bits, sizeof code.bits, known[i].bits);
        code_format(text, &code);
        cr_assert_str_eq(text, known[i].text);
        memset(&code, 0x55, sizeof code);
        cr_assert(code_parse(&code, slice_from_cstr(text)));
        expect_hex(code.bits, sizeof code.bits, known[i].bits);
    }
}

static void expect_code(const char *typed, const char *wanted)
{
    struct participation_code code;
    char text[CODE_TEXT_BYTES];
    cr_assert(code_parse(&code, slice_from_cstr(typed)), "%s", typed);
    code_format(text, &code);
    cr_assert_str_eq(text, wanted, "%s", typed);
}

Test(code, accepts_what_people_type)
{
    expect_code("0123456789ABCDEF", "0123-4567-89AB-CDEF");
    expect_code("0123456789abcdef", "0123-4567-89AB-CDEF");
    expect_code("  0123 4567 89ab cdef\r\n", "0123-4567-89AB-CDEF");
    expect_code("-0-1-2-3-4-5-6-7-8-9-a-b-c-d-e-f-", "0123-4567-89AB-CDEF");
    expect_code("0123 - 4567 - 89ab - cdef", "0123-4567-89AB-CDEF");
    expect_code("0123.4567_89ab\tcdef", "0123-4567-89AB-CDEF");
    expect_code("O123456789ABCDEF", "0123-4567-89AB-CDEF");
    expect_code("oI23456789ABCDEF", "0123-4567-89AB-CDEF");
    expect_code("oi23456789ABCDEF", "0123-4567-89AB-CDEF");
    expect_code("OL23456789ABCDEF", "0123-4567-89AB-CDEF");
    expect_code("ol23456789ABCDEF", "0123-4567-89AB-CDEF");
    /* What word processors and telephones make of dashes and spaces. */
    expect_code("0123\xe2\x80\x93"
                "4567\xe2\x80\x94"
                "89AB\xc2\xa0"
                "CDEF",
                "0123-4567-89AB-CDEF");
    expect_code("0123\xe2\x80\x91"
                "4567\xe2\x88\x92"
                "89AB\xe2\x80\xaf"
                "CDEF",
                "0123-4567-89AB-CDEF");
}

Test(code, refuses_anything_else)
{
    static const char *const bad[] = {"",
                                      " - ",
                                      "0123456789ABCDE",
                                      "0123456789ABCDEF0",
                                      "0123456789ABCDEU", /* Crockford leaves U out, */
                                      "0123456789ABCDE*", /* and his check symbols are not used */
                                      "0123456789ABCDE~",
                                      "0123456789ABCDE$",
                                      "0123456789ABCDE=",
                                      "0123,4567,89AB,CDEF",
                                      "0123456789ABCDE\xe9",
                                      "0123456789ABCDE\xef\xbc\xa6",
                                      "0123\xe2\x80"};
    struct participation_code code;
    memset(&code, 0x55, sizeof code);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_assert_not(code_parse(&code, slice_from_cstr(bad[i])), "%s", bad[i]);
    }
    cr_assert_not(code_parse(&code, (struct slice){"0123456789ABCDE\0", 16}));
    cr_assert_not(code_parse(&code, (struct slice){NULL, 0}));
    for (size_t i = 0; i < sizeof code.bits; i++) {
        cr_assert_eq(code.bits[i], 0x55, "a refused code leaves nothing behind");
    }
}

Test(code, every_byte_is_a_digit_a_separator_or_refused)
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyzOoIiLl";
    for (int c = 0; c < 256; c++) {
        char text[] = "0123456789ABCDE?";
        struct participation_code code;
        text[15] = (char)c;
        bool digit = c != 0 && strchr(digits, c) != NULL;
        cr_assert_eq(code_parse(&code, (struct slice){text, 16}), digit, "byte %02x", (unsigned)c);
    }
}

Test(code, generated_codes_use_all_their_bits)
{
    enum { DRAWS = 4000 };
    unsigned ones[8 * CODE_BYTES] = {0};
    for (unsigned i = 0; i < DRAWS; i++) {
        struct participation_code code;
        struct participation_code back;
        char text[CODE_TEXT_BYTES];
        code_generate(&code);
        code_format(text, &code);
        cr_assert(code_parse(&back, slice_from_cstr(text)));
        cr_assert_eq(memcmp(code.bits, back.bits, sizeof code.bits), 0);
        for (unsigned bit = 0; bit < 8 * CODE_BYTES; bit++) {
            ones[bit] += (unsigned)code.bits[bit / 8] >> bit % 8 & 1u;
        }
    }
    for (unsigned bit = 0; bit < 8 * CODE_BYTES; bit++) {
        /* 7 standard deviations of a fair coin. */
        cr_assert(ones[bit] > DRAWS / 2 - 222 && ones[bit] < DRAWS / 2 + 222, "bit %u: %u ones", bit,
                  ones[bit]);
    }
}

static void derive(struct participation *out, const char *round_code, const char *text)
{
    struct participation_code code;
    cr_assert(code_parse(&code, slice_from_cstr(text)));
    code_derive(out, keys, slice_from_cstr(round_code), &code);
}

Test(code, derives_four_things_by_keyed_blake2b)
{
    struct participation who;
    derive(&who, "2026-1", "0123-4567-89AB-CDEF");
    expect_hex(who.draft_id, sizeof who.draft_id, "35427bb47467aa9d0670941680a7e3d5");
    expect_hex(who.draft_key, sizeof who.draft_key,
               "c417b6ff9162ef1ec9e3d527f1a5d7e470457ad2352ac2beb7155eca1844799f");
    expect_hex(who.response_id, sizeof who.response_id, "2ac4f99a8760ebaf2ffd9f098bf49a21");
    expect_hex(who.seed, sizeof who.seed, "5d7442cad3b1aa1e046dab9e67cbd2b1");
}

/* Ends the test when any 16 bytes of the one occur among those of the other. */
static void expect_unrelated(const struct participation *a, const struct participation *b)
{
    const unsigned char *of_a[] = {a->draft_id, a->draft_key, a->draft_key + 16, a->response_id, a->seed};
    const unsigned char *of_b[] = {b->draft_id, b->draft_key, b->draft_key + 16, b->response_id, b->seed};
    for (size_t i = 0; i < 5; i++) {
        for (size_t j = 0; j < 5; j++) {
            cr_assert((a == b && i == j) || memcmp(of_a[i], of_b[j], 16) != 0, "%zu is %zu", i, j);
        }
    }
}

Test(code, another_round_code_or_secret_gives_nothing_alike)
{
    static char long_round[301];
    struct participation here;
    struct participation other;
    memset(long_round, 'r', sizeof long_round - 1);
    derive(&here, "2026-1", "0123-4567-89AB-CDEF");
    expect_unrelated(&here, &here);
    derive(&other, "2026-2", "0123-4567-89AB-CDEF");
    expect_unrelated(&here, &other);
    derive(&other, "", "0123-4567-89AB-CDEF");
    expect_unrelated(&here, &other);
    derive(&other, "2026-1", "0123-4567-89AB-CDEG");
    expect_unrelated(&here, &other);
    /* However long a round's code is, all of it counts. */
    derive(&here, long_round, "0123-4567-89AB-CDEF");
    expect_hex(here.draft_id, sizeof here.draft_id, "2a4bea6dc757fc4b57561af7c417f1c5");
    long_round[299] = 's';
    derive(&other, long_round, "0123-4567-89AB-CDEF");
    expect_unrelated(&here, &other);
    derive(&here, "2026-1", "0123-4567-89AB-CDEF");
    const unsigned char secret[CRYPTO_SECRET_BYTES] = {1};
    crypto_keys_free(keys);
    keys = crypto_keys_from_bytes(secret);
    derive(&other, "2026-1", "0123-4567-89AB-CDEF");
    expect_unrelated(&here, &other);
}
