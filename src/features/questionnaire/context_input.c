/* Inputs: what was typed or chosen before, errors, and the choices of a group. */
#include "features/questionnaire/context_input.h"

#include <stdio.h>
#include <string.h>

/* ---- what was posted, or stored ---- */

bool posted_value(struct slice *value, const struct view *v, const char *name)
{
    for (size_t i = 0; i < v->posted_count; i++) {
        if (slice_equal_cstr(v->posted[i].name, name)) {
            *value = v->posted[i].value;
            return true;
        }
    }
    return false;
}

bool posted_has(const struct view *v, const char *name, const char *value)
{
    for (size_t i = 0; i < v->posted_count; i++) {
        if (slice_equal_cstr(v->posted[i].name, name) && slice_equal_cstr(v->posted[i].value, value)) {
            return true;
        }
    }
    return false;
}

static int option_named(const struct question *question, struct slice code)
{
    for (size_t i = 0; i < question->option_count; i++) {
        if (slice_equal_cstr(code, question->options[i].code)) {
            return (int)i;
        }
    }
    return slice_equal_cstr(code, DONT_KNOW_VALUE) ? CHOICE_DONT_KNOW : CHOICE_OPEN;
}

int stored_category(const struct view *v, int variable)
{
    uint16_t slot = slot_get(v->q, v->a, variable);
    return slot >= ANSWER_FIRST       ? slot - ANSWER_FIRST
           : slot == ANSWER_DONT_KNOW ? CHOICE_DONT_KNOW
                                      : CHOICE_OPEN;
}

int chosen_option(const struct view *v, const struct question *question, int variable)
{
    struct slice value;
    if (!v->posted) {
        return stored_category(v, variable);
    }
    return posted_value(&value, v, v->q->variables[variable].code) ? option_named(question, value)
                                                                   : CHOICE_OPEN;
}

struct slice typed_text(const struct view *v, int variable)
{
    struct slice value = {NULL, 0};
    if (v->posted) {
        posted_value(&value, v, v->q->variables[variable].code);
    } else if (v->q->text_index[variable] >= 0) {
        value = v->a->texts[v->q->text_index[variable]];
    } else if (stored_category(v, variable) >= 0) {
        value = arena_printf(v->arena, "%d", stored_category(v, variable));
    }
    return value;
}

void put_typed(json_t *object, struct slice text)
{
    if (text.len > 0) {
        PUT(object, "typed", json_stringn(text.ptr, text.len));
    }
}

/* ---- errors ---- */

struct slice error_at(const struct view *v, const char *field)
{
    for (size_t i = 0; v->result && i < v->result->error_count; i++) {
        if (strcmp(v->result->errors[i].field, field) == 0) {
            return v->result->errors[i].message;
        }
    }
    return (struct slice){NULL, 0};
}

struct slice error_about(const struct view *v, const struct question *question)
{
    for (size_t i = 0; v->result && i < v->result->error_count; i++) {
        if (strcmp(v->result->errors[i].question, question->code) == 0) {
            return v->result->errors[i].message;
        }
    }
    return (struct slice){NULL, 0};
}

void put_described(json_t *object, struct arena *arena, const char *name, const char *hint,
                   struct slice error, bool unit)
{
    const char *const ids[][2] = {
        {hint, "uitleg"}, {error.len > 0 ? error.ptr : NULL, "fout"}, {unit ? "" : NULL, "eenheid"}};
    const char *list = "";
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        if (ids[i][0]) {
            list = arena_printf(arena, "%s%s%s-%s", list, *list ? " " : "", name, ids[i][1]).ptr;
        }
    }
    PUT_TEXT(object, "hint", hint);
    PUT_SLICE(object, "error", error);
    PUT_TEXT(object, "describedby", list);
}

/* ---- choices: the inputs of a group ---- */

