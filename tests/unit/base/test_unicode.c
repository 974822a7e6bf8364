/* Truth: examples of UAX 15 and UAX 29, Python's codecs, and Dutch as it is written. */
#include "base/unicode.h"
#include "base/utf8.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <string.h>

static struct arena *arena;

static void setup(void)
{
    arena = arena_create(1 << 26);
}

static void teardown(void)
{
    arena_destroy(arena);
    leaks_check();
}

TestSuite(unicode, .init = setup, .fini = teardown);

static void expect_nfc(const char *text, const char *normal)
{
    const struct slice out = unicode_nfc(arena, slice_from_cstr(text));
    cr_assert(slice_equal_cstr(out, normal), "%s: %.*s", text, SLICE_ARG(out));
}

Test(unicode, composes_as_uax_15_says)
{
    expect_nfc("", "");
    expect_nfc("ASCII", "ASCII");
    expect_nfc("caf\xC3\xA9", "caf\xC3\xA9");
    expect_nfc("cafe\xCC\x81", "caf\xC3\xA9");
    expect_nfc("\xE2\x84\xAB", "\xC3\x85");          /* ANGSTROM SIGN */
    expect_nfc("s\xCC\x87\xCC\xA3", "\xE1\xB9\xA9"); /* s, dots above and below */
    expect_nfc("\xEF\xAC\x81", "\xEF\xAC\x81");      /* fi stays: not compatible */
    expect_nfc("\xF0\x9D\x85\xA0", "\xF0\x9D\x85\x98\xF0\x9D\x85\xA5\xF0\x9D\x85\xAE"); /* grows threefold */
    expect_nfc("\xCE\x90\xCE\x90", "\xCE\x90\xCE\x90");
    expect_nfc("\xE1\x84\x80\xE1\x85\xA1\xE1\x86\xA8", "\xEA\xB0\x81"); /* Hangul */
}

Test(unicode, folds_case_and_accents)
{
    static const uint32_t cases[][2] = {
        {'A', 'a'},   {'z', 'z'}, {'5', '5'},   {0xC9, 'e'},    {0xEB, 'e'},  {0x1ED1, 'o'},   {0x130, 'i'},
        {0xD8, 0xF8}, {0x301, 0}, {0x160, 's'}, {0x416, 0x436}, {0xDF, 0xDF}, {0x2019, 0x2019}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_assert_eq(unicode_fold(cases[i][0]), cases[i][1], "%x: %x", cases[i][0],
                     unicode_fold(cases[i][0]));
    }
}

Test(unicode, decodes_across_its_pieces)
{
    /* Surrogate pairs that begin at odd and even units, so that one stands across each piece's end. */
    for (size_t odd = 0; odd < 2; odd++) {
        static char bytes[40002];
        size_t len = 0;
        for (size_t i = 0; i < odd; i++) {
            memcpy(bytes + len, "a\0", 2);
            len += 2;
        }
        while (len + 4 <= sizeof bytes) {
            memcpy(bytes + len, "\x3D\xD8\x4D\xDC", 4);
            len += 4;
        }
        struct slice out;
        size_t bad_at;
        cr_assert_eq(unicode_decode(&out, &bad_at, arena, (struct slice){bytes, len}, "utf-16le"),
                     UNICODE_DECODED);
        cr_assert_eq(out.len, odd + (len - odd * 2));
        cr_assert(utf8_valid(out));
        cr_assert(slice_starts_with((struct slice){out.ptr + out.len - 4, 4}, SLICE("\xF0\x9F\x91\x8D")));
    }
}

Test(unicode, tells_what_it_cannot_decode)
{
    struct slice out;
    size_t bad_at = 99;
    cr_assert_eq(unicode_decode(&out, &bad_at, arena, SLICE("x"), "klingon-8"), UNICODE_UNKNOWN_CHARSET);
    cr_assert_eq(unicode_decode(&out, &bad_at, arena, SLICE("x"), ""), UNICODE_UNKNOWN_CHARSET);
    cr_assert_eq(unicode_decode(&out, &bad_at, arena, SLICE("ab\xFF\xFF"), "shift_jis"), UNICODE_WRONG_BYTES);
    cr_assert_eq(bad_at, 2);
    cr_assert_eq(unicode_decode(&out, &bad_at, arena, SLICE("a\0b"), "UTF-16LE"), UNICODE_WRONG_BYTES);
    cr_assert_eq(unicode_decode(&out, &bad_at, arena, SLICE("\x80\xEB"), "windows-1252"), UNICODE_DECODED);
    cr_assert(slice_equal_cstr(out, "\xE2\x82\xAC\xC3\xAB"));
}

/* ---- sentences ---- */

/* The sentences of the text with bars between them, as one text. */
static const char *split(const char *text, enum unicode_language language)
{
    struct text_span *spans;
    const struct slice s = slice_from_cstr(text);
    const size_t count = unicode_sentences(&spans, arena, s, language);
    struct slice out = SLICE("");
    for (size_t i = 0; i < count; i++) {
        const size_t start = utf8_offset(s, spans[i].start), end = utf8_offset(s, spans[i].end);
        out = arena_printf(arena, "%.*s%s%.*s", SLICE_ARG(out), i ? "|" : "", (int)(end - start),
                           s.ptr + start);
    }
    return arena_cstr(arena, out);
}
#define DUTCH(text, sentences)   cr_assert_str_eq(split(text, UNICODE_DUTCH), sentences)
#define ENGLISH(text, sentences) cr_assert_str_eq(split(text, UNICODE_ENGLISH), sentences)

