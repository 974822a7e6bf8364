/* Texts that are nearly the same: answers that a campaign wrote for many. Shown, never left out of a count by
 * itself.
 *
 * Likeness of two texts: of the runs of five characters that either has, the share that both have (the
 * resemblance of Broder 1997, "On the resemblance and containment of documents"; five, as for e-mails in
 * Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", 3.2.2). Characters are letters and digits
 * without case and accents; whatever stands between words is one space.
 *
 * Pairs are found by MinHash: 128 hashes a text in 32 bands of 4, pairs that agree in a whole band, and of
 * those whose hashes are about as alike as the threshold the exact likeness (the same book, 3.4). A pair at
 * likeness s is missed with a chance of (1 - s^4)^32: 0.00015 at 0.7, 0.13 at 0.5. A cluster is what such
 * pairs tie together, so its ends may be less alike than the threshold. Nothing is judged alike that is not:
 * the likeness is counted, not estimated.
 *
 * That chance holds where few texts agree in a band. Where many do, each is compared with 128 of them at
 * most, the first in order, four of what is one cluster by then: or a campaign of 100,000 would cost their
 * square. A text that is like none but the fifth of a cluster, or one behind the 128th, is missed in that
 * band, and which those are depends on the order of the texts.
 *
 * The threshold: 0.7. Changing one word of six letters in a text of 200 characters changes 10 of its runs, so
 * leaves a likeness of 0.9; changing four leaves 0.67. What people write on their own about one question
 * stays under 0.3. The least length: what is shorter than 50 characters ("geen mening") is alike by nature
 * and in no cluster. */
#ifndef ZEVENSTEM_STATS_DUPLICATES_H
#define ZEVENSTEM_STATS_DUPLICATES_H

#include "base/slice.h"

#define DUPLICATES_THRESHOLD 0.7
#define DUPLICATES_NONE      UINT32_MAX
enum {
    DUPLICATES_LEAST = 50,
    DUPLICATES_TEXT_MAX = 20000, /* characters; of a longer text the rest is not looked at */
    DUPLICATES_TEXTS_MAX = 20000000
};

struct duplicates_rule {
    double threshold; /* above 0, to 1 */
    uint32_t least;   /* characters as compared */
    uint64_t seed;    /* of the hashes: the same seed, texts and order give the same clusters */
};

struct duplicates_cluster {
    uint32_t first; /* the first text of it */
    uint32_t size;  /* 2 or more */
};

struct duplicates {
    uint32_t *cluster;                   /* of each text; DUPLICATES_NONE */
    struct duplicates_cluster *clusters; /* the largest first, then by their first text */
    size_t cluster_count;
};

/* texts: UTF-8, well-formed. Takes some 4 bytes a character and 600 a text while it works. False (nothing to
 * free) when out of memory, past DUPLICATES_TEXTS_MAX, or the threshold is not one. duplicates_free. */
bool duplicates_find(struct duplicates *out, const struct slice *texts, size_t count,
                     const struct duplicates_rule *rule);
/* The same, and says how far it is: `done` of `of` steps that take about as long, as they begin. */
typedef void (*duplicates_told)(size_t done, size_t of, void *self);
bool duplicates_find_telling(struct duplicates *out, const struct slice *texts, size_t count,
                             const struct duplicates_rule *rule, duplicates_told told, void *self);
void duplicates_free(struct duplicates *duplicates);
/* Of two texts, 0 to 1; of two without a run of five characters 0. NAN when out of memory. */
double duplicates_likeness(struct slice a, struct slice b);

#endif
