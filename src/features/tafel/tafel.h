/* The maatschappelijke tafel: what comes of what citizens said. Signals, and the agenda that they are passed
 * on to.
 */
#ifndef ZEVENSTEM_TAFEL_H
#define ZEVENSTEM_TAFEL_H

#include "features/tafel/tafel_agenda_sql.h"
#include "features/tafel/tafel_case_sql.h"
#include "features/tafel/tafel_desk_sql.h"
#include "features/tafel/tafel_example.h"
#include "features/tafel/tafel_feedback_fed.h"
#include "features/tafel/tafel_feedback_notify.h"
#include "features/tafel/tafel_feedback_sql.h"
#include "features/tafel/tafel_framework_sql.h"
#include "features/tafel/tafel_meeting_sql.h"
#include "features/tafel/tafel_message_destruction.h"
#include "features/tafel/tafel_message_sql.h"
#include "features/tafel/tafel_recalibration.h"
#include "features/tafel/tafel_signal_evidence.h"
#include "features/tafel/tafel_signal_forward.h"
#include "features/tafel/tafel_signal_sql.h"
#include "features/tafel/tafel_suggestion_sql.h"
#include "features/tafel/tafel_table_sql.h"
#include "features/tafel/tafel_value_map_sql.h"

#include <jansson.h>

struct account;
struct coding;
struct crypto_keys;
struct db_conn;
struct http_exchange;
struct lanes;
struct results;
struct survey;
struct tafel;
struct web;

extern const struct db_statement signal_participant_statements[];

struct tafel_config {
    struct lanes *lanes;
    const struct web *web;
    const struct crypto_keys *keys;
    struct account *account;
    struct survey *survey;
    struct results *results;
    int64_t (*now_s)(void);
    struct coding *coding;
    struct suggestion_bars bars;   /* of the rules that propose signals */
    int32_t least_votes;           /* on an answer, from which on they are public */
    const char *statements_folder; /* as of the survey */
};
struct tafel *tafel_create(const struct tafel_config *config);
/* Adds its pages and its part of the API. Once, before the server starts. */
void tafel_start(struct tafel *tafel);
/* Whether an hour went by since signals were looked for: cheap, for asking every second. Then tafel_upkeep
 * looks, on a worker; instances take turns. */
bool tafel_upkeep_due(const struct tafel *tafel);
void tafel_upkeep(struct tafel *tafel, struct db_conn *conn);
/* Whether messages may have had their time: cheap too. Then messages_upkeep destroys them and writes their
 * statements, on a worker, one call at a time. */
bool messages_upkeep_due(const struct tafel *tafel);
void messages_upkeep(struct tafel *tafel, struct db_conn *conn);
/* Whether a minute went by since it was read which sheets are public: cheap too. Then frameworks_upkeep reads
 * it, on a worker. */
bool frameworks_upkeep_due(const struct tafel *tafel);
void frameworks_upkeep(struct tafel *tafel, struct db_conn *conn);
void tafel_destroy(struct tafel *tafel); /* after lanes_stop */

/* A fieldwork_fed (fieldwork.h): the public signals that rest on what a participant said, the newest first.
 */
enum db_status tafel_signals_of_participant(json_t *signals, struct db_tx *tx, struct slice code_hash,
                                            int32_t today);
/* What others found about what a consultation asks of an application (empty: of any), in the arena: [{wie,
 * titel, jaar, methode, bevolking, vraag, uitkomst, bladzijde}]. Shown beside our own figures on a public
 * map, and never reckoned with. */
typedef enum db_status (*tafel_others)(json_t **list, struct db_tx *tx, struct arena *arena,
                                       struct slice consultation, struct slice application);
/* Before tafel_start; without, nothing is shown. */
void tafel_tell_others(struct tafel *tafel, tafel_others others);
/* What else waits for somebody's approval, on the secretary's one page; a staff_waiting (account.h). Before
 * the server starts; without, nothing does. */
void tafel_tell_approvals(struct tafel *tafel,
                          enum db_status (*waiting)(json_t *lines, struct db_tx *tx, struct http_exchange *ex,
                                                    void *self),
                          void *self);

/* ---- for what is made of it ---- */

struct survey_round;
/* Links to where passages are found again that are evidence: of each round of the consultation (NULL or
 * empty: of any) that has a plan of coding and the caller may look in, by application (codes; empty or NULL:
 * all): [{href, text}], of the exchange's arena. */
const json_t *tafel_finding_links(struct db_tx *tx, struct http_exchange *ex, struct survey *survey,
                                  const struct web *web, const char *consultation,
                                  const json_t *applications);
/* The newest agenda as /v1/agenda gives it; NULL: there is none. The caller owns it. */
enum db_status agenda_json(json_t **out, struct db_tx *tx, struct arena *arena);
/* For the template value_map_heat: a map's JSON in the page's language. row: its rows lead to
 * "ROW/APPLICATION". */
json_t *value_map_heat_context(const json_t *map, struct http_exchange *ex, const struct web *web,
                               const struct survey_round *round, const char *row);

#endif
