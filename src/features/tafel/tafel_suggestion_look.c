/* Looking for suggestions: what the rules find in a round, as JSON that says which bar was cleared with what.
 */
#include "features/tafel/tafel_suggestion_pages.h"

#include <math.h>
#include <string.h>

/* ---- figures as they are kept ---- */

static double rounded(double value)
{
    return round(value * 10) / 10;
}

static json_t *figure_json(const struct figure *figure, double scale)
{
    json_t *object = json_pack("{s:f}", "getal", scale * rounded(figure->value / scale));
    if (figure->interval) {
        json_object_set_new(object, "laag", json_real(scale * rounded(figure->low / scale)));
        json_object_set_new(object, "hoog", json_real(scale * rounded(figure->high / scale)));
    }
    return object;
}

static double bar_of(enum suggestion_rule rule, const struct suggestion_bars *bars)
{
    switch (rule) {
    case SUGGESTION_WORRY:
        return bars->worry;
    case SUGGESTION_CHANGE:
        return bars->change;
    case SUGGESTION_DIVIDED:
        return bars->divided;
    case SUGGESTION_GROWTH:
        return bars->growth;
    case SUGGESTION_CLASH:
    case SUGGESTION_RULES:
        break;
    }
    return 0;
}

static void put_line(json_t *object, const struct suggestion_finding *finding, const struct watch *watch)
{
    const struct watch_line *line = finding->line;
    json_object_set_new(object, "vraag", json_string(line->label));
    json_object_set_new(object, "dimensie", json_string(line->dimension));
    json_object_set_new(object, "antwoord", json_string(line->top ? line->top : ""));
    json_object_set_new(object, "uitgave", json_integer(watch->release));
    json_object_set_new(object, "werving", json_string(watch->stream));
    json_object_set_new(object, "gewogen", json_boolean(watch->weighted));
    if (line->base.mark == FIGURE_SHOWN) {
        json_object_set_new(object, "basis", json_integer((json_int_t)llround(line->base.value)));
    }
    if (finding->rule == SUGGESTION_CHANGE && watch->before) {
        json_object_set_new(object, "vergelijkingen", json_integer((json_int_t)finding->comparisons));
        json_object_set_new(object, "rondeVoor", json_string(watch->before->code));
        json_object_set_new(object, "uitgaveVoor", json_integer(watch->release_before));
    }
}

/* What each method says of the cell: 1, 0 or -1; missing where it says nothing. */
static void put_cell(json_t *object, const struct map_cell *cell)
{
    static const char *const methods[CONVERGENCE_METHODS] = {"enquete", "interviews", "focusgroepen"};
    for (int m = 0; m < CONVERGENCE_METHODS; m++) {
        if (cell->sides[m].state == CONVERGENCE_SPOKE) {
            json_object_set_new(object, methods[m], json_integer(cell->sides[m].direction));
        }
    }
}

/* The tables of the survey that a clash is about: what people expect of this value of the application, one a
 * facet that was asked apart. watch NULL: there are none. */
static void put_tables(json_t *object, const struct map_cell *cell, const struct watch *watch)
{
    json_t *tables = json_array();
    for (size_t i = 0; watch && i < watch->count; i++) {
        const struct watch_line *line = &watch->lines[i];
        const bool about = line->application && line->value && line->top &&
                           strcmp(line->application, cell->application) == 0 &&
                           strcmp(line->value, coding_values[cell->value]) == 0 &&
                           strcmp(line->dimension, "effect") == 0;
        if (about) {
            json_array_append_new(tables, json_pack("{s:s,s:s,s:b}", "variabele", line->variable, "antwoord",
                                                    line->top, "gewogen", (int)watch->weighted));
        }
    }
    json_object_set_new(object, "tabellen", tables);
}

