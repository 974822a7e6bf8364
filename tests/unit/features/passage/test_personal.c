/* Truth: the test numbers that the Dutch tax office, ISO 13616's registry and ECBS publish as examples, and
 * Dutch as people speak it. */
#include "features/passage/passage.h"

#include "base/utf8.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;

static void setup(void)
{
    arena = arena_create(1 << 28);
}

static void teardown(void)
{
    arena_destroy(arena);
    leaks_check();
}

TestSuite(personal, .init = setup, .fini = teardown);

static const struct personal_name names[] = {
    {SLICE_INIT("Jan de Vries"), SLICE_INIT("[deelnemer 1]")},
    {SLICE_INIT("Zo\xC3\xAB El Idrissi"), SLICE_INIT("")},
    {SLICE_INIT("Marie-Louise Groen"), SLICE_INIT("")},
    {SLICE_INIT("Al"), SLICE_INIT("")},
    {SLICE_INIT("dr. J. Bakker"), SLICE_INIT("")},
};

/* The text with what is proposed in place of what is found; a doubtful one with ? behind it. */
static const char *redacted(const char *text)
{
    struct personal_hit *hits;
    const struct slice s = slice_from_cstr(text);
    const size_t count = personal_find(&hits, arena, s, names, sizeof names / sizeof names[0]);
    struct slice out = SLICE("");
    size_t from = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t start = utf8_offset(s, hits[i].span.start);
        cr_assert(i == 0 || hits[i].span.start >= hits[i - 1].span.end);
        out = arena_printf(arena, "%.*s%.*s%.*s%s", SLICE_ARG(out), (int)(start - from), text + from,
                           SLICE_ARG(hits[i].replacement), hits[i].doubtful ? "?" : "");
        from = utf8_offset(s, hits[i].span.end);
    }
    return arena_cstr(arena, arena_printf(arena, "%.*s%s", SLICE_ARG(out), text + from));
}
#define EXPECT(text, found) cr_assert_str_eq(redacted(text), found)
#define NOTHING(text)       EXPECT(text, text)

Test(personal, names_are_whole_words_in_any_case_with_or_without_accents)
{
    EXPECT("Toen zei Jan de Vries: nee.", "Toen zei [deelnemer 1]: nee.");
    EXPECT("JAN DE VRIES en jan  de\nvries", "[deelnemer 1] en [deelnemer 1]");
    EXPECT("Volgens Zoe en ZO\xC3\x8B El Idrissi.", "Volgens [naam] en [naam].");
    EXPECT("Zoe\xCC\x88, toch?", "[naam], toch?");
    EXPECT("Marie Louise zei dat, Marie-Louise ook.", "[naam] zei dat, [naam] ook.");
    NOTHING("Januari is Groenland, devries, Vriesland.");
}

Test(personal, parts_of_names_but_not_their_particles_are_found)
{
    EXPECT("Mevrouw de Vries en meneer Vries.", "Mevrouw [deelnemer 1] en meneer [deelnemer 1].");
    EXPECT("Ik ken Idrissi en El Idrissi.", "Ik ken [naam] en [naam].");
    EXPECT("Dr. Bakker, J. Bakker.", "Dr. [naam], [naam].");
    NOTHING("De prijs van de el stof, j of dr.");
    EXPECT("Al zei het, al jaren.", "[naam] zei het, [naam] jaren.");
}

Test(personal, what_may_be_a_common_word_or_a_possessive_is_doubtful)
{
    EXPECT("Dat is groen en van de bakker.", "Dat is [naam]? en van de [naam]?.");
    EXPECT("Jans fiets, Jan's fiets.", "[deelnemer 1]? fiets, [deelnemer 1]'s fiets.");
    NOTHING("Ze kreeg jans.");
}

Test(personal, e_mail_addresses_of_any_shape)
{
    EXPECT("Mail jan.devries+x@mail.example.nl. Of <a_b@x.org>,", "Mail [e-mailadres]. Of <[e-mailadres]>,");
    EXPECT("'info@caf\xC3\xA9-zoe.nl'!", "'[e-mailadres]'!");
    NOTHING("Volg @zoef of 3@5, a@b, a@b.c, @x.nl, x@.nl");
}

