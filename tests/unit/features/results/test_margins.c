/* Margins: read by specification, and held against a questionnaire. */
#include "features/results/results_margins.h"

#include "features/results/results_weighting.h"
#include "unit/features/questionnaire/support.h"

#include <stdio.h>

TestSuite(results_margins, .fini = leaks_check);

static struct scene s;
static struct margins margins;
static struct margins_bound bound;
static struct margins_problem why;

static void begin(void)
{
    scene_open_real(&s);
    cr_assert(margins_embedded(&margins, s.arena));
}

static bool bind(const char *codes, const char *stream)
{
    struct weighting weighting = {.count = 0};
    cr_assert(weighting_choose(&weighting, slice_from_cstr(codes)));
    return margins_bind(&bound, &why, s.arena, &margins, weighting.codes, weighting.count, s.q,
                        slice_from_cstr(stream));
}

static uint32_t code_of(size_t variable, const char *answer)
{
    size_t count;
    const struct variable *v = &questionnaire_variables(&count, s.q)[variable];
    for (uint32_t k = 0; k < v->category_count; k++) {
        if (strcmp(v->categories[k].code, answer) == 0) {
            return ANSWER_FIRST + k;
        }
    }
    cr_assert_fail("%s has no answer %s", v->code, answer);
    return 0;
}

static uint32_t codes_of(size_t variable)
{
    size_t count;
    return ANSWER_FIRST + (uint32_t)questionnaire_variables(&count, s.q)[variable].category_count;
}

/* The code of the category that these answers are in; "" for missing. The second is of the second variable of
 * the margin. */
static const char *category(size_t m, const char *first, const char *second)
{
    const struct weigh_margin *margin = &bound.weigh[m];
    size_t place = first[0] ? code_of(margin->variables[0], first) : ANSWER_NONE;
    if (margin->variable_count > 1) {
        place = place * codes_of(margin->variables[1]) +
                (second[0] ? code_of(margin->variables[1], second) : ANSWER_DONT_KNOW);
    }
    uint16_t number = margin->category_of[place];
    return number == margin->categories ? "" : arena_cstr(s.arena, bound.margins[m]->categories[number].code);
}

Test(results_margins, sort_every_answer_in_its_category)
{
    begin();
    cr_assert(bind("leeftijd-gender,provincie,opleiding", "open"), "%d", (int)why.fault);
    cr_expect_eq(bound.weigh[0].variable_count, 2);
    cr_expect_str_eq(category(0, "16-17", "vrouw"), "15-24_vrouw");
    cr_expect_str_eq(category(0, "18-24", "vrouw"), "15-24_vrouw");
    cr_expect_str_eq(category(0, "75-plus", "man"), "75-plus_man");
    cr_expect_str_eq(category(0, "25-34", "anders"), "");
    cr_expect_str_eq(category(0, "25-34", ""), "");
    cr_expect_str_eq(category(0, "", "man"), "");
    cr_expect_str_eq(category(1, "PV27", ""), "PV27");
    cr_expect_str_eq(category(1, "buitenland", ""), "");
    cr_expect_eq(bound.weigh[2].variable_count, 2, "age is there for who is beyond");
    cr_expect_str_eq(category(2, "geen", "35-44"), "11");
    cr_expect_str_eq(category(2, "basisschool", "35-44"), "11");
    cr_expect_str_eq(category(2, "universiteit", ""), "32", "who did not say their age counts");
    cr_expect_str_eq(category(2, "universiteit", "75-plus"), "75-plus", "the figures end at 74");
    cr_expect_str_eq(category(2, "", "75-plus"), "75-plus", "whatever else they said");
    cr_expect_str_eq(category(2, "", "35-44"), "");
    scene_close(&s);
}

Test(results_margins, cross_three_variables)
{
    begin();
    cr_assert(bind("landsdeel-opleiding", "alle"));
    const struct weigh_margin *margin = &bound.weigh[0];
    cr_assert_eq(margin->variable_count, 3);
    uint32_t codes[] = {code_of(margin->variables[0], "PV21"), code_of(margin->variables[1], "vmbo"), 0};
    static const char *const ages[] = {"35-44", "75-plus"};
    for (int i = 0; i < 2; i++) {
        codes[2] = code_of(margin->variables[2], ages[i]);
        size_t place =
            (codes[0] * codes_of(margin->variables[1]) + codes[1]) * codes_of(margin->variables[2]) +
            codes[2];
        uint16_t number = margin->category_of[place];
        cr_assert_neq(number, margin->categories);
        cr_expect(
            slice_equal_cstr(bound.margins[0]->categories[number].code, i == 1 ? "75-plus" : "LD01_12"));
    }
    scene_close(&s);
}

