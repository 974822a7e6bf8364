/* Panels of pages: the same numbers in chart, table and sentence, and nothing that the figures withhold. */
#include "features/results/results_web_panel.h"
#include "unit/features/questionnaire/support.h"

#include "web/chart.h"

#include <string.h>

TestSuite(results_web_panel, .fini = leaks_check);

enum { POINTS = 5, LINES = 3 };

static struct scene s;
static struct survey_round round_;
static const struct variable *variables;
static struct panel_maker maker;
static json_t *context;

static size_t find(const char *code)
{
    const int index = questionnaire_find_variable(s.q, slice_from_cstr(code));
    cr_assert_geq(index, 0, "%s", code);
    return (size_t)index;
}

static void begin(void)
{
    size_t count;
    scene_open(&s, COMPLETE);
    variables = questionnaire_variables(&count, s.q);
    round_ = (struct survey_round){
        .questionnaire = s.q, .opens_at = 1780272000 /* 2026-06-01 */, .closes_at = 1811808000};
    maker = (struct panel_maker){s.arena, s.locales, 0};
    context = NULL;
}

static void end(void)
{
    json_decref(context);
    scene_close(&s);
}

static struct figure shown(double value)
{
    return (struct figure){
        .value = value, .interval = true, .low = value - 2, .high = value + 2, .mark = FIGURE_SHOWN};
}

/* Of a variable with these codes in the base, "weet ik niet" first where it is given. */
static struct figures *figures_of(const char *code, const uint32_t *codes, size_t count, size_t lines)
{
    static const uint16_t open[] = {ANSWER_FIRST};
    struct figures *figures = arena_alloc(s.arena, sizeof *figures);
    const size_t variable = find(code);
    *figures = (struct figures){.query = {.view = FIGURES_PUBLIC,
                                          .round = &round_,
                                          .variable = variable,
                                          .filters = {{find("werving"), open, 1}},
                                          .filter_count = 1,
                                          .shares = true},
                                .variable = &variables[variable],
                                .answer_count = count,
                                .answers = arena_array(s.arena, count, sizeof *figures->answers),
                                .line_count = lines,
                                .lines = arena_array(s.arena, lines, sizeof *figures->lines),
                                .scale = variables[variable].scores != NULL,
                                .fewer = 15,
                                .release = 3,
                                .made_at = 1796083200 /* 2026-12-01 */};
    for (size_t i = 0; i < count; i++) {
        const bool point = codes[i] >= ANSWER_FIRST && figures->scale;
        figures->answers[i] =
            (struct figures_answer){.code = codes[i],
                                    .name = figures_code_name(s.arena, figures->variable, codes[i]),
                                    .label = {figures_code_label(figures->variable, codes[i], 0),
                                              figures_code_label(figures->variable, codes[i], 1)},
                                    .in_base = codes[i] != ANSWER_NONE,
                                    .has_score = point,
                                    .score = point ? figures->variable->scores[codes[i] - ANSWER_FIRST] : 0};
    }
    for (size_t l = 0; l < lines; l++) {
        figures->lines[l] =
            (struct figures_line){.release = 3,
                                  .people = {.value = 1003},
                                  .base = {.value = 1003},
                                  .cells = arena_array(s.arena, count, sizeof(struct figures_cell))};
    }
    return figures;
}

static struct figures *scale_figures(size_t lines)
{
    static const uint32_t codes[] = {ANSWER_DONT_KNOW, ANSWER_FIRST,     ANSWER_FIRST + 1,
                                     ANSWER_FIRST + 2, ANSWER_FIRST + 3, ANSWER_FIRST + 4};
    static const double shares[] = {4, 12, 41, 23, 13, 7};
    struct figures *figures = figures_of("houding", codes, 1 + POINTS, lines);
    for (size_t l = 0; l < lines; l++) {
        for (size_t i = 0; i <= POINTS; i++) {
            figures->lines[l].cells[i].share = shown(shares[i]);
            figures->lines[l].cells[i].count = shown(10 * shares[i]);
        }
    }
    return figures;
}

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static const json_t *row_at(size_t index)
{
    return json_array_get(json_object_get(json_object_get(context, "table"), "rows"), index);
}

