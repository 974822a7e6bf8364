/* Tables and their members: which there are, and when a meeting of one may decide. Pure. */
#ifndef ZEVENSTEM_TAFEL_TABLE_H
#define ZEVENSTEM_TAFEL_TABLE_H

#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

/* "maatschappelijke-tafel", "actietafel". NULL-ended. */
extern const char *const table_kinds[];
enum table_side { SIDE_GOVERNMENT, SIDE_BUSINESS, SIDE_KNOWLEDGE, SIDE_SOCIETY, TABLE_SIDES };
/* "overheid", "bedrijven", "kennisinstellingen", "maatschappelijke-organisaties". NULL-ended. */
extern const char *const table_sides[TABLE_SIDES + 1];
/* TABLE_SIDES: none is called so. */
enum table_side table_side_find(struct slice name);

enum { TABLE_QUORUM_MAX = 200 };

/* What a table asks of a meeting that decides: so many members, from so many of the four sides. */
struct table_quorum {
    int32_t members, sides;
};
/* Of those who are there and may decide on what is at hand: who declared an interest in it does not count. */
struct table_present {
    int32_t of_side[TABLE_SIDES];
};
/* How many members and sides it lacks; both 0: it may decide. */
struct table_quorum table_lacks(const struct table_quorum *quorum, const struct table_present *present);

#endif
