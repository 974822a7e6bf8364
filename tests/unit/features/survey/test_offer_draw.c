/* Whom to invite: the same from the same seed whatever the order, with the chances that were promised, and
 * with nobody's words in the protocol. */
#include "features/survey/survey_offer_draw.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LETTERS_MAX = 400 };

static struct arena *arena;
static struct offer_opened letters[LETTERS_MAX];
static size_t letter_count;
static const struct offer_spread alone = {.count = 0};

static void setup(void)
{
    cr_assert(crypto_start());
    arena = arena_create((size_t)1 << 30);
    letter_count = 0;
}

static void teardown(void)
{
    arena_destroy(arena);
    leaks_check();
}

TestSuite(offer_draw, .init = setup, .fini = teardown);

static const json_t *parse(const char *text)
{
    struct json_errors errors;
    json_errors_init(&errors, arena);
    const json_t *parsed = json_parse(&errors, arena, slice_from_cstr(text));
    cr_assert_not_null(parsed, "%s", text);
    return parsed;
}

/* A letter as it is opened; rest: members after the wish. */
static void letter(const char *wish, const char *rest)
{
    struct offer_opened *out = &letters[letter_count];
    out->text =
        arena_printf(arena, "{\"ronde\":\"r1\",\"wensen\":[\"%s\"]%s%s}", wish, rest[0] ? "," : "", rest);
    out->letter = parse(out->text.ptr);
    /* What is sealed differs every time: here, by its number. */
    const struct slice sealed = arena_printf(arena, "sealed %zu", letter_count);
    crypto_sha256(out->sha256, sealed);
    letter_count++;
}

static void people(size_t count, const char *rest)
{
    for (size_t i = 0; i < count; i++) {
        letter("gesprek", arena_printf(arena, "\"naam\":\"Naam%zu\",\"email\":\"p%zu@voorbeeld.nl\"%s%s",
                                       letter_count, letter_count, rest[0] ? "," : "", rest)
                              .ptr);
    }
}

static const struct offer_plan *plan(const char *text)
{
    struct json_errors errors;
    json_errors_init(&errors, arena);
    const struct offer_plan *out = offer_plan_read(&errors, arena, slice_from_cstr(text));
    cr_assert_not_null(out, "%s %s", errors.items[0].pointer, errors.items[0].detail);
    return out;
}

static const struct offer_plan *plan_for(int invite, int reserves)
{
    return plan(arena_printf(arena,
                             "{\"ronde\":\"r1\",\"soort\":\"focusgroep\",\"segmenten\":[{\"segment\":\"a\","
                             "\"mensen\":%d,\"reservesNodig\":%d}]}",
                             invite, reserves)
                    .ptr);
}

/* The arena owns it. */
static json_t *protocol(const struct offer_plan *of, const struct offer_spread *spread, const char *seed)
{
    json_t *out =
        offer_draw_protocol(offer_draw(arena, of, spread, slice_from_cstr(seed), letters, letter_count));
    arena_defer(arena, (void (*)(void *))json_decref, out);
    return out;
}

static const json_t *group(const json_t *of, size_t i)
{
    return json_array_get(json_object_get(of, "segmenten"), i);
}

static int number(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    cr_assert(json_is_integer(value), "no %s", name);
    return (int)json_integer_value(value);
}

static const char *drawn(const json_t *of, size_t i)
{
    return json_string_value(json_object_get(json_array_get(json_object_get(of, "volgorde"), i), "nummer"));
}

/* ---- the same from the same ---- */

