/* DOCX (ISO/IEC 29500, WordprocessingML) and ODT (ISO/IEC 26300) as lines: a paragraph or table row each. The
 * XML is parsed as it is unpacked; a declared document type stops it before any entity is read. */
#include "formats/transcript_internal.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <string.h>

enum { CHUNK_BYTES = 32 * 1024 };

static const char word[] = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
static const char word_strict[] = "http://purl.oclc.org/ooxml/wordprocessingml/main";
static const char compatible[] = "http://schemas.openxmlformats.org/markup-compatibility/2006";
static const char odf_text[] = "urn:oasis:names:tc:opendocument:xmlns:text:1.0";
static const char odf_table[] = "urn:oasis:names:tc:opendocument:xmlns:table:1.0";
static const char odf_office[] = "urn:oasis:names:tc:opendocument:xmlns:office:1.0";
static const char odf_draw[] = "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0";

/* What an element is to us. */
enum mark {
    OTHER,
    BODY, /* only what is in it counts */
    PARAGRAPH,
    TEXT, /* of WordprocessingML: characters count in it alone */
    TAB,
    BREAK,
    SPACES, /* of ODF: several */
    HYPHEN,
    ROW,
    CELL,
    HIDDEN,   /* deleted, or there twice: passed by */
    LEFT_OUT, /* a note, comment or text box: passed by and counted */
    REFERENCE /* to a note that is elsewhere: counted */
};

struct element {
    const char *space;
    const char *name;
    enum mark mark;
};

static const struct element word_elements[] = {
    {word, "body", BODY},
    {word, "p", PARAGRAPH},
    {word, "t", TEXT},
    {word, "tab", TAB},
    {word, "br", BREAK},
    {word, "cr", BREAK},
    {word, "noBreakHyphen", HYPHEN},
    {word, "tr", ROW},
    {word, "tc", CELL},
    {word, "pPr", HIDDEN}, /* its tabs are stops */
    {word, "del", HIDDEN},
    {word, "moveFrom", HIDDEN},
    {word, "txbxContent", LEFT_OUT},
    {word, "footnoteReference", REFERENCE},
    {word, "endnoteReference", REFERENCE},
    {word, "commentReference", REFERENCE},
    {compatible, "Fallback", HIDDEN},
};

static const struct element odf_elements[] = {
    {odf_office, "text", BODY},
    {odf_text, "p", PARAGRAPH},
    {odf_text, "h", PARAGRAPH},
    {odf_text, "tab", TAB},
    {odf_text, "line-break", BREAK},
    {odf_text, "s", SPACES},
    {odf_table, "table-row", ROW},
    {odf_table, "table-cell", CELL},
    {odf_text, "tracked-changes", HIDDEN},
    {odf_text, "note", LEFT_OUT},
    {odf_office, "annotation", LEFT_OUT},
    {odf_draw, "text-box", LEFT_OUT},
};

struct document {
    struct reading *reading;
    xmlParserCtxtPtr parser;
    bool odf;
    bool stopped;  /* by a fault of ours */
    unsigned body; /* elements open of each kind */
    unsigned hidden;
    unsigned texts;
    unsigned rows;
    unsigned paragraphs;
    bool cell_begins; /* a tab is due before the next text of this row */
    bool row_has_text;
    size_t line;
    struct buffer text; /* of the line */
    char *target;       /* of the relations: the main part */
};

static void stop(struct document *document)
{
    document->stopped = true;
    xmlStopParser(document->parser);
}

/* ---- lines ---- */

/* The line ends; what breaks it, an empty one too, makes pieces that belong together. */
static void end_line(struct document *document)
{
    struct piece piece = {.start_ms = TRANSCRIPT_NO_TIME,
                          .end_ms = TRANSCRIPT_NO_TIME,
                          .line = ++document->line,
                          .begins = true};
    struct slice rest = buffer_slice(&document->text);
    while (rest.len > 0) {
        struct slice part;
        slice_cut(&part, &rest, rest, '\n');
        piece.text = slice_trim(part);
        if (piece.text.len > 0) {
            piece.text = arena_copy(document->reading->arena, piece.text);
            transcript_piece(document->reading, &piece);
            piece.begins = false;
        }
    }
    if (buffer_failed(&document->text)) {
        transcript_fault(document->reading, TRANSCRIPT_TEXT_TOO_LONG, piece.line, SLICE(""));
        stop(document);
    }
    buffer_clear(&document->text);
}

static void end_paragraph(struct document *document)
{
    if (document->rows == 0) {
        end_line(document);
    } else {
        buffer_append_byte(&document->text, '\n');
    }
}

/* Of a row: "Name\tfirst paragraph\nsecond paragraph". */
static void end_cell(struct document *document)
{
    while (document->text.len > 0 && strchr("\n\t ", document->text.ptr[document->text.len - 1])) {
        document->text.len--;
    }
    if (document->text.len > 0) {
        buffer_append_byte(&document->text, '\t');
    }
}

