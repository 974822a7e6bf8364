#include "stats/columns.h"

#include "stats/answer.h"
#include "stats/columns_internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* ---- layout ---- */

static bool lay_out(struct columns *columns, const uint32_t *codes)
{
    size_t offset = 0;
    for (size_t v = 0; v < columns->variable_count; v++) {
        if (codes[v] < ANSWER_FIRST || codes[v] > ANSWER_CODES_MAX) {
            return false;
        }
        size_t width = answer_width(codes[v]);
        columns->variables[v] = (struct variable){.codes = codes[v],
                                                  .width = width,
                                                  .answer_offset = offset,
                                                  .block_offset = offset * COLUMNS_BLOCK_ROWS};
        offset += width;
    }
    columns->answers_size = offset;
    return true;
}

static bool note_limits(struct columns *columns)
{
    columns->highest = malloc(columns->answers_size);
    columns->wide = calloc(columns->variable_count, sizeof(const struct variable *));
    if (!columns->highest || !columns->wide) {
        return false;
    }
    memset(columns->highest, UINT8_MAX, columns->answers_size);
    for (size_t v = 0; v < columns->variable_count; v++) {
        const struct variable *variable = &columns->variables[v];
        if (variable->width == 1) {
            columns->highest[variable->answer_offset] = (uint8_t)(variable->codes - 1);
        } else {
            columns->wide[columns->wide_count++] = variable;
        }
    }
    return true;
}

/* glibc's default lets readers starve the writer. */
static bool init_lock(pthread_rwlock_t *lock)
{
    pthread_rwlockattr_t attributes;
    if (pthread_rwlockattr_init(&attributes) != 0) {
        return false;
    }
    bool ok = pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP) == 0 &&
              pthread_rwlock_init(lock, &attributes) == 0;
    pthread_rwlockattr_destroy(&attributes);
    return ok;
}

enum columns_status columns_create(struct columns **out, const uint32_t *codes, size_t variables)
{
    *out = NULL;
    if (variables == 0 || variables > COLUMNS_VARIABLES_MAX) {
        return COLUMNS_BAD_LAYOUT;
    }
    struct columns *columns = calloc(1, sizeof *columns);
    if (!columns) {
        return COLUMNS_NO_MEMORY;
    }
    if (!init_lock(&columns->lock)) {
        free(columns);
        return COLUMNS_NO_MEMORY;
    }
    columns->variable_count = variables;
    columns->variables = calloc(variables, sizeof *columns->variables);
    columns->live = id_index_create();
    columns->gone = id_index_create();
    enum columns_status status = COLUMNS_NO_MEMORY;
    if (columns->variables && columns->live && columns->gone) {
        status = lay_out(columns, codes) ? COLUMNS_OK : COLUMNS_BAD_LAYOUT;
    }
    if (status == COLUMNS_OK && !note_limits(columns)) {
        status = COLUMNS_NO_MEMORY;
    }
    if (status != COLUMNS_OK) {
        columns_destroy(columns);
        return status;
    }
    *out = columns;
    return COLUMNS_OK;
}

static void free_blocks(struct columns *columns)
{
    for (uint32_t b = 0; b < columns->blocks_allocated; b++) {
        free(columns->blocks[b].weights);
        columns->blocks[b] = (struct column_block){0};
    }
    for (uint32_t g = 0; g < COLUMNS_GROUPS_MAX && columns->groups[g]; g++) {
        munmap(columns->groups[g], columns_group_bytes(columns));
        columns->groups[g] = NULL;
    }
    columns->blocks_allocated = 0;
}

static void wipe_blocks(struct columns *columns)
{
    for (uint32_t b = 0; b < columns->blocks_allocated; b++) {
        struct column_block *block = &columns->blocks[b];
        explicit_bzero(block->codes, columns_block_bytes(columns));
        if (block->weights) {
            explicit_bzero(block->weights, COLUMNS_BLOCK_ROWS * sizeof *block->weights);
        }
    }
}

