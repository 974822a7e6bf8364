#include "features/results/results.h"

#include "features/results/results_internal.h"

#include <stdlib.h>

struct results *results_create(const struct results_config *config)
{
    struct results *results = calloc(1, sizeof *results);
    if (results) {
        results->config = *config;
        pthread_mutex_init(&results->lock, NULL);
        pthread_cond_init(&results->wake, NULL);
    }
    return results;
}

bool results_start(struct results *results)
{
    lanes_add(results->config.lanes, results_api_routes, results_api_route_count, results);
    results->running = pthread_create(&results->thread, NULL, results_follow, results) == 0;
    return results->running;
}

bool results_ready(const struct results *results)
{
    return atomic_load(&results->caught_up);
}

void results_stop(struct results *results)
{
    if (!results || !results->running) {
        return;
    }
    pthread_mutex_lock(&results->lock);
    results->stop = true;
    pthread_cond_signal(&results->wake);
    pthread_mutex_unlock(&results->lock);
    pthread_join(results->thread, NULL);
    results->running = false;
}

void results_destroy(struct results *results)
{
    if (!results) {
        return;
    }
    results_stop(results);
    for (size_t i = 0; i < atomic_load(&results->round_count); i++) {
        columns_destroy(results->rounds[i].columns);
    }
    pthread_mutex_destroy(&results->lock);
    pthread_cond_destroy(&results->wake);
    free(results);
}

struct columns *results_columns(struct results *results, int32_t round_id)
{
    size_t count = atomic_load_explicit(&results->round_count, memory_order_acquire);
    for (size_t i = 0; i < count; i++) {
        if (results->rounds[i].round_id == round_id) {
            return results->rounds[i].columns;
        }
    }
    return NULL;
}
