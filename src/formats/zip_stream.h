/* A ZIP file (APPNOTE.TXT 6.3) written from front to back, in memory that does not grow: for what is too
 * large to be put together first, which libzip would do. Sizes and checksum stand behind each packed part. No
 * ZIP64: a part or the whole past 4 GiB fails, and so do more than 65,535 parts. Nobody outside this folder
 * includes it. */
#ifndef ZEVENSTEM_FORMATS_ZIP_STREAM_H
#define ZEVENSTEM_FORMATS_ZIP_STREAM_H

#include "formats/dataset_internal.h"

struct zip_stream;

/* The sink outlives it. made_at: Unix seconds, of every part. NULL when out of memory; zip_stream_destroy. */
struct zip_stream *zip_stream_create(struct sink *sink, int64_t made_at);
void zip_stream_destroy(struct zip_stream *zip);
/* A small part as it is. Names have at most 255 bytes. */
void zip_stream_stored(struct zip_stream *zip, const char *name, struct slice bytes);
/* A packed part: begin, write any number of times, end. One at a time. */
void zip_stream_begin(struct zip_stream *zip, const char *name);
void zip_stream_write(struct zip_stream *zip, struct slice bytes);
void zip_stream_end(struct zip_stream *zip);
/* The directory behind the parts. */
void zip_stream_finish(struct zip_stream *zip);
/* Whether anything grew past what the format holds. Sticky. */
bool zip_stream_too_large(const struct zip_stream *zip);

#endif
