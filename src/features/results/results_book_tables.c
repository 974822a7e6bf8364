/* The sheet of tables: rows are answers, columns everybody and the categories of the banner. */
#include "features/results/results_book_internal.h"
#include "features/results/results_measures.h"
#include "features/results/results_query.h"

#include <stdio.h>
#include <string.h>

enum { LETTERS_MAX = 512 };

/* ---- the banner, which stays in sight ---- */

static void put_banner_row(struct book *book, const char *first, const char *whole,
                           const char *(*of)(const struct book *, const struct book_column *))
{
    book_put_text(book, BOOK_TABLES, WORKBOOK_NOTE, first);
    workbook_skip(book->out, BOOK_TABLES, 1);
    book_put_text(book, BOOK_TABLES, WORKBOOK_HEAD, whole);
    for (size_t c = 0; c < book->column_count; c++) {
        book_put_text(book, BOOK_TABLES, WORKBOOK_HEAD, of(book, &book->columns[c]));
    }
    book_row_end(book, BOOK_TABLES);
}

static const struct variable *banner_variable(const struct book *book, const struct book_column *column)
{
    return &book->variables[book->request->banner[column->banner]];
}

/* Only above its first column. */
static const char *variable_label(const struct book *book, const struct book_column *column)
{
    const struct variable *v = banner_variable(book, column);
    bool first = column == book->columns || column[-1].banner != column->banner;
    return first ? book_label(book, v->label, v->code) : "";
}

static const char *category_label(const struct book *book, const struct book_column *column)
{
    (void)book;
    return column->label;
}

static const char *category_name(const struct book *book, const struct book_column *column)
{
    return arena_printf(book->texts, "%s:%s", banner_variable(book, column)->code, column->name).ptr;
}

static const char *column_letters(const struct book *book, const struct book_column *column)
{
    (void)book;
    return column->letters;
}

void book_put_banner(struct book *book)
{
    put_banner_row(book, "", "", variable_label);
    put_banner_row(book, book_text(book, "book.codes"), book_text(book, "book.everybody"), category_label);
    put_banner_row(book, "", "alle", category_name);
    put_banner_row(book, "", "", column_letters);
}

/* ---- a row ---- */

enum row_of { ROW_BASE, ROW_WEIGHT, ROW_EFFECTIVE, ROW_SHARE, ROW_MEASURE };

struct row {
    const struct book_part *part;
    enum row_of of;
    size_t index; /* of the answer or measure */
    enum book_kind kind;
    const char *code, *label;
};

static const struct figure nothing = {.mark = FIGURE_WITHHELD};

static const struct figure *figure_at(const struct row *row, const struct figures_line *line)
{
    if (!line) {
        return &nothing;
    }
    switch (row->of) {
    case ROW_BASE:
        return &line->base;
    case ROW_WEIGHT:
        return &line->weight;
    case ROW_EFFECTIVE:
        return &line->effective_n;
    case ROW_SHARE:
        return &line->cells[row->index].share;
    case ROW_MEASURE:
        return &line->measures[row->index];
    }
    return &nothing;
}

static const struct figure *figure_of_column(const struct book *book, const struct row *row, size_t column)
{
    const struct book_column *c = &book->columns[column];
    return figure_at(row, book_part_line(row->part, c->banner, c->code));
}

/* By itself a variable says nothing. */
static bool crosses_itself(const struct book *book, const struct row *row, size_t column)
{
    return book->request->banner[book->columns[column].banner] == row->part->whole.query.variable;
}

/* What column `of` is higher than, among those of its variable: "A,C". */
static const char *letters_of(char letters[LETTERS_MAX], struct book *book, const struct row *row, size_t of)
{
    size_t len = 0;
    const struct figure *mine = figure_of_column(book, row, of);
    letters[0] = '\0';
    for (size_t c = 0; c < book->column_count; c++) {
        if (c == of || book->columns[c].banner != book->columns[of].banner) {
            continue;
        }
        const struct figure difference =
            figure_difference(mine, figure_of_column(book, row, c), book->request->people.view);
        if (difference.mark != FIGURE_SHOWN) {
            continue;
        }
        book->outcome->comparisons += c < of;
        if (difference.low > 0 && len + BOOK_LETTERS_BYTES + 2 < LETTERS_MAX) {
            len += (size_t)snprintf(letters + len, LETTERS_MAX - len, "%s%s", len > 0 ? "," : "",
                                    book->columns[c].letters);
            book->outcome->letters++;
        }
    }
    return letters;
}

