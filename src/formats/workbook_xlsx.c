#include "formats/workbook_internal.h"
#include "formats/xlsx_file.h"

#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>

enum { GREY = 0x595959, LINK_BYTES = 64 };

struct book_state {
    struct xlsx_file file;
    lxw_worksheet *sheets[WORKBOOK_SHEETS_MAX];
    lxw_format *texts[WORKBOOK_STYLES];
    lxw_format *link;
    /* made when first used */
    lxw_format *numbers[WORKBOOK_STYLES][WORKBOOK_KINDS][WORKBOOK_DIGITS_MAX + 1];
};

static lxw_format *format_of(struct book_state *state, enum workbook_style style)
{
    const struct workbook_look *look = &workbook_looks[style];
    lxw_format *format = workbook_add_format(state->file.workbook);
    if (look->bold) {
        format_set_bold(format);
    }
    if (look->grey) {
        format_set_font_color(format, GREY);
    }
    if (look->right) {
        format_set_align(format, LXW_ALIGN_RIGHT);
    }
    if (look->points > 0) {
        format_set_font_size(format, look->points);
    }
    return format;
}

static lxw_format *number_format(struct book_state *state, enum workbook_style style, enum workbook_kind kind,
                                 unsigned digits)
{
    static const char *const shapes[WORKBOOK_KINDS][WORKBOOK_DIGITS_MAX + 1] = {
        [WORKBOOK_NUMBER] = {"0", "0.0", "0.00", "0.000", "0.0000"},
        [WORKBOOK_PERCENT] = {"0%", "0.0%", "0.00%", "0.000%", "0.0000%"}};
    lxw_format **format = &state->numbers[style][kind][digits];
    if (!*format) {
        *format = format_of(state, style);
        format_set_num_format(*format, shapes[kind][digits]);
    }
    return *format;
}

static void lay_out(lxw_worksheet *sheet, const struct workbook_sheet *of)
{
    for (size_t i = 0; i < of->width_count; i++) {
        lxw_col_t last = i + 1 < of->width_count ? (lxw_col_t)i : WORKBOOK_COLUMNS_MAX - 1;
        worksheet_set_column(sheet, (lxw_col_t)i, last, of->widths[i], NULL);
    }
    if (of->frozen_rows > 0 || of->frozen_columns > 0) {
        worksheet_freeze_panes(sheet, of->frozen_rows, (lxw_col_t)of->frozen_columns);
    }
}

static enum dataset_status begin_xlsx(struct workbook *book)
{
    struct book_state *state = arena_alloc(book->arena, sizeof *state);
    const struct xlsx_about about = {book->about->title, book->about->producer, book->about->made_at};
    book->state = state;
    enum dataset_status status = xlsx_file_open(&state->file, book->sink.output.folder, &about);
    for (size_t i = 0; status == DATASET_OK && i < book->sheet_count; i++) {
        state->sheets[i] = workbook_add_worksheet(state->file.workbook, book->sheets[i].name);
        if (!state->sheets[i]) {
            return DATASET_TEMPORARY_FAILED;
        }
        lay_out(state->sheets[i], &book->sheets[i]);
    }
    for (int s = 0; status == DATASET_OK && s < WORKBOOK_STYLES; s++) {
        state->texts[s] = format_of(state, (enum workbook_style)s);
    }
    if (status == DATASET_OK) {
        state->link = workbook_get_default_url_format(state->file.workbook);
    }
    return status;
}

static void note_error(struct workbook *book, size_t sheet, lxw_error error)
{
    const struct book_state *state = book->state;
    if (error != LXW_NO_ERROR) {
        log_error("workbook.xlsx", "reason=%s", LOG_CSTR(lxw_strerror(error)));
        book->status = DATASET_WRONG;
    } else if (!xlsx_sheet_kept(state->sheets[sheet])) {
        book->status = DATASET_TEMPORARY_FAILED;
    }
}

static void put_text(struct workbook *book, size_t sheet, enum workbook_style style, const char *text)
{
    struct book_state *state = book->state;
    const struct workbook_place at = book->at[sheet];
    note_error(book, sheet,
               worksheet_write_string(state->sheets[sheet], at.row, (lxw_col_t)at.column, text,
                                      state->texts[style]));
}

static void put_number(struct workbook *book, size_t sheet, enum workbook_style style,
                       enum workbook_kind kind, const char *decimal, unsigned digits)
{
    struct book_state *state = book->state;
    const struct workbook_place at = book->at[sheet];
    note_error(book, sheet,
               worksheet_write_number(state->sheets[sheet], at.row, (lxw_col_t)at.column,
                                      strtod(decimal, NULL), number_format(state, style, kind, digits)));
}

static void put_link(struct workbook *book, size_t sheet, const char *text, size_t to_sheet, uint32_t to_row)
{
    struct book_state *state = book->state;
    const struct workbook_place at = book->at[sheet];
    char address[LINK_BYTES];
    snprintf(address, sizeof address, "internal:%s!A%u", book->sheets[to_sheet].name, (unsigned)to_row + 1);
    lxw_error error =
        worksheet_write_url(state->sheets[sheet], at.row, (lxw_col_t)at.column, address, state->link);
    if (error == LXW_NO_ERROR) {
        error = worksheet_write_string(state->sheets[sheet], at.row, (lxw_col_t)at.column, text, state->link);
    }
    note_error(book, sheet, error);
}

static void skip_cells(struct workbook *book, size_t sheet, size_t cells)
{
    (void)book;
    (void)sheet;
    (void)cells; /* every cell says where it stands */
}

static void end_row(struct workbook *book, size_t sheet)
{
    (void)book;
    (void)sheet;
}

static enum dataset_status end_xlsx(struct workbook *book)
{
    struct book_state *state = book->state;
    return xlsx_file_send(&state->file, &book->sink);
}

static void destroy_xlsx(struct workbook *book)
{
    struct book_state *state = book->state;
    if (state) {
        xlsx_file_destroy(&state->file);
    }
}

const struct workbook_writer workbook_xlsx_writer = {
    .facts = {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    .begin = begin_xlsx,
    .text = put_text,
    .number = put_number,
    .link = put_link,
    .skip = skip_cells,
    .row_end = end_row,
    .end = end_xlsx,
    .destroy = destroy_xlsx};
