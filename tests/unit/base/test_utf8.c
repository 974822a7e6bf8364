/* Truth: the edge cases of Markus Kuhn's decoder stress test, and ICU over whole ranges of byte sequences. */
#include "base/utf8.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <string.h>
#include <unicode/ustring.h>

static struct arena *arena;

static void setup(void)
{
    arena = arena_create(1 << 24);
}

static void teardown(void)
{
    arena_destroy(arena);
    leaks_check();
}

TestSuite(utf8, .init = setup, .fini = teardown);

static bool icu_says_valid(struct slice s)
{
    UErrorCode error = U_ZERO_ERROR;
    int32_t units;
    u_strFromUTF8(NULL, 0, &units, s.ptr, (int32_t)s.len, &error);
    return error != U_INVALID_CHAR_FOUND;
}

static void expect_as_icu(const unsigned char *bytes, size_t size)
{
    /* Behind ASCII too, so that the way over eight bytes at once is taken. */
    char text[32];
    struct slice s = {(const char *)bytes, size};
    bool valid = icu_says_valid(s);
    cr_assert_eq(utf8_valid(s), valid, "%02x %02x ... (%zu)", bytes[0], bytes[1], size);
    for (size_t before = 5; before <= 9; before++) {
        memset(text, 'a', sizeof text);
        memcpy(text + before, bytes, size);
        cr_assert_eq(utf8_valid((struct slice){text, before + size}), valid);
        cr_assert_eq(utf8_valid((struct slice){text, before + size + 9}), valid);
    }
}

Test(utf8, agrees_with_icu_on_all_sequences_of_two)
{
    for (unsigned i = 0; i < 0x10000; i++) {
        expect_as_icu((const unsigned char[]){(unsigned char)(i >> 8), (unsigned char)i}, 2);
    }
}

Test(utf8, agrees_with_icu_on_longer_sequences)
{
    static const unsigned char tails[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF,
                                          0xC0, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xFE, 0xFF};
    for (unsigned lead = 0xC0; lead <= 0xFF; lead++) {
        for (unsigned second = 0; second <= 0xFF; second++) {
            for (size_t t = 0; t < sizeof tails; t++) {
                unsigned char bytes[4] = {(unsigned char)lead, (unsigned char)second, tails[t]};
                expect_as_icu(bytes, 3);
                for (size_t u = 0; u < sizeof tails; u++) {
                    bytes[3] = tails[u];
                    expect_as_icu(bytes, 4);
                }
            }
        }
    }
}

static size_t encode(unsigned char *out, uint32_t c)
{
    UErrorCode error = U_ZERO_ERROR;
    UChar units[2];
    int32_t count = 0;
    int32_t size = 0;
    U16_APPEND_UNSAFE(units, count, c);
    u_strToUTF8((char *)out, 8, &size, units, count, &error);
    return U_SUCCESS(error) ? (size_t)size : 0;
}

Test(utf8, every_code_point_is_valid_and_counts_one)
{
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        unsigned char bytes[8];
        bool surrogate = c >= 0xD800 && c <= 0xDFFF;
        size_t size = encode(bytes, c);
        if (surrogate) {
            cr_assert_eq(size, 0);
            continue;
        }
        struct slice s = {(const char *)bytes, size};
        cr_assert(utf8_valid(s), "U+%04X", c);
        cr_assert_eq(utf8_size(s), size);
        cr_assert_eq(utf8_length(s), 1);
        cr_assert_eq(utf8_valid((struct slice){s.ptr, size - 1}), size == 1, "cut short: U+%04X", c);
    }
}

