/* What a release of a round holds, by its questionnaire and its document alone: nothing that anybody answered
 * decides it. */
#include "features/results/results_release_internal.h"

#include <string.h>

static const struct variable *codebook(size_t *count, const struct survey_round *round)
{
    return questionnaire_variables(count, round->questionnaire);
}

/* Who told nothing of themselves is in no group that one looks at. */
static bool is_group(const struct variable_category *category)
{
    return strcmp(category->code, "zeg-ik-niet") != 0;
}

bool release_may_be_dimension(const struct variable *v)
{
    return v->kind == VARIABLE_CATEGORY && v->background;
}

/* By a variant of the round. */
static bool is_asked(const struct survey_round *round, size_t variable)
{
    return questionnaire_asks(round->questionnaire, variable, round->variants, (size_t)round->variant_count);
}

/* Declared in the round's document, checked when it was published; else the first background questions that
 * take one answer. */
static void choose_dimensions(struct release_plan *plan)
{
    size_t count, index;
    json_t *item;
    const struct variable *variables = codebook(&count, plan->round);
    const json_t *declared = json_object_get(json_object_get(plan->round->own, "release"), "dimensions");
    json_array_foreach((json_t *)(uintptr_t)declared, index, item)
    {
        int variable =
            questionnaire_find_variable(plan->round->questionnaire, slice_from_cstr(json_string_value(item)));
        if (variable >= 0 && release_may_be_dimension(&variables[variable]) &&
            plan->dim_count < RELEASE_DIMS_MAX) {
            plan->dims[plan->dim_count++] = (size_t)variable;
        }
    }
    for (size_t v = 0; !declared && v < count && plan->dim_count < RELEASE_DIMS_DEFAULT; v++) {
        if (release_may_be_dimension(&variables[v]) && variables[v].set == SET_ALONE &&
            is_asked(plan->round, v)) {
            plan->dims[plan->dim_count++] = v;
        }
    }
}

static uint32_t codes_of(const struct variable *v)
{
    switch (v->kind) {
    case VARIABLE_CATEGORY:
        return ANSWER_FIRST + (uint32_t)v->category_count;
    case VARIABLE_NUMBER:
        return ANSWER_FIRST + (uint32_t)v->number_max + 1;
    case VARIABLE_TEXT:
        return ANSWER_FIRST + 1;
    }
    return ANSWER_FIRST;
}

/* held[code] of the round's variants. */
static bool *held_of(struct arena *arena, const struct survey_round *round, size_t variable, uint32_t codes)
{
    bool *held = arena_array(arena, codes, sizeof *held);
    questionnaire_held_codes(held, codes, round->questionnaire, variable, round->variants,
                             (size_t)round->variant_count);
    return held;
}

static void list_groups(struct release_plan *plan, struct arena *arena)
{
    size_t count;
    const struct variable *variables = codebook(&count, plan->round);
    for (size_t d = 0; d < plan->dim_count; d++) {
        const struct variable *v = &variables[plan->dims[d]];
        plan->sizes[d] = codes_of(v);
        bool *listed = held_of(arena, plan->round, plan->dims[d], plan->sizes[d]);
        for (uint32_t code = 0; code < plan->sizes[d]; code++) {
            listed[code] =
                listed[code] && code >= ANSWER_FIRST && is_group(&v->categories[code - ANSWER_FIRST]);
        }
        plan->listed[d] = listed;
    }
}

/* What people answered, and of the service's own what tells how they took part. Quality marks, durations and
 * the order of things are for analysts. */
static bool is_released(const struct variable *v)
{
    static const char *const own[] = {"variant", "taal", "kanaal"};
    for (size_t i = 0; v->system && i < sizeof own / sizeof own[0]; i++) {
        if (strcmp(v->code, own[i]) == 0) {
            return true;
        }
    }
    return !v->system && codes_of(v) <= RELEASE_CODES_MAX;
}

/* The base is who gave an answer. "Weet ik niet" is one, but no number. */
static enum public_role role_of(const struct variable *v, uint32_t code, bool held)
{
    if (!held) {
        return PUBLIC_ABSENT;
    }
    return code >= ANSWER_FIRST || (code == ANSWER_DONT_KNOW && v->kind != VARIABLE_NUMBER) ? PUBLIC_IN_BASE
                                                                                            : PUBLIC_BESIDE;
}

static void describe(struct release_variable *out, struct arena *arena, const struct release_plan *plan,
                     const struct variable *v, size_t variable)
{
    *out = (struct release_variable){
        .variable = variable, .codes = codes_of(v), .dim = release_plan_dim(plan, variable)};
    const bool *held = held_of(arena, plan->round, variable, out->codes);
    enum public_role *roles = arena_array(arena, out->codes, sizeof *roles);
    double *values = v->kind == VARIABLE_NUMBER ? arena_array(arena, out->codes, sizeof *values) : NULL;
    out->low = v->number_max;
    for (uint32_t code = 0; code < out->codes; code++) {
        roles[code] = role_of(v, code, held[code]);
        if (values && code >= ANSWER_FIRST && held[code]) {
            values[code] = code - ANSWER_FIRST;
            out->low = values[code] < out->low ? values[code] : out->low;
        }
    }
    out->high = v->number_max;
    out->roles = roles;
    out->values = values;
}

void release_plan(struct release_plan *out, struct arena *arena, const struct survey_round *round)
{
    size_t count;
    const struct variable *variables = codebook(&count, round);
    *out = (struct release_plan){
        .round = round,
        .stream = (size_t)questionnaire_find_variable(round->questionnaire, SLICE("werving")),
        .variables = arena_array(arena, count, sizeof *out->variables)};
    choose_dimensions(out);
    list_groups(out, arena);
    for (size_t v = 0; v < count; v++) {
        if (is_released(&variables[v]) && is_asked(round, v)) {
            describe(&out->variables[out->variable_count++], arena, out, &variables[v], v);
        }
    }
}

const struct release_variable *release_plan_find(const struct release_plan *plan, size_t variable)
{
    for (size_t i = 0; i < plan->variable_count; i++) {
        if (plan->variables[i].variable == variable) {
            return &plan->variables[i];
        }
    }
    return NULL;
}

int release_plan_dim(const struct release_plan *plan, size_t variable)
{
    for (size_t d = 0; d < plan->dim_count; d++) {
        if (plan->dims[d] == variable) {
            return (int)d;
        }
    }
    return -1;
}

struct lattice release_plan_shape(const struct release_plan *plan)
{
    struct lattice shape = {.dims = plan->dim_count};
    memcpy(shape.sizes, plan->sizes, plan->dim_count * sizeof *plan->sizes);
    shape.count = 1;
    for (size_t a = 0; a < plan->dim_count; a++) {
        shape.count += plan->sizes[a];
        for (size_t b = a + 1; b < plan->dim_count; b++) {
            shape.count += (size_t)plan->sizes[a] * plan->sizes[b];
        }
    }
    return shape;
}

const struct release_part *release_part_find(const struct release *release, int stream)
{
    for (size_t i = 0; i < release->part_count; i++) {
        if (release->parts[i].stream == stream) {
            return &release->parts[i];
        }
    }
    return NULL;
}
