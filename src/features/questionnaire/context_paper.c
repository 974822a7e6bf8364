/* The questionnaire on paper: everything in written order, with what routing does on a screen said in words.
 */
#include "features/questionnaire/context.h"

#include "base/buffer.h"

#include <stdio.h>
#include <string.h>

enum { ANSWERS_BYTES_MAX = 16 * 1024 };

struct paper {
    struct arena *arena;
    const struct questionnaire *q;
    int language;
    int *numbers; /* per question: the number on paper; 0: not yet come to */
    int last;
};

static const char *said(const struct paper *paper, const char *path)
{
    return arena_cstr(paper->arena, locale_text(paper->q->locales, language_code(paper->language), path));
}

static const char *said_of(const struct paper *paper, const char *path, int number, const char *answers)
{
    char digits[12];
    snprintf(digits, sizeof digits, "%d", number);
    return locale_format(paper->arena, paper->q->locales, language_code(paper->language), path, "n", digits,
                         "answers", answers, NULL)
        .ptr;
}

/* ---- routing in words ---- */

/* The wordings of the listed answers; *all when it is every answer there is. */
static const char *listed(bool *all, const struct paper *paper, const struct condition *condition)
{
    const struct question *question = &paper->q->questions[condition->question];
    struct buffer words;
    buffer_init(&words, ANSWERS_BYTES_MAX);
    *all = true;
    for (size_t i = 0; i < question->option_count; i++) {
        if (condition->options >> i & 1u) {
            buffer_printf(&words, "%s%s", words.len > 0 ? "; " : "",
                          question->options[i].label.by[paper->language]);
        } else {
            *all = false;
        }
    }
    if (condition->dont_know) {
        buffer_printf(&words, "%s%s", words.len > 0 ? "; " : "", said(paper, "form.dont_know"));
    }
    const char *text = arena_cstr(paper->arena, buffer_slice(&words));
    buffer_free(&words);
    return text;
}

static void add_route(json_t *routes, const char *text)
{
    json_array_append_new(routes, json_string_nocheck(text));
}

/* unless: the condition stands within a "not". One of several ways to be asked is not put in words: who reads
 * the question may answer it. */
static void add_routes(json_t *routes, const struct paper *paper, const struct condition *condition,
                       bool unless)
{
    if (!condition) {
        return;
    }
    switch (condition->kind) {
    case CONDITION_IN:
    case CONDITION_NOT_IN: {
        bool all;
        const char *answers = listed(&all, paper, condition);
        bool skip = unless != (condition->kind == CONDITION_NOT_IN);
        const char *path = skip ? "paper.skip_if" : all ? "paper.only_answered" : "paper.only_if";
        add_route(routes, said_of(paper, path, paper->numbers[condition->question], answers));
        break;
    }
    case CONDITION_ANSWERED:
        if (!unless) {
            add_route(routes, said_of(paper, "paper.only_answered", paper->numbers[condition->question], ""));
        }
        break;
    case CONDITION_DRAWN:
        add_route(routes, said_of(paper, "paper.only_place", condition->drawn, ""));
        break;
    case CONDITION_ANY_TEXT:
        add_route(routes, said(paper, "paper.only_text"));
        break;
    case CONDITION_NOT:
        add_routes(routes, paper, condition->children, !unless);
        break;
    case CONDITION_ALL:
        for (size_t i = 0; i < condition->count && !unless; i++) {
            add_routes(routes, paper, &condition->children[i], false);
        }
        break;
    case CONDITION_ANY:
        break;
    }
}

/* ---- boxes and lines ---- */

/* Numbered as whoever types the paper over names it. */
static json_t *add_box(json_t *boxes, const struct paper *paper, const struct option *option)
{
    json_t *box = json_object();
    PUT(box, "n", json_integer((json_int_t)json_array_size(boxes) + 1));
    PUT_TEXT(box, "label", option->label.by[paper->language]);
    PUT_TEXT(box, "note", option->hint.by[paper->language]);
    PUT_FLAG(box, "write", option->text_limit > 0);
    json_array_append_new(boxes, box);
    return box;
}

static json_t *boxes_of(const struct paper *paper, const struct question *question)
{
    json_t *boxes = json_array();
    for (size_t i = 0; i < question->option_count; i++) {
        add_box(boxes, paper, &question->options[i]);
    }
    if (question->dont_know) {
        const char *label = said(paper, "form.dont_know");
        json_t *box = add_box(boxes, paper, &(struct option){.label = {{label, label}}});
        PUT(box, "n", question->type == QUESTION_NUMBER ? json_string("?") : json_integer(ENTRY_DONT_KNOW));
    }
    return boxes;
}

