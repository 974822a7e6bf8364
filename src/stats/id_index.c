#include "stats/id_index.h"

#include <stdlib.h>
#include <string.h>

enum {
    SHARDS = 256,
    NUMBER_BITS = 26,
    BLOCK_SHIFT = 14,
    BLOCK_ENTRIES = 1 << BLOCK_SHIFT,
    SHARD_SLOTS_MIN = 16,
    LOOK_AHEAD = 16 /* identifiers of a shard lie anywhere in memory */
};
#define NUMBER_MASK ((1u << NUMBER_BITS) - 1)
#define BLOCKS_MAX  ((ID_INDEX_MAX >> BLOCK_SHIFT) + 1)

struct entry_block {
    struct response_id ids[BLOCK_ENTRIES];
    uint32_t revisions[BLOCK_ENTRIES];
};

/* A slot is 0 when empty, else tag << 26 | number + 1. */
struct shard {
    uint32_t *slots;
    uint32_t capacity;
    uint32_t used;
};

struct id_index {
    uint32_t count;
    uint32_t blocks_allocated;
    struct shard shards[SHARDS];
    struct entry_block *blocks[BLOCKS_MAX];
};

/* Bits 0..7 choose the shard, 8..13 are the tag, the upper half the slot. */
static uint64_t hash_id(const struct response_id *id)
{
    uint64_t a, b;
    memcpy(&a, id->bytes, 8);
    memcpy(&b, id->bytes + 8, 8);
    uint64_t h = (a ^ (b * 0x9E3779B97F4A7C15u)) * 0xD6E8FEB86659FD93u;
    h ^= h >> 32;
    h *= 0xD6E8FEB86659FD93u;
    return h ^ (h >> 29);
}

static uint32_t shard_number(uint64_t hash)
{
    return (uint32_t)(hash & (SHARDS - 1));
}

static uint32_t slot_tag(uint64_t hash)
{
    return (uint32_t)(hash >> 8) << NUMBER_BITS;
}

/* Capacities are no powers of two (growth by half keeps the slots under 8 bytes an identifier). */
static uint32_t home_slot(uint64_t hash, uint32_t capacity)
{
    return (uint32_t)(((hash >> 32) * capacity) >> 32);
}

static uint32_t after(uint32_t slot, uint32_t capacity)
{
    return slot + 1 == capacity ? 0 : slot + 1;
}

static struct response_id *entry_id(const struct id_index *index, uint32_t number)
{
    return &index->blocks[number >> BLOCK_SHIFT]->ids[number & (BLOCK_ENTRIES - 1)];
}

struct id_index *id_index_create(void)
{
    return calloc(1, sizeof(struct id_index));
}

void id_index_destroy(struct id_index *index)
{
    if (!index) {
        return;
    }
    for (size_t i = 0; i < SHARDS; i++) {
        free(index->shards[i].slots);
    }
    for (size_t i = 0; i < index->blocks_allocated; i++) {
        free(index->blocks[i]);
    }
    free(index);
}

uint32_t id_index_count(const struct id_index *index)
{
    return index->count;
}

/* The slot that holds id, or the empty one where its probe ends. The shard has at least one empty slot. */
static uint32_t probe(const struct id_index *index, const struct shard *shard, const struct response_id *id,
                      uint64_t hash)
{
    uint32_t slot = home_slot(hash, shard->capacity);
    const uint32_t tag = slot_tag(hash);
    for (;; slot = after(slot, shard->capacity)) {
        uint32_t value = shard->slots[slot];
        if (value == 0) {
            return slot;
        }
        if ((value & ~NUMBER_MASK) == tag &&
            memcmp(entry_id(index, (value & NUMBER_MASK) - 1), id, sizeof *id) == 0) {
            return slot;
        }
    }
}

uint32_t id_index_find(const struct id_index *index, struct response_id id)
{
    uint64_t hash = hash_id(&id);
    const struct shard *shard = &index->shards[shard_number(hash)];
    if (shard->used == 0) {
        return ID_INDEX_ABSENT;
    }
    uint32_t value = shard->slots[probe(index, shard, &id, hash)];
    return value == 0 ? ID_INDEX_ABSENT : (value & NUMBER_MASK) - 1;
}

void id_index_expect(const struct id_index *index, const struct response_id *id)
{
    const uint64_t hash = hash_id(id);
    const struct shard *shard = &index->shards[shard_number(hash)];
    if (shard->capacity > 0) {
        __builtin_prefetch(&shard->slots[home_slot(hash, shard->capacity)]);
    }
}

