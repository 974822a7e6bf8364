/* Pages and blocks of the document. */
#include "features/questionnaire/load.h"

#include <string.h>

enum { MAX_PAGE_CODE = 56 /* with ".99" behind it, it stays under the 64 bytes that a draft keeps */ };

/* ---- pages ---- */

static struct page *add_page(struct loader *l, const char *pointer, const char *code, int section)
{
    struct questionnaire *q = l->q;
    if (q->page_count == q->page_room) {
        load_fault(l, pointer, "bereik", "De vragenlijst heeft te veel pagina's.");
        return NULL;
    }
    struct page *page = &q->pages[q->page_count++];
    *page = (struct page){
        .code = code, .section = section, .order_variable = -1, .instance = q->sections[section].instance};
    return page;
}

/* A question of more parts than a page shows becomes several pages, alike but for which parts they show. */
static void split_question(struct loader *l, const char *pointer, struct page *page)
{
    struct questionnaire *q = l->q;
    const struct question *question = NULL;
    for (size_t i = 0; i < page->item_count && !question; i++) {
        const struct question *one =
            page->items[i].question >= 0 ? &q->questions[page->items[i].question] : NULL;
        if (one && question_part_count(one) > one->per_page) {
            question = one;
            if (i + 1 < page->item_count) {
                load_fault(l, pointer, "vorm",
                           "Een vraag die meer dan een bladzijde vult, staat als laatste op haar pagina.");
                return;
            }
        }
    }
    if (!question || question->per_page == 0) {
        return;
    }
    const char *code = page->code;
    size_t parts = question_part_count(question);
    struct page first = *page;
    for (size_t from = 0; from < parts; from += question->per_page) {
        struct page *target = from == 0 ? page : add_page(l, pointer, NULL, page->section);
        if (!target) {
            return;
        }
        *target = first;
        target->code = arena_printf(q->arena, "%s.%zu", code, from / question->per_page + 1).ptr;
        target->items = arena_array(q->arena, first.item_count, sizeof *target->items);
        /* What stands before the question stays on its first page. */
        target->item_count = from == 0 ? first.item_count : 1;
        memcpy(target->items, from == 0 ? first.items : first.items + first.item_count - 1,
               target->item_count * sizeof *target->items);
        struct page_item *divided = &target->items[target->item_count - 1];
        divided->from = from;
        divided->to = from + question->per_page < parts ? from + question->per_page : parts;
        target->first_of_section = first.first_of_section && from == 0;
    }
}

static void load_item(struct page_item *out, struct loader *l, const char *pointer, const json_t *object)
{
    const char *type = json_string_value(json_object_get(object, "type"));
    *out = (struct page_item){.question = -1, .explainer = -1};
    if (type && strcmp(type, "text") == 0 && json_object_get(object, "options") == NULL &&
        !json_object_get(object, "code")) {
        json_t *text = NULL;
        struct slice ignored = {NULL, 0};
        json_t *picture = NULL;
        const struct json_field fields[] = {
            {.name = "type", .kind = JSON_KIND_STRING, .out = &ignored},
            {.name = "text", .kind = JSON_KIND_OBJECT, .out = &text},
            {.name = "picture", .kind = JSON_KIND_OBJECT, .optional = true, .out = &picture}};
        out->kind = PAGE_TEXT;
        if (load_object(l, pointer, object, fields, 3)) {
            struct slice shown[LANGUAGES] = {{NULL, 0}};
            if (picture) {
                load_picture(shown, l, load_pointer(l, pointer, "picture"), picture);
            }
            load_html(out->html, l, load_pointer(l, pointer, "text"), text, 2, shown);
        }
    } else if (type && strcmp(type, "explainer") == 0) {
        struct slice ignored;
        const struct json_field fields[] = {{.name = "type", .kind = JSON_KIND_STRING, .out = &ignored}};
        out->kind = PAGE_EXPLAINER;
        load_object(l, pointer, object, fields, 1);
        if (!l->instance || l->instance->explainer < 0) {
            load_fault(l, pointer, "onbekend",
                       "Een uitleg hoort in een module, bij een toepassing met explainer.");
        } else {
            out->explainer = l->instance->explainer;
        }
    } else {
        out->kind = PAGE_QUESTION;
        out->question = load_question(l, pointer, object);
        if (out->question >= 0) {
            out->to = question_part_count(&l->q->questions[out->question]);
        }
    }
}

/* A question hangs on its own condition and its page's, and these on other questions. What it takes to know
 * whether one is asked is bounded, so that no document makes a page slow. */
static void check_cost(struct loader *l, const char *pointer)
{
    for (size_t i = (size_t)l->at.first_question; i < l->q->question_count; i++) {
        struct question *question = &l->q->questions[i];
        question->routing_cost += l->cost;
        if (question->routing_cost > MAX_ROUTING_COST) {
            load_fault(l, pointer, "bereik", "Te veel voorwaarden hangen hier van elkaar af.");
            return;
        }
    }
}

