/* One question of the document. */
#include "features/questionnaire/load.h"

#include <string.h>

enum { MAX_TOP = 10, MAX_TEXT = 5000, MAX_NUMBER = 65000, BEST_WORST_OPTIONS = 7 };

static const char *const type_names[] = {
    [QUESTION_SINGLE] = "single",         [QUESTION_MULTIPLE] = "multiple", [QUESTION_SCALE] = "scale",
    [QUESTION_SERIES] = "series",         [QUESTION_RANKING] = "ranking",   [QUESTION_POINTS] = "points",
    [QUESTION_BEST_WORST] = "best-worst", [QUESTION_NUMBER] = "number",     [QUESTION_TEXT] = "text",
    [QUESTION_POSTCODE] = "postcode",     [QUESTION_AGE] = "age",           [QUESTION_GENDER] = "gender",
    [QUESTION_EDUCATION] = "education"};
enum { TYPE_COUNT = sizeof type_names / sizeof type_names[0] };

/* All members that a question may have; which of them its type allows is checked after. */
struct members {
    struct slice code, type, scale;
    json_t *text, *hint, *unit, *stem, *tags, *show_if, *options, *none, *items, *options_from, *equivalent;
    bool optional_mark, dont_know, random;
    bool has_dont_know;
    int64_t min, max, top, limit, rows, per_page;
};

static bool decode_members(struct members *m, struct loader *l, const char *pointer, const json_t *object)
{
    *m = (struct members){.dont_know = true, .rows = 4, .per_page = MAX_OPTIONS, .limit = 500};
    const struct json_field fields[] = {
        {.name = "code", .kind = JSON_KIND_STRING, .out = &m->code},
        {.name = "type", .kind = JSON_KIND_STRING, .out = &m->type},
        {.name = "text", .kind = JSON_KIND_OBJECT, .out = &m->text},
        {.name = "hint", .kind = JSON_KIND_OBJECT, .optional = true, .out = &m->hint},
        {.name = "optional_mark", .kind = JSON_KIND_BOOL, .optional = true, .out = &m->optional_mark},
        {.name = "dont_know",
         .kind = JSON_KIND_BOOL,
         .optional = true,
         .out = &m->dont_know,
         .present = &m->has_dont_know},
        {.name = "random", .kind = JSON_KIND_BOOL, .optional = true, .out = &m->random},
        {.name = "tags", .kind = JSON_KIND_ARRAY, .optional = true, .out = &m->tags},
        {.name = "show_if", .kind = JSON_KIND_OBJECT, .optional = true, .out = &m->show_if},
        {.name = "equivalent", .kind = JSON_KIND_ANY, .optional = true, .out = &m->equivalent},
        {.name = "options",
         .kind = JSON_KIND_ARRAY,
         .optional = true,
         .min = 1,
         .max = MAX_OPTIONS - 1,
         .out = &m->options},
        {.name = "none", .kind = JSON_KIND_OBJECT, .optional = true, .out = &m->none},
        {.name = "options_from", .kind = JSON_KIND_OBJECT, .optional = true, .out = &m->options_from},
        {.name = "scale", .kind = JSON_KIND_STRING, .optional = true, .out = &m->scale},
        {.name = "stem", .kind = JSON_KIND_OBJECT, .optional = true, .out = &m->stem},
        {.name = "items",
         .kind = JSON_KIND_ARRAY,
         .optional = true,
         .min = 1,
         .max = MAX_OPTIONS,
         .out = &m->items},
        {.name = "per_page",
         .kind = JSON_KIND_INT,
         .optional = true,
         .min = 1,
         .max = MAX_OPTIONS,
         .out = &m->per_page},
        {.name = "top", .kind = JSON_KIND_INT, .optional = true, .min = 1, .max = MAX_TOP, .out = &m->top},
        {.name = "min", .kind = JSON_KIND_INT, .optional = true, .min = 0, .max = MAX_NUMBER, .out = &m->min},
        {.name = "max", .kind = JSON_KIND_INT, .optional = true, .min = 0, .max = MAX_NUMBER, .out = &m->max},
        {.name = "unit", .kind = JSON_KIND_OBJECT, .optional = true, .out = &m->unit},
        {.name = "limit",
         .kind = JSON_KIND_INT,
         .optional = true,
         .min = 1,
         .max = MAX_TEXT,
         .out = &m->limit},
        {.name = "rows", .kind = JSON_KIND_INT, .optional = true, .min = 1, .max = 20, .out = &m->rows},
    };
    return json_decode(l->errors, pointer, object, fields, sizeof fields / sizeof fields[0]);
}

/* ---- options ---- */

