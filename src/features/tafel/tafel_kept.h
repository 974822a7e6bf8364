/* What the staff pages about one numbered thing share (a signal, a message, a recommendation, a research
 * question):
 * opening it, forms about it, choices, and what a list is asked for. */
#ifndef ZEVENSTEM_TAFEL_KEPT_H
#define ZEVENSTEM_TAFEL_KEPT_H

#include "features/tafel/tafel_form.h"
#include "features/tafel/tafel_words.h"

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
    int32_t number;      /* 0: one that is to be written down */
    int32_t revision;    /* as it stands */
    json_t *thing;       /* of the exchange's arena; NULL for a new one */
    const json_t *links; /* above its forms (tafel_form.h); NULL: none */
};
/* The one of the path; to_change: held off others until the transaction ends. False: answered with 404, or
 * *status. */
bool kept_open(struct kept_page *out, enum db_status *status, const struct kept_kind *kind,
               const struct tafel *tafel, struct db_tx *tx, struct http_exchange *ex, bool to_change);
/* An address of it, in the exchange's arena. */
const char *kept_path(const struct kept_page *page, const char *more);
/* An audit line about it. details: JSON or NULL. */
enum db_status kept_record(const struct kept_page *page, const char *action, const char *details);

/* Its next step. The states that may follow, for the choice `naar`: {"naar": [{code, label}]}, of the
 * exchange's arena. texts: "SOMEWHERE.CODE" is the label of a state; states: NULL-ended. */
const json_t *kept_next_states(const struct kept_page *page, const char *texts, const char *const *states,
                               bool (*may)(const struct kept_page *page, const char *to));
/* What a step lacks, as bits: a fault beside the field that would give it. */
struct kept_lack {
    unsigned need;
    const char *pointer, *detail;
};
void kept_say_lacks(struct json_errors *errors, unsigned lacks, const struct kept_lack *words, size_t count);
/* The audit line of a step: OBJECT.step. */
enum db_status kept_record_step(const struct kept_page *page, struct slice from, struct slice to);

/* Forms about it (tafel_form.h). */
void kept_form_read(struct staff_posted *out, const struct kept_page *page, const struct tafel_form *form);
void kept_form_show(const struct kept_page *page, const struct tafel_form *form, const json_t *values,
                    const json_t *options, const struct json_errors *errors, const char *said);
bool kept_form_good(const struct staff_posted *posted, const struct kept_page *page,
                    const struct tafel_form *form, const json_t *options);

/* ---- choices ---- */

/* The applications of the newest agenda: [{code, label}], of the exchange's arena. */
enum db_status kept_applications(json_t **options, struct db_tx *tx, struct http_exchange *ex);
/* The same for citizens: named as the questionnaires name them, in the page's language; the agenda's name,
 * which is in Dutch, where none explains it. */
enum db_status kept_public_applications(json_t **options, struct db_tx *tx, struct http_exchange *ex,
                                        const struct tafel *tafel);
/* Whether such a list has the code. */
bool kept_has_code(const json_t *options, struct slice code);
/* The label of a code; the code itself where the list has it not. */
struct slice kept_label(const json_t *options, struct slice code);
/* The codes of a list of ticks, in the exchange's arena; *wrong where one is none of `known` (NULL-ended). */
const struct slice *kept_codes(size_t *count, bool *wrong, struct http_exchange *ex, const json_t *list,
                               const char *const *known);

/* ---- words ---- */

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
