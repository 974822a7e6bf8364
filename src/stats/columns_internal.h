/* Inside of the columns, shared by columns.c (layout, reading) and columns_write.c (batches). */
#ifndef ZEVENSTEM_STATS_COLUMNS_INTERNAL_H
#define ZEVENSTEM_STATS_COLUMNS_INTERNAL_H

#include "stats/columns.h"

#include <pthread.h>

/* Blocks stand side by side in groups, and a group in huge pages where the system has them: of each block a
 * few columns are read, a little of each, and looking up small pages was an eighth of counting ten million
 * rows. */
enum { COLUMNS_GROUP_BLOCKS = 16, COLUMNS_HUGE_PAGE = 2 << 20 };
#define COLUMNS_BLOCKS_MAX (ID_INDEX_MAX / COLUMNS_BLOCK_ROWS + 1)
#define COLUMNS_GROUPS_MAX (COLUMNS_BLOCKS_MAX / COLUMNS_GROUP_BLOCKS + 1)

struct variable {
    uint32_t codes;
    size_t width;
    size_t answer_offset; /* in a response's answers */
    size_t block_offset;  /* in a block's codes */
};

struct column_block {
    uint8_t *codes; /* in the memory of its group, as are keys behind them */
    uint64_t *keys;
    uint32_t *weights;
};

struct columns {
    pthread_rwlock_t lock; /* guards everything below that readers may read */
    size_t variable_count;
    struct variable *variables;
    size_t answers_size;
    uint8_t *highest; /* [byte of the answers]: the highest allowed there; UINT8_MAX in a wide code */
    size_t wide_count;
    const struct variable **wide; /* the variables whose codes take two bytes */
    struct id_index *live;        /* number = row; the writer's alone, like gone */
    struct id_index *gone;        /* withdrawn */
    uint32_t rows;
    uint32_t withdrawn;
    uint32_t blocks_allocated; /* may run ahead of the rows */
    bool weighted;
    uint32_t weights_version;
    int64_t position;
    struct column_block blocks[COLUMNS_BLOCKS_MAX];
    void *groups[COLUMNS_GROUPS_MAX]; /* as mapped; the first huge page begins somewhere in it */
};

/* Of a row in the allocated blocks. */
static inline uint8_t *columns_code_slot(const struct columns *columns, uint32_t row,
                                         const struct variable *variable)
{
    return columns->blocks[row / COLUMNS_BLOCK_ROWS].codes + variable->block_offset +
           (row % COLUMNS_BLOCK_ROWS) * variable->width;
}

static inline uint64_t *columns_key_slot(const struct columns *columns, uint32_t row)
{
    return &columns->blocks[row / COLUMNS_BLOCK_ROWS].keys[row % COLUMNS_BLOCK_ROWS];
}

static inline uint32_t *columns_weight_slot(const struct columns *columns, uint32_t row)
{
    return &columns->blocks[row / COLUMNS_BLOCK_ROWS].weights[row % COLUMNS_BLOCK_ROWS];
}

/* Of a block without its weights: whole pages. */
static inline size_t columns_block_bytes(const struct columns *columns)
{
    return COLUMNS_BLOCK_ROWS * (columns->answers_size + sizeof(uint64_t));
}

/* Of a mapped group. */
static inline size_t columns_group_bytes(const struct columns *columns)
{
    return COLUMNS_GROUP_BLOCKS * columns_block_bytes(columns) + COLUMNS_HUGE_PAGE;
}

#endif
