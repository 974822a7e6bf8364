/* The closed measures of a round that somebody who watches it looks at: what people worry about, hope for,
 * accept and expect, one line a question. A part of results.h.
 *
 * Figures are those of the newest release, so that all that is said on them may be said to everybody. Of the
 * open stream, or the first that the release has; weighted where that stream has weights. */
#ifndef ZEVENSTEM_RESULTS_WATCH_H
#define ZEVENSTEM_RESULTS_WATCH_H

#include "features/results/results_figures.h"

/* A variable on a scale, of dimension zorg, kans, aanvaardbaarheid or effect. */
struct watch_line {
    const char *variable, *label; /* its code; the question in Dutch */
    const char *dimension;
    const char *application, *value; /* NULL: of none */
    const char *top;                 /* the answer at the far end of the scale */
    const char *top_label;           /* in Dutch; NULL where the name says it */
    struct figure base, net, top_two, agreement;
    bool compared;        /* the round before asks it in the same wording, and both have figures */
    struct figure change; /* of net, in percentage points; with its interval */
};

struct watch {
    const char *stream;
    bool weighted;
    int32_t release;
    const struct survey_round *before; /* the round that it is compared with; NULL: there is none */
    int32_t release_before;
    struct watch_line *lines; /* in the order of the codebook */
    size_t count;
};

/* FIGURES_NO_RELEASE: nothing may be said of the round yet. In the arena. */
enum figures_status results_watch(struct watch *out, struct arena *arena, struct results *results,
                                  const struct survey_snapshot *snapshot, const struct survey_round *round);

/* How many responses of a round stand, and how many were begun and not sent, a second or two behind. False:
 * not counted yet. */
bool results_responses(int64_t *standing, int64_t *drafts, struct arena *arena, struct results *results,
                       int32_t round_id);

#endif