/* Beneath the row, where there is any. */
static void put_letters(struct book *book, const struct row *row)
{
    char letters[BOOK_COLUMNS_MAX][LETTERS_MAX];
    bool any = false;
    for (size_t c = 0; c < book->column_count; c++) {
        letters_of(letters[c], book, row, c);
        any = any || letters[c][0];
    }
    if (!any) {
        return;
    }
    workbook_skip(book->out, BOOK_TABLES, 1);
    book_put_text(book, BOOK_TABLES, WORKBOOK_NOTE, book_text(book, "book.higher"));
    workbook_skip(book->out, BOOK_TABLES, 1);
    for (size_t c = 0; c < book->column_count; c++) {
        book_put_text(book, BOOK_TABLES, WORKBOOK_MARK, letters[c]);
    }
    book_row_end(book, BOOK_TABLES);
}

static void count_cell(struct book *book, const struct figure *figure)
{
    book->outcome->shown += figure->mark == FIGURE_SHOWN;
    book->outcome->withheld += figure->mark != FIGURE_SHOWN && figure->mark != FIGURE_NONE;
}

static void put_row(struct book *book, const struct row *row)
{
    book_put_text(book, BOOK_TABLES, WORKBOOK_NOTE, row->code);
    book_put_text(book, BOOK_TABLES, WORKBOOK_PLAIN, row->label);
    book_put(book, BOOK_TABLES, row->kind, figure_at(row, book_whole_line(row->part)));
    for (size_t c = 0; c < book->column_count; c++) {
        const struct figure *figure = figure_of_column(book, row, c);
        if (crosses_itself(book, row, c)) {
            workbook_skip(book->out, BOOK_TABLES, 1);
            continue;
        }
        book_put(book, BOOK_TABLES, row->kind, figure);
        count_cell(book, figure);
    }
    book_row_end(book, BOOK_TABLES);
    if (row->of == ROW_SHARE || row->of == ROW_MEASURE) {
        put_letters(book, row);
    }
}

/* ---- the rows of a base ---- */

static void put_base_rows(struct book *book, const struct book_part *part)
{
    put_row(book, &(struct row){part, ROW_BASE, 0, BOOK_WHOLE, "n", book_text(book, "book.n")});
    if (part->whole.query.weighted && part->whole.query.view == FIGURES_ANALYST) {
        put_row(book,
                &(struct row){part, ROW_WEIGHT, 0, BOOK_DECIMAL, "gewogen", book_text(book, "book.weight")});
    }
    if (part->whole.query.weighted) {
        put_row(book, &(struct row){part, ROW_EFFECTIVE, 0, BOOK_WHOLE, "effectief",
                                    book_text(book, "book.effective")});
    }
}

static void put_base_head(struct book *book, enum figures_base base)
{
    static const char *const paths[BOOK_BASES] = {"book.base_answered", "book.base_opinion",
                                                  "book.base_asked"};
    book_put_text(book, BOOK_TABLES, WORKBOOK_HEAD, results_query_base_name(base));
    book_put_text(book, BOOK_TABLES, WORKBOOK_HEAD, book_text(book, paths[base]));
    book_row_end(book, BOOK_TABLES);
}

static void put_shares(struct book *book, const struct book_part *part)
{
    const struct figures *figures = &part->whole;
    for (size_t a = 0; a < figures->answer_count; a++) {
        const struct figures_answer *answer = &figures->answers[a];
        if (answer->in_base) {
            put_row(book, &(struct row){part, ROW_SHARE, a, BOOK_PERCENT, answer->name,
                                        book_label(book, answer->label, answer->name)});
        }
    }
}