Test(results_margins, give_the_targets_neighbours_and_total_of_the_file)
{
    begin();
    cr_assert(bind("provincie,leeftijd", "open"));
    cr_expect_eq(bound.rake[0].categories, 12);
    cr_expect_float_eq(bound.rake[0].targets[0], 506260, 0);
    cr_expect_eq(bound.rake[0].neighbours[0], 2, "Groningen goes with Drenthe");
    cr_expect_float_eq(bound.rake[0].total, 14761335, 0);
    cr_expect(slice_equal_cstr(bound.margins[1]->reference_date, "2021-01-01"));
    cr_assert(bind("gender", "open"));
    cr_expect_eq(bound.rake[0].neighbours[0], RAKE_ALONE);
    cr_assert(bind("opleiding", "open"));
    cr_expect_float_eq(bound.rake[0].slack, 0.25, 0);
    cr_expect_eq(bound.rake[0].categories, 6);
    cr_expect(bound.rake[0].beyond[5] && !bound.rake[0].beyond[4],
              "75 and older, whom the figures leave out");
    cr_assert(bind("provincie", "open"));
    cr_expect_null(bound.rake[0].beyond);
    scene_close(&s);
}

static bool passes(const char *variable, uint32_t code)
{
    bool passes = true;
    int index = questionnaire_find_variable(s.q, slice_from_cstr(variable));
    for (size_t f = 0; f < bound.filter_count; f++) {
        bool listed = bound.filters[f].variable != (size_t)index;
        for (size_t i = 0; i < bound.filters[f].count; i++) {
            listed = listed || bound.filters[f].codes[i] == code;
        }
        passes = passes && listed;
    }
    return passes;
}

Test(results_margins, leave_out_who_is_outside_and_other_streams)
{
    begin();
    cr_assert(bind("gender", "panel"));
    size_t postcode = (size_t)questionnaire_find_variable(s.q, SLICE("postcode"));
    size_t stream = (size_t)questionnaire_find_variable(s.q, SLICE("werving"));
    cr_expect_not(passes("postcode", code_of(postcode, "bonaire")));
    cr_expect_not(passes("postcode", code_of(postcode, "buitenland")));
    cr_expect(passes("postcode", code_of(postcode, "PV25")));
    cr_expect(passes("postcode", ANSWER_NONE), "who did not say where is in the population");
    cr_expect(passes("werving", code_of(stream, "panel")));
    cr_expect_not(passes("werving", code_of(stream, "open")));
    cr_assert(bind("gender", "alle"));
    cr_expect(passes("werving", code_of(stream, "open")));
    cr_expect_not(passes("postcode", code_of(postcode, "saba")));
    scene_close(&s);
}

static void expect_refused(const char *codes, const char *stream, const char *english, const char *dutch)
{
    cr_expect_not(bind(codes, stream), "%s", codes);
    const char *said = margins_problem_english(s.arena, &margins, &why).ptr;
    cr_expect(strstr(said, english), "%s: \"%s\" is not in \"%s\"", codes, english, said);
    said = margins_problem_dutch(s.arena, &margins, &why).ptr;
    cr_expect(strstr(said, dutch), "%s: \"%s\" is not in \"%s\"", codes, dutch, said);
}

Test(results_margins, refuse_what_does_not_go_together)
{
    begin();
    expect_refused("", "open", "there is no margin ;", "Kies uit leeftijd, gender");
    expect_refused("leeftijd,inkomen", "open", "there is no margin inkomen; choose from leeftijd, gender",
                   "Deze marge is er niet");
    cr_expect_eq(why.index, 1);
    expect_refused("gender,opleiding,leeftijd-gender", "open",
                   "gender and leeftijd-gender are both about gender", "gaan allebei over gender");
    expect_refused("provincie,landsdeel", "open", "both about postcode", "Laat er een weg");
    expect_refused("gender", "post", "there is no stream post; choose open, uitnodiging", "Kies open");
    struct slice none;
    cr_expect_not(margins_bind(&bound, &why, s.arena, &margins, &none, 0, s.q, SLICE("open")));
    cr_expect_eq(why.fault, MARGINS_NUMBER);
    scene_close(&s);
}

Test(results_margins, refuse_a_questionnaire_that_does_not_ask_or_has_other_answers)
{
    scene_open(&s, COMPLETE);
    cr_assert(margins_embedded(&margins, s.arena));
    expect_refused("provincie,opleiding", "open",
                   "margin opleiding goes by answer geen of opleiding, which the questionnaire",
                   "noemt antwoord geen van opleiding");
    cr_expect_eq(why.index, 1);
    json_t *document = json_deep_copy(margins.document);
    json_t *list = json_object_get(json_array_get(json_object_get(document, "margins"), 1), "categories");
    for (size_t c = 0; c < json_array_size(list); c++) {
        json_object_set_new(json_array_get(list, c), "answers",
                            json_pack("{s:[s]}", "geslacht", c == 0 ? "vrouw" : "man"));
    }
    cr_assert(margins_decode(&margins, &s.errors, s.arena, document));
    expect_refused("provincie,gender", "open", "margin gender goes by geslacht, which the questionnaire",
                   "gaat over geslacht");
    json_decref(document);
    scene_close(&s);
}

