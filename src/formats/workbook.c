/* The frame around the writers: bounds, rounding, where the next cell stands. */
#include "formats/workbook_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BOOK_SINK_BYTES = 256 * 1024,
    BOOK_ARENA_MAX = 8 * 1024 * 1024,
    NAME_MAX_CHARS = 31,
    DECIMAL_BYTES = 64
};
/* Past it a double no longer holds every whole number. */
static const double largest = 9007199254740992.0;

const struct workbook_look workbook_looks[WORKBOOK_STYLES] = {
    [WORKBOOK_TITLE] = {.bold = true, .points = 14},
    [WORKBOOK_HEAD] = {.bold = true},
    [WORKBOOK_NOTE] = {.grey = true},
    [WORKBOOK_MARK] = {.grey = true, .right = true}};

static const struct workbook_writer *const writers[WORKBOOK_FORMATS] = {
    [WORKBOOK_XLSX] = &workbook_xlsx_writer, [WORKBOOK_ODS] = &workbook_ods_writer};

bool workbook_format_find(enum workbook_format *out, struct slice name)
{
    for (int i = 0; i < WORKBOOK_FORMATS; i++) {
        if (slice_equal_cstr(name, writers[i]->facts.name)) {
            *out = (enum workbook_format)i;
            return true;
        }
    }
    return false;
}

const struct workbook_format_facts *workbook_format_facts(enum workbook_format format)
{
    return &writers[format]->facts;
}

static bool is_name(const char *name)
{
    size_t len = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    return len > 0 && len <= NAME_MAX_CHARS && name[len] == '\0';
}

static bool check_sheets(const struct workbook_sheet *sheets, size_t count)
{
    bool good = count > 0 && count <= WORKBOOK_SHEETS_MAX;
    for (size_t i = 0; good && i < count; i++) {
        good = is_name(sheets[i].name) && sheets[i].width_count <= WORKBOOK_COLUMNS_MAX;
        for (size_t j = 0; good && j < i; j++) {
            good = strcmp(sheets[i].name, sheets[j].name) != 0;
        }
    }
    return good;
}

enum dataset_status workbook_create(struct workbook **out, enum workbook_format format,
                                    const struct workbook_about *about, const struct workbook_sheet *sheets,
                                    size_t sheet_count, struct dataset_output output)
{
    *out = NULL;
    if (!check_sheets(sheets, sheet_count)) {
        return DATASET_WRONG;
    }
    struct arena *arena = arena_create(BOOK_ARENA_MAX);
    struct workbook *book = arena_alloc(arena, sizeof *book);
    *book = (struct workbook){
        .writer = writers[format],
        .about = about,
        .sheets = sheets,
        .sheet_count = sheet_count,
        .arena = arena,
        .sink = {.output = output, .bytes = arena_alloc(arena, BOOK_SINK_BYTES), .cap = BOOK_SINK_BYTES}};
    enum dataset_status status = book->writer->begin(book);
    if (status != DATASET_OK) {
        workbook_destroy(book);
        return status;
    }
    *out = book;
    return DATASET_OK;
}

/* Whether so many cells still fit here. */
static bool may_put(struct workbook *book, size_t sheet, size_t cells)
{
    if (book->status == DATASET_OK && sheet >= book->sheet_count) {
        book->status = DATASET_WRONG;
    }
    if (book->status != DATASET_OK) {
        return false;
    }
    const struct workbook_place *at = &book->at[sheet];
    if (at->row >= WORKBOOK_ROWS_MAX) {
        book->status = DATASET_TOO_MANY_ROWS;
    } else if (cells > WORKBOOK_COLUMNS_MAX - at->column) {
        book->status = DATASET_TOO_MANY_VARIABLES;
    }
    return book->status == DATASET_OK;
}

static bool may_put_text(struct workbook *book, size_t sheet, const char *text)
{
    if (book->status == DATASET_OK && strlen(text) > WORKBOOK_TEXT_MAX) {
        book->status = DATASET_WRONG;
    }
    return may_put(book, sheet, 1);
}

void workbook_text(struct workbook *book, size_t sheet, enum workbook_style style, const char *text)
{
    if (may_put_text(book, sheet, text)) {
        book->writer->text(book, sheet, style, text);
        book->at[sheet].column++;
    }
}

void workbook_link(struct workbook *book, size_t sheet, const char *text, size_t to_sheet, uint32_t to_row)
{
    if (may_put_text(book, sheet, text)) {
        if (to_sheet >= book->sheet_count || to_row >= WORKBOOK_ROWS_MAX) {
            book->status = DATASET_WRONG;
            return;
        }
        book->writer->link(book, sheet, text, to_sheet, to_row);
        book->at[sheet].column++;
    }
}

static void put_number(struct workbook *book, size_t sheet, enum workbook_style style,
                       enum workbook_kind kind, double value, unsigned digits)
{
    char decimal[DECIMAL_BYTES];
    if (book->status == DATASET_OK &&
        (!isfinite(value) || fabs(value) > largest || digits > WORKBOOK_DIGITS_MAX)) {
        book->status = DATASET_WRONG;
    }
    if (!may_put(book, sheet, 1)) {
        return;
    }
    snprintf(decimal, sizeof decimal, "%.*f", (int)digits, value);
    double rounded = strtod(decimal, NULL);
    if (kind == WORKBOOK_PERCENT) {
        snprintf(decimal, sizeof decimal, "%.*f", (int)digits + 2, rounded / 100);
    } else if (rounded == 0) {
        snprintf(decimal, sizeof decimal, "%.*f", (int)digits, 0.0); /* no minus before it */
    }
    book->writer->number(book, sheet, style, kind, decimal, digits);
    book->at[sheet].column++;
}

void workbook_number(struct workbook *book, size_t sheet, enum workbook_style style, double value,
                     unsigned digits)
{
    put_number(book, sheet, style, WORKBOOK_NUMBER, value, digits);
}

void workbook_percent(struct workbook *book, size_t sheet, enum workbook_style style, double percent,
                      unsigned digits)
{
    put_number(book, sheet, style, WORKBOOK_PERCENT, percent, digits);
}

void workbook_skip(struct workbook *book, size_t sheet, size_t cells)
{
    if (cells > 0 && may_put(book, sheet, cells)) {
        book->writer->skip(book, sheet, cells);
        book->at[sheet].column += (uint32_t)cells;
    }
}

void workbook_row_end(struct workbook *book, size_t sheet)
{
    if (may_put(book, sheet, 0)) {
        book->writer->row_end(book, sheet);
        book->at[sheet].row++;
        book->at[sheet].column = 0;
    }
}

uint32_t workbook_row(const struct workbook *book, size_t sheet)
{
    return book->at[sheet].row;
}

enum dataset_status workbook_status(const struct workbook *book)
{
    return book->status;
}

enum dataset_status workbook_end(struct workbook *book)
{
    if (book->status == DATASET_OK) {
        book->status = book->writer->end(book);
    }
    if (book->status == DATASET_OK && !sink_flush(&book->sink)) {
        book->status = DATASET_OUTPUT_FAILED;
    }
    return book->status;
}

void workbook_destroy(struct workbook *book)
{
    if (book) {
        book->writer->destroy(book);
        arena_destroy(book->arena);
    }
}
