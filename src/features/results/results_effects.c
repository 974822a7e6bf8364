#include "features/results/results_effects.h"

#include "features/results/results_query.h"
#include "features/results/results_shelf.h"

#include <string.h>

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

/* *line NULL: nothing of it is released. */
static enum figures_status ask(struct figures *figures, const struct figures_line **line, struct reading *r,
                               struct figures_query *query)
{
    const char *rule;
    enum figures_status status;
    *line = NULL;
    query->weighted = r->out->weighted;
    if (query->view == FIGURES_PUBLIC) {
        status = figures_of_public(figures, &rule, r->arena, r->results, query);
    } else {
        status = figures_of_analyst(figures, r->arena, r->results, query);
        if (status == FIGURES_NO_WEIGHTS) {
            r->out->weighted = query->weighted = false;
            status = figures_of_analyst(figures, r->arena, r->results, query);
        }
    }
    if (status == FIGURES_NOT_RELEASED) {
        return FIGURES_OK;
    }
    if (status == FIGURES_OK) {
        struct effects *out = r->out;
        *line = &figures->lines[0];
        out->weights = figures->weights;
        out->provisional = figures->provisional;
        out->release = figures->release;
        out->position = figures->position;
        out->made_at = figures->made_at;
        out->threshold = figures->threshold;
    }
    return status;
}

static struct figure withheld(void)
{
    return (struct figure){.mark = FIGURE_WITHHELD};
}

static enum figures_status add_effect(struct reading *r, size_t variable)
{
    const struct variable *v = &r->variables[variable];
    struct figures figures;
    const struct figures_line *line;
    struct figures_query query = r->people;
    query.variable = variable;
    /* A release has one base; what is read here leaves out who does not know in either. */
    query.base = query.view == FIGURES_PUBLIC ? FIGURES_BASE_ANSWERED : FIGURES_BASE_OPINION;
    for (int m = 0; m < FIGURES_MEASURES; m++) {
        query.measures[m] = true;
    }
    const enum figures_status status = ask(&figures, &line, r, &query);
    if (status != FIGURES_OK) {
        return status;
    }
    struct effect_line *effect = &r->out->effects[r->out->effect_count++];
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
    return FIGURES_OK;
}

static enum figures_status add_importance(struct reading *r, size_t variable)
{
    struct figures figures;
    const struct figures_line *line;
    struct figures_query query = r->people;
    query.variable = variable;
    query.base = FIGURES_BASE_ANSWERED;
    query.shares = true;
    const enum figures_status status = ask(&figures, &line, r, &query);
    if (status != FIGURES_OK) {
        return status;
    }
    struct importance_line *importance = &r->out->importances[r->out->importance_count++];
    *importance = (struct importance_line){.value = r->variables[variable].value, .share = withheld()};
    for (size_t i = 0; line && i < figures.answer_count; i++) {
        if (strcmp(figures.answers[i].name, "ja") == 0) {
            importance->share = line->cells[i].share;
        }
    }
    return FIGURES_OK;
}

static bool measures(const struct variable *v, const char *dimension)
{
    return v->dimension && v->value && strcmp(v->dimension, dimension) == 0;
}

enum figures_status results_effects(struct effects *out, struct arena *arena, struct results *results,
                                    const struct survey_round *round, enum figures_view view,
                                    struct slice stream)
{
    size_t count;
    struct reading reading = {.out = out, .arena = arena, .results = results};
    *out = (struct effects){0};
    reading.variables = questionnaire_variables(&count, round->questionnaire);
    out->effects = arena_array(arena, count + 1, sizeof *out->effects);
    out->importances = arena_array(arena, count + 1, sizeof *out->importances);
    enum figures_status status = choose_people(&reading, round, view, stream);
    for (size_t i = 0; status == FIGURES_OK && i < count; i++) {
        const struct variable *v = &reading.variables[i];
        if (!questionnaire_asks(round->questionnaire, i, round->variants, (size_t)round->variant_count)) {
            continue;
        }
        if (measures(v, "effect") && v->application && v->level == LEVEL_ORDINAL) {
            status = add_effect(&reading, i);
        } else if (measures(v, "belang") && v->set == SET_MULTIPLE) {
            status = add_importance(&reading, i);
        }
    }
    return status;
}
