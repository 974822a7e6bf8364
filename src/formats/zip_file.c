#include "formats/zip_file.h"

#include "formats/zip_stream.h"

#include <stdlib.h>

enum { OUTPUT_BYTES = 256 * 1024 };

struct zip_file {
    struct sink sink;
    struct zip_stream *stream;
};

struct zip_file *zip_file_create(struct dataset_output output, int64_t made_at)
{
    struct zip_file *zip = calloc(1, sizeof *zip);
    if (!zip) {
        return NULL;
    }
    zip->sink = (struct sink){.output = output, .bytes = malloc(OUTPUT_BYTES), .cap = OUTPUT_BYTES};
    zip->stream = zip->sink.bytes ? zip_stream_create(&zip->sink, made_at) : NULL;
    if (!zip->stream) {
        zip_file_destroy(zip);
        return NULL;
    }
    return zip;
}

void zip_file_begin(struct zip_file *zip, const char *name)
{
    zip_stream_begin(zip->stream, name);
}

void zip_file_write(struct zip_file *zip, struct slice bytes)
{
    zip_stream_write(zip->stream, bytes);
}

void zip_file_part_end(struct zip_file *zip)
{
    zip_stream_end(zip->stream);
}

enum dataset_status zip_file_end(struct zip_file *zip)
{
    zip_stream_finish(zip->stream);
    return zip_stream_too_large(zip->stream) ? DATASET_TOO_LARGE
           : sink_flush(&zip->sink)          ? DATASET_OK
                                             : DATASET_OUTPUT_FAILED;
}

void zip_file_destroy(struct zip_file *zip)
{
    if (zip) {
        zip_stream_destroy(zip->stream);
        free(zip->sink.bytes);
        free(zip);
    }
}