Test(offer_draw, the_order_of_the_letters_makes_no_difference)
{
    const struct offer_plan *of = plan_for(12, 6);
    people(60, "");
    const json_t *first = protocol(of, &alone, "lotto 26-11: 3 14 15");
    for (int turn = 0; turn < 5; turn++) {
        for (size_t i = letter_count - 1; i > 0; i--) {
            const size_t k = (size_t)(i * 7919 + (size_t)turn * 104729) % (i + 1);
            const struct offer_opened swapped = letters[i];
            letters[i] = letters[k];
            letters[k] = swapped;
        }
        cr_expect(json_equal(protocol(of, &alone, "lotto 26-11: 3 14 15"), first));
    }
    cr_expect_not(
        json_equal(json_object_get(group(protocol(of, &alone, "lotto 26-11: 3 14 16"), 0), "volgorde"),
                   json_object_get(group(first, 0), "volgorde")));
}

Test(offer_draw, a_larger_plan_keeps_who_was_drawn_first)
{
    people(60, "");
    const json_t *few = group(protocol(plan_for(5, 0), &alone, "1"), 0);
    const json_t *many = group(protocol(plan_for(20, 10), &alone, "1"), 0);
    cr_expect_eq(json_array_size(json_object_get(few, "volgorde")), 5);
    cr_expect_eq(json_array_size(json_object_get(many, "volgorde")), 30);
    for (size_t i = 0; i < 5; i++) {
        cr_expect_str_eq(drawn(few, i), drawn(many, i));
    }
}

/* ---- chances ---- */

static size_t place_of(const char *hex)
{
    for (size_t i = 0; i < letter_count; i++) {
        char own[OFFER_HASH_TEXT_BYTES];
        crypto_hex(own, letters[i].sha256, CRYPTO_SHA256_BYTES);
        if (strcmp(own, hex) == 0) {
            return i;
        }
    }
    cr_assert_fail("somebody was drawn who is not there");
    return 0;
}

/* Pearson's statistic of how often each of `count` people was drawn, `take` of them in each of `turns` draws.
 * Drawn without replacement, it is chi-square with count - 1 degrees after the factor (count - 1)/(count -
 * take). */
static double chi_square(const int *seen, size_t count, int take, int turns)
{
    const double expected = (double)turns * take / (double)count;
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += (seen[i] - expected) * (seen[i] - expected) / expected;
    }
    return sum * (double)(count - 1) / ((double)count - take);
}

Test(offer_draw, everybody_of_a_group_has_the_same_chance)
{
    enum { PEOPLE = 60, TAKE = 12, TURNS = 2000 };
    const struct offer_plan *of = plan_for(TAKE, 0);
    int seen[PEOPLE] = {0}, first[PEOPLE] = {0};
    people(PEOPLE, "");
    for (int turn = 0; turn < TURNS; turn++) {
        char seed[20];
        snprintf(seed, sizeof seed, "zaad %d", turn);
        const json_t *one = group(protocol(of, &alone, seed), 0);
        for (size_t i = 0; i < TAKE; i++) {
            const size_t who = place_of(drawn(one, i));
            seen[who]++;
            first[who] += i == 0;
        }
    }
    /* qchisq(c(.001, .999), 59) in R: 30.3, 98.3 */
    const double all = chi_square(seen, PEOPLE, TAKE, TURNS), ahead = chi_square(first, PEOPLE, 1, TURNS);
    cr_expect(all > 30.3 && all < 98.3, "drawn: %g", all);
    cr_expect(ahead > 30.3 && ahead < 98.3, "first: %g", ahead);
}

