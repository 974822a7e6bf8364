#include "formats/zip_stream.h"

#include "base/buffer.h"
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    PARTS_MAX = UINT16_MAX,
    NAME_BYTES = 256,
    PACK_BYTES = 64 * 1024,
    LOCAL_SIGNATURE = 0x04034b50,
    BEHIND_SIGNATURE = 0x08074b50,
    CENTRAL_SIGNATURE = 0x02014b50,
    END_SIGNATURE = 0x06054b50,
    VERSION_NEEDED = 20,
    FLAG_BEHIND = 8, /* sizes and checksum stand behind the bytes */
    METHOD_STORED = 0,
    METHOD_DEFLATED = 8,
    RAW_WINDOW = -15, /* zlib: the largest window, without a header */
    MEMORY_LEVEL = 8,
};

struct part {
    char name[NAME_BYTES];
    uint32_t offset, checksum;
    uint64_t size, packed;
    uint16_t flags, method;
};

struct zip_stream {
    struct sink *sink;
    uint64_t offset;
    struct buffer parts; /* struct part */
    struct part at;      /* the one being written */
    z_stream deflater;
    bool too_large;
    uint16_t day, time; /* as MS-DOS has them */
};

static void put_bytes(struct zip_stream *zip, struct slice bytes)
{
    sink_put(zip->sink, bytes);
    zip->offset += bytes.len;
    zip->too_large = zip->too_large || zip->offset > UINT32_MAX;
}

static void put_le(struct zip_stream *zip, uint64_t value, size_t bytes)
{
    char little[8];
    for (size_t i = 0; i < bytes; i++) {
        little[i] = (char)(value >> (8 * i));
    }
    put_bytes(zip, (struct slice){little, bytes});
}

struct zip_stream *zip_stream_create(struct sink *sink, int64_t made_at)
{
    struct zip_stream *zip = calloc(1, sizeof *zip);
    if (!zip) {
        return NULL;
    }
    struct clock_civil at = clock_civil_nl(made_at);
    zip->sink = sink;
    zip->day = (uint16_t)((at.year - 1980) << 9 | at.month << 5 | at.day);
    zip->time = (uint16_t)(at.hour << 11 | at.minute << 5);
    if (deflateInit2(&zip->deflater, Z_BEST_SPEED, Z_DEFLATED, RAW_WINDOW, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        free(zip);
        return NULL;
    }
    buffer_init(&zip->parts, PARTS_MAX * sizeof(struct part));
    return zip;
}

void zip_stream_destroy(struct zip_stream *zip)
{
    if (zip) {
        deflateEnd(&zip->deflater);
        buffer_free(&zip->parts);
        free(zip);
    }
}

/* What the local header and the directory have in common. */
static void put_facts(struct zip_stream *zip, const struct part *part)
{
    put_le(zip, VERSION_NEEDED, 2);
    put_le(zip, part->flags, 2);
    put_le(zip, part->method, 2);
    put_le(zip, zip->time, 2);
    put_le(zip, zip->day, 2);
    put_le(zip, part->checksum, 4);
    put_le(zip, part->packed, 4);
    put_le(zip, part->size, 4);
    put_le(zip, strlen(part->name), 2);
    put_le(zip, 0, 2);
}

static void begin_part(struct zip_stream *zip, const char *name)
{
    zip->at.offset = (uint32_t)zip->offset;
    snprintf(zip->at.name, sizeof zip->at.name, "%s", name);
    put_le(zip, LOCAL_SIGNATURE, 4);
    put_facts(zip, &zip->at);
    put_bytes(zip, slice_from_cstr(zip->at.name));
}

static void end_part(struct zip_stream *zip)
{
    buffer_append(&zip->parts, (struct slice){(const char *)&zip->at, sizeof zip->at});
    zip->too_large = zip->too_large || buffer_failed(&zip->parts);
}

void zip_stream_stored(struct zip_stream *zip, const char *name, struct slice bytes)
{
    zip->at =
        (struct part){.method = METHOD_STORED,
                      .size = bytes.len,
                      .packed = bytes.len,
                      .checksum = (uint32_t)crc32(0, (const unsigned char *)bytes.ptr, (unsigned)bytes.len)};
    begin_part(zip, name);
    put_bytes(zip, bytes);
    end_part(zip);
}

void zip_stream_begin(struct zip_stream *zip, const char *name)
{
    zip->at = (struct part){.method = METHOD_DEFLATED, .flags = FLAG_BEHIND};
    begin_part(zip, name);
    deflateReset(&zip->deflater);
}

static void pack(struct zip_stream *zip, struct slice bytes, int flush)
{
    z_stream *z = &zip->deflater;
    struct part *part = &zip->at;
    char packed[PACK_BYTES];
    z->next_in = (z_const Bytef *)(uintptr_t)bytes.ptr;
    z->avail_in = (unsigned)bytes.len;
    do {
        z->next_out = (Bytef *)packed;
        z->avail_out = sizeof packed;
        deflate(z, flush); /* cannot fail: state and arguments are sound */
        size_t len = sizeof packed - z->avail_out;
        put_bytes(zip, (struct slice){packed, len});
        part->packed += len;
    } while (z->avail_out == 0);
}

void zip_stream_write(struct zip_stream *zip, struct slice bytes)
{
    struct part *part = &zip->at;
    if (bytes.len == 0) {
        return;
    }
    part->checksum = (uint32_t)crc32(part->checksum, (const unsigned char *)bytes.ptr, (unsigned)bytes.len);
    part->size += bytes.len;
    zip->too_large = zip->too_large || part->size > UINT32_MAX;
    pack(zip, bytes, Z_NO_FLUSH);
}

void zip_stream_end(struct zip_stream *zip)
{
    const struct part *part = &zip->at;
    pack(zip, SLICE(""), Z_FINISH);
    put_le(zip, BEHIND_SIGNATURE, 4);
    put_le(zip, part->checksum, 4);
    put_le(zip, part->packed, 4);
    put_le(zip, part->size, 4);
    end_part(zip);
}

void zip_stream_finish(struct zip_stream *zip)
{
    uint64_t start = zip->offset;
    const struct part *parts = (const struct part *)(const void *)zip->parts.ptr;
    const size_t count = zip->parts.len / sizeof *parts;
    for (size_t i = 0; i < count; i++) {
        const struct part *part = &parts[i];
        put_le(zip, CENTRAL_SIGNATURE, 4);
        put_le(zip, VERSION_NEEDED, 2);
        put_facts(zip, part);
        put_le(zip, 0, 2 + 2 + 2); /* comment, disk, attributes inside */
        put_le(zip, 0, 4);         /* attributes outside */
        put_le(zip, part->offset, 4);
        put_bytes(zip, slice_from_cstr(part->name));
    }
    uint64_t size = zip->offset - start;
    put_le(zip, END_SIGNATURE, 4);
    put_le(zip, 0, 2 + 2);
    put_le(zip, count, 2);
    put_le(zip, count, 2);
    put_le(zip, size, 4);
    put_le(zip, start, 4);
    put_le(zip, 0, 2);
}

bool zip_stream_too_large(const struct zip_stream *zip)
{
    return zip->too_large;
}
