/* The sheets beside the tables: topline, what orders did, where people stopped, and method. */
#include "features/results/results_book_internal.h"
#include "features/results/results_measures.h"
#include "features/results/results_query.h"
#include "features/results/results_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void put_heads(const struct book *book, enum book_sheet sheet, const char *const *paths, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        book_put_text(book, sheet, WORKBOOK_HEAD, paths[i][0] ? book_text(book, paths[i]) : "");
    }
    book_row_end(book, sheet);
}

/* ---- topline: everybody, on each base ---- */

/* The public's figures have one base. */
static size_t topline_bases(const struct book *book)
{
    return book_is_public(book) ? 1 : BOOK_BASES;
}

static const enum figures_base topline_order[BOOK_BASES] = {FIGURES_BASE_ANSWERED, FIGURES_BASE_OPINION,
                                                            FIGURES_BASE_ASKED};

void book_put_topline_head(struct book *book)
{
    static const char *const paths[] = {"book.question", "book.wording", "book.base_answered",
                                        "book.base_opinion", "book.base_asked"};
    put_heads(book, BOOK_TOPLINE, paths, 2 + topline_bases(book));
}

static bool make_bases(struct book_part *parts, struct book *book, size_t variable)
{
    for (size_t i = 0; i < topline_bases(book); i++) {
        const struct figures_query query = book_query(book, variable, topline_order[i]);
        if (!book_part_make(&parts[topline_order[i]], book, &query, NULL, 0)) {
            return false;
        }
    }
    return true;
}

static void put_topline_answer(struct book *book, const struct book_part *parts, size_t answer,
                               const char *code, const char *label)
{
    book_put_text(book, BOOK_TOPLINE, WORKBOOK_NOTE, code);
    book_put_text(book, BOOK_TOPLINE, WORKBOOK_PLAIN, label);
    for (size_t i = 0; i < topline_bases(book); i++) {
        const struct book_part *part = &parts[topline_order[i]];
        book_put(book, BOOK_TOPLINE, BOOK_PERCENT, &book_whole_line(part)->cells[answer].share);
    }
    book_row_end(book, BOOK_TOPLINE);
}

static void put_topline_people(struct book *book, const struct book_part *parts)
{
    book_put_text(book, BOOK_TOPLINE, WORKBOOK_NOTE, "n");
    book_put_text(book, BOOK_TOPLINE, WORKBOOK_PLAIN, book_text(book, "book.n"));
    for (size_t i = 0; i < topline_bases(book); i++) {
        book_put(book, BOOK_TOPLINE, BOOK_WHOLE, &book_whole_line(&parts[topline_order[i]])->base);
    }
    book_row_end(book, BOOK_TOPLINE);
}

/* Under the base that it is of. */
static void put_topline_mean(struct book *book, const struct book_part *parts)
{
    const struct book_part *measured = &parts[book_measured_base(book)];
    if (measured->whole.query.measures[FIGURES_MEAN]) {
        book_put_text(book, BOOK_TOPLINE, WORKBOOK_NOTE, results_query_measure_name(FIGURES_MEAN));
        book_put_text(book, BOOK_TOPLINE, WORKBOOK_PLAIN, book_text(book, "book.mean"));
        workbook_skip(book->out, BOOK_TOPLINE, book_is_public(book) ? 0 : 1);
        book_put(book, BOOK_TOPLINE, BOOK_DECIMAL, &book_whole_line(measured)->measures[FIGURES_MEAN]);
        book_row_end(book, BOOK_TOPLINE);
    }
}

static void put_topline_question(struct book *book, const struct book_question *question)
{
    const struct survey_round *round = book->request->people.round;
    struct slice asked =
        questionnaire_asked_words(book->arena, round->questionnaire, question->first, round->variants,
                                  (size_t)round->variant_count, book->request->language);
    book_put_text(book, BOOK_TOPLINE, WORKBOOK_HEAD, book_question_code(book, question));
    book_put_text(book, BOOK_TOPLINE, WORKBOOK_HEAD, book_question_label(book, question));
    book_row_end(book, BOOK_TOPLINE);
    if (asked.len > 0) {
        workbook_skip(book->out, BOOK_TOPLINE, 1);
        book_put_text(book, BOOK_TOPLINE, WORKBOOK_NOTE, asked.ptr);
        book_row_end(book, BOOK_TOPLINE);
    }
}

