/* ODS: each sheet is kept as XML until the end, since they stand one after the other in the file. */
#include "formats/ods.h"
#include "formats/workbook_internal.h"
#include "formats/zip_stream.h"

#include "base/buffer.h"

#include <stdio.h>
#include <string.h>

enum { SHEET_SINK_BYTES = 64 * 1024, PART_BYTES_MAX = 1024 * 1024 };

#define XMLNS(name, uri) " xmlns:" name "=\"urn:oasis:names:tc:opendocument:xmlns:" uri "\""

static const char manifest[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<manifest:manifest" XMLNS(
        "manifest", "manifest:1.0") " manifest:version=\"1.2\">"
                                    "<manifest:file-entry manifest:full-path=\"/\" manifest:version=\"1.2\" "
                                    "manifest:media-type=\"" ODS_MEDIA_TYPE "\"/>"
                                    "<manifest:file-entry manifest:full-path=\"content.xml\" "
                                    "manifest:media-type=\"text/xml\"/>"
                                    "<manifest:file-entry manifest:full-path=\"meta.xml\" "
                                    "manifest:media-type=\"text/xml\"/>"
                                    "<manifest:file-entry manifest:full-path=\"settings.xml\" "
                                    "manifest:media-type=\"text/xml\"/>"
                                    "</manifest:manifest>\n";