/* ---- faults of a file ---- */

static json_t *margin_at(json_t *document, size_t m)
{
    return json_array_get(json_object_get(document, "margins"), m);
}

static json_t *category_at(json_t *document, size_t m, size_t c)
{
    return json_array_get(json_object_get(margin_at(document, m), "categories"), c);
}

static void expect_fault(const char *pointer, const char *code)
{
    bool found = false;
    for (size_t i = 0; i < json_errors_kept(&s.errors); i++) {
        found = found || (strcmp(s.errors.items[i].pointer, pointer) == 0 &&
                          strcmp(s.errors.items[i].code, code) == 0);
    }
    cr_expect(found, "no %s at %s", code, pointer);
}

Test(results_margins, tell_every_fault_with_its_place)
{
    begin();
    json_t *document = json_deep_copy(margins.document);
    json_object_del(margin_at(document, 0), "source");
    json_object_set_new(margin_at(document, 0), "bron", json_string("x"));
    json_object_set_new(margin_at(document, 1), "code", json_string("leeftijd"));
    json_object_set_new(category_at(document, 0, 0), "target", json_real(-1));
    json_object_set_new(category_at(document, 0, 1), "neighbour", json_string("nergens"));
    json_object_set_new(category_at(document, 0, 2), "neighbour",
                        json_incref(json_object_get(category_at(document, 0, 2), "code")));
    json_object_set(category_at(document, 0, 4), "code",
                    json_object_get(category_at(document, 0, 3), "code"));
    json_object_set(category_at(document, 1, 1), "answers",
                    json_object_get(category_at(document, 1, 0), "answers"));
    json_object_del(json_object_get(category_at(document, 2, 5), "answers"), "gender");
    json_object_set_new(json_object_get(category_at(document, 3, 0), "answers"), "postcode", json_array());
    json_object_set_new(category_at(document, 4, 0), "answers", json_object());
    json_object_set_new(json_object_get(document, "outside"), "leeftijd", json_string("jonger-dan-16"));
    cr_expect_not(margins_decode(&margins, &s.errors, s.arena, document));
    expect_fault("/margins/0/source", "ontbreekt");
    expect_fault("/margins/0/bron", "onbekend-veld");
    expect_fault("/margins/1/code", "dubbel");
    expect_fault("/margins/0/categories/0/target", "bereik");
    expect_fault("/margins/0/categories/1/neighbour", "onbekend");
    expect_fault("/margins/0/categories/2/neighbour", "onbekend");
    expect_fault("/margins/0/categories/4/code", "dubbel");
    expect_fault("/margins/1/categories/1/answers", "dubbel");
    expect_fault("/margins/2/categories/5/answers", "ontbreekt");
    expect_fault("/margins/3/categories/0/answers/postcode", "type");
    expect_fault("/margins/4/categories/0/answers", "te-kort");
    expect_fault("/outside/leeftijd", "type");
    json_decref(document);
    scene_close(&s);
}

Test(results_margins, are_kept_as_chosen_and_read_back)
{
    begin();
    const struct slice codes[] = {SLICE("opleiding"), SLICE("gender")};
    json_t *document = margins_chosen_document(&margins, codes, 2);
    cr_expect_null(json_object_get(document, "not_available"));
    cr_assert(margins_decode(&margins, &s.errors, s.arena, document));
    cr_assert_eq(margins.count, 2);
    cr_expect(slice_equal_cstr(margins.margins[0].code, "opleiding"));
    cr_expect(slice_equal_cstr(margins.margins[1].code, "gender"));
    cr_assert(bind("opleiding,gender", "open"));
    json_decref(document);
    scene_close(&s);
}

/* ---- what a round says ---- */

Test(results_margins, of_a_round_are_those_of_its_document_or_the_default)
{
    struct weighting weighting = weighting_of(NULL);
    cr_expect_not(weighting.own);
    cr_expect_eq(weighting.count, 3);
    cr_expect_float_eq(weighting.limits.upper, 5, 0);
    json_t *round = json_pack("{s:{s:[s,s],s:i,s:i,s:i}}", "weighting", "margins", "gender", "landsdeel",
                              "lower_percent", 25, "upper_percent", 400, "smallest", 30);
    weighting = weighting_of(round);
    cr_expect(weighting.own);
    cr_expect_eq(weighting.count, 2);
    cr_expect(slice_equal_cstr(weighting.codes[1], "landsdeel"));
    cr_expect_float_eq(weighting.limits.lower, 0.25, 0);
    cr_expect_float_eq(weighting.limits.upper, 4, 0);
    cr_expect_eq(weighting.limits.smallest, 30);
    cr_expect_not(weighting_choose(&weighting, SLICE("1,2,3,4,5,6,7,8,9")));
    json_decref(round);
}
