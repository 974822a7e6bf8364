/* What may stand in each section of an assessment framework, what a sheet lacks before it can be put forward,
 * and what differs between two texts. */
#include "features/tafel/tafel_framework.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(tafel_framework, .fini = leaks_check);

enum { ARENA_MAX = 64 << 20 };

struct scene {
    struct arena *arena;
    struct json_errors errors;
};

static void begin(struct scene *s)
{
    s->arena = arena_create(ARENA_MAX);
    json_errors_init(&s->errors, s->arena);
}

static void end(struct scene *s)
{
    arena_destroy(s->arena);
}

/* Reads it; the faults are anew. */
static json_t *read_it(struct scene *s, enum framework_section section, json_t *posted_take)
{
    json_errors_init(&s->errors, s->arena);
    json_t *content = framework_read(&s->errors, s->arena, section, posted_take);
    json_decref(posted_take);
    return content;
}

static void expect_fault(struct scene *s, const char *pointer)
{
    cr_assert_geq(s->errors.count, 1, "no fault at %s", pointer);
    cr_expect_str_eq(s->errors.items[0].pointer, pointer);
}

Test(tafel_framework, each_section_and_state_is_found_by_its_name)
{
    for (unsigned i = 0; i < FRAMEWORK_SECTIONS; i++) {
        cr_expect_eq(framework_section_find(slice_from_cstr(framework_parts[i].code)), i);
        cr_expect_leq(framework_parts[i].count, FRAMEWORK_FIELDS_MAX);
    }
    cr_expect_eq(framework_section_find(SLICE("score")), FRAMEWORK_SECTIONS);
    for (unsigned i = 0; i < FRAMEWORK_STATES; i++) {
        const enum framework_state state = framework_state_find(slice_from_cstr(framework_states[i]));
        cr_expect_eq(state, i);
        cr_expect_eq(framework_may_write(state), state != FRAMEWORK_PUT_FORWARD);
    }
    cr_expect_not(framework_may_write(FRAMEWORK_STATES));
}

Test(tafel_framework, texts_are_kept_with_lines_that_end_alike)
{
    struct scene s;
    begin(&s);
    const json_t *content = read_it(
        &s, FRAMEWORK_CONSEQUENCES,
        json_pack("{s:s,s:s,s:i}", "baten", "een\r\ntwee\rdrie\r\n\r\nvier", "risicos", "x", "gelezen", 3));
    cr_expect_eq(s.errors.count, 0);
    cr_expect_str_eq(json_string_value(json_object_get(content, "baten")), "een\ntwee\ndrie\n\nvier");
    cr_expect_eq(json_object_size(content), 2, "what is no field of it is left alone");
    read_it(&s, FRAMEWORK_CONSEQUENCES, json_pack("{s:i}", "baten", 3));
    expect_fault(&s, "/baten");
    char *longest = arena_alloc(s.arena, 3002);
    memset(longest, 'a', 3001);
    longest[3001] = '\0';
    read_it(&s, FRAMEWORK_CONSEQUENCES, json_pack("{s:s}", "baten", longest));
    expect_fault(&s, "/baten");
    read_it(&s, FRAMEWORK_NATURE, json_pack("{s:s}", "omkeerbaar", "misschien"));
    expect_fault(&s, "/omkeerbaar");
    end(&s);
}

Test(tafel_framework, an_argument_rests_on_passages_by_number)
{
    static const struct {
        const char *typed;
        size_t count; /* 0: refused */
    } cases[] = {{"12", 1},
                 {"12, 15", 2},
                 {" 12 15;16,\n17 ", 4},
                 {"12, 12", 0},
                 {"nul", 0},
                 {"0", 0},
                 {"-1", 0},
                 {"99999999999999999999", 0},
                 {"1.5", 0},
                 {"12,,15", 2},
                 {"1 2 3 4 5 6 7 8 9 10 11", 0}};
    struct scene s;
    begin(&s);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const json_t *content = read_it(
            &s, FRAMEWORK_ARGUMENTS,
            json_pack("{s:s,s:s,s:s}", "kant", "voor", "tekst", "Het helpt.", "passages", cases[i].typed));
        cr_expect_eq(s.errors.count == 0, cases[i].count > 0, "%s", cases[i].typed);
        if (cases[i].count > 0) {
            cr_expect_eq(json_array_size(json_object_get(content, "passages")), cases[i].count, "%s",
                         cases[i].typed);
        }
    }
    const json_t *content = read_it(
        &s, FRAMEWORK_ARGUMENTS,
        json_pack("{s:s,s:s,s:s}", "kant", "tegen", "tekst", "Nee.", "passages", "9223372036854775807 15"));
    json_t *values = framework_form_values(FRAMEWORK_ARGUMENTS, content);
    cr_expect_str_eq(json_string_value(json_object_get(values, "passages")), "9223372036854775807, 15",
                     "a form shows what it took");
    json_decref(values);
    read_it(&s, FRAMEWORK_ARGUMENTS, json_pack("{s:s}", "tekst", "Zonder kant"));
    expect_fault(&s, "/kant");
    read_it(&s, FRAMEWORK_ARGUMENTS, json_pack("{s:s,s:s}", "kant", "voor", "partij", "niemand"));
    cr_expect_eq(s.errors.count, 2, "no text, and a party that there is not");
    end(&s);
}