static bool shard_reserve(const struct id_index *index, struct shard *shard, uint32_t more)
{
    uint64_t need = (uint64_t)shard->used + more;
    uint64_t capacity = shard->capacity < SHARD_SLOTS_MIN ? SHARD_SLOTS_MIN : shard->capacity;
    while (capacity * 3 / 4 < need) {
        capacity += capacity / 2;
    }
    if (capacity == shard->capacity) {
        return true;
    }
    uint32_t *slots = calloc(capacity, sizeof *slots);
    if (!slots) {
        return false;
    }
    for (uint32_t i = 0; i < shard->capacity; i++) {
        uint32_t value = shard->slots[i];
        const uint32_t ahead = i + LOOK_AHEAD < shard->capacity ? shard->slots[i + LOOK_AHEAD] : 0;
        if (ahead != 0) {
            __builtin_prefetch(entry_id(index, (ahead & NUMBER_MASK) - 1));
        }
        if (value != 0) {
            uint64_t hash = hash_id(entry_id(index, (value & NUMBER_MASK) - 1));
            uint32_t slot = home_slot(hash, (uint32_t)capacity);
            while (slots[slot] != 0) {
                slot = after(slot, (uint32_t)capacity);
            }
            slots[slot] = value;
        }
    }
    free(shard->slots);
    shard->slots = slots;
    shard->capacity = (uint32_t)capacity;
    return true;
}

bool id_index_reserve(struct id_index *index, const struct response_id *const *ids, size_t count)
{
    if (count > ID_INDEX_MAX - index->count) {
        return false;
    }
    uint32_t more[SHARDS] = {0};
    for (size_t i = 0; i < count; i++) {
        more[shard_number(hash_id(ids[i]))]++;
    }
    for (size_t i = 0; i < SHARDS; i++) {
        if (more[i] != 0 && !shard_reserve(index, &index->shards[i], more[i])) {
            return false;
        }
    }
    uint64_t entries = (uint64_t)index->count + count;
    while ((uint64_t)index->blocks_allocated << BLOCK_SHIFT < entries) {
        struct entry_block *block = calloc(1, sizeof *block);
        if (!block) {
            return false;
        }
        index->blocks[index->blocks_allocated++] = block;
    }
    return true;
}

uint32_t id_index_add(struct id_index *index, struct response_id id, uint32_t revision)
{
    uint64_t hash = hash_id(&id);
    struct shard *shard = &index->shards[shard_number(hash)];
    uint32_t number = index->count++;
    shard->slots[probe(index, shard, &id, hash)] = slot_tag(hash) | (number + 1);
    shard->used++;
    *entry_id(index, number) = id;
    id_index_set_revision(index, number, revision);
    return number;
}

uint32_t id_index_revision(const struct id_index *index, uint32_t number)
{
    return index->blocks[number >> BLOCK_SHIFT]->revisions[number & (BLOCK_ENTRIES - 1)];
}

void id_index_set_revision(struct id_index *index, uint32_t number, uint32_t revision)
{
    index->blocks[number >> BLOCK_SHIFT]->revisions[number & (BLOCK_ENTRIES - 1)] = revision;
}

/* Empties a slot and moves back whatever the hole would cut off from its home (linear probing without
 * tombstones). */
static void close_gap(const struct id_index *index, struct shard *shard, uint32_t hole)
{
    const uint32_t capacity = shard->capacity;
    for (uint32_t slot = after(hole, capacity); shard->slots[slot] != 0; slot = after(slot, capacity)) {
        uint64_t hash = hash_id(entry_id(index, (shard->slots[slot] & NUMBER_MASK) - 1));
        uint32_t home = home_slot(hash, capacity);
        uint32_t from_home = slot >= home ? slot - home : slot + capacity - home;
        uint32_t from_hole = slot >= hole ? slot - hole : slot + capacity - hole;
        if (from_home >= from_hole) {
            shard->slots[hole] = shard->slots[slot];
            hole = slot;
        }
    }
    shard->slots[hole] = 0;
    shard->used--;
}

void id_index_remove(struct id_index *index, uint32_t number)
{
    struct response_id *gone = entry_id(index, number);
    uint64_t hash = hash_id(gone);
    struct shard *shard = &index->shards[shard_number(hash)];
    close_gap(index, shard, probe(index, shard, gone, hash));

    uint32_t last = index->count - 1;
    struct response_id *moved = entry_id(index, last);
    if (last != number) {
        hash = hash_id(moved);
        shard = &index->shards[shard_number(hash)];
        shard->slots[probe(index, shard, moved, hash)] = slot_tag(hash) | (number + 1);
        *gone = *moved;
        id_index_set_revision(index, number, id_index_revision(index, last));
    }
    memset(moved, 0, sizeof *moved);
    id_index_set_revision(index, last, 0);
    index->count = last;
}

size_t id_index_memory(const struct id_index *index)
{
    size_t bytes = sizeof *index + index->blocks_allocated * sizeof(struct entry_block);
    for (size_t i = 0; i < SHARDS; i++) {
        bytes += index->shards[i].capacity * sizeof(uint32_t);
    }
    return bytes;
}
