/* Workbooks of several sheets for people to read, as XLSX and ODS from one face. All sheets are known from
 * the start; rows are added to any of them in any order, cell by cell from the left:
 *
 *     workbook_create(...); { workbook_text(...), workbook_number(...), ...; workbook_row_end(...) } ...;
 *     workbook_end(...); workbook_destroy(...)
 *
 * Text is text whatever it looks like: nothing is ever a formula. A number is written with the digits that
 * are shown and no others, so that a cell holds no more than it shows. Failure is sticky: workbook_end tells.
 */
#ifndef ZEVENSTEM_FORMATS_WORKBOOK_H
#define ZEVENSTEM_FORMATS_WORKBOOK_H

#include "formats/dataset.h"

enum {
    WORKBOOK_SHEETS_MAX = 8,
    WORKBOOK_COLUMNS_MAX = 1024,
    WORKBOOK_ROWS_MAX = 1000000,
    WORKBOOK_TEXT_MAX = 8000, /* bytes of a cell */
    WORKBOOK_DIGITS_MAX = 4,
    /* What a sheet of ODS takes of memory at most; XLSX keeps its rows in temporary files. */
    WORKBOOK_SHEET_BYTES_MAX = 192 * 1024 * 1024
};

enum workbook_format { WORKBOOK_XLSX, WORKBOOK_ODS, WORKBOOK_FORMATS };
struct workbook_format_facts {
    const char *name; /* "xlsx": of an option or query, and of a file's name */
    const char *media_type;
};
bool workbook_format_find(enum workbook_format *out, struct slice name); /* false: no such format */
const struct workbook_format_facts *workbook_format_facts(enum workbook_format format);

enum workbook_style {
    WORKBOOK_PLAIN,
    WORKBOOK_TITLE, /* large and bold */
    WORKBOOK_HEAD,  /* bold */
    WORKBOOK_NOTE,  /* grey */
    WORKBOOK_MARK,  /* grey, to the right: stands where a number would */
    WORKBOOK_STYLES
};

struct workbook_sheet {
    const char *name;      /* [A-Za-z]+, at most 31 characters, unlike every other */
    const uint8_t *widths; /* of the first columns, in characters */
    size_t width_count;    /* the others are as wide as the last of these; 0: as the program likes */
    unsigned frozen_rows;  /* stay in sight */
    unsigned frozen_columns;
};

struct workbook_about {
    const char *title, *producer; /* producer may be "" */
    const char *language;         /* "nl" or "en" */
    int64_t made_at;              /* Unix seconds */
};

struct workbook;

/* sheets and texts are borrowed and outlive it; statuses and output are those of a data set. *out is NULL
 * unless DATASET_OK. */
enum dataset_status workbook_create(struct workbook **out, enum workbook_format format,
                                    const struct workbook_about *about, const struct workbook_sheet *sheets,
                                    size_t sheet_count, struct dataset_output output);

/* ---- the next cell of the row that is being written ---- */
void workbook_text(struct workbook *book, size_t sheet, enum workbook_style style, const char *text);
/* digits behind the point. */
void workbook_number(struct workbook *book, size_t sheet, enum workbook_style style, double value,
                     unsigned digits);
/* percent: 0 to 100, shown with so many digits and a percent sign. Its cell holds a fraction of 1. */
void workbook_percent(struct workbook *book, size_t sheet, enum workbook_style style, double percent,
                      unsigned digits);
/* A link to the first cell of a row (from 0) of a sheet. */
void workbook_link(struct workbook *book, size_t sheet, const char *text, size_t to_sheet, uint32_t to_row);
void workbook_skip(struct workbook *book, size_t sheet, size_t cells);
void workbook_row_end(struct workbook *book, size_t sheet);
/* The row that is being written, from 0. */
uint32_t workbook_row(const struct workbook *book, size_t sheet);

/* What went wrong so far. */
enum dataset_status workbook_status(const struct workbook *book);
/* Sends it: only DATASET_OK means that it is whole. */
enum dataset_status workbook_end(struct workbook *book);
/* At any time; NULL is allowed. */
void workbook_destroy(struct workbook *book);

#endif
