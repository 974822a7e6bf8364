#include "features/results/results_effects.h"

#include "features/results/results_query.h"
#include "features/results/results_shelf.h"

#include <string.h>

/* Analysts' tables are counted several at a time, each along an axis of one cross-table, which stays as small
 * as fits the first-level cache: a pass over the columns costs as much for four as for one. */
enum { TOGETHER_CELLS_MAX = 1024 };

struct reading {
    struct effects *out;
    struct arena *arena;
    struct results *results;
    const struct variable *variables;
    struct figures_query people; /* whom all of it is of */
};

bool results_effects_may_tell(const struct results *results, const struct survey_round *round,
                              enum figures_view view)
{
    const int64_t now = results->config.now_s();
    return view == FIGURES_PUBLIC ? release_allowed(round, now) : results_may_tell(round, view, now);
}

/* ---- whom it is of ---- */

/* The stream of a release, and whether it is weighted; NULL: it has not got it. */
static const char *released_stream(bool *weighted, const struct shelved *shelved, struct slice wanted)
{
    size_t count;
    const struct release *release = shelved->history.newest;
    const struct variable *streams =
        &questionnaire_variables(&count, shelved->plan.round->questionnaire)[shelved->plan.stream];
    const char *found = NULL;
    for (size_t p = 0; p < release->part_count; p++) {
        const char *code = streams->categories[release->parts[p].stream].code;
        const bool meant = wanted.ptr ? slice_equal_cstr(wanted, code) : strcmp(code, "open") == 0 || !found;
        if (meant) {
            found = code;
            *weighted = release->parts[p].weights > 0;
        }
    }
    return found;
}

static enum figures_status choose_people(struct reading *r, const struct survey_round *round,
                                         enum figures_view view, struct slice stream)
{
    struct effects *out = r->out;
    out->stream = stream.ptr ? arena_cstr(r->arena, stream) : "open";
    out->weighted = true; /* the analysts' view finds out whether it can */
    if (view == FIGURES_PUBLIC) {
        const struct shelved *shelved = shelf_hold_for(r->arena, r->results, round->id);
        if (!shelved) {
            return FIGURES_NO_RELEASE;
        }
        out->stream = released_stream(&out->weighted, shelved, stream);
        if (!out->stream) {
            return FIGURES_NOT_RELEASED;
        }
    }
    json_t *faults = json_array();
    const struct query_texts texts = {.stream = slice_from_cstr(out->stream)};
    r->people =
        (struct figures_query){.view = view, .round = round, .agreement_alone = true, .hidden_shared = true};
    results_query_read_people(&r->people, faults, r->arena, &texts);
    const bool known = json_array_size(faults) == 0 && strcmp(out->stream, "alle") != 0;
    json_decref(faults);
    return known ? FIGURES_OK : FIGURES_NOT_RELEASED;
}

/* ---- figures of everybody ---- */

static void describe(struct effects *out, const struct figures *figures)
{
    out->weights = figures->weights;
    out->provisional = figures->provisional;
    out->release = figures->release;
    out->position = figures->position;
    out->made_at = figures->made_at;
    out->threshold = figures->threshold;
}

static struct figure withheld(void)
{
    return (struct figure){.mark = FIGURE_WITHHELD};
}

static bool measures(const struct variable *v, const char *dimension)
{
    return v->dimension && v->value && strcmp(v->dimension, dimension) == 0;
}

static bool is_effect(const struct variable *v)
{
    return measures(v, "effect") && v->application && v->level == LEVEL_ORDINAL;
}

static bool is_importance(const struct variable *v)
{
    return measures(v, "belang") && v->set == SET_MULTIPLE;
}

static struct figures_query query_of(const struct reading *r, size_t variable)
{
    struct figures_query query = r->people;
    const bool effect = is_effect(&r->variables[variable]);
    query.variable = variable;
    query.weighted = r->out->weighted;
    /* A release has one base; what is read here leaves out who does not know in either. */
    query.base = effect && query.view == FIGURES_ANALYST ? FIGURES_BASE_OPINION : FIGURES_BASE_ANSWERED;
    query.shares = !effect;
    for (int m = 0; effect && m < FIGURES_MEASURES; m++) {
        query.measures[m] = true;
    }
    return query;
}

