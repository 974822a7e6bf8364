/* SPSS and Stata, by ReadStat: it asks for the number of rows at the start and then never goes back. */
#include "formats/dataset_internal.h"

#include "base/log.h"
#include "base/utf8.h"

#include <readstat.h>
#include <string.h>

enum {
    SPSS_LABEL_MAX = 252, /* bytes: SPSS takes 255 */
    SPSS_VALUE_LABEL_MAX = 120,
    SPSS_FILE_LABEL_MAX = 64,
    SPSS_NOTE_MAX = 80,
    STATA_LABEL_CHARACTERS = 80,
    STATA_BYTE_MAX = 100, /* the largest values of Stata's whole types */
    STATA_INT_MAX = 32740,
    TEXT_ROOM = 256,
    VARIABLES_MAX = 32767,
};

struct stat_state {
    readstat_writer_t *readstat;
    readstat_variable_t **variables;
};

static enum dataset_status status_of(const struct dataset_writer *writer, readstat_error_t error)
{
    switch ((int)error) {
    case READSTAT_OK:
        return DATASET_OK;
    case READSTAT_ERROR_WRITE:
        return DATASET_OUTPUT_FAILED;
    case READSTAT_ERROR_MALLOC:
        return DATASET_NO_MEMORY;
    default:
        log_error("dataset.readstat", "format=%s reason=%s", writer->format->facts.name,
                  LOG_CSTR(readstat_error_message(error)));
        return DATASET_WRONG;
    }
}

static ssize_t take_bytes(const void *bytes, size_t size, void *self)
{
    struct dataset_writer *writer = self;
    sink_put(&writer->sink, (struct slice){bytes, size});
    return writer->sink.failed ? -1 : (ssize_t)size;
}

static bool is_spss(const struct dataset_writer *writer)
{
    return writer->which == DATASET_SAV;
}

/* ---- texts that fit ---- */

/* As much of the text as fits in so many bytes, whole characters only; with dots where something is left out.
 */
static const char *fit_bytes(struct arena *arena, const char *text, size_t most)
{
    size_t len = strlen(text);
    if (len <= most) {
        return text;
    }
    len = most - 3;
    while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80) {
        len--;
    }
    return arena_printf(arena, "%.*s...", (int)len, text).ptr;
}

static const char *fit_characters(struct arena *arena, const char *text, size_t most)
{
    size_t at = 0;
    size_t characters = 0;
    size_t kept = 0; /* bytes of the first most - 3 characters */
    for (; text[at]; at++) {
        if (((unsigned char)text[at] & 0xC0) != 0x80) {
            kept = characters == most - 3 ? at : kept;
            characters++;
        }
    }
    return characters <= most ? text : arena_printf(arena, "%.*s...", (int)kept, text).ptr;
}

static const char *label_of(const struct dataset_writer *writer, const char *label)
{
    return is_spss(writer) ? fit_bytes(writer->arena, label, SPSS_LABEL_MAX)
                           : fit_characters(writer->arena, label, STATA_LABEL_CHARACTERS);
}

static const char *value_label_of(const struct dataset_writer *writer, const char *label)
{
    return is_spss(writer) ? fit_bytes(writer->arena, label, SPSS_VALUE_LABEL_MAX) : label;
}

/* SPSS keeps documents in lines of 80 bytes. */
static void add_note(struct dataset_writer *writer, const char *note)
{
    struct stat_state *state = writer->state;
    size_t left = strlen(note);
    while (is_spss(writer) && left > SPSS_NOTE_MAX) {
        size_t len = SPSS_NOTE_MAX;
        while (len > 1 && note[len] != ' ') {
            len--;
        }
        if (len == 1) {
            for (len = SPSS_NOTE_MAX; ((unsigned char)note[len] & 0xC0) == 0x80; len--) {
            }
        }
        readstat_add_note(state->readstat, arena_printf(writer->arena, "%.*s", (int)len, note).ptr);
        len += note[len] == ' ';
        note += len;
        left -= len;
    }
    readstat_add_note(state->readstat, note);
}

static void add_notes(struct dataset_writer *writer)
{
    const struct dataset *dataset = writer->dataset;
    char name[DATASET_NAME_BYTES];
    for (size_t i = 0; i < dataset->note_count; i++) {
        add_note(writer, dataset->notes[i]);
    }
    for (size_t i = 0; i < dataset->variable_count; i++) {
        const char *code = dataset->variables[i].code;
        dataset_name(name, writer->which, code);
        if (strcmp(name, code) != 0) {
            add_note(writer, arena_printf(writer->arena, "%s = %s", name, code).ptr);
        }
    }
}

