/* What the files of the QDA format share. Nobody outside this folder includes it. */
#ifndef ZEVENSTEM_FORMATS_QDA_INTERNAL_H
#define ZEVENSTEM_FORMATS_QDA_INTERNAL_H

#include "formats/qda.h"

/* The first fault stays. Returns status. */
enum qda_status qda_fail(struct qda_fault *fault, enum qda_status status, size_t line, struct slice what);
enum qda_status qda_fail_guid(struct qda_fault *fault, enum qda_status status, size_t line,
                              const struct qda_guid *guid);

/* ---- types of variables and their values (qda_model.c) ---- */
extern const char *const qda_type_names[QDA_NO_VALUE];     /* Text, ... */
extern const char *const qda_value_elements[QDA_NO_VALUE]; /* TextValue, ... */
/* Whether the text is one of the type's (XSD); of QDA_NO_VALUE the empty one is. */
bool qda_value_valid(enum qda_type type, struct slice text);
/* xsd:dateTime; *zoned: it names its zone (else UTC). */
bool qda_time_parse(int64_t *at, bool *zoned, struct slice text);

/* ---- where things are, by GUID (qda_index.c) ---- */
enum qda_kind {
    QDA_KIND_USER,
    QDA_KIND_CODE,
    QDA_KIND_VARIABLE,
    QDA_KIND_CASE,
    QDA_KIND_TEXT, /* sources, then notes: their files share a folder */
    QDA_KIND_SELECTION,
    QDA_KIND_CODING,
    QDA_KIND_SET
};
struct qda_index;
/* NULL when out of memory. qda_index_free. */
struct qda_index *qda_index_create(const struct qda_project *project);
void qda_index_free(struct qda_index *index);
/* A GUID that two things of a kind have; NULL when there is none. */
const struct qda_guid *qda_index_twice(const struct qda_index *index);
/* Its number in the array, or of a selection that of its text, and *inner its number there. QDA_NONE when
 * there is none. inner may be NULL. */
uint32_t qda_index_find(uint32_t *inner, const struct qda_index *index, enum qda_kind kind,
                        const struct qda_guid *guid);

/* ---- the contract of the model (qda_check.c) ---- */
enum qda_status qda_check(struct qda_fault *fault, const struct qda_project *project);

/* ---- the ZIP (qda_archive.c) ---- */
struct qda_archive;
/* NULL with the fault set. The file outlives it; qda_archive_close. */
struct qda_archive *qda_archive_open(struct qda_fault *fault, struct arena *arena, struct slice file,
                                     size_t texts_max);
void qda_archive_close(struct qda_archive *archive);
/* Begins with project.qde. False with the fault set. */
bool qda_archive_begin(struct qda_archive *archive);
/* The next of its bytes: how many, 0 at the end, -1 when it is broken. */
int qda_archive_read(struct qda_archive *archive, char *bytes, int size);
/* A source's text as it stands, from its plainTextPath. */
enum qda_status qda_archive_text(struct slice *text, struct qda_archive *archive, size_t line,
                                 struct slice path);

/* ---- texts of others (qda_text.c) ---- */
/* Makes source->text, raw as yet and changed in place, what the model wants, and moves the positions of its
 * selections along. */
enum qda_status qda_text_settle(struct qda_source *source, struct qda_report *report, struct qda_fault *fault,
                                struct slice origin);

#endif
