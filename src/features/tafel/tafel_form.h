/* Forms of the staff pages of the table: those of account_form.h with their optimistic lock, which lead back
 * to the page that they are about. */
#ifndef ZEVENSTEM_TAFEL_FORM_H
#define ZEVENSTEM_TAFEL_FORM_H

#include "features/tafel/tafel_internal.h"

struct tafel_form {
    const char *title, *more; /* a text of the locales; the end of its path */
    const struct form_field *fields;
    size_t count;
    const char *button; /* a text of the locales; NULL: to save */
};
/* What a form is about. */
struct tafel_about {
    const struct tafel *tafel;
    struct http_exchange *ex;
    const char *texts;   /* of the locales: texts.fields.<name>, .hints.<name>, .options.<code> */
    const char *path;    /* of the page that the form leads back to; it posts to this and form->more */
    int32_t revision;    /* as it stands; the field `gelezen` holds it */
    const json_t *intro; /* a text above the form, borrowed; NULL: none */
    const json_t *links; /* where what it asks for is found: [{href, text}], borrowed; NULL: nowhere */
};
void tafel_form_read(struct staff_posted *out, const struct tafel_about *about,
                     const struct tafel_form *form);
void tafel_form_show(const struct tafel_about *about, const struct tafel_form *form, const json_t *values,
                     const json_t *options, const struct json_errors *errors, const char *said);
bool tafel_form_good(const struct staff_posted *posted, const struct tafel_about *about,
                     const struct tafel_form *form, const json_t *options);

/* Of a field that holds a day: 0 and a fault where it is none. text.ptr NULL: 0. */
int32_t tafel_day(struct json_errors *errors, const char *pointer, struct slice text);
/* The number of the path parameter; 0: it is none. */
int32_t tafel_number(const struct http_exchange *ex, const char *parameter);

/* The only column of the only row of a statement, as JSON in the arena; NULL: there is no row. */
enum db_status tafel_read_json(json_t **out, struct db_tx *tx, struct arena *arena,
                               const struct db_statement *statement, const struct db_params *params);
/* Empty texts as NULL. */
void tafel_put_text(struct db_params *p, struct slice text);

#endif
