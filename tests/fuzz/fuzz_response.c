/* A response as the API gets it, and the plaintext of a draft: what is accepted can be packed, unpacked,
 * settled, read back and sent again, and stays the same. */
#include "fuzz.h"
#include "scene.h"

#include "base/log.h"
#include "base/utf8.h"
#include "json/flat.h"

#include <string.h>

static struct presentation presentation;

/* Whether the nth application of this person is this one. */
static bool is_assigned(const struct questionnaire *q, const struct answers *a, const char *variable,
                        const char *wanted)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, q);
    int index = questionnaire_find_variable(q, slice_from_cstr(variable));
    FUZZ_REQUIRE(index >= 0);
    const struct variable *v = &variables[index];
    uint16_t slot = answer_get(a->vector, v);
    return slot >= ANSWER_FIRST && slot - ANSWER_FIRST < v->category_count &&
           strcmp(v->categories[slot - ANSWER_FIRST].code, wanted) == 0;
}

/* Somebody who is asked about kaas and wol, as the corpus answers. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    log_set_level(LOG_SILENT);
    const struct questionnaire *q = fuzz_questionnaire();
    struct arena *arena = arena_create((size_t)1 << 30);
    for (unsigned char nth = 1;; nth++) {
        const unsigned char seed[16] = {nth};
        FUZZ_REQUIRE(nth != 0);
        presentation_derive(&presentation, q, 0, seed);
        struct answers a = answers_begin(arena, q, &presentation);
        if (is_assigned(q, &a, "onderwerp_toegewezen_1", "kaas") &&
            is_assigned(q, &a, "onderwerp_toegewezen_2", "wol")) {
            break;
        }
    }
    arena_destroy(arena);
    return 0;
}

static bool same_answers(const struct questionnaire *q, const struct answers *a, const struct answers *b)
{
    bool same = memcmp(a->vector, b->vector, questionnaire_vector_size(q)) == 0;
    for (size_t i = 0; same && i < questionnaire_text_count(q); i++) {
        same = slice_equal(a->texts[i], b->texts[i]);
    }
    return same;
}

static void check_packing(struct arena *arena, const struct questionnaire *q, const struct answers *a)
{
    struct answers unpacked;
    FUZZ_REQUIRE(answers_unpack(&unpacked, arena, q, answers_pack(arena, q, a)));
    FUZZ_REQUIRE(same_answers(q, a, &unpacked));
}

/* Read back and sent again, it is the same. */
static void check_reading_back(struct arena *arena, const struct questionnaire *q, const struct answers *a)
{
    struct json_errors errors;
    size_t count;
    json_t *object = answers_to_json(q, a);
    char *text = json_dumps(object, JSON_COMPACT);
    struct answers again = answers_begin(arena, q, &presentation);
    json_errors_init(&errors, arena);
    const struct flat_member *members = flat_parse(&count, &errors, arena, slice_from_cstr(text), 500);
    FUZZ_REQUIRE(members);
    FUZZ_REQUIRE(
        questionnaire_answer_flat(&again, &errors, arena, q, &presentation, members, count, "", true));
    answers_settle(&again, arena, q, &presentation);
    FUZZ_REQUIRE(same_answers(q, a, &again));
    free(text);
    json_decref(object);
}

static void check_response(struct arena *arena, struct slice body)
{
    const struct questionnaire *q = fuzz_questionnaire();
    struct json_errors errors;
    size_t count;
    json_errors_init(&errors, arena);
    struct answers a = answers_begin(arena, q, &presentation);
    const struct flat_member *members = flat_parse(&count, &errors, arena, body, 500);
    if (!members ||
        !questionnaire_answer_flat(&a, &errors, arena, q, &presentation, members, count, "", false)) {
        FUZZ_REQUIRE(errors.count > 0);
        return;
    }
    FUZZ_REQUIRE(errors.count == 0);
    for (size_t i = 0; i < questionnaire_text_count(q); i++) {
        FUZZ_REQUIRE(utf8_valid(a.texts[i]));
    }
    answers_settle(&a, arena, q, &presentation);
    check_packing(arena, q, &a);
    struct answers again;
    FUZZ_REQUIRE(answers_unpack(&again, arena, q, answers_pack(arena, q, &a)));
    answers_settle(&again, arena, q, &presentation);
    FUZZ_REQUIRE(same_answers(q, &a, &again));
    check_reading_back(arena, q, &a);
    questionnaire_summary_context(arena, q, &presentation, &a, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create((size_t)1 << 30);
    struct answers unpacked;
    check_response(arena, fuzz_text(data, size));
    if (answers_unpack(&unpacked, arena, fuzz_questionnaire(), fuzz_text(data, size))) {
        check_packing(arena, fuzz_questionnaire(), &unpacked);
    }
    arena_destroy(arena);
    return 0;
}
