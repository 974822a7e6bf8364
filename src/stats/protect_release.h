/* Which universes of a lattice a release publishes anew, and which keep the figures that they have: what the
 * public can learn by comparing releases is decided here.
 *
 * A universe that was published keeps its old figures, all of them, until the people who came, left or
 * changed an answer since then are a large set by number (release_due). Universes are so published at
 * different times, and a universe, less the parts it is split into, must not single out who changed in
 * between. The rules:
 *
 *  1. A universe is fresh when the lattice of now opens it, all that it is a part of are fresh, and it was
 * never published or is due. So a part is never newer than its whole.
 *  2. Of a fresh universe split by a dimension, the people in no published part, together with those who
 * changed in parts that are carried over, are nobody or have n~ >= k + D. Until that is so, the smallest
 * fresh part (by n~) is carried over too, or stays withheld when it was never published; without any fresh
 * part, the universe itself.
 *  3. What is not fresh is carried over when it was open before, and withheld otherwise. A universe that is
 * due, while the lattice of now withholds it and all that it is a part of are fresh, is withheld; so are the
 * parts of what is withheld.
 *
 * As the rules of the lattice these only ever take away, so the outcome is the same in any order.
 *
 * What is known of change. The log keeps neither the answers nor the group of somebody who withdrew, so who
 * left a universe is not known, only how many at least: of the n~ published at most D are noise, so at least
 * n~ - D people were in it, and of those now unchanged in it the others left. Counted as changed is never
 * more than certainly did; counted as possibly changed is everybody in the stream who could have. */
#ifndef ZEVENSTEM_STATS_PROTECT_RELEASE_H
#define ZEVENSTEM_STATS_PROTECT_RELEASE_H

#include "stats/protect_lattice.h"

/* A universe in the release before. */
struct universe_past {
    bool published; /* it has figures, of that release or an earlier one */
    bool open;      /* and they stand */
    uint64_t n;     /* n~ when it was published last */
};

/* Since it was published last. */
struct universe_change {
    struct table_cell present; /* who is in it now and came or changed */
    uint64_t newcomers;        /* of those, who took part for the first time */
    uint64_t absent; /* who had taken part, changed or withdrew, and is not in it now: may have left it */
};

enum universe_fate { UNIVERSE_WITHHELD, UNIVERSE_CARRIED, UNIVERSE_FRESH };

/* Fills out[lattice->count]. past and change are as many; past NULL for the first release (change is not read
 * then). */
void release_decide(enum universe_fate *out, const struct lattice *lattice, const struct universe_past *past,
                    const struct universe_change *change, const struct public_rule *rule);

#endif
