/* A person's answers as the flat object that they can be sent in again. */
#include "features/questionnaire/context.h"

static json_t *value_of(const struct questionnaire *q, const struct answers *a,
                        const struct question *question, int variable)
{
    const struct variable *v = &q->variables[variable];
    uint16_t slot = slot_get(q, a, variable);
    if (slot == ANSWER_NONE) {
        return json_null();
    }
    if (slot == ANSWER_DONT_KNOW) {
        return json_string_nocheck("weet-ik-niet");
    }
    int value = slot - ANSWER_FIRST;
    switch (v->kind) {
    case VARIABLE_TEXT: {
        struct slice text = a->texts[q->text_index[variable]];
        return json_stringn_nocheck(text.ptr ? text.ptr : "", text.len);
    }
    case VARIABLE_NUMBER:
        return json_integer(value);
    case VARIABLE_CATEGORY:
        break;
    }
    return question->type == QUESTION_MULTIPLE ? json_boolean(value == 1)
                                               : json_string_nocheck(v->categories[value].code);
}

static void put_variable(json_t *object, const struct questionnaire *q, const struct answers *a,
                         const struct question *question, int variable)
{
    if (variable >= 0 && slot_get(q, a, variable) != ANSWER_NOT_ASKED) {
        json_object_set_new_nocheck(object, q->variables[variable].code, value_of(q, a, question, variable));
    }
}

json_t *answers_to_json(const struct questionnaire *q, const struct answers *a)
{
    json_t *object = json_object();
    for (size_t i = 0; i < q->question_count; i++) {
        const struct question *question = &q->questions[i];
        for (size_t k = 0; k < question_variable_count(question); k++) {
            put_variable(object, q, a, question, question->first_variable + (int)k);
        }
        for (size_t k = 0; k < question->option_count && question->from == OPTIONS_OWN; k++) {
            put_variable(object, q, a, question, question->options[k].text_variable);
        }
    }
    return object;
}
