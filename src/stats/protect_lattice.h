/* Which groups of people the public may look at: decided once a release, before any answer is counted.
 *
 * A universe is everybody, everybody with one code of a profile variable (dimension), or with one code of
 * each of two: nothing deeper, no free unions of codes. A table filtered or grouped by profile is a row of
 * universes. Each is open or withheld, by these rules. Let k be the threshold, D the reach of the noise, and
 * let a set of people be large when its perturbed size n~ >= k + D (drawn as that of a universe: both keys
 * are the set's) and its effective size by weight (sum w)^2 / sum w^2 >= k. Since noise is never past D,
 * large sets have k people for certain, while no border of a true size shows.
 *
 *  1. An open universe is large, of listed codes only, and all universes that it is a part of are open.
 *  2. Complements. Of an open universe split by a dimension, the people who are in no open part are nobody or
 * a large set. Until that is so, the smallest open part (by n~) is withheld too. So "all less the parts
 * shown" never singles anybody out, whatever withheld codes there are.
 *  3. Pairs. Of two open universes that have people in common, the people who are in one and not in the other
 * are nobody or have n~ >= k + D. Otherwise the deeper one is withheld, or the smaller one. Rule 2 sees to a
 * universe and its parts; this sees to universes that happen to be nearly the same people (women; women who
 * are nurses, where all nurses but one are women).
 *
 * The rules only ever withhold, so applying them until nothing changes ends, and gives the same result in any
 * order of the input. The key of "in one and not in the other" is the XOR of the two keys, so all of this is
 * a function of perturbed numbers.
 *
 * What follows: two open universes, or an open one and the open parts of it together, differ by nobody or by
 * at least k people. Unions of open universes that are no split of another are not looked at; the noises of
 * their counts add up. */
#ifndef ZEVENSTEM_STATS_PROTECT_LATTICE_H
#define ZEVENSTEM_STATS_PROTECT_LATTICE_H

#include "stats/perturb.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LATTICE_DIMS_MAX = 8, LATTICE_DEPTH = 2, LATTICE_UNIVERSES_MAX = 1 << 16 };

struct public_rule {
    struct perturb perturb;
    uint32_t threshold; /* k */
};

/* People of one profile: a code of every dimension. */
struct profile {
    uint16_t codes[LATTICE_DIMS_MAX];
    struct table_cell sum; /* weighted, keyed */
};

/* Profiles that occur, each once, in the order of their codes. */
struct profiles {
    size_t dims;
    uint32_t sizes[LATTICE_DIMS_MAX]; /* codes of each dimension */
    size_t count;
    struct profile *list;
};

struct universe {
    uint8_t depth; /* how many of the dims and codes are meant; dims rise */
    uint8_t dims[LATTICE_DEPTH];
    uint16_t codes[LATTICE_DEPTH];
    bool open;
    struct table_cell sum; /* true: not for showing */
    uint64_t n;            /* n~ */
};

struct lattice {
    size_t dims;
    uint32_t sizes[LATTICE_DIMS_MAX];
    size_t count;
    struct universe *universes; /* everybody; one dimension; two: by dimension, then by code */
};

enum lattice_status {
    LATTICE_OK,
    LATTICE_BAD_DIMS, /* none such, one twice, or more than LATTICE_DIMS_MAX */
    LATTICE_TOO_MANY, /* more than LATTICE_UNIVERSES_MAX */
    LATTICE_NO_MEMORY,
};

/* Counts the profiles of a round. Takes the read lock. profiles_free frees; after any other status than OK
 * there is nothing to free. */
enum lattice_status profiles_count(struct profiles *out, struct columns *columns, const size_t *variables,
                                   size_t dims);
void profiles_free(struct profiles *profiles);

/* listed[dim][code]: codes that are groups to look at; NULL for all of a dimension. People of the others are
 * always withheld there. lattice_free frees; after any other status than OK there is nothing to free. */
enum lattice_status lattice_decide(struct lattice *out, const struct profiles *profiles,
                                   const bool *const listed[LATTICE_DIMS_MAX],
                                   const struct public_rule *rule);
void lattice_free(struct lattice *lattice);

/* The place of a universe in universes. dims rise; depth 0 to LATTICE_DEPTH. */
size_t lattice_place(const struct lattice *lattice, size_t depth, const size_t *dims, const uint32_t *codes);

/* n~ of people as a universe. */
uint64_t public_size(const struct public_rule *rule, const struct table_cell *people);
bool public_large(const struct public_rule *rule, const struct table_cell *people);

/* Releases. A universe that was published before is published anew only when the people who came, left or
 * changed an answer since then (each once; key: the XOR of their record keys) are a large set by number, n~
 * >= k + D; until then its old figures stand, all of them. So two releases differ by at least k people, or
 * not at all, and no border shows at which number that is. Nobody changed: false, the figures would be the
 * same. */
bool release_due(const struct public_rule *rule, const struct table_cell *changed);

#endif