bool book_put_topline(struct book *book, const struct book_question *question)
{
    struct book_part *parts = arena_array(book->arena, BOOK_BASES, sizeof *parts);
    put_topline_question(book, question);
    for (size_t i = 0; i < question->count; i++) {
        const struct variable *v = &book->variables[question->first + i];
        if (!make_bases(parts, book, question->first + i)) {
            if (book->outcome->figures != FIGURES_NOT_RELEASED) {
                return false;
            }
            continue;
        }
        const struct figures *figures = &parts[topline_order[topline_bases(book) - 1]].whole;
        if (i == 0) {
            put_topline_people(book, parts);
        }
        size_t yes = book_yes(figures);
        for (size_t a = 0; !question->several && a < figures->answer_count; a++) {
            const struct figures_answer *answer = &figures->answers[a];
            if (answer->in_base) {
                put_topline_answer(book, parts, a, answer->name,
                                   book_label(book, answer->label, answer->name));
            }
        }
        if (question->several && yes != SIZE_MAX) {
            put_topline_answer(book, parts, yes, v->code, book_option_label(book, v));
        }
        put_topline_mean(book, parts);
    }
    book_row_end(book, BOOK_TOPLINE);
    return true;
}

/* ---- orders: what chance varied about a question, and whether answers went with it ---- */

void book_put_orders_head(struct book *book)
{
    static const char *const paths[] = {
        "book.question",    "book.varied",     "book.measured", "book.one",  "book.other",  "book.value_one",
        "book.value_other", "book.difference", "book.low",      "book.high", "book.differs"};
    put_heads(book, BOOK_ORDERS, paths, sizeof paths / sizeof paths[0]);
}

struct comparison {
    const struct book_part *part;
    const struct variable *varied;
    const struct figures_line *one, *other;
    const char *code, *measured;
    enum book_kind kind;
};

static const char *line_label(const struct book *book, const struct figures_line *line)
{
    return book_label(book, line->group_labels[0], line->group_names[0]);
}

static void put_value(const struct book *book, enum book_kind kind, const struct figure *figure, double value)
{
    struct figure part = {.mark = figure->mark, .digits = figure->digits, .value = value};
    /* A difference of shares is in percentage points. */
    book_put(book, BOOK_ORDERS, kind == BOOK_PERCENT ? BOOK_DECIMAL : kind, &part);
}

static void put_comparison(struct book *book, const struct comparison *c, const struct figure *one,
                           const struct figure *other)
{
    const struct figure difference = figure_difference(one, other, FIGURES_ANALYST);
    bool known = difference.mark == FIGURE_SHOWN;
    bool differs = known && (difference.low > 0 || difference.high < 0);
    if (!known) {
        return;
    }
    book_put_text(book, BOOK_ORDERS, WORKBOOK_PLAIN, c->code);
    book_put_text(book, BOOK_ORDERS, WORKBOOK_PLAIN, c->varied->code);
    book_put_text(book, BOOK_ORDERS, WORKBOOK_PLAIN, c->measured);
    book_put_text(book, BOOK_ORDERS, WORKBOOK_PLAIN, line_label(book, c->one));
    book_put_text(book, BOOK_ORDERS, WORKBOOK_PLAIN, line_label(book, c->other));
    book_put(book, BOOK_ORDERS, c->kind, one);
    book_put(book, BOOK_ORDERS, c->kind, other);
    put_value(book, c->kind, &difference, difference.value);
    put_value(book, c->kind, &difference, difference.low);
    put_value(book, c->kind, &difference, difference.high);
    book_put_text(book, BOOK_ORDERS, WORKBOOK_MARK, differs ? book_text(book, "book.yes") : "");
    book_row_end(book, BOOK_ORDERS);
    book->outcome->comparisons++;
    book->outcome->letters += differs;
}

