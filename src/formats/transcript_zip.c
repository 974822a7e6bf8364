/* A member of the ZIP that a document is: read in pieces, never unpacked to disk, never beyond what
 * transcript.h allows. */
#include "formats/transcript_internal.h"

#include <zip.h>

enum { SMALLEST_ZIP = 22, RATIO_FROM = 1 << 20 };

struct document_zip {
    struct reading *reading;
    zip_t *zip;
    zip_file_t *member;
    uint64_t packed, unpacked; /* bytes of the member */
};

struct document_zip *document_zip_open(struct reading *reading, struct slice file)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source =
        file.len >= SMALLEST_ZIP ? zip_source_buffer_create(file.ptr, file.len, 0, &error) : NULL;
    zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    if (!zip && source) {
        zip_source_free(source);
    }
    zip_error_fini(&error);
    if (!zip) {
        transcript_fault(reading, TRANSCRIPT_NO_ZIP, 0, SLICE(""));
        return NULL;
    }
    struct document_zip *out = arena_alloc(reading->arena, sizeof *out);
    *out = (struct document_zip){.reading = reading, .zip = zip};
    if (zip_get_num_entries(zip, 0) > TRANSCRIPT_MEMBERS_MAX) {
        transcript_fault(reading, TRANSCRIPT_ZIP_TOO_MANY, 0, SLICE(""));
        document_zip_close(out);
        out = NULL;
    }
    return out;
}

static void end_member(struct document_zip *zip)
{
    if (zip->member) {
        zip_fclose(zip->member);
        zip->member = NULL;
    }
}

void document_zip_close(struct document_zip *zip)
{
    if (zip) {
        end_member(zip);
        zip_discard(zip->zip);
    }
}

bool document_zip_begin(struct document_zip *zip, const char *member)
{
    end_member(zip);
    zip_stat_t stat;
    zip_stat_init(&stat);
    const zip_int64_t at = zip_name_locate(zip->zip, member, 0);
    if (at < 0 || zip_stat_index(zip->zip, (zip_uint64_t)at, 0, &stat) != 0) {
        return false;
    }
    if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) && stat.encryption_method != ZIP_EM_NONE) {
        transcript_fault(zip->reading, TRANSCRIPT_ZIP_ENCRYPTED, 0, slice_from_cstr(member));
        return false;
    }
    zip->member = zip_fopen_index(zip->zip, (zip_uint64_t)at, 0);
    zip->packed = (stat.valid & ZIP_STAT_COMP_SIZE) ? stat.comp_size : 0;
    zip->unpacked = 0;
    if (!zip->member) {
        transcript_fault(zip->reading, TRANSCRIPT_NO_ZIP, 0, slice_from_cstr(member));
    }
    return zip->member != NULL;
}

int document_zip_read(struct document_zip *zip, char *bytes, int size)
{
    const zip_int64_t got = zip_fread(zip->member, bytes, (zip_uint64_t)size);
    if (got < 0) {
        transcript_fault(zip->reading, TRANSCRIPT_NO_ZIP, 0, SLICE(""));
        return -1;
    }
    zip->unpacked += (uint64_t)got;
    const bool swollen = zip->unpacked > RATIO_FROM && zip->unpacked / TRANSCRIPT_RATIO_MAX > zip->packed;
    if (swollen || zip->unpacked > TRANSCRIPT_UNPACKED_MAX) {
        transcript_fault(zip->reading, TRANSCRIPT_ZIP_BOMB, 0, SLICE(""));
        return -1;
    }
    return (int)got;
}
