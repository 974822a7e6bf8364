/* Value maps that were made lately, and what conversations say, which stays when responses come in: who asks
 * for the same again, while nothing that it is made of has changed, is given the same. One of each kind of a
 * round. The key says all that it depends on: where the columns and their weights stood, which release, what
 * of the conversations counts. So what is out of date is never found, and goes when its place is needed.
 *
 * At most KEPT_PARTS, each no more than FIGURES_BYTES_MAX and in fact a few megabytes. For any number of
 * threads: what many ask for at once is made by one of them, and the others wait for it. */
#ifndef ZEVENSTEM_TAFEL_VALUE_MAP_KEPT_H
#define ZEVENSTEM_TAFEL_VALUE_MAP_KEPT_H

#include "features/tafel/tafel_value_map.h"

enum { KEPT_PARTS = 12, KEPT_WAIT_MS = 5000 };
enum kept_what { KEPT_TALKS, KEPT_MAP_ANALYST, KEPT_MAP_PUBLIC };

/* What stands first in a part. The arena holds the part and all that is in it; nothing in it changes once it
 * is kept. */
struct kept {
    struct arena *arena;
    enum kept_what kind;
    int32_t round;
    const char *key;
    size_t holders;           /* this and the next are of kept_parts */
    struct kept *next_making; /* while it is made: another that is */
};

struct kept_talks {
    struct kept kept;
    struct coding_heard heard;
};

struct kept_map {
    struct kept kept;
    struct kept_talks *talks; /* held by the map, once it has any; the map borrows from it */
    enum figures_status survey_status;
    struct effects survey;
    struct value_map map;
};

struct kept_parts;
struct kept_parts *kept_parts_create(void);        /* NULL when out of memory */
void kept_parts_destroy(struct kept_parts *parts); /* when nobody holds one any more; NULL is allowed */

/* The one of this key, held until kept_release. *to_make: there was none. Then the caller fills it, with
 * nobody beside them, and says kept_made, whatever came of it. Who asks for the same meanwhile waits for
 * that; after KEPT_WAIT_MS they make one for themselves. So who makes one waits for nobody who may wait for
 * it: of talks while making a map, never the other way round. */
struct kept_talks *kept_talks_hold(bool *to_make, struct kept_parts *parts, int32_t round, const char *key);
struct kept_map *kept_map_hold(bool *to_make, struct kept_parts *parts, enum kept_what kind, int32_t round,
                               const char *key);
/* good: it is kept, in the place of the one of its kind and round; else, when all places are taken, of the
 * longest kept. Not good: who waits for it makes it anew. */
void kept_made(struct kept_parts *parts, struct kept *kept, bool good);
void kept_release(struct kept_parts *parts, struct kept *kept_take);

#endif
