#include "stats/id_index.h"

#include "support.h"
#include "support/leaks.h"

#include <criterion/criterion.h>

TestSuite(id_index, .fini = leaks_check);

static void add(struct id_index *index, uint64_t number, uint32_t revision)
{
    struct response_id id = id_of(number);
    const struct response_id *ids[] = {&id};
    cr_assert(id_index_reserve(index, ids, 1));
    cr_assert_eq(id_index_add(index, id, revision), id_index_count(index) - 1);
}

Test(id_index, finds_what_was_added_and_nothing_else)
{
    struct id_index *index = id_index_create();
    cr_assert_eq(id_index_find(index, id_of(0)), ID_INDEX_ABSENT);
    for (uint32_t i = 0; i < 50000; i++) {
        add(index, i, i + 7);
    }
    cr_assert_eq(id_index_count(index), 50000);
    for (uint32_t i = 0; i < 50000; i++) {
        cr_assert_eq(id_index_find(index, id_of(i)), i);
        cr_assert_eq(id_index_revision(index, i), i + 7);
        cr_assert_eq(id_index_find(index, id_of(1000000 + i)), ID_INDEX_ABSENT);
    }
    id_index_destroy(index);
}

/* Only the last bits differ, as in ids that were not made by a hash. */
Test(id_index, ids_in_sequence)
{
    struct id_index *index = id_index_create();
    for (uint32_t i = 0; i < 20000; i++) {
        struct response_id id = {.bytes = {(uint8_t)i, (uint8_t)(i >> 8)}};
        const struct response_id *ids[] = {&id};
        cr_assert(id_index_reserve(index, ids, 1));
        id_index_add(index, id, 1);
    }
    for (uint32_t i = 0; i < 20000; i++) {
        struct response_id id = {.bytes = {(uint8_t)i, (uint8_t)(i >> 8)}};
        cr_assert_eq(id_index_find(index, id), i);
    }
    id_index_destroy(index);
}

/* The number of each identifier, told by a plain array, through a long random life at a nearly steady size.
 */
Test(id_index, random_removals)
{
    enum { IDS = 3000 };
    struct id_index *index = id_index_create();
    uint64_t state = 5;
    uint32_t of_number[IDS], count = 0, number_of[IDS];
    for (uint32_t i = 0; i < IDS; i++) {
        number_of[i] = ID_INDEX_ABSENT;
    }
    for (int step = 0; step < 60000; step++) {
        uint32_t i = random_below(&state, IDS);
        if (number_of[i] == ID_INDEX_ABSENT) {
            add(index, i, i);
            of_number[count] = i;
            number_of[i] = count++;
        } else {
            uint32_t number = number_of[i];
            id_index_remove(index, number);
            uint32_t moved = of_number[--count];
            of_number[number] = moved;
            number_of[moved] = number;
            number_of[i] = ID_INDEX_ABSENT;
        }
        uint32_t other = random_below(&state, IDS);
        cr_assert_eq(id_index_find(index, id_of(other)), number_of[other]);
    }
    for (uint32_t i = 0; i < IDS; i++) {
        cr_assert_eq(id_index_find(index, id_of(i)), number_of[i]);
        cr_assert(number_of[i] == ID_INDEX_ABSENT || id_index_revision(index, number_of[i]) == i);
    }
    id_index_destroy(index);
}

Test(id_index, memory_stays_under_28_bytes_each)
{
    struct id_index *index = id_index_create();
    for (uint32_t i = 0; i < 200000; i++) {
        add(index, i, 1);
        if (i % 10000 == 9999 && i > 50000) {
            /* One block of 16384 is begun; the folder of blocks is there from birth. */
            size_t fixed = 16384 * 20 + 64 * 1024;
            cr_expect_leq(id_index_memory(index), fixed + (size_t)(i + 1) * 28, "at %u", i);
        }
    }
    id_index_destroy(index);
}
