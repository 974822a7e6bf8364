/* Reading: the parser, elements, attributes. The parser loads nothing from elsewhere and never meets a
 * document type (qda_guard.c). */
#include "formats/qda_read.h"

#include "base/utf8.h"

#include <libxml/xmlerror.h>
#include <string.h>

enum { ELEMENT = XML_READER_TYPE_ELEMENT, END = XML_READER_TYPE_END_ELEMENT };

static const char project_space[] = "urn:QDA-XML:project:1.0";
static const char codebook_space[] = "urn:QDA-XML:codebook:1.0";

size_t reader_line(const struct reader *r)
{
    const long line = r->xml ? xmlGetLineNo(xmlTextReaderCurrentNode(r->xml)) : 0;
    return line > 0 ? (size_t)line : 0;
}

void reader_fail(struct reader *r, enum qda_status status, struct slice what)
{
    if (reading(r)) {
        qda_fail(r->fault, status, reader_line(r), what);
    }
}

static const char *text_of(const xmlChar *text)
{
    return text ? (const char *)text : "";
}

/* ---- bytes for the parser ---- */

static int more_bytes(struct reader *r, char *bytes, int size)
{
    if (r->archive) {
        return qda_archive_read(r->archive, bytes, size);
    }
    const size_t part = r->rest.len < (size_t)size ? r->rest.len : (size_t)size;
    if (part > 0) {
        memcpy(bytes, r->rest.ptr, part);
        r->rest = (struct slice){r->rest.ptr + part, r->rest.len - part};
    }
    return (int)part;
}

static int give_bytes(void *self, char *bytes, int size)
{
    struct reader *r = self;
    const int got = more_bytes(r, bytes, size);
    if (got < 0) {
        qda_fail(r->fault, QDA_ZIP_BROKEN, 0, SLICE("project.qde"));
        return -1;
    }
    r->xml_bytes += (size_t)got;
    if (r->xml_bytes > r->xml_max) {
        qda_fail(r->fault, QDA_UNPACKED_TOO_BIG, 0, SLICE("project.qde"));
        return -1;
    }
    const enum qda_status status = tag_guard_pass(&r->guard, bytes, (size_t)got);
    if (status != QDA_OK) {
        qda_fail(r->fault, status, 0, SLICE(""));
        return -1;
    }
    return got;
}

/* ---- elements ---- */

static void hear(void *self, xmlErrorPtr error)
{
    struct reader *r = self;
    if (error->level >= XML_ERR_ERROR) {
        qda_fail(r->fault, QDA_XML, error->line > 0 ? (size_t)error->line : 0,
                 slice_trim(slice_from_cstr(error->message)));
    }
}

/* The next node. False with a fault at the end of the document, which comes too early then. */
static bool step(struct reader *r)
{
    if (!reading(r)) {
        return false;
    }
    if (xmlTextReaderRead(r->xml) != 1) {
        reader_fail(r, QDA_XML, SLICE(""));
    }
    return reading(r);
}

struct walk walk_begin(const struct reader *r)
{
    return (struct walk){.depth = xmlTextReaderDepth(r->xml),
                         .empty = xmlTextReaderIsEmptyElement(r->xml) == 1};
}

bool walk_next(struct reader *r, struct walk *walk)
{
    while (!walk->empty && step(r)) {
        const int type = xmlTextReaderNodeType(r->xml);
        const int depth = xmlTextReaderDepth(r->xml);
        if (type == ELEMENT) {
            return true;
        }
        if (type == END && depth == walk->depth) {
            return false;
        }
    }
    return false;
}

bool reader_at(const struct reader *r, const char *element)
{
    return strcmp(text_of(xmlTextReaderConstLocalName(r->xml)), element) == 0 &&
           strcmp(text_of(xmlTextReaderConstNamespaceUri(r->xml)), r->space) == 0;
}

static void count_left_out(struct reader *r)
{
    struct qda_report *report = r->report;
    const struct slice name = slice_from_cstr(text_of(xmlTextReaderConstLocalName(r->xml)));
    for (size_t i = 0; i < report->left_out_count; i++) {
        if (slice_equal(report->left_out[i].name, name)) {
            report->left_out[i].count++;
            return;
        }
    }
    if (report->left_out_count < QDA_LEFT_OUT_NAMES && name.len <= QDA_WHAT_BYTES) {
        report->left_out[report->left_out_count].name = arena_copy(r->arena, name);
        report->left_out[report->left_out_count++].count = 1;
    } else {
        report->others++;
    }
}

