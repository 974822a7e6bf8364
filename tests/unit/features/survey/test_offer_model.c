#include "features/survey/survey_offer_model.h"
#include "support/leaks.h"
#include "json/decode.h"

#include <criterion/criterion.h>
#include <string.h>

static struct arena *arena;
static struct offer offer;
static struct offer_errors errors;

static void setup(void)
{
    cr_assert(crypto_start());
    arena = arena_create(1 << 22);
}

static void teardown(void)
{
    arena_destroy(arena);
    leaks_check();
}

TestSuite(offer, .init = setup, .fini = teardown);

/* "name=value" pairs as posted, ended by NULL. */
static bool read_form(const char *const *pairs)
{
    struct http_field fields[40];
    size_t count = 0;
    for (; pairs[count]; count++) {
        slice_cut(&fields[count].name, &fields[count].value, slice_from_cstr(pairs[count]), '=');
    }
    return offer_read(&offer, &errors, arena, fields, count);
}
#define READ(...) read_form((const char *const[]){__VA_ARGS__, NULL})

static void expect_error(size_t field, const char *error)
{
    cr_expect_eq(errors.count, 1, "%zu errors", errors.count);
    cr_assert_not_null(errors.error[field], "nothing is said of %s", offer_fields[field].name);
    cr_expect_str_eq(errors.error[field], error);
}

static const struct offer_frame frame = {.round = "ronde-1", .language = "nl"};

/* The letter of what was read, as JSON; the arena owns it. */
static const json_t *letter(struct offer_frame of)
{
    struct slice text;
    struct json_errors *faults = arena_alloc(arena, sizeof *faults);
    json_errors_init(faults, arena);
    cr_assert(offer_letter(&text, arena, &offer, &of));
    cr_assert_eq(text.len, OFFER_PLAIN_BYTES);
    const json_t *object = json_parse(faults, arena, slice_trim(text));
    cr_assert_not_null(object, "%.*s", SLICE_ARG(text));
    return object;
}

static const char *member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

/* ---- what is asked ---- */

Test(offer, any_one_way_to_be_reached_is_enough)
{
    cr_expect(READ("wensen=bericht", "email=jan@voorbeeld.nl"));
    cr_expect(READ("wensen=bericht", "telefoon=06 12345678"));
    cr_expect(READ("wensen=bericht", "post=Dorpsstraat 1, 1234 AB Ons Dorp"));
    cr_expect_not(READ("wensen=bericht", "naam=Jan"));
    expect_error(OFFER_EMAIL, "no_way");
    cr_expect_not(READ("wensen=bericht", "telefoon=  ", "post=\n", "email="));
    expect_error(OFFER_EMAIL, "no_way");
}

Test(offer, something_must_be_wished)
{
    cr_expect_not(READ("email=jan@voorbeeld.nl"));
    expect_error(OFFER_WISH, "no_wish");
}

Test(offer, all_errors_come_at_once_and_all_input_is_kept)
{
    cr_expect_not(
        READ("email=jan", "telefoon=bel mij", "naam=Jan", "hulp=een tolk", "leeftijd=oud", "gender=man"));
    cr_expect_eq(errors.count, 4);
    cr_expect_str_eq(errors.error[OFFER_WISH], "no_wish");
    cr_expect_str_eq(errors.error[OFFER_EMAIL], "email");
    cr_expect_str_eq(errors.error[OFFER_PHONE], "phone");
    cr_expect_str_eq(errors.error[OFFER_AGE], "choose");
    cr_expect(slice_equal_cstr(offer.text[OFFER_EMAIL], "jan"));
    cr_expect(slice_equal_cstr(offer.text[OFFER_PHONE], "bel mij"));
    cr_expect(slice_equal_cstr(offer.text[OFFER_NAME], "Jan"));
    cr_expect(slice_equal_cstr(offer.text[OFFER_HELP], "een tolk"));
    cr_expect(offer.chosen[OFFER_GENDER][1]);
}

