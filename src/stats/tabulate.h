/* Cross-tables out of the columns of a round: any variables by each other, over the rows that pass all
 * filters, in one pass. This is the only place where a published number is counted. */
#ifndef ZEVENSTEM_STATS_TABULATE_H
#define ZEVENSTEM_STATS_TABULATE_H

#include "stats/columns.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TABULATE_AXES_MAX = 4, TABULATE_FILTERS_MAX = 16, TABULATE_CELLS_MAX = 1000000 };

/* A row passes when its code of the variable is one of these. */
struct tabulate_filter {
    size_t variable;
    const uint16_t *codes; /* borrowed; any order, repeats are harmless */
    size_t count;          /* 0 lets nobody pass */
};

struct tabulate_query {
    size_t axes[TABULATE_AXES_MAX]; /* variables, each once; the answer first, by custom */
    size_t axis_count;              /* 0 gives one cell: all who pass */
    const struct tabulate_filter *filters;
    size_t filter_count;
    bool weighted; /* false: every row weighs 1, whatever its weight */
    bool keyed;    /* false: keys stay 0, and are not read */
};

/* Sums over the rows of one cell. All four are exact and add up over disjoint cells (keys by XOR), in any
 * order. */
struct table_cell {
    uint64_t n;
    uint64_t weight;         /* sum of weights, in units of 1/WEIGHT_ONE */
    uint64_t weight_squared; /* sum of squared weights, in units of 2^-30, each rounded to nearest */
    uint64_t key;            /* XOR of record keys */
};

static inline double table_weight(const struct table_cell *cell)
{
    return (double)cell->weight / (double)WEIGHT_ONE;
}

static inline double table_weight_squared(const struct table_cell *cell)
{
    return (double)cell->weight_squared / (double)(1u << 30);
}

static inline void table_cell_add(struct table_cell *sum, const struct table_cell *cell)
{
    sum->n += cell->n;
    sum->weight += cell->weight;
    sum->weight_squared += cell->weight_squared;
    sum->key ^= cell->key;
}

/* Special codes (not asked, no answer, don't know) are cells like any other; what is a base is the caller's
 * to say. */
struct table {
    size_t axis_count;
    uint32_t sizes[TABULATE_AXES_MAX]; /* codes of each axis */
    size_t cell_count;
    struct table_cell *cells; /* the last axis runs fastest: ((a0 * size1 + a1) * size2 + a2) ... */
    uint64_t rows;            /* of the round, before filters */
    int64_t position;         /* of the log, up to which the rows were counted */
    uint32_t weights_version; /* of the weights that the rows had, as columns_weigh was told; also when they
                                 were not asked for */
};

enum tabulate_status {
    TABULATE_OK,
    TABULATE_BAD_VARIABLE,   /* none such, or twice on an axis */
    TABULATE_BAD_CODE,       /* a filter names a code that its variable has not */
    TABULATE_TOO_MANY,       /* axes or filters */
    TABULATE_TOO_MANY_CELLS, /* past TABULATE_CELLS_MAX */
    TABULATE_NO_MEMORY,
};

/* Fills *table, which table_free frees; after any other status than OK there is nothing to free. Takes the
 * read lock. */
enum tabulate_status tabulate(struct table *table, struct columns *columns,
                              const struct tabulate_query *query);
void table_free(struct table *table);
/* Where the cell of these codes (one an axis) stands in cells. */
size_t table_cell_number(const struct table *table, const uint32_t *codes);

#endif
