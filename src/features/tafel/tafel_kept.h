/* What the staff pages about one numbered thing share (a message, a recommendation, a research question):
 * opening it, forms about it with their optimistic lock, words. A change names the revision that it read; who
 * is second is told so, and what they typed stays. */
#ifndef ZEVENSTEM_TAFEL_KEPT_H
#define ZEVENSTEM_TAFEL_KEPT_H

#include "features/tafel/tafel_internal.h"

/* A sort of things. */
struct kept_kind {
    const char *path;   /* of its staff pages: "/beheer/berichten" */
    const char *param;  /* of its number in a path: "bericht" */
    const char *texts;  /* its texts in the locales: <texts>.fields.<name>, .hints.<name>, .options.<code> */
    const char *object; /* in the audit log: "message" */
    const char *headline; /* the member of it that is shown above forms */
    /* Holds everybody else off one until the transaction ends. *revision 0: there is none. */
    enum db_status (*lock)(int32_t *revision, struct db_tx *tx, int32_t number);
    /* *thing NULL: there is none. */
    enum db_status (*find)(json_t **thing, int32_t *revision, struct db_tx *tx, struct arena *arena,
                           int32_t number);
};

/* A page of staff about one, in its transaction. */
struct kept_page {
    const struct kept_kind *kind;
    const struct tafel *tafel;
    struct db_tx *tx;
    struct http_exchange *ex;
    int32_t number;   /* 0: one that is to be written down */
    int32_t revision; /* as it stands */
    json_t *thing;    /* of the exchange's arena; NULL for a new one */
};
/* The one of the path; to_change: held off others until the transaction ends. False: answered with 404, or
 * *status. */
bool kept_open(struct kept_page *out, enum db_status *status, const struct kept_kind *kind,
               const struct tafel *tafel, struct db_tx *tx, struct http_exchange *ex, bool to_change);
/* An address of it, in the exchange's arena. */
const char *kept_path(const struct kept_page *page, const char *more);
/* An audit line about it. details: JSON or NULL. */
enum db_status kept_record(const struct kept_page *page, const char *action, const char *details);

/* A form about it. The field `gelezen` holds the revision that it was made of. */
struct kept_form {
    const char *title, *button, *more; /* texts of the locales; the end of its path. button NULL: to save */
    const struct form_field *fields;
    size_t count;
};
/* What it was posted with. */
struct kept_posted {
    json_t *values; /* of the exchange's arena */
    struct json_errors errors;
    int64_t read_revision;
};
void kept_form_read(struct kept_posted *out, const struct kept_page *page, const struct kept_form *form);
/* values and options (form_show_of): borrowed, may be NULL. said: a text of the locales for above it; NULL:
 * none. With `said` or faults it answers 409 or 400. */
void kept_form_show(const struct kept_page *page, const struct kept_form *form, const json_t *values,
                    const json_t *options, const struct json_errors *errors, const char *said);
/* After decoding: true when the form may be kept. False: the form was shown again with its faults, or with
 * what was typed and the word that somebody else was first. */
bool kept_form_good(const struct kept_posted *posted, const struct kept_page *page,
                    const struct kept_form *form, const json_t *options);
/* For json_field tables. */
#define KEPT_READ_FIELD(POSTED)                                                                              \
    {                                                                                                        \
        .name = "gelezen", .kind = JSON_KIND_INT, .max = INT32_MAX, .out = &(POSTED)->read_revision          \
    }

/* ---- choices ---- */

/* The applications of the newest agenda: [{code, label}], of the exchange's arena. */
enum db_status kept_applications(json_t **options, struct db_tx *tx, struct http_exchange *ex);
/* Whether such a list has the code. */
bool kept_has_code(const json_t *options, struct slice code);
/* The label of a code; the code itself where the list has it not. */
struct slice kept_label(const json_t *options, struct slice code);
/* The codes of a list of ticks, in the exchange's arena; *wrong where one is none of `known` (NULL-ended). */
const struct slice *kept_codes(size_t *count, bool *wrong, struct http_exchange *ex, const json_t *list,
                               const char *const *known);

/* ---- words ---- */

/* For templates, in all that is below too: beside each of these members (NULL-ended) that holds a code its
 * word in the page's language ("stand_woord"; texts: <texts>.options); a list of codes becomes their words,
 * with commas between. */
void kept_add_words(json_t *value, struct http_exchange *ex, const struct web *web, const char *texts,
                    const char *const *members);
/* The same for days and times: "op_woord". */
void kept_add_days(json_t *value, struct http_exchange *ex, const struct web *web,
                   const char *const *members);
/* A text of the locales in the page's language. */
json_t *kept_text(const struct http_exchange *ex, const struct tafel *tafel, const char *path);
/* A text of the locales by a path that ends in a code. */
json_t *kept_text_of(struct http_exchange *ex, const struct tafel *tafel, const char *path, const char *code);
/* A list, and beside it under `any` whether it holds anything. */
void kept_put_list(json_t *context, const char *name, const char *any, json_t *list);
/* Cuts a list that was read one longer than a page: the number that the next page begins with; 0: there is
 * none. */
int64_t kept_cut(json_t *list, size_t page);
/* A query key of a page; empty where it is not there. */
struct slice kept_asked(const struct http_exchange *ex, const char *key);
/* What follows of a code in a NULL-ended list: empty where it is none of them. */
struct slice kept_asked_one(const struct http_exchange *ex, const char *key, const char *const *known);
/* The number of a query key of a page; 0 where it is none. */
int64_t kept_asked_number(const struct http_exchange *ex, const char *key);

#endif
