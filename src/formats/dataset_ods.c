/* ODS (OpenDocument 1.2): a ZIP of three parts, written from front to back. */
#include "formats/ods.h"

#include "formats/dataset_lines.h"
#include "formats/zip_stream.h"

#include <string.h>

enum { SHEET_ROWS = 1048576, SHEET_COLUMNS = 16384, STRING_EXTRA = 128 };

static const char manifest[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" "
    "manifest:version=\"1.2\">"
    "<manifest:file-entry manifest:full-path=\"/\" manifest:version=\"1.2\" "
    "manifest:media-type=\"" ODS_MEDIA_TYPE
    "\"/><manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/>"
    "</manifest:manifest>\n";

static const char content_begin[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" "
    "xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" "
    "xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" office:version=\"1.2\">"
    "<office:body><office:spreadsheet>";
static const char content_end[] = "</office:spreadsheet></office:body></office:document-content>\n";

struct ods_state {
    struct zip_stream *zip;
    struct sink cells; /* into content.xml */
    struct lines *lines;
};

static bool into_content(const void *bytes, size_t size, void *self)
{
    struct ods_state *state = self;
    zip_stream_write(state->zip, (struct slice){bytes, size});
    return !zip_stream_too_large(state->zip);
}

/* ---- cells ---- */

static void put_string_cell(struct sink *sink, struct slice text)
{
    sink_put_cstr(sink, "<table:table-cell office:value-type=\"string\"><text:p>");
    ods_put_escaped(sink, text);
    sink_put_cstr(sink, "</text:p></table:table-cell>");
}

static void put_number_cell(struct sink *sink, struct slice digits)
{
    sink_put_cstr(sink, "<table:table-cell office:value-type=\"float\" office:value=\"");
    sink_put(sink, digits);
    sink_put_cstr(sink, "\"><text:p>");
    sink_put(sink, digits);
    sink_put_cstr(sink, "</text:p></table:table-cell>");
}

static const struct line_style style = {
    "<table:table-row>", "", "</table:table-row>\n", false, STRING_EXTRA, put_string_cell, put_number_cell};

static void put_row_of(struct sink *sink, const char *const *texts, size_t count)
{
    sink_put_cstr(sink, style.open);
    for (size_t i = 0; i < count; i++) {
        put_string_cell(sink, slice_from_cstr(texts[i]));
    }
    sink_put_cstr(sink, style.close);
}

/* What codes mean, on a sheet of its own. */
static void put_codebook(struct sink *sink, const struct dataset *dataset)
{
    bool dutch = strcmp(dataset->language, "nl") == 0;
    static const char *const heads[2][4] = {{"variabele", "omschrijving", "code", "betekenis"},
                                            {"variable", "description", "code", "meaning"}};
    sink_put_cstr(sink,
                  dutch ? "<table:table table:name=\"Codeboek\">" : "<table:table table:name=\"Codebook\">");
    for (size_t n = 0; n < dataset->note_count; n++) {
        put_row_of(sink, &dataset->notes[n], 1);
    }
    put_row_of(sink, heads[dutch ? 0 : 1], 4);
    for (size_t m = 0; m < dataset->missing_count; m++) {
        put_row_of(sink, (const char *[]){"", "", dataset->missing[m].code, dataset->missing[m].label}, 4);
    }
    for (size_t i = 0; i < dataset->variable_count; i++) {
        const struct dataset_variable *v = &dataset->variables[i];
        if (v->kind != DATASET_CATEGORY) {
            put_row_of(sink, (const char *[]){v->code, v->label}, 2);
            continue;
        }
        for (uint32_t k = 0; k < v->category_count; k++) {
            put_row_of(sink,
                       (const char *[]){v->code, v->label, v->categories[k].code, v->categories[k].label}, 4);
        }
    }
    sink_put_cstr(sink, "</table:table>");
}

/* ---- the file ---- */

static enum dataset_status begin_ods(struct dataset_writer *writer)
{
    const struct dataset *dataset = writer->dataset;
    struct ods_state *state = arena_alloc(writer->arena, sizeof *state);
    writer->state = state;
    state->zip = zip_stream_create(&writer->sink, dataset->made_at);
    if (!state->zip) {
        return DATASET_NO_MEMORY;
    }
    state->cells = (struct sink){.output = {.write = into_content, .self = state},
                                 .bytes = arena_alloc(writer->arena, writer->sink.cap),
                                 .cap = writer->sink.cap};
    state->lines = lines_create(writer->arena, dataset, &style);
    zip_stream_stored(state->zip, "mimetype", SLICE(ODS_MEDIA_TYPE));
    zip_stream_stored(state->zip, "META-INF/manifest.xml", slice_from_cstr(manifest));
    zip_stream_begin(state->zip, "content.xml");
    sink_put_cstr(&state->cells, content_begin);
    sink_put_cstr(&state->cells, strcmp(dataset->language, "nl") == 0
                                     ? "<table:table table:name=\"Gegevens\">"
                                     : "<table:table table:name=\"Data\">");
    lines_put_header(&state->cells, dataset, &style);
    return DATASET_OK;
}

static enum dataset_status put_ods_row(struct dataset_writer *writer, const struct dataset_cell *cells)
{
    struct ods_state *state = writer->state;
    lines_put_row(&state->cells, state->lines, cells);
    return state->cells.failed ? DATASET_TOO_LARGE : DATASET_OK;
}

static enum dataset_status end_ods(struct dataset_writer *writer)
{
    struct ods_state *state = writer->state;
    sink_put_cstr(&state->cells, "</table:table>");
    put_codebook(&state->cells, writer->dataset);
    sink_put_cstr(&state->cells, content_end);
    sink_flush(&state->cells);
    zip_stream_end(state->zip);
    zip_stream_finish(state->zip);
    return zip_stream_too_large(state->zip) ? DATASET_TOO_LARGE : DATASET_OK;
}

static void destroy_ods(struct dataset_writer *writer)
{
    struct ods_state *state = writer->state;
    if (state) {
        zip_stream_destroy(state->zip);
    }
}

const struct format_writer ods_writer = {.facts = {"ods", "ods", ODS_MEDIA_TYPE, true, SHEET_ROWS - 1},
                                         .variable_max = SHEET_COLUMNS,
                                         .begin = begin_ods,
                                         .row = put_ods_row,
                                         .end = end_ods,
                                         .destroy = destroy_ods};
