/* What pages about meetings share: opening one, and its forms, which are deeds described by a table. */
#ifndef ZEVENSTEM_TAFEL_MEETING_PAGES_H
#define ZEVENSTEM_TAFEL_MEETING_PAGES_H

#include "features/tafel/tafel_form.h"
#include "features/tafel/tafel_meeting_sql.h"
#include "features/tafel/tafel_signal_pages.h"
#include "features/tafel/tafel_words.h"

#define MEETING_PATH        "/beheer/overleggen"
#define MEETING_PUBLIC_PATH "/besluitenlijsten"

extern const struct route meeting_routes[], meeting_staff_routes[], meeting_deed_routes[],
    meeting_decide_routes[];
extern const size_t meeting_route_count, meeting_staff_route_count, meeting_deed_route_count,
    meeting_decide_route_count;

/* A page of staff about one meeting, in its transaction. */
struct meeting_page {
    const struct tafel *tafel;
    struct db_tx *tx;
    struct http_exchange *ex;
    int32_t number;   /* 0: one that is to be planned */
    int32_t revision; /* as it stands */
    json_t *meeting;  /* of the exchange's arena; NULL for a new one */
    enum meeting_state state;
    json_t *part;    /* the item or action point of the path; NULL: the path names none */
    json_t *options; /* of the form, of the exchange's arena */
    struct tafel_form form;
    bool again; /* it was shown again */
};
/* The meeting of the path; to_change: held off others until the transaction ends. False: answered with 404,
 * or *status. */
bool meeting_page_open(struct meeting_page *out, enum db_status *status, const struct tafel *tafel,
                       struct db_tx *tx, struct http_exchange *ex, bool to_change);
const char *meeting_page_path(const struct meeting_page *page);
struct tafel_about meeting_page_about(const struct meeting_page *page);
struct meeting_mark meeting_page_mark(const struct meeting_page *page);

/* Something that is done with a meeting by a form. */
struct meeting_deed {
    struct tafel_form form; /* `more` comes after the part, where there is one */
    enum meeting_act act;
    const char *parts, *parameter; /* "punten", "punt": the part that the path names; NULL: none */
    const char *audit;
    /* {name: [{code, label}]}, the caller owns it; NULL: the form has no such choice. */
    json_t *(*options)(const struct meeting_page *page);
    /* Decodes, asks meeting_good, and does it. */
    enum db_status (*take)(struct meeting_page *page, struct staff_posted *posted);
};
enum db_status meeting_deed_get(struct db_tx *tx, struct http_exchange *ex, const struct tafel *tafel,
                                const struct meeting_deed *deed);
enum db_status meeting_deed_post(struct db_tx *tx, struct http_exchange *ex, const struct tafel *tafel,
                                 const struct meeting_deed *deed);
/* False: the form was shown again, and nothing may be done. */
bool meeting_good(struct meeting_page *page, const struct staff_posted *posted);
/* The same after something was to be done; added false: it was not, for this reason. */
bool meeting_added(struct meeting_page *page, struct staff_posted *posted, bool added, const char *pointer,
                   const char *detail);
/* An audit line about it. details: JSON or NULL. */
enum db_status meeting_record(const struct meeting_page *page, const char *action, const char *details);
/* The part of a list of the meeting by its number; NULL: there is none. */
json_t *meeting_part(const struct meeting_page *page, const char *parts, int64_t number);

/* Words of meetings: for tafel_say_words. */
extern const struct tafel_word_list meeting_words;

/* For templates: what each list lacks or has ("no_punten", ...), and of an item what was decided in marks. */
void meeting_mark_lists(json_t *context);
/* Of each of "punten" who decided, in a sentence: "door_woord". */
void meeting_say_deciders(json_t *context, struct http_exchange *ex, const struct tafel *tafel);

/* Routes of a form: get_NAME and post_NAME, of a deed that is given as initialisers. */
#define MEETING_DEED(NAME, ...)                                                                              \
    static const struct meeting_deed NAME##_deed = {__VA_ARGS__};                                            \
    static enum db_status get_##NAME(struct db_tx *tx, struct http_exchange *ex, void *self)                 \
    {                                                                                                        \
        return meeting_deed_get(tx, ex, self, &NAME##_deed);                                                 \
    }                                                                                                        \
    static enum db_status post_##NAME(struct db_tx *tx, struct http_exchange *ex, void *self)                \
    {                                                                                                        \
        return meeting_deed_post(tx, ex, self, &NAME##_deed);                                                \
    }
#define MEETING_ROUTES(NAME, PATH) SIGNAL_GET(PATH, get_##NAME, "taal"), SIGNAL_POST(PATH, post_##NAME)

#endif
