/* Value maps that were made lately, and what conversations say, which stays when responses come in: who asks
 * for the same again, while nothing that it is made of has changed, is given the same. One of each kind of a
 * round. The key says all that it depends on: where the columns and their weights stood, which release, what
 * of the conversations counts. So what is out of date is never found, and goes when its place is needed.
 *
 * At most MAP_CACHE_PARTS, each no more than FIGURES_BYTES_MAX and in fact a few megabytes. For any number of
 * threads: what many ask for at once is made by one of them, and the others wait for it. */
#ifndef ZEVENSTEM_TAFEL_VALUE_MAP_CACHE_H
#define ZEVENSTEM_TAFEL_VALUE_MAP_CACHE_H

#include "features/tafel/tafel_value_map.h"

enum { MAP_CACHE_PARTS = 12, MAP_CACHE_WAIT_MS = 5000 };
enum cached_what { CACHED_TALKS, CACHED_MAP_ANALYST, CACHED_MAP_PUBLIC };

/* What stands first in a part. The arena holds the part and all that is in it; nothing in it changes once it
 * is kept. */
struct cached {
    struct arena *arena;
    enum cached_what kind;
    int32_t round;
    const char *key;
    size_t holders;             /* this and the next are of map_cache */
    struct cached *next_making; /* while it is made: another that is */
};

struct cached_talks {
    struct cached entry;
    struct coding_heard heard;
};

struct cached_map {
    struct cached entry;
    struct cached_talks *talks; /* held by the map, once it has any; the map borrows from it */
    enum figures_status survey_status;
    struct effects survey;
    struct value_map map;
};

struct map_cache;
struct map_cache *map_cache_create(void);        /* NULL when out of memory */
void map_cache_destroy(struct map_cache *parts); /* when nobody holds one any more; NULL is allowed */

/* The one of this key, held until map_cache_release. *to_make: there was none. Then the caller fills it, with
 * nobody beside them, and says map_cache_made, whatever came of it. Who asks for the same meanwhile waits for
 * that; after MAP_CACHE_WAIT_MS they make one for themselves. So who makes one waits for nobody who may wait
 * for it: of talks while making a map, never the other way round. */
struct cached_talks *map_cache_talks(bool *to_make, struct map_cache *parts, int32_t round, const char *key);
struct cached_map *map_cache_map(bool *to_make, struct map_cache *parts, enum cached_what kind, int32_t round,
                                 const char *key);
/* good: it is kept, in the place of the one of its kind and round; else, when all places are taken, of the
 * longest kept. Not good: who waits for it makes it anew. */
void map_cache_made(struct map_cache *parts, struct cached *entry, bool good);
void map_cache_release(struct map_cache *parts, struct cached *entry_take);

#endif
