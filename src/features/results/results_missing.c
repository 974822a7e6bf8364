#include "features/results/results_missing.h"

#include "features/results/results_effects.h"
#include "features/results/results_shelf.h"
#include "features/results/results_who.h"

static const char *copy(struct arena *arena, struct slice text)
{
    return arena_cstr(arena, text);
}

static size_t missing_of(struct missing_group *list, const struct who *who, const struct margins *margins,
                         const struct variable_category *stream)
{
    struct who_comparison comparisons[MARGINS_MAX];
    size_t found = 0;
    const size_t count = who_compare(comparisons, who, margins);
    for (size_t i = 0; i < count; i++) {
        const struct who_comparison *c = &comparisons[i];
        for (size_t k = 0; c->line && k < c->margin->category_count; k++) {
            const struct margin_category *category = &c->margin->categories[k];
            if (!category->beyond && who_is_missing(c, who->arena, category)) {
                list[found++] = (struct missing_group){
                    .stream = stream->code,
                    .stream_label = {stream->label[0], stream->label[1]},
                    .label = {copy(who->arena, category->label[0]), copy(who->arena, category->label[1])}};
            }
        }
    }
    return found;
}

enum figures_status results_missing(struct missing_group **out, size_t *count, struct arena *arena,
                                    struct results *results, const struct survey_round *round)
{
    size_t variables, most = 0;
    struct margins margins;
    const bool may = results_effects_may_tell(results, round, FIGURES_PUBLIC);
    const struct shelved *shelved = may ? shelf_hold_for(arena, results, round->id) : NULL;
    *count = 0;
    if (!shelved) {
        return FIGURES_NO_RELEASE;
    }
    if (!margins_embedded(&margins, arena)) {
        return FIGURES_FAILED;
    }
    const struct variable *streams =
        &questionnaire_variables(&variables, round->questionnaire)[shelved->plan.stream];
    for (size_t i = 0; i < margins.count; i++) {
        most += margins.margins[i].category_count;
    }
    *out = arena_array(arena, most * streams->category_count + 1, sizeof **out);
    for (uint16_t k = 0; k < streams->category_count; k++) {
        const uint16_t code = (uint16_t)(ANSWER_FIRST + k);
        const struct who who = {.arena = arena,
                                .results = results,
                                .round = round,
                                .view = FIGURES_PUBLIC,
                                .people = {shelved->plan.stream, &code, 1}};
        *count += missing_of(*out + *count, &who, &margins, &streams->categories[k]);
    }
    return FIGURES_OK;
}
