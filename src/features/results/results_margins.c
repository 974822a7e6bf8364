/* Reading margins: every member by specification, every fault at once. */
#include "features/results/results_margins.h"

#include "base/embedded.h"
#include "base/log.h"

#include <math.h>
#include <string.h>

enum { MAX_CODE = 60, MAX_LABEL = 200, MAX_SOURCE = 2000, MAX_ANSWERS = 200 };

static const char margins_file[] = "config/reference/cbs-margins.json";

struct reader {
    struct json_errors *errors;
    struct arena *arena;
};

static const char *append(const struct reader *r, const char *pointer, const char *member)
{
    return json_pointer_append(r->arena, pointer, member);
}

static const char *append_index(const struct reader *r, const char *pointer, size_t index)
{
    return arena_printf(r->arena, "%s/%zu", pointer, index).ptr;
}

static void read_text(struct slice out[2], const struct reader *r, const char *pointer, const json_t *object)
{
    const struct json_field fields[] = {
        {.name = "nl", .kind = JSON_KIND_STRING, .min = 1, .max = MAX_LABEL, .out = &out[0]},
        {.name = "en", .kind = JSON_KIND_STRING, .min = 1, .max = MAX_LABEL, .out = &out[1]}};
    if (object) {
        json_decode_document(r->errors, pointer, object, fields, 2);
    }
}

/* {variable: [code, ...]}, with at least one of both. */
static void check_answers(const struct reader *r, const char *pointer, const json_t *answers)
{
    const char *variable;
    json_t *codes, *code;
    size_t index;
    if (json_object_size(answers) == 0) {
        json_errors_add(r->errors, pointer, "te-kort", "Noem hier een variabele met haar antwoorden.");
    }
    json_object_foreach((json_t *)(uintptr_t)answers, variable, codes)
    {
        const char *at = append(r, pointer, variable);
        if (json_array_size(codes) == 0 || json_array_size(codes) > MAX_ANSWERS) {
            json_errors_add(r->errors, at, "type", "Schrijf hier een lijst van 1 tot %d antwoorden.",
                            MAX_ANSWERS);
        }
        json_array_foreach(codes, index, code)
        {
            if (!json_is_string(code)) {
                json_errors_add(r->errors, append_index(r, at, index), "type",
                                "Schrijf hier de code van een antwoord.");
            }
        }
    }
}

/* ---- the variables of a margin ---- */

static void take_variables(struct margin *margin, const struct reader *r, const char *pointer,
                           const json_t *answers)
{
    const char *variable;
    json_t *codes;
    json_object_foreach((json_t *)(uintptr_t)answers, variable, codes)
    {
        bool known = false;
        for (size_t v = 0; v < margin->variable_count; v++) {
            known = known || strcmp(margin->variables[v], variable) == 0;
        }
        if (!known && margin->variable_count == WEIGH_VARIABLES_MAX) {
            json_errors_add(r->errors, append(r, pointer, variable), "te-lang",
                            "Een marge gaat over ten hoogste %d variabelen.", WEIGH_VARIABLES_MAX);
        } else if (!known) {
            margin->variables[margin->variable_count++] = variable;
        }
    }
}

static bool shares_answer(const json_t *one, const json_t *other)
{
    size_t i, j;
    json_t *a, *b;
    json_array_foreach((json_t *)(uintptr_t)one, i, a)
    {
        json_array_foreach((json_t *)(uintptr_t)other, j, b)
        {
            if (json_equal(a, b)) {
                return true;
            }
        }
    }
    return false;
}

/* Nobody tells two categories apart when they share an answer in every variable. */
static bool overlap(const struct margin *margin, const json_t *one, const json_t *other)
{
    for (size_t v = 0; v < margin->own_count; v++) {
        if (!shares_answer(json_object_get(one, margin->variables[v]),
                           json_object_get(other, margin->variables[v]))) {
            return false;
        }
    }
    return true;
}

/* ---- categories ---- */

struct category_members {
    json_t *label, *answers;
    struct slice neighbour;
};

