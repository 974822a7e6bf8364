/* How well coders agree: on each value, on all of them together, and over time.
 *
 * Coders choose where a span begins and ends; to compare them, passages are cut beforehand into units
 * (sentences, turns, or a whole open answer), and a coder has put a value on a unit when any of their spans
 * with it overlaps the unit. A coder who finished a passage and put nothing on a unit said "none": that is a
 * judgement. One who did not code the passage said nothing. */
#ifndef ZEVENSTEM_CODING_AGREEMENT_H
#define ZEVENSTEM_CODING_AGREEMENT_H

#include "base/arena.h"
#include "features/coding/coding_book.h"
#include "stats/agreement.h"

struct coding_unit {
    uint32_t passage;
    uint32_t start, end; /* code points, the end not in it */
};

/* Who finished which passage. */
struct coding_done {
    uint32_t passage;
    uint16_t coder;
};

struct coding_span {
    uint32_t passage;
    uint32_t start, end;
    uint16_t coder;
    uint8_t value; /* which of the seven */
};

/* codes[units x coders], for struct ratings: a bit a value, RATING_MISSING for who did not finish the
 * passage. Units stand in order of passage and start, and do not overlap. Spans of who did not finish are
 * left out. False when a coder or value is out of range, or units are out of order. */
bool coding_rate(uint16_t *codes, const struct coding_unit *units, size_t unit_count, size_t coders,
                 const struct coding_done *done, size_t done_count, const struct coding_span *spans,
                 size_t span_count);

struct coding_value_agreement {
    struct alpha alpha; /* is the value there or not, nominal; its percent is percent agreement */
    double kappa;  /* Cohen's, as the mean over all pairs of coders for whom it is defined (Light 1971) */
    size_t pairs;  /* such pairs */
    uint64_t with; /* ratings that have the value, in units with two or more */
    bool below;    /* alpha is below the bar */
};

struct coding_agreement {
    struct coding_value_agreement values[CODING_VALUES];
    double mean;          /* of the alphas that are defined; NAN when none is */
    struct alpha overall; /* over sets of values, by MASI */
};

struct coding_agreement_options {
    double bar;        /* such as .667: Krippendorff's least for tentative conclusions */
    size_t replicates; /* of the intervals; 0: none */
    uint64_t seed;
};

/* Of ratings as above. A value that nobody used, or everybody always, has no alpha and is not below the bar.
 */
enum agreement_status coding_agree(struct coding_agreement *out, struct arena *arena,
                                   const struct ratings *ratings,
                                   const struct coding_agreement_options *options);

/* What one said where another said something else: over all pairs of coders of each unit, with the eighth for
 * "none". A value that both gave counts on the diagonal. Each that only the one gave counts against each that
 * only the other gave, or against none; on both sides of the diagonal, since neither coder is the right one.
 */
enum { CODING_NONE = CODING_VALUES };
void coding_confusion(uint64_t table[CODING_VALUES + 1][CODING_VALUES + 1], const struct ratings *ratings);

struct coding_drift {
    size_t units; /* with two ratings or more */
    double alpha; /* of one value, or MASI over all; NAN where undefined */
    double share; /* ratings with the value (or with any), of all in the batch; NAN where there are none */
};

/* The same per batch (a month, or a round of coding): out[batches]. batch_of: of each unit. value:
 * CODING_NONE for all together. */
enum agreement_status coding_drift(struct coding_drift *out, struct arena *arena,
                                   const struct ratings *ratings, const uint32_t *batch_of, size_t batches,
                                   unsigned value);

#endif
