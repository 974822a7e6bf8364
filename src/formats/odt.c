#include "formats/odt.h"

#include "base/buffer.h"
#include "formats/ods.h"
#include "formats/zip_stream.h"

#include <stdlib.h>

enum { SINK_BYTES = 16 * 1024 };

#define OASIS "urn:oasis:names:tc:opendocument:xmlns:"

static const char manifest[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<manifest:manifest xmlns:manifest=\"" OASIS "manifest:1.0\" manifest:version=\"1.2\">"
    "<manifest:file-entry manifest:full-path=\"/\" manifest:version=\"1.2\" "
    "manifest:media-type=\"" ODT_MEDIA_TYPE
    "\"/><manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/>"
    "<manifest:file-entry manifest:full-path=\"styles.xml\" manifest:media-type=\"text/xml\"/>"
    "</manifest:manifest>\n";

static const char styles_begin[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<office:document-styles xmlns:office=\"" OASIS "office:1.0\" xmlns:style=\"" OASIS
    "style:1.0\" xmlns:fo=\"" OASIS "xsl-fo-compatible:1.0\" office:version=\"1.2\"><office:styles>"
    "<style:default-style style:family=\"paragraph\"><style:paragraph-properties "
    "fo:margin-bottom=\"0.25cm\"/>"
    "<style:text-properties fo:font-size=\"11pt\" fo:language=\"";
static const char styles_end[] =
    "\"/></style:default-style>"
    "<style:style style:name=\"Standard\" style:family=\"paragraph\"/>"
    "<style:style style:name=\"Heading_20_1\" style:display-name=\"Heading 1\" style:family=\"paragraph\" "
    "style:parent-style-name=\"Standard\" style:default-outline-level=\"1\"><style:text-properties "
    "fo:font-size=\"16pt\" fo:font-weight=\"bold\"/></style:style>"
    "<style:style style:name=\"Heading_20_2\" style:display-name=\"Heading 2\" style:family=\"paragraph\" "
    "style:parent-style-name=\"Standard\" style:default-outline-level=\"2\"><style:paragraph-properties "
    "fo:margin-top=\"0.5cm\" fo:keep-with-next=\"always\"/><style:text-properties fo:font-size=\"13pt\" "
    "fo:font-weight=\"bold\"/></style:style></office:styles></office:document-styles>\n";

static const char content_begin[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<office:document-content xmlns:office=\"" OASIS "office:1.0\" xmlns:text=\"" OASIS
    "text:1.0\" office:version=\"1.2\"><office:body><office:text>";
static const char content_end[] = "</office:text></office:body></office:document-content>\n";

static const struct {
    const char *begin, *end;
} tags[] = {
    [ODT_TITLE] = {"<text:h text:style-name=\"Heading_20_1\" text:outline-level=\"1\">", "</text:h>"},
    [ODT_HEADING] = {"<text:h text:style-name=\"Heading_20_2\" text:outline-level=\"2\">", "</text:h>"},
    [ODT_PARAGRAPH] = {"<text:p text:style-name=\"Standard\">", "</text:p>"},
};

static bool keep(const void *bytes, size_t size, void *self)
{
    struct buffer *buffer = self;
    buffer_append(buffer, (struct slice){bytes, size});
    return !buffer_failed(buffer);
}

static bool sink_open(struct sink *sink, struct buffer *buffer)
{
    *sink = (struct sink){.output = {.write = keep, .self = buffer}, .cap = SINK_BYTES};
    sink->bytes = malloc(sink->cap);
    sink->failed = !sink->bytes;
    return !sink->failed;
}

static void put_block(struct sink *sink, const struct odt_block *block)
{
    struct slice rest = block->text, line;
    bool more = true;
    sink_put_cstr(sink, tags[block->kind].begin);
    while (more) {
        more = slice_cut(&line, &rest, rest, '\n');
        ods_put_escaped(sink, line);
        if (more) {
            sink_put_cstr(sink, "<text:line-break/>");
        }
    }
    sink_put_cstr(sink, tags[block->kind].end);
}

/* content.xml. */
static bool write_content(struct buffer *content, const struct odt_block *blocks, size_t count)
{
    struct sink sink;
    if (!sink_open(&sink, content)) {
        return false;
    }
    sink_put_cstr(&sink, content_begin);
    for (size_t i = 0; i < count; i++) {
        put_block(&sink, &blocks[i]);
    }
    sink_put_cstr(&sink, content_end);
    const bool good = sink_flush(&sink) && !buffer_failed(content);
    free(sink.bytes);
    return good;
}

static void put_part(struct zip_stream *zip, const char *name, struct slice bytes)
{
    zip_stream_begin(zip, name);
    zip_stream_write(zip, bytes);
    zip_stream_end(zip);
}

static bool write_zip(struct buffer *out, const struct buffer *content, const char *language, int64_t made_at)
{
    struct sink sink;
    struct buffer styles;
    bool good = false;
    if (!sink_open(&sink, out)) {
        return false;
    }
    buffer_init(&styles, ODT_BYTES_MAX);
    buffer_append_cstr(&styles, styles_begin);
    buffer_append_cstr(&styles, language);
    buffer_append_cstr(&styles, styles_end);
    struct zip_stream *zip = zip_stream_create(&sink, made_at);
    if (zip && !buffer_failed(&styles)) {
        /* First and as it is, so that the kind of file can be read at its front. */
        zip_stream_stored(zip, "mimetype", SLICE(ODT_MEDIA_TYPE));
        put_part(zip, "content.xml", buffer_slice(content));
        put_part(zip, "styles.xml", buffer_slice(&styles));
        put_part(zip, "META-INF/manifest.xml", slice_from_cstr(manifest));
        zip_stream_finish(zip);
        good = sink_flush(&sink) && !buffer_failed(out) && !zip_stream_too_large(zip);
    }
    zip_stream_destroy(zip);
    buffer_free(&styles);
    free(sink.bytes);
    return good;
}

bool odt_write(struct slice *file, struct arena *arena, const struct odt_block *blocks, size_t count,
               const char *language, int64_t made_at)
{
    struct buffer content, out;
    buffer_init(&content, ODT_BYTES_MAX);
    buffer_init(&out, ODT_BYTES_MAX);
    const bool good = write_content(&content, blocks, count) && write_zip(&out, &content, language, made_at);
    if (good) {
        *file = arena_copy(arena, buffer_slice(&out));
    }
    buffer_free(&content);
    buffer_free(&out);
    return good;
}
