#include "features/tafel/tafel_table.h"

const char *const table_kinds[] = {"maatschappelijke-tafel", "actietafel", NULL};
const char *const table_sides[] = {"overheid", "bedrijven", "kennisinstellingen",
                                   "maatschappelijke-organisaties", NULL};

enum table_side table_side_find(struct slice name)
{
    unsigned side = 0;
    while (side < TABLE_SIDES && !slice_equal_cstr(name, table_sides[side])) {
        side++;
    }
    return (enum table_side)side;
}

struct table_quorum table_lacks(const struct table_quorum *quorum, const struct table_present *present)
{
    struct table_quorum lacks = *quorum;
    for (unsigned side = 0; side < TABLE_SIDES; side++) {
        lacks.members -= present->of_side[side];
        lacks.sides -= present->of_side[side] > 0 ? 1 : 0;
    }
    lacks.members = lacks.members > 0 ? lacks.members : 0;
    lacks.sides = lacks.sides > 0 ? lacks.sides : 0;
    return lacks;
}
