/* A data set on its way to another program: what its variables are, and writers that take it row by row, in
 * memory that does not grow with the rows.
 *
 *     writer = dataset_writer_create(...); dataset_writer_row(...) for each row; dataset_writer_end(...)
 *
 * Codes are what CSV, JSON lines and the spreadsheets hold: they are stable and mean the same in every
 * language. SPSS and Stata hold numbers with labels: category k (from 0) is the number k + 1, and reasons why
 * a value is missing are user-missing values -1, -2, ... in SPSS and .a, .b, ... in Stata. */
#ifndef ZEVENSTEM_FORMATS_DATASET_H
#define ZEVENSTEM_FORMATS_DATASET_H

#include "base/slice.h"

enum dataset_kind {
    DATASET_CATEGORY,
    DATASET_NUMBER, /* whole, 0 to number_max */
    DATASET_REAL,
    DATASET_TEXT
};

struct dataset_category {
    const char *code;
    const char *label;
};

struct dataset_variable {
    const char *code; /* unlike every other, also without regard to case; [a-z0-9]+ joined by - and _ */
    const char *label;
    enum dataset_kind kind;
    const struct dataset_category *categories; /* CATEGORY */
    uint32_t category_count;
    int32_t number_max;   /* NUMBER */
    uint32_t text_max;    /* TEXT: bytes, 1 to 255 */
    bool key;             /* tells the rows apart; at most one variable */
    bool weight;          /* is the weight of the row; at most one variable */
    bool complete;        /* no row misses it */
    const char *question; /* as it was asked; NULL for what was not */
    const char *concept;  /* what it measures, for a catalogue; may be NULL */
};

enum { DATASET_MISSING_MAX = 8 };

/* All of it is borrowed and outlives the writer. Texts are UTF-8. */
struct dataset {
    const char *code;      /* "biotechnologie-2026-1" */
    const char *file_name; /* of the data file, as its description names it */
    const char *title;
    const char *language; /* of titles, labels and notes: "nl" or "en" */
    const char *producer; /* may be "" */
    const char *sampling; /* how people came to be in it; may be NULL */
    const struct dataset_variable *variables;
    size_t variable_count; /* 1 to 8000 */
    /* Reasons why a value is missing. */
    const struct dataset_category *missing;
    size_t missing_count; /* at most DATASET_MISSING_MAX */
    /* What whoever uses it must know: how it was collected and protected; a sentence or more each. */
    const char *const *notes;
    size_t note_count;
    uint64_t row_count; /* exactly so many rows will come */
    int64_t made_at;    /* Unix seconds */
};

struct dataset_cell {
    uint32_t missing; /* 0: it has a value; m: it has none, for reason m - 1 */
    int32_t number;   /* CATEGORY: its place, from 0; NUMBER */
    union {
        double real;       /* REAL; finite */
        struct slice text; /* TEXT */
    };
};

enum dataset_format {
    DATASET_CSV,        /* RFC 4180, UTF-8 without a byte order mark, CRLF, a header of codes */
    DATASET_CSVW,       /* the metadata of that CSV (W3C, Metadata Vocabulary for Tabular Data): no rows */
    DATASET_JSON_LINES, /* an object a row */
    DATASET_SAV,        /* SPSS, compressed by row */
    DATASET_DTA,        /* Stata 14 and later (format 118) */
    DATASET_XLSX,
    DATASET_ODS,
    DATASET_DDI, /* DDI-Codebook 2.5 of that CSV: its rows are counted, not held */
    DATASET_FORMATS
};

struct dataset_format_facts {
    const char *name;       /* "csv": of an option or query */
    const char *extension;  /* "csv", "xml" */
    const char *media_type; /* without parameters */
    bool takes_rows;        /* false: describes only */
    uint64_t row_max;       /* rows of data that it can hold */
};
/* false when there is no such format. */
bool dataset_format_find(enum dataset_format *out, struct slice name);
const struct dataset_format_facts *dataset_format_facts(enum dataset_format format);

/* Where the bytes go, in order; nothing is ever sought. False: no more is written, and the writer fails. */
struct dataset_output {
    bool (*write)(const void *bytes, size_t size, void *self);
    void *self;
    const char *folder; /* XLSX puts its temporary files in it; NULL: /tmp */
};

enum dataset_status {
    DATASET_OK,
    DATASET_TOO_MANY_ROWS,      /* nothing was written */
    DATASET_TOO_MANY_VARIABLES, /* the same */
    DATASET_OUTPUT_FAILED,      /* output.write said so */
    DATASET_TEMPORARY_FAILED,   /* of XLSX: a temporary file could not be kept; errno says why */
    DATASET_TOO_LARGE,          /* ODS past 4 GiB of cells */
    DATASET_WRONG, /* a row or a description that breaks the contract above, or other rows than row_count */
    DATASET_NO_MEMORY
};

struct dataset_writer;

/* Begins a file. *out is NULL unless DATASET_OK. */
enum dataset_status dataset_writer_create(struct dataset_writer **out, enum dataset_format format,
                                          const struct dataset *dataset, struct dataset_output output);
/* One cell a variable. After a failure every call gives the same status. */
enum dataset_status dataset_writer_row(struct dataset_writer *writer, const struct dataset_cell *cells);
/* Ends the file: only DATASET_OK means that it is whole. */
enum dataset_status dataset_writer_end(struct dataset_writer *writer);
/* At any time; NULL is allowed. */
void dataset_writer_destroy(struct dataset_writer *writer);

/* ---- names that SPSS and Stata take ---- */

/* The name of a variable there, from its code; reversible where it did not have to be cut:
 *   SPSS    a dash becomes a dot; @ in front of what begins with a digit or is a reserved word; 64 bytes
 *   Stata   a dash becomes two underscores; _ in front of the same; 32 bytes
 * What is too long is cut and ends in an underscore and 8 hex digits of its SHA-256. The files carry notes
 * "name = code" for those that differ. format: DATASET_SAV or DATASET_DTA. */
enum { DATASET_NAME_BYTES = 65 };
void dataset_name(char name[DATASET_NAME_BYTES], enum dataset_format format, const char *code);

#endif
