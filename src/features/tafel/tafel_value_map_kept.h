/* Value maps that were made lately: who asks for the same again, while nothing that it is made of has
 * changed, is shown the same. One of each round and view. The key says all that a map depends on: where the
 * columns and their weights stood, which release, and what of the conversations counts. So what is out of
 * date is never found, and goes when its place is needed.
 *
 * At most KEPT_MAPS of them, each no more than FIGURES_BYTES_MAX and in fact a few megabytes. For any number
 * of threads. */
#ifndef ZEVENSTEM_TAFEL_VALUE_MAP_KEPT_H
#define ZEVENSTEM_TAFEL_VALUE_MAP_KEPT_H

#include "features/tafel/tafel_value_map.h"

enum { KEPT_MAPS = 6 };

/* Never changes once it is kept. */
struct kept_map {
    struct arena *arena; /* of all that is in it */
    enum figures_status survey_status;
    struct effects survey;
    struct coding_heard heard;
    struct value_map map;
    /* of kept_maps */
    size_t holders;
    int32_t round;
    enum figures_view view;
    const char *key;
};
/* Held once, by the caller, who fills it. */
struct kept_map *kept_map_create(int32_t round, enum figures_view view, const char *key);

struct kept_maps;
struct kept_maps *kept_maps_create(void);       /* NULL when out of memory */
void kept_maps_destroy(struct kept_maps *kept); /* when nobody holds one any more; NULL is allowed */

/* NULL when there is none; held until kept_maps_release. */
struct kept_map *kept_maps_find(struct kept_maps *kept, const char *key);
/* In the place of the one of its round and view; else, when all places are taken, of the longest kept. */
void kept_maps_keep(struct kept_maps *kept, struct kept_map *map);
void kept_maps_release(struct kept_maps *kept, struct kept_map *map_take);

#endif
