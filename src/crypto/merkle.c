#include "crypto/merkle.h"

#include "crypto/crypto.h"

#include <string.h>

enum { LEAF = 0x00, NODE = 0x01 };

bool merkle_leaf(struct merkle_hash *out, struct slice data)
{
    unsigned char bytes[1 + MERKLE_DATA_MAX] = {LEAF};
    if (data.len > MERKLE_DATA_MAX) {
        return false;
    }
    if (data.len > 0) {
        memcpy(bytes + 1, data.ptr, data.len);
    }
    crypto_sha256(out->bytes, (struct slice){(const char *)bytes, 1 + data.len});
    return true;
}

void merkle_node(struct merkle_hash *out, const struct merkle_hash *left, const struct merkle_hash *right)
{
    unsigned char bytes[1 + 2 * MERKLE_HASH_BYTES] = {NODE};
    memcpy(bytes + 1, left->bytes, MERKLE_HASH_BYTES);
    memcpy(bytes + 1 + MERKLE_HASH_BYTES, right->bytes, MERKLE_HASH_BYTES);
    crypto_sha256(out->bytes, (struct slice){(const char *)bytes, sizeof bytes});
}

/* ---- one leaf after the other ---- */

void merkle_begin(struct merkle_tree *tree)
{
    *tree = (struct merkle_tree){.count = 0};
}

void merkle_add(struct merkle_tree *tree, const struct merkle_hash *leaf)
{
    struct merkle_hash node = *leaf;
    /* As many subtrees become whole as the count ends in ones. */
    for (uint64_t count = tree->count; count & 1; count >>= 1) {
        merkle_node(&node, &tree->stack[--tree->depth], &node);
    }
    tree->stack[tree->depth++] = node;
    tree->count++;
}

void merkle_root(struct merkle_hash *out, const struct merkle_tree *tree)
{
    if (tree->depth == 0) {
        crypto_sha256(out->bytes, SLICE(""));
        return;
    }
    *out = tree->stack[tree->depth - 1];
    for (size_t i = tree->depth - 1; i > 0; i--) {
        merkle_node(out, &tree->stack[i - 1], out);
    }
}

/* ---- at hand ---- */

void merkle_root_of(struct merkle_hash *out, const struct merkle_hash *nodes, size_t count)
{
    struct merkle_tree tree;
    merkle_begin(&tree);
    for (size_t i = 0; i < count; i++) {
        merkle_add(&tree, &nodes[i]);
    }
    merkle_root(out, &tree);
}

/* The largest power of two below count, which is above 1. */
static size_t split(size_t count)
{
    size_t size = 1;
    while (size < count - size) {
        size *= 2;
    }
    return size;
}

size_t merkle_path(struct merkle_hash path[MERKLE_LEVELS_MAX], const struct merkle_hash *nodes, size_t count,
                   size_t index)
{
    struct merkle_hash above[MERKLE_LEVELS_MAX];
    size_t length = 0;
    while (count > 1) {
        const size_t left = split(count);
        if (index < left) {
            merkle_root_of(&above[length++], nodes + left, count - left);
            count = left;
        } else {
            merkle_root_of(&above[length++], nodes, left);
            nodes += left;
            count -= left;
            index -= left;
        }
    }
    for (size_t i = 0; i < length; i++) {
        path[i] = above[length - 1 - i];
    }
    return length;
}

bool merkle_verify(const struct merkle_hash *root, const struct merkle_hash *leaf, uint64_t index,
                   uint64_t count, const struct merkle_hash *path, size_t length)
{
    struct merkle_hash node = *leaf;
    if (index >= count) {
        return false;
    }
    uint64_t at = index, last = count - 1;
    for (size_t i = 0; i < length; i++) {
        if (last == 0) {
            return false;
        }
        if ((at & 1) || at == last) {
            merkle_node(&node, &path[i], &node);
            while (!(at & 1) && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            merkle_node(&node, &node, &path[i]);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && crypto_equal(node.bytes, root->bytes, sizeof node.bytes);
}
