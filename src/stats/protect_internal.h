/* What the files of protect_primary share. */
#ifndef ZEVENSTEM_STATS_PROTECT_INTERNAL_H
#define ZEVENSTEM_STATS_PROTECT_INTERNAL_H

#include "stats/protect_primary.h"

/* Cells and totals with their exact sums, before anything is taken out. */
struct work {
    struct table_cell sum;
    bool total;    /* not a cell */
    bool unused;   /* of a special code that nobody has */
    bool open;     /* shown by rule 10, and not withheld since */
    bool absent;   /* of a total: every cell of it is */
    bool withheld; /* of a total: some cell of it is */
};

/* protect_primary for axes in the order of their variables: what is withheld for the sake of something else
 * depends on the order. */
enum protect_status protect_in_order(struct protected_table *out, const struct table *table,
                                     const struct protect_rule *rule);

/* Too few people, or too little weight among them: rules 1 and 3. */
bool protect_small(const struct table_cell *cell, const struct protect_rule *rule);

struct withheld {
    size_t cells;
    struct table_cell people;
};
/* The cells withheld hold enough people, though their sum is known: rule 4. At least `least` of those may be
 * known to be somewhere. */
bool protect_holds(const struct withheld *withheld, const struct protect_rule *rule, size_t least);

struct protect_grid {
    struct work *cells; /* of a row beside each other */
    size_t rows, columns, row_stride;
};
/* Rule 9. *changed is set when something was withheld. (protect_blocks.c) */
enum protect_status protect_blocks(bool *changed, const struct protect_grid *grid,
                                   const struct protect_rule *rule, size_t least);

#endif
