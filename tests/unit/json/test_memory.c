/* Blocks that go round, with the sanitizers watching what they hold: as they are in the service. */
#define JSON_MEMORY_REUSED 1
#define json_reuse_memory  json_reuse_memory_tested
#include "json/memory.c" // NOLINT(bugprone-suspicious-include)

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

void json_reuse_memory_tested(void);
TestSuite(json_memory);

/* Texts of every length around the kept sizes, read back whole. */
static void build_and_read(unsigned seed)
{
    char text[2 * LARGEST];
    char name[16];
    json_t *tree = json_object();
    for (unsigned i = 1; i < sizeof text; i++) {
        memset(text, (int)('a' + (i + seed) % 26), i);
        snprintf(name, sizeof name, "%u", i);
        json_object_set_new(tree, name, json_stringn(text, i));
    }
    for (unsigned i = 1; i < sizeof text; i++) {
        snprintf(name, sizeof name, "%u", i);
        const json_t *found = json_object_get(tree, name);
        const char *read = json_string_value(found);
        char wanted = (char)('a' + (i + seed) % 26);
        cr_assert_eq(json_string_length(found), i);
        cr_assert(read[0] == wanted && read[i - 1] == wanted && read[i] == '\0');
    }
    char *dumped = json_dumps(tree, JSON_COMPACT);
    cr_assert_not_null(dumped);
    free(dumped); /* a block like any other */
    json_decref(tree);
}

static void *many_trees(void *argument)
{
    for (unsigned i = 0; i < 5; i++) {
        build_and_read((unsigned)(uintptr_t)argument + i);
    }
    return NULL;
}

Test(json_memory, trees_of_many_threads_stay_whole_and_nothing_is_lost)
{
    pthread_t threads[4];
    json_t *before = json_pack("{s:[s,s]}", "a", "b", "c");
    json_reuse_memory_tested();
    for (size_t i = 0; i < 4; i++) {
        cr_assert_eq(pthread_create(&threads[i], NULL, many_trees, (void *)(uintptr_t)i), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    many_trees(NULL);
    json_decref(before);
    if (shelf) {
        clear(shelf); /* as at the end of a thread */
    }
    leaks_check();
}

Test(json_memory, a_block_is_given_again_and_only_so_many_are_kept)
{
    void *blocks[KEPT + 1];
    json_reuse_memory_tested();
    void *first = take(1);
    memset(first, 1, SMALLEST);
    give_back(first);
    cr_expect_eq(take(SMALLEST), first);
    cr_expect_neq(take(SMALLEST + 1), first);
    for (size_t i = 0; i <= KEPT; i++) {
        blocks[i] = take(LARGEST);
    }
    for (size_t i = 0; i <= KEPT; i++) {
        give_back(blocks[i]);
    }
    cr_expect_eq(shelf->count[SIZES - 1], KEPT);
    give_back(NULL);
}
