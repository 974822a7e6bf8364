/* The arena as this build has it: under the address sanitizer a malloc a piece. */
#include "arena_cases.h"

#include "base/log.h"
#include "support/leaks.h"

#include <signal.h>

TestSuite(arena, .fini = leaks_check);

Test(arena, pieces_are_zeroed_aligned_and_apart)
{
    case_pieces_are_zeroed_aligned_and_apart();
}
Test(arena, counts_what_was_handed_out)
{
    case_counts_what_was_handed_out();
}
Test(arena, copies_and_prints)
{
    case_copies_and_prints();
}
Test(arena, destructors_run_latest_first)
{
    case_destructors_run_latest_first();
}

#ifdef LEAKS_CHECKED
int __asan_address_is_poisoned(void const volatile *address);

Test(arena, the_sanitizer_sees_the_end_of_every_piece)
{
    struct arena *arena = arena_create(1000);
    for (size_t size = 1; size < 40; size++) {
        const char *piece = arena_alloc(arena, size);
        cr_assert_not(__asan_address_is_poisoned(piece + size - 1));
        cr_assert(__asan_address_is_poisoned(piece + size), "a piece of %zu", size);
    }
    arena_destroy(arena);
}
#endif

Test(arena, past_its_maximum_the_program_ends, .signal = SIGABRT)
{
    log_set_level(LOG_SILENT);
    struct arena *arena = arena_create(100);
    arena_alloc(arena, 60);
    arena_alloc(arena, 41);
}

Test(arena, a_product_that_overflows_ends_the_program, .signal = SIGABRT)
{
    log_set_level(LOG_SILENT);
    arena_array(arena_create(SIZE_MAX), SIZE_MAX / 2, 3);
}

Test(arena, an_absurd_size_ends_the_program, .signal = SIGABRT)
{
    log_set_level(LOG_SILENT);
    arena_alloc(arena_create(SIZE_MAX), SIZE_MAX - 3);
}
