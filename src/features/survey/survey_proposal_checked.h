/* The package of a proposal as it was read and checked: kept for who looks at the next page of it. A package
 * never changes, and what is asked of it is the same until the program ends; so its hash says all.
 *
 * One is kept, the last that was looked at, and none that takes more than PROPOSAL_KEPT_BYTES. Immutable once
 * made; for any number of threads. */
#ifndef ZEVENSTEM_SURVEY_PROPOSAL_CHECKED_H
#define ZEVENSTEM_SURVEY_PROPOSAL_CHECKED_H

#include "features/survey/survey_internal.h"
#include "features/survey/survey_publish.h"

enum { PROPOSAL_KEPT_BYTES = 32 * 1024 * 1024 };

struct questionnaire;
struct proposal_checked {
    atomic_int holders;
    struct arena *arena;
    unsigned char sha256[CRYPTO_SHA256_BYTES];
    struct consultation_bundle bundle;
    struct json_errors errors;
    const char *path; /* of the consultation's own file; NULL: the outer form is wrong */
    bool good;        /* it has no fault */
    const struct questionnaire *const
        *questionnaires; /* of the bundle, in its order; none where it has faults */
};

struct proposal_shelf;
struct proposal_shelf *proposal_shelf_create(void);
void proposal_shelf_destroy(struct proposal_shelf *shelf); /* NULL is allowed */

/* NULL: it is to be made. Held until `arena` is destroyed. */
const struct proposal_checked *proposal_checked_find(struct arena *arena, struct proposal_shelf *shelf,
                                                     const unsigned char sha256[CRYPTO_SHA256_BYTES]);
/* Reads and checks it, which may take seconds, and keeps it. Held as above. */
const struct proposal_checked *proposal_checked_make(struct arena *arena, struct survey *survey,
                                                     const unsigned char sha256[CRYPTO_SHA256_BYTES],
                                                     struct slice package);
/* NULL: there is none of that code. */
const struct questionnaire *proposal_questionnaire(const struct proposal_checked *checked, struct slice code);

#endif
