/* What an administrator may change of a round, as it is in the database now. */
#ifndef ZEVENSTEM_SURVEY_SETTINGS_H
#define ZEVENSTEM_SURVEY_SETTINGS_H

#include "features/survey/survey_publish.h"

extern const struct db_statement survey_settings_statements[];

struct round_settings {
    struct slice consultation, status, interim; /* as in the database, in db_arena(tx) */
    int64_t opens_at, closes_at;
};
/* `lock`: nobody changes it before this transaction ends; takes DB_ROLE_STAFF. */
enum db_status round_settings_read(bool *found, struct round_settings *out, struct db_tx *tx,
                                   struct slice code, bool lock);
/* Paths in the locales: "open", "over, not closed yet", ...; and who sees interim results. */
const char *round_status_text(struct slice status, int64_t opens_at, int64_t closes_at, int64_t now_s);
const char *round_interim_text(struct slice interim);

#endif
