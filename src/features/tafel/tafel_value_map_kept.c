#include "features/tafel/tafel_value_map_kept.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct kept_parts {
    pthread_mutex_t lock; /* of what follows, and of holders */
    struct kept *parts[KEPT_PARTS];
    size_t next; /* which goes first when all places are taken */
};

static void *create(size_t size, enum kept_what kind, int32_t round, const char *key)
{
    struct arena *arena = arena_create(FIGURES_BYTES_MAX);
    struct kept *kept = arena_alloc(arena, size);
    *kept = (struct kept){.arena = arena,
                          .kind = kind,
                          .round = round,
                          .key = arena_cstr(arena, slice_from_cstr(key)),
                          .holders = 1};
    return kept;
}

struct kept_talks *kept_talks_create(int32_t round, const char *key)
{
    return create(sizeof(struct kept_talks), KEPT_TALKS, round, key);
}

struct kept_map *kept_map_create(enum kept_what kind, int32_t round, const char *key)
{
    return create(sizeof(struct kept_map), kind, round, key);
}

struct kept_parts *kept_parts_create(void)
{
    struct kept_parts *parts = calloc(1, sizeof *parts);
    if (parts) {
        pthread_mutex_init(&parts->lock, NULL);
    }
    return parts;
}

/* The lock is held. A map lets go of its talks, which hold nothing. */
static void let_go(struct kept *kept)
{
    if (!kept || --kept->holders > 0) {
        return;
    }
    struct kept_talks *talks = kept->kind == KEPT_TALKS ? NULL : ((struct kept_map *)kept)->talks;
    arena_destroy(kept->arena);
    if (talks && --talks->kept.holders == 0) {
        arena_destroy(talks->kept.arena);
    }
}

void kept_parts_destroy(struct kept_parts *parts)
{
    if (!parts) {
        return;
    }
    for (size_t i = 0; i < KEPT_PARTS; i++) {
        let_go(parts->parts[i]);
    }
    pthread_mutex_destroy(&parts->lock);
    free(parts);
}

static struct kept *find(struct kept_parts *parts, bool talks, const char *key)
{
    struct kept *found = NULL;
    pthread_mutex_lock(&parts->lock);
    for (size_t i = 0; i < KEPT_PARTS && !found; i++) {
        struct kept *kept = parts->parts[i];
        found = kept && (kept->kind == KEPT_TALKS) == talks && strcmp(kept->key, key) == 0 ? kept : NULL;
    }
    if (found) {
        found->holders++;
    }
    pthread_mutex_unlock(&parts->lock);
    return found;
}

struct kept_talks *kept_talks_find(struct kept_parts *parts, const char *key)
{
    return (struct kept_talks *)find(parts, true, key);
}

struct kept_map *kept_map_find(struct kept_parts *parts, const char *key)
{
    return (struct kept_map *)find(parts, false, key);
}

/* The lock is held. */
static size_t place_for(struct kept_parts *parts, const struct kept *kept)
{
    size_t empty = KEPT_PARTS;
    for (size_t i = 0; i < KEPT_PARTS; i++) {
        const struct kept *other = parts->parts[i];
        if (other && other->round == kept->round && other->kind == kept->kind) {
            return i;
        }
        empty = !other && empty == KEPT_PARTS ? i : empty;
    }
    return empty < KEPT_PARTS ? empty : parts->next++ % KEPT_PARTS;
}

void kept_keep(struct kept_parts *parts, struct kept *kept)
{
    pthread_mutex_lock(&parts->lock);
    const size_t place = place_for(parts, kept);
    let_go(parts->parts[place]);
    parts->parts[place] = kept;
    kept->holders++;
    pthread_mutex_unlock(&parts->lock);
}

void kept_release(struct kept_parts *parts, struct kept *kept_take)
{
    pthread_mutex_lock(&parts->lock);
    let_go(kept_take);
    pthread_mutex_unlock(&parts->lock);
}
