/* An arena and a list of errors for one test, and what to expect of them. */
#ifndef ZEVENSTEM_TESTS_JSON_SUPPORT_H
#define ZEVENSTEM_TESTS_JSON_SUPPORT_H

#include "json/decode.h"
#include "json/flat.h"

#include "base/utf8.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <string.h>

static struct arena *arena;
static struct json_errors errors;

static void setup(void)
{
    arena = arena_create(1 << 26);
    json_errors_init(&errors, arena);
}

static void teardown(void)
{
    arena_destroy(arena);
    leaks_check();
}

/* The error at this place has this pointer and this code, and a sentence. */
static inline void expect_error(size_t index, const char *pointer, const char *code)
{
    cr_assert_gt(errors.count, index);
    const struct json_error_item *item = &errors.items[index];
    size_t len = strlen(item->detail);
    cr_assert_str_eq(item->pointer, pointer);
    cr_assert_str_eq(item->code, code, "%s: %s", item->code, item->detail);
    cr_assert(len > 10 && item->detail[len - 1] == '.', "%s", item->detail);
    cr_assert(item->detail[0] >= 'A' && item->detail[0] <= 'Z', "%s", item->detail);
    cr_assert_not(strstr(item->detail, "{1}") || strstr(item->detail, "{2}"), "%s", item->detail);
    cr_assert(utf8_valid(slice_from_cstr(item->detail)));
}

#endif
