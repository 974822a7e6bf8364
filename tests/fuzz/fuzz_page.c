/* A posted page of the form: the first line names it, the others are fields (name=value). What is refused
 * changes nothing and says why; what is taken can be packed, settled and shown. */
#include "fuzz.h"
#include "scene.h"

#include "base/log.h"
#include "base/utf8.h"

#include <string.h>

enum { MAX_FIELDS = 200 };

static const unsigned char seed[16] = {9, 8, 7};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    log_set_level(LOG_SILENT);
    fuzz_questionnaire();
    return 0;
}

static size_t read_fields(struct answer_field *fields, struct slice text)
{
    size_t count = 0;
    while (text.len > 0 && count < MAX_FIELDS) {
        struct slice line;
        slice_cut(&line, &text, text, '\n');
        slice_cut(&fields[count].name, &fields[count].value, line, '=');
        count++;
    }
    return count;
}

static void check_taken(struct arena *arena, const struct questionnaire *q, const struct presentation *p,
                        struct answers *a)
{
    struct answers again;
    FUZZ_REQUIRE(answers_unpack(&again, arena, q, answers_pack(arena, q, a)));
    FUZZ_REQUIRE(memcmp(again.vector, a->vector, questionnaire_vector_size(q)) == 0);
    FUZZ_REQUIRE(questionnaire_pages(arena, q, p, a).count > 0);
    questionnaire_summary_context(arena, q, p, a, 0);
    answers_settle(a, arena, q, p);
    FUZZ_REQUIRE(answers_unpack(&again, arena, q, answers_pack(arena, q, a)));
}

static void post(struct arena *arena, int page, const struct answer_field *fields, size_t count)
{
    const struct questionnaire *q = fuzz_questionnaire();
    struct presentation p;
    presentation_derive(&p, q, 0, seed);
    struct answers a = answers_begin(arena, q, &p);
    struct slice before = answers_pack(arena, q, &a);
    for (int language = 0; language < 2; language++) {
        struct page_result result =
            questionnaire_answer_page(&a, arena, q, &p, (uint16_t)page, language, fields, count);
        for (size_t i = 0; i < result.error_count; i++) {
            FUZZ_REQUIRE(result.errors[i].message.len > 0 && result.errors[i].field &&
                         result.errors[i].question);
        }
        FUZZ_REQUIRE(
            questionnaire_page_context(arena, q, &p, &a, (uint16_t)page, language, fields, count, &result));
        if (result.error_count > 0 || result.too_young) {
            FUZZ_REQUIRE(language > 0 || slice_equal(before, answers_pack(arena, q, &a)));
        }
    }
    check_taken(arena, q, &p, &a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create((size_t)1 << 30);
    struct slice text = fuzz_text(data, size);
    struct slice code;
    struct answer_field *fields = arena_array(arena, MAX_FIELDS, sizeof *fields);
    slice_cut(&code, &text, text, '\n');
    int page = questionnaire_find_page(fuzz_questionnaire(), code);
    if (page >= 0 && utf8_valid(text)) {
        post(arena, page, fields, read_fields(fields, text));
    }
    arena_destroy(arena);
    return 0;
}