void choices_add(struct choices *choices, const struct view *v, const struct option *option, int index)
{
    json_t *input = json_object();
    PUT(input, "n", json_integer((json_int_t)choices->count + 1));
    if (option) {
        PUT_TEXT(input, "value", option->code);
        PUT_TEXT(input, "label", option->label.by[v->language]);
        PUT_TEXT(input, "note", option->hint.by[v->language]);
    } else {
        PUT_TEXT(input, "value", DONT_KNOW_VALUE);
        PUT(input, "unknown", json_true());
    }
    choices->inputs[choices->count] = input;
    choices->options[choices->count++] = index;
}

/* "Anders, namelijk" is an answer like the others, wherever it stands. */
static bool stands_apart(const struct option *option)
{
    return option->none || (option->apart && option->text_limit == 0);
}

/* The word "of" before the first that stands apart, where something stands before it. */
static void set_divider(struct choices *choices, const struct question *question)
{
    for (size_t i = 1; i < choices->count; i++) {
        int index = choices->options[i];
        if (index < 0 || stands_apart(&question->options[index])) {
            PUT(choices->inputs[i], "divider", json_true());
            return;
        }
    }
}

void choices_make(struct choices *choices, const struct view *v, const struct question *question,
                  const uint8_t *options, size_t count, bool with_dont_know)
{
    choices->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (option_offered(v->q, v->p, v->a, question, options[i])) {
            choices_add(choices, v, &question->options[options[i]], options[i]);
        }
    }
    if (with_dont_know) {
        choices_add(choices, v, NULL, CHOICE_DONT_KNOW);
    }
    set_divider(choices, question);
}

void choices_of(struct choices *choices, const struct view *v, const struct question *question)
{
    uint8_t order[MAX_OPTIONS];
    size_t count = presentation_options(order, v->q, v->p, question);
    choices_make(choices, v, question, order, count, question->dont_know);
}

void choices_free(struct choices *choices)
{
    for (size_t i = 0; i < choices->count; i++) {
        json_decref(choices->inputs[i]);
    }
}

static json_t *open_box(const struct view *v, const struct option *option)
{
    json_t *box = json_object();
    const char *name = v->q->variables[option->text_variable].code;
    PUT_TEXT(box, "box_name", name);
    put_typed(box, typed_text(v, option->text_variable));
    PUT_SLICE(box, "box_error", error_at(v, name));
    PUT_SLICE(box, "box_hint",
              locale_format(v->arena, v->q->locales, language_code(v->language), "form.limit", "n",
                            grouped_number(v->arena, option->text_limit, v->language), NULL));
    return box;
}

static bool is_ticked(const struct view *v, const struct question *question, const char *name, int option)
{
    if (v->posted) {
        return posted_has(v, name, option < 0 ? DONT_KNOW_VALUE : question->options[option].code);
    }
    /* Every option has a variable; don't know is said of all of them at once. */
    uint16_t slot = slot_get(v->q, v->a, question->first_variable + (option < 0 ? 0 : option));
    return option < 0 ? slot == ANSWER_DONT_KNOW : slot == ANSWER_FIRST + 1;
}

json_t *group_inputs(const struct view *v, const struct choices *choices, const struct question *question,
                     const char *name, int chosen)
{
    json_t *inputs = json_array();
    bool many = question->type == QUESTION_MULTIPLE;
    for (size_t i = 0; i < choices->count; i++) {
        int index = choices->options[i];
        bool checked = many ? is_ticked(v, question, name, index) : chosen == index;
        const struct option *option = index >= 0 ? &question->options[index] : NULL;
        bool box = option && option->text_limit > 0 && option->text_variable >= 0;
        json_t *input = checked || box ? json_copy(choices->inputs[i]) : json_incref(choices->inputs[i]);
        PUT_FLAG(input, "checked", checked);
        if (box) {
            PUT(input, "box", open_box(v, option));
        }
        json_array_append_new(inputs, input);
    }
    return inputs;
}
