/* One question of the document. */
#include "features/questionnaire/load.h"

#include <string.h>

enum { MAX_TOP = 10, MAX_TEXT = 5000, MAX_NUMBER = 65000, BEST_WORST_OPTIONS = 7, MAX_EQUIVALENT = 32 };

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
    json_t *text, *hint, *unit, *tags, *show_if, *options, *none, *items, *options_from, *equivalent;
    bool optional_mark, dont_know, random;
    bool has_dont_know;
    int64_t min, max, top, limit, rows, per_page;
};

/* False only when it is no object. */
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
        {.name = "equivalent",
         .kind = JSON_KIND_ARRAY,
         .optional = true,
         .min = 1,
         .max = MAX_EQUIVALENT,
         .out = &m->equivalent},
        {.name = "options",
         .kind = JSON_KIND_ARRAY,
         .optional = true,
         .min = 1,
         .max = MAX_OPTIONS - 1,
         .out = &m->options},
        {.name = "none", .kind = JSON_KIND_OBJECT, .optional = true, .out = &m->none},
        {.name = "options_from", .kind = JSON_KIND_OBJECT, .optional = true, .out = &m->options_from},
        {.name = "scale", .kind = JSON_KIND_STRING, .optional = true, .out = &m->scale},
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
    return load_object(l, pointer, object, fields, sizeof fields / sizeof fields[0]);
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
    bool boxes = question->type == QUESTION_SINGLE || question->type == QUESTION_MULTIPLE;
    for (size_t i = 0; i < question->option_count; i++) {
        const struct option *option = &question->options[i];
        if (option->too_young && question->type != QUESTION_AGE) {
            load_fault(l, pointer, "vorm", "too_young kan alleen bij een leeftijd.");
        }
        if (option->level && question->type != QUESTION_EDUCATION) {
            load_fault(l, pointer, "vorm", "level kan alleen bij een diploma.");
        }
        if (option->text_limit > 0 && !boxes) {
            load_fault(l, pointer, "vorm", "Een open veld kan alleen bij single en multiple.");
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

/* Members that only some types have. */
#define TYPE(t) (1u << QUESTION_##t)
static const struct {
    const char *name;
    unsigned types;
} own_members[] = {
    {"options", TYPE(SINGLE) | TYPE(MULTIPLE) | TYPE(RANKING) | TYPE(POINTS) | TYPE(BEST_WORST) |
                    TYPE(POSTCODE) | TYPE(AGE) | TYPE(GENDER) | TYPE(EDUCATION)},
    {"none", TYPE(MULTIPLE)},
    {"options_from", TYPE(SINGLE) | TYPE(MULTIPLE)},
    {"scale", TYPE(SCALE) | TYPE(SERIES)},
    {"items", TYPE(SERIES)},
    {"per_page", TYPE(SERIES)},
    {"top", TYPE(RANKING)},
    {"min", TYPE(MULTIPLE) | TYPE(NUMBER)},
    {"max", TYPE(MULTIPLE) | TYPE(NUMBER)},
    {"unit", TYPE(NUMBER)},
    {"limit", TYPE(TEXT)},
    {"rows", TYPE(TEXT)},
    {"random",
     TYPE(SINGLE) | TYPE(MULTIPLE) | TYPE(SERIES) | TYPE(RANKING) | TYPE(POINTS) | TYPE(BEST_WORST)},
};
enum { NO_DONT_KNOW = TYPE(TEXT) | TYPE(POINTS) | TYPE(BEST_WORST) };

/* A member that its type does not have would be passed over in silence. */
static void check_members(struct loader *l, const char *pointer, const json_t *object,
                          enum question_type type)
{
    for (size_t i = 0; i < sizeof own_members / sizeof own_members[0]; i++) {
        if (json_object_get(object, own_members[i].name) && !(own_members[i].types >> type & 1u)) {
            load_fault(l, load_pointer(l, pointer, own_members[i].name), "vorm",
                       "Dit hoort niet bij dit soort vraag.");
        }
    }
    if (json_is_true(json_object_get(object, "dont_know")) && ((unsigned)NO_DONT_KNOW >> type & 1u)) {
        load_fault(l, load_pointer(l, pointer, "dont_know"), "vorm",
                   "Dit soort vraag kent geen weet-ik-niet.");
    }
}

static bool type_knows_dont_know(enum question_type type)
{
    return type == QUESTION_SINGLE || type == QUESTION_SCALE || type == QUESTION_SERIES ||
           type == QUESTION_MULTIPLE || type == QUESTION_EDUCATION || type == QUESTION_NUMBER ||
           type == QUESTION_RANKING;
}

/* Earlier versions that it names, each once. */
static void load_equivalent(struct question *out, struct loader *l, const char *pointer, const json_t *list)
{
    out->equivalent = arena_array(l->q->arena, json_array_size(list) + 1, sizeof *out->equivalent);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *at = load_index(l, pointer, i);
        const char *version = load_version(l, at, json_array_get(list, i));
        bool named = false;
        for (size_t k = 0; k < out->equivalent_count; k++) {
            named = named || strcmp(out->equivalent[k], version) == 0;
        }
        if (named) {
            load_fault(l, at, "dubbel", "Noem elke versie een keer.");
        } else if (strcmp(version, l->q->version) == 0) {
            load_fault(l, at, "onbekend", "Noem een eerdere versie van deze vragenlijst, niet deze zelf.");
        } else {
            out->equivalent[out->equivalent_count++] = version;
        }
    }
}

static void fill_question(struct question *out, struct loader *l, const char *pointer,
                          const struct members *m)
{
    out->text = load_text(l, load_pointer(l, pointer, "text"), m->text);
    out->hint = m->hint ? load_text(l, load_pointer(l, pointer, "hint"), m->hint) : out->hint;
    out->unit = m->unit ? load_text(l, load_pointer(l, pointer, "unit"), m->unit) : out->unit;
    load_tags(&out->tags, l, load_pointer(l, pointer, "tags"), m->tags);
    out->optional_mark = m->optional_mark;
    out->dont_know = m->dont_know && (m->has_dont_know || type_knows_dont_know(out->type));
    out->random = m->random;
    load_equivalent(out, l, load_pointer(l, pointer, "equivalent"), m->equivalent);
    out->min = m->min;
    out->max = m->max;
    out->top = (int)m->top;
    out->limit = (uint32_t)m->limit;
    out->rows = (int)m->rows;
    out->per_page = out->type == QUESTION_BEST_WORST ? 1 : (size_t)m->per_page;
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
    l->cost = 1;
    if (out->from_question >= 0) {
        l->cost += l->q->questions[out->from_question].routing_cost * (unsigned)out->option_count;
    }
    if (m->show_if) {
        out->show_if = load_condition(l, load_pointer(l, pointer, "show_if"), m->show_if);
    }
    out->routing_cost = l->cost;
}

/* What stands under its code, so that what names it finds it, even where the rest is wrong. */
static struct question *begin_question(struct loader *l, const char *pointer, enum question_type type,
                                       const char *local)
{
    struct questionnaire *q = l->q;
    struct question *out = &q->questions[q->question_count];
    const char *code = local ? local : "?";
    l->places[q->question_count] = l->at;
    *out = (struct question){
        .type = type,
        .local_code = code,
        .code = l->instance ? arena_printf(q->arena, "%s_%s", l->instance->code, code).ptr : code,
        .instance = l->instance ? (int)(l->instance - q->instances) : -1,
        .from_question = -1,
        .from_module = -1,
        .order_variable = -1};
    for (size_t i = 0; local && i < q->question_count; i++) {
        if (strcmp(q->questions[i].code, out->code) == 0) {
            load_fault(l, load_pointer(l, pointer, "code"), "dubbel",
                       "Deze code is al van een andere vraag.");
            break;
        }
    }
    return out;
}

int load_question(struct loader *l, const char *pointer, const json_t *object)
{
    struct questionnaire *q = l->q;
    struct members m;
    if (!decode_members(&m, l, pointer, object)) {
        return -1;
    }
    if (q->question_count == q->question_room) {
        load_fault(l, pointer, "bereik", "De vragenlijst heeft te veel vragen.");
        return -1;
    }
    int type = find_type(m.type);
    if (type < 0 && m.type.ptr) {
        load_fault(l, load_pointer(l, pointer, "type"), "onbekend", "Dit soort vraag kennen wij niet.");
    }
    /* Without a type what is asked of every question is still checked, as of a single choice. */
    const char *local = load_code(l, load_pointer(l, pointer, "code"), m.code);
    struct question *out =
        begin_question(l, pointer, type < 0 ? QUESTION_SINGLE : (enum question_type)type, local);
    if (type >= 0) {
        check_members(l, pointer, object, out->type);
    }
    fill_question(out, l, pointer, &m);
    if (type >= 0) {
        check_counts(l, pointer, out);
    }
    return (int)q->question_count++;
}