/* The mean where there is one, else the share of each answer ("ja" alone of an option). */
static void compare(struct book *book, struct comparison *c)
{
    const struct figures *figures = &c->part->whole;
    if (figures->query.measures[FIGURES_MEAN]) {
        c->kind = BOOK_DECIMAL;
        c->measured = book_text(book, "book.mean");
        put_comparison(book, c, &c->one->measures[FIGURES_MEAN], &c->other->measures[FIGURES_MEAN]);
        return;
    }
    for (size_t a = 0; a < figures->answer_count; a++) {
        const struct figures_answer *answer = &figures->answers[a];
        bool told =
            answer->in_base && (figures->variable->set != SET_MULTIPLE || strcmp(answer->name, "ja") == 0);
        if (told) {
            c->kind = BOOK_PERCENT;
            c->measured = book_label(book, answer->label, answer->name);
            put_comparison(book, c, &c->one->cells[a].share, &c->other->cells[a].share);
        }
    }
}

/* Each order beside the first one. Who had none is in no line of it. */
static void compare_lines(struct book *book, const struct book_part *part, size_t by, const char *code)
{
    const struct figures *figures = &part->by[by];
    const struct figures_line *one = NULL;
    for (size_t l = 0; l < figures->line_count; l++) {
        const struct figures_line *line = &figures->lines[l];
        if (line->groups[0] < ANSWER_FIRST || line->groups[0] == FIGURES_ALL) {
            continue;
        }
        if (one) {
            struct comparison c = {
                .part = part, .varied = figures->groups[0], .one = one, .other = line, .code = code};
            compare(book, &c);
        }
        one = one ? one : line;
    }
}

bool book_put_orders(struct book *book, const struct book_question *question)
{
    size_t varied[QUESTIONNAIRE_ARRANGEMENTS_MAX];
    const struct survey_round *round = book->request->people.round;
    if (book->request->people.view == FIGURES_PUBLIC) {
        return true; /* no release is split by what chance did */
    }
    for (size_t i = 0; i < question->count; i++) {
        struct book_part part;
        const struct variable *v = &book->variables[question->first + i];
        size_t count = questionnaire_arrangements(varied, QUESTIONNAIRE_ARRANGEMENTS_MAX,
                                                  round->questionnaire, question->first + i);
        struct figures_query query = book_query(book, question->first + i, FIGURES_BASE_OPINION);
        if (count == 0) {
            continue;
        }
        if (!book_part_make(&part, book, &query, varied, count)) {
            return false;
        }
        for (size_t b = 0; b < count; b++) {
            compare_lines(book, &part, b, v->code);
        }
    }
    return true;
}

/* ---- where people stopped ---- */

void book_put_pages(struct book *book)
{
    static const char *const paths[] = {"book.page", "book.in_progress", "book.idle"};
    const struct round_state *state = book->request->state;
    if (!state) {
        return;
    }
    char counts[3][24];
    snprintf(counts[0], sizeof counts[0], "%" PRId64, state->responses + state->drafts);
    snprintf(counts[1], sizeof counts[1], "%" PRId64, state->responses);
    snprintf(counts[2], sizeof counts[2], "%" PRId64, state->drafts);
    book_put_text(
        book, BOOK_PAGES, WORKBOOK_PLAIN,
        book_format(book, "book.began", "began", counts[0], "sent", counts[1], "progress", counts[2], NULL));
    book_row_end(book, BOOK_PAGES);
    put_heads(book, BOOK_PAGES, paths, sizeof paths / sizeof paths[0]);
    for (size_t i = 0; i < book->request->page_count; i++) {
        const struct round_page *page = &book->request->pages[i];
        workbook_number(book->out, BOOK_PAGES, WORKBOOK_PLAIN, page->page, 0);
        workbook_number(book->out, BOOK_PAGES, WORKBOOK_PLAIN, (double)page->drafts, 0);
        workbook_number(book->out, BOOK_PAGES, WORKBOOK_PLAIN, (double)page->idle, 0);
        book_row_end(book, BOOK_PAGES);
    }
}

/* ---- method ---- */

void book_put_method_line(const struct book *book, const char *head, const char *text)
{
    book_put_text(book, BOOK_METHOD, WORKBOOK_HEAD, head[0] ? book_text(book, head) : "");
    book_put_text(book, BOOK_METHOD, WORKBOOK_PLAIN, text);
    book_row_end(book, BOOK_METHOD);
}

