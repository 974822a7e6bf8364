#include "stats/answer.h"
#include "stats/columns_internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* ---- rows ---- */

/* New rows wait for each other: of one alone, each code goes to a cache line of its own, all of them in the
 * same few sets of the cache. */
enum { WAITING_MAX = 128 };

struct waiting {
    const struct columns_change *changes[WAITING_MAX];
    uint32_t first; /* their rows follow each other, in one block */
    size_t count;
};

static void write_variable(struct columns *columns, const struct waiting *rows, size_t first,
                           const struct variable *variable)
{
    uint8_t *to = columns_code_slot(columns, rows->first + (uint32_t)first, variable);
    for (size_t i = first; i < rows->count; i++) {
        const uint8_t *from = rows->changes[i]->answers + variable->answer_offset;
        *to++ = from[0];
        if (variable->width == 2) {
            *to++ = from[1];
        }
    }
}

/* Sixteen rows of sixteen variables, turned about their diagonal. Laying the first half of the rows and the
 * second together byte by byte, four times over, brings every byte to its place: each time one bit of its row
 * number changes places with one of its column number. */
enum { TILE = 16 };
typedef uint8_t tile_row __attribute__((vector_size(TILE)));

static void lay_together(tile_row *restrict out, const tile_row *restrict in)
{
    for (size_t i = 0; i < TILE / 2; i++) {
        const tile_row a = in[i], b = in[i + TILE / 2];
        out[2 * i] = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        out[2 * i + 1] =
            __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
}

static void write_tile(struct columns *columns, const struct waiting *rows, size_t first,
                       const struct variable *variable)
{
    tile_row tile[TILE], turning[TILE];
    uint8_t *to = columns_code_slot(columns, rows->first + (uint32_t)first, variable);
    for (size_t i = 0; i < TILE; i++) {
        memcpy(&tile[i], rows->changes[first + i]->answers + variable->answer_offset, sizeof tile[i]);
    }
    lay_together(turning, tile);
    lay_together(tile, turning);
    lay_together(turning, tile);
    lay_together(tile, turning);
    for (size_t i = 0; i < TILE; i++) {
        memcpy(to + i * COLUMNS_BLOCK_ROWS, &tile[i], sizeof tile[i]);
    }
}

static bool fills_tile(const struct columns *columns, size_t first)
{
    bool fills = first + TILE <= columns->variable_count;
    for (size_t v = first; fills && v < first + TILE; v++) {
        fills = columns->variables[v].width == 1;
    }
    return fills;
}

static void write_codes(struct columns *columns, const struct waiting *rows)
{
    for (size_t v = 0; v < columns->variable_count;) {
        const struct variable *variable = &columns->variables[v];
        const bool tiles = fills_tile(columns, v);
        size_t done = 0;
        for (; tiles && done + TILE <= rows->count; done += TILE) {
            write_tile(columns, rows, done, variable);
        }
        for (size_t i = 0; i < (tiles ? TILE : 1); i++) {
            write_variable(columns, rows, done, variable + i);
        }
        v += tiles ? TILE : 1;
    }
}

static void write_waiting(struct columns *columns, struct waiting *rows)
{
    if (rows->count > 0) {
        write_codes(columns, rows);
    }
    for (size_t i = 0; i < rows->count; i++) {
        uint32_t row = rows->first + (uint32_t)i;
        *columns_key_slot(columns, row) = rows->changes[i]->key;
        if (columns->weighted) {
            *columns_weight_slot(columns, row) =
                rows->changes[i]->weight == 0 ? WEIGHT_ONE : rows->changes[i]->weight;
        }
    }
    rows->count = 0;
}

static void write_later(struct columns *columns, struct waiting *rows, uint32_t row,
                        const struct columns_change *change)
{
    if (rows->count == WAITING_MAX || row != rows->first + rows->count || row % COLUMNS_BLOCK_ROWS == 0) {
        write_waiting(columns, rows);
    }
    if (rows->count == 0) {
        rows->first = row;
    }
    rows->changes[rows->count++] = change;
}

/* Moves the last row into a row that becomes free, and wipes where it stood: withdrawn answers do not linger.
 */
static void close_row(struct columns *columns, uint32_t row)
{
    uint32_t last = columns->rows - 1;
    for (size_t v = 0; v < columns->variable_count; v++) {
        const struct variable *variable = &columns->variables[v];
        uint8_t *from = columns_code_slot(columns, last, variable);
        uint8_t *to = columns_code_slot(columns, row, variable);
        for (size_t i = 0; i < variable->width; i++) {
            to[i] = from[i];
            from[i] = 0;
        }
    }
    *columns_key_slot(columns, row) = *columns_key_slot(columns, last);
    *columns_key_slot(columns, last) = 0;
    if (columns->weighted) {
        *columns_weight_slot(columns, row) = *columns_weight_slot(columns, last);
        *columns_weight_slot(columns, last) = 0;
    }
    columns->rows = last;
}

/* ---- growing: every allocation a batch needs, before any of it is applied ---- */

/* Mapped pages are zero, and take no memory until a row reaches them. */
static bool group_map(struct columns *columns, uint32_t group)
{
    void *memory =
        mmap(NULL, columns_group_bytes(columns), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return false;
    }
    columns->groups[group] = memory;
    return true;
}

static bool block_allocate(struct columns *columns, uint32_t number)
{
    struct column_block *block = &columns->blocks[number];
    const uint32_t group = number / COLUMNS_GROUP_BLOCKS;
    if (!columns->groups[group] && !group_map(columns, group)) {
        return false;
    }
    block->weights = columns->weighted ? calloc(COLUMNS_BLOCK_ROWS, sizeof *block->weights) : NULL;
    if (columns->weighted && !block->weights) {
        return false;
    }
    uint8_t *start = columns->groups[group];
    start += (COLUMNS_HUGE_PAGE - (uintptr_t)start % COLUMNS_HUGE_PAGE) % COLUMNS_HUGE_PAGE;
    if (number > 0) {
        /* Not for the first block: with a few rows in each column they would be mostly empty. Where there are
         * none this fails, and small ones do. */
        madvise(start, COLUMNS_GROUP_BLOCKS * columns_block_bytes(columns), MADV_HUGEPAGE);
    }
    block->codes = start + number % COLUMNS_GROUP_BLOCKS * columns_block_bytes(columns);
    block->keys = (uint64_t *)(void *)(block->codes + COLUMNS_BLOCK_ROWS * columns->answers_size);
    return true;
}

/* The loops have a constant count and no branches, so that compilers make vectors of them. */
static bool bytes_allowed(const uint8_t *bytes, const uint8_t *highest, size_t count)
{
    enum { RUN = 32 };
    uint8_t over[RUN] = {0}, any = 0;
    size_t i = 0;
    for (; i + RUN <= count; i += RUN) {
        for (size_t k = 0; k < RUN; k++) {
            over[k] |= bytes[i + k] > highest[i + k];
        }
    }
    for (; i < count; i++) {
        any |= bytes[i] > highest[i];
    }
    for (size_t k = 0; k < RUN; k++) {
        any |= over[k];
    }
    return any == 0;
}

static bool answers_valid(const struct columns *columns, const struct columns_change *change)
{
    if (change->answers_size != columns->answers_size || change->weight >= WEIGHT_LIMIT ||
        !bytes_allowed(change->answers, columns->highest, columns->answers_size)) {
        return false;
    }
    for (size_t w = 0; w < columns->wide_count; w++) {
        const struct variable *variable = columns->wide[w];
        if (answer_read(change->answers + variable->answer_offset, variable->width) >= variable->codes) {
            return false;
        }
    }
    return true;
}

static uint32_t weigh_one(const void *context, const struct columns *columns, uint32_t row)
{
    (void)context;
    (void)columns;
    (void)row;
    return WEIGHT_ONE;
}

/* Judges each change by itself (sets REFUSED, else APPLIED for now) and sorts the ids by which index may have
 * to take them. */
static void survey_batch(const struct columns *columns, struct columns_change *changes, size_t count,
                         const struct response_id **ids, size_t *answered, bool *weights_needed)
{
    size_t withdrawn = 0;
    *answered = 0;
    *weights_needed = false;
    for (size_t i = 0; i < count; i++) {
        struct columns_change *change = &changes[i];
        change->outcome = COLUMNS_APPLIED;
        if (change->kind == COLUMNS_WITHDRAWN) {
            ids[count - ++withdrawn] = &change->id;
        } else if (!answers_valid(columns, change)) {
            change->outcome = COLUMNS_REFUSED;
        } else {
            ids[(*answered)++] = &change->id;
            *weights_needed |= change->weight != 0 && change->weight != WEIGHT_ONE;
        }
    }
    /* Refused ones left a gap in the middle: close it. */
    memmove(ids + *answered, ids + count - withdrawn, withdrawn * sizeof *ids);
}

static enum columns_status reserve(struct columns *columns, struct columns_change *changes, size_t count)
{
    if (count == 0) {
        return COLUMNS_OK;
    }
    if (count > COLUMNS_BATCH_MAX) {
        return COLUMNS_TOO_MANY;
    }
    const struct response_id **ids = calloc(count, sizeof(const struct response_id *));
    if (!ids) {
        return COLUMNS_NO_MEMORY;
    }
    enum columns_status status = COLUMNS_NO_MEMORY;
    size_t answered, withdrawn = 0;
    bool weights_needed;
    survey_batch(columns, changes, count, ids, &answered, &weights_needed);
    for (size_t i = 0; i < count; i++) {
        withdrawn += changes[i].kind == COLUMNS_WITHDRAWN;
    }
    if (answered > ID_INDEX_MAX - id_index_count(columns->live) ||
        withdrawn > ID_INDEX_MAX - id_index_count(columns->gone)) {
        status = COLUMNS_TOO_MANY;
        goto cleanup;
    }
    if (!id_index_reserve(columns->live, ids, answered) ||
        !id_index_reserve(columns->gone, ids + answered, withdrawn)) {
        goto cleanup;
    }
    if (weights_needed && !columns->weighted &&
        columns_weigh(columns, weigh_one, NULL, columns->weights_version) != COLUMNS_OK) {
        goto cleanup;
    }
    while ((uint64_t)columns->blocks_allocated * COLUMNS_BLOCK_ROWS < (uint64_t)columns->rows + answered) {
        if (!block_allocate(columns, columns->blocks_allocated)) {
            goto cleanup;
        }
        columns->blocks_allocated++;
    }
    status = COLUMNS_OK;
cleanup:
    free(ids);
    return status;
}

/* ---- applying ---- */

static void withdraw(struct columns *columns, struct columns_change *change)
{
    uint32_t row = id_index_find(columns->live, change->id);
    uint32_t gone = id_index_find(columns->gone, change->id);
    if ((row != ID_INDEX_ABSENT && id_index_revision(columns->live, row) >= change->revision) ||
        (gone != ID_INDEX_ABSENT && id_index_revision(columns->gone, gone) >= change->revision)) {
        change->outcome = COLUMNS_STALE;
        return;
    }
    if (row != ID_INDEX_ABSENT) {
        close_row(columns, row);
        id_index_remove(columns->live, row);
    }
    if (gone != ID_INDEX_ABSENT) {
        id_index_set_revision(columns->gone, gone, change->revision);
    } else {
        id_index_add(columns->gone, change->id, change->revision);
    }
}

static void answer(struct columns *columns, struct waiting *waiting, struct columns_change *change)
{
    uint32_t row = id_index_find(columns->live, change->id);
    if (row != ID_INDEX_ABSENT) {
        if (id_index_revision(columns->live, row) >= change->revision) {
            change->outcome = COLUMNS_STALE;
            return;
        }
        id_index_set_revision(columns->live, row, change->revision);
        write_later(columns, waiting, row, change);
        return;
    }
    uint32_t gone = id_index_find(columns->gone, change->id);
    if (gone != ID_INDEX_ABSENT) {
        if (id_index_revision(columns->gone, gone) >= change->revision) {
            change->outcome = COLUMNS_STALE;
            return;
        }
        id_index_remove(columns->gone, gone);
    }
    row = id_index_add(columns->live, change->id, change->revision);
    columns->rows = row + 1;
    write_later(columns, waiting, row, change);
}

/* Where a response stands in the index is a place in memory like any other: it is on its way while others are
 * applied. */
enum { LOOK_AHEAD = 8 };

enum columns_status columns_apply(struct columns *columns, struct columns_change *changes, size_t count,
                                  int64_t position)
{
    enum columns_status status = reserve(columns, changes, count);
    if (status != COLUMNS_OK) {
        return status;
    }
    struct waiting waiting = {.count = 0};
    pthread_rwlock_wrlock(&columns->lock);
    for (size_t i = 0; i < count; i++) {
        if (i + LOOK_AHEAD < count) {
            id_index_expect(columns->live, &changes[i + LOOK_AHEAD].id);
        }
        if (changes[i].outcome == COLUMNS_REFUSED) {
            continue;
        }
        if (changes[i].kind == COLUMNS_WITHDRAWN) {
            write_waiting(columns, &waiting); /* the last row moves */
            withdraw(columns, &changes[i]);
        } else {
            answer(columns, &waiting, &changes[i]);
        }
    }
    write_waiting(columns, &waiting);
    columns->withdrawn = id_index_count(columns->gone);
    columns->position = position;
    pthread_rwlock_unlock(&columns->lock);
    return COLUMNS_OK;
}

enum columns_status columns_weigh(struct columns *columns, columns_weigher weigher, const void *context,
                                  uint32_t version)
{
    uint32_t count = columns->blocks_allocated;
    uint32_t **fresh = calloc(count ? count : 1, sizeof *fresh);
    if (!fresh) {
        return COLUMNS_NO_MEMORY;
    }
    enum columns_status status = COLUMNS_NO_MEMORY;
    /* No lock yet: this is the writer, nobody else changes rows. */
    for (uint32_t b = 0; b < count; b++) {
        uint32_t *weights = calloc(COLUMNS_BLOCK_ROWS, sizeof *weights);
        if (!weights) {
            goto cleanup;
        }
        fresh[b] = weights;
        uint32_t first = b * COLUMNS_BLOCK_ROWS;
        for (uint32_t i = 0; i < COLUMNS_BLOCK_ROWS && first + i < columns->rows; i++) {
            uint32_t weight = weigher(context, columns, first + i);
            weights[i] = weight < WEIGHT_LIMIT ? weight : WEIGHT_LIMIT - 1;
        }
    }
    pthread_rwlock_wrlock(&columns->lock);
    for (uint32_t b = 0; b < count; b++) {
        uint32_t *old = columns->blocks[b].weights;
        columns->blocks[b].weights = fresh[b];
        fresh[b] = old;
    }
    columns->weighted = true;
    columns->weights_version = version;
    pthread_rwlock_unlock(&columns->lock);
    status = COLUMNS_OK;
cleanup:
    for (uint32_t b = 0; b < count; b++) {
        free(fresh[b]);
    }
    free(fresh);
    return status;
}
