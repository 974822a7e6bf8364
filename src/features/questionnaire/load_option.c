/* Answers to choose from: a question's own, the points of a scale, those of another question or of a module.
 */
#include "features/questionnaire/load.h"

#include <string.h>

enum { MAX_TEXT = 5000 };

static void load_option(struct option *out, struct loader *l, const char *pointer, const json_t *object,
                        const char *label_name)
{
    struct slice code = {NULL, 0};
    static const char *const levels[] = {"laag", "middelbaar", "hoog", NULL};
    struct slice level = {NULL, 0};
    json_t *label = NULL;
    json_t *hint = NULL;
    json_t *tags = NULL;
    int64_t text_limit = 0;
    *out = (struct option){.code = "", .text_variable = -1};
    const struct json_field fields[] = {
        {.name = "code", .kind = JSON_KIND_STRING, .out = &code},
        {.name = label_name, .kind = JSON_KIND_OBJECT, .out = &label},
        {.name = "hint", .kind = JSON_KIND_OBJECT, .optional = true, .out = &hint},
        {.name = "tags", .kind = JSON_KIND_ARRAY, .optional = true, .out = &tags},
        {.name = "apart", .kind = JSON_KIND_BOOL, .optional = true, .out = &out->apart},
        {.name = "too_young", .kind = JSON_KIND_BOOL, .optional = true, .out = &out->too_young},
        {.name = "level", .kind = JSON_KIND_STRING, .optional = true, .one_of = levels, .out = &level},
        {.name = strcmp(label_name, "text") == 0 ? "open" : "text",
         .kind = JSON_KIND_INT,
         .optional = true,
         .min = 1,
         .max = MAX_TEXT,
         .out = &text_limit},
    };
    if (!load_object(l, pointer, object, fields, sizeof fields / sizeof fields[0])) {
        return;
    }
    const char *checked = load_code(l, load_pointer(l, pointer, "code"), code);
    out->code = checked ? checked : "";
    out->label = load_text(l, load_pointer(l, pointer, label_name), label);
    if (hint) {
        out->hint = load_text(l, load_pointer(l, pointer, "hint"), hint);
    }
    load_tags(&out->tags, l, load_pointer(l, pointer, "tags"), tags);
    out->text_limit = (uint32_t)text_limit;
    out->level = level.ptr;
}

size_t load_options(struct option **out, struct loader *l, const char *pointer, const json_t *list,
                    const json_t *none, const char *label_name)
{
    size_t count = json_array_size(list);
    struct option *options = arena_array(l->q->arena, count + (none ? 1 : 0), sizeof *options);
    for (size_t i = 0; i < count; i++) {
        load_option(&options[i], l, load_index(l, pointer, i), json_array_get(list, i), label_name);
    }
    if (none) {
        load_option(&options[count], l, load_pointer(l, pointer, "none"), none, label_name);
        options[count].none = true;
        options[count].apart = true;
        count++;
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (options[i].code[0] != '\0' && strcmp(options[i].code, options[j].code) == 0) {
                load_fault(l, load_index(l, pointer, i), "dubbel", "Deze code komt al voor bij deze vraag.");
            }
        }
    }
    *out = options;
    return count;
}

void load_scale(struct question *question, struct loader *l, const char *pointer, struct slice code)
{
    if (!code.ptr) {
        load_fault(l, load_pointer(l, pointer, "scale"), "ontbreekt", "Noem hier een schaal van scales.");
        return;
    }
    const json_t *scale = json_object_get(l->scales, arena_cstr(l->q->arena, code));
    json_t *points = NULL;
    bool positive_first = true;
    const struct json_field fields[] = {
        {.name = "points", .kind = JSON_KIND_ARRAY, .min = 2, .max = 11, .out = &points},
        {.name = "positive_first", .kind = JSON_KIND_BOOL, .optional = true, .out = &positive_first},
        {.name = "reversible", .kind = JSON_KIND_BOOL, .optional = true, .out = &question->reversible},
    };
    if (!scale) {
        load_fault(l, load_pointer(l, pointer, "scale"), "onbekend", "Deze schaal staat niet bij scales.");
        return;
    }
    const char *at = load_pointer(l, "/questionnaire/scales", arena_cstr(l->q->arena, code));
    if (load_object(l, at, scale, fields, 3)) {
        question->least_first = !positive_first;
        question->option_count =
            load_options(&question->options, l, load_pointer(l, at, "points"), points, NULL, "label");
    }
}