Test(utf8, markus_kuhn)
{
    static const struct {
        struct slice text;
        bool valid;
    } cases[] = {
        {SLICE_INIT("\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5"), true}, /* 1 kosme */
        {SLICE_INIT("\x00"), true},                                         /* 2.1 first of each length */
        {SLICE_INIT("\xc2\x80"), true},
        {SLICE_INIT("\xe0\xa0\x80"), true},
        {SLICE_INIT("\xf0\x90\x80\x80"), true},
        {SLICE_INIT("\xf8\x88\x80\x80\x80"), false},
        {SLICE_INIT("\xfc\x84\x80\x80\x80\x80"), false},
        {SLICE_INIT("\x7f"), true}, /* 2.2 last of each length */
        {SLICE_INIT("\xdf\xbf"), true},
        {SLICE_INIT("\xef\xbf\xbf"), true},
        {SLICE_INIT("\xf7\xbf\xbf\xbf"), false},
        {SLICE_INIT("\xfb\xbf\xbf\xbf\xbf"), false},
        {SLICE_INIT("\xfd\xbf\xbf\xbf\xbf\xbf"), false},
        {SLICE_INIT("\xed\x9f\xbf"), true}, /* 2.3 around the surrogates and the end */
        {SLICE_INIT("\xee\x80\x80"), true},
        {SLICE_INIT("\xef\xbf\xbd"), true},
        {SLICE_INIT("\xf4\x8f\xbf\xbf"), true},
        {SLICE_INIT("\xf4\x90\x80\x80"), false},
        {SLICE_INIT("\x80"), false}, /* 3.1 stray continuation bytes */
        {SLICE_INIT("\xbf"), false},
        {SLICE_INIT("\x80\xbf\x80\xbf"), false},
        {SLICE_INIT("\xc3 "), false}, /* 3.2 lonely starts, 3.3 last byte missing */
        {SLICE_INIT("\xc3"), false},
        {SLICE_INIT("\xe0\x80"), false},
        {SLICE_INIT("\xf0\x80\x80"), false},
        {SLICE_INIT("\xef\xbf"), false},
        {SLICE_INIT("\xfe"), false}, /* 3.5 impossible bytes */
        {SLICE_INIT("\xff"), false},
        {SLICE_INIT("\xfe\xfe\xff\xff"), false},
        {SLICE_INIT("\xc0\xaf"), false}, /* 4 overlong */
        {SLICE_INIT("\xe0\x80\xaf"), false},
        {SLICE_INIT("\xf0\x80\x80\xaf"), false},
        {SLICE_INIT("\xf8\x80\x80\x80\xaf"), false},
        {SLICE_INIT("\xc1\xbf"), false},
        {SLICE_INIT("\xe0\x9f\xbf"), false},
        {SLICE_INIT("\xf0\x8f\xbf\xbf"), false},
        {SLICE_INIT("\xc0\x80"), false},
        {SLICE_INIT("\xe0\x80\x80"), false},
        {SLICE_INIT("\xed\xa0\x80"), false}, /* 5 surrogates, alone and in pairs */
        {SLICE_INIT("\xed\xad\xbf"), false},
        {SLICE_INIT("\xed\xbf\xbf"), false},
        {SLICE_INIT("\xed\xa0\x80\xed\xb0\x80"), false},
        {SLICE_INIT("\xef\xbf\xbe"), true}, /* noncharacters are code points all the same */
        {SLICE_INIT("\xef\xb7\x90"), true},
    };
    cr_assert(utf8_valid((struct slice){NULL, 0}));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_assert_eq(utf8_valid(cases[i].text), cases[i].valid, "case %zu", i);
        cr_assert_eq(icu_says_valid(cases[i].text), cases[i].valid, "case %zu, ICU", i);
    }
}

Test(utf8, counts_and_finds_code_points)
{
    struct slice s = SLICE("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x8c\xb1!");
    static const size_t offsets[] = {0, 1, 3, 6, 10, 11, 11, 11};
    cr_assert_eq(utf8_length(s), 5);
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        cr_assert_eq(utf8_offset(s, i), offsets[i], "code point %zu", i);
    }
    cr_assert_eq(utf8_length((struct slice){NULL, 0}), 0);
    cr_assert_eq(utf8_offset((struct slice){NULL, 0}, 3), 0);
    cr_assert_eq(utf8_size((struct slice){NULL, 0}), 0);
    cr_assert_eq(utf8_size(SLICE("\x80")), 0);
    cr_assert_eq(utf8_size(SLICE("\xe2\x82")), 0);
}

static void expect_clean(struct slice in, const char *wanted)
{
    struct slice out = utf8_clean(arena, in);
    cr_assert(slice_equal_cstr(out, wanted), "<%.*s> became <%.*s>", SLICE_ARG(in), SLICE_ARG(out));
    cr_assert(slice_equal(utf8_clean(arena, out), out), "cleaning twice changes nothing");
}

