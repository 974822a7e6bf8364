/* What differs between two JSON documents, value by value, for a person who has to agree to it. Pure. */
#ifndef ZEVENSTEM_SURVEY_DIFFERENCE_H
#define ZEVENSTEM_SURVEY_DIFFERENCE_H

#include "base/arena.h"

#include <jansson.h>

struct difference {
    struct slice place;   /* names on the way: "start / nl"; empty: the whole */
    struct slice was, is; /* texts as they are, other values as JSON; ptr NULL: not there */
};
struct differences {
    struct arena *arena;
    struct difference *items; /* by name, in lists by place */
    size_t count;             /* of items */
    size_t all;               /* how many there are: no more are kept than fit in room and bytes */
    size_t room, bytes;
};
/* Room for so many, of so many bytes together; in the arena. */
struct differences differences_begin(struct arena *arena, size_t room, size_t bytes);
/* Adds those between was and is; either may be NULL: then every value of the other. Entries of lists that all
 * have a member `code` are paired by it, other entries by their number from 1. The bytes of a picture (`data`
 * in `picture`, base64url) are told by their number and SHA-256. */
void differences_add(struct differences *out, const json_t *was, const json_t *is);

#endif