Test(personal, dutch_telephone_numbers_as_they_are_written)
{
    static const char *const numbers[] = {
        "0612345678",       "06-12345678",      "06 12 34 56 78",    "06 1234 5678",    "06.12.34.56.78",
        "020 123 45 67",    "(020) 123 45 67",  "0592-123456",       "0592 - 12 34 56", "088-1234567",
        "+31 6 12345678",   "+31612345678",     "+31 (0)6 12345678", "0031 20 1234567", "+31(0)592-123456",
        "+32 470 12 34 56", "+49 30 901820000", "020/1234567",       "+310612345678",   "+31-06-12345678",
        "00310612345678",   "+31 020 123 45 67"};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        const char *text = arena_cstr(arena, arena_printf(arena, "Bel %s, graag.", numbers[i]));
        cr_assert_str_eq(redacted(text), "Bel [telefoonnummer], graag.", "%s", numbers[i]);
    }
}

Test(personal, the_eleven_test_as_the_tax_office_and_others_give_examples)
{
    cr_assert(personal_is_bsn(SLICE("111222333")));
    cr_assert(personal_is_bsn(SLICE("123456782")));
    cr_assert(personal_is_bsn(SLICE("999990019"))); /* of test persons */
    cr_assert_not(personal_is_bsn(SLICE("123456789")));
    cr_assert_not(personal_is_bsn(SLICE("000000000")));
    cr_assert_not(personal_is_bsn(SLICE("11122233")));
    cr_assert_not(personal_is_bsn(SLICE("11122233a")));
    EXPECT("Mijn nummer is 111222333 hoor.", "Mijn nummer is [bsn] hoor.");
    EXPECT("1112.22.333", "[bsn]");
    EXPECT("BSN: 111 222 333. burgerservicenummer 12345673", "BSN: [bsn]. burgerservicenummer 12345673");
    EXPECT("Bsn is 10000008.", "Bsn is [bsn].");
    NOTHING("Er zijn 111.222.333 mensen, of 111 222 333.");
    NOTHING("Dat is \xE2\x82\xAC 111222333 of 111222333 euro, 111222333,5 of 1112223330.");
    NOTHING("Kenmerk 123456789 en 10000008.");
}

Test(personal, iban_as_the_registry_gives_examples)
{
    static const char *const ibans[] = {"NL91ABNA0417164300",     "BE68539007547034",
                                        "DE89370400440532013000", "FR1420041010050500013M02606",
                                        "GB29NWBK60161331926819", "LU280019400644750000",
                                        "NO9386011117947",        "MT84MALT011000012345MTLCAST001S"};
    for (size_t i = 0; i < sizeof ibans / sizeof ibans[0]; i++) {
        cr_assert(personal_is_iban(slice_from_cstr(ibans[i])), "%s", ibans[i]);
        const char *text = arena_cstr(arena, arena_printf(arena, "Op %s.", ibans[i]));
        cr_assert_str_eq(redacted(text), "Op [rekeningnummer].", "%s", ibans[i]);
    }
    cr_assert_not(personal_is_iban(SLICE("NL91ABNA0417164301")));
    cr_assert_not(personal_is_iban(SLICE("9191ABNA0417164300")));
    cr_assert_not(personal_is_iban(SLICE("NL91abna0417164300")));
    EXPECT("nl91 abna 0417 1643 00 op naam", "[rekeningnummer] op naam");
    NOTHING("NL91ABNA0417164301 NL91ABNA041716430 NL91 is een weg");
}

Test(personal, postcodes_with_a_house_number)
{
    EXPECT("Ik woon op 9401 HK 12.", "Ik woon op [adres].");
    EXPECT("9401HK, 12a en 9401hk nr. 3-5", "[adres] en [adres]");
    EXPECT("Op Burgemeester van der Laanweg 12b, 9401 HK Assen.", "Op [adres] Assen.");
    EXPECT("dat is Kerkstraat 1\n9401 HK", "dat is [adres]");
    NOTHING("In 9401 HK is het fijn. In 2024 is 12 procent, in 2024 EU 27% en 1945 SS 3. 9401 AB12345678");
    NOTHING("Er waren 2024 in 2023, 1000 of 5000 km 3 keer.");
}