static void put(struct document *document, struct slice s)
{
    const bool counts = document->body > 0 && document->hidden == 0 && document->paragraphs > 0;
    if (counts) {
        buffer_append(&document->text, s);
    }
}

/* ---- what the parser meets ---- */

static enum mark mark_of(const struct document *document, const xmlChar *name, const xmlChar *uri)
{
    const struct element *elements = document->odf ? odf_elements : word_elements;
    const size_t count = document->odf ? sizeof odf_elements / sizeof odf_elements[0]
                                       : sizeof word_elements / sizeof word_elements[0];
    const char *space = uri ? (const char *)uri : "";
    if (strcmp(space, word_strict) == 0) {
        space = word;
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp((const char *)name, elements[i].name) == 0 && strcmp(space, elements[i].space) == 0) {
            return elements[i].mark;
        }
    }
    return OTHER;
}

/* The value of an attribute, whatever its namespace; attributes as SAX2 gives them, five pointers each. */
static struct slice attribute(const xmlChar **attributes, int count, const char *name)
{
    for (int i = 0; i < count; i++) {
        const xmlChar **one = attributes + (size_t)i * 5;
        if (strcmp((const char *)one[0], name) == 0) {
            return (struct slice){(const char *)one[3], (size_t)(one[4] - one[3])};
        }
    }
    return SLICE("");
}

static void on_start(void *self, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int spaces,
                     const xmlChar **declared, int count, int defaulted, const xmlChar **attributes)
{
    (void)prefix, (void)spaces, (void)declared, (void)defaulted;
    struct document *document = self;
    const enum mark mark = mark_of(document, name, uri);
    const bool seen = document->body > 0 && document->hidden == 0;
    switch (mark) {
    case BODY:
        document->body++;
        break;
    case PARAGRAPH:
        document->paragraphs++;
        break;
    case TEXT:
        document->texts++;
        break;
    case TAB:
        put(document, SLICE("\t"));
        break;
    case BREAK:
        put(document, SLICE("\n"));
        break;
    case HYPHEN:
        put(document, SLICE("-"));
        break;
    case SPACES: {
        uint64_t times = 1;
        slice_to_u64(&times, attribute(attributes, count, "c"), 1000);
        for (uint64_t i = 0; i < times; i++) {
            put(document, SLICE(" "));
        }
        break;
    }
    case ROW:
        document->rows++;
        break;
    case HIDDEN:
        document->hidden++;
        break;
    case LEFT_OUT:
        document->hidden++;
        document->reading->out->left_out += seen;
        break;
    case REFERENCE:
        document->reading->out->left_out += seen;
        break;
    case CELL:
    case OTHER:
        break;
    }
}

static void on_end(void *self, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    (void)prefix;
    struct document *document = self;
    const enum mark mark = mark_of(document, name, uri);
    const bool seen = document->body > 0 && document->hidden == 0;
    switch (mark) {
    case BODY:
        document->body--;
        break;
    case PARAGRAPH:
        document->paragraphs--;
        if (seen) {
            end_paragraph(document);
        }
        break;
    case TEXT:
        document->texts--;
        break;
    case ROW:
        document->rows--;
        if (seen && document->rows == 0) {
            end_line(document);
        }
        break;
    case CELL:
        if (seen) {
            end_cell(document);
        }
        break;
    case HIDDEN:
    case LEFT_OUT:
        document->hidden--;
        break;
    case OTHER:
    case TAB:
    case BREAK:
    case SPACES:
    case HYPHEN:
    case REFERENCE:
        break;
    }
}

static void on_characters(void *self, const xmlChar *characters, int len)
{
    struct document *document = self;
    if (!document->odf) {
        if (document->texts > 0) {
            put(document, (struct slice){(const char *)characters, (size_t)len});
        }
        return;
    }
    /* ODF: a run of white space is one space (part 1, 6.1.2). */
    for (int i = 0; i < len; i++) {
        const char c = (char)characters[i];
        const struct buffer *text = &document->text;
        const bool white = c != '\0' && strchr(" \t\r\n", c);
        if (!white) {
            put(document, (struct slice){&c, 1});
        } else if (text->len > 0 && !strchr(" \n\t", text->ptr[text->len - 1])) {
            put(document, SLICE(" "));
        }
    }
}

static void on_doctype(void *self, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
    (void)name, (void)external, (void)system;
    struct document *document = self;
    transcript_fault(document->reading, TRANSCRIPT_XML_DOCTYPE, 0, SLICE(""));
    stop(document);
}

static void on_error(void *self, xmlErrorPtr error)
{
    struct document *document = self;
    if (!document->stopped && error->level == XML_ERR_FATAL) {
        const size_t line = error->line > 0 ? (size_t)error->line : 0;
        transcript_fault(document->reading, TRANSCRIPT_BAD_XML, line,
                         slice_trim(slice_from_cstr(error->message)));
        stop(document);
    }
}

