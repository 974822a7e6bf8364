/* The newest release of every round, in memory: the same on every instance. Each is immutable and shared;
 * readers hold one for as long as they need it. */
#ifndef ZEVENSTEM_RESULTS_SHELF_H
#define ZEVENSTEM_RESULTS_SHELF_H

#include "features/results/results_internal.h"
#include "features/results/results_release_internal.h"

struct shelved {
    atomic_int references;
    struct arena *arena;
    const struct survey_snapshot *snapshot; /* keeps the round of the plan */
    int32_t round_id;
    struct release_plan plan;
    struct release_history history; /* its newest is there: the release itself */
    size_t *ranks[RELEASE_STREAMS]; /* [part][universe]: how many open ones stand before it */
    /* [part][language]: what the weights of the part were made of; NULL without, and for as long as the
     * release stands when the weights were destroyed before it was read. */
    const char *weights_made_of[RELEASE_STREAMS][2];
    /* [part]: the version itself, with its margins and without its report, which counts people as they are;
     * NULL where the texts are. */
    const struct weights_version *weights[RELEASE_STREAMS];
};

struct shelf;
struct shelf *shelf_create(void);
void shelf_destroy(struct shelf *shelf);

/* NULL: there is no release of this round yet. */
const struct shelved *shelf_hold(struct results *results, int32_t round_id);
void shelved_release(const struct shelved *shelved_take);
/* Held until the arena is destroyed. */
const struct shelved *shelf_hold_for(struct arena *arena, struct results *results, int32_t round_id);

struct figures_query;
/* All people of a part, for its tables; weighted or not. False: they cannot be asked for. */
bool shelved_people(struct figures_query *out, struct arena *arena, const struct shelved *shelved,
                    const struct release_part *part, bool weighted);

#endif
