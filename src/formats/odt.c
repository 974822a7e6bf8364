#include "formats/odt.h"

#include "formats/ods.h"
#include "formats/zip_parts.h"

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
    if (!sink_begin(&sink, content)) {
        return false;
    }
    sink_put_cstr(&sink, content_begin);
    for (size_t i = 0; i < count; i++) {
        put_block(&sink, &blocks[i]);
    }
    sink_put_cstr(&sink, content_end);
    return sink_end(&sink, content);
}

bool odt_write(struct slice *file, struct arena *arena, const struct odt_block *blocks, size_t count,
               const char *language, int64_t made_at)
{
    struct buffer content;
    buffer_init(&content, ODT_BYTES_MAX);
    bool good = write_content(&content, blocks, count);
    if (good) {
        const struct zip_part parts[] = {
            /* First and as it is, so that the kind of file can be read at its front. */
            {.name = "mimetype", .bytes = SLICE(ODT_MEDIA_TYPE), .stored = true},
            {.name = "content.xml", .bytes = buffer_slice(&content)},
            {.name = "styles.xml",
             .bytes = arena_printf(arena, "%s%s%s", styles_begin, language, styles_end)},
            {.name = "META-INF/manifest.xml", .bytes = slice_from_cstr(manifest)},
        };
        good = zip_parts_write(file, arena, parts, sizeof parts / sizeof parts[0], made_at, ODT_BYTES_MAX);
    }
    buffer_free(&content);
    return good;
}
