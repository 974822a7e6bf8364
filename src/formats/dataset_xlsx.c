/* XLSX, by libxlsxwriter in constant memory: it keeps the rows in a temporary file and needs another one for
 * the whole, which goes to the output at the end. Text is written as text, whatever it looks like. */
#include "formats/xlsx_file.h"

#include "base/log.h"

#include <stdio.h>
#include <string.h>

enum { SHEET_ROWS = 1048576, SHEET_COLUMNS = 16384 };

struct xlsx_state {
    struct xlsx_file file;
    lxw_worksheet *data;
    uint32_t row;
};

/* What codes mean, on a sheet of its own. */
static void put_codebook(struct xlsx_state *state, const struct dataset *dataset)
{
    bool dutch = strcmp(dataset->language, "nl") == 0;
    lxw_worksheet *sheet = workbook_add_worksheet(state->file.workbook, dutch ? "Codeboek" : "Codebook");
    static const char *const heads[2][4] = {{"variabele", "omschrijving", "code", "betekenis"},
                                            {"variable", "description", "code", "meaning"}};
    lxw_row_t row = 0;
    for (size_t n = 0; n < dataset->note_count; n++) {
        worksheet_write_string(sheet, row++, 0, dataset->notes[n], NULL);
    }
    for (lxw_col_t column = 0; column < 4; column++) {
        worksheet_write_string(sheet, row, column, heads[dutch ? 0 : 1][column], NULL);
    }
    row++;
    for (size_t m = 0; m < dataset->missing_count; m++, row++) {
        worksheet_write_string(sheet, row, 2, dataset->missing[m].code, NULL);
        worksheet_write_string(sheet, row, 3, dataset->missing[m].label, NULL);
    }
    for (size_t i = 0; i < dataset->variable_count; i++) {
        const struct dataset_variable *v = &dataset->variables[i];
        uint32_t categories = v->kind == DATASET_CATEGORY ? v->category_count : 0;
        for (uint32_t k = 0; k < (categories > 0 ? categories : 1) && row < SHEET_ROWS; k++, row++) {
            worksheet_write_string(sheet, row, 0, v->code, NULL);
            worksheet_write_string(sheet, row, 1, v->label, NULL);
            if (categories > 0) {
                worksheet_write_string(sheet, row, 2, v->categories[k].code, NULL);
                worksheet_write_string(sheet, row, 3, v->categories[k].label, NULL);
            }
        }
    }
}

static enum dataset_status begin_xlsx(struct dataset_writer *writer)
{
    const struct dataset *dataset = writer->dataset;
    bool dutch = strcmp(dataset->language, "nl") == 0;
    struct xlsx_state *state = arena_alloc(writer->arena, sizeof *state);
    writer->state = state;
    const struct xlsx_about about = {dataset->title, dataset->producer, dataset->made_at};
    enum dataset_status status = xlsx_file_open(&state->file, writer->sink.output.folder, &about);
    if (status != DATASET_OK) {
        return status;
    }
    state->data = workbook_add_worksheet(state->file.workbook, dutch ? "Gegevens" : "Data");
    if (!state->data) {
        return DATASET_TEMPORARY_FAILED;
    }
    worksheet_freeze_panes(state->data, 1, 0);
    for (size_t i = 0; i < dataset->variable_count; i++) {
        worksheet_write_string(state->data, 0, (lxw_col_t)i, dataset->variables[i].code, NULL);
    }
    state->row = 1;
    return DATASET_OK;
}

static lxw_error put_cell(struct xlsx_state *state, const struct dataset *dataset, size_t i,
                          const struct dataset_cell *cell)
{
    const struct dataset_variable *v = &dataset->variables[i];
    char text[REAL_BYTES > 256 ? REAL_BYTES : 256];
    if (cell->missing == 0 && v->kind == DATASET_NUMBER) {
        return worksheet_write_number(state->data, state->row, (lxw_col_t)i, cell->number, NULL);
    }
    if (cell->missing == 0 && v->kind == DATASET_REAL) {
        return worksheet_write_number(state->data, state->row, (lxw_col_t)i, cell->real, NULL);
    }
    if (cell->missing == 0 && v->kind == DATASET_TEXT) {
        snprintf(text, sizeof text, "%.*s", SLICE_ARG(cell->text));
        return worksheet_write_string(state->data, state->row, (lxw_col_t)i, text, NULL);
    }
    struct slice code = cell_text(text, dataset, v, cell);
    return worksheet_write_string(state->data, state->row, (lxw_col_t)i, code.ptr, NULL);
}

static enum dataset_status put_xlsx_row(struct dataset_writer *writer, const struct dataset_cell *cells)
{
    struct xlsx_state *state = writer->state;
    lxw_error error = LXW_NO_ERROR;
    for (size_t i = 0; error == LXW_NO_ERROR && i < writer->dataset->variable_count; i++) {
        error = put_cell(state, writer->dataset, i, &cells[i]);
    }
    state->row++;
    if (error != LXW_NO_ERROR) {
        log_error("dataset.xlsx", "reason=%s", LOG_CSTR(lxw_strerror(error)));
        return DATASET_WRONG;
    }
    return xlsx_sheet_kept(state->data) ? DATASET_OK : DATASET_TEMPORARY_FAILED;
}

/* ---- the end ---- */

static enum dataset_status end_xlsx(struct dataset_writer *writer)
{
    struct xlsx_state *state = writer->state;
    put_codebook(state, writer->dataset);
    return xlsx_file_send(&state->file, &writer->sink);
}

static void destroy_xlsx(struct dataset_writer *writer)
{
    struct xlsx_state *state = writer->state;
    if (state) {
        xlsx_file_destroy(&state->file);
    }
}

const struct format_writer xlsx_writer = {
    .facts = {"xlsx", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", true,
              SHEET_ROWS - 1},
    .variable_max = SHEET_COLUMNS,
    .begin = begin_xlsx,
    .row = put_xlsx_row,
    .end = end_xlsx,
    .destroy = destroy_xlsx};
