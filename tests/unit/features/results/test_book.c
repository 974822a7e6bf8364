/* The tabellenboek: its cells are the figures, and what it withholds cannot be had from what it shows. */
#include "base/buffer.h"
#include "features/results/results_book_internal.h"
#include "features/results/results_measures.h"
#include "support/zip_member.h"
#include "unit/features/results/round.h"

#include <math.h>
#include <stdio.h>

TestSuite(results_book, .fini = leaks_check);

enum { FILE_MAX = 64 * 1024 * 1024, CELLS_MAX = 64, K = 10 };

/* ---- what is hidden, by hand ---- */

enum { ANSWERS = 2, GROUPS_MAX = 5 };

struct hand {
    struct figures_answer answers[ANSWERS];
    struct figures whole, by;
    struct figures_line whole_line, lines[GROUPS_MAX + 1];
    struct figures_cell cells[GROUPS_MAX + 2][ANSWERS];
};

static void fill_line(struct figures_line *line, struct figures_cell *cells, uint32_t group,
                      const double *counts)
{
    bool shown = counts[0] >= K && counts[1] >= K;
    *line = (struct figures_line){
        .groups = {group},
        .cells = cells,
        .base = {.mark = shown ? FIGURE_SHOWN : FIGURE_WITHHELD, .value = shown ? counts[0] + counts[1] : 0}};
    for (int a = 0; a < ANSWERS; a++) {
        bool enough = counts[a] >= K;
        cells[a].count =
            (struct figure){.mark = enough ? FIGURE_SHOWN : FIGURE_WITHHELD, .value = enough ? counts[a] : 0};
    }
}

/* counts[g]: of each answer in group g. */
static void make_table(struct hand *t, const double (*counts)[ANSWERS], size_t groups)
{
    double all[ANSWERS] = {0};
    *t = (struct hand){.answers = {{.in_base = true}, {.in_base = true}}};
    for (size_t g = 0; g < groups; g++) {
        fill_line(&t->lines[g], t->cells[g], ANSWER_FIRST + (uint32_t)g, counts[g]);
        all[0] += counts[g][0];
        all[1] += counts[g][1];
    }
    fill_line(&t->lines[groups], t->cells[groups], FIGURES_ALL, all);
    fill_line(&t->whole_line, t->cells[groups + 1], FIGURES_ALL, all);
    t->whole = (struct figures){
        .answers = t->answers, .answer_count = ANSWERS, .lines = &t->whole_line, .line_count = 1};
    t->by = (struct figures){
        .answers = t->answers, .answer_count = ANSWERS, .lines = t->lines, .line_count = groups + 1};
}

/* shown: a 1 for each group that is told, else 0. */
static void expect_shown(const double (*counts)[ANSWERS], size_t groups, const char *shown)
{
    struct hand t;
    bool hidden[GROUPS_MAX + 1] = {false};
    char got[GROUPS_MAX + 1] = "";
    make_table(&t, counts, groups);
    book_hide(hidden, &t.whole, &t.by, K);
    for (size_t g = 0; g < groups; g++) {
        got[g] = hidden[g] ? '0' : '1';
    }
    cr_expect_str_eq(got, shown);
    cr_expect(hidden[groups], "everybody stands in a column of its own");
}

Test(results_book, hides_no_column_where_nothing_is_withheld)
{
    expect_shown((const double[][ANSWERS]){{20, 30}, {40, 50}}, 2, "11");
}

Test(results_book, hides_a_second_column_where_one_would_follow_from_the_total)
{
    expect_shown((const double[][ANSWERS]){{20, 30}, {40, 50}, {3, 30}}, 3, "010");
}

Test(results_book, hides_more_until_the_rest_is_large_enough)
{
    /* 3 + 4 people are still fewer than ten. */
    expect_shown((const double[][ANSWERS]){{3, 30}, {4, 30}, {20, 30}, {50, 60}}, 4, "0001");
    /* 6 + 7 are not. */
    expect_shown((const double[][ANSWERS]){{6, 30}, {7, 30}, {20, 30}, {50, 60}}, 4, "0011");
}

Test(results_book, hides_all_when_there_is_no_other_way)
{
    expect_shown((const double[][ANSWERS]){{20, 30}, {3, 30}}, 2, "00");
}

