/* Back to citizens: what was heard in a consultation, what was done with it, and what is still to come. What
 * its pages, API and feed share. */
#ifndef ZEVENSTEM_TAFEL_FEEDBACK_H
#define ZEVENSTEM_TAFEL_FEEDBACK_H

#include "features/tafel/tafel_feedback_sql.h"
#include "features/tafel/tafel_internal.h"

/* Of a consultation; the feed adds "/feed/" and a language. */
#define FEEDBACK_PART "wat-er-mee-gebeurt"

extern const struct route feedback_routes[], feedback_feed_routes[], feedback_vote_routes[];
extern const size_t feedback_route_count, feedback_feed_route_count, feedback_vote_route_count;

/* The consultation of the path, and its newest round that anybody may know of; NULL: answered with 404. */
const struct survey_round *feedback_consultation(const struct survey_snapshot **snapshot,
                                                 struct http_exchange *ex, const struct tafel *tafel);
/* Whether anybody may know of the round: a pilot, and a draft that is not planned, are nobody's to see. */
bool feedback_is_known(const struct survey_round *round, int64_t now_s);
/* Its title; its code where it has none. language: 0 nl, 1 en. */
const char *feedback_title(const struct survey_round *round, int language);

/* ---- whether answers are clear (tafel_feedback_vote.c) ---- */

/* For templates: beside each "antwoord" of a list as forward_public_list gives it, where to send a vote
 * ("vote_path") and the token of that form ("vote_token"). */
void feedback_add_vote_forms(json_t *forwards, struct http_exchange *ex, const struct tafel *tafel,
                             int32_t signal);

/* ---- what was heard in a round (tafel_feedback_heard.c) ---- */

/* Headlines that were made lately, by round and by all that they depend on. For any number of threads. */
struct feedback_heard;
struct feedback_heard *feedback_heard_create(void);
void feedback_heard_destroy(struct feedback_heard *heard); /* NULL is allowed */
/* What the newest release shows: {uitgave, gemaaktOp, werving, gewogen, voorlopig, "belangrijkst": [{waarde,
 * aandeel, decimalen, laag, hoog}]}, the values that most people chose, HEARD_VALUES_MAX at most; shares in
 * percent, in the digits (decimalen) that may be shown. NULL: nothing may be told, or there is no release.
 * The caller owns it. */
enum { HEARD_VALUES_MAX = 3 };
json_t *feedback_heard_of(const struct tafel *tafel, const struct survey_round *round);
/* The same, made anew: for whoever has no tafel. */
json_t *feedback_heard_read(struct results *results, const struct survey_round *round);

#endif
