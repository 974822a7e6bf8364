/* A table as the public may see it: every number in it is a function of perturbed numbers.
 *
 * A table is one answer (axis 0) by none, one or two dimensions of the lattice (protect_lattice.h): a line of
 * answers for every universe, totals over dimensions included. A filter is a line of a table that has the
 * filtered dimension as an axis. Let n, W, Q be the true count, sum of weights and of squared weights of a
 * cell.
 *
 *  1. A line is shown when its universe is open.
 *  2. Counts are n~, totals and bases perturbed by themselves: figures need not add up, and are not made to.
 * The noise of an answer is drawn for that answer of that variable: the key of its cell is changed by a
 * constant of the two. Were it drawn for its people alone, as that of bases is, an answer that everybody gave
 * would have exactly the count of its base, or of another answer that everybody gave, and who alone did not
 * would show. The price: people who are the same in answers to several variables have as many noises.
 *  3. A count is shown when n~ >= k + D, so it is of k people at least; else "fewer than k + D". Zero is no
 * exception. Only what the question cannot give is told apart: it is declared, and must be empty.
 *  4. Weights. W~ = n~ W/n + s x and Q~ = n~ Q/n, where s is the standard deviation of the weights in the
 * base of the line, and x the smooth noise of the cell in its universe on the stream of weights. The second
 * term hides what the first does not: the ratio of W~ to n~ would be the true mean weight, and somebody with
 * a heavy weight moves it. With equal weights s = 0.
 *  5. Shares are W~ of the cell in W~ of the base, shown when the cell is, the base has n~ >= 30 and its
 * effective size n~ / deff >= 30. Kept within [3/n~, 1 - 3/n~] of the base (rule of three: a share never seen
 * in n has 95 % confidence to be under 3/n), in whole percents, with a decimal from n~ = 1000 on; never 0 or
 * 100.
 *  6. Means of a scale: sum x W~ / sum W~ over the answers in the base. Of the perturbed counts of hidden
 * answers nothing goes into it: those answers share equally what the base has more than the shown ones, and
 * where that is over a fifth of the base there is no mean (the caller's to do, before public_mean). A mean
 * that they went into would tell 0 from 1 wherever everybody else is known. Nets, agreement and rank scores
 * alike. Means of a bounded number: S/W + range (w2/w1) x / n~, where S = sum x W, w1 and w2 are mean and
 * root mean square of the weights, and x is smooth noise of the base on the variable's own stream: one person
 * moves S by at most range w, so this hides a person as the noise of a count does. The weighted mean and the
 * one that is not have a stream each: one draw for both would fall out of their difference. A step of what is
 * printed is at most 1/40 of the range, 1/400 from n~ = 1000 on.
 *  7. deff, Kish's n Q / W^2 of the base, rounded to 0.05. Intervals are Wilson's on the lower effective size
 * of Kish and Taylor out of perturbed numbers, widened by the noise, and rounded outwards.
 *
 * Variance that the noise adds to a share p of c in base b, w = W/n:
 *   (V ((wc/wb)^2 + p^2) + (V + 1/12) (s/wb)^2 (1 + p^2)) / n~b^2
 *
 * What leaves the service is what counts, public_share, public_mean and deff say. The cells' numbers are
 * perturbed whether shown or not, and may be kept with a release; one that is not shown goes nowhere. */
#ifndef ZEVENSTEM_STATS_PROTECT_PUBLIC_H
#define ZEVENSTEM_STATS_PROTECT_PUBLIC_H

#include "stats/interval.h"
#include "stats/protect_lattice.h"

#include <stdbool.h>
#include <stdint.h>

enum { PUBLIC_BASE_MIN = 30, PUBLIC_DECIMAL_FROM = 1000 };

enum public_role {
    PUBLIC_IN_BASE,
    PUBLIC_BESIDE, /* counted, in no base: don't know, no answer */
    PUBLIC_ABSENT, /* the question cannot give it, or was not asked: nobody has it */
};

