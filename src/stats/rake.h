/* Weights that make a sample look like its population on some margins (raking), or on one
 * (post-stratification: Holt & Smith 1979, J. R. Stat. Soc. A 142:33).
 *
 * Raking (Deming & Stephan 1940; Deville & Sarndal 1992, JASA 87:376) looks for the weights nearest to 1, by
 * sum of w log w, whose weighted share in every category c of every margin v equals the target t_v(c). They
 * are unique where they exist and do not depend on the order of the margins. A weight depends on the profile
 * only, so all is computed on distinct profiles h with n_h people, n in all, and mass x_h = n_h w_h:
 *
 *     w_h = 1
 *     repeat                                                    (a sweep)
 *         for each margin v:  S(c) = sum of x_h with h in c,  f(c) = n t_v(c) / S(c),  x_h = x_h f(c of h)
 *     until |f(c) - 1| < 1e-12 for all; after 1000 sweeps it is refused
 *
 * The mean weight is 1. Everybody starts at 1: nobody here was drawn with a chance of their own.
 *
 * Bounds, by cap and rake:  repeat { w_h = min(max(w_h, L), U); rake }  until L (1 - 1e-6) <= w_h <= U (1 +
 * 1e-6) for all; after 200 rounds it is refused. The margins hold exactly all the same.
 *
 * Missing: every margin has one category more than its targets, numbered `categories`. Its target is the
 * share m that it has in the sample, and the others are scaled by 1 - m: who did not say keeps a factor near
 * 1 from this margin, and gets weights from the others.
 *
 * Beyond: a margin may leave out some of the population (diplomas are known of people up to 74). Whoever is
 * beyond it has a category of their own without target: the margin says how the others divide, not how many
 * they are. With S the sum over those others, missing ones included, its step is the nearest one that does
 * so,
 *
 *     f(c) = k t_v(c) S / S(c) for the others, 1 beyond;   log k = - sum of t_v(c) log(t_v(c) S / S(c))
 *
 * and since that leaves the total open, each sweep ends with n / sum of x for all. The weights are again the
 * nearest to 1 of all that meet the margins, whatever the order (survey::calibrate with a raking distance and
 * the columns "is c" - t_v(c) "is not beyond", with totals 0). Were those beyond missing instead, their share
 * in the sample would be asked for against what the margin of ages wants, and no weights meet both.
 *
 * Nothing is guessed. A category with fewer people than asked for is taken together with the neighbour
 * declared for it; where none is declared, and wherever the population contradicts the sample, raking is
 * refused with the margin and category at fault. */
#ifndef ZEVENSTEM_STATS_RAKE_H
#define ZEVENSTEM_STATS_RAKE_H

#include "stats/profile_tree.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RAKE_CATEGORIES_MAX = 4096, /* of a margin, the missing one not counted */
    RAKE_SWEEPS_MAX = 1000,     /* each time that it rakes */
    RAKE_LOOPS_MAX = 200,       /* of cap and rake */
};
#define RAKE_ALONE              UINT16_MAX
#define RAKE_DEVIATION          1e-12
#define RAKE_BOUND_SLACK        1e-6
#define RAKE_UPPER_MAX          15.999 /* what columns.h can hold */
#define RAKE_ADVICE_DEFF        2.5    /* past it, show unweighted results only */
#define RAKE_ADVICE_RESPONDENTS 10     /* so too when a category with a target has fewer */

/* The distinct profiles of a sample. */
struct rake_sample {
    size_t margins;
    size_t profiles;
    uint16_t
        *categories; /* [profile * margins + margin]: 0 to `categories` of that margin, the last missing */
    uint64_t *n;     /* [profile] people, at least one */
};

/* Frees the arrays that weigh_count made; *sample is empty after. */
void rake_sample_free(struct rake_sample *sample);

struct rake_margin {
    uint32_t categories;   /* 1 to RAKE_CATEGORIES_MAX */
    const double *targets; /* [categories] people of the population, or shares, or per cent: >= 0. Borrowed */
    double total;          /* what these should sum to, by their source */
    double slack; /* by how much their sum may differ from it: what rounding at the source explains */
    /* [categories] the category to take this one together with when it is too small, RAKE_ALONE for none.
     * NULL: none has one. Borrowed */
    const uint16_t *neighbours;
    /* [categories] those for people beyond the margin; their targets are not looked at. NULL: none. Borrowed
     */
    const bool *beyond;
};

