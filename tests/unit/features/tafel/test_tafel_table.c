#include "features/tafel/tafel_table.h"

#include "support/leaks.h"

#include <criterion/criterion.h>

TestSuite(tafel_table, .fini = leaks_check);

Test(tafel_table, a_meeting_decides_with_enough_members_from_enough_sides)
{
    static const struct {
        struct table_quorum asked;
        struct table_present there;
        struct table_quorum lacks;
    } cases[] = {
        {{4, 3}, {{2, 1, 1, 0}}, {0, 0}}, /* exactly */
        {{4, 3}, {{9, 9, 9, 9}}, {0, 0}}, /* more is no fault */
        {{4, 3}, {{2, 2, 0, 0}}, {0, 1}}, /* enough people, too few sides */
        {{4, 3}, {{1, 1, 1, 0}}, {1, 0}}, /* enough sides, too few people */
        {{4, 3}, {{0, 0, 0, 0}}, {4, 3}}, /* nobody */
        {{1, 1}, {{0, 0, 0, 1}}, {0, 0}}, /* the smallest there may be */
        {{1, 4}, {{5, 5, 5, 0}}, {0, 1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct table_quorum lacks = table_lacks(&cases[i].asked, &cases[i].there);
        cr_expect_eq(lacks.members, cases[i].lacks.members, "case %zu: %d", i, (int)lacks.members);
        cr_expect_eq(lacks.sides, cases[i].lacks.sides, "case %zu: %d", i, (int)lacks.sides);
    }
}

Test(tafel_table, every_side_has_its_name)
{
    for (unsigned side = 0; side < TABLE_SIDES; side++) {
        cr_expect_eq(table_side_find(slice_from_cstr(table_sides[side])), side);
    }
    cr_expect_null(table_sides[TABLE_SIDES]);
    cr_expect_eq(table_side_find(SLICE("burgers")), TABLE_SIDES);
    cr_expect_eq(table_side_find(SLICE("")), TABLE_SIDES);
}
