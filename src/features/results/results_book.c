/* The tabellenboek: its sheets one after the other, and the contents, which are known at the end. */
#include "features/results/results_book_internal.h"

#include "features/audit/audit.h"
#include "features/results/results_measures.h"
#include "features/results/results_query.h"
#include "features/results/results_words.h"

#include <stdlib.h>
#include <string.h>

enum { TEXTS_MAX = 64 * 1024 * 1024, LETTERS = 26 };

/* ---- texts and cells ---- */

static const char *language_of(const struct book *book)
{
    return book->request->language ? "en" : "nl";
}

const char *book_text(const struct book *book, const char *path)
{
    return locale_text(book->request->locales, language_of(book), path).ptr;
}

const char *book_format(const struct book *book, const char *path, ...)
{
    const char *pairs[16] = {NULL};
    va_list args;
    va_start(args, path);
    for (size_t i = 0; i + 1 < sizeof pairs / sizeof pairs[0] && (i == 0 || pairs[i - 1]); i++) {
        pairs[i] = va_arg(args, const char *);
    }
    va_end(args);
    return locale_format_pairs(book->texts, book->request->locales, language_of(book), path, pairs).ptr;
}

const char *book_label(const struct book *book, const char *const label[2], const char *code)
{
    const char *text = label[book->request->language] ? label[book->request->language] : label[0];
    return text ? text : code;
}

void book_put_text(const struct book *book, enum book_sheet sheet, enum workbook_style style,
                   const char *text)
{
    workbook_text(book->out, sheet, style, text);
}

void book_row_end(const struct book *book, enum book_sheet sheet)
{
    workbook_row_end(book->out, sheet);
}

static const char *number(const struct book *book, double value, int digits)
{
    return figures_number_text(book->texts, value, digits, book->request->language).ptr;
}

static const char *mark_of(const struct book *book, const struct figure *figure)
{
    switch (figure->mark) {
    case FIGURE_SHOWN:
        return book_format(book, figure->value < 50 ? "book.at_most" : "book.at_least", "n",
                           number(book, figure->value, figure->digits), NULL);
    case FIGURE_WITHHELD:
        if (book_is_public(book)) {
            return book_text(book, "book.not_public");
        }
        return book_format(book, "book.withheld", "n", number(book, (double)book->threshold, 0), NULL);
    case FIGURE_FEWER:
        return book_format(book, "book.fewer", "n", number(book, (double)book->fewer, 0), NULL);
    case FIGURE_UNRELIABLE:
        return book_text(book, "book.unreliable");
    case FIGURE_NONE:
        break;
    }
    return book_text(book, "book.none");
}

void book_put(const struct book *book, enum book_sheet sheet, enum book_kind kind,
              const struct figure *figure)
{
    if (figure->mark != FIGURE_SHOWN || figure->limited) {
        book_put_text(book, sheet, WORKBOOK_MARK, mark_of(book, figure));
    } else if (kind == BOOK_PERCENT) {
        workbook_percent(book->out, sheet, WORKBOOK_PLAIN, figure->value, figure->digits);
    } else {
        workbook_number(book->out, sheet, WORKBOOK_PLAIN, figure->value,
                        kind == BOOK_DECIMAL && figure->digits == 0 ? 1 : figure->digits);
    }
}

/* ---- questions ---- */

static bool is_in_book(const struct book *book, size_t variable)
{
    const struct variable *v = &book->variables[variable];
    const struct survey_round *round = book->request->people.round;
    return !v->system && v->kind != VARIABLE_TEXT &&
           questionnaire_asks(round->questionnaire, variable, round->variants, (size_t)round->variant_count);
}

bool book_next_question(struct book_question *out, const struct book *book, size_t *at)
{
    while (*at < book->variable_count && !is_in_book(book, *at)) {
        ++*at;
    }
    if (*at >= book->variable_count) {
        return false;
    }
    const struct variable *v = &book->variables[*at];
    *out = (struct book_question){.first = *at, .count = 1};
    if (v->set == SET_MULTIPLE) {
        out->several = true;
        out->count = v->set_first + v->set_count - *at;
    }
    *at += out->count;
    return true;
}

