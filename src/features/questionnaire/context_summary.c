/* What somebody answered, in words: to check before sending, and on the receipt. */
#include "features/questionnaire/context.h"

#include <stdio.h>
#include <string.h>

static const char *label_of(const struct view *v, const struct text *text)
{
    return text->by[v->language];
}

static struct slice box_text(const struct view *v, const struct option *option)
{
    int index = option->text_variable >= 0 ? v->q->text_index[option->text_variable] : -1;
    return index >= 0 ? v->a->texts[index] : (struct slice){NULL, 0};
}

/* The option's wording, with what was written in its box. */
static struct slice option_words(const struct view *v, const struct question *question, size_t index)
{
    const struct option *option = &question->options[index];
    struct slice box = box_text(v, option);
    const char *label = label_of(v, &option->label);
    return box.len > 0 ? arena_printf(v->arena, "%s: %.*s", label, SLICE_ARG(box)) : slice_from_cstr(label);
}

static void append_words(json_t *list, struct slice words)
{
    json_array_append_new(list, json_stringn_nocheck(words.ptr, words.len));
}

/* ---- one variable ---- */

/* Empty when nothing was answered. */
static struct slice variable_words(const struct view *v, const struct question *question, int variable)
{
    const struct variable *var = &v->q->variables[variable];
    uint16_t slot = slot_get(v->q, v->a, variable);
    if (slot == ANSWER_DONT_KNOW) {
        return slice_from_cstr(view_text(v, "form.dont_know"));
    }
    if (slot < ANSWER_FIRST) {
        return (struct slice){NULL, 0};
    }
    int value = slot - ANSWER_FIRST;
    if (var->kind == VARIABLE_TEXT) {
        return v->a->texts[v->q->text_index[variable]];
    }
    if (var->kind == VARIABLE_NUMBER) {
        const char *unit = label_of(v, &question->unit);
        return arena_printf(v->arena, "%d%s%s", value, unit ? " " : "", unit ? unit : "");
    }
    if (question->type != QUESTION_POSTCODE && (size_t)value < question->option_count) {
        return option_words(v, question, (size_t)value);
    }
    return slice_from_cstr(var->categories[value].label[v->language]);
}

/* ---- questions of several variables: a line each ---- */

static void multiple_lines(json_t *lines, const struct view *v, const struct question *question)
{
    uint8_t order[MAX_OPTIONS];
    size_t count = presentation_options(order, v->q, v->p, question);
    if (slot_get(v->q, v->a, question->first_variable) == ANSWER_DONT_KNOW) {
        append_words(lines, slice_from_cstr(view_text(v, "form.dont_know")));
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (slot_get(v->q, v->a, question->first_variable + order[i]) == ANSWER_FIRST + 1) {
            append_words(lines, option_words(v, question, order[i]));
        }
    }
}

/* Items that were left open are named too, once one was answered. */
static void series_lines(json_t *lines, const struct view *v, const struct question *question,
                         const struct page_item *item)
{
    uint8_t items[MAX_OPTIONS];
    size_t count = series_items(items, v, question, item);
    const char *empty = view_text(v, "check.empty");
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        any = any || slot_get(v->q, v->a, question->first_variable + items[i]) > ANSWER_NONE;
    }
    for (size_t i = 0; i < count && any; i++) {
        struct slice words = variable_words(v, question, question->first_variable + items[i]);
        words = words.len > 0 ? words : slice_from_cstr(empty);
        append_words(lines, arena_printf(v->arena, "%s: %.*s", label_of(v, &question->items[items[i]].label),
                                         SLICE_ARG(words)));
    }
}

static void ranking_lines(json_t *lines, const struct view *v, const struct question *question)
{
    for (int rank = 0; rank < question->top; rank++) {
        int variable = question->first_variable + rank;
        struct slice words = variable_words(v, question, variable);
        if (slot_get(v->q, v->a, variable) == ANSWER_DONT_KNOW) {
            append_words(lines, words); /* said of all ranks at once */
            return;
        }
        if (words.len > 0) {
            append_words(lines, arena_printf(v->arena, "%d. %.*s", rank + 1, SLICE_ARG(words)));
        }
    }
}

static void points_lines(json_t *lines, const struct view *v, const struct question *question)
{
    uint8_t order[MAX_OPTIONS];
    size_t count = presentation_options(order, v->q, v->p, question);
    for (size_t i = 0; i < count; i++) {
        struct slice words = variable_words(v, question, question->first_variable + order[i]);
        if (words.len > 0) {
            append_words(lines,
                         arena_printf(v->arena, "%s: %.*s", label_of(v, &question->options[order[i]].label),
                                      SLICE_ARG(words)));
        }
    }
}

static void best_worst_lines(json_t *lines, const struct view *v, const struct question *question,
                             const struct page_item *item)
{
    const char *const sides[2] = {view_text(v, "summary.best"), view_text(v, "summary.worst")};
    for (size_t i = 2 * item->from; i < 2 * item->to; i++) {
        struct slice words = variable_words(v, question, question->first_variable + (int)i);
        if (words.len > 0) {
            append_words(lines, arena_printf(v->arena, "%s: %.*s", sides[i % 2], SLICE_ARG(words)));
        }
    }
}

