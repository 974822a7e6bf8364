#include "json/memory.h"

#include <jansson.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>

#ifndef JSON_MEMORY_REUSED
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define JSON_MEMORY_REUSED 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define JSON_MEMORY_REUSED 0
#endif
#endif
#endif
#ifndef JSON_MEMORY_REUSED
#define JSON_MEMORY_REUSED 1
#endif

#if JSON_MEMORY_REUSED

/* Sizes that malloc hands out anyway: 24, 40, 56, ... bytes. At most 500 kB a thread. */
enum { SMALLEST = 24, STEP = 16, SIZES = 16, LARGEST = SMALLEST + (SIZES - 1) * STEP, KEPT = 256 };

struct block {
    struct block *next;
};
struct shelf {
    struct block *first[SIZES];
    unsigned count[SIZES];
};

static pthread_key_t at_exit;
static _Thread_local struct shelf *shelf; /* NULL: this thread freed nothing yet, or could keep nothing */

static void clear(void *object)
{
    struct shelf *old = object;
    shelf = NULL;
    for (size_t i = 0; i < SIZES; i++) {
        while (old->first[i]) {
            struct block *block = old->first[i];
            old->first[i] = block->next;
            free(block);
        }
    }
    free(old);
}

static struct shelf *make_shelf(void)
{
    struct shelf *made = calloc(1, sizeof *made);
    if (made && pthread_setspecific(at_exit, made) != 0) {
        free(made);
        made = NULL;
    }
    return made;
}

static void *take(size_t size)
{
    if (size > LARGEST) {
        return malloc(size);
    }
    size_t i = size <= SMALLEST ? 0 : (size - SMALLEST + STEP - 1) / STEP;
    struct block *block = shelf ? shelf->first[i] : NULL;
    if (!block) {
        return malloc(SMALLEST + i * STEP);
    }
    shelf->first[i] = block->next;
    shelf->count[i]--;
    return block;
}

static void give_back(void *object)
{
    size_t size = malloc_usable_size(object); /* 0 of NULL */
    if (size >= SMALLEST && size <= LARGEST) {
        size_t i = (size - SMALLEST) / STEP;
        shelf = shelf ? shelf : make_shelf();
        if (shelf && shelf->count[i] < KEPT) {
            struct block *block = object;
            block->next = shelf->first[i];
            shelf->first[i] = block;
            shelf->count[i]++;
            return;
        }
    }
    free(object);
}

#endif

void json_reuse_memory(void)
{
#if JSON_MEMORY_REUSED
    if (pthread_key_create(&at_exit, clear) == 0) {
        json_set_alloc_funcs(take, give_back);
    }
#endif
}
