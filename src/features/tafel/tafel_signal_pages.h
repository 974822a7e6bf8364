/* What the pages about signals share: opening one, forms about it with their optimistic lock, words. */
#ifndef ZEVENSTEM_TAFEL_SIGNAL_PAGES_H
#define ZEVENSTEM_TAFEL_SIGNAL_PAGES_H

#include "features/tafel/tafel_internal.h"
#include "features/tafel/tafel_kept.h"

#define SIGNAL_PATH "/beheer/signalen"
#define ANSWER_PATH "/antwoord" /* and the code of a link */

extern const struct route signal_api_routes[], signal_routes[], signal_staff_routes[], signal_step_routes[],
    signal_evidence_routes[], signal_forward_routes[], signal_answer_routes[];
extern const size_t signal_api_route_count, signal_route_count, signal_staff_route_count,
    signal_step_route_count, signal_evidence_route_count, signal_forward_route_count,
    signal_answer_route_count;

/* A signal as what the staff pages about one numbered thing are of (tafel_kept.h). */
extern const struct kept_kind signal_kind;
/* A page about the signal of this number, which nobody read; 0: one that is to be written down. */
struct kept_page signal_page(const struct tafel *tafel, struct db_tx *tx, struct http_exchange *ex,
                             int32_t number);
/* That of the path; to_change: held off others until the transaction ends. False: answered with 404, or
 * *status. */
bool signal_open(struct kept_page *out, enum db_status *status, const struct tafel *tafel, struct db_tx *tx,
                 struct http_exchange *ex, bool to_change);
/* SIGNAL_STATES of one that is to be written down. */
enum signal_state signal_state_of(const struct kept_page *page);
/* Days since 1970-01-01 in the Netherlands. */
int32_t signal_today(const struct tafel *tafel);
/* A choice of the rounds that count, for form_show_of: [{code, label}]. The caller owns it. */
json_t *signal_round_options(const struct tafel *tafel, struct http_exchange *ex);

/* For templates, in all that is below too: beside "bron", "stand", "naar", "grond", "soort", "herkomst",
 * "rol" and "uitkomst" their word in the page's language ("stand_woord"; texts: tafel.signal.options), beside
 * "op", "opgevangenOp", "gewijzigdOp" and "uiterlijk" the day in words, beside "waarden" the words of all
 * ("waarden_woord"), and beside shares their digits
 * in that language ("aandeel_tekst"). */
void signal_add_words(json_t *value, struct http_exchange *ex, const struct web *web);
/* Beside "toepassingen" what citizens know them by (kept_public_applications): "toepassingen_woord". */
enum db_status signal_add_applications(json_t *signal, struct db_tx *tx, struct http_exchange *ex,
                                       const struct tafel *tafel);

/* Consultations of which a page tells what was done with them, none of invented data: [{code, titel}]. The
 * caller owns it. */
json_t *signal_consultations(struct http_exchange *ex, const struct tafel *tafel);
/* What is answered is about this signal, as signal_find and its like give one: it says so where that is of
 * invented data. */
void signal_mark_invented(struct http_exchange *ex, const struct tafel *tafel, const json_t *signal);

/* Beside the item of the agenda of each that is over since: "beeindigd" {op, reden}. */
enum db_status signal_mark_over(json_t *forwards, struct db_tx *tx, struct arena *arena);

/* For the template signal_flow: how far signals came, as "stroom" {chart_html, n, standen[] {woord, gekomen,
 * verder, hier, niet}} and "with_charts"; nothing without any signal. texts: "SOMEWHERE.CODE" is what a state
 * is called. */
void signal_put_flow(json_t *context, const struct signal_count counts[SIGNAL_STATES],
                     struct http_exchange *ex, const struct tafel *tafel, const char *texts);

/* What a letter says besides: what the item of the agenda is called ("onderdeelTitel"), and in short what the
 * signal rests on ("bewijs": [{soort, waarom}]), a line for each kind of evidence and reason. */
enum db_status signal_letter_reasons(json_t *forward, const struct kept_page *page);
/* The letter about one of its addressees (with their words added) as ODT, in the exchange's arena. */
bool signal_letter_odt(struct slice *file, struct http_exchange *ex, const struct tafel *tafel,
                       const json_t *signal, const json_t *forward);

#define SIGNAL_GET(PATH, HANDLER, QUERY) TAFEL_GET(PATH, HANDLER, PERMISSION_TAFEL_MANAGE, QUERY)
#define SIGNAL_POST(PATH, HANDLER)       TAFEL_POST(PATH, HANDLER, PERMISSION_TAFEL_MANAGE)

#endif