/* "1.003" */
const char *book_count_text(const struct book *book, size_t count)
{
    return figures_number_text(book->texts, (double)count, 0, book->request->language).ptr;
}

static const char *banner_text(const struct book *book)
{
    const char *text = "";
    for (size_t b = 0; b < book->request->banner_count; b++) {
        text = arena_printf(book->texts, "%s%s%s", text, b > 0 ? ", " : "",
                            book->variables[book->request->banner[b]].code)
                   .ptr;
    }
    return text;
}

static void put_weights(const struct book *book, const struct figures *figures)
{
    char version[16];
    const char *made_of = figures->weights_made_of[book->request->language];
    snprintf(version, sizeof version, "%d", (int)figures->weights);
    book_put_method_line(book, "book.weights",
                         figures->query.weighted ? book_format(book, "book.weighted", "version", version,
                                                               "margins", made_of ? made_of : "", NULL)
                                                 : book_text(book, "book.unweighted"));
}

void book_put_comparisons(const struct book *book)
{
    const struct results_book_outcome *outcome = book->outcome;
    book_put_method_line(book, "book.comparisons",
                         book_format(book, "book.compared", "n", book_count_text(book, outcome->comparisons),
                                     "chance", book_count_text(book, (outcome->comparisons + 10) / 20),
                                     "found", book_count_text(book, outcome->letters), NULL));
}

static void put_moment(const struct book *book, const struct figures *figures)
{
    char from[24], until[24];
    const char *day = locale_date(book->texts, book->request->locales, book->request->language ? "en" : "nl",
                                  figures->made_at)
                          .ptr;
    snprintf(from, sizeof from, "%" PRId64, book->outcome->from);
    snprintf(until, sizeof until, "%" PRId64, book->outcome->until);
    book_put_method_line(
        book, "book.moment",
        book_format(book,
                    book->outcome->from == book->outcome->until ? "book.one_moment" : "book.some_moments",
                    "date", day, "from", from, "until", until, NULL));
}

/* Everybody that the tables are about: by how they came, which the filters say. */
static bool everybody(struct figures *out, struct book *book)
{
    struct book_part part;
    if (book_is_public(book)) {
        return book_find_people(out, book);
    }
    int stream = questionnaire_find_variable(book->request->people.round->questionnaire, SLICE("werving"));
    struct figures_query query = book_query(book, (size_t)stream, FIGURES_BASE_ANSWERED);
    bool good = stream >= 0 && book_part_make(&part, book, &query, NULL, 0);
    *out = good ? part.whole : (struct figures){0};
    return good;
}

bool book_put_method(struct book *book)
{
    const struct results_book_request *request = book->request;
    const struct survey_round *round = request->people.round;
    struct figures people;
    if (!everybody(&people, book)) {
        return false;
    }
    book_put_method_line(book, "book.round",
                         arena_printf(book->texts, "%s (%s)", round->code, round->consultation).ptr);
    book_put_method_line(
        book, "book.who",
        figures_people_sentences(book->texts, request->locales, request->language, &people, &people.lines[0])
            .ptr);
    if (!book_is_public(book)) {
        put_moment(book, &people);
    }
    put_weights(book, &people);
    book_put_method_line(book, "book.banner", banner_text(book));
    book_put_method_line(
        book, "book.percentages",
        book_text(book, request->percentages == BOOK_OF_ROW ? "book.of_row" : "book.of_column"));
    if (book_is_public(book)) {
        book_put_public_method(book, &people);
        return true;
    }
    book_put_method_line(book, "book.bases", book_text(book, "book.bases_text"));
    book_put_comparisons(book);
    book_put_method_line(
        book, "book.protection",
        book_format(book, "book.protected", "n", book_count_text(book, book->threshold), NULL));
    book_put_method_line(book, "book.not", book_text(book, "book.not_text"));
    book_put_method_line(book, "book.orders", book_text(book, "book.orders_text"));
    book_put_method_line(book, "book.again", book_text(book, "book.again_text"));
    return true;
}