static const char *cell_at(size_t row, size_t cell, const char *key)
{
    return text_at(json_array_get(json_object_get(row_at(row), "cells"), cell), key);
}

static void make_one(const struct figures *figures)
{
    const struct panel_row row = {.figures = figures, .line = &figures->lines[0]};
    const struct panel panel = {.id = "f1", .about = "Vraag", .rows = &row, .row_count = 1, .method = "/m"};
    context = panel_context(&maker, &panel);
}

Test(results_web_panel, shows_an_answer_a_line_with_its_range_and_count)
{
    begin();
    struct figures *figures = scale_figures(1);
    figures->lines[0].measures[FIGURES_MEAN] = (struct figure){.value = 3.4, .digits = 1};
    make_one(figures);
    const char *chart = text_at(context, "chart_html");
    cr_expect(strstr(chart, "Naar schatting 41 van de 100 deelnemers antwoorden “Goed”"), "%s", chart);
    cr_expect(strstr(chart, "zs-chart__row--scale"), "a scale is drawn diverging");
    cr_expect_str_eq(text_at(row_at(0), "label"), "Heel goed", "points first");
    cr_expect_str_eq(text_at(row_at(POINTS), "label"), "Weet ik niet", "and then who has none");
    cr_expect_str_eq(cell_at(1, 0, "text"), "41\u00a0%");
    cr_expect_str_eq(cell_at(1, 1, "text"), "39 tot 43");
    cr_expect_str_eq(cell_at(1, 2, "text"), "410");
    cr_expect_str_eq(cell_at(POINTS + 1, 2, "text"), "1.003", "everybody who answered");
    cr_expect_str_eq(text_at(context, "made"), "Uitgave 3 van 1 december 2026.");
    cr_expect(
        strstr(text_at(context, "people"), "1.003 mensen gaven antwoord. Zij kwamen via de open link."));
    cr_expect_eq(json_array_size(json_object_get(context, "sentences")), 1,
                 "the mean; the chart has the other");
    end();
}

/* The top two are of who has an opinion, and the bars beside them of everybody who answered. */
Test(results_web_panel, says_of_whom_the_top_two_are)
{
    begin();
    struct figures *figures = scale_figures(1);
    figures->lines[0].measures[FIGURES_TOP_TWO] = shown(55);
    make_one(figures);
    const char *chart = text_at(context, "chart_html");
    cr_expect(strstr(chart, "“Heel goed” of “Goed”: 55\u00a0% van wie het weet"), "%s", chart);
    json_decref(context);
    figures->answers[0].in_base = false;
    make_one(figures);
    chart = text_at(context, "chart_html");
    cr_expect(strstr(chart, "“Heel goed” of “Goed”: 55\u00a0%"), "%s", chart);
    cr_expect_null(strstr(chart, "van wie het weet"), "nobody else is in the bars either");
    end();
}

Test(results_web_panel, draws_who_does_not_know_after_the_answers_as_the_table_has_it)
{
    static const uint32_t codes[] = {ANSWER_DONT_KNOW, ANSWER_FIRST, ANSWER_FIRST + 1};
    begin();
    struct figures *figures = figures_of("kanaal", codes, 3, 1);
    for (size_t i = 0; i < 3; i++) {
        figures->lines[0].cells[i].share = shown(20 + 10 * (double)i);
        figures->lines[0].cells[i].count = shown(200);
    }
    const struct panel_row row = {.figures = figures, .line = &figures->lines[0]};
    const struct panel panel = {.id = "f1", .about = "Kanaal", .rows = &row, .row_count = 1};
    const char *chart = panel_chart(&maker, &panel, "Zo kwamen zij").ptr;
    cr_assert_not_null(chart);
    const char *none = strstr(chart, "Weet ik niet"), *last = strstr(chart, figures->answers[2].label[0]);
    cr_assert(none && last);
    cr_expect_gt(none, last);
    end();
}

Test(results_web_panel, says_when_figures_are_carried_over)
{
    begin();
    struct figures *figures = scale_figures(1);
    figures->lines[0].release = 2;
    make_one(figures);
    cr_expect_str_eq(text_at(context, "made"),
                     "Uitgave 3 van 1 december 2026. De cijfers hiervan staan vast sinds uitgave 2.");
    end();
}

