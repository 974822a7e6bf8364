#include "features/results/results_release_file.h"

#include <stdlib.h>

enum { FILE_ARENA_MAX = 16 * 1024 * 1024 };

static const enum release_file_format formats[] = {RELEASE_CSV, RELEASE_JSON_LINES};
enum { FORMATS = sizeof formats / sizeof formats[0], KINDS = 2 * FORMATS /* by weighted, by format */ };

/* How far it is with a release: files are counted by part of the release, then by kind. */
struct progress_of {
    int32_t round_id, release;
    size_t next;
};

struct ahead {
    struct lane_slow slow; /* first: the lane's */
    struct results *results;
    pthread_mutex_t lock;
    bool queued, wanted; /* under the lock; wanted: there is something to make, and it is not queued */
    /* of whoever has it queued */
    struct progress_of rounds[RESULTS_MAX_ROUNDS];
    size_t round_count;
};

static void make_next(struct lane_slow *slow);

struct ahead *ahead_create(struct results *results)
{
    struct ahead *ahead = calloc(1, sizeof *ahead);
    if (ahead) {
        ahead->results = results;
        ahead->slow.run = make_next;
        pthread_mutex_init(&ahead->lock, NULL);
    }
    return ahead;
}

void ahead_destroy(struct ahead *ahead)
{
    if (ahead) {
        pthread_mutex_destroy(&ahead->lock);
        free(ahead);
    }
}

/* ---- what is next ---- */

/* NULL when there are more rounds than anybody has. */
static struct progress_of *progress_of(struct ahead *ahead, const struct shelved *shelved)
{
    const int32_t release = shelved->history.newest->number;
    size_t i = 0;
    while (i < ahead->round_count && ahead->rounds[i].round_id != shelved->round_id) {
        i++;
    }
    if (i == RESULTS_MAX_ROUNDS) {
        return NULL;
    }
    if (i == ahead->round_count || ahead->rounds[i].release != release) {
        ahead->rounds[i] = (struct progress_of){.round_id = shelved->round_id, .release = release};
        ahead->round_count += i == ahead->round_count;
    }
    return &ahead->rounds[i];
}

/* Held in the arena; *file is the number of the next file of it. NULL: everything is made. */
static const struct shelved *find_next(size_t *file, struct ahead *ahead, struct arena *arena)
{
    const struct survey_snapshot *snapshot = survey_snapshot_hold(ahead->results->config.survey);
    const struct shelved *found = NULL;
    for (size_t i = 0; i < survey_round_count(snapshot) && !found; i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        const struct shelved *shelved = shelf_hold_for(arena, ahead->results, round->id);
        struct progress_of *progress = shelved ? progress_of(ahead, shelved) : NULL;
        if (progress && progress->next < KINDS * shelved->history.newest->part_count) {
            *file = progress->next++;
            found = shelved;
        }
    }
    survey_snapshot_release(snapshot);
    return found;
}

/* ---- one file ---- */

static void make_one(struct ahead *ahead, struct arena *arena, const struct shelved *shelved, size_t number)
{
    const struct release_part *part = &shelved->history.newest->parts[number / KINDS];
    const bool weighted = number % KINDS >= FORMATS;
    struct release_file file = {.file = {.results = ahead->results, .arena = arena},
                                .format = formats[number % FORMATS],
                                .public_url = ""};
    const char *rule;
    if ((!weighted || part->weights > 0) && shelved_people(&file.people, arena, shelved, part, weighted) &&
        release_file_find(&file, &rule) == FIGURES_OK) {
        public_file_ahead(&file.file);
    }
}

static bool make_next_in(struct ahead *ahead, struct arena *arena)
{
    size_t number;
    const struct shelved *shelved = find_next(&number, ahead, arena);
    if (shelved) {
        make_one(ahead, arena, shelved, number);
    }
    return shelved != NULL;
}

/* The lock is held. */
static void queue(struct ahead *ahead)
{
    struct lanes *lanes = ahead->results->config.lanes;
    ahead->queued = lanes && lane_compute_ahead(lanes, LANE_MINUTES, &ahead->slow);
    ahead->wanted = !ahead->queued;
}

/* Takes its place in the queue again after each file, behind whoever came meanwhile. */
static void make_next(struct lane_slow *slow)
{
    struct ahead *ahead = (struct ahead *)slow;
    bool more = !atomic_load(&ahead->results->stopping);
    if (more) {
        struct arena *arena = arena_create(FILE_ARENA_MAX);
        more = make_next_in(ahead, arena);
        arena_destroy(arena);
    }
    pthread_mutex_lock(&ahead->lock);
    ahead->queued = false;
    if (more) {
        queue(ahead);
    }
    pthread_mutex_unlock(&ahead->lock);
}

void ahead_look(struct ahead *ahead, bool fresh)
{
    pthread_mutex_lock(&ahead->lock);
    ahead->wanted = ahead->wanted || fresh;
    if (ahead->wanted && !ahead->queued) {
        queue(ahead);
    }
    pthread_mutex_unlock(&ahead->lock);
}
