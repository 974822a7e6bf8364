/* Formats in which a row is a line of text: what a cell looks like is made once, for every code of every
 * variable; a row is then mostly copying. CSV and JSON lines themselves. */
#include "formats/dataset_lines.h"

#include <string.h>

struct column {
    struct slice before;       /* separator and name */
    const struct slice *ready; /* [reason], then [missing_count + category]: with what stands before it */
};

struct lines {
    const struct line_style *style;
    const struct dataset *dataset;
    struct column *columns;
};

/* Bytes of a string between quotes, at most: every byte of it as a \u escape. */
static size_t quoted_bytes_max(size_t len)
{
    return 6 * len + 2;
}

static void put_plain(struct sink *sink, struct slice digits)
{
    sink_put(sink, digits);
}

static void put_csv_string(struct sink *sink, struct slice text)
{
    bool quoted = false;
    for (size_t i = 0; i < text.len && !quoted; i++) {
        quoted = text.ptr[i] == '"' || text.ptr[i] == ',' || text.ptr[i] == '\n' || text.ptr[i] == '\r';
    }
    char *at = sink_reserve(sink, quoted_bytes_max(text.len));
    char *from = at;
    if (quoted) {
        *at++ = '"';
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"') {
            *at++ = '"';
        }
        *at++ = text.ptr[i];
    }
    if (quoted) {
        *at++ = '"';
    }
    sink->len += (size_t)(at - from);
}

static void put_json_string(struct sink *sink, struct slice text)
{
    static const char hex[] = "0123456789abcdef";
    char *at = sink_reserve(sink, quoted_bytes_max(text.len));
    char *from = at;
    *at++ = '"';
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '\\') {
            *at++ = '\\';
            *at++ = (char)c;
        } else if (c < 0x20) {
            memcpy(at, "\\u00", 4);
            at[4] = hex[c >> 4];
            at[5] = hex[c & 15];
            at += 6;
        } else {
            *at++ = (char)c;
        }
    }
    *at++ = '"';
    sink->len += (size_t)(at - from);
}

static const struct line_style csv_style = {"", ",", "\r\n", false, 0, put_csv_string, put_plain};
static const struct line_style json_style = {"{", ",", "}\n", true, 0, put_json_string, put_plain};

/* What the style makes of a string, behind `before`. */
static struct slice made(struct arena *arena, const struct line_style *style, struct slice before,
                         const char *code)
{
    struct slice text = slice_from_cstr(code);
    struct sink keep = {.cap = before.len + quoted_bytes_max(text.len) + style->string_extra};
    keep.bytes = arena_alloc(arena, keep.cap);
    sink_put(&keep, before);
    style->put_string(&keep, text);
    return (struct slice){keep.bytes, keep.len};
}

static struct slice before_cell(struct arena *arena, const struct line_style *style,
                                const struct dataset_variable *v, bool first)
{
    struct slice separator = slice_from_cstr(first ? style->open : style->between);
    if (!style->named) {
        return separator;
    }
    struct slice name = made(arena, style, separator, v->code);
    return arena_printf(arena, "%.*s:", SLICE_ARG(name));
}

struct lines *lines_create(struct arena *arena, const struct dataset *dataset, const struct line_style *style)
{
    struct lines *lines = arena_alloc(arena, sizeof *lines);
    *lines =
        (struct lines){style, dataset, arena_array(arena, dataset->variable_count, sizeof *lines->columns)};
    for (size_t i = 0; i < dataset->variable_count; i++) {
        const struct dataset_variable *v = &dataset->variables[i];
        struct slice before = before_cell(arena, style, v, i == 0);
        uint32_t categories = v->kind == DATASET_CATEGORY ? v->category_count : 0;
        struct slice *ready = arena_array(arena, dataset->missing_count + categories, sizeof *ready);
        for (size_t m = 0; m < dataset->missing_count; m++) {
            ready[m] = made(arena, style, before, dataset->missing[m].code);
        }
        for (uint32_t k = 0; k < categories; k++) {
            ready[dataset->missing_count + k] = made(arena, style, before, v->categories[k].code);
        }
        lines->columns[i] = (struct column){before, ready};
    }
    return lines;
}

void lines_put_row(struct sink *sink, const struct lines *lines, const struct dataset_cell *cells)
{
    const struct dataset *dataset = lines->dataset;
    char room[REAL_BYTES];
    for (size_t i = 0; i < dataset->variable_count; i++) {
        const struct dataset_variable *v = &dataset->variables[i];
        const struct dataset_cell *cell = &cells[i];
        const struct column *column = &lines->columns[i];
        if (cell->missing > 0) {
            sink_put(sink, column->ready[cell->missing - 1]);
        } else if (v->kind == DATASET_CATEGORY) {
            sink_put(sink, column->ready[dataset->missing_count + (uint32_t)cell->number]);
        } else {
            struct slice text = cell_text(room, dataset, v, cell);
            sink_put(sink, column->before);
            (v->kind == DATASET_TEXT ? lines->style->put_string : lines->style->put_number)(sink, text);
        }
    }
    sink_put_cstr(sink, lines->style->close);
}

void lines_put_header(struct sink *sink, const struct dataset *dataset, const struct line_style *style)
{
    for (size_t i = 0; i < dataset->variable_count; i++) {
        sink_put_cstr(sink, i == 0 ? style->open : style->between);
        style->put_string(sink, slice_from_cstr(dataset->variables[i].code));
    }
    sink_put_cstr(sink, style->close);
}

static enum dataset_status begin_csv(struct dataset_writer *writer)
{
    lines_put_header(&writer->sink, writer->dataset, &csv_style);
    writer->state = lines_create(writer->arena, writer->dataset, &csv_style);
    return DATASET_OK;
}

static enum dataset_status begin_json(struct dataset_writer *writer)
{
    writer->state = lines_create(writer->arena, writer->dataset, &json_style);
    return DATASET_OK;
}

static enum dataset_status put_row(struct dataset_writer *writer, const struct dataset_cell *cells)
{
    lines_put_row(&writer->sink, writer->state, cells);
    return DATASET_OK;
}

const struct format_writer csv_writer = {.facts = {"csv", "csv", "text/csv", true, UINT64_MAX},
                                         .variable_max = SIZE_MAX,
                                         .begin = begin_csv,
                                         .row = put_row};
const struct format_writer json_lines_writer = {
    .facts = {"jsonl", "jsonl", "application/jsonl", true, UINT64_MAX},
    .variable_max = SIZE_MAX,
    .begin = begin_json,
    .row = put_row};
