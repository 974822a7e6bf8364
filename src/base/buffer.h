/* A growing run of bytes with a maximum stated at birth. Failure is sticky: append as often as you like, ask
 * buffer_failed() once. A failed buffer is empty. */
#ifndef ZEVENSTEM_BASE_BUFFER_H
#define ZEVENSTEM_BASE_BUFFER_H

#include "base/slice.h"

#include <stdarg.h>

struct buffer {
    char *ptr;   /* always NUL-terminated when not NULL; the NUL is not counted */
    size_t len;  /* bytes in use */
    size_t cap;  /* bytes allocated */
    size_t max;  /* len may never pass this */
    bool failed; /* past max, or out of memory */
};

void buffer_init(struct buffer *buffer, size_t max_bytes);
/* Frees; the buffer may be initialised again. */
void buffer_free(struct buffer *buffer);
/* Empties it, keeps the memory, clears a failure. */
void buffer_clear(struct buffer *buffer);
/* What is appended may not lie in the buffer itself. */
void buffer_append(struct buffer *buffer, struct slice s);
void buffer_append_byte(struct buffer *buffer, char byte);
void buffer_append_cstr(struct buffer *buffer, const char *cstr);
void buffer_append_integer(struct buffer *buffer, int64_t value);
void buffer_printf(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* buffer_reserve, where there is no such room yet. */
char *buffer_grow(struct buffer *buffer, size_t more);
/* Room for `more` bytes beyond len, which the caller writes at the pointer returned and then counts with
 * buffer_commit. NULL on failure. Here, because most calls find room: answers are written in small pieces. */
static inline char *buffer_reserve(struct buffer *buffer, size_t more)
{
    return more < buffer->cap - buffer->len ? buffer->ptr + buffer->len : buffer_grow(buffer, more);
}
void buffer_commit(struct buffer *buffer, size_t written);
bool buffer_failed(const struct buffer *buffer);
/* What is in it, borrowed until the next change. */
struct slice buffer_slice(const struct buffer *buffer);
/* Hands the memory over (free() it) and leaves an empty buffer. NULL after a failure or when nothing was
 * written. */
char *buffer_take(struct buffer *buffer, size_t *len);

#endif
