/* The inner loop of tabulate: one block of rows. Apart, so that it can be compiled for more than one kind of
 * processor. */
#ifndef ZEVENSTEM_STATS_TABULATE_KERNEL_H
#define ZEVENSTEM_STATS_TABULATE_KERNEL_H

#include "stats/tabulate.h"

enum { KERNEL_RUNS_MAX = 4, KERNEL_LANES = 8, KERNEL_FEW_CELLS = 4096, KERNEL_FLUSH_BLOCKS = 3 };

struct kernel_axis {
    size_t offset; /* of the variable in a block */
    uint32_t size; /* codes */
    bool wide;     /* 2 bytes a code */
};

/* Lets pass the codes first[r] .. first[r] + span[r] of every run r; with more runs than KERNEL_RUNS_MAX
 * `passes` is asked. */
struct kernel_filter {
    size_t offset;
    bool wide;
    size_t run_count;
    uint16_t first[KERNEL_RUNS_MAX];
    uint16_t span[KERNEL_RUNS_MAX];
    uint8_t *passes; /* NULL, or 1 or 0 for every code of the width */
};

/* Half of a table_cell, so that twice as many fit the first-level cache: the count in the upper 16 bits, the
 * weight in the lower 48. Holds KERNEL_FLUSH_BLOCKS blocks of rows. */
struct kernel_sum {
    uint64_t count_and_weight;
    uint64_t weight_squared;
};

struct kernel_job {
    struct kernel_axis axes[TABULATE_AXES_MAX];
    size_t axis_count;
    struct kernel_filter filters[TABULATE_FILTERS_MAX];
    size_t filter_count;
    bool weighted; /* the blocks have weights */
    bool keyed;
    struct table_cell *cells;
    /* NULL with more than KERNEL_FEW_CELLS cells: then rows are added to cells at once. */
    struct kernel_sum *sums;
    uint64_t *key_sums; /* beside sums, when keyed */
    /* lanes[b] lists the set bits of b, for packing the rows that pass. */
    uint16_t lanes[256][KERNEL_LANES];
};

typedef void (*tabulate_kernel)(const struct kernel_job *job, const struct columns_block *block);

/* Everything but axes, filters, flags and cells. */
void kernel_prepare(struct kernel_job *job);
/* Adds sums to cells and empties them: after at most KERNEL_FLUSH_BLOCKS blocks, and after the last one. */
void kernel_flush(struct kernel_job *job, size_t cell_count);
/* The fastest this processor can run. */
tabulate_kernel kernel_choose(void);
/* The one that every processor can run; for tests. */
tabulate_kernel kernel_plain(void);

#endif