static json_t *lines(int count)
{
    json_t *list = json_array();
    for (int i = 0; i < count; i++) {
        json_array_append_new(list, json_integer(i + 1));
    }
    return list;
}

static json_t *labels_of(const struct paper *paper, const struct option *options, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, json_string_nocheck(options[i].label.by[paper->language]));
    }
    return list;
}

static json_t *series_groups(const struct paper *paper, const struct question *question)
{
    json_t *groups = json_array();
    json_t *boxes = boxes_of(paper, question);
    for (size_t i = 0; i < question->item_count; i++) {
        json_t *group = json_object();
        PUT_TEXT(group, "group_title", question->items[i].label.by[paper->language]);
        PUT(group, "boxes", json_incref(boxes));
        json_array_append_new(groups, group);
    }
    json_decref(boxes);
    return groups;
}

static json_t *task_groups(const struct paper *paper, const struct question *question)
{
    static const char *const sides[] = {"form.task_best", "form.task_worst"};
    char total[12];
    json_t *groups = json_array();
    snprintf(total, sizeof total, "%d", FANO_TASKS);
    for (size_t i = 0; i < 2 * (size_t)FANO_TASKS; i++) {
        json_t *group = json_object();
        json_t *boxes = json_array();
        for (size_t k = 0; k < FANO_OPTIONS; k++) {
            add_box(boxes, paper, &question->options[fano[i / 2][k]]);
        }
        char number[12];
        snprintf(number, sizeof number, "%zu", i / 2 + 1);
        PUT_SLICE(group, "group_title",
                  locale_format(paper->arena, paper->q->locales, language_code(paper->language), sides[i % 2],
                                "n", number, "total", total, NULL));
        PUT(group, "boxes", boxes);
        json_array_append_new(groups, group);
    }
    return groups;
}

/* ---- questions ---- */

/* A list and a flag for the element around it. */
#define PUT_LIST(object, key, list)                                                                          \
    do {                                                                                                     \
        json_t *list_ = (list);                                                                              \
        PUT_FLAG(object, "has_" key, json_array_size(list_) > 0);                                            \
        PUT(object, key, list_);                                                                             \
    } while (0)

static void put_ways(json_t *object, const struct paper *paper, const struct question *question)
{
    switch (question->type) {
    case QUESTION_SINGLE:
    case QUESTION_SCALE:
    case QUESTION_AGE:
    case QUESTION_GENDER:
    case QUESTION_EDUCATION:
        PUT_TEXT(object, "how", said(paper, "paper.one"));
        PUT_LIST(object, "boxes", boxes_of(paper, question));
        break;
    case QUESTION_MULTIPLE:
        PUT_TEXT(object, "how", question->hint.by[0] ? NULL : said(paper, "paper.more"));
        PUT_LIST(object, "boxes", boxes_of(paper, question));
        break;
    case QUESTION_SERIES:
        PUT_TEXT(object, "how", said(paper, "paper.one_each"));
        PUT_LIST(object, "groups", series_groups(paper, question));
        break;
    case QUESTION_BEST_WORST:
        PUT_LIST(object, "groups", task_groups(paper, question));
        break;
    case QUESTION_RANKING:
        PUT_TEXT(object, "how", said(paper, "paper.rank"));
        PUT_LIST(object, "words", labels_of(paper, question->options, question->option_count));
        PUT(object, "lines", lines(question->top));
        break;
    case QUESTION_POINTS:
        PUT_TEXT(object, "how", said(paper, "form.points"));
        PUT_LIST(object, "shares", labels_of(paper, question->options, question->option_count));
        break;
    case QUESTION_NUMBER:
        PUT(object, "lines", lines(1));
        PUT_TEXT(object, "unit", question->unit.by[paper->language]);
        PUT_LIST(object, "boxes", boxes_of(paper, question));
        break;
    case QUESTION_TEXT:
        PUT(object, "lines", lines(question->rows));
        break;
    case QUESTION_POSTCODE:
        PUT(object, "lines", lines(1));
        PUT_LIST(object, "boxes", boxes_of(paper, question));
        break;
    }
}

