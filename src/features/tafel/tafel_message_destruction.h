/* Destroying messages that had their time, and the statement of destruction of what went at once: how many,
 * which numbers, between which days they came, on what ground, how, when, by whom; never what was said, nor
 * by which organisation.
 *
 * A message goes on its day, unless an order stands not to destroy it (survey_hold.h): then its text stays
 * for that order alone. It is evidence of nothing any more, stands in no list, and nobody does anything with
 * it; its sender still reads it, is told why it is there, and withdraws it as before. */
#ifndef ZEVENSTEM_TAFEL_MESSAGE_DESTRUCTION_H
#define ZEVENSTEM_TAFEL_MESSAGE_DESTRUCTION_H

#include "features/survey/survey.h"

extern const struct db_statement message_destruction_statements[];

struct messages_due {
    int64_t due, held;
};
/* What had its time by that day, to be destroyed or kept by a hold. As staff. */
enum db_status messages_due(struct messages_due *out, struct db_tx *tx, int32_t day);

struct message_destroying {
    int64_t now_s;
    int32_t most;
    const char *actor, *origin; /* as of the audit line */
};
/* Destroys at most so many, with their statement and one audit line, as staff. *gone 0: nothing was due, and
 * nothing was written. Waits for whoever places a hold. */
enum db_status messages_destroy(int32_t *gone, struct db_tx *tx, const struct message_destroying *how);

/* The statements of all that ever went, in `arena`: each with a subject that no code of a round is. As staff.
 */
enum db_status message_destructions(struct destruction **out, size_t *count, struct db_tx *tx,
                                    struct arena *arena);

#endif
