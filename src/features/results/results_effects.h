/* What people expect of each application for each of the seven values, and how much each value counts: all
 * that the survey has for the value map. A part of results.h.
 *
 * Figures are those of the view, as any table of it gives them: withheld where it withholds. Of one stream;
 * weighted where that stream has weights. */
#ifndef ZEVENSTEM_RESULTS_EFFECTS_H
#define ZEVENSTEM_RESULTS_EFFECTS_H

#include "features/results/results_figures.h"

/* One variable of dimension effect. net: points "better" less "worse", in percentage points, so that its
 * neutral is 0; top_two: the share that expects better, so that top_two - net expects worse. */
struct effect_line {
    const char *application, *value;
    const char *facet;   /* mens, dier, milieu; NULL */
    const char *part[2]; /* the item as it was asked; NULL where it is the whole question */
    const char *question;
    size_t points;       /* of its scale: means are from 1 to that */
    struct figure asked; /* people who got the question */
    /* Where answers are withheld the others tell (results_hidden.h): figure.shared. The base is then
     * withheld. */
    struct figure base, mean, net, top_two, agreement;
};

/* Of the values among which people chose what counts most. */
struct importance_line {
    const char *value;
    struct figure share;
};

struct effects {
    const char *stream; /* open, uitnodiging, panel, organisatie */
    bool weighted, provisional;
    int32_t weights;  /* version; 0: none */
    int32_t release;  /* public: its number */
    int64_t position; /* of the log; public: 0 */
    int64_t made_at;
    uint64_t threshold;
    struct effect_line *effects; /* in the order of the codebook */
    size_t effect_count;
    struct importance_line *importances;
    size_t importance_count;
};

/* Whether anything may be told of a round in this view: the embargo. */
bool results_effects_may_tell(const struct results *results, const struct survey_round *round,
                              enum figures_view view);
/* stream ptr NULL: the open one; of a release without it the first that it has. FIGURES_NOT_RELEASED: it has
 * not got the stream that is asked for. FIGURES_OK without lines: the round asks for no effects. Whoever
 * asks has been told by results_effects_may_tell that they may. */
enum figures_status results_effects(struct effects *out, struct arena *arena, struct results *results,
                                    const struct survey_round *round, enum figures_view view,
                                    struct slice stream);
/* All that the effects depend on but the stream, as a text: while it is the same so are they, the time at
 * which they were made apart. In the arena. */
const char *results_effects_mark(struct arena *arena, struct results *results,
                                 const struct survey_round *round, enum figures_view view);
/* Another arena's: figures, and copies of all texts, which results_effects borrows of the questionnaire. */
void results_effects_copy(struct effects *out, struct arena *arena, const struct effects *effects);

#endif
