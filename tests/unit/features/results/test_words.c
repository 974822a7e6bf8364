/* Figures in sentences: as the stream allows, and never more than that. */
#include "features/results/results_measures.h"
#include "features/results/results_words.h"
#include "features/results/results_write.h"
#include "unit/features/questionnaire/support.h"

#include <stdio.h>

TestSuite(results_words, .fini = leaks_check);

static struct scene s;
static struct survey_round round_;
static struct figures figures;
static struct figures_line line;
static struct figures_cell cells[1];
static struct figures_answer answer = {.name = "goed", .label = {"Goed", "Good"}, .in_base = true};
static uint16_t stream_code;
static const struct variable *variables;

static size_t find(const char *code)
{
    int index = questionnaire_find_variable(s.q, slice_from_cstr(code));
    cr_assert_geq(index, 0, "%s", code);
    return (size_t)index;
}

static void open_scene(void)
{
    size_t count;
    scene_open(&s, COMPLETE);
    variables = questionnaire_variables(&count, s.q);
    round_ = (struct survey_round){.questionnaire = s.q,
                                   .opens_at = 1780272000,   /* 2026-06-01 */
                                   .closes_at = 1811800800}; /* 2027-06-01, midnight in the Netherlands */
    figures = (struct figures){.query = {.round = &round_, .filter_count = 1, .variable = find("houding")},
                               .variable = &variables[find("houding")],
                               .answer_count = 1,
                               .answers = &answer};
    line = (struct figures_line){.cells = cells, .base = {.value = 1003}};
    cells[0].share = (struct figure){.value = 61.6, .low = 58.6, .high = 64.6, .interval = true};
    line.measures[FIGURES_MEAN] = (struct figure){.value = 3.41, .low = 3.2, .high = 3.6, .interval = true};
}

static void come_by(uint16_t stream)
{
    stream_code = (uint16_t)(ANSWER_FIRST + stream);
    figures.query.filters[0] = (struct figures_filter){find("werving"), &stream_code, 1};
}

static const char *share(int language)
{
    return figures_share_sentence(s.arena, s.locales, language, &figures, &line, 0).ptr;
}

Test(results_words, speak_of_who_took_part)
{
    open_scene();
    come_by(STREAM_OPEN);
    cr_expect_str_eq(share(0),
                     "Naar schatting 62 van de 100 deelnemers antwoorden “Goed” (tussen 59 en 65).");
    cr_expect_str_eq(share(1), "An estimated 62 in 100 participants answer “Good” (between 59 and 65).");
    cells[0].share.value = 1.2;
    cr_expect(strstr(share(0), "1 van de 100 deelnemers antwoordt “Goed”"), "%s", share(0));
    scene_close(&s);
}

Test(results_words, speak_of_residents_only_of_an_invited_sample)
{
    open_scene();
    for (uint16_t stream = STREAM_OPEN; stream <= STREAM_ORGANISATION; stream++) {
        come_by(stream);
        cr_expect_eq(strstr(share(0), "inwoners") != NULL, stream == STREAM_INVITED, "%s", share(0));
        cr_expect_eq(strstr(share(1), "residents") != NULL, stream == STREAM_INVITED, "%s", share(1));
    }
    figures.query.filter_count = 0;
    cr_expect(strstr(share(0), "van de 100 deelnemers, hoe zij ook kwamen, antwoorden"), "%s", share(0));
    scene_close(&s);
}

/* Of an option nobody says "ja", and of a part it is said which. */
Test(results_words, name_what_was_chosen_and_the_part_that_was_answered)
{
    static struct figures_answer ticks[] = {
        {.name = "ja", .label = {"Ja", "Yes"}, .code = ANSWER_FIRST + 1, .in_base = true},
        {.name = "nee", .label = {"Nee", "No"}, .code = ANSWER_FIRST, .in_base = true}};
    struct variable option = {.set = SET_MULTIPLE, .part = {"Gezondheid", "Health"}};
    open_scene();
    come_by(STREAM_OPEN);
    figures.variable = &option;
    figures.answers = &ticks[0];
    cr_expect_str_eq(share(0),
                     "Naar schatting 62 van de 100 deelnemers kiezen “Gezondheid” (tussen 59 en 65).");
    figures.answers = &ticks[1];
    cr_expect_str_eq(share(0),
                     "Naar schatting 62 van de 100 deelnemers kiezen “Gezondheid” niet (tussen 59 en 65).");
    cr_expect_str_eq(share(1),
                     "An estimated 62 in 100 participants do not choose “Health” (between 59 and 65).");
    option.set = SET_SERIES;
    figures.answers = &answer;
    cr_expect(strstr(share(0), "antwoorden “Goed” bij “Gezondheid” (tussen"), "%s", share(0));
    figures.answers = &answer;
    scene_close(&s);
}

