#include "base/buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INTEGER_CHARS = 20 }; /* of the least: a sign and nineteen digits */

void buffer_init(struct buffer *buffer, size_t max_bytes)
{
    /* Half the address space, so that no sum of lengths overflows. */
    *buffer = (struct buffer){.max = max_bytes < SIZE_MAX / 2 ? max_bytes : SIZE_MAX / 2};
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->ptr);
    buffer_init(buffer, buffer->max);
}

void buffer_clear(struct buffer *buffer)
{
    buffer->len = 0;
    buffer->failed = false;
    if (buffer->ptr) {
        buffer->ptr[0] = '\0';
    }
}

static void fail(struct buffer *buffer)
{
    size_t max = buffer->max;
    free(buffer->ptr);
    *buffer = (struct buffer){.max = max, .failed = true};
}

char *buffer_grow(struct buffer *buffer, size_t more)
{
    if (buffer->failed) {
        return NULL;
    }
    if (more > buffer->max || buffer->len > buffer->max - more) {
        fail(buffer);
        return NULL;
    }
    size_t need = buffer->len + more + 1;
    if (need > buffer->cap) {
        size_t cap = buffer->cap ? buffer->cap : 256;
        while (cap < need) {
            cap += cap / 2 + 64;
        }
        cap = cap > buffer->max + 1 ? buffer->max + 1 : cap;
        char *grown = realloc(buffer->ptr, cap);
        if (!grown) {
            fail(buffer);
            return NULL;
        }
        buffer->ptr = grown;
        buffer->cap = cap;
    }
    return buffer->ptr + buffer->len;
}

void buffer_commit(struct buffer *buffer, size_t written)
{
    if (!buffer->failed) {
        buffer->len += written;
        buffer->ptr[buffer->len] = '\0';
    }
}

void buffer_append(struct buffer *buffer, struct slice s)
{
    char *room = buffer_reserve(buffer, s.len);
    if (room) {
        if (s.len > 0) {
            memcpy(room, s.ptr, s.len);
        }
        buffer_commit(buffer, s.len);
    }
}

void buffer_append_byte(struct buffer *buffer, char byte)
{
    buffer_append(buffer, (struct slice){&byte, 1});
}

void buffer_append_cstr(struct buffer *buffer, const char *cstr)
{
    buffer_append(buffer, slice_from_cstr(cstr));
}

void buffer_append_integer(struct buffer *buffer, int64_t value)
{
    char text[INTEGER_CHARS];
    char *at = text + sizeof text;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0) {
        *--at = '-';
    }
    buffer_append(buffer, (struct slice){at, (size_t)(text + sizeof text - at)});
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list args;
    va_list again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len < 0) {
        fail(buffer);
    } else {
        char *room = buffer_reserve(buffer, (size_t)len);
        if (room) {
            vsnprintf(room, (size_t)len + 1, format, again);
            buffer_commit(buffer, (size_t)len);
        }
    }
    va_end(again);
    va_end(args);
}

bool buffer_failed(const struct buffer *buffer)
{
    return buffer->failed;
}

struct slice buffer_slice(const struct buffer *buffer)
{
    return (struct slice){buffer->ptr, buffer->len};
}

char *buffer_take(struct buffer *buffer, size_t *len)
{
    char *taken = buffer->ptr;
    *len = buffer->len;
    buffer_init(buffer, buffer->max);
    return taken;
}