Test(offer, addresses_of_every_kind_are_taken)
{
    static const char *const good[] = {"a@b.nl", "voor.achter+lijst@sub.domein.example",
                                       "o'neil@voorbeeld.nl", "jörg@köln.example", "  spatie@ervoor.nl  "};
    static const char *const bad[] = {"jan",     "jan@",     "@voorbeeld.nl", "jan@voorbeeld",    "jan@.nl",
                                      "jan@nl.", "a b@c.nl", "a@b@c.nl",      "jan@voor beeld.nl"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        const char *pair = arena_printf(arena, "email=%s", good[i]).ptr;
        cr_expect(READ("wensen=bericht", pair), "%s", good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const char *pair = arena_printf(arena, "email=%s", bad[i]).ptr;
        cr_expect_not(READ("wensen=bericht", pair), "%s", bad[i]);
        expect_error(OFFER_EMAIL, "email");
    }
}

Test(offer, numbers_are_taken_as_people_write_them)
{
    static const char *const good[] = {
        "0612345678",  "06-12 34 56 78", "+31 (0)6 12345678", "0031 6.12.34.56.78", "+599 717 1234",
        "088/0000000", "112112"};
    static const char *const bad[] = {"06", "12345", "1234567890123456", "06 1234 toestel 5", "nul zes"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        const char *pair = arena_printf(arena, "telefoon=%s", good[i]).ptr;
        cr_expect(READ("wensen=gesprek", pair), "%s", good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const char *pair = arena_printf(arena, "telefoon=%s", bad[i]).ptr;
        cr_expect_not(READ("wensen=gesprek", pair), "%s", bad[i]);
        expect_error(OFFER_PHONE, "phone");
    }
}

Test(offer, a_list_left_at_its_first_line_is_no_answer)
{
    cr_expect(READ("wensen=gesprek", "email=a@b.nl", "provincie="));
    cr_expect_eq(json_object_get(letter(frame), "provincie"), NULL);
}

Test(offer, of_one_answer_the_first_counts)
{
    cr_expect(READ("wensen=gesprek", "email=a@b.nl", "leeftijd=18-24", "leeftijd=75-plus"));
    cr_expect_str_eq(member(letter(frame), "leeftijd"), "18-24");
}

/* ---- lengths ---- */

static const char *repeated(const char *name, const char *text, size_t times)
{
    struct slice out = arena_printf(arena, "%s=", name);
    for (size_t i = 0; i < times; i++) {
        out = arena_printf(arena, "%.*s%s", SLICE_ARG(out), text);
    }
    return out.ptr;
}

/* The longest of everything, in the characters that take most bytes, also once they are written as JSON. */
Test(offer, the_most_that_fits_the_form_fits_the_letter)
{
    static const char *const widest[] = {"\U0001F9EC", "\"", "\\"};
    for (size_t i = 0; i < sizeof widest / sizeof widest[0]; i++) {
        const char *email = repeated("email", "a", 254 - 5);
        const char *whole = arena_printf(arena, "%s@b.nl", email).ptr;
        const char *naam = repeated("naam", widest[i], 80);
        const char *post = repeated("post", widest[i], 200);
        const char *taal = repeated("taal", widest[i], 40);
        const char *hulp = repeated("hulp", widest[i], 300);
        cr_assert(READ("wensen=gesprek", "wensen=bericht", "wensen=volgende-ronde", whole,
                       "telefoon=+31 (0)6 12.34.56.78              9", naam, post, taal, hulp,
                       "leeftijd=75-plus", "provincie=sint-eustatius", "opleiding=mbo-havo-vwo",
                       "gender=zeg-ik-niet", "houding=heel-slecht"));
        const struct offer_frame longest = {
            .round = "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-1234567890",
            .language = "en",
            .fast = true,
            .trap = true};
        cr_expect_eq(json_object_size(letter(longest)), 4 + OFFER_FIELDS);
    }
}

Test(offer, one_character_more_is_refused_by_name)
{
    static const struct {
        size_t field;
        size_t most;
    } texts[] = {{OFFER_NAME, 80}, {OFFER_POST, 200}, {OFFER_LANGUAGE, 40}, {OFFER_HELP, 300}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const char *name = offer_fields[texts[i].field].name;
        const char *fits = repeated(name, "é", texts[i].most);
        const char *over = repeated(name, "é", texts[i].most + 1);
        cr_expect(READ("wensen=gesprek", "telefoon=0612345678", fits), "%s", name);
        cr_expect_not(READ("wensen=gesprek", "telefoon=0612345678", over), "%s", name);
        expect_error(texts[i].field, "too_long");
    }
}

/* ---- the letter ---- */

Test(offer, the_letter_says_what_was_filled_in)
{
    cr_assert(READ("wensen=gesprek", "wensen=volgende-ronde", "naam= Jo \"de\" Vries ",
                   "post=Straat 1\r\n1234 AB Plaats", "telefoon=06 12 34 56 78", "leeftijd=25-34",
                   "provincie=utrecht", "opleiding=hbo", "gender=anders", "houding=goed", "taal=gebarentaal",
                   "hulp=een tolk", "iets-anders=x"));
    const json_t *object = letter(frame);
    cr_expect_eq(json_object_size(object), 15);
    cr_expect_str_eq(member(object, "ronde"), "ronde-1");
    cr_expect_str_eq(member(object, "formulier"), "nl");
    cr_expect_str_eq(member(object, "kwaliteit"), "goed");
    cr_expect_eq(json_integer_value(json_object_get(object, "versie")), 1);
    cr_expect_str_eq(member(object, "naam"), "Jo \"de\" Vries");
    cr_expect_str_eq(member(object, "post"), "Straat 1\n1234 AB Plaats");
    cr_expect_str_eq(member(object, "telefoon"), "06 12 34 56 78");
    cr_expect_str_eq(member(object, "leeftijd"), "25-34");
    cr_expect_str_eq(member(object, "provincie"), "utrecht");
    cr_expect_str_eq(member(object, "opleiding"), "hbo");
    cr_expect_str_eq(member(object, "gender"), "anders");
    cr_expect_str_eq(member(object, "houding"), "goed");
    cr_expect_str_eq(member(object, "taal"), "gebarentaal");
    cr_expect_str_eq(member(object, "hulp"), "een tolk");
    const json_t *wishes = json_object_get(object, "wensen");
    cr_assert_eq(json_array_size(wishes), 2);
    cr_expect_str_eq(json_string_value(json_array_get(wishes, 0)), "gesprek");
    cr_expect_str_eq(json_string_value(json_array_get(wishes, 1)), "volgende-ronde");
}

Test(offer, nothing_about_oneself_is_kept_for_a_message_alone)
{
    cr_assert(READ("wensen=bericht", "email=a@b.nl", "naam=Jan", "leeftijd=25-34", "provincie=utrecht",
                   "opleiding=hbo", "gender=man", "houding=goed", "taal=Fries", "hulp=een tolk"));
    const json_t *object = letter(frame);
    cr_expect_eq(json_object_size(object), 4 + 3);
    cr_expect_str_eq(member(object, "email"), "a@b.nl");
    cr_expect_str_eq(member(object, "naam"), "Jan");
    cr_expect_not(offer_for_conversation(&offer));
    cr_assert(READ("wensen=gesprek", "email=a@b.nl"));
    cr_expect(offer_for_conversation(&offer));
}

Test(offer, a_suspect_form_is_marked_and_kept)
{
    static const char *const marks[] = {"goed", "snel", "lokveld", "beide"};
    cr_assert(READ("wensen=gesprek", "email=a@b.nl"));
    for (unsigned i = 0; i < 4; i++) {
        struct offer_frame suspect = frame;
        suspect.fast = i & 1u;
        suspect.trap = i & 2u;
        cr_expect_str_eq(member(letter(suspect), "kwaliteit"), marks[i]);
    }
}

Test(offer, one_line_stays_one_line)
{
    cr_assert(READ("wensen=gesprek", "email=a@b.nl", "naam=Jan\r\nBcc: iedereen\tnu"));
    cr_expect_str_eq(member(letter(frame), "naam"), "Jan Bcc: iedereen nu");
}

Test(offer, the_sealed_letters_are_alike_in_length)
{
    struct slice text;
    struct slice sealed;
    unsigned char key[CRYPTO_PUBLIC_KEY_BYTES];
    cr_assert(crypto_public_key_parse(key, SLICE("hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo")));
    cr_assert(READ("wensen=bericht", "email=a@b.nl"));
    cr_assert(offer_letter(&text, arena, &offer, &frame) && crypto_seal_to(&sealed, arena, key, text));
    cr_expect_eq(sealed.len, OFFER_SEALED_BYTES);
    const char *hulp = repeated("hulp", "x", 300);
    cr_assert(READ("wensen=gesprek", "email=a@b.nl", hulp));
    cr_assert(offer_letter(&text, arena, &offer, &frame) && crypto_seal_to(&sealed, arena, key, text));
    cr_expect_eq(sealed.len, OFFER_SEALED_BYTES);
}
