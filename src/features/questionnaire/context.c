/* A page of the form as a context: heading, what is read before the form, items, errors. */
#include "features/questionnaire/context.h"

#include <string.h>

/* ---- order ---- */

size_t page_order(uint8_t out[MAX_OPTIONS], const struct questionnaire *q, const struct answers *a,
                  const struct page *page)
{
    uint8_t questions[MAX_OPTIONS] = {0};
    uint8_t row[MAX_OPTIONS];
    size_t question_count = 0;
    size_t count = page->item_count < MAX_OPTIONS ? page->item_count : MAX_OPTIONS;
    for (size_t i = 0; i < count; i++) {
        out[i] = (uint8_t)i;
        if (page->items[i].kind == PAGE_QUESTION) {
            questions[question_count++] = (uint8_t)i;
        }
    }
    uint16_t slot = page->order_variable >= 0 ? slot_get(q, a, page->order_variable) : ANSWER_NOT_ASKED;
    if (slot < ANSWER_FIRST) {
        return count;
    }
    order_row(row, question_count, slot - ANSWER_FIRST);
    for (size_t i = 0; i < question_count; i++) {
        out[questions[i]] = questions[row[i]];
    }
    return count;
}

static void add_part(int *out, size_t *count, const struct questionnaire *q, const struct presentation *p,
                     const struct flow_part *part)
{
    if (!part->is_module) {
        out[(*count)++] = part->index;
        return;
    }
    const struct module *module = &q->modules[part->index];
    for (int d = 0; p && d < p->draw_count; d++) {
        if (q->instances[p->drawn[d]].module == part->index) {
            out[(*count)++] = q->instances[p->drawn[d]].section;
        }
    }
    for (size_t i = 0; !p && i < module->instance_count; i++) {
        out[(*count)++] = q->instances[(size_t)module->first_instance + i].section;
    }
}

size_t flow_sections(int **out, struct arena *arena, const struct questionnaire *q,
                     const struct presentation *p)
{
    size_t count = 0;
    *out = arena_array(arena, q->section_count, sizeof **out);
    for (size_t i = 0; i < q->flow_count; i++) {
        const struct flow_entry *entry = &q->flow[i];
        uint8_t order[MAX_OPTIONS];
        bool random = p && entry->random;
        if (random) {
            order_row(order, entry->count, presentation_order(p, "volgorde-blokken", entry->count));
        }
        for (size_t k = 0; k < entry->count; k++) {
            add_part(*out, &count, q, p, &entry->parts[random ? order[k] : k]);
        }
    }
    return count;
}

/* ---- what this person sees of the page ---- */

struct shown {
    const struct page_item *items[MAX_OPTIONS];
    size_t count;
    size_t before; /* texts and explainers that stand before the first question: read before the form */
    size_t questions;
    const struct page_item *first_question;
    const struct page_item *explainer;
};

static bool item_shown(const struct view *v, const struct page_item *item)
{
    uint8_t items[MAX_OPTIONS];
    if (item->kind != PAGE_QUESTION) {
        return true;
    }
    const struct question *question = &v->q->questions[item->question];
    return question_asked(v->q, v->p, v->a, question) &&
           (question->type != QUESTION_SERIES || series_items(items, v, question, item) > 0);
}

static void see(struct shown *shown, const struct view *v, const struct page *page)
{
    uint8_t order[MAX_OPTIONS];
    size_t count = page_order(order, v->q, v->a, page);
    *shown = (struct shown){.count = 0};
    for (size_t i = 0; i < count; i++) {
        const struct page_item *item = &page->items[order[i]];
        if (!item_shown(v, item)) {
            continue;
        }
        shown->items[shown->count++] = item;
        if (item->kind == PAGE_QUESTION) {
            shown->first_question = shown->first_question ? shown->first_question : item;
            shown->questions++;
        } else if (!shown->first_question) {
            shown->before = shown->count;
        }
        if (item->kind == PAGE_EXPLAINER) {
            shown->explainer = item;
        }
    }
}

/* ---- heading and title ---- */

/* The h1; NULL when the first question's own text is it: one question alone, or nothing else to call the
 * page. */
static const char *heading_of(const struct view *v, const struct page *page, const struct shown *shown)
{
    const struct section *section = &v->q->sections[page->section];
    if (page->title.by[v->language]) {
        return page->title.by[v->language];
    }
    if (shown->explainer) {
        return v->q->explainers[shown->explainer->explainer].title.by[v->language];
    }
    if (shown->questions == 1 && shown->before == 0) {
        return NULL;
    }
    if (section->title.by[v->language] || shown->questions > 0) {
        return section->title.by[v->language];
    }
    return view_text(v, "form.reading");
}

