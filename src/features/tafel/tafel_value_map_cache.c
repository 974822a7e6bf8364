#include "features/tafel/tafel_value_map_cache.h"

#include "base/clock.h"
#include "db/thread.h"

#include <stdlib.h>
#include <string.h>

struct map_cache {
    pthread_mutex_t lock; /* of what follows, and of holders */
    struct cached *parts[MAP_CACHE_PARTS];
    size_t next;           /* which goes first when all places are taken */
    struct cached *making; /* those that somebody fills now */
    pthread_cond_t ended;  /* one of them was */
};

static void *create(size_t size, enum cached_what kind, int32_t round, const char *key)
{
    struct arena *arena = arena_create(FIGURES_BYTES_MAX);
    struct cached *entry = arena_alloc(arena, size);
    *entry = (struct cached){.arena = arena,
                             .kind = kind,
                             .round = round,
                             .key = arena_cstr(arena, slice_from_cstr(key)),
                             .holders = 1};
    return entry;
}

struct map_cache *map_cache_create(void)
{
    struct map_cache *parts = calloc(1, sizeof *parts);
    if (parts) {
        pthread_mutex_init(&parts->lock, NULL);
        db_cond_init(&parts->ended);
    }
    return parts;
}

/* The lock is held. A map lets go of its talks, which hold nothing. */
static void let_go(struct cached *entry)
{
    if (!entry || --entry->holders > 0) {
        return;
    }
    struct cached_talks *talks = entry->kind == CACHED_TALKS ? NULL : ((struct cached_map *)entry)->talks;
    arena_destroy(entry->arena);
    if (talks && --talks->entry.holders == 0) {
        arena_destroy(talks->entry.arena);
    }
}

void map_cache_destroy(struct map_cache *parts)
{
    if (!parts) {
        return;
    }
    for (size_t i = 0; i < MAP_CACHE_PARTS; i++) {
        let_go(parts->parts[i]);
    }
    pthread_cond_destroy(&parts->ended);
    pthread_mutex_destroy(&parts->lock);
    free(parts);
}

static bool is_of(const struct cached *entry, enum cached_what kind, const char *key)
{
    return entry && (entry->kind == CACHED_TALKS) == (kind == CACHED_TALKS) && strcmp(entry->key, key) == 0;
}

/* The lock is held. */
static struct cached *find(const struct map_cache *parts, enum cached_what kind, const char *key)
{
    for (size_t i = 0; i < MAP_CACHE_PARTS; i++) {
        if (is_of(parts->parts[i], kind, key)) {
            return parts->parts[i];
        }
    }
    return NULL;
}

/* The lock is held. */
static bool is_being_made(const struct map_cache *parts, enum cached_what kind, const char *key)
{
    const struct cached *entry = parts->making;
    while (entry && !is_of(entry, kind, key)) {
        entry = entry->next_making;
    }
    return entry != NULL;
}

static struct cached *hold(bool *to_make, struct map_cache *parts, size_t size, enum cached_what kind,
                           int32_t round, const char *key)
{
    const int64_t until_us = clock_monotonic_us() + MAP_CACHE_WAIT_MS * INT64_C(1000);
    struct cached *entry;
    bool waits = true;
    pthread_mutex_lock(&parts->lock);
    while (!(entry = find(parts, kind, key)) && waits && is_being_made(parts, kind, key)) {
        waits = db_cond_wait_until(&parts->ended, &parts->lock, until_us);
    }
    *to_make = !entry;
    if (entry) {
        entry->holders++;
    } else {
        entry = create(size, kind, round, key);
        entry->next_making = parts->making;
        parts->making = entry;
    }
    pthread_mutex_unlock(&parts->lock);
    return entry;
}

struct cached_talks *map_cache_talks(bool *to_make, struct map_cache *parts, int32_t round, const char *key)
{
    return (struct cached_talks *)hold(to_make, parts, sizeof(struct cached_talks), CACHED_TALKS, round, key);
}

struct cached_map *map_cache_map(bool *to_make, struct map_cache *parts, enum cached_what kind, int32_t round,
                                 const char *key)
{
    return (struct cached_map *)hold(to_make, parts, sizeof(struct cached_map), kind, round, key);
}

/* The lock is held. */
static size_t place_for(struct map_cache *parts, const struct cached *entry)
{
    size_t empty = MAP_CACHE_PARTS;
    for (size_t i = 0; i < MAP_CACHE_PARTS; i++) {
        const struct cached *other = parts->parts[i];
        if (other && other->round == entry->round && other->kind == entry->kind) {
            return i;
        }
        empty = !other && empty == MAP_CACHE_PARTS ? i : empty;
    }
    return empty < MAP_CACHE_PARTS ? empty : parts->next++ % MAP_CACHE_PARTS;
}

void map_cache_made(struct map_cache *parts, struct cached *entry, bool good)
{
    pthread_mutex_lock(&parts->lock);
    struct cached **at = &parts->making;
    while (*at != entry) {
        at = &(*at)->next_making;
    }
    *at = entry->next_making;
    if (good) {
        const size_t place = place_for(parts, entry);
        let_go(parts->parts[place]);
        parts->parts[place] = entry;
        entry->holders++;
    }
    pthread_cond_broadcast(&parts->ended);
    pthread_mutex_unlock(&parts->lock);
}

void map_cache_release(struct map_cache *parts, struct cached *entry_take)
{
    pthread_mutex_lock(&parts->lock);
    let_go(entry_take);
    pthread_mutex_unlock(&parts->lock);
}
