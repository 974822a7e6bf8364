/* A ranking as a form component: a list that grows by buttons. What stands in it travels along in hidden
 * inputs, so that it needs no script. */
#include "features/questionnaire/context_question.h"

#include <stdio.h>

static const char *numbered(const struct view *v, const char *path, size_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%zu", number);
    return locale_format(v->arena, v->q->locales, language_code(v->language), path, "n", text, NULL).ptr;
}

/* The places that are filled, as bits of options in *taken. */
static json_t *ranked_rows(uint64_t *taken, const struct view *v, const struct question *question)
{
    json_t *rows = json_array();
    *taken = 0;
    for (size_t rank = 0; rank < (size_t)question->top; rank++) {
        int variable = question->first_variable + (int)rank;
        int chosen = chosen_option(v, question, variable);
        if (chosen < 0) {
            continue;
        }
        json_t *row = json_object();
        PUT_TEXT(row, "place", numbered(v, "form.rank", rank + 1));
        PUT_TEXT(row, "rank_name", v->q->variables[variable].code);
        PUT_TEXT(row, "rank_value", question->options[chosen].code);
        PUT_TEXT(row, "ranked_label", question->options[chosen].label.by[v->language]);
        PUT_FLAG(row, "up", json_array_size(rows) > 0);
        if (json_array_size(rows) > 0) {
            PUT(json_array_get(rows, json_array_size(rows) - 1), "down", json_true());
        }
        *taken |= UINT64_C(1) << chosen;
        json_array_append_new(rows, row);
    }
    return rows;
}

static json_t *unranked_rows(const struct view *v, const struct question *question, uint64_t taken)
{
    uint8_t order[MAX_OPTIONS];
    json_t *rows = json_array();
    size_t count = presentation_options(order, v->q, v->p, question);
    for (size_t i = 0; i < count; i++) {
        const struct option *option = &question->options[order[i]];
        if (taken >> order[i] & 1u || !option_offered(v->q, v->p, v->a, question, order[i])) {
            continue;
        }
        json_t *row = json_object();
        PUT_TEXT(row, "left_value", option->code);
        PUT_TEXT(row, "left_label", option->label.by[v->language]);
        PUT_TEXT(row, "left_note", option->hint.by[v->language]);
        json_array_append_new(rows, row);
    }
    return rows;
}

/* Don't know can be said while no place is filled. */
json_t *ranking_component(const struct view *v, const struct question *question)
{
    uint64_t taken;
    const char *name = v->q->variables[question->first_variable].code;
    json_t *component = json_object();
    json_t *ranked = ranked_rows(&taken, v, question);
    size_t filled = json_array_size(ranked);
    PUT(component, "ranking", json_true());
    PUT_TEXT(component, "name", name);
    PUT_SLICE(component, "move_name", arena_printf(v->arena, "%s" RANK_MOVE_SUFFIX, question->code));
    PUT_TEXT(component, "legend", question->text.by[v->language]);
    put_described(component, v->arena, name, question->hint.by[v->language], error_about(v, question), false);
    PUT_FLAG(component, "has_ranked", filled > 0);
    PUT(component, "ranked", ranked);
    PUT(component, "left", unranked_rows(v, question, taken));
    if (filled < (size_t)question->top) {
        PUT_TEXT(component, "take", numbered(v, "form.rank_take", filled + 1));
    }
    if (question->dont_know && filled == 0) {
        PUT(component, "may_be_unknown", json_true());
        PUT_FLAG(component, "unknown_checked",
                 chosen_option(v, question, question->first_variable) == CHOICE_DONT_KNOW);
    }
    return component;
}
