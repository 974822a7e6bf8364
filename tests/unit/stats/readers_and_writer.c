/* Every batch keeps a balance that half a batch would break: people come,
 * change and leave in pairs of one "left" and one "right" with the same record key, and all weigh the same.
 */
#include "readers_and_writer.h"

#include "stats/answer.h"
#include "stats/columns.h"
#include "stats/table_cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { PAIRS = 20, LEFT = ANSWER_FIRST, RIGHT = ANSWER_FIRST + 1, SIDES = 5 };

struct stage {
    struct columns *columns;
    struct table_cache *cache;
    _Atomic unsigned asked;
    _Atomic bool finished;
    _Atomic int unbalanced;
    _Atomic int read;
};

/* Version v of the weights; those of before the first are 1. */
static uint32_t weight_of(uint32_t version)
{
    return version == 0 ? WEIGHT_ONE : WEIGHT_ONE / 2 + version;
}

static void judge(struct stage *stage, const struct table *table)
{
    const struct table_cell *left = &table->cells[LEFT], *right = &table->cells[RIGHT];
    bool balanced = left->n == right->n && left->n + right->n == table->rows && left->key == right->key &&
                    left->weight == right->weight &&
                    left->weight == left->n * weight_of(table->weights_version) &&
                    /* Batch b leaves (b + 1) / 2 times PAIRS pairs, see batch_of. */
                    left->n == (uint64_t)((table->position + 1) / 2) * PAIRS;
    atomic_fetch_add(&stage->unbalanced, !balanced);
    atomic_fetch_add(&stage->read, 1);
}

/* By turns counted and through the cache. */
static void look(struct stage *stage)
{
    struct table table;
    const struct table *cached;
    const struct tabulate_query query = {.axis_count = 1, .weighted = true, .keyed = true};
    if (tabulate(&table, stage->columns, &query) != TABULATE_OK) {
        atomic_fetch_add(&stage->unbalanced, 1);
        return;
    }
    judge(stage, &table);
    table_free(&table);
    if (table_cache_tabulate(&cached, stage->cache, stage->columns, &query) != TABULATE_OK) {
        atomic_fetch_add(&stage->unbalanced, 1);
        return;
    }
    judge(stage, cached);
    if (atomic_fetch_add(&stage->asked, 1) % 64 == 0) {
        table_cache_forget(stage->cache, stage->columns);
    }
    table_cache_release(cached);
}

static void *reader(void *argument)
{
    struct stage *stage = argument;
    while (!atomic_load(&stage->finished)) {
        look(stage);
    }
    look(stage);
    return NULL;
}

struct batch {
    struct columns_change changes[4 * PAIRS];
    uint8_t answers[4 * PAIRS][1];
    size_t count;
};

static struct response_id id_of(uint32_t pair, bool right)
{
    struct response_id id = {.bytes = {right}};
    memcpy(id.bytes + 1, &pair, sizeof pair);
    return id;
}

static void put(struct batch *batch, uint32_t pair, bool right, uint32_t revision, bool withdrawn,
                uint8_t code, uint32_t weight)
{
    batch->answers[batch->count][0] = code;
    batch->changes[batch->count] =
        (struct columns_change){.kind = withdrawn ? COLUMNS_WITHDRAWN : COLUMNS_ANSWERED,
                                .id = id_of(pair, right),
                                .revision = revision,
                                .key = (uint64_t)pair * 0x9E3779B97F4A7C15u,
                                .answers = batch->answers[batch->count],
                                .answers_size = 1,
                                .weight = weight};
    batch->count++;
}

/* Odd batches bring PAIRS pairs. Even ones let half of the pairs of the batch before change sides, let
 * somebody come and go within the batch, and replace the other half by new pairs. */
static void batch_of(struct batch *batch, uint32_t b, uint32_t weight)
{
    batch->count = 0;
    if (b % 2 == 1) {
        for (uint32_t i = 0; i < PAIRS; i++) {
            put(batch, b * PAIRS + i, false, 1, false, LEFT, weight);
            put(batch, b * PAIRS + i, true, 1, false, RIGHT, weight);
        }
        return;
    }
    for (uint32_t i = 0; i < PAIRS / 2; i++) {
        put(batch, (b - 1) * PAIRS + i, false, 2, false, RIGHT, weight);
        put(batch, (b - 1) * PAIRS + i, true, 2, false, LEFT, weight);
        put(batch, b * PAIRS + i, false, 1, false, LEFT, weight);
        put(batch, b * PAIRS + i, false, 2, true, 0, 0);
    }
    for (uint32_t i = PAIRS / 2; i < PAIRS; i++) {
        put(batch, (b - 1) * PAIRS + i, false, 3, true, 0, 0);
        put(batch, (b - 1) * PAIRS + i, true, 3, true, 0, 0);
        put(batch, b * PAIRS + i, false, 1, false, LEFT, weight);
        put(batch, b * PAIRS + i, true, 1, false, RIGHT, weight);
    }
}

static uint32_t same_for_all(const void *context, const struct columns *columns, uint32_t row)
{
    (void)columns;
    (void)row;
    return *(const uint32_t *)context;
}

bool readers_and_writer_run(struct readers_and_writer *result, unsigned batches)
{
    const uint32_t sides = SIDES;
    struct stage stage = {0};
    pthread_t readers[READERS_COUNT];
    struct batch *batch = calloc(1, sizeof *batch);
    *result = (struct readers_and_writer){0};
    stage.cache = table_cache_create(&(struct table_cache_config){.bytes = 1 << 20, .count = tabulate});
    if (!batch || !stage.cache || columns_create(&stage.columns, &sides, 1) != COLUMNS_OK) {
        table_cache_destroy(stage.cache);
        free(batch);
        return false;
    }
    size_t started = 0;
    while (started < READERS_COUNT && pthread_create(&readers[started], NULL, reader, &stage) == 0) {
        started++;
    }
    uint32_t weight = WEIGHT_ONE;
    bool ok = started == READERS_COUNT;
    for (uint32_t b = 1; b <= batches && ok; b++) {
        batch_of(batch, b, weight);
        ok = columns_apply(stage.columns, batch->changes, batch->count, b) == COLUMNS_OK;
        if (b % 50 == 0) {
            weight = weight_of(b);
            ok = ok && columns_weigh(stage.columns, same_for_all, &weight, b) == COLUMNS_OK;
        }
    }
    atomic_store(&stage.finished, true);
    for (size_t i = 0; i < started; i++) {
        pthread_join(readers[i], NULL);
    }
    result->read = atomic_load(&stage.read);
    result->unbalanced = atomic_load(&stage.unbalanced);
    ok = ok && columns_rows(stage.columns) == (batches + 1) / 2 * PAIRS * 2;
    table_cache_destroy(stage.cache);
    columns_destroy(stage.columns);
    free(batch);
    return ok;
}