static const char content_begin[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<office:document-content" XMLNS("office", "office:1.0") XMLNS("table", "table:1.0")
        XMLNS("text", "text:1.0") XMLNS("style", "style:1.0") XMLNS("number", "datastyle:1.0")
            XMLNS("fo", "xsl-fo-compatible:1.0") " xmlns:xlink=\"http://www.w3.org/1999/xlink\""
                                                 " office:version=\"1.2\">";
static const char content_end[] = "</office:spreadsheet></office:body></office:document-content>\n";

static const char settings_begin[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<office:document-settings" XMLNS("office", "office:1.0") XMLNS(
        "config",
        "config:1.0") " xmlns:ooo=\"http://openoffice.org/2004/office\" "
                      "office:version=\"1.2\"><office:settings>"
                      "<config:config-item-set config:name=\"ooo:view-settings\">"
                      "<config:config-item-map-indexed config:name=\"Views\"><config:config-item-map-entry>"
                      "<config:config-item config:name=\"ViewId\" "
                      "config:type=\"string\">view1</config:config-item>"
                      "<config:config-item-map-named config:name=\"Tables\">";
static const char settings_end[] =
    "</config:config-item-map-named></config:config-item-map-entry></config:config-item-map-indexed>"
    "</config:config-item-set></office:settings></office:document-settings>\n";

struct ods_sheet {
    struct buffer xml;
    struct sink cells; /* into xml */
};

struct book_state {
    struct zip_stream *zip;
    struct ods_sheet sheets[WORKBOOK_SHEETS_MAX];
};

static bool into_xml(const void *bytes, size_t size, void *self)
{
    struct ods_sheet *sheet = self;
    buffer_append(&sheet->xml, (struct slice){bytes, size});
    return !buffer_failed(&sheet->xml);
}

static void sheet_init(struct ods_sheet *sheet, struct arena *arena, size_t bytes_max)
{
    buffer_init(&sheet->xml, bytes_max);
    sheet->cells = (struct sink){.output = {.write = into_xml, .self = sheet},
                                 .bytes = arena_alloc(arena, SHEET_SINK_BYTES),
                                 .cap = SHEET_SINK_BYTES};
}

static struct sink *cells_of(struct workbook *book, size_t sheet)
{
    struct book_state *state = book->state;
    struct sink *cells = &state->sheets[sheet].cells;
    if (cells->failed) {
        book->status = DATASET_TOO_LARGE;
    }
    return cells;
}

static void put_format(struct sink *sink, struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void put_format(struct sink *sink, struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    sink_put(sink, arena_vprintf(arena, format, args));
    va_end(args);
}

/* ---- styles: t<style> of a text, n<style>-<digits> of a number, p<style>-<digits> of a percentage,
 * w<sheet>-<column> of a column ---- */

static void put_cell_style(struct sink *sink, struct arena *arena, const char *name, const char *shape,
                           enum workbook_style style)
{
    const struct workbook_look *look = &workbook_looks[style];
    put_format(sink, arena, "<style:style style:name=\"%s\" style:family=\"table-cell\"", name);
    if (shape) {
        put_format(sink, arena, " style:data-style-name=\"%s\"", shape);
    }
    sink_put_cstr(sink, ">");
    if (look->right) {
        sink_put_cstr(sink, "<style:table-cell-properties style:text-align-source=\"fix\"/>"
                            "<style:paragraph-properties fo:text-align=\"end\"/>");
    }
    sink_put_cstr(sink, "<style:text-properties");
    if (look->bold) {
        sink_put_cstr(sink, " fo:font-weight=\"bold\"");
    }
    if (look->grey) {
        sink_put_cstr(sink, " fo:color=\"#595959\"");
    }
    if (look->points > 0) {
        put_format(sink, arena, " fo:font-size=\"%upt\"", look->points);
    }
    sink_put_cstr(sink, "/></style:style>");
}

static void put_styles_of(struct sink *sink, struct arena *arena, enum workbook_style style)
{
    put_cell_style(sink, arena, arena_printf(arena, "t%d", (int)style).ptr, NULL, style);
    for (unsigned digits = 0; digits <= WORKBOOK_DIGITS_MAX; digits++) {
        put_cell_style(sink, arena, arena_printf(arena, "n%d-%u", (int)style, digits).ptr,
                       arena_printf(arena, "N%u", digits).ptr, style);
        put_cell_style(sink, arena, arena_printf(arena, "p%d-%u", (int)style, digits).ptr,
                       arena_printf(arena, "P%u", digits).ptr, style);
    }
}

static void put_shapes(struct sink *sink, struct arena *arena)
{
    for (unsigned digits = 0; digits <= WORKBOOK_DIGITS_MAX; digits++) {
        put_format(sink, arena,
                   "<number:number-style style:name=\"N%u\"><number:number number:decimal-places=\"%u\" "
                   "number:min-decimal-places=\"%u\" number:min-integer-digits=\"1\"/></number:number-style>"
                   "<number:percentage-style style:name=\"P%u\"><number:number number:decimal-places=\"%u\" "
                   "number:min-decimal-places=\"%u\" number:min-integer-digits=\"1\"/>"
                   "<number:text>%%</number:text></number:percentage-style>",
                   digits, digits, digits, digits, digits, digits);
    }
}

static void put_styles(struct sink *sink, const struct workbook *book)
{
    sink_put_cstr(sink, "<office:automatic-styles>");
    put_shapes(sink, book->arena);
    for (int s = 0; s < WORKBOOK_STYLES; s++) {
        put_styles_of(sink, book->arena, (enum workbook_style)s);
    }
    for (size_t i = 0; i < book->sheet_count; i++) {
        for (size_t c = 0; c < book->sheets[i].width_count; c++) {
            /* A character is some 2.1 mm wide. */
            put_format(sink, book->arena,
                       "<style:style style:name=\"w%zu-%zu\" style:family=\"table-column\">"
                       "<style:table-column-properties style:column-width=\"%u.%umm\"/></style:style>",
                       i, c, book->sheets[i].widths[c] * 21u / 10, book->sheets[i].widths[c] * 21u % 10);
        }
    }
    sink_put_cstr(sink, "</office:automatic-styles><office:body><office:spreadsheet>");
}

/* ---- cells ---- */

static void put_text(struct workbook *book, size_t sheet, enum workbook_style style, const char *text)
{
    struct sink *cells = cells_of(book, sheet);
    char open[96];
    snprintf(open, sizeof open,
             "<table:table-cell table:style-name=\"t%d\" office:value-type=\"string\"><text:p>", (int)style);
    sink_put_cstr(cells, open);
    ods_put_escaped(cells, slice_from_cstr(text));
    sink_put_cstr(cells, "</text:p></table:table-cell>");
}

static void put_number(struct workbook *book, size_t sheet, enum workbook_style style,
                       enum workbook_kind kind, const char *decimal, unsigned digits)
{
    bool percent = kind == WORKBOOK_PERCENT;
    char cell[256];
    snprintf(cell, sizeof cell,
             "<table:table-cell table:style-name=\"%c%d-%u\" office:value-type=\"%s\" office:value=\"%s\"/>",
             percent ? 'p' : 'n', (int)style, digits, percent ? "percentage" : "float", decimal);
    sink_put_cstr(cells_of(book, sheet), cell);
}

static void put_link(struct workbook *book, size_t sheet, const char *text, size_t to_sheet, uint32_t to_row)
{
    struct sink *cells = cells_of(book, sheet);
    char open[192];
    snprintf(open, sizeof open,
             "<table:table-cell table:style-name=\"t0\" office:value-type=\"string\"><text:p>"
             "<text:a xlink:type=\"simple\" xlink:href=\"#%s.A%u\">",
             book->sheets[to_sheet].name, (unsigned)to_row + 1);
    sink_put_cstr(cells, open);
    ods_put_escaped(cells, slice_from_cstr(text));
    sink_put_cstr(cells, "</text:a></text:p></table:table-cell>");
}

static void skip_cells(struct workbook *book, size_t sheet, size_t count)
{
    char cell[64];
    snprintf(cell, sizeof cell, "<table:table-cell table:number-columns-repeated=\"%zu\"/>", count);
    sink_put_cstr(cells_of(book, sheet), cell);
}

static void begin_row(struct workbook *book, size_t sheet)
{
    sink_put_cstr(cells_of(book, sheet), "<table:table-row>");
}

static void end_row(struct workbook *book, size_t sheet)
{
    /* A row without any cell is none to a reader that holds the file against its schema. */
    if (book->at[sheet].column == 0) {
        sink_put_cstr(cells_of(book, sheet), "<table:table-cell/>");
    }
    sink_put_cstr(cells_of(book, sheet), "</table:table-row>\n");
    begin_row(book, sheet);
}

/* ---- the file ---- */

static void begin_table(struct workbook *book, size_t sheet)
{
    struct sink *cells = cells_of(book, sheet);
    size_t widths = book->sheets[sheet].width_count;
    put_format(cells, book->arena, "<table:table table:name=\"%s\">", book->sheets[sheet].name);
    for (size_t c = 0; c < widths; c++) {
        size_t repeated = c + 1 < widths ? 1 : WORKBOOK_COLUMNS_MAX - c;
        put_format(
            cells, book->arena,
            "<table:table-column table:style-name=\"w%zu-%zu\" table:number-columns-repeated=\"%zu\"/>",
            sheet, c, repeated);
    }
    begin_row(book, sheet);
}

static enum dataset_status begin_ods(struct workbook *book)
{
    struct book_state *state = arena_alloc(book->arena, sizeof *state);
    book->state = state;
    for (size_t i = 0; i < book->sheet_count; i++) {
        sheet_init(&state->sheets[i], book->arena, WORKBOOK_SHEET_BYTES_MAX);
        begin_table(book, i);
    }
    state->zip = zip_stream_create(&book->sink, book->about->made_at);
    return state->zip ? DATASET_OK : DATASET_NO_MEMORY;
}

/* A small part that is made in a buffer. */
static bool send_part(struct workbook *book, const char *name,
                      void (*make)(struct sink *, const struct workbook *))
{
    struct book_state *state = book->state;
    struct ods_sheet part;
    sheet_init(&part, book->arena, PART_BYTES_MAX);
    make(&part.cells, book);
    bool good = sink_flush(&part.cells);
    if (good) {
        zip_stream_begin(state->zip, name);
        zip_stream_write(state->zip, buffer_slice(&part.xml));
        zip_stream_end(state->zip);
    }
    buffer_free(&part.xml);
    return good;
}

static void make_meta(struct sink *sink, const struct workbook *book)
{
    sink_put_cstr(
        sink,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<office:document-meta" XMLNS("office", "office:1.0")
            XMLNS("meta", "meta:1.0") " xmlns:dc=\"http://purl.org/dc/elements/1.1/\" office:version=\"1.2\">"
                                      "<office:meta><dc:title>");
    ods_put_escaped(sink, slice_from_cstr(book->about->title));
    sink_put_cstr(sink, "</dc:title><dc:language>");
    ods_put_escaped(sink, slice_from_cstr(book->about->language));
    sink_put_cstr(sink, "</dc:language><dc:creator>");
    ods_put_escaped(sink, slice_from_cstr(book->about->producer));
    sink_put_cstr(sink, "</dc:creator></office:meta></office:document-meta>\n");
}

/* 2: frozen, in the words of its schema. */
static void put_frozen(struct sink *sink, struct arena *arena, const char *way, const char *last,
                       unsigned count)
{
    if (count > 0) {
        put_format(sink, arena,
                   "<config:config-item config:name=\"%sSplitMode\" config:type=\"short\">2"
                   "</config:config-item><config:config-item config:name=\"%sSplitPosition\" "
                   "config:type=\"int\">%u</config:config-item>"
                   "<config:config-item config:name=\"Position%s\" config:type=\"int\">%u"
                   "</config:config-item>",
                   way, way, count, last, count);
    }
}

static void make_settings(struct sink *sink, const struct workbook *book)
{
    sink_put_cstr(sink, settings_begin);
    for (size_t i = 0; i < book->sheet_count; i++) {
        const struct workbook_sheet *sheet = &book->sheets[i];
        put_format(sink, book->arena, "<config:config-item-map-entry config:name=\"%s\">", sheet->name);
        put_frozen(sink, book->arena, "Horizontal", "Right", sheet->frozen_columns);
        put_frozen(sink, book->arena, "Vertical", "Bottom", sheet->frozen_rows);
        sink_put_cstr(sink, "</config:config-item-map-entry>");
    }
    sink_put_cstr(sink, settings_end);
}

static bool send_content(struct workbook *book)
{
    struct book_state *state = book->state;
    struct ods_sheet head;
    sheet_init(&head, book->arena, PART_BYTES_MAX);
    sink_put_cstr(&head.cells, content_begin);
    put_styles(&head.cells, book);
    bool good = sink_flush(&head.cells);
    zip_stream_begin(state->zip, "content.xml");
    zip_stream_write(state->zip, buffer_slice(&head.xml));
    for (size_t i = 0; i < book->sheet_count; i++) {
        struct ods_sheet *sheet = &state->sheets[i];
        /* The row that was begun and has nothing yet. */
        sink_put_cstr(&sheet->cells, "<table:table-cell/></table:table-row></table:table>");
        good = sink_flush(&sheet->cells) && good;
        zip_stream_write(state->zip, buffer_slice(&sheet->xml));
        buffer_free(&sheet->xml);
    }
    zip_stream_write(state->zip, slice_from_cstr(content_end));
    zip_stream_end(state->zip);
    buffer_free(&head.xml);
    return good;
}

static enum dataset_status end_ods(struct workbook *book)
{
    struct book_state *state = book->state;
    zip_stream_stored(state->zip, "mimetype", SLICE(ODS_MEDIA_TYPE));
    zip_stream_stored(state->zip, "META-INF/manifest.xml", slice_from_cstr(manifest));
    bool good = send_part(book, "meta.xml", make_meta) && send_part(book, "settings.xml", make_settings) &&
                send_content(book);
    zip_stream_finish(state->zip);
    return good && !zip_stream_too_large(state->zip) ? DATASET_OK : DATASET_TOO_LARGE;
}

static void destroy_ods(struct workbook *book)
{
    struct book_state *state = book->state;
    if (state) {
        zip_stream_destroy(state->zip);
        for (size_t i = 0; i < book->sheet_count; i++) {
            buffer_free(&state->sheets[i].xml);
        }
    }
}

const struct workbook_writer workbook_ods_writer = {.facts = {"ods", ODS_MEDIA_TYPE},
                                                    .begin = begin_ods,
                                                    .text = put_text,
                                                    .number = put_number,
                                                    .link = put_link,
                                                    .skip = skip_cells,
                                                    .row_end = end_row,
                                                    .end = end_ods,
                                                    .destroy = destroy_ods};