Test(results_web_panel, writes_the_other_language)
{
    begin();
    maker.language = 1;
    make_one(scale_figures(1));
    cr_expect_str_eq(cell_at(1, 0, "text"), "41%");
    cr_expect_str_eq(cell_at(1, 1, "text"), "39 to 43");
    cr_expect(strstr(text_at(context, "chart_html"), "participants answer"));
    cr_expect_str_eq(text_at(context, "made"), "Release 3 of 1 December 2026.");
    end();
}

/* Every mark: no value of it, and its reason in words, in chart and table alike. */
Test(results_web_panel, prints_no_number_that_is_withheld)
{
    static const struct {
        struct figure figure;
        const char *share, *count;
    } cases[] = {{{.mark = FIGURE_WITHHELD, .value = 77}, "te weinig mensen", "te weinig mensen"},
                 {{.mark = FIGURE_UNRELIABLE, .value = 77}, "te onzeker", "te onzeker"},
                 {{.mark = FIGURE_NONE, .value = 77}, "geen", "geen"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin();
        struct figures *figures = scale_figures(1);
        figures->lines[0].cells[2].share = figures->lines[0].cells[2].count = cases[i].figure;
        make_one(figures);
        cr_expect_str_eq(cell_at(1, 0, "text"), cases[i].share);
        cr_expect_str_eq(cell_at(1, 1, "text"), "–");
        cr_expect_str_eq(cell_at(1, 2, "text"), cases[i].count);
        char *all = json_dumps(context, 0);
        cr_expect_null(strstr(all, "77\u00a0%"), "%s", all);
        cr_expect_null(strstr(all, "\"77\""), "%s", all);
        cr_expect(strstr(text_at(context, "chart_html"), "te weinig mensen voor een balk"));
        free(all);
        end();
    }
}

Test(results_web_panel, draws_what_is_fewer_without_its_number)
{
    begin();
    struct figures *figures = scale_figures(1);
    figures->lines[0].cells[5].share = (struct figure){.mark = FIGURE_FEWER, .value = 8};
    figures->lines[0].cells[5].count = (struct figure){.mark = FIGURE_FEWER};
    make_one(figures);
    cr_expect_str_eq(cell_at(4, 0, "text"), "minder dan 8\u00a0%");
    cr_expect_str_eq(cell_at(4, 2, "text"), "minder dan 15");
    const char *chart = text_at(context, "chart_html");
    cr_expect_null(strstr(chart, ">7<"), "what is left of 100 is not told");
    cr_expect_null(strstr(chart, ">8<"));
    cr_expect(strstr(chart, ">41<"));
    end();
}

Test(results_web_panel, draws_a_whole_bar_whatever_noise_made_of_the_sum)
{
    begin();
    struct figures *figures = scale_figures(1);
    figures->lines[0].cells[2].share = shown(49); /* 108 together */
    make_one(figures);
    cr_expect(strstr(text_at(context, "chart_html"), ">49<"), "drawn, and the number is the figure's");
    end();
}

Test(results_web_panel, compares_groups_with_everybody)
{
    begin();
    static const uint32_t codes[] = {ANSWER_FIRST, ANSWER_FIRST + 1};
    struct figures *figures = figures_of("gender", codes, 2, LINES);
    for (size_t l = 0; l < LINES; l++) {
        figures->lines[l].cells[0].share = shown(40 + 10 * (double)l);
        figures->lines[l].cells[1].share = shown(60 - 10 * (double)l);
    }
    figures->lines[1].cells[0].share = (struct figure){.mark = FIGURE_FEWER, .value = 9};
    const struct panel_row rows[] = {{.label = "Jong", .figures = figures, .line = &figures->lines[0]},
                                     {.label = "Oud", .figures = figures, .line = &figures->lines[1]}};
    const struct panel_row all = {.label = "Iedereen", .figures = figures, .line = &figures->lines[2]};
    const struct panel panel = {.id = "f1",
                                .about = "Vraag",
                                .rows_are = "Leeftijd",
                                .answer = "vrouw",
                                .rows = rows,
                                .row_count = 2,
                                .all = &all};
    context = panel_context(&maker, &panel);
    const char *chart = text_at(context, "chart_html");
    cr_expect(strstr(chart, "Iedereen die meedeed: 60\u00a0%"), "%s", chart);
    cr_expect(strstr(chart, "Naar schatting 60 van de 100 deelnemers antwoorden “Vrouw”"),
              "the message is about everybody");
    cr_expect(strstr(chart, "minder dan 9\u00a0%"));
    cr_expect_str_eq(text_at(row_at(0), "label"), "Iedereen");
    cr_expect_str_eq(text_at(row_at(2), "label"), "Oud");
    cr_expect_str_eq(cell_at(1, 1, "text"), "40\u00a0%");
    cr_expect_str_eq(cell_at(1, 1, "range"), "38 tot 42");
    cr_expect_str_eq(cell_at(2, 1, "text"), "minder dan 9\u00a0%");
    cr_expect_eq(json_array_size(json_object_get(row_at(1), "cells")), 2, "people and the one answer");
    end();
}

/* What the range assumes stands with every panel, once. */
Test(results_web_panel, says_what_the_range_assumes)
{
    begin();
    struct figures *figures = scale_figures(1);
    make_one(figures);
    cr_expect(strstr(text_at(context, "people"), "als deelnemers lijken op mensen die niet meededen."), "%s",
              text_at(context, "people"));
    json_decref(context);
    figures->query.weighted = true;
    make_one(figures);
    cr_expect(strstr(text_at(context, "people"), "binnen elke groep lijken op niet-deelnemers."), "%s",
              text_at(context, "people"));
    end();
}

/* Of topics none says what all of them show; of a value that is read about, its own row is told. */
Test(results_web_panel, tells_of_the_row_that_is_meant_and_of_topics_none)
{
    begin();
    static const uint32_t codes[] = {ANSWER_FIRST, ANSWER_FIRST + 1};
    struct figures *low = figures_of("gender", codes, 2, 1), *high = figures_of("gender", codes, 2, 1);
    low->lines[0].cells[0].share = shown(20);
    high->lines[0].cells[0].share = shown(70);
    const struct panel_row rows[] = {{.label = "Vlees", .figures = low, .line = &low->lines[0]},
                                     {.label = "Melk", .figures = high, .line = &high->lines[0]}};
    struct panel panel = {.id = "f1",
                          .about = "Wat wordt beter?",
                          .rows_are = "Onderwerp",
                          .answer = "vrouw",
                          .told = &rows[0],
                          .rows = rows,
                          .row_count = 2};
    context = panel_context(&maker, &panel);
    cr_expect(strstr(text_at(context, "chart_html"), "Naar schatting 20 van de 100"), "%s",
              text_at(context, "chart_html"));
    cr_expect_null(strstr(text_at(context, "chart_html"), "Naar schatting 70 van de 100"));
    json_decref(context);
    panel.told = NULL;
    panel.title = "Alles naast elkaar";
    context = panel_context(&maker, &panel);
    cr_expect(strstr(text_at(context, "chart_html"), "Alles naast elkaar"));
    cr_expect_null(strstr(text_at(context, "chart_html"), "schatting"));
    cr_expect_eq(json_array_size(json_object_get(context, "sentences")), 0);
    end();
}

/* A chart of groups that have no place in it is a sentence: in bars and in dots. */
Test(results_web_panel, draws_no_rows_that_are_all_hidden)
{
    begin();
    struct figures *figures = scale_figures(LINES);
    for (size_t l = 0; l < 2; l++) {
        for (size_t i = 0; i <= POINTS; i++) {
            figures->lines[l].cells[i].share = (struct figure){.mark = FIGURE_WITHHELD};
        }
    }
    const struct panel_row rows[] = {{.label = "Jong", .figures = figures, .line = &figures->lines[0]},
                                     {.label = "Oud", .figures = figures, .line = &figures->lines[1]}};
    const struct panel_row all = {.label = "Iedereen", .figures = figures, .line = &figures->lines[2]};
    struct panel panel = {
        .id = "f1", .about = "Vraag", .rows_are = "Leeftijd", .rows = rows, .row_count = 2, .all = &all};
    context = panel_context(&maker, &panel);
    const char *chart = text_at(context, "chart_html");
    cr_expect(strstr(chart, "zs-chart__row--scale"), "everybody is drawn");
    cr_expect_null(strstr(chart, "te weinig mensen voor een balk"), "%s", chart);
    cr_expect(strstr(text_at(context, "no_chart"), "Kijk in de tabel"), "%s", text_at(context, "no_chart"));
    cr_expect_eq(json_array_size(json_object_get(json_object_get(context, "table"), "rows")), 3);
    json_decref(context);
    panel.answer = figures->answers[2].name;
    context = panel_context(&maker, &panel);
    cr_expect_str_eq(text_at(context, "chart_html"), "");
    cr_expect(strstr(text_at(context, "no_chart"), "Kijk in de tabel"));
    cr_expect_eq(json_array_size(json_object_get(context, "sentences")), 1, "of everybody");
    json_decref(context);
    figures->lines[1].cells[2].share = shown(40);
    context = panel_context(&maker, &panel);
    cr_expect(strstr(text_at(context, "chart_html"), "te weinig mensen"), "one that is hidden among others");
    cr_expect_str_eq(text_at(context, "no_chart"), "");
    end();
}

Test(results_web_panel, leaves_out_a_chart_of_too_many_groups)
{
    begin();
    struct figures *figures = scale_figures(1);
    struct panel_row *rows = arena_array(s.arena, CHART_ROWS_MAX + 1, sizeof *rows);
    for (size_t r = 0; r <= CHART_ROWS_MAX; r++) {
        rows[r] = (struct panel_row){.label = "Groep", .figures = figures, .line = &figures->lines[0]};
    }
    const struct panel panel = {.id = "f1",
                                .about = "Vraag",
                                .rows_are = "Groep",
                                .rows = rows,
                                .row_count = CHART_ROWS_MAX + 1,
                                .all = &rows[0]};
    context = panel_context(&maker, &panel);
    cr_expect_str_eq(text_at(context, "chart_html"), "");
    cr_expect(strlen(text_at(context, "no_chart")) > 0);
    cr_expect_eq(json_array_size(json_object_get(json_object_get(context, "table"), "rows")),
                 CHART_ROWS_MAX + 2);
    end();
}

/* A limit that stands past the interval of what it limits is still drawn. */
Test(results_web_panel, writes_limits_as_limits)
{
    begin();
    static const uint32_t codes[] = {ANSWER_FIRST, ANSWER_FIRST + 1};
    struct figures *figures = figures_of("gender", codes, 2, 1);
    figures->lines[0].cells[0].share = (struct figure){
        .limited = true, .value = 99.5, .digits = 1, .interval = true, .low = 99.7, .high = 100};
    figures->lines[0].cells[1].share =
        (struct figure){.limited = true, .value = 0.5, .digits = 1, .interval = true, .low = 0, .high = 0.3};
    make_one(figures);
    cr_expect_str_eq(cell_at(0, 0, "text"), "ten minste 99,5\u00a0%");
    cr_expect_str_eq(cell_at(1, 0, "text"), "ten hoogste 0,5\u00a0%");
    cr_expect(strstr(text_at(context, "chart_html"), "ten hoogste 0,5\u00a0%"));
    end();
}

Test(results_web_panel, follows_each_answer_over_rounds)
{
    begin();
    struct figures *before = scale_figures(1), *now = scale_figures(1);
    before->lines[0].cells[2].share = shown(30);
    before->lines[0].cells[5].share = (struct figure){.mark = FIGURE_FEWER, .value = 8};
    const struct panel_row rows[] = {{"Eerste", "/r1", before, &before->lines[0], "mei 2026", 1},
                                     {"Tweede", "/r2", now, &now->lines[0], "mei 2027", 2}};
    const struct panel panel = {.id = "tijd",
                                .about = "Door de tijd",
                                .rows_are = "Ronde",
                                .over_time = true,
                                .rows = rows,
                                .row_count = 2};
    context = panel_context(&maker, &panel);
    const char *chart = text_at(context, "chart_html");
    size_t panels = 0;
    for (const char *at = chart; (at = strstr(at, "zs-chart__panel")); at++) {
        panels++;
    }
    cr_expect_eq(panels, 1 + POINTS);
    cr_expect(strstr(chart, "mei 2026: minder dan 8\u00a0%"), "a line that is broken says why");
    cr_expect_str_eq(cell_at(0, 2, "text"), "30\u00a0%");
    cr_expect_str_eq(cell_at(1, 2, "text"), "41\u00a0%");
    cr_expect(strstr(text_at(context, "people"), "Over “Tweede”: 1.003 mensen"), "the last round");
    end();
}

/* ---- how much rows differ ---- */

static struct figure difference_of(double value, double low, double high)
{
    return (struct figure){.mark = FIGURE_SHOWN, .interval = true, .value = value, .low = low, .high = high};
}

static json_t *compared(const struct panel_difference *differences, size_t count)
{
    static const uint32_t codes[] = {ANSWER_FIRST, ANSWER_FIRST + 1};
    struct figures *figures = figures_of("voor-wie", codes, 2, 1);
    const struct panel_row row = {.label = "Iedereen", .figures = figures, .line = &figures->lines[0]};
    const struct panel panel = {.id = "f1",
                                .rows_are = "Groep",
                                .about = "Voor wie?",
                                .rows = &row,
                                .row_count = 1,
                                .differences = differences,
                                .difference_count = count};
    return panel_differences(&maker, &panel);
}

Test(results_web_panel, tells_the_largest_difference_that_is_clear_of_whoever_has_more)
{
    begin();
    const struct panel_difference differences[] = {
        {.one = "Zuid", .other = "Noord", .answer = "Goed", .figure = difference_of(-12, -20, -4)},
        {.one = "Zuid", .other = "Oost", .answer = "Goed", .figure = difference_of(15, -2, 31)},
        {.one = "Zuid", .other = "West", .answer = "Goed", .figure = difference_of(7, 1, 13)},
        {.one = "Oost", .other = "West", .answer = "Goed", .figure = {.mark = FIGURE_WITHHELD}}};
    context = compared(differences, 4);
    cr_expect_str_eq(text_at(context, "sentence"),
                     "Het grootste duidelijke verschil is tussen “Noord” en “Zuid”. Bij “Noord” geven naar "
                     "schatting 12 op de 100 deelnemers meer het antwoord “Goed” (tussen 4 en 20).");
    cr_expect(
        strstr(text_at(context, "counted"), "Aantal vergelijkingen: 3. Aantal duidelijke verschillen: 2."));
    const json_t *rows = json_object_get(json_object_get(context, "pairs"), "rows");
    cr_expect_eq(json_array_size(rows), 4, "those that may not be told stand there too");
    const json_t *cells = json_object_get(json_array_get(rows, 3), "cells");
    cr_expect_str_eq(text_at(json_array_get(cells, 1), "text"), "te weinig mensen");
    cr_expect_str_eq(text_at(json_array_get(cells, 2), "text"), "–");
    cr_expect_str_eq(text_at(json_array_get(cells, 3), "text"), "–");
    end();
}

Test(results_web_panel, of_many_comparisons_it_lists_the_clear_ones_and_counts_all)
{
    enum { MANY = DIFFERENCE_ROWS_MAX + 50, CLEAR = 7 };
    struct panel_difference differences[MANY];
    begin();
    for (size_t i = 0; i < MANY; i++) {
        differences[i] = (struct panel_difference){.one = "Een",
                                                   .other = "Ander",
                                                   .answer = "Goed",
                                                   .figure = i < CLEAR ? difference_of(9, 2, 16)
                                                                       : difference_of(1, -5, 7)};
    }
    context = compared(differences, MANY);
    cr_expect(
        strstr(text_at(context, "counted"), "Aantal vergelijkingen: 150. Aantal duidelijke verschillen: 7."));
    cr_expect_eq(json_array_size(json_object_get(json_object_get(context, "pairs"), "rows")), CLEAR);
    cr_expect(strstr(text_at(context, "note"), "ten hoogste 100"));
    end();
}

Test(results_web_panel, compares_nothing_where_nothing_may_be_told)
{
    begin();
    const struct panel_difference hidden = {
        .one = "Een", .other = "Ander", .figure = {.mark = FIGURE_WITHHELD}};
    cr_expect_null(compared(&hidden, 1));
    cr_expect_null(compared(NULL, 0));
    const struct panel_difference vague = {.one = "Een", .other = "Ander", .figure = difference_of(1, -3, 5)};
    context = compared(&vague, 1);
    cr_expect_str_eq(text_at(context, "sentence"), "Geen enkel verschil is duidelijk.");
    end();
}
