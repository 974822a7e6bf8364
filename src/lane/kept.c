#include "lane/kept.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 256, LARGEST_PART = 8 };

struct place {
    struct kept_answer *answer; /* NULL: free */
    uint64_t hash;
    uint64_t used; /* when last, in turns */
};

struct kept_answers {
    pthread_mutex_t lock;
    size_t bytes_max, bytes;
    uint64_t turn;
    struct place places[MOST];
};

/* FNV-1a: only to look at few keys; they are compared. */
static uint64_t hash_of(struct slice key)
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < key.len; i++) {
        hash = (hash ^ (unsigned char)key.ptr[i]) * 1099511628211u;
    }
    return hash;
}

struct kept_answers *kept_answers_create(size_t bytes)
{
    struct kept_answers *kept = calloc(1, sizeof *kept);
    if (kept) {
        kept->bytes_max = bytes;
        pthread_mutex_init(&kept->lock, NULL);
    }
    return kept;
}

void kept_answers_destroy(struct kept_answers *kept)
{
    if (!kept) {
        return;
    }
    for (size_t i = 0; i < MOST; i++) {
        kept_answer_release(kept->places[i].answer);
    }
    pthread_mutex_destroy(&kept->lock);
    free(kept);
}

void kept_answer_release(const struct kept_answer *answer_take)
{
    struct kept_answer *answer = (struct kept_answer *)(uintptr_t)answer_take;
    if (answer && atomic_fetch_sub(&answer->holders, 1) == 1) {
        free(answer);
    }
}

static struct place *place_of(struct kept_answers *kept, struct slice key, uint64_t hash)
{
    for (size_t i = 0; i < MOST; i++) {
        struct place *place = &kept->places[i];
        if (place->answer && place->hash == hash && slice_equal(place->answer->parts[KEPT_KEY], key)) {
            return place;
        }
    }
    return NULL;
}

const struct kept_answer *kept_answers_find(struct kept_answers *kept, struct slice key)
{
    const uint64_t hash = hash_of(key);
    struct kept_answer *answer = NULL;
    pthread_mutex_lock(&kept->lock);
    struct place *place = place_of(kept, key, hash);
    if (place) {
        answer = place->answer;
        atomic_fetch_add(&answer->holders, 1);
        place->used = ++kept->turn;
    }
    pthread_mutex_unlock(&kept->lock);
    return answer;
}

static void empty(struct kept_answers *kept, struct place *place)
{
    kept->bytes -= place->answer->size;
    kept_answer_release(place->answer);
    place->answer = NULL;
}

void kept_answers_drop(struct kept_answers *kept, const struct kept_answer *answer)
{
    pthread_mutex_lock(&kept->lock);
    for (size_t i = 0; i < MOST; i++) {
        if (kept->places[i].answer == answer) {
            empty(kept, &kept->places[i]);
            break;
        }
    }
    pthread_mutex_unlock(&kept->lock);
}

void kept_answers_forget(struct kept_answers *kept)
{
    pthread_mutex_lock(&kept->lock);
    for (size_t i = 0; i < MOST; i++) {
        if (kept->places[i].answer) {
            empty(kept, &kept->places[i]);
        }
    }
    pthread_mutex_unlock(&kept->lock);
}

/* A free place, with room for so many bytes beside the others. */
static struct place *make_room(struct kept_answers *kept, size_t size)
{
    for (;;) {
        struct place *free_one = NULL, *oldest = NULL;
        for (size_t i = 0; i < MOST; i++) {
            struct place *place = &kept->places[i];
            if (!place->answer) {
                free_one = free_one ? free_one : place;
            } else if (!oldest || place->used < oldest->used) {
                oldest = place;
            }
        }
        if (free_one && kept->bytes + size <= kept->bytes_max) {
            return free_one;
        }
        empty(kept, oldest); /* there is one: what is kept fills the places or the memory */
    }
}

static struct kept_answer *copy_of(const struct slice parts[KEPT_PARTS], size_t size)
{
    struct kept_answer *answer = malloc(size);
    if (!answer) {
        return NULL;
    }
    char *at = (char *)(answer + 1);
    for (size_t i = 0; i < KEPT_PARTS; i++) {
        answer->parts[i] = (struct slice){at, parts[i].len};
        if (parts[i].len > 0) {
            memcpy(at, parts[i].ptr, parts[i].len);
        }
        at[parts[i].len] = '\0';
        at += parts[i].len + 1;
    }
    atomic_init(&answer->holders, 1);
    answer->size = size;
    return answer;
}

void kept_answers_keep(struct kept_answers *kept, const struct slice parts[KEPT_PARTS])
{
    const struct slice key = parts[KEPT_KEY];
    size_t size = sizeof(struct kept_answer);
    for (size_t i = 0; i < KEPT_PARTS; i++) {
        size += parts[i].len + 1;
    }
    struct kept_answer *answer = size <= kept->bytes_max / LARGEST_PART ? copy_of(parts, size) : NULL;
    if (!answer) {
        return;
    }
    pthread_mutex_lock(&kept->lock);
    if (place_of(kept, key, hash_of(key))) {
        kept_answer_release(answer);
    } else {
        struct place *place = make_room(kept, size);
        *place = (struct place){.answer = answer, .hash = hash_of(key), .used = ++kept->turn};
        kept->bytes += size;
    }
    pthread_mutex_unlock(&kept->lock);
}
