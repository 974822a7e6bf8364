/* The value map of now: what was made lately, or made anew, with what people judged of it. */
#include "features/tafel/tafel_value_map_cache.h"
#include "features/tafel/tafel_value_map_view.h"

bool map_shows(const struct survey_round *round)
{
    return round->status != ROUND_DRAFT && !round->pilot;
}

static void release_arena(void *arena)
{
    arena_destroy(arena);
}

struct arena *map_arena(struct http_exchange *ex)
{
    struct arena *arena = arena_create(FIGURES_BYTES_MAX);
    arena_defer(http_arena(ex), release_arena, arena);
    return arena;
}

static struct map_judged *judged_of(size_t *count, struct arena *arena, const struct map_view *view)
{
    struct map_judged *list = arena_array(arena, view->judgement_count + 1, sizeof *list);
    *count = 0;
    for (size_t i = 0; i < view->judgement_count; i++) {
        const struct value_judgement *judgement = &view->judgements[i];
        if (judgement->by_person) {
            list[(*count)++] =
                (struct map_judged){judgement->application, judgement->value, judgement->label};
        }
    }
    return list;
}

/* ---- what is made once ---- */

struct making {
    const struct tafel *tafel;
    struct db_tx *tx;
    struct arena *arena; /* of the page: for what is only needed while it is made */
    const struct survey_round *round;
    enum figures_view view;
    struct slice stream;
    bool embargo;
};

/* *talks is held; NULL after another status than DB_OK. */
static enum db_status hold_talks(struct cached_talks **talks, const struct making *m, const char *key)
{
    struct map_cache *maps = m->tafel->maps;
    bool to_make;
    *talks = map_cache_talks(&to_make, maps, m->round->id, key);
    if (!to_make) {
        return DB_OK;
    }
    const enum db_status status =
        coding_heard(&(*talks)->heard, m->tafel->config.coding, m->tx, (*talks)->entry.arena, m->round);
    map_cache_made(maps, &(*talks)->entry, status == DB_OK);
    if (status != DB_OK) {
        map_cache_release(maps, &(*talks)->entry);
        *talks = NULL;
    }
    return status;
}

static enum db_status fill(struct cached_map *map, const struct making *m, const char *talks_key)
{
    struct arena *arena = map->entry.arena;
    map->survey_status = FIGURES_NO_RELEASE;
    if (!m->embargo) {
        struct effects survey;
        map->survey_status =
            results_effects(&survey, m->arena, m->tafel->config.results, m->round, m->view, m->stream);
        results_effects_copy(&map->survey, arena, &survey);
    }
    const enum db_status status = hold_talks(&map->talks, m, talks_key);
    if (status == DB_OK) {
        value_map_make(&map->map, arena, map->survey_status == FIGURES_OK ? &map->survey : NULL,
                       &map->talks->heard);
    }
    return status;
}

static bool is_good(const struct cached_map *map)
{
    return map->survey_status != FIGURES_NOT_READY && map->survey_status != FIGURES_FAILED;
}

/* *map is held; NULL after another status than DB_OK. */
static enum db_status hold(struct cached_map **map, const struct making *m)
{
    struct slice mark;
    struct map_cache *maps = m->tafel->maps;
    bool to_make;
    *map = NULL;
    enum db_status status = coding_heard_mark(&mark, m->tx, m->round->id);
    if (status != DB_OK) {
        return status;
    }
    const char *talks = arena_printf(m->arena, "%d %.*s", (int)m->round->id, SLICE_ARG(mark)).ptr;
    const char *survey = results_effects_mark(m->arena, m->tafel->config.results, m->round, m->view);
    const char *key =
        arena_printf(m->arena, "%s|%d|%.*s|%s", survey, (int)m->embargo, SLICE_ARG(m->stream), talks).ptr;
    *map = map_cache_map(&to_make, maps, m->view == FIGURES_PUBLIC ? CACHED_MAP_PUBLIC : CACHED_MAP_ANALYST,
                         m->round->id, key);
    if (!to_make) {
        return DB_OK;
    }
    status = fill(*map, m, talks);
    map_cache_made(maps, &(*map)->entry, status == DB_OK && is_good(*map));
    if (status != DB_OK) {
        map_cache_release(maps, &(*map)->entry);
        *map = NULL;
    }
    return status;
}

/* ---- the map of now ---- */

struct held {
    struct map_cache *parts;
    struct cached_map *map;
};

static void let_go(void *held)
{
    const struct held *h = held;
    map_cache_release(h->parts, &h->map->entry);
}

enum db_status map_view_open(struct map_view *out, const struct tafel *tafel, struct db_tx *tx,
                             struct arena *arena, const struct survey_round *round, enum figures_view view,
                             struct slice stream)
{
    size_t judged;
    const struct making making = {.tafel = tafel,
                                  .tx = tx,
                                  .arena = arena,
                                  .round = round,
                                  .view = view,
                                  .stream = stream,
                                  .embargo = !results_effects_may_tell(tafel->config.results, round, view)};
    struct held *held = arena_alloc(arena, sizeof *held);
    held->parts = tafel->maps;
    *out = (struct map_view){.round = round, .view = view, .embargo = making.embargo};
    enum db_status status = hold(&held->map, &making);
    if (status != DB_OK) {
        return status;
    }
    arena_defer(arena, let_go, held);
    out->survey_status = held->map->survey_status;
    out->survey = held->map->survey;
    out->heard = held->map->talks->heard;
    out->map = held->map->map;
    status = value_judgements(&out->judgements, &out->judgement_count, tx, round->id);
    if (status == DB_OK) {
        const struct map_judged *list = judged_of(&judged, arena, out);
        value_map_agreement(&out->agreement, arena, &out->map, list, judged);
    }
    return status;
}

const struct value_judgement *map_view_judgement(const struct map_view *view, const struct map_cell *cell)
{
    for (size_t i = 0; i < view->judgement_count; i++) {
        const struct value_judgement *judgement = &view->judgements[i];
        if (slice_equal_cstr(judgement->application, cell->application) &&
            slice_equal_cstr(judgement->value, coding_values[cell->value])) {
            return judgement->by_person ? judgement : NULL;
        }
    }
    return NULL;
}

enum convergence_label map_view_label(const struct map_view *view, const struct map_cell *cell)
{
    const struct value_judgement *judgement = map_view_judgement(view, cell);
    return judgement ? judgement->label : cell->rule;
}
