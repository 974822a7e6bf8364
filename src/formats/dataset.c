/* The frame around the writers: facts, the contract of a row, and the way to the output. */
#include "formats/dataset_internal.h"

#include "base/buffer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SINK_BYTES = 256 * 1024,
    WRITER_ARENA_MAX = 48 * 1024 * 1024,
    TEXT_MAX = 255,
};

static const struct format_writer *const writers[DATASET_FORMATS] = {
    [DATASET_CSV] = &csv_writer, [DATASET_CSVW] = &csvw_writer, [DATASET_JSON_LINES] = &json_lines_writer,
    [DATASET_SAV] = &sav_writer, [DATASET_DTA] = &dta_writer,   [DATASET_XLSX] = &xlsx_writer,
    [DATASET_ODS] = &ods_writer, [DATASET_DDI] = &ddi_writer,
};

bool dataset_format_find(enum dataset_format *out, struct slice name)
{
    for (int i = 0; i < DATASET_FORMATS; i++) {
        if (slice_equal_cstr(name, writers[i]->facts.name)) {
            *out = (enum dataset_format)i;
            return true;
        }
    }
    return false;
}

const struct dataset_format_facts *dataset_format_facts(enum dataset_format format)
{
    return &writers[format]->facts;
}

/* ---- to the output ---- */

bool sink_flush(struct sink *sink)
{
    if (!sink->failed && sink->len > 0) {
        sink->failed = !sink->output.write(sink->bytes, sink->len, sink->output.self);
    }
    sink->len = 0;
    return !sink->failed;
}

char *sink_reserve(struct sink *sink, size_t size)
{
    if (sink->cap - sink->len < size) {
        sink_flush(sink);
    }
    return sink->bytes + sink->len;
}

void sink_put(struct sink *sink, struct slice bytes)
{
    while (bytes.len > 0) {
        const size_t part = bytes.len < sink->cap ? bytes.len : sink->cap;
        memcpy(sink_reserve(sink, part), bytes.ptr, part);
        sink->len += part;
        bytes = (struct slice){bytes.ptr + part, bytes.len - part};
    }
}

void sink_put_cstr(struct sink *sink, const char *text)
{
    sink_put(sink, slice_from_cstr(text));
}

size_t real_text(char out[REAL_BYTES], double value)
{
    int len = snprintf(out, REAL_BYTES, "%.15g", value);
    if (strtod(out, NULL) != value) {
        len = snprintf(out, REAL_BYTES, "%.17g", value);
    }
    return (size_t)len;
}

size_t number_text(char out[NUMBER_BYTES], int32_t value)
{
    char reversed[NUMBER_BYTES];
    size_t len = 0;
    uint32_t rest = (uint32_t)value; /* never negative: see check_cell */
    do {
        reversed[len++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    for (size_t i = 0; i < len; i++) {
        out[i] = reversed[len - 1 - i];
    }
    return len;
}

struct slice cell_text(char room[REAL_BYTES], const struct dataset *dataset,
                       const struct dataset_variable *variable, const struct dataset_cell *cell)
{
    if (cell->missing > 0) {
        return slice_from_cstr(dataset->missing[cell->missing - 1].code);
    }
    switch (variable->kind) {
    case DATASET_CATEGORY:
        return slice_from_cstr(variable->categories[cell->number].code);
    case DATASET_NUMBER:
        return (struct slice){room, number_text(room, cell->number)};
    case DATASET_REAL:
        return (struct slice){room, real_text(room, cell->real)};
    case DATASET_TEXT:
        return cell->text;
    }
    return (struct slice){NULL, 0};
}

/* ---- the contract ---- */

static bool check_cell(const struct dataset *dataset, const struct dataset_variable *v,
                       const struct dataset_cell *cell)
{
    if (cell->missing > 0) {
        return !v->complete && cell->missing <= dataset->missing_count;
    }
    switch (v->kind) {
    case DATASET_CATEGORY:
        return (uint32_t)cell->number < v->category_count;
    case DATASET_NUMBER:
        return cell->number >= 0 && cell->number <= v->number_max;
    case DATASET_REAL:
        return isfinite(cell->real);
    case DATASET_TEXT:
        return cell->text.len <= v->text_max;
    }
    return false;
}

static bool check_description(const struct dataset *dataset)
{
    if (dataset->variable_count == 0 || dataset->missing_count > DATASET_MISSING_MAX) {
        return false;
    }
    for (size_t i = 0; i < dataset->variable_count; i++) {
        const struct dataset_variable *v = &dataset->variables[i];
        if ((v->kind == DATASET_TEXT && (v->text_max < 1 || v->text_max > TEXT_MAX)) ||
            (v->kind == DATASET_CATEGORY && v->category_count > INT32_MAX)) {
            return false;
        }
    }
    return true;
}

enum dataset_status dataset_writer_create(struct dataset_writer **out, enum dataset_format format,
                                          const struct dataset *dataset, struct dataset_output output)
{
    const struct format_writer *with = writers[format];
    *out = NULL;
    if (!check_description(dataset)) {
        return DATASET_WRONG;
    }
    if (dataset->row_count > with->facts.row_max) {
        return DATASET_TOO_MANY_ROWS;
    }
    if (dataset->variable_count > with->variable_max) {
        return DATASET_TOO_MANY_VARIABLES;
    }
    struct arena *arena = arena_create(WRITER_ARENA_MAX);
    struct dataset_writer *writer = arena_alloc(arena, sizeof *writer);
    *writer = (struct dataset_writer){
        .format = with,
        .which = format,
        .dataset = dataset,
        .arena = arena,
        .sink = {.output = output, .bytes = arena_alloc(arena, SINK_BYTES), .cap = SINK_BYTES}};
    writer->status = with->begin(writer);
    if (writer->status != DATASET_OK) {
        enum dataset_status status = writer->status;
        dataset_writer_destroy(writer);
        return status;
    }
    *out = writer;
    return DATASET_OK;
}

enum dataset_status dataset_writer_row(struct dataset_writer *writer, const struct dataset_cell *cells)
{
    const struct dataset *dataset = writer->dataset;
    if (writer->status != DATASET_OK) {
        return writer->status;
    }
    bool good = writer->rows < dataset->row_count;
    for (size_t i = 0; good && i < dataset->variable_count; i++) {
        good = check_cell(dataset, &dataset->variables[i], &cells[i]);
    }
    writer->rows++;
    writer->status = !good                 ? DATASET_WRONG
                     : writer->format->row ? writer->format->row(writer, cells)
                                           : DATASET_OK;
    if (writer->status == DATASET_OK && writer->sink.failed) {
        writer->status = DATASET_OUTPUT_FAILED;
    }
    return writer->status;
}

enum dataset_status dataset_writer_end(struct dataset_writer *writer)
{
    bool whole = !writer->format->facts.takes_rows || writer->rows == writer->dataset->row_count;
    if (writer->status == DATASET_OK && !whole) {
        writer->status = DATASET_WRONG;
    }
    if (writer->status == DATASET_OK && writer->format->end) {
        writer->status = writer->format->end(writer);
    }
    if (writer->status == DATASET_OK && !sink_flush(&writer->sink)) {
        writer->status = DATASET_OUTPUT_FAILED;
    }
    return writer->status;
}

void dataset_writer_destroy(struct dataset_writer *writer)
{
    if (writer) {
        if (writer->format->destroy) {
            writer->format->destroy(writer);
        }
        arena_destroy(writer->arena);
    }
}
