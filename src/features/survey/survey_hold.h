/* Orders not to destroy yet: a request under the Wet open overheid (woo), a question of parliament (kamer),
 * proceedings in court (rechter). While one stands, the machine destroys nothing of the round, or of the
 * message to the table, that it is about; pages, tables and exports stay as closed as they are from the
 * destruction date on, so that what is kept for the order is used for nothing else.
 *
 * Citizens go on withdrawing under a hold, also past the destruction date. Art. 17(3) AVG lets a controller
 * keep what is needed for a legal obligation (b) or for legal claims (e), but the right to object and to
 * withdraw was promised to them without that reserve; whether (b) or (e) outweighs it is for a person to
 * weigh, for one response at a time, and a machine that cannot tell whose answers are at stake must not
 * presume it. An order that does forbid it is carried out by a copy under seal, outside. */
#ifndef ZEVENSTEM_SURVEY_HOLD_H
#define ZEVENSTEM_SURVEY_HOLD_H

#include "db/db.h"

extern const struct db_statement survey_hold_statements[];
/* woo, kamer, rechter; NULL-ended. */
extern const char *const hold_reasons[];
enum { HOLD_NOTE_MAX = 2000 };

struct hold_order {
    /* Code of a round; else of a consultation, for all its rounds, also those to come; or "bericht:12", a
     * message to the table by its number, and "bericht:alle", all of those, also those to come. */
    struct slice subject;
    struct slice reason, note;
    int32_t until_day; /* the last day that it holds, since 1970-01-01; 0: until released */
    const char *actor;
};
/* *id 0: there is no such round, consultation or message. As staff; audited. Waits for a destruction that is
 * going on.
 */
enum db_status hold_place(int32_t *id, struct db_tx *tx, const struct hold_order *order);
/* *found false: there is no such hold, or it was released before. As staff; audited. */
enum db_status hold_release(bool *found, struct db_tx *tx, int32_t id, const char *actor);

struct hold {
    int32_t id;
    struct slice subject, reason, note, placed_by;
    int64_t placed_at;
    int32_t until_day; /* 0: none */
    bool stands, released;
};
/* All that ever were, oldest first, in the transaction's arena. As staff. */
enum db_status hold_list(struct hold **out, size_t *count, struct db_tx *tx);

#endif