Test(utf8, clean_makes_line_ends_lf)
{
    expect_clean(SLICE("a\r\nb\rc\nd"), "a\nb\nc\nd");
    expect_clean(SLICE("a\r\r\nb"), "a\n\nb");
    expect_clean(SLICE("a\n\rb"), "a\n\nb");
    expect_clean(SLICE("\r\n\r\n"), "");
}

Test(utf8, clean_drops_what_nobody_sees)
{
    expect_clean(SLICE("a\0b"), "ab");
    expect_clean(SLICE("a\x01\x08\x0b\x0c\x1b[31m\x7f"), "a[31m");
    expect_clean(SLICE("a\xc2\x80\xc2\x9f"
                       "b\xc2\xa0"
                       "c"),
                 "ab\xc2\xa0"
                 "c");
    expect_clean(SLICE("\xef\xbb\xbf"
                       "a\xe2\x80\x8b"
                       "b"),
                 "ab");
    expect_clean(SLICE("a\xe2\x80\xa8"
                       "b\xe2\x80\xa9"
                       "c\xe2\x80\xaa"
                       "d\xe2\x80\xae"
                       "e"),
                 "abcde");
    expect_clean(SLICE("a\xe2\x81\xa0"
                       "b\xe2\x81\xa6"
                       "c\xe2\x81\xa9"
                       "d"),
                 "abcd");
    expect_clean(SLICE("a\tb"), "a\tb");
    /* A family is one picture by way of U+200D; right-to-left and joining scripts need their letters' marks.
     */
    expect_clean(SLICE("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7"),
                 "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7");
    expect_clean(SLICE("\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae"), "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae");
}

Test(utf8, clean_cuts_white_space_at_the_ends)
{
    expect_clean(SLICE(" \t\n a b \n\t "), "a b");
    expect_clean(SLICE("\xc2\xa0 a \xe2\x80\x83\xe3\x80\x80"), "a");
    expect_clean(SLICE("\xc2\xa0\xe2\x80\x83"), "");
    expect_clean(SLICE(" \xe2\x80\x8b \xef\xbb\xbf "), "");
    expect_clean(SLICE(""), "");
    expect_clean((struct slice){NULL, 0}, "");
}

Test(utf8, clean_gives_what_it_got_where_nothing_changes)
{
    struct slice s = SLICE("Natuurlijkheid \xe2\x80\x94 geen bezwaar");
    size_t used = arena_used(arena);
    cr_assert_eq(utf8_clean(arena, s).ptr, s.ptr);
    cr_assert_eq(arena_used(arena), used);
}

/* Eight bytes are looked at together where they can be: the same comes out whatever stands beside a code
 * point, and wherever it stands. */
Test(utf8, a_code_point_is_treated_alike_in_every_place)
{
    enum { AROUND = 20, HIGHEST = 0x3100 };
    for (uint32_t c = 0; c < HIGHEST; c++) {
        unsigned char bytes[8];
        char alone[16] = "<";
        size_t size = encode(bytes, c);
        memcpy(alone + 1, bytes, size);
        alone[1 + size] = '>';
        struct slice kept = utf8_clean(arena, (struct slice){alone, size + 2});
        for (size_t place = 1; place < AROUND; place++) {
            char text[AROUND + 8];
            char wanted[AROUND + 8];
            memset(text, '~', sizeof text);
            memset(wanted, '~', sizeof wanted);
            memcpy(text + place, bytes, size);
            memcpy(wanted + place, kept.ptr + 1, kept.len - 2);
            struct slice in = {text, AROUND + size};
            struct slice out = utf8_clean(arena, in);
            cr_assert(slice_equal(out, (struct slice){wanted, AROUND + kept.len - 2}), "U+%04X at %zu", c,
                      place);
            cr_assert_eq(utf8_length(in), AROUND + 1, "U+%04X at %zu", c, place);
        }
        if (c % 256 == 0) {
            arena_destroy(arena);
            arena = arena_create(1 << 20);
        }
    }
}
