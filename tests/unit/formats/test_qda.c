/* What is written: by the schemas, and read back the same. */
#include "qda_support.h"

#include "support/leaks.h"
#include "support/zip_member.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(qda, .fini = leaks_check);

enum { SEEDS = 150 };

static const char *guid_text(const struct qda_guid *guid)
{
    static char text[QDA_GUID_CHARS + 1];
    qda_guid_format(text, guid);
    return text;
}

Test(qda, guids_are_the_same_for_ever)
{
    struct qda_guid guid;
    /* Python: sha256(b"5:proef4:code2:17") */
    qda_guid_derive(&guid, SLICE("proef"), "code", SLICE("17"));
    cr_expect_str_eq(guid_text(&guid), "9cd724b1-5139-8019-96a7-a93e00bd35ff");
    struct qda_guid other;
    qda_guid_derive(&other, SLICE("proef"), "code1", SLICE("7"));
    cr_expect_neq(memcmp(&guid, &other, sizeof guid), 0, "where kind ends and id begins counts");
}

Test(qda, guids_are_read_in_every_form_of_the_schema)
{
    struct qda_guid guid, other;
    cr_assert(qda_guid_parse(&guid, SLICE("{01234567-89AB-CDEF-0123-456789abcdef}")));
    cr_expect_str_eq(guid_text(&guid), "01234567-89ab-cdef-0123-456789abcdef");
    cr_assert(qda_guid_parse(&other, SLICE("01234567-89ab-cdef-0123-456789ABCDEF")));
    cr_expect_arr_eq(guid.bytes, other.bytes, sizeof guid.bytes);
    static const char *const none[] = {"",
                                       "01234567-89ab-cdef-0123-456789abcde",
                                       "{01234567-89ab-cdef-0123-456789abcdef",
                                       "0123456789abcdef0123456789abcdef",
                                       "01234567-89ab-cdef-0123_456789abcdef",
                                       "g1234567-89ab-cdef-0123-456789abcdef"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        cr_expect_not(qda_guid_parse(&guid, slice_from_cstr(none[i])), "%s", none[i]);
    }
}

static struct qda_project *read_back(struct arena *arena, struct slice file)
{
    struct qda_project *project;
    struct qda_report report;
    struct qda_fault fault;
    cr_assert_eq(qda_read_project(&project, &report, &fault, arena, file), QDA_OK, "fault %d in line %zu: %s",
                 (int)fault.status, fault.line, fault.what);
    const struct qda_report nothing = {.left_out_count = 0};
    cr_expect_arr_eq(&report, &nothing, sizeof report, "something was not taken as it stands");
    return project;
}

Test(qda, holds_against_the_schema)
{
    struct arena *arena = arena_create(QDA_TEST_MAX);
    struct buffer file;
    write_project(&file, sample_project(arena));
    char *xml = zip_member(buffer_slice(&file), "project.qde");
    cr_expect(schema_holds("Project.xsd", slice_from_cstr(xml)), "%s", xml);
    cr_expect(strstr(xml, "plainTextPath=\"internal://"));
    cr_expect(strstr(xml, "startPosition=\"4\" endPosition=\"9\""));
    cr_expect(strstr(xml, "color=\"#00A0FF\""));
    free(xml);
    buffer_free(&file);
    write_codebook(&file, sample_project(arena));
    cr_expect(schema_holds("Codebook.xsd", buffer_slice(&file)), "%.*s", SLICE_ARG(buffer_slice(&file)));
    buffer_free(&file);
    arena_destroy(arena);
}

Test(qda, leaves_empty_wrappers_out)
{
    struct arena *arena = arena_create(QDA_TEST_MAX);
    struct qda_project empty = {
        .name = SLICE("leeg"), .created = {QDA_NONE, QDA_NO_TIME}, .modified = {QDA_NONE, QDA_NO_TIME}};
    struct buffer file;
    write_project(&file, &empty);
    char *xml = zip_member(buffer_slice(&file), "project.qde");
    cr_expect(schema_holds("Project.xsd", slice_from_cstr(xml)));
    cr_expect_str_eq(xml, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                          "<Project xmlns=\"urn:QDA-XML:project:1.0\" name=\"leeg\"/>\n");
    free(xml);
    cr_expect(slice_equal_cstr(read_back(arena, buffer_slice(&file))->name, "leeg"));
    buffer_free(&file);
    arena_destroy(arena);
}

Test(qda, texts_are_files_beside_it)
{
    struct arena *arena = arena_create(QDA_TEST_MAX);
    struct qda_project *sample = sample_project(arena);
    struct buffer file;
    write_project(&file, sample);
    char name[64];
    snprintf(name, sizeof name, "sources/%s.txt", guid_text(&sample->sources[0].guid));
    char *text = zip_member(buffer_slice(&file), name);
    cr_expect_str_eq(text, "P1: één 👍 & <b>\nP2: nee\n");
    free(text);
    buffer_free(&file);
    arena_destroy(arena);
}

Test(qda, reads_what_was_written)
{
    struct arena *arena = arena_create(QDA_TEST_MAX);
    struct buffer file;
    write_project(&file, sample_project(arena));
    const struct qda_project *p = read_back(arena, buffer_slice(&file));
    cr_assert_eq(p->code_count, 5);
    cr_expect_eq(p->codes[2].parent, 1);
    cr_expect_eq(p->codes[3].parent, 0);
    cr_expect_eq(p->codes[4].parent, QDA_NONE);
    cr_expect_eq(p->codes[1].colour, 0x00A0FF);
    cr_expect_not(p->codes[0].codable);
    const struct qda_selection *span = &p->sources[0].selections[0];
    cr_expect(slice_equal_cstr(span->description, "Een memo & <meer>\nop twee regels"));
    cr_expect_eq(span->codings.items[1].code, 2);
    cr_expect_eq(span->codings.items[1].created.user, 1);
    cr_expect_eq(span->codings.items[1].created.at, 1800000060);
    cr_expect_eq(p->cases[0].selections[0].selection, 1);
    cr_expect_eq(p->cases[0].values.items[0].type, QDA_INTEGER);
    cr_expect(slice_equal_cstr(p->cases[0].values.items[0].text, "67"));
    cr_expect(slice_equal_cstr(p->notes[0].text, "Twijfel"));
    buffer_free(&file);
    arena_destroy(arena);
}