static void read_category(struct margin_category *category, struct category_members *m,
                          const struct reader *r, const char *pointer, const json_t *value)
{
    *m = (struct category_members){.label = NULL};
    const struct json_field fields[] = {
        {.name = "code", .kind = JSON_KIND_STRING, .min = 1, .max = MAX_CODE, .out = &category->code},
        {.name = "label", .kind = JSON_KIND_OBJECT, .out = &m->label},
        {.name = "answers", .kind = JSON_KIND_OBJECT, .out = &m->answers},
        {.name = "target", .kind = JSON_KIND_REAL, .optional = true, .out = &category->target},
        {.name = "beyond", .kind = JSON_KIND_BOOL, .optional = true, .out = &category->beyond},
        {.name = "neighbour", .kind = JSON_KIND_STRING, .optional = true, .out = &m->neighbour}};
    json_decode_document(r->errors, pointer, value, fields, sizeof fields / sizeof fields[0]);
    read_text(category->label, r, append(r, pointer, "label"), m->label);
    if (category->beyond != !json_object_get(value, "target")) {
        json_errors_add(r->errors, append(r, pointer, "target"), "ontbreekt",
                        "Elke categorie heeft een doel, behalve van mensen buiten de marge.");
    }
    if (category->target < 0) {
        json_errors_add(r->errors, append(r, pointer, "target"), "bereik", "Een doel is niet negatief.");
    }
    category->neighbour = RAKE_ALONE;
    category->answers = m->answers;
    if (m->answers) {
        check_answers(r, append(r, pointer, "answers"), m->answers);
    }
}

static void check_category(struct margin *margin, const struct category_members *m, const struct reader *r,
                           const char *pointer, size_t index)
{
    struct margin_category *category = &margin->categories[index];
    for (size_t i = 0; i < margin->category_count; i++) {
        const struct margin_category *other = &margin->categories[i];
        if (m->neighbour.ptr && i != index && slice_equal(other->code, m->neighbour)) {
            category->neighbour = (uint16_t)i;
        }
        if (i < index && category->code.ptr && slice_equal(other->code, category->code)) {
            json_errors_add(r->errors, append(r, pointer, "code"), "dubbel",
                            "Deze code heeft een andere categorie al.");
        }
        if (i < index && other->answers && category->answers && !other->beyond && !category->beyond &&
            overlap(margin, other->answers, category->answers)) {
            json_errors_add(r->errors, append(r, pointer, "answers"), "dubbel",
                            "Deze antwoorden vallen ook in categorie %.*s.", SLICE_ARG(other->code));
        }
    }
    if (m->neighbour.ptr && category->neighbour == RAKE_ALONE) {
        json_errors_add(r->errors, append(r, pointer, "neighbour"), "onbekend",
                        "Noem hier een andere categorie van deze marge.");
    }
    for (size_t v = 0; category->answers && !category->beyond && v < margin->own_count; v++) {
        if (!json_object_get(category->answers, margin->variables[v])) {
            json_errors_add(r->errors, append(r, pointer, "answers"), "ontbreekt",
                            "Elke categorie van een marge noemt dezelfde variabelen; %s ontbreekt hier.",
                            margin->variables[v]);
        }
    }
}

static void read_categories(struct margin *margin, const struct reader *r, const char *pointer,
                            const json_t *list)
{
    const size_t count = json_array_size(list);
    struct category_members *members = arena_array(r->arena, count, sizeof *members);
    margin->categories = arena_array(r->arena, count, sizeof *margin->categories);
    margin->category_count = count;
    for (size_t c = 0; c < count; c++) {
        const char *at = append_index(r, pointer, c);
        read_category(&margin->categories[c], &members[c], r, at, json_array_get(list, c));
        if (!margin->categories[c].beyond) {
            take_variables(margin, r, append(r, at, "answers"), margin->categories[c].answers);
        }
    }
    margin->own_count = margin->variable_count;
    for (size_t c = 0; c < count; c++) {
        if (margin->categories[c].beyond) {
            take_variables(margin, r, append(r, append_index(r, pointer, c), "answers"),
                           margin->categories[c].answers);
        }
    }
    for (size_t c = 0; c < count; c++) {
        check_category(margin, &members[c], r, append_index(r, pointer, c), c);
    }
}

/* ---- a margin ---- */

