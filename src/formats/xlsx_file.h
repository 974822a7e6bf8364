/* What the writers of XLSX have in common: libxlsxwriter in constant memory, which keeps rows in temporary
 * files and the whole in another, and the way of that file to the output. Nobody outside this folder includes
 * it. */
#ifndef ZEVENSTEM_FORMATS_XLSX_FILE_H
#define ZEVENSTEM_FORMATS_XLSX_FILE_H

#include "formats/dataset_internal.h"

#include <xlsxwriter.h>

enum { XLSX_PATH_BYTES = 4096 };

struct xlsx_file {
    lxw_workbook *workbook; /* NULL before it is open and once it is closed */
    bool has_folder;
    char folder[XLSX_PATH_BYTES], file[XLSX_PATH_BYTES + 16];
};

struct xlsx_about {
    const char *title, *producer;
    int64_t made_at; /* Unix seconds */
};

/* at: the folder for temporary files; NULL: /tmp. xlsx_file_destroy after any status. */
enum dataset_status xlsx_file_open(struct xlsx_file *file, const char *at, const struct xlsx_about *about);
/* libxlsxwriter does not look whether its temporary file took what it wrote. */
bool xlsx_sheet_kept(const lxw_worksheet *sheet);
/* Puts the workbook together and sends it. No sheet may be used after it. */
enum dataset_status xlsx_file_send(struct xlsx_file *file, struct sink *sink);
/* Removes what is temporary. */
void xlsx_file_destroy(struct xlsx_file *file);

#endif