struct figures_query book_query(const struct book *book, size_t variable, enum figures_base base)
{
    const struct variable *v = &book->variables[variable];
    struct figures_query query = book->request->people;
    query.variable = variable;
    query.group_count = 0;
    query.base = base;
    query.shares = v->kind == VARIABLE_CATEGORY;
    for (int m = 0; m < FIGURES_MEASURES; m++) {
        query.measures[m] = base == book_measured_base(book) && m != FIGURES_AGREEMENT &&
                            v->set != SET_MULTIPLE && measure_fits((enum figures_measure)m, v);
    }
    return query;
}

size_t book_yes(const struct figures *figures)
{
    for (size_t a = 0; a < figures->answer_count; a++) {
        if (strcmp(figures->answers[a].name, "ja") == 0) {
            return a;
        }
    }
    return SIZE_MAX;
}

bool book_has_dont_know(const struct figures *figures)
{
    for (size_t a = 0; a < figures->answer_count; a++) {
        if (figures->answers[a].code == ANSWER_DONT_KNOW) {
            return true;
        }
    }
    return false;
}

const char *book_question_code(const struct book *book, const struct book_question *question)
{
    const struct variable *v = &book->variables[question->first];
    return question->several ? v->question : v->code;
}

const char *book_question_label(const struct book *book, const struct book_question *question)
{
    const struct variable *v = &book->variables[question->first];
    return book_label(book, question->several ? v->asked : v->label, v->code);
}

const char *book_option_label(const struct book *book, const struct variable *v)
{
    return book_label(book, v->part[0] ? v->part : v->label, v->code);
}

/* ---- the columns ---- */

static void name_column(char letters[BOOK_LETTERS_BYTES], size_t column)
{
    size_t len = 0;
    if (column >= LETTERS) {
        letters[len++] = (char)('A' + column / LETTERS - 1);
    }
    letters[len++] = (char)('A' + column % LETTERS);
    letters[len] = '\0';
}

static bool list_columns(struct book *book)
{
    const struct results_book_request *request = book->request;
    const struct survey_round *round = request->people.round;
    book->columns = arena_array(book->texts, BOOK_COLUMNS_MAX, sizeof *book->columns);
    for (size_t b = 0; b < request->banner_count; b++) {
        const struct variable *v = &book->variables[request->banner[b]];
        uint32_t size = results_code_count(v);
        bool *held = arena_array(book->texts, size, sizeof *held);
        questionnaire_held_codes(held, size, round->questionnaire, request->banner[b], round->variants,
                                 (size_t)round->variant_count);
        for (uint16_t k = 0; k < v->category_count; k++) {
            if (!held[ANSWER_FIRST + k]) {
                continue;
            }
            if (book->column_count == BOOK_COLUMNS_MAX) {
                return false;
            }
            struct book_column *column = &book->columns[book->column_count];
            *column = (struct book_column){
                .banner = b,
                .code = ANSWER_FIRST + (uint32_t)k,
                .name = v->categories[k].code,
                .label = book_label(book, v->categories[k].label, v->categories[k].code)};
            name_column(column->letters, book->column_count++);
        }
    }
    return true;
}

size_t results_book_banner(size_t out[BOOK_BANNER_MAX], const struct survey_round *round,
                           enum figures_view view)
{
    if (view == FIGURES_PUBLIC) {
        return book_public_banner(out, round);
    }
    size_t count, found = 0;
    const struct variable *variables = questionnaire_variables(&count, round->questionnaire);
    for (size_t i = 0; i < count && found < BOOK_BANNER_MAX; i++) {
        const struct variable *v = &variables[i];
        if (v->background && !v->system && v->kind == VARIABLE_CATEGORY && v->set == SET_ALONE &&
            questionnaire_asks(round->questionnaire, i, round->variants, (size_t)round->variant_count)) {
            out[found++] = i;
        }
    }
    return found;
}

/* ---- contents ---- */