Test(tafel_framework, entries_say_which_values_and_who)
{
    struct scene s;
    begin(&s);
    read_it(&s, FRAMEWORK_TENSIONS,
            json_pack("{s:s,s:s,s:s}", "waarde", "veiligheid", "tegenover", "veiligheid", "tekst", "x"));
    expect_fault(&s, "/tegenover");
    read_it(&s, FRAMEWORK_TENSIONS,
            json_pack("{s:s,s:s,s:s}", "waarde", "veiligheid", "tegenover", "keuzevrijheid", "tekst", "x"));
    cr_expect_eq(s.errors.count, 0);
    read_it(&s, FRAMEWORK_CONDITIONS, json_pack("{s:[],s:s}", "waarden", "tekst", "x"));
    expect_fault(&s, "/waarden");
    read_it(&s, FRAMEWORK_CONDITIONS, json_pack("{s:[s],s:s}", "waarden", "geluk", "tekst", "x"));
    expect_fault(&s, "/waarden");
    read_it(&s, FRAMEWORK_CONDITIONS,
            json_pack("{s:[s,s],s:s}", "waarden", "veiligheid", "legitimiteit", "tekst", "x"));
    cr_expect_eq(s.errors.count, 0);
    read_it(&s, FRAMEWORK_DISSENTS, json_pack("{s:s}", "tekst", "x"));
    expect_fault(&s, "/kant");
    read_it(&s, FRAMEWORK_DISSENTS, json_pack("{s:s,s:s}", "tekst", "x", "naam", "Jan Bos"));
    expect_fault(&s, "/naam");
    read_it(&s, FRAMEWORK_DISSENTS,
            json_pack("{s:s,s:s,s:b}", "tekst", "x", "naam", "Jan Bos", "naamMag", 1));
    cr_expect_eq(s.errors.count, 0);
    read_it(&s, FRAMEWORK_DISSENTS, json_pack("{s:s,s:s}", "tekst", "x", "kant", "bedrijven"));
    cr_expect_eq(s.errors.count, 0);
    end(&s);
}

Test(tafel_framework, a_conclusion_rests_on_a_meeting_or_a_mandate)
{
    struct scene s;
    begin(&s);
    read_it(&s, FRAMEWORK_CONCLUSION, json_pack("{s:s,s:s}", "tekst", "x", "grond", "overleg"));
    expect_fault(&s, "/besluit");
    read_it(&s, FRAMEWORK_CONCLUSION, json_pack("{s:s,s:s}", "tekst", "x", "grond", "mandaat"));
    expect_fault(&s, "/verwijzing");
    read_it(&s, FRAMEWORK_CONCLUSION, json_pack("{s:s,s:s}", "tekst", "x", "besluit", "4"));
    expect_fault(&s, "/grond");
    const json_t *content = read_it(&s, FRAMEWORK_CONCLUSION,
                                    json_pack("{s:s,s:s,s:s,s:s}", "tekst", "x", "grond", "mandaat",
                                              "verwijzing", "M 1", "besluit", "4"));
    cr_expect_eq(s.errors.count, 0);
    cr_expect_null(json_object_get(content, "besluit"), "it rests on one of them");
    read_it(&s, FRAMEWORK_CONCLUSION, json_object());
    cr_expect_eq(s.errors.count, 0, "a concept may be empty");
    end(&s);
}