Test(results_book, hides_another_beside_a_single_group_that_its_weights_withhold)
{
    struct hand t;
    bool hidden[4] = {false};
    make_table(&t, (const double[][ANSWERS]){{20, 30}, {40, 50}, {60, 70}}, 3);
    t.lines[1].base.mark = FIGURE_WITHHELD;
    t.lines[1].cells[0].count = (struct figure){.mark = FIGURE_WITHHELD};
    book_hide(hidden, &t.whole, &t.by, K);
    cr_expect(hidden[0] && hidden[1] && !hidden[2]);
}

Test(results_book, keeps_hidden_what_a_narrower_base_hid)
{
    struct hand t;
    bool hidden[3] = {true, false, false};
    make_table(&t, (const double[][ANSWERS]){{20, 30}, {40, 50}}, 2);
    book_hide(hidden, &t.whole, &t.by, K);
    cr_expect(hidden[0]);
    cr_expect_not(hidden[1], "the rest is one group that may be shown");
}

/* ---- the book itself ---- */

static struct round_scene s;
static struct buffer file;
static char *content;

static bool take(const void *bytes, size_t size, void *self)
{
    buffer_append(self, (struct slice){bytes, size});
    return !buffer_failed(self);
}

static struct results_book_request request_of(bool weighted)
{
    struct results_book_request request = {
        .format = WORKBOOK_ODS,
        .output = {.write = take, .self = &file},
        .people = {.round = &s.round, .weighted = weighted},
        .banner = {round_scene_find(&s, "gender"), round_scene_find(&s, "leeftijd")},
        .banner_count = 2,
        .bases = {true, true, false},
        .locales = s.questionnaire.locales,
        .public_url = "https://voorbeeld.nl",
        .producer = ""};
    return request;
}

static struct results_book_outcome make(const struct results_book_request *request)
{
    struct results_book_outcome outcome;
    buffer_init(&file, FILE_MAX);
    enum results_book_status status = results_book(&outcome, &s.results, request);
    cr_assert_eq(status, BOOK_OK, "%d, figures %d", (int)status, (int)outcome.figures);
    content = zip_member(buffer_slice(&file), "content.xml");
    return outcome;
}

static void drop(void)
{
    free(content);
    buffer_free(&file);
    round_scene_close(&s);
}

/* The cells of a row as text: of a number its value; "" of one without. */
static size_t read_row(char cells[CELLS_MAX][256], const char *row)
{
    const char *end = strstr(row, "</table:table-row>");
    size_t count = 0;
    for (const char *cell = strstr(row, "<table:table-cell"); cell && cell < end;
         cell = strstr(cell + 1, "<table:table-cell")) {
        const char *close = strchr(cell, '>');
        const char *value = strstr(cell, "office:value=\"");
        const char *repeated = strstr(cell, "number-columns-repeated=\"");
        const char *text = strstr(cell, "<text:p>");
        size_t times = repeated && repeated < close ? strtoul(repeated + 25, NULL, 10) : 1;
        const char *from = value && value < close ? value + 14 : text == close + 1 ? text + 8 : "";
        for (size_t i = 0; i < times; i++) {
            cr_assert_lt(count, CELLS_MAX);
            snprintf(cells[count++], 256, "%.*s", (int)strcspn(from, "\"<"), from);
        }
    }
    return count;
}

/* The row whose first cell is `code`, behind the place `from`. */
static const char *find_row(const char *from, const char *code)
{
    for (const char *row = strstr(from, "<table:table-row>"); row;
         row = strstr(row + 1, "<table:table-row>")) {
        char cells[CELLS_MAX][256];
        if (read_row(cells, row) > 0 && strcmp(cells[0], code) == 0) {
            return row;
        }
    }
    cr_assert_fail("no row %s", code);
    return NULL;
}

static const char *sheet(const char *name)
{
    char begin[80];
    snprintf(begin, sizeof begin, "<table:table table:name=\"%s\">", name);
    const char *at = strstr(content, begin);
    cr_assert_not_null(at, "no sheet %s", name);
    return at;
}

static const struct figures_line *line_of(const struct figures *figures, uint32_t code)
{
    for (size_t l = 0; l < figures->line_count; l++) {
        if (figures->query.group_count == 0 || figures->lines[l].groups[0] == code) {
            return &figures->lines[l];
        }
    }
    return NULL;
}

