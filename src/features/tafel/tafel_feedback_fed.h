/* What became of what one person said, for whoever shows a code that says it is theirs (as intake). Nothing
 * is kept of who asks. */
#ifndef ZEVENSTEM_TAFEL_FEEDBACK_FED_H
#define ZEVENSTEM_TAFEL_FEEDBACK_FED_H

#include "db/db.h"

#include <jansson.h>

struct http_exchange;
struct receipt_facts;
struct tafel;

extern const struct db_statement feedback_fed_statements[];

/* The signals that rest on these passages, by their numbers in zs.evidence: {"signalen": [{nummer, titel,
 * stand}], nietOpenbaar}, the newest first; nietOpenbaar counts those that not everybody may read yet. In the
 * arena. For every page where somebody shows that passages are theirs. */
enum db_status tafel_feedback_fed(json_t **fed, struct db_tx *tx, struct arena *arena,
                                  const int64_t *passages, size_t count);
/* The same in the words of a page: beside each signal its "plain" state in the language of the request. */
void tafel_feedback_say(json_t *signals, struct http_exchange *ex, const struct tafel *tafel);

/* The panel of the receipt (survey_panel): adds "became" to the context, for the template feedback_own. self:
 * the tafel. */
enum db_status tafel_receipt_panel(json_t *context, struct db_tx *tx, struct http_exchange *ex,
                                   const struct receipt_facts *facts, void *self);

#endif