static void load_option(struct option *out, struct loader *l, const char *pointer, const json_t *object,
                        const char *label_name)
{
    struct slice code = {NULL, 0};
    struct slice level = {NULL, 0};
    json_t *label = NULL;
    json_t *hint = NULL;
    json_t *tags = NULL;
    int64_t text_limit = 0;
    *out = (struct option){.text_variable = -1};
    const struct json_field fields[] = {
        {.name = "code", .kind = JSON_KIND_STRING, .out = &code},
        {.name = label_name, .kind = JSON_KIND_OBJECT, .out = &label},
        {.name = "hint", .kind = JSON_KIND_OBJECT, .optional = true, .out = &hint},
        {.name = "tags", .kind = JSON_KIND_ARRAY, .optional = true, .out = &tags},
        {.name = "apart", .kind = JSON_KIND_BOOL, .optional = true, .out = &out->apart},
        {.name = "too_young", .kind = JSON_KIND_BOOL, .optional = true, .out = &out->too_young},
        {.name = "level", .kind = JSON_KIND_STRING, .optional = true, .out = &level},
        {.name = strcmp(label_name, "text") == 0 ? "open" : "text",
         .kind = JSON_KIND_INT,
         .optional = true,
         .min = 1,
         .max = MAX_TEXT,
         .out = &text_limit},
    };
    if (!json_decode(l->errors, pointer, object, fields, sizeof fields / sizeof fields[0])) {
        return;
    }
    out->code = load_code(l, load_pointer(l, pointer, "code"), code);
    out->label = load_text(l, load_pointer(l, pointer, label_name), label);
    if (hint) {
        out->hint = load_text(l, load_pointer(l, pointer, "hint"), hint);
    }
    out->tags = load_tags(l, load_pointer(l, pointer, "tags"), tags);
    out->text_limit = (uint32_t)text_limit;
}

static size_t load_options(struct option **out, struct loader *l, const char *pointer, const json_t *list,
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
            if (options[i].code && options[j].code && strcmp(options[i].code, options[j].code) == 0) {
                load_fault(l, load_index(l, pointer, i), "dubbel", "Deze code komt al voor bij deze vraag.");
            }
        }
    }
    *out = options;
    return count;
}

static void load_scale(struct question *question, struct loader *l, const char *pointer, struct slice code)
{
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
    if (json_decode(l->errors, at, scale, fields, 3)) {
        question->option_count =
            load_options(&question->options, l, load_pointer(l, at, "points"), points, NULL, "label");
    }
}

/* Options that are those of another question, or the instances of a module. */
static void load_options_from(struct question *question, struct loader *l, const char *pointer,
                              const json_t *object)
{
    struct slice code = {NULL, 0};
    struct slice module = {NULL, 0};
    bool unassigned = false;
    const struct json_field fields[] = {
        {.name = "question", .kind = JSON_KIND_STRING, .optional = true, .out = &code},
        {.name = "module", .kind = JSON_KIND_STRING, .optional = true, .out = &module},
        {.name = "unassigned", .kind = JSON_KIND_BOOL, .optional = true, .out = &unassigned}};
    if (!json_decode(l->errors, pointer, object, fields, 3)) {
        return;
    }
    question->from_question = code.len ? load_find_question(l, code) : -1;
    question->from_module = -1;
    for (size_t i = 0; i < l->q->module_count; i++) {
        if (module.len && slice_equal_cstr(module, l->q->modules[i].code)) {
            question->from_module = (int)i;
        }
    }
    if (question->from_question >= 0 && l->q->questions[question->from_question].type == QUESTION_MULTIPLE) {
        const struct question *source = &l->q->questions[question->from_question];
        question->from = OPTIONS_CHOSEN;
        question->options = source->options;
        question->option_count = source->option_count;
    } else if (question->from_module >= 0 && unassigned) {
        const struct module *m = &l->q->modules[question->from_module];
        size_t own = question->option_count;
        struct option *options = arena_array(l->q->arena, m->instance_count + own, sizeof *options);
        for (size_t i = 0; i < m->instance_count; i++) {
            const struct instance *instance = &l->q->instances[(size_t)m->first_instance + i];
            options[i] =
                (struct option){.code = instance->code, .label = instance->label, .text_variable = -1};
        }
        if (own > 0) {
            memcpy(options + m->instance_count, question->options, own * sizeof *options);
        }
        question->from = OPTIONS_UNASSIGNED;
        question->options = options;
        question->option_count = m->instance_count + own;
    } else {
        load_fault(l, pointer, "onbekend",
                   "options_from noemt een eerdere vraag met meer antwoorden, of een module met unassigned.");
    }
}

/* ---- what each type asks ---- */

