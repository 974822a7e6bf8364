/* The document as a whole: identity, modules, pages, flow, variants. */
#include "features/questionnaire/load.h"

#include <stdlib.h>
#include <string.h>

enum {
    ARENA_MAX = 128 * 1024 * 1024,
    MAX_PAGES = 2048,
    MAX_QUESTIONS = 2048,
    MAX_SECTIONS = 64,
    MAX_FLOW = 64,
    MAX_INSTANCES = 64
};

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

/* A series of more items than fit a page becomes several pages, alike but for which items of the person's
 * order they show. */
static void split_series(struct loader *l, const char *pointer, struct page *page)
{
    struct questionnaire *q = l->q;
    if (page->item_count == 0 || page->items[page->item_count - 1].kind != PAGE_QUESTION) {
        return;
    }
    const struct question *question = &q->questions[page->items[page->item_count - 1].question];
    if (question->type != QUESTION_SERIES || question->item_count <= question->per_page) {
        return;
    }
    const char *code = page->code;
    struct page first = *page;
    for (size_t from = 0; from < question->item_count; from += question->per_page) {
        size_t part = from / question->per_page + 1;
        struct page *target = from == 0 ? page : add_page(l, pointer, NULL, page->section);
        if (!target) {
            return;
        }
        *target = first;
        target->code = arena_printf(q->arena, "%s.%zu", code, part).ptr;
        target->items = arena_array(q->arena, first.item_count, sizeof *target->items);
        /* What stands before the series stays on its first page. */
        target->item_count = from == 0 ? first.item_count : 1;
        memcpy(target->items, from == 0 ? first.items : first.items + first.item_count - 1,
               target->item_count * sizeof *target->items);
        struct page_item *series = &target->items[target->item_count - 1];
        series->from = from;
        series->to = from + question->per_page < question->item_count ? from + question->per_page
                                                                      : question->item_count;
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
        if (json_decode(l->errors, pointer, object, fields, 3)) {
            load_html(out->html, l, load_pointer(l, pointer, "text"), text, 2);
        }
        if (picture && (!json_object_get(picture, "alt") || !json_object_get(picture, "file"))) {
            load_fault(l, load_pointer(l, pointer, "picture"), "ontbreekt",
                       "Een afbeelding heeft file en alt nodig: een tekst voor wie haar niet ziet.");
        }
    } else if (type && strcmp(type, "explainer") == 0) {
        out->kind = PAGE_EXPLAINER;
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
            out->to = l->q->questions[out->question].item_count;
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
    if (!json_decode(l->errors, pointer, object, fields, 5)) {
        return;
    }
    const char *local = load_code(l, load_pointer(l, pointer, "code"), code);
    const char *full = arena_printf(q->arena, "%s.%s", q->sections[section].code, local ? local : "?").ptr;
    for (size_t i = 0; i < q->page_count; i++) {
        if (strcmp(q->pages[i].code, full) == 0) {
            load_fault(l, load_pointer(l, pointer, "code"), "dubbel",
                       "Deze code is al van een andere pagina van dit blok.");
        }
    }
    struct page_item *loaded = arena_array(q->arena, json_array_size(items), sizeof *loaded);
    for (size_t i = 0; i < json_array_size(items); i++) {
        load_item(&loaded[i], l, load_index(l, load_pointer(l, pointer, "items"), i),
                  json_array_get(items, i));
    }
    struct page *page = add_page(l, pointer, full, section);
    if (page) {
        page->title = title ? load_text(l, load_pointer(l, pointer, "title"), title) : page->title;
        page->items = loaded;
        page->item_count = json_array_size(items);
        page->show_if = show_if ? load_condition(l, load_pointer(l, pointer, "show_if"), show_if) : NULL;
        page->random = random;
        page->first_of_section = first;
        split_series(l, pointer, page);
    }
}

/* The introduction of a block as a page of its own. */
static void add_intro(struct loader *l, const char *pointer, const json_t *intro, int index)
{
    struct section *section = &l->q->sections[index];
    struct page *page = add_page(l, pointer, arena_printf(l->q->arena, "%s.intro", section->code).ptr, index);
    load_html(section->intro, l, pointer, intro, 2);
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

static int load_section(struct loader *l, const char *pointer, const char *code, const json_t *pages,
                        const json_t *title, const json_t *intro, int instance)
{
    struct questionnaire *q = l->q;
    if (q->section_count == q->section_room) {
        load_fault(l, pointer, "bereik", "De vragenlijst heeft te veel blokken.");
        return -1;
    }
    int index = (int)q->section_count++;
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

/* ---- blocks and modules ---- */

static int load_block(struct loader *l, const char *code, const json_t *object)
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
    if (!json_decode(l->errors, pointer, object, fields, 4)) {
        return -1;
    }
    const char *checked = load_code(l, pointer, slice_from_cstr(code));
    int index = checked ? load_section(l, pointer, checked, pages, title, intro, -1) : -1;
    if (index >= 0) {
        l->q->sections[index].skip_all = skip_all;
    }
    return index;
}

static void load_instance(struct loader *l, const char *pointer, const json_t *object, int module)
{
    struct questionnaire *q = l->q;
    struct slice code = {NULL, 0};
    struct slice explainer = {NULL, 0};
    json_t *texts = NULL;
    const struct json_field fields[] = {
        {.name = "code", .kind = JSON_KIND_STRING, .out = &code},
        {.name = "explainer", .kind = JSON_KIND_STRING, .optional = true, .out = &explainer},
        {.name = "texts", .kind = JSON_KIND_OBJECT, .out = &texts}};
    if (!json_decode(l->errors, pointer, object, fields, 3)) {
        return;
    }
    if (q->instance_count == q->instance_room) {
        load_fault(l, pointer, "bereik", "De vragenlijst heeft te veel toepassingen.");
        return;
    }
    struct instance *instance = &q->instances[q->instance_count];
    *instance = (struct instance){.code = load_code(l, load_pointer(l, pointer, "code"), code),
                                  .module = module,
                                  .section = -1,
                                  .explainer = explainer.len ? load_find_explainer(q, explainer.ptr) : -1,
                                  .order_variable = -1,
                                  .texts = texts};
    if (explainer.len && instance->explainer < 0) {
        load_fault(l, load_pointer(l, pointer, "explainer"), "onbekend",
                   "Deze uitleg is er niet, of heeft fouten.");
    }
    instance->label = instance->explainer >= 0 ? q->explainers[instance->explainer].title
                                               : (struct text){{instance->code, instance->code}};
    if (instance->code) {
        q->instance_count++;
    }
}

static int find_instance(const struct questionnaire *q, const struct module *module, const char *code)
{
    for (size_t i = 0; i < module->instance_count; i++) {
        int index = module->first_instance + (int)i;
        if (strcmp(q->instances[index].code, code) == 0) {
            return index;
        }
    }
    return -1;
}

static void load_draws(struct module *module, struct loader *l, const char *pointer, const json_t *draws)
{
    bool used[MAX_INSTANCES] = {false};
    for (size_t d = 0; d < json_array_size(draws) && d < QUESTIONNAIRE_MAX_DRAWS; d++) {
        const json_t *pool = json_array_get(draws, d);
        module->pool_size[d] = 0;
        for (size_t i = 0; i < json_array_size(pool) && i < MAX_OPTIONS; i++) {
            const char *code = json_string_value(json_array_get(pool, i));
            int index = code ? find_instance(l->q, module, code) : -1;
            if (index < 0 || used[index]) {
                load_fault(l, load_index(l, load_index(l, pointer, d), i), "onbekend",
                           "Noem toepassingen van deze module, elk in een trekking.");
                continue;
            }
            used[index] = true;
            module->pools[d][module->pool_size[d]++] = index;
        }
        if (module->pool_size[d] == 0) {
            load_fault(l, load_index(l, pointer, d), "ontbreekt", "Een trekking heeft toepassingen nodig.");
        }
        module->draw_count = d + 1;
    }
}

static void load_module(struct loader *l, const char *code, const json_t *object)
{
    struct questionnaire *q = l->q;
    const char *pointer = load_pointer(l, "/questionnaire/modules", code);
    json_t *title = NULL;
    json_t *instances = NULL;
    json_t *draws = NULL;
    json_t *pages = NULL;
    const struct json_field fields[] = {
        {.name = "title", .kind = JSON_KIND_OBJECT, .out = &title},
        {.name = "instances", .kind = JSON_KIND_ARRAY, .min = 1, .max = MAX_INSTANCES, .out = &instances},
        {.name = "draws", .kind = JSON_KIND_ARRAY, .min = 1, .max = QUESTIONNAIRE_MAX_DRAWS, .out = &draws},
        {.name = "pages", .kind = JSON_KIND_ARRAY, .min = 1, .max = 200, .out = &pages}};
    const char *checked = load_code(l, pointer, slice_from_cstr(code));
    if (!checked || !json_decode(l->errors, pointer, object, fields, 4)) {
        return;
    }
    if (q->module_count == sizeof q->modules / sizeof q->modules[0]) {
        load_fault(l, pointer, "bereik", "Een vragenlijst heeft ten hoogste vier modules.");
        return;
    }
    int index = (int)q->module_count++;
    struct module *module = &q->modules[index];
    *module = (struct module){.code = checked, .first_instance = (int)q->instance_count};
    module->title = load_text(l, load_pointer(l, pointer, "title"), title);
    for (size_t i = 0; i < json_array_size(instances); i++) {
        load_instance(l, load_index(l, load_pointer(l, pointer, "instances"), i),
                      json_array_get(instances, i), index);
    }
    module->instance_count = q->instance_count - (size_t)module->first_instance;
    load_draws(module, l, load_pointer(l, pointer, "draws"), draws);
}

/* The pages of each instance, where the flow comes to the module: conditions look back. */
static void load_module_pages(struct loader *l, int index)
{
    struct questionnaire *q = l->q;
    const struct module *module = &q->modules[index];
    const json_t *pages = json_object_get(
        json_object_get(json_object_get(json_object_get(q->document, "questionnaire"), "modules"),
                        module->code),
        "pages");
    const char *pointer = load_pointer(l, "/questionnaire/modules", module->code);
    for (size_t i = 0; i < module->instance_count; i++) {
        struct instance *instance = &q->instances[(size_t)module->first_instance + i];
        size_t faults = l->errors->count;
        l->instance = instance;
        instance->section =
            load_section(l, pointer, instance->code, pages, NULL, NULL, (int)(instance - q->instances));
        l->instance = NULL;
        if (instance->section >= 0) {
            q->sections[instance->section].title = instance->label;
        }
        if (l->errors->count > faults) {
            return; /* every instance would repeat them */
        }
    }
}

/* ---- flow ---- */

static void load_part(struct flow_entry *entry, struct loader *l, const char *pointer, const json_t *value)
{
    struct questionnaire *q = l->q;
    const char *code = json_string_value(value);
    const json_t *block =
        code ? json_object_get(json_object_get(json_object_get(q->document, "questionnaire"), "blocks"), code)
             : NULL;
    struct flow_part part = {.is_module = false, .index = -1};
    if (block) {
        part.index = load_block(l, code, block);
    } else {
        for (size_t i = 0; code && i < q->module_count; i++) {
            if (strcmp(q->modules[i].code, code) == 0) {
                part = (struct flow_part){.is_module = true, .index = (int)i};
                load_module_pages(l, (int)i);
            }
        }
    }
    if (!block && part.index < 0) {
        load_fault(l, pointer, "onbekend", "Noem hier een blok of een module.");
    } else if (part.index >= 0) {
        entry->parts[entry->count++] = part;
    }
}

static void load_flow(struct loader *l, const json_t *flow)
{
    struct questionnaire *q = l->q;
    bool had_random = false;
    q->flow = arena_array(q->arena, MAX_FLOW, sizeof *q->flow);
    for (size_t i = 0; i < json_array_size(flow) && i < MAX_FLOW; i++) {
        const json_t *value = json_array_get(flow, i);
        const char *pointer = load_index(l, "/questionnaire/flow", i);
        const json_t *random = json_object_get(value, "random");
        struct flow_entry *entry = &q->flow[q->flow_count++];
        if (json_is_string(value)) {
            load_part(entry, l, pointer, value);
        } else if (json_array_size(random) >= 2 && json_array_size(random) <= 8 && !had_random) {
            had_random = entry->random = true;
            for (size_t p = 0; p < json_array_size(random); p++) {
                load_part(entry, l, load_index(l, load_pointer(l, pointer, "random"), p),
                          json_array_get(random, p));
            }
        } else {
            load_fault(l, pointer, "vorm",
                       "Noem een blok, een module, of een keer {\"random\": [twee tot acht]}.");
        }
    }
}

/* ---- variants ---- */

/* "rol" (a question, with or without prefix) or "vertrouwen_overheid" (one item of a series). */
static bool mark_question(struct questionnaire *q, size_t variant, const char *name)
{
    bool found = false;
    for (size_t i = 0; i < q->question_count; i++) {
        struct question *question = &q->questions[i];
        size_t len = strlen(question->local_code);
        if (strcmp(question->local_code, name) == 0) {
            question->in_variant[variant] = UINT64_MAX;
            found = true;
        } else if (question->type == QUESTION_SERIES && strncmp(question->local_code, name, len) == 0 &&
                   name[len] == '_') {
            for (size_t item = 0; item < question->item_count; item++) {
                if (strcmp(question->items[item].code, name + len + 1) == 0) {
                    question->in_variant[variant] |= UINT64_C(1) << item;
                    found = true;
                }
            }
        }
    }
    return found;
}

static size_t most_draws(const struct questionnaire *q)
{
    size_t draws = 0;
    for (size_t i = 0; i < q->module_count; i++) {
        draws = q->modules[i].draw_count > draws ? q->modules[i].draw_count : draws;
    }
    return draws;
}

static void load_variant(struct loader *l, const char *code, const json_t *object)
{
    struct questionnaire *q = l->q;
    const char *pointer = load_pointer(l, "/questionnaire/variants", code);
    json_t *title = NULL;
    json_t *questions = NULL;
    int64_t minutes = 0;
    int64_t draws = (int64_t)most_draws(q);
    const struct json_field fields[] = {
        {.name = "title", .kind = JSON_KIND_OBJECT, .out = &title},
        {.name = "minutes", .kind = JSON_KIND_INT, .min = 1, .max = 60, .out = &minutes},
        {.name = "draws",
         .kind = JSON_KIND_INT,
         .optional = true,
         .min = 1,
         .max = QUESTIONNAIRE_MAX_DRAWS,
         .out = &draws},
        {.name = "questions",
         .kind = JSON_KIND_ARRAY,
         .optional = true,
         .min = 1,
         .max = MAX_QUESTIONS,
         .out = &questions}};
    if (!json_decode(l->errors, pointer, object, fields, 4)) {
        return;
    }
    if (q->variant_count == MAX_VARIANTS) {
        load_fault(l, pointer, "bereik", "Een vragenlijst heeft ten hoogste acht varianten.");
        return;
    }
    size_t index = q->variant_count++;
    q->variants[index] = (struct variant){.code = load_code(l, pointer, slice_from_cstr(code)),
                                          .title = load_text(l, load_pointer(l, pointer, "title"), title),
                                          .minutes = (int)minutes,
                                          .draws = (int)draws,
                                          .all = questions == NULL};
    for (size_t i = 0; i < q->question_count && !questions; i++) {
        q->questions[i].in_variant[index] = UINT64_MAX;
    }
    for (size_t i = 0; i < json_array_size(questions); i++) {
        const char *name = json_string_value(json_array_get(questions, i));
        if (!name || !mark_question(q, index, name)) {
            load_fault(l, load_index(l, load_pointer(l, pointer, "questions"), i), "onbekend",
                       "Deze vraag staat niet in de vragenlijst.");
        }
    }
}

static void load_locked(struct loader *l, const json_t *locked)
{
    for (size_t i = 0; i < json_array_size(locked); i++) {
        const char *code = json_string_value(json_array_get(locked, i));
        bool found = false;
        for (size_t k = 0; code && k < l->q->question_count; k++) {
            if (strcmp(l->q->questions[k].local_code, code) == 0) {
                found = l->q->questions[k].locked = true;
            }
        }
        if (!found) {
            load_fault(l, load_index(l, "/questionnaire/locked", i), "onbekend",
                       "Deze vraag staat niet in de vragenlijst.");
        }
    }
}

/* Questions of the background: what tables may be split by. */
static void mark_background(struct questionnaire *q)
{
    for (size_t i = 0; i < q->page_count; i++) {
        bool background = strcmp(q->sections[q->pages[i].section].code, "achtergrond") == 0;
        for (size_t k = 0; background && k < q->pages[i].item_count; k++) {
            if (q->pages[i].items[k].question >= 0) {
                q->questions[q->pages[i].items[k].question].background = true;
            }
        }
    }
}

/* ---- the whole ---- */

static void load_body(struct loader *l, const json_t *object)
{
    struct questionnaire *q = l->q;
    struct slice code = {NULL, 0};
    json_t *version = NULL, *title = NULL, *blocks = NULL, *modules = NULL, *flow = NULL, *variants = NULL,
           *locked = NULL, *scales = NULL;
    const struct json_field fields[] = {
        {.name = "code", .kind = JSON_KIND_STRING, .out = &code},
        {.name = "version", .kind = JSON_KIND_ANY, .out = &version},
        {.name = "title", .kind = JSON_KIND_OBJECT, .out = &title},
        {.name = "scales", .kind = JSON_KIND_OBJECT, .optional = true, .out = &scales},
        {.name = "blocks", .kind = JSON_KIND_OBJECT, .out = &blocks},
        {.name = "modules", .kind = JSON_KIND_OBJECT, .optional = true, .out = &modules},
        {.name = "flow", .kind = JSON_KIND_ARRAY, .min = 1, .max = MAX_FLOW, .out = &flow},
        {.name = "variants", .kind = JSON_KIND_OBJECT, .out = &variants},
        {.name = "locked", .kind = JSON_KIND_ARRAY, .optional = true, .out = &locked}};
    const char *name;
    json_t *member;
    if (!json_decode(l->errors, "/questionnaire", object, fields, sizeof fields / sizeof fields[0])) {
        return;
    }
    q->code = load_code(l, "/questionnaire/code", code);
    l->scales = scales;
    json_object_foreach(modules, name, member)
    {
        load_module(l, name, member);
    }
    load_flow(l, flow);
    json_object_foreach(variants, name, member)
    {
        load_variant(l, name, member);
    }
    if (json_object_size(variants) == 0) {
        load_fault(l, "/questionnaire/variants", "ontbreekt", "Geef ten minste een variant.");
    }
    load_locked(l, locked);
    mark_background(q);
}

struct questionnaire *questionnaire_load(struct json_errors *errors, const json_t *document,
                                         const struct locales *locales)
{
    size_t faults = errors->count;
    struct questionnaire *q = calloc(1, sizeof *q);
    if (!q) {
        return NULL;
    }
    q->arena = arena_create(ARENA_MAX);
    q->document = json_incref((json_t *)(uintptr_t)document);
    q->locales = locales;
    q->questions = arena_array(q->arena, q->question_room = MAX_QUESTIONS, sizeof *q->questions);
    q->pages = arena_array(q->arena, q->page_room = MAX_PAGES, sizeof *q->pages);
    q->sections = arena_array(q->arena, q->section_room = MAX_SECTIONS, sizeof *q->sections);
    q->instances = arena_array(q->arena, q->instance_room = MAX_INSTANCES, sizeof *q->instances);
    struct loader l = {.q = q, .errors = errors};
    load_explainers(&l, json_object_get(document, "explainers"));
    load_body(&l, json_object_get(document, "questionnaire"));
    if (!postcode_load(q)) {
        json_errors_add(errors, "", "postcode", "De lijst van postcodes en provincies is niet te lezen.");
    }
    if (errors->count > faults || !codebook_build(q, errors)) {
        questionnaire_free(q);
        return NULL;
    }
    return q;
}

void questionnaire_free(struct questionnaire *q)
{
    if (q) {
        json_decref(q->document);
        arena_destroy(q->arena);
        free(q);
    }
}

struct slice questionnaire_code(const struct questionnaire *q)
{
    return slice_from_cstr(q->code);
}