/* Of a page that has no other heading the first question is the title. */
static void put_title(json_t *context, const struct view *v, const struct shown *shown, const char *heading)
{
    const struct page_item *item = shown->first_question;
    PUT_TEXT(context, "title",
             heading || !item ? heading : v->q->questions[item->question].text.by[v->language]);
    PUT_TEXT(context, "heading", heading);
}

/* ---- items ---- */

static json_t *explainer_item(const struct view *v, const struct page_item *item, const struct page *page)
{
    json_t *object = explainer_object(&v->q->explainers[item->explainer], v->language);
    int variable = page->instance >= 0 ? v->q->instances[page->instance].order_variable : -1;
    PUT(object, "explainer", json_true());
    PUT_FLAG(object, "worries_first", variable >= 0 && slot_get(v->q, v->a, variable) == ANSWER_FIRST + 1);
    return object;
}

static json_t *text_item(const struct view *v, const struct page_item *item)
{
    json_t *object = json_object();
    PUT_SLICE(object, "text_html", item->html[v->language]);
    return object;
}

static void put_items(json_t *context, const struct view *v, const struct page *page,
                      const struct shown *shown, bool alone)
{
    json_t *before = json_array();
    json_t *items = json_array();
    for (size_t i = 0; i < shown->count; i++) {
        const struct page_item *item = shown->items[i];
        json_t *list = i < shown->before ? before : items;
        if (item->kind == PAGE_TEXT) {
            json_array_append_new(list, text_item(v, item));
        } else if (item->kind == PAGE_EXPLAINER) {
            json_array_append_new(list, explainer_item(v, item, page));
        } else {
            bool first = item == shown->first_question;
            json_array_append_new(list, question_component(v, &v->q->questions[item->question], item,
                                                           alone && first, !first || shown->explainer));
        }
    }
    PUT(context, "before", before);
    PUT(context, "items", items);
}

/* ---- errors ---- */

static void put_errors(json_t *context, const struct view *v)
{
    if (!v->result || v->result->error_count == 0) {
        return;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < v->result->error_count; i++) {
        const struct answer_error *error = &v->result->errors[i];
        json_t *line = json_object();
        PUT_SLICE(line, "href", arena_printf(v->arena, "#%s-1", error->field));
        PUT_SLICE(line, "text", error->message);
        json_array_append_new(list, line);
    }
    PUT(context, "error_summary", json_pack("{s:o}", "items", list));
}

/* ---- the page ---- */

/* The first page of its block that this person sees. */
static bool opens_section(const struct view *v, const struct page *page)
{
    const struct section *section = &v->q->sections[page->section];
    for (size_t i = 0; i < section->page_count; i++) {
        uint16_t index = (uint16_t)(section->first_page + i);
        if (page_shown(v->q, v->p, v->a, index)) {
            return &v->q->pages[index] == page;
        }
    }
    return false;
}

json_t *questionnaire_page_context(struct arena *arena, const struct questionnaire *q,
                                   const struct presentation *p, const struct answers *a, uint16_t page_index,
                                   int language, const struct answer_field *posted, size_t posted_count,
                                   const struct page_result *result)
{
    const struct view v = {arena, q, p, a, language, posted, posted_count, result};
    const struct page *page = &q->pages[page_index];
    const struct section *section = &q->sections[page->section];
    struct shown shown;
    json_t *context = json_object();
    see(&shown, &v, page);
    const char *heading = heading_of(&v, page, &shown);
    const char *section_title = section->title.by[language];
    bool opens = opens_section(&v, page);
    put_title(context, &v, &shown, heading);
    if (section_title && (!heading || strcmp(heading, section_title) != 0)) {
        PUT_TEXT(context, "section_title", section_title);
    }
    PUT_FLAG(context, "skip_all", opens && section->skip_all);
    /* That nothing has to be filled in is said once, on the first page. */
    PUT_FLAG(context, "all_optional", first_page(arena, q, p, a) == page_index);
    PUT_FLAG(context, "asks", shown.questions > 0);
    put_items(context, &v, page, &shown, heading == NULL);
    put_errors(context, &v);
    return context_keep(arena, context);
}