/* The hint without what it says of room to type, which paper has not. */
static struct slice hint_of(const struct paper *paper, const struct question *question)
{
    struct slice hint =
        slice_from_cstr(question->hint.by[paper->language] ? question->hint.by[paper->language] : "");
    const char *most = grouped_number(paper->arena, (int64_t)question->limit, paper->language);
    struct slice room = locale_format(paper->arena, paper->q->locales, language_code(paper->language),
                                      "form.limit", "n", most, NULL);
    if (question->type == QUESTION_TEXT && hint.len >= room.len &&
        memcmp(hint.ptr + hint.len - room.len, room.ptr, room.len) == 0) {
        hint.len -= room.len;
    }
    return slice_trim(hint);
}

static json_t *question_item(struct paper *paper, const struct page *page, const struct question *question)
{
    json_t *object = json_object();
    json_t *routes = json_array();
    size_t index = (size_t)(question - paper->q->questions);
    paper->numbers[index] = ++paper->last;
    add_routes(routes, paper, page->show_if, false);
    add_routes(routes, paper, question->show_if, false);
    if (question->from == OPTIONS_CHOSEN) {
        add_route(routes, said_of(paper, "paper.only_chosen", paper->numbers[question->from_question], ""));
    } else if (question->from == OPTIONS_UNASSIGNED) {
        add_route(routes, said(paper, "paper.other_topics"));
    }
    PUT(object, "asked", json_true());
    PUT(object, "number", json_integer(paper->last));
    PUT_TEXT(object, "question", question->text.by[paper->language]);
    struct slice hint = hint_of(paper, question);
    if (hint.len > 0) {
        PUT_SLICE(object, "hint", hint);
    }
    PUT_FLAG(object, "optional", question->optional_mark);
    PUT(object, "routes", routes);
    put_ways(object, paper, question);
    return object;
}

/* ---- sections ---- */

static void add_items(json_t *items, struct paper *paper, const struct page *page)
{
    for (size_t i = 0; i < page->item_count; i++) {
        const struct page_item *item = &page->items[i];
        if (item->kind == PAGE_TEXT) {
            json_t *text = json_object();
            PUT_SLICE(text, "text_html", item->html[paper->language]);
            json_array_append_new(items, text);
        } else if (item->kind == PAGE_EXPLAINER) {
            json_t *explainer = explainer_object(&paper->q->explainers[item->explainer], paper->language);
            PUT(explainer, "explainer", json_true());
            json_array_append_new(items, explainer);
        } else if (item->from == 0) {
            json_array_append_new(items, question_item(paper, page, &paper->q->questions[item->question]));
        }
    }
}

/* Before the first instance of a module: how many there are, how many somebody needs to do. Each has sheets
 * of its own, so that only those need to be printed, and so has what comes after them. */
static void put_module(json_t *object, const struct paper *paper, const struct section *section,
                       int *module_before)
{
    int index = section->instance >= 0 ? paper->q->instances[section->instance].module : -1;
    if (index >= 0 && index != *module_before) {
        const struct module *module = &paper->q->modules[index];
        char count[24];
        char draws[24];
        snprintf(count, sizeof count, "%zu", module->instance_count);
        snprintf(draws, sizeof draws, "%zu", module->draw_count);
        PUT_SLICE(object, "module_note",
                  locale_format(paper->arena, paper->q->locales, language_code(paper->language),
                                "paper.modules", "count", count, "draws", draws, NULL));
    }
    PUT_FLAG(object, "new_sheet", index >= 0 || *module_before >= 0);
    *module_before = index;
}

json_t *questionnaire_paper_context(struct arena *arena, const struct questionnaire *q, int language)
{
    struct paper paper = {arena, q, language, arena_array(arena, q->question_count, sizeof(int)), 0};
    json_t *context = json_object();
    json_t *sections = json_array();
    int *order;
    int module_before = -1;
    size_t count = flow_sections(&order, arena, q, NULL);
    for (size_t i = 0; i < count; i++) {
        const struct section *section = &q->sections[order[i]];
        const char *title = section->title.by[language];
        json_t *object = json_object();
        json_t *items = json_array();
        for (size_t k = 0; k < section->page_count; k++) {
            add_items(items, &paper, &q->pages[section->first_page + k]);
        }
        put_module(object, &paper, section, &module_before);
        PUT_TEXT(object, "title", title ? title : said(&paper, "paper.section"));
        PUT(object, "items", items);
        json_array_append_new(sections, object);
    }
    PUT_TEXT(context, "title", said(&paper, "paper.title"));
    PUT(context, "sections", sections);
    return context_keep(arena, context);
}