Test(results_words, name_the_group_the_scale_and_the_limits)
{
    open_scene();
    come_by(STREAM_OPEN);
    figures.query.group_count = 2;
    figures.groups[0] = &variables[find("gender")];
    figures.groups[1] = &variables[find("werving")];
    line.groups[0] = ANSWER_FIRST;
    line.groups[1] = FIGURES_ALL;
    line.group_labels[0][0] = "Vrouw";
    cr_expect(strstr(share(0), "deelnemers met het antwoord “Vrouw” bij “Wat is uw gender?” antwoorden"),
              "%s", share(0));
    cr_expect_str_eq(figures_mean_sentence(s.arena, s.locales, 0, &figures, &line).ptr,
                     "Het gemiddelde van deelnemers met het antwoord “Vrouw” bij “Wat is uw gender?” is naar "
                     "schatting 3,4 (tussen 3,2 en 3,6). De schaal loopt van 1 (Heel slecht) tot 5 (Heel "
                     "goed).");
    cells[0].share = (struct figure){.value = 0.3};
    cr_expect(strstr(share(0), "minder dan 1 van de 100"), "%s", share(0));
    cells[0].share = (struct figure){.value = 99.8};
    cr_expect(strstr(share(0), "meer dan 99 van de 100"), "%s", share(0));
    cells[0].share = (struct figure){.value = 2.4, .limited = true};
    cr_expect(strstr(share(0), "ten hoogste 3 van de 100"), "%s", share(0));
    cells[0].share = (struct figure){.value = 97.6, .limited = true};
    cr_expect(strstr(share(0), "ten minste 97 van de 100"), "%s", share(0));
    for (int mark = FIGURE_WITHHELD; mark <= FIGURE_NONE; mark++) {
        cells[0].share = (struct figure){.mark = (enum figure_mark)mark, .value = 15};
        cr_expect_null(strstr(share(0), "15"), "%s", share(0));
    }
    scene_close(&s);
}

Test(results_words, name_whom_a_filter_leaves)
{
    static const uint16_t ages[] = {ANSWER_FIRST + 1, ANSWER_FIRST + 2};
    open_scene();
    come_by(STREAM_OPEN);
    figures.query.filters[1] = (struct figures_filter){find("leeftijd"), ages, 1};
    figures.query.filter_count = 2;
    cr_expect(
        strstr(share(0), "deelnemers met het antwoord “16 tot en met 34” bij “Hoe oud bent u?” antwoorden"),
        "%s", share(0));
    figures.query.filters[1].count = 2;
    cr_expect(strstr(share(0), "antwoord “16 tot en met 34 of 35 of ouder” bij"), "%s", share(0));
    scene_close(&s);
}

