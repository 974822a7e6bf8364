#include "features/results/results.h"

#include "features/results/results_internal.h"
#include "features/results/results_progress.h"
#include "features/results/results_public_file.h"
#include "features/results/results_release_file.h"
#include "features/results/results_shelf.h"
#include "features/results/results_web.h"
#include "lane/kept.h"

#include <stdlib.h>

struct results *results_create(const struct results_config *config)
{
    struct results *results = calloc(1, sizeof *results);
    if (results) {
        results->config = *config;
        atomic_flag_clear(&results->exporting);
        atomic_init(&results->stopping, false);
        results->shelf = shelf_create();
        results->progress = progress_create();
        results->public_files = public_files_create();
        results->ahead = ahead_create(results);
        results->tables = table_cache_create(
            &(struct table_cache_config){.bytes = RESULTS_TABLES_BYTES, .count = tabulate});
        results->answers = kept_answers_create(RESULTS_ANSWERS_BYTES);
        pthread_mutex_init(&results->lock, NULL);
        pthread_cond_init(&results->wake, NULL);
    }
    if (results && !(results->shelf && results->public_files && results->ahead && results->tables &&
                     results->answers && results->progress)) {
        results_destroy(results);
        results = NULL;
    }
    return results;
}

bool results_start(struct results *results)
{
    results->view_writer = lanes_batcher(results->config.lanes, &results_view_kind);
    if (!results->view_writer) {
        return false;
    }
    lanes_add(results->config.lanes, results_api_routes, results_api_route_count, results);
    lanes_add(results->config.lanes, results_export_routes, results_export_route_count, results);
    if (results->config.web) {
        lanes_add(results->config.lanes, results_web_routes, results_web_route_count, results);
        lanes_add(results->config.lanes, results_book_routes, results_book_route_count, results);
    }
    if (results->config.account) {
        results_staff_start(results);
        results_staff_tables_start(results);
    }
    results->running = pthread_create(&results->thread, NULL, results_follow, results) == 0;
    return results->running;
}

bool results_ready(const struct results *results)
{
    return atomic_load(&results->caught_up);
}

void results_stop(struct results *results)
{
    if (results) {
        atomic_store(&results->stopping, true);
    }
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
        struct followed_round *round = &results->rounds[i];
        columns_destroy(round->columns);
        weigher_destroy(round->weigher);
        for (size_t w = 0; w < RESULTS_WEIGHTS_KEPT; w++) {
            weights_release(round->weights[w]);
        }
    }
    shelf_destroy(results->shelf);
    progress_destroy(results->progress);
    public_files_destroy(results->public_files);
    ahead_destroy(results->ahead);
    table_cache_destroy(results->tables);
    kept_answers_destroy(results->answers);
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

static const struct results_weights *find_weights(const struct followed_round *round, uint32_t number)
{
    for (size_t w = 0; number > 0 && w < RESULTS_WEIGHTS_KEPT; w++) {
        if (round->weights[w] && round->weights[w]->number == number) {
            return round->weights[w];
        }
    }
    return NULL;
}

const struct results_weights *results_weights_hold(struct results *results, int32_t round_id)
{
    const struct results_weights *found = NULL;
    size_t count = atomic_load_explicit(&results->round_count, memory_order_acquire);
    struct columns *columns = results_columns(results, round_id);
    if (!columns) {
        return NULL;
    }
    columns_read_begin(columns);
    uint32_t number = columns_weights_version(columns);
    columns_read_end(columns);
    pthread_mutex_lock(&results->lock);
    for (size_t i = 0; i < count && !found; i++) {
        if (results->rounds[i].round_id == round_id) {
            found = find_weights(&results->rounds[i], number);
        }
    }
    if (found) {
        atomic_fetch_add(&((struct results_weights *)(uintptr_t)found)->references, 1);
    }
    pthread_mutex_unlock(&results->lock);
    return found;
}

static enum tabulate_status tabulate_of(const struct table **table, struct results *results,
                                        struct columns *columns, const struct tabulate_query *query,
                                        const struct weights_of_stream *version)
{
    struct tabulate_filter filters[TABULATE_FILTERS_MAX];
    struct tabulate_query whole = *query;
    if (query->filter_count + version->filter_count > TABULATE_FILTERS_MAX) {
        return TABULATE_TOO_MANY;
    }
    for (size_t f = 0; f < query->filter_count; f++) {
        filters[f] = query->filters[f];
    }
    for (size_t f = 0; f < version->filter_count; f++) {
        filters[query->filter_count + f] = version->filters[f];
    }
    whole.filters = filters;
    whole.filter_count = query->filter_count + version->filter_count;
    whole.weighted = true;
    return table_cache_tabulate(table, results->tables, columns, &whole);
}

bool results_tabulate_weighted(const struct table **table, enum tabulate_status *status,
                               const struct results_weights **weights,
                               const struct weights_of_stream **version, struct results *results,
                               int32_t round_id, struct slice stream, const struct tabulate_query *query)
{
    struct columns *columns = results_columns(results, round_id);
    for (;;) {
        *weights = columns ? results_weights_hold(results, round_id) : NULL;
        *version = weights_of(*weights, stream);
        if (!*weights || !*version) {
            weights_release(*weights);
            *weights = NULL;
            return false;
        }
        *status = tabulate_of(table, results, columns, query, *version);
        if (*status != TABULATE_OK || (*table)->weights_version == (*weights)->number) {
            return true;
        }
        /* Weighed anew in between. Versions come once in a while: once more is enough. */
        table_cache_release(*table);
        weights_release(*weights);
    }
}

void results_count_progress(struct results *results, struct db_conn *conn)
{
    const struct survey_snapshot *snapshot = survey_snapshot_hold(results->config.survey);
    progress_read_on(results->progress, conn, snapshot, results->config.now_s());
    survey_snapshot_release(snapshot);
}