Test(offer_draw, cells_take_turns_and_within_one_everybody_has_the_same_chance)
{
    enum { TURNS = 1500 };
    struct offer_spread by_age;
    int seen[63] = {0};
    cr_assert(offer_spread_read(&by_age, SLICE("leeftijd")));
    people(40, "\"leeftijd\":\"18-24\"");
    people(21, "\"leeftijd\":\"65-74\"");
    people(2, "");
    const struct offer_plan *of = plan_for(12, 0);
    for (int turn = 0; turn < TURNS; turn++) {
        char seed[20];
        snprintf(seed, sizeof seed, "%d", turn);
        const json_t *one = group(protocol(of, &by_age, seed), 0);
        const json_t *cells = json_object_get(one, "cellen");
        cr_assert_eq(number(json_object_get(cells, "onbekend"), "uitgenodigd"), 2);
        cr_assert_eq(number(json_object_get(cells, "18-24"), "uitgenodigd"), 5);
        cr_assert_eq(number(json_object_get(cells, "65-74"), "uitgenodigd"), 5);
        cr_assert_eq(number(json_object_get(cells, "18-24"), "aangeboden"), 40);
        for (size_t i = 0; i < 12; i++) {
            seen[place_of(drawn(one, i))]++;
        }
    }
    /* Letters were put in the order of their hashes: by cell again. */
    int young[40], old[21];
    size_t youngs = 0, olds = 0;
    for (size_t i = 0; i < letter_count; i++) {
        const char *age = json_string_value(json_object_get(letters[i].letter, "leeftijd"));
        if (age && strcmp(age, "18-24") == 0) {
            young[youngs++] = seen[i];
        } else if (age) {
            old[olds++] = seen[i];
        }
    }
    /* qchisq(c(.001, .999), 39): 16.3, 72.1; of 20: 5.9, 45.3 */
    const double of_young = chi_square(young, 40, 5, TURNS), of_old = chi_square(old, 21, 5, TURNS);
    cr_expect(of_young > 16.3 && of_young < 72.1, "18-24: %g", of_young);
    cr_expect(of_old > 5.9 && of_old < 45.3, "65-74: %g", of_old);
}

/* ---- who takes part ---- */

Test(offer_draw, one_person_is_one_chance)
{
    people(1, "");
    letter("gesprek", "\"naam\":\"Jan\",\"email\":\"Jan@Voorbeeld.NL\"");
    letter("gesprek", "\"naam\":\"Jan\",\"email\":\"jan@voorbeeld.nl\",\"telefoon\":\"+31 6 1234 5678\"");
    letter("gesprek", "\"naam\":\"J.\",\"telefoon\":\"06-12345678\"");
    letter("gesprek", "\"post\":\"Dorpsstraat 1\"");
    letter("gesprek", "\"post\":\"Dorpsstraat 1\"");
    const json_t *of = protocol(plan_for(10, 0), &alone, "1");
    cr_expect_eq(number(json_object_get(of, "nietMeegeloot"), "dubbel"), 3);
    cr_expect_eq(number(group(of, 0), "aangeboden"), 3);
    cr_expect_eq(number(of, "brieven"), 6);
}

Test(offer_draw, who_only_wants_to_be_told_and_programs_are_left_out)
{
    people(3, "");
    letter("bericht", "\"email\":\"a@voorbeeld.nl\"");
    letter("gesprek", "\"email\":\"b@voorbeeld.nl\",\"kwaliteit\":\"lokveld\"");
    letter("gesprek", "\"email\":\"c@voorbeeld.nl\",\"kwaliteit\":\"beide\"");
    letter("gesprek", "\"email\":\"d@voorbeeld.nl\",\"kwaliteit\":\"snel\"");
    const json_t *of = protocol(plan_for(10, 0), &alone, "1");
    cr_expect_eq(number(json_object_get(of, "nietMeegeloot"), "geenGesprek"), 1);
    cr_expect_eq(number(json_object_get(of, "nietMeegeloot"), "programma"), 2);
    cr_expect_eq(number(group(of, 0), "aangeboden"), 4);
}

static const char two_groups[] =
    "{\"ronde\":\"r1\",\"soort\":\"focusgroep\",\"samenstelling\":\"homogeen\",\"reden\":\"Om veilig te "
    "praten.\","
    "\"overwerving\":2,\"segmenten\":["
    "{\"segment\":\"jong\",\"titel\":\"Jong\",\"doelgroep\":\"publiek\",\"kenmerken\":{\"leeftijd\":[\"18-"
    "24\","
    "\"25-34\"]},\"gesprekken\":2,\"mensen\":6,\"reservesNodig\":4,\"gepland\":1,\"gehouden\":0,"
    "\"uitgenodigd\":0,"
    "\"gekomen\":0,\"nietGekomen\":0,\"afgemeld\":0,\"reserves\":0},"
    "{\"segment\":\"hbo\",\"titel\":\"Hbo\",\"kenmerken\":{\"opleiding\":\"hbo\",\"postcode\":[\"utrecht\"]},"
    "\"mensen\":3}]}";

