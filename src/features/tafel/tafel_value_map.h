/* The value map (waardenkaart): of each application and each of the seven values what survey, interviews and
 * focus groups say, and whether they say the same. Pure: figures and counts in, a map out.
 *
 * A cell, by method (stats/convergence.h says what follows of it):
 *
 *   survey        asked "does this get better or worse?". Direction: the side of 0 on which all of the
 *                 interval of its net lies (better less worse), and so firm. Prominence: the share that
 *                 expects it to change at all; where the share that expects better is withheld, the size of
 *                 the net, which is shown: no fewer expect a change. Where it asks apart for people, animals
 *                 and nature, those are shown apart; the direction is theirs when they have the same, else
 *                 none, and the prominence is the largest.
 *   interviews    persons. Direction: two thirds of those on a side. Prominence: who said something of it, by
 *                 who took part in the interviews that came to it.
 *   focus groups  groups, never persons. Direction: two thirds of the groups on a side, where a group in
 *                 which both were heard is divided, and on both. Prominence: groups in which it was said, by
 *                 groups that came to it.
 *
 * Intervals of prominence are Wilson's: of persons or groups, and of a survey's share on the effective size
 * that the interval of its "better" tells.
 *
 * Terciles are of the values of one application within one method. What a release or a threshold withholds is
 * withheld here, and no label follows from it. */
#ifndef ZEVENSTEM_TAFEL_VALUE_MAP_H
#define ZEVENSTEM_TAFEL_VALUE_MAP_H

#include "features/coding/coding.h"
#include "features/results/results.h"
#include "stats/agreement.h"
#include "stats/convergence.h"

enum { MAP_FACETS_MAX = 8, MAP_PAIRS = 3, MAP_APPLICATIONS_MAX = 100 };
/* Above this share of people, in percent, who expects the opposite is told of. */
#define MAP_MINORITY 10.0

/* Who expects the opposite of what most do. */
struct map_minority {
    bool any;      /* there is a facet of which more than MAP_MINORITY percent do */
    double share;  /* the largest such share, in percent */
    int direction; /* what they expect: 1 better, -1 worse */
};

struct map_cell {
    const char *application;
    int value;
    struct convergence_side sides[CONVERGENCE_METHODS];
    enum convergence_label rule; /* what follows from the sides */
    unsigned clash;              /* CONVERGENCE_...: what a dissonance by the rule is of */
    const struct effect_line *effects[MAP_FACETS_MAX]; /* of the survey: one, or one a facet */
    size_t effect_count;
    struct map_minority minority;
    const struct coding_heard_cell *heard[CODING_TALKS]; /* NULL: the round is not coded */
};

struct map_tau {
    enum convergence_method a, b;
    bool known;
    struct kendall kendall;
};

struct value_map {
    const char **applications; /* those that anything was asked about: the survey's, then the code book's */
    size_t application_count;
    struct map_cell *cells;            /* [application * CODING_VALUES + value] */
    size_t counts[CONVERGENCE_LABELS]; /* cells by the rule */
    /* Whether the methods order the seven values alike: by the share that chose it, the share of persons who
     * said something of it, the share of groups. */
    struct map_tau taus[MAP_PAIRS];
};

/* survey NULL: there are no figures; heard->found false: there are no codings. In the arena; it borrows from
 * both. */
void value_map_make(struct value_map *out, struct arena *arena, const struct effects *survey,
                    const struct coding_heard *heard);
/* NULL when there is none. */
const struct map_cell *value_map_cell(const struct value_map *map, struct slice application,
                                      struct slice value);

/* Of the survey's people, percent who expects the opposite of what most do. 0: none, or withheld. */
double value_map_minority(const struct effect_line *effect);

/* What people judged of cells: by the rule's name of the label. */
struct map_judged {
    struct slice application, value;
    enum convergence_label label;
};
struct map_agreement {
    size_t judged, same; /* cells of the map that somebody judged; and as the rule did */
    bool known;
    double alpha; /* Krippendorff's, nominal, of the rule and the person as two coders */
};
void value_map_agreement(struct map_agreement *out, struct arena *arena, const struct value_map *map,
                         const struct map_judged *judged, size_t count);

#endif
