#include "features/tafel/tafel_value_map_kept.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct kept_maps {
    pthread_mutex_t lock; /* of what follows, and of holders */
    struct kept_map *maps[KEPT_MAPS];
    size_t next; /* which goes first when all places are taken */
};

struct kept_map *kept_map_create(int32_t round, enum figures_view view, const char *key)
{
    struct arena *arena = arena_create(FIGURES_BYTES_MAX);
    struct kept_map *map = arena_alloc(arena, sizeof *map);
    map->arena = arena;
    map->holders = 1;
    map->round = round;
    map->view = view;
    map->key = arena_cstr(arena, slice_from_cstr(key));
    return map;
}

struct kept_maps *kept_maps_create(void)
{
    struct kept_maps *kept = calloc(1, sizeof *kept);
    if (kept) {
        pthread_mutex_init(&kept->lock, NULL);
    }
    return kept;
}

void kept_maps_destroy(struct kept_maps *kept)
{
    if (!kept) {
        return;
    }
    for (size_t i = 0; i < KEPT_MAPS; i++) {
        arena_destroy(kept->maps[i] ? kept->maps[i]->arena : NULL);
    }
    pthread_mutex_destroy(&kept->lock);
    free(kept);
}

/* The lock is held. */
static void let_go(struct kept_map *map)
{
    if (map && --map->holders == 0) {
        arena_destroy(map->arena);
    }
}

struct kept_map *kept_maps_find(struct kept_maps *kept, const char *key)
{
    struct kept_map *found = NULL;
    pthread_mutex_lock(&kept->lock);
    for (size_t i = 0; i < KEPT_MAPS; i++) {
        if (kept->maps[i] && strcmp(kept->maps[i]->key, key) == 0) {
            found = kept->maps[i];
            found->holders++;
            break;
        }
    }
    pthread_mutex_unlock(&kept->lock);
    return found;
}

/* The lock is held. */
static size_t place_for(struct kept_maps *kept, const struct kept_map *map)
{
    size_t empty = KEPT_MAPS;
    for (size_t i = 0; i < KEPT_MAPS; i++) {
        const struct kept_map *other = kept->maps[i];
        if (other && other->round == map->round && other->view == map->view) {
            return i;
        }
        empty = !other && empty == KEPT_MAPS ? i : empty;
    }
    return empty < KEPT_MAPS ? empty : kept->next++ % KEPT_MAPS;
}

void kept_maps_keep(struct kept_maps *kept, struct kept_map *map)
{
    pthread_mutex_lock(&kept->lock);
    const size_t place = place_for(kept, map);
    let_go(kept->maps[place]);
    kept->maps[place] = map;
    map->holders++;
    pthread_mutex_unlock(&kept->lock);
}

void kept_maps_release(struct kept_maps *kept, struct kept_map *map_take)
{
    pthread_mutex_lock(&kept->lock);
    let_go(map_take);
    pthread_mutex_unlock(&kept->lock);
}