/* ---- the relations of a DOCX name its main part ---- */

static void on_relation(void *self, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                        int spaces, const xmlChar **declared, int count, int defaulted,
                        const xmlChar **attributes)
{
    (void)prefix, (void)uri, (void)spaces, (void)declared, (void)defaulted;
    static const char kind[] = "/officeDocument";
    struct document *document = self;
    const struct slice type = attribute(attributes, count, "Type");
    if (strcmp((const char *)name, "Relationship") != 0 || type.len < sizeof kind - 1 || document->target ||
        memcmp(type.ptr + type.len - (sizeof kind - 1), kind, sizeof kind - 1) != 0) {
        return;
    }
    struct slice target = attribute(attributes, count, "Target");
    if (slice_starts_with(target, SLICE("/"))) {
        target = (struct slice){target.ptr + 1, target.len - 1};
    }
    document->target = arena_cstr(document->reading->arena, target);
}

/* ---- parsing ---- */

/* What has no parser to belong to (a failing conversion) would go to standard error. */
static void ignore_error(void *self, xmlErrorPtr error)
{
    (void)self, (void)error;
}

static void ignore_words(void *self, const char *format, ...)
{
    (void)self, (void)format;
}

static void feed(struct document *document, struct document_zip *zip)
{
    xmlParserCtxtPtr parser = document->parser;
    const size_t faults = document->reading->out->fault_total;
    char *chunk = arena_alloc(document->reading->arena, CHUNK_BYTES);
    int got = 0;
    while (!document->stopped && (got = document_zip_read(zip, chunk, CHUNK_BYTES)) > 0) {
        xmlParseChunk(parser, chunk, got, 0);
    }
    if (!document->stopped && got == 0) {
        xmlParseChunk(parser, NULL, 0, 1);
    }
    /* The parser gives up without a word where bytes are not of the encoding that the XML names. */
    const bool whole = parser->wellFormed && !parser->disableSAX;
    if (!whole && document->reading->out->fault_total == faults) {
        transcript_fault(document->reading, TRANSCRIPT_BAD_XML, 0, SLICE(""));
    }
}

/* Has the member that was begun parsed. */
static void parse(struct document *document, struct document_zip *zip, xmlSAXHandler *handler)
{
    /* Those of this thread. */
    const xmlStructuredErrorFunc errors = xmlStructuredError;
    const xmlGenericErrorFunc words = xmlGenericError;
    void *const errors_self = xmlStructuredErrorContext, *const words_self = xmlGenericErrorContext;
    handler->initialized = XML_SAX2_MAGIC;
    handler->internalSubset = on_doctype;
    handler->serror = on_error;
    document->stopped = false;
    document->parser = xmlCreatePushParserCtxt(handler, document, NULL, 0, NULL);
    if (!document->parser) {
        transcript_fault(document->reading, TRANSCRIPT_BAD_XML, 0, SLICE("out of memory"));
        return;
    }
    xmlCtxtUseOptions(document->parser, XML_PARSE_NONET);
    xmlSetStructuredErrorFunc(NULL, ignore_error);
    xmlSetGenericErrorFunc(NULL, ignore_words);
    feed(document, zip);
    xmlSetStructuredErrorFunc(errors_self, errors);
    xmlSetGenericErrorFunc(words_self, words);
    if (document->parser->myDoc) {
        xmlFreeDoc(document->parser->myDoc);
    }
    xmlFreeParserCtxt(document->parser);
    document->parser = NULL;
}

static const char *main_part(struct document *document, struct document_zip *zip)
{
    if (document->odf) {
        return "content.xml";
    }
    xmlSAXHandler relations = {.startElementNs = on_relation};
    if (document_zip_begin(zip, "_rels/.rels")) {
        parse(document, zip, &relations);
    }
    return document->target ? document->target : "word/document.xml";
}

void transcript_read_document(struct reading *reading, struct slice file)
{
    struct document document = {.reading = reading, .odf = reading->out->format == TRANSCRIPT_ODT};
    xmlSAXHandler handler = {.startElementNs = on_start,
                             .endElementNs = on_end,
                             .characters = on_characters,
                             .ignorableWhitespace = on_characters,
                             .cdataBlock = on_characters};
    struct document_zip *zip = document_zip_open(reading, file);
    if (!zip) {
        return;
    }
    reading->out->encoded = TRANSCRIPT_BY_STANDARD;
    buffer_init(&document.text, TRANSCRIPT_TEXT_MAX);
    const char *part = main_part(&document, zip);
    if (reading->out->fault_total == 0) {
        if (document_zip_begin(zip, part)) {
            parse(&document, zip, &handler);
        } else if (reading->out->fault_total == 0) {
            transcript_fault(reading, TRANSCRIPT_NO_BODY, 0, slice_from_cstr(part));
        }
    }
    buffer_free(&document.text);
    document_zip_close(zip);
}
