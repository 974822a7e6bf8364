/* What coding's own pages share. */
#ifndef ZEVENSTEM_CODING_INTERNAL_H
#define ZEVENSTEM_CODING_INTERNAL_H

#include "features/account/account.h"
#include "features/coding/coding.h"
#include "features/coding/coding_find.h"
#include "features/coding/coding_measure.h"
#include "features/coding/coding_plan.h"
#include "features/survey/survey.h"

#include <pthread.h>
#include <stdatomic.h>

enum { CODING_MEASURED_MAX = 8, CODING_AGREED_MAX = 4 };

/* Alphas of a round, as of a mark (coding_measure_mark). */
struct coding_measured {
    int32_t round; /* 0: none */
    int64_t mark;
    double alphas[CODING_VALUES];
};

/* The same with its intervals, for the page and the API. */
struct coding_agreed {
    int32_t round; /* 0: none */
    int64_t mark;
    double bar;
    struct coding_measure measure;
};

/* How far texts can be found by their words. The worker's. */
struct coding_words {
    int64_t after;        /* answers up to this id were looked at in this look, or the last */
    int64_t ended_before; /* where the look before it ended */
    int64_t look_at_all_s;
    bool looking; /* this look has not ended */
};

struct coding {
    struct coding_config config;
    pthread_mutex_t lock; /* of what follows */
    struct coding_measured measured[CODING_MEASURED_MAX];
    size_t turn; /* which of them the next one takes the place of */
    struct coding_agreed agreed[CODING_AGREED_MAX];
    size_t agreed_turn;
    atomic_int_fast64_t upkeep_at; /* when it is due */
    struct coding_words words;
};

#define CODING_PATH "/beheer/codering"

enum { CODING_BODY = 64 * 1024 };

#define CODING_GET(PATH, HANDLER, PERMISSION, QUERY) STAFF_SHOWS(PATH, HANDLER, PERMISSION, "taal" QUERY)
#define CODING_POST(PATH, HANDLER, PERMISSION)       STAFF_TAKES(PATH, HANDLER, PERMISSION, CODING_BODY)

/* The round of the path, when the caller may do this there; else NULL, answered 404 or 403. */
const struct survey_round *coding_round(struct coding *c, struct http_exchange *ex, const char *permission);
/* The same for a round by its number, as a task or a passage names it. */
const struct survey_round *coding_round_by_id(struct coding *c, struct http_exchange *ex, int32_t id,
                                              const char *permission);
/* A round that is coded. */
struct coding_view {
    const struct survey_round *round;
    struct coding_plan plan;
    const struct codebook *book; /* in the exchange's arena */
};
/* That of the path, as coding_round; 404 too when nothing is planned. False: answered, or *status. */
bool coding_view_open(struct coding_view *out, enum db_status *status, struct coding *c, struct db_tx *tx,
                      struct http_exchange *ex, const char *permission);
json_t *coding_titled(const struct http_exchange *ex, const struct coding *c, const char *title);
void coding_put_text(json_t *context, const char *key, const struct http_exchange *ex, const struct coding *c,
                     const char *path);
/* "/beheer/codering/ROUND" and what follows, in the exchange's arena. */
const char *coding_path(struct http_exchange *ex, const struct survey_round *round, const char *more);
int coding_language(const struct http_exchange *ex); /* 0 nl, 1 en */
/* "0,667", in English "0.667"; "–" for what is not known (NaN). In the exchange's arena. */
const char *coding_decimal(struct http_exchange *ex, double x, int decimals);
/* coding_measure_round with a thousand replicates; measured once for as long as its mark is the same. */
enum db_status coding_agreement_round(struct coding_measure *out, struct coding *c, struct db_tx *tx,
                                      int32_t round, double bar);
/* "83%" of 0.83, in the same way. */
const char *coding_percent(struct http_exchange *ex, double share);
/* An audit line about a round: what was done, never what was said. */
enum db_status coding_audit(struct db_tx *tx, const struct http_exchange *ex, const char *action,
                            const struct survey_round *round, const char *details);
/* A field of the form that is a whole number from 0 to max; false when absent or none. */
bool coding_form_number(int64_t *out, const struct http_exchange *ex, const char *name, int64_t max);
bool coding_path_number(int64_t *out, const struct http_exchange *ex, const char *name);

/* ---- what is asked of texts, on the page and of the API ---- */
extern const char *const coding_methods[]; /* enquete, interview, focusgroep; NULL-ended */
/* What people are told apart by: one answer to a question about themselves. */
bool coding_is_background(const struct variable *variable);
/* A key of the query, trimmed; empty where it is not there. */
struct slice coding_asked(const struct http_exchange *ex, const char *name);
enum { CODING_WORDS_MAX = 200 /* code points */, CODING_ASKED_MAX = 12 };
/* Names of keys of which what they say is none of the book's or the round's, or too long. */
struct coding_unknown {
    const char *names[CODING_ASKED_MAX];
    size_t count;
};
/* waarde, facet, uiting, toepassing, richting, herkomst, methode, groep, groep2, groep3 ("gender:vrouw"),
 * uitsplitsen, ongevraagd and zoek. Texts live as long as the exchange; after and settled are left to the
 * caller. */
void coding_query_read(struct coding_query *out, struct coding_unknown *unknown,
                       const struct http_exchange *ex, const struct survey_round *round,
                       const struct codebook *book);
/* Of passages that were found the words away ("tekst", "rond") in which likely personal data waits for a
 * decision (personal_waits), with "ingehouden": "persoonsgegevens". *count: of how many. */
enum db_status coding_hold_back(size_t *count, const struct coding *c, struct db_tx *tx, json_t *passages);
/* "rond" of coding_find cut at its marks: [{"tekst", "treffer"}]. */
json_t *coding_pieces(const char *around);

/* ---- the API ---- */
/* The round of the path as it is coded, for a key with this permission: 404 where it is not coded. False:
 * answered, or *status. */
bool coding_api_open(struct coding_view *out, enum db_status *status, struct coding *c, struct db_tx *tx,
                     struct http_exchange *ex, const char *permission);

/* The titles of what is coded, and the words it stands on, beside a document with "van", "tot", "codes" and
 * the other axes: "titles" and "text". */
json_t *coding_mark_shown(const json_t *mark, const struct codebook *book, struct slice body);
/* How many codings of the round could not follow their text, of those that the caller may see. */
enum db_status coding_lost_count(int64_t *out, struct db_tx *tx, const struct http_exchange *ex,
                                 const struct survey_round *round);
/* A bit for each value whose alpha is under the bar of the round: every table that uses one says so. Measured
 * when something changed since the last time. */
enum db_status coding_below_bar(unsigned *below, struct coding *c, struct db_tx *tx, int32_t round,
                                double bar);

extern const struct route coding_book_routes[], coding_plan_routes[], coding_work_routes[],
    coding_decide_routes[], coding_measure_routes[], coding_find_routes[], coding_estimate_routes[],
    coding_voices_routes[], coding_campaign_routes[], coding_lost_routes[], coding_file_routes[],
    coding_api_routes[], coding_api_find_routes[];
extern const size_t coding_book_route_count, coding_plan_route_count, coding_work_route_count,
    coding_decide_route_count, coding_measure_route_count, coding_find_route_count,
    coding_estimate_route_count, coding_voices_route_count, coding_campaign_route_count,
    coding_file_route_count, coding_lost_route_count, coding_api_route_count, coding_api_find_route_count;

#endif
