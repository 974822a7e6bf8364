/* A member of a ZIP file in memory, as text. */
#ifndef ZEVENSTEM_TESTS_ZIP_MEMBER_H
#define ZEVENSTEM_TESTS_ZIP_MEMBER_H

#include "base/slice.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <zip.h>

/* The caller frees it. Fails the test when the file is none, or has no such member. */
static inline char *zip_member(struct slice file, const char *name)
{
    zip_error_t error;
    zip_stat_t stat;
    zip_source_t *source = zip_source_buffer_create(file.ptr, file.len, 0, &error);
    zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    cr_assert_not_null(zip, "no ZIP file");
    cr_assert_eq(zip_stat(zip, name, 0, &stat), 0, "no %s", name);
    char *text = malloc(stat.size + 1);
    zip_file_t *member = zip_fopen(zip, name, 0);
    cr_assert(text && member && zip_fread(member, text, stat.size) == (zip_int64_t)stat.size, "%s", name);
    text[stat.size] = '\0';
    zip_fclose(member);
    zip_discard(zip);
    return text;
}

#endif
