#include "stats/profile_tree.h"

#include <stdlib.h>
#include <string.h>

struct level {
    uint32_t size;
    uint32_t nodes;
    uint32_t capacity; /* nodes that `next` has room for */
    uint32_t *next;    /* [node * size + category]: 1 + node of the level below, 0 for none */
};

struct profile_tree {
    size_t margins;
    struct level levels[PROFILE_MARGINS_MAX];
    uint64_t *counts; /* by profile */
    uint32_t profiles;
    uint32_t capacity;
};

/* Room for one more node, its table empty. */
static enum profile_status level_reserve(struct level *level)
{
    if (level->nodes < level->capacity) {
        return PROFILE_OK;
    }
    const uint32_t most = level->size > 0 ? PROFILE_CELLS_MAX / level->size : 0;
    uint32_t capacity = level->capacity ? level->capacity * 2 : 4;
    capacity = capacity < most ? capacity : most;
    if (capacity <= level->nodes) {
        return PROFILE_TOO_MANY;
    }
    uint32_t *next = realloc(level->next, (size_t)capacity * level->size * sizeof *next);
    if (!next) {
        return PROFILE_NO_MEMORY;
    }
    size_t used = (size_t)level->capacity * level->size;
    memset(next + used, 0, ((size_t)capacity * level->size - used) * sizeof *next);
    level->next = next;
    level->capacity = capacity;
    return PROFILE_OK;
}

static enum profile_status profiles_reserve(struct profile_tree *tree)
{
    if (tree->profiles < tree->capacity) {
        return PROFILE_OK;
    }
    if (tree->capacity == PROFILES_MAX) {
        return PROFILE_TOO_MANY;
    }
    uint32_t capacity = tree->capacity ? tree->capacity * 2 : 64;
    uint64_t *counts = realloc(tree->counts, capacity * sizeof *counts);
    if (!counts) {
        return PROFILE_NO_MEMORY;
    }
    tree->counts = counts;
    tree->capacity = capacity;
    return PROFILE_OK;
}

struct profile_tree *profile_tree_create(const uint32_t *sizes, size_t margins)
{
    struct profile_tree *tree = calloc(1, sizeof *tree);
    if (!tree) {
        return NULL;
    }
    tree->margins = margins;
    for (size_t m = 0; m < margins; m++) {
        tree->levels[m].size = sizes[m];
    }
    if (level_reserve(&tree->levels[0]) != PROFILE_OK) {
        free(tree);
        return NULL;
    }
    tree->levels[0].nodes = 1;
    return tree;
}

void profile_tree_destroy(struct profile_tree *tree)
{
    if (!tree) {
        return;
    }
    for (size_t m = 0; m < tree->margins; m++) {
        free(tree->levels[m].next);
    }
    free(tree->counts);
    free(tree);
}

/* The node (or profile) below this place, made when there is none. */
static enum profile_status step_down(struct profile_tree *tree, size_t m, size_t place, uint32_t *node)
{
    uint32_t next = tree->levels[m].next[place];
    if (next == 0) {
        enum profile_status status =
            m + 1 < tree->margins ? level_reserve(&tree->levels[m + 1]) : profiles_reserve(tree);
        if (status != PROFILE_OK) {
            return status;
        }
        if (m + 1 < tree->margins) {
            next = ++tree->levels[m + 1].nodes;
        } else {
            tree->counts[tree->profiles] = 0;
            next = ++tree->profiles;
        }
        tree->levels[m].next[place] = next;
    }
    *node = next - 1;
    return PROFILE_OK;
}

enum profile_status profile_tree_add(struct profile_tree *tree, const uint16_t *categories, uint64_t n,
                                     uint32_t *out)
{
    uint32_t node = 0;
    for (size_t m = 0; m < tree->margins; m++) {
        size_t place = (size_t)node * tree->levels[m].size + categories[m];
        enum profile_status status = step_down(tree, m, place, &node);
        if (status != PROFILE_OK) {
            return status;
        }
    }
    tree->counts[node] += n;
    if (out) {
        *out = node;
    }
    return PROFILE_OK;
}

uint32_t profile_tree_find(const struct profile_tree *tree, const uint16_t *categories)
{
    uint32_t next = 1;
    for (size_t m = 0; m < tree->margins; m++) {
        const struct level *level = &tree->levels[m];
        next = level->next[(size_t)(next - 1) * level->size + categories[m]];
        if (next == 0) {
            return PROFILE_ABSENT;
        }
    }
    return next - 1;
}

size_t profile_tree_count(const struct profile_tree *tree)
{
    return tree->profiles;
}

/* Depth first: path[m] is the category taken at depth m, nodes[m] the node it starts from. A path that broke
 * off before (a limit was met) ends in a node without profiles and lists none. */
void profile_tree_list(const struct profile_tree *tree, uint16_t *categories, uint64_t *n)
{
    uint32_t nodes[PROFILE_MARGINS_MAX] = {0}, path[PROFILE_MARGINS_MAX] = {0};
    size_t depth = 0, listed = 0;
    for (;;) {
        const struct level *level = &tree->levels[depth];
        if (path[depth] == level->size) {
            if (depth == 0) {
                return;
            }
            path[--depth]++;
            continue;
        }
        uint32_t next = level->next[(size_t)nodes[depth] * level->size + path[depth]];
        if (next == 0) {
            path[depth]++;
        } else if (depth + 1 < tree->margins) {
            nodes[++depth] = next - 1;
            path[depth] = 0;
        } else {
            for (size_t m = 0; m < tree->margins; m++) {
                categories[listed * tree->margins + m] = (uint16_t)path[m];
            }
            n[listed++] = tree->counts[next - 1];
            path[depth]++;
        }
    }
}
