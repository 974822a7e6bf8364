#include "readers_and_writer.h"

#include "support/leaks.h"

#include <criterion/criterion.h>

TestSuite(columns_threads, .fini = leaks_check);

Test(columns_threads, readers_never_see_half_a_batch)
{
    struct readers_and_writer result;
    cr_assert(readers_and_writer_run(&result, 600));
    cr_expect_eq(result.unbalanced, 0);
    cr_expect_geq(result.read, READERS_COUNT);
}