static void note_guid(struct reader *r)
{
    xmlChar *text = xmlTextReaderGetAttribute(r->xml, (const xmlChar *)"guid");
    struct qda_guid guid;
    if (text && qda_guid_parse(&guid, slice_trim(slice_from_cstr((const char *)text)))) {
        buffer_append(&r->left_out, (struct slice){(const char *)&guid, sizeof guid});
    }
    xmlFree(text);
}

void reader_leave_out(struct reader *r)
{
    struct walk walk = walk_begin(r);
    count_left_out(r);
    note_guid(r);
    while (!walk.empty && step(r)) {
        const int type = xmlTextReaderNodeType(r->xml);
        if (type == ELEMENT) {
            note_guid(r);
        } else if (type == END && xmlTextReaderDepth(r->xml) == walk.depth) {
            return;
        }
    }
}

struct slice reader_text(struct reader *r, size_t max)
{
    struct walk walk = walk_begin(r);
    struct buffer text;
    struct slice out = {"", 0};
    buffer_init(&text, max);
    while (!walk.empty && step(r)) {
        const int type = xmlTextReaderNodeType(r->xml);
        if (type == ELEMENT) {
            reader_leave_out(r);
        } else if (type == END) {
            break;
        } else if (type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA ||
                   type == XML_READER_TYPE_WHITESPACE || type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE) {
            buffer_append(&text, slice_from_cstr(text_of(xmlTextReaderConstValue(r->xml))));
        }
    }
    if (buffer_failed(&text)) {
        reader_fail(r, QDA_TOO_LONG, SLICE(""));
    } else if (text.len > 0) {
        out = arena_copy(r->arena, buffer_slice(&text));
    }
    buffer_free(&text);
    return out;
}

/* ---- attributes ---- */

static uint32_t refer(struct reader *r, enum qda_kind kind, const struct qda_guid *guid)
{
    const struct reference reference = {*guid, kind, (uint32_t)reader_line(r)};
    const size_t place = r->references.len / sizeof reference;
    buffer_append(&r->references, (struct slice){(const char *)&reference, sizeof reference});
    return (uint32_t)place;
}

static bool read_guid(struct qda_guid *out, struct reader *r, struct slice value)
{
    const bool good = qda_guid_parse(out, value);
    if (!good) {
        reader_fail(r, QDA_BAD_GUID, value);
    }
    return good;
}

static void read_colour(int32_t *out, struct reader *r, struct slice value)
{
    enum { SHORT = 4, LONG = 7 };
    int32_t colour = 0;
    bool good = (value.len == SHORT || value.len == LONG) && value.ptr[0] == '#';
    for (size_t i = 1; i < value.len && good; i++) {
        const char c = value.ptr[i];
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        good = digit >= 0;
        colour = colour * 16 + digit;
        colour = value.len == SHORT && good ? colour * 16 + digit : colour;
    }
    if (good) {
        *out = colour;
    } else {
        reader_fail(r, QDA_BAD_COLOUR, value);
    }
}

static void read_type(enum qda_type *out, struct reader *r, struct slice value)
{
    for (enum qda_type type = QDA_TEXT; type < QDA_NO_VALUE; type++) {
        if (slice_equal_cstr(value, qda_type_names[type])) {
            *out = type;
            return;
        }
    }
    reader_fail(r, QDA_BAD_TYPE, value);
}

static void read_time(int64_t *out, struct reader *r, struct slice value)
{
    bool zoned = true;
    if (!qda_time_parse(out, &zoned, value)) {
        reader_fail(r, QDA_BAD_TIME, value);
    }
    r->report->times_without_zone += !zoned;
}

