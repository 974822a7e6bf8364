#include "formats/dataset_internal.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(sink, .fini = leaks_check);

enum { CAP = 16 };

static char written[256];
static size_t written_len, largest;

static bool take(const void *bytes, size_t size, void *self)
{
    (void)self;
    memcpy(written + written_len, bytes, size);
    written_len += size;
    largest = size > largest ? size : largest;
    return true;
}

/* What is longer than the sink goes through it in pieces, and no further than its end. */
Test(sink, takes_what_is_longer_than_itself)
{
    char text[100];
    struct arena *arena = arena_create(4096);
    struct sink sink = {.output = {.write = take}, .bytes = arena_alloc(arena, CAP), .cap = CAP};
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (char)('a' + i % 26);
    }
    sink_put_cstr(&sink, "abc");
    sink_put(&sink, (struct slice){text, sizeof text});
    cr_assert(sink_flush(&sink));
    cr_assert_eq(written_len, 3 + sizeof text);
    cr_assert_arr_eq(written + 3, text, sizeof text);
    cr_assert_leq(largest, CAP);
    arena_destroy(arena);
}
