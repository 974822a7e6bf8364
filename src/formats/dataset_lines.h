/* Rows as lines of text, for the formats that have them. Nobody outside this folder includes it. */
#ifndef ZEVENSTEM_FORMATS_DATASET_LINES_H
#define ZEVENSTEM_FORMATS_DATASET_LINES_H

#include "formats/dataset_internal.h"

struct line_style {
    const char *open, *between, *close;
    bool named;          /* each cell stands behind the name of its variable and a colon */
    size_t string_extra; /* bytes that put_string adds, beside 6 a byte of the text and 2 */
    void (*put_string)(struct sink *sink, struct slice text);
    void (*put_number)(struct sink *sink, struct slice digits);
};

struct lines;

struct lines *lines_create(struct arena *arena, const struct dataset *dataset,
                           const struct line_style *style);
void lines_put_row(struct sink *sink, const struct lines *lines, const struct dataset_cell *cells);
/* The codes of the variables. */
void lines_put_header(struct sink *sink, const struct dataset *dataset, const struct line_style *style);

#endif
