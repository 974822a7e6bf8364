/* Merkle trees as RFC 6962 (2.1) and RFC 9162 (2.1) hash them, with SHA-256: that a thing is among many is
 * proved by as many hashes as the tree has levels, to anybody who knows the root. Pure; the order of the
 * leaves is the caller's to say.
 *
 * A node of the tree is the root of the leaves below it. Where a long list is cut into pieces of 2^k leaves
 * (the last may be shorter), the root over the roots of the pieces is the root over all leaves, and the path
 * of a leaf is its path within its piece and then that of its piece: so no more than one piece has to be at
 * hand. */
#ifndef ZEVENSTEM_CRYPTO_MERKLE_H
#define ZEVENSTEM_CRYPTO_MERKLE_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MERKLE_HASH_BYTES = 32,
    MERKLE_DATA_MAX = 255, /* bytes of what a leaf stands for */
    MERKLE_LEVELS_MAX = 64
};
struct merkle_hash {
    unsigned char bytes[MERKLE_HASH_BYTES];
};

/* SHA-256(0x00 || data). False: data is longer than MERKLE_DATA_MAX. */
bool merkle_leaf(struct merkle_hash *out, struct slice data);
/* SHA-256(0x01 || left || right). */
void merkle_node(struct merkle_hash *out, const struct merkle_hash *left, const struct merkle_hash *right);

/* ---- a tree whose leaves come one after the other: no more is kept than a hash for each level ---- */
struct merkle_tree {
    uint64_t count;
    struct merkle_hash stack[MERKLE_LEVELS_MAX]; /* of the whole subtrees so far, the largest first */
    size_t depth;
};
void merkle_begin(struct merkle_tree *tree);
void merkle_add(struct merkle_tree *tree, const struct merkle_hash *leaf);
/* Of what was added so far; more may be. Of no leaves: SHA-256 of nothing. */
void merkle_root(struct merkle_hash *out, const struct merkle_tree *tree);

/* ---- a tree, or the upper part of one, that is at hand ---- */
void merkle_root_of(struct merkle_hash *out, const struct merkle_hash *nodes, size_t count);
/* The audit path of nodes[index], from the bottom up; how many stand in it. index < count. */
size_t merkle_path(struct merkle_hash path[MERKLE_LEVELS_MAX], const struct merkle_hash *nodes, size_t count,
                   size_t index);
/* RFC 9162, 2.1.3.2: whether leaf is the one at this index of a tree with so many leaves and this root. */
bool merkle_verify(const struct merkle_hash *root, const struct merkle_hash *leaf, uint64_t index,
                   uint64_t count, const struct merkle_hash *path, size_t length);

#endif
