/* k-anonymity of a list of people by what an outsider may know of them (Samarati & Sweeney 1998): everybody
 * shares what is shown of their profile with at least k - 1 others.
 *
 * A profile is a vector of small integers, one a variable, the ones to keep longest first. What is hidden is
 * hidden from the end, by this rule, which gives the same whatever the order of the people:
 *
 *  1. Whoever's whole profile is that of k people or more keeps all of it.
 *  2. Of the others the last variable that is still shown is hidden; those who now are k or more of the same
 * keep what is shown; and so on to the first variable.
 *  3. Of the first `kept` variables nothing is hidden lightly: once only they, or fewer, are still shown of
 * people who are fewer than k of the same, the smallest group whose shown profile begins with the same joins
 * them (more of it is then hidden), and another one, until they are k. Of equally small groups first the one
 * of whom most is shown, then the first in the order of their profiles. Only where there is no such group
 * does rule 2 go on.
 *
 * A hidden value is a value of its own. Memory: a profile_tree, 17 bytes a profile, and while settling 2
 * bytes a variable and 18 a profile. */
#ifndef ZEVENSTEM_STATS_ANONYMITY_H
#define ZEVENSTEM_STATS_ANONYMITY_H

#include <stddef.h>
#include <stdint.h>

enum { ANONYMITY_VARIABLES_MAX = 64 };

enum anonymity_status {
    ANONYMITY_OK,
    ANONYMITY_TOO_MANY, /* profiles: more than profile_tree.h takes */
    ANONYMITY_TOO_FEW,  /* fewer than k people in all, and not nobody: nothing keeps them apart from nobody */
    ANONYMITY_NO_MEMORY
};

struct anonymity_report {
    uint64_t people;
    uint64_t profiles;                        /* whole ones */
    uint64_t small_profiles;                  /* of fewer than k people */
    uint64_t changed;                         /* people of whom something is hidden */
    uint64_t groups;                          /* that are left */
    uint64_t smallest;                        /* people in the smallest of them; 0 when there is nobody */
    uint64_t hidden[ANONYMITY_VARIABLES_MAX]; /* people of whom this variable is hidden */
};

struct anonymity;

/* sizes[v]: variable v is 0 to sizes[v] - 1. 1 to ANONYMITY_VARIABLES_MAX variables; kept: 0 to variables.
 * NULL when out of memory. The caller owns it: anonymity_destroy (NULL is allowed). */
struct anonymity *anonymity_create(const uint32_t *sizes, size_t variables, size_t kept, uint32_t k);
void anonymity_destroy(struct anonymity *anonymity);
/* One more of this profile, with a value of their own that may tell more than is shown (a weight); before
 * settling. */
enum anonymity_status anonymity_add(struct anonymity *anonymity, const uint16_t *profile, double value);
/* Once, after all were added. */
enum anonymity_status anonymity_settle(struct anonymity_report *report, struct anonymity *anonymity);
/* How many variables of this profile are shown, from the first; after settling. 0 for one that was not added.
 */
size_t anonymity_shown(const struct anonymity *anonymity, const uint16_t *profile);
/* The mean of the values of all who share what is shown of this profile: what may be told instead of their
 * own. The sum over everybody stays the same. 0 for a profile that was not added. */
double anonymity_mean(const struct anonymity *anonymity, const uint16_t *profile);

#endif