static void check_counts(struct loader *l, const char *pointer, const struct question *question)
{
    bool closed = question->type != QUESTION_NUMBER && question->type != QUESTION_TEXT;
    if (closed && question->option_count == 0) {
        load_fault(l, pointer, "ontbreekt", "Deze vraag heeft geen antwoorden om uit te kiezen.");
    }
    if (question->type == QUESTION_SERIES && question->item_count == 0) {
        load_fault(l, pointer, "ontbreekt", "Een reeks heeft items nodig.");
    }
    if (question->type == QUESTION_RANKING &&
        (question->top < 1 || (size_t)question->top > question->option_count)) {
        load_fault(l, load_pointer(l, pointer, "top"), "bereik",
                   "Geef top: hoeveel plaatsen, niet meer dan er antwoorden zijn.");
    }
    if (question->type == QUESTION_BEST_WORST && question->option_count != BEST_WORST_OPTIONS) {
        load_fault(l, pointer, "bereik", "Best-worst werkt met precies zeven antwoorden.");
    }
    if (question->type == QUESTION_NUMBER && question->max <= question->min) {
        load_fault(l, pointer, "bereik", "Geef min en max, met max groter dan min.");
    }
    if (question->type == QUESTION_MULTIPLE && question->max > 0 && question->min > question->max) {
        load_fault(l, pointer, "bereik", "min is groter dan max.");
    }
    if (question->type == QUESTION_AGE) {
        return;
    }
    for (size_t i = 0; i < question->option_count; i++) {
        if (question->options[i].too_young) {
            load_fault(l, pointer, "vorm", "too_young kan alleen bij een leeftijd.");
        }
    }
}

static int find_type(struct slice name)
{
    for (int i = 0; i < TYPE_COUNT; i++) {
        if (slice_equal_cstr(name, type_names[i])) {
            return i;
        }
    }
    return -1;
}

static bool type_knows_dont_know(enum question_type type)
{
    return type == QUESTION_SINGLE || type == QUESTION_SCALE || type == QUESTION_SERIES ||
           type == QUESTION_MULTIPLE || type == QUESTION_EDUCATION || type == QUESTION_NUMBER ||
           type == QUESTION_RANKING;
}

static void fill_question(struct question *out, struct loader *l, const char *pointer,
                          const struct members *m)
{
    out->text = load_text(l, load_pointer(l, pointer, "text"), m->text);
    out->hint = m->hint ? load_text(l, load_pointer(l, pointer, "hint"), m->hint) : out->hint;
    out->unit = m->unit ? load_text(l, load_pointer(l, pointer, "unit"), m->unit) : out->unit;
    out->tags = load_tags(l, load_pointer(l, pointer, "tags"), m->tags);
    if (l->instance && !out->tags.application) {
        out->tags.application = l->instance->code;
    }
    out->optional_mark = m->optional_mark;
    out->dont_know = m->dont_know && (m->has_dont_know || type_knows_dont_know(out->type));
    out->random = m->random;
    out->min = m->min;
    out->max = m->max;
    out->top = (int)m->top;
    out->limit = (uint32_t)m->limit;
    out->rows = (int)m->rows;
    out->per_page = (size_t)m->per_page;
    if (m->options) {
        out->option_count =
            load_options(&out->options, l, load_pointer(l, pointer, "options"), m->options, m->none, "label");
    }
    if (out->type == QUESTION_SCALE || out->type == QUESTION_SERIES) {
        load_scale(out, l, pointer, m->scale);
    }
    if (m->items) {
        out->item_count =
            load_options(&out->items, l, load_pointer(l, pointer, "items"), m->items, NULL, "text");
    }
    if (m->options_from) {
        load_options_from(out, l, load_pointer(l, pointer, "options_from"), m->options_from);
    }
    if (m->show_if) {
        out->show_if = load_condition(l, load_pointer(l, pointer, "show_if"), m->show_if);
    }
}

int load_question(struct loader *l, const char *pointer, const json_t *object)
{
    struct questionnaire *q = l->q;
    struct members m;
    if (!decode_members(&m, l, pointer, object)) {
        return -1;
    }
    int type = find_type(m.type);
    const char *local = load_code(l, load_pointer(l, pointer, "code"), m.code);
    if (type < 0) {
        load_fault(l, load_pointer(l, pointer, "type"), "onbekend", "Dit soort vraag kennen wij niet.");
    }
    if (type < 0 || !local) {
        return -1;
    }
    if (q->question_count == q->question_room) {
        load_fault(l, pointer, "bereik", "De vragenlijst heeft te veel vragen.");
        return -1;
    }
    struct question *out = &q->questions[q->question_count];
    *out = (struct question){
        .type = (enum question_type)type,
        .local_code = local,
        .code = l->instance ? arena_printf(q->arena, "%s_%s", l->instance->code, local).ptr : local,
        .instance = l->instance ? (int)(l->instance - q->instances) : -1,
        .from_question = -1,
        .from_module = -1,
        .order_variable = -1};
    for (size_t i = 0; i < q->question_count; i++) {
        if (strcmp(q->questions[i].code, out->code) == 0) {
            load_fault(l, load_pointer(l, pointer, "code"), "dubbel",
                       "Deze code is al van een andere vraag.");
            return -1;
        }
    }
    fill_question(out, l, pointer, &m);
    check_counts(l, pointer, out);
    return (int)q->question_count++;
}
