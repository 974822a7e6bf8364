/* The metadata that stands beside a CSV file: W3C, Metadata Vocabulary for Tabular Data (2015). The labels of
 * categories have no place in that vocabulary: they are notes, which it leaves free. */
#include "formats/dataset_internal.h"

#include <jansson.h>
#include <string.h>

/* A column's name is a variable of URI templates (RFC 6570), which a dash is not part of. */
static json_t *column_name(struct arena *arena, const char *code)
{
    char *name = arena_alloc(arena, 3 * strlen(code) + 1);
    char *at = name;
    for (; *code; code++) {
        if (*code == '-') {
            memcpy(at, "%2D", 3);
            at += 3;
        } else {
            *at++ = *code;
        }
    }
    return json_string(name);
}

/* A relative address of a file. */
static json_t *file_address(struct arena *arena, const char *file)
{
    static const char hex[] = "0123456789ABCDEF";
    char *address = arena_alloc(arena, 3 * strlen(file) + 1);
    char *at = address;
    for (; *file; file++) {
        unsigned char c = (unsigned char)*file;
        bool plain =
            (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || strchr("-._~", c);
        if (plain) {
            *at++ = (char)c;
        } else {
            *at++ = '%';
            *at++ = hex[c >> 4];
            *at++ = hex[c & 15];
        }
    }
    return json_string(address);
}

static json_t *codes_of(const struct dataset_category *categories, size_t count)
{
    json_t *codes = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(codes, json_string(categories[i].code));
    }
    return codes;
}

static json_t *labels_of(const struct dataset_category *categories, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(
            list, json_pack("{s:s, s:s}", "code", categories[i].code, "label", categories[i].label));
    }
    return list;
}

static json_t *datatype_of(const struct dataset_variable *v)
{
    switch (v->kind) {
    case DATASET_NUMBER:
        return json_pack("{s:s, s:i, s:i}", "base", "integer", "minimum", 0, "maximum", (int)v->number_max);
    case DATASET_REAL:
        return json_string("double");
    case DATASET_CATEGORY:
    case DATASET_TEXT:
        return json_string("string");
    }
    return json_null();
}

static json_t *column_of(struct dataset_writer *writer, const struct dataset_variable *v)
{
    const struct dataset *dataset = writer->dataset;
    json_t *column = json_object();
    json_object_set_new(column, "name", column_name(writer->arena, v->code));
    json_object_set_new(column, "titles", json_string(v->code));
    json_object_set_new(column, "dc:description", json_string(v->label));
    json_object_set_new(column, "datatype", datatype_of(v));
    if (v->complete) {
        json_object_set_new(column, "required", json_true());
    } else {
        json_object_set_new(column, "null", codes_of(dataset->missing, dataset->missing_count));
    }
    return column;
}

static json_t *dialect(void)
{
    return json_pack("{s:s, s:s, s:b, s:s, s:b, s:[s]}", "encoding", "utf-8", "delimiter", ",", "header", 1,
                     "quoteChar", "\"", "doubleQuote", 1, "lineTerminators", "\r\n");
}

static json_t *schema_of(struct dataset_writer *writer)
{
    const struct dataset *dataset = writer->dataset;
    json_t *schema = json_object();
    json_t *columns = json_array();
    for (size_t i = 0; i < dataset->variable_count; i++) {
        json_array_append_new(columns, column_of(writer, &dataset->variables[i]));
        if (dataset->variables[i].key) {
            json_object_set_new(schema, "primaryKey", column_name(writer->arena, dataset->variables[i].code));
        }
    }
    json_object_set_new(schema, "columns", columns);
    return schema;
}

static json_t *notes_of(const struct dataset *dataset)
{
    json_t *notes = json_array();
    for (size_t i = 0; i < dataset->note_count; i++) {
        json_array_append_new(notes, json_pack("{s:s}", "dc:description", dataset->notes[i]));
    }
    json_array_append_new(
        notes, json_pack("{s:o}", "ontbrekend", labels_of(dataset->missing, dataset->missing_count)));
    for (size_t i = 0; i < dataset->variable_count; i++) {
        const struct dataset_variable *v = &dataset->variables[i];
        if (v->kind == DATASET_CATEGORY) {
            json_array_append_new(notes, json_pack("{s:s, s:o}", "variabele", v->code, "categorieen",
                                                   labels_of(v->categories, v->category_count)));
        }
    }
    return notes;
}

static int put_json(const char *bytes, size_t size, void *self)
{
    struct dataset_writer *writer = self;
    sink_put(&writer->sink, (struct slice){bytes, size});
    return 0;
}

static enum dataset_status begin_csvw(struct dataset_writer *writer)
{
    const struct dataset *dataset = writer->dataset;
    json_t *table = json_object();
    json_object_set_new(table, "@context",
                        json_pack("[s, {s:s}]", "http://www.w3.org/ns/csvw", "@language", dataset->language));
    json_object_set_new(table, "url", file_address(writer->arena, dataset->file_name));
    json_object_set_new(table, "dc:title", json_string(dataset->title));
    if (dataset->producer[0]) {
        json_object_set_new(table, "dc:publisher", json_string(dataset->producer));
    }
    json_object_set_new(table, "dialect", dialect());
    json_object_set_new(table, "tableSchema", schema_of(writer));
    json_object_set_new(table, "notes", notes_of(dataset));
    bool good = json_dump_callback(table, put_json, writer, JSON_INDENT(1)) == 0;
    json_decref(table);
    sink_put_cstr(&writer->sink, "\n");
    return good ? DATASET_OK : DATASET_NO_MEMORY;
}

const struct format_writer csvw_writer = {
    .facts = {"csvw", "json", "application/csvm+json", false, UINT64_MAX},
    .variable_max = SIZE_MAX,
    .begin = begin_csvw};
