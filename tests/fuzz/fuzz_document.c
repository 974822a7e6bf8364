/* A text document: the XML of its body, packed as ODT where it names ODF's text and as DOCX else; or a whole
 * file where it begins as a ZIP does. */
#include "fuzz.h"
#include "transcript_scene.h"

#include "base/buffer.h"

#include <string.h>
#include <zip.h>

enum { MOST = 64 << 20 };

static void pack(struct buffer *file, const char *name, struct slice xml)
{
    zip_error_t error;
    zip_stat_t stat;
    zip_source_t *whole = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_source_keep(whole);
    zip_t *zip = zip_open_from_source(whole, ZIP_CREATE | ZIP_TRUNCATE, &error);
    FUZZ_REQUIRE(zip);
    const zip_int64_t at = zip_file_add(zip, name, zip_source_buffer(zip, xml.ptr, xml.len, 0), 0);
    FUZZ_REQUIRE(at >= 0 && zip_set_file_compression(zip, (zip_uint64_t)at, ZIP_CM_STORE, 0) == 0);
    FUZZ_REQUIRE(zip_close(zip) == 0 && zip_source_open(whole) == 0 && zip_source_stat(whole, &stat) == 0);
    buffer_init(file, MOST);
    char *room = buffer_reserve(file, stat.size);
    FUZZ_REQUIRE(room && zip_source_read(whole, room, stat.size) == (zip_int64_t)stat.size);
    buffer_commit(file, stat.size);
    zip_source_close(whole);
    zip_source_free(whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct slice input = fuzz_text(data, size);
    static const char odf[] = "opendocument:xmlns:text";
    if (slice_starts_with(input, SLICE("PK"))) {
        const bool as_odt = transcript_format_guess(input, SLICE("")) == TRANSCRIPT_ODT;
        read_transcript(as_odt ? TRANSCRIPT_ODT : TRANSCRIPT_DOCX, input);
        return 0;
    }
    const bool odt = size > 0 && memmem(data, size, odf, sizeof odf - 1);
    struct buffer file;
    pack(&file, odt ? "content.xml" : "word/document.xml", input);
    read_transcript(odt ? TRANSCRIPT_ODT : TRANSCRIPT_DOCX, buffer_slice(&file));
    buffer_free(&file);
    return 0;
}
