#include "http/upload.h"

#include "base/utf8.h"

#include <microhttpd.h>
#include <string.h>

/* Of libmicrohttpd's own buffer, in which a header line of a part has to fit. */
enum { PROCESSOR_BYTES = 16 * 1024 };

struct upload_part {
    struct upload_part *next;
    struct slice name;
    struct slice file_name;
    bool is_file;
    size_t at, length; /* in ex->body */
};

struct upload {
    struct MHD_PostProcessor *processor;
    struct http_exchange *ex;
    struct upload_part *first, *last;
    size_t count;
    enum upload_fault fault;
};

static bool leaves_bytes(const char *transfer_encoding)
{
    const struct slice encoding = slice_trim(slice_from_cstr(transfer_encoding));
    return encoding.len == 0 || slice_equal_nocase(encoding, SLICE("binary")) ||
           slice_equal_nocase(encoding, SLICE("8bit")) || slice_equal_nocase(encoding, SLICE("7bit"));
}

/* libmicrohttpd tells a part by pieces and not where one begins: offset 0 does. But it may begin a part with
 * a piece of nothing, after which the next one is at offset 0 still. */
static bool goes_on(const struct upload_part *part, struct slice name, const char *file_name, uint64_t offset)
{
    return part && (offset > 0 || (part->length == 0 && slice_equal(part->name, name) &&
                                   part->is_file == (file_name != NULL)));
}

static enum upload_fault add_part(struct upload *u, struct slice name, const char *file_name,
                                  const char *transfer_encoding)
{
    struct arena *arena = u->ex->arena;
    struct slice file = slice_from_cstr(file_name);
    if (!leaves_bytes(transfer_encoding)) {
        return UPLOAD_ENCODED;
    }
    if (!utf8_valid(name) || !utf8_valid(file)) {
        return UPLOAD_BAD_TEXT;
    }
    if (u->count == HTTP_MAX_FORM_FIELDS) {
        return UPLOAD_TOO_MANY;
    }
    struct upload_part *part = arena_alloc(arena, sizeof *part);
    *part = (struct upload_part){.name = arena_copy(arena, name),
                                 .file_name = arena_copy(arena, file),
                                 .is_file = file_name != NULL,
                                 .at = u->ex->body.len};
    if (u->last) {
        u->last->next = part;
    } else {
        u->first = part;
    }
    u->last = part;
    u->count++;
    return UPLOAD_OK;
}

static enum MHD_Result on_piece(void *cls, enum MHD_ValueKind kind, const char *key, const char *file_name,
                                const char *content_type, const char *transfer_encoding, const char *data,
                                uint64_t offset, size_t size)
{
    struct upload *u = cls;
    const struct slice name = slice_from_cstr(key);
    (void)kind;
    (void)content_type;
    if (!key) {
        u->fault = UPLOAD_MALFORMED;
    } else if (!goes_on(u->last, name, file_name, offset)) {
        u->fault = add_part(u, name, file_name, transfer_encoding);
    }
    if (u->fault == UPLOAD_OK && size > 0) {
        buffer_append(&u->ex->body, (struct slice){data, size});
        u->last->length += size;
        u->fault = buffer_failed(&u->ex->body) ? UPLOAD_NO_MEMORY : UPLOAD_OK;
    }
    return u->fault == UPLOAD_OK ? MHD_YES : MHD_NO;
}

struct upload *upload_begin(struct http_exchange *ex)
{
    struct upload *upload = arena_alloc(ex->arena, sizeof *upload);
    *upload = (struct upload){.ex = ex};
    upload->processor = MHD_create_post_processor(ex->connection, PROCESSOR_BYTES, on_piece, upload);
    return upload->processor ? upload : NULL;
}

enum upload_fault upload_take(struct upload *u, struct slice piece)
{
    if (MHD_post_process(u->processor, piece.ptr, piece.len) != MHD_YES && u->fault == UPLOAD_OK) {
        u->fault = UPLOAD_MALFORMED;
    }
    return u->fault;
}

static bool is_text(struct slice value)
{
    return utf8_valid(value) && !(value.len > 0 && memchr(value.ptr, '\0', value.len));
}

enum upload_fault upload_end(struct upload *u)
{
    struct http_exchange *ex = u->ex;
    /* Of text in front of the first part libmicrohttpd says nothing. */
    bool whole = MHD_destroy_post_processor(u->processor) == MHD_YES && u->count > 0;
    u->processor = NULL;
    if (u->fault != UPLOAD_OK || !whole) {
        return u->fault != UPLOAD_OK ? u->fault : UPLOAD_MALFORMED;
    }
    ex->form = arena_array(ex->arena, u->count, sizeof *ex->form);
    ex->files = arena_array(ex->arena, u->count, sizeof *ex->files);
    for (const struct upload_part *part = u->first; part; part = part->next) {
        const struct slice value = {part->length > 0 ? ex->body.ptr + part->at : "", part->length};
        if (part->is_file) {
            ex->files[ex->file_count++] = (struct http_file){part->name, part->file_name, value};
        } else if (is_text(value)) {
            ex->form[ex->form_count++] = (struct http_field){part->name, value};
        } else {
            return UPLOAD_BAD_TEXT;
        }
    }
    return UPLOAD_OK;
}

void upload_free(struct upload *u)
{
    if (u && u->processor) {
        MHD_destroy_post_processor(u->processor);
        u->processor = NULL;
    }
}
