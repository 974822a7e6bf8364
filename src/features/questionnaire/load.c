/* The document as a whole: identity, flow, variants. */
#include "features/questionnaire/load.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_MAX = 128 * 1024 * 1024, MAX_FLOW = 64 };

/* ---- flow ---- */

static bool in_flow(const struct questionnaire *q, const char *code)
{
    for (size_t i = 0; i < q->section_count; i++) {
        int instance = q->sections[i].instance;
        const char *name =
            instance < 0 ? q->sections[i].code : q->modules[q->instances[instance].module].code;
        if (strcmp(name, code) == 0) {
            return true;
        }
    }
    return false;
}

static void load_part(struct flow_entry *entry, struct loader *l, const char *pointer, const json_t *value)
{
    struct questionnaire *q = l->q;
    const char *code = json_string_value(value);
    const json_t *block =
        code ? json_object_get(json_object_get(json_object_get(q->document, "questionnaire"), "blocks"), code)
             : NULL;
    struct flow_part part = {.is_module = false, .index = -1};
    if (code && in_flow(q, code)) {
        load_fault(l, pointer, "dubbel", "Dit staat al in de volgorde.");
        return;
    }
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
        l->at.entry = i;
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

/* What nobody would ever see is a mistake of whoever wrote it. */
static void check_flow_names(struct loader *l, const json_t *members, const char *pointer)
{
    const char *code;
    json_t *ignored;
    json_object_foreach((json_t *)(uintptr_t)members, code, ignored)
    {
        if (!in_flow(l->q, code)) {
            load_fault(l, load_pointer(l, pointer, code), "onbekend",
                       "Dit staat niet in flow, of heeft zelf fouten.");
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
    if (!load_object(l, pointer, object, fields, 4)) {
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

const char *load_version(struct loader *l, const char *pointer, const json_t *version)
{
    if (json_is_integer(version)) {
        return arena_printf(l->q->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(version)).ptr;
    }
    if (version && !json_is_string(version)) {
        load_fault(l, pointer, "type", "Geef hier een tekst of een heel getal.");
    }
    return json_is_string(version) ? arena_cstr(l->q->arena, (struct slice){json_string_value(version),
                                                                            json_string_length(version)})
                                   : "";
}

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
    if (!load_object(l, "/questionnaire", object, fields, sizeof fields / sizeof fields[0])) {
        return;
    }
    q->version = load_version(l, "/questionnaire/version", version);
    q->code = load_code(l, "/questionnaire/code", code);
    q->title = load_text(l, "/questionnaire/title", title);
    l->scales = scales;
    json_object_foreach(modules, name, member)
    {
        load_module(l, name, member);
    }
    load_flow(l, flow);
    check_flow_names(l, blocks, "/questionnaire/blocks");
    check_flow_names(l, modules, "/questionnaire/modules");
    json_object_foreach(variants, name, member)
    {
        load_variant(l, name, member);
    }
    if (variants && json_object_size(variants) == 0) {
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
    l.places = arena_array(q->arena, MAX_QUESTIONS, sizeof *l.places);
    load_explainers(&l, json_object_get(document, "explainers"));
    load_body(&l, json_object_get(document, "questionnaire"));
    if (!postcode_load(q)) {
        json_errors_add(errors, "", "postcode", "De lijst van postcodes en provincies is niet te lezen.");
    }
    if (errors->count > faults || !wordings_seal(q) || !codebook_build(q, errors)) {
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

struct slice questionnaire_version(const struct questionnaire *q)
{
    return slice_from_cstr(q->version);
}

struct slice questionnaire_code(const struct questionnaire *q)
{
    return slice_from_cstr(q->code);
}
