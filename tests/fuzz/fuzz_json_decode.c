/* Any document through decoding by specification and through its canonical form. */
#include "fuzz.h"

#include "base/buffer.h"
#include "base/utf8.h"
#include "json/decode.h"

#include <string.h>

static const char *const letters[] = {"a", "b", NULL};

struct targets {
    struct slice text, choice;
    int64_t number;
    double real;
    bool yes, present;
    const json_t *object, *list, *any;
};

/* The object, and the one within it. */
static void decode(struct json_errors *errors, const char *pointer, const json_t *value, unsigned depth)
{
    struct targets t = {.number = 5};
    const struct json_field fields[] = {
        {.name = "text", .kind = JSON_KIND_STRING, .min = 1, .max = 4, .out = &t.text, .present = &t.present},
        {.name = "choice", .kind = JSON_KIND_STRING, .optional = true, .one_of = letters, .out = &t.choice},
        {.name = "number", .kind = JSON_KIND_INT, .optional = true, .min = -3, .max = 9, .out = &t.number},
        {.name = "real", .kind = JSON_KIND_REAL, .optional = true, .out = &t.real},
        {.name = "yes", .kind = JSON_KIND_BOOL, .optional = true, .out = &t.yes},
        {.name = "object", .kind = JSON_KIND_OBJECT, .optional = true, .out = &t.object},
        {.name = "list", .kind = JSON_KIND_ARRAY, .optional = true, .max = 2, .out = &t.list},
        {.name = "any~/", .kind = JSON_KIND_ANY, .optional = true, .out = &t.any},
    };
    size_t before = errors->count;
    bool good = json_decode(errors, pointer, value, fields, sizeof fields / sizeof fields[0]);
    FUZZ_REQUIRE(good == (errors->count == before));
    if (good) {
        size_t length = utf8_length(t.text);
        FUZZ_REQUIRE(t.present && length >= 1 && length <= 4 && utf8_valid(t.text));
        FUZZ_REQUIRE(t.number >= -3 && t.number <= 9);
        FUZZ_REQUIRE(!t.list || json_array_size(t.list) <= 2);
    }
    if (t.object && depth > 0) {
        decode(errors, json_pointer_append(errors->arena, pointer, "object"), t.object, depth - 1);
    }
}

static void check_errors(const struct json_errors *errors)
{
    json_t *list = json_errors_to_json(errors);
    size_t index;
    const json_t *item;
    FUZZ_REQUIRE(json_array_size(list) == json_errors_kept(errors));
    json_array_foreach(list, index, item)
    {
        FUZZ_REQUIRE(json_object_size(item) == 3);
        FUZZ_REQUIRE(!strstr(json_string_value(json_object_get(item, "detail")), "{1}"));
    }
    json_decref(list);
}

/* Without the numbers that the canonical form refuses, reading it gives the document back, and its own
 * canonical form is itself. */
static void check_canonical(struct json_errors *errors, struct arena *arena, const json_t *document)
{
    struct buffer first;
    struct buffer second;
    buffer_init(&first, 1 << 24);
    buffer_init(&second, 1 << 24);
    if (json_canonical(&first, document)) {
        const json_t *back = json_parse(errors, arena, buffer_slice(&first));
        FUZZ_REQUIRE(back && json_equal(back, document));
        FUZZ_REQUIRE(json_canonical(&second, back));
        FUZZ_REQUIRE(slice_equal(buffer_slice(&first), buffer_slice(&second)));
    }
    buffer_free(&first);
    buffer_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct json_errors errors;
    struct arena *arena = arena_create((size_t)1 << 30);
    json_errors_init(&errors, arena);
    const json_t *document = json_parse(&errors, arena, fuzz_text(data, size));
    FUZZ_REQUIRE((document == NULL) == (errors.count == 1));
    if (document) {
        check_canonical(&errors, arena, document);
        decode(&errors, "", document, 40);
    }
    check_errors(&errors);
    arena_destroy(arena);
    return 0;
}
