/* One arena a request (or job, or loaded document): everything in it is freed at once. Not thread-safe; an
 * arena belongs to one thread at a time and may be handed over.
 *
 * Allocation never returns NULL. Running out of memory, or past the arena's maximum, is a fault of ours:
 * inputs are limited at the door so that no arena can reach its maximum. It is logged and the process ends
 * (no acknowledged data is lost: acknowledged means committed). */
#ifndef ZEVENSTEM_BASE_ARENA_H
#define ZEVENSTEM_BASE_ARENA_H

#include "base/slice.h"

#include <stdarg.h>

struct arena;

/* max_bytes: the most this arena may ever hold. The caller owns the arena: arena_destroy. */
struct arena *arena_create(size_t max_bytes);
/* Runs the destructors, latest first, then frees everything. NULL is allowed. */
void arena_destroy(struct arena *arena);
/* Zeroed, aligned for any type. size 0 gives a valid pointer. In sanitizer builds each piece is a malloc of
 * its own, so that overruns between pieces are seen. */
void *arena_alloc(struct arena *arena, size_t size);
/* count * size with the multiplication checked. */
void *arena_array(struct arena *arena, size_t count, size_t size);
/* A NUL-terminated copy; the slice returned does not count the NUL. */
struct slice arena_copy(struct arena *arena, struct slice s);
char *arena_cstr(struct arena *arena, struct slice s);
struct slice arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct slice arena_vprintf(struct arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
/* fn(object) runs at arena_destroy: hands the arena an object that lives elsewhere (json_t, PGresult, ...).
 */
void arena_defer(struct arena *arena, void (*fn)(void *object), void *object_take);
/* Bytes handed out so far; for tests and metrics. */
size_t arena_used(const struct arena *arena);

#endif
