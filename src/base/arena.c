#include "base/arena.h"

#include "base/log.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef ARENA_ITEMWISE
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ITEMWISE 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ITEMWISE 1
#endif
#endif
#endif
#ifndef ARENA_ITEMWISE
#define ARENA_ITEMWISE 0
#endif

enum { CHUNK_BYTES = 8192, USUAL_TEXT = 512, ALIGNMENT = alignof(max_align_t) };

struct chunk {
    struct chunk *next;
    size_t used;
    size_t size;
    alignas(max_align_t) unsigned char bytes[];
};

struct deferred {
    struct deferred *next;
    void (*fn)(void *object);
    void *object;
};

struct arena {
    struct chunk *chunks; /* newest first; pieces are cut from the first */
    struct deferred *deferred;
    size_t used;
    size_t max;
};

static void exhausted(size_t wanted)
{
    log_error("arena.exhausted", "wanted=%zu", wanted);
    abort();
}

struct arena *arena_create(size_t max_bytes)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (!arena) {
        exhausted(sizeof *arena);
        return NULL;
    }
    arena->max = max_bytes;
    return arena;
}

void arena_destroy(struct arena *arena)
{
    if (!arena) {
        return;
    }
    for (struct deferred *d = arena->deferred; d; d = d->next) {
        d->fn(d->object);
    }
    struct chunk *chunk = arena->chunks;
    while (chunk) {
        struct chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    free(arena);
}

static struct chunk *chunk_create(size_t size)
{
    struct chunk *chunk = malloc(sizeof *chunk + size);
    if (!chunk) {
        exhausted(size);
        return NULL;
    }
    chunk->used = 0;
    chunk->size = size;
    return chunk;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > arena->max - arena->used || size > SIZE_MAX - CHUNK_BYTES) {
        exhausted(size);
    }
    size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct chunk *first = arena->chunks;
    if (ARENA_ITEMWISE || !first || first->size - first->used < rounded) {
        bool own = ARENA_ITEMWISE || rounded > CHUNK_BYTES / 4;
        struct chunk *chunk = chunk_create(ARENA_ITEMWISE ? size : own ? rounded : CHUNK_BYTES);
        /* A piece with a chunk of its own goes behind the first, which may still have room. */
        if (own && first) {
            chunk->next = first->next;
            first->next = chunk;
        } else {
            chunk->next = first;
            arena->chunks = chunk;
        }
        first = chunk;
    }
    void *piece = first->bytes + first->used;
    first->used += ARENA_ITEMWISE ? size : rounded;
    arena->used += size;
    memset(piece, 0, size);
    return piece;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) {
        exhausted(SIZE_MAX);
        return NULL;
    }
    return arena_alloc(arena, total);
}

struct slice arena_copy(struct arena *arena, struct slice s)
{
    char *copy = arena_alloc(arena, s.len + 1);
    if (s.len > 0) {
        memcpy(copy, s.ptr, s.len);
    }
    return (struct slice){copy, s.len};
}

char *arena_cstr(struct arena *arena, struct slice s)
{
    char *copy = arena_alloc(arena, s.len + 1);
    if (s.len > 0) {
        memcpy(copy, s.ptr, s.len);
    }
    return copy;
}

struct slice arena_vprintf(struct arena *arena, const char *format, va_list args)
{
    char usual[USUAL_TEXT]; /* printed once where it fits: printing is the dear part */
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(usual, sizeof usual, format, args);
    if (len < 0) {
        va_end(again);
        exhausted(0);
        return (struct slice){NULL, 0};
    }
    char *text = arena_alloc(arena, (size_t)len + 1);
    if ((size_t)len < sizeof usual) {
        memcpy(text, usual, (size_t)len);
    } else {
        vsnprintf(text, (size_t)len + 1, format, again);
    }
    va_end(again);
    return (struct slice){text, (size_t)len};
}

struct slice arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct slice text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

void arena_defer(struct arena *arena, void (*fn)(void *object), void *object_take)
{
    struct deferred *deferred = arena_alloc(arena, sizeof *deferred);
    deferred->fn = fn;
    deferred->object = object_take;
    deferred->next = arena->deferred;
    arena->deferred = deferred;
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}