static void load_page(struct loader *l, const char *pointer, const json_t *object, int section, bool first)
{
    struct questionnaire *q = l->q;
    struct slice code = {NULL, 0};
    json_t *title = NULL;
    json_t *items = NULL;
    json_t *show_if = NULL;
    bool random = false;
    const struct json_field fields[] = {
        {.name = "code", .kind = JSON_KIND_STRING, .out = &code},
        {.name = "title", .kind = JSON_KIND_OBJECT, .optional = true, .out = &title},
        {.name = "items", .kind = JSON_KIND_ARRAY, .min = 1, .max = 20, .out = &items},
        {.name = "show_if", .kind = JSON_KIND_OBJECT, .optional = true, .out = &show_if},
        {.name = "random", .kind = JSON_KIND_BOOL, .optional = true, .out = &random}};
    if (!load_object(l, pointer, object, fields, 5)) {
        return;
    }
    const char *local = load_code(l, load_pointer(l, pointer, "code"), code);
    const char *full = arena_printf(q->arena, "%s.%s", q->sections[section].code, local ? local : "?").ptr;
    l->at.page++;
    l->at.first_question = (int)q->question_count;
    if (strlen(full) > MAX_PAGE_CODE) {
        load_fault(l, load_pointer(l, pointer, "code"), "te-lang",
                   "De code van het blok en die van de pagina zijn samen te lang.");
    }
    for (size_t i = 0; i < q->page_count; i++) {
        if (local && strcmp(q->pages[i].code, full) == 0) {
            load_fault(l, load_pointer(l, pointer, "code"), "dubbel",
                       "Deze code is al van een andere pagina van dit blok.");
        }
    }
    struct page_item *loaded = arena_array(q->arena, json_array_size(items), sizeof *loaded);
    for (size_t i = 0; i < json_array_size(items); i++) {
        load_item(&loaded[i], l, load_index(l, load_pointer(l, pointer, "items"), i),
                  json_array_get(items, i));
    }
    l->cost = 0;
    struct condition *condition =
        show_if ? load_condition(l, load_pointer(l, pointer, "show_if"), show_if) : NULL;
    check_cost(l, pointer);
    struct page *page = add_page(l, pointer, full, section);
    if (page) {
        page->title = title ? load_text(l, load_pointer(l, pointer, "title"), title) : page->title;
        page->items = loaded;
        page->item_count = json_array_size(items);
        page->show_if = condition;
        page->random = random;
        page->first_of_section = first;
        split_question(l, pointer, page);
    }
}

/* The introduction of a block as a page of its own. */
static void add_intro(struct loader *l, const char *pointer, const json_t *intro, int index)
{
    struct section *section = &l->q->sections[index];
    struct page *page = add_page(l, pointer, arena_printf(l->q->arena, "%s.intro", section->code).ptr, index);
    load_html(section->intro, l, pointer, intro, 2, NULL);
    if (page) {
        page->intro = true;
        page->title = section->title;
        page->items = arena_alloc(l->q->arena, sizeof *page->items);
        page->item_count = 1;
        page->items[0] = (struct page_item){.kind = PAGE_TEXT,
                                            .question = -1,
                                            .explainer = -1,
                                            .html = {section->intro[0], section->intro[1]}};
    }
}

int load_section(struct loader *l, const char *pointer, const char *code, const json_t *pages,
                 const json_t *title, const json_t *intro, int instance)
{
    struct questionnaire *q = l->q;
    if (q->section_count == q->section_room) {
        load_fault(l, pointer, "bereik", "De vragenlijst heeft te veel blokken.");
        return -1;
    }
    int index = (int)q->section_count++;
    l->at.section = index;
    q->sections[index] = (struct section){.code = code, .instance = instance, .first_page = q->page_count};
    if (title) {
        q->sections[index].title = load_text(l, load_pointer(l, pointer, "title"), title);
    }
    if (intro) {
        add_intro(l, load_pointer(l, pointer, "intro"), intro, index);
    }
    for (size_t i = 0; i < json_array_size(pages); i++) {
        load_page(l, load_index(l, load_pointer(l, pointer, "pages"), i), json_array_get(pages, i), index,
                  i == 0);
    }
    q->sections[index].page_count = q->page_count - q->sections[index].first_page;
    return index;
}

int load_block(struct loader *l, const char *code, const json_t *object)
{
    const char *pointer = load_pointer(l, "/questionnaire/blocks", code);
    json_t *title = NULL;
    json_t *intro = NULL;
    json_t *pages = NULL;
    bool skip_all = false;
    const struct json_field fields[] = {
        {.name = "title", .kind = JSON_KIND_OBJECT, .optional = true, .out = &title},
        {.name = "intro", .kind = JSON_KIND_OBJECT, .optional = true, .out = &intro},
        {.name = "skip_all", .kind = JSON_KIND_BOOL, .optional = true, .out = &skip_all},
        {.name = "pages", .kind = JSON_KIND_ARRAY, .min = 1, .max = 200, .out = &pages}};
    if (!load_object(l, pointer, object, fields, 4)) {
        return -1;
    }
    const char *checked = load_code(l, pointer, slice_from_cstr(code));
    int index = checked ? load_section(l, pointer, checked, pages, title, intro, -1) : -1;
    if (index >= 0) {
        l->q->sections[index].skip_all = skip_all;
    }
    return index;
}
