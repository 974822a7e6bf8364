/* What survey, interviews and focus groups say of the same thing, held beside each other: convergence coding
 * (Farmer, Robinson, Elliott and Eyles 2006; O'Cathain, Murphy and Nicholl, BMJ 2010;341:c4587). The rule
 * codes first; a person may decide otherwise.
 *
 * Of one theme each method has a meaning and a prominence:
 *   direction s    -1 against, 0 neither, +1 for; firm: by more than chance
 *   tercile t      0 the most prominent third of the themes of that method, 1 the middle, 2 the least; and
 *                  the terciles from `first` to `last` in which it may be, as certain as its prominence is
 * Counts of different methods are never added, nor is one turned into the unit of another: a tercile is a
 * place among the themes of its own method.
 *
 * Two methods that both spoke:
 *   dissonance     s is opposite, and firm in both; or t is two apart, and no tercile may be that of both
 *   agreement      s is the same, and so is t
 *   partial        else: one of the two is the same or nearly so, or they differ by no more than chance
 * The protocols speak of researchers who read all there is. Of few people, or with seven themes of which
 * several are as prominent, opposite directions and far terciles come up by chance, and a person would be
 * sent to look at nothing; so here they need an interval of 95 % (Wilson's, of a share of people or groups)
 * to clear half, or each other. Without the words about chance this is the pre-coding that the protocols'
 * codes come down to.
 *
 * One that spoke beside one that was asked and said nothing: silence; two that said nothing: silence too.
 * A method that was not asked, or whose figure is withheld, is part of no pair: that is no silence.
 *
 * Three methods make three pairs. The label of the theme is the one of its pairs that needs a person most:
 * dissonance, then silence, then partial, then agreement. Without a pair it is "not asked". */
#ifndef ZEVENSTEM_STATS_CONVERGENCE_H
#define ZEVENSTEM_STATS_CONVERGENCE_H

#include "stats/interval.h"

#include <stdbool.h>
#include <stddef.h>

enum convergence_method {
    CONVERGENCE_SURVEY,
    CONVERGENCE_INTERVIEWS,
    CONVERGENCE_FOCUS_GROUPS,
    CONVERGENCE_METHODS
};

enum convergence_state {
    CONVERGENCE_NOT_ASKED,
    CONVERGENCE_WITHHELD, /* there is a figure, which may not be shown: nothing may follow from it either */
    CONVERGENCE_SILENT,   /* asked, and nobody said anything of it */
    CONVERGENCE_SPOKE
};

struct convergence_side {
    enum convergence_state state;
    int direction; /* with the rest: of one that spoke */
    bool firm;
    int tercile, first, last;
};

/* In the order in which they need a person, the least first. */
enum convergence_label {
    CONVERGENCE_NO_PAIR, /* not asked */
    CONVERGENCE_AGREEMENT,
    CONVERGENCE_PARTIAL,
    CONVERGENCE_SILENCE,
    CONVERGENCE_DISSONANCE,
    CONVERGENCE_LABELS
};
/* "niet-gevraagd", "overeenstemming", "deels", "stilte", "tegenspraak"; NULL-ended. */
extern const char *const convergence_labels[CONVERGENCE_LABELS + 1];

enum convergence_label convergence_of_pair(struct convergence_side a, struct convergence_side b);
/* What a dissonance is of: a set of these; 0 where there is none. */
enum { CONVERGENCE_OPPOSITE = 1, CONVERGENCE_APART = 2 };
unsigned convergence_clash_of_pair(struct convergence_side a, struct convergence_side b);
enum convergence_label convergence_of(const struct convergence_side sides[CONVERGENCE_METHODS]);

/* Of an estimate: the side of `neutral` on which all of its 95 % interval lies; 0 when it is on both. */
int convergence_direction_of_interval(double low, double high, double neutral);
/* Of people, or of groups, that are for it and against it: that of two thirds or more, else 0. Who is both is
 * counted on both sides. */
int convergence_direction_of_counts(size_t in_favour, size_t against);
/* Whether Wilson's 95 % interval of the share of those in favour, of all on a side, leaves out a half. */
bool convergence_firm_counts(size_t in_favour, size_t against);

/* terciles[i] of prominence[i], the largest the most prominent. Of n themes one at place r, counted from 1
 * and equal ones at their mean place, is in tercile floor(3 (r - 1/2) / n). NAN: no part of it, tercile 0. */
void convergence_terciles(int *terciles, const double *prominence, size_t count);
/* From first[i] to last[i]: the terciles of the best and of the worst place that it may have. Before it are
 * those whose range lies above its own, behind it those whose range lies below; of any other it is not known.
 * low NAN: no part of it, both 0. */
void convergence_tercile_ranges(int *first, int *last, const struct interval *prominence, size_t count);

/* ---- do two methods order things alike? ---- */

enum { KENDALL_MAX = 9 }; /* 9! orders are tried one by one */

struct kendall {
    double tau; /* tau-b: 1 the same order, -1 the reverse */
    /* Two-sided: the share of all orders of the second that have a tau at least as far from 0. */
    double p;
    size_t n; /* in both */
};
/* Kendall's tau-b (1945): (C - D) / sqrt((P - X) (P - Y)), C and D the pairs in the same order and not, P all
 * pairs, X and Y those that are equal in x and in y. Where either is NAN the two are left out. False (out
 * untouched) for fewer than two, more than KENDALL_MAX, or where all of one are equal. */
bool kendall_tau_b(struct kendall *out, const double *x, const double *y, size_t count);

#endif