static void expect_same(const struct buffer *a, const struct buffer *b, uint64_t seed)
{
    cr_expect(slice_equal(buffer_slice(a), buffer_slice(b)), "written again differs, seed %llu",
              (unsigned long long)seed);
}

Test(qda, export_import_export_is_the_same_bytes)
{
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct arena *arena = arena_create(QDA_TEST_MAX);
        struct buffer first, again;
        write_project(&first, seed == 0 ? sample_project(arena) : random_project(arena, seed));
        char *xml = zip_member(buffer_slice(&first), "project.qde");
        cr_expect(schema_holds("Project.xsd", slice_from_cstr(xml)), "seed %llu", (unsigned long long)seed);
        free(xml);
        write_project(&again, read_back(arena, buffer_slice(&first)));
        expect_same(&first, &again, seed);
        buffer_free(&first);
        buffer_free(&again);
        arena_destroy(arena);
    }
}

Test(qda, a_code_book_alone_is_the_same_bytes)
{
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct arena *arena = arena_create(QDA_TEST_MAX);
        struct qda_project *project = seed == 0 ? sample_project(arena) : random_project(arena, seed);
        struct buffer first, again;
        struct qda_project *read;
        struct qda_report report;
        struct qda_fault fault;
        if (project->code_count > 0) {
            write_codebook(&first, project);
            cr_expect(schema_holds("Codebook.xsd", buffer_slice(&first)), "seed %llu",
                      (unsigned long long)seed);
            cr_assert_eq(qda_read_codebook(&read, &report, &fault, arena, buffer_slice(&first)), QDA_OK,
                         "fault %d: %s", (int)fault.status, fault.what);
            write_codebook(&again, read);
            expect_same(&first, &again, seed);
            buffer_free(&again);
        } else {
            cr_expect_eq(qda_write_codebook(&fault, project, output_to(&first)), QDA_NO_CODES);
        }
        buffer_free(&first);
        arena_destroy(arena);
    }
}

/* ---- what cannot be written ---- */

static enum qda_status status_of(const struct qda_project *project)
{
    struct buffer file;
    struct qda_fault fault;
    const enum qda_status status = qda_write_project(&fault, project, output_to(&file));
    cr_expect_eq(file.len, 0, "nothing is written");
    cr_expect_eq(status, fault.status);
    buffer_free(&file);
    return status;
}

Test(qda, writes_nothing_of_a_model_that_breaks_its_contract)
{
    struct arena *arena = arena_create(QDA_TEST_MAX);
    struct qda_project *p = sample_project(arena);
    p->codes[2].parent = 3;
    cr_expect_eq(status_of(p), QDA_WRONG_MODEL, "a parent behind it");
    p = sample_project(arena);
    p->codes[4].parent = 2;
    cr_expect_eq(status_of(p), QDA_WRONG_MODEL, "a parent that was done with");
    p = sample_project(arena);
    p->sources[0].selections[0].end = 26;
    cr_expect_eq(status_of(p), QDA_SPAN_OUTSIDE);
    p->sources[0].selections[0].end = 3;
    cr_expect_eq(status_of(p), QDA_SPAN_OUTSIDE);
    p = sample_project(arena);
    p->sources[0].selections[0].codings.items[0].code = 5;
    cr_expect_eq(status_of(p), QDA_WRONG_MODEL);
    p = sample_project(arena);
    p->codes[1].guid = p->codes[0].guid;
    cr_expect_eq(status_of(p), QDA_TWICE);
    p = sample_project(arena);
    p->notes[0].guid = p->sources[0].guid;
    cr_expect_eq(status_of(p), QDA_TWICE, "their files would be one");
    p = sample_project(arena);
    p->sources[0].text = SLICE("een\r\ntwee");
    cr_expect_eq(status_of(p), QDA_WRONG_MODEL);
    p->sources[0].text = SLICE("\xEF\xBB\xBFP1: een mark in front is none of the text");
    cr_expect_eq(status_of(p), QDA_WRONG_MODEL);
    p->sources[0].text = SLICE("P1: \xff is no UTF-8");
    cr_expect_eq(status_of(p), QDA_BAD_TEXT);
    p = sample_project(arena);
    p->codes[0].name = SLICE("bel \a");
    cr_expect_eq(status_of(p), QDA_BAD_TEXT, "XML has no such character");
    p = sample_project(arena);
    p->cases[0].values.items[0].text = SLICE("zevenenzestig");
    cr_expect_eq(status_of(p), QDA_WRONG_MODEL);
    arena_destroy(arena);
}

static bool refuse(const void *bytes, size_t size, void *self)
{
    (void)bytes;
    (void)size;
    (void)self;
    return false;
}

Test(qda, tells_that_the_output_failed)
{
    struct arena *arena = arena_create(QDA_TEST_MAX);
    struct qda_fault fault;
    const struct dataset_output output = {.write = refuse};
    cr_expect_eq(qda_write_project(&fault, sample_project(arena), output), QDA_OUTPUT_FAILED);
    cr_expect_eq(qda_write_codebook(&fault, sample_project(arena), output), QDA_OUTPUT_FAILED);
    arena_destroy(arena);
}
