/* Files that come from other programs: told apart, read within bounds, and what to say of a fault. */
#include "features/coding/coding_import.h"

/* Of the XML and of all texts: a round of conversations is a tenth of it, and what is read takes some three
 * times as much memory. */
enum { XML_MAX = 64 << 20, TEXTS_MAX = 32 << 20 };

bool coding_file_read(struct coding_file *out, struct arena *arena, struct slice file)
{
    static const struct qda_limits limits = {
        .file = CODING_IMPORT_FILE_MAX, .xml = XML_MAX, .texts = TEXTS_MAX};
    *out = (struct coding_file){.is_project = slice_starts_with(file, SLICE("PK"))};
    const enum qda_status status =
        out->is_project
            ? qda_read_project_within(&out->project, &out->report, &out->fault, arena, file, &limits)
            : qda_read_codebook_within(&out->project, &out->report, &out->fault, arena, file, &limits);
    return status == QDA_OK;
}

enum group { LARGE, CONTAINER, ENCRYPTED, PATH, XML, DOCTYPE, OTHER, CONTENT, TEXT, SPAN, EMPTY, OURS };
static const struct {
    const char *key, *words;
} groups[] = {
    [LARGE] = {"large", "it is larger than may be (20 MiB; 64 MiB of XML and 32 MiB of text, unpacked)"},
    [CONTAINER] = {"container", "it is no whole QDPX: the ZIP is broken or has no project.qde"},
    [ENCRYPTED] = {"encrypted", "it is encrypted"},
    [PATH] = {"path", "it names a file outside of its folder, or one twice"},
    [XML] = {"xml", "its XML is not well-formed"},
    [DOCTYPE] = {"doctype", "its XML declares a document type, which is never needed and never taken"},
    [OTHER] = {"other", "it is no project and no code book of REFI-QDA 1, or of a newer version"},
    [CONTENT] = {"content", "something in it is missing, is not as the format says, or stands twice"},
    [TEXT] = {"text", "a text is missing or is not UTF-8"},
    [SPAN] = {"span", "a coding lies outside of its text"},
    [EMPTY] = {"empty", "it has no codes"},
    [OURS] = {"ours", "it could not be read for lack of memory"},
};

static enum group group_of(enum qda_status status)
{
    switch (status) {
    case QDA_FILE_TOO_LARGE:
    case QDA_UNPACKED_TOO_BIG:
    case QDA_ZIP_TOO_MANY:
    case QDA_TOO_LONG:
    case QDA_TOO_MANY:
    case QDA_TOO_DEEP:
    case QDA_XML_TAG:
        return LARGE;
    case QDA_NO_ZIP:
    case QDA_ZIP_BROKEN:
    case QDA_NO_PROJECT:
        return CONTAINER;
    case QDA_ZIP_ENCRYPTED:
        return ENCRYPTED;
    case QDA_ZIP_PATH:
    case QDA_ZIP_TWICE:
    case QDA_SOURCE_PATH:
        return PATH;
    case QDA_XML:
        return XML;
    case QDA_XML_DOCTYPE:
        return DOCTYPE;
    case QDA_WRONG_ROOT:
        return OTHER;
    case QDA_SOURCE_ABSENT:
    case QDA_NO_TEXT:
    case QDA_TWO_TEXTS:
    case QDA_BAD_TEXT:
        return TEXT;
    case QDA_SPAN_OUTSIDE:
        return SPAN;
    case QDA_NO_CODES:
        return EMPTY;
    case QDA_NO_MEMORY:
    case QDA_OUTPUT_FAILED:
        return OURS;
    case QDA_OK:
    case QDA_MISSING:
    case QDA_BAD_GUID:
    case QDA_BAD_NUMBER:
    case QDA_BAD_BOOLEAN:
    case QDA_BAD_COLOUR:
    case QDA_BAD_TIME:
    case QDA_BAD_TYPE:
    case QDA_UNKNOWN_GUID:
    case QDA_TWICE:
    case QDA_WRONG_MODEL:
        break;
    }
    return CONTENT;
}

const char *coding_fault_key(enum qda_status status)
{
    return groups[group_of(status)].key;
}

const char *coding_fault_words(enum qda_status status)
{
    return groups[group_of(status)].words;
}