static void put_measures(struct book *book, const struct book_part *part)
{
    static const char *const paths[FIGURES_MEASURES] = {"book.mean", "book.net", "book.top_two",
                                                        "book.agreement"};
    for (int m = 0; m < FIGURES_MEASURES; m++) {
        if (part->whole.query.measures[m] && measure_fits((enum figures_measure)m, part->whole.variable)) {
            put_row(book, &(struct row){part, ROW_MEASURE, (size_t)m, BOOK_DECIMAL,
                                        results_query_measure_name((enum figures_measure)m),
                                        book_text(book, paths[m])});
        }
    }
}

/* ---- a table ---- */

static void put_head(struct book *book, const struct book_question *question)
{
    const struct results_book_request *request = book->request;
    const struct survey_round *round = request->people.round;
    struct slice asked =
        questionnaire_asked_words(book->arena, round->questionnaire, question->first, round->variants,
                                  (size_t)round->variant_count, request->language);
    book_put_text(book, BOOK_TABLES, WORKBOOK_TITLE, book_question_code(book, question));
    book_put_text(book, BOOK_TABLES, WORKBOOK_TITLE, book_question_label(book, question));
    book_row_end(book, BOOK_TABLES);
    if (asked.len > 0) {
        workbook_skip(book->out, BOOK_TABLES, 1);
        book_put_text(book, BOOK_TABLES, WORKBOOK_NOTE, asked.ptr);
        book_row_end(book, BOOK_TABLES);
    }
    workbook_skip(book->out, BOOK_TABLES, 1);
    book_put_text(book, BOOK_TABLES, WORKBOOK_NOTE,
                  arena_printf(book->arena, "%s/v1/consultaties/%s/tabellen?ronde=%s&variabele=%s%s%s%s",
                               request->public_url, round->consultation, round->code,
                               book->variables[question->first].code,
                               request->banner_count > 0 ? "&groepeerOp=" : "",
                               request->banner_count > 0 ? book->variables[request->banner[0]].code : "",
                               book_people_asked(book->arena, request, false))
                      .ptr);
    book_row_end(book, BOOK_TABLES);
}

static bool make_parts(struct book_part *parts, struct book *book, size_t variable)
{
    const struct results_book_request *request = book->request;
    for (int base = 0; base < BOOK_BASES; base++) {
        const struct figures_query query = book_query(book, variable, (enum figures_base)base);
        /* Measures are of opinions, so that base is always made. */
        if ((request->bases[base] || base == (int)book_measured_base(book)) &&
            !book_part_make(&parts[base], book, &query, request->banner, request->banner_count)) {
            return false;
        }
    }
    return true;
}

static void put_one(struct book *book, const struct book_part *parts)
{
    static const enum figures_base order[BOOK_BASES] = {FIGURES_BASE_ANSWERED, FIGURES_BASE_OPINION,
                                                        FIGURES_BASE_ASKED};
    const struct figures *opinion = &parts[book_measured_base(book)].whole;
    bool same = !book_has_dont_know(opinion) && book->request->bases[FIGURES_BASE_ANSWERED];
    for (size_t i = 0; i < BOOK_BASES; i++) {
        enum figures_base base = order[i];
        if (!book->request->bases[base] || (base == FIGURES_BASE_OPINION && same)) {
            continue;
        }
        put_base_head(book, base);
        put_base_rows(book, &parts[base]);
        put_shares(book, &parts[base]);
    }
    put_measures(book, &parts[book_measured_base(book)]);
}

/* One row an option: who chose it. Each row has the base of the question; where an option tells less than
 * the others, its cells are withheld. */
