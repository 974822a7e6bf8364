/* Which step of a recommendation or a research question may follow which, how much a question matters, and
 * the procedures that travel inside the program. */
#include "features/tafel/tafel_case_pages.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(tafel_case);

static unsigned needs(enum case_sort sort, const char *from, const char *to)
{
    return case_step_needs(sort, slice_from_cstr(from), slice_from_cstr(to));
}

Test(tafel_case, steps_ask_for_what_they_need)
{
    cr_expect_eq(needs(CASE_RECOMMENDATION, "opgesteld", "vastgesteld"), CASE_GROUND);
    cr_expect_eq(needs(CASE_RECOMMENDATION, "vastgesteld", "aangeboden"), CASE_TOLD);
    cr_expect_eq(needs(CASE_RECOMMENDATION, "aangeboden", "deels-overgenomen"), CASE_TOLD);
    cr_expect_eq(needs(CASE_RECOMMENDATION, "opgesteld", "overgenomen"), CASE_NO_STEP);
    cr_expect_eq(needs(CASE_RECOMMENDATION, "voorgesteld", "geprioriteerd"), CASE_NO_STEP);
    cr_expect_eq(needs(CASE_QUESTION, "voorgesteld", "geprioriteerd"), CASE_GROUND | CASE_POINTS);
    cr_expect_eq(needs(CASE_QUESTION, "geprioriteerd", "vervallen"), CASE_GROUND | CASE_TOLD);
    cr_expect_eq(needs(CASE_QUESTION, "afgerond", "uitgezet"), CASE_NO_STEP);
    cr_expect_eq(needs(CASE_QUESTION, "", ""), CASE_NO_STEP);
}

/* From where it begins, every state is reached, and none leads to itself. */
Test(tafel_case, every_state_is_reached_from_the_first)
{
    for (unsigned sort = 0; sort < CASE_SORTS; sort++) {
        const char *const *states = case_states[sort];
        bool reached[16] = {true};
        for (size_t turn = 0; turn < 16; turn++) {
            for (size_t from = 0; states[from]; from++) {
                for (size_t to = 0; states[to]; to++) {
                    const bool step = needs((enum case_sort)sort, states[from], states[to]) != CASE_NO_STEP;
                    cr_expect_not(step && from == to, "%s", states[from]);
                    reached[to] = reached[to] || (reached[from] && step);
                }
            }
        }
        for (size_t i = 0; states[i]; i++) {
            cr_expect(reached[i], "%s", states[i]);
        }
    }
}

Test(tafel_case, no_side_decides_alone_how_much_a_question_matters)
{
    static const struct {
        int32_t points[TABLE_SIDES];
        struct research_priority priority;
    } cases[] = {
        {{0, 0, 0, 0}, {0, 0, 0}}, {{0, 3, 0, 0}, {1, 6, 0}}, {{5, 0, 2, 0}, {2, 7, 3}},
        {{5, 1, 1, 0}, {3, 2, 4}}, {{5, 1, 1, 2}, {4, 3, 4}}, {{4, 4, 4, 4}, {4, 8, 0}},
        {{1, 2, 3, 5}, {4, 5, 4}}, {{5, 4, 3, 2}, {4, 7, 3}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct research_priority got = research_weigh(cases[i].points);
        cr_expect(got.sides == cases[i].priority.sides && got.halves == cases[i].priority.halves &&
                      got.spread == cases[i].priority.spread,
                  "%zu: %zu %d %d", i, got.sides, (int)got.halves, (int)got.spread);
    }
}

Test(tafel_case, procedures_say_where_they_stand_in_both_languages_and_invent_nothing)
{
    json_t *document = procedures_load();
    cr_assert_not_null(document);
    for (size_t l = 0; l < 2; l++) {
        size_t i;
        const json_t *one;
        json_t *shown = procedures_in(document, l ? "en" : "nl");
        json_t *options = procedures_options(document, l ? "en" : "nl");
        const json_t *list = json_object_get(shown, "procedures");
        cr_expect_gt(json_array_size(list), 0);
        cr_expect_eq(json_array_size(list), json_array_size(options));
        cr_expect_not_null(json_object_get(json_object_get(shown, "bron"), "titel"));
        json_array_foreach(list, i, one)
        {
            for (const char *const *member =
                     (const char *const[]){"code", "titel", "wie", "stap", "paragraaf", NULL};
                 *member; member++) {
                cr_expect_not_null(json_string_value(json_object_get(one, *member)), "%zu %s", i, *member);
            }
        }
        json_decref(options);
        json_decref(shown);
    }
    json_decref(document);
}