struct public_query {
    const struct table *table;     /* keyed; axis 0 is the answer, the others are dimensions */
    size_t dims[LATTICE_DEPTH];    /* of the lattice, one for each axis but the first, rising */
    const enum public_role *roles; /* one a code of axis 0 */
    const double *values;          /* one a code; NULL when the answers are no bounded number */
    double low, high;              /* what values can be, when there are any */
    uint32_t variable;             /* the answer's number, the same in every release */
    bool weighted;                 /* the table is; that the same one not weighted is shown too */
};

enum public_mark {
    PUBLIC_SHOWN,
    PUBLIC_FEWER,    /* than k + D */
    PUBLIC_WITHHELD, /* the universe is not open; all numbers are 0 */
    PUBLIC_NOT_ASKED,
};

struct public_cell {
    enum public_mark mark;
    uint64_t n;
    double weight;
    double weight_squared;
};

/* The answers of one universe. */
struct public_line {
    struct public_cell people; /* all of the universe, whatever they answered */
    struct public_cell base;
    double deff;                 /* of the base; 0 when it is not shown */
    double spread;               /* s/wb, rounded to 0.05 */
    double mean;                 /* of the number, perturbed, to full precision: only for public_mean */
    struct public_cell *answers; /* one a code */
};

struct public_table {
    size_t dim_count;
    uint32_t sizes[LATTICE_DEPTH]; /* codes of each dimension */
    size_t answer_count;
    const enum public_role *roles; /* borrowed from the query */
    uint64_t fewer;                /* k + D */
    double variance;               /* V */
    bool number;                   /* lines have a mean of their own */
    double low, high;
    size_t line_count;         /* product of (size + 1): behind the last code of a dimension is its total */
    struct public_line *lines; /* the last dimension runs fastest */
    struct public_cell *cells; /* of all lines */
};

enum public_status {
    PUBLIC_OK,
    PUBLIC_BAD_QUERY, /* axes that do not fit the lattice */
    PUBLIC_NOT_EMPTY, /* somebody has an answer that cannot be */
    PUBLIC_OTHERS,    /* the table counts other people than the lattice does: another moment, or filtered */
    PUBLIC_NO_MEMORY,
};

/* Fills *out, which public_table_free frees; after any other status than OK there is nothing to free. */
enum public_status protect_public(struct public_table *out, const struct public_query *query,
                                  const struct lattice *lattice, const struct public_rule *rule);
void public_table_free(struct public_table *table);
/* codes: one a dimension, or PROTECT_ALL (protect_primary.h). */
const struct public_line *public_table_line(const struct public_table *table, const uint32_t *codes);

/* A figure as it is printed: a multiple of 10^-digits. */
struct public_figure {
    enum {
        PUBLIC_FIGURE,
        PUBLIC_FIGURE_BELOW, /* the cell is fewer than k + D: value is what it is certainly below */
        PUBLIC_FIGURE_NONE,
    } kind;
    bool limited; /* by the rule of three: what is printed is the limit */
    int digits;
    double value;
    struct interval range; /* 95 %, of sampling and noise */
};

/* The percentage of an answer in the base. */
struct public_figure public_share(const struct public_table *table, const struct public_line *line,
                                  size_t code);
/* The mean of the answers in the base. values: one a code, those in the base used; the line's own mean when
 * the table has one; its range is then that of the widest spread that values with this mean can have, and so
 * covers at least 95 %. Digits are the fewest with which a step is at most 1/40 of the range (1/400 from n~ =
 * 1000 on). */
struct public_figure public_mean(const struct public_table *table, const struct public_line *line,
                                 const double *values);
/* What the noise adds to the variance of a share of weight~ in the base. */
double public_noise_variance(const struct public_table *table, const struct public_line *line,
                             const struct public_cell *cell);

#endif
