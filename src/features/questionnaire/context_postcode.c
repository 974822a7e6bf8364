/* A postcode as a form component: four digits, or where else. What is kept is the province. */
#include "features/questionnaire/context_question.h"

/* The province known from before can be kept without typing the digits again. */
static void add_known_province(struct choices *choices, const struct view *v, const struct question *question)
{
    int category = stored_category(v, question->first_variable);
    if (category < 0 || category >= PROVINCES) {
        return;
    }
    const struct variable_category *province = &province_categories[category];
    struct slice label = locale_format(v->arena, v->q->locales, language_code(v->language),
                                       "form.known_province", "province", province->label[v->language], NULL);
    const struct option known = {.code = province->code, .label = {{label.ptr, label.ptr}}};
    choices_add(choices, v, &known, category + MAX_OPTIONS);
}

/* Once both were given: a radio cannot be unselected, so there is one that stands for the digits. */
static void add_way_back(struct choices *choices, const struct view *v, const struct question *question,
                         struct slice posted)
{
    struct slice digits = {NULL, 0};
    if (posted_value(&digits, v, question->code) && slice_trim(digits).len > 0 && posted.len > 0) {
        const char *label = view_text(v, "form.postcode_only");
        const struct option none = {.code = "", .label = {{label, label}}};
        choices_add(choices, v, &none, 2 * MAX_OPTIONS);
    }
}

static json_t *elsewhere(const struct view *v, const struct question *question)
{
    struct choices choices = {.count = 0};
    const char *name = arena_printf(v->arena, "%s" OTHERWISE_SUFFIX, question->code).ptr;
    json_t *component =
        question_fieldset(v->arena, name, view_text(v, "form.postcode_other"), NULL, (struct slice){NULL, 0});
    json_t *inputs = json_array();
    struct slice posted = {NULL, 0};
    int stored = stored_category(v, question->first_variable);
    posted_value(&posted, v, name);
    add_known_province(&choices, v, question);
    for (size_t i = 0; i < question->option_count; i++) {
        choices_add(&choices, v, &question->options[i], (int)i);
    }
    if (question->dont_know) {
        choices_add(&choices, v, NULL, CHOICE_DONT_KNOW);
        PUT(choices.inputs[choices.count - 1], "divider", json_true());
    }
    add_way_back(&choices, v, question, posted);
    for (size_t i = 0; i < choices.count; i++) {
        int index = choices.options[i];
        int category = index < 0 ? index : index < MAX_OPTIONS ? index + PROVINCES : index - MAX_OPTIONS;
        const char *value = json_string_value(json_object_get(choices.inputs[i], "value"));
        bool checked = v->posted ? slice_equal_cstr(posted, value) : stored == category;
        PUT_FLAG(choices.inputs[i], "checked", checked);
        json_array_append_new(inputs, choices.inputs[i]);
    }
    PUT(component, "radio", json_true());
    PUT_TEXT(component, "type", "radio");
    PUT(component, "inputs", inputs);
    return component;
}

json_t *postcode_component(const struct view *v, const struct question *question)
{
    json_t *component = question_compound(v, question);
    json_t *parts = json_array();
    json_t *four = question_field(v, question, view_text(v, "form.postcode"));
    json_object_del(component, "question_hint"); /* it is about the digits */
    PUT(four, "number", json_true());
    if (v->posted) {
        put_typed(four, typed_text(v, question->first_variable));
    }
    question_append_part(parts, four);
    question_append_part(parts, elsewhere(v, question));
    PUT(component, "parts", parts);
    return component;
}
