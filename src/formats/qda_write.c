/* Writing. What may be absent is left out: the schemas allow no empty wrappers. */
#include "formats/dataset_internal.h"
#include "formats/qda_internal.h"
#include "formats/zip_stream.h"

#include "base/buffer.h"
#include "base/clock.h"

#include <inttypes.h>
#include <libxml/xmlwriter.h>
#include <stdio.h>
#include <string.h>

enum {
    SINK_BYTES = 64 * 1024,
    COLOUR_BYTES = 8,
    DIGITS_BYTES = 12,
    FIRST_ZIP_SECOND = 315619200 /* 1980-01-02: a ZIP knows no time before 1980 */
};

struct writer {
    const struct qda_project *p;
    xmlTextWriterPtr xml;
    struct buffer text; /* the text at hand, ended by a NUL */
    struct sink *sink;  /* of a code book */
    struct zip_stream *zip;
};

static const xmlChar *xml(const char *text)
{
    return (const xmlChar *)text;
}

static void open_element(struct writer *w, const char *name)
{
    xmlTextWriterStartElement(w->xml, xml(name));
}

static void close_element(struct writer *w)
{
    xmlTextWriterEndElement(w->xml);
}

static const char *ended(struct writer *w, struct slice text)
{
    buffer_clear(&w->text);
    buffer_append(&w->text, text);
    return text.len > 0 && w->text.ptr ? w->text.ptr : "";
}

static void put_always(struct writer *w, const char *name, struct slice text)
{
    xmlTextWriterWriteAttribute(w->xml, xml(name), xml(ended(w, text)));
}

static void put_attribute(struct writer *w, const char *name, struct slice text)
{
    if (text.len > 0) {
        put_always(w, name, text);
    }
}

static void put_guid(struct writer *w, const char *name, const struct qda_guid *guid)
{
    char text[QDA_GUID_CHARS + 1];
    qda_guid_format(text, guid);
    xmlTextWriterWriteAttribute(w->xml, xml(name), xml(text));
}

static void put_digits(struct writer *w, const char *name, uint32_t number)
{
    char text[DIGITS_BYTES];
    snprintf(text, sizeof text, "%" PRIu32, number);
    xmlTextWriterWriteAttribute(w->xml, xml(name), xml(text));
}

static void put_stamp(struct writer *w, const char *user_name, const char *time_name,
                      const struct qda_stamp *stamp)
{
    if (stamp->user != QDA_NONE) {
        put_guid(w, user_name, &w->p->users[stamp->user].guid);
    }
    if (stamp->at != QDA_NO_TIME) {
        char time[CLOCK_RFC3339_BYTES];
        clock_format_rfc3339(time, stamp->at);
        xmlTextWriterWriteAttribute(w->xml, xml(time_name), xml(time));
    }
}

static void put_stamps(struct writer *w, const struct qda_stamp *created, const struct qda_stamp *modified)
{
    put_stamp(w, "creatingUser", "creationDateTime", created);
    put_stamp(w, "modifyingUser", "modifiedDateTime", modified);
}

static void put_description(struct writer *w, struct slice description)
{
    if (description.len > 0) {
        xmlTextWriterWriteElement(w->xml, xml("Description"), xml(ended(w, description)));
    }
}

static void put_reference(struct writer *w, const char *element, const char *attribute,
                          const struct qda_guid *guid)
{
    open_element(w, element);
    put_guid(w, attribute, guid);
    close_element(w);
}

static void put_note_references(struct writer *w, const char *element, const struct qda_numbers *notes)
{
    for (size_t i = 0; i < notes->count; i++) {
        put_reference(w, element, "targetGUID", &w->p->notes[notes->items[i]].guid);
    }
}

static void put_source_references(struct writer *w, const char *element, const struct qda_numbers *sources)
{
    for (size_t i = 0; i < sources->count; i++) {
        put_reference(w, element, "targetGUID", &w->p->sources[sources->items[i]].guid);
    }
}

static void put_code_references(struct writer *w, const char *element, const char *attribute,
                                const struct qda_numbers *codes)
{
    for (size_t i = 0; i < codes->count; i++) {
        put_reference(w, element, attribute, &w->p->codes[codes->items[i]].guid);
    }
}

