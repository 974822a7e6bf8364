/* By what a round is coded, and who codes what of it. */
#ifndef ZEVENSTEM_CODING_PLAN_H
#define ZEVENSTEM_CODING_PLAN_H

#include "db/db.h"
#include "features/coding/coding_sample.h"

#include <jansson.h>

extern const struct db_statement coding_plan_statements[];

struct coding_plan {
    bool found;
    bool has_codings; /* its code book stays */
    int32_t book_version, revision;
    double bar;
};
enum db_status coding_plan_read(struct coding_plan *out, struct db_tx *tx, int32_t round);
/* revision: of what was read; 0: there was none. *saved false: somebody else changed it meanwhile, or the
 * code book is to change though something is coded by another. */
enum db_status coding_plan_save(bool *saved, struct db_tx *tx, int32_t round, const struct coding_plan *plan,
                                const char *actor);

/* [{"account", "naam"}] of who may code in a consultation. The caller owns it. */
enum db_status coding_people(json_t **out, struct db_tx *tx, struct slice consultation);
/* Of the round, the newest first: [{"nummer", "bron", "vraag", "zaad", "aandeelDubbel", "getrokken", "van",
 * "taken", "klaar", "door", "op"}]. The caller owns it. */
enum db_status coding_batches(json_t **out, struct db_tx *tx, int32_t round);
/* [{"naam", "taken", "klaar"}] by coder. The caller owns it. */
enum db_status coding_progress(json_t **out, struct db_tx *tx, int32_t round);

struct coding_drawing {
    struct slice variable; /* of which answers are sampled; empty: what participants said in conversations */
    uint32_t wanted;       /* of the answers; each way of coming in has 2 at least */
    double share;          /* is coded by two */
    unsigned char seed[CODING_SEED_BYTES];
    const int32_t *accounts; /* who code */
    size_t account_count;
};
enum coding_draw_outcome {
    CODING_DRAWN,
    CODING_NOTHING_TO_DRAW, /* no such texts, or all that was said is drawn already */
    CODING_TOO_FEW_CODERS   /* nobody, or one where a part is coded by two */
};
/* Draws, and gives out what nobody has yet. A larger sample with the seed of a smaller one holds it. *drawn:
 * how many passages. */
enum db_status coding_draw_batch(enum coding_draw_outcome *outcome, size_t *drawn, struct db_tx *tx,
                                 int32_t round, const struct coding_drawing *drawing, const char *actor);
/* The coder that an account is; made at first. */
enum db_status coding_coder_of(int32_t *coder, struct db_tx *tx, int32_t account);

#endif
