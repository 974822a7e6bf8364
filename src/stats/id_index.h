/* Which number a 16-byte identifier has. Numbers run from 0 without holes; each identifier carries the
 * revision that was last applied to it. Used by one thread.
 *
 * Open addressing in 256 shards that grow on their own by half, so that growing never copies more than a
 * 256th of the slots. A slot is 4 bytes: 26 bits of number and 6 of hash, so that a miss seldom touches an
 * identifier. Memory: 20 bytes an identifier plus 5.3 to 8 for slots; blocks and shards that are begun but
 * not full come on top.
 *
 * Identifiers are outputs of a keyed hash, so nobody can choose them to collide; no salt is needed here. */
#ifndef ZEVENSTEM_STATS_ID_INDEX_H
#define ZEVENSTEM_STATS_ID_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RESPONSE_ID_BYTES = 16 };

struct response_id {
    uint8_t bytes[RESPONSE_ID_BYTES];
};

#define ID_INDEX_MAX    ((1u << 26) - 1) /* identifiers; numbers are below it */
#define ID_INDEX_ABSENT UINT32_MAX

struct id_index;

/* NULL when out of memory. */
struct id_index *id_index_create(void);
void id_index_destroy(struct id_index *index);
uint32_t id_index_count(const struct id_index *index);
/* ID_INDEX_ABSENT when it is not there. */
uint32_t id_index_find(const struct id_index *index, struct response_id id);
/* That this identifier will be asked for soon: a hint to the processor, without any effect. */
void id_index_expect(const struct id_index *index, const struct response_id *id);
/* Room for all of these (whether they are there already or not): the next id_index_add of each cannot fail.
 * False, with nothing lost, when out of memory or past ID_INDEX_MAX. */
bool id_index_reserve(struct id_index *index, const struct response_id *const *ids, size_t count);
/* Adds an identifier that is not there, after id_index_reserve. Its number is the count before. */
uint32_t id_index_add(struct id_index *index, struct response_id id, uint32_t revision);
uint32_t id_index_revision(const struct id_index *index, uint32_t number);
void id_index_set_revision(struct id_index *index, uint32_t number, uint32_t revision);
/* The last identifier gets the number that becomes free. */
void id_index_remove(struct id_index *index, uint32_t number);
/* Bytes allocated. */
size_t id_index_memory(const struct id_index *index);

#endif
