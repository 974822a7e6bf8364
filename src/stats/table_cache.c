#include "stats/table_cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 4096, KEPT_SHARE = 4 /* a table takes at most this part of the cache */ };

/* The question in one canonical run of numbers. */
struct question {
    const struct columns *columns;
    size_t count;
    uint32_t *numbers;
    uint64_t hash;
};

enum entry_state { ENTRY_COUNTING, ENTRY_READY, ENTRY_FAILED };

/* An entry is found as long as it is linked. It has a reference for that, and one for each who holds it. */
struct entry {
    struct table table; /* first: table_cache_release gets no more than this */
    atomic_int references;
    /* below: under the cache's lock, but for what is written before the entry is linked */
    struct question question;
    enum entry_state state;
    bool linked;
    size_t bytes;
    struct entry *next;          /* in its bucket */
    struct entry *newer, *older; /* by last use; only those that are ready */
};

struct table_cache {
    struct table_cache_config config;
    pthread_mutex_t lock;
    pthread_cond_t done; /* some counting ended */
    struct entry *buckets[BUCKETS];
    struct entry *newest, *oldest;
    struct table_cache_stats stats;
};

struct table_cache *table_cache_create(const struct table_cache_config *config)
{
    struct table_cache *cache = calloc(1, sizeof *cache);
    if (cache) {
        cache->config = *config;
        pthread_mutex_init(&cache->lock, NULL);
        pthread_cond_init(&cache->done, NULL);
    }
    return cache;
}

/* ---- questions ---- */

static int by_number(const void *a, const void *b)
{
    const uint16_t x = *(const uint16_t *)a, y = *(const uint16_t *)b;
    return (x > y) - (x < y);
}

/* A filter as the numbers that stand for it: variable, how many codes, the codes in order. */
static size_t put_filter(uint32_t *numbers, uint16_t *codes, const struct tabulate_filter *filter)
{
    size_t count = 0;
    if (filter->count > 0) {
        memcpy(codes, filter->codes, filter->count * sizeof *codes);
        qsort(codes, filter->count, sizeof *codes, by_number);
    }
    for (size_t i = 0; i < filter->count; i++) {
        if (i == 0 || codes[i] != codes[i - 1]) {
            numbers[2 + count++] = codes[i];
        }
    }
    numbers[0] = (uint32_t)filter->variable;
    numbers[1] = (uint32_t)count;
    return 2 + count;
}

static int compare_filters(const struct tabulate_filter *a, const struct tabulate_filter *b)
{
    return a->variable != b->variable ? (a->variable > b->variable) - (a->variable < b->variable)
                                      : (a->count > b->count) - (a->count < b->count);
}

static void sort_filters(const struct tabulate_filter **sorted, const struct tabulate_query *query)
{
    for (size_t f = 0; f < query->filter_count; f++) {
        size_t at = f;
        for (; at > 0 && compare_filters(sorted[at - 1], &query->filters[f]) > 0; at--) {
            sorted[at] = sorted[at - 1];
        }
        sorted[at] = &query->filters[f];
    }
}

/* FNV-1a, by number: nobody gains by questions that collide. */
static uint64_t hash_of(const struct question *question)
{
    uint64_t hash = 0xCBF29CE484222325u ^ (uint64_t)(uintptr_t)question->columns;
    for (size_t i = 0; i < question->count; i++) {
        hash = (hash ^ question->numbers[i]) * 0x100000001B3u;
    }
    return hash ^ (hash >> 32);
}