static void put_contents_head(struct book *book)
{
    static const char *const heads[] = {"book.question", "book.wording", "book.row"};
    const struct survey_round *round = book->request->people.round;
    book_put_text(book, BOOK_CONTENTS, WORKBOOK_TITLE, book_label(book, round->title, round->code));
    book_row_end(book, BOOK_CONTENTS);
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        book_put_text(book, BOOK_CONTENTS, WORKBOOK_HEAD, book_text(book, heads[i]));
    }
    book_put_text(book, BOOK_CONTENTS, WORKBOOK_HEAD, book_text(book, "book.n"));
    book_row_end(book, BOOK_CONTENTS);
}

/* A question of which the release has nothing stands in the contents alone. */
static void put_not_released(struct book *book, const struct book_question *question)
{
    book_put_text(book, BOOK_CONTENTS, WORKBOOK_PLAIN, book_question_code(book, question));
    book_put_text(book, BOOK_CONTENTS, WORKBOOK_PLAIN, book_question_label(book, question));
    workbook_skip(book->out, BOOK_CONTENTS, 1);
    book_put_text(book, BOOK_CONTENTS, WORKBOOK_MARK, book_text(book, "book.not_public"));
    book_row_end(book, BOOK_CONTENTS);
    book->outcome->not_released++;
}

/* Its place, and how many people answered it. *told: whether there is a table of it. */
static bool put_contents(bool *told, struct book *book, const struct book_question *question, uint32_t row)
{
    struct book_part part;
    struct figures_query query = book_query(book, question->first, FIGURES_BASE_ANSWERED);
    *told = book_part_make(&part, book, &query, NULL, 0);
    if (!*told) {
        if (book->outcome->figures != FIGURES_NOT_RELEASED) {
            return false;
        }
        put_not_released(book, question);
        return true;
    }
    workbook_link(book->out, BOOK_CONTENTS, book_question_code(book, question), BOOK_TABLES, row);
    book_put_text(book, BOOK_CONTENTS, WORKBOOK_PLAIN, book_question_label(book, question));
    workbook_number(book->out, BOOK_CONTENTS, WORKBOOK_PLAIN, row + 1, 0);
    book_put(book, BOOK_CONTENTS, BOOK_WHOLE, &book_whole_line(&part)->base);
    book_row_end(book, BOOK_CONTENTS);
    return true;
}

/* ---- the whole ---- */

static bool put_question(struct book *book, const struct book_question *question)
{
    uint32_t row = workbook_row(book->out, BOOK_TABLES);
    bool told, good = put_contents(&told, book, question, row);
    if (!good || !told) {
        return good;
    }
    good = book->request->percentages == BOOK_OF_ROW ? book_put_row_table(book, question)
                                                     : book_put_table(book, question);
    return good && book_put_topline(book, question) && book_put_orders(book, question);
}

static size_t count_questions(const struct book *book)
{
    struct book_question question;
    size_t count = 0;
    for (size_t at = 0; book_next_question(&question, book, &at);) {
        count++;
    }
    return count;
}

static enum results_book_status put_questions(struct book *book)
{
    const struct results_book_request *request = book->request;
    struct book_question question;
    size_t total = count_questions(book);
    for (size_t at = 0; book_next_question(&question, book, &at);) {
        book->arena = arena_create(FIGURES_BYTES_MAX);
        bool good = put_question(book, &question);
        arena_destroy(book->arena);
        book->arena = NULL;
        if (!good) {
            return BOOK_NO_FIGURES;
        }
        if (workbook_status(book->out) != DATASET_OK) {
            return BOOK_FAILED; /* workbook_end tells which way */
        }
        book->outcome->questions++;
        if (request->proceed && !request->proceed(book->outcome->questions, total, request->self)) {
            return BOOK_STOPPED;
        }
    }
    return BOOK_OK;
}

static enum results_book_status status_of(enum dataset_status status)
{
    switch (status) {
    case DATASET_OK:
        return BOOK_OK;
    case DATASET_OUTPUT_FAILED:
        return BOOK_OUTPUT;
    case DATASET_TEMPORARY_FAILED:
        return BOOK_TEMPORARY;
    case DATASET_TOO_LARGE:
    case DATASET_TOO_MANY_ROWS:
    case DATASET_TOO_MANY_VARIABLES:
        return BOOK_TOO_LARGE;
    case DATASET_WRONG:
    case DATASET_NO_MEMORY:
        break;
    }
    return BOOK_FAILED;
}