/* ---- variables ---- */

static readstat_type_t type_of(const struct dataset_writer *writer, const struct dataset_variable *v)
{
    int64_t largest = v->kind == DATASET_CATEGORY ? (int64_t)v->category_count : v->number_max;
    if (v->kind == DATASET_TEXT) {
        return READSTAT_TYPE_STRING;
    }
    if (v->kind == DATASET_REAL || is_spss(writer)) {
        return READSTAT_TYPE_DOUBLE;
    }
    return largest <= STATA_BYTE_MAX  ? READSTAT_TYPE_INT8
           : largest <= STATA_INT_MAX ? READSTAT_TYPE_INT16
                                      : READSTAT_TYPE_INT32;
}

static void put_label(readstat_label_set_t *set, const struct dataset_writer *writer, int32_t value,
                      const char *label)
{
    if (is_spss(writer)) {
        readstat_label_double_value(set, value, value_label_of(writer, label));
    } else {
        readstat_label_int32_value(set, value, value_label_of(writer, label));
    }
}

/* NULL when it has none to show. */
static readstat_label_set_t *labels_of(struct dataset_writer *writer, const struct dataset_variable *v,
                                       const char *name)
{
    struct stat_state *state = writer->state;
    const struct dataset *dataset = writer->dataset;
    size_t reasons = v->complete ? 0 : dataset->missing_count;
    size_t categories = v->kind == DATASET_CATEGORY ? v->category_count : 0;
    if (v->kind == DATASET_TEXT || v->kind == DATASET_REAL || reasons + categories == 0) {
        return NULL;
    }
    readstat_label_set_t *set = readstat_add_label_set(
        state->readstat, is_spss(writer) ? READSTAT_TYPE_DOUBLE : READSTAT_TYPE_INT32, name);
    for (size_t k = 0; k < categories; k++) {
        put_label(set, writer, (int32_t)k + 1, v->categories[k].label);
    }
    for (size_t m = 0; m < reasons; m++) {
        if (is_spss(writer)) {
            put_label(set, writer, -(int32_t)m - 1, dataset->missing[m].label);
        } else {
            readstat_label_tagged_value(set, (char)('a' + m), dataset->missing[m].label);
        }
    }
    return set;
}

static readstat_error_t add_variable(struct dataset_writer *writer, size_t i)
{
    struct stat_state *state = writer->state;
    const struct dataset *dataset = writer->dataset;
    const struct dataset_variable *v = &dataset->variables[i];
    char name[DATASET_NAME_BYTES];
    dataset_name(name, writer->which, v->code);
    readstat_variable_t *variable = readstat_add_variable(state->readstat, name, type_of(writer, v),
                                                          v->kind == DATASET_TEXT ? v->text_max : 0);
    if (!variable) {
        return READSTAT_ERROR_MALLOC;
    }
    state->variables[i] = variable;
    readstat_variable_set_label(variable, label_of(writer, v->label));
    readstat_variable_set_measure(variable, v->kind == DATASET_CATEGORY || v->kind == DATASET_TEXT
                                                ? READSTAT_MEASURE_NOMINAL
                                                : READSTAT_MEASURE_SCALE);
    readstat_label_set_t *set = labels_of(writer, v, name);
    if (set) {
        readstat_variable_set_label_set(variable, set);
    }
    if (v->weight && is_spss(writer)) {
        readstat_writer_set_fweight_variable(state->readstat, variable);
    }
    if (is_spss(writer) && v->kind != DATASET_TEXT && v->kind != DATASET_REAL) {
        readstat_variable_set_format(variable, "F8.0");
    }
    bool misses = is_spss(writer) && v->kind != DATASET_TEXT && !v->complete && dataset->missing_count > 0;
    return misses ? readstat_variable_add_missing_double_range(variable, -(double)dataset->missing_count, -1)
                  : READSTAT_OK;
}