enum columns_status columns_empty(struct columns *columns)
{
    struct id_index *live = id_index_create(), *gone = id_index_create();
    if (!live || !gone) {
        id_index_destroy(live);
        id_index_destroy(gone);
        return COLUMNS_NO_MEMORY;
    }
    pthread_rwlock_wrlock(&columns->lock);
    wipe_blocks(columns);
    free_blocks(columns);
    id_index_destroy(columns->live);
    id_index_destroy(columns->gone);
    columns->live = live;
    columns->gone = gone;
    columns->rows = columns->withdrawn = columns->weights_version = 0;
    columns->weighted = false;
    columns->position = 0;
    pthread_rwlock_unlock(&columns->lock);
    return COLUMNS_OK;
}

void columns_destroy(struct columns *columns)
{
    if (!columns) {
        return;
    }
    free_blocks(columns);
    id_index_destroy(columns->live);
    id_index_destroy(columns->gone);
    free(columns->variables);
    free(columns->highest);
    free(columns->wide);
    pthread_rwlock_destroy(&columns->lock);
    free(columns);
}

size_t columns_variables(const struct columns *columns)
{
    return columns->variable_count;
}

uint32_t columns_codes(const struct columns *columns, size_t variable)
{
    return columns->variables[variable].codes;
}

size_t columns_width(const struct columns *columns, size_t variable)
{
    return columns->variables[variable].width;
}

size_t columns_answers_size(const struct columns *columns)
{
    return columns->answers_size;
}

size_t columns_offset(const struct columns *columns, size_t variable)
{
    return columns->variables[variable].block_offset;
}

/* ---- one row ---- */

uint32_t columns_code(const struct columns *columns, uint32_t row, size_t variable)
{
    const struct variable *v = &columns->variables[variable];
    return answer_read(columns_code_slot(columns, row, v), v->width);
}

uint64_t columns_key(const struct columns *columns, uint32_t row)
{
    return *columns_key_slot(columns, row);
}

uint32_t columns_weight(const struct columns *columns, uint32_t row)
{
    return columns->weighted ? *columns_weight_slot(columns, row) : WEIGHT_ONE;
}

/* ---- reading ---- */

void columns_read_begin(struct columns *columns)
{
    pthread_rwlock_rdlock(&columns->lock);
}

void columns_read_end(struct columns *columns)
{
    pthread_rwlock_unlock(&columns->lock);
}

uint32_t columns_rows(const struct columns *columns)
{
    return columns->rows;
}

uint32_t columns_withdrawn(const struct columns *columns)
{
    return columns->withdrawn;
}

int64_t columns_position(const struct columns *columns)
{
    return columns->position;
}

bool columns_weighted(const struct columns *columns)
{
    return columns->weighted;
}

uint32_t columns_blocks(const struct columns *columns)
{
    return (columns->rows + COLUMNS_BLOCK_ROWS - 1) / COLUMNS_BLOCK_ROWS;
}

uint32_t columns_weights_version(const struct columns *columns)
{
    return columns->weights_version;
}

struct columns_block columns_block(const struct columns *columns, uint32_t block)
{
    const struct column_block *b = &columns->blocks[block];
    uint32_t left = columns->rows - block * COLUMNS_BLOCK_ROWS;
    return (struct columns_block){.codes = b->codes,
                                  .keys = b->keys,
                                  .weights = b->weights,
                                  .rows = left < COLUMNS_BLOCK_ROWS ? left : COLUMNS_BLOCK_ROWS};
}

size_t columns_memory(const struct columns *columns)
{
    size_t weights = columns->weighted ? COLUMNS_BLOCK_ROWS * sizeof(uint32_t) : 0;
    return sizeof *columns + columns->variable_count * sizeof *columns->variables +
           columns->blocks_allocated * (columns_block_bytes(columns) + weights) +
           id_index_memory(columns->live) + id_index_memory(columns->gone);
}

uint32_t columns_find(const struct columns *columns, struct response_id id)
{
    return id_index_find(columns->live, id);
}
