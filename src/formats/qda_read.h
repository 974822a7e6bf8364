/* What the files that read the XML of the QDA format share. Nobody outside this folder includes it. */
#ifndef ZEVENSTEM_FORMATS_QDA_READ_H
#define ZEVENSTEM_FORMATS_QDA_READ_H

#include "base/buffer.h"
#include "formats/qda_internal.h"

#include <libxml/xmlreader.h>

/* A reference as it stands. While reading, a number of the model is the place of its reference here;
 * qda_resolve puts the place of the thing itself instead. */
struct reference {
    struct qda_guid guid;
    enum qda_kind kind;
    uint32_t line;
};

/* Looks at the bytes before the parser does: bounds tags, since it takes time with the square of the
 * attributes of one, and ends everything at a document type. */
struct tag_guard {
    enum { IN_TEXT, IN_TAG, IN_QUOTES, IN_APOSTROPHES, IN_COMMENT, IN_CDATA, IN_INSTRUCTION } state;
    size_t len;    /* bytes since the < */
    uint64_t last; /* the latest eight bytes, the newest lowest */
};
/* QDA_XML_TAG, QDA_XML_DOCTYPE, or QDA_OK. */
enum qda_status tag_guard_pass(struct tag_guard *guard, const char *bytes, size_t size);

struct reader {
    struct arena *arena;
    struct qda_project *p;
    struct qda_report *report;
    struct qda_fault *fault;
    struct qda_archive *archive; /* NULL: a code book, read from `rest` */
    struct slice rest;
    xmlTextReaderPtr xml;
    const char *space;        /* the namespace that elements are in */
    struct buffer references; /* struct reference */
    struct buffer left_out;   /* struct qda_guid */
    size_t xml_bytes, xml_max;
    struct tag_guard guard;
};

static inline bool reading(const struct reader *r)
{
    return r->fault->status == QDA_OK;
}
void reader_fail(struct reader *r, enum qda_status status, struct slice what);
size_t reader_line(const struct reader *r);

/* ---- elements: one is begun when the reader stands on it, and done with when walk_next says false ---- */

struct walk {
    int depth;
    bool empty;
};
/* Before anything else is asked of the element. */
struct walk walk_begin(const struct reader *r);
/* The next child; false at the end, and after a fault. Every child must be walked to its end, taken by
 * reader_text, or left out. */
bool walk_next(struct reader *r, struct walk *walk);
/* Whether the element at hand is this one of the format. */
bool reader_at(const struct reader *r, const char *element);
/* Passes over the element at hand: counted under its name, and what in it has a GUID is known as left out. */
void reader_leave_out(struct reader *r);
/* The text of the element at hand, in the arena. */
struct slice reader_text(struct reader *r, size_t max);

/* ---- attributes of the element at hand ---- */

enum attribute_kind {
    ATTRIBUTE_GUID,     /* struct qda_guid */
    ATTRIBUTE_TEXT,     /* struct slice; untouched when absent */
    ATTRIBUTE_POSITION, /* uint32_t */
    ATTRIBUTE_BOOLEAN,  /* bool */
    ATTRIBUTE_COLOUR,   /* int32_t; QDA_NO_COLOUR when absent */
    ATTRIBUTE_TIME,     /* int64_t; QDA_NO_TIME when absent */
    ATTRIBUTE_TYPE,     /* enum qda_type */
    ATTRIBUTE_USER      /* uint32_t; QDA_NONE when absent */
};
struct attribute {
    const char *name;
    enum attribute_kind kind;
    bool required;
    void *out;
};
void reader_attributes(struct reader *r, const struct attribute *attributes, size_t count);
/* The number that stands for a reference to the GUID in this attribute, and passes over the element. */
uint32_t reader_reference(struct reader *r, const char *attribute, enum qda_kind kind);

/* ---- arrays that grow while they are read ---- */

struct list {
    struct buffer bytes;
    size_t size;
};
struct list list_begin(size_t item_size);
void list_add(struct reader *r, struct list *list, const void *item);
void *list_at(const struct list *list, size_t i);
size_t list_count(const struct list *list);
/* The items in the arena; the list is freed. */
void *list_end(struct reader *r, struct list *list, size_t *count);

/* ---- the whole ---- */

/* The children of the root (qda_read_parts.c). */
void read_project_parts(struct reader *r);
void read_codebook_parts(struct reader *r);
/* Puts places for references (qda_resolve.c). */
void qda_resolve(struct reader *r);

#endif
