/* What the pages of /beheer/voorstellen share. */
#ifndef ZEVENSTEM_SURVEY_PROPOSAL_PAGE_H
#define ZEVENSTEM_SURVEY_PROPOSAL_PAGE_H

#include "features/account/account.h"
#include "features/survey/survey_internal.h"
#include "features/survey/survey_proposal.h"
#include "features/survey/survey_proposal_checked.h"

#define PROPOSALS_PATH "/beheer/voorstellen"

enum { PROPOSAL_FAULTS_MAX = 200, PROPOSAL_CHECK_BYTES = 256 * 1024 * 1024 };

/* Looking at one proposal, in three steps: its row is read, its package is checked on the slow thread (it may
 * take seconds, and no worker waits for it), and then the page is made. A package that was checked lately is
 * not checked again (survey_proposal_checked.h). In the exchange's arena. */
struct proposal_step {
    struct lane_work work; /* first */
    struct lane_slow slow;
    struct survey *survey;
    struct arena *arena; /* of its own: a package takes more than a request */
    struct proposal proposal;
    struct slice package;
    unsigned char sha256[CRYPTO_SHA256_BYTES]; /* of the package as it was read */
    bool with_published;
    struct proposal_part *published;
    size_t published_count;
    /* of the check */
    const struct proposal_checked *checked;
    const struct consultation_bundle *bundle; /* of that, as the next two */
    const struct json_errors *errors;
    bool good;
    json_t *sections; /* what differs from what is published; with_published alone */
    /* of deciding */
    enum proposal_outcome outcome;
    unsigned char shown[CRYPTO_SHA256_BYTES];
    void (*then)(struct http_exchange *ex, struct proposal_step *step);
};
/* From a route's `after`. Answers itself when there is no such proposal, or the caller may not see it. */
void proposal_step_begin(struct http_exchange *ex, struct survey *survey, bool with_published,
                         void (*then)(struct http_exchange *ex, struct proposal_step *step));
/* Every route's job: the guard is all it is for. */
enum db_status proposal_admit(struct db_tx *tx, struct http_exchange *ex, void *self);

/* An arena for a check, for as long as the exchange lasts. */
struct arena *proposal_arena(struct http_exchange *ex);
/* All that `consultation check` asks. */
bool proposal_check(struct consultation_bundle *bundle, const char **path, struct json_errors *errors,
                    struct arena *arena, const struct survey *survey, struct slice package);
json_t *proposal_faults(const struct json_errors *errors);
/* {number, consultation, by, day, state, sha256, opens, decided_by} */
json_t *proposal_context(struct http_exchange *ex, const struct survey *survey,
                         const struct proposal *proposal);
struct proposal_act proposal_act_of(const struct http_exchange *ex, const struct survey *survey);

/* ---- survey_proposal_one.c: one proposal, and deciding about it; survey_proposal_look.c: its questionnaires
 * as people will see them, and its text; each a route's `after` or job ---- */
void proposal_show_next(struct http_exchange *ex, void *self);
void proposal_approve_next(struct http_exchange *ex, void *self);
enum db_status proposal_post_refuse(struct db_tx *tx, struct http_exchange *ex, void *self);
enum db_status proposal_post_withdraw(struct db_tx *tx, struct http_exchange *ex, void *self);
void proposal_screen_next(struct http_exchange *ex, void *self);
void proposal_paper_next(struct http_exchange *ex, void *self);
void proposal_picture_next(struct http_exchange *ex, void *self);
enum db_status proposal_get_text(struct db_tx *tx, struct http_exchange *ex, void *self);
/* The row of the address with what it takes; the caller may decide about it. False: answered, or the status
 * says so. (survey_proposal_one.c) */
bool proposal_at(struct proposal *out, struct slice *package, enum db_status *status, struct db_tx *tx,
                 struct http_exchange *ex, bool lock);

#endif
