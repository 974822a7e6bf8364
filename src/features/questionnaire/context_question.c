/* Questions as form components. Names and ids of inputs: a radio or checkbox group has the variable's code as
 * its name, every input the id <name>-<n>, so that an error about a field links to #<name>-1. */
#include "features/questionnaire/context_question.h"

#include <stdio.h>
#include <string.h>

/* ---- components ---- */

json_t *question_fieldset(struct arena *arena, const char *name, const char *legend, const char *hint,
                          struct slice error)
{
    json_t *component = json_object();
    PUT(component, "fieldset", json_true());
    PUT_TEXT(component, "name", name);
    PUT_TEXT(component, "legend", legend);
    put_described(component, arena, name, hint, error, false);
    return component;
}

static json_t *radio_group(const struct view *v, const struct choices *choices,
                           const struct question *question, int variable, const char *legend,
                           const char *hint)
{
    const char *name = v->q->variables[variable].code;
    json_t *component = question_fieldset(v->arena, name, legend, hint, error_at(v, name));
    PUT(component, "radio", json_true());
    PUT_TEXT(component, "type", "radio");
    PUT(component, "inputs", group_inputs(v, choices, question, name, chosen_option(v, question, variable)));
    return component;
}

static json_t *single(const struct view *v, const struct question *question)
{
    struct choices choices;
    choices_of(&choices, v, question);
    json_t *component = radio_group(v, &choices, question, question->first_variable,
                                    question->text.by[v->language], question->hint.by[v->language]);
    choices_free(&choices);
    return component;
}

static json_t *multiple(const struct view *v, const struct question *question)
{
    struct choices choices;
    choices_of(&choices, v, question);
    json_t *component = question_fieldset(v->arena, question->code, question->text.by[v->language],
                                          question->hint.by[v->language], error_at(v, question->code));
    PUT_TEXT(component, "type", "checkbox");
    PUT(component, "inputs", group_inputs(v, &choices, question, question->code, CHOICE_OPEN));
    choices_free(&choices);
    return component;
}

json_t *question_compound(const struct view *v, const struct question *question)
{
    json_t *component = json_object();
    PUT(component, "compound", json_true());
    PUT_TEXT(component, "code", question->code);
    PUT_TEXT(component, "question", question->text.by[v->language]);
    PUT_TEXT(component, "question_hint", question->hint.by[v->language]);
    return component;
}

void question_append_part(json_t *parts, json_t *part_take)
{
    PUT_FLAG(part_take, "follows", json_array_size(parts) > 0);
    json_array_append_new(parts, part_take);
}

size_t series_items(uint8_t out[MAX_OPTIONS], const struct view *v, const struct question *question,
                    const struct page_item *item)
{
    uint8_t order[MAX_OPTIONS];
    size_t total = presentation_items(order, v->p, question);
    size_t count = 0;
    for (size_t i = item->from; i < item->to && i < total; i++) {
        if (question->in_variant[v->p->variant] >> order[i] & 1u) {
            out[count++] = order[i];
        }
    }
    return count;
}

static json_t *series(const struct view *v, const struct question *question, const struct page_item *item)
{
    uint8_t items[MAX_OPTIONS];
    struct choices choices;
    json_t *component = question_compound(v, question);
    json_t *parts = json_array();
    size_t count = series_items(items, v, question, item);
    choices_of(&choices, v, question);
    for (size_t i = 0; i < count; i++) {
        const struct option *one = &question->items[items[i]];
        question_append_part(parts, radio_group(v, &choices, question, question->first_variable + items[i],
                                                one->label.by[v->language], one->hint.by[v->language]));
    }
    choices_free(&choices);
    PUT(component, "parts", parts);
    return component;
}

/* The three options of a task in this person's order. */
static void task_options(uint8_t out[FANO_OPTIONS], const uint8_t *order, size_t count, size_t task)
{
    size_t found = 0;
    for (size_t i = 0; i < count && found < FANO_OPTIONS; i++) {
        for (size_t k = 0; k < FANO_OPTIONS; k++) {
            if (fano[task][k] == order[i]) {
                out[found++] = order[i];
                break;
            }
        }
    }
}

static const char *of_task(const struct view *v, const char *path, size_t task)
{
    char number[24];
    char total[24];
    snprintf(number, sizeof number, "%zu", task + 1);
    snprintf(total, sizeof total, "%d", FANO_TASKS);
    return locale_format(v->arena, v->q->locales, language_code(v->language), path, "n", number, "total",
                         total, NULL)
        .ptr;
}

