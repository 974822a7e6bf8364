/* The tabellenboek: its cells are the figures, and what it withholds cannot be had from what it shows. */
#include "base/buffer.h"
#include "features/results/results_book_internal.h"
#include "features/results/results_measures.h"
#include "support/zip_member.h"
#include "unit/features/results/round.h"

#include <math.h>
#include <stdio.h>

TestSuite(results_book, .fini = leaks_check);

enum { FILE_MAX = 64 * 1024 * 1024, CELLS_MAX = 64 };

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

/* A cell is what the figure is, rounded; and the mark only where the figure has one. Whether it was shown. */
static bool expect_cell(const char *cell, const struct figure *figure, double scale)
{
    if (cell[0] == '&' || cell[0] == '<') {
        cr_expect_str_eq(cell, "&lt;10");
        cr_expect_eq(figure->mark, FIGURE_WITHHELD, "%g was left out", figure->value);
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

/* ---- what a reader could work out ---- */

/* A table with its totals, an answer by a group: what may be in each place, as far as somebody knows who
 * adds up. */
struct bounds {
    double low, high;
};

enum { ROWS_MAX = 40, COLUMNS_MAX = 40 };

struct worked_out {
    size_t rows, columns; /* without the totals, which stand behind them */
    struct bounds places[ROWS_MAX + 1][COLUMNS_MAX + 1];
    double truth[ROWS_MAX + 1][COLUMNS_MAX + 1];
    bool withheld[ROWS_MAX + 1][COLUMNS_MAX + 1];
};

static struct bounds *place_in(struct worked_out *w, size_t line, size_t i, bool across)
{
    return across ? &w->places[line][i] : &w->places[i][line];
}

/* The total is what its parts are together, and each part what the others leave of it. True when something is
 * known better. */
static bool add_up(struct worked_out *w, size_t line, bool across)
{
    const size_t count = across ? w->columns : w->rows;
    struct bounds *total = place_in(w, line, count, across), sum = {0, 0};
    bool better = false;
    for (size_t i = 0; i < count; i++) {
        sum.low += place_in(w, line, i, across)->low;
        sum.high += place_in(w, line, i, across)->high;
    }
    for (size_t i = 0; i <= count; i++) {
        struct bounds *place = place_in(w, line, i, across);
        const double low = i == count ? sum.low : total->low - (sum.high - place->high);
        const double high = i == count ? sum.high : total->high - (sum.low - place->low);
        better = better || low > place->low || high < place->high;
        place->low = low > place->low ? low : place->low;
        place->high = high < place->high ? high : place->high;
    }
    return better;
}

/* How many withheld places of answers, from row `first` on, are known to the person. */
static size_t work_out(struct worked_out *w, size_t first, double people)
{
    size_t known = 0;
    for (size_t r = 0; r <= w->rows; r++) {
        for (size_t c = 0; c <= w->columns; c++) {
            const double truth = w->truth[r][c];
            w->places[r][c] = w->withheld[r][c] ? (struct bounds){0, people} : (struct bounds){truth, truth};
        }
    }
    for (bool better = true; better;) {
        better = false;
        for (size_t r = 0; r <= w->rows; r++) {
            better = add_up(w, r, true) || better;
        }
        for (size_t c = 0; c <= w->columns; c++) {
            better = add_up(w, c, false) || better;
        }
    }
    for (size_t r = first; r < w->rows; r++) {
        for (size_t c = 0; c < w->columns; c++) {
            known += w->withheld[r][c] && w->places[r][c].low >= w->places[r][c].high;
        }
    }
    return known;
}

/* The counts of a variable by another, with the totals that the tables of each alone show. */
static void read_counts(double counts[ROWS_MAX + 1][COLUMNS_MAX + 1],
                        bool withheld[ROWS_MAX + 1][COLUMNS_MAX + 1], size_t *rows, size_t *columns,
                        const struct figures *by, const struct figures *whole)
{
    *rows = by->answer_count;
    *columns = by->line_count - 1;
    cr_assert(*rows <= ROWS_MAX && *columns <= COLUMNS_MAX);
    for (size_t c = 0; c <= *columns; c++) {
        const struct figures_line *line = &by->lines[c];
        for (size_t r = 0; r < *rows; r++) {
            const struct figure *count =
                c == *columns ? &whole->lines[0].cells[r].count : &line->cells[r].count;
            counts[r][c] = count->value;
            withheld[r][c] = count->mark != FIGURE_SHOWN;
        }
        counts[*rows][c] = line->people.value;
        withheld[*rows][c] = line->people.mark != FIGURE_SHOWN;
    }
}

struct leaks {
    size_t tables, withheld, known, known_when_small_alone;
};

static void attack_table(struct leaks *leaks, struct figures_query query)
{
    static struct worked_out w;
    struct figures whole, by;
    const uint64_t k = s.results.config.threshold;
    struct figures_query alone = query;
    alone.group_count = 0;
    /* What is true, where nothing is withheld. */
    s.results.config.threshold = 0;
    cr_assert_eq(figures_of_analyst(&whole, s.questionnaire.arena, &s.results, &alone), FIGURES_OK);
    cr_assert_eq(figures_of_analyst(&by, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
    s.results.config.threshold = (uint32_t)k;
    const double people = whole.lines[0].people.value;
    read_counts(w.truth, w.withheld, &w.rows, &w.columns, &by, &whole);
    if (people < (double)k) {
        return; /* of nobody, say: there is no table */
    }
    size_t first = 0; /* that somebody left it empty, or that nobody did not know, is told on purpose */
    while (by.answers[first].code < ANSWER_FIRST) {
        first++;
    }
    for (size_t r = 0; r <= w.rows; r++) {
        for (size_t c = 0; c <= w.columns; c++) {
            w.withheld[r][c] = w.truth[r][c] < (double)k;
        }
    }
    leaks->known_when_small_alone += work_out(&w, first, people);
    double shown[ROWS_MAX + 1][COLUMNS_MAX + 1];
    cr_assert_eq(figures_of_analyst(&whole, s.questionnaire.arena, &s.results, &alone), FIGURES_OK);
    cr_assert_eq(figures_of_analyst(&by, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
    read_counts(shown, w.withheld, &w.rows, &w.columns, &by, &whole);
    leaks->known += work_out(&w, first, people);
    leaks->tables++;
    for (size_t r = first; r < w.rows; r++) {
        for (size_t c = 0; c < w.columns; c++) {
            leaks->withheld += w.withheld[r][c];
        }
    }
}

/* A book has the tables of every question by each variable of its banner, cell for cell; and everybody. */
Test(results_book, shows_nothing_from_which_a_withheld_cell_follows)
{
    size_t count;
    struct leaks leaks = {0};
    round_scene_open(&s);
    const struct variable *variables = questionnaire_variables(&count, s.round.questionnaire);
    const size_t banner[] = {round_scene_find(&s, "gender"), round_scene_find(&s, "leeftijd"),
                             round_scene_find(&s, "opleiding")};
    for (size_t v = 0; v < count; v++) {
        for (size_t b = 0; b < 3; b++) {
            const struct variable *variable = &variables[v];
            if (v != banner[b] && variable->kind == VARIABLE_CATEGORY && !variable->system &&
                questionnaire_asks(s.round.questionnaire, v, s.round.variants,
                                   (size_t)s.round.variant_count)) {
                attack_table(&leaks, (struct figures_query){.round = &s.round,
                                                            .variable = v,
                                                            .shares = true,
                                                            .groups = {banner[b]},
                                                            .group_count = 1});
            }
        }
    }
    printf("attack: a book of %zu tables withholds %zu cells of answers; by adding up %zu are known, and %zu "
           "were cells of fewer than ten all that it withheld\n",
           leaks.tables, leaks.withheld, leaks.known, leaks.known_when_small_alone);
    cr_expect_eq(leaks.known, 0);
    cr_expect_gt(leaks.known_when_small_alone, 0, "the attack works");
    round_scene_close(&s);
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
                                  &line_of(&by, ANSWER_FIRST + j)->measures[FIGURES_MEAN], FIGURES_ANALYST);
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
