/* The answers of one round in memory: a column per variable, a row per response. Stream, channel and quality
 * mark are variables like any other.
 *
 * One writer, many readers. The writer (the follower of the log) hands over whole batches with columns_apply;
 * a batch is prepared before, and becomes visible at once under the write side of a read-write lock, so a
 * reader sees all of it or nothing. Readers bracket what they read with columns_read_begin and
 * columns_read_end, do not nest them, and keep it short: the writer waits for them, and readers that come
 * later wait for the writer.
 *
 * A change counts when its revision is higher than the last one seen of that response, a withdrawn one
 * included: applying a part of the log twice, or from an earlier position on, ends in the same state.
 *
 * Memory: columns in blocks of 16384 rows (growing copies no row), the sum of the variables' widths a row; 8
 * bytes a row for the record key; 4 for the weight once there are weights; 20 and 5.3 to 8 for finding a row
 * by response (id_index.h). Of a withdrawn response its id and revision stay, nothing else. */
#ifndef ZEVENSTEM_STATS_COLUMNS_H
#define ZEVENSTEM_STATS_COLUMNS_H

#include "stats/id_index.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COLUMNS_BLOCK_ROWS = 16384, COLUMNS_VARIABLES_MAX = 4096, COLUMNS_BATCH_MAX = 1 << 20 };

/* Weights are whole multiples of 2^-27, below 16, so that sums are exact and do not depend on the order of
 * the rows: every instance publishes the same figure. 2^26 squares of them, in units of 2^-30, fit 64 bits.
 */
#define WEIGHT_ONE   (1u << 27)
#define WEIGHT_LIMIT (1u << 31) /* 16; the first value not allowed */

struct columns;

enum columns_status {
    COLUMNS_OK,
    COLUMNS_BAD_LAYOUT,
    COLUMNS_TOO_MANY,  /* more than COLUMNS_BATCH_MAX changes, or than ID_INDEX_MAX rows */
    COLUMNS_NO_MEMORY, /* nothing was changed */
};

/* codes[v]: how many codes variable v has, the special ones of answer.h included: 3 to ANSWER_CODES_MAX. */
enum columns_status columns_create(struct columns **out, const uint32_t *codes, size_t variables);
/* Forgets every row and identity, as before the first batch: position and weights version 0. What they held
 * is overwritten and given back. By the writer; readers go on and find nobody. NO_MEMORY: nothing was
 * changed. */
enum columns_status columns_empty(struct columns *columns);
/* When no reader or writer uses it any more. NULL is allowed. */
void columns_destroy(struct columns *columns);

/* ---- the layout: fixed from birth, no lock needed ---- */
size_t columns_variables(const struct columns *columns);
uint32_t columns_codes(const struct columns *columns, size_t variable);
/* 1 or 2 bytes a code. */
size_t columns_width(const struct columns *columns, size_t variable);
/* Bytes of one response's answers, as answer.h lays them out. */
size_t columns_answers_size(const struct columns *columns);

/* ---- writing ---- */
enum columns_change_kind { COLUMNS_ANSWERED, COLUMNS_WITHDRAWN };

enum columns_outcome {
    COLUMNS_APPLIED,
    COLUMNS_STALE,   /* this or a later revision was seen before */
    COLUMNS_REFUSED, /* answers of another length, a code that its variable has not, or a weight not allowed;
                        not counted */
};

struct columns_change {
    enum columns_change_kind kind; /* ANSWERED is new and corrected alike */
    struct response_id id;
    uint32_t revision;
    uint64_t key;           /* record key of the person; only for ANSWERED, as what follows */
    const uint8_t *answers; /* borrowed */
    size_t answers_size;
    uint32_t weight;              /* in units of 1/WEIGHT_ONE; 0 stands for 1.0 */
    enum columns_outcome outcome; /* set by columns_apply */
};

/* Applies the changes in their order, then states `position` (that of the last of them in the log). */
enum columns_status columns_apply(struct columns *columns, struct columns_change *changes, size_t count,
                                  int64_t position);

/* The weight of one row, below WEIGHT_LIMIT; it may read the row with columns_code. */
typedef uint32_t (*columns_weigher)(const void *context, const struct columns *columns, uint32_t row);
/* Gives every row a new weight; called by the writer. Computes beside the readers and swaps the whole column
 * in at once, together with `version`: the caller's number for these weights, which readers get with what
 * they counted. A weight not allowed is a fault of the weigher and becomes the nearest allowed one. */
enum columns_status columns_weigh(struct columns *columns, columns_weigher weigher, const void *context,
                                  uint32_t version);

/* ---- reading: between begin and end, or on the writer's thread ---- */
void columns_read_begin(struct columns *columns);
void columns_read_end(struct columns *columns);
uint32_t columns_rows(const struct columns *columns);
uint32_t columns_withdrawn(const struct columns *columns);
/* Of the last batch; 0 before the first. */
int64_t columns_position(const struct columns *columns);
uint32_t columns_code(const struct columns *columns, uint32_t row, size_t variable);
uint64_t columns_key(const struct columns *columns, uint32_t row);
uint32_t columns_weight(const struct columns *columns, uint32_t row);
bool columns_weighted(const struct columns *columns);
/* Of the last columns_weigh; 0 before the first. */
uint32_t columns_weights_version(const struct columns *columns);
/* Rows [block * COLUMNS_BLOCK_ROWS, + rows). The arrays have COLUMNS_BLOCK_ROWS entries, always all readable;
 * those past `rows` are zero. */
struct columns_block {
    const uint8_t *codes; /* variable v from columns_offset(v) on, 64-byte aligned */
    const uint64_t *keys;
    const uint32_t *weights; /* NULL when every weight is 1 */
    uint32_t rows;
};
uint32_t columns_blocks(const struct columns *columns);
struct columns_block columns_block(const struct columns *columns, uint32_t block);
size_t columns_offset(const struct columns *columns, size_t variable);

/* ---- on the writer's thread only ---- */
/* The row of a response, ID_INDEX_ABSENT when it has none. Rows move when others are withdrawn. */
uint32_t columns_find(const struct columns *columns, struct response_id id);
/* Bytes, all in all: of blocks from when their first row comes, though the address space is there before. */
size_t columns_memory(const struct columns *columns);

#endif