/* ---- the parts of a project ---- */

static void put_users(struct writer *w)
{
    for (size_t i = 0; i < w->p->user_count; i++) {
        const struct qda_user *user = &w->p->users[i];
        if (i == 0) {
            open_element(w, "Users");
        }
        open_element(w, "User");
        put_guid(w, "guid", &user->guid);
        put_attribute(w, "name", user->name);
        put_attribute(w, "id", user->id);
        close_element(w);
    }
    if (w->p->user_count > 0) {
        close_element(w);
    }
}

/* notes: a code book cannot refer to any. */
static void put_codes(struct writer *w, bool notes)
{
    uint32_t open[QDA_DEPTH_MAX];
    size_t depth = 0;
    open_element(w, "Codes");
    for (size_t i = 0; i < w->p->code_count; i++) {
        const struct qda_code *code = &w->p->codes[i];
        for (; depth > 0 && open[depth - 1] != code->parent; depth--) {
            close_element(w);
        }
        open[depth++] = (uint32_t)i;
        open_element(w, "Code");
        put_guid(w, "guid", &code->guid);
        put_always(w, "name", code->name);
        put_always(w, "isCodable", code->codable ? SLICE("true") : SLICE("false"));
        if (code->colour != QDA_NO_COLOUR) {
            char colour[COLOUR_BYTES];
            snprintf(colour, sizeof colour, "#%06X", (unsigned)code->colour & 0xFFFFFFu);
            xmlTextWriterWriteAttribute(w->xml, xml("color"), xml(colour));
        }
        put_description(w, code->description);
        if (notes) {
            put_note_references(w, "NoteRef", &code->notes);
        }
    }
    for (; depth > 0; depth--) {
        close_element(w);
    }
    close_element(w);
}

static void put_variables(struct writer *w)
{
    for (size_t i = 0; i < w->p->variable_count; i++) {
        const struct qda_variable *variable = &w->p->variables[i];
        if (i == 0) {
            open_element(w, "Variables");
        }
        open_element(w, "Variable");
        put_guid(w, "guid", &variable->guid);
        put_always(w, "name", variable->name);
        put_always(w, "typeOfVariable", slice_from_cstr(qda_type_names[variable->type]));
        put_description(w, variable->description);
        close_element(w);
    }
    if (w->p->variable_count > 0) {
        close_element(w);
    }
}

static void put_values(struct writer *w, const struct qda_values *values)
{
    for (size_t i = 0; i < values->count; i++) {
        const struct qda_value *value = &values->items[i];
        open_element(w, "VariableValue");
        put_reference(w, "VariableRef", "targetGUID", &w->p->variables[value->variable].guid);
        if (value->type != QDA_NO_VALUE) {
            xmlTextWriterWriteElement(w->xml, xml(qda_value_elements[value->type]),
                                      xml(ended(w, value->text)));
        }
        close_element(w);
    }
}

static void put_cases(struct writer *w)
{
    for (size_t i = 0; i < w->p->case_count; i++) {
        const struct qda_case *one = &w->p->cases[i];
        if (i == 0) {
            open_element(w, "Cases");
        }
        open_element(w, "Case");
        put_guid(w, "guid", &one->guid);
        put_attribute(w, "name", one->name);
        put_description(w, one->description);
        put_code_references(w, "CodeRef", "targetGUID", &one->codes);
        put_values(w, &one->values);
        put_source_references(w, "SourceRef", &one->sources);
        for (size_t s = 0; s < one->selection_count; s++) {
            const struct qda_place *place = &one->selections[s];
            put_reference(w, "SelectionRef", "targetGUID",
                          &w->p->sources[place->source].selections[place->selection].guid);
        }
        close_element(w);
    }
    if (w->p->case_count > 0) {
        close_element(w);
    }
}

