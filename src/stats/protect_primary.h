/* Protection of a table for the analysts' view: true numbers, small cells withheld.
 *
 * The rule. Let k be the threshold, at least 3 (the configuration takes none under 5).
 *  1. A cell is withheld when n < k. That includes n = 0: were zeros shown, "nobody" would be told of a
 * group, and so that all of it gave the other answers. But the zeros of a code below `specials` (left empty,
 * don't know) that nobody at all has are shown, as long as anybody is: that nobody failed to answer tells no
 * answer of a group.
 *  2. Absent cells are no part of the table: those of a code that the caller declares absent from an axis,
 * because a filter took it out or because the question cannot give it. They must be empty. Absence has to
 * follow from the question asked, never from the counts: "not asked" is absent only where everybody was
 * asked.
 *  3. In a weighted table (`effective_too`) also when (sum w)^2 / sum w^2 < k, by Kish (estimate.h): else
 * one heavy weight would show one person's answer. Rules 1, 4 and 7 to 9 are first done without this one, and
 * all that they withhold stays so: else the weighted table would show what the unweighted one withheld for
 * the sake of another cell.
 *  4. With `total_known`, when the number of people in the whole table is printed elsewhere (the count of
 * responses of the round is): as long as there are withheld cells, but fewer than two, or with fewer than k
 * people together (as 1 and 3 count them), or with k - 1 each, or with no more people than there are special
 * codes in use, the smallest shown count of somebody is withheld too, wherever it stands. Otherwise that
 * number minus the shown cells would give the hidden ones.
 *  5. A total over any set of axes is withheld when one of the cells it sums is withheld; but with
 * `margins_known` it is shown where the table without those axes shows it, since 7 counts on it being known.
 * A share is withheld when its cell or its base is.
 *  6. With `total_known` the total of the whole table is shown, unless it is small itself: 4 counts on it
 * being known.
 *  7. With `margins_known`, when tables over some of the axes may be asked for too: rule 4 also holds for the
 * cells that share their codes on any set of axes. Otherwise the table over those axes, minus the cells shown
 * here, would give a single one withheld. It holds of cells that are fewer than k people as well, whose total
 * no table shows: did it not, what is withheld beside them would tell whether they are.
 *  8. With `margins_known`, and the other way round: where the table without one of the axes withholds a
 * cell, the cells that it sums are not all shown here; of those the smallest count is withheld.
 *  9. With `margins_known` and `total_known`, in a table of two axes: rule 4 also holds for the cells outside
 * a row, outside a column, and outside both where the cell in which they cross is shown. For all less the row
 * less the column, and the crossing once again, is what those cells are together. Where none of them is
 * shown, the crossing is withheld.
 *
 *  10. In a table with one axis that is not among the `facts` - an answer, by what people are - its codes
 * below `unguarded` (left empty) are shown however few people they have, in lines over that axis whose people
 * the table of the facts shows and of whom k or more gave another code. That somebody left a question empty
 * is no answer to it, and without it no base of a line could be known. Rules 4 and 9 take no such cell for
 * the sake of another code's; but for the sake of the same code in a line where 10 does not hold they do,
 * zeros too, so that the base there stays unknown. It does not hold of two answers: the few who left one
 * empty, followed through one table after the other, would tell all their answers. Of a fact itself, or two,
 * it does not either, so that the table by facts alone is what a table of an answer by them takes it to be.
 *
 * Why no withheld cell can be recomputed from the table: by 5 each total shown is a sum of cells shown, or
 * stands in a table of fewer axes that anybody who sees this one may see, so all else that is shown is a
 * function of the shown cells, and these say nothing of the others but what 1 says of every withheld cell. (A
 * count of what was left empty that 10 shows elsewhere may be recomputed in a line where it is withheld.)
 * Who also knows the number of people (4) knows the sum of the withheld cells, at least k people; the rule
 * treats all cells alike, so where two of them differ they could be the other way round, and where all are
 * equal they are neither 0 nor k - 1: one could be higher and another lower. A special code in use is known
 * to have somebody; the last part of 4 leaves more people than that places.
 *
 * Rules 7 to 9 are complementary withholding, not an audit. The tests list every small table together with
 * its margins. Of two axes with up to three codes nothing can be recomputed; of larger ones bounds from
 * several lines together, and from the order in which rule 4 takes cells, may now and then settle one. The
 * sums of weights are exact: who knows the weight of a person in each withheld cell can tell more. Rounding
 * them would not help: a share is their quotient, and analysts get it in full, to hold it against another
 * program's; what one share lacks to a whole is what is withheld weighs. So that stands in the method, and
 * the workbook, which is what goes around, has a decimal of each. The public's shares are of perturbed sums,
 * in whole percents or tenths, and it has no sum of weights. Nothing here protects against comparing other
 * tables (a filter with and without one person). This view is for those who have the role, and every call is
 * audited. The public's view has protection of its own. */
#ifndef ZEVENSTEM_STATS_PROTECT_PRIMARY_H
#define ZEVENSTEM_STATS_PROTECT_PRIMARY_H

#include "stats/tabulate.h"

#include <stdbool.h>
#include <stdint.h>

enum { PROTECT_THRESHOLD = 10 };
/* In place of a code: the total over that axis. */
#define PROTECT_ALL UINT32_MAX

struct protect_rule {
    uint32_t threshold; /* k */
    bool effective_too;
    bool total_known;
    bool margins_known;
    uint32_t specials;  /* codes below it, on every axis, say that there is no answer; 0 for none */
    uint32_t unguarded; /* codes below it, of the answer, are shown by rule 10; 0 for none */
    bool facts[TABULATE_AXES_MAX]; /* by axis: what people are, not what they say of the subject */
    /* By axis, a number of its variable: tables of the same variables show the same cells, whichever comes
     * first. All 0: the order of the axes is the only one in which anybody asks. */
    size_t variables[TABULATE_AXES_MAX];
    /* absent[axis][code]; NULL for an axis without absent codes. Borrowed. */
    const bool *absent[TABULATE_AXES_MAX];
};

enum protect_mark {
    PROTECT_SHOWN,
    PROTECT_ABSENT,
    PROTECT_WITHHELD,
};

/* A cell or total that may leave the service. Where it is not shown all numbers are 0. Record keys are left
 * out: they are secret. */
struct protected_cell {
    enum protect_mark mark;
    uint64_t n;
    double weight;
    double weight_squared;
};

/* The cells and every total, over one axis or more. */
struct protected_table {
    size_t axis_count;
    uint32_t sizes[TABULATE_AXES_MAX];
    size_t cell_count; /* product of (size + 1) */
    struct protected_cell
        *cells; /* as in struct table; the entry behind the last code of an axis is its total */
};

enum protect_status {
    PROTECT_OK,
    PROTECT_NOT_EMPTY, /* somebody is in a cell declared absent */
    PROTECT_NO_MEMORY,
};

/* Fills *out, which protected_table_free frees; after any other status than OK there is nothing to free. */
enum protect_status protect_primary(struct protected_table *out, const struct table *table,
                                    const struct protect_rule *rule);
void protected_table_free(struct protected_table *table);
/* codes: one an axis, or PROTECT_ALL. */
const struct protected_cell *protected_table_at(const struct protected_table *table, const uint32_t *codes);
/* The weighted share of a cell (or total) in the total over the axes whose bit is set in `over` (bit a for
 * axis a). False when it may not be shown, or the base weighs nothing. */
bool protected_share(double *share, const struct protected_table *table, const uint32_t *codes,
                     unsigned over);

#endif
