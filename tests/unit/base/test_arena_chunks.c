/* The arena as the release build has it, pieces cut from chunks: built here under other names, since the
 * sanitizers' build has the other mode. */
#define ARENA_ITEMWISE 0
#define arena_create   chunked_create
#define arena_destroy  chunked_destroy
#define arena_alloc    chunked_alloc
#define arena_array    chunked_array
#define arena_copy     chunked_copy
#define arena_cstr     chunked_cstr
#define arena_printf   chunked_printf
#define arena_vprintf  chunked_vprintf
#define arena_defer    chunked_defer
#define arena_used     chunked_used
#include "arena_cases.h"
#include "base/arena.c"
#include "support/leaks.h"

TestSuite(arena_chunks, .fini = leaks_check);

Test(arena_chunks, pieces_are_zeroed_aligned_and_apart)
{
    case_pieces_are_zeroed_aligned_and_apart();
}
Test(arena_chunks, counts_what_was_handed_out)
{
    case_counts_what_was_handed_out();
}
Test(arena_chunks, copies_and_prints)
{
    case_copies_and_prints();
}
Test(arena_chunks, destructors_run_latest_first)
{
    case_destructors_run_latest_first();
}

Test(arena_chunks, small_pieces_share_a_chunk_and_large_ones_leave_it_open)
{
    struct arena *arena = arena_create(1 << 20);
    const char *first = arena_alloc(arena, 16);
    const char *large = arena_alloc(arena, CHUNK_BYTES);
    const char *second = arena_alloc(arena, 16);
    cr_assert_eq(second - first, 16);
    cr_assert(large < first || large >= first + CHUNK_BYTES);
    arena_destroy(arena);
}

Test(arena_chunks, a_chunk_is_filled_to_its_last_byte)
{
    struct arena *arena = arena_create(1 << 20);
    const char *first = arena_alloc(arena, 16);
    for (size_t at = 16; at < CHUNK_BYTES; at += 16) {
        cr_assert_eq((const char *)arena_alloc(arena, 16) - first, (ptrdiff_t)at);
    }
    cr_assert_not_null(arena_alloc(arena, 0));
    const char *next = arena_alloc(arena, 16);
    cr_assert(next < first || next >= first + CHUNK_BYTES);
    arena_destroy(arena);
}
