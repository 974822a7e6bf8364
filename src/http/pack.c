/* Texts that are packed (gzip, RFC 1952) for whoever takes them so. */
#include "http/exchange.h"

#include "http/negotiate.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* What fits a packet arrives no sooner when it is shorter. */
enum { PACK_LEAST_BYTES = 1400, GZIP_WINDOW = 15 + 16, MEMORY_LEVEL = 8, ENCODING_MAX = 256 };

static bool is_text(const char *content_type)
{
    static const char *const types[] = {"text/", "application/json", "application/ld+json",
                                        "application/atom+xml", "image/svg+xml"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strncmp(content_type, types[i], strlen(types[i])) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_json(const char *content_type)
{
    return strncmp(content_type, "application/", 12) == 0 && strstr(content_type, "json") != NULL;
}

/* *packed is the caller's to free. False: no memory, or it would be no shorter. */
static bool pack(char **packed, size_t *size, struct slice text)
{
    z_stream deflater = {0};
    union {
        const char *borrowed;
        Bytef *for_library;
    } bytes = {.borrowed = text.ptr};
    *packed = malloc(text.len);
    if (!*packed || text.len > UINT32_MAX ||
        deflateInit2(&deflater, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        free(*packed);
        return false;
    }
    deflater.next_in = bytes.for_library;
    deflater.avail_in = (uInt)text.len;
    deflater.next_out = (Bytef *)*packed;
    deflater.avail_out = (uInt)text.len;
    const bool whole = deflate(&deflater, Z_FINISH) == Z_STREAM_END;
    *size = deflater.total_out;
    deflateEnd(&deflater);
    if (!whole) {
        free(*packed);
    }
    return whole;
}

/* A strong tag names these bytes and no others (RFC 9110, 8.8.3). */
static void name_packed(struct http_exchange *ex)
{
    const struct reply_header *tag = headers_find(ex->reply.headers, "ETag");
    const size_t length = tag ? strlen(tag->value) : 0;
    if (length > 1 && tag->value[length - 1] == '"') {
        http_set_header(ex, "ETag", arena_printf(ex->arena, "%.*s-gzip\"", (int)length - 1, tag->value).ptr);
    }
}

void http_reply_pack(struct http_exchange *ex)
{
    char *packed;
    size_t size;
    struct reply *reply = &ex->reply;
    if (reply->status != 200 || reply->file || !reply->content_type || !is_text(reply->content_type) ||
        reply->body.len < PACK_LEAST_BYTES || headers_find(reply->headers, "Content-Encoding") ||
        (ex->invented && is_json(reply->content_type))) {
        return;
    }
    const char *varies = headers_varies(ex);
    if (varies) {
        http_set_header(ex, "Vary", arena_printf(ex->arena, "%s, Accept-Encoding", varies).ptr);
    } else if (headers_may_be_cached(ex)) {
        http_set_header(ex, "Vary", "Accept-Encoding");
    }
    if (http_accepts_gzip(ex) && pack(&packed, &size, reply->body)) {
        arena_defer(ex->arena, free, packed);
        reply->body = (struct slice){packed, size};
        http_set_header(ex, "Content-Encoding", "gzip");
        name_packed(ex);
    }
}
