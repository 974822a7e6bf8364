#include "base/buffer.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

TestSuite(buffer, .fini = leaks_check);

Test(buffer, gathers_what_is_appended)
{
    struct buffer buffer;
    buffer_init(&buffer, 1000);
    cr_assert_eq(buffer_slice(&buffer).len, 0);
    buffer_append(&buffer, SLICE("zeven"));
    buffer_append_byte(&buffer, ' ');
    buffer_append_cstr(&buffer, "waarden");
    buffer_append_cstr(&buffer, NULL);
    buffer_append(&buffer, (struct slice){NULL, 0});
    buffer_printf(&buffer, ", %d %s", 1, "stem");
    cr_assert_not(buffer_failed(&buffer));
    cr_assert_str_eq(buffer.ptr, "zeven waarden, 1 stem");
    cr_assert(slice_equal_cstr(buffer_slice(&buffer), "zeven waarden, 1 stem"));
    buffer_free(&buffer);
    cr_assert(buffer.ptr == NULL && buffer.max == 1000);
}

Test(buffer, holds_its_maximum_and_not_a_byte_more)
{
    for (size_t max = 0; max < 700; max += 7) {
        struct buffer buffer;
        buffer_init(&buffer, max);
        for (size_t i = 0; i < max; i++) {
            buffer_append_byte(&buffer, 'x');
        }
        cr_assert_not(buffer_failed(&buffer));
        cr_assert_eq(buffer.len, max);
        cr_assert_leq(buffer.cap, max + 1, "more memory than it may ever use");
        buffer_append_byte(&buffer, 'x');
        cr_assert(buffer_failed(&buffer));
        buffer_free(&buffer);
    }
}

Test(buffer, integers_from_the_least_to_the_greatest)
{
    struct buffer buffer;
    buffer_init(&buffer, 100);
    buffer_append_integer(&buffer, INT64_MIN);
    buffer_append_integer(&buffer, 0);
    buffer_append_integer(&buffer, -10);
    buffer_append_integer(&buffer, INT64_MAX);
    cr_assert(slice_equal_cstr(buffer_slice(&buffer), "-92233720368547758080-109223372036854775807"));
    buffer_free(&buffer);
}

Test(buffer, a_failure_stays_and_leaves_nothing)
{
    struct buffer buffer;
    size_t len = 1;
    buffer_init(&buffer, 10);
    buffer_append_cstr(&buffer, "12345678");
    buffer_printf(&buffer, "%d", 901);
    cr_assert(buffer_failed(&buffer));
    buffer_append_byte(&buffer, 'x');
    cr_assert(buffer_failed(&buffer));
    cr_assert_null(buffer_reserve(&buffer, 1));
    buffer_commit(&buffer, 1);
    cr_assert_eq(buffer_slice(&buffer).len, 0);
    cr_assert_null(buffer_take(&buffer, &len));
    cr_assert_eq(len, 0);
    buffer_free(&buffer);
}

Test(buffer, clearing_forgets_a_failure)
{
    struct buffer buffer;
    buffer_init(&buffer, 4);
    buffer_append_cstr(&buffer, "12345");
    cr_assert(buffer_failed(&buffer));
    buffer_clear(&buffer);
    buffer_append_cstr(&buffer, "1234");
    cr_assert_str_eq(buffer.ptr, "1234");
    const char *memory = buffer.ptr;
    buffer_clear(&buffer);
    cr_assert(buffer.len == 0 && buffer.ptr == memory && buffer.ptr[0] == '\0');
    buffer_free(&buffer);
}

Test(buffer, sizes_that_overflow_are_refused)
{
    struct buffer buffer;
    buffer_init(&buffer, SIZE_MAX);
    buffer_append_byte(&buffer, 'x');
    cr_assert_null(buffer_reserve(&buffer, SIZE_MAX));
    cr_assert(buffer_failed(&buffer));
    buffer_clear(&buffer);
    cr_assert_null(buffer_reserve(&buffer, SIZE_MAX - 1));
    buffer_free(&buffer);
}

Test(buffer, what_is_reserved_may_be_written_and_counted)
{
    struct buffer buffer;
    buffer_init(&buffer, 1000);
    buffer_append_cstr(&buffer, "a");
    char *room = buffer_reserve(&buffer, 500);
    cr_assert_not_null(room);
    memset(room, 'b', 500);
    buffer_commit(&buffer, 3);
    cr_assert_str_eq(buffer.ptr, "abbb");
    size_t len;
    char *taken = buffer_take(&buffer, &len);
    cr_assert_str_eq(taken, "abbb");
    cr_assert_eq(len, 4);
    cr_assert(buffer.ptr == NULL && buffer.len == 0 && buffer.max == 1000);
    free(taken);
    cr_assert_null(buffer_take(&buffer, &len));
}
