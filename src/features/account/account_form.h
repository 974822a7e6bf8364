/* Forms of staff pages, described by a table: read as the JSON object that the API takes for the same, so
 * that one decoder checks both, and shown by one template (staff_form). Texts of a feature:
 * FEATURE.fields.<name> (vergoedingCent as vergoeding_cent), FEATURE.hints.<name> where there is one,
 * FEATURE.options.<code>. What FEATURE lacks is told as what it is a part of tells it. */
#ifndef ZEVENSTEM_ACCOUNT_FORM_H
#define ZEVENSTEM_ACCOUNT_FORM_H

#include "http/http.h"
#include "web/web.h"
#include "json/decode.h"

enum form_kind {
    FORM_TEXT,
    FORM_AREA,
    FORM_FILE, /* shown; what was sent is the handler's to read (http_form_file) */
    FORM_DAY,
    FORM_NUMBER,
    FORM_CHOICE, /* one of a list */
    FORM_RADIOS, /* one of a few */
    FORM_TICK,   /* true or false */
    FORM_TICKS,  /* any of the options: a list */
    FORM_OBJECT, /* a choice by "name.member" for each member of options: an object */
    FORM_HIDDEN
};
struct form_field {
    const char *name;
    enum form_kind kind;
    bool optional;
    const char *const *options; /* codes, NULL-ended; NULL: given by the caller, or none */
};

/* What was posted. Empty fields are left out; a number that is none stays text, which the decoder refuses. */
json_t *form_read(const struct http_exchange *ex, const struct form_field *fields, size_t count);

/* For the template: "fields": [{name, label, hint, value, text, area, day, number, choice, radios, tick,
 * ticks, optional, options [{code, label, selected}], wrong}] and error_summary. values: what to show;
 * options: by name of a field without options of its own [{"code", "label"}] (of FORM_OBJECT: [{"code",
 * "label", "options"}]); both borrowed, may be NULL. errors may be NULL. Into context. */
void form_show_of(json_t *context, const char *feature, struct http_exchange *ex,
                  const struct locales *locales, const struct form_field *fields, size_t count,
                  const json_t *values, const json_t *options, const struct json_errors *errors);

/* For forms whose faults each name what they are about: the summary of form_show_of says them as the fields
 * do. */
void form_plain_summary(json_t *context);

/* ---- forms about what two may change at once (account_form_lock.c): the field `gelezen` holds the revision
 * that a form was made of. Who is second is told so, and what they typed stays. ---- */
struct account;
struct staff_form {
    const char *title, *button; /* texts of the locales */
    const struct form_field *fields;
    size_t count;
};
/* What it was posted with. */
struct staff_posted {
    json_t *values; /* of the exchange's arena */
    struct json_errors errors;
    int64_t read_revision;
};
/* For json_field tables. */
#define STAFF_READ_FIELD(POSTED)                                                                             \
    {                                                                                                        \
        .name = "gelezen", .kind = JSON_KIND_INT, .max = INT32_MAX, .out = &(POSTED)->read_revision          \
    }
/* What a form is about. */
struct staff_about {
    struct account *account;
    struct http_exchange *ex;
    const char *texts;         /* of the locales: texts.fields.<name>, .hints.<name>, .options.<code> */
    const char *action, *back; /* addresses: what it posts to, and the page that it leads back to */
    int32_t revision;          /* as it stands */
    const json_t *intro;       /* a text above the form, borrowed; NULL: none */
    const json_t *links;       /* where what it asks for is found: [{href, text}], borrowed; NULL: nowhere */
};
void staff_form_read(struct staff_posted *out, const struct staff_about *about,
                     const struct staff_form *form);
/* values and options (form_show_of): borrowed, may be NULL. said: a text of the locales for above it; NULL:
 * none. With `said` or faults it answers 409 or 400. */
void staff_form_show(const struct staff_about *about, const struct staff_form *form, const json_t *values,
                     const json_t *options, const struct json_errors *errors, const char *said);
/* After decoding: true when the form may be kept. False: the form was shown again with its faults, or with
 * what was typed and the word that somebody else was first (STAFF_CONFLICT). */
bool staff_form_good(const struct staff_posted *posted, const struct staff_about *about,
                     const struct staff_form *form, const json_t *options);
#define STAFF_CONFLICT "staff.conflict"

#endif