static void put_codings(struct writer *w, const struct qda_codings *codings)
{
    for (size_t i = 0; i < codings->count; i++) {
        const struct qda_coding *coding = &codings->items[i];
        open_element(w, "Coding");
        put_guid(w, "guid", &coding->guid);
        put_stamp(w, "creatingUser", "creationDateTime", &coding->created);
        put_reference(w, "CodeRef", "targetGUID", &w->p->codes[coding->code].guid);
        put_note_references(w, "NoteRef", &coding->notes);
        close_element(w);
    }
}

static void put_selection(struct writer *w, const struct qda_selection *selection)
{
    open_element(w, "PlainTextSelection");
    put_guid(w, "guid", &selection->guid);
    put_attribute(w, "name", selection->name);
    put_digits(w, "startPosition", selection->start);
    put_digits(w, "endPosition", selection->end);
    put_stamps(w, &selection->created, &selection->modified);
    put_description(w, selection->description);
    put_codings(w, &selection->codings);
    put_note_references(w, "NoteRef", &selection->notes);
    close_element(w);
}

static void member_name(char *out, size_t size, const char *before, const struct qda_guid *guid)
{
    char text[QDA_GUID_CHARS + 1];
    qda_guid_format(text, guid);
    snprintf(out, size, "%s%s.txt", before, text);
}

enum { MEMBER_BYTES = 64 };

static void put_texts(struct writer *w, const char *wrapper, const char *element,
                      const struct qda_source *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct qda_source *text = &texts[i];
        char path[MEMBER_BYTES];
        member_name(path, sizeof path, "internal://", &text->guid);
        if (i == 0) {
            open_element(w, wrapper);
        }
        open_element(w, element);
        put_guid(w, "guid", &text->guid);
        put_attribute(w, "name", text->name);
        put_always(w, "plainTextPath", slice_from_cstr(path));
        put_stamps(w, &text->created, &text->modified);
        put_description(w, text->description);
        for (size_t s = 0; s < text->selection_count; s++) {
            put_selection(w, &text->selections[s]);
        }
        put_codings(w, &text->codings);
        put_note_references(w, "NoteRef", &text->notes);
        put_values(w, &text->values);
        close_element(w);
    }
    if (count > 0) {
        close_element(w);
    }
}

/* of_project: with sources and notes, and codes named as there. */
static void put_sets(struct writer *w, bool of_project)
{
    for (size_t i = 0; i < w->p->set_count; i++) {
        const struct qda_set *set = &w->p->sets[i];
        if (i == 0) {
            open_element(w, "Sets");
        }
        open_element(w, "Set");
        put_guid(w, "guid", &set->guid);
        put_always(w, "name", set->name);
        put_description(w, set->description);
        put_code_references(w, "MemberCode", of_project ? "targetGUID" : "guid", &set->codes);
        if (of_project) {
            put_source_references(w, "MemberSource", &set->sources);
            put_note_references(w, "MemberNote", &set->notes);
        }
        close_element(w);
    }
    if (w->p->set_count > 0) {
        close_element(w);
    }
}

static void put_project(struct writer *w)
{
    const struct qda_project *p = w->p;
    open_element(w, "Project");
    put_always(w, "xmlns", SLICE("urn:QDA-XML:project:1.0"));
    put_always(w, "name", p->name);
    put_attribute(w, "origin", p->origin);
    put_stamp(w, "creatingUserGUID", "creationDateTime", &p->created);
    put_stamp(w, "modifyingUserGUID", "modifiedDateTime", &p->modified);
    put_users(w);
    if (p->code_count > 0) {
        open_element(w, "CodeBook");
        put_codes(w, true);
        close_element(w);
    }
    put_variables(w);
    put_cases(w);
    put_texts(w, "Sources", "TextSource", p->sources, p->source_count);
    put_texts(w, "Notes", "Note", p->notes, p->note_count);
    put_sets(w, true);
    put_description(w, p->description);
    put_note_references(w, "NoteRef", &p->about);
    close_element(w);
}

static void put_codebook(struct writer *w)
{
    open_element(w, "CodeBook");
    put_always(w, "xmlns", SLICE("urn:QDA-XML:codebook:1.0"));
    put_attribute(w, "origin", w->p->origin);
    put_codes(w, false);
    put_sets(w, false);
    close_element(w);
}

/* ---- the files ---- */

