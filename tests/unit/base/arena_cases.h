/* What holds for an arena in both its modes: pieces cut from chunks, and (sanitizer builds) a malloc a piece.
 * The including file says which one it tests. */
#ifndef ZEVENSTEM_TESTS_ARENA_CASES_H
#define ZEVENSTEM_TESTS_ARENA_CASES_H

#include "base/arena.h"

#include <criterion/criterion.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>

static void case_pieces_are_zeroed_aligned_and_apart(void)
{
    enum { PIECES = 2000 };
    static unsigned char *pieces[PIECES];
    static size_t sizes[PIECES];
    struct arena *arena = arena_create(1 << 24);
    for (size_t i = 0; i < PIECES; i++) {
        sizes[i] = i % 97 == 0 ? 9000 + i : i * 7 % 300;
        pieces[i] = arena_alloc(arena, sizes[i]);
        cr_assert_eq((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        for (size_t b = 0; b < sizes[i]; b++) {
            cr_assert_eq(pieces[i][b], 0);
        }
        memset(pieces[i], (int)(i % 251) + 1, sizes[i]);
    }
    for (size_t i = 0; i < PIECES; i++) {
        for (size_t b = 0; b < sizes[i]; b++) {
            cr_assert_eq(pieces[i][b], i % 251 + 1, "piece %zu was written over", i);
        }
    }
    arena_destroy(arena);
}

static void case_counts_what_was_handed_out(void)
{
    struct arena *arena = arena_create(1000);
    cr_assert_eq(arena_used(arena), 0);
    cr_assert_not_null(arena_alloc(arena, 0));
    cr_assert_not_null(arena_alloc(arena, 0));
    cr_assert_not_null(arena_array(arena, 0, SIZE_MAX));
    cr_assert_eq(arena_used(arena), 0);
    arena_alloc(arena, 1);
    arena_array(arena, 3, 33);
    cr_assert_eq(arena_used(arena), 100);
    arena_alloc(arena, 900); /* up to the maximum */
    cr_assert_eq(arena_used(arena), 1000);
    arena_destroy(arena);
    arena_destroy(NULL);
}

static void case_copies_and_prints(void)
{
    struct arena *arena = arena_create(1 << 20);
    char text[] = "zeven";
    struct slice copy = arena_copy(arena, slice_from_cstr(text));
    char *cstr = arena_cstr(arena, (struct slice){text, 3});
    text[0] = 'b';
    cr_assert(slice_equal_cstr(copy, "zeven"));
    cr_assert_eq(copy.ptr[copy.len], '\0');
    cr_assert_str_eq(cstr, "zev");
    cr_assert_str_eq(arena_cstr(arena, (struct slice){NULL, 0}), "");
    struct slice empty = arena_copy(arena, (struct slice){NULL, 0});
    cr_assert(empty.len == 0 && empty.ptr && empty.ptr[0] == '\0');
    struct slice printed = arena_printf(arena, "%s %d", "waarde", 7);
    cr_assert(slice_equal_cstr(printed, "waarde 7"));
    cr_assert_eq(printed.ptr[printed.len], '\0');
    for (int width = 500; width < 520; width++) {
        struct slice padded = arena_printf(arena, "%*d", width, 1);
        cr_assert_eq(padded.len, (size_t)width);
        cr_assert_eq(padded.ptr[width - 1], '1');
        cr_assert_eq(padded.ptr[width], '\0');
    }
    struct slice wide = arena_printf(arena, "%20000d", 1);
    cr_assert_eq(wide.len, 20000);
    cr_assert_eq(strlen(wide.ptr), 20000);
    arena_destroy(arena);
}

struct trace {
    char order[8];
    size_t count;
};
struct step {
    struct trace *trace;
    char name;
};

static void record(void *object)
{
    const struct step *step = object;
    step->trace->order[step->trace->count++] = step->name;
}

static void case_destructors_run_latest_first(void)
{
    struct trace trace = {.count = 0};
    struct arena *arena = arena_create(1000);
    for (const char *name = "abc"; *name; name++) {
        /* Objects in the arena itself still live when their destructors run. */
        struct step *step = arena_alloc(arena, sizeof *step);
        *step = (struct step){&trace, *name};
        arena_defer(arena, record, step);
    }
    cr_assert_eq(trace.count, 0);
    arena_destroy(arena);
    cr_assert_str_eq(trace.order, "cba");
}

#endif