/* Of best-worst each task is a row, with the task in its name. */
static const char *question_words(const struct view *v, const struct question *question,
                                  const struct page_item *item)
{
    char number[24];
    char total[24];
    const char *words = label_of(v, &question->text);
    if (question->type != QUESTION_BEST_WORST) {
        return words;
    }
    snprintf(number, sizeof number, "%zu", item->from + 1);
    snprintf(total, sizeof total, "%d", FANO_TASKS);
    return locale_format(v->arena, v->q->locales, language_code(v->language), "summary.task", "question",
                         words, "n", number, "total", total, NULL)
        .ptr;
}

static bool has_lines(const struct question *question)
{
    return question->type == QUESTION_MULTIPLE || question->type == QUESTION_SERIES ||
           question->type == QUESTION_RANKING || question->type == QUESTION_POINTS ||
           question->type == QUESTION_BEST_WORST;
}

static json_t *lines_of(const struct view *v, const struct question *question, const struct page_item *item)
{
    json_t *lines = json_array();
    if (question->type == QUESTION_MULTIPLE) {
        multiple_lines(lines, v, question);
    } else if (question->type == QUESTION_SERIES) {
        series_lines(lines, v, question, item);
    } else if (question->type == QUESTION_RANKING) {
        ranking_lines(lines, v, question);
    } else if (question->type == QUESTION_POINTS) {
        points_lines(lines, v, question);
    } else {
        best_worst_lines(lines, v, question, item);
    }
    return lines;
}

/* ---- rows and sections ---- */

static json_t *row_of(const struct view *v, const struct page *page, const struct page_item *item)
{
    const struct question *question = &v->q->questions[item->question];
    json_t *row = json_object();
    bool empty;
    PUT_TEXT(row, "question", question_words(v, question, item));
    PUT_TEXT(row, "page", page->code);
    if (has_lines(question)) {
        json_t *lines = lines_of(v, question, item);
        empty = json_array_size(lines) == 0;
        PUT(row, "answers", lines);
    } else {
        struct slice words = variable_words(v, question, question->first_variable);
        empty = words.len == 0;
        PUT_SLICE(row, "answer", words);
    }
    PUT_FLAG(row, "empty", empty);
    return row;
}

static void add_rows(json_t *rows, const struct view *v, const struct page *page)
{
    uint8_t order[MAX_OPTIONS];
    uint8_t items[MAX_OPTIONS];
    size_t count = page_order(order, v->q, v->a, page);
    for (size_t i = 0; i < count; i++) {
        const struct page_item *item = &page->items[order[i]];
        const struct question *question =
            item->kind == PAGE_QUESTION ? &v->q->questions[item->question] : NULL;
        if (question && question_asked(v->q, v->p, v->a, question) &&
            (question->type != QUESTION_SERIES || series_items(items, v, question, item) > 0)) {
            json_array_append_new(rows, row_of(v, page, item));
        }
    }
}

/* One question over several pages gives rows of one name, which a link to each could not be told apart by. */
static void number_parts(const struct view *v, json_t *rows)
{
    const size_t count = json_array_size(rows);
    for (size_t i = 0, next; i < count; i = next) {
        json_t *words = json_incref(json_object_get(json_array_get(rows, i), "question"));
        next = i + 1;
        while (next < count && json_equal(words, json_object_get(json_array_get(rows, next), "question"))) {
            next++;
        }
        for (size_t part = i; part < next && next - i > 1; part++) {
            char number[24];
            snprintf(number, sizeof number, "%zu", part - i + 1);
            PUT_SLICE(json_array_get(rows, part), "question",
                      locale_format(v->arena, v->q->locales, language_code(v->language), "summary.part",
                                    "question", json_string_value(words), "n", number, NULL));
        }
        json_decref(words);
    }
}

json_t *questionnaire_summary_context(struct arena *arena, const struct questionnaire *q,
                                      const struct presentation *p, const struct answers *a, int language)
{
    const struct view v = {.arena = arena, .q = q, .p = p, .a = a, .language = language};
    struct page_list pages = questionnaire_pages(arena, q, p, a);
    json_t *sections = json_array();
    json_t *rows = NULL;
    int current = -1;
    for (size_t i = 0; i < pages.count; i++) {
        const struct page *page = &q->pages[pages.pages[i]];
        if (page->section != current) {
            const char *title = q->sections[page->section].title.by[language];
            json_t *section = json_object();
            rows = json_array();
            /* Always there, if empty: the page's own title must not stand in for it. */
            PUT(section, "title", json_string_nocheck(title ? title : ""));
            PUT(section, "rows", rows);
            json_array_append_new(sections, section);
            current = page->section;
        }
        add_rows(rows, &v, page);
    }
    size_t index;
    json_t *section;
    json_array_foreach(sections, index, section)
    {
        number_parts(&v, json_object_get(section, "rows"));
    }
    return context_keep(arena, sections);
}
