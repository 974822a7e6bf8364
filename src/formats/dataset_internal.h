/* What the writers of data sets share. Nobody outside this folder includes it. */
#ifndef ZEVENSTEM_FORMATS_DATASET_INTERNAL_H
#define ZEVENSTEM_FORMATS_DATASET_INTERNAL_H

#include "base/arena.h"
#include "formats/dataset.h"

/* Bytes collected on their way to the output. Failure is sticky: ask sink_flush. */
struct sink {
    struct dataset_output output;
    char *bytes;
    size_t len, cap;
    bool failed;
};
/* Room for `size` bytes (at most cap), which the caller writes and then counts in len. */
char *sink_reserve(struct sink *sink, size_t size);
void sink_put(struct sink *sink, struct slice bytes);
void sink_put_cstr(struct sink *sink, const char *text);
/* False once output.write said no. */
bool sink_flush(struct sink *sink);

enum { REAL_BYTES = 32, NUMBER_BYTES = 12 };
/* The shortest decimal text that reads back as the same number. */
size_t real_text(char out[REAL_BYTES], double value);
size_t number_text(char out[NUMBER_BYTES], int32_t value);

struct dataset_writer {
    const struct format_writer *format;
    enum dataset_format which;
    const struct dataset *dataset;
    struct arena *arena;
    struct sink sink;
    uint64_t rows;
    enum dataset_status status;
    void *state; /* the format's own */
};

struct format_writer {
    struct dataset_format_facts facts;
    size_t variable_max;
    enum dataset_status (*begin)(struct dataset_writer *writer);
    enum dataset_status (*row)(struct dataset_writer *writer, const struct dataset_cell *cells); /* or NULL */
    enum dataset_status (*end)(struct dataset_writer *writer);                                   /* or NULL */
    void (*destroy)(struct dataset_writer *writer);                                              /* or NULL */
};

extern const struct format_writer csv_writer, csvw_writer, json_lines_writer, sav_writer, dta_writer,
    xlsx_writer, ods_writer, ddi_writer;

/* The text of a cell that is no text: a code, digits, or the code of why it is missing. NUMBER and REAL are
 * written into `room`. */
struct slice cell_text(char room[REAL_BYTES], const struct dataset *dataset,
                       const struct dataset_variable *variable, const struct dataset_cell *cell);

#endif
