/* What the endpoints of results share: who may see what and when, the audit line, the answer for each way in
 * which there is no table. One endpoint a file, results_api_<name>.c; their routes stand in results_api.c. */
#ifndef ZEVENSTEM_RESULTS_API_H
#define ZEVENSTEM_RESULTS_API_H

#include "features/audit/audit.h"
#include "features/results/results_internal.h"
#include "features/results/results_query.h"

/* Where a call takes place: in the transaction of a job, or in a view, which reads nothing of the database
 * and has one line to write. */
struct results_place {
    struct db_tx *tx;
    struct audit_event *line;
};

struct results_call {
    struct results *results;
    struct http_exchange *ex;
    struct db_tx *tx;         /* of a job; NULL in a view */
    struct audit_event *line; /* of a view: its audit line, which is written before the answer is sent */
    const struct survey_round *round;
    bool no_round; /* that the query names: this is the latest, to read the rest of the query by */
    enum figures_view view;
    struct arena *arena; /* for figures: larger than the exchange's, gone with it */
    json_t *errors;      /* faults of the query; gone with the exchange */
    const char *purpose; /* of a page of the back office, as it was said there; NULL: that of the key */
    struct slice tag;    /* what the answer is made of so far, for its ETag */
    /* Of an answer that may be kept (results_call_kept): what asks for it, its body, what it is saved as. */
    struct slice key, body, name;
};

/* Whether it is the public's view that is asked for: without a key, or with one that says so. That is
 * answered without a worker, an audit line or a database. */
bool results_call_is_public(const struct http_exchange *ex);
/* The consultation's round and the view. False: answered. A fault in `weergave` is among call->errors.
 * Whether the round may be seen is decided by results_call_refuse: until then a handler reads the query and
 * the round's codebook, which is public, and nothing else. */
bool results_call_begin(struct results_call *call, struct results *results, struct results_place place,
                        struct http_exchange *ex);
/* The same for an endpoint about all rounds of the consultation: call->round is the latest that may be seen
 * now. */
bool results_call_begin_all(struct results_call *call, struct results *results, struct results_place place,
                            struct http_exchange *ex);
/* The same for one round, in the analysts' view. */
bool results_call_begin_round(struct results_call *call, struct results *results, struct results_place place,
                              struct http_exchange *ex);
/* Whether a round that is shown beside others may be seen in this view now. */
bool results_call_may_see(const struct results_call *call, const struct survey_round *round);

/* A parameter of the query: ptr NULL when it is not there, "" when it is empty. */
struct slice results_call_parameter(const struct results_call *call, const char *key);
/* The query's texts, as the parameters of the table endpoints are called. */
struct query_texts results_call_texts(const struct results_call *call);
/* Whom an endpoint without a variable of its own is about: filters, streams, weights, and up to `groups`
 * variables to group by. out->variable is none yet. Faults are among call->errors. */
void results_call_people(struct figures_query *out, struct results_call *call, size_t groups);
/* Notes that the answer is made of these figures too. results_call_try does so itself. */
void results_call_made_of(struct results_call *call, const struct figures *figures);
/* True: answered, *status is what the handler returns. With 400 and all faults of the query; a question
 * without fault with 403 or 410, on the audit log, when the round may not be seen now. Every endpoint calls
 * it once the query was read; embargo is decided here and nowhere else. */
bool results_call_refuse(struct results_call *call, enum db_status *status);
/* True: answered as lately, because nothing has changed since (lane/kept.h), with its audit line. For a
 * view of one round, in the analysts' view: before the query is read, which then is as right as it was. Where
 * it is false, the answer that comes is kept. */
bool results_call_kept(struct results_call *call);
/* By view. FIGURES_OK, or answered. */
enum figures_status results_call_figures(struct figures *out, struct results_call *call,
                                         const struct figures_query *query);
/* The same without answering. */
enum figures_status results_call_try(struct figures *out, const char **rule, struct results_call *call,
                                     const struct figures_query *query);
/* The answer for a status other than FIGURES_OK. rule: of FIGURES_NOT_RELEASED. */
void results_call_answer(struct results_call *call, enum figures_status status, const char *rule);

/* 404: this round asks nothing that the endpoint is about. */
void results_call_nothing(struct results_call *call);

/* 200, with ETag (of all figures that the answer is made of) and who may keep it; takes what is in the
 * buffer.
 */
void results_call_reply_json(struct results_call *call, struct buffer *json_take);
/* As text/csv, to be saved under this name; takes what is in the buffer. */
void results_call_reply_csv(struct results_call *call, struct buffer *csv_take, const char *name);
bool results_call_wants_csv(const struct results_call *call);

/* A table as audit lines name it: "houding:leeftijd,werving=open". In the arena of the call. */
struct slice results_call_table_name(const struct results_call *call, const struct figures *figures);
/* "web" for who is signed in, "api" for a key. */
const char *results_call_origin(const struct results_call *call);
/* The audit line of an analyst's call ("table:<round>:<what>"), with the purpose of the key and what was
 * asked; the public's are nobody's business. Into the transaction, or for the view to write. what NULL:
 * refused before it was read. */
enum db_status results_call_audit(const struct results_call *call, const char *what, const char *result);

enum { RESULTS_BODY_MAX = 256 * 1024 * 1024 }; /* bytes */

/* ---- the endpoints ---- */
/* What the endpoint of tables does, and those of the tabellenboek and weights, once a call began: read the
 * query, answer, and write the audit line. */
enum db_status results_make_tables(struct results_call *call);
enum db_status
results_make_book(struct results_call *call); /* in a transaction of DB_ROLE_RESULTS, as weights */
enum db_status results_make_weights(struct results_call *call);
/* A view: an answer made of what is in memory. It is begun on the HTTP thread, by one of the
 * results_call_begin functions; an analyst's is made by a worker, many audit lines are written in one
 * transaction, and each answer is sent when its own was committed (results_api_view.c). */
struct results_view {
    bool (*begin)(struct results_call *call, struct results *results, struct results_place place,
                  struct http_exchange *ex);
    enum db_status (*make)(struct results_call *call);
    bool kept; /* answers are kept, and given again without a worker (results_call_kept) */
};
/* http handlers: .on_inline of their routes. */
void results_get_round_table(struct http_exchange *ex, void *self);
void results_get_releases(struct http_exchange *ex, void *self);
void results_get_tables(struct http_exchange *ex, void *self);
void results_get_differences(struct http_exchange *ex, void *self);
void results_get_values(struct http_exchange *ex, void *self);
void results_get_rankings(struct http_exchange *ex, void *self);
void results_get_trends(struct http_exchange *ex, void *self);
void results_get_weights(struct http_exchange *ex, void *self);
void results_get_release_tables(struct http_exchange *ex, void *self);
void results_get_codebook(struct http_exchange *ex, void *self);
void results_view_run(struct http_exchange *ex, struct results *results, const struct results_view *view);

#endif