/* False when out of memory. The query has no more axes and filters than tabulate takes. */
static bool question_make(struct question *out, const struct columns *columns,
                          const struct tabulate_query *query)
{
    const struct tabulate_filter *sorted[TABULATE_FILTERS_MAX];
    size_t room = 2 + query->axis_count, most = 1;
    for (size_t f = 0; f < query->filter_count; f++) {
        room += 2 + query->filters[f].count;
        most = query->filters[f].count > most ? query->filters[f].count : most;
    }
    uint16_t *codes = calloc(most, sizeof *codes);
    uint32_t *numbers = calloc(room, sizeof *numbers);
    if (!codes || !numbers) {
        free(codes);
        free(numbers);
        return false;
    }
    size_t count = 0;
    numbers[count++] = (uint32_t)query->weighted | (uint32_t)query->keyed << 1;
    numbers[count++] = (uint32_t)query->axis_count;
    for (size_t a = 0; a < query->axis_count; a++) {
        numbers[count++] = (uint32_t)query->axes[a];
    }
    sort_filters(sorted, query);
    for (size_t f = 0; f < query->filter_count; f++) {
        count += put_filter(numbers + count, codes, sorted[f]);
    }
    free(codes);
    *out = (struct question){.columns = columns, .count = count, .numbers = numbers};
    out->hash = hash_of(out);
    return true;
}

static bool question_equal(const struct question *a, const struct question *b)
{
    return a->hash == b->hash && a->columns == b->columns && a->count == b->count &&
           memcmp(a->numbers, b->numbers, a->count * sizeof *a->numbers) == 0;
}

/* ---- entries; the lock is held ---- */

static void let_go(struct entry *entry)
{
    if (atomic_fetch_sub(&entry->references, 1) == 1) {
        table_free(&entry->table);
        free(entry->question.numbers);
        free(entry);
    }
}

void table_cache_release(const struct table *table_take)
{
    if (table_take) {
        let_go((struct entry *)(uintptr_t)table_take);
    }
}

static struct entry **bucket_of(struct table_cache *cache, const struct question *question)
{
    return &cache->buckets[question->hash % BUCKETS];
}

static struct entry *find(struct table_cache *cache, const struct question *question)
{
    struct entry *entry = *bucket_of(cache, question);
    while (entry && !question_equal(&entry->question, question)) {
        entry = entry->next;
    }
    return entry;
}

static void take_from_order(struct table_cache *cache, struct entry *entry)
{
    *(entry->newer ? &entry->newer->older : &cache->newest) = entry->older;
    *(entry->older ? &entry->older->newer : &cache->oldest) = entry->newer;
    entry->newer = entry->older = NULL;
}

static void put_newest(struct table_cache *cache, struct entry *entry)
{
    entry->older = cache->newest;
    *(cache->newest ? &cache->newest->newer : &cache->oldest) = entry;
    cache->newest = entry;
}

static void unlink_entry(struct table_cache *cache, struct entry *entry)
{
    struct entry **at = bucket_of(cache, &entry->question);
    while (*at != entry) {
        at = &(*at)->next;
    }
    *at = entry->next;
    entry->linked = false;
    if (entry->state == ENTRY_READY) {
        take_from_order(cache, entry);
        cache->stats.bytes -= entry->bytes;
    }
    let_go(entry);
}

static void link_entry(struct table_cache *cache, struct entry *entry)
{
    struct entry **bucket = bucket_of(cache, &entry->question);
    entry->next = *bucket;
    *bucket = entry;
    entry->linked = true;
}

static void make_room(struct table_cache *cache)
{
    while (cache->stats.bytes > cache->config.bytes) {
        unlink_entry(cache, cache->oldest);
        cache->stats.evicted++;
    }
}

/* ---- asking ---- */

/* What the columns are at when a table is asked for. */
struct moment {
    int64_t position;
    uint32_t weights_version;
};

static struct moment moment_of(struct columns *columns)
{
    struct moment moment;
    columns_read_begin(columns);
    moment.position = columns_position(columns);
    moment.weights_version = columns_weights_version(columns);
    columns_read_end(columns);
    return moment;
}

/* It may have been counted since: then it is of a later moment. */
static bool is_fresh(const struct entry *entry, const struct moment *moment)
{
    return entry->table.weights_version == moment->weights_version &&
           entry->table.position >= moment->position;
}

/* A table that may be given, held, after waiting for one that is being counted; NULL when there is none: then
 * nothing of the question is linked. */
