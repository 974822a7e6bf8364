/* Publishing by two people. One proposes a consultation as a package (consultation_bundle_pack) that has no
 * fault, and a round of it to open; another approves, and then that text, byte for byte, is published. At
 * most one proposal stands of a consultation: a newer one, or a publication by command, makes it stale. */
#ifndef ZEVENSTEM_SURVEY_PROPOSAL_H
#define ZEVENSTEM_SURVEY_PROPOSAL_H

#include "crypto/crypto.h"
#include "features/survey/survey_publish.h"

extern const struct db_statement survey_proposal_statements[];

struct proposal {
    int32_t id;
    struct slice consultation;
    struct slice opens;                   /* code of the round that approval opens; ptr NULL: none */
    struct slice state;                   /* proposed, approved, refused, withdrawn or superseded */
    int32_t proposer;                     /* zs.account.id */
    struct slice proposed_by, decided_by; /* names; decided_by ptr NULL: nobody yet */
    int64_t proposed_at, decided_at;      /* Unix seconds; decided_at 0 while it stands */
    unsigned char sha256[CRYPTO_SHA256_BYTES];
    bool stale; /* it stands, but something else was published since */
};

/* Who acts, signed in. */
struct proposal_act {
    int32_t account_id;
    struct round_act by;
    int64_t now_s;
};

/* Keeps the package; whatever stood of the consultation before is superseded. The package was checked: it is
 * kept as it is. As staff, audited: proposal.make, proposal.supersede. */
enum db_status proposal_make(int32_t *id, struct db_tx *tx, struct slice consultation, struct slice opens,
                             struct slice package, const struct proposal_act *act);

/* *found false: there is none of that number. package may be NULL. lock: it, and what stands of its
 * consultation, stays as it is until the transaction ends. */
enum db_status proposal_read(bool *found, struct proposal *out, struct slice *package, struct db_tx *tx,
                             int32_t id, bool lock);
/* Of which consultations. */
struct proposal_reach {
    bool every;
    const struct slice *consultations;
    size_t count;
};
/* Those that stand (at most one of a consultation) or those that were decided: the newest first, with a
 * number below `before` (0: all), at most `most`. */
enum db_status proposal_list(struct proposal **out, size_t *count, struct db_tx *tx,
                             const struct proposal_reach *reach, bool standing, int32_t before, int32_t most);
/* How many stand, not stale, that this account may decide about: others proposed them. */
enum db_status proposal_waiting(int64_t *count, struct db_tx *tx, const struct proposal_reach *reach,
                                int32_t account_id);
/* What is published of a consultation: its document, its rounds, of each questionnaire the latest version. In
 * the arena. */
struct proposal_part {
    enum proposal_part_kind { PART_CONSULTATION = 1, PART_ROUND, PART_QUESTIONNAIRE } kind;
    struct slice code, status; /* status: of a round */
    struct slice document;     /* JSON */
};
enum db_status proposal_published(struct proposal_part **out, size_t *count, struct db_tx *tx,
                                  struct arena *arena, struct slice consultation);

enum proposal_outcome {
    PROPOSAL_DONE,
    PROPOSAL_OWN,      /* two people: the proposer does not decide, and only the proposer withdraws */
    PROPOSAL_OVER,     /* it does not stand any more, or is stale */
    PROPOSAL_OTHER,    /* not the document whose hash was shown */
    PROPOSAL_FOREIGN,  /* a round is another consultation's: nothing was published */
    PROPOSAL_NOT_OPEN, /* the round cannot be opened: nothing was published */
};
/* Publishes the package of a proposal that was read with lock, and opens its round. bundle: of that package.
 * Audited: proposal.approve, and what publishing and opening record themselves. DB_ROLLBACK with FOREIGN and
 * NOT_OPEN. */
enum db_status proposal_approve(enum proposal_outcome *out, struct db_tx *tx, const struct proposal *proposal,
                                const struct consultation_bundle *bundle,
                                const unsigned char shown[CRYPTO_SHA256_BYTES],
                                const struct proposal_act *act);
/* The audit line of what was undone with DB_ROLLBACK. */
enum db_status proposal_refused(struct db_tx *tx, const struct proposal *proposal, const char *action,
                                const struct proposal_act *act);
/* Refuses it, or withdraws one's own. Audited: proposal.refuse, proposal.withdraw; also when it was not done.
 */
enum db_status proposal_refuse(enum proposal_outcome *out, struct db_tx *tx, const struct proposal *proposal,
                               const struct proposal_act *act);
enum db_status proposal_withdraw(enum proposal_outcome *out, struct db_tx *tx,
                                 const struct proposal *proposal, const struct proposal_act *act);

#endif
