/* A questionnaire's document is refused with faults, or loads and can be shown. */
#include "fuzz.h"
#include "scene.h"

#include "base/log.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    log_set_level(LOG_SILENT);
    fuzz_locales();
    return 0;
}

static void show(struct arena *arena, const struct questionnaire *q)
{
    static const unsigned char seed[16] = {1, 2, 3};
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, q);
    FUZZ_REQUIRE(questionnaire_vector_size(q) <= 4096);
    for (size_t i = 0; i < count; i++) {
        FUZZ_REQUIRE(questionnaire_find_variable(q, slice_from_cstr(variables[i].code)) == (int)i);
        FUZZ_REQUIRE(variables[i].offset + variables[i].width <= questionnaire_vector_size(q));
    }
    json_decref(questionnaire_codebook_json(q));
    json_decref(questionnaire_json(q, NULL));
    for (size_t v = 0; v < questionnaire_variant_count(q); v++) {
        struct presentation p;
        presentation_derive(&p, q, (int)v, seed);
        struct answers a = answers_begin(arena, q, &p);
        struct page_list pages = questionnaire_pages(arena, q, &p, &a);
        for (size_t i = 0; i < pages.count; i++) {
            FUZZ_REQUIRE(questionnaire_find_page(q, slice_from_cstr(questionnaire_page_code(
                                                        q, pages.pages[i]))) == pages.pages[i]);
            questionnaire_page_context(arena, q, &p, &a, pages.pages[i], 0, NULL, 0, NULL);
        }
        json_decref(questionnaire_json(q, &p));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct json_errors errors;
    struct arena *arena = arena_create((size_t)1 << 30);
    json_errors_init(&errors, arena);
    const json_t *document = json_parse(&errors, arena, fuzz_text(data, size));
    if (document) {
        struct questionnaire *q = questionnaire_load(&errors, document, fuzz_locales());
        FUZZ_REQUIRE((q == NULL) == (errors.count > 0));
        if (q) {
            show(arena, q);
            questionnaire_free(q);
        }
    }
    arena_destroy(arena);
    return 0;
}