static struct entry *wait_for(struct table_cache *cache, const struct question *question,
                              const struct moment *moment)
{
    struct entry *entry;
    while ((entry = find(cache, question)) != NULL) {
        atomic_fetch_add(&entry->references, 1);
        while (entry->state == ENTRY_COUNTING) {
            pthread_cond_wait(&cache->done, &cache->lock);
        }
        if (entry->state == ENTRY_READY && is_fresh(entry, moment)) {
            if (entry->linked) {
                take_from_order(cache, entry);
                put_newest(cache, entry);
            }
            cache->stats.given++;
            return entry;
        }
        if (entry->linked) {
            unlink_entry(cache, entry);
        }
        let_go(entry);
    }
    return NULL;
}

static enum tabulate_status count_into(struct entry *entry, struct table_cache *cache,
                                       struct columns *columns, const struct tabulate_query *query)
{
    struct table table;
    enum tabulate_status status = cache->config.count(&table, columns, query);
    pthread_mutex_lock(&cache->lock);
    cache->stats.counted++;
    if (status == TABULATE_OK) {
        entry->table = table;
        entry->bytes = sizeof *entry + entry->question.count * sizeof *entry->question.numbers +
                       table.cell_count * sizeof *table.cells;
    }
    const bool keep = status == TABULATE_OK && entry->bytes <= cache->config.bytes / KEPT_SHARE;
    if (entry->linked && !keep) {
        unlink_entry(cache, entry);
    }
    entry->state = status == TABULATE_OK ? ENTRY_READY : ENTRY_FAILED;
    if (entry->linked) {
        put_newest(cache, entry);
        cache->stats.bytes += entry->bytes;
        make_room(cache);
    }
    pthread_cond_broadcast(&cache->done);
    pthread_mutex_unlock(&cache->lock);
    return status;
}

enum tabulate_status table_cache_tabulate(const struct table **table, struct table_cache *cache,
                                          struct columns *columns, const struct tabulate_query *query)
{
    struct question question;
    *table = NULL;
    if (query->axis_count > TABULATE_AXES_MAX || query->filter_count > TABULATE_FILTERS_MAX) {
        return TABULATE_TOO_MANY;
    }
    struct entry *fresh = calloc(1, sizeof *fresh);
    if (!fresh || !question_make(&question, columns, query)) {
        free(fresh);
        return TABULATE_NO_MEMORY;
    }
    *fresh = (struct entry){.question = question, .state = ENTRY_COUNTING};
    atomic_init(&fresh->references, 2); /* the cache's and ours */
    const struct moment moment = moment_of(columns);
    pthread_mutex_lock(&cache->lock);
    struct entry *found = wait_for(cache, &question, &moment);
    if (!found) {
        link_entry(cache, fresh);
    }
    pthread_mutex_unlock(&cache->lock);
    if (found) {
        atomic_store(&fresh->references, 1);
        let_go(fresh);
        *table = &found->table;
        return TABULATE_OK;
    }
    enum tabulate_status status = count_into(fresh, cache, columns, query);
    if (status == TABULATE_OK) {
        *table = &fresh->table;
    } else {
        let_go(fresh);
    }
    return status;
}

/* ---- the rest ---- */

void table_cache_forget(struct table_cache *cache, const struct columns *columns)
{
    pthread_mutex_lock(&cache->lock);
    for (size_t b = 0; b < BUCKETS; b++) {
        for (struct entry *entry = cache->buckets[b], *next; entry; entry = next) {
            next = entry->next;
            if (entry->question.columns == columns) {
                unlink_entry(cache, entry);
            }
        }
    }
    pthread_mutex_unlock(&cache->lock);
}

void table_cache_destroy(struct table_cache *cache)
{
    if (!cache) {
        return;
    }
    for (struct entry *entry = cache->newest, *older; entry; entry = older) {
        older = entry->older;
        let_go(entry);
    }
    pthread_mutex_destroy(&cache->lock);
    pthread_cond_destroy(&cache->done);
    free(cache);
}

struct table_cache_stats table_cache_stats(struct table_cache *cache)
{
    pthread_mutex_lock(&cache->lock);
    const struct table_cache_stats stats = cache->stats;
    pthread_mutex_unlock(&cache->lock);
    return stats;
}
