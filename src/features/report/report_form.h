/* Forms of the staff pages about reports and findings, with their optimistic lock: `gelezen` holds the
 * revision that a form was made of. */
#ifndef ZEVENSTEM_REPORT_FORM_H
#define ZEVENSTEM_REPORT_FORM_H

#include "features/report/report_internal.h"

struct report_form {
    const char *title, *button; /* texts of the locales */
    const char *texts;          /* its fields: TEXTS.fields.<name>, TEXTS.hints.<name> */
    const struct form_field *fields;
    size_t count;
};
struct report_posted {
    json_t *values; /* of the exchange's arena */
    struct json_errors errors;
    int64_t read_revision;
};
/* What a form is about. */
struct report_about {
    const struct report_room *room;
    struct http_exchange *ex;
    const char *action, *back; /* addresses */
    int32_t revision;          /* as it stands */
};
void report_form_read(struct report_posted *out, const struct report_about *about,
                      const struct report_form *form);
/* values, options (form_show_of) and errors may be NULL. said: a text of the locales for above it, answered
 * with 409; NULL: none. */
void report_form_show(const struct report_about *about, const struct report_form *form, const json_t *values,
                      const json_t *options, const struct json_errors *errors, const char *said);
/* After decoding: true when it may be kept. Else the form was shown again. */
bool report_form_good(const struct report_posted *posted, const struct report_about *about,
                      const struct report_form *form, const json_t *options);
#define REPORT_READ_FIELD(POSTED)                                                                            \
    {                                                                                                        \
        .name = "gelezen", .kind = JSON_KIND_INT, .max = INT32_MAX, .out = &(POSTED)->read_revision          \
    }

/* Routes of staff pages. */
#define REPORT_GET(PATH, HANDLER)                                                                            \
    {                                                                                                        \
        .http = {.method = HTTP_GET,                                                                         \
                 .path = PATH,                                                                               \
                 .surface = HTTP_PAGE,                                                                       \
                 .query = "taal",                                                                            \
                 .scope = PERMISSION_TAFEL_MANAGE},                                                          \
        .on_job = HANDLER, .role = DB_ROLE_STAFF                                                             \
    }
#define REPORT_POST(PATH, HANDLER)                                                                           \
    {                                                                                                        \
        .http = {.method = HTTP_POST,                                                                        \
                 .path = PATH,                                                                               \
                 .surface = HTTP_PAGE,                                                                       \
                 .body = HTTP_BODY_FORM,                                                                     \
                 .body_max = REPORT_BODY,                                                                    \
                 .csrf = HTTP_CSRF_REQUIRED,                                                                 \
                 .scope = PERMISSION_TAFEL_MANAGE},                                                          \
        .on_job = HANDLER, .role = DB_ROLE_STAFF                                                             \
    }

#endif
