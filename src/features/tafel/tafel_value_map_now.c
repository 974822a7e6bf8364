/* The value map of now: what was made lately, or made anew, with what people judged of it. */
#include "features/tafel/tafel_value_map_kept.h"
#include "features/tafel/tafel_value_map_view.h"

bool map_shows(const struct survey_round *round)
{
    return round && round->status != ROUND_DRAFT && !round->pilot;
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

static enum db_status fill(struct kept_map *map, const struct making *m)
{
    map->survey_status = FIGURES_NO_RELEASE;
    if (!m->embargo) {
        struct effects survey;
        map->survey_status =
            results_effects(&survey, m->arena, m->tafel->config.results, m->round, m->view, m->stream);
        results_effects_copy(&map->survey, map->arena, &survey);
    }
    const enum db_status status =
        coding_heard(&map->heard, m->tafel->config.coding, m->tx, map->arena, m->round);
    if (status == DB_OK) {
        value_map_make(&map->map, map->arena, map->survey_status == FIGURES_OK ? &map->survey : NULL,
                       &map->heard);
    }
    return status;
}

static bool is_good(const struct kept_map *map)
{
    return map->survey_status != FIGURES_NOT_READY && map->survey_status != FIGURES_FAILED;
}

/* *map is held, after any status; NULL after others than DB_OK. */
static enum db_status hold(struct kept_map **map, const struct making *m)
{
    struct slice talks;
    struct kept_maps *kept = m->tafel->maps;
    *map = NULL;
    enum db_status status = coding_heard_mark(&talks, m->tx, m->round->id);
    if (status != DB_OK) {
        return status;
    }
    const char *key =
        arena_printf(m->arena, "%s|%d|%.*s|%.*s",
                     results_effects_mark(m->arena, m->tafel->config.results, m->round, m->view),
                     (int)m->embargo, SLICE_ARG(m->stream), SLICE_ARG(talks))
            .ptr;
    *map = kept_maps_find(kept, key);
    if (*map) {
        return DB_OK;
    }
    *map = kept_map_create(m->round->id, m->view, key);
    status = fill(*map, m);
    if (status != DB_OK) {
        kept_maps_release(kept, *map);
        *map = NULL;
    } else if (is_good(*map)) {
        kept_maps_keep(kept, *map);
    }
    return status;
}

/* ---- the map of now ---- */

struct held {
    struct kept_maps *maps;
    struct kept_map *map;
};

static void let_go(void *held)
{
    const struct held *h = held;
    kept_maps_release(h->maps, h->map);
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
    held->maps = tafel->maps;
    *out = (struct map_view){.round = round, .view = view, .embargo = making.embargo};
    enum db_status status = hold(&held->map, &making);
    if (status != DB_OK) {
        return status;
    }
    arena_defer(arena, let_go, held);
    out->survey_status = held->map->survey_status;
    out->survey = held->map->survey;
    out->heard = held->map->heard;
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
