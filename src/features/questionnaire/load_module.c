/* Modules: instances, draws, and the pages that each instance gets. */
#include "features/questionnaire/load.h"

#include <string.h>

/* What fills the {names} in the texts of the pages. */
static void check_texts(struct loader *l, const char *pointer, const json_t *texts)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    const char *name;
    json_t *text;
    json_object_foreach((json_t *)(uintptr_t)texts, name, text)
    {
        const char *at = load_pointer(l, pointer, name);
        if (name[0] < 'a' || name[0] > 'z' || name[strspn(name, allowed)] != '\0') {
            load_fault(l, at, "code", "Een naam begint met een kleine letter; dan ook cijfers, _ en -.");
        }
        load_text(l, at, text);
    }
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
    if (!load_object(l, pointer, object, fields, 3)) {
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
    check_texts(l, load_pointer(l, pointer, "texts"), texts);
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

static void load_draws(struct module *module, struct loader *l, const char *pointer, const json_t *draws,
                       const char *instances_pointer)
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
    for (size_t i = 0; i < module->instance_count; i++) {
        if (!used[(size_t)module->first_instance + i]) {
            load_fault(l, load_index(l, instances_pointer, i), "onbekend",
                       "Deze toepassing staat in geen enkele trekking.");
        }
    }
}

void load_module(struct loader *l, const char *code, const json_t *object)
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
    if (!checked || !load_object(l, pointer, object, fields, 4)) {
        return;
    }
    if (q->module_count > 0) {
        load_fault(l, pointer, "bereik", "Een vragenlijst heeft ten hoogste een module.");
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
    load_draws(module, l, load_pointer(l, pointer, "draws"), draws, load_pointer(l, pointer, "instances"));
}

/* The pages of each instance, where the flow comes to the module: conditions look back. */
void load_module_pages(struct loader *l, int index)
{
    struct questionnaire *q = l->q;
    const struct module *module = &q->modules[index];
    const json_t *pages = json_object_get(
        json_object_get(json_object_get(json_object_get(q->document, "questionnaire"), "modules"),
                        module->code),
        "pages");
    const char *pointer = load_pointer(l, "/questionnaire/modules", module->code);
    size_t faults = l->errors->count;
    for (size_t i = 0; i < module->instance_count; i++) {
        struct instance *instance = &q->instances[(size_t)module->first_instance + i];
        l->instance = instance;
        instance->section =
            load_section(l, pointer, instance->code, pages, NULL, NULL, (int)(instance - q->instances));
        l->instance = NULL;
        if (instance->section >= 0) {
            q->sections[instance->section].title = instance->label;
        }
        json_errors_drop_repeats(l->errors, faults); /* of the pages, by each instance */
    }
}
