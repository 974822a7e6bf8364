#include "features/tafel/tafel_suggestion.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <math.h>

TestSuite(tafel_suggestion, .fini = leaks_check);

enum { ARENA_MAX = 4 << 20 };

static const struct suggestion_bars bars = {
    .worry = 50, .change = 5, .divided = 0, .growth = 5, .growth_texts = 10, .growth_coded = 50};

static struct figure shown(double value, double low, double high)
{
    return (struct figure){.mark = FIGURE_SHOWN, .interval = true, .value = value, .low = low, .high = high};
}

Test(tafel_suggestion, a_worry_clears_the_bar_with_all_of_its_interval)
{
    struct figure found;
    struct watch_line line = {.dimension = "zorg", .top_two = shown(54, 50.1, 58)};
    cr_expect(suggestion_worry(&found, &line, &bars));
    cr_expect_eq(found.low, 50.1);
    line.top_two = shown(54, 50, 58);
    cr_expect_not(suggestion_worry(&found, &line, &bars), "on the bar is not above it");
    line.top_two = shown(90, 80, 95);
    line.top_two.mark = FIGURE_WITHHELD;
    cr_expect_not(suggestion_worry(&found, &line, &bars), "what is withheld proposes nothing");
    line.top_two = shown(90, 80, 95);
    line.top_two.interval = false;
    cr_expect_not(suggestion_worry(&found, &line, &bars), "without an interval there is nothing to clear");
    line = (struct watch_line){.dimension = "kans", .top_two = shown(90, 80, 95)};
    cr_expect_not(suggestion_worry(&found, &line, &bars), "much good is no worry");
}

Test(tafel_suggestion, to_expect_worse_is_a_worry_too)
{
    struct figure found;
    /* 10 % better, net -52: 62 % worse, with the interval of the net. */
    struct watch_line line = {
        .dimension = "effect", .top_two = shown(10, 8, 12), .net = shown(-52, -60, -44)};
    cr_expect(suggestion_worry(&found, &line, &bars));
    cr_expect_float_eq(found.value, 62, 1e-9);
    cr_expect_float_eq(found.low, 54, 1e-9);
    cr_expect_float_eq(found.high, 70, 1e-9);
    line.net = shown(-52, -65, -39);
    cr_expect_not(suggestion_worry(&found, &line, &bars));
    line.net.mark = FIGURE_UNRELIABLE;
    cr_expect_not(suggestion_worry(&found, &line, &bars));
}

Test(tafel_suggestion, a_change_is_beyond_its_interval_and_large_enough)
{
    struct figure found;
    struct watch_line line = {.compared = true, .change = shown(-6, -9, -3)};
    cr_expect(suggestion_change(&found, &line, &bars, 1), "down counts as up");
    line.change = shown(6, -0.1, 12.1);
    cr_expect_not(suggestion_change(&found, &line, &bars, 1), "0 is in it");
    line.change = shown(4.9, 3, 6.8);
    cr_expect_not(suggestion_change(&found, &line, &bars, 1), "too small to matter");
    line.change = shown(6, 3, 9);
    line.compared = false;
    cr_expect_not(suggestion_change(&found, &line, &bars, 1), "another wording");
}

Test(tafel_suggestion, a_change_among_many_questions_needs_a_wider_interval)
{
    struct figure found;
    const struct watch_line line = {.compared = true, .change = shown(6, 0.5, 11.5)};
    cr_expect(suggestion_change(&found, &line, &bars, 1));
    cr_expect_float_eq(found.low, 0.5, 1e-9);
    cr_expect_not(suggestion_change(&found, &line, &bars, 2), "2.24 by 1.96 times as wide");
    const struct watch_line clear = {.compared = true, .change = shown(-12, -17, -7)};
    cr_expect(suggestion_change(&found, &clear, &bars, 100));
    cr_expect_float_eq(found.low, -12 - 5 * 3.48075640434621 / 1.95996398454005, 1e-6);
    cr_expect_float_eq(found.high, -12 + 5 * 3.48075640434621 / 1.95996398454005, 1e-6);
}

