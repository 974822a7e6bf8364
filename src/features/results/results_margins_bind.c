/* Margins against a questionnaire: which of its answers are which category, and who is not weighted. */
#include "features/results/results_margins.h"

#include <string.h>

struct binder {
    struct arena *arena;
    const struct questionnaire *questionnaire;
    const struct variable *variables;
    struct margins_problem *why;
};

static uint32_t codes_of(const struct variable *v)
{
    return ANSWER_FIRST + (uint32_t)v->category_count;
}

/* False when the questionnaire has no such variable of categories. */
static bool find_variable(size_t *out, const struct binder *b, const char *code)
{
    int index = questionnaire_find_variable(b->questionnaire, slice_from_cstr(code));
    if (index < 0 || b->variables[index].kind != VARIABLE_CATEGORY) {
        return false;
    }
    *out = (size_t)index;
    return true;
}

static bool find_answer(uint32_t *code, const struct variable *v, const char *answer)
{
    for (uint32_t k = 0; k < v->category_count; k++) {
        if (strcmp(v->categories[k].code, answer) == 0) {
            *code = ANSWER_FIRST + k;
            return true;
        }
    }
    return false;
}

/* ---- one margin ---- */

/* listed[code]: whether `answers` lists that code of the variable. False, and why, when it lists one that the
 * variable has not. */
static bool list_codes(bool *listed, const struct binder *b, const struct variable *v, const json_t *answers)
{
    size_t index;
    json_t *one;
    memset(listed, 0, codes_of(v) * sizeof *listed);
    json_array_foreach(json_object_get(answers, v->code), index, one)
    {
        uint32_t code;
        if (!find_answer(&code, v, json_string_value(one))) {
            b->why->fault = MARGINS_NO_ANSWER;
            b->why->variable = slice_from_cstr(v->code);
            b->why->answer = slice_from_cstr(json_string_value(one));
            return false;
        }
        listed[code] = true;
    }
    return true;
}

/* A margin's variables, and the combinations of their codes: of number ((code0 * codes1 + code1) * codes2 +
 * code2), as weigh.h has them. */
struct combinations {
    const struct variable *v[WEIGH_VARIABLES_MAX];
    size_t variable_count;
    size_t count;
    bool *listed[WEIGH_VARIABLES_MAX]; /* of the answers that are being placed */
};

static uint32_t code_in(const struct combinations *all, size_t combination, size_t variable)
{
    for (size_t v = all->variable_count; v-- > variable + 1;) {
        combination /= codes_of(all->v[v]);
    }
    return (uint32_t)(combination % codes_of(all->v[variable]));
}

/* The combinations with a listed code in all of these variables: they become `category`. */
static void place(uint16_t *category_of, uint16_t category, const struct combinations *all,
                  const bool *considered)
{
    for (size_t i = 0; i < all->count; i++) {
        bool in = true;
        for (size_t v = 0; in && v < all->variable_count; v++) {
            in = !considered[v] || all->listed[v][code_in(all, i, v)];
        }
        if (in) {
            category_of[i] = category;
        }
    }
}

static bool place_answers(uint16_t *category_of, uint16_t category, const struct binder *b,
                          const struct combinations *all, const json_t *answers)
{
    bool considered[WEIGH_VARIABLES_MAX] = {false};
    for (size_t v = 0; v < all->variable_count; v++) {
        considered[v] = json_object_get(answers, all->v[v]->code) != NULL;
        if (considered[v] && !list_codes(all->listed[v], b, all->v[v], answers)) {
            return false;
        }
    }
    place(category_of, category, all, considered);
    return true;
}

static bool bind_answers(struct weigh_margin *out, const struct binder *b, const struct margin *margin)
{
    struct combinations all = {.variable_count = margin->variable_count, .count = 1};
    for (size_t v = 0; v < margin->variable_count; v++) {
        if (!find_variable(&out->variables[v], b, margin->variables[v])) {
            b->why->fault = MARGINS_NO_VARIABLE;
            b->why->variable = slice_from_cstr(margin->variables[v]);
            return false;
        }
        all.v[v] = &b->variables[out->variables[v]];
        all.listed[v] = arena_array(b->arena, codes_of(all.v[v]), sizeof *all.listed[v]);
        all.count *= codes_of(all.v[v]);
        if (all.count > WEIGH_CODES_MAX) {
            b->why->fault = MARGINS_NUMBER;
            return false;
        }
    }
    uint16_t missing = (uint16_t)margin->category_count;
    uint16_t *category_of = arena_array(b->arena, all.count, sizeof *category_of);
    for (size_t i = 0; i < all.count; i++) {
        category_of[i] = missing;
    }
    /* Those beyond last: they are so whatever else they said. */
    for (int beyond = 0; beyond < 2; beyond++) {
        for (size_t c = 0; c < margin->category_count; c++) {
            const struct margin_category *category = &margin->categories[c];
            if (category->beyond == (beyond == 1) &&
                !place_answers(category_of, (uint16_t)c, b, &all, category->answers)) {
                return false;
            }
        }
    }
    out->variable_count = margin->variable_count;
    out->categories = (uint32_t)margin->category_count;
    out->category_of = category_of;
    return true;
}

