/* What those are told who asked to hear what came of a round: an e-mail, a letter and what to say on the
 * telephone, in Dutch and English. The service makes the texts and knows nobody they go to: whoever holds the
 * coordinator's key puts names to them, elsewhere. */
#ifndef ZEVENSTEM_TAFEL_FEEDBACK_NOTIFY_H
#define ZEVENSTEM_TAFEL_FEEDBACK_NOTIFY_H

#include "base/arena.h"
#include "db/db.h"

#include <jansson.h>

struct locales;
struct results;
struct survey_round;

enum notify_way { NOTIFY_EMAIL, NOTIFY_LETTER, NOTIFY_PHONE, NOTIFY_WAYS };
/* "email", "brief", "telefoon"; NULL-ended. */
extern const char *const notify_ways[NOTIFY_WAYS + 1];

struct feedback_notice {
    const struct locales *locales;
    const struct survey_round *round;
    const char *public_url;
    const json_t *heard;   /* feedback_heard_of; NULL: nothing may be told */
    const json_t *signals; /* feedback_signals */
};
/* What there is to tell (as results): heard and signals, in the arena. results: with its releases loaded. */
enum db_status feedback_notice_read(struct feedback_notice *notice, struct db_tx *tx, struct arena *arena,
                                    struct results *results);
/* Its first line is the subject, then an empty line and the text; "{naam}" stands where a name goes. In the
 * arena. language: 0 nl, 1 en. */
struct slice feedback_notice_text(struct arena *arena, const struct feedback_notice *notice,
                                  enum notify_way way, int language);

#endif