Test(tafel_suggestion, people_are_divided_below_the_bar)
{
    struct figure found;
    struct watch_line line = {.agreement = shown(-0.3, -0.4, -0.1)};
    cr_expect(suggestion_divided(&found, &line, &bars));
    line.agreement = shown(-0.1, -0.3, 0.1);
    cr_expect_not(suggestion_divided(&found, &line, &bars));
    line.agreement = (struct figure){.mark = FIGURE_SHOWN, .value = -0.1};
    cr_expect(suggestion_divided(&found, &line, &bars), "no interval: the figure itself");
}

Test(tafel_suggestion, a_code_grows_in_each_period)
{
    static const struct {
        int64_t texts[GROWTH_PERIODS], coded[GROWTH_PERIODS];
        bool holds;
    } cases[] = {
        {{5, 8, 14}, {100, 100, 100}, true},   /* 5, 8, 14 % */
        {{5, 14, 14}, {100, 100, 100}, false}, /* it stands still */
        {{5, 8, 9}, {100, 100, 100}, false},   /* 4 points */
        {{0, 2, 9}, {100, 100, 100}, false},   /* too few texts */
        {{5, 8, 14}, {100, 49, 100}, false},   /* too few coded */
        {{5, 10, 20}, {100, 200, 400}, false}, /* more texts, the same share */
        {{0, 8, 14}, {100, 100, 100}, true},   /* from nothing */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct figure found;
        struct suggestion_growth growth = {.code = SLICE("etiket")};
        for (int k = 0; k < GROWTH_PERIODS; k++) {
            growth.texts[k] = cases[i].texts[k];
            growth.coded[k] = cases[i].coded[k];
        }
        cr_expect_eq(suggestion_growth(&found, &growth, &bars), cases[i].holds, "case %zu", i);
    }
}

Test(tafel_suggestion, all_that_is_found_has_its_subject)
{
    struct arena *arena = arena_create(ARENA_MAX);
    struct suggestion_finding *found;
    struct watch_line lines[] = {{.variable = "zorg_kweekvlees",
                                  .dimension = "zorg",
                                  .application = "kweekvlees",
                                  .top_two = shown(70, 66, 74)},
                                 {.variable = "kans_kweekvlees",
                                  .dimension = "kans",
                                  .compared = true,
                                  .change = shown(9, 5, 13),
                                  .agreement = shown(-0.5, -0.6, -0.4)}};
    const struct watch watch = {.lines = lines, .count = 2};
    const char *applications[] = {"kweekvlees"};
    struct map_cell cells[CODING_VALUES] = {{.application = "kweekvlees"}};
    enum convergence_label labels[CODING_VALUES] = {CONVERGENCE_AGREEMENT};
    for (int i = 0; i < CODING_VALUES; i++) {
        cells[i] = (struct map_cell){.application = "kweekvlees", .value = i};
    }
    labels[2] = CONVERGENCE_DISSONANCE;
    const struct value_map map = {.applications = applications, .application_count = 1, .cells = cells};
    const struct suggestion_growth growths[] = {{SLICE("etiket"), {5, 8, 14}, {100, 100, 100}},
                                                {SLICE("prijs"), {5, 5, 5}, {100, 100, 100}}};
    const struct suggestion_look look = {&watch, &map, labels, growths, 2};
    const size_t count = suggestion_find(&found, arena, &look, &bars);
    cr_assert_eq(count, 5);
    cr_expect_eq(found[0].rule, SUGGESTION_WORRY);
    cr_expect(slice_equal_cstr(found[0].subject, "zorg_kweekvlees"));
    cr_expect_eq(found[1].rule, SUGGESTION_CHANGE);
    cr_expect_eq(found[2].rule, SUGGESTION_DIVIDED);
    cr_expect(slice_equal_cstr(found[2].subject, "kans_kweekvlees"));
    cr_expect_eq(found[3].rule, SUGGESTION_CLASH);
    cr_expect(slice_equal_cstr(found[3].subject, "kweekvlees/gezondheid"));
    cr_expect_eq(found[4].rule, SUGGESTION_GROWTH);
    cr_expect(slice_equal_cstr(found[4].subject, "etiket"));
    const struct suggestion_look nothing = {.growth_count = 0};
    cr_expect_eq(suggestion_find(&found, arena, &nothing, &bars), 0);
    arena_destroy(arena);
}
