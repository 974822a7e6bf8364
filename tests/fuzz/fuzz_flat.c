/* The flat decoder reads exactly the documents that jansson reads and that are flat, and reads the same in
 * them. */
#include "fuzz.h"

#include "json/flat.h"

#include <string.h>

enum { MAX_MEMBERS = 200, MAX_ITEMS = 64 };

static bool is_flat_scalar(const json_t *value)
{
    return json_is_string(value) || json_is_integer(value) || json_is_boolean(value) || json_is_null(value);
}

static bool is_flat(const json_t *document)
{
    const char *name;
    const json_t *value;
    if (!json_is_object(document) || json_object_size(document) > MAX_MEMBERS) {
        return false;
    }
    json_object_foreach((json_t *)(uintptr_t)document, name, value)
    {
        for (size_t i = 0; i < json_array_size(value); i++) {
            if (!is_flat_scalar(json_array_get(value, i))) {
                return false;
            }
        }
        if (!is_flat_scalar(value) && !(json_is_array(value) && json_array_size(value) <= MAX_ITEMS)) {
            return false;
        }
    }
    return true;
}

static bool same_scalar(const struct flat_value *ours, const json_t *theirs)
{
    switch (ours->kind) {
    case FLAT_NULL:
        return json_is_null(theirs);
    case FLAT_BOOL:
        return json_is_boolean(theirs) && json_is_true(theirs) == (ours->integer != 0);
    case FLAT_INT:
        return json_is_integer(theirs) && json_integer_value(theirs) == ours->integer;
    case FLAT_STRING:
        return json_is_string(theirs) &&
               slice_equal(ours->string,
                           (struct slice){json_string_value(theirs), json_string_length(theirs)});
    case FLAT_ARRAY:
        return false;
    }
    return false;
}

static bool same_value(const struct flat_value *ours, const json_t *theirs)
{
    if (ours->kind != FLAT_ARRAY) {
        return same_scalar(ours, theirs);
    }
    bool same = json_is_array(theirs) && json_array_size(theirs) == ours->item_count;
    for (size_t i = 0; same && i < ours->item_count; i++) {
        same = same_scalar(&ours->items[i], json_array_get(theirs, i));
    }
    return same;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct json_errors ours;
    struct json_errors theirs;
    struct arena *arena = arena_create((size_t)1 << 30);
    size_t count = 0;
    json_errors_init(&ours, arena);
    json_errors_init(&theirs, arena);
    const json_t *document = json_parse(&theirs, arena, fuzz_text(data, size));
    const struct flat_member *members = flat_parse(&count, &ours, arena, fuzz_text(data, size), MAX_MEMBERS);
    FUZZ_REQUIRE(members || ours.count > 0);
    FUZZ_REQUIRE((ours.count == 0) == (document != NULL && is_flat(document)));
    if (ours.count == 0) {
        const char *name;
        const json_t *value;
        size_t i = 0;
        FUZZ_REQUIRE(count == json_object_size(document));
        json_object_foreach((json_t *)(uintptr_t)document, name, value)
        {
            FUZZ_REQUIRE(slice_equal_cstr(members[i].name, name));
            FUZZ_REQUIRE(same_value(&members[i].value, value));
            i++;
        }
    }
    arena_destroy(arena);
    return 0;
}