static int take_xml(void *self, const char *bytes, int size)
{
    struct writer *w = self;
    const struct slice slice = {bytes, (size_t)size};
    if (w->zip) {
        zip_stream_write(w->zip, slice);
    } else {
        sink_put(w->sink, slice);
    }
    return w->sink->failed ? -1 : size;
}

static enum qda_status put_document(struct writer *w, void (*put_root)(struct writer *w))
{
    xmlOutputBufferPtr bytes = xmlOutputBufferCreateIO(take_xml, NULL, w, NULL);
    w->xml = bytes ? xmlNewTextWriter(bytes) : NULL;
    if (!w->xml) {
        if (bytes) {
            xmlOutputBufferClose(bytes);
        }
        return QDA_NO_MEMORY;
    }
    buffer_init(&w->text, QDA_DESCRIPTION_MAX);
    xmlTextWriterSetIndent(w->xml, 1);
    xmlTextWriterStartDocument(w->xml, NULL, "UTF-8", NULL);
    put_root(w);
    xmlTextWriterEndDocument(w->xml);
    const bool flushed = xmlTextWriterFlush(w->xml) >= 0 && !buffer_failed(&w->text);
    xmlFreeTextWriter(w->xml);
    buffer_free(&w->text);
    return w->sink->failed ? QDA_OUTPUT_FAILED : flushed ? QDA_OK : QDA_NO_MEMORY;
}

static void put_members(struct writer *w, const struct qda_source *texts, size_t count)
{
    for (size_t i = 0; i < count && !w->sink->failed; i++) {
        char name[MEMBER_BYTES];
        member_name(name, sizeof name, "sources/", &texts[i].guid);
        zip_stream_begin(w->zip, name);
        zip_stream_write(w->zip, texts[i].text);
        zip_stream_end(w->zip);
    }
}

static enum qda_status put_archive(struct writer *w)
{
    const struct qda_project *p = w->p;
    const int64_t at = p->modified.at != QDA_NO_TIME ? p->modified.at : p->created.at;
    w->zip = zip_stream_create(w->sink, at < FIRST_ZIP_SECOND ? FIRST_ZIP_SECOND : at);
    if (!w->zip) {
        return QDA_NO_MEMORY;
    }
    zip_stream_begin(w->zip, "project.qde");
    enum qda_status status = put_document(w, put_project);
    zip_stream_end(w->zip);
    if (status == QDA_OK) {
        put_members(w, p->sources, p->source_count);
        put_members(w, p->notes, p->note_count);
        zip_stream_finish(w->zip);
        status = zip_stream_too_large(w->zip) ? QDA_TOO_MANY : QDA_OK;
    }
    zip_stream_destroy(w->zip);
    return status;
}

static enum qda_status write_checked(struct qda_fault *fault, const struct qda_project *project,
                                     struct dataset_output output, enum qda_status (*put)(struct writer *w))
{
    *fault = (struct qda_fault){.status = QDA_OK};
    if (qda_check(fault, project) != QDA_OK) {
        return fault->status;
    }
    struct arena *arena = arena_create(2 * SINK_BYTES);
    struct sink sink = {.output = output, .bytes = arena_alloc(arena, SINK_BYTES), .cap = SINK_BYTES};
    struct writer writer = {.p = project, .sink = &sink};
    enum qda_status status = put(&writer);
    if (!sink_flush(&sink) && status == QDA_OK) {
        status = QDA_OUTPUT_FAILED;
    }
    arena_destroy(arena);
    return status == QDA_OK ? QDA_OK : qda_fail(fault, status, 0, SLICE(""));
}

enum qda_status qda_write_project(struct qda_fault *fault, const struct qda_project *project,
                                  struct dataset_output output)
{
    return write_checked(fault, project, output, put_archive);
}

static enum qda_status put_codebook_document(struct writer *w)
{
    return w->p->code_count > 0 ? put_document(w, put_codebook) : QDA_NO_CODES;
}

enum qda_status qda_write_codebook(struct qda_fault *fault, const struct qda_project *project,
                                   struct dataset_output output)
{
    return write_checked(fault, project, output, put_codebook_document);
}
