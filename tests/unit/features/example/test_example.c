#include "features/example/example.h"

#include "base/utf8.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(example, .fini = leaks_check);

enum { ARENA_MAX = 16 << 20 };
static const struct example_size small = {.people = 300, .interviews = 3, .groups = 3};

/* The caller's. */
static json_t *made(uint64_t seed)
{
    struct json_errors errors;
    struct arena *arena = arena_create(ARENA_MAX);
    json_errors_init(&errors, arena);
    json_t *document = example_make(&errors, seed, &small);
    cr_assert_not_null(document, "%s: %s", errors.items[0].pointer, errors.items[0].detail);
    arena_destroy(arena);
    return document;
}

static char *bytes_of(uint64_t seed)
{
    json_t *document = made(seed);
    char *text = json_dumps(document, JSON_COMPACT);
    json_decref(document);
    cr_assert_not_null(text);
    return text;
}

Test(example, is_the_same_from_the_same_seed_and_another_from_another)
{
    char *first = bytes_of(7), *again = bytes_of(7), *other = bytes_of(8);
    cr_expect_str_eq(first, again);
    cr_expect_str_neq(first, other);
    free(first);
    free(again);
    free(other);
}

Test(example, has_what_was_asked_for)
{
    json_t *document = made(7);
    const json_t *answers = json_object_get(document, "antwoorden");
    const json_t *talks = json_object_get(document, "gesprekken");
    size_t came = 0, i, k;
    const json_t *talk, *person;
    cr_expect_eq(json_array_size(json_object_get(answers, example_rounds[0])), 150);
    cr_expect_eq(json_array_size(json_object_get(answers, example_rounds[1])), 150);
    cr_expect_eq(json_array_size(talks), 6);
    json_array_foreach((json_t *)(uintptr_t)talks, i, talk)
    {
        json_array_foreach(json_object_get(talk, "deelnemers"), k, person)
        {
            came += json_object_get(person, "toestemming") != NULL;
        }
    }
    cr_expect_eq(came, 3 + 3 * 7);
    json_decref(document);
}

/* What coders are to find is there to be found: inside of the text, and not empty. */
Test(example, codes_stand_in_their_texts)
{
    json_t *document = made(7);
    const char *body;
    json_t *marks;
    size_t i, count = 0;
    const json_t *mark;
    json_object_foreach(json_object_get(document, "coderingen"), body, marks)
    {
        json_array_foreach(marks, i, mark)
        {
            const json_int_t from = json_integer_value(json_object_get(mark, "van"));
            const json_int_t to = json_integer_value(json_object_get(mark, "tot"));
            cr_expect(from >= 0 && from < to && to <= (json_int_t)utf8_length(slice_from_cstr(body)), "%s",
                      body);
            count++;
        }
    }
    cr_expect_gt(count, 200);
    json_decref(document);
}

/* Nobody has two turns in a row: loading would take them together, and the parts of the guide would shift. */
Test(example, speakers_take_turns)
{
    json_t *document = made(7);
    size_t i;
    const json_t *talk;
    json_array_foreach(json_object_get(document, "gesprekken"), i, talk)
    {
        const char *at = json_string_value(json_object_get(talk, "tekst"));
        const char *before = "";
        size_t length = 0, turns = 0;
        while ((at = strstr(at, "<v ")) != NULL) {
            at += 3;
            const size_t name = strcspn(at, ">");
            cr_expect(name != length || strncmp(at, before, name) != 0, "%.40s", at);
            before = at;
            length = name;
            turns++;
        }
        const json_t *parts = json_object_get(talk, "onderdelen");
        const json_t *last = json_array_get(parts, json_array_size(parts) - 1);
        cr_expect_eq(json_integer_value(json_object_get(last, "tot")) + 1, (json_int_t)turns);
    }
    json_decref(document);
}