Test(offer_draw, groups_are_filled_over_recruited_and_named_when_they_are_short)
{
    people(12, "\"leeftijd\":\"18-24\",\"opleiding\":\"vmbo\"");
    people(1, "\"leeftijd\":\"25-34\",\"opleiding\":\"hbo\",\"provincie\":\"utrecht\"");
    people(2, "\"leeftijd\":\"45-54\",\"opleiding\":\"hbo\",\"provincie\":\"utrecht\"");
    people(5, "\"leeftijd\":\"45-54\",\"opleiding\":\"hbo\",\"provincie\":\"zeeland\"");
    people(1, "");
    const struct offer_draw *draw =
        offer_draw(arena, plan(two_groups), &alone, SLICE("x"), letters, letter_count);
    const struct offer_draw_counts counts = offer_draw_count(draw);
    json_t *of = offer_draw_protocol(draw);
    const json_t *young = group(of, 0), *hbo = group(of, 1);
    cr_expect_eq(number(young, "aangeboden"), 13);
    cr_expect_eq(number(young, "overwerving"), 4);
    cr_expect_eq(number(young, "tekort"), 0);
    cr_expect_eq(number(young, "tekortReserves"), 1);
    cr_expect_eq(json_array_size(json_object_get(young, "volgorde")), 13);
    cr_expect_eq(number(hbo, "aangeboden"), 2);
    cr_expect_eq(number(hbo, "tekort"), 1);
    cr_expect_eq(number(of, "pastInMeerSegmenten"), 1);
    cr_expect_eq(number(json_object_get(of, "nietMeegeloot"), "geenSegment"), 6);
    cr_expect_eq(json_array_size(json_object_get(of, "tekort")), 2);
    cr_expect_eq(counts.invited, 12);
    cr_expect_eq(counts.reserves, 3);
    cr_expect_eq(counts.short_groups, 2);
    for (size_t i = 0; i < 13; i++) {
        const json_t *one = json_array_get(json_object_get(young, "volgorde"), i);
        cr_expect_str_eq(json_string_value(json_object_get(one, "rol")), i < 10 ? "uitnodigen" : "reserve");
    }
    json_decref(of);
}

Test(offer_draw, nobody_offered)
{
    const json_t *of = protocol(plan_for(3, 1), &alone, "1");
    cr_expect_eq(number(group(of, 0), "tekort"), 3);
    cr_expect_eq(number(group(of, 0), "tekortReserves"), 1);
}

/* ---- what is written ---- */

Test(offer_draw, the_protocol_has_no_word_of_anybody_and_the_list_has_all)
{
    struct buffer contacts;
    people(5, "\"taal\":\"Fries\",\"hulp\":\"Ik kom met\\neen tolk, \\\"graag\\\"\",\"houding\":\"slecht\"");
    const struct offer_draw *draw =
        offer_draw(arena, plan_for(3, 1), &alone, SLICE("1"), letters, letter_count);
    json_t *of = offer_draw_protocol(draw);
    char *text = json_dumps(of, 0);
    buffer_init(&contacts, 1 << 20);
    offer_draw_contacts(&contacts, draw);
    const char *const secret[] = {"Naam", "voorbeeld.nl", "Fries", "tolk", "slecht"};
    for (size_t i = 0; i < sizeof secret / sizeof secret[0]; i++) {
        cr_expect_null(strstr(text, secret[i]), "the protocol tells %s", secret[i]);
        cr_expect_not_null(strstr(contacts.ptr, secret[i]), "the list lacks %s", secret[i]);
    }
    cr_expect_not_null(strstr(contacts.ptr, "a,1,uitnodigen,"));
    cr_expect_not_null(strstr(contacts.ptr, "a,4,reserve,"));
    cr_expect_null(strstr(contacts.ptr, "a,5,"));
    cr_expect_not_null(strstr(contacts.ptr, drawn(group(of, 0), 0)));
    cr_expect_not_null(strstr(contacts.ptr, "\"Ik kom met\neen tolk, \"\"graag\"\"\""));
    buffer_free(&contacts);
    free(text);
    json_decref(of);
}

