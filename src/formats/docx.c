#include "formats/docx.h"

#include "formats/ods.h"
#include "formats/zip_parts.h"

#define XML     "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define PACKAGE "http://schemas.openxmlformats.org/package/2006/"

static const char types[] = XML
    "<Types xmlns=\"" PACKAGE "content-types\">"
    "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
    "<Override PartName=\"/word/document.xml\" ContentType=\"" DOCX_MEDIA_TYPE ".main+xml\"/></Types>\n";

static const char relations[] =
    XML "<Relationships xmlns=\"" PACKAGE "relationships\"><Relationship Id=\"rId1\" "
        "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" "
        "Target=\"word/document.xml\"/></Relationships>\n";

static const char document_begin[] =
    XML "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>";
static const char document_end[] = "<w:sectPr/></w:body></w:document>\n";

static void put_paragraph(struct sink *sink, struct slice text)
{
    struct slice rest = text, line;
    bool more = true;
    sink_put_cstr(sink, "<w:p><w:r>");
    while (more) {
        more = slice_cut(&line, &rest, rest, '\n');
        sink_put_cstr(sink, "<w:t xml:space=\"preserve\">");
        ods_put_escaped(sink, line);
        sink_put_cstr(sink, more ? "</w:t><w:br/>" : "</w:t>");
    }
    sink_put_cstr(sink, "</w:r></w:p>");
}

static bool write_document(struct buffer *document, const struct slice *paragraphs, size_t count)
{
    struct sink sink;
    if (!sink_begin(&sink, document)) {
        return false;
    }
    sink_put_cstr(&sink, document_begin);
    for (size_t i = 0; i < count; i++) {
        put_paragraph(&sink, paragraphs[i]);
    }
    sink_put_cstr(&sink, document_end);
    return sink_end(&sink, document);
}

bool docx_write(struct slice *file, struct arena *arena, const struct slice *paragraphs, size_t count,
                int64_t made_at)
{
    struct buffer document;
    buffer_init(&document, DOCX_BYTES_MAX);
    bool good = write_document(&document, paragraphs, count);
    if (good) {
        const struct zip_part parts[] = {
            {.name = "[Content_Types].xml", .bytes = slice_from_cstr(types)},
            {.name = "_rels/.rels", .bytes = slice_from_cstr(relations)},
            {.name = "word/document.xml", .bytes = buffer_slice(&document)},
        };
        good = zip_parts_write(file, arena, parts, sizeof parts / sizeof parts[0], made_at, DOCX_BYTES_MAX);
    }
    buffer_free(&document);
    return good;
}