static bool put_several(struct book *book, const struct book_question *question)
{
    enum figures_base base = FIGURES_BASE_ANSWERED;
    bool headed = false;
    for (size_t i = 0; i < question->count; i++) {
        struct book_part part;
        const struct variable *v = &book->variables[question->first + i];
        const struct figures_query query = book_query(book, question->first + i, base);
        if (!questionnaire_asks(query.round->questionnaire, question->first + i, query.round->variants,
                                (size_t)query.round->variant_count)) {
            continue;
        }
        if (!book_part_make(&part, book, &query, book->request->banner, book->request->banner_count)) {
            if (book->outcome->figures != FIGURES_NOT_RELEASED) {
                return false;
            }
            continue;
        }
        if (!headed) {
            put_base_head(book, base);
            put_base_rows(book, &part);
            headed = true;
        }
        size_t yes = book_yes(&part.whole);
        if (yes != SIZE_MAX) {
            put_row(book,
                    &(struct row){&part, ROW_SHARE, yes, BOOK_PERCENT, v->code, book_option_label(book, v)});
        }
    }
    return true;
}

bool book_put_table(struct book *book, const struct book_question *question)
{
    struct book_part *parts = arena_array(book->arena, BOOK_BASES, sizeof *parts);
    put_head(book, question);
    bool good = question->several ? put_several(book, question) : make_parts(parts, book, question->first);
    if (good && !question->several) {
        put_one(book, parts);
    }
    book_row_end(book, BOOK_TABLES);
    return good;
}

/* ---- percentages of a row: the banner's variable is told by the question ---- */

static void put_row_line(struct book *book, const struct book_part *parts, uint32_t code, const char *name,
                         const char *label)
{
    book_put_text(book, BOOK_TABLES, WORKBOOK_NOTE, name);
    book_put_text(book, BOOK_TABLES, WORKBOOK_PLAIN, label);
    for (size_t c = 0, b = SIZE_MAX; c < book->column_count; c++) {
        const struct book_column *column = &book->columns[c];
        const struct book_part *part = &parts[column->banner];
        const struct figures_line *line =
            code == FIGURES_ALL ? book_whole_line(part) : book_part_line(part, 0, code);
        if (b == SIZE_MAX) {
            book_put(book, BOOK_TABLES, BOOK_WHOLE, line ? &line->base : &nothing);
            b = column->banner;
        }
        const struct figure *share = &nothing;
        for (size_t a = 0; line && a < part->whole.answer_count; a++) {
            share = part->whole.answers[a].code == column->code ? &line->cells[a].share : share;
        }
        if (part->by[0].line_count == 0 && code != FIGURES_ALL) {
            workbook_skip(book->out, BOOK_TABLES, 1);
            continue;
        }
        book_put(book, BOOK_TABLES, BOOK_PERCENT, share);
        count_cell(book, share);
    }
    book_row_end(book, BOOK_TABLES);
}

static bool put_row_variable(struct book *book, size_t variable)
{
    const struct results_book_request *request = book->request;
    const struct variable *v = &book->variables[variable];
    struct book_part *parts = arena_array(book->arena, request->banner_count, sizeof *parts);
    for (size_t b = 0; b < request->banner_count; b++) {
        struct figures_query query = book_query(book, request->banner[b], FIGURES_BASE_ANSWERED);
        if (!book_part_make(&parts[b], book, &query, &variable, 1)) {
            return false;
        }
    }
    for (uint32_t k = 0; k < v->category_count; k++) {
        if (v->set != SET_MULTIPLE || strcmp(v->categories[k].code, "ja") == 0) {
            put_row_line(
                book, parts, ANSWER_FIRST + k, v->set == SET_MULTIPLE ? v->code : v->categories[k].code,
                v->set == SET_MULTIPLE ? book_option_label(book, v)
                                       : book_label(book, v->categories[k].label, v->categories[k].code));
        }
    }
    if (v->set != SET_MULTIPLE) {
        put_row_line(book, parts, FIGURES_ALL, "alle", book_text(book, "book.everybody"));
    }
    return true;
}

bool book_put_row_table(struct book *book, const struct book_question *question)
{
    put_head(book, question);
    bool good = true;
    for (size_t i = 0; good && i < question->count; i++) {
        const struct variable *v = &book->variables[question->first + i];
        good = v->kind != VARIABLE_CATEGORY || put_row_variable(book, question->first + i);
    }
    book_row_end(book, BOOK_TABLES);
    return good;
}