static void read_value(struct reader *r, const struct attribute *attribute, struct slice text)
{
    const struct slice value = slice_trim(text);
    struct qda_guid guid;
    int64_t number;
    switch (attribute->kind) {
    case ATTRIBUTE_GUID:
        read_guid(attribute->out, r, value);
        return;
    case ATTRIBUTE_TEXT:
        if (text.len > QDA_NAME_MAX) {
            reader_fail(r, QDA_TOO_LONG, text);
        } else if (text.len > 0) {
            *(struct slice *)attribute->out = arena_copy(r->arena, text);
        }
        return;
    case ATTRIBUTE_POSITION:
        if (slice_to_i64(&number, value, 0, INT32_MAX)) {
            *(uint32_t *)attribute->out = (uint32_t)number;
        } else {
            reader_fail(r, QDA_BAD_NUMBER, value);
        }
        return;
    case ATTRIBUTE_BOOLEAN:
        if (qda_value_valid(QDA_BOOLEAN, value)) {
            *(bool *)attribute->out = value.ptr[0] == 't' || value.ptr[0] == '1';
        } else {
            reader_fail(r, QDA_BAD_BOOLEAN, value);
        }
        return;
    case ATTRIBUTE_COLOUR:
        read_colour(attribute->out, r, value);
        return;
    case ATTRIBUTE_TIME:
        read_time(attribute->out, r, value);
        return;
    case ATTRIBUTE_TYPE:
        read_type(attribute->out, r, value);
        return;
    case ATTRIBUTE_USER:
        if (read_guid(&guid, r, value)) {
            *(uint32_t *)attribute->out = refer(r, QDA_KIND_USER, &guid);
        }
        return;
    }
}

void reader_attributes(struct reader *r, const struct attribute *attributes, size_t count)
{
    for (size_t i = 0; i < count && reading(r); i++) {
        xmlChar *text = xmlTextReaderGetAttribute(r->xml, (const xmlChar *)attributes[i].name);
        if (text) {
            read_value(r, &attributes[i], slice_from_cstr((const char *)text));
        } else if (attributes[i].required) {
            reader_fail(r, QDA_MISSING, slice_from_cstr(attributes[i].name));
        }
        xmlFree(text);
    }
}

uint32_t reader_reference(struct reader *r, const char *attribute, enum qda_kind kind)
{
    struct qda_guid guid = {{0}};
    struct walk walk = walk_begin(r);
    reader_attributes(r, &(struct attribute){attribute, ATTRIBUTE_GUID, true, &guid}, 1);
    const uint32_t place = refer(r, kind, &guid);
    while (walk_next(r, &walk)) {
        reader_leave_out(r);
    }
    return place;
}

/* ---- lists ---- */

struct list list_begin(size_t item_size)
{
    struct list list = {.size = item_size};
    buffer_init(&list.bytes, QDA_ITEMS_MAX * item_size);
    return list;
}

void list_add(struct reader *r, struct list *list, const void *item)
{
    buffer_append(&list->bytes, (struct slice){item, list->size});
    if (buffer_failed(&list->bytes)) {
        reader_fail(r, QDA_TOO_MANY, slice_from_cstr(text_of(xmlTextReaderConstLocalName(r->xml))));
    }
}

void *list_at(const struct list *list, size_t i)
{
    return list->bytes.ptr + i * list->size;
}

size_t list_count(const struct list *list)
{
    return list->bytes.len / list->size;
}

void *list_end(struct reader *r, struct list *list, size_t *count)
{
    void *items = NULL;
    *count = 0;
    if (reading(r) && list->bytes.len > 0) {
        items = arena_alloc(r->arena, list->bytes.len);
        memcpy(items, list->bytes.ptr, list->bytes.len);
        *count = list_count(list);
    }
    buffer_free(&list->bytes);
    return items;
}

/* ---- the whole ---- */

/* Stands on the root, which must be this one. */
static bool at_root(struct reader *r, const char *root)
{
    do {
        if (!step(r)) {
            return false;
        }
    } while (xmlTextReaderNodeType(r->xml) != ELEMENT);
    const char *space = text_of(xmlTextReaderConstNamespaceUri(r->xml));
    r->space = strcmp(space, codebook_space) == 0 && !r->archive ? codebook_space : project_space;
    if (!reader_at(r, root)) {
        reader_fail(r, QDA_WRONG_ROOT, slice_from_cstr(text_of(xmlTextReaderConstLocalName(r->xml))));
    }
    return reading(r);
}

/* To the last byte, so that the checksum is looked at. */
static void read_to_the_end(struct reader *r)
{
    char rest[64];
    int left = 1;
    while (reading(r) && left == 1) {
        left = xmlTextReaderRead(r->xml);
    }
    if (left < 0) {
        reader_fail(r, QDA_XML, SLICE(""));
    }
    if (reading(r) && r->archive && qda_archive_read(r->archive, rest, sizeof rest) < 0) {
        qda_fail(r->fault, QDA_ZIP_BROKEN, 0, SLICE("project.qde"));
    }
}

