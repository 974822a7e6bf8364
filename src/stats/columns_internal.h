/* Inside of the columns, shared by columns.c (layout, reading) and columns_write.c (batches). */
#ifndef ZEVENSTEM_STATS_COLUMNS_INTERNAL_H
#define ZEVENSTEM_STATS_COLUMNS_INTERNAL_H

#include "stats/columns.h"

#include <pthread.h>

enum { COLUMNS_ALIGNMENT = 64 };
#define COLUMNS_BLOCKS_MAX (ID_INDEX_MAX / COLUMNS_BLOCK_ROWS + 1)

struct variable {
    uint32_t codes;
    size_t width;
    size_t answer_offset; /* in a response's answers */
    size_t block_offset;  /* in a block's codes */
};

struct column_block {
    void *memory; /* one allocation; codes and keys point into it, aligned */
    uint8_t *codes;
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

/* Of a block without its weights. */
static inline size_t columns_block_bytes(const struct columns *columns)
{
    return COLUMNS_BLOCK_ROWS * (columns->answers_size + sizeof(uint64_t)) + COLUMNS_ALIGNMENT;
}

#endif
