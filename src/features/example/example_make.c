/* All that is made up, as one document. */
#include "features/example/example_internal.h"

const char *const example_rounds[EXAMPLE_ROUNDS] = {EXAMPLE_CONSULTATION "-1", EXAMPLE_CONSULTATION "-2"};

const struct example_size example_whole = {.people = 4000, .interviews = 12, .groups = 5};

enum { MAKER_ARENA_MAX = 256 * 1024 * 1024 };

void example_note(struct example_maker *maker, struct slice body, struct text_span span,
                  const struct example_sentence *s, int application)
{
    const char *key = arena_cstr(maker->arena, body);
    json_t *list = json_object_get(maker->codes, key);
    if (!list) {
        list = json_array();
        json_object_set_new(maker->codes, key, list);
    }
    json_t *code = json_pack("{s:i,s:i,s:s,s:s,s:s,s:s}", "van", (int)span.start, "tot", (int)span.end,
                             "code", s->code, "uiting", s->expression, "toepassing",
                             example_applications[application], "richting", s->direction);
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (json_equal(json_array_get(list, i), code)) {
            json_decref(code);
            return;
        }
    }
    json_array_append_new(list, code);
}

json_t *example_make(struct json_errors *errors, uint64_t seed, const struct example_size *size)
{
    struct arena *arena = arena_create(MAKER_ARENA_MAX);
    struct example_maker maker = {
        .bank = example_bank_load(errors, arena), .arena = arena, .seed = seed, .codes = json_object()};
    json_t *made = NULL;
    if (maker.bank) {
        json_t *answers = json_object();
        for (size_t round = 0; round < EXAMPLE_ROUNDS; round++) {
            const size_t here = size->people / EXAMPLE_ROUNDS + (round < size->people % EXAMPLE_ROUNDS);
            json_object_set_new(answers, example_rounds[round], example_answers(&maker, round, here));
        }
        json_t *conversations = example_conversations(&maker, size);
        made = json_pack("{s:o,s:o,s:O}", "antwoorden", answers, "gesprekken", conversations, "coderingen",
                         maker.codes);
    }
    json_decref(maker.codes);
    arena_destroy(arena);
    return made;
}