static void settle_texts(struct reader *r, struct qda_source *texts, size_t count)
{
    for (size_t i = 0; i < count && reading(r); i++) {
        qda_text_settle(&texts[i], r->report, r->fault, r->p->origin);
    }
}

static void read_document(struct reader *r, const char *root, void (*read_parts)(struct reader *r))
{
    /* UTF-8 whatever it says of itself: the guard reads nothing else. Naming it is not enough, for the
     * encoding that the document declares would take over. */
    r->xml = xmlReaderForIO(give_bytes, NULL, r, NULL, "UTF-8",
                            XML_PARSE_NONET | XML_PARSE_BIG_LINES | XML_PARSE_IGNORE_ENC);
    if (!r->xml) {
        reader_fail(r, QDA_NO_MEMORY, SLICE(""));
        return;
    }
    xmlTextReaderSetStructuredErrorHandler(r->xml, hear, r);
    if (at_root(r, root)) {
        read_parts(r);
        read_to_the_end(r);
    }
    if (buffer_failed(&r->references) || buffer_failed(&r->left_out)) {
        reader_fail(r, QDA_NO_MEMORY, SLICE(""));
    }
    xmlFreeTextReader(r->xml);
    r->xml = NULL;
}

static enum qda_status read_all(struct qda_project **project, struct reader *r, const char *root,
                                void (*read_parts)(struct reader *r))
{
    r->p = arena_alloc(r->arena, sizeof *r->p);
    r->p->created = r->p->modified = (struct qda_stamp){QDA_NONE, QDA_NO_TIME};
    buffer_init(&r->references, SIZE_MAX);
    buffer_init(&r->left_out, SIZE_MAX);
    read_document(r, root, read_parts);
    qda_resolve(r);
    settle_texts(r, r->p->sources, r->p->source_count);
    settle_texts(r, r->p->notes, r->p->note_count);
    if (reading(r)) {
        qda_check(r->fault, r->p);
    }
    buffer_free(&r->references);
    buffer_free(&r->left_out);
    *project = reading(r) ? r->p : NULL;
    return r->fault->status;
}

static struct reader begin(struct qda_report *report, struct qda_fault *fault, struct arena *arena)
{
    *report = (struct qda_report){.left_out_count = 0};
    *fault = (struct qda_fault){.status = QDA_OK};
    return (struct reader){.arena = arena, .report = report, .fault = fault};
}

static size_t least(size_t limit, size_t most)
{
    return limit > 0 && limit < most ? limit : most;
}

enum qda_status qda_read_project_within(struct qda_project **project, struct qda_report *report,
                                        struct qda_fault *fault, struct arena *arena, struct slice file,
                                        const struct qda_limits *limits)
{
    struct reader r = begin(report, fault, arena);
    *project = NULL;
    r.xml_max = least(limits->xml, QDA_XML_MAX);
    if (file.len > least(limits->file, QDA_FILE_MAX)) {
        return qda_fail(fault, QDA_FILE_TOO_LARGE, 0, SLICE(""));
    }
    r.archive = qda_archive_open(fault, arena, file, least(limits->texts, QDA_TEXTS_MAX));
    if (r.archive) {
        if (qda_archive_begin(r.archive)) {
            read_all(project, &r, "Project", read_project_parts);
        }
        qda_archive_close(r.archive);
    }
    return fault->status;
}

enum qda_status qda_read_codebook_within(struct qda_project **project, struct qda_report *report,
                                         struct qda_fault *fault, struct arena *arena, struct slice file,
                                         const struct qda_limits *limits)
{
    struct reader r = begin(report, fault, arena);
    r.rest = file;
    r.xml_max = least(limits->xml, QDA_XML_MAX);
    *project = NULL;
    if (file.len > least(limits->file, QDA_FILE_MAX)) {
        return qda_fail(fault, QDA_FILE_TOO_LARGE, 0, SLICE(""));
    }
    return read_all(project, &r, "CodeBook", read_codebook_parts);
}

static const struct qda_limits widest = {0, 0, 0};

enum qda_status qda_read_project(struct qda_project **project, struct qda_report *report,
                                 struct qda_fault *fault, struct arena *arena, struct slice file)
{
    return qda_read_project_within(project, report, fault, arena, file, &widest);
}

enum qda_status qda_read_codebook(struct qda_project **project, struct qda_report *report,
                                  struct qda_fault *fault, struct arena *arena, struct slice file)
{
    return qda_read_codebook_within(project, report, fault, arena, file, &widest);
}
