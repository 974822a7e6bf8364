#include "features/opendata/opendata_internal.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Lists of all publications, with their manifests; their bytes stay in the database. */
#define PUBLICATIONS_BYTES_MAX ((size_t)512 * 1024 * 1024)

struct opendata *opendata_create(const struct opendata_config *config)
{
    struct opendata *opendata = calloc(1, sizeof *opendata);
    if (opendata) {
        opendata->config = *config;
        opendata->arena = arena_create(PUBLICATIONS_BYTES_MAX);
        pthread_mutex_init(&opendata->lock, NULL);
    }
    return opendata;
}

void opendata_start(struct opendata *opendata)
{
    const char *lacks = catalogue_lacks(opendata->arena, &opendata->config.facts);
    if (lacks) {
        log_warn("opendata.catalogue", "says=\"not ready\" without=%s", LOG_CSTR(lacks));
    }
    woo_start(opendata);
    lanes_add(opendata->config.lanes, opendata_routes, opendata_route_count, opendata);
    lanes_add(opendata->config.lanes, publication_routes, publication_route_count, opendata);
}

void opendata_destroy(struct opendata *opendata)
{
    if (!opendata) {
        return;
    }
    for (size_t i = 0; i < opendata->sent_count; i++) {
        close(opendata->sent[i].fd);
    }
    free((void *)(uintptr_t)opendata->list);
    arena_destroy(opendata->arena);
    pthread_mutex_destroy(&opendata->lock);
    free(opendata);
}

/* ---- publishing what is new ---- */

enum { LOOK_BYTES_MAX = 256 * 1024, LOOK_EVERY_S = 2, TRY_AGAIN_S = 60 };

static bool is_published(struct opendata *opendata, const struct open_release *release)
{
    return publication_find(opendata, release->round_id, release->number) != NULL;
}

bool opendata_upkeep_due(struct opendata *opendata)
{
    const int64_t now_s = opendata->config.now_s();
    if (now_s < atomic_load(&opendata->upkeep_at)) {
        return false;
    }
    size_t count;
    bool due = false;
    struct arena *arena = arena_create(LOOK_BYTES_MAX);
    const struct open_release *releases = open_releases(&count, arena, opendata->config.results);
    for (size_t i = 0; i < count; i++) {
        due = due || !is_published(opendata, &releases[i]);
    }
    arena_destroy(arena);
    atomic_store(&opendata->upkeep_at, due ? now_s : now_s + LOOK_EVERY_S);
    return due;
}

void opendata_upkeep(struct opendata *opendata, struct db_conn *conn)
{
    size_t count;
    bool good = true;
    struct arena *arena = arena_create(LOOK_BYTES_MAX);
    const struct open_release *releases = open_releases(&count, arena, opendata->config.results);
    /* One that cannot be made keeps no other waiting. */
    for (size_t i = 0; i < count; i++) {
        enum publication_outcome outcome = PUBLICATION_STANDS;
        enum db_status status = DB_OK;
        if (!is_published(opendata, &releases[i])) {
            status = publication_make(&outcome, opendata, conn, &releases[i], "system", "job");
        }
        good = good && status == DB_OK && outcome != PUBLICATION_LATER;
    }
    arena_destroy(arena);
    atomic_store(&opendata->upkeep_at, opendata->config.now_s() + (good ? LOOK_EVERY_S : TRY_AGAIN_S));
}
