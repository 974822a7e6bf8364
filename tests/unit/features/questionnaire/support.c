#include "unit/features/questionnaire/support.h"

#include "crypto/crypto.h"

#include <stdio.h>

enum { ARENA_MAX = 512 * 1024 * 1024, MAX_FIELDS = 64, MANY_SEEDS = 100000 };

json_t *scene_read(const char *path)
{
    json_error_t error;
    json_t *document = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    cr_assert_not_null(document, "%s line %d: %s", path, error.line, error.text);
    return document;
}

void scene_prepare(struct scene *s)
{
    *s = (struct scene){.arena = arena_create(ARENA_MAX)};
    cr_assert(crypto_start());
    s->locales = locales_load(embedded_locales);
    cr_assert_not_null(s->locales);
    json_errors_init(&s->errors, s->arena);
}

void scene_open_document(struct scene *s, json_t *document_take)
{
    scene_prepare(s);
    s->q = questionnaire_load(&s->errors, document_take, s->locales);
    json_decref(document_take);
    for (size_t i = 0; i < json_errors_kept(&s->errors); i++) {
        cr_log_error("%s: %s: %s\n", s->errors.items[i].pointer, s->errors.items[i].code,
                     s->errors.items[i].detail);
    }
    cr_assert_not_null(s->q);
}

void scene_open(struct scene *s, const char *path)
{
    scene_open_document(s, scene_read(path));
}

void scene_open_real(struct scene *s)
{
    json_t *consultation = scene_read(REAL_FOLDER "consultations/biotechnologie-2026.json");
    json_t *document = json_object();
    json_t *explainers = json_object();
    size_t index;
    json_t *name;
    json_array_foreach(json_object_get(consultation, "explainers"), index, name)
    {
        char path[256];
        snprintf(path, sizeof path, REAL_FOLDER "consultations/%s", json_string_value(name));
        json_t *explainer = scene_read(path);
        json_object_set_new(explainers, json_string_value(json_object_get(explainer, "code")), explainer);
    }
    json_object_set_new(document, "questionnaire",
                        scene_read(REAL_FOLDER "questionnaires/biotechnologie-2026.json"));
    json_object_set_new(document, "explainers", explainers);
    json_decref(consultation);
    scene_open_document(s, document);
}

void scene_close(struct scene *s)
{
    questionnaire_free(s->q);
    locales_free(s->locales);
    arena_destroy(s->arena);
}

/* SplitMix64: seeds that differ in every bit, the same in every run. */
static uint64_t mixed(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

void scene_seed(unsigned char seed[16], uint64_t nth)
{
    uint64_t halves[2] = {mixed(2 * nth), mixed(2 * nth + 1)};
    for (int i = 0; i < 16; i++) {
        seed[i] = (unsigned char)(halves[i / 8] >> (8 * (i % 8)));
    }
}

static int variant_named(const struct scene *s, const char *variant)
{
    int index = questionnaire_find_variant(s->q, slice_from_cstr(variant));
    cr_assert_geq(index, 0, "no variant %s", variant);
    return index;
}

void scene_begin(struct scene *s, const char *variant, uint64_t nth)
{
    unsigned char seed[16];
    scene_seed(seed, nth);
    presentation_derive(&s->p, s->q, variant_named(s, variant), seed);
    s->a = answers_begin(s->arena, s->q, &s->p);
}

void scene_begin_with(struct scene *s, const char *variant, const char *first, const char *second)
{
    for (uint64_t nth = 0; nth < MANY_SEEDS; nth++) {
        scene_begin(s, variant, nth);
        if (strcmp(scene_value(s, "onderwerp_toegewezen_1"), first) == 0 &&
            (second[0] == '\0' || strcmp(scene_value(s, "onderwerp_toegewezen_2"), second) == 0)) {
            return;
        }
    }
    cr_assert_fail("no seed gives %s and %s", first, second);
}

uint16_t scene_page(const struct scene *s, const char *code)
{
    int page = questionnaire_find_page(s->q, slice_from_cstr(code));
    cr_assert_geq(page, 0, "no page %s", code);
    return (uint16_t)page;
}

bool scene_has_page(const struct scene *s, const char *code)
{
    uint16_t wanted = scene_page(s, code);
    struct page_list pages = questionnaire_pages(s->arena, s->q, &s->p, &s->a);
    for (size_t i = 0; i < pages.count; i++) {
        if (pages.pages[i] == wanted) {
            return true;
        }
    }
    return false;
}

struct page_result scene_post(struct scene *s, const char *page, const char *fields)
{
    struct answer_field list[MAX_FIELDS];
    size_t count = 0;
    struct slice rest = slice_from_cstr(fields);
    while (rest.len > 0) {
        struct slice line;
        slice_cut(&line, &rest, rest, '\n');
        cr_assert_lt(count, (size_t)MAX_FIELDS);
        slice_cut(&list[count].name, &list[count].value, line, '=');
        count++;
    }
    return questionnaire_answer_page(&s->a, s->arena, s->q, &s->p, scene_page(s, page), 0, list, count);
}

void scene_answer(struct scene *s, const char *page, const char *fields)
{
    struct page_result result = scene_post(s, page, fields);
    cr_assert_eq(result.error_count, 0, "%s refused %s: %.*s", page, fields,
                 SLICE_ARG(result.errors[0].message));
    cr_assert(!result.too_young);
}

void scene_refuse(struct scene *s, const char *page, const char *fields, const char *words)
{
    size_t size = questionnaire_vector_size(s->q);
    unsigned char *before = arena_alloc(s->arena, size);
    memcpy(before, s->a.vector, size);
    struct page_result result = scene_post(s, page, fields);
    cr_expect_eq(result.error_count, 1, "%s takes %s (%zu errors)", page, fields, result.error_count);
    if (result.error_count == 1) {
        struct slice message = result.errors[0].message;
        cr_expect_not_null(memmem(message.ptr, message.len, words, strlen(words)),
                           "\"%.*s\" does not say \"%s\"", SLICE_ARG(message), words);
        cr_expect_not_null(result.errors[0].field);
        cr_expect_not_null(result.errors[0].question);
    }
    cr_expect_arr_eq(before, s->a.vector, size, "a refused page changed the answers");
}

static const struct variable *variable_named(const struct scene *s, const char *code)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, s->q);
    int index = questionnaire_find_variable(s->q, slice_from_cstr(code));
    cr_assert_geq(index, 0, "no variable %s", code);
    return &variables[index];
}

uint16_t scene_slot(const struct scene *s, const char *variable)
{
    return answer_get(s->a.vector, variable_named(s, variable));
}

const char *scene_value(const struct scene *s, const char *variable)
{
    const struct variable *v = variable_named(s, variable);
    uint16_t slot = answer_get(s->a.vector, v);
    if (slot < ANSWER_FIRST) {
        return slot == ANSWER_NOT_ASKED ? "-" : slot == ANSWER_NONE ? "" : "?";
    }
    if (v->kind == VARIABLE_NUMBER) {
        return arena_printf(s->arena, "%d", slot - ANSWER_FIRST).ptr;
    }
    cr_assert_lt(slot - ANSWER_FIRST, (int)v->category_count, "%s holds %u", variable, slot);
    return v->categories[slot - ANSWER_FIRST].code;
}

const char *scene_text(const struct scene *s, const char *variable)
{
    int index = questionnaire_text_index(s->q, questionnaire_find_variable(s->q, slice_from_cstr(variable)));
    cr_assert_geq(index, 0, "%s is no text", variable);
    return arena_cstr(s->arena, s->a.texts[index]);
}