struct rake_limits {
    double lower;      /* 0 <= lower < 1 */
    double upper;      /* 1 < upper <= RAKE_UPPER_MAX */
    uint64_t smallest; /* people that a category with a target needs: at least 1 */
};
/* Bounds as ANES has them; Battaglia, Izrael, Hoaglin & Frankel advise 20 to 30 people a category. */
#define RAKE_LIMITS ((struct rake_limits){.lower = 0.2, .upper = 5, .smallest = 20})

enum rake_status {
    RAKE_OK,
    RAKE_BAD_LIMITS,    /* bounds or smallest out of range; no margin or too many; too many profiles */
    RAKE_BAD_SAMPLE,    /* a category that a margin has not, or a profile of nobody. margin, category */
    RAKE_BAD_MARGIN,    /* number of categories out of range. margin, value: that number */
    RAKE_BAD_TARGET,    /* negative or no number, or total or slack so. margin, category, value */
    RAKE_BAD_NEIGHBOUR, /* none such, itself, or one beyond; or one for those beyond. margin, category, value:
                           the neighbour */
    RAKE_TARGETS_DO_NOT_SUM,    /* margin, value: their sum, wanted: the total */
    RAKE_EMPTY_SAMPLE,          /* nobody */
    RAKE_SAMPLE_WITHOUT_TARGET, /* people where the population has none. margin, category, value: how many */
    RAKE_TARGET_WITHOUT_SAMPLE, /* nobody where the population has some, nor a neighbour. margin, category,
                                   value: target share */
    RAKE_TOO_SMALL,      /* fewer people than `smallest`, and no neighbour. margin, category, value: how
                            many, wanted: `smallest` */
    RAKE_NO_CONVERGENCE, /* RAKE_SWEEPS_MAX. The category furthest off: margin, category, value: its
                            factor in the last sweep */
    RAKE_OUT_OF_BOUNDS,  /* RAKE_LOOPS_MAX. Of the profile furthest off, the category with the strongest
                            factor: margin, category, value: the weight, wanted: the bound */
    RAKE_NO_MEMORY,
};

/* Why not. What the status above does not name is 0. */
struct rake_refusal {
    enum rake_status status;
    size_t margin;
    uint32_t category; /* after taking together: the first of those */
    double value;
    double wanted;
};

struct rake_category {
    uint64_t n;     /* people in the sample */
    uint16_t group; /* the lowest of the categories taken together with it; its own number when alone */
    /* Share aimed at, those missing included: all categories of a margin sum to 1. Of those beyond: as
     * achieved. */
    double target;
    double achieved; /* weighted share got; equals the target for a group as a whole */
    /* The weight of a profile that was never capped is the product of its factors, one a margin. Where there
     * was nobody to learn from (n = 0 and no group), the mean factor over the people of that margin. Always
     * above 0. */
    double factor;
};

struct rake_report {
    uint64_t n;
    size_t profiles;
    uint32_t sweeps;      /* all in all */
    uint32_t loops;       /* times that weights were capped */
    double deviation;     /* largest |f - 1| of the last sweep */
    double lowest;        /* weight */
    double highest;       /* weight */
    double design_effect; /* Kish 1965: n sum w^2 / (sum w)^2 */
    double effective_n;   /* n / design_effect */
    uint32_t collapsed;   /* categories that are not a group of their own */
    double largest_error; /* achieved minus target of a group, in percentage points, without sign */
    size_t error_margin;  /* where that is */
    uint32_t error_category;
    bool advise_unweighted; /* RAKE_ADVICE_DEFF, RAKE_ADVICE_RESPONDENTS (of a group) */
};

struct rake_result {
    size_t margins;
    size_t profiles;
    struct rake_category **categories; /* [margin][category], one more than the margin has: those missing */
    double *weights; /* [profile], in the order of the sample; within the bounds, with their slack */
    struct rake_report report;
};

/* Fills *out, which rake_result_free frees. After any other status than RAKE_OK there is nothing to free and
 * *why (may be NULL) says where. The status is also returned. */
enum rake_status rake(struct rake_result *out, const struct rake_sample *sample,
                      const struct rake_margin *margins, size_t margin_count,
                      const struct rake_limits *limits, struct rake_refusal *why);
void rake_result_free(struct rake_result *result);

/* The nearest weight that columns.h allows: whole units of 2^-27, above 0 and below 16. */
uint32_t rake_fixed(double weight);

#endif