static enum dataset_status begin_stat(struct dataset_writer *writer)
{
    const struct dataset *dataset = writer->dataset;
    struct stat_state *state = arena_alloc(writer->arena, sizeof *state);
    readstat_error_t error = READSTAT_OK;
    writer->state = state;
    state->readstat = readstat_writer_init();
    if (!state->readstat) {
        return DATASET_NO_MEMORY;
    }
    state->variables = arena_array(writer->arena, dataset->variable_count, sizeof(readstat_variable_t *));
    readstat_set_data_writer(state->readstat, take_bytes);
    readstat_writer_set_file_timestamp(state->readstat, dataset->made_at);
    readstat_writer_set_file_label(
        state->readstat, is_spss(writer) ? fit_bytes(writer->arena, dataset->title, SPSS_FILE_LABEL_MAX)
                                         : label_of(writer, dataset->title));
    for (size_t i = 0; error == READSTAT_OK && i < dataset->variable_count; i++) {
        error = add_variable(writer, i);
    }
    if (error != READSTAT_OK) {
        return status_of(writer, error);
    }
    add_notes(writer);
    if (is_spss(writer)) {
        readstat_writer_set_compression(state->readstat, READSTAT_COMPRESS_ROWS);
        error = readstat_begin_writing_sav(state->readstat, writer, (long)dataset->row_count);
    } else {
        readstat_writer_set_file_format_version(state->readstat, 118);
        error = readstat_begin_writing_dta(state->readstat, writer, (long)dataset->row_count);
    }
    return status_of(writer, error);
}

/* ---- rows ---- */

static readstat_error_t put_missing(struct dataset_writer *writer, const struct dataset_variable *v,
                                    const readstat_variable_t *variable, uint32_t reason)
{
    struct stat_state *state = writer->state;
    if (v->kind == DATASET_TEXT) {
        return readstat_insert_missing_value(state->readstat, variable);
    }
    return is_spss(writer)
               ? readstat_insert_double_value(state->readstat, variable, -(double)reason)
               : readstat_insert_tagged_missing_value(state->readstat, variable, (char)('a' + reason - 1));
}

static readstat_error_t put_whole(readstat_writer_t *readstat, const readstat_variable_t *variable,
                                  int32_t value)
{
    switch ((int)variable->type) {
    case READSTAT_TYPE_INT8:
        return readstat_insert_int8_value(readstat, variable, (int8_t)value);
    case READSTAT_TYPE_INT16:
        return readstat_insert_int16_value(readstat, variable, (int16_t)value);
    case READSTAT_TYPE_INT32:
        return readstat_insert_int32_value(readstat, variable, value);
    default:
        return readstat_insert_double_value(readstat, variable, value);
    }
}

static readstat_error_t put_text(readstat_writer_t *readstat, const readstat_variable_t *variable,
                                 struct slice text)
{
    char room[TEXT_ROOM];
    memcpy(room, text.ptr ? text.ptr : "", text.len); /* at most 255: the contract of a cell */
    room[text.len] = '\0';
    return readstat_insert_string_value(readstat, variable, room);
}

static enum dataset_status put_stat_row(struct dataset_writer *writer, const struct dataset_cell *cells)
{
    struct stat_state *state = writer->state;
    const struct dataset *dataset = writer->dataset;
    readstat_error_t error = readstat_begin_row(state->readstat);
    for (size_t i = 0; error == READSTAT_OK && i < dataset->variable_count; i++) {
        const struct dataset_variable *v = &dataset->variables[i];
        const readstat_variable_t *variable = state->variables[i];
        if (cells[i].missing > 0) {
            error = put_missing(writer, v, variable, cells[i].missing);
        } else if (v->kind == DATASET_TEXT) {
            error = put_text(state->readstat, variable, cells[i].text);
        } else if (v->kind == DATASET_REAL) {
            error = readstat_insert_double_value(state->readstat, variable, cells[i].real);
        } else {
            error =
                put_whole(state->readstat, variable, cells[i].number + (v->kind == DATASET_CATEGORY ? 1 : 0));
        }
    }
    return status_of(writer, error == READSTAT_OK ? readstat_end_row(state->readstat) : error);
}

static enum dataset_status end_stat(struct dataset_writer *writer)
{
    struct stat_state *state = writer->state;
    return status_of(writer, readstat_end_writing(state->readstat));
}

static void destroy_stat(struct dataset_writer *writer)
{
    struct stat_state *state = writer->state;
    if (state && state->readstat) {
        readstat_writer_free(state->readstat);
    }
}

const struct format_writer sav_writer = {.facts = {"sav", "sav", "application/x-spss-sav", true, INT32_MAX},
                                         .variable_max = VARIABLES_MAX,
                                         .begin = begin_stat,
                                         .row = put_stat_row,
                                         .end = end_stat,
                                         .destroy = destroy_stat};
const struct format_writer dta_writer = {.facts = {"dta", "dta", "application/x-stata-dta", true, INT32_MAX},
                                         .variable_max = VARIABLES_MAX,
                                         .begin = begin_stat,
                                         .row = put_stat_row,
                                         .end = end_stat,
                                         .destroy = destroy_stat};