Test(results_words, say_who_answered_and_when)
{
    open_scene();
    come_by(STREAM_PANEL);
    cr_expect_str_eq(
        figures_people_sentences(s.arena, s.locales, 0, &figures, &line).ptr,
        "1.003 mensen gaven antwoord. Zij kwamen via een panel. De cijfers zijn niet gewogen. Meedoen kon "
        "van 1 juni 2026 tot en met 31 mei 2027.");
    figures.provisional = figures.query.weighted = true;
    figures.weights_made_of[0] = "leeftijd en geslacht op 1 januari 2026";
    line.effective_n.value = 812;
    line.base = (struct figure){.mark = FIGURE_FEWER, .value = 15};
    cr_expect_str_eq(
        figures_people_sentences(s.arena, s.locales, 0, &figures, &line).ptr,
        "Minder dan 15 mensen gaven antwoord. Zij kwamen via een panel. De cijfers zijn gewogen naar "
        "leeftijd en geslacht op 1 januari 2026. De cijfers zijn zo zeker als bij 812 mensen zonder "
        "weging. Meedoen kan van 1 juni 2026 tot en met 31 mei 2027. Deze cijfers zijn dus voorlopig.");
    figures.weights_made_of[0] =
        "Leeftijd en gender (2021-01-01), Provincie (2026-01-01), Hoogste diploma, vijf niveaus (2022)";
    const char *said = figures_people_sentences(s.arena, s.locales, 0, &figures, &line).ptr;
    cr_expect(strstr(said, "gewogen naar leeftijd en gender (1 januari 2021), provincie (1 januari 2026) en "
                           "hoogste diploma, vijf niveaus (2022). De cijfers zijn zo zeker"),
              "%s", said);
    scene_close(&s);
}

Test(results_words, numbers_are_written_as_people_of_the_language_do)
{
    struct arena *arena = arena_create(65536);
    cr_expect_str_eq(figures_number_text(arena, 1234567.891, 2, 0).ptr, "1.234.567,89");
    cr_expect_str_eq(figures_number_text(arena, 1234567.891, 0, 1).ptr, "1,234,568");
    cr_expect_str_eq(figures_number_text(arena, 999, 0, 0).ptr, "999");
    cr_expect_str_eq(figures_number_text(arena, -12.5, 1, 1).ptr, "−12.5");
    cr_expect_str_eq(figures_number_text(arena, -0.01, 1, 0).ptr, "0,0");
    arena_destroy(arena);
}

/* A file says what the page and the API say: 0, not -0. */
Test(results_words, files_know_no_zero_below_zero)
{
    static const struct {
        double value;
        uint8_t digits;
        const char *text;
    } cases[] = {{-0.3, 0, "0"}, {-0.5, 0, "0"},      {-0.04, 1, "0.0"},
                 {-8, 0, "-8"},  {-12.5, 1, "-12.5"}, {0, 1, "0.0"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buffer out;
        const struct figure figure = {
            .mark = FIGURE_SHOWN, .value = cases[i].value, .digits = cases[i].digits};
        buffer_init(&out, 100);
        figures_csv_number(&out, &figure, figure.value, FIGURES_PUBLIC);
        cr_expect(slice_equal_cstr(buffer_slice(&out), cases[i].text), "%.*s", SLICE_ARG(buffer_slice(&out)));
        buffer_free(&out);
    }
}

/* ---- what may never be said of who chose to take part ---- */

static const char *const forbidden[] = {"nederlander",  "de burger",         "burgers",
                                        "representati", "foutmarge",         "margin of error",
                                        "dutch people", "the public thinks", "significant"};

static void expect_modest(const char *text)
{
    for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++) {
        cr_expect_null(strcasestr(text, forbidden[i]), "\"%s\" says \"%s\"", text, forbidden[i]);
    }
}

static size_t expect_modest_tree(json_t *tree)
{
    const char *key;
    size_t count = 0;
    json_t *value;
    if (json_is_string(tree)) {
        expect_modest(json_string_value(tree));
        return 1;
    }
    json_object_foreach(tree, key, value)
    {
        count += expect_modest_tree(value);
    }
    return count;
}

Test(results_words, never_say_more_than_they_know)
{
    open_scene();
    static const char *const languages[] = {"nl", "en"};
    for (size_t i = 0; i < 2; i++) {
        json_t *texts = json_object_get(locale_context(s.locales, languages[i]), "t");
        cr_expect_gt(expect_modest_tree(json_object_get(texts, "figures")), 30);
        cr_expect_gt(expect_modest_tree(json_object_get(texts, "results")), 100);
    }
    for (int view = FIGURES_ANALYST; view <= FIGURES_PUBLIC; view++) {
        for (int weighted = 0; weighted < 2; weighted++) {
            const struct figures_query query = {.view = (enum figures_view)view, .weighted = weighted};
            expect_modest(figures_method(&query));
        }
    }
    scene_close(&s);
}
