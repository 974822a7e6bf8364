/* Which number a profile has: a vector of small integers, one a margin. A tree as deep as there are margins,
 * in which a step is one look-up: table[node * size + category]. Counting a row costs as many steps as
 * margins, whatever the number of profiles. Used by one thread; looking up only, by many.
 *
 * Memory: 4 bytes a node and possible category at each depth, and 8 a profile. */
#ifndef ZEVENSTEM_STATS_PROFILE_TREE_H
#define ZEVENSTEM_STATS_PROFILE_TREE_H

#include <stddef.h>
#include <stdint.h>

enum {
    PROFILE_MARGINS_MAX = 64,
    PROFILES_MAX = 1 << 20,
    PROFILE_CELLS_MAX = 1 << 24, /* of the table at one depth */
};
#define PROFILE_ABSENT UINT32_MAX

struct profile_tree;

enum profile_status {
    PROFILE_OK,
    PROFILE_TOO_MANY, /* past one of the limits above */
    PROFILE_NO_MEMORY,
};

/* sizes[m]: categories of margin m are 0 to sizes[m] - 1; at least 1. margins: 1 to PROFILE_MARGINS_MAX. NULL
 * when out of memory. The caller owns it: profile_tree_destroy (NULL is allowed). */
struct profile_tree *profile_tree_create(const uint32_t *sizes, size_t margins);
void profile_tree_destroy(struct profile_tree *tree);
/* Counts `n` more people of this profile. Its number, through *out (may be NULL): 0, 1, ... in the order in
 * which profiles were first added. After another status than PROFILE_OK the counts are as they were. */
enum profile_status profile_tree_add(struct profile_tree *tree, const uint16_t *categories, uint64_t n,
                                     uint32_t *out);
/* PROFILE_ABSENT when it was never added. */
uint32_t profile_tree_find(const struct profile_tree *tree, const uint16_t *categories);
size_t profile_tree_count(const struct profile_tree *tree);
/* All profiles in lexicographic order, whatever the order in which they came: `categories` has room for count
 * * margins (a profile's stand together), `n` for count. */
void profile_tree_list(const struct profile_tree *tree, uint16_t *categories, uint64_t *n);

#endif
