/* Truth: the reference vectors of Certificate Transparency (RFC 6962): its eight leaves, their roots, and
 * audit paths. Beyond eight leaves a tree is held against itself, made another way. */
#include "crypto/crypto.h"
#include "crypto/merkle.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(merkle, .fini = leaks_check);

enum { LEAVES = 8 };
static const char *const inputs[LEAVES] = {
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
static const char *const roots[LEAVES + 1] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
static const struct {
    size_t count, index;
    const char *path; /* one hash behind the other */
} paths[] = {
    {1, 0, ""},
    {2, 0, "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"},
    {3, 2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
    {5, 1,
     "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
     "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
     "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"},
    {8, 0,
     "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
     "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
     "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"},
    {8, 5,
     "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
     "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
     "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
};

static const char *hex(const struct merkle_hash *hash)
{
    static char text[2 * MERKLE_HASH_BYTES + 1];
    crypto_hex(text, hash->bytes, sizeof hash->bytes);
    return text;
}

static void known_leaves(struct merkle_hash leaves[LEAVES])
{
    crypto_start();
    for (size_t i = 0; i < LEAVES; i++) {
        unsigned char data[16];
        const size_t size = strlen(inputs[i]) / 2;
        cr_assert(crypto_unhex(data, size, slice_from_cstr(inputs[i])));
        cr_assert(merkle_leaf(&leaves[i], (struct slice){(const char *)data, size}));
    }
}

Test(merkle, roots_are_those_of_the_reference)
{
    struct merkle_hash leaves[LEAVES], root;
    struct merkle_tree tree;
    known_leaves(leaves);
    merkle_begin(&tree);
    for (size_t count = 0; count <= LEAVES; count++) {
        merkle_root(&root, &tree);
        cr_expect_str_eq(hex(&root), roots[count], "%zu, one after the other", count);
        merkle_root_of(&root, leaves, count);
        cr_expect_str_eq(hex(&root), roots[count], "%zu, at hand", count);
        if (count < LEAVES) {
            merkle_add(&tree, &leaves[count]);
        }
    }
}

Test(merkle, paths_are_those_of_the_reference)
{
    struct merkle_hash leaves[LEAVES], path[MERKLE_LEVELS_MAX];
    known_leaves(leaves);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        char text[4 * 2 * MERKLE_HASH_BYTES + 1] = "";
        const size_t length = merkle_path(path, leaves, paths[i].count, paths[i].index);
        for (size_t k = 0; k < length; k++) {
            strcat(text, hex(&path[k]));
        }
        cr_expect_str_eq(text, paths[i].path, "%zu of %zu", paths[i].index, paths[i].count);
    }
}

/* Leaves of numbers: any count of them. The caller frees. */
static struct merkle_hash *numbered(size_t count)
{
    struct merkle_hash *leaves = calloc(count + 1, sizeof *leaves);
    crypto_start();
    for (size_t i = 0; i < count; i++) {
        merkle_leaf(&leaves[i], (struct slice){(const char *)&i, sizeof i});
    }
    return leaves;
}

Test(merkle, every_leaf_of_every_small_tree_is_proved_and_no_other)
{
    enum { MOST = 70 };
    struct merkle_hash path[MERKLE_LEVELS_MAX], root, wrong;
    struct merkle_hash *leaves = numbered(MOST);
    for (size_t count = 1; count <= MOST; count++) {
        merkle_root_of(&root, leaves, count);
        for (size_t i = 0; i < count; i++) {
            const size_t length = merkle_path(path, leaves, count, i);
            cr_assert(merkle_verify(&root, &leaves[i], i, count, path, length), "%zu of %zu", i, count);
            cr_assert_not(merkle_verify(&root, &leaves[(i + 1) % MOST], i, count, path, length));
            cr_assert_not(merkle_verify(&root, &leaves[i], count, count, path, length));
            if (length > 0) {
                wrong = path[length - 1];
                path[length - 1].bytes[31] ^= 1;
                cr_assert_not(merkle_verify(&root, &leaves[i], i, count, path, length));
                path[length - 1] = wrong;
                cr_assert_not(merkle_verify(&root, &leaves[i], i, count, path, length - 1));
            }
        }
    }
    free(leaves);
}

Test(merkle, a_tree_over_pieces_is_the_tree_over_all)
{
    enum { PIECE = 16, MOST = 5 * PIECE + 3 };
    struct merkle_hash whole, root, path[MERKLE_LEVELS_MAX];
    struct merkle_hash *leaves = numbered(MOST);
    for (size_t count = 1; count <= MOST; count++) {
        struct merkle_hash pieces[MOST / PIECE + 1];
        size_t used = 0;
        for (size_t at = 0; at < count; at += PIECE) {
            merkle_root_of(&pieces[used++], leaves + at, count - at < PIECE ? count - at : PIECE);
        }
        merkle_root_of(&whole, leaves, count);
        merkle_root_of(&root, pieces, used);
        cr_assert_arr_eq(root.bytes, whole.bytes, sizeof root.bytes, "%zu", count);
        for (size_t i = 0; i < count; i++) {
            const size_t piece = i / PIECE, at = piece * PIECE;
            size_t length = merkle_path(path, leaves + at, count - at < PIECE ? count - at : PIECE, i - at);
            length += merkle_path(path + length, pieces, used, piece);
            cr_assert(merkle_verify(&whole, &leaves[i], i, count, path, length), "%zu of %zu", i, count);
        }
    }
    free(leaves);
}

Test(merkle, what_is_too_long_is_no_leaf)
{
    char data[MERKLE_DATA_MAX + 1] = "";
    struct merkle_hash leaf;
    crypto_start();
    cr_expect(merkle_leaf(&leaf, (struct slice){data, MERKLE_DATA_MAX}));
    cr_expect_not(merkle_leaf(&leaf, (struct slice){data, sizeof data}));
}
