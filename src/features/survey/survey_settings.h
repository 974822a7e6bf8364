/* What an administrator may change of a round, as it is in the database now. */
#ifndef ZEVENSTEM_SURVEY_SETTINGS_H
#define ZEVENSTEM_SURVEY_SETTINGS_H

#include "features/survey/survey_publish.h"

extern const struct db_statement survey_settings_statements[];

struct round_settings {
    struct slice consultation, status, interim; /* as in the database, in db_arena(tx) */
    int64_t opens_at, closes_at;
    int32_t destruction_day; /* from then on nothing is left; days since 1970-01-01 */
};
/* `lock`: nobody changes it before this transaction ends; takes DB_ROLE_STAFF. */
enum db_status round_settings_read(bool *found, struct round_settings *out, struct db_tx *tx,
                                   struct slice code, bool lock);
/* Paths in the locales: "open", "over, not closed yet", ...; and who sees interim results. */
const char *round_status_text(struct slice status, int64_t opens_at, int64_t closes_at, int64_t now_s);
const char *round_interim_text(struct slice interim);
/* It is open and not over yet. Whether it may be by whoever asks is another matter. */
bool round_may_change(const struct round_settings *settings, int64_t now_s);
/* What was typed into the form that changes a round. */
struct round_wish {
    struct slice last_day, interim;
};
/* The context of that form (staff_round_change): it says which round it showed, and has `wish` in its fields;
 * NULL: the round as it is. */
json_t *round_change_form(struct arena *arena, struct slice code, const struct round_settings *shown,
                          const struct round_wish *wish);

#endif