static json_t *best_worst(const struct view *v, const struct question *question, const struct page_item *item)
{
    static const char *const sides[] = {"form.task_best", "form.task_worst"};
    uint8_t order[MAX_OPTIONS];
    uint8_t three[FANO_OPTIONS] = {0};
    struct choices choices;
    json_t *component = question_compound(v, question);
    json_t *parts = json_array();
    size_t count = presentation_options(order, v->q, v->p, question);
    for (size_t task = item->from; task < item->to; task++) {
        task_options(three, order, count, task);
        choices_make(&choices, v, question, three, FANO_OPTIONS, false);
        for (size_t side = 0; side < 2; side++) {
            question_append_part(parts, radio_group(v, &choices, question,
                                                    question->first_variable + (int)(2 * task + side),
                                                    of_task(v, sides[side], task), NULL));
        }
        choices_free(&choices);
    }
    PUT(component, "parts", parts);
    return component;
}

json_t *question_field(const struct view *v, const struct question *question, const char *label)
{
    const char *name = question->code;
    const char *unit = question->unit.by[v->language];
    json_t *component = json_object();
    PUT(component, "field", json_true());
    PUT_TEXT(component, "name", name);
    PUT_TEXT(component, "label", label);
    PUT_TEXT(component, "unit", unit);
    put_described(component, v->arena, name, question->hint.by[v->language], error_at(v, name), unit != NULL);
    return component;
}

static json_t *text(const struct view *v, const struct question *question)
{
    json_t *component = question_field(v, question, question->text.by[v->language]);
    if (question->rows > 1) {
        PUT(component, "rows", json_integer(question->rows));
    }
    put_typed(component, typed_text(v, question->first_variable));
    return component;
}

/* Don't know is a tick of its own beside the number. */
static json_t *number(const struct view *v, const struct question *question)
{
    json_t *component = question_field(v, question, question->text.by[v->language]);
    PUT(component, "number", json_true());
    put_typed(component, typed_text(v, question->first_variable));
    if (question->dont_know) {
        PUT(component, "may_be_unknown", json_true());
        PUT_FLAG(component, "unknown_checked",
                 v->posted ? posted_has(v, arena_printf(v->arena, "%s" OTHERWISE_SUFFIX, question->code).ptr,
                                        DONT_KNOW_VALUE)
                           : stored_category(v, question->first_variable) == CHOICE_DONT_KNOW);
    }
    return component;
}

static json_t *points(const struct view *v, const struct question *question)
{
    uint8_t order[MAX_OPTIONS];
    json_t *component = json_object();
    json_t *shares = json_array();
    size_t count = presentation_options(order, v->q, v->p, question);
    for (size_t i = 0; i < count; i++) {
        int variable = question->first_variable + order[i];
        const char *name = v->q->variables[variable].code;
        if (!option_offered(v->q, v->p, v->a, question, order[i])) {
            continue;
        }
        json_t *share = json_object();
        PUT_TEXT(share, "share_name", name);
        PUT_TEXT(share, "label", question->options[order[i]].label.by[v->language]);
        put_typed(share, typed_text(v, variable));
        json_array_append_new(shares, share);
    }
    PUT(component, "group", json_true());
    PUT_TEXT(component, "name", question->code);
    PUT_TEXT(component, "legend", question->text.by[v->language]);
    PUT_TEXT(component, "hint", question->hint.by[v->language]);
    PUT_SLICE(component, "error", error_about(v, question));
    PUT(component, "shares", shares);
    return component;
}

static json_t *component_of(const struct view *v, const struct question *question,
                            const struct page_item *item)
{
    switch (question->type) {
    case QUESTION_SINGLE:
    case QUESTION_SCALE:
    case QUESTION_AGE:
    case QUESTION_GENDER:
    case QUESTION_EDUCATION:
        return single(v, question);
    case QUESTION_MULTIPLE:
        return multiple(v, question);
    case QUESTION_SERIES:
        return series(v, question, item);
    case QUESTION_RANKING:
        return ranking_component(v, question);
    case QUESTION_POINTS:
        return points(v, question);
    case QUESTION_BEST_WORST:
        return best_worst(v, question, item);
    case QUESTION_NUMBER:
        return number(v, question);
    case QUESTION_TEXT:
        return text(v, question);
    case QUESTION_POSTCODE:
        return postcode_component(v, question);
    }
    return json_object();
}

json_t *question_component(const struct view *v, const struct question *question,
                           const struct page_item *item, bool alone, bool follows)
{
    json_t *component = component_of(v, question, item);
    if (json_object_get(component, "compound")) {
        PUT_FLAG(component, "question_alone", alone);
        PUT_FLAG(component, "question_follows", follows);
        PUT_FLAG(component, "question_optional", question->optional_mark);
    } else {
        PUT_FLAG(component, "alone", alone);
        PUT_FLAG(component, "follows", follows);
        PUT_FLAG(component, "optional", question->optional_mark);
    }
    return component;
}
