/* Who is missing of a round, by the way in which people came: a part of results.h. */
#ifndef ZEVENSTEM_RESULTS_MISSING_H
#define ZEVENSTEM_RESULTS_MISSING_H

#include "features/results/results_figures.h"

struct results;

/* A group of which well fewer answered than a sample of everybody would have: less than four fifths, with all
 * of the interval below it. As the page says of who took part. */
struct missing_group {
    const char *stream;          /* open, uitnodiging, panel, organisatie */
    const char *stream_label[2]; /* nl, en, as the next */
    const char *label[2];
};
/* Of the newest release, by stream and margin. FIGURES_NO_RELEASE: nothing may be told yet. In the arena. */
enum figures_status results_missing(struct missing_group **out, size_t *count, struct arena *arena,
                                    struct results *results, const struct survey_round *round);

#endif
