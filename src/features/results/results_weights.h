/* Versions of weights: made from the answers of a round at one place of its log, kept for good, named by the
 * tables that use them. For the command and the nightly job; a part of results.h.
 *
 * A version is of one stream, or of "alle" when that was asked for: streams are never taken together unasked.
 * What could not be raked is kept as well, refused and with its reason. */
#ifndef ZEVENSTEM_RESULTS_WEIGHTS_H
#define ZEVENSTEM_RESULTS_WEIGHTS_H

#include "crypto/crypto.h"
#include "db/db.h"
#include "features/survey/survey.h"

#include <jansson.h>

extern const struct db_statement results_weights_statements[];

/* The member `weighting` of every round of the bundle, held against the margins and the round's own
 * questionnaire. Adds each fault as consultation_bundle_read does; `path` is that of the consultation. False
 * when there was any. */
bool results_weighting_check(struct json_errors *errors, const struct consultation_bundle *bundle,
                             const char *path, const struct locales *locales);

struct weights_order {
    const struct survey_round *round;
    struct slice stream;  /* open, uitnodiging, panel, organisatie, or alle */
    struct slice margins; /* codes with commas between; empty: as the round's document says */
    const char *actor, *origin;
    /* Now and then while the log is read: how many responses there are so far. NULL: nobody looks. */
    void (*progress)(uint64_t responses, void *context);
    void *context;
};
enum weights_outcome {
    WEIGHTS_MADE,
    WEIGHTS_REFUSED,   /* kept, with the reason */
    WEIGHTS_BAD_ORDER, /* the round cannot be weighted on these margins whoever answers: audited, not kept */
};
struct weights_made {
    enum weights_outcome outcome;
    int32_t number;   /* of the version; 0 for a bad order */
    bool kept_now;    /* false: this very version was there already, or one of more of the log */
    struct slice why; /* not made: what is wrong and what to do, in English. In the arena */
};
/* Reads the log of the round on this connection, rakes, keeps the version and audits it. Two at once make one
 * after the other, and one version when nothing was answered in between. */
enum db_status results_weights_make(struct weights_made *out, struct arena *arena, struct db_conn *conn,
                                    const struct crypto_keys *keys, const struct weights_order *order);

struct weights_version {
    struct slice stream, made_by;
    int32_t number;
    int64_t made_at, position;
    bool made; /* false: refused */
    double lower, upper;
    int32_t smallest;
    json_t *margins; /* as results_margins.h reads them */
    json_t *report;  /* as results_weights_report.h writes it */
};
/* Versions of a round, newest first; number 0: all, else that one; at most `most`. In the arena. As results
 * or staff. */
enum db_status results_weights_list(struct weights_version **out, size_t *count, struct arena *arena,
                                    struct db_tx *tx, struct slice round, int32_t number, int32_t most);
/* Why a version was refused, in English or Dutch, naming margin and category and saying what to do. In the
 * arena. */
struct slice results_weights_reason(struct arena *arena, const struct weights_version *version, bool dutch);

#endif