/* line NULL: nothing of it is released. */
static void add_effect(struct effects *out, const struct variable *v, const struct figures_line *line)
{
    struct effect_line *effect = &out->effects[out->effect_count++];
    *effect = (struct effect_line){.application = v->application,
                                   .value = v->value,
                                   .facet = v->facet,
                                   .part = {v->part[0], v->part[1]},
                                   .question = v->question,
                                   .points = v->category_count,
                                   .asked = line ? line->people : withheld(),
                                   .base = line ? line->base : withheld(),
                                   .mean = line ? line->measures[FIGURES_MEAN] : withheld(),
                                   .net = line ? line->measures[FIGURES_NET] : withheld(),
                                   .top_two = line ? line->measures[FIGURES_TOP_TWO] : withheld(),
                                   .agreement = line ? line->measures[FIGURES_AGREEMENT] : withheld()};
}

static void add_importance(struct effects *out, const struct variable *v, const struct figures *figures,
                           const struct figures_line *line)
{
    struct importance_line *importance = &out->importances[out->importance_count++];
    *importance = (struct importance_line){.value = v->value, .share = withheld()};
    for (size_t i = 0; line && i < figures->answer_count; i++) {
        if (strcmp(figures->answers[i].name, "ja") == 0) {
            importance->share = line->cells[i].share;
        }
    }
}

/* figures NULL: nothing of it is released. */
static void add(struct reading *r, size_t variable, const struct figures *figures)
{
    const struct variable *v = &r->variables[variable];
    const struct figures_line *line = figures ? &figures->lines[0] : NULL;
    if (figures) {
        describe(r->out, figures);
    }
    if (is_effect(v)) {
        add_effect(r->out, v, line);
    } else {
        add_importance(r->out, v, figures, line);
    }
}

/* ---- out of a release ---- */

static enum figures_status read_released(struct reading *r, const size_t *wanted, size_t count)
{
    enum figures_status status = FIGURES_OK;
    for (size_t i = 0; status == FIGURES_OK && i < count; i++) {
        struct figures figures;
        const char *rule;
        const struct figures_query query = query_of(r, wanted[i]);
        status = figures_of_public(&figures, &rule, r->arena, r->results, &query);
        if (status == FIGURES_OK) {
            add(r, wanted[i], &figures);
        } else if (status == FIGURES_NOT_RELEASED) {
            add(r, wanted[i], NULL);
            status = FIGURES_OK;
        }
    }
    return status;
}

/* ---- out of the columns ---- */

/* How many of the first can be counted together; at least one. */
static size_t together(const struct reading *r, const size_t *wanted, size_t count)
{
    size_t fit = 0, cells = 1;
    while (fit < count && fit < TABULATE_AXES_MAX) {
        cells *= results_code_count(&r->variables[wanted[fit]]);
        if (fit > 0 && cells > TOGETHER_CELLS_MAX) {
            break;
        }
        fit++;
    }
    return fit;
}

static enum figures_status count_together(struct counted *counted, struct reading *r, const size_t *wanted,
                                          size_t count)
{
    struct figures_query query = r->people;
    query.weighted = r->out->weighted;
    struct tabulate_query counting = {.axis_count = count,
                                      .filters = results_filters(r->arena, &query, 1),
                                      .filter_count = query.filter_count,
                                      .weighted = query.weighted};
    memcpy(counting.axes, wanted, count * sizeof *wanted);
    enum figures_status status = results_count(counted, r->results, &query, &counting);
    if (status == FIGURES_NO_WEIGHTS) {
        counted_free(counted);
        r->out->weighted = query.weighted = counting.weighted = false;
        status = results_count(counted, r->results, &query, &counting);
    }
    return status;
}

/* The table of one axis, of who got its question. */
static struct table table_of(struct arena *arena, const struct table *joint, size_t axis)
{
    struct table out = *joint;
    size_t inner = 1;
    for (size_t a = axis + 1; a < joint->axis_count; a++) {
        inner *= joint->sizes[a];
    }
    out.axis_count = 1;
    out.sizes[0] = joint->sizes[axis];
    out.cell_count = out.sizes[0];
    out.cells = arena_array(arena, out.cell_count, sizeof *out.cells);
    for (size_t i = 0; i < joint->cell_count; i++) {
        const size_t code = i / inner % out.sizes[0];
        if (code != ANSWER_NOT_ASKED) {
            table_cell_add(&out.cells[code], &joint->cells[i]);
        }
    }
    return out;
}

