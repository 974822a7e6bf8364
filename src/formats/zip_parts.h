/* A small file of a few parts in a ZIP, put together in memory: what a text document is. Nobody outside this
 * folder includes it. */
#ifndef ZEVENSTEM_FORMATS_ZIP_PARTS_H
#define ZEVENSTEM_FORMATS_ZIP_PARTS_H

#include "base/arena.h"
#include "base/buffer.h"
#include "formats/dataset_internal.h"

/* A sink into a buffer; sink_end gives its memory back, and says whether all went in. */
bool sink_begin(struct sink *sink, struct buffer *buffer);
bool sink_end(struct sink *sink, const struct buffer *buffer);

struct zip_part {
    const char *name;
    struct slice bytes;
    bool stored; /* as it is */
};
/* In the arena, in this order. made_at: Unix seconds. False: out of memory, or more than `most` bytes. */
bool zip_parts_write(struct slice *file, struct arena *arena, const struct zip_part *parts, size_t count,
                     int64_t made_at, size_t most);

#endif