/* A cell is what the figure is, rounded; or the mark. Whether it was shown. */
static bool expect_cell(const char *cell, const struct figure *figure, double scale)
{
    if (cell[0] == '&' || cell[0] == '<') {
        cr_expect_str_eq(cell, "&lt;10");
        return false;
    }
    cr_expect_eq(figure->mark, FIGURE_SHOWN, "%s is no figure", cell);
    cr_expect_float_eq(strtod(cell, NULL) * scale, figure->value, 0.5 * pow(10, -figure->digits) + 1e-9,
                       "%s is not %g", cell, figure->value);
    return true;
}

/* Every cell of attitude by gender and age. */
static void compare(bool weighted)
{
    struct figures whole, by[2];
    const struct results_book_request request = request_of(weighted);
    struct figures_query query = {.round = &s.round,
                                  .variable = round_scene_find(&s, "houding"),
                                  .weighted = weighted,
                                  .shares = true,
                                  .measures = {true, true, true, false}};
    cr_assert_eq(figures_of_analyst(&whole, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
    query.group_count = 1;
    for (int b = 0; b < 2; b++) {
        query.groups[0] = request.banner[b];
        cr_assert_eq(figures_of_analyst(&by[b], s.questionnaire.arena, &s.results, &query), FIGURES_OK);
    }
    const char *table = find_row(sheet("Tabellen"), "houding");
    size_t shown = 0, seen = 0;
    for (size_t a = 0; a < whole.answer_count; a++) {
        char cells[CELLS_MAX][256];
        if (!whole.answers[a].in_base) {
            continue;
        }
        cr_assert_geq(read_row(cells, find_row(find_row(table, "antwoord"), whole.answers[a].name)), 4);
        expect_cell(cells[2], &whole.lines[0].cells[a].share, 100);
        size_t column = 3;
        for (int b = 0; b < 2; b++) {
            for (uint32_t k = 0; k < by[b].groups[0]->category_count; k++) {
                const struct figures_line *line = line_of(&by[b], ANSWER_FIRST + k);
                if (line) { /* a category that nobody can have has no column */
                    shown += expect_cell(cells[column++], &line->cells[a].share, 100);
                    seen++;
                }
            }
        }
    }
    cr_expect_gt(shown, seen / 2, "%zu of %zu", shown, seen);
    char cells[CELLS_MAX][256];
    read_row(cells, find_row(table, "n"));
    expect_cell(cells[2], &whole.lines[0].base, 1);
    if (weighted) {
        read_row(cells, find_row(table, "gewogen"));
        expect_cell(cells[2], &whole.lines[0].weight, 1);
    }
}

Test(results_book, has_the_figures_in_its_cells)
{
    round_scene_open(&s);
    const struct results_book_request request = request_of(false);
    struct results_book_outcome outcome = make(&request);
    compare(false);
    cr_expect_eq(outcome.from, outcome.until);
    cr_expect_gt(outcome.questions, 5);
    cr_expect_gt(outcome.comparisons, outcome.letters);
    drop();
}

Test(results_book, has_weighted_figures_and_both_bases)
{
    round_scene_open(&s);
    round_scene_weigh(&s);
    struct results_book_request request = request_of(true);
    /* Weights are of one stream; these are of everybody. */
    make(&request);
    compare(true);
    drop();
}

Test(results_book, puts_a_letter_where_a_difference_is_without_zero_and_nowhere_else)
{
    struct figures by;
    round_scene_open(&s);
    const struct results_book_request request = request_of(false);
    make(&request);
    struct figures_query query = {.round = &s.round,
                                  .variable = round_scene_find(&s, "houding"),
                                  .base = FIGURES_BASE_OPINION,
                                  .measures = {true, false, false, false},
                                  .shares = true,
                                  .groups = {request.banner[0]},
                                  .group_count = 1};
    cr_assert_eq(figures_of_analyst(&by, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
    const char *mean = find_row(find_row(sheet("Tabellen"), "houding"), "gemiddelde");
    char cells[CELLS_MAX][256], letters[CELLS_MAX][256] = {""};
    read_row(cells, mean);
    const char *next = strstr(mean + 1, "<table:table-row>");
    read_row(letters, next);
    bool beneath = strcmp(letters[1], "hoger dan kolom") == 0;
    uint32_t count = by.groups[0]->category_count;
    for (uint32_t i = 0; i < count; i++) {
        char expected[64] = "";
        for (uint32_t j = 0; j < count; j++) {
            bool told = cells[3 + i][0] != '&' && cells[3 + j][0] != '&' && i != j;
            const struct figure d =
                figure_difference(&line_of(&by, ANSWER_FIRST + i)->measures[FIGURES_MEAN],
                                  &line_of(&by, ANSWER_FIRST + j)->measures[FIGURES_MEAN]);
            if (told && d.mark == FIGURE_SHOWN && d.low > 0) {
                snprintf(expected + strlen(expected), 8, "%s%c", expected[0] ? "," : "", 'A' + (char)j);
            }
        }
        cr_expect_str_eq(beneath ? letters[3 + i] : "", expected);
    }
    drop();
}

Test(results_book, has_percentages_of_rows_as_well)
{
    struct figures by;
    round_scene_open(&s);
    struct results_book_request request = request_of(false);
    request.percentages = BOOK_OF_ROW;
    make(&request);
    struct figures_query query = {.round = &s.round,
                                  .variable = request.banner[0],
                                  .shares = true,
                                  .groups = {round_scene_find(&s, "houding")},
                                  .group_count = 1};
    cr_assert_eq(figures_of_analyst(&by, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
    const char *table = find_row(sheet("Tabellen"), "houding");
    const struct variable *v = by.groups[0];
    char cells[CELLS_MAX][256];
    for (uint32_t k = 0; k < v->category_count; k++) {
        const struct figures_line *line = line_of(&by, ANSWER_FIRST + k);
        read_row(cells, find_row(table, v->categories[k].code));
        expect_cell(cells[2], &line->base, 1);
        for (size_t a = 0, column = 3; a < by.answer_count; a++) {
            if (by.answers[a].code >= ANSWER_FIRST) {
                expect_cell(cells[column++], &line->cells[a].share, 100);
            }
        }
    }
    drop();
}

Test(results_book, tells_who_how_and_how_often_it_compared)
{
    round_scene_open(&s);
    struct results_book_request request = request_of(false);
    struct slice code = slice_from_cstr(s.round.code);
    const struct round_state state = {.code = code, .responses = 5000, .drafts = 12};
    const struct round_page page = {.round = code, .page = 3, .drafts = 12, .idle = 4};
    request.state = &state;
    request.pages = &page;
    request.page_count = 1;
    make(&request);
    cr_expect(strstr(content, "zonder correctie"));
    cr_expect(strstr(sheet("Methode"), "Niet gewogen."));
    cr_expect(strstr(sheet("Tabellen"),
                     "https://voorbeeld.nl/v1/consultaties/compleet/tabellen?ronde=compleet-1&amp;"
                     "variabele=houding&amp;groepeerOp=gender"));
    cr_expect(strstr(sheet("Inhoud"), "#Tabellen.A"));
    cr_expect(strstr(sheet("Afhakers"), "5012 mensen begonnen"));
    cr_expect(strstr(sheet("Topline"), "Gevraagd aan: wie bij "));
    drop();
}

static bool stop(size_t questions, size_t of_questions, void *self)
{
    (void)self;
    return questions + 3 < of_questions;
}

static bool refuse(const void *bytes, size_t size, void *self)
{
    (void)bytes;
    (void)size;
    (void)self;
    return false;
}

Test(results_book, is_not_there_when_it_is_stopped_or_its_output_fails)
{
    struct results_book_outcome outcome;
    round_scene_open(&s);
    for (int f = 0; f < WORKBOOK_FORMATS; f++) {
        buffer_init(&file, FILE_MAX);
        struct results_book_request request = request_of(false);
        request.format = (enum workbook_format)f;
        request.proceed = stop;
        cr_expect_eq(results_book(&outcome, &s.results, &request), BOOK_STOPPED);
        cr_expect_eq(file.len, 0);
        request.proceed = NULL;
        request.output.write = refuse;
        cr_expect_eq(results_book(&outcome, &s.results, &request), BOOK_OUTPUT);
        request.people.weighted = true;
        cr_expect_eq(results_book(&outcome, &s.results, &request), BOOK_NO_FIGURES);
        cr_expect_eq(outcome.figures, FIGURES_NO_WEIGHTS);
        buffer_free(&file);
    }
    round_scene_close(&s);
}