Test(unicode, sentences_end_where_they_end)
{
    DUTCH("", "");
    DUTCH(" \n ", "");
    DUTCH("Ja. Nee! Hoe dan? Nou\xE2\x80\xA6", "Ja.|Nee!|Hoe dan?|Nou\xE2\x80\xA6");
    DUTCH("  Dat kost 3.50 euro.  En dan?  ", "Dat kost 3.50 euro.|En dan?");
    DUTCH("\xE2\x80\x9CIk wil dat niet.\xE2\x80\x9D Zei ze. '\xC3\x89\xC3\xA9n keer.' Klaar",
          "\xE2\x80\x9CIk wil dat niet.\xE2\x80\x9D|Zei ze.|'\xC3\x89\xC3\xA9n keer.'|Klaar");
    DUTCH("Mooi \xF0\x9F\x91\x8D. Goed zo.", "Mooi \xF0\x9F\x91\x8D.|Goed zo.");
}

Test(unicode, dutch_abbreviations_do_not_end_a_sentence)
{
    DUTCH("Ik sprak dhr. Jansen en mevr. De Vries. Zij waren het eens.",
          "Ik sprak dhr. Jansen en mevr. De Vries.|Zij waren het eens.");
    DUTCH("Neem bijv. Monsanto, d.w.z. Bayer. Dat is groot.",
          "Neem bijv. Monsanto, d.w.z. Bayer.|Dat is groot.");
    DUTCH("Zie art. 3 en nr. 12. Of m.b.t. Europa (o.a. Duitsland).",
          "Zie art. 3 en nr. 12.|Of m.b.t. Europa (o.a. Duitsland).");
    DUTCH("Dr. J.P. Bakker en A. Smit kwamen. Prof. Ir. X ook.",
          "Dr. J.P. Bakker en A. Smit kwamen.|Prof. Ir. X ook.");
    DUTCH("Mw. Bos zei: (evt. Later).", "Mw. Bos zei: (evt. Later).");
}

Test(unicode, what_may_end_a_sentence_ends_it_before_a_capital)
{
    DUTCH("Mais, soja, enz. Dat eten we. Mais enz. eten we.",
          "Mais, soja, enz.|Dat eten we.|Mais enz. eten we.");
    DUTCH("Dat komt uit de VS. Daar mag het.", "Dat komt uit de VS.|Daar mag het.");
    DUTCH("Het kost 5 mln. Dat is veel.", "Het kost 5 mln.|Dat is veel.");
}

Test(unicode, numbers_of_a_list_belong_to_what_follows)
{
    DUTCH("1. Eerst dit. 2. Dan dat.\n10. Tot slot.", "1. Eerst dit.|2. Dan dat.|10. Tot slot.");
    DUTCH("Dat was in 2024. Daarna niet.", "Dat was in 2024.|Daarna niet.");
}

Test(unicode, a_line_end_ends_a_sentence_unless_it_goes_on)
{
    DUTCH("Eerste regel\nTweede regel", "Eerste regel|Tweede regel");
    DUTCH("Deze zin loopt\ndoor op de volgende regel. Klaar.",
          "Deze zin loopt\ndoor op de volgende regel.|Klaar.");
    DUTCH("kop\n\nen de tekst", "kop|en de tekst");
    DUTCH("Klaar.\nen dan nog iets", "Klaar.|en dan nog iets");
}

Test(unicode, english_has_its_own_abbreviations)
{
    ENGLISH("Mr. Smith met Dr. Jones, e.g. Tuesday. They agreed.",
            "Mr. Smith met Dr. Jones, e.g. Tuesday.|They agreed.");
    ENGLISH("I said no. Then I left at 5 p.m. and slept.", "I said no.|Then I left at 5 p.m. and slept.");
}

Test(unicode, sentences_cover_all_that_is_not_white_space)
{
    static const char *const parts[] = {"dhr. ",        "Jan", ".", " ",        "\n",
                                        "1. ",          "!",   "x", "\xC3\xA9", "\xF0\x9F\x91\x8D",
                                        "\xE2\x80\x9D", "A."};
    uint64_t state = 7;
    for (int round = 0; round < 2000; round++) {
        char text[256] = "";
        size_t len = 0;
        for (int i = 0; i < 24; i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            const char *part = parts[(state >> 33) % (sizeof parts / sizeof parts[0])];
            memcpy(text + len, part, strlen(part) + 1);
            len += strlen(part);
        }
        struct text_span *spans;
        size_t length;
        const uint32_t *points = unicode_points(&length, arena, slice_from_cstr(text));
        const size_t count = unicode_sentences(&spans, arena, slice_from_cstr(text), UNICODE_DUTCH);
        uint32_t at = 0;
        for (size_t i = 0; i <= count; i++) {
            const uint32_t start = i < count ? spans[i].start : (uint32_t)length;
            for (; at < start; at++) {
                cr_assert(unicode_is_space(points[at]), "%s", text);
            }
            if (i < count) {
                cr_assert_lt(spans[i].start, spans[i].end);
                cr_assert(!unicode_is_space(points[spans[i].start]) &&
                          !unicode_is_space(points[spans[i].end - 1]));
                at = spans[i].end;
            }
        }
    }
}