static json_t *figures_of(const struct suggestion_finding *finding, const struct watch *watch,
                          const struct suggestion_bars *bars)
{
    json_t *object = finding->figure.mark == FIGURE_SHOWN
                         ? figure_json(&finding->figure, finding->rule == SUGGESTION_DIVIDED ? 0.1 : 1)
                         : json_object();
    json_object_set_new(object, "grens", json_real(bar_of(finding->rule, bars)));
    if (finding->line && watch) {
        put_line(object, finding, watch);
    }
    if (finding->cell) {
        put_cell(object, finding->cell);
        put_tables(object, finding->cell, watch);
    }
    if (finding->growth) {
        json_t *periods = json_array();
        for (size_t i = 0; i < GROWTH_PERIODS; i++) {
            json_array_append_new(periods,
                                  json_pack("{s:I,s:I}", "teksten", (json_int_t)finding->growth->texts[i],
                                            "gecodeerd", (json_int_t)finding->growth->coded[i]));
        }
        json_object_set_new(object, "perioden", periods);
    }
    return object;
}

/* ---- a round ---- */

static const enum convergence_label *labels_of(struct arena *arena, const struct map_view *view)
{
    const size_t cells = view->map.application_count * CODING_VALUES;
    enum convergence_label *labels = arena_array(arena, cells + 1, sizeof *labels);
    for (size_t i = 0; i < cells; i++) {
        const struct value_judgement *judgement = map_view_judgement(view, &view->map.cells[i]);
        labels[i] = judgement ? judgement->label : view->map.cells[i].rule;
    }
    return labels;
}

static enum db_status look_at(bool *busy, const struct tafel *tafel, struct db_tx *tx,
                              const struct survey_snapshot *snapshot, const struct survey_round *round,
                              struct arena *arena)
{
    struct map_view view;
    struct watch watch;
    struct suggestion_growth *growths;
    struct suggestion_finding *found;
    struct suggestion_look look = {.growth_count = 0};
    const struct suggestion_bars *bars = &tafel->config.bars;
    const enum figures_status watched = results_watch(&watch, arena, tafel->config.results, snapshot, round);
    enum db_status status =
        map_view_open(&view, tafel, tx, arena, round, FIGURES_PUBLIC, (struct slice){NULL, 0});
    if (status != DB_OK || watched == FIGURES_NOT_READY || view.survey_status == FIGURES_NOT_READY) {
        *busy = status == DB_OK;
        return status;
    }
    status = suggestion_growths(&growths, &look.growth_count, tx, round->id);
    look.watch = watched == FIGURES_OK ? &watch : NULL;
    /* What conversations said is told with a release, not before. */
    look.map = view.survey_status == FIGURES_OK ? &view.map : NULL;
    look.labels = labels_of(arena, &view);
    look.growths = growths;
    look.growth_count = look.watch ? look.growth_count : 0;
    const size_t count = suggestion_find(&found, arena, &look, bars);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        json_t *figures = figures_of(&found[i], look.watch, bars);
        status = suggestion_keep(tx, round->id, &found[i], figures);
        json_decref(figures);
    }
    return status == DB_OK ? suggestion_settle(tx, round->id) : status;
}

enum db_status suggestions_look(bool *busy, const struct tafel *tafel, struct db_tx *tx,
                                const struct survey_snapshot *snapshot)
{
    enum db_status status = suggestion_lock_all(tx);
    *busy = false;
    for (size_t i = 0; status == DB_OK && i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        if (round->status != ROUND_DRAFT && !round->pilot) {
            struct arena *arena = arena_create(FIGURES_BYTES_MAX);
            status = look_at(busy, tafel, tx, snapshot, round, arena);
            arena_destroy(arena);
        }
    }
    return status;
}

/* ---- each hour ---- */

enum { LOOK_EVERY_S = 3600 };

bool tafel_upkeep_due(const struct tafel *tafel)
{
    return tafel->config.now_s() - tafel->looked_at >= LOOK_EVERY_S;
}

static enum db_status look_work(struct db_tx *tx, void *context)
{
    const struct tafel *tafel = context;
    const struct survey_snapshot *snapshot = survey_snapshot_hold(tafel->config.survey);
    bool busy;
    const enum db_status status = snapshot ? suggestions_look(&busy, tafel, tx, snapshot) : DB_OK;
    survey_snapshot_release(snapshot);
    return status;
}

void tafel_upkeep(struct tafel *tafel, struct db_conn *conn)
{
    tafel->looked_at = tafel->config.now_s();
    db_transaction(conn, "suggestions-look", DB_ROLE_STAFF, look_work, tafel);
}
