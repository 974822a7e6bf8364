#include "features/results/results_watch.h"

#include "features/results/results_effects.h"
#include "features/results/results_internal.h"
#include "features/results/results_measures.h"
#include "features/results/results_progress.h"
#include "features/results/results_query.h"
#include "features/results/results_rounds.h"

#include <string.h>

static bool is_watched(const struct survey_round *round, const struct variable *v, size_t index)
{
    static const char *const dimensions[] = {"zorg", "kans", "aanvaardbaarheid", "effect"};
    bool watched = false;
    for (size_t i = 0; v->dimension && i < sizeof dimensions / sizeof dimensions[0]; i++) {
        watched = watched || strcmp(v->dimension, dimensions[i]) == 0;
    }
    return watched && v->level == LEVEL_ORDINAL && v->kind == VARIABLE_CATEGORY &&
           questionnaire_asks(round->questionnaire, index, round->variants, (size_t)round->variant_count);
}

/* Figures of everybody of the stream; *line NULL: the release has none. */
static enum figures_status ask(const struct figures_line **line, struct figures *figures, struct watch *out,
                               struct arena *arena, struct results *results, const struct survey_round *round,
                               size_t variable)
{
    const char *rule;
    const struct query_texts texts = {.stream = slice_from_cstr(out->stream)};
    struct figures_query query = {.view = FIGURES_PUBLIC,
                                  .round = round,
                                  .variable = variable,
                                  .base = FIGURES_BASE_ANSWERED,
                                  .weighted = out->weighted};
    json_t *faults = json_array();
    results_query_read_people(&query, faults, arena, &texts);
    json_decref(faults);
    query.variable = variable;
    query.base = FIGURES_BASE_ANSWERED;
    query.weighted = out->weighted;
    for (int m = 0; m < FIGURES_MEASURES; m++) {
        query.measures[m] = true;
    }
    *line = NULL;
    const enum figures_status status = figures_of_public(figures, &rule, arena, results, &query);
    if (status == FIGURES_OK && figures->line_count > 0) {
        *line = &figures->lines[0];
    }
    return status == FIGURES_NOT_RELEASED || status == FIGURES_NO_WEIGHTS ? FIGURES_OK : status;
}

/* The answer that says the most of what is measured. */
static void find_top(struct watch_line *line, const struct figures *figures)
{
    double most = 0;
    for (size_t i = 0; i < figures->answer_count; i++) {
        const struct figures_answer *answer = &figures->answers[i];
        if (answer->has_score && (!line->top || answer->score > most)) {
            most = answer->score;
            line->top = answer->name;
            line->top_label = answer->label[0];
        }
    }
}

static enum figures_status add_line(struct watch *out, struct arena *arena, struct results *results,
                                    const struct survey_round *round, size_t variable)
{
    size_t count;
    struct figures now, then;
    const struct figures_line *line, *earlier = NULL;
    const struct variable *v = &questionnaire_variables(&count, round->questionnaire)[variable];
    enum figures_status status = ask(&line, &now, out, arena, results, round, variable);
    if (status != FIGURES_OK || !line) {
        return status;
    }
    struct watch_line *watched = &out->lines[out->count++];
    *watched = (struct watch_line){.variable = v->code,
                                   .label = v->label[0],
                                   .dimension = v->dimension,
                                   .application = v->application,
                                   .value = v->value,
                                   .base = line->base,
                                   .net = line->measures[FIGURES_NET],
                                   .top_two = line->measures[FIGURES_TOP_TWO],
                                   .agreement = line->measures[FIGURES_AGREEMENT]};
    out->release = now.release;
    find_top(watched, &now);
    if (out->before && rounds_comparable(out->before, round, v->code)) {
        const int at = questionnaire_find_variable(out->before->questionnaire, slice_from_cstr(v->code));
        status = ask(&earlier, &then, out, arena, results, out->before, (size_t)at);
    }
    if (status == FIGURES_NO_RELEASE) {
        out->before = NULL;
        status = FIGURES_OK;
    }
    if (status == FIGURES_OK && earlier && watched->net.mark == FIGURE_SHOWN &&
        earlier->measures[FIGURES_NET].mark == FIGURE_SHOWN) {
        watched->compared = true;
        /* In full, though it is the public's: a rule widens its interval further before it looks. */
        watched->change = figure_difference(&watched->net, &earlier->measures[FIGURES_NET], FIGURES_ANALYST);
        out->release_before = then.release;
    }
    return status;
}

/* The latest of the same consultation that opened before this one, and counts. */
static const struct survey_round *round_before(const struct survey_snapshot *snapshot,
                                               const struct survey_round *round)
{
    const struct survey_round *before = NULL;
    for (size_t i = 0; i < survey_round_count(snapshot); i++) {
        const struct survey_round *other = survey_round_at(snapshot, i);
        if (other->status != ROUND_DRAFT && !other->pilot &&
            strcmp(other->consultation, round->consultation) == 0 && rounds_older(other, round) &&
            (!before || rounds_older(before, other))) {
            before = other;
        }
    }
    return before;
}

enum figures_status results_watch(struct watch *out, struct arena *arena, struct results *results,
                                  const struct survey_snapshot *snapshot, const struct survey_round *round)
{
    size_t count;
    struct effects people;
    *out = (struct watch){0};
    if (!results_effects_may_tell(results, round, FIGURES_PUBLIC)) {
        return FIGURES_NO_RELEASE;
    }
    /* Whom a release is of: the same as the value map says. */
    enum figures_status status =
        results_effects(&people, arena, results, round, FIGURES_PUBLIC, (struct slice){NULL, 0});
    out->stream = people.stream;
    out->weighted = people.weighted;
    out->before = round_before(snapshot, round);
    const struct variable *variables = questionnaire_variables(&count, round->questionnaire);
    out->lines = arena_array(arena, count + 1, sizeof *out->lines);
    for (size_t i = 0; status == FIGURES_OK && i < count; i++) {
        if (is_watched(round, &variables[i], i)) {
            status = add_line(out, arena, results, round, i);
        }
    }
    return status;
}

bool results_responses(int64_t *standing, int64_t *drafts, struct arena *arena, struct results *results,
                       int32_t round_id)
{
    struct round_progress progress;
    const bool counted = progress_of(&progress, arena, results->progress, round_id);
    *standing = counted ? progress.sent - progress.withdrawn : 0;
    *drafts = counted ? progress.drafts : 0;
    return counted;
}
