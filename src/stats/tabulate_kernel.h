/* The inner loop of tabulate: one block of rows. Apart, so that it can be compiled for more than one kind of
 * processor. */
#ifndef ZEVENSTEM_STATS_TABULATE_KERNEL_H
#define ZEVENSTEM_STATS_TABULATE_KERNEL_H

#include "stats/tabulate.h"

enum { KERNEL_RUNS_MAX = 4, KERNEL_LANES = 8, KERNEL_NARROW_CELLS = UINT16_MAX + 1 };

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

struct kernel_job {
    struct kernel_axis axes[TABULATE_AXES_MAX];
    size_t axis_count;
    struct kernel_filter filters[TABULATE_FILTERS_MAX];
    size_t filter_count;
    bool weighted; /* the blocks have weights */
    bool keyed;
    struct table_cell *cells;
    bool narrow; /* at most KERNEL_NARROW_CELLS of them */
    /* Each byte of lanes[b] is the number of a set bit of b, for packing the rows that pass. */
    uint64_t lanes[256];
};

/* Adds the rows of a block that pass to their cells. `next` is the block that it will be given then, or this
 * one again. */
typedef void (*tabulate_kernel)(const struct kernel_job *job, const struct columns_block *block,
                                const struct columns_block *next);

/* Everything but axes, filters, flags and cells. */
void kernel_prepare(struct kernel_job *job);
/* The fastest this processor can run. */
tabulate_kernel kernel_choose(void);
/* The one that every processor can run; for tests. */
tabulate_kernel kernel_plain(void);

#endif
