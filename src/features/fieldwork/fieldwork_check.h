/* Member check: the summary of a conversation, who may read it by a code, and what they say of it. A code is
 * as those of citizens (crypto.h); only its keyed hash is kept, so that it is shown once. */
#ifndef ZEVENSTEM_FIELDWORK_CHECK_H
#define ZEVENSTEM_FIELDWORK_CHECK_H

#include "crypto/crypto.h"
#include "db/db.h"
#include "json/decode.h"

extern const struct db_statement fieldwork_check_statements[];
extern const char *const check_verdicts[]; /* klopt, klopt-niet */
enum { CHECK_REMARK_MAX = 2000 };

/* {"samenvatting", "openTot", "revisie"}; NULL: there is none yet. In the arena. */
enum db_status summary_find(json_t **out, struct db_tx *tx, struct arena *arena, int32_t conversation);
enum summary_outcome { SUMMARY_SAVED, SUMMARY_WRONG, SUMMARY_CONFLICT };
/* The same: makes or changes it. revisie 0: there was none. SUMMARY_WRONG: errors say what. */
enum db_status summary_save(enum summary_outcome *outcome, struct json_errors *errors, struct db_tx *tx,
                            int32_t conversation, const json_t *document, const char *actor);

/* By participant that may read it (came, agrees, did not withdraw): [{"deelnemer", "pseudoniem", "codeOp",
 * "oordeel", "opmerking", "op", "ouder"}]; ouder: of an earlier revision. In the arena. */
enum db_status check_list(json_t **out, struct db_tx *tx, struct arena *arena, int32_t conversation);
/* A new code; what was said under the old one stays. *given false: there is no summary, or they may not read
 * it. */
enum db_status check_issue(struct participation_code *code, bool *given, struct db_tx *tx,
                           const struct crypto_keys *keys, int32_t participant, int32_t today);

/* As intake. */
struct check_shown {
    bool found;
    int32_t round, revision, open_until;
    bool is_open, is_older;             /* until its day; what they said was of an earlier revision */
    struct slice body, verdict, remark; /* empty: none; in the arena */
    struct slice code_hash;             /* what is kept of the code; in the arena */
};
enum db_status check_read(struct check_shown *out, struct db_tx *tx, struct arena *arena,
                          const struct crypto_keys *keys, const struct participation_code *code,
                          int32_t today);
/* *kept false: too late, no such code, or the summary was changed after this revision. remark may be empty.
 */
enum db_status check_answer(bool *kept, struct db_tx *tx, const struct crypto_keys *keys,
                            const struct participation_code *code, int32_t today, int32_t revision,
                            const char *verdict, struct slice remark);

#endif
