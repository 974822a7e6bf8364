/* What the writers of workbooks share. Nobody outside this folder includes it. */
#ifndef ZEVENSTEM_FORMATS_WORKBOOK_INTERNAL_H
#define ZEVENSTEM_FORMATS_WORKBOOK_INTERNAL_H

#include "formats/dataset_internal.h"
#include "formats/workbook.h"

enum workbook_kind { WORKBOOK_NUMBER, WORKBOOK_PERCENT, WORKBOOK_KINDS };

struct workbook_place {
    uint32_t row, column;
};

struct workbook {
    const struct workbook_writer *writer;
    const struct workbook_about *about;
    const struct workbook_sheet *sheets;
    size_t sheet_count;
    struct workbook_place at[WORKBOOK_SHEETS_MAX];
    struct arena *arena;
    struct sink sink;
    enum dataset_status status;
    void *state; /* the format's own */
};

struct workbook_look {
    bool bold, grey, right;
    unsigned points; /* of the letters; 0: as the program likes */
};
extern const struct workbook_look workbook_looks[WORKBOOK_STYLES];

struct workbook_writer {
    struct workbook_format_facts facts;
    enum dataset_status (*begin)(struct workbook *book);
    /* At book->at[sheet]; they set book->status when they fail. */
    void (*text)(struct workbook *book, size_t sheet, enum workbook_style style, const char *text);
    /* decimal: rounded as it is shown; a percentage as a fraction. */
    void (*number)(struct workbook *book, size_t sheet, enum workbook_style style, enum workbook_kind kind,
                   const char *decimal, unsigned digits);
    void (*link)(struct workbook *book, size_t sheet, const char *text, size_t to_sheet, uint32_t to_row);
    void (*skip)(struct workbook *book, size_t sheet, size_t cells);
    void (*row_end)(struct workbook *book, size_t sheet);
    enum dataset_status (*end)(struct workbook *book);
    void (*destroy)(struct workbook *book);
};

extern const struct workbook_writer workbook_xlsx_writer, workbook_ods_writer;

#endif
