#include "features/results/results_shelf.h"

#include "features/results/results_release_file.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

/* Of one release: its figures stay in memory for as long as it is the newest. */
#define SHELVED_ARENA_MAX ((size_t)4096 * 1024 * 1024)

struct shelf {
    pthread_mutex_t lock; /* held for as long as it takes to copy a pointer */
    size_t count;
    struct shelved *items[RESULTS_MAX_ROUNDS];
    /* Releases that were said to be foreign, one a round; of the thread that refreshes. */
    struct release_mark foreign[RESULTS_MAX_ROUNDS];
    size_t foreign_count;
};

struct shelf *shelf_create(void)
{
    struct shelf *shelf = calloc(1, sizeof *shelf);
    if (shelf) {
        pthread_mutex_init(&shelf->lock, NULL);
    }
    return shelf;
}

void shelved_release(const struct shelved *shelved_take)
{
    struct shelved *shelved = (struct shelved *)(uintptr_t)shelved_take;
    if (shelved && atomic_fetch_sub(&shelved->references, 1) == 1) {
        survey_snapshot_release(shelved->snapshot);
        arena_destroy(shelved->arena);
        free(shelved);
    }
}

void shelf_destroy(struct shelf *shelf)
{
    if (shelf) {
        for (size_t i = 0; i < shelf->count; i++) {
            shelved_release(shelf->items[i]);
        }
        pthread_mutex_destroy(&shelf->lock);
        free(shelf);
    }
}

const struct shelved *shelf_hold(struct results *results, int32_t round_id)
{
    struct shelf *shelf = results->shelf;
    struct shelved *found = NULL;
    pthread_mutex_lock(&shelf->lock);
    for (size_t i = 0; i < shelf->count && !found; i++) {
        if (shelf->items[i]->round_id == round_id) {
            found = shelf->items[i];
            atomic_fetch_add(&found->references, 1);
        }
    }
    pthread_mutex_unlock(&shelf->lock);
    return found;
}

static void release_deferred(void *shelved)
{
    shelved_release(shelved);
}

const struct shelved *shelf_hold_for(struct arena *arena, struct results *results, int32_t round_id)
{
    const struct shelved *shelved = shelf_hold(results, round_id);
    if (shelved) {
        arena_defer(arena, release_deferred, (void *)(uintptr_t)shelved);
    }
    return shelved;
}

/* Takes the place of the release before. */
static void put(struct shelf *shelf, struct shelved *shelved_take)
{
    struct shelved *old = NULL;
    pthread_mutex_lock(&shelf->lock);
    size_t i = 0;
    while (i < shelf->count && shelf->items[i]->round_id != shelved_take->round_id) {
        i++;
    }
    if (i < shelf->count) {
        old = shelf->items[i];
    } else if (shelf->count < RESULTS_MAX_ROUNDS) {
        shelf->count++;
    } else {
        old = shelved_take;
    }
    if (old != shelved_take) {
        shelf->items[i] = shelved_take;
    }
    pthread_mutex_unlock(&shelf->lock);
    shelved_release(old);
}

/* ---- refreshing ---- */

struct loading {
    struct results *results;
    struct shelved *shelved; /* NULL: nothing new */
    struct release_mark mark;
    bool exactly;                              /* that number, even where there is a newer one */
    unsigned char digest[CRYPTO_SHA256_BYTES]; /* of what was read; `exactly` alone */
};

/* A release of another questionnaire than the round has here. It is read again at each refresh, for the round
 * may be the one that is behind; it is said once. */
static void say_foreign(struct shelf *shelf, struct release_mark mark, const struct survey_round *round)
{
    size_t i = 0;
    while (i < shelf->foreign_count && shelf->foreign[i].round_id != mark.round_id) {
        i++;
    }
    const bool said = i < shelf->foreign_count && shelf->foreign[i].number == mark.number;
    if (!said && i < RESULTS_MAX_ROUNDS) {
        log_error("release.foreign", "round=%s number=%d", round->code, (int)mark.number);
        shelf->foreign[i] = mark;
        shelf->foreign_count += i == shelf->foreign_count;
    }
}

static void rank_universes(struct shelved *shelved)
{
    const struct release *release = shelved->history.newest;
    for (size_t p = 0; p < release->part_count; p++) {
        const struct release_part *part = &release->parts[p];
        size_t open = 0;
        shelved->ranks[p] = arena_array(shelved->arena, part->universe_count, sizeof *shelved->ranks[p]);
        for (size_t u = 0; u < part->universe_count; u++) {
            shelved->ranks[p][u] = open;
            open += part->universes[u].open;
        }
    }
}

static enum db_status name_weights(struct shelved *shelved, struct db_tx *tx)
{
    const struct release *release = shelved->history.newest;
    enum db_status status = DB_OK;
    for (size_t p = 0; status == DB_OK && p < release->part_count; p++) {
        struct weights_version *version;
        size_t count = 0;
        if (release->parts[p].weights > 0) {
            status = results_weights_list(&version, &count, shelved->arena, tx,
                                          slice_from_cstr(shelved->plan.round->code),
                                          release->parts[p].weights, 1);
        }
        if (status == DB_OK && count > 0) {
            version->report = NULL;
            version->made_by = (struct slice){NULL, 0};
            version->position = 0;
            shelved->weights[p] = version;
        }
        for (int language = 0; status == DB_OK && count > 0 && language < 2; language++) {
            shelved->weights_made_of[p][language] =
                arena_cstr(shelved->arena, weights_made_of(shelved->arena, version, language));
        }
    }
    return status;
}

