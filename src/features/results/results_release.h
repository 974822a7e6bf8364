/* Releases (uitgaven): what the public may see of a round. A release is counted at one place in the log,
 * protected, and stored once; every instance serves what is stored, so all say the same and the public never
 * reads live numbers.
 *
 * What is in it. Streams are never pooled: each has a part of its own, with a lattice of its own
 * (stats/protect_lattice.h) over the dimensions of the round. Nobody is in two parts, so no part can be used
 * to look into another, and a small stream takes nothing away from a large one. Within a part there are
 * figures of every variable for every open universe. Everybody counts, whatever their quality mark: a mark is
 * a suspicion, and the figures of both views stay comparable.
 *
 * Successive releases: stats/protect_release.h. A universe that is carried over keeps the figures of an
 * earlier release to the byte, and says which. The settings of protection and the dimensions are those of the
 * round's first release for ever: the same people under two kinds of noise would average out. */
#ifndef ZEVENSTEM_RESULTS_RELEASE_H
#define ZEVENSTEM_RESULTS_RELEASE_H

#include "crypto/crypto.h"
#include "db/db.h"
#include "features/survey/survey.h"

extern const struct db_statement release_statements[];
extern const struct db_statement release_load_statements[];

/* The member `release` of every round of the bundle. Adds each fault as consultation_bundle_read does; `path`
 * is that of the consultation. False when there was any. */
bool release_document_check(struct json_errors *errors, const struct consultation_bundle *bundle,
                            const char *path, const struct locales *locales);

/* k, D and V. */
struct release_settings {
    uint32_t threshold;
    unsigned reach, variance;
};

enum release_outcome {
    RELEASE_MADE,
    RELEASE_UNCHANGED, /* no universe is due: the newest release stands, or nobody may be shown yet */
    RELEASE_EMBARGO,   /* release_allowed says no */
    RELEASE_SETTINGS,  /* other settings, dimensions or questionnaire than in the round's releases before */
    RELEASE_OVERTAKEN, /* somebody else made one at the same moment */
};

struct release_request {
    const struct crypto_keys *keys;
    struct release_settings settings;
    int64_t now_s;
    bool dry_run;       /* all but storing */
    const char *actor;  /* for the audit log */
    const char *origin; /* "command" or "job" */
    /* May be NULL. Called while the log is read, and after each variable of each part that was counted. */
    void (*reading)(uint64_t responses, void *context);
    void (*progress)(uint64_t done, uint64_t total, void *context);
    void *context;
};

struct release_report {
    int32_t number;
    int32_t before;   /* how many releases the round had; 0 too where that was not looked at */
    int64_t position; /* of the log: for administrators */
    size_t parts, variables;
    size_t universes, fresh, carried; /* those with figures: fresh and carried */
    uint64_t bytes;
    char sha256[2 * CRYPTO_SHA256_BYTES + 1];
    int64_t load_us, count_us, store_us;
};

/* Whether the public may be told of this round: it closed and no paper may be added any more, or its
 * tussenstand is openbaar. Never of a pilot, and nothing new from its destruction date on. */
bool release_allowed(const struct survey_round *round, int64_t now_s);
/* Loads, counts, protects and stores; audited (release.make). Takes seconds to minutes. Not within a
 * transaction. */
enum db_status release_make(enum release_outcome *outcome, struct release_report *report,
                            struct db_conn *conn, const struct survey_round *round,
                            const struct release_request *request);

/* One release as listed. Texts live as long as the transaction. */
struct release_summary {
    struct slice round, program;
    int32_t number, questionnaire_version;
    int64_t made_at, position;
    struct release_settings settings;
    struct slice sha256; /* bytes */
    struct slice
        audit_head; /* of the audit log when it was made (audit_head_text); ptr NULL: there was none */
    int64_t parts, variables, bytes;
};
/* Of one round, or of all (empty slice): by round, the newest first. */
enum db_status release_list(struct release_summary **out, size_t *count, struct db_tx *tx,
                            struct slice round);

#endif
