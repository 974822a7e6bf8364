#include "qda_support.h"

#include <criterion/criterion.h>
#include <libxml/xmlschemas.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

static bool take(const void *bytes, size_t size, void *self)
{
    buffer_append(self, (struct slice){bytes, size});
    return !buffer_failed(self);
}

struct dataset_output output_to(struct buffer *file)
{
    buffer_init(file, QDA_TEST_MAX);
    return (struct dataset_output){.write = take, .self = file};
}

void write_project(struct buffer *file, const struct qda_project *project)
{
    struct qda_fault fault;
    cr_assert_eq(qda_write_project(&fault, project, output_to(file)), QDA_OK, "fault %d: %s",
                 (int)fault.status, fault.what);
}

void write_codebook(struct buffer *file, const struct qda_project *project)
{
    struct qda_fault fault;
    cr_assert_eq(qda_write_codebook(&fault, project, output_to(file)), QDA_OK, "fault %d: %s",
                 (int)fault.status, fault.what);
}

void zip_of(struct buffer *file, const struct member *members)
{
    zip_error_t error;
    zip_stat_t stat;
    zip_source_t *whole = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_source_keep(whole);
    zip_t *zip = zip_open_from_source(whole, ZIP_CREATE | ZIP_TRUNCATE, &error);
    cr_assert_not_null(zip);
    for (; members->text; members++) {
        zip_source_t *text = zip_source_buffer(zip, members->text, strlen(members->text), 0);
        cr_assert_geq(zip_file_add(zip, members->name, text, 0), 0, "%s", members->name);
    }
    cr_assert_eq(zip_close(zip), 0);
    buffer_init(file, QDA_TEST_MAX);
    cr_assert_eq(zip_source_open(whole), 0);
    cr_assert_eq(zip_source_stat(whole, &stat), 0);
    char *room = buffer_reserve(file, stat.size);
    cr_assert(room && zip_source_read(whole, room, stat.size) == (zip_int64_t)stat.size);
    buffer_commit(file, stat.size);
    zip_source_close(whole);
    zip_source_free(whole);
}

static void say(void *self, const char *format, ...)
{
    (void)self;
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
}

bool schema_holds(const char *schema, struct slice xml)
{
    char path[512];
    const char *folder = getenv("QDA_SCHEMA");
    snprintf(path, sizeof path, "%s/%s", folder ? folder : "../shared/data/refi", schema);
    if (access(path, R_OK) != 0) {
        return true;
    }
    xmlDocPtr document = xmlReadMemory(xml.ptr, (int)xml.len, NULL, NULL, XML_PARSE_NONET);
    xmlSchemaParserCtxtPtr parser = xmlSchemaNewParserCtxt(path);
    xmlSchemaPtr parsed = xmlSchemaParse(parser);
    xmlSchemaValidCtxtPtr valid = xmlSchemaNewValidCtxt(parsed);
    xmlSchemaSetValidErrors(valid, say, say, NULL);
    const bool holds = document && parsed && xmlSchemaValidateDoc(valid, document) == 0;
    xmlSchemaFreeValidCtxt(valid);
    xmlSchemaFree(parsed);
    xmlSchemaFreeParserCtxt(parser);
    xmlFreeDoc(document);
    return holds;
}
