#include "formats/zip_parts.h"

#include "formats/zip_stream.h"

#include <stdlib.h>

enum { SINK_BYTES = 16 * 1024 };

static bool keep(const void *bytes, size_t size, void *self)
{
    struct buffer *buffer = self;
    buffer_append(buffer, (struct slice){bytes, size});
    return !buffer_failed(buffer);
}

bool sink_begin(struct sink *sink, struct buffer *buffer)
{
    *sink = (struct sink){.output = {.write = keep, .self = buffer}, .cap = SINK_BYTES};
    sink->bytes = malloc(sink->cap);
    sink->failed = !sink->bytes;
    return !sink->failed;
}

bool sink_end(struct sink *sink, const struct buffer *buffer)
{
    const bool good = sink_flush(sink) && !buffer_failed(buffer);
    free(sink->bytes);
    sink->bytes = NULL;
    return good;
}

static void put_part(struct zip_stream *zip, const struct zip_part *part)
{
    if (part->stored) {
        zip_stream_stored(zip, part->name, part->bytes);
        return;
    }
    zip_stream_begin(zip, part->name);
    zip_stream_write(zip, part->bytes);
    zip_stream_end(zip);
}

bool zip_parts_write(struct slice *file, struct arena *arena, const struct zip_part *parts, size_t count,
                     int64_t made_at, size_t most)
{
    struct sink sink;
    struct buffer out;
    bool good = false;
    buffer_init(&out, most);
    if (!sink_begin(&sink, &out)) {
        return false;
    }
    struct zip_stream *zip = zip_stream_create(&sink, made_at);
    for (size_t i = 0; zip && i < count; i++) {
        put_part(zip, &parts[i]);
    }
    if (zip) {
        zip_stream_finish(zip);
        good = !zip_stream_too_large(zip);
    }
    good = sink_end(&sink, &out) && good;
    if (good) {
        *file = arena_copy(arena, buffer_slice(&out));
    }
    zip_stream_destroy(zip);
    buffer_free(&out);
    return good;
}
