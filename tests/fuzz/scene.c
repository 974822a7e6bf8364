#include "scene.h"

#include "fuzz.h"

const struct locales *fuzz_locales(void)
{
    static const struct locales *locales;
    if (!locales) {
        locales = locales_load(embedded_locales);
        FUZZ_REQUIRE(locales);
    }
    return locales;
}

const struct questionnaire *fuzz_questionnaire(void)
{
    static const struct questionnaire *q;
    static struct json_errors errors;
    if (!q) {
        json_t *document = json_load_file("tests/unit/features/questionnaire/fixtures/complete.json",
                                          JSON_REJECT_DUPLICATES, NULL);
        FUZZ_REQUIRE(document);
        json_errors_init(&errors, arena_create((size_t)1 << 26));
        q = questionnaire_load(&errors, document, fuzz_locales());
        FUZZ_REQUIRE(q);
        json_decref(document);
    }
    return q;
}
