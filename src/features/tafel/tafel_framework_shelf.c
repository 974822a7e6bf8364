/* Which sheets are public, in memory: pages that read no database (the explanation of an application) lead to
 * them. Read anew each minute, and by whoever approves one. */
#include "features/tafel/tafel_framework_pages.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { READ_EVERY_S = 60, SHELF_MAX = 4 << 20 };

struct pair {
    const char *consultation, *application;
};
struct framework_shelf {
    pthread_mutex_t lock; /* of what follows */
    struct arena *arena;  /* holds the pairs */
    const struct pair *pairs;
    size_t count;
};

struct framework_shelf *framework_shelf_create(void)
{
    struct framework_shelf *shelf = calloc(1, sizeof *shelf);
    if (shelf) {
        pthread_mutex_init(&shelf->lock, NULL);
    }
    return shelf;
}

void framework_shelf_destroy(struct framework_shelf *shelf)
{
    if (shelf) {
        pthread_mutex_destroy(&shelf->lock);
        arena_destroy(shelf->arena);
        free(shelf);
    }
}

bool framework_shelf_has(struct framework_shelf *shelf, const char *consultation, struct slice application)
{
    bool found = false;
    pthread_mutex_lock(&shelf->lock);
    for (size_t i = 0; !found && i < shelf->count; i++) {
        found = strcmp(shelf->pairs[i].consultation, consultation) == 0 &&
                slice_equal_cstr(application, shelf->pairs[i].application);
    }
    pthread_mutex_unlock(&shelf->lock);
    return found;
}

static bool same_pairs(const struct framework_shelf *shelf, const struct pair *pairs, size_t count)
{
    size_t i = 0;
    while (i < count && count == shelf->count &&
           strcmp(pairs[i].consultation, shelf->pairs[i].consultation) == 0 &&
           strcmp(pairs[i].application, shelf->pairs[i].application) == 0) {
        i++;
    }
    return i == count && count == shelf->count;
}

enum db_status framework_shelf_read(bool *changed, struct framework_shelf *shelf, struct db_tx *tx)
{
    struct db_result *rows;
    const enum db_status status = framework_public_pairs(&rows, tx);
    if (status != DB_OK) {
        return status;
    }
    struct arena *arena = arena_create(SHELF_MAX);
    const size_t count = db_rows(rows);
    struct pair *pairs = arena_array(arena, count + 1, sizeof *pairs);
    for (size_t i = 0; i < count; i++) {
        pairs[i] = (struct pair){.consultation = arena_cstr(arena, db_get_text(rows, i, 0)),
                                 .application = arena_cstr(arena, db_get_text(rows, i, 1))};
    }
    pthread_mutex_lock(&shelf->lock);
    *changed = !same_pairs(shelf, pairs, count);
    struct arena *old = shelf->arena;
    shelf->arena = arena;
    shelf->pairs = pairs;
    shelf->count = count;
    pthread_mutex_unlock(&shelf->lock);
    arena_destroy(old);
    return DB_OK;
}

const char *framework_public_path(struct arena *arena, const struct tafel *tafel, const char *consultation,
                                  struct slice application)
{
    return framework_shelf_has(tafel->frameworks, consultation, application)
               ? arena_printf(arena, FRAMEWORK_PUBLIC_PATH "/%.*s?consultatie=%s", SLICE_ARG(application),
                              consultation)
                     .ptr
               : NULL;
}

/* ---- each minute ---- */

bool frameworks_upkeep_due(const struct tafel *tafel)
{
    return tafel->config.now_s() - tafel->frameworks_at >= READ_EVERY_S;
}

struct reading {
    struct framework_shelf *shelf;
    bool changed;
};

static enum db_status read_work(struct db_tx *tx, void *context)
{
    struct reading *reading = context;
    return framework_shelf_read(&reading->changed, reading->shelf, tx);
}

void frameworks_upkeep(struct tafel *tafel, struct db_conn *conn)
{
    tafel->frameworks_at = tafel->config.now_s();
    struct reading reading = {.shelf = tafel->frameworks};
    if (db_transaction(conn, "framework-shelf", DB_ROLE_RESULTS, read_work, &reading) == DB_OK &&
        reading.changed) {
        lanes_changed(tafel->config.lanes);
    }
}