static void bind_targets(struct rake_margin *out, struct arena *arena, const struct margin *margin)
{
    double *targets = arena_array(arena, margin->category_count, sizeof *targets);
    uint16_t *neighbours = arena_array(arena, margin->category_count, sizeof *neighbours);
    bool *beyond = arena_array(arena, margin->category_count, sizeof *beyond);
    bool some = false;
    for (size_t c = 0; c < margin->category_count; c++) {
        targets[c] = margin->categories[c].target;
        neighbours[c] = margin->categories[c].neighbour;
        beyond[c] = margin->categories[c].beyond;
        some = some || beyond[c];
    }
    *out = (struct rake_margin){.categories = (uint32_t)margin->category_count,
                                .targets = targets,
                                .total = margin->total,
                                .slack = margin->slack,
                                .neighbours = neighbours,
                                .beyond = some ? beyond : NULL};
}

/* ---- which margins go together ---- */

/* A variable that both sort people by; what is only under `missing` is no matter. */
static const char *shared_variable(const struct margin *one, const struct margin *other)
{
    for (size_t a = 0; a < one->own_count; a++) {
        for (size_t b = 0; b < other->own_count; b++) {
            if (strcmp(one->variables[a], other->variables[b]) == 0) {
                return one->variables[a];
            }
        }
    }
    return NULL;
}

static bool choose(const struct margin **chosen, const struct binder *b, const struct margins *margins,
                   const struct slice *codes, size_t index)
{
    b->why->index = index;
    b->why->margin = codes[index];
    chosen[index] = margins_find(margins, codes[index]);
    if (!chosen[index]) {
        b->why->fault = MARGINS_UNKNOWN;
        return false;
    }
    for (size_t before = 0; before < index; before++) {
        const char *variable = shared_variable(chosen[before], chosen[index]);
        if (variable) {
            b->why->fault = MARGINS_SHARED;
            b->why->other = codes[before];
            b->why->variable = slice_from_cstr(variable);
            return false;
        }
    }
    return true;
}

/* ---- who is weighted ---- */

/* A filter that lets all codes of a variable pass but those that `answers` lists. */
static struct tabulate_filter leave_out(const struct binder *b, size_t variable, const json_t *list)
{
    const struct variable *v = &b->variables[variable];
    uint16_t *codes = arena_array(b->arena, codes_of(v), sizeof *codes);
    struct tabulate_filter filter = {variable, codes, 0};
    size_t index;
    json_t *one;
    for (uint32_t code = 0; code < codes_of(v); code++) {
        bool out = false;
        json_array_foreach((json_t *)(uintptr_t)list, index, one)
        {
            uint32_t listed;
            out = out || (find_answer(&listed, v, json_string_value(one)) && listed == code);
        }
        if (!out) {
            codes[filter.count++] = (uint16_t)code;
        }
    }
    return filter;
}

static bool bind_filters(struct margins_bound *out, const struct binder *b, const struct margins *margins,
                         struct slice stream)
{
    const char *variable;
    json_t *list;
    size_t index;
    out->filters = arena_array(b->arena, json_object_size(margins->outside) + 1, sizeof *out->filters);
    json_object_foreach((json_t *)(uintptr_t)margins->outside, variable, list)
    {
        if (find_variable(&index, b, variable)) {
            out->filters[out->filter_count++] = leave_out(b, index, list);
        }
    }
    if (slice_equal_cstr(stream, "alle")) {
        return true;
    }
    uint32_t code;
    if (!find_variable(&index, b, "werving") ||
        !find_answer(&code, &b->variables[index], arena_cstr(b->arena, stream))) {
        b->why->fault = MARGINS_NO_STREAM;
        b->why->answer = stream;
        return false;
    }
    uint16_t *codes = arena_array(b->arena, 1, sizeof *codes);
    codes[0] = (uint16_t)code;
    out->filters[out->filter_count++] = (struct tabulate_filter){index, codes, 1};
    return true;
}

bool margins_bind(struct margins_bound *out, struct margins_problem *why, struct arena *arena,
                  const struct margins *margins, const struct slice *codes, size_t count,
                  const struct questionnaire *questionnaire, struct slice stream)
{
    size_t variable_count;
    *out = (struct margins_bound){.count = count};
    *why = (struct margins_problem){.fault = MARGINS_OK};
    const struct binder binder = {arena, questionnaire,
                                  questionnaire_variables(&variable_count, questionnaire), why};
    if (count < 1 || count > MARGINS_CHOSEN_MAX ||
        json_object_size(margins->outside) + 1 > TABULATE_FILTERS_MAX) {
        why->fault = MARGINS_NUMBER;
        return false;
    }
    out->margins = arena_array(arena, count, sizeof(const struct margin *));
    out->weigh = arena_array(arena, count, sizeof *out->weigh);
    out->rake = arena_array(arena, count, sizeof *out->rake);
    for (size_t m = 0; m < count; m++) {
        if (!choose(out->margins, &binder, margins, codes, m) ||
            !bind_answers(&out->weigh[m], &binder, out->margins[m])) {
            return false;
        }
        bind_targets(&out->rake[m], arena, out->margins[m]);
    }
    return bind_filters(out, &binder, margins, stream);
}