static void read_margin(struct margin *margin, const struct reader *r, const char *pointer,
                        const json_t *value)
{
    json_t *label = NULL, *categories = NULL;
    *margin = (struct margin){.document = value};
    const struct json_field fields[] = {
        {.name = "code", .kind = JSON_KIND_STRING, .min = 1, .max = MAX_CODE, .out = &margin->code},
        {.name = "label", .kind = JSON_KIND_OBJECT, .out = &label},
        {.name = "reference_date",
         .kind = JSON_KIND_STRING,
         .min = 4,
         .max = MAX_CODE,
         .out = &margin->reference_date},
        {.name = "population",
         .kind = JSON_KIND_STRING,
         .min = 1,
         .max = MAX_LABEL,
         .out = &margin->population},
        {.name = "source", .kind = JSON_KIND_STRING, .min = 1, .max = MAX_SOURCE, .out = &margin->source},
        {.name = "limits", .kind = JSON_KIND_STRING, .min = 1, .max = MAX_SOURCE, .out = &margin->limits},
        {.name = "unit", .kind = JSON_KIND_STRING, .min = 1, .max = MAX_CODE, .out = &margin->unit},
        {.name = "total", .kind = JSON_KIND_REAL, .out = &margin->total},
        {.name = "slack", .kind = JSON_KIND_REAL, .out = &margin->slack},
        {.name = "categories",
         .kind = JSON_KIND_ARRAY,
         .min = 1,
         .max = MARGIN_CATEGORIES_MAX,
         .out = &categories}};
    json_decode_document(r->errors, pointer, value, fields, sizeof fields / sizeof fields[0]);
    read_text(margin->label, r, append(r, pointer, "label"), label);
    read_categories(margin, r, append(r, pointer, "categories"), categories);
}

bool margins_decode(struct margins *out, struct json_errors *errors, struct arena *arena,
                    const json_t *document)
{
    const struct reader reader = {errors, arena};
    const size_t before = errors->count;
    json_t *population = NULL, *outside = NULL, *margins = NULL, *not_available;
    struct slice about, licence, text[2];
    *out = (struct margins){.document = document};
    const struct json_field fields[] = {
        {.name = "about", .kind = JSON_KIND_STRING, .max = MAX_SOURCE, .out = &about},
        {.name = "licence", .kind = JSON_KIND_STRING, .max = MAX_SOURCE, .out = &licence},
        {.name = "population", .kind = JSON_KIND_OBJECT, .out = &population},
        {.name = "outside", .kind = JSON_KIND_OBJECT, .out = &outside},
        {.name = "not_available", .kind = JSON_KIND_ARRAY, .optional = true, .out = &not_available},
        {.name = "margins", .kind = JSON_KIND_ARRAY, .min = 1, .max = MARGINS_MAX, .out = &margins}};
    json_decode_document(errors, "", document, fields, sizeof fields / sizeof fields[0]);
    read_text(text, &reader, "/population", population);
    if (outside) {
        check_answers(&reader, "/outside", outside);
    }
    out->population = population;
    out->outside = outside;
    out->count = json_array_size(margins);
    out->margins = arena_array(arena, out->count, sizeof *out->margins);
    for (size_t m = 0; m < out->count; m++) {
        const char *pointer = append_index(&reader, "/margins", m);
        read_margin(&out->margins[m], &reader, pointer, json_array_get(margins, m));
        for (size_t i = 0; i < m; i++) {
            if (out->margins[m].code.ptr && slice_equal(out->margins[i].code, out->margins[m].code)) {
                json_errors_add(errors, append(&reader, pointer, "code"), "dubbel",
                                "Deze code heeft een andere marge al.");
            }
        }
    }
    return errors->count == before;
}

bool margins_embedded(struct margins *out, struct arena *arena)
{
    const struct embedded_file *file = embedded_reference;
    while (file->name && strcmp(file->name, margins_file) != 0) {
        file++;
    }
    struct json_errors errors;
    json_errors_init(&errors, arena);
    const json_t *document =
        file->name ? json_parse(&errors, arena, (struct slice){(const char *)file->bytes, file->size}) : NULL;
    if (document && margins_decode(out, &errors, arena, document)) {
        return true;
    }
    for (size_t i = 0; i < json_errors_kept(&errors); i++) {
        log_error("results.margins", "pointer=%s says=%s", errors.items[i].pointer,
                  LOG_CSTR(errors.items[i].detail));
    }
    return false;
}

const struct margin *margins_find(const struct margins *margins, struct slice code)
{
    for (size_t m = 0; m < margins->count; m++) {
        if (slice_equal(margins->margins[m].code, code)) {
            return &margins->margins[m];
        }
    }
    return NULL;
}

json_t *margins_chosen_document(const struct margins *margins, const struct slice *codes, size_t count)
{
    json_t *document = json_copy((json_t *)(uintptr_t)margins->document);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct margin *margin = margins_find(margins, codes[i]);
        json_array_append(list, margin ? (json_t *)(uintptr_t)margin->document : NULL);
    }
    json_object_del(document, "not_available");
    json_object_set_new(document, "margins", list);
    return document;
}