static enum results_book_status put_all(struct book *book)
{
    put_contents_head(book);
    book_put_banner(book);
    book_put_topline_head(book);
    if (!book_is_public(book)) {
        book_put_orders_head(book);
    }
    enum results_book_status status = put_questions(book);
    if (status == BOOK_OK) {
        book->outcome->figures = FIGURES_OK; /* that a table is not public was told in its place */
        book->arena = arena_create(FIGURES_BYTES_MAX);
        status = book_put_method(book) ? BOOK_OK : BOOK_NO_FIGURES;
        arena_destroy(book->arena);
        book_put_pages(book);
    }
    return status == BOOK_OK || status == BOOK_FAILED ? status_of(workbook_end(book->out)) : status;
}

static const struct workbook_sheet sheets[2][BOOK_SHEETS] = {
#define WIDTHS(...)                                                                                          \
    .widths = (const uint8_t[]){__VA_ARGS__}, .width_count = sizeof((const uint8_t[]){__VA_ARGS__})
#define SHEETS_OF(CONTENTS, METHOD, TABLES, TOPLINE, ORDERS, PAGES)                                          \
    {                                                                                                        \
        [BOOK_CONTENTS] = {.name = CONTENTS, WIDTHS(30, 90, 10), .frozen_rows = 2},                          \
        [BOOK_METHOD] = {.name = METHOD, WIDTHS(30, 110)},                                                   \
        [BOOK_TABLES] = {.name = TABLES, WIDTHS(24, 50, 12), .frozen_rows = 4, .frozen_columns = 3},         \
        [BOOK_TOPLINE] = {.name = TOPLINE, WIDTHS(24, 70, 14), .frozen_rows = 1, .frozen_columns = 2},       \
        [BOOK_ORDERS] = {.name = ORDERS, WIDTHS(24, 30, 24, 24, 24, 12), .frozen_rows = 1},                  \
        [BOOK_PAGES] = {.name = PAGES, WIDTHS(30, 14)},                                                      \
    }
    SHEETS_OF("Inhoud", "Methode", "Tabellen", "Topline", "Volgorde", "Afhakers"),
    SHEETS_OF("Contents", "Method", "Tables", "Topline", "Orders", "Dropout")};

enum results_book_status results_book(struct results_book_outcome *outcome, struct results *results,
                                      const struct results_book_request *request)
{
    const struct survey_round *round = request->people.round;
    *outcome = (struct results_book_outcome){.figures = FIGURES_OK};
    struct book book = {.request = request,
                        .outcome = outcome,
                        .results = results,
                        .texts = arena_create(TEXTS_MAX),
                        .threshold = results->config.threshold};
    struct workbook_about about = {.title = book_label(&book, round->title, round->code),
                                   .producer = request->producer,
                                   .language = language_of(&book),
                                   .made_at = results->config.now_s()};
    enum results_book_status status = BOOK_TOO_WIDE;
    book.variables = questionnaire_variables(&book.variable_count, round->questionnaire);
    outcome->figures = book_find_release(&outcome->rule, &book, &about.made_at);
    if (outcome->figures != FIGURES_OK) {
        status = BOOK_NO_FIGURES;
    } else if (list_columns(&book)) {
        outcome->columns = book.column_count;
        status = status_of(workbook_create(&book.out, request->format, &about, sheets[request->language != 0],
                                           book_is_public(&book) ? BOOK_PUBLIC_SHEETS : BOOK_SHEETS,
                                           request->output));
    }
    if (status == BOOK_OK) {
        status = put_all(&book);
    }
    workbook_destroy(book.out);
    arena_destroy(book.texts);
    return status;
}

enum db_status results_book_audit(struct db_tx *tx, const struct results_book_request *request,
                                  const char *origin, const char *actor, const char *result)
{
    const struct audit_event event = {.action = "book.made",
                                      .object = arena_printf(db_arena(tx), "book:%s:%s",
                                                             request->people.round->code,
                                                             workbook_format_facts(request->format)->name)
                                                    .ptr,
                                      .result = result,
                                      .origin = origin,
                                      .actor = actor};
    return audit_record(tx, &event);
}
