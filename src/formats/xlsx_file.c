#include "formats/xlsx_file.h"

#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { COPY_BYTES = 64 * 1024 };

static bool make_folder(struct xlsx_file *file, const char *at)
{
    int len = snprintf(file->folder, sizeof file->folder, "%s/zevenstem-xlsx-XXXXXX", at ? at : "/tmp");
    if (len < 0 || (size_t)len >= sizeof file->folder) {
        errno = ENAMETOOLONG;
        return false;
    }
    file->has_folder = mkdtemp(file->folder) != NULL;
    snprintf(file->file, sizeof file->file, "%s/data.xlsx", file->folder);
    return file->has_folder;
}

enum dataset_status xlsx_file_open(struct xlsx_file *file, const char *at, const struct xlsx_about *about)
{
    if (!make_folder(file, at)) {
        return DATASET_TEMPORARY_FAILED;
    }
    lxw_workbook_options options = {
        .constant_memory = LXW_TRUE, .tmpdir = file->folder, .use_zip64 = LXW_TRUE};
    file->workbook = workbook_new_opt(file->file, &options);
    if (!file->workbook) {
        return DATASET_NO_MEMORY;
    }
    /* It copies them; that it does not say so is all. */
    lxw_doc_properties properties = {.title = (char *)(uintptr_t)about->title,
                                     .company = (char *)(uintptr_t)about->producer,
                                     .created = about->made_at};
    workbook_set_properties(file->workbook, &properties);
    return DATASET_OK;
}

bool xlsx_sheet_kept(const lxw_worksheet *sheet)
{
    return !sheet->optimize_tmpfile || !ferror(sheet->optimize_tmpfile);
}

static bool all_kept(const lxw_workbook *workbook)
{
    bool kept = true;
    lxw_worksheet *sheet;
    STAILQ_FOREACH(sheet, workbook->worksheets, list_pointers)
    {
        kept = kept && xlsx_sheet_kept(sheet);
    }
    return kept;
}

static enum dataset_status close_workbook(struct xlsx_file *file)
{
    bool kept = all_kept(file->workbook);
    lxw_error error = workbook_close(file->workbook); /* frees it */
    file->workbook = NULL;
    if (error != LXW_NO_ERROR) {
        log_warn("dataset.xlsx", "reason=%s", LOG_CSTR(lxw_strerror(error)));
    }
    return kept && error == LXW_NO_ERROR ? DATASET_OK : DATASET_TEMPORARY_FAILED;
}

enum dataset_status xlsx_file_send(struct xlsx_file *file, struct sink *sink)
{
    enum dataset_status status = close_workbook(file);
    FILE *from = status == DATASET_OK ? fopen(file->file, "rbe") : NULL;
    size_t got = 0;
    if (!from) {
        return DATASET_TEMPORARY_FAILED;
    }
    do {
        char *room = sink_reserve(sink, COPY_BYTES);
        got = fread(room, 1, COPY_BYTES, from);
        sink->len += got;
    } while (got > 0 && !sink->failed);
    bool good = !ferror(from);
    fclose(from);
    return good ? DATASET_OK : DATASET_TEMPORARY_FAILED;
}

void xlsx_file_destroy(struct xlsx_file *file)
{
    if (file->workbook) {
        close_workbook(file); /* nothing else gives back its temporary files */
    }
    if (file->has_folder) {
        unlink(file->file);
        rmdir(file->folder);
    }
}