/* ---- plans and names that are none ---- */

static void expect_refused(const char *text, const char *pointer)
{
    struct json_errors errors;
    json_errors_init(&errors, arena);
    cr_expect_null(offer_plan_read(&errors, arena, slice_from_cstr(text)), "%s", text);
    cr_assert(errors.count > 0);
    cr_expect_str_eq(errors.items[0].pointer, pointer);
}

#define GROUPS(groups) "{\"ronde\":\"r1\",\"soort\":\"interview\",\"segmenten\":[" groups "]}"

Test(offer_draw, plans_that_cannot_be_drawn_for_are_refused_at_their_place)
{
    expect_refused("{", "");
    expect_refused("{\"ronde\":\"r1\",\"soort\":\"interview\"}", "/segmenten");
    expect_refused(
        "{\"ronde\":\"r1\",\"soort\":\"enquete\",\"segmenten\":[{\"segment\":\"a\",\"mensen\":1}]}",
        "/soort");
    expect_refused(GROUPS(""), "/segmenten");
    expect_refused(GROUPS("{\"segment\":\"a\"}"), "/segmenten/0/mensen");
    expect_refused(GROUPS("{\"segment\":\"a\",\"mensen\":-1}"), "/segmenten/0/mensen");
    expect_refused(GROUPS("1"), "/segmenten/0");
    expect_refused(GROUPS("{\"segment\":\"a\",\"mensen\":1},{\"segment\":\"a\",\"mensen\":1}"),
                   "/segmenten/1/segment");
    expect_refused(GROUPS("{\"segment\":\"a\",\"mensen\":1,\"kenmerken\":{\"inkomen\":\"hoog\"}}"),
                   "/segmenten/0/kenmerken/inkomen");
    expect_refused(GROUPS("{\"segment\":\"a\",\"mensen\":1,\"kenmerken\":{\"naam\":\"Jan\"}}"),
                   "/segmenten/0/kenmerken/naam");
    expect_refused(
        GROUPS("{\"segment\":\"a\",\"mensen\":1,\"kenmerken\":{\"leeftijd\":[\"18-24\",\"oud\"]}}"),
        "/segmenten/0/kenmerken/leeftijd");
    expect_refused(GROUPS("{\"segment\":\"a\",\"mensen\":1,\"kenmerken\":{\"leeftijd\":{}}}"),
                   "/segmenten/0/kenmerken/leeftijd");
}

Test(offer_draw, what_is_spread_over_has_one_answer_each)
{
    struct offer_spread spread;
    cr_expect(offer_spread_read(&spread, SLICE("")));
    cr_expect_eq(spread.count, 0);
    cr_expect(offer_spread_read(&spread, SLICE("leeftijd, opleiding,provincie")));
    cr_expect_eq(spread.count, 3);
    cr_expect_not(offer_spread_read(&spread, SLICE("leeftijd,leeftijd")));
    cr_expect_not(offer_spread_read(&spread, SLICE("wensen")));
    cr_expect_not(offer_spread_read(&spread, SLICE("naam")));
    cr_expect_not(offer_spread_read(&spread, SLICE("leeftijd,,opleiding")));
    cr_expect_not(offer_spread_read(&spread, SLICE("leeftijd,opleiding,provincie,gender,houding")));
}