static enum figures_status read_counted(struct reading *r, const size_t *wanted, size_t count)
{
    enum figures_status status = FIGURES_OK;
    for (size_t i = 0, fit; status == FIGURES_OK && i < count; i += fit) {
        struct counted counted = {0};
        fit = together(r, &wanted[i], count - i);
        status = count_together(&counted, r, &wanted[i], fit);
        for (size_t axis = 0; status == FIGURES_OK && axis < fit; axis++) {
            struct figures figures;
            const struct figures_query query = query_of(r, wanted[i + axis]);
            const struct table table = table_of(r->arena, counted.table, axis);
            struct counted one = counted;
            one.table = &table;
            status = figures_of_counted(&figures, r->arena, r->results, &query, &one);
            if (status == FIGURES_OK) {
                add(r, wanted[i + axis], &figures);
            }
        }
        counted_free(&counted);
    }
    return status;
}

/* ---- the whole ---- */

enum figures_status results_effects(struct effects *out, struct arena *arena, struct results *results,
                                    const struct survey_round *round, enum figures_view view,
                                    struct slice stream)
{
    size_t count, wanted_count = 0;
    struct reading reading = {.out = out, .arena = arena, .results = results};
    *out = (struct effects){0};
    reading.variables = questionnaire_variables(&count, round->questionnaire);
    out->effects = arena_array(arena, count + 1, sizeof *out->effects);
    out->importances = arena_array(arena, count + 1, sizeof *out->importances);
    size_t *wanted = arena_array(arena, count + 1, sizeof *wanted);
    for (size_t i = 0; i < count; i++) {
        const struct variable *v = &reading.variables[i];
        if ((is_effect(v) || is_importance(v)) &&
            questionnaire_asks(round->questionnaire, i, round->variants, (size_t)round->variant_count)) {
            wanted[wanted_count++] = i;
        }
    }
    const enum figures_status status = choose_people(&reading, round, view, stream);
    return status != FIGURES_OK     ? status
           : view == FIGURES_PUBLIC ? read_released(&reading, wanted, wanted_count)
                                    : read_counted(&reading, wanted, wanted_count);
}

const char *results_effects_mark(struct arena *arena, struct results *results,
                                 const struct survey_round *round, enum figures_view view)
{
    const bool incomplete = survey_round_incomplete(round, results->config.now_s());
    struct columns *columns = results_columns(results, round->id);
    long long position = -1;
    unsigned weights = 0;
    if (view == FIGURES_PUBLIC) {
        const struct shelved *shelved = shelf_hold_for(arena, results, round->id);
        position = shelved ? shelved->history.newest->number : 0;
    } else if (columns) {
        columns_read_begin(columns);
        position = (long long)columns_position(columns);
        weights = (unsigned)columns_weights_version(columns);
        columns_read_end(columns);
    }
    return arena_printf(arena, "%d %d %lld %lld %d %d %lld %u", (int)round->id, (int)round->version_id,
                        (long long)round->opens_at, (long long)round->closes_at, (int)incomplete, (int)view,
                        position, weights)
        .ptr;
}

static const char *copy_text(struct arena *arena, const char *text)
{
    return text ? arena_cstr(arena, slice_from_cstr(text)) : NULL;
}

void results_effects_copy(struct effects *out, struct arena *arena, const struct effects *effects)
{
    *out = *effects;
    out->stream = copy_text(arena, effects->stream);
    out->effects = arena_array(arena, effects->effect_count + 1, sizeof *out->effects);
    for (size_t i = 0; i < effects->effect_count; i++) {
        const struct effect_line *line = &effects->effects[i];
        out->effects[i] = *line;
        out->effects[i].application = copy_text(arena, line->application);
        out->effects[i].value = copy_text(arena, line->value);
        out->effects[i].facet = copy_text(arena, line->facet);
        out->effects[i].question = copy_text(arena, line->question);
        for (int language = 0; language < 2; language++) {
            out->effects[i].part[language] = copy_text(arena, line->part[language]);
        }
    }
    out->importances = arena_array(arena, effects->importance_count + 1, sizeof *out->importances);
    for (size_t i = 0; i < effects->importance_count; i++) {
        out->importances[i] = effects->importances[i];
        out->importances[i].value = copy_text(arena, effects->importances[i].value);
    }
}