Test(personal, dates_of_birth_where_something_says_so)
{
    EXPECT("Ik ben geboren op 12 maart 1968 in Assen.", "Ik ben geboren op [geboortedatum] in Assen.");
    EXPECT("Geboortedatum: 12-03-1968, geb. 1/2/68.",
           "Geboortedatum: [geboortedatum], geb. [geboortedatum].");
    EXPECT("Op 1968-03-12 ben ik geboren.", "Op [geboortedatum] ben ik geboren.");
    EXPECT("born on 5 May 1990", "born on [geboortedatum]");
    NOTHING("Op 12 maart 2024 kwam de wet.");
    NOTHING("Ik ben geboren in Assen. Op 12 maart 2024 kwam de wet.");
    NOTHING("Geboren in 1968, 32-03-1968, 12-13-1968, 12 maar 1968, pagina 12-3-4567.");
}

Test(personal, ordinary_numbers_are_none)
{
    NOTHING("Het kost 3,50 of \xE2\x82\xAC 1.250.000,- en 0,0612345678 procent.");
    NOTHING("Van 10:30 tot 12:45 op 01-02-2023 12:30, of 06-01-2020 12:30 uur.");
    NOTHING("In 1995, 2004-2008 en 2012-0613 was dat 40% van 17.500.000 mensen.");
    NOTHING("Artikel 6:162 BW, EU 2001/18, ISBN 978 90 123 4567 8, versie 0.12.3.4567.89, 0 tot 10.");
    NOTHING("CRISPR-Cas9, NGT-1, MON810, E621, A12, 112, 0900-8844, 14 020.");
    NOTHING("Zaak 00123456789012 en 01234567890123.");
}

Test(personal, of_overlapping_hits_the_longest_stays)
{
    EXPECT("jan.vries@x.nl", "[e-mailadres]");
    EXPECT("geboren Jan, 12 maart 1968", "geboren [deelnemer 1], [geboortedatum]");
    EXPECT("Groen 12, 9401 HK", "[adres]");
}

Test(personal, spans_are_code_points_behind_what_has_more_bytes)
{
    struct personal_hit *hits;
    const size_t count =
        personal_find(&hits, arena, SLICE("\xF0\x9F\x91\x8D caf\xC3\xA9 0612345678"), NULL, 0);
    cr_assert_eq(count, 1);
    cr_assert_eq(hits[0].span.start, 7);
    cr_assert_eq(hits[0].span.end, 17);
    cr_assert_eq(hits[0].name, PERSONAL_NO_NAME);
    cr_assert_eq(personal_find(&hits, arena, SLICE(""), names, 2), 0);
}

Test(personal, finds_in_any_text_without_stepping_outside)
{
    static const char *const parts[] = {
        "06",    "12345678",  "+31",      " ",        "(0)", "NL91", "ABNA",       "0417164300", "jan",
        "Jan",   "de",        "Vries",    "@",        ".nl", "9401", "HK",         "geb.",       "12-03-1968",
        "maart", "111222333", "\xC3\xA9", "\xCC\x81", ",",   "-",    "Kerkstraat", "s"};
    uint64_t state = 11;
    for (int round = 0; round < 3000; round++) {
        char text[512] = "";
        size_t len = 0;
        for (int i = 0; i < 20; i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            const char *part = parts[(state >> 33) % (sizeof parts / sizeof parts[0])];
            memcpy(text + len, part, strlen(part) + 1);
            len += strlen(part);
        }
        struct personal_hit *hits;
        const size_t length = utf8_length(slice_from_cstr(text));
        const size_t count = personal_find(&hits, arena, slice_from_cstr(text), names, 2);
        for (size_t i = 0; i < count; i++) {
            cr_assert(hits[i].span.start < hits[i].span.end && hits[i].span.end <= length, "%s", text);
            cr_assert(i == 0 || hits[i].span.start >= hits[i - 1].span.end, "%s", text);
        }
    }
}
