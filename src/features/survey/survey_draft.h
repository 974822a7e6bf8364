/* A participation in progress: the plaintext of a sealed draft. Only the code opens it. */
#ifndef ZEVENSTEM_SURVEY_DRAFT_H
#define ZEVENSTEM_SURVEY_DRAFT_H

#include "features/survey/survey.h"

enum { QUALITY_FAST = 1, QUALITY_HONEYPOT = 2 };

struct draft_state {
    int variant;
    int language;              /* 0 nl, 1 en: in which it was started or last continued */
    enum survey_stream stream; /* of the link that was followed; see for_organisation */
    enum survey_channel channel;
    unsigned quality;        /* QUALITY_* bits */
    uint32_t fast_pages;     /* pages sent faster than a person reads */
    uint32_t started_minute; /* Unix minutes; 0: not known */
    int32_t base_revision;   /* 0: a new response; else the revision that this draft corrects */
    bool helped;             /* somebody helps */
    bool for_organisation;   /* says to answer for one: who came by the open link is of that stream then */
    char page[64];           /* code of the page furthest reached; "" at the start */
    struct answers answers;
};

/* Seals for storage, bound to the draft id. In the arena. */
struct slice draft_seal(struct arena *arena, const struct questionnaire *q, const struct participation *who,
                        const struct draft_state *state);
/* False when it was not sealed for this participation, or does not fit the questionnaire. */
bool draft_open(struct draft_state *out, struct arena *arena, const struct questionnaire *q,
                const struct participation *who, struct slice sealed);

#endif