static json_t *whole(void)
{
    return json_pack("{s:{s:s},s:{s:s,s:s,s:s,s:s,s:s},s:{s:s,s:s,s:s,s:s},s:{s:s,s:s},s:{s:s},"
                     "s:[{s:s},{s:s}],s:{s:s,s:s}}",
                     "effecten", "veiligheid", "x", "betrokkenen", "mensen", "x", "dieren", "x", "milieu",
                     "x", "later", "x", "elders", "x", "gevolgen", "baten", "x", "risicos", "x", "onbekend",
                     "x", "alternatieven", "x", "aard", "omkeerbaar", "nee", "gemaakt", "elders", "bewijs",
                     "toelichting", "x", "argumenten", "kant", "voor", "kant", "tegen", "conclusie", "tekst",
                     "x", "verwijzing", "M 1");
}

Test(tafel_framework, a_sheet_lacks_what_was_not_thought_of)
{
    static const struct {
        enum framework_section section;
        const char *section_code, *member;
    } gone[] = {
        {FRAMEWORK_EFFECTS, "effecten", "veiligheid"},    {FRAMEWORK_FOR_WHOM, "betrokkenen", "later"},
        {FRAMEWORK_CONSEQUENCES, "gevolgen", "onbekend"}, {FRAMEWORK_NATURE, "aard", "gemaakt"},
        {FRAMEWORK_EVIDENCE, "bewijs", "toelichting"},    {FRAMEWORK_CONCLUSION, "conclusie", "tekst"}};
    json_t *document = whole();
    cr_expect_eq(framework_lacks(document), 0);
    json_decref(document);
    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++) {
        document = whole();
        json_object_del(json_object_get(document, gone[i].section_code), gone[i].member);
        cr_expect_eq(framework_lacks(document), 1U << gone[i].section, "%s", gone[i].section_code);
        json_decref(document);
    }
    document = whole();
    json_array_remove(json_object_get(document, "argumenten"), 1);
    cr_expect_eq(framework_lacks(document), 1U << FRAMEWORK_ARGUMENTS, "for is not enough");
    json_decref(document);
    document = json_object();
    const unsigned all = framework_lacks(document);
    cr_expect_eq(all & 1U << FRAMEWORK_DISSENTS, 0, "nobody has to think otherwise");
    cr_expect_neq(all & 1U << FRAMEWORK_CONCLUSION, 0);
    json_decref(document);
}

/* The pieces put together again are both texts. */
static void expect_both(const char *older, const char *newer, const char *wanted)
{
    char before[200] = "", after[200] = "", marks[400] = "";
    struct arena *arena = arena_create(ARENA_MAX);
    size_t i;
    const json_t *piece;
    json_t *list = framework_compare(arena, slice_from_cstr(older), slice_from_cstr(newer));
    json_array_foreach(list, i, piece)
    {
        const char *text = json_string_value(json_object_get(piece, "tekst"));
        const char *kind = json_string_value(json_object_get(piece, "soort"));
        strcat(strcmp(kind, "nieuw") == 0 ? after : before, text);
        if (strcmp(kind, "zelfde") == 0) {
            strcat(after, text);
        }
        strcat(strcat(strcat(marks, kind[0] == 'z' ? "" : kind[0] == 'w' ? "-" : "+"), text), "|");
    }
    cr_expect_str_eq(before, older);
    cr_expect_str_eq(after, newer);
    cr_expect_str_eq(marks, wanted);
    json_decref(list);
    arena_destroy(arena);
}

Test(tafel_framework, what_differs_is_told_by_word)
{
    expect_both("", "", "");
    expect_both("zelfde", "zelfde", "zelfde|");
    expect_both("", "nieuw", "+nieuw|");
    expect_both("weg", "", "-weg|");
    expect_both("een rode koe", "een blauwe koe", "een |-rode|+blauwe| koe|");
    expect_both("café open", "café dicht, later open", "café |+dicht, later |open|");
    expect_both("als mensen weten wat", "als op het etiket", "als |-mensen weten wat|+op het etiket|");
    expect_both("rood, wit\nkort", "blauw, geel\nlang", "-rood, wit|+blauw, geel|\n|-kort|+lang|");
    expect_both("een rode koe en een zwarte os", "een blauwe koe en een os",
                "een |-rode|+blauwe| koe en een |-zwarte |os|");
}
