/* XLSX, by libxlsxwriter in constant memory: it keeps the rows in a temporary file and needs another one for
 * the whole, which goes to the output at the end. Text is written as text, whatever it looks like. */
#include "formats/dataset_internal.h"

#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum { SHEET_ROWS = 1048576, SHEET_COLUMNS = 16384, PATH_BYTES = 4096, COPY_BYTES = 64 * 1024 };

struct xlsx_state {
    lxw_workbook *workbook; /* NULL once closed */
    lxw_worksheet *data;
    uint32_t row;
    bool has_folder;
    char folder[PATH_BYTES], file[PATH_BYTES + 16];
};

static bool make_folder(struct xlsx_state *state, const char *at)
{
    int len = snprintf(state->folder, sizeof state->folder, "%s/zevenstem-xlsx-XXXXXX", at ? at : "/tmp");
    if (len < 0 || (size_t)len >= sizeof state->folder) {
        errno = ENAMETOOLONG;
        return false;
    }
    state->has_folder = mkdtemp(state->folder) != NULL;
    snprintf(state->file, sizeof state->file, "%s/data.xlsx", state->folder);
    return state->has_folder;
}

/* What codes mean, on a sheet of its own. */
static void put_codebook(struct xlsx_state *state, const struct dataset *dataset)
{
    bool dutch = strcmp(dataset->language, "nl") == 0;
    lxw_worksheet *sheet = workbook_add_worksheet(state->workbook, dutch ? "Codeboek" : "Codebook");
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
    if (!make_folder(state, writer->sink.output.folder)) {
        return DATASET_TEMPORARY_FAILED;
    }
    lxw_workbook_options options = {
        .constant_memory = LXW_TRUE, .tmpdir = state->folder, .use_zip64 = LXW_TRUE};
    state->workbook = workbook_new_opt(state->file, &options);
    if (!state->workbook) {
        return DATASET_NO_MEMORY;
    }
    lxw_doc_properties properties = {.title = arena_cstr(writer->arena, slice_from_cstr(dataset->title)),
                                     .company = arena_cstr(writer->arena, slice_from_cstr(dataset->producer)),
                                     .created = dataset->made_at};
    workbook_set_properties(state->workbook, &properties);
    state->data = workbook_add_worksheet(state->workbook, dutch ? "Gegevens" : "Data");
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

/* libxlsxwriter does not look whether its temporary file took what it wrote. */
static bool kept(const struct xlsx_state *state)
{
    return !state->data->optimize_tmpfile || !ferror(state->data->optimize_tmpfile);
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
        log_error("dataset.xlsx", "reason=\"%s\"", lxw_strerror(error));
        return DATASET_WRONG;
    }
    return kept(state) ? DATASET_OK : DATASET_TEMPORARY_FAILED;
}

/* ---- the end ---- */

static enum dataset_status close_workbook(struct xlsx_state *state)
{
    bool good = state->data && kept(state);
    lxw_error error = workbook_close(state->workbook); /* frees it */
    state->workbook = NULL;
    if (error != LXW_NO_ERROR) {
        log_warn("dataset.xlsx", "reason=\"%s\"", lxw_strerror(error));
    }
    return good && error == LXW_NO_ERROR ? DATASET_OK : DATASET_TEMPORARY_FAILED;
}

static enum dataset_status copy_to_output(struct dataset_writer *writer)
{
    const struct xlsx_state *state = writer->state;
    FILE *file = fopen(state->file, "rbe");
    size_t got = 0;
    if (!file) {
        return DATASET_TEMPORARY_FAILED;
    }
    do {
        char *room = sink_reserve(&writer->sink, COPY_BYTES);
        got = fread(room, 1, COPY_BYTES, file);
        writer->sink.len += got;
    } while (got > 0 && !writer->sink.failed);
    bool good = !ferror(file);
    fclose(file);
    return good ? DATASET_OK : DATASET_TEMPORARY_FAILED;
}

static enum dataset_status end_xlsx(struct dataset_writer *writer)
{
    struct xlsx_state *state = writer->state;
    put_codebook(state, writer->dataset);
    enum dataset_status status = close_workbook(state);
    return status == DATASET_OK ? copy_to_output(writer) : status;
}

static void destroy_xlsx(struct dataset_writer *writer)
{
    struct xlsx_state *state = writer->state;
    if (!state) {
        return;
    }
    if (state->workbook) {
        close_workbook(state); /* nothing else gives back its temporary files */
    }
    if (state->has_folder) {
        unlink(state->file);
        rmdir(state->folder);
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
