/* A project or code book of another program. What is read can be written, and reading that again gives the
 * same bytes with nothing left out.
 *
 * The input is XML, then 0x1E, then the text of sources/a.txt; or a whole file where it begins as a ZIP does.
 */
#include "fuzz.h"

#include "base/buffer.h"
#include "formats/qda.h"

#include <string.h>
#include <zip.h>

enum { MOST = 64 << 20, BETWEEN = 0x1E };

static bool take(const void *bytes, size_t size, void *self)
{
    buffer_append(self, (struct slice){bytes, size});
    return true;
}

static struct dataset_output output_to(struct buffer *file)
{
    buffer_init(file, MOST);
    return (struct dataset_output){.write = take, .self = file};
}

static void expect_nothing_left_out(const struct qda_report *report)
{
    const struct qda_report nothing = {.left_out_count = 0};
    FUZZ_REQUIRE(memcmp(report, &nothing, sizeof nothing) == 0);
}

typedef enum qda_status reader(struct qda_project **project, struct qda_report *report,
                               struct qda_fault *fault, struct arena *arena, struct slice file);
typedef enum qda_status writer(struct qda_fault *fault, const struct qda_project *project,
                               struct dataset_output output);

static void read_and_write(struct slice file, reader *read, writer *write)
{
    struct arena *arena = arena_create(QDA_ARENA_MAX);
    struct qda_project *project, *back;
    struct qda_report report;
    struct qda_fault fault;
    struct buffer first, again;
    const enum qda_status status = read(&project, &report, &fault, arena, file);
    FUZZ_REQUIRE(status == fault.status && (project != NULL) == (status == QDA_OK));
    if (project) {
        FUZZ_REQUIRE(write(&fault, project, output_to(&first)) == QDA_OK);
        FUZZ_REQUIRE(read(&back, &report, &fault, arena, buffer_slice(&first)) == QDA_OK);
        expect_nothing_left_out(&report);
        FUZZ_REQUIRE(write(&fault, back, output_to(&again)) == QDA_OK);
        FUZZ_REQUIRE(slice_equal(buffer_slice(&first), buffer_slice(&again)));
        buffer_free(&first);
        buffer_free(&again);
    }
    arena_destroy(arena);
}

static void add(zip_t *zip, const char *name, struct slice text)
{
    zip_source_t *source = zip_source_buffer(zip, text.ptr, text.len, 0);
    const zip_int64_t at = zip_file_add(zip, name, source, 0);
    FUZZ_REQUIRE(at >= 0 && zip_set_file_compression(zip, (zip_uint64_t)at, ZIP_CM_STORE, 0) == 0);
}

static void pack(struct buffer *file, struct slice xml, struct slice text)
{
    zip_error_t error;
    zip_stat_t stat;
    zip_source_t *whole = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_source_keep(whole);
    zip_t *zip = zip_open_from_source(whole, ZIP_CREATE | ZIP_TRUNCATE, &error);
    FUZZ_REQUIRE(zip);
    add(zip, "project.qde", xml);
    add(zip, "sources/a.txt", text);
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
    if (slice_starts_with(input, SLICE("PK"))) {
        read_and_write(input, qda_read_project, qda_write_project);
        return 0;
    }
    struct slice xml, text;
    struct buffer file;
    slice_cut(&xml, &text, input, BETWEEN);
    pack(&file, xml, text);
    read_and_write(buffer_slice(&file), qda_read_project, qda_write_project);
    buffer_free(&file);
    read_and_write(xml, qda_read_codebook, qda_write_codebook);
    return 0;
}