/* The options that come from elsewhere, with the question's own behind them. */
static void put_before_own(struct question *question, struct loader *l, const char *pointer,
                           const struct option *from, size_t count)
{
    size_t own = question->option_count;
    if (count + own > MAX_OPTIONS) {
        load_fault(l, pointer, "bereik", "Dit worden te veel antwoorden.");
        return;
    }
    struct option *options = arena_array(l->q->arena, count + own, sizeof *options);
    if (count > 0) {
        memcpy(options, from, count * sizeof *options);
    }
    if (own > 0) {
        memcpy(options + count, question->options, own * sizeof *options);
    }
    for (size_t i = 0; i < count; i++) {
        options[i].text_limit = 0; /* its open box stays with the question that it comes from */
        for (size_t k = count; k < count + own; k++) {
            if (options[k].code[0] != '\0' && strcmp(options[i].code, options[k].code) == 0) {
                load_fault(l, pointer, "dubbel",
                           "Een eigen antwoord heeft dezelfde code als een dat van elders komt.");
            }
        }
    }
    question->options = options;
    question->from_count = count;
    question->option_count = count + own;
}

static void take_instances(struct question *question, struct loader *l, const char *pointer,
                           const struct module *module)
{
    struct option *options = arena_array(l->q->arena, module->instance_count, sizeof *options);
    for (size_t i = 0; i < module->instance_count; i++) {
        const struct instance *instance = &l->q->instances[(size_t)module->first_instance + i];
        options[i] = (struct option){.code = instance->code, .label = instance->label, .text_variable = -1};
    }
    question->from = OPTIONS_UNASSIGNED;
    put_before_own(question, l, pointer, options, module->instance_count);
}

void load_options_from(struct question *question, struct loader *l, const char *pointer, const json_t *object)
{
    struct slice code = {NULL, 0};
    struct slice module = {NULL, 0};
    bool unassigned = false;
    const struct json_field fields[] = {
        {.name = "question", .kind = JSON_KIND_STRING, .optional = true, .out = &code},
        {.name = "module", .kind = JSON_KIND_STRING, .optional = true, .out = &module},
        {.name = "unassigned", .kind = JSON_KIND_BOOL, .optional = true, .out = &unassigned}};
    if (!load_object(l, pointer, object, fields, 3)) {
        return;
    }
    question->from_question = code.len ? load_find_question(l, code) : -1;
    for (size_t i = 0; i < l->q->module_count; i++) {
        if (module.len && slice_equal_cstr(module, l->q->modules[i].code)) {
            question->from_module = (int)i;
        }
    }
    if (question->from_question >= 0 && question->from_module < 0 &&
        l->q->questions[question->from_question].type == QUESTION_MULTIPLE) {
        const struct question *source = &l->q->questions[question->from_question];
        question->from = OPTIONS_CHOSEN;
        put_before_own(question, l, pointer, source->options, source->option_count);
    } else if (question->from_module >= 0 && !code.len && unassigned) {
        take_instances(question, l, pointer, &l->q->modules[question->from_module]);
    } else {
        load_fault(l, pointer, "onbekend",
                   "options_from noemt een eerdere vraag met meer antwoorden, of een module met unassigned.");
    }
    for (size_t i = question->from_count; i < question->option_count && question->from != OPTIONS_OWN; i++) {
        if (question->options[i].text_limit > 0) {
            load_fault(l, pointer, "vorm", "Een open veld kan niet bij antwoorden van elders.");
        }
    }
}