static enum db_status load_one(struct db_tx *tx, void *context)
{
    struct loading *loading = context;
    bool same;
    shelved_release(loading->shelved);
    struct shelved *shelved = loading->shelved = calloc(1, sizeof *shelved);
    if (!shelved) {
        return DB_FAILED;
    }
    atomic_init(&shelved->references, 1);
    shelved->arena = arena_create(SHELVED_ARENA_MAX);
    shelved->round_id = loading->mark.round_id;
    shelved->snapshot = survey_snapshot_hold(loading->results->config.survey);
    const struct survey_round *round = survey_round_by_id(shelved->snapshot, loading->mark.round_id);
    if (!round) {
        shelved_release(shelved);
        loading->shelved = NULL;
        return DB_OK;
    }
    release_plan(&shelved->plan, shelved->arena, round);
    enum db_status status = release_read(&shelved->history, &same, shelved->arena, tx, &shelved->plan, NULL,
                                         loading->exactly ? loading->mark.number : 0);
    if (status == DB_OK && (!same || !shelved->history.newest)) {
        say_foreign(loading->results->shelf, loading->mark, round);
        shelved_release(shelved);
        loading->shelved = NULL;
    } else if (status == DB_OK) {
        rank_universes(shelved);
        status = name_weights(shelved, tx);
    }
    if (status == DB_OK && loading->shelved && loading->exactly) {
        release_digest(loading->digest, shelved->arena, shelved->history.newest, &shelved->plan);
    }
    return status;
}

struct newest {
    struct release_mark marks[RESULTS_MAX_ROUNDS];
    size_t count;
};

static enum db_status read_newest(struct db_tx *tx, void *context)
{
    struct newest *newest = context;
    struct release_mark *marks;
    size_t count;
    enum db_status status = release_newest_numbers(&marks, &count, tx);
    newest->count = 0;
    for (size_t i = 0; status == DB_OK && i < count && i < RESULTS_MAX_ROUNDS; i++) {
        newest->marks[newest->count++] = marks[i];
    }
    return status;
}

static bool is_shelved(struct results *results, struct release_mark mark)
{
    const struct shelved *shelved = shelf_hold(results, mark.round_id);
    bool same = shelved && shelved->history.newest->number == mark.number;
    shelved_release(shelved);
    return same;
}

/* Said when it is loaded, at start-up too: a round whose first release was protected otherwise gets no new
 * one. */
static void warn_of_settings(const struct results *results, const struct shelved *shelved)
{
    const struct release_settings *kept = &shelved->history.newest->settings;
    const struct results_config *c = &results->config;
    if (kept->threshold != c->threshold || kept->reach != c->noise_reach ||
        kept->variance != c->noise_variance) {
        log_warn("release.settings",
                 "round=%s k=%u d=%u v=%u says=\"no new release with other settings of [protection]\"",
                 shelved->plan.round->code, (unsigned)kept->threshold, kept->reach, kept->variance);
    }
}

enum db_status results_refresh(struct results *results, struct db_conn *conn)
{
    struct newest newest;
    bool fresh = false;
    enum db_status status =
        db_transaction_read_only(conn, "release-newest", DB_ROLE_RESULTS, read_newest, &newest);
    for (size_t i = 0; status == DB_OK && i < newest.count; i++) {
        struct loading loading = {.results = results, .mark = newest.marks[i]};
        if (is_shelved(results, newest.marks[i])) {
            continue;
        }
        status = db_transaction_read_only(conn, "release-load", DB_ROLE_RESULTS, load_one, &loading);
        if (status != DB_OK) {
            shelved_release(loading.shelved);
        } else if (loading.shelved) {
            log_info("release.loaded", "round=%s number=%d", loading.shelved->plan.round->code,
                     (int)newest.marks[i].number);
            warn_of_settings(results, loading.shelved);
            put(results->shelf, loading.shelved);
            lanes_changed(results->config.lanes);
            fresh = true;
        }
    }
    ahead_look(results->ahead, fresh);
    return status;
}

enum db_status results_hold_release(bool *found, unsigned char digest[CRYPTO_SHA256_BYTES],
                                    struct results *results, struct db_conn *conn, int32_t round_id,
                                    int32_t number)
{
    struct loading loading = {
        .results = results, .mark = {.round_id = round_id, .number = number}, .exactly = true};
    const enum db_status status =
        db_transaction_read_only(conn, "release-hold", DB_ROLE_RESULTS, load_one, &loading);
    *found = status == DB_OK && loading.shelved && loading.shelved->history.newest->number == number;
    if (*found) {
        memcpy(digest, loading.digest, sizeof loading.digest);
        put(results->shelf, loading.shelved);
    } else {
        shelved_release(loading.shelved);
    }
    return status;
}

bool shelved_people(struct figures_query *out, struct arena *arena, const struct shelved *shelved,
                    const struct release_part *part, bool weighted)
{
    size_t count;
    const struct survey_round *round = shelved->plan.round;
    const struct variable *stream =
        &questionnaire_variables(&count, round->questionnaire)[shelved->plan.stream];
    const struct query_texts texts = {.stream = slice_from_cstr(stream->categories[part->stream].code),
                                      .weighted = weighted ? SLICE("true") : SLICE("false")};
    json_t *errors = json_array();
    *out = (struct figures_query){.view = FIGURES_PUBLIC, .round = round, .variable = SIZE_MAX};
    results_query_read_people(out, errors, arena, &texts);
    const bool good = json_array_size(errors) == 0;
    json_decref(errors);
    return good;
}
