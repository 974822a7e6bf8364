#include "features/tafel/tafel_value_map_kept.h"

#include "base/clock.h"
#include "db/thread.h"

#include <stdlib.h>
#include <string.h>

struct kept_parts {
    pthread_mutex_t lock; /* of what follows, and of holders */
    struct kept *parts[KEPT_PARTS];
    size_t next;          /* which goes first when all places are taken */
    struct kept *making;  /* those that somebody fills now */
    pthread_cond_t ended; /* one of them was */
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

struct kept_parts *kept_parts_create(void)
{
    struct kept_parts *parts = calloc(1, sizeof *parts);
    if (parts) {
        pthread_mutex_init(&parts->lock, NULL);
        db_cond_init(&parts->ended);
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
    pthread_cond_destroy(&parts->ended);
    pthread_mutex_destroy(&parts->lock);
    free(parts);
}

static bool is_of(const struct kept *kept, enum kept_what kind, const char *key)
{
    return kept && (kept->kind == KEPT_TALKS) == (kind == KEPT_TALKS) && strcmp(kept->key, key) == 0;
}

/* The lock is held. */
static struct kept *find(const struct kept_parts *parts, enum kept_what kind, const char *key)
{
    for (size_t i = 0; i < KEPT_PARTS; i++) {
        if (is_of(parts->parts[i], kind, key)) {
            return parts->parts[i];
        }
    }
    return NULL;
}

/* The lock is held. */
static bool is_being_made(const struct kept_parts *parts, enum kept_what kind, const char *key)
{
    const struct kept *kept = parts->making;
    while (kept && !is_of(kept, kind, key)) {
        kept = kept->next_making;
    }
    return kept != NULL;
}

static struct kept *hold(bool *to_make, struct kept_parts *parts, size_t size, enum kept_what kind,
                         int32_t round, const char *key)
{
    const int64_t until_us = clock_monotonic_us() + KEPT_WAIT_MS * INT64_C(1000);
    struct kept *kept;
    bool waits = true;
    pthread_mutex_lock(&parts->lock);
    while (!(kept = find(parts, kind, key)) && waits && is_being_made(parts, kind, key)) {
        waits = db_cond_wait_until(&parts->ended, &parts->lock, until_us);
    }
    *to_make = !kept;
    if (kept) {
        kept->holders++;
    } else {
        kept = create(size, kind, round, key);
        kept->next_making = parts->making;
        parts->making = kept;
    }
    pthread_mutex_unlock(&parts->lock);
    return kept;
}

struct kept_talks *kept_talks_hold(bool *to_make, struct kept_parts *parts, int32_t round, const char *key)
{
    return (struct kept_talks *)hold(to_make, parts, sizeof(struct kept_talks), KEPT_TALKS, round, key);
}

struct kept_map *kept_map_hold(bool *to_make, struct kept_parts *parts, enum kept_what kind, int32_t round,
                               const char *key)
{
    return (struct kept_map *)hold(to_make, parts, sizeof(struct kept_map), kind, round, key);
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

void kept_made(struct kept_parts *parts, struct kept *kept, bool good)
{
    pthread_mutex_lock(&parts->lock);
    struct kept **at = &parts->making;
    while (*at != kept) {
        at = &(*at)->next_making;
    }
    *at = kept->next_making;
    if (good) {
        const size_t place = place_for(parts, kept);
        let_go(parts->parts[place]);
        parts->parts[place] = kept;
        kept->holders++;
    }
    pthread_cond_broadcast(&parts->ended);
    pthread_mutex_unlock(&parts->lock);
}

void kept_release(struct kept_parts *parts, struct kept *kept_take)
{
    pthread_mutex_lock(&parts->lock);
    let_go(kept_take);
    pthread_mutex_unlock(&parts->lock);
}
